/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines on standard error about changes, refusals, and the server itself. */
#include "serve/serve_log.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/deliver/log_line.h"
#include "base/clock.h"

enum { TARGET_BYTES_MAX = 512 };

void serve_log_open(struct serve_log *log, bool is_json)
{
    *log = (struct serve_log){.is_json = is_json, .credit = SERVE_LOG_STRANGERS};
    pthread_mutex_init(&log->lock, NULL);
}

void serve_log_close(struct serve_log *log)
{
    pthread_mutex_destroy(&log->lock);
}

void serve_log_say(struct serve_log *log, bool is_error, const char *event, const char *message)
{
    struct assay__text line = {0};
    if (log->is_json) {
        struct assay__json json = {.out = &line};
        assay__log_begin(&json, is_error ? "error" : "info", event);
        assay__json_member_string(&json, "message", message);
        assay__json_end(&json, '}');
    } else {
        assay__text_format(&line, "assay serve: %s", message);
    }
    assay__log_write(&line);
}

/* Visible ASCII as it is, all else as %XX: a target is what a stranger sent. */
static void write_target(struct assay__text *line, const char *target)
{
    size_t length = strlen(target);
    for (size_t i = 0; i < length && i < TARGET_BYTES_MAX; i++) {
        unsigned char byte = (unsigned char)target[i];
        if (byte > 0x20 && byte < 0x7f)
            assay__text_putc(line, (char)byte);
        else
            assay__text_format(line, "%%%02X", byte);
    }
    if (length > TARGET_BYTES_MAX)
        assay__text_puts(line, "...");
}

/* Whether a stranger's line is written, and how many before it were not. */
static bool may_write(struct serve_log *log, const struct serve_access *access, uint64_t *left_out)
{
    double seconds = assay__clock_now();
    pthread_mutex_lock(&log->lock);
    bool is_free = access->caller != NULL;
    double credit = log->credit + (seconds - log->filled) * SERVE_LOG_STRANGERS;
    log->filled = seconds;
    log->credit = credit < SERVE_LOG_STRANGERS ? credit : SERVE_LOG_STRANGERS;
    bool may = is_free || log->credit >= 1.0;
    if (!may)
        log->left_out++;
    else if (!is_free)
        log->credit -= 1.0;
    *left_out = may ? log->left_out : 0;
    log->left_out -= *left_out;
    pthread_mutex_unlock(&log->lock);
    return may;
}

static void write_json(struct assay__text *line, const struct serve_access *access,
                       const char *event, uint64_t left_out)
{
    struct assay__json json = {.out = line};
    struct assay__text target = {0};
    write_target(&target, access->target);
    assay__log_begin(&json, access->is_change ? "info" : "warning", event);
    assay__json_member_string(&json, "method", access->method);
    assay__json_member_string(&json, "target", target.failed ? NULL : target.data);
    assay__json_member_count(&json, "httpStatus", access->status);
    assay__json_member_string(&json, "caller", access->caller);
    assay__json_member_string(&json, "address", access->address);
    assay__json_member_number(&json, "seconds", round(access->seconds * 1e6) / 1e6);
    if (left_out > 0)
        assay__json_member_count(&json, "leftOut", left_out);
    assay__json_end(&json, '}');
    assay__text_release(&target);
}

static void write_text(struct assay__text *line, const struct serve_access *access,
                       const char *event, uint64_t left_out)
{
    char when[ASSAY__TIME_BYTES];
    assay__log_time(when);
    assay__text_format(line, "assay serve: %s %s: %u ", when, event, access->status);
    write_target(line, access->method);
    assay__text_putc(line, ' ');
    write_target(line, access->target);
    assay__text_format(line, " by %s", access->caller != NULL ? access->caller : "nobody known");
    if (access->address[0] != '\0')
        assay__text_format(line, " at %s", access->address);
    assay__text_format(line, ", %ld ms", (long)(access->seconds * 1e3));
    if (left_out > 0)
        assay__text_format(line, " (%llu more were not written)", (unsigned long long)left_out);
}

void serve_log_access(struct serve_log *log, const struct serve_access *access)
{
    uint64_t left_out;
    if (!may_write(log, access, &left_out))
        return;
    struct assay__text line = {0};
    const char *event = access->is_change ? "change" : "refusal";
    if (log->is_json)
        write_json(&line, access, event, left_out);
    else
        write_text(&line, access, event, left_out);
    assay__log_write(&line);
}
