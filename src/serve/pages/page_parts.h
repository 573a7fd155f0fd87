/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAGES_PAGE_PARTS_H
#define ASSAY_SERVE_PAGES_PAGE_PARTS_H

#include "json/json_tree.h"
#include "base/resource_name.h"
#include "serve/pages/page.h"

/** Parts of pages that lists and single results share. Fields that are absent show nothing. */

/**
 * A page may take many times the bytes of what it shows: what comes after a limit is left out, and
 * so are treatments beyond a number, since each looks through all comparisons.
 */
enum { SERVE_PAGE_BYTES_MAX = 4 << 20, SERVE_TREATMENTS_SHOWN = 50 };

/** struct serve_page_options: how much of a result its page shows. */
struct serve_page_options {
    size_t slices_max; /* values of a dimension, those with the most units; others are gathered */
    bool can_ask;      /* a link may ask for another number, as ?slices=N */
};

enum { SERVE_SLICES_SHOWN = 20 };

/** serve_page_is_full() is true when nothing more is to be added to the sections of a page. */
bool serve_page_is_full(const struct assay__text *out);

/** serve_page_more() says in an element how many more things are not shown; nothing for 0. */
void serve_page_more(struct assay__text *out, const char *element, unsigned count);

/** serve_page_read() reads a stored document; NULL without memory. */
const struct assay__node *serve_page_read(struct assay__arena *arena, const char *document,
                                          size_t length);

/** serve_page_member() is a member of an object of the wanted type, or NULL; object may be NULL. */
const struct assay__node *serve_page_member(const struct assay__node *object, const char *name,
                                            enum assay__node_type type);

/** serve_page_first() is the first element of a list, or NULL; serve_page_count(): how many. */
const struct assay__node *serve_page_first(const struct assay__node *owner, const char *name);
unsigned serve_page_count(const struct assay__node *owner, const char *name);

/** serve_page_text() is a member's text, or "". */
const char *serve_page_text(const struct assay__node *object, const char *name);

/** serve_page_number() is the number in a member {"value": x}, or NaN; plain: in the member. */
double serve_page_number(const struct assay__node *object, const char *name);
double serve_page_plain_number(const struct assay__node *object, const char *name);

/** serve_page_answer() is 1 or 0 for a member {"value": true or false}, and -1 without. */
int serve_page_answer(const struct assay__node *object, const char *name);

/** serve_page_flag() is true for a member true. */
bool serve_page_flag(const struct assay__node *object, const char *name);

/** serve_page_split() takes a resource's name apart; returns the id within it. */
const char *serve_page_split(const char *name, char workflow[ASSAY__NAME_PART_MAX + 1],
                             char instance[ASSAY__NAME_PART_MAX + 1]);

/** enum serve_icon: small shapes that say what a colour says. */
enum serve_icon {
    SERVE_ICON_CHECK,
    SERVE_ICON_CROSS,
    SERVE_ICON_DOT,
    SERVE_ICON_STOP,
    SERVE_ICON_NEXT,
    SERVE_ICON_WARNING,
    SERVE_ICON_INFO
};

void serve_page_icon(struct assay__text *out, enum serve_icon icon);

/** serve_page_pill() is a word or two with an icon; tone is a class: good, bad, warn, sure, "". */
void serve_page_pill(struct assay__text *out, const char *tone, enum serve_icon icon,
                     const char *words);

/** serve_page_name() writes a name so that its writing direction ends with it. */
void serve_page_name(struct assay__text *out, const char *name);

/** serve_page_message() writes a sentence; figures in it are not torn from their units. */
void serve_page_message(struct assay__text *out, const char *message);

/** struct serve_advice: a recommendation in words. */
struct serve_advice {
    const char *status, *word, *tone, *words;
    enum serve_icon icon;
};

/** serve_page_advice() finds the words of a treatment; a status of others is its own word. */
struct serve_advice serve_page_advice(const struct assay__node *treatment);

/** serve_page_labels() writes labels; linked: each leads to the list of results that have it. */
void serve_page_labels(struct assay__text *out, const struct assay__node *result);

/** serve_page_escape() appends text so that it can stand in the query of an address. */
void serve_page_escape(struct assay__text *out, const char *text);

/** serve_page_remarks_link() leads from a metric that has remarks to the section of all. */
void serve_page_remarks_link(struct assay__text *out, const struct assay__node *metric);

/** serve_page_slice() says which slice a comparison or SRM test is about; nothing for all. */
void serve_page_slice(struct assay__text *out, const struct assay__node *owner);

/** serve_page_is_sliced() is true when it is about a slice, not about all. */
bool serve_page_is_sliced(const struct assay__node *owner);

/**
 * serve_page_tested() is the first metric that has tests of the groups' sizes, or NULL: they are
 * the same for all metrics. serve_page_srm() is the test of all units there, or NULL.
 */
const struct assay__node *serve_page_tested(const struct assay__node *result);
const struct assay__node *serve_page_srm(const struct assay__node *result);

/** enum serve_sizes: what a test of the groups' sizes found; UNKNOWN: no mismatch, no more said. */
enum serve_sizes {
    SERVE_SIZES_PLANNED,
    SERVE_SIZES_ASSUMED,    /* as planned, where nobody planned the weights */
    SERVE_SIZES_BORDERLINE, /* no mismatch, and not as planned */
    SERVE_SIZES_TOLERATED,
    SERVE_SIZES_MISMATCH,
    SERVE_SIZES_UNTESTED,
    SERVE_SIZES_UNKNOWN,
    SERVE_SIZES_ABSENT /* there is no test */
};

/** serve_page_sizes() reads it from the test's message, of which assay wrote the words. */
enum serve_sizes serve_page_sizes(const struct assay__node *srm);

/** Sections of the page of one result. An alarm is raised when group sizes are not as planned. */
void serve_page_alarm(struct assay__text *out, const struct assay__node *result);
void serve_page_treatments(struct assay__text *out, const struct assay__node *result);
void serve_page_groups(struct assay__text *out, const struct assay__node *result,
                       const struct serve_page_options *options);
void serve_page_metrics(struct assay__text *out, const struct assay__node *result,
                        const struct serve_page_options *options);
void serve_page_remarks(struct assay__text *out, const struct assay__node *result);

#endif
