/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells of one comparison, in figures and words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/names.h"
#include "report/table/table.h"
#include "number/number.h"

static double half_width(double lower, double upper)
{
    return (upper - lower) / 2.0;
}

/* "[-0.12, +0.34]"; a bound that does not exist is shown as such. */
static void interval_text(double lower, double upper, int decimals, char *out, size_t size)
{
    char low[ASSAY__FIGURE_BYTES], high[ASSAY__FIGURE_BYTES];
    out[0] = '\0';
    if (!isfinite(lower) && !isfinite(upper))
        return;
    assay__figure_fixed(lower, decimals, true, low);
    assay__figure_fixed(upper, decimals, true, high);
    snprintf(out, size, "[%s, %s]", isfinite(lower) ? low : "none",
             isfinite(upper) ? high : "none");
}

static void fill_relative(struct assay__row *row, const struct assay_plan *plan,
                          const struct assay_relative *relative)
{
    if (!isfinite(relative->estimate))
        return;
    struct assay__bounds bounds = assay__relative_bounds(plan, relative);
    double percent = relative->estimate * 100.0;
    double lower = bounds.lower * 100.0, upper = bounds.upper * 100.0;
    int decimals = assay__figure_decimals(half_width(lower, upper), percent, 2);
    char figure[ASSAY__FIGURE_BYTES];
    assay__figure_fixed(percent, decimals, true, figure);
    snprintf(row->change, sizeof row->change, "%s %%", figure);
    interval_text(lower, upper, decimals, row->change_interval, sizeof row->change_interval);
    bool unbounded =
        plan->relative == ASSAY_RELATIVE_FIELLER && relative->fieller_kind != ASSAY_FIELLER_NONE;
    if (row->change_interval[0] == '\0' && unbounded)
        snprintf(row->change_interval, sizeof row->change_interval, "unbounded");
}

static void fill_absolute(struct assay__row *row, const struct assay_comparison *comparison)
{
    const struct assay_difference *difference = &comparison->difference;
    int decimals =
        assay__figure_decimals(half_width(difference->lower, difference->upper),
                               isfinite(difference->estimate) && difference->estimate != 0.0
                                   ? difference->estimate
                                   : comparison->baseline.estimate,
                               3);
    assay__figure_fixed(comparison->baseline.estimate, decimals, false, row->baseline);
    assay__figure_fixed(comparison->compared.estimate, decimals, false, row->compared);
    assay__figure_fixed(difference->estimate, decimals, true, row->difference);
    interval_text(difference->lower, difference->upper, decimals, row->interval,
                  sizeof row->interval);
}

static void fill_power(struct assay__row *row, const struct assay_metric_result *result,
                       const struct assay_sample_size *size)
{
    if (result->powered == ASSAY_YES) {
        snprintf(row->power, sizeof row->power, "powered");
    } else if (result->powered == ASSAY_NO && size->required <= ASSAY__WHOLE_MAX) {
        char count[ASSAY__FIGURE_BYTES];
        assay__figure_count((uint64_t)size->required, count);
        snprintf(row->power, sizeof row->power, "needs %s", count);
    } else if (result->powered == ASSAY_NO) {
        snprintf(row->power, sizeof row->power, "not powered");
    }
}

/* The verdict of a role's test: what it says when significant, when not, and when too few units. */
struct verdict_row {
    const char *yes, *no, *no_yet;
    enum assay__ink yes_ink, no_ink;
};

static const struct verdict_row SUCCESS = {"improved", "not improved", "inconclusive",
                                           ASSAY__INK_GOOD, ASSAY__INK_PLAIN};
static const struct verdict_row CHANGE = {"changed", "not changed", "inconclusive", ASSAY__INK_GOOD,
                                          ASSAY__INK_PLAIN};
static const struct verdict_row MARGIN = {"passed", "not passed", "inconclusive", ASSAY__INK_GOOD,
                                          ASSAY__INK_WARN};
static const struct verdict_row HARM = {"WORSE", "no harm seen", "no harm seen", ASSAY__INK_BAD,
                                        ASSAY__INK_PLAIN};

static void fill_verdict(struct assay__row *row, const struct assay_metric_plan *metric,
                         const struct assay_metric_result *result)
{
    const struct verdict_row *words = metric->role == ASSAY_ROLE_GUARDRAIL && metric->margin.is_set
                                          ? &MARGIN
                                      : metric->role != ASSAY_ROLE_SUCCESS       ? &HARM
                                      : metric->direction == ASSAY_DIRECTION_ANY ? &CHANGE
                                                                                 : &SUCCESS;
    row->ink = ASSAY__INK_PLAIN;
    if (result->deteriorated == ASSAY_YES) {
        row->verdict = HARM.yes;
        row->ink = HARM.yes_ink;
    } else if (result->significant == ASSAY_YES) {
        row->verdict = words->yes;
        row->ink = words->yes_ink;
    } else if (result->significant == ASSAY_UNKNOWN) {
        row->verdict = "not tested";
        row->ink = ASSAY__INK_WARN;
    } else {
        row->verdict = result->powered == ASSAY_NO ? words->no_yet : words->no;
        row->ink = words->no_ink;
    }
}

/* The p-value beside the verdict is of the test that the verdict rests on. */
static void fill_p(struct assay__row *row, const struct assay_metric_result *result,
                   const struct assay_look_result *look)
{
    const struct assay_difference *test = &look->comparison.difference;
    if (look->has_deterioration && result->deteriorated == ASSAY_YES)
        test = &look->deterioration.difference;
    char figure[ASSAY__FIGURE_BYTES];
    if (isnan(test->p))
        return;
    assay__figure_p(test->p, test->log10_p, figure);
    snprintf(row->p, sizeof row->p, "p %s", figure);
}

void assay__row_fill(struct assay__row *row, const struct assay_analysis *analysis,
                     const struct assay_metric_result *result, const struct assay_look_result *look)
{
    memset(row, 0, sizeof *row);
    if (look == NULL) {
        row->verdict = "no values";
        row->ink = ASSAY__INK_WARN;
        return;
    }
    fill_relative(row, analysis->plan, &look->comparison.relative);
    fill_absolute(row, &look->comparison);
    fill_p(row, result, look);
    fill_power(row, result, &look->size);
    fill_verdict(row, &analysis->plan->metrics[result->metric], result);
    assay__figure_count(look->comparison.baseline.n + look->comparison.compared.n, row->units);
}

struct assay__drawn assay__row_drawn(const struct assay_analysis *analysis,
                                     const struct assay_metric_result *result,
                                     const struct assay_look_result *look, bool relative)
{
    struct assay__drawn drawn = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    if (look == NULL)
        return drawn;
    const struct assay_difference *difference = &look->comparison.difference;
    double scale = relative ? fabs(look->comparison.baseline.unadjusted) : 1.0;
    if (relative) {
        struct assay__bounds bounds =
            assay__relative_bounds(analysis->plan, &look->comparison.relative);
        drawn.lower = bounds.lower;
        drawn.upper = bounds.upper;
        drawn.estimate = look->comparison.relative.estimate;
    } else {
        drawn.lower = difference->lower;
        drawn.upper = difference->upper;
        drawn.estimate = difference->estimate;
    }
    if (isfinite(result->null_difference) && result->null_difference != 0.0)
        drawn.margin = result->null_difference / scale;
    return drawn;
}

void assay__row_level(const struct assay_metric_result *result, char out[ASSAY__FIGURE_BYTES + 16])
{
    enum { DIGITS = 5, DIGITS_MOST = 12 };
    double outside = result->side == ASSAY_SIDE_BOTH ? result->alpha : 2.0 * result->alpha;
    char figure[ASSAY__NUMBER_BYTES + 1] = "100";
    /* No interval has everything: a level close to 100 gets digits that tell it from that. */
    for (int digits = DIGITS; digits <= DIGITS_MOST && strcmp(figure, "100") == 0; digits++)
        figure[assay__number_round(100.0 * (1.0 - outside), digits, figure)] = '\0';
    snprintf(out, ASSAY__FIGURE_BYTES + 16, "%s %% interval", figure);
}
