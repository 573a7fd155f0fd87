/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An analysis made by hand, for the writers: two success metrics, a guardrail with a margin, one
 * without, a monitored metric without values; two comparisons; the total, a dimension with an empty
 * and a hostile value, a segment; two looks; figures that are absent. Its numbers are plausible,
 * not computed.
 */
#ifndef ASSAY_TESTS_SAMPLE_ANALYSIS_H
#define ASSAY_TESTS_SAMPLE_ANALYSIS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "analysis/results.h"
#include "assay.h"

enum { SAMPLE_METRICS = 5, SAMPLE_GROUPS = 4, SAMPLE_PAIRS = 2, SAMPLE_SLICES = 5 };
enum { SAMPLE_RESULTS = SAMPLE_METRICS * SAMPLE_PAIRS * SAMPLE_SLICES };

#define SAMPLE_HOSTILE "<script>alert(\"x\")</script>\n\x1b[31m\xff"

struct sample {
    struct assay_analysis analysis;
    struct assay_plan plan;
    struct assay_metric_plan metrics[SAMPLE_METRICS];
    struct assay_group_plan group_plans[SAMPLE_GROUPS];
    struct assay_group_result groups[SAMPLE_GROUPS];
    struct assay_slice slices[SAMPLE_SLICES];
    uint64_t units[SAMPLE_SLICES * SAMPLE_GROUPS];
    struct assay_metric_result results[SAMPLE_RESULTS];
    struct assay_look_result looks[SAMPLE_RESULTS * 2];
    struct assay__kept_test harm[SAMPLE_RESULTS * 2];
    struct assay_srm_result srm[SAMPLE_SLICES];
    struct assay_srm_group srm_groups[SAMPLE_SLICES * SAMPLE_GROUPS];
    struct assay_treatment treatments[SAMPLE_PAIRS];
    struct assay_annotation annotations[6];
    struct assay_label labels[1];
    uint64_t missing[SAMPLE_METRICS];
    uint64_t missing_covariates[SAMPLE_METRICS * ASSAY_COVARIATES_MAX];
};

static const char *sample_covariates[] = {"history", "recency"};
static double sample_slopes[] = {0.5, 0, 0.25, 0};
static const char *sample_contexts[] = {"spend", "No-E-Mail-vs-Mens-E-Mail", "channel = Web"};
static const struct assay_advice_reason sample_ship[] = {
    {"improved", 0, "visit improved significantly.", {0}},
    {"guardrailsPassed", -1, "Every guardrail passed.", {0}}};
static const struct assay_advice_reason sample_abort[] = {{"worse", 2, "returns got worse.", {0}}};

static void sample_plan(struct sample *s)
{
    /* clang-format off */
    static const struct assay_metric_plan metrics[SAMPLE_METRICS] = {
        {.id = "visit", .role = ASSAY_ROLE_SUCCESS, .type = ASSAY_METRIC_PROPORTION,
         .value = "visit", .effect = {true, true, 0.02, "0.02"}},
        {.id = "spend", .role = ASSAY_ROLE_SUCCESS, .type = ASSAY_METRIC_MEAN, .value = "spend",
         .covariates = sample_covariates, .covariate_count = 2,
         .reduction = ASSAY_REDUCTION_FULL},
        {.id = "returns", .role = ASSAY_ROLE_GUARDRAIL, .type = ASSAY_METRIC_RATIO,
         .value = "returned", .denominator = "orders", .direction = ASSAY_DIRECTION_DECREASE,
         .margin = {true, true, 0.05, "0.050"}},
        {.id = "a metric with a rather long name \xe4\xb8\xad\xe6\x96\x87 of many words",
         .role = ASSAY_ROLE_GUARDRAIL, .type = ASSAY_METRIC_MEAN, .value = "x",
         .direction = ASSAY_DIRECTION_ANY},
        {.id = "empty", .role = ASSAY_ROLE_DETERIORATION, .type = ASSAY_METRIC_MEAN,
         .value = "empty"}};
    /* clang-format on */
    memcpy(s->metrics, metrics, sizeof metrics);
    s->labels[0] = (struct assay_label){"team", "growth \"a\""};
    s->plan = (struct assay_plan){
        .parent = "workflows/abtest/instances/mail",
        .exposure_filter = "exposed",
        .labels = s->labels,
        .label_count = 1,
        .alpha = 0.05,
        .power = 0.8,
        .deterioration_alpha = 0.05,
        .srm = {.alpha = 0.001},
        .relative = ASSAY_RELATIVE_FIELLER,
        .recommendation_names = {"RECOMMENDATION_STATUS_UNSPECIFIED", "RECOMMENDATION_STATUS_SHIP",
                                 "RECOMMENDATION_STATUS_CONTINUE", "RECOMMENDATION_STATUS_END",
                                 "RECOMMENDATION_STATUS_ABORT"},
        .metrics = s->metrics,
        .metric_count = SAMPLE_METRICS};
}

static void sample_groups(struct sample *s)
{
    static const struct assay_group_result groups[SAMPLE_GROUPS] = {{"No E-Mail", 1, true, {0}},
                                                                    {"Mens E-Mail", 1, true, {0}},
                                                                    {SAMPLE_HOSTILE, 1, true, {0}},
                                                                    {"stray", 0, false, {0}}};
    static const struct assay_slice slices[SAMPLE_SLICES] = {
        {ASSAY_SLICE_TOTAL, "", "", {0}},
        {ASSAY_SLICE_DIMENSION, "channel", "", {0}},
        {ASSAY_SLICE_DIMENSION, "channel", "Multi, \"channel\"\n", {0}},
        {ASSAY_SLICE_DIMENSION, "channel", "Web", {0}},
        {ASSAY_SLICE_SEGMENT, "new customers", "", {0}}};
    memcpy(s->groups, groups, sizeof groups);
    memcpy(s->slices, slices, sizeof slices);
    for (uint32_t slice = 0; slice < SAMPLE_SLICES; slice++) {
        s->srm[slice] =
            (struct assay_srm_result){.slice = slice,
                                      .test = {.statistic = 0.203,
                                               .df = 2,
                                               .p = 0.9035,
                                               .log10_p = -0.04407,
                                               .significant = slice == 3,
                                               .tested = true},
                                      .groups = &s->srm_groups[slice * SAMPLE_GROUPS],
                                      .message = "The groups' sizes match the plan (p = 0.904)."};
        for (uint32_t g = 0; g < SAMPLE_GROUPS; g++) {
            uint64_t units = g == 3 ? 0 : (21306 + 40 * g * g) / (slice + 1);
            s->units[slice * SAMPLE_GROUPS + g] = units;
            s->srm[slice].groups[g] =
                (struct assay_srm_group){.observed = units,
                                         .expected = g == 3 ? 0 : 21333.0 / (slice + 1),
                                         .residual = g == 3 ? (double)NAN : 0.25,
                                         .significant = slice == 3 && g == 1};
        }
    }
}

/* Figures of one comparison: estimates and a difference with its interval. */
static struct assay__kept_comparison sample_comparison(double c, double t, double se)
{
    const double none = (double)NAN;
    double d = t - c, q = 2.24;
    /* clang-format off */
    struct assay__kept_comparison x = {
        .baseline = {21306, c, c * (1 - c), se / 1.4, c, se / 1.4, 1.5},
        .compared = {21307, t, t * (1 - t), se / 1.4, t, se / 1.4, 1.25},
        .difference = {d, se, none, d / se, q, d - q * se, d + q * se, 3.1e-110, -109.51,
                       none, ASSAY_TESTED_BY_NORMAL, true},
        .relative = {.estimate = d / c, .fieller_kind = ASSAY_FIELLER_BOUNDED,
                     .fieller_lower = (d - q * se) / c, .fieller_upper = (d + q * se) / c,
                     .delta_standard_error = se / c, .delta_lower = (d - q * se) / c,
                     .delta_upper = (d + q * se) / c, .log_lower = (d - q * se) / c,
                     .log_upper = (d + q * se) / c, .scaled_lower = (d - q * se) / c,
                     .scaled_upper = (d + q * se) / c},
        .reduction = {.rate = none},
        .tail_error = {0.0125, 0.012, 0.013},
        .corrected_lower = none, .corrected_upper = none, .corrected_p = none,
        .corrected_log10_p = none};
    /* clang-format on */
    return x;
}

static void sample_look(struct assay_look_result *look, struct assay__kept_test *harm,
                        uint32_t metric, uint32_t pair, uint32_t slice)
{
    static const double c[] = {0.10617, 0.6528, 0.0312, 1234.5};
    static const double lift[] = {0.42, 0.18, 0.021, -0.0004};
    static const double noise[] = {0.018, 0.12, 0.03, 0.0021};
    double t = c[metric] * (1 + lift[metric] / (1 + pair) + 0.01 * slice);
    double se = c[metric] * noise[metric] * sqrt(1.0 + slice * (slice == 3 ? 40 : 1));
    const double none = (double)NAN;
    *look = (struct assay_look_result){.time_ns = INT64_MIN,
                                       .size = {42613, none, none, none, ASSAY_SIZE_NOT_PLANNED},
                                       .information_fraction = 1,
                                       .alpha_spent = 0.0125,
                                       .deterioration_alpha_spent = none};
    look->comparison = sample_comparison(c[metric], t, se);
    if (metric == 1)
        look->comparison.reduction =
            (struct assay__kept_reduction){.method = ASSAY_REDUCTION_FULL,
                                           .covariate_count = 2,
                                           .dropped = 2,
                                           .slopes = sample_slopes,
                                           .rate = 0.25 + 0.015625 * pair,
                                           .remaining = 0.75 - 0.015625 * pair};
    if (metric != 3) {
        look->deterioration = harm;
        *harm = assay__kept_same_test(&look->comparison);
        harm->difference.significant = false;
        harm->difference.p = 0.9;
        harm->difference.log10_p = -0.0457;
        look->deterioration_alpha_spent = 0.005;
    }
    if (metric == 0 || metric == 2)
        look->size = (struct assay__kept_size){42613, metric == 0 ? 51200 : 8000, 0.0125, 0.125,
                                               ASSAY_SIZE_EXISTS};
}

static void sample_answers(struct assay_metric_result *r, struct assay_look_result *look)
{
    if (r->metric == 2 && r->compared == 2) {
        r->deteriorated = ASSAY_YES;
        look->deterioration->difference.significant = true;
        look->deterioration->difference.p = 0;
        look->deterioration->difference.log10_p = -400.25;
    }
    if (r->metric == 1) {
        r->significant = ASSAY_NO;
        look->comparison.difference.significant = false;
        look->comparison.difference.p = 0.0415;
        look->comparison.difference.log10_p = -1.382;
    }
    if (r->metric == 3) {
        r->significant = ASSAY_UNKNOWN;
        r->deteriorated = ASSAY_UNKNOWN;
        look->comparison.difference.p = look->comparison.difference.log10_p = (double)NAN;
        look->comparison.flags = ASSAY_FLAG_ZERO_VARIANCE | ASSAY_FLAG_FIELLER_UNBOUNDED;
        look->comparison.relative.fieller_kind = ASSAY_FIELLER_COMPLEMENT;
    }
}

static void sample_result(struct sample *s, uint32_t metric, uint32_t pair, uint32_t slice)
{
    static const char *const ids[] = {"no-e-mail-vs-mens-e-mail-4dc6ef69", "no-e-mail-vs-script"};
    size_t index = ((size_t)metric * SAMPLE_PAIRS + pair) * SAMPLE_SLICES + slice;
    struct assay_metric_result *r = &s->results[index];
    const double none = (double)NAN;
    *r = (struct assay_metric_result){
        .metric = metric,
        .slice = slice,
        .baseline = 0,
        .compared = pair + 1,
        .comparison_id = ids[pair],
        .hypothesis = metric < 2    ? ASSAY_HYPOTHESIS_SUPERIORITY
                      : metric == 2 ? ASSAY_HYPOTHESIS_NON_INFERIORITY
                                    : ASSAY_HYPOTHESIS_DETERIORATION,
        .side = metric == 3   ? ASSAY_SIDE_BOTH
                : metric == 2 ? ASSAY_SIDE_LOWER
                              : ASSAY_SIDE_UPPER,
        .alpha = 0.0125,
        .beta = metric < 3 ? 0.1 : none,
        .power = metric < 3 ? 0.9 : none,
        .deterioration_alpha = metric == 3 ? none : 0.005,
        .null_difference = metric == 2 ? 0.00156 : 0,
        .margin_abs = metric == 2 ? 0.00156 : none,
        .effect_abs = metric == 0 ? 0.0021234 : none,
        .looks = &s->looks[index * 2],
        .look_count = metric == 4                 ? 0
                      : metric == 0 && slice == 0 ? 2
                                                  : 1,
        .significant = metric == 4 ? ASSAY_UNKNOWN : ASSAY_YES,
        .deteriorated = metric >= 3 ? ASSAY_UNKNOWN : ASSAY_NO,
        .powered = metric == 0   ? ASSAY_NO
                   : metric == 2 ? ASSAY_YES
                                 : ASSAY_UNKNOWN,
        .slice_p = none,
        .slice_log10_p = none,
        .adjusted_p = {1e-108, 3.162e-109, none, 5.623e-108},
        .adjusted_log10_p = {-108, -108.5, none, -107.25},
        .message = metric == 0 ? "visit improved significantly (+42 %)." : "A sentence."};
    for (uint32_t look = 0; look < r->look_count; look++) {
        sample_look(&r->looks[look], &s->harm[index * 2 + look], metric, pair, slice);
        r->looks[look].look = look;
        if (r->look_count == 2)
            r->looks[look].time_ns = (int64_t)(1767225600 + 86400 * look) * 1000000000;
        sample_answers(r, &r->looks[look]);
    }
}

static void sample_words(struct sample *s)
{
    s->treatments[0] = (struct assay_treatment){
        1, 0, ASSAY_RECOMMEND_SHIP, true, ASSAY_OUTCOME_PASSED, sample_ship, 2};
    s->treatments[1] = (struct assay_treatment){
        2, 0, ASSAY_RECOMMEND_ABORT, false, ASSAY_OUTCOME_FAILED, sample_abort, 1};
    static const struct assay_annotation annotations[] = {
        {.level = ASSAY_NOTE_INFO,
         .metric = -1,
         .context = NULL,
         .context_count = 0,
         .text = "Results by dimension explore."},
        {.level = ASSAY_NOTE_WARNING,
         .metric = 1,
         .context = sample_contexts,
         .context_count = 3,
         .text =
             "The values are skewed: the true error of the lower tail is about 0.0199 instead of "
             "0.0125."},
        {.level = ASSAY_NOTE_ERROR,
         .metric = 4,
         .context = sample_contexts,
         .context_count = 0,
         .text = "empty has no values: every unit's is missing."},
        {.level = ASSAY_NOTE_WARNING,
         .metric = -1,
         .context = NULL,
         .context_count = 0,
         .text = "2 rows are duplicates."},
        {.level = ASSAY_NOTE_ERROR,
         .metric = -1,
         .context = &sample_contexts[2],
         .context_count = 1,
         .text = "The groups' sizes do not match."},
        {.level = ASSAY_NOTE_INFO,
         .metric = 1,
         .context = sample_contexts,
         .context_count = 1,
         .text = "3 units have no value."}};
    memcpy(s->annotations, annotations, sizeof annotations);
}

static inline struct assay_analysis *sample_analysis(struct sample *s)
{
    memset(s, 0, sizeof *s);
    sample_plan(s);
    sample_groups(s);
    for (uint32_t m = 0; m < SAMPLE_METRICS; m++)
        for (uint32_t p = 0; p < SAMPLE_PAIRS; p++)
            for (uint32_t slice = 0; slice < SAMPLE_SLICES; slice++)
                sample_result(s, m, p, slice);
    sample_words(s);
    s->missing[1] = 3;
    s->analysis = (struct assay_analysis){
        .plan = &s->plan,
        .groups = s->groups,
        .group_count = SAMPLE_GROUPS,
        .slices = s->slices,
        .slice_count = SAMPLE_SLICES,
        .units = s->units,
        .results = s->results,
        .result_count = SAMPLE_RESULTS,
        .srm = s->srm,
        .srm_count = SAMPLE_SLICES,
        .treatments = s->treatments,
        .treatment_count = SAMPLE_PAIRS,
        .annotations = s->annotations,
        .annotation_count = sizeof s->annotations / sizeof *s->annotations,
        .counts = {.rows_read = 64040, .rows_used = 64038, .rows_duplicate = 2},
        .missing = s->missing,
        .missing_covariates = s->missing_covariates,
        .errors = {0.05, 0.8, 0.05, 2, 1, 2, 4, 1},
        .input_digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        .analysis_result_id = "ar-0123456789"};
    return &s->analysis;
}

#endif
