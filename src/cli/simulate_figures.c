/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What simulated experiments add up to: shares and means, and how far chance moves them. */
#include "cli/simulate_figures.h"

#include <math.h>

/* One experiment, with its treatments. */
struct view {
    const struct simulation *simulation;
    const struct simulate_treatment_outcome *treatments;
    const struct simulate_metric_outcome
        *metrics;  /* of the metric at hand, treatment by treatment */
    uint32_t step; /* from one treatment's to the next's */
};

static double some_advice(const struct view *view, enum assay_recommendation advice)
{
    for (uint32_t t = 0; t < view->simulation->treatment_count; t++)
        if (view->treatments[t].advice == advice)
            return 1.0;
    return 0.0;
}

static double ships(const struct view *view)
{
    return some_advice(view, ASSAY_RECOMMEND_SHIP);
}

static double ends(const struct view *view)
{
    return some_advice(view, ASSAY_RECOMMEND_END);
}

static double aborts(const struct view *view)
{
    return some_advice(view, ASSAY_RECOMMEND_ABORT);
}

static double aborts_by_srm(const struct view *view)
{
    for (uint32_t t = 0; t < view->simulation->treatment_count; t++)
        if (view->treatments[t].advice == ASSAY_RECOMMEND_ABORT && view->treatments[t].by_srm)
            return 1.0;
    return 0.0;
}

static double goes_on(const struct view *view)
{
    return some_advice(view, ASSAY_RECOMMEND_CONTINUE);
}

static double is_withheld(const struct view *view)
{
    return some_advice(view, ASSAY_RECOMMEND_UNSPECIFIED);
}

/* Units of the experiment when its last treatment stopped. */
static double units(const struct view *view)
{
    uint64_t most = 0;
    for (uint32_t t = 0; t < view->simulation->treatment_count; t++)
        if (view->treatments[t].units > most)
            most = view->treatments[t].units;
    return (double)most;
}

static double unit_share(const struct view *view)
{
    return units(view) / (double)view->simulation->looks[view->simulation->look_count - 1];
}

/* The mean of a metric's figure over the treatments that have it. */
static double mean_of(const struct view *view,
                      double (*figure)(const struct simulate_treatment_outcome *,
                                       const struct simulate_metric_outcome *))
{
    double sum = 0.0, count = 0.0;
    for (uint32_t t = 0; t < view->simulation->treatment_count; t++) {
        double value = figure(&view->treatments[t], &view->metrics[(size_t)t * view->step]);
        if (isnan(value))
            continue;
        sum += value;
        count += 1.0;
    }
    return sum / count;
}

static double one_significant(const struct simulate_treatment_outcome *treatment,
                              const struct simulate_metric_outcome *metric)
{
    (void)treatment;
    return metric->is_there ? (double)metric->significant : (double)NAN;
}

static double one_deteriorated(const struct simulate_treatment_outcome *treatment,
                               const struct simulate_metric_outcome *metric)
{
    (void)treatment;
    return metric->is_there ? (double)metric->deteriorated : (double)NAN;
}

static double one_covered(const struct simulate_treatment_outcome *treatment,
                          const struct simulate_metric_outcome *metric)
{
    (void)treatment;
    return metric->covered;
}

static double one_covered_after(const struct simulate_treatment_outcome *treatment,
                                const struct simulate_metric_outcome *metric)
{
    (void)treatment;
    return metric->covered_after;
}

static bool is_winner(const struct simulate_treatment_outcome *treatment,
                      const struct simulate_metric_outcome *metric)
{
    return treatment->advice == ASSAY_RECOMMEND_SHIP && metric->significant;
}

static double one_ratio(const struct simulate_treatment_outcome *treatment,
                        const struct simulate_metric_outcome *metric)
{
    return is_winner(treatment, metric) ? metric->ratio : (double)NAN;
}

static double one_ratio_after(const struct simulate_treatment_outcome *treatment,
                              const struct simulate_metric_outcome *metric)
{
    return is_winner(treatment, metric) ? metric->ratio_after : (double)NAN;
}

static double significant(const struct view *view)
{
    return mean_of(view, one_significant);
}

static double deteriorated(const struct view *view)
{
    return mean_of(view, one_deteriorated);
}

static double covered(const struct view *view)
{
    return mean_of(view, one_covered);
}

static double covered_after(const struct view *view)
{
    return mean_of(view, one_covered_after);
}

static double exaggeration(const struct view *view)
{
    return mean_of(view, one_ratio);
}

static double exaggeration_after(const struct view *view)
{
    return mean_of(view, one_ratio_after);
}

static const struct row {
    const char *id, *words;
    bool is_share;
    double (*of)(const struct view *view);
} ROWS[SIMULATE_FIGURES] = {
    [SIMULATE_SHIP] = {"ship", "ships", true, ships},
    [SIMULATE_END] = {"end", "ends without shipping", true, ends},
    [SIMULATE_ABORT] = {"abort", "aborts", true, aborts},
    [SIMULATE_ABORT_SRM] = {"abortSampleRatio", "  with a sample ratio mismatch", true,
                            aborts_by_srm},
    [SIMULATE_GO_ON] = {"continue", "goes on at the last look", true, goes_on},
    [SIMULATE_WITHHELD] = {"withheld", "no advice: too few units", true, is_withheld},
    [SIMULATE_UNITS] = {"units", "units when it stops", false, units},
    [SIMULATE_UNIT_SHARE] = {"unitShare", "  as a share of all", false, unit_share},
    [SIMULATE_SIGNIFICANT] = {"significant", "significant", true, significant},
    [SIMULATE_DETERIORATED] = {"deteriorated", "harm found", true, deteriorated},
    [SIMULATE_COVERAGE] = {"coverage", "interval covers", true, covered},
    [SIMULATE_COVERAGE_AFTER] = {"coverageAfterStopping", "  by stages covers", true,
                                 covered_after},
    [SIMULATE_EXAGGERATION] = {"exaggeration", "shipped: estimate over effect", false,
                               exaggeration},
    [SIMULATE_EXAGGERATION_AFTER] = {"exaggerationAfterStopping", "  median-unbiased", false,
                                     exaggeration_after}};

const char *simulate_figure_id(enum simulate_figure figure)
{
    return ROWS[figure].id;
}

const char *simulate_figure_words(enum simulate_figure figure)
{
    return ROWS[figure].words;
}

/* The figure of experiment number e. */
static double figure_of(const struct simulation *simulation,
                        const struct simulate_outcomes *outcomes, enum simulate_figure figure,
                        uint32_t metric, uint64_t e)
{
    uint32_t treatments = simulation->treatment_count, metrics = simulation->plan.metric_count;
    struct view view = {.simulation = simulation,
                        .treatments = &outcomes->treatments[e * treatments],
                        .metrics = &outcomes->metrics[e * treatments * metrics],
                        .step = metrics};
    if (metric != SIMULATE_NO_METRIC)
        view.metrics += metric;
    return ROWS[figure].of(&view);
}

struct simulate_value simulate_figure_value(const struct simulation *simulation,
                                            const struct simulate_outcomes *outcomes,
                                            enum simulate_figure figure, uint32_t metric)
{
    struct simulate_value out = {.count = 0};
    double sum = 0.0, squares = 0.0;
    for (uint64_t e = 0; e < simulation->experiments; e++) {
        double value = figure_of(simulation, outcomes, figure, metric, e);
        sum += isnan(value) ? 0.0 : value;
        out.count += isnan(value) ? 0 : 1;
    }
    double count = (double)out.count;
    out.value = out.count > 0 ? sum / count : (double)NAN;
    for (uint64_t e = 0; e < simulation->experiments; e++) {
        double away = figure_of(simulation, outcomes, figure, metric, e) - out.value;
        squares += isnan(away) ? 0.0 : away * away;
    }
    out.error = out.count > 1 ? sqrt(squares / (count - 1.0) / count) : (double)NAN;
    return out;
}

double simulate_nominal(const struct simulation *simulation,
                        const struct simulate_outcomes *outcomes, uint32_t metric)
{
    size_t count = (size_t)simulation->experiments * simulation->treatment_count;
    for (size_t i = 0; i < count; i++) {
        double nominal = outcomes->metrics[i * simulation->plan.metric_count + metric].nominal;
        if (!isnan(nominal))
            return nominal;
    }
    return NAN;
}

static void promise(struct simulate_promise *out, const char *id, const char *words, double bound,
                    bool is_least, struct simulate_value found)
{
    double error = sqrt(bound * (1.0 - bound) / (double)found.count);
    *out = (struct simulate_promise){id, words, bound, is_least, found, false};
    out->is_kept =
        is_least ? found.value >= bound - 3.0 * error : found.value <= bound + 3.0 * error;
}

/* Levels of the tests for harm add up; a metric may have its own. */
static double abort_bound(const struct simulation *simulation)
{
    const struct assay_plan *plan = &simulation->plan;
    double bound = plan->group_count > 0 ? plan->srm.alpha : 0.0;
    double most = isnan(plan->deterioration_alpha) ? 0.0 : plan->deterioration_alpha;
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (plan->metrics[m].has_deterioration && plan->metrics[m].deterioration_alpha > most)
            most = plan->metrics[m].deterioration_alpha;
    return bound + most;
}

uint32_t simulate_promises(const struct simulation *simulation,
                           const struct simulate_outcomes *outcomes, uint32_t scenario_count,
                           struct simulate_promise out[SIMULATE_PROMISES_MAX])
{
    const struct assay_plan *plan = &simulation->plan;
    bool guards = simulation->only_guards, all_tests = plan->adjustment == ASSAY_DIVIDE_NONE;
    uint32_t count = 0;
    struct simulate_value none =
        simulate_figure_value(simulation, &outcomes[0], SIMULATE_SHIP, SIMULATE_NO_METRIC);
    struct simulate_value harm =
        simulate_figure_value(simulation, &outcomes[0], SIMULATE_ABORT, SIMULATE_NO_METRIC);
    if (all_tests) /* every test at alpha: the plan promises nothing of the whole */
        return 0;
    if (!guards)
        promise(&out[count++], "falseShips", "false ships", plan->alpha, false, none);
    promise(&out[count++], "falseAborts", "false aborts", abort_bound(simulation), false, harm);
    if (scenario_count < SIMULATE_SCENARIOS || !simulation->is_planned)
        return count;
    struct simulate_value found = simulate_figure_value(simulation, &outcomes[SIMULATE_EFFECT],
                                                        SIMULATE_SHIP, SIMULATE_NO_METRIC);
    if (guards)
        promise(&out[count++], "falseShips", "false ships", plan->alpha, false, found);
    else
        promise(&out[count++], "power", "power", plan->power, true, found);
    return count;
}
