/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls_front.h"

#include <check.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tls_http2.h"

struct tls_front {
    struct tls_front_options options;
    struct tls_listener *listener;
    gnutls_certificate_credentials_t credentials;
    uint16_t port_behind;
    char url[64];
    atomic_uint connections, http2_requests;
    atomic_int socket;              /* of the last connection */
    struct tls_http2_request http2; /* the last one; one connection at a time */
};

/* Waits until there is something to read on either side; false when all ends. */
static bool wait_for_either(int one, int other, int stop, bool readable[2])
{
    struct pollfd fds[3] = {{.fd = one, .events = POLLIN},
                            {.fd = other, .events = POLLIN},
                            {.fd = stop, .events = POLLIN}};
    if (poll(fds, 3, -1) < 0 || fds[2].revents != 0)
        return false;
    readable[0] = fds[0].revents != 0;
    readable[1] = fds[1].revents != 0;
    return true;
}

void tls_relay(int one, int other, int stop)
{
    const int sockets[2] = {one, other};
    char bytes[16384];
    bool readable[2];
    while (wait_for_either(one, other, stop, readable)) {
        for (int side = 0; side < 2; side++) {
            if (!readable[side])
                continue;
            ssize_t got = recv(sockets[side], bytes, sizeof bytes, 0);
            if (got <= 0 || !tls_send_all(sockets[1 - side], bytes, (size_t)got))
                return;
        }
    }
}

/* Takes what the client sent; false when it is done. */
static bool pass_in(gnutls_session_t session, int behind)
{
    char bytes[16384];
    ssize_t got = gnutls_record_recv(session, bytes, sizeof bytes);
    if (got == GNUTLS_E_INTERRUPTED || got == GNUTLS_E_AGAIN)
        return true;
    return got > 0 && tls_send_all(behind, bytes, (size_t)got);
}

/* Hands on an answer; false when it ended. A reset behind becomes one before. */
static bool pass_out(const struct tls_front *front, gnutls_session_t session, int socket,
                     int behind)
{
    char bytes[16384];
    ssize_t got = recv(behind, bytes, sizeof bytes, 0);
    if (got > 0)
        return gnutls_record_send(session, bytes, (size_t)got) == got;
    if (got < 0)
        tls_reset_on_close(socket);
    else if (front->options.manner != TLS_RUDE)
        gnutls_bye(session, GNUTLS_SHUT_WR);
    return false;
}

static void pass(const struct tls_front *front, gnutls_session_t session, int socket, int stop)
{
    int behind = tls_connect(front->port_behind);
    bool goes_on = true;
    while (goes_on) {
        bool readable[2] = {true, false};
        if (gnutls_record_check_pending(session) == 0 &&
            !wait_for_either(socket, behind, stop, readable))
            break;
        if (readable[0])
            goes_on = pass_in(session, behind);
        if (goes_on && readable[1])
            goes_on = pass_out(front, session, socket, behind);
    }
    shutdown(behind, SHUT_RDWR);
    close(behind);
}

static void speak_http2(struct tls_front *front, gnutls_session_t session)
{
    char body[512];
    snprintf(body, sizeof body, "{\"name\":\"%s\"}", front->options.http2_name);
    gnutls_datum_t chosen = {NULL, 0};
    if (gnutls_alpn_get_selected_protocol(session, &chosen) != 0 || chosen.size != 2 ||
        tls_http2_greet(session) != 0)
        return;
    while (tls_http2_read(session, &front->http2) == 0) {
        atomic_fetch_add(&front->http2_requests, 1);
        tls_http2_answer(session, front->http2.stream, body);
    }
}

/* Does the handshake and what comes after it. */
static void speak_tls(struct tls_front *front, int socket, int stop)
{
    const struct tls_front_options *options = &front->options;
    gnutls_session_t session;
    gnutls_datum_t http2 = {(unsigned char *)(char[]){"h2"}, 2};
    ck_assert_int_eq(gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL), 0);
    const char *priority = options->manner == TLS_OLD     ? "NORMAL:-VERS-ALL:+VERS-TLS1.1"
                           : options->manner == TLS_ELDER ? "NORMAL:-VERS-ALL:+VERS-TLS1.2"
                                                          : "NORMAL";
    ck_assert_int_eq(gnutls_priority_set_direct(session, priority, NULL), 0);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, front->credentials);
    if (options->asks_client) {
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
        gnutls_session_set_verify_cert(session, NULL, 0);
    }
    if (options->manner == TLS_HTTP2)
        gnutls_alpn_set_protocols(session, &http2, 1, GNUTLS_ALPN_MANDATORY);
    gnutls_transport_set_int(session, socket);
    gnutls_handshake_set_timeout(session, 5000);
    int result;
    do
        result = gnutls_handshake(session);
    while (result < 0 && gnutls_error_is_fatal(result) == 0);
    if (result < 0)
        gnutls_alert_send_appropriate(session, result);
    else if (options->manner == TLS_HTTP2)
        speak_http2(front, session);
    else
        pass(front, session, socket, stop);
    gnutls_deinit(session);
}

/* A peer that must read an alert or a last answer gets no reset for what was not read. */
static void drain(int socket, int stop)
{
    char bytes[4096];
    shutdown(socket, SHUT_WR);
    while (tls_wait_readable(socket, stop, 1000) && recv(socket, bytes, sizeof bytes, 0) > 0) {
    }
}

static void serve(int socket, int stop, void *context)
{
    static const char PLAIN[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    static const unsigned char CUT[] = {22, 3, 3, 0, 122, 2, 0, 0}; /* a server greeting begins */
    struct tls_front *front = context;
    enum tls_manner manner = front->options.manner;
    char greeting[4096];
    atomic_fetch_add(&front->connections, 1);
    atomic_store(&front->socket, socket);
    bool speaks_tls = manner == TLS_HONEST || manner == TLS_OLD || manner == TLS_ELDER ||
                      manner == TLS_RUDE || manner == TLS_HTTP2;
    if (speaks_tls) {
        speak_tls(front, socket, stop);
    } else if (tls_wait_readable(socket, stop, 5000) &&
               recv(socket, greeting, sizeof greeting, 0) > 0) {
        if (manner == TLS_PLAIN)
            tls_send_all(socket, PLAIN, sizeof PLAIN - 1);
        else if (manner == TLS_TRUNCATED)
            tls_send_all(socket, CUT, sizeof CUT);
        else if (manner == TLS_RESET)
            tls_reset_on_close(socket);
        else
            tls_wait_readable(socket, stop, 5000);
    }
    if (manner != TLS_RESET && manner != TLS_HANGING)
        drain(socket, stop);
}

struct tls_front *tls_front_start(const struct tls_front_options *options)
{
    struct tls_front *front = calloc(1, sizeof *front);
    const struct tls_certs *certs = options->certs;
    struct tls_pair pair = certs->pairs[options->server], authority = certs->pairs[TLS_CA];
    front->options = *options;
    if (options->plain_url != NULL)
        front->port_behind = (uint16_t)strtoul(strrchr(options->plain_url, ':') + 1, NULL, 10);
    ck_assert_int_eq(gnutls_certificate_allocate_credentials(&front->credentials), 0);
    ck_assert_int_ge(
        gnutls_certificate_set_x509_key(front->credentials, &pair.certificate, 1, pair.key), 0);
    ck_assert_int_ge(
        gnutls_certificate_set_x509_trust(front->credentials, &authority.certificate, 1), 0);
    front->listener = tls_listener_start(serve, front);
    snprintf(front->url, sizeof front->url, "https://127.0.0.1:%u",
             (unsigned)tls_listener_port(front->listener));
    return front;
}

void tls_front_stop(struct tls_front *front)
{
    tls_listener_stop(front->listener);
    gnutls_certificate_free_credentials(front->credentials);
    free(front);
}

void tls_front_reset(struct tls_front *front)
{
    int socket = atomic_load(&front->socket);
    /*
     * Connecting a socket to nothing resets it at once, and leaves its number to its thread. The
     * bare system call, as ThreadSanitizer takes connect() amid a recv() for a mistake.
     */
    const struct sockaddr nothing = {.sa_family = AF_UNSPEC};
    ck_assert_int_eq(syscall(SYS_connect, socket, &nothing, sizeof nothing), 0);
}

const char *tls_front_url(const struct tls_front *front)
{
    return front->url;
}

uint16_t tls_front_port(const struct tls_front *front)
{
    return tls_listener_port(front->listener);
}

unsigned tls_front_connections(const struct tls_front *front)
{
    return atomic_load(&front->connections);
}

unsigned tls_front_http2(const struct tls_front *front)
{
    return atomic_load(&front->http2_requests);
}

const char *tls_front_http2_body(const struct tls_front *front)
{
    return front->http2.body;
}
