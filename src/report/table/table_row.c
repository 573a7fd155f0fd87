/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells of one comparison, in figures and words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/outcome.h"
#include "analysis/verdict.h"
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

/* A bound close to 0, or to the margin, keeps the digits that tell on which side it is. */
static int decimals_apart(double lower, double upper, double margin, int decimals)
{
    decimals = assay__figure_apart(lower, upper, 0.0, decimals);
    return isfinite(margin) ? assay__figure_apart(lower, upper, margin, decimals) : decimals;
}

static void fill_relative(struct assay__table_row *row, const struct assay_plan *plan,
                          const struct assay__kept_comparison *comparison, double null_difference)
{
    const struct assay__kept_relative *relative = &comparison->relative;
    if (!isfinite(relative->estimate))
        return;
    struct assay__bounds bounds = assay__relative_bounds(plan, relative);
    double percent = relative->estimate * 100.0;
    double lower = bounds.lower * 100.0, upper = bounds.upper * 100.0;
    int decimals = assay__figure_decimals(half_width(lower, upper), percent, 2);
    double margin = 100.0 * null_difference / fabs(comparison->baseline.unadjusted);
    decimals = decimals_apart(lower, upper, margin, decimals);
    char figure[ASSAY__FIGURE_BYTES];
    assay__figure_fixed(percent, decimals, true, figure);
    snprintf(row->change, sizeof row->change, "%s %%", figure);
    interval_text(lower, upper, decimals, row->change_interval, sizeof row->change_interval);
    bool unbounded =
        plan->relative == ASSAY_RELATIVE_FIELLER && relative->fieller_kind != ASSAY_FIELLER_NONE;
    if (row->change_interval[0] == '\0' && unbounded)
        snprintf(row->change_interval, sizeof row->change_interval, "unbounded");
}

static void fill_absolute(struct assay__table_row *row,
                          const struct assay__kept_comparison *comparison, double null_difference)
{
    const struct assay__kept_difference *difference = &comparison->difference;
    int decimals =
        assay__figure_decimals(half_width(difference->lower, difference->upper),
                               isfinite(difference->estimate) && difference->estimate != 0.0
                                   ? difference->estimate
                                   : comparison->baseline.estimate,
                               2);
    decimals = decimals_apart(difference->lower, difference->upper, null_difference, decimals);
    assay__figure_fixed(comparison->baseline.estimate, decimals, false, row->baseline);
    assay__figure_fixed(comparison->compared.estimate, decimals, false, row->compared);
    assay__figure_fixed(difference->estimate, decimals, true, row->difference);
    interval_text(difference->lower, difference->upper, decimals, row->interval,
                  sizeof row->interval);
}

/* A count in a narrow column: "98,765", "251 million". */
static void short_count(double count, char out[ASSAY__FIGURE_BYTES])
{
    static const struct {
        double from, unit;
        const char *name;
    } SCALES[] = {{1e13, 1e12, "trillion"}, {1e10, 1e9, "billion"}, {1e7, 1e6, "million"}};
    for (size_t i = 0; i < sizeof SCALES / sizeof *SCALES; i++) {
        char digits[ASSAY__NUMBER_BYTES + 1];
        if (count < SCALES[i].from)
            continue;
        digits[assay__number_round(count / SCALES[i].unit, 4, digits)] = '\0';
        snprintf(out, ASSAY__FIGURE_BYTES, "%s %s", digits, SCALES[i].name);
        return;
    }
    assay__figure_count((uint64_t)count, out);
}

static void fill_power(struct assay__table_row *row, const struct assay_metric_result *result,
                       const struct assay__kept_size *size)
{
    if (result->powered == ASSAY_YES) {
        snprintf(row->power, sizeof row->power, "powered");
    } else if (result->powered == ASSAY_NO && size->required <= ASSAY__WHOLE_MAX) {
        char now[ASSAY__FIGURE_BYTES], required[ASSAY__FIGURE_BYTES];
        short_count((double)size->current, now);
        short_count(size->required, required);
        if (strcmp(now, required) == 0) {
            assay__figure_count(size->current, now);
            assay__figure_count((uint64_t)size->required, required);
        }
        snprintf(row->power, sizeof row->power, "%s of %s", now, required);
    } else if (result->powered == ASSAY_NO) {
        snprintf(row->power, sizeof row->power, "not powered");
    }
}

static enum assay__ink ink_of(enum assay__tone tone)
{
    static const enum assay__ink INKS[] = {[ASSAY__TONE_PLAIN] = ASSAY__INK_PLAIN,
                                           [ASSAY__TONE_GOOD] = ASSAY__INK_GOOD,
                                           [ASSAY__TONE_BAD] = ASSAY__INK_BAD,
                                           [ASSAY__TONE_WARN] = ASSAY__INK_WARN};
    return INKS[tone];
}

/* A slice explores: it has a direction, and no verdict. */
static void fill_direction(struct assay__table_row *row, const struct assay_metric_result *result,
                           const struct assay__kept_difference *difference)
{
    static const char *const WORDS[] = {"lower", "no clear difference", "higher"};
    bool is_tested = result->significant != ASSAY_UNKNOWN || result->deteriorated != ASSAY_UNKNOWN;
    row->ink = ASSAY__INK_PLAIN;
    row->verdict = is_tested ? WORDS[1 + assay__way_of(result, difference)] : "not tested";
}

static void p_text(const char *hypothesis, double p, double log10_p,
                   char out[ASSAY__FIGURE_BYTES + 16])
{
    char figure[ASSAY__FIGURE_BYTES];
    if (isnan(p))
        return;
    assay__figure_p(p, log10_p, figure);
    snprintf(out, ASSAY__FIGURE_BYTES + 16, "%s: p %s", hypothesis, figure);
}

void assay__table_row_fill(struct assay__table_row *row, const struct assay_analysis *analysis,
                           const struct assay_metric_result *result,
                           const struct assay_look_result *look)
{
    memset(row, 0, sizeof *row);
    if (look == NULL) {
        row->verdict = "no values";
        row->ink = ASSAY__INK_WARN;
        return;
    }
    fill_relative(row, analysis->plan, &look->comparison, result->null_difference);
    fill_absolute(row, &look->comparison, result->null_difference);
    row->is_relative = row->change[0] != '\0' && assay__table_row_is_relative(analysis, look);
    struct assay__verdict verdict = assay__verdict_of(analysis, result);
    fill_power(row, result, &look->size);
    if (analysis->slices[result->slice].kind == ASSAY_SLICE_DIMENSION) {
        fill_direction(row, result, &look->comparison.difference);
        p_text("Holm", result->slice_p, result->slice_log10_p, row->p);
    } else {
        /* Beside the verdict stands the p that it rests on, be it another look's. */
        bool is_elsewhere = verdict.rests_on_own && look == assay__shown_look(result);
        const struct assay__kept_difference *test =
            &(is_elsewhere ? assay__telling_look(result) : look)->comparison.difference;
        p_text(verdict.p_is_for, test->p, test->log10_p, row->p);
        if (look->deterioration != NULL && result->deteriorated == ASSAY_YES &&
            verdict.has_harm_beside) {
            test = &assay__harm_test(assay__telling_harm(result))->difference;
            p_text("worse", test->p, test->log10_p, row->harm);
        }
        row->verdict = verdict.word;
        row->ink = ink_of(verdict.tone);
    }
    assay__figure_count(look->comparison.baseline.n + look->comparison.compared.n, row->units);
}

/* Both bounds lie on the same sides of the margin, or there is none. */
static bool margin_divides_alike(const struct assay__kept_comparison *comparison,
                                 const struct assay__bounds *relative, double null_difference)
{
    const struct assay__kept_difference *difference = &comparison->difference;
    double margin = null_difference / fabs(comparison->baseline.unadjusted);
    return !isfinite(margin) ||
           ((difference->lower > null_difference) == (relative->lower > margin) &&
            (difference->upper < null_difference) == (relative->upper < margin));
}

bool assay__table_row_is_relative(const struct assay_analysis *analysis,
                                  const struct assay_look_result *look)
{
    const struct assay__kept_comparison *comparison = &look->comparison;
    struct assay__bounds bounds = assay__relative_bounds(analysis->plan, &comparison->relative);
    return !(comparison->baseline.estimate < 0.0) &&
           (isfinite(bounds.lower) || !isfinite(comparison->difference.lower)) &&
           (isfinite(bounds.upper) || !isfinite(comparison->difference.upper)) &&
           margin_divides_alike(comparison, &bounds, look->null_difference);
}

struct assay__drawn assay__table_row_drawn(const struct assay_analysis *analysis,
                                           const struct assay_metric_result *result,
                                           const struct assay_look_result *look, bool relative)
{
    struct assay__drawn drawn = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    if (look == NULL)
        return drawn;
    const struct assay__kept_difference *difference = &look->comparison.difference;
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

void assay__table_row_level(const struct assay_metric_result *result,
                            char out[ASSAY__FIGURE_BYTES + 16])
{
    enum { DIGITS = 5, DIGITS_MOST = 12 };
    double outside = result->side == ASSAY_SIDE_BOTH ? result->alpha : 2.0 * result->alpha;
    char figure[ASSAY__NUMBER_BYTES + 1] = "100";
    /* No interval has everything: a level close to 100 gets digits that tell it from that. */
    for (int digits = DIGITS; digits <= DIGITS_MOST && strcmp(figure, "100") == 0; digits++)
        figure[assay__number_round(100.0 * (1.0 - outside), digits, figure)] = '\0';
    snprintf(out, ASSAY__FIGURE_BYTES + 16, "%s %% interval", figure);
}

void assay__table_row_two_sided(const struct assay__kept_comparison *comparison, double level,
                                char title[ASSAY__FIGURE_BYTES + 16],
                                char interval[2 * ASSAY__FIGURE_BYTES + 8])
{
    struct assay__bounds bounds = assay__two_sided(&comparison->difference, level);
    char figure[ASSAY__NUMBER_BYTES + 1];
    if (!isfinite(bounds.lower))
        return;
    figure[assay__number_round(100.0 * level, 6, figure)] = '\0';
    snprintf(title, ASSAY__FIGURE_BYTES + 16, "%s %% two-sided", figure);
    int decimals = assay__figure_decimals(half_width(bounds.lower, bounds.upper),
                                          comparison->difference.estimate, 2);
    decimals = assay__figure_apart(bounds.lower, bounds.upper, 0.0, decimals);
    interval_text(bounds.lower, bounds.upper, decimals, interval, 2 * ASSAY__FIGURE_BYTES + 8);
}
