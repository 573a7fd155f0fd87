/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAGE_PARTS_H
#define ASSAY_SERVE_PAGE_PARTS_H

#include "api/json_tree.h"
#include "serve/page.h"

/** Parts of pages that lists and single results share. Fields that are absent show nothing. */

/** serve_page_read() reads a stored document; NULL without memory. */
const struct assay__node *serve_page_read(struct assay__arena *arena, const char *document,
                                          size_t length);

/** serve_page_member() is a member of an object of the wanted type, or NULL; object may be NULL. */
const struct assay__node *serve_page_member(const struct assay__node *object, const char *name,
                                            enum assay__node_type type);

/** serve_page_text() is a member's text, or "". */
const char *serve_page_text(const struct assay__node *object, const char *name);

/** serve_page_number() is the number in a member {"value": x}, or NaN. */
double serve_page_number(const struct assay__node *object, const char *name);

/** serve_page_answer() is 1 or 0 for a member {"value": true or false}, and -1 without. */
int serve_page_answer(const struct assay__node *object, const char *name);

/** serve_page_split() takes a resource's name apart; returns the id within it. */
const char *serve_page_split(const char *name, char workflow[SERVE_NAME_PART_MAX + 1],
                             char instance[SERVE_NAME_PART_MAX + 1]);

void serve_page_stamp(struct assay__text *out, const struct assay__node *result);
void serve_page_treatments(struct assay__text *out, const struct assay__node *result);
void serve_page_labels(struct assay__text *out, const struct assay__node *result);
/** serve_page_annotations() writes the annotations of a result or of one of its metrics. */
void serve_page_annotations(struct assay__text *out, const struct assay__node *owner);
/** serve_page_slice() says which slice a comparison or SRM test is about; nothing for all. */
void serve_page_slice(struct assay__text *out, const struct assay__node *owner);
/** serve_page_is_sliced() is true when it is about a slice, not about all. */
bool serve_page_is_sliced(const struct assay__node *owner);

#endif
