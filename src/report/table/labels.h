/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_REPORT_TABLE_LABELS_H
#define ASSAY_REPORT_TABLE_LABELS_H

#include "analysis/results.h"
#include "base/arena.h"
#include "report/table/terminal.h"

/**
 * struct assay__labels: the names of one column as they are shown in it. A name that is too wide
 * loses what the wide ones begin and end with, then its middle. Where two names would read alike
 * then, they get lines of their own. Zero-initialise, and release.
 */
struct assay__labels {
    struct assay__arena arena;
    const char *const *names; /* borrowed; NULL entries are not shown */
    const char **shown;       /* NULL: the whole name in a line of its own */
    size_t count;
    int width;
};

/** assay__labels_make() makes the labels; without memory the page has failed. */
void assay__labels_make(struct assay__labels *labels, struct assay__page *page,
                        const char *const *names, size_t count, int width);

/** assay__labels_of_groups() makes those of all groups. */
void assay__labels_of_groups(struct assay__labels *labels, struct assay__page *page,
                             const struct assay_analysis *analysis, int width);

/** assay__labels_write() writes a label, at column `indent` of a line, padded to the width. */
void assay__labels_write(const struct assay__labels *labels, struct assay__page *page, size_t index,
                         int indent);

void assay__labels_release(struct assay__labels *labels);

#endif
