/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer: any bytes as the body of a post. What is accepted is stored and drawn as a page, which
 * must be whole and must not let a name become an element of the page.
 */
#include "serve_fuzz.h"

#include "serve/pages/page.h"

static void check_page(struct serve_answer *answer)
{
    static const char *const FORBIDDEN[] = {"<script", "<img", "<iframe", "<a on"};
    serve_fuzz_check(answer);
    if (answer->http_status != 200 || !answer->is_page)
        abort();
    for (size_t i = 0; i < sizeof FORBIDDEN / sizeof *FORBIDDEN; i++)
        if (strstr(answer->body.data, FORBIDDEN[i]) != NULL)
            abort();
}

static void draw(const struct serve_context *context, const struct serve_place *place)
{
    struct serve_call call = {.context = context};
    char *target = assay__arena_format(&call.arena, "/results/w/i/%s", place->id);
    if (target == NULL || !serve_target_parse(&call.arena, target, &call.target))
        abort();
    serve_call_route(&call, "GET");
    serve_call_authorize(&call, NULL);
    serve_call_run(&call);
    check_page(&call.answer);
    serve_call_release(&call);
    call = (struct serve_call){.context = context};
    if (!serve_target_parse(&call.arena, "/", &call.target))
        abort();
    serve_call_route(&call, "GET");
    serve_call_authorize(&call, NULL);
    serve_call_run(&call);
    check_page(&call.answer);
    serve_call_release(&call);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static struct serve_store *store;
    static struct serve_readers *readers;
    if (store == NULL) {
        serve_page_setup();
        serve_fuzz_open(&store, &readers);
    }
    struct serve_context context = {
        .tokens = serve_fuzz_tokens(), .readers = readers, .open_pages = true};
    struct serve_call call = {.context = &context};
    serve_fuzz_post(&call, (const char *)data, size);
    if (call.has_job) {
        if (serve_store_insert(store, &call.job.record) != SERVE_DONE)
            abort();
        draw(&context, &call.job.record.place);
        if (serve_store_delete(store, &call.job.record.place, &call.job.condition) != SERVE_DONE)
            abort();
    }
    serve_call_release(&call);
    return 0;
}
