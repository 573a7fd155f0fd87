/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From numbers of units to sums over all units of a cell. */
#include <string.h>

#include "analysis/dataset_read.h"
#include "source/sql/layout.h"
#include "stats/centred.h"

/* The factors of a sum: numbers of the metric, as many as its order. */
struct assay__sql_sum assay__sql_sum(const struct assay__sql *sql, uint32_t metric, uint32_t index)
{
    static const uint32_t CUBES[4][3] = {{0, 0, 0}, {0, 0, 1}, {0, 1, 1}, {1, 1, 1}};
    const struct assay__metric_use *use = &sql->binding.metrics[metric];
    uint32_t pairs = use->count * (use->count + 1) / 2, i = 0;
    struct assay__sql_sum sum = {.order = 1, .factor = {index}};
    if (index >= use->count + pairs) {
        sum.order = 3;
        memcpy(sum.factor, CUBES[index - use->count - pairs], sizeof sum.factor);
    } else if (index >= use->count) {
        while (use->count + assay__pair(i + 1, 0) <= index)
            i++;
        sum = (struct assay__sql_sum){2, {i, index - use->count - assay__pair(i, 0)}, 0};
    }
    for (uint32_t f = 0; f < sum.order; f++)
        sum.scale += assay__sql_value_scale(sql, metric, sum.factor[f]);
    return sum;
}

uint32_t assay__sql_sum_count(const struct assay__sql *sql, uint32_t metric)
{
    struct assay_moments_shape shape = assay__metric_shape(&sql->plan->metrics[metric]);
    const struct assay__metric_use *use = &sql->binding.metrics[metric];
    uint32_t without = use->count + use->count * (use->count + 1) / 2;
    return sql->options->without_cubes ? without : without + (shape.has_denominator ? 4 : 1);
}

static void add(struct assay__sql_cells *cells, enum assay__sql_cell_kind kind, const char *name,
                const char *made)
{
    cells->list[cells->count++] = (struct assay__sql_cell_column){kind, name, made};
}

/* A column of vectors that is a key of cells, or is added up. */
static void keep(struct assay__sql *sql, struct assay__sql_cells *cells,
                 enum assay__sql_cell_kind kind, const char *form, uint32_t number)
{
    bool is_count = kind == ASSAY__SQL_CELL_COUNT;
    const char *name = assay__sql_format(sql, "%s%u", form, number);
    add(cells, kind, name, assay__sql_format(sql, is_count ? "sum(v.%s)" : "v.%s", name));
}

static void add_keys(struct assay__sql *sql, struct assay__sql_cells *cells)
{
    const struct assay_plan *plan = sql->plan;
    add(cells, ASSAY__SQL_CELL_KEY, "o", "v.o");
    add(cells, ASSAY__SQL_CELL_NAME, "g", "v.g");
    if (assay__sql_has_looks(sql)) {
        add(cells, ASSAY__SQL_CELL_TIME, "look", "v.look");
        add(cells, ASSAY__SQL_CELL_TIME, "until0", "v.until0");
    }
    for (uint32_t d = 0; d < plan->dimension_count; d++)
        keep(sql, cells, ASSAY__SQL_CELL_NAME, "d", d + 1);
    for (uint32_t s = 0; s < plan->segment_count; s++)
        keep(sql, cells, ASSAY__SQL_CELL_KEY, "s", s + 1);
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (sql->binding.metrics[m].count > sql->binding.metrics[m].required)
            keep(sql, cells, ASSAY__SQL_CELL_KEY, "z", m + 1);
}

static void add_counts(struct assay__sql *sql, struct assay__sql_cells *cells)
{
    bool has_looks = assay__sql_has_looks(sql);
    if (has_looks)
        add(cells, ASSAY__SQL_CELL_COUNT, "p0", "sum(v.p0)");
    add(cells, ASSAY__SQL_CELL_COUNT, "units", has_looks ? "sum(v.h)" : "count(*)");
    add(cells, ASSAY__SQL_CELL_COUNT, "k", "sum(v.k)");
    if (sql->binding.sources[0].time != ASSAY__UNBOUND)
        add(cells, ASSAY__SQL_CELL_LATEST, "t9", "max(v.t9)");
    for (uint32_t e = 1; e < sql->binding.source_count; e++)
        keep(sql, cells, ASSAY__SQL_CELL_COUNT, "k", e);
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == 0 && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            keep(sql, cells, ASSAY__SQL_CELL_COUNT, "b", r + 1);
    for (uint32_t f = 0; f < sql->binding.fold_count; f++)
        if (assay__sql_may_overflow(sql, f))
            keep(sql, cells, ASSAY__SQL_CELL_COUNT, "x", f + 1);
}

static void add_sums(struct assay__sql *sql, struct assay__sql_cells *cells, uint32_t metric)
{
    add(cells, ASSAY__SQL_CELL_COUNT, assay__sql_format(sql, "n%u", metric + 1),
        assay__sql_format(sql, "sum(v.p%u)", metric + 1));
    keep(sql, cells, ASSAY__SQL_CELL_COUNT, "m", metric + 1);
    for (uint32_t s = 0; s < assay__sql_sum_count(sql, metric); s++) {
        struct assay__sql_sum sum = assay__sql_sum(sql, metric, s);
        const char *product = NULL;
        for (uint32_t f = 0; f < sum.order; f++) {
            const char *factor = assay__sql_format(sql, "v.y%u_%u", metric + 1, sum.factor[f] + 1);
            product = product == NULL
                          ? factor
                          : assay__sql_fill(sql, sql->dialect->product, product, factor, "");
        }
        add(cells, ASSAY__SQL_CELL_SUM, assay__sql_format(sql, "a%u_%u", metric + 1, s + 1),
            assay__sql_fill(sql, sql->dialect->sum, product, "", ""));
    }
}

struct assay__sql_cells assay__sql_list_cells(struct assay__sql *sql)
{
    struct assay__sql_cells cells = {0};
    const struct assay_plan *plan = sql->plan;
    size_t most = 8 + (size_t)plan->dimension_count + plan->segment_count + sql->read_count +
                  sql->binding.fold_count + sql->binding.source_count;
    for (uint32_t m = 0; m < plan->metric_count; m++)
        most += 3 + assay__sql_sum_count(sql, m);
    cells.list = assay__arena_array(&sql->arena, most, sizeof *cells.list);
    if (cells.list == NULL) {
        assay__sql_fail(sql, ASSAY_ERROR_MEMORY, "Memory ran out.");
        return cells;
    }
    add_keys(sql, &cells);
    cells.key_count = cells.count;
    add_counts(sql, &cells);
    cells.first_of_metrics = cells.count;
    for (uint32_t m = 0; m < plan->metric_count; m++)
        add_sums(sql, &cells, m);
    return cells;
}

void assay__sql_put_cells(struct assay__sql *sql)
{
    struct assay__sql_cells cells = assay__sql_list_cells(sql);
    assay__sql_put(sql,
                   "-- one pass over the units: exact sums of first to third order\ncells as %s"
                   "(\n  select",
                   sql->dialect->once);
    for (uint32_t c = 0; c < cells.count; c++)
        assay__sql_put(sql, "%s%s\n    %s as %s",
                       c == cells.first_of_metrics ? assay__sql_cap_columns(sql, "max(v.$1) as $1")
                                                   : "",
                       c == 0 ? "" : ",", cells.list[c].made, cells.list[c].name);
    assay__sql_put(sql, "\n  from vectors v\n  group by");
    for (uint32_t c = 0; c < cells.key_count; c++)
        assay__sql_put(sql, "%s %s", c == 0 ? "" : ",", cells.list[c].made);
    assay__sql_put(sql, "\n),\n");
}
