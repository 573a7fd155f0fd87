/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_FRONT_H
#define ASSAY_SERVE_HTTP_FRONT_H

#include "serve/http/request.h"
#include "serve/http/server.h"

/**
 * serve_front_start() reads the certificate and answers what connects to a listening socket, which
 * it does not close. Errors: ASSAY_ERROR_NO_INPUT, ASSAY_ERROR_UNAVAILABLE, ASSAY_ERROR_MEMORY.
 */
enum assay_status serve_front_start(struct serve_http *http, const struct serve_options *options,
                                    int listening, struct serve_front **out,
                                    struct assay_error *err);

/** serve_front_retire() takes no more connections: the socket, which is now the caller's, or -1. */
int serve_front_retire(struct serve_front *front);

/** serve_front_wait() waits until no request is under way, or an instant of the monotonic clock;
 * whether none is. */
bool serve_front_wait(struct serve_front *front, double until);

/** serve_front_end() cuts what is left of its connections; no change may be under way. */
void serve_front_end(struct serve_front *front);

#endif
