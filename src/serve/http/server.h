/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_SERVER_H
#define ASSAY_SERVE_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/status.h"
#include "serve/http/host.h"

/** struct serve_options: all are needed unless they say otherwise. Strings are borrowed. */
struct serve_options {
    const char *address; /* numeric, IPv4 or IPv6 */
    uint16_t port;       /* 0: a free one */
    const char *database, *token_file;
    const char *tls_cert, *tls_key; /* PEM files; NULL for plain HTTP */
    bool strict, open_pages, is_json_log;
    const char *hosts[SERVE_HOSTS_MAX]; /* names of this server; host_count 0: with open_pages, only
                                           these and local ones */
    size_t host_count;
    unsigned threads, connections, waiting_max; /* waiting_max: changes that may wait */
    unsigned request_seconds;                   /* for one request, from its wait to its answer */
    unsigned grace_seconds;                     /* for requests under way when stopping, and for
                                                   idle connections after a reload */
    size_t body_max, bodies_max;                /* bytes of one body; of all at once */
    size_t header_max;                          /* bytes of a request's head, about */
    double posts_per_second;                    /* of one caller; 0: no limit */
};

/** serve_options_default() is 127.0.0.1:8080 and the documented limits; no files. */
struct serve_options serve_options_default(void);

/** struct serve_server: a running endpoint on threads of its own. */
struct serve_server;

/** serve_start() is done once the endpoint answers. Errors: of opening files and ports. */
enum assay_status serve_start(const struct serve_options *options, struct serve_server **out,
                              struct assay_error *err);

/** serve_port() is the port it listens on. */
uint16_t serve_port(const struct serve_server *server);

/**
 * serve_reload() reads the files again: callers of the file of tokens from now on, and with TLS
 * the certificate for new connections. What is under way goes on; idle connections of before end
 * after grace_seconds. After an error, which is told on standard error, the old files hold. One
 * thread at a time.
 */
void serve_reload(struct serve_server *server);

/**
 * serve_stop() takes no more connections, lets requests under way end for grace_seconds, makes all
 * waiting changes durable, and frees everything. NULL is fine.
 */
void serve_stop(struct serve_server *server);

#endif
