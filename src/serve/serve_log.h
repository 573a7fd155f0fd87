/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_ACCESS_LOG_H
#define ASSAY_SERVE_HTTP_ACCESS_LOG_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct serve_log writes one line an event to standard error: text, or a JSON object. Threads
 * share it. What strangers cause is held to SERVE_LOG_STRANGERS lines a second; the next line says
 * how many were left out.
 */
struct serve_log {
    bool is_json;
    pthread_mutex_t lock; /* of what follows */
    double credit, filled;
    uint64_t left_out;
};

enum { SERVE_LOG_STRANGERS = 10 };

void serve_log_open(struct serve_log *log, bool is_json);
void serve_log_close(struct serve_log *log);

/** serve_log_say() is an event of the server itself, such as "storing-failed". */
void serve_log_say(struct serve_log *log, bool is_error, const char *event, const char *message);

/** struct serve_access: a request that changed something, or was refused. Borrowed. */
struct serve_access {
    const char *method, *target; /* as they came */
    const char *address;         /* of the client, numeric; "" when unknown */
    const char *caller;          /* NULL: nobody that is known */
    unsigned status;             /* of HTTP */
    double seconds;
    bool is_change; /* a POST or DELETE that was carried out */
};

void serve_log_access(struct serve_log *log, const struct serve_access *access);

#endif
