/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a method and a target to a handler, and who may call it. */
#include "serve/http/route.h"

#include <nettle/base64.h>
#include <string.h>
#include <strings.h>

enum audience { ANYONE, CALLERS, READERS };
enum { READ = SERVE_RIGHT_READ, WRITE = SERVE_RIGHT_WRITE, DELETE = SERVE_RIGHT_DELETE };

struct serve_route {
    const char *path; /* segments; '*' stands for any */
    const char *method;
    const char *allow; /* all methods of this path */
    enum audience audience;
    unsigned right; /* that a caller needs */
    bool takes_body;
    void (*run)(struct serve_call *call);
    const char *parameters[3]; /* of the query, for callers */
};

#define COLLECTION "v2/workflows/*/instances/*/analysisResults"

static const struct serve_route ROUTES[] = {
    {COLLECTION,
     "POST",
     "GET, HEAD, POST",
     CALLERS,
     WRITE,
     true,
     serve_create,
     {"analysisResultId"}},
    {COLLECTION,
     "GET",
     "GET, HEAD, POST",
     CALLERS,
     READ,
     false,
     serve_list,
     {"pageSize", "pageToken", "filter"}},
    {COLLECTION "/*", "GET", "GET, HEAD, DELETE", CALLERS, READ, false, serve_get, {NULL}},
    {COLLECTION "/*", "DELETE", "GET, HEAD, DELETE", CALLERS, DELETE, false, serve_delete, {NULL}},
    {"healthz", "GET", "GET, HEAD", ANYONE, 0, false, serve_health, {NULL}},
    {"readyz", "GET", "GET, HEAD", ANYONE, 0, false, serve_ready, {NULL}},
    {"metrics", "GET", "GET, HEAD", ANYONE, 0, false, serve_metrics, {NULL}},
    {"", "GET", "GET, HEAD", READERS, READ, false, serve_page_list, {NULL}},
    {"results/*/*/*", "GET", "GET, HEAD", READERS, READ, false, serve_page_result, {NULL}},
    {"results/*/*/*/json", "GET", "GET, HEAD", READERS, READ, false, serve_get, {NULL}},
};

/* Compares segment by segment; wildcards go into names. */
static bool matches(const char *path, const struct serve_target *target, const char *names[3])
{
    size_t name_count = 0;
    for (size_t i = 0; i < target->segment_count; i++) {
        size_t length = strcspn(path, "/");
        if (length == 0)
            return false;
        if (*path == '*')
            names[name_count++] = target->segments[i];
        else if (strlen(target->segments[i]) != length ||
                 memcmp(path, target->segments[i], length) != 0)
            return false;
        path += length + (path[length] == '/');
    }
    return *path == '\0';
}

void serve_call_route(struct serve_call *call, const char *method)
{
    const struct serve_route *same_path = NULL;
    bool is_head = strcmp(method, "HEAD") == 0;
    for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++) {
        const struct serve_route *route = &ROUTES[i];
        if (!matches(route->path, &call->target, call->names))
            continue;
        same_path = route;
        if (strcmp(is_head ? "GET" : method, route->method) == 0) {
            call->route = route;
            return;
        }
    }
    if (same_path == NULL) {
        serve_answer_refuse(&call->answer, SERVE_NOT_FOUND, NULL, "There is nothing at this path.");
        return;
    }
    serve_answer_refuse(&call->answer, SERVE_METHOD, NULL, "This path allows %s.",
                        same_path->allow);
    call->answer.allow = same_path->allow;
}

/* The rest of a header after a scheme and its blanks; NULL for another scheme. */
static const char *after_scheme(const char *header, const char *scheme)
{
    size_t length = strlen(scheme);
    if (strncasecmp(header, scheme, length) != 0 || header[length] != ' ')
        return NULL;
    return header + length + strspn(header + length, " ");
}

/* Blanks behind a header's value are not of it; libmicrohttpd leaves them there. */
static size_t token_length(const char *token)
{
    size_t length = strlen(token);
    while (length > 0 && (token[length - 1] == ' ' || token[length - 1] == '\t'))
        length--;
    return length;
}

/* A browser sends the token as the password of HTTP Basic; the user's name does not matter. */
static int find_by_password(const struct serve_tokens *tokens, const char *encoded)
{
    uint8_t decoded[1024];
    size_t length = sizeof decoded - 1;
    struct base64_decode_ctx context;
    if (strlen(encoded) > BASE64_ENCODE_RAW_LENGTH(sizeof decoded - 8))
        return -1;
    base64_decode_init(&context);
    if (!base64_decode_update(&context, &length, decoded, strlen(encoded), encoded) ||
        !base64_decode_final(&context))
        return -1;
    const char *colon = memchr(decoded, ':', length);
    if (colon == NULL)
        return -1;
    size_t password_at = (size_t)(colon + 1 - (const char *)decoded);
    return serve_tokens_find(tokens, colon + 1, length - password_at);
}

/* The caller may be known, and still not be allowed this. */
static void check_right(struct serve_call *call)
{
    if (serve_tokens_may(call->tokens, call->caller, (enum serve_right)call->route->right))
        return;
    const char *what = call->route->right == WRITE    ? "storing results"
                       : call->route->right == DELETE ? "deleting results"
                                                      : "reading results";
    call->route = NULL;
    serve_answer_refuse(&call->answer, SERVE_FORBIDDEN, NULL, "The token of %s does not allow %s.",
                        serve_tokens_name(call->tokens, call->caller), what);
}

void serve_call_authorize(struct serve_call *call, const char *authorization)
{
    enum audience audience = call->route->audience;
    bool is_open = audience == ANYONE || (audience == READERS && call->context->open_pages);
    const char *bearer = authorization == NULL ? NULL : after_scheme(authorization, "Bearer");
    const char *basic = authorization == NULL ? NULL : after_scheme(authorization, "Basic");
    call->caller = -1;
    if (is_open)
        return;
    call->tokens = serve_tokens_hold(call->context->tokens);
    if (bearer != NULL)
        call->caller = serve_tokens_find(call->tokens, bearer, token_length(bearer));
    else if (basic != NULL && audience == READERS)
        call->caller = find_by_password(call->tokens, basic);
    if (call->caller >= 0) {
        check_right(call);
        return;
    }
    call->route = NULL;
    serve_answer_refuse(&call->answer, SERVE_UNAUTHENTICATED, NULL, "%s",
                        bearer == NULL && basic == NULL
                            ? "The header Authorization: Bearer TOKEN is missing."
                            : "The token is not known.");
    call->answer.challenge = audience == READERS
                                 ? "Basic realm=\"assay: a token as password\", charset=\"UTF-8\""
                             : bearer != NULL ? "Bearer realm=\"assay\", error=\"invalid_token\""
                                              : "Bearer realm=\"assay\"";
}

static bool takes_parameter(const struct serve_route *route, const char *name)
{
    for (size_t i = 0; i < sizeof route->parameters / sizeof *route->parameters; i++)
        if (route->parameters[i] != NULL && strcmp(route->parameters[i], name) == 0)
            return true;
    return false;
}

void serve_call_check_query(struct serve_call *call)
{
    struct serve_problems problems = {.arena = &call->arena};
    if (!call->context->strict || call->route->audience != CALLERS)
        return;
    for (size_t i = 0; i < call->target.parameter_count; i++)
        if (!takes_parameter(call->route, call->target.parameters[i].name))
            serve_problem_add(&problems, call->target.parameters[i].name, "Unknown parameter.");
    if (problems.count == 0)
        return;
    call->route = NULL;
    serve_answer_refuse(&call->answer, SERVE_INVALID, &problems, "The query is not valid.");
}

bool serve_call_takes_body(const struct serve_call *call)
{
    return call->route != NULL && call->route->takes_body;
}

void serve_call_run(struct serve_call *call)
{
    call->route->run(call);
}

void serve_call_release(struct serve_call *call)
{
    serve_answer_release(&call->answer);
    serve_tokens_let_go(call->tokens);
    assay__text_release(&call->body);
    assay__arena_release(&call->arena);
}
