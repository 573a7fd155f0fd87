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
        sum.scale += assay__sql_number_scale(sql, use->variables[sum.factor[f]]);
    return sum;
}

uint32_t assay__sql_sum_count(const struct assay__sql *sql, uint32_t metric)
{
    struct assay_moments_shape shape = assay__metric_shape(&sql->plan->metrics[metric]);
    const struct assay__metric_use *use = &sql->binding.metrics[metric];
    uint32_t without = use->count + use->count * (use->count + 1) / 2;
    return sql->options->without_cubes ? without : without + (shape.has_denominator ? 4 : 1);
}

static void put_sums(struct assay__sql *sql, uint32_t metric)
{
    assay__sql_put(sql, ",\n    sum(v.p%u) as n%u,\n    sum(v.m%u) as m%u", metric + 1, metric + 1,
                   metric + 1, metric + 1);
    for (uint32_t s = 0; s < assay__sql_sum_count(sql, metric); s++) {
        struct assay__sql_sum sum = assay__sql_sum(sql, metric, s);
        const char *product = NULL;
        for (uint32_t f = 0; f < sum.order; f++) {
            const char *factor = assay__sql_format(sql, "v.y%u_%u", metric + 1, sum.factor[f] + 1);
            product = product == NULL
                          ? factor
                          : assay__sql_fill(sql, sql->dialect->product, product, factor, "");
        }
        assay__sql_put(sql, ",\n    %s as a%u_%u",
                       assay__sql_fill(sql, sql->dialect->sum, product, "", ""), metric + 1, s + 1);
    }
}

void assay__sql_put_cells(struct assay__sql *sql)
{
    const struct assay_plan *plan = sql->plan;
    bool has_looks = assay__sql_has_looks(sql);
    const char *keys = "v.o, v.g", *names = "v.o as o,\n    v.g as g";
    if (has_looks) {
        keys = "v.o, v.g, v.look, v.until0";
        names = "v.o as o,\n    v.g as g,\n    v.look as look,\n    v.until0 as until0";
    }
    for (uint32_t d = 0; d < plan->dimension_count; d++) {
        keys = assay__sql_format(sql, "%s, v.d%u", keys, d + 1);
        names = assay__sql_format(sql, "%s,\n    v.d%u as d%u", names, d + 1, d + 1);
    }
    for (uint32_t s = 0; s < plan->segment_count; s++) {
        keys = assay__sql_format(sql, "%s, v.s%u", keys, s + 1);
        names = assay__sql_format(sql, "%s,\n    v.s%u as s%u", names, s + 1, s + 1);
    }
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        if (sql->binding.metrics[m].count == sql->binding.metrics[m].required)
            continue;
        keys = assay__sql_format(sql, "%s, v.z%u", keys, m + 1);
        names = assay__sql_format(sql, "%s,\n    v.z%u as z%u", names, m + 1, m + 1);
    }
    assay__sql_put(sql,
                   "-- one pass over the units: exact sums of first to third order\ncells as %s"
                   "(\n  select\n    %s,\n    %s as units,\n    sum(v.k) as k",
                   sql->dialect->once, names,
                   has_looks ? "sum(v.p0) as p0,\n    sum(v.h)" : "count(*)");
    if (sql->binding.sources[0].time != ASSAY__UNBOUND)
        assay__sql_put(sql, ",\n    max(v.t9) as t9");
    for (uint32_t e = 1; e < sql->binding.source_count; e++)
        assay__sql_put(sql, ",\n    sum(v.k%u) as k%u", e, e);
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == 0 && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            assay__sql_put(sql, ",\n    sum(v.b%u) as b%u", r + 1, r + 1);
    for (uint32_t f = 0; f < sql->binding.fold_count; f++)
        if (assay__sql_may_overflow(sql, f))
            assay__sql_put(sql, ",\n    sum(v.x%u) as x%u", f + 1, f + 1);
    assay__sql_put(sql, "%s", assay__sql_cap_columns(sql, "max(v.$1) as $1"));
    for (uint32_t m = 0; m < plan->metric_count; m++)
        put_sums(sql, m);
    assay__sql_put(sql, "\n  from vectors v\n  group by %s\n),\n", keys);
}
