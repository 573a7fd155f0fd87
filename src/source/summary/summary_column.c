/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of the columns of a table of summaries. */
#include "source/summary/summary_column.h"

#include <stdio.h>
#include <string.h>

#include "stats/centred.h"

/* "" for the value, "denominator_", "covariate3_": what a variable's columns begin with. */
static void prefix_of(struct assay_moments_shape shape, uint32_t variable,
                      char out[ASSAY__COLUMN_BYTES])
{
    uint32_t first = 1 + shape.has_denominator;
    if (variable >= first)
        snprintf(out, ASSAY__COLUMN_BYTES, "covariate%u_", variable - first + 1);
    else
        snprintf(out, ASSAY__COLUMN_BYTES, "%s", variable == 0 ? "" : "denominator_");
}

/* What the pair (i, j), i < j, begins with; the value needs no name. */
static void pair_prefix(struct assay_moments_shape shape, uint32_t i, uint32_t j,
                        char out[ASSAY__COLUMN_BYTES])
{
    char first[ASSAY__COLUMN_BYTES], second[ASSAY__COLUMN_BYTES];
    prefix_of(shape, i, first);
    prefix_of(shape, j, second);
    /* A covariate comes before the denominator in the name: covariate2_denominator_covariance. */
    bool turned = i == 1 && shape.has_denominator;
    snprintf(out, ASSAY__COLUMN_BYTES, "%.24s%.24s", turned ? second : first,
             turned ? first : second);
}

void assay__column_mean(struct assay_moments_shape shape, uint32_t variable,
                        char out[ASSAY__COLUMN_BYTES])
{
    char prefix[ASSAY__COLUMN_BYTES];
    prefix_of(shape, variable, prefix);
    snprintf(out, ASSAY__COLUMN_BYTES, "%.50smean", prefix);
}

/* A second-order column: one name for a variable with itself, another for a pair. */
static void second_order(struct assay_moments_shape shape, uint32_t i, uint32_t j,
                         const char *square, const char *product, char out[ASSAY__COLUMN_BYTES])
{
    char prefix[ASSAY__COLUMN_BYTES];
    if (i == j)
        prefix_of(shape, i, prefix);
    else
        pair_prefix(shape, i < j ? i : j, i < j ? j : i, prefix);
    snprintf(out, ASSAY__COLUMN_BYTES, "%.50s%s", prefix, i == j ? square : product);
}

void assay__column_covariance(struct assay_moments_shape shape, uint32_t i, uint32_t j,
                              char out[ASSAY__COLUMN_BYTES])
{
    second_order(shape, i, j, "variance", "covariance", out);
}

void assay__column_sum(struct assay_moments_shape shape, uint32_t index,
                       char out[ASSAY__COLUMN_BYTES])
{
    static const char *const CUBES[4] = {"sum_cubes", "sum_squares_denominator",
                                         "sum_denominator_squares", "denominator_sum_cubes"};
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    uint32_t pairs = variables * (variables + 1) / 2;
    if (index < variables) {
        char prefix[ASSAY__COLUMN_BYTES];
        prefix_of(shape, index, prefix);
        snprintf(out, ASSAY__COLUMN_BYTES, "%.50ssum", prefix);
    } else if (index < variables + pairs) {
        uint32_t i = 0;
        while (variables + assay__pair(i + 1, 0) <= index)
            i++;
        second_order(shape, i, index - variables - assay__pair(i, 0), "sum_squares", "sum_products",
                     out);
    } else {
        snprintf(out, ASSAY__COLUMN_BYTES, "%s", CUBES[index - variables - pairs]);
    }
}

void assay__column_rounding(struct assay_moments_shape shape, uint32_t index,
                            char out[ASSAY__COLUMN_BYTES])
{
    char sum[ASSAY__COLUMN_BYTES];
    assay__column_sum(shape, index, sum);
    snprintf(out, ASSAY__COLUMN_BYTES, "%.53s_rounding", sum);
}

uint32_t assay__column_rounding_count(struct assay_moments_shape shape)
{
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    return variables + variables * (variables + 1) / 2;
}

void assay__column_squares(struct assay_moments_shape shape, uint32_t variable,
                           char out[ASSAY__COLUMN_BYTES])
{
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    assay__column_sum(shape, variables + assay__pair(variable, variable), out);
}

const char *assay__column_alias(const char *name)
{
    static const char *const ALIASES[][2] = {{"covariate1_mean", "covariate_mean"},
                                             {"covariate1_variance", "covariate_variance"},
                                             {"covariate1_covariance", "covariance"}};
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++)
        if (strcmp(ALIASES[i][0], name) == 0)
            return ALIASES[i][1];
    return NULL;
}
