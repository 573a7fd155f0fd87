/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SCAN_SCAN_LAYOUT_H
#define ASSAY_SOURCE_SCAN_SCAN_LAYOUT_H

#include "exact/exact_store.h"
#include "source/scan/scan_number.h"
#include "source/units/bind.h"
#include "source/units/tally.h"

/** struct assay__scan_kernels: the functions that depend on the processor. */
struct assay__scan_kernels {
    const char *name; /* "avx512", "avx2", "sse2", "plain" */
    assay__fields_make *index;
    assay__numbers_read *numbers;
};

/**
 * assay__scan_kernels() chooses the kernels: by name, or the best of this processor when name is
 * NULL. NULL when no kernel of that name runs here.
 */
const struct assay__scan_kernels *assay__scan_kernels(const char *name);

/** assay__scan_runs(): there is such a kernel here; of those is "careful", which is row by row. */
bool assay__scan_runs(const char *name);

/** assay__scan_kernel_name() is the name of kernel number index, best first, or NULL past them. */
const char *assay__scan_kernel_name(size_t index);

/** struct assay__scan_metric: where a metric's numbers are, and what its sums are. */
struct assay__scan_metric {
    const struct assay__metric_use *use;
    struct assay__layout layout;
    bool drops_missing;           /* a unit without a value does not count; else its value is 0 */
    const struct assay__cap *cap; /* NULL: none */
    size_t words;                 /* of a cell: where the count is; the limbs follow it */
    size_t limbs;
};

/**
 * struct assay__scan_layout: what is read of a file and what is summed. Read only; shared. Sets of
 * slices: the total, then each dimension, then each segment.
 */
struct assay__scan_layout {
    const struct assay__binding *binding;
    uint32_t source;         /* that the file is of */
    const uint32_t *columns; /* [cells of the source]: the file's column of each cell */
    uint32_t column_count;
    uint32_t extra_count; /* of them, columns at the end in which every row is empty */
    char separator;
    int64_t look_ns; /* length of a look; 0: there is a single one over all data */
    const struct assay__scan_kernels *kernels;
    struct assay__scan_metric *metrics; /* [plan->metric_count] */
    size_t cell_words;                  /* of all metrics together */
    uint32_t number_count; /* numbers of a unit that are columns: the variables, unless set */
    uint32_t set_count, dimension_count;
    struct assay__arena arena;
};

/** assay__scan_takes() tells whether the fast way can read this plan's tables. */
bool assay__scan_takes(const struct assay_plan *plan);

/** assay__scan_caps_fit() tells whether caps can be compared with the mantissas of batches. */
bool assay__scan_caps_fit(const struct assay_plan *plan, const struct assay__cap *caps);

/**
 * assay__scan_layout_init() makes the layout of a tally's sums, with the caps it has by now;
 * release it also when this fails. _file() adds what is read of a file.
 */
enum assay_status assay__scan_layout_init(struct assay__scan_layout *layout,
                                          const struct assay__tally *tally,
                                          struct assay_error *err);
void assay__scan_layout_file(struct assay__scan_layout *layout, uint32_t source,
                             const uint32_t *columns, struct assay__csv *csv,
                             const struct assay__scan_kernels *kernels);
void assay__scan_layout_release(struct assay__scan_layout *layout);

#endif
