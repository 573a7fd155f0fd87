/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer: any bytes as what a server answers, in two parts at a NUL: quoted and explained for a
 * message (one short line without the secret), read as a request body, and compared with each
 * other.
 */
#include <stdlib.h>
#include <string.h>

#include "api/deliver/answer.h"
#include "api/deliver/envelope.h"
#include "api/resource/resource_compare.h"
#include "api/deliver/refusal.h"
#include "fuzz_memory.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char *const SECRETS[] = {"secret-token", NULL};

static void check_message(const struct assay__text *text)
{
    for (size_t i = 0; i < text->length; i++)
        if ((unsigned char)text->data[i] < ' ' || text->data[i] == 0x7f)
            abort();
    if (text->length > 0 && strstr(text->data, SECRETS[0]) != NULL)
        abort();
}

static struct assay__node *parse(struct assay__arena *arena, const char *text, size_t length)
{
    struct assay__node *root = NULL;
    enum assay_status status =
        assay__body_parse(arena, text, length, NULL, ASSAY_ERROR_DATA, &root, NULL);
    return status == ASSAY_OK ? root : NULL;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const char *text = (const char *)data;
    const char *cut = size > 0 ? memchr(text, '\0', size) : NULL;
    size_t length = cut != NULL ? (size_t)(cut - text) : size;
    const char *rest = cut != NULL ? cut + 1 : text;
    size_t rest_length = cut != NULL ? size - length - 1 : size;
    struct assay__text quote = {0}, words = {0};
    fuzz_memory_begin();
    assay__refusal_quote(&quote, text, length, SECRETS, 2);
    check_message(&quote);
    if (quote.length > ASSAY__QUOTE_BYTES_MAX)
        abort();
    assay__refusal_explain(&words, text, length, SECRETS, 2);
    check_message(&words);
    struct assay__arena arena = {0};
    char where[128];
    struct assay__node *first = parse(&arena, text, length);
    cJSON *again, *second;
    (void)assay__answer_parse(text, length, &again);
    (void)assay__answer_parse(rest, rest_length, &second);
    if (first != NULL && again != NULL &&
        !assay__canonical_covers(first, again, where, sizeof where))
        abort();
    if (first != NULL && second != NULL)
        (void)assay__canonical_covers(first, second, where, sizeof where);
    struct assay__body body;
    (void)assay__body_read(&arena, text, length, NULL, &body, NULL);
    cJSON_Delete(again);
    cJSON_Delete(second);
    assay__arena_release(&arena);
    assay__text_release(&quote);
    assay__text_release(&words);
    fuzz_memory_end();
    return 0;
}
