/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TLS before a plain server: what comes in is decrypted and handed to a port behind, and the
 * answers go back encrypted. It can also misbehave where TLS begins and ends. It stands on GnuTLS,
 * while the client's libcurl stands on OpenSSL: no bug is on both sides.
 */
#ifndef ASSAY_TESTS_TLS_FRONT_H
#define ASSAY_TESTS_TLS_FRONT_H

#include "tls_certs.h"
#include "tls_listener.h"

/** enum tls_manner: what happens on a connection. */
enum tls_manner {
    TLS_HONEST,
    TLS_RESET,     /* reads the client's greeting, then resets */
    TLS_TRUNCATED, /* answers it with the first bytes of a record, then closes */
    TLS_HANGING,   /* never answers it */
    TLS_PLAIN,     /* answers it with plain HTTP */
    TLS_OLD,       /* speaks TLS 1.1 at most */
    TLS_ELDER,     /* honest, with TLS 1.2: a client's certificate is judged first */
    TLS_RUDE,      /* honest, but closes without saying so in TLS: an answer might be cut short */
    TLS_HTTP2      /* agrees on HTTP/2 and acknowledges every request itself */
};

/** struct tls_front_options: certs are borrowed. */
struct tls_front_options {
    const struct tls_certs *certs;
    enum tls_who server;
    enum tls_manner manner;
    bool asks_client;       /* for a certificate of TLS_CA */
    const char *plain_url;  /* the server behind: ends in ":PORT" */
    const char *http2_name; /* resource name that HTTP/2 requests are answered with */
};

struct tls_front;

struct tls_front *tls_front_start(const struct tls_front_options *options);
void tls_front_stop(struct tls_front *front);

/** tls_front_reset() resets the connection that is open. */
void tls_front_reset(struct tls_front *front);

/** tls_front_url() is "https://127.0.0.1:PORT". */
const char *tls_front_url(const struct tls_front *front);
uint16_t tls_front_port(const struct tls_front *front);

/** tls_front_connections() counts connections, and tls_front_http2() complete HTTP/2 requests. */
unsigned tls_front_connections(const struct tls_front *front);
unsigned tls_front_http2(const struct tls_front *front);

/** tls_front_http2_body() is what the DATA frames of the last HTTP/2 request held. */
const char *tls_front_http2_body(const struct tls_front *front);

/** tls_relay() passes bytes both ways between two plain sockets until either side ends. */
void tls_relay(int one, int other, int stop);

#endif
