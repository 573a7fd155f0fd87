/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Baseline against compared: groups, summaries or moments to a comparison, in pairs of doubles with
 * a bound of their error where these tell every figure, else in 320 bits.
 */
#include "stats/compare.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "stats/compare_ball.h"
#include "stats/defaults.h"
#include "stats/dist/t.h"
#include "stats/estimate.h"
#include "stats/exact_test.h"
#include "stats/metric/metric.h"

typedef struct assay__wide wide;

enum { GROUPS_MAX = 1000 };

static enum assay_status check_choices(const struct assay_method *method, struct assay_error *err)
{
    const struct {
        const char *what;
        unsigned number, count;
    } CHOICES[] = {
        {"test", (unsigned)method->test, ASSAY_TEST_T + 1},
        {"side", (unsigned)method->side, ASSAY_SIDE_BOTH + 1},
        {"variance reduction", (unsigned)method->reduction, ASSAY_REDUCTION_POOLED + 1},
        {"skewness correction", (unsigned)method->skewness, ASSAY_SKEWNESS_PEARSON + 1},
    };
    if (!assay__metric_is_kind(method->type))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "No metric type has number %u.",
                           (unsigned)method->type);
    for (size_t i = 0; i < sizeof CHOICES / sizeof *CHOICES; i++)
        if (CHOICES[i].number >= CHOICES[i].count)
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "No %s has number %u.", CHOICES[i].what,
                               CHOICES[i].number);
    return ASSAY_OK;
}

static enum assay_status check_method(const struct assay_method *method, struct assay_error *err)
{
    enum assay_status status = check_choices(method, err);
    if (status != ASSAY_OK)
        return status;
    if (!(method->alpha > 0.0 && method->alpha < 1.0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "alpha must lie between 0 and 1.");
    if (method->side != ASSAY_SIDE_BOTH && method->alpha >= 0.5)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "A one-sided alpha must be below 0.5.");
    if (!isfinite(method->boundary))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "The boundary must be finite.");
    if (!isfinite(method->null_difference))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "The null difference must be finite.");
    const struct assay__metric_kind *kind = assay__metric_kind(method->type);
    if (kind->estimate == NULL)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "%s", kind->no_moments);
    return ASSAY_OK;
}

/* Checks that units of the metric's kind can have these moments. */
static enum assay_status check_group(const struct assay__group *group, enum assay_metric_type type,
                                     struct assay_error *err)
{
    const struct assay__metric_kind *kind = assay__metric_kind(type);
    return kind->check == NULL || group->n == 0 ? ASSAY_OK : kind->check(group, err);
}

static bool takes_balls(const struct assay__pair_estimate *pair, const struct assay_method *method)
{
    return !assay__exact_applies(pair, method, pair->reduction.method != ASSAY_REDUCTION_NONE);
}

static void compare_pair(struct assay__compare_wide *more, const struct assay_method *method,
                         wide null, struct assay_comparison *out)
{
    const struct assay__pair_estimate *pair = &more->pair;
    assay__compare_clear(out);
    out->flags = pair->flags;
    bool may_take = more->figures.is_open || takes_balls(pair, method); /* all tests of a pair do */
    if (may_take && assay__compare_in_balls(pair, method, null, &more->figures, &more->law, out)) {
        assay__skewness(pair, method, &more->law, &more->shape, out);
        return;
    }
    assay__compare_clear(out);
    out->flags = pair->flags;
    assay__compare_exactly(pair, method, null, out);
}

/* What tests of a new pair share is not known yet. */
static void forget(struct assay__compare_wide *more)
{
    more->law.df = more->law.level = NAN;
    more->figures.is_open = false;
    more->shape.is_known = false;
}

wide assay__group_estimate(const struct assay__group *group, enum assay_metric_type type)
{
    struct assay__estimate estimate;
    assay__estimate_group(group, type, &estimate);
    return estimate.exists ? estimate.value : assay__wide_of(NAN);
}

static enum assay_status estimate_pair(const struct assay__group *groups, size_t group_count,
                                       size_t baseline, size_t compared,
                                       const struct assay_method *method,
                                       struct assay__compare_wide *more, struct assay_error *err)
{
    struct assay__pair_estimate *pair = &more->pair;
    enum assay_status status = check_method(method, err);
    if (status == ASSAY_OK)
        status = check_group(&groups[baseline], method->type, err);
    if (status == ASSAY_OK)
        status = check_group(&groups[compared], method->type, err);
    if (status != ASSAY_OK)
        return status;
    forget(more);
    assay__estimate_group(&groups[baseline], method->type, &pair->raw[0]);
    assay__estimate_group(&groups[compared], method->type, &pair->raw[1]);
    assay__keep_raw(pair);
    if (method->reduction != ASSAY_REDUCTION_NONE && groups[baseline].shape.covariate_count > 0 &&
        !assay__exact_applies(pair, method, true))
        assay__reduce_variance(groups, group_count, baseline, compared, method->reduction,
                               method->type, pair);
    return ASSAY_OK;
}

enum assay_status assay__compare_groups(const struct assay__group *groups, size_t group_count,
                                        size_t baseline, size_t compared,
                                        const struct assay_method *method,
                                        struct assay__compare_wide *more,
                                        struct assay_comparison *out, struct assay_error *err)
{
    struct assay__compare_wide own;
    struct assay__compare_wide *kept = more != NULL ? more : &own;
    enum assay_status status =
        estimate_pair(groups, group_count, baseline, compared, method, kept, err);
    wide null = more != NULL ? more->null_difference : assay__wide_of(method->null_difference);
    if (status == ASSAY_OK)
        compare_pair(kept, method, null, out);
    return status;
}

enum assay_status assay__compare_open(const struct assay__group *groups, size_t group_count,
                                      size_t baseline, size_t compared,
                                      const struct assay_method *method,
                                      struct assay__compare_wide *more,
                                      struct assay_comparison *out, struct assay_error *err)
{
    const struct assay__ball_figures *figures = &more->figures;
    enum assay_status status =
        estimate_pair(groups, group_count, baseline, compared, method, more, err);
    if (status != ASSAY_OK)
        return status;
    if (!takes_balls(&more->pair, method) ||
        !assay__open_in_balls(&more->pair, method, &more->figures)) {
        compare_pair(more, method, more->null_difference, out);
        return ASSAY_OK;
    }
    assay__compare_clear(out);
    out->baseline = figures->stats[0];
    out->compared = figures->stats[1];
    out->difference.estimate = figures->estimate;
    out->difference.standard_error = figures->standard_error;
    return ASSAY_OK;
}

enum assay_status assay__compare_again(struct assay__compare_wide *more,
                                       const struct assay_method *method, wide null,
                                       struct assay_comparison *out, struct assay_error *err)
{
    enum assay_status status = check_method(method, err);
    if (status == ASSAY_OK)
        compare_pair(more, method, null, out);
    return status;
}

static struct assay_method with_defaults(const struct assay_method *given)
{
    struct assay_method filled = *given;
    filled.alpha = assay__or_default(given->alpha, ASSAY__DEFAULT_ALPHA);
    return filled;
}

enum assay_status assay_summaries_compare(const struct assay_summary *baseline,
                                          const struct assay_summary *compared,
                                          const struct assay_method *method,
                                          struct assay_comparison *out, struct assay_error *err)
{
    const struct assay_summary *const summaries[2] = {baseline, compared};
    struct assay__group groups[2];
    if (assay__metric_kind(method->type)->has_denominator)
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "A ratio needs the moments of both parts: use assay_moments_compare().");
    for (int g = 0; g < 2; g++) {
        const struct assay_summary *summary = summaries[g];
        bool share = assay__metric_kind(method->type)->is_share;
        if (summary->n > 0 && !isfinite(summary->mean))
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "A mean must be finite.");
        if (share && summary->n > 0 && !(summary->mean >= 0.0 && summary->mean <= 1.0))
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "A share must lie between 0 and 1.");
        if (!share && summary->n > 1 && !(summary->variance >= 0.0 && isfinite(summary->variance)))
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "A variance must be finite and >= 0.");
        assay__group_of_summary(summary->n, summary->mean,
                                share || summary->n < 2 ? 0.0 : summary->variance,
                                share ? (double)NAN : summary->skewness, &groups[g]);
    }
    const char *no_moments = assay__metric_kind(method->type)->no_moments;
    if (no_moments != NULL)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "%s", no_moments);
    struct assay_method plain = with_defaults(method);
    plain.reduction = ASSAY_REDUCTION_NONE;
    return assay__compare_groups(groups, 2, 0, 1, &plain, NULL, out, err);
}

/* Without covariates nothing of a group is needed but its estimate. */
static enum assay_status estimate_moments(const struct assay_moments *moments,
                                          enum assay_metric_type type, struct assay__estimate *out,
                                          struct assay_error *err)
{
    struct assay__group group;
    enum assay_status status = assay__moments_group(moments, NULL, &group, err);
    if (status == ASSAY_OK)
        status = check_group(&group, type, err);
    if (status == ASSAY_OK)
        assay__estimate_group(&group, type, out);
    return status;
}

static enum assay_status compare_raw(const struct assay_moments *baseline,
                                     const struct assay_moments *compared,
                                     const struct assay_method *method,
                                     struct assay_comparison *out, struct assay_error *err)
{
    struct assay__compare_wide more;
    struct assay__pair_estimate *pair = &more.pair;
    enum assay_status status = check_method(method, err);
    if (status == ASSAY_OK)
        status = estimate_moments(baseline, method->type, &pair->raw[0], err);
    if (status == ASSAY_OK)
        status = estimate_moments(compared, method->type, &pair->raw[1], err);
    if (status != ASSAY_OK)
        return status;
    assay__keep_raw(pair);
    forget(&more);
    compare_pair(&more, method, assay__wide_of(method->null_difference), out);
    return ASSAY_OK;
}

/* Compares with groups to work in. */
static enum assay_status compare_in(struct assay__group *groups,
                                    const struct assay_moments *const *moments, size_t group_count,
                                    size_t baseline, size_t compared,
                                    const struct assay_method *method, struct assay_comparison *out,
                                    struct assay_error *err)
{
    wide fill[ASSAY_COVARIATES_MAX];
    enum assay_status status = assay__moments_fill(moments, group_count, fill, err);
    for (size_t g = 0; status == ASSAY_OK && g < group_count; g++)
        status = assay__moments_group(moments[g], fill, &groups[g], err);
    if (status == ASSAY_OK)
        status =
            assay__compare_groups(groups, group_count, baseline, compared, method, NULL, out, err);
    return status;
}

/* Two groups have room on the stack: 22 KB. */
static enum assay_status compare_two(const struct assay_moments *const *moments, size_t baseline,
                                     size_t compared, const struct assay_method *method,
                                     struct assay_comparison *out, struct assay_error *err)
{
    struct assay__group groups[2];
    return compare_in(groups, moments, 2, baseline, compared, method, out, err);
}

enum assay_status assay_moments_compare(const struct assay_moments *const *moments,
                                        size_t group_count, size_t baseline, size_t compared,
                                        const struct assay_method *given,
                                        struct assay_comparison *out, struct assay_error *err)
{
    struct assay_method filled = with_defaults(given), *method = &filled;
    if (group_count < 2 || group_count > GROUPS_MAX || baseline >= group_count ||
        compared >= group_count)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "Compare two of 2 to %d groups.", GROUPS_MAX);
    struct assay_moments_shape first = assay_moments_shape(moments[0]);
    for (size_t g = 0; g < group_count; g++) {
        struct assay_moments_shape shape = assay_moments_shape(moments[g]);
        if (shape.has_denominator != first.has_denominator ||
            shape.covariate_count != first.covariate_count)
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "All groups need one shape.");
    }
    const char *no_moments = assay__metric_kind(method->type)->no_moments;
    if (no_moments != NULL)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "%s", no_moments);
    if (assay__metric_kind(method->type)->has_denominator && !first.has_denominator)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "A ratio needs moments with denominators.");
    if (first.covariate_count == 0)
        return compare_raw(moments[baseline], moments[compared], method, out, err);
    if (group_count == 2)
        return compare_two(moments, baseline, compared, method, out, err);
    struct assay__group *groups = assay__calloc(group_count, sizeof *groups);
    if (groups == NULL)
        return assay__fail_memory(err);
    enum assay_status status =
        compare_in(groups, moments, group_count, baseline, compared, method, out, err);
    assay__free(groups);
    return status;
}
