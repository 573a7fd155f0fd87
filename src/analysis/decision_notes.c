/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Remarks that whoever takes the advice must know: no control, alpha that is not shared, groups
 * that may be one, covariates and missing values that differ, a baseline below 0.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/name.h"
#include "analysis/looks.h"
#include "analysis/phrases.h"
#include "number/number.h"

static const char *const NOWHERE[3] = {NULL, NULL, NULL};

/* ---- Group names that differ in case, blanks or composition only ------------------------------
 */

static enum assay_status note_names(struct assay__builder *builder, struct assay_error *err)
{
    const struct assay_analysis *out = builder->out;
    const char **folded = assay__arena_array(builder->arena, out->group_count, sizeof *folded);
    enum assay_status status = folded == NULL ? assay__fail_memory(err) : ASSAY_OK;
    for (uint32_t g = 0; status == ASSAY_OK && g < out->group_count; g++) {
        folded[g] = assay__name_fold(builder->arena, out->groups[g].id);
        if (folded[g] == NULL)
            return assay__fail_memory(err);
        uint32_t other = 0;
        while (other < g && strcmp(folded[other], folded[g]) != 0)
            other++;
        if (other == g)
            continue;
        status = assay__annotate(
            builder, ASSAY_NOTE_WARNING, -1, NOWHERE,
            assay__arena_format(
                builder->arena,
                "Groups '%s' and '%s' differ in case, blanks, accents or the "
                "composition of letters only; they count as two. Remedy: spell them alike.",
                out->groups[other].id, out->groups[g].id),
            err);
    }
    return status;
}

/* ---- The plan -------------------------------------------------------------------------------- */

static enum assay_status note_advice(struct assay__builder *builder, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    if (builder->plan->baseline == NULL)
        status = assay__annotate(builder, ASSAY_NOTE_INFO, -1, NOWHERE,
                                 "No treatment has a recommendation, since the comparisons name no "
                                 "control. Remedy: give comparisons a baseline.",
                                 err);
    if (status == ASSAY_OK && builder->plan->adjustment == ASSAY_DIVIDE_NONE)
        status = assay__annotate(builder, ASSAY_NOTE_INFO, -1, NOWHERE,
                                 "Alpha is not shared among the tests: the whole decision errs "
                                 "more often than alpha says.",
                                 err);
    return status;
}

/* ---- Metrics --------------------------------------------------------------------------------- */

static enum assay_status note_missingness(struct assay__builder *builder, uint32_t metric,
                                          struct assay_error *err)
{
    const struct assay_missingness *missingness = builder->out->missingness;
    if (missingness == NULL || !missingness[metric].is_tested ||
        !missingness[metric].test.significant)
        return ASSAY_OK;
    const struct assay_srm *test = &missingness[metric].test;
    char p[ASSAY__PHRASE_BYTES];
    assay__srm_p_text(test, p);
    return assay__annotate(builder, ASSAY_NOTE_WARNING, (int32_t)metric, NOWHERE,
                           assay__arena_format(builder->arena,
                                               "Values of %s are missing more often in some groups "
                                               "than in others (%s). Remedy: check how it is "
                                               "logged.",
                                               builder->plan->metrics[metric].id, p),
                           err);
}

/* Whether a covariate is missing as often in every group, by the test of the groups' sizes. */
static enum assay_status test_covariate(const struct assay__builder *builder, uint32_t metric,
                                        uint32_t covariate, struct assay_srm *test,
                                        struct assay_error *err)
{
    uint32_t groups = builder->out->group_count;
    const struct assay__accumulator *keeps =
        assay__metric_accumulator(&builder->plan->metrics[metric]);
    uint64_t *counts = assay__arena_array(builder->arena, groups, sizeof *counts);
    double *weights = assay__arena_array(builder->arena, groups, sizeof *weights);
    struct assay_srm_group *rows = assay__arena_array(builder->arena, groups, sizeof *rows);
    uint64_t missing = 0, units = 0;
    if (counts == NULL || weights == NULL || rows == NULL)
        return assay__fail_memory(err);
    for (uint32_t g = 0; g < groups; g++) {
        const void *state = assay__look_state(builder, 0, builder->look_count - 1, g, metric);
        if (state == NULL || !builder->out->groups[g].is_planned)
            continue;
        counts[g] = keeps->missing(state, covariate);
        weights[g] = (double)keeps->count(state);
        missing += counts[g];
        units += keeps->count(state);
    }
    *test = (struct assay_srm){.significant = false};
    if (missing == 0 || missing == units)
        return ASSAY_OK;
    for (uint32_t g = 0; missing > units - missing && g < groups; g++)
        counts[g] = (uint64_t)weights[g] - counts[g];
    return assay_srm_test(counts, weights, groups, &builder->plan->srm, rows, test, err);
}

/* What was measured before the exposure is missing as often in each group. */
static enum assay_status note_missing_covariates(struct assay__builder *builder, uint32_t metric,
                                                 struct assay_error *err)
{
    const struct assay_metric_plan *plan = &builder->plan->metrics[metric];
    enum assay_status status = ASSAY_OK;
    struct assay_srm test;
    char p[ASSAY__PHRASE_BYTES];
    for (uint32_t i = 0; builder->look_count > 0 && i < assay__metric_covariate_count(plan); i++) {
        status = test_covariate(builder, metric, i, &test, err);
        if (status != ASSAY_OK)
            return status;
        if (!test.significant)
            continue;
        assay__srm_p_text(&test, p);
        status = assay__annotate(
            builder, ASSAY_NOTE_WARNING, (int32_t)metric, NOWHERE,
            assay__arena_format(builder->arena,
                                "Covariate %s of %s is missing more often in some groups than in "
                                "others (%s), so it may have been measured after the exposure. "
                                "Remedy: check how it is logged, or measure it before.",
                                assay__metric_covariate(plan, i), plan->id, p),
            err);
        if (status != ASSAY_OK)
            return status;
    }
    return status;
}

/* A covariate that differs, and is dropped for being constant or a combination of others. */
static enum assay_status note_dropped(struct assay__builder *builder,
                                      const struct assay_metric_result *result,
                                      const struct assay_balance *balance, struct assay_error *err)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    char p[ASSAY__PHRASE_BYTES];
    assay__p_text(&(struct assay__kept_difference){.p = balance->p, .log10_p = balance->log10_p},
                  p);
    return assay__annotate(
        builder, ASSAY_NOTE_WARNING, (int32_t)result->metric, NOWHERE,
        assay__arena_format(builder->arena,
                            "Covariate %s of %s differs between %s and %s (%s), so it may have "
                            "been measured after the exposure. It is not used, being dropped. "
                            "Remedy: leave it out, or measure it before.",
                            assay__metric_covariate(metric, balance->covariate), metric->id,
                            builder->group_names[result->compared],
                            builder->group_names[result->baseline], p),
        err);
}

/* A covariate from before the exposure cannot differ; one that does may have come after it. */
static enum assay_status note_balance(struct assay__builder *builder,
                                      const struct assay_metric_result *result,
                                      struct assay_error *err)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    const struct assay_look_result *last = assay__last_look(result);
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < result->balance_count; i++) {
        const struct assay_balance *balance = &result->balance[i];
        if (!balance->significant || last == NULL)
            continue;
        char p[ASSAY__PHRASE_BYTES], raw[ASSAY__PHRASE_BYTES], adjusted[ASSAY__PHRASE_BYTES];
        const struct assay__kept_comparison *now = &last->comparison;
        if (now->reduction.dropped >> balance->covariate & 1) {
            status = note_dropped(builder, result, balance, err);
            continue;
        }
        assay__p_text(
            &(struct assay__kept_difference){.p = balance->p, .log10_p = balance->log10_p}, p);
        status = assay__annotate(
            builder, ASSAY_NOTE_WARNING, (int32_t)result->metric, NOWHERE,
            assay__arena_format(
                builder->arena,
                "Covariate %s of %s differs between %s and %s (%s), so it may have been measured "
                "after the exposure: the difference is %s with it, %s without, and no advice rests "
                "on it. Remedy: leave it out, or measure it before.",
                assay__metric_covariate(metric, balance->covariate), metric->id,
                builder->group_names[result->compared], builder->group_names[result->baseline], p,
                assay__number_text(now->difference.estimate, adjusted),
                assay__number_text(now->compared.unadjusted - now->baseline.unadjusted, raw)),
            err);
    }
    return status;
}

/* Groups whose baseline of a metric is below 0, each once: "A (-9.85), B (-2)"; NULL for none. */
static const char *negative_baselines(struct assay__builder *builder, uint32_t metric,
                                      enum assay_status *status, struct assay_error *err)
{
    const char *names = NULL;
    for (uint32_t p = 0; p < builder->pair_count; p++) {
        size_t at = ((size_t)metric * builder->pair_count + p) * builder->out->slice_count;
        const struct assay_look_result *last = assay__last_look(&builder->out->results[at]);
        char figure[ASSAY__PHRASE_BYTES];
        uint32_t before = 0;
        while (before < p && builder->pairs[before].baseline != builder->pairs[p].baseline)
            before++;
        if (before < p || last == NULL || !(last->comparison.baseline.estimate < 0.0))
            continue;
        names = assay__arena_format(builder->arena, "%s%s%s (%s)", names == NULL ? "" : names,
                                    names == NULL ? "" : ", ",
                                    builder->group_names[builder->pairs[p].baseline],
                                    assay__number_text(last->comparison.baseline.estimate, figure));
        if (names == NULL) {
            *status = assay__fail_memory(err);
            return NULL;
        }
    }
    return names;
}

static enum assay_status note_negative(struct assay__builder *builder, uint32_t metric,
                                       struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    const char *names = negative_baselines(builder, metric, &status, err);
    if (names == NULL)
        return status;
    return assay__annotate(
        builder, ASSAY_NOTE_WARNING, (int32_t)metric, NOWHERE,
        assay__arena_format(builder->arena,
                            "The baseline of %s is negative in %s, so relative figures have the "
                            "other sign. Remedy: read the absolute difference.",
                            builder->plan->metrics[metric].id, names),
        err);
}

/* One of a cap's ends is this value. An end at a quantile is what all values are, if they agree. */
static bool caps_at(const struct assay_cap *cap, double value)
{
    double end;
    if (!isnan(cap->upper_quantile) || !isnan(cap->lower_quantile))
        return true;
    return (cap->upper != NULL &&
            assay__double_parse(cap->upper, strlen(cap->upper), &end) == ASSAY__PARSE_OK &&
            end == value) ||
           (cap->lower != NULL &&
            assay__double_parse(cap->lower, strlen(cap->lower), &end) == ASSAY__PARSE_OK &&
            end == value);
}

bool assay__cap_levels_all(const struct assay__builder *builder, uint32_t metric, double *value)
{
    *value = (double)NAN;
    for (uint32_t p = 0; p < builder->pair_count; p++) {
        size_t at = ((size_t)metric * builder->pair_count + p) * builder->out->slice_count;
        const struct assay_look_result *last = assay__last_look(&builder->out->results[at]);
        if (last == NULL || !(last->comparison.flags & ASSAY_FLAG_ZERO_VARIANCE))
            return false;
        if (p == 0)
            *value = last->comparison.baseline.estimate;
        if (last->comparison.baseline.estimate != *value ||
            last->comparison.compared.estimate != *value)
            return false;
    }
    return caps_at(&builder->plan->metrics[metric].cap, *value);
}

/* A cap at a quantile of many zeros is 0 itself. */
static enum assay_status note_cap(struct assay__builder *builder, uint32_t metric,
                                  struct assay_error *err)
{
    double value;
    char figure[ASSAY__PHRASE_BYTES];
    if (!assay__cap_levels_all(builder, metric, &value))
        return ASSAY_OK;
    return assay__annotate(builder, ASSAY_NOTE_WARNING, (int32_t)metric, NOWHERE,
                           assay__arena_format(builder->arena,
                                               "With its cap every value of %s is %s: no group's "
                                               "values vary, so there is no test. Remedy: cap at "
                                               "another quantile, or at a value.",
                                               builder->plan->metrics[metric].id,
                                               assay__number_text(value, figure)),
                           err);
}

/* Whether a slice says the contrary of a total that lies on that side; few units say nothing. */
static enum assay_tristate is_contrary(const struct assay_metric_result *slice, int way)
{
    const struct assay_look_result *last = assay__last_look(slice);
    if (last == NULL || last->comparison.baseline.n < ASSAY__HETEROGENEITY_UNITS ||
        last->comparison.compared.n < ASSAY__HETEROGENEITY_UNITS)
        return ASSAY_UNKNOWN;
    return last->comparison.difference.estimate * way < 0.0 ? ASSAY_YES : ASSAY_NO;
}

/*
 * A difference of all units that no value of a dimension has, but its contrary (Simpson 1951, JRSS
 * B 13:238): groups that are alike cannot show this. results[] has the total, then its slices.
 */
static enum assay_status note_reversal(struct assay__builder *builder,
                                       const struct assay_metric_result *results,
                                       struct assay_error *err)
{
    const struct assay_analysis *out = builder->out;
    const struct assay_look_result *last = assay__last_look(results);
    int way = last == NULL ? 0 : assay__way_of(results, &last->comparison.difference);
    enum assay_status status = ASSAY_OK;
    for (uint32_t s = 1, end; status == ASSAY_OK && way != 0 && s < out->slice_count; s = end) {
        const char *key = out->slices[s].key;
        uint32_t contrary = 0, same = 0;
        for (end = s; end < out->slice_count && out->slices[end].kind == out->slices[s].kind &&
                      strcmp(out->slices[end].key, key) == 0;
             end++) {
            enum assay_tristate is = is_contrary(&results[end], way);
            contrary += is == ASSAY_YES;
            same += is == ASSAY_NO;
        }
        if (out->slices[s].kind != ASSAY_SLICE_DIMENSION || contrary < 2 || same > 0)
            continue;
        const char *id = builder->plan->metrics[results->metric].id;
        status = assay__annotate(
            builder, ASSAY_NOTE_WARNING, (int32_t)results->metric, NOWHERE,
            assay__arena_format(
                builder->arena,
                "%s is %s in %s than in %s over all units, and %s in each of "
                "the %u values of %s with %d units or more: the total shows that "
                "these values have other shares in the groups. Remedy: find out "
                "why before relying on it.",
                id, way > 0 ? "higher" : "lower", builder->group_names[results->compared],
                builder->group_names[results->baseline], way > 0 ? "lower" : "higher", contrary,
                key, ASSAY__HETEROGENEITY_UNITS),
            err);
    }
    return status;
}

enum assay_status assay__note_decision(struct assay__builder *builder, struct assay_error *err)
{
    const struct assay_analysis *out = builder->out;
    enum assay_status status = note_names(builder, err);
    if (status == ASSAY_OK)
        status = note_advice(builder, err);
    for (uint32_t m = 0; status == ASSAY_OK && m < builder->plan->metric_count; m++) {
        status = note_missingness(builder, m, err);
        if (status == ASSAY_OK)
            status = note_missing_covariates(builder, m, err);
        for (uint32_t p = 0; status == ASSAY_OK && p < builder->pair_count; p++) {
            size_t at = ((size_t)m * builder->pair_count + p) * out->slice_count;
            status = note_balance(builder, &out->results[at], err);
            if (status == ASSAY_OK)
                status = note_reversal(builder, &out->results[at], err);
        }
        if (status == ASSAY_OK)
            status = note_cap(builder, m, err);
        if (status == ASSAY_OK)
            status = note_negative(builder, m, err);
    }
    return status;
}
