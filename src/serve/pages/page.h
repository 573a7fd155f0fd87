/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAGES_PAGE_H
#define ASSAY_SERVE_PAGES_PAGE_H

#include "json/json_tree.h"
#include "serve/http/route.h"

/** serve_page_policy() is the Content-Security-Policy of pages: one style, by its digest. */
const char *serve_page_policy(void);

/** serve_page_setup() makes the policy; the program calls it once, before the first request. */
void serve_page_setup(void);

/** serve_page_begin() starts a page; serve_page_end() ends it. title is escaped. */
void serve_page_begin(struct serve_answer *answer, const char *title);
void serve_page_end(struct serve_answer *answer);

/**
 * serve_page_refuse() makes a page of an answer that is a refusal, for someone with a browser; its
 * status and headers stay.
 */
void serve_page_refuse(struct serve_answer *answer);

/** serve_page_head() writes a document up to the beginning of its body, the style in it. */
void serve_page_head(struct assay__text *out, const char *title);

/** serve_html() appends text with everything escaped that HTML could take for more than text. */
void serve_html(struct assay__text *out, const char *text);

#endif
