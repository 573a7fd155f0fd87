/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_ROUTE_H
#define ASSAY_SERVE_HTTP_ROUTE_H

#include "serve/serve_log.h"
#include "serve/http/host.h"
#include "serve/http/metrics.h"
#include "serve/http/response.h"
#include "serve/http/uri.h"
#include "serve/http/tokens.h"
#include "serve/store/write_queue.h"

/** struct serve_readers: connections for reading, handed out to one thread at a time. */
struct serve_readers;

enum assay_status serve_readers_open(const char *path, unsigned count, struct serve_log *log,
                                     struct serve_readers **out, struct assay_error *err);
void serve_readers_close(struct serve_readers *readers);
/**
 * serve_readers_take() waits for a free one; give it back soon, and say whether it answered: why
 * not is written to the log (NULL for none), at most once a minute.
 */
struct serve_store *serve_readers_take(struct serve_readers *readers);
void serve_readers_give(struct serve_readers *readers, struct serve_store *store, bool is_well);

/** struct serve_context: what all calls share. */
struct serve_context {
    struct serve_readers *readers;
    struct serve_writer *writer;
    struct serve_token_file *tokens;
    struct serve_load *load;
    struct serve_metrics *metrics;
    struct serve_log *log;
    struct serve_hosts hosts;
    bool strict;     /* unknown fields and parameters are refused */
    bool open_pages; /* pages need no token */
};

/** struct serve_call is one request on its way to an answer; it knows nothing of HTTP's wire. */
struct serve_call {
    const struct serve_context *context;
    struct assay__arena arena;
    struct serve_target target;
    const struct serve_route *route; /* NULL when refused */
    const char *names[3];            /* the route's wildcards */
    struct serve_tokens *tokens;     /* held by the call once it is authorized */
    int caller;                      /* of tokens; -1: nobody */
    struct assay__text body;
    const char *if_match, *if_none_match;
    struct serve_answer answer;
    /* A handler that changes the store fills job and sets has_job; finish() then answers. */
    bool has_job;
    struct serve_job job;
    void (*finish)(struct serve_call *call);
};

/** serve_call_route() finds the handler of a method and target, or makes the answer a refusal. */
void serve_call_route(struct serve_call *call, const char *method);

/** serve_call_authorize() finds the caller by its Authorization header (NULL for none). */
void serve_call_authorize(struct serve_call *call, const char *authorization);

/** serve_call_check_query() refuses parameters that the API does not have, when it is strict. */
void serve_call_check_query(struct serve_call *call);

/** serve_call_takes_body() is true for routes that want a JSON body. */
bool serve_call_takes_body(const struct serve_call *call);

/** serve_call_run() runs the handler: the call has an answer or a job afterwards. */
void serve_call_run(struct serve_call *call);

void serve_call_release(struct serve_call *call);

/** serve_call_place() reads the names into a place; problems with them make the answer a 400. */
bool serve_call_place(struct serve_call *call, bool allow_any, struct serve_place *place);

/** Handlers. */
void serve_create(struct serve_call *call);
void serve_get(struct serve_call *call);
void serve_list(struct serve_call *call);
void serve_delete(struct serve_call *call);
void serve_health(struct serve_call *call);
void serve_ready(struct serve_call *call);
void serve_metrics(struct serve_call *call);
void serve_page_list(struct serve_call *call);
void serve_page_result(struct serve_call *call);

/** serve_read_query() reads pageSize, pageToken and filter; false: refused. */
bool serve_read_query(struct serve_call *call, const struct serve_place *place,
                      struct serve_query *query, bool *contradicts);

enum { SERVE_PAGE_TOKEN_BYTES = 33 };
/** serve_write_page_token() makes the token that continues this list before a row. */
void serve_write_page_token(const struct serve_call *call, const struct serve_place *place,
                            int64_t sequence, char out[SERVE_PAGE_TOKEN_BYTES]);

#endif
