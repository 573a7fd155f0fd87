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
    size_t body_max, bodies_max;
    atomic_size_t bodies;    /* bytes of bodies that are being received or worked on */
    atomic_size_t answers;   /* bytes of answers that are being sent: at most bodies_max */
    atomic_uint under_way;   /* requests begun and not ended */
    atomic_bool is_stopping; /* every answer now closes its connection */
};

/** Callbacks of libmicrohttpd; cls is a struct serve_http. */
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
