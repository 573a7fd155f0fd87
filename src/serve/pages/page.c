/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame of pages for people: one style for dark and light, no script, nothing from outside. */
#include "serve/pages/page.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

#include "assay/version.h"
#include "serve/pages/page_style.h"

static char policy[256];

void serve_page_setup(void)
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char encoded[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1] = "";
    sha256_init(&context);
    for (const char *const *piece = SERVE_PAGE_STYLE; *piece != NULL; piece++)
        sha256_update(&context, strlen(*piece), (const uint8_t *)*piece);
    sha256_digest(&context, sizeof digest, digest);
    base64_encode_raw(encoded, sizeof digest, digest);
    snprintf(policy, sizeof policy,
             "default-src 'none'; img-src data:; style-src 'sha256-%s'; base-uri 'none'; "
             "form-action 'none'; frame-ancestors 'none'",
             encoded);
}

const char *serve_page_policy(void)
{
    return policy;
}

static const char *escape_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return (unsigned char)c < 0x20 || c == 0x7f ? " " : NULL;
    }
}

void serve_html(struct assay__text *out, const char *text)
{
    const char *start = text;
    for (; *text != '\0'; text++) {
        const char *escape = escape_of(*text);
        if (escape == NULL)
            continue;
        assay__text_append(out, start, (size_t)(text - start));
        assay__text_puts(out, escape);
        start = text + 1;
    }
    assay__text_append(out, start, (size_t)(text - start));
}

void serve_page_head(struct assay__text *out, const char *title)
{
    assay__text_puts(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                          "<meta name=\"color-scheme\" content=\"light dark\">"
                          "<link rel=\"icon\" href=\"data:,\"><title>");
    serve_html(out, title);
    assay__text_puts(out, "</title><style>");
    for (const char *const *piece = SERVE_PAGE_STYLE; *piece != NULL; piece++)
        assay__text_puts(out, *piece);
    assay__text_puts(out, "</style></head><body>\n");
}

void serve_page_begin(struct serve_answer *answer, const char *title)
{
    serve_answer_json(answer);
    answer->content_type = "text/html; charset=utf-8";
    answer->is_page = true;
    serve_page_head(&answer->body, title);
    assay__text_puts(&answer->body,
                     "<header class=\"bar\"><a href=\"/\">assay</a></header>\n<main>\n");
}

void serve_page_end(struct serve_answer *answer)
{
    assay__text_puts(&answer->body, "</main>\n<footer>assay " ASSAY_VERSION
                                    ". Times are in UTC.</footer>\n</body></html>\n");
}
