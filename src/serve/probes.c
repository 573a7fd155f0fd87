/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What operators' tools ask: is it alive, does it take results, how much has it done. */
#include "serve/http/route.h"

static bool can_read(struct serve_call *call)
{
    struct serve_store *store = serve_readers_take(call->context->readers);
    bool is_well = serve_store_is_well(store);
    serve_readers_give(call->context->readers, store, is_well);
    return is_well;
}

static void answer_ok(struct serve_call *call)
{
    serve_answer_json(&call->answer);
    assay__text_puts(&call->answer.body, "{\"status\":\"ok\"}\n");
}

void serve_health(struct serve_call *call)
{
    if (can_read(call))
        answer_ok(call);
    else
        serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL, "The store does not answer.");
}

/* Ready: the store answers, the last change could be stored, and the server is not stopping. */
void serve_ready(struct serve_call *call)
{
    if (atomic_load(&call->context->load->is_stopping))
        serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL, "The server is stopping.");
    else if (!serve_writer_is_well(call->context->writer))
        serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL,
                            "The last change could not be stored.");
    else
        serve_health(call);
}

void serve_metrics(struct serve_call *call)
{
    const struct serve_context *context = call->context;
    struct serve_tokens *tokens = serve_tokens_hold(context->tokens);
    struct serve_gauges gauges = {.requests = atomic_load(&context->load->under_way),
                                  .body_bytes = atomic_load(&context->load->bodies),
                                  .answer_bytes = atomic_load(&context->load->answers),
                                  .waiting = serve_writer_waiting(context->writer),
                                  .callers = (uint64_t)serve_tokens_count(tokens)};
    serve_tokens_let_go(tokens);
    serve_answer_json(&call->answer);
    call->answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    serve_metrics_write(context->metrics, &gauges, &call->answer.body);
}
