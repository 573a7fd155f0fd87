/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of a query that its flags, its answer and its curve share. */
#include "cli/size_query.h"

#include <math.h>

#include "exact/float320.h"
#include "exact/shortest.h"
#include "stats/exact_test.h"
#include "stats/metric/metric.h"
#include "stats/size/size.h"

/* Advice needs as many in each group, unless a plan says otherwise. */
enum { UNITS_LEAST = 30, EVENTS_LEAST = 5 };

double size_scaled(double share, double mean)
{
    struct assay__wide product =
        assay__wide_mul(assay__wide_of_shortest(share), assay__wide_of_shortest(mean));
    return fabs(assay__wide_double(product));
}

double size_rest(double share)
{
    return assay__wide_double(assay__wide_sub(assay__wide_of(1.0), assay__wide_of_shortest(share)));
}

void size_split(const struct size_query *query, double total, double *baseline, double *compared)
{
    double weight = query->design.baseline_weight + query->design.compared_weight;
    double share = floor(total * (query->design.compared_weight / weight) + 0.5);
    *compared = share < 2.0 ? 2.0 : share > total - 2.0 ? total - 2.0 : share;
    *baseline = total - *compared;
}

struct assay_size_design size_design_at(const struct size_query *query, const struct size_row *row)
{
    struct assay_size_design design = query->design;
    design.effect = row->effect;
    if (query->question != SIZE_ASKS_POWER)
        design.power = row->adjusted_power;
    return design;
}

double size_power_at(const struct size_query *query, const struct size_row *row, double total,
                     struct assay__size_cache *cache)
{
    struct assay_size_design design = size_design_at(query, row);
    double baseline, compared, power;
    size_split(query, floor(total), &baseline, &compared);
    if (assay__size_power(&design, cache, baseline, compared, &power, NULL) != ASSAY_OK)
        return NAN;
    return power;
}

/* What is expected of the groups, as whole units: for their analysis is of those. */
static unsigned shares_cautions(const struct size_query *query, const struct size_row *row)
{
    double effect = isnan(row->effect) ? 0.0 : row->effect;
    const double units[] = {row->baseline, row->compared};
    const double share[] = {query->mean, query->mean + effect};
    struct assay__shares shares;
    unsigned cautions = 0;
    for (int g = 0; g < 2; g++) {
        double hits = round(units[g] * share[g]);
        shares.units[g] = (uint64_t)units[g];
        shares.successes[g] = hits > units[g] ? (uint64_t)units[g] : (uint64_t)hits;
        if (fmin(hits, units[g] - hits) < EVENTS_LEAST)
            cautions = SIZE_TOO_FEW;
    }
    bool is_skewed = query->reduction == 0.0 && assay__shares_are_skewed(&shares);
    if (is_skewed || assay__shares_are_small(&shares))
        cautions |= SIZE_TESTED_EXACTLY;
    return cautions;
}

static bool has_less_by_welch(const struct size_query *query, const struct size_row *row,
                              double *welch)
{
    struct assay_size_design design = size_design_at(query, row);
    double wanted = query->question == SIZE_ASKS_POWER ? row->power : row->adjusted_power;
    if (design.test == ASSAY_TEST_T || isnan(row->effect) || !(row->baseline >= 2.0) ||
        !(row->compared >= 2.0))
        return false;
    design.test = ASSAY_TEST_T;
    return assay_size_power(&design, row->baseline, row->compared, welch, NULL) == ASSAY_OK &&
           *welch < wanted - 0.01;
}

unsigned size_cautions(const struct size_query *query, const struct size_row *row, double *welch)
{
    unsigned cautions = 0;
    *welch = NAN;
    if (row->baseline < UNITS_LEAST || row->compared < UNITS_LEAST)
        cautions = SIZE_TOO_FEW;
    if (assay__metric_kind(query->design.type)->is_share)
        return cautions | shares_cautions(query, row);
    return has_less_by_welch(query, row, welch) ? cautions | SIZE_LESS_BY_WELCH : cautions;
}
