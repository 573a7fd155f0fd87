/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Caps at quantiles: the ceil(q n)-th smallest of the n values of all groups, at the last look. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "number/number.h"
#include "source/sql/layout.h"

enum { QUANTILE_DIGITS_MAX = 9 }; /* so that 10^9 units keep their ranks within 64 bits */

/* The rank of a quantile among c values: ceil(c q) in whole numbers, at least 1. */
static const char *rank_of(struct assay__sql *sql, uint32_t metric, double quantile)
{
    char text[ASSAY__NUMBER_BYTES], digits[ASSAY__DIGITS_MAX];
    struct assay_decimal decimal;
    size_t length = assay__number_write(quantile, text);
    if (assay__decimal_parse(text, length, &decimal, digits) != ASSAY__PARSE_OK ||
        decimal.exponent >= 0 || decimal.exponent < -QUANTILE_DIGITS_MAX) {
        assay__sql_fail(sql, ASSAY_ERROR_PLAN,
                        "A cap is at quantile %s: a statement takes %d digits after the point.",
                        text, QUANTILE_DIGITS_MAX);
        return "1";
    }
    const char *power = assay__sql_power(sql, (unsigned)-decimal.exponent);
    const char *product =
        assay__sql_format(sql, "a.c%u * %" PRId64 " + %s - 1", metric + 1, decimal.mantissa, power);
    return assay__sql_fill(sql, sql->dialect->quotient, product, power, "");
}

static void put_bound(struct assay__sql *sql, uint32_t m, double quantile, const char *name)
{
    if (!isnan(quantile))
        assay__sql_put(sql, ",\n    max(case when a.r%u = %s then a.y%u end) as %s%u", m + 1,
                       rank_of(sql, m, quantile), m + 1, name, m + 1);
}

/* Values that count, the others NULL; then their ranks; then the caps. */
void assay__sql_put_caps(struct assay__sql *sql)
{
    const struct assay_plan *plan = sql->plan;
    if (!assay__sql_has_caps(sql))
        return;
    assay__sql_put(sql,
                   "-- caps at quantiles: the value of that rank, at the last look\ncaps as (\n "
                   " select\n    count(*) as c");
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        put_bound(sql, m, plan->metrics[m].cap.lower_quantile, "low");
        put_bound(sql, m, plan->metrics[m].cap.upper_quantile, "high");
    }
    assay__sql_put(sql, "\n  from (\n    select b.o as o");
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (assay__sql_caps_at_quantiles(sql, m))
            assay__sql_put(sql,
                           ",\n      b.y%u as y%u, case when b.p%u = 1 then row_number() over "
                           "(partition by b.p%u order by b.y%u) end as r%u, sum(b.p%u) over () as "
                           "c%u",
                           m + 1, m + 1, m + 1, m + 1, m + 1, m + 1, m + 1, m + 1);
    assay__sql_put(sql, "\n    from (\n      select u.o as o");
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        const char *has =
            assay__sql_has_value(sql, m, plan->metrics[m].missing != ASSAY_MISSING_ZERO);
        if (assay__sql_caps_at_quantiles(sql, m))
            assay__sql_put(sql, ",\n        case when %s then 1 else 0 end as p%u, %s as y%u", has,
                           m + 1, assay__sql_value(sql, m, 0), m + 1);
    }
    assay__sql_put(sql, "\n      from %s u%s%s\n    ) b\n  ) a\n),\n", assay__sql_units(sql),
                   assay__sql_needs_span(sql) ? " cross join span l" : "",
                   assay__sql_has_looks(sql) ? " where u.until0 is null" : "");
}
