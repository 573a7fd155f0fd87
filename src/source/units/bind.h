/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_BIND_H
#define ASSAY_SOURCE_UNITS_BIND_H

#include "assay/plan.h"
#include "base/arena.h"
#include "source/csv/csv.h"
#include "plan/filter/filter.h"

/**
 * struct assay__binding says which columns a plan uses of a unit-level table and what for. Its
 * cells are the distinct columns in the order in which the plan needs them, whatever the order in
 * a file: a row is an array of cells. Everything below is an index into cells, or ASSAY__UNBOUND.
 */
enum { ASSAY__UNBOUND = UINT32_MAX };

/** enum assay__variable_kind: how the text of a variable is read. */
enum assay__variable_kind {
    ASSAY__VARIABLE_NUMBER,
    ASSAY__VARIABLE_CHOICE, /* 0 or 1, or words for it */
    ASSAY__VARIABLE_EITHER  /* a number or such a word: covariates of proportions */
};

/** struct assay__variable is a column read as numbers; each (column, kind) is read once a row. */
struct assay__variable {
    uint32_t cell;
    enum assay__variable_kind kind;
};

/** struct assay__metric_use: variables (indices) of a metric, as its moments order them. */
struct assay__metric_use {
    uint32_t count;            /* value, denominator?, covariates */
    uint32_t required;         /* of those, the first ones may not be missing: 1 or 2 */
    const uint32_t *variables; /* [count] */
};

struct assay__segment_use {
    struct assay__filter *filter;
    const uint32_t *cells; /* of the filter's columns */
};

struct assay__binding {
    const struct assay_plan *plan;
    const char **columns; /* [cell_count]: names */
    uint32_t cell_count;
    uint32_t group, unit, time;
    uint32_t *dimensions;                /* [plan->dimension_count] */
    struct assay__segment_use *segments; /* [plan->segment_count] */
    struct assay__variable *variables;
    uint32_t variable_count;
    struct assay__metric_use *metrics; /* [plan->metric_count] */
    uint32_t filter_width;             /* most columns that a filter has */
    uint32_t cell_capacity, variable_capacity;
    struct assay__arena arena;
};

/** assay__binding_init() makes the binding of a plan; release it also when this fails. */
enum assay_status assay__binding_init(struct assay__binding *binding, const struct assay_plan *plan,
                                      struct assay_error *err);
void assay__binding_release(struct assay__binding *binding);

/** assay__binding_columns() finds each cell's column in a file: columns[cell_count]. */
enum assay_status assay__binding_columns(const struct assay__binding *binding,
                                         const struct assay__csv *csv, uint32_t *columns,
                                         struct assay_error *err);

/**
 * assay__binding_in_segment(): does a row, cells[cell_count], pass the filter of a segment?
 * filter_cells is room for filter_width cells.
 */
bool assay__binding_in_segment(const struct assay__binding *binding, uint32_t segment,
                               const struct assay__field *cells, struct assay__field *filter_cells);

#endif
