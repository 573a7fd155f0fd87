/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_RETIRED_H
#define ASSAY_SERVE_HTTP_RETIRED_H

#include "serve/http/request.h"

/**
 * struct serve_retired holds fronts that have retired, and ends each one in a thread of its own:
 * when its last connection has ended, or after the grace time as soon as no request is under way.
 */
struct serve_retired;

/** serve_retired_start() fails with ASSAY_ERROR_UNAVAILABLE or ASSAY_ERROR_MEMORY. */
enum assay_status serve_retired_start(double grace_seconds, struct serve_retired **out,
                                      struct assay_error *err);

/** serve_retired_add() takes over a front of which serve_front_retire() was called. */
void serve_retired_add(struct serve_retired *retired, struct serve_front *front);

/** serve_retired_stop() ends the thread, and gives back the fronts that are left; NULL is fine. */
struct serve_front *serve_retired_stop(struct serve_retired *retired);

#endif
