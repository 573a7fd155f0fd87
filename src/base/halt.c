/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a long call is to go on, and what it is given: flag, deadline, reports, allocator. */
#include "base/halt.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

static const int64_t REPORT_NS = 50000000;

/* Of calls that are given none. */
static _Thread_local const struct assay_hooks *of_thread;

/* The call that the thread is in; NULL: none. */
static _Thread_local const struct assay__halt *innermost;

/* Of the call that the thread is in; NULL: that of of_thread. */
static _Thread_local const struct assay_allocator *of_call;

const struct assay_hooks *assay_hooks_use(const struct assay_hooks *hooks)
{
    const struct assay_hooks *before = of_thread;
    of_thread = hooks;
    return before;
}

const struct assay_allocator *assay__allocator_now(void)
{
    if (of_call != NULL)
        return of_call;
    return of_thread == NULL ? NULL : of_thread->allocator;
}

const struct assay_allocator *assay__allocator_lend(const struct assay_allocator *allocator)
{
    const struct assay_allocator *before = of_call;
    of_call = allocator;
    return before;
}

void assay__halt_begin(struct assay__halt *halt, const struct assay_hooks *hooks)
{
    const struct assay_allocator *allocator = of_call;
    if (hooks != NULL && hooks->allocator != NULL)
        allocator = hooks->allocator;
    *halt = (struct assay__halt){.hooks = hooks != NULL ? hooks : of_thread,
                                 .around = innermost,
                                 .allocator_before = of_call};
    bool is_part = hooks == NULL && innermost != NULL && innermost->hooks == of_thread;
    hooks = halt->hooks;
    innermost = halt;
    of_call = allocator;
    if (is_part)
        halt->deadline_ns = halt->around->deadline_ns;
    if (is_part || hooks == NULL || hooks->deadline_seconds == 0.0)
        return;
    /* What is left of a host's own time may be negative: then it has passed. */
    double ns = hooks->deadline_seconds > 0.0 ? hooks->deadline_seconds * 1e9 : 0.0;
    halt->deadline_ns = ns < 4e18 ? assay__clock_ns() + (int64_t)ns : INT64_MAX;
}

void assay__halt_end(const struct assay__halt *halt)
{
    of_call = halt->allocator_before;
    innermost = halt->around;
}

static enum assay_status fail(struct assay_error *err, const char *sentence)
{
    return assay__fail(err, ASSAY_ERROR_CANCELLED, "%s", sentence);
}

enum assay_status assay__halt_check(const struct assay__halt *halt, struct assay_error *err)
{
    if (halt == NULL || halt->hooks == NULL)
        return ASSAY_OK;
    const int *cancel = halt->hooks->cancel;
    if (cancel != NULL && __atomic_load_n(cancel, __ATOMIC_RELAXED) != 0)
        return fail(err, "The caller ended the call.");
    if (halt->deadline_ns != 0 && assay__clock_ns() >= halt->deadline_ns)
        return fail(err, "The call's deadline has passed.");
    return ASSAY_OK;
}

enum assay_status assay__halt_progress(struct assay__halt *halt, const char *stage, uint64_t done,
                                       uint64_t total, struct assay_error *err)
{
    enum assay_status status = assay__halt_check(halt, err);
    if (status != ASSAY_OK || halt == NULL || halt->hooks == NULL || halt->hooks->progress == NULL)
        return status;
    int64_t now = assay__clock_ns();
    bool is_first = halt->stage == NULL || strcmp(halt->stage, stage) != 0;
    if (!is_first && now - halt->reported_ns < REPORT_NS)
        return ASSAY_OK;
    halt->reported_ns = now;
    halt->stage = stage;
    const struct assay_progress progress = {
        .stage = stage, .done = done, .total = total, .rows = halt->rows};
    return halt->hooks->progress(halt->hooks->context, &progress)
               ? ASSAY_OK
               : fail(err, "The caller ended the call.");
}

void assay__halt_rows(struct assay__halt *halt, uint64_t count)
{
    if (halt != NULL)
        halt->rows += count;
}

void assay__halt_log(const struct assay__halt *halt, enum assay_log_level level, const char *format,
                     ...)
{
    char message[1024];
    va_list arguments;
    if (halt == NULL || halt->hooks == NULL || halt->hooks->log == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    assay__message_trim(message);
    assay__message_clean(message);
    halt->hooks->log(halt->hooks->context, level, message);
}
