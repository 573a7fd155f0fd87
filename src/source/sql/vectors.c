/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the numbers of a unit to those of each metric, and to sums over all units of a cell. */
#include <inttypes.h>
#include <string.h>

#include "analysis/dataset_read.h"
#include "number/number.h"
#include "source/sql/layout.h"
#include "stats/centred.h"

/* Whether a metric has a value of a unit: its numbers are there and its window is over. */
static const char *has_value(struct assay__sql *sql, uint32_t metric, bool must_be_there)
{
    const struct assay__metric_use *use = &sql->binding.metrics[metric];
    const char *made = "u.o = 0";
    if (use->has_folds && use->complete > 0)
        made = assay__sql_format(
            sql, "%s and u.t0 + %" PRId64 " <= %s", made, use->complete / 1000,
            sql->plan->has_as_of ? assay__sql_format(sql, "%" PRId64, sql->plan->as_of_ns / 1000)
                                 : "l.latest");
    for (uint32_t i = 0; must_be_there && i < use->required; i++)
        made = assay__sql_format(sql, "%s and u.n%u is not null", made, use->variables[i] + 1);
    return made;
}

/* A cap as a literal; the bound is exact only when it needs no more digits than numbers have. */
static const char *bound(struct assay__sql *sql, const char *text, unsigned scale)
{
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal value;
    if (assay__decimal_parse(text, strlen(text), &value, digits) != ASSAY__PARSE_OK ||
        value.digits != NULL) {
        assay__sql_fail(sql, ASSAY_ERROR_PLAN, "The cap '%.60s' has too many digits for SQL.",
                        text);
        return "0";
    }
    if (sql->dialect->digits == 0)
        return assay__sql_format(sql, "cast('%" PRId64 "E%d' as numeric)", value.mantissa,
                                 (int)value.exponent);
    int power = value.mantissa == 0 ? 0 : (int)value.exponent + (int)scale;
    if (power < 0 || power > ASSAY__SQL_SCALE_MAX)
        assay__sql_fail(sql, ASSAY_ERROR_PLAN,
                        "The cap '%.60s' has more than %u digits after the point, with which the "
                        "statement computes.",
                        text, scale);
    return assay__sql_format(sql, "%" PRId64 "%s", value.mantissa,
                             power > 0 ? assay__sql_power(sql, (unsigned)power) + 1 : "");
}

static void put_metric(struct assay__sql *sql, uint32_t metric)
{
    const struct assay_metric_plan *plan = &sql->plan->metrics[metric];
    const struct assay__metric_use *use = &sql->binding.metrics[metric];
    const char *zero = sql->dialect->zero, *mask = "";
    const char *counts = has_value(sql, metric, plan->missing != ASSAY_MISSING_ZERO);
    assay__sql_put(sql, ", -- ");
    assay__sql_comment(sql, plan->id);
    assay__sql_put(sql, "\n    case when %s then 1 else 0 end as p%u", counts, metric + 1);
    assay__sql_put(sql, ",\n    case when u.o <> 0 then 0 when %s then 0 else 1 end as m%u",
                   has_value(sql, metric, true), metric + 1);
    for (uint32_t i = 0; i < use->count; i++) {
        const char *value =
            assay__sql_format(sql, "coalesce(u.n%u, %s)", use->variables[i] + 1, zero);
        unsigned scale = assay__sql_number_scale(sql, use->variables[i]);
        if (i == 0 && plan->cap.upper != NULL)
            value = assay__sql_fill(sql, sql->dialect->least, value,
                                    bound(sql, plan->cap.upper, scale), "");
        if (i == 0 && plan->cap.lower != NULL)
            value = assay__sql_fill(sql, sql->dialect->greatest, value,
                                    bound(sql, plan->cap.lower, scale), "");
        assay__sql_put(sql, ",\n    case when %s then %s else %s end as y%u_%u", counts, value,
                       zero, metric + 1, i + 1);
        if (i >= use->required)
            mask = assay__sql_format(sql, "%s%scase when u.n%u is null then %" PRIu32 " else 0 end",
                                     mask, mask[0] == '\0' ? "" : " + ", use->variables[i] + 1,
                                     UINT32_C(1) << (i - use->required));
    }
    if (mask[0] != '\0')
        assay__sql_put(sql, ",\n    case when %s then %s else 0 end as z%u", counts, mask,
                       metric + 1);
}

bool assay__sql_needs_latest(const struct assay__sql *sql)
{
    bool needs = false;
    for (uint32_t m = 0; m < sql->plan->metric_count; m++)
        needs =
            needs || (sql->binding.metrics[m].has_folds && sql->binding.metrics[m].complete > 0);
    return needs && !sql->plan->has_as_of;
}

static void put_latest(struct assay__sql *sql)
{
    assay__sql_put(sql, "-- windows must be over by the latest row\nspan as (\n  select max(t9) "
                        "as latest\n  from (\n    select max(t9) as t9 from units where o = 0");
    for (uint32_t e = 1; e < sql->binding.source_count; e++)
        assay__sql_put(sql, "\n    union all\n    select max(t9) as t9 from folded_%u where o = 0",
                       e);
    assay__sql_put(sql, "\n  ) a\n),\n");
}

/* Columns that later parts need as they are. */
static void put_kept(struct assay__sql *sql)
{
    assay__sql_put(sql, "u.o as o,\n    u.k as k,\n    u.g as g");
    if (sql->binding.sources[0].time != ASSAY__UNBOUND)
        assay__sql_put(sql, ",\n    u.t9 as t9");
    for (uint32_t d = 0; d < sql->plan->dimension_count; d++)
        assay__sql_put(sql, ",\n    u.d%u as d%u", d + 1, d + 1);
    for (uint32_t s = 0; s < sql->plan->segment_count; s++)
        assay__sql_put(sql, ",\n    u.s%u as s%u", s + 1, s + 1);
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == 0 && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            assay__sql_put(sql, ",\n    u.b%u as b%u", r + 1, r + 1);
    for (uint32_t e = 1; e < sql->binding.source_count; e++)
        assay__sql_put(sql, ",\n    u.k%u as k%u", e, e);
}

void assay__sql_put_vectors(struct assay__sql *sql)
{
    bool needs_latest = assay__sql_needs_latest(sql);
    if (sql->plan->event_count > 0)
        put_latest(sql);
    assay__sql_put(sql,
                   "-- by metric: p counts, m missing, y numbers, z missing covariates\n"
                   "vectors as %s(\n  select\n    ",
                   sql->dialect->once);
    put_kept(sql);
    for (uint32_t m = 0; m < sql->plan->metric_count; m++)
        put_metric(sql, m);
    assay__sql_put(sql, "\n  from measured u%s\n),\n", needs_latest ? " cross join span l" : "");
}

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
    const char *keys = "v.o, v.g", *names = "v.o as o,\n    v.g as g";
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
                   "(\n  select\n    %s,\n    count(*) as units,\n    sum(v.k) as k",
                   sql->dialect->once, names);
    if (sql->binding.sources[0].time != ASSAY__UNBOUND)
        assay__sql_put(sql, ",\n    max(v.t9) as t9");
    for (uint32_t e = 1; e < sql->binding.source_count; e++)
        assay__sql_put(sql, ",\n    sum(v.k%u) as k%u", e, e);
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == 0 && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            assay__sql_put(sql, ",\n    sum(v.b%u) as b%u", r + 1, r + 1);
    for (uint32_t m = 0; m < plan->metric_count; m++)
        put_sums(sql, m);
    assay__sql_put(sql, "\n  from vectors v\n  group by %s\n),\n", keys);
}
