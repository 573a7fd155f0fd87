/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of a delivery, for people or as one JSON object a line. */
#include "cli/delivery_log.h"

#include <string.h>

#include "cli/message.h"
#include "cli/progress.h"
#include "api/deliver/log_line.h"

static const char *const LEVELS[] = {[ASSAY_LOG_DEBUG] = "debug",
                                     [ASSAY_LOG_INFO] = "info",
                                     [ASSAY_LOG_WARNING] = "warning",
                                     [ASSAY_LOG_ERROR] = "error"};

static void log_json(const struct assay_event *event)
{
    struct assay__text line = {0};
    struct assay__json json = {.out = &line};
    assay__log_begin(&json, LEVELS[event->level], event->name);
    assay__json_member_string(&json, "resource", event->resource);
    assay__json_member_string(&json, "message", event->message);
    if (event->http_status != 0)
        assay__json_member_count(&json, "httpStatus", (uint64_t)event->http_status);
    if (event->attempt != 0)
        assay__json_member_count(&json, "attempt", event->attempt);
    if (event->wait_seconds > 0.0)
        assay__json_member_number(&json, "waitSeconds", event->wait_seconds);
    assay__log_end(&json);
}

static void log_text(const struct delivery *delivery, const struct assay_event *event)
{
    bool was_there = strcmp(event->name, "already-there") == 0;
    if (strcmp(event->name, "retry") == 0 && event->attempt == 0)
        fprintf(stderr, "assay: %s: %s It is sent in %.1f s.\n", event->resource, event->message,
                event->wait_seconds);
    else if (strcmp(event->name, "retry") == 0)
        fprintf(stderr, "assay: %s: attempt %u: %s Next attempt in %.1f s.\n", event->resource,
                event->attempt, event->message, event->wait_seconds);
    else if (strcmp(event->name, "failed") == 0 || strcmp(event->name, "other-name") == 0 ||
             strcmp(event->name, "other-content") == 0)
        fprintf(stderr, "assay: %s%s%s\n", event->resource, event->resource[0] != '\0' ? ": " : "",
                event->message);
    else if (strcmp(event->name, "kept") == 0)
        fprintf(stderr,
                "assay: %s is kept in %s; 'assay post --outbox %s' sends it again, removing the "
                "file gives it up\n",
                event->resource, event->message, delivery->options.outbox);
    else if (was_there)
        fprintf(stderr, "assay: %s was stored already, and is the same\n", event->message);
    else if (strcmp(event->name, "delivered") == 0 && delivery->names == NULL)
        fprintf(stderr, "assay: delivered %s\n", event->message);
}

void delivery_log(const struct assay_event *event, void *context)
{
    const struct delivery *delivery = context;
    progress_clear();
    if (message_is_json())
        log_json(event);
    else
        log_text(delivery, event);
    bool is_delivered =
        strcmp(event->name, "delivered") == 0 || strcmp(event->name, "already-there") == 0;
    if (is_delivered && delivery->names != NULL) {
        fprintf(delivery->names, "%s\n", event->message);
        fflush(delivery->names); /* what was delivered is said at once, whatever happens next */
    }
}
