/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the targets of assay serve share: a context with one caller, and checks of an answer. */
#ifndef ASSAY_TESTS_SERVE_FUZZ_H
#define ASSAY_TESTS_SERVE_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/deliver/envelope.h"
#include "serve/http/route.h"

#define SERVE_FUZZ_PLACE "/v2/workflows/w/instances/i/analysisResults"
#define SERVE_FUZZ_BEARER "Bearer alices-token-0123456789"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* Tokens of one caller, read once from a file that is gone afterwards. */
static inline struct serve_token_file *serve_fuzz_tokens(void)
{
    static struct serve_token_file *tokens;
    char path[] = "/tmp/assay-fuzz-tokens-XXXXXX";
    if (tokens != NULL)
        return tokens;
    int fd = mkstemp(path);
    static const char LINE[] = "alice alices-token-0123456789\n";
    if (fd < 0 || write(fd, LINE, sizeof LINE - 1) != sizeof LINE - 1 ||
        serve_token_file_open(path, 0.0, &tokens, NULL) != ASSAY_OK)
        abort();
    close(fd);
    unlink(path);
    return tokens;
}

/* A database of its own in path, which is gone when the process ends: its files have no names. */
static inline void serve_fuzz_open(struct serve_store **store, struct serve_readers **readers)
{
    char folder[] = "/tmp/assay-fuzz-serve-XXXXXX", path[64];
    static const char *const SUFFIXES[] = {"", "-wal", "-shm"};
    if (mkdtemp(folder) == NULL)
        abort();
    snprintf(path, sizeof path, "%s/db", folder);
    if (serve_store_open(path, false, store, NULL) != ASSAY_OK ||
        serve_readers_open(path, 1, NULL, readers, NULL) != ASSAY_OK ||
        !serve_store_is_well(*store) || !serve_store_begin(*store) || !serve_store_commit(*store))
        abort();
    for (size_t i = 0; i < 3; i++) {
        char file[80];
        snprintf(file, sizeof file, "%s%s", path, SUFFIXES[i]);
        unlink(file);
    }
    rmdir(folder);
}

/* A post by the one caller, with this body. */
static inline void serve_fuzz_post(struct serve_call *call, const char *body, size_t length)
{
    if (!serve_target_parse(&call->arena, SERVE_FUZZ_PLACE, &call->target))
        abort();
    serve_call_route(call, "POST");
    serve_call_authorize(call, SERVE_FUZZ_BEARER);
    assay__text_append(&call->body, body, length);
    serve_call_run(call);
}

/* Every answer is a page or JSON, a refusal a Status with its code. */
static inline void serve_fuzz_check(struct serve_answer *answer)
{
    struct assay__arena arena = {0};
    struct assay__node *root;
    if (answer->http_status < 200 || answer->http_status >= 500)
        abort();
    if (answer->is_page) {
        if (strstr(answer->body.data, "</html>") == NULL)
            abort();
    } else if (answer->http_status != 304) {
        if (assay__body_parse(&arena, answer->body.data, answer->body.length, NULL,
                              ASSAY_ERROR_DATA, &root, NULL) != ASSAY_OK)
            abort();
        if (answer->http_status >= 400 && assay__node_get(root, "code") == NULL)
            abort();
    }
    assay__arena_release(&arena);
}

#endif
