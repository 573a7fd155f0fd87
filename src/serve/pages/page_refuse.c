/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody with a browser reads instead of a page. */
#include "serve/pages/page.h"

static const struct words {
    unsigned http_status;
    const char *title, *advice;
} WORDS[] = {
    {400, "This address is not valid", "A part of it is missing, misspelt, or too long."},
    {401, "A token is needed",
     "Give a token of this server as the password; the user's name does not matter."},
    {404, "There is nothing here",
     "The result was never stored under this name, or it has been deleted."},
    {405, "This page can only be read", "It takes no other requests."},
    {503, "The store does not answer", "Try again in a moment."},
};

void serve_page_refuse(struct serve_answer *answer)
{
    struct words words = {0, "This did not work", "Try again in a moment."};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (WORDS[i].http_status == answer->http_status)
            words = WORDS[i];
    struct serve_answer kept = *answer;
    kept.body = (struct assay__text){0};
    serve_page_begin(answer, words.title);
    assay__text_puts(&answer->body, "<div class=\"empty\"><h1>");
    serve_html(&answer->body, words.title);
    assay__text_puts(&answer->body, "</h1><p>");
    serve_html(&answer->body, words.advice);
    assay__text_puts(&answer->body, "</p><p><a href=\"/\">All results</a></p></div>\n");
    serve_page_end(answer);
    answer->http_status = kept.http_status;
    answer->allow = kept.allow;
    answer->challenge = kept.challenge;
    answer->retry_after_seconds = kept.retry_after_seconds;
}
