/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of lists and pages share. */
#ifndef ASSAY_TESTS_SERVE_PAGE_H
#define ASSAY_TESTS_SERVE_PAGE_H

#include "serve_client.h"

/* Pieces of results and pages; of JSON with ' for each ", as page_store_text() takes it. */
#define NARROW "\xE2\x80\xAF"
#define MINUS "\xE2\x88\x92"
#define PAIR(compared, baseline) "'groups':{'baseline':'" baseline "','compared':'" compared "'}"
#define COMPARISON(message, worse, shown)                                                          \
    "{" PAIR("t", "c") ",'status':{'message':'" message                                            \
                       "','decisionIsSignificant':{'value':" shown                                 \
                       "},'validationIsSignificant':{'value':" worse "}}}"
#define NOTHING COMPARISON("nothing", "false", "false")
#define LAST(field, lower, estimate, upper)                                                        \
    "'lastResult':{'" field "':{'lower':{'value':" lower "},'estimate':{'value':" estimate         \
    "},'upper':{'value':" upper "}}}"

/** page_repeat() appends a piece several times, with commas between. */
void page_repeat(struct assay__text *text, const char *piece, unsigned count);

/** page_store() stores a result under an id; page_store_text() one with ' for each ". */
void page_store(struct endpoint *endpoint, const char *id, const struct assay__text *result);
void page_store_text(struct endpoint *endpoint, const char *id, const char *text);

/** page_of() is the page of a result; release it. */
struct reply page_of(struct endpoint *endpoint, const char *id);

/** page_count_of() counts a text in another. */
unsigned page_count_of(const char *text, const char *what);

/** page_assert_order() fails unless the texts stand in a page one behind the other. */
void page_assert_order(const char *page, const char *const *texts, size_t count);

#endif
