/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Posting as the caller sees it: one result, everything in the outbox, or only a look at it. */
#include <string.h>

#include "api/deliver/client.h"
#include "api/deliver/outbox.h"
#include "assay/version.h"

enum { FAILURES_IN_A_ROW_MAX = 3 };

/* Delivers a held entry and removes it. */
static enum assay_status deliver_entry(struct assay_client *client, const struct assay__body *body,
                                       const char *text, size_t length,
                                       const struct assay__outbox_entry *entry,
                                       struct assay_delivery *out, struct assay_error *err)
{
    enum assay_status status = assay__deliver(client, body, text, length, out, err);
    if (status == ASSAY_OK) {
        status = assay__outbox_remove(entry, err);
        if (status != ASSAY_OK)
            assay__client_emit_failure(client, body->id, err, NULL);
        return status;
    }
    out->stored = true;
    assay__client_emit(client, (struct assay_event){.level = ASSAY_LOG_WARNING,
                                                    .name = "kept",
                                                    .resource = body->id,
                                                    .message = entry->path});
    return status;
}

/* Posts by way of the outbox. */
static enum assay_status post_entry(struct assay_client *client, const struct assay__body *body,
                                    const char *text, size_t length, struct assay_delivery *out,
                                    struct assay_error *err)
{
    struct assay__outbox_entry entry;
    enum assay_status status =
        assay__outbox_put(client->options.outbox, body->id, text, length, &entry, err);
    if (status == ASSAY_OK) {
        assay__client_emit(client, (struct assay_event){.level = ASSAY_LOG_DEBUG,
                                                        .name = "stored",
                                                        .resource = body->id,
                                                        .message = entry.path});
        status = deliver_entry(client, body, text, length, &entry, out, err);
    } else {
        assay__client_emit_failure(client, body->id, err, NULL);
    }
    assay__outbox_release(&entry);
    return status;
}

enum assay_status assay_client_post(struct assay_client *client, const char *body, size_t length,
                                    struct assay_delivery *out, struct assay_error *err)
{
    memset(out, 0, sizeof *out);
    assay__halt_begin(&client->halt, client->options.hooks);
    struct assay__arena arena = {0};
    struct assay__body parsed;
    struct assay_error why = {0};
    enum assay_status status = assay__body_read(&arena, body, length, NULL, &parsed, &why);
    if (status != ASSAY_OK)
        assay__client_emit_failure(client, "", &why, NULL);
    else if (client->options.outbox == NULL)
        status = assay__deliver(client, &parsed, body, length, out, &why);
    else
        status = post_entry(client, &parsed, body, length, out, &why);
    assay__arena_release(&arena);
    assay__halt_end(&client->halt);
    if (status != ASSAY_OK && err != NULL)
        *err = why;
    return status;
}

/* One entry of a flush. *was_tried is false when it is gone or in other hands. */
static enum assay_status flush_entry(struct assay_client *client, const char *name, bool *was_tried,
                                     struct assay_delivery *delivery, struct assay_error *err)
{
    struct assay__arena arena = {0};
    struct assay__body parsed;
    struct assay__outbox_entry entry;
    enum assay_status status =
        assay__outbox_claim(client->options.outbox, name, &entry, was_tried, err);
    if (status == ASSAY_OK && *was_tried)
        status = assay__body_read(&arena, entry.body, entry.length, entry.path, &parsed, err);
    if (status != ASSAY_OK) {
        *was_tried = true; /* it is there and in the way: counts as left */
        assay__client_emit_failure(client, name, err, NULL);
    } else if (*was_tried) {
        status = deliver_entry(client, &parsed, entry.body, entry.length, &entry, delivery, err);
        /* Where the server fails at some results only, they must not be the ones that end every
         * flush before it comes to the others. */
        if (status == ASSAY_ERROR_TRY_AGAIN)
            assay__outbox_postpone(&entry);
    }
    assay__outbox_release(&entry);
    assay__arena_release(&arena);
    return status;
}

/* What the entries of a flush came to. */
struct flush {
    size_t delivered, left;
    unsigned failures_in_a_row;
    struct assay_error first; /* the first failure; its code is ASSAY_OK when there was none */
};

/* Counts one entry; true when the entries after it would fail alike. */
static bool count_entry(struct flush *flush, enum assay_status status, bool was_tried,
                        const struct assay_delivery *delivery, const struct assay_error *why)
{
    if (status == ASSAY_OK) {
        flush->delivered += was_tried;
        flush->failures_in_a_row = was_tried ? 0 : flush->failures_in_a_row;
        return false;
    }
    flush->left++;
    if (flush->first.code == ASSAY_OK)
        flush->first = *why;
    bool no_server = status == ASSAY_ERROR_TRY_AGAIN;
    flush->failures_in_a_row = no_server ? flush->failures_in_a_row + 1 : 0;
    /* HTTP 403 may be about this one's parent only. */
    bool no_token = status == ASSAY_ERROR_AUTH && delivery->http_status != 403;
    /* No certificate that can be trusted, a proxy that makes no way. */
    bool no_way = delivery->attempts > 0 && delivery->http_status == 0 && !no_server;
    return no_token || no_way || flush->failures_in_a_row == FAILURES_IN_A_ROW_MAX;
}

enum assay_status assay_client_flush(struct assay_client *client, size_t *delivered, size_t *left,
                                     struct assay_error *err)
{
    struct assay__arena arena = {0};
    struct flush flush = {0};
    const char *const *names = NULL;
    size_t count = 0, at = 0;
    assay__halt_begin(&client->halt, client->options.hooks);
    enum assay_status status =
        client->options.outbox == NULL
            ? assay__fail(&flush.first, ASSAY_ERROR_USAGE, "No outbox is set.")
            : assay__outbox_list(client->options.outbox, &arena, &names, &count, &flush.first);
    if (status == ASSAY_OK)
        status = assay__client_check(client, &flush.first);
    if (status != ASSAY_OK)
        assay__client_emit_failure(client, "", &flush.first, NULL);
    for (bool goes_on = status == ASSAY_OK; goes_on && at < count; at++) {
        bool was_tried = false;
        struct assay_delivery delivery = {0};
        struct assay_error why = {0};
        status = flush_entry(client, names[at], &was_tried, &delivery, &why);
        goes_on = !count_entry(&flush, status, was_tried, &delivery, &why) &&
                  status != ASSAY_ERROR_CANCELLED;
    }
    *delivered = flush.delivered;
    *left = flush.left + (count - at);
    assay__arena_release(&arena);
    assay__halt_end(&client->halt);
    if (flush.first.code != ASSAY_OK && err != NULL)
        *err = flush.first;
    return flush.first.code;
}

/* What is sent before the body, the token blanked. */
static void write_head(const struct assay_client *client, const struct assay__body *body,
                       struct assay__text *out)
{
    const struct assay__auth *auth = &client->auth;
    bool has_token = auth->fixed != NULL || auth->file != NULL || auth->client_id != NULL;
    assay__text_puts(out, "POST ");
    assay__client_url(client, body, true, out);
    assay__text_puts(out, has_token ? "\nAuthorization: Bearer [token]" : "");
    assay__text_puts(out, "\nAccept: application/json\nContent-Type: application/json\n");
    assay__text_puts(out, "User-Agent: assay/");
    assay__text_puts(out, assay_version());
    assay__text_puts(out, "\n\n");
}

enum assay_status assay__client_describe(struct assay_client *client, const char *body,
                                         size_t length, const struct assay_sink *sink,
                                         struct assay_error *err)
{
    struct assay__arena arena = {0};
    struct assay__body parsed;
    struct assay__text head = {0};
    struct assay_error own; /* sinks always get one */
    err = err == NULL ? &own : err;
    assay__halt_begin(&client->halt, client->options.hooks);
    enum assay_status status = assay__body_read(&arena, body, length, NULL, &parsed, err);
    if (status == ASSAY_OK)
        status = assay__client_check(client, err);
    if (status == ASSAY_OK) {
        write_head(client, &parsed, &head);
        status = head.failed ? assay__fail_memory(err)
                             : sink->write(sink->context, head.data, head.length, err);
    }
    if (status == ASSAY_OK)
        status = sink->write(sink->context, body, length, err);
    if (status == ASSAY_OK && body[length - 1] != '\n') /* an object: it has bytes */
        status = sink->write(sink->context, "\n", 1, err);
    assay__text_release(&head);
    assay__arena_release(&arena);
    assay__halt_end(&client->halt);
    return status;
}

/* A text that is to be as long as the body and what stands around it. */
struct described {
    struct assay__text text;
    size_t length;
};

static enum assay_status keep(void *context, const char *bytes, size_t length,
                              struct assay_error *err)
{
    struct described *described = context;
    if (described->text.length == 0)
        assay__text_reserve(&described->text, length + described->length + 1);
    assay__text_append(&described->text, bytes, length);
    return described->text.failed ? assay__fail_memory(err) : ASSAY_OK;
}

enum assay_status assay_client_describe(struct assay_client *client, const char *body,
                                        size_t length, char **text, struct assay_error *err)
{
    struct described described = {.length = length};
    const struct assay_sink sink = {keep, &described};
    enum assay_status status = assay__client_describe(client, body, length, &sink, err);
    if (status == ASSAY_OK)
        status = assay__text_take(&described.text, text, NULL, err);
    assay__text_release(&described.text);
    return status;
}
