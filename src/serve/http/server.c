/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server from start to stop: socket, libmicrohttpd, TLS, and the end in order. */
#include "serve/http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "serve/pages/page.h"
#include "serve/http/request.h"

struct serve_server {
    struct serve_http http;
    struct MHD_Daemon *daemon;
    char *cert, *key;
    uint16_t port;
    unsigned grace_seconds;
};

struct serve_options serve_options_default(void)
{
    return (struct serve_options){.address = "127.0.0.1",
                                  .port = 8080,
                                  .threads = 4,
                                  .connections = 512,
                                  .waiting_max = 256,
                                  .request_seconds = 30,
                                  .grace_seconds = 10,
                                  .body_max = (size_t)8 << 20,
                                  .bodies_max = (size_t)64 << 20,
                                  .header_max = (size_t)32 << 10};
}

/* A PEM file as a text; NULL after an error. */
static char *read_pem(const char *path, struct assay_error *err)
{
    enum { PEM_MAX = 1 << 20 };
    FILE *file = fopen(path, "re");
    char *bytes = file == NULL ? NULL : calloc(1, PEM_MAX + 1);
    size_t length = bytes == NULL ? 0 : fread(bytes, 1, PEM_MAX, file);
    bool is_read = bytes != NULL && !ferror(file);
    if (!is_read || length == 0 || length == PEM_MAX) {
        (void)assay__fail_at(err, ASSAY_ERROR_NO_INPUT, path, 0, 0,
                             "This cannot be read as a PEM file: %s.",
                             !is_read ? strerror(errno) : "it is empty or too long");
        free(bytes);
        bytes = NULL;
    }
    if (file != NULL)
        fclose(file);
    return bytes;
}

static enum assay_status open_socket(const struct serve_options *options, int *out, uint16_t *port,
                                     struct assay_error *err)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char service[8];
    snprintf(service, sizeof service, "%u", (unsigned)options->port);
    if (getaddrinfo(options->address, service, &hints, &found) != 0)
        return assay__fail(err, ASSAY_ERROR_USAGE, "'%s' is no numeric address, such as 127.0.0.1.",
                           options->address);
    int on = 1;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_storage bound = {0};
    socklen_t length = sizeof bound;
    bool is_well = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                   bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, 1024) == 0 &&
                   getsockname(fd, (struct sockaddr *)&bound, &length) == 0;
    int failure = errno;
    freeaddrinfo(found);
    if (!is_well) {
        if (fd >= 0)
            close(fd);
        return assay__fail(err, ASSAY_ERROR_UNAVAILABLE, "Cannot listen at %s port %s: %s.",
                           options->address, service, strerror(failure));
    }
    *port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                              : ((struct sockaddr_in *)&bound)->sin_port);
    *out = fd;
    return ASSAY_OK;
}

static enum assay_status start_daemon(struct serve_server *server,
                                      const struct serve_options *options, struct assay_error *err)
{
    int fd = -1;
    enum assay_status status = open_socket(options, &fd, &server->port, err);
    if (status != ASSAY_OK)
        return status;
    static char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, server->cert},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, server->key},
                                   {MHD_OPTION_HTTPS_PRIORITIES, 0, priorities},
                                   {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem *more = server->cert != NULL ? tls : &tls[3];
    /* With epoll, libmicrohttpd 0.9.75 misses the end of a connection that came together with a
     * part of a body, and keeps the connection for ever. */
    unsigned flags = (unsigned)MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ITC | (server->cert != NULL ? (unsigned)MHD_USE_TLS : 0);
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, serve_request_handle, &server->http, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_THREAD_POOL_SIZE, options->threads, MHD_OPTION_CONNECTION_LIMIT,
        options->connections, MHD_OPTION_CONNECTION_TIMEOUT, options->request_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->header_max, MHD_OPTION_URI_LOG_CALLBACK,
        serve_request_begin, &server->http, MHD_OPTION_NOTIFY_COMPLETED, serve_request_end,
        &server->http, MHD_OPTION_NOTIFY_CONNECTION, serve_connection_change, &server->http,
        MHD_OPTION_ARRAY, more, MHD_OPTION_END);
    if (server->daemon != NULL)
        return ASSAY_OK;
    close(fd);
    return assay__fail(err, ASSAY_ERROR_UNAVAILABLE, "The HTTP server does not start%s.",
                       server->cert != NULL ? "; see whether certificate and key are a pair" : "");
}

static enum assay_status start_parts(struct serve_server *server,
                                     const struct serve_options *options, struct assay_error *err)
{
    struct serve_context *context = &server->http.context;
    struct serve_store *store = NULL;
    if (options->tls_cert != NULL) {
        server->cert = read_pem(options->tls_cert, err);
        server->key = server->cert == NULL ? NULL : read_pem(options->tls_key, err);
        if (server->key == NULL)
            return ASSAY_ERROR_NO_INPUT;
    }
    enum assay_status status =
        serve_tokens_read(options->token_file, options->posts_per_second, &context->tokens, err);
    if (status == ASSAY_OK)
        status = serve_store_open(options->database, false, &store, err);
    if (status == ASSAY_OK)
        status = serve_writer_start(store, options->waiting_max, &context->writer, err);
    if (context->writer == NULL)
        serve_store_close(store);
    if (status == ASSAY_OK)
        status = serve_readers_open(options->database, options->threads, &context->readers, err);
    if (status == ASSAY_OK)
        status = serve_watch_start(options->request_seconds, options->connections,
                                   &server->http.watch, err);
    return status == ASSAY_OK ? start_daemon(server, options, err) : status;
}

enum assay_status serve_start(const struct serve_options *options, struct serve_server **out,
                              struct assay_error *err)
{
    enum assay_status status = serve_microhttpd_load(err);
    if (status != ASSAY_OK)
        return status;
    struct serve_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return assay__fail_memory(err);
    server->http.context.strict = options->strict;
    server->http.context.open_pages = options->open_pages;
    server->http.body_max = options->body_max;
    server->http.bodies_max = options->bodies_max;
    server->grace_seconds = options->grace_seconds;
    serve_page_setup();
    status = start_parts(server, options, err);
    if (status != ASSAY_OK) {
        serve_stop(server);
        return status;
    }
    *out = server;
    return ASSAY_OK;
}

uint16_t serve_port(const struct serve_server *server)
{
    return server->port;
}

/* What a client has sent before the stop may not have been looked at yet: requests are over when
 * none has been under way for a while. */
static void wait_for_requests(struct serve_server *server, unsigned seconds)
{
    enum { TICKS_PER_SECOND = 100, QUIET_TICKS = 5 };
    const struct timespec tick = {0, 1000000000 / TICKS_PER_SECOND};
    unsigned quiet = 0;
    for (unsigned i = 0; i < seconds * TICKS_PER_SECOND && quiet < QUIET_TICKS; i++) {
        quiet = atomic_load(&server->http.under_way) == 0 ? quiet + 1 : 0;
        nanosleep(&tick, NULL);
    }
}

/* Connections that the system has taken on, and that nobody has accepted yet, are clients' whose
 * requests may have been sent: they are served too. */
static void hand_over_waiting(struct serve_server *server, int listening)
{
    for (;;) {
        struct sockaddr_storage peer = {0};
        socklen_t length = sizeof peer;
        int fd =
            accept4(listening, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            return;
        /* A socket that is not taken on is closed there. */
        (void)MHD_add_connection(server->daemon, fd, (struct sockaddr *)&peer, length);
    }
}

/* Every change must have come back from the writer before the daemon stops, since libmicrohttpd
 * cannot end a suspended connection; and the writer stays until no thread can put one more. */
static void stop_daemon(struct serve_server *server)
{
    int fd = MHD_quiesce_daemon(server->daemon);
    if (fd >= 0) {
        hand_over_waiting(server, fd);
        close(fd);
    }
    wait_for_requests(server, server->grace_seconds);
    serve_writer_end(server->http.context.writer);
    if (atomic_load(&server->http.under_way) > 0)
        wait_for_requests(server, 1); /* for the answers to the last changes */
    MHD_stop_daemon(server->daemon);
}

void serve_stop(struct serve_server *server)
{
    if (server == NULL)
        return;
    atomic_store(&server->http.is_stopping, true);
    if (server->daemon != NULL)
        stop_daemon(server);
    else
        serve_writer_end(server->http.context.writer);
    serve_writer_free(server->http.context.writer);
    serve_watch_stop(server->http.watch);
    serve_readers_close(server->http.context.readers);
    serve_tokens_free(server->http.context.tokens);
    if (server->key != NULL)
        explicit_bzero(server->key, strlen(server->key));
    free(server->cert);
    free(server->key);
    free(server);
}
