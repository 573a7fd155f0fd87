/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Request bodies. The user's document is never printed again: what is sent are its own bytes, with
 * members put before them where some are missing, so that no digit of any number can change.
 */
#include "api/deliver/envelope.h"

#include <stdio.h>
#include <string.h>

#include "api/deliver/url.h"
#include "json/json_read.h"
#include "json/json_write.h"
#include "assay/deliver.h"
#include "base/digest.h"

enum { PARTS_BYTES = 512 /* mostly enough for the members that are put around a result */ };

static bool forget_always(const struct assay__node *object, const void *context)
{
    (void)object;
    (void)context;
    return true;
}

static enum assay_status parse(struct assay__arena *arena, const char *text, size_t length,
                               const char *name, enum assay_status code, bool forgets,
                               struct assay__node **out, struct assay_error *err)
{
    const struct assay__json_options options = {.name = name,
                                                .code = code,
                                                .bytes_max = ASSAY__BODY_BYTES_MAX,
                                                .values_max = ASSAY__BODY_VALUES_MAX,
                                                .depth_max = ASSAY__BODY_DEPTH_MAX,
                                                .may_forget = forgets ? forget_always : NULL};
    return assay__json_read(arena, text, length, &options, out, err);
}

enum assay_status assay__body_parse(struct assay__arena *arena, const char *text, size_t length,
                                    const char *name, enum assay_status code,
                                    struct assay__node **out, struct assay_error *err)
{
    return parse(arena, text, length, name, code, false, out, err);
}

enum assay_status assay__body_resource(struct assay__arena *arena, const char *text, size_t length,
                                       const struct assay__node **out, struct assay_error *err)
{
    struct assay__node *root = NULL;
    enum assay_status status =
        parse(arena, text, length, NULL, ASSAY_ERROR_DATA, false, &root, err);
    *out = status == ASSAY_OK ? assay__node_get(root, "analysisResult") : NULL;
    return status;
}

void assay__body_derive_id(const char *parent, const char *text, size_t length,
                           char id[ASSAY__ID_BYTES])
{
    struct assay__sha256 digest;
    char hex[65];
    assay__sha256_begin(&digest);
    assay__sha256_add(&digest, parent, strlen(parent) + 1);
    assay__sha256_add(&digest, text, length);
    assay__sha256_end(&digest, hex);
    snprintf(id, ASSAY__ID_BYTES, "ar-%.40s", hex);
}

/* The string member key. NULL and OK when it is absent; NULL with *status set when it is not a
 * string. */
static const char *string_member(const struct assay__node *object, const char *key,
                                 const char *name, enum assay_status *status,
                                 struct assay_error *err)
{
    const struct assay__node *member = assay__node_get(object, key);
    if (*status != ASSAY_OK || member == NULL || member->type == ASSAY__NODE_NULL)
        return NULL;
    if (member->type == ASSAY__NODE_STRING)
        return member->text;
    *status = assay__fail_at(err, ASSAY_ERROR_DATA, name, member->line, member->column,
                             "\"%s\" must be a string, not %s.", key,
                             assay__node_type_name(member->type));
    return NULL;
}

/* Names come from a document here, so that a wrong one is wrong data at a place. */
static enum assay_status blame(enum assay_status status, const char *name,
                               const struct assay__node *node, struct assay_error *err)
{
    if (status == ASSAY_OK || status == ASSAY_ERROR_MEMORY || err == NULL)
        return status;
    return assay__fail_at(err, ASSAY_ERROR_DATA, name, node->line, node->column, "%s",
                          err->message);
}

static enum assay_status require_object(const struct assay__node *node, const char *what,
                                        const char *name, struct assay_error *err)
{
    if (node->type == ASSAY__NODE_OBJECT)
        return ASSAY_OK;
    return assay__fail_at(err, ASSAY_ERROR_DATA, name, node->line, node->column,
                          "%s must be an object, not %s.", what, assay__node_type_name(node->type));
}

enum assay_status assay__body_read(struct assay__arena *arena, const char *text, size_t length,
                                   const char *name, struct assay__body *out,
                                   struct assay_error *err)
{
    memset(out, 0, sizeof *out);
    struct assay__node *root = NULL;
    enum assay_status status = parse(arena, text, length, name, ASSAY_ERROR_DATA, true, &root, err);
    if (status == ASSAY_OK)
        status = require_object(root, "A request body", name, err);
    if (status != ASSAY_OK)
        return status;
    const struct assay__node *resource = assay__node_get(root, "analysisResult");
    if (resource == NULL)
        return assay__fail_at(err, ASSAY_ERROR_DATA, name, root->line, root->column,
                              "The request body has no \"analysisResult\".");
    status = require_object(resource, "\"analysisResult\"", name, err);
    out->parent = string_member(root, "parent", name, &status, err);
    const char *id = string_member(root, "analysisResultId", name, &status, err);
    if (status != ASSAY_OK)
        return status;
    if (out->parent == NULL)
        return assay__fail_at(err, ASSAY_ERROR_DATA, name, root->line, root->column,
                              "The request body has no \"parent\"; say where to post as "
                              "workflows/{workflow}/instances/{instance}.");
    status = assay__parent_check(out->parent, err);
    if (status != ASSAY_OK)
        return blame(status, name, assay__node_get(root, "parent"), err);
    if (id == NULL || id[0] == '\0') {
        assay__body_derive_id(out->parent, text, length, out->id);
        return ASSAY_OK;
    }
    status = assay__id_check(id, err);
    if (status != ASSAY_OK)
        return blame(status, name, assay__node_get(root, "analysisResultId"), err);
    memcpy(out->id, id, strlen(id) + 1);
    return ASSAY_OK;
}

/* A member of the document and a value from outside must not say different things. */
static enum assay_status reconcile(const struct assay__node *root, const char *key,
                                   const char *given, const char *name, const char **missing,
                                   struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    *missing = NULL;
    const char *own = string_member(root, key, name, &status, err);
    if (status != ASSAY_OK || given == NULL)
        return status;
    if (assay__node_get(root, key) == NULL) {
        *missing = given;
        return ASSAY_OK;
    }
    if (own != NULL && strcmp(own, given) == 0)
        return ASSAY_OK;
    return assay__fail_at(err, ASSAY_ERROR_USAGE, name, 0, 0,
                          "The request body has \"%s\" \"%.200s\", but \"%.200s\" was asked for; "
                          "leave one of them out.",
                          key, own != NULL ? own : "", given);
}

/* Puts head in the place of the first bytes of a text, without a second text of that size. */
static void put_before(struct assay__text *text, size_t replaced, const struct assay__text *head)
{
    size_t rest = text->length - replaced;
    assay__text_reserve(text, head->length);
    text->failed = text->failed || head->failed;
    if (text->failed)
        return;
    memmove(text->data + head->length, text->data + replaced, rest);
    if (head->length > 0)
        memcpy(text->data, head->data, head->length);
    text->length = head->length + rest;
    text->data[text->length] = '\0';
}

/* Puts the members that a request body lacks before its own. */
static enum assay_status complete(const struct assay__node *root, struct assay__text *text,
                                  const char *name, const char *parent, const char *id,
                                  struct assay_error *err)
{
    const char *parent_missing = NULL, *id_missing = NULL;
    enum assay_status status = reconcile(root, "parent", parent, name, &parent_missing, err);
    if (status == ASSAY_OK)
        status = reconcile(root, "analysisResultId", id, name, &id_missing, err);
    if (status != ASSAY_OK)
        return status;
    struct assay__text head = {0};
    struct assay__json json = {.out = &head};
    assay__json_begin(&json, '{');
    assay__json_member_string(&json, "parent", parent_missing);
    assay__json_member_string(&json, "analysisResultId", id_missing);
    if (parent_missing != NULL || id_missing != NULL)
        assay__text_putc(&head, ',');
    /* The document is an object, and has members. */
    const char *own = memchr(text->data, '{', text->length);
    put_before(text, (size_t)(own - text->data) + 1, &head);
    assay__text_release(&head);
    return ASSAY_OK;
}

/* Wraps a resource in a request body. Every result has results; the detail document, a plan or an
 * error that was saved for a result has none, and must not be stored as one. */
static enum assay_status wrap(const struct assay__node *root, struct assay__text *text,
                              const char *name, const char *parent, const char *id,
                              struct assay_error *err)
{
    char derived[ASSAY__ID_BYTES];
    const struct assay__node *results = assay__node_get(root, "results");
    if (results == NULL || results->type != ASSAY__NODE_ARRAY)
        return assay__fail_at(
            err, ASSAY_ERROR_DATA, name, root->line, root->column,
            "This is neither a result, which has a list \"results\", nor a request "
            "body, which has an \"analysisResult\".");
    if (parent == NULL)
        return assay__fail_at(err, ASSAY_ERROR_USAGE, name, 0, 0,
                              "A result does not say where it belongs: give its parent, "
                              "workflows/{workflow}/instances/{instance}.");
    if (id == NULL) {
        assay__body_derive_id(parent, text->data, text->length, derived);
        id = derived;
    }
    struct assay__text head = {0};
    struct assay__json json = {.out = &head};
    assay__json_begin(&json, '{');
    assay__json_member_string(&json, "parent", parent);
    assay__json_member_string(&json, "analysisResultId", id);
    assay__json_key(&json, "analysisResult");
    while (text->length > 0 && strchr(" \t\r\n", text->data[text->length - 1]) != NULL)
        text->length--;
    put_before(text, 0, &head);
    assay__text_release(&head);
    assay__text_puts(text, "}\n");
    return ASSAY_OK;
}

enum assay_status assay__request_complete(struct assay__text *text, const char *name,
                                          const char *parent, const char *id,
                                          struct assay_error *err)
{
    static const struct assay__text NOTHING = {0};
    struct assay__arena arena = {0};
    struct assay__node *root = NULL;
    struct assay__body made;
    assay__text_reserve(text, 0);
    if (text->length >= 3 && memcmp(text->data, "\xEF\xBB\xBF", 3) == 0)
        put_before(text, 3, &NOTHING);
    enum assay_status status = text->failed ? assay__fail_memory(err) : ASSAY_OK;
    if (status == ASSAY_OK)
        status = parse(&arena, text->data, text->length, name, ASSAY_ERROR_DATA, true, &root, err);
    if (status == ASSAY_OK)
        status = require_object(root, "A result or request body", name, err);
    if (status == ASSAY_OK && parent != NULL)
        status = assay__parent_check(parent, err);
    if (status == ASSAY_OK && id != NULL)
        status = assay__id_check(id, err);
    if (status == ASSAY_OK)
        status = assay__node_get(root, "analysisResult") != NULL
                     ? complete(root, text, name, parent, id, err)
                     : wrap(root, text, name, parent, id, err);
    if (status == ASSAY_OK && text->failed)
        status = assay__fail_memory(err);
    assay__arena_release(&arena);
    if (status == ASSAY_OK)
        status = assay__body_read(&arena, text->data, text->length, name, &made, err);
    assay__arena_release(&arena);
    return status;
}

enum assay_status assay_request_wrap(const char *text, size_t length, const char *name,
                                     const char *parent, const char *id, char **body,
                                     size_t *body_length, struct assay_error *err)
{
    struct assay__text out = {0};
    assay__text_reserve(&out, length + PARTS_BYTES);
    assay__text_append(&out, text, length);
    enum assay_status status = assay__request_complete(&out, name, parent, id, err);
    if (status == ASSAY_OK)
        status = assay__text_take(&out, body, body_length, err);
    assay__text_release(&out);
    return status;
}
