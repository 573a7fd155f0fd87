/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server says when it refuses, made safe to show. */
#include "api/refusal.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "api/body.h"
#include "base/utf8.h"

enum { VIOLATIONS_SHOWN = 5 };

/* Characters that move the cursor, reorder what is around them, or cannot be seen. */
static bool is_unprintable(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
           (c >= 0xE0000 && c <= 0xE0FFF) || c == ASSAY__UTF8_INVALID;
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xA0 || c == 0x2028 ||
           c == 0x2029;
}

/* Length of the secret that starts here, or 0. */
static size_t secret_at(const char *bytes, size_t length, const char *const *secrets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t secret_length = secrets[i] != NULL ? strlen(secrets[i]) : 0;
        if (secret_length > 0 && secret_length <= length &&
            memcmp(bytes, secrets[i], secret_length) == 0)
            return secret_length;
    }
    return 0;
}

void assay__refusal_quote(struct assay__text *out, const char *bytes, size_t length,
                          const char *const *secrets, size_t secret_count)
{
    const size_t limit = out->length + ASSAY__QUOTE_BYTES_MAX;
    bool blank_pending = false, any = false;
    for (size_t at = 0; at < length && !out->failed;) {
        size_t secret_length = secret_at(bytes + at, length - at, secrets, secret_count);
        uint32_t c = '*';
        size_t step = secret_length;
        if (secret_length == 0)
            step = assay__utf8_next(bytes + at, length - at, &c);
        if (secret_length == 0 && is_blank(c)) {
            blank_pending = any;
            at += step;
            continue;
        }
        const char *piece = bytes + at;
        size_t piece_length = step;
        if (secret_length > 0 || is_unprintable(c)) {
            piece = secret_length > 0 ? "[secret]" : "?";
            piece_length = strlen(piece);
        }
        if (out->length + blank_pending + piece_length + 3 > limit) {
            assay__text_puts(out, "...");
            return;
        }
        if (blank_pending)
            assay__text_putc(out, ' ');
        assay__text_append(out, piece, piece_length);
        blank_pending = false;
        any = true;
        at += step;
    }
}

static const struct assay__node *string_of(const struct assay__node *object, const char *key)
{
    if (object == NULL || object->type != ASSAY__NODE_OBJECT)
        return NULL;
    const struct assay__node *member = assay__node_get(object, key);
    return member != NULL && member->type == ASSAY__NODE_STRING && member->length > 0 ? member
                                                                                      : NULL;
}

/* Gathers the readable part of a google.rpc.Status: its message and details[].fieldViolations[]. */
static void gather_status(struct assay__text *gathered, const struct assay__node *status)
{
    const struct assay__node *message = string_of(status, "message");
    if (message != NULL)
        assay__text_append(gathered, message->text, message->length);
    const struct assay__node *details = assay__node_get(status, "details");
    if (details == NULL || details->type != ASSAY__NODE_ARRAY)
        return;
    int shown = 0;
    for (const struct assay__node *detail = details->first; detail != NULL; detail = detail->next) {
        const struct assay__node *violations =
            detail->type == ASSAY__NODE_OBJECT ? assay__node_get(detail, "fieldViolations") : NULL;
        if (violations == NULL || violations->type != ASSAY__NODE_ARRAY)
            continue;
        for (const struct assay__node *one = violations->first;
             one != NULL && shown < VIOLATIONS_SHOWN; one = one->next, shown++) {
            const struct assay__node *field = string_of(one, "field");
            const struct assay__node *description = string_of(one, "description");
            assay__text_puts(gathered, shown == 0 ? " (" : "; ");
            assay__text_puts(gathered, field != NULL ? field->text : "?");
            assay__text_puts(gathered, ": ");
            assay__text_puts(gathered, description != NULL ? description->text : "?");
        }
    }
    if (shown > 0)
        assay__text_putc(gathered, ')');
}

/* Gathers what a JSON error document says; nothing when its form is unknown. */
static void gather(struct assay__text *gathered, const struct assay__node *root)
{
    if (root->type != ASSAY__NODE_OBJECT)
        return;
    const struct assay__node *error = assay__node_get(root, "error");
    const struct assay__node *description = string_of(root, "error_description");
    if (error != NULL && error->type == ASSAY__NODE_OBJECT)
        gather_status(gathered, error);
    else if (description != NULL)
        assay__text_append(gathered, description->text, description->length);
    else if (string_of(root, "error") != NULL)
        assay__text_puts(gathered, error->text);
    else
        gather_status(gathered, root);
}

void assay__refusal_explain(struct assay__text *out, const char *body, size_t length,
                            const char *const *secrets, size_t secret_count)
{
    struct assay__arena arena = {0};
    struct assay__text gathered = {0};
    struct assay__node *root = NULL;
    if (assay__body_parse(&arena, body, length, NULL, ASSAY_ERROR_REMOTE, &root, NULL) == ASSAY_OK)
        gather(&gathered, root);
    if (gathered.length > 0 && !gathered.failed)
        assay__refusal_quote(out, gathered.data, gathered.length, secrets, secret_count);
    else
        assay__refusal_quote(out, body, length, secrets, secret_count);
    assay__text_release(&gathered);
    assay__arena_release(&arena);
}
