/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of a query that its flags, its answer and its curve share. */
#include "cli/size_query.h"

#include <math.h>

#include "assay/dist.h"
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

const char SIZE_SKEWED_WORDS[] =
    "The history is skewed, and the groups are of unequal size: the test errs more often on one "
    "side than on the other. Its power may be off by several points, and assay analyze may give no "
    "advice: groups of one size, or capped values, are not affected as much. assay simulate finds "
    "the power.";

/* The leading term of the tails' error, for two groups as the history has them. */
static bool is_skewed(const struct size_query *query, const struct size_row *row)
{
    static const double TAIL_SLACK = 0.2;
    if (query->history.path == NULL || row->baseline == row->compared)
        return false;
    double alpha = query->design.alpha;
    double tail = query->design.side == ASSAY_SIDE_BOTH ? 0.5 * alpha : alpha;
    double b = 1.0 / row->baseline, c = 1.0 / row->compared, z = assay_normal_quantile_upper(tail);
    double asymmetry = query->history.skewness * (c * c - b * b) / pow(c + b, 1.5);
    double density = exp(-0.5 * z * z) / sqrt(2.0 * M_PI);
    return fabs(asymmetry) * (2.0 * z * z + 1.0) / 6.0 * density > TAIL_SLACK * tail;
}

unsigned size_cautions(const struct size_query *query, const struct size_row *row, double *welch)
{
    unsigned cautions = 0;
    *welch = NAN;
    if (row->baseline < UNITS_LEAST || row->compared < UNITS_LEAST)
        cautions = SIZE_TOO_FEW;
    if (assay__metric_kind(query->design.type)->is_share)
        return cautions | shares_cautions(query, row);
    if (is_skewed(query, row))
        cautions |= SIZE_SKEWED;
    return has_less_by_welch(query, row, welch) ? cautions | SIZE_LESS_BY_WELCH : cautions;
}
