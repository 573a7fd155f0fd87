/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bodies and statuses of answers: documents, refusals with their violations, ETags. */
#include "serve/http/response.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "json/json_write.h"

enum { MESSAGE_BYTES = 1024 };

static const struct {
    unsigned http_status;
    unsigned rpc_code;
    unsigned retry_after_seconds;
} REFUSALS[] = {
#define REFUSAL_ROW(name, http, code, seconds) [SERVE_##name] = {http, code, seconds},
    SERVE_REFUSAL_LIST(REFUSAL_ROW)
#undef REFUSAL_ROW
};

void serve_problem_add(struct serve_problems *problems, const char *field, const char *format, ...)
{
    char description[MESSAGE_BYTES];
    problems->count++;
    if (problems->count > SERVE_PROBLEMS_KEPT)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(description, sizeof description, format, arguments);
    va_end(arguments);
    struct serve_problem *problem = assay__arena_alloc(problems->arena, sizeof *problem);
    if (problem == NULL)
        return; /* counted: the request is refused without this sentence */
    problem->field = assay__arena_copy(problems->arena, field, strlen(field));
    problem->description = assay__arena_copy(problems->arena, description, strlen(description));
    if (problem->field == NULL || problem->description == NULL)
        return;
    if (problems->last == NULL)
        problems->first = problem;
    else
        problems->last->next = problem;
    problems->last = problem;
}

static void write_violations(struct assay__json *json, const struct serve_problems *problems)
{
    assay__json_begin(json, '{');
    assay__json_member_string(json, "@type", "type.googleapis.com/google.rpc.BadRequest");
    assay__json_member_begin(json, "fieldViolations", '[');
    for (const struct serve_problem *problem = problems->first; problem != NULL;
         problem = problem->next) {
        assay__json_begin(json, '{');
        assay__json_member_string(json, "field", problem->field);
        assay__json_member_string(json, "description", problem->description);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
    assay__json_end(json, '}');
}

void serve_answer_json(struct serve_answer *answer)
{
    serve_answer_release(answer);
    answer->http_status = 200;
    answer->content_type = "application/json";
}

void serve_answer_refuse(struct serve_answer *answer, enum serve_refusal refusal,
                         const struct serve_problems *problems, const char *format, ...)
{
    char message[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    serve_answer_json(answer);
    answer->http_status = REFUSALS[refusal].http_status;
    answer->retry_after_seconds = REFUSALS[refusal].retry_after_seconds;
    struct assay__json json = {.out = &answer->body};
    assay__json_begin(&json, '{');
    assay__json_member_count(&json, "code", REFUSALS[refusal].rpc_code);
    assay__json_member_string(&json, "message", message);
    assay__json_member_begin(&json, "details", '[');
    if (problems != NULL && problems->first != NULL)
        write_violations(&json, problems);
    assay__json_end(&json, ']');
    assay__json_end(&json, '}');
    assay__text_putc(&answer->body, '\n');
}

void serve_etag_make(const void *document, size_t length, char out[SERVE_ETAG_BYTES])
{
    char digest[65];
    assay__sha256_hex(document, length, digest);
    snprintf(out, SERVE_ETAG_BYTES, "\"%.32s\"", digest);
}

/* A '*' that is not of an ETag stands for any. */
static bool has_star(const char *list)
{
    bool is_quoted = false;
    for (; *list != '\0' && (is_quoted || *list != '*'); list++)
        is_quoted = is_quoted != (*list == '"');
    return *list == '*';
}

bool serve_etag_is_in(const char *etag, const char *list, bool is_weak_fine)
{
    if (has_star(list))
        return true;
    for (const char *at = list; (at = strstr(at, etag)) != NULL; at++)
        if (is_weak_fine || at - list < 2 || memcmp(at - 2, "W/", 2) != 0)
            return true;
    return false;
}

void serve_answer_release(struct serve_answer *answer)
{
    assay__text_release(&answer->body);
    *answer = (struct serve_answer){0};
}
