/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_REQUEST_H
#define ASSAY_SERVE_HTTP_REQUEST_H

#include "serve/http/microhttpd_library.h"
#include <stdatomic.h>

#include "serve/http/route.h"
#include "serve/http/slow_clients.h"

/** struct serve_http: what all requests share on the wire's side. */
struct serve_http {
    struct serve_context context;
    struct serve_watch *watch;
    size_t body_max, bodies_max; /* bodies_max bounds load.bodies, and load.answers */
    struct serve_load load;
    struct serve_metrics metrics;
    struct serve_log log;
};

/**
 * struct serve_front is one daemon of libmicrohttpd with its certificate. A new certificate makes a
 * new one; the old one answers what it has begun, says "Connection: close", and ends.
 */
struct serve_front {
    struct serve_http *http;
    struct MHD_Daemon *daemon;
    int listening;    /* socket */
    char *cert, *key; /* PEM; NULL without TLS */
    atomic_uint under_way;
    atomic_uint connections; /* open */
    atomic_bool is_retired;  /* answers close their connections */
    atomic_bool is_closed;   /* no change is begun any more */
    double grace_end;        /* of one that has retired: an instant of the monotonic clock */
    unsigned quiet_ticks;
    struct serve_front *next;
};

/** Callbacks of libmicrohttpd; cls is a struct serve_front. */
void *serve_request_begin(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result serve_request_handle(void *cls, struct MHD_Connection *connection, const char *url,
                                     const char *method, const char *version,
                                     const char *upload_data, size_t *upload_data_size,
                                     void **request);
void serve_request_end(void *cls, struct MHD_Connection *connection, void **request,
                       enum MHD_RequestTerminationCode how);
void serve_connection_change(void *cls, struct MHD_Connection *connection, void **context,
                             enum MHD_ConnectionNotificationCode what);

/** serve_send() queues an answer, which is empty afterwards. closes: the connection ends with it.
 */
enum MHD_Result serve_send(struct MHD_Connection *connection, struct serve_answer *answer,
                           bool closes);

#endif
