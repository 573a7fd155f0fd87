/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the numbers of a unit to those of each metric. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "number/number.h"
#include "source/sql/layout.h"

const char *assay__sql_units(const struct assay__sql *sql)
{
    return assay__sql_has_looks(sql) ? "states" : "measured";
}

const char *assay__sql_has_value(struct assay__sql *sql, uint32_t metric, bool must_be_there)
{
    const struct assay__metric_use *use = &sql->binding.metrics[metric];
    const struct assay_plan *plan = sql->plan;
    const char *made = assay__sql_has_looks(sql) ? "u.look is not null" : "u.o = 0";
    if (use->has_folds && use->complete > 0) {
        const char *end = assay__sql_has_looks(sql) ? "u.look"
                          : plan->has_as_of
                              ? assay__sql_format(sql, "%" PRId64, plan->as_of_ns / 1000)
                              : "l.latest";
        made = assay__sql_format(sql, "%s and u.t0 + %" PRId64 " <= %s", made, use->complete / 1000,
                                 end);
    }
    for (uint32_t i = 0; must_be_there && i < use->required; i++)
        made = assay__sql_format(sql, "%s and u.n%u is not null", made, use->variables[i] + 1);
    return made;
}

/* A cap of a plan; false when it has more digits than any statement computes with. */
static bool read_cap(const char *text, struct assay_decimal *value)
{
    char digits[ASSAY__DIGITS_MAX];
    return assay__decimal_parse(text, strlen(text), value, digits) == ASSAY__PARSE_OK &&
           value->digits == NULL;
}

static unsigned digits_after_point(const char *cap)
{
    struct assay_decimal value;
    bool has_some = cap != NULL && read_cap(cap, &value) && value.exponent < 0;
    return has_some ? (unsigned)-value.exponent : 0;
}

unsigned assay__sql_value_scale(const struct assay__sql *sql, uint32_t metric, uint32_t i)
{
    const struct assay_cap *cap = &sql->plan->metrics[metric].cap;
    unsigned scale = assay__sql_number_scale(sql, sql->binding.metrics[metric].variables[i]);
    unsigned lower = digits_after_point(cap->lower), upper = digits_after_point(cap->upper);
    unsigned most = lower > upper ? lower : upper;
    if (i > 0 || scale > 0)
        return scale;
    return most < sql->scale ? most : sql->scale;
}

/* A cap as a literal; the bound is exact only when it needs no more digits than numbers have. */
static const char *bound(struct assay__sql *sql, const char *text, unsigned scale)
{
    struct assay_decimal value;
    if (!read_cap(text, &value)) {
        assay__sql_fail(sql, ASSAY_ERROR_PLAN, "The cap '%.60s' has too many digits for SQL.",
                        text);
        return "0";
    }
    if (sql->dialect->digits == 0)
        return assay__sql_format(sql, "cast('%" PRId64 "E%d' as numeric)", value.mantissa,
                                 (int)value.exponent);
    int power = value.mantissa == 0 ? 0 : (int)value.exponent + (int)scale;
    if (power < 0) {
        unsigned needed = digits_after_point(text);
        const char *remedy = needed + 2 > sql->value_digits || needed > ASSAY__SQL_SCALE_MAX
                                 ? "give"
                                 : assay__sql_format(sql, "give a scale of %u, or", needed);
        assay__sql_fail(sql, ASSAY_ERROR_PLAN,
                        "The cap '%.60s' has more than %u digits after the point, with which the "
                        "statement computes: %s a cap with fewer digits.",
                        text, sql->scale, remedy);
        return "0";
    }
    const char *whole = assay__sql_format(
        sql, "%" PRId64 "%s", value.mantissa,
        power > ASSAY__SQL_SCALE_MAX ? "" : assay__sql_power(sql, (unsigned)power) + 1);
    if (power > ASSAY__SQL_SCALE_MAX || strlen(whole) > sql->value_digits)
        assay__sql_fail(sql, ASSAY_ERROR_PLAN,
                        "The cap '%.60s' has more digits than the %u with which the statement "
                        "computes%s.",
                        text, sql->value_digits,
                        scale == 0 ? ""
                                   : assay__sql_format(sql, ", %u of them after the point", scale));
    return assay__sql_whole(sql, whole);
}

const char *assay__sql_value(struct assay__sql *sql, uint32_t metric, uint32_t i)
{
    const struct assay_cap *cap = &sql->plan->metrics[metric].cap;
    uint32_t number = sql->binding.metrics[metric].variables[i];
    unsigned scale = assay__sql_value_scale(sql, metric, i);
    unsigned more = scale - assay__sql_number_scale(sql, number);
    const char *value =
        assay__sql_format(sql, "coalesce(u.n%u, %s)", number + 1, sql->dialect->zero);
    if (more > 0) /* the caps of a count need not be whole */
        value = assay__sql_format(sql, "(%s * %s)", value,
                                  assay__sql_whole(sql, assay__sql_power(sql, more)));
    if (i == 0 && cap->upper != NULL)
        value = assay__sql_fill(sql, sql->dialect->least, value, bound(sql, cap->upper, scale), "");
    if (i == 0 && cap->lower != NULL)
        value =
            assay__sql_fill(sql, sql->dialect->greatest, value, bound(sql, cap->lower, scale), "");
    return value;
}

/* The same with caps at quantiles, which were found from the values before. */
static const char *capped_value(struct assay__sql *sql, uint32_t metric, uint32_t i)
{
    const struct assay_cap *cap = &sql->plan->metrics[metric].cap;
    const char *value = assay__sql_value(sql, metric, i);
    if (i == 0 && !isnan(cap->upper_quantile))
        value = assay__sql_fill(sql, sql->dialect->least, value,
                                assay__sql_format(sql, "coalesce(q.high%u, %s)", metric + 1, value),
                                "");
    if (i == 0 && !isnan(cap->lower_quantile))
        value =
            assay__sql_fill(sql, sql->dialect->greatest, value,
                            assay__sql_format(sql, "coalesce(q.low%u, %s)", metric + 1, value), "");
    return value;
}

/* A unit that is there at the last look, and has no value then, is missing. */
static const char *is_never_missing(struct assay__sql *sql)
{
    return assay__sql_has_looks(sql) ? "u.o <> 0 or u.until0 is not null" : "u.o <> 0";
}

static void put_metric(struct assay__sql *sql, uint32_t metric)
{
    const struct assay_metric_plan *plan = &sql->plan->metrics[metric];
    const struct assay__metric_use *use = &sql->binding.metrics[metric];
    const char *zero = sql->dialect->zero, *mask = "";
    const char *counts = assay__sql_has_value(sql, metric, plan->missing != ASSAY_MISSING_ZERO);
    assay__sql_put(sql, ", -- ");
    assay__sql_comment(sql, plan->id);
    assay__sql_put(sql, "\n    case when %s then 1 else 0 end as p%u", counts, metric + 1);
    assay__sql_put(sql, ",\n    case when %s then 0 when %s then 0 else 1 end as m%u",
                   is_never_missing(sql), assay__sql_has_value(sql, metric, true), metric + 1);
    for (uint32_t i = 0; i < use->count; i++) {
        assay__sql_put(sql, ",\n    case when %s then %s else %s end as y%u_%u", counts,
                       capped_value(sql, metric, i), zero, metric + 1, i + 1);
        if (i >= use->required)
            mask = assay__sql_format(sql, "%s%scase when u.n%u is null then %" PRIu32 " else 0 end",
                                     mask, mask[0] == '\0' ? "" : " + ", use->variables[i] + 1,
                                     UINT32_C(1) << (i - use->required));
    }
    if (mask[0] != '\0')
        assay__sql_put(sql, ",\n    case when %s then %s else 0 end as z%u", counts, mask,
                       metric + 1);
}

bool assay__sql_needs_span(const struct assay__sql *sql)
{
    bool needs = false;
    for (uint32_t m = 0; m < sql->plan->metric_count; m++)
        needs =
            needs || (sql->binding.metrics[m].has_folds && sql->binding.metrics[m].complete > 0);
    return needs && !sql->plan->has_as_of && !assay__sql_has_looks(sql);
}

/* Columns that later parts need as they are; what counts a unit once stands in one of its rows. */
static void put_kept(struct assay__sql *sql)
{
    bool has_looks = assay__sql_has_looks(sql);
    const char *begin = has_looks ? "case when u.h = 1 then " : "";
    const char *end = has_looks ? " else 0 end" : "";
    assay__sql_put(sql, "u.o as o,\n    %su.k%s as k,\n    u.g as g", begin, end);
    if (has_looks)
        assay__sql_put(sql, ",\n    u.h as h,\n    u.look as look,\n    u.until0 as until0,\n    "
                            "case when u.look is not null then 1 else 0 end as p0");
    if (sql->binding.sources[0].time != ASSAY__UNBOUND)
        assay__sql_put(sql, ",\n    u.t9 as t9");
    for (uint32_t d = 0; d < sql->plan->dimension_count; d++)
        assay__sql_put(sql, ",\n    u.d%u as d%u", d + 1, d + 1);
    for (uint32_t s = 0; s < sql->plan->segment_count; s++)
        assay__sql_put(sql, ",\n    u.s%u as s%u", s + 1, s + 1);
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == 0 && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            assay__sql_put(sql, ",\n    %su.b%u%s as b%u", begin, r + 1, end, r + 1);
    for (uint32_t f = 0; f < sql->binding.fold_count; f++)
        if (assay__sql_may_overflow(sql, f))
            assay__sql_put(sql, ",\n    u.x%u as x%u", f + 1, f + 1);
    for (uint32_t e = 1; e < sql->binding.source_count; e++)
        assay__sql_put(sql, ",\n    %su.k%u%s as k%u", begin, e, end, e);
}

bool assay__sql_caps_at_quantiles(const struct assay__sql *sql, uint32_t metric)
{
    const struct assay_cap *cap = &sql->plan->metrics[metric].cap;
    return !isnan(cap->lower_quantile) || !isnan(cap->upper_quantile);
}

bool assay__sql_has_caps(const struct assay__sql *sql)
{
    for (uint32_t m = 0; m < sql->plan->metric_count; m++)
        if (assay__sql_caps_at_quantiles(sql, m))
            return true;
    return false;
}

const char *assay__sql_cap_columns(struct assay__sql *sql, const char *form)
{
    static const char *const NAMES[] = {"low", "high"};
    const char *columns = "";
    for (uint32_t m = 0; m < sql->plan->metric_count; m++) {
        const struct assay_cap *cap = &sql->plan->metrics[m].cap;
        for (int i = 0; i < 2; i++) {
            const char *name = assay__sql_format(sql, "%s%u", NAMES[i], m + 1);
            if (!isnan(i == 0 ? cap->lower_quantile : cap->upper_quantile))
                columns = assay__sql_format(sql, "%s,\n    %s", columns,
                                            assay__sql_fill(sql, form, name, "", ""));
        }
    }
    return columns;
}

void assay__sql_put_vectors(struct assay__sql *sql)
{
    assay__sql_put(sql,
                   "-- by metric: p counts, m missing, y numbers, z missing covariates\n"
                   "vectors as %s(\n  select\n    ",
                   sql->dialect->once);
    put_kept(sql);
    assay__sql_put(sql, "%s", assay__sql_cap_columns(sql, "q.$1 as $1"));
    for (uint32_t m = 0; m < sql->plan->metric_count; m++)
        put_metric(sql, m);
    assay__sql_put(sql, "\n  from %s u%s", assay__sql_units(sql),
                   assay__sql_needs_span(sql) ? " cross join span l" : "");
    if (assay__sql_has_caps(sql))
        assay__sql_put(sql, " cross join caps q");
    assay__sql_put(sql, "\n),\n");
}
