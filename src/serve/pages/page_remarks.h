/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_PAGES_PAGE_REMARKS_H
#define ASSAY_SERVE_PAGES_PAGE_REMARKS_H

#include <stddef.h>

#include "base/text.h"
#include "json/json_tree.h"

/** Annotations of a result and its metrics, those with one text together, the gravest first. */

enum serve_remark_level { SERVE_REMARK_INFO, SERVE_REMARK_WARNING, SERVE_REMARK_ERROR };

/** struct serve_remark: one annotation. */
struct serve_remark {
    enum serve_remark_level level;
    const char *text;                        /* without the places it begins with; "" for none */
    unsigned comparisons, segments, slices;  /* those places, counted; all 0: it names none */
    const struct assay__node *note, *metric; /* metric: whose it is, or NULL for the result's */
    size_t position, kind; /* kind: the position of the first of this level and text */
};

/** struct serve_remarks: those of one kind are neighbours; kinds by level, then as they came. */
struct serve_remarks {
    struct serve_remark *list;
    size_t count;
    bool failed; /* memory ran out: the list is empty */
};

/** serve_remarks_gather() leaves out what belongs to the guide. Release the remarks afterwards. */
struct serve_remarks serve_remarks_gather(const struct assay__node *result);
void serve_remarks_release(struct serve_remarks *remarks);

/** serve_remarks_kind() is how many, from index on, are of one kind; at least 1. */
size_t serve_remarks_kind(const struct serve_remarks *remarks, size_t index);

/** serve_remarks_places() writes "1 comparison and 34 slices" of so many remarks; "" without. */
void serve_remarks_places(struct assay__text *out, const struct serve_remark *first, size_t count);

/** serve_remarks_context() is a remark's next context that is not its metric's name; NULL: none. */
const struct assay__node *serve_remarks_context(const struct serve_remark *remark,
                                                const struct assay__node *before);

#endif
