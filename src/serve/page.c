/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame of pages for people: one style for dark and light, no script, nothing from outside. */
#include "serve/page.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

/* Text against background has a contrast of at least 4.5 in both themes (WCAG 2.1, 1.4.3). */
static const char STYLE[] =
    ":root{color-scheme:light dark;--back:#fff;--card:#f4f5f7;--text:#1b1c1e;--dim:#55585e;"
    "--edge:#c9ccd1;--link:#0b57d0;--bad:#b3261e}"
    "@media(prefers-color-scheme:dark){:root{--back:#131416;--card:#1e2023;--text:#ecedef;"
    "--dim:#a9adb4;--edge:#43474d;--link:#8ab4f8;--bad:#ff9a91}}"
    "*{box-sizing:border-box}"
    "body{margin:0 auto;padding:1rem;max-width:60rem;background:var(--back);color:var(--text);"
    "font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}"
    "h1{font-size:1.3rem;line-height:1.3}h2{font-size:1.1rem;margin:2rem 0 .5rem}"
    "h3{font-size:1rem;margin:0 0 .25rem}"
    "summary{cursor:pointer;margin:.5rem 0}a{color:var(--link)}"
    "p{margin:.25rem 0}.dim{color:var(--dim)}"
    ".sure{color:var(--link)}.bad{color:var(--bad)}"
    ".card{background:var(--card);border:1px solid var(--edge);border-radius:.5rem;padding:.75rem;"
    "margin:.5rem 0}"
    ".figures{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:center}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;min-width:20rem}"
    "th,td{padding:.2rem .8rem .2rem 0;text-align:right;vertical-align:middle}"
    "th:first-child,td:first-child{text-align:left}"
    "th{color:var(--dim);font-weight:600}td{font-variant-numeric:tabular-nums}"
    ".tag{display:inline-block;border:1px solid var(--edge);border-radius:1rem;padding:0 .6rem;"
    "margin:.1rem .2rem .1rem 0;font-size:.875rem}"
    "svg{width:14rem;max-width:100%;height:1.5rem;display:block}"
    ".zero{stroke:var(--dim);stroke-dasharray:2 2}"
    ".interval{stroke:currentColor;stroke-width:3}.point{fill:currentColor}";

static char policy[256];

void serve_page_setup(void)
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char encoded[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1] = "";
    sha256_init(&context);
    sha256_update(&context, strlen(STYLE), (const uint8_t *)STYLE);
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

void serve_html(struct assay__text *out, const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        const char *escape = NULL;
        switch (*p) {
        case '&': escape = "&amp;"; break;
        case '<': escape = "&lt;"; break;
        case '>': escape = "&gt;"; break;
        case '"': escape = "&quot;"; break;
        case '\'': escape = "&#39;"; break;
        default: break;
        }
        if (escape != NULL)
            assay__text_puts(out, escape);
        else
            assay__text_putc(out, (unsigned char)*p < 0x20 ? ' ' : *p);
    }
}

void serve_page_begin(struct serve_answer *answer, const char *title)
{
    serve_answer_json(answer);
    answer->content_type = "text/html; charset=utf-8";
    answer->is_page = true;
    struct assay__text *out = &answer->body;
    assay__text_puts(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                          "<link rel=\"icon\" href=\"data:,\">"
                          "<title>");
    serve_html(out, title);
    assay__text_puts(out, "</title><style>");
    assay__text_puts(out, STYLE);
    assay__text_puts(out, "</style></head><body>\n<h1>");
    serve_html(out, title);
    assay__text_puts(out, "</h1>\n");
}

void serve_page_end(struct serve_answer *answer)
{
    assay__text_puts(&answer->body, "</body></html>\n");
}
