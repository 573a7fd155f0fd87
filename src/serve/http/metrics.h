/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_METRICS_H
#define ASSAY_SERVE_HTTP_METRICS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum { SERVE_STATUS_MAX = 600, SERVE_METHODS = 5, SERVE_TIME_BUCKETS = 9 };

/** struct serve_metrics counts since the start. Threads share it; zero-initialise it. */
struct serve_metrics {
    atomic_uint_fast64_t requests[SERVE_METHODS][SERVE_STATUS_MAX];
    atomic_uint_fast64_t times[SERVE_TIME_BUCKETS]; /* each request in one of them */
    atomic_uint_fast64_t microseconds;
    atomic_uint_fast64_t reloads, reloads_failed;
    int64_t start_seconds; /* since 1970, UTC */
};

/** struct serve_load: what is under way. Threads share it. */
struct serve_load {
    atomic_size_t bodies;    /* bytes of bodies that are being received or worked on */
    atomic_size_t answers;   /* bytes of long answers that are being sent */
    atomic_uint under_way;   /* requests begun and not ended */
    atomic_bool is_stopping; /* every answer now closes its connection */
};

/** struct serve_gauges: what is so at this moment. */
struct serve_gauges {
    uint64_t requests, body_bytes, answer_bytes, waiting, callers;
};

/** serve_metrics_count() counts a request that was answered. */
void serve_metrics_count(struct serve_metrics *metrics, const char *method, unsigned status,
                         double seconds);

/** serve_metrics_write() writes all in Prometheus' text format, version 0.0.4. */
void serve_metrics_write(struct serve_metrics *metrics, const struct serve_gauges *gauges,
                         struct assay__text *out);

#endif
