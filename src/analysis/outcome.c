/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The outcome of a metric's test: passed, failed or not tested, and why there was no test. The
 * decision, the words and the exit status ask here, so that none of them takes a test that could
 * not be made for one that was passed.
 */
#include <math.h>

#include "analysis/outcome.h"
#include "analysis/analysis_view.h"
#include "analysis/analyze.h"
#include "analysis/conditions.h"

bool assay__weights_are_assumed(const struct assay_plan *plan)
{
    return plan->group_count == 0;
}

double assay__srm_p(const struct assay_srm *test)
{
    return test->exact ? test->exact_p : test->p;
}

enum assay__srm_state assay__srm_state(const struct assay_srm *test, double alpha)
{
    static const double BORDERLINE = 0.01;
    if (test->unplanned)
        return ASSAY__SRM_UNPLANNED;
    if (!test->tested)
        return ASSAY__SRM_NOT_TESTED;
    if (test->significant)
        return ASSAY__SRM_MISMATCH;
    if (assay__srm_p(test) < alpha)
        return ASSAY__SRM_TOLERATED;
    return assay__srm_p(test) < BORDERLINE ? ASSAY__SRM_BORDERLINE : ASSAY__SRM_PLANNED;
}

const char *assay__srm_verb(enum assay__srm_state state)
{
    static const char *const VERBS[] = {[ASSAY__SRM_PLANNED] = "match",
                                        [ASSAY__SRM_BORDERLINE] = "are borderline against",
                                        [ASSAY__SRM_TOLERATED] = "are within the tolerance of",
                                        [ASSAY__SRM_MISMATCH] = "do not match",
                                        [ASSAY__SRM_UNPLANNED] = "",
                                        [ASSAY__SRM_NOT_TESTED] = ""};
    return VERBS[state];
}

/* The flags of the test where a look's is significant. */
typedef bool significance(const struct assay_look_result *look, uint32_t *flags);

/* What was found surely stays found, also where the last look has only an unsure significance. */
static const struct assay_look_result *telling(const struct assay_metric_result *result,
                                               significance *is_significant)
{
    uint32_t flags = 0;
    for (uint32_t i = result->look_count; i > 0; i--)
        if (is_significant(&result->looks[i - 1], &flags) && !(flags & ASSAY__UNSURE))
            return &result->looks[i - 1];
    return NULL;
}

static bool is_found(const struct assay_look_result *look, uint32_t *flags)
{
    *flags = look->comparison.flags;
    return look->comparison.difference.significant && !look->is_late;
}

static bool is_harmed(const struct assay_look_result *look, uint32_t *flags)
{
    *flags = assay__harm_test(look)->flags;
    return look->deterioration != NULL && assay__harm_test(look)->difference.significant;
}

const struct assay_look_result *assay__telling_look(const struct assay_metric_result *result)
{
    const struct assay_look_result *look = telling(result, is_found);
    if (look == NULL && assay__looks_for_harm(result))
        look = result->harmed;
    return look != NULL ? look : assay__last_look(result);
}

const struct assay_look_result *assay__telling_harm(const struct assay_metric_result *result)
{
    const struct assay_look_result *look = telling(result, is_harmed);
    if (look == NULL)
        look = result->harmed;
    return look != NULL ? look : assay__last_look(result);
}

bool assay__keep_harm(struct assay__arena *arena, struct assay_metric_result *result)
{
    const struct assay_look_result *look = telling(result, is_harmed);
    if (look == NULL)
        return true;
    if (result->harmed == NULL) {
        result->harmed = assay__arena_alloc(arena, sizeof *result->harmed);
        struct assay__kept_test *test = assay__arena_alloc(arena, sizeof *test);
        if (result->harmed == NULL || test == NULL)
            return false;
        result->harmed->deterioration = test;
    }
    struct assay__kept_test *test = result->harmed->deterioration;
    *test = *look->deterioration;
    *result->harmed = *look;
    result->harmed->deterioration = test;
    return true;
}

const struct assay_look_result *assay__shown_look(const struct assay_metric_result *result)
{
    if (result->look_count == 0)
        return NULL;
    if (result->deteriorated == ASSAY_YES)
        return assay__telling_harm(result);
    return assay__telling_look(result);
}

uint32_t assay__moved_covariate(const struct assay_metric_result *result)
{
    const struct assay_look_result *last = assay__last_look(result);
    if (last == NULL || last->comparison.reduction.method == ASSAY_REDUCTION_NONE)
        return UINT32_MAX;
    for (uint32_t i = 0; i < result->balance_count; i++) {
        uint32_t covariate = result->balance[i].covariate;
        if (result->balance[i].significant &&
            !(last->comparison.reduction.dropped >> covariate & 1))
            return covariate;
    }
    return UINT32_MAX;
}

bool assay__is_exact(enum assay_tested_by method)
{
    return method == ASSAY_TESTED_BY_FISHER || method == ASSAY_TESTED_BY_PERMUTATION;
}

bool assay__is_skewed_win(const struct assay_metric_result *result)
{
    if (result->look_count == 0 || result->hypothesis == ASSAY_HYPOTHESIS_DETERIORATION ||
        result->significant != ASSAY_YES)
        return false;
    return (assay__telling_look(result)->comparison.flags & ASSAY_FLAG_SKEWED_SIGNIFICANCE) != 0;
}

bool assay__is_wrong_way(const struct assay_metric_result *result)
{
    if (result->hypothesis != ASSAY_HYPOTHESIS_SUPERIORITY || result->side == ASSAY_SIDE_BOTH ||
        result->significant != ASSAY_NO || result->look_count == 0)
        return false;
    const struct assay__kept_difference *difference =
        &assay__telling_look(result)->comparison.difference;
    return result->side == ASSAY_SIDE_UPPER ? difference->upper < 0.0 : difference->lower > 0.0;
}

/* A significance that is one against no difference; that of a margin is not. */
static bool is_against_none(const struct assay_metric_result *result)
{
    return result->deteriorated == ASSAY_YES ||
           (result->significant == ASSAY_YES &&
            result->hypothesis != ASSAY_HYPOTHESIS_NON_INFERIORITY);
}

int assay__way_of(const struct assay_metric_result *result,
                  const struct assay__kept_difference *difference)
{
    bool has_interval = !isnan(difference->lower) || !isnan(difference->upper);
    if (has_interval)
        return (difference->lower > 0.0) - (difference->upper < 0.0);
    if (!is_against_none(result))
        return 0;
    return (difference->estimate > 0.0) - (difference->estimate < 0.0);
}

bool assay__harm_stands(const struct assay_metric_result *result)
{
    return result->deteriorated == ASSAY_YES && assay__moved_covariate(result) == UINT32_MAX &&
           !(assay__harm_test(assay__telling_harm(result))->flags & ASSAY__UNSURE);
}

enum assay_outcome assay__outcome(enum assay_hypothesis hypothesis, enum assay_tristate significant)
{
    bool wanted = hypothesis != ASSAY_HYPOTHESIS_DETERIORATION;
    if (significant == ASSAY_UNKNOWN)
        return ASSAY_OUTCOME_NOT_TESTED;
    return (significant == ASSAY_YES) == wanted ? ASSAY_OUTCOME_PASSED : ASSAY_OUTCOME_FAILED;
}

const char *assay__untested_text(const struct assay_metric_result *result)
{
    const struct assay_look_result *last = assay__last_look(result);
    if (result->hypothesis == ASSAY_HYPOTHESIS_NONE)
        return "the plan turns its test for harm off";
    if (last == NULL)
        return "it has no values that can be tested";
    if (last->comparison.baseline.n == 0 || last->comparison.compared.n == 0)
        return "a group has no values";
    size_t count;
    const struct assay__condition *conditions = assay__conditions(&count);
    for (size_t i = 0; i < count; i++)
        if ((last->comparison.flags & conditions[i].flag) && conditions[i].why_untested != NULL)
            return conditions[i].why_untested;
    return "the margin is a share of a baseline of zero";
}
