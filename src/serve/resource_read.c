/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GET and DELETE of stored results, and lists of them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json_write.h"
#include "base/digest.h"
#include "serve/http/route.h"
#include "serve/list_filter.h"

enum { PAGE_SIZE = 50, PAGE_SIZE_MAX = 1000, PAGE_BYTES_MAX = 4 << 20 };

void serve_get(struct serve_call *call)
{
    struct serve_place place;
    if (!serve_call_place(call, false, &place))
        return;
    serve_answer_json(&call->answer);
    struct serve_answer *answer = &call->answer;
    struct serve_store *store = serve_readers_take(call->context->readers);
    enum serve_outcome outcome = serve_store_get(store, &place, &answer->body, answer->etag);
    serve_readers_give(call->context->readers, store, outcome != SERVE_FAILED);
    if (outcome == SERVE_ABSENT) {
        serve_answer_refuse(answer, SERVE_NOT_FOUND, NULL, "No result has this name.");
    } else if (outcome == SERVE_DAMAGED_ROW) {
        serve_answer_refuse(answer, SERVE_DAMAGED, NULL,
                            "The stored result is damaged: its bytes are not those of its ETag. "
                            "Restore the database, or delete the result and post it again.");
    } else if (outcome != SERVE_DONE) {
        serve_answer_refuse(answer, SERVE_UNAVAILABLE, NULL, "The store does not answer.");
    } else if (call->if_match != NULL && !serve_etag_is_in(answer->etag, call->if_match, false)) {
        serve_answer_refuse(answer, SERVE_CHANGED, NULL, "The result has another ETag.");
    } else if (call->if_none_match != NULL &&
               serve_etag_is_in(answer->etag, call->if_none_match, true)) {
        /* The body is not sent; the answer has its length (RFC 9110, 8.6). */
        answer->http_status = 304;
        answer->content_type = NULL; /* of a body that is not there (RFC 9110, 15.4.5) */
    }
}

static void finish_delete(struct serve_call *call)
{
    struct serve_answer *answer = &call->answer;
    switch (call->job.outcome) {
    case SERVE_DONE:
        serve_answer_json(answer);
        assay__text_puts(&answer->body, "{}\n");
        break;
    case SERVE_ABSENT:
        serve_answer_refuse(answer, SERVE_NOT_FOUND, NULL, "No result has this name.");
        break;
    case SERVE_DIFFERENT:
        serve_answer_refuse(answer, SERVE_CHANGED, NULL,
                            call->job.condition.if_none_match == NULL
                                ? "The result has another ETag."
                                : "The result's ETag does not meet the request's condition.");
        break;
    case SERVE_UNCERTAIN:
        serve_answer_refuse(answer, SERVE_UNKNOWN, NULL,
                            "The disk failed: it is not known whether the result is deleted. Ask "
                            "for it, or delete it again.");
        break;
    case SERVE_PRESENT:
    case SERVE_DAMAGED_ROW:
    case SERVE_FAILED:
        serve_answer_refuse(answer, SERVE_UNAVAILABLE, NULL, "The result could not be deleted.");
        break;
    }
}

void serve_delete(struct serve_call *call)
{
    if (!serve_call_place(call, false, &call->job.record.place))
        return;
    if (!serve_tokens_spend(call->tokens, call->caller)) {
        serve_answer_refuse(&call->answer, SERVE_TOO_MANY, NULL,
                            "There are too many changes by this caller; wait a little.");
        return;
    }
    call->job.kind = SERVE_JOB_DELETE;
    call->job.condition =
        (struct serve_condition){.if_match = call->if_match, .if_none_match = call->if_none_match};
    call->has_job = true;
    call->finish = finish_delete;
}

/* A page token is the row to go on before and a digest of the question it belongs to. */
void serve_write_page_token(const struct serve_call *call, const struct serve_place *place,
                            int64_t sequence, char out[SERVE_PAGE_TOKEN_BYTES])
{
    const char *filter = serve_target_parameter(&call->target, "filter");
    struct assay__text question = {0};
    char digest[65];
    assay__text_format(&question, "%s/%s/%s", place->workflow, place->instance,
                       filter != NULL ? filter : "");
    assay__sha256_hex(question.data, question.failed ? 0 : question.length, digest);
    assay__text_release(&question);
    snprintf(out, SERVE_PAGE_TOKEN_BYTES, "%016" PRIx64 "%.16s", (uint64_t)sequence, digest);
}

static void read_page_token(const struct serve_call *call, const struct serve_place *place,
                            struct serve_query *query, struct serve_problems *problems)
{
    const char *token = serve_target_parameter(&call->target, "pageToken");
    char again[SERVE_PAGE_TOKEN_BYTES];
    query->before = INT64_MAX;
    if (token == NULL || token[0] == '\0')
        return;
    bool is_hex = strlen(token) == SERVE_PAGE_TOKEN_BYTES - 1 &&
                  strspn(token, "0123456789abcdef") == SERVE_PAGE_TOKEN_BYTES - 1;
    if (is_hex) {
        char digits[17];
        snprintf(digits, sizeof digits, "%.16s", token);
        query->before = (int64_t)strtoull(digits, NULL, 16);
        serve_write_page_token(call, place, query->before, again);
    }
    if (!is_hex || query->before < 0 || strcmp(token, again) != 0)
        serve_problem_add(problems, "pageToken",
                          "This is not a page token of a list with the same parent and filter.");
}

static void read_page_size(const struct serve_call *call, struct serve_query *query,
                           struct serve_problems *problems)
{
    const char *text = serve_target_parameter(&call->target, "pageSize");
    query->count_max = PAGE_SIZE;
    if (text == NULL || text[0] == '\0')
        return;
    size_t length = strlen(text);
    if (strspn(text, "0123456789") != length || length > 9) {
        serve_problem_add(problems, "pageSize",
                          "This must be a whole number; 0 stands for the default of %d.",
                          PAGE_SIZE);
        return;
    }
    unsigned long size = strtoul(text, NULL, 10);
    if (size > 0)
        query->count_max = size < PAGE_SIZE_MAX ? (uint32_t)size : PAGE_SIZE_MAX;
}

bool serve_read_query(struct serve_call *call, const struct serve_place *place,
                      struct serve_query *query, bool *contradicts)
{
    struct serve_problems problems = {.arena = &call->arena};
    const char *filter = serve_target_parameter(&call->target, "filter");
    *query = (struct serve_query){.bytes_max = PAGE_BYTES_MAX};
    memcpy(query->workflow, place->workflow, sizeof query->workflow);
    memcpy(query->instance, place->instance, sizeof query->instance);
    read_page_size(call, query, &problems);
    read_page_token(call, place, query, &problems);
    (void)serve_filter_parse(filter != NULL ? filter : "", query, contradicts, &problems);
    if (problems.count == 0)
        return true;
    serve_answer_refuse(&call->answer, SERVE_INVALID, &problems, "The query is not valid.");
    return false;
}

struct listing {
    struct assay__json json;
    struct assay__text damaged; /* names, each ended by a line feed */
};

/* The document is JSON that this program has written, without a NUL at its end. */
static void add_document(const struct serve_row *row, void *context)
{
    struct listing *listing = context;
    if (row->document == NULL) {
        assay__text_format(&listing->damaged, "%s\n", row->name);
        return;
    }
    assay__json_raw(&listing->json, "");
    assay__text_append(listing->json.out, row->document, row->document_length);
}

/* What is there and cannot be given, by the name that AIP-217 has for it. */
static void write_damaged(struct listing *listing)
{
    if (listing->damaged.length == 0)
        return;
    assay__json_member_begin(&listing->json, "unreachable", '[');
    char *rest = NULL;
    for (char *name = strtok_r(listing->damaged.data, "\n", &rest); name != NULL;
         name = strtok_r(NULL, "\n", &rest))
        assay__json_string(&listing->json, name);
    assay__json_end(&listing->json, ']');
}

void serve_list(struct serve_call *call)
{
    struct serve_place place;
    struct serve_query query;
    bool contradicts, more = false;
    if (!serve_call_place(call, true, &place) ||
        !serve_read_query(call, &place, &query, &contradicts))
        return;
    serve_answer_json(&call->answer);
    struct listing listing = {.json = {.out = &call->answer.body}};
    struct assay__json *json = &listing.json;
    enum serve_outcome outcome = SERVE_DONE;
    assay__json_begin(json, '{');
    assay__json_member_begin(json, "analysisResults", '[');
    if (!contradicts) {
        struct serve_store *store = serve_readers_take(call->context->readers);
        outcome = serve_store_list(store, &query, add_document, &listing, &more);
        serve_readers_give(call->context->readers, store, outcome != SERVE_FAILED);
    }
    assay__json_end(json, ']');
    write_damaged(&listing);
    if (more) {
        char token[SERVE_PAGE_TOKEN_BYTES];
        serve_write_page_token(call, &place, query.before, token);
        assay__json_member_string(json, "nextPageToken", token);
    }
    assay__json_end(json, '}');
    assay__text_putc(&call->answer.body, '\n');
    bool is_whole = !listing.damaged.failed;
    assay__text_release(&listing.damaged);
    if (outcome != SERVE_DONE || !is_whole)
        serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL, "The store does not answer.");
}
