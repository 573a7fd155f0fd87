/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of a query that its flags, its answer and its curve share. */
#include "cli/size_query.h"

#include <math.h>

#include "exact/float320.h"
#include "exact/shortest.h"
#include "stats/size/size.h"

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
