/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of results: stored, asked for, and looked through. */
#include "serve_page.h"

void page_repeat(struct assay__text *text, const char *piece, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assay__text_puts(text, i > 0 ? "," : "");
        assay__text_puts(text, piece);
    }
}

void page_store(struct endpoint *endpoint, const char *id, const struct assay__text *result)
{
    struct assay__text body = {0};
    char path[256];
    snprintf(path, sizeof path, COLLECTION "?analysisResultId=%s", id);
    assay__text_format(&body, "{\"parent\":\"" PARENT "\",\"analysisResult\":");
    assay__text_append(&body, result->data, result->length);
    assay__text_puts(&body, "}");
    expect(ask_alice(endpoint, "POST", path, body.data), 200, id);
    assay__text_release(&body);
}

struct reply page_of(struct endpoint *endpoint, const char *id)
{
    char path[256];
    snprintf(path, sizeof path, "/results/checkout/july/%s", id);
    struct reply page = ask_alice(endpoint, "GET", path, NULL);
    ck_assert_msg(page.status == 200, "%s: %ld", id, page.status);
    return page;
}

unsigned page_count_of(const char *text, const char *what)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

void page_store_text(struct endpoint *endpoint, const char *id, const char *text)
{
    struct assay__text result = {0};
    for (; *text != '\0'; text++)
        assay__text_putc(&result, *text == '\'' ? '"' : *text);
    page_store(endpoint, id, &result);
    assay__text_release(&result);
}

void page_assert_order(const char *page, const char *const *texts, size_t count)
{
    const char *at = page;
    for (size_t i = 0; i < count; i++) {
        at = strstr(at, texts[i]);
        ck_assert_msg(at != NULL, "'%s' is not behind '%s'", texts[i], i > 0 ? texts[i - 1] : "");
        at += strlen(texts[i]);
    }
}
