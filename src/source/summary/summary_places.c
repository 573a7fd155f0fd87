/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the figures of a table of sums stand: columns by name, found once and not for each row. */
#include "source/summary/summary_places.h"

#include <string.h>

#include "source/summary/summary_column.h"
#include "stats/metric/accumulator.h"
#include "stats/moments.h"

uint32_t assay__summary_find_column(const struct assay__rows *rows, const char *name)
{
    uint32_t index;
    return assay__rows_find(rows, name, &index) ? index : ASSAY__NO_COLUMN;
}

/* Also by the unnumbered name of a first covariate's figure. */
static uint32_t find_figure(const struct assay__rows *rows, const char *name)
{
    uint32_t column = assay__summary_find_column(rows, name);
    const char *alias = assay__column_alias(name);
    return column == ASSAY__NO_COLUMN && alias != NULL ? assay__summary_find_column(rows, alias)
                                                       : column;
}

void assay__summary_places_find(const struct assay__rows *rows, struct assay_moments_shape shape,
                                struct assay__summary_places *places)
{
    char name[ASSAY__COLUMN_BYTES];
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    if (places->is_set && assay__same_shape(places->shape, shape))
        return;
    uint32_t sums = assay__moments_sum_count(shape),
             roundings = assay__column_rounding_count(shape);
    for (uint32_t i = 0; i < variables; i++) {
        assay__column_mean(shape, i, name);
        places->mean[i] = find_figure(rows, name);
        for (uint32_t j = 0; j <= i; j++) {
            assay__column_covariance(shape, i, j, name);
            places->covariance[assay__pair(i, j)] = find_figure(rows, name);
        }
    }
    for (uint32_t i = 0; i < sums; i++) {
        assay__column_sum(shape, i, name);
        places->sum[i] = find_figure(rows, name);
    }
    for (uint32_t i = 0; i < roundings; i++) {
        assay__column_rounding(shape, i, name);
        places->rounding[i] = find_figure(rows, name);
    }
    places->shape = shape;
    places->is_set = true;
}

uint32_t assay__summary_covariate(const char *name)
{
    uint32_t largest = 0;
    if (strcmp(name, "covariance") == 0)
        return 1;
    if (strcmp(name, "covariates_missing") == 0)
        return 0;
    for (const char *at = name; (at = strstr(at, "covariate")) != NULL;) {
        uint32_t number = 0;
        for (at += 9; *at >= '0' && *at <= '9' && number <= ASSAY_COVARIATES_MAX; at++)
            number = 10 * number + (uint32_t)(*at - '0');
        number = number == 0 ? 1 : number;
        largest = number > largest ? number : largest;
    }
    return largest;
}
