/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparisons from the public struct into the small one that analyses keep, and back. */
#include "analysis/kept.h"

#include <string.h>

/* Fields of one name in both structs. */
#define STATS(X)                                                                                   \
    X(n), X(estimate), X(variance), X(standard_error), X(unadjusted),                              \
        X(unadjusted_standard_error), X(skewness)
#define DIFFERENCE(X)                                                                              \
    X(estimate), X(standard_error), X(df), X(statistic), X(critical), X(lower), X(upper), X(p),    \
        X(log10_p), X(powered_effect), X(tested_by), X(significant)
#define RELATIVE(X)                                                                                \
    X(estimate), X(fieller_lower), X(fieller_upper), X(delta_standard_error), X(delta_lower),      \
        X(delta_upper), X(log_lower), X(log_upper), X(scaled_lower), X(scaled_upper),              \
        X(fieller_kind)
#define COPY(field) .field = from->field

static struct assay__kept_stats kept_stats(const struct assay_stats *from)
{
    return (struct assay__kept_stats){STATS(COPY)};
}

static struct assay_stats shown_stats(const struct assay__kept_stats *from)
{
    return (struct assay_stats){STATS(COPY)};
}

static struct assay__kept_difference kept_difference(const struct assay_difference *from)
{
    return (struct assay__kept_difference){DIFFERENCE(COPY)};
}

static struct assay_difference shown_difference(const struct assay__kept_difference *from)
{
    return (struct assay_difference){DIFFERENCE(COPY)};
}

static struct assay__kept_relative kept_relative(const struct assay_relative *from)
{
    return (struct assay__kept_relative){RELATIVE(COPY)};
}

static struct assay_relative shown_relative(const struct assay__kept_relative *from)
{
    return (struct assay_relative){RELATIVE(COPY)};
}

static bool is_flat(const double *slopes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (slopes[i] != 0.0)
            return false;
    return true;
}

static bool keep_reduction(struct assay__kept_reduction *into, struct assay__arena *arena,
                           const struct assay_reduction_result *from)
{
    uint32_t count = from->covariate_count;
    double *slopes = into->slopes;
    bool is_needed =
        !is_flat(from->baseline_slopes, count) || !is_flat(from->compared_slopes, count);
    if (slopes == NULL && is_needed)
        slopes = assay__arena_array(arena, 2 * (size_t)count, sizeof *slopes);
    if (slopes == NULL && is_needed)
        return false;
    if (slopes != NULL) {
        memcpy(slopes, from->baseline_slopes, count * sizeof *slopes);
        memcpy(slopes + count, from->compared_slopes, count * sizeof *slopes);
    }
    *into = (struct assay__kept_reduction){.rate = from->rate,
                                           .remaining = from->remaining,
                                           .slopes = slopes,
                                           .method = from->method,
                                           .covariate_count = count,
                                           .dropped = from->dropped};
    return true;
}

static struct assay_reduction_result shown_reduction(const struct assay__kept_reduction *from)
{
    struct assay_reduction_result out = {.method = from->method,
                                         .covariate_count = from->covariate_count,
                                         .dropped = from->dropped,
                                         .rate = from->rate,
                                         .remaining = from->remaining};
    if (from->slopes != NULL) {
        size_t bytes = from->covariate_count * sizeof *from->slopes;
        memcpy(out.baseline_slopes, from->slopes, bytes);
        memcpy(out.compared_slopes, from->slopes + from->covariate_count, bytes);
    }
    return out;
}

bool assay__keep_comparison(struct assay__kept_comparison *into, struct assay__arena *arena,
                            const struct assay_comparison *from)
{
    struct assay__kept_test test;
    if (!keep_reduction(&into->reduction, arena, &from->reduction))
        return false;
    assay__keep_test(&test, from);
    into->baseline = kept_stats(&from->baseline);
    into->compared = kept_stats(&from->compared);
    into->difference = test.difference;
    into->relative = test.relative;
    into->tail_error = test.tail_error;
    into->corrected_lower = test.corrected_lower;
    into->corrected_upper = test.corrected_upper;
    into->corrected_p = test.corrected_p;
    into->corrected_log10_p = test.corrected_log10_p;
    into->flags = test.flags;
    return true;
}

void assay__keep_test(struct assay__kept_test *into, const struct assay_comparison *from)
{
    *into = (struct assay__kept_test){.difference = kept_difference(&from->difference),
                                      .relative = kept_relative(&from->relative),
                                      .tail_error = {.nominal = from->tail_error.nominal,
                                                     .lower = from->tail_error.lower,
                                                     .upper = from->tail_error.upper},
                                      .corrected_lower = from->corrected_lower,
                                      .corrected_upper = from->corrected_upper,
                                      .corrected_p = from->corrected_p,
                                      .corrected_log10_p = from->corrected_log10_p,
                                      .flags = from->flags};
}

struct assay__kept_test assay__kept_same_test(const struct assay__kept_comparison *from)
{
    return (struct assay__kept_test){.difference = from->difference,
                                     .relative = from->relative,
                                     .tail_error = from->tail_error,
                                     .corrected_lower = from->corrected_lower,
                                     .corrected_upper = from->corrected_upper,
                                     .corrected_p = from->corrected_p,
                                     .corrected_log10_p = from->corrected_log10_p,
                                     .flags = from->flags};
}

void assay__kept_show(const struct assay__kept_comparison *from,
                      const struct assay__kept_test *test, struct assay_comparison *out)
{
    struct assay__kept_test shown = test != NULL ? *test : assay__kept_same_test(from);
    *out = (struct assay_comparison){.flags = shown.flags,
                                     .baseline = shown_stats(&from->baseline),
                                     .compared = shown_stats(&from->compared),
                                     .difference = shown_difference(&shown.difference),
                                     .relative = shown_relative(&shown.relative),
                                     .reduction = shown_reduction(&from->reduction),
                                     .tail_error = {.nominal = shown.tail_error.nominal,
                                                    .lower = shown.tail_error.lower,
                                                    .upper = shown.tail_error.upper},
                                     .corrected_lower = shown.corrected_lower,
                                     .corrected_upper = shown.corrected_upper,
                                     .corrected_p = shown.corrected_p,
                                     .corrected_log10_p = shown.corrected_log10_p};
}
