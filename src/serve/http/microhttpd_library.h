/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_MICROHTTPD_LIBRARY_H
#define ASSAY_SERVE_HTTP_MICROHTTPD_LIBRARY_H

#include <microhttpd.h>

#include "assay/status.h"

/**
 * libmicrohttpd is loaded by serve_microhttpd_load() when it is first needed. The names below are
 * then its functions; with ASSAY_LINKED the program is linked with it instead.
 */
ASSAY_MUST_CHECK enum assay_status serve_microhttpd_load(struct assay_error *err);

#ifndef ASSAY_LINKED
#define SERVE_MICROHTTPD_FUNCTIONS(X)                                                              \
    X(MHD_add_connection)                                                                          \
    X(MHD_add_response_header)                                                                     \
    X(MHD_create_response_from_buffer)                                                             \
    X(MHD_destroy_response)                                                                        \
    X(MHD_get_connection_info)                                                                     \
    X(MHD_get_connection_values)                                                                   \
    X(MHD_lookup_connection_value)                                                                 \
    X(MHD_queue_response)                                                                          \
    X(MHD_quiesce_daemon)                                                                          \
    X(MHD_resume_connection)                                                                       \
    X(MHD_start_daemon)                                                                            \
    X(MHD_stop_daemon)                                                                             \
    X(MHD_suspend_connection)

struct serve_microhttpd_functions {
#define X(name) __typeof__(&name) name;
    SERVE_MICROHTTPD_FUNCTIONS(X)
#undef X
};

/** Filled by serve_microhttpd_load(), read only afterwards. */
extern struct serve_microhttpd_functions serve_microhttpd;

#define MHD_add_connection serve_microhttpd.MHD_add_connection
#define MHD_add_response_header serve_microhttpd.MHD_add_response_header
#define MHD_create_response_from_buffer serve_microhttpd.MHD_create_response_from_buffer
#define MHD_destroy_response serve_microhttpd.MHD_destroy_response
#define MHD_get_connection_info serve_microhttpd.MHD_get_connection_info
#define MHD_get_connection_values serve_microhttpd.MHD_get_connection_values
#define MHD_lookup_connection_value serve_microhttpd.MHD_lookup_connection_value
#define MHD_queue_response serve_microhttpd.MHD_queue_response
#define MHD_quiesce_daemon serve_microhttpd.MHD_quiesce_daemon
#define MHD_resume_connection serve_microhttpd.MHD_resume_connection
#define MHD_start_daemon serve_microhttpd.MHD_start_daemon
#define MHD_stop_daemon serve_microhttpd.MHD_stop_daemon
#define MHD_suspend_connection serve_microhttpd.MHD_suspend_connection
#endif

#endif
