/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer: any bytes as the body of a post, the first of them choosing --strict. What is accepted
 * must be a document that holds all that was sent, and must be accepted again.
 */
#include "serve_fuzz.h"

#include "api/resource/resource_compare.h"
#include "serve/contract.h"

static struct assay__node *parse(struct assay__arena *arena, const char *text, size_t length)
{
    struct assay__node *root = NULL;
    if (assay__body_parse(arena, text, length, NULL, ASSAY_ERROR_DATA, &root, NULL) != ASSAY_OK)
        abort();
    return root;
}

static void check_document(const struct serve_call *call, const char *body, size_t length)
{
    struct assay__arena arena = {0};
    struct serve_problems problems = {.arena = &arena};
    char where[256];
    struct assay__node *sent = assay__node_get(parse(&arena, body, length), "analysisResult");
    struct assay__node *stored =
        parse(&arena, call->job.record.document, call->job.record.document_length);
    cJSON *tree =
        cJSON_ParseWithLength(call->job.record.document, call->job.record.document_length);
    serve_contract_check(sent, false, &problems); /* takes out nulls and the server's fields */
    if (assay__node_get(stored, "name") == NULL ||
        !assay__canonical_covers(sent, tree, where, sizeof where))
        abort();
    cJSON_Delete(tree);
    serve_contract_check(stored, call->context->strict, &problems);
    if (problems.count != 0)
        abort();
    assay__arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size == 0)
        return 0;
    struct serve_context context = {.tokens = serve_fuzz_tokens(), .strict = data[0] % 2 == 1};
    struct serve_call call = {.context = &context};
    serve_fuzz_post(&call, (const char *)data + 1, size - 1);
    if (call.has_job)
        check_document(&call, (const char *)data + 1, size - 1);
    serve_fuzz_check(&call.answer);
    serve_call_release(&call);
    return 0;
}
