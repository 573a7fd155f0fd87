/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counters of requests and their times, as Prometheus reads them. */
#include "serve/http/metrics.h"

#include <inttypes.h>
#include <string.h>

#include "assay/version.h"

static const char *const METHODS[SERVE_METHODS] = {"GET", "HEAD", "POST", "DELETE", "other"};

/* Upper ends of the buckets of time in seconds; the last has none. */
static const struct {
    double seconds;
    const char *text;
} BUCKETS[SERVE_TIME_BUCKETS] = {{0.001, "0.001"}, {0.005, "0.005"}, {0.025, "0.025"},
                                 {0.1, "0.1"},     {0.25, "0.25"},   {1.0, "1"},
                                 {5.0, "5"},       {30.0, "30"},     {0.0, "+Inf"}};

void serve_metrics_count(struct serve_metrics *metrics, const char *method, unsigned status,
                         double seconds)
{
    size_t m = 0, bucket = 0;
    while (m < SERVE_METHODS - 1 && strcmp(METHODS[m], method) != 0)
        m++;
    while (bucket < SERVE_TIME_BUCKETS - 1 && seconds > BUCKETS[bucket].seconds)
        bucket++;
    atomic_fetch_add(&metrics->requests[m][status < SERVE_STATUS_MAX ? status : 0], 1);
    atomic_fetch_add(&metrics->times[bucket], 1);
    atomic_fetch_add(&metrics->microseconds, (uint_fast64_t)(seconds * 1e6));
}

static void write_head(struct assay__text *out, const char *name, const char *type,
                       const char *help)
{
    assay__text_format(out, "# HELP assay_serve_%s %s\n# TYPE assay_serve_%s %s\n", name, help,
                       name, type);
}

static void write_one(struct assay__text *out, const char *name, const char *type, const char *help,
                      uint64_t value)
{
    write_head(out, name, type, help);
    assay__text_format(out, "assay_serve_%s %" PRIu64 "\n", name, value);
}

static void write_requests(struct serve_metrics *metrics, struct assay__text *out)
{
    write_head(out, "requests_total", "counter", "Requests answered, by method and HTTP status.");
    for (size_t m = 0; m < SERVE_METHODS; m++)
        for (unsigned status = 0; status < SERVE_STATUS_MAX; status++) {
            uint64_t count = atomic_load(&metrics->requests[m][status]);
            if (count > 0)
                assay__text_format(
                    out, "assay_serve_requests_total{method=\"%s\",code=\"%u\"} %" PRIu64 "\n",
                    METHODS[m], status, count);
        }
}

/* Prometheus' buckets hold all requests up to their end. */
static void write_times(struct serve_metrics *metrics, struct assay__text *out)
{
    uint64_t count = 0, microseconds = atomic_load(&metrics->microseconds);
    write_head(out, "request_seconds", "histogram", "Time from a request's head to its answer.");
    for (size_t i = 0; i < SERVE_TIME_BUCKETS; i++) {
        count += atomic_load(&metrics->times[i]);
        assay__text_format(out, "assay_serve_request_seconds_bucket{le=\"%s\"} %" PRIu64 "\n",
                           BUCKETS[i].text, count);
    }
    assay__text_format(out,
                       "assay_serve_request_seconds_sum %" PRIu64 ".%06u\n"
                       "assay_serve_request_seconds_count %" PRIu64 "\n",
                       microseconds / 1000000, (unsigned)(microseconds % 1000000), count);
}

void serve_metrics_write(struct serve_metrics *metrics, const struct serve_gauges *gauges,
                         struct assay__text *out)
{
    write_head(out, "build_info", "gauge", "The program's version; always 1.");
    assay__text_puts(out, "assay_serve_build_info{version=\"" ASSAY_VERSION "\"} 1\n");
    write_one(out, "start_time_seconds", "gauge", "When the server started, seconds since 1970.",
              (uint64_t)metrics->start_seconds);
    write_requests(metrics, out);
    write_times(metrics, out);
    write_one(out, "requests_under_way", "gauge", "Requests begun and not ended.",
              gauges->requests);
    write_one(out, "body_bytes", "gauge", "Bytes of bodies on their way in.", gauges->body_bytes);
    write_one(out, "answer_bytes", "gauge", "Bytes of long answers on their way out.",
              gauges->answer_bytes);
    write_one(out, "changes_waiting", "gauge", "Changes that wait to be stored.", gauges->waiting);
    write_one(out, "callers", "gauge", "Callers in the file of tokens.", gauges->callers);
    write_one(out, "reloads_total", "counter", "Files read again after SIGHUP.",
              atomic_load(&metrics->reloads));
    write_one(out, "reloads_failed_total", "counter",
              "Reloads that failed; the old files stay in use.",
              atomic_load(&metrics->reloads_failed));
}
