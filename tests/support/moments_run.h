/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole analyses of data that are handed over as moments, and pieces of plans for them. */
#ifndef ASSAY_TESTS_MOMENTS_RUN_H
#define ASSAY_TESTS_MOMENTS_RUN_H

#include "test.h"

enum { NO_EFFECT = 10, BETTER = 11, WORSE = 9 };

/*
 * A group of a metric: half its units at mean - 2, half at mean + 2; of a metric p
 * with a mean below 1, that share of the units at 1 and the rest at 0.
 */
struct sample {
    const char *metric, *group;
    unsigned n;
    double mean;
};

struct run {
    struct assay_plan *plan;
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    enum assay_status status;
    struct assay_error err;
};

static inline void add_sample(struct assay_dataset *dataset, const struct sample *sample)
{
    struct assay_moments *moments;
    struct assay_error err;
    assert_ok(assay_moments_new((struct assay_moments_shape){0}, &moments, &err), &err);
    for (unsigned i = 0; i < sample->n; i++) {
        double value = sample->mean + (i % 2 == 0 ? 2.0 : -2.0);
        if (strcmp(sample->metric, "p") == 0 && sample->mean < 1.0)
            value = i < sample->mean * sample->n ? 1.0 : 0.0;
        assert_ok(assay_moments_add(moments, &value, &err), &err);
    }
    assert_ok(assay_dataset_add_moments(dataset, sample->metric, sample->group, moments, &err),
              &err);
    assay_moments_free(moments);
}

/*
 * Analyzes samples, ended by one without a metric, by a plan that prepare() may change; the
 * analysis may fail, the rest may not.
 */
static inline struct run run_prepared(const char *plan, const struct sample *samples,
                                      void (*prepare)(struct assay_plan *plan))
{
    struct run run = {0};
    struct assay_error err;
    assert_ok(assay_plan_parse(plan, strlen(plan), "plan", &run.plan, &err), &err);
    if (prepare != NULL)
        prepare(run.plan);
    assert_ok(assay_dataset_new(run.plan, &run.dataset, &err), &err);
    for (; samples->metric != NULL; samples++)
        add_sample(run.dataset, samples);
    run.status = assay_dataset_analyze(run.dataset, &run.analysis, &run.err);
    return run;
}

static inline struct run run_samples(const char *plan, const struct sample *samples)
{
    return run_prepared(plan, samples, NULL);
}

static inline void end_run(struct run *run)
{
    assay_analysis_free(run->analysis);
    assay_dataset_free(run->dataset);
    assay_plan_free(run->plan);
}

/* Plans of a mean m that is to rise by 10 %, and of another, g, in one of several roles. */
#define PLAN(metrics) "{\"comparisons\": {\"baseline\": \"a\"}, \"metrics\": [" metrics "]}"
#define SUCCESS "{\"id\": \"m\", \"direction\": \"increase\", \"minimumDetectableEffect\": 0.1}"
#define OPEN_SUCCESS "{\"id\": \"m\", \"direction\": \"increase\"}"
#define MARGIN                                                                                     \
    "{\"id\": \"g\", \"role\": \"guardrail\", \"direction\": \"increase\", "                       \
    "\"nonInferiorityMargin\": 0.05}"
#define HARM "{\"id\": \"g\", \"role\": \"guardrail\", \"direction\": \"increase\"}"
#define WATCHED "{\"id\": \"g\", \"role\": \"deterioration\", \"direction\": \"increase\"}"
#define OPEN_OTHER "{\"id\": \"g\", \"direction\": \"increase\"}"

#endif
