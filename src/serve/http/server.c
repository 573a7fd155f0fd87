/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server from start to stop: socket, fronts, reloads, and the end in order. */
#define _GNU_SOURCE 1 /* accept4() */

#include "serve/http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "serve/http/front.h"
#include "serve/http/retired.h"
#include "serve/pages/page.h"

struct serve_server {
    struct serve_http http;
    struct serve_options options;
    struct serve_front *front;     /* answers now */
    struct serve_retired *retired; /* those with certificates of before; NULL without TLS */
    uint16_t port;
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

static enum assay_status open_socket(const struct serve_options *options, int *out, uint16_t *port,
                                     struct assay_error *err)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char service[8];
    snprintf(service, sizeof service, "%u", (unsigned)options->port);
    if (getaddrinfo(options->address, service, &hints, &found) != 0)
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "'%s' is not a numeric address, such as 127.0.0.1.", options->address);
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

/* A listening socket of its own for each front: the last one's end closes none of the others. */
static enum assay_status start_front(struct serve_server *server, int listening,
                                     struct serve_front **out, struct assay_error *err)
{
    enum assay_status status =
        serve_front_start(&server->http, &server->options, listening, out, err);
    if (status != ASSAY_OK)
        close(listening);
    return status;
}

static void say_exposed(struct serve_server *server)
{
    char message[PATH_MAX + 64];
    if (!serve_token_file_is_exposed(server->http.context.tokens))
        return;
    snprintf(message, sizeof message, "%s: others may read the tokens; chmod 600 it",
             server->options.token_file);
    serve_log_say(&server->http.log, true, "tokens-exposed", message);
}

static enum assay_status start_parts(struct serve_server *server,
                                     const struct serve_options *options, struct assay_error *err)
{
    struct serve_context *context = &server->http.context;
    struct serve_store *store = NULL;
    enum assay_status status = serve_token_file_open(options->token_file, options->posts_per_second,
                                                     &context->tokens, err);
    if (status == ASSAY_OK)
        say_exposed(server);
    if (status == ASSAY_OK)
        status = serve_store_open(options->database, false, &store, err);
    if (status == ASSAY_OK)
        status =
            serve_writer_start(store, options->waiting_max, context->log, &context->writer, err);
    if (context->writer == NULL)
        serve_store_close(store);
    if (status == ASSAY_OK)
        status = serve_readers_open(options->database, options->threads, context->log,
                                    &context->readers, err);
    if (status == ASSAY_OK)
        status = serve_watch_start(options->request_seconds, options->connections,
                                   &server->http.watch, err);
    if (status == ASSAY_OK && options->tls_cert != NULL)
        status = serve_retired_start(options->grace_seconds, &server->retired, err);
    int listening = -1;
    if (status == ASSAY_OK)
        status = open_socket(options, &listening, &server->port, err);
    return status == ASSAY_OK ? start_front(server, listening, &server->front, err) : status;
}

/* Whatever needs no token is not for a page of somebody else's. */
static void set_hosts(struct serve_hosts *hosts, const struct serve_options *options)
{
    hosts->is_checked = options->open_pages || options->host_count > 0;
    hosts->address = options->address;
    hosts->count = options->host_count;
    memcpy(hosts->names, options->hosts, sizeof hosts->names);
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
    set_hosts(&server->http.context.hosts, options);
    server->http.body_max = /* for a longer one there would never be room */
        options->body_max < options->bodies_max ? options->body_max : options->bodies_max;
    server->http.bodies_max = options->bodies_max;
    server->options = *options;
    server->http.context.load = &server->http.load;
    server->http.context.metrics = &server->http.metrics;
    server->http.context.log = &server->http.log;
    server->http.metrics.start_seconds = (int64_t)time(NULL);
    serve_log_open(&server->http.log, options->is_json_log);
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

/* Another certificate needs another daemon, on a copy of the listening socket. */
static enum assay_status replace_front(struct serve_server *server, struct assay_error *err)
{
    struct serve_front *next, *last = server->front;
    int listening = fcntl(last->listening, F_DUPFD_CLOEXEC, 0);
    if (listening < 0)
        return assay__fail(err, ASSAY_ERROR_UNAVAILABLE, "No further socket can be opened: %s.",
                           strerror(errno));
    enum assay_status status = start_front(server, listening, &next, err);
    if (status != ASSAY_OK)
        return status;
    server->front = next;
    int fd = serve_front_retire(last);
    if (fd >= 0)
        close(fd);
    serve_retired_add(server->retired, last);
    return ASSAY_OK;
}

void serve_reload(struct serve_server *server)
{
    struct assay_error err = {0};
    struct serve_token_file *file = server->http.context.tokens;
    struct serve_tokens *tokens = NULL;
    enum assay_status status = serve_token_file_read(file, &tokens, &err);
    if (status == ASSAY_OK && server->options.tls_cert != NULL)
        status = replace_front(server, &err);
    if (status == ASSAY_OK) {
        serve_token_file_use(file, tokens);
        say_exposed(server);
        atomic_fetch_add(&server->http.metrics.reloads, 1);
        serve_log_say(&server->http.log, false, "reloaded",
                      "tokens and certificate are read again");
        return;
    }
    char message[sizeof err.message + sizeof err.file + 96], line[24] = "";
    serve_tokens_let_go(tokens);
    atomic_fetch_add(&server->http.metrics.reloads_failed, 1);
    if (err.line > 0)
        snprintf(line, sizeof line, ":%llu", (unsigned long long)err.line);
    snprintf(message, sizeof message, "cannot reload, the old ones stay in use: %s%s%s%s", err.file,
             line, err.file[0] != '\0' ? ": " : "", err.message);
    serve_log_say(&server->http.log, true, "reload-failed", message);
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
        if (fd < 0 && (errno == ECONNABORTED || errno == EINTR))
            continue; /* one that its client has given up */
        if (fd < 0)
            return;
        /* A socket that is not taken on is closed there. */
        (void)MHD_add_connection(server->front->daemon, fd, (struct sockaddr *)&peer, length);
    }
}

/* Every change must have come back from the writer before the daemons stop, since libmicrohttpd
 * cannot end a suspended connection; and the writer stays until no thread can put one more. */
static void stop_fronts(struct serve_server *server)
{
    double until = assay__clock_now() + server->options.grace_seconds;
    int fd = serve_front_retire(server->front);
    if (fd >= 0) {
        hand_over_waiting(server, fd);
        close(fd);
    }
    server->front->next = serve_retired_stop(server->retired);
    for (struct serve_front *front = server->front; front != NULL; front = front->next)
        (void)serve_front_wait(front, until);
    serve_writer_end(server->http.context.writer);
    until = assay__clock_now() + 1.0;
    for (struct serve_front *front = server->front, *next; front != NULL; front = next) {
        next = front->next;
        if (atomic_load(&front->under_way) > 0)
            (void)serve_front_wait(front, until); /* for the answers to the last changes */
        serve_front_end(front);
    }
}

void serve_stop(struct serve_server *server)
{
    if (server == NULL)
        return;
    atomic_store(&server->http.load.is_stopping, true);
    if (server->front != NULL) {
        stop_fronts(server);
    } else {
        (void)serve_retired_stop(server->retired); /* which has none */
        serve_writer_end(server->http.context.writer);
    }
    serve_writer_free(server->http.context.writer);
    serve_watch_stop(server->http.watch);
    serve_readers_close(server->http.context.readers);
    serve_token_file_close(server->http.context.tokens);
    serve_log_close(&server->http.log);
    free(server);
}
