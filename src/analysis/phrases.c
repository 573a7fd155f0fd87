/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of the sentences of messages, reasons and notes. */
#include "analysis/phrases.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "assay/dist.h"
#include "number/number.h"

enum { DIGITS = 3 };

const char *assay__number_text(double number, char out[ASSAY__PHRASE_BYTES])
{
    char text[ASSAY__NUMBER_BYTES];
    assay__number_round(number, DIGITS, text);
    snprintf(out, ASSAY__PHRASE_BYTES, "%s", text);
    return out;
}

const char *assay__units_text(double units, char out[ASSAY__PHRASE_BYTES])
{
    static const double MANY = 1000.0;
    if (units < MANY || units > ASSAY__WHOLE_MAX)
        return assay__number_text(units, out);
    snprintf(out, ASSAY__PHRASE_BYTES, "%s", assay__count((uint64_t)round(units)).text);
    return out;
}

const char *assay__percent_text(double share, char out[ASSAY__PHRASE_BYTES])
{
    char text[ASSAY__NUMBER_BYTES];
    assay__number_round(100.0 * share, DIGITS, text);
    snprintf(out, ASSAY__PHRASE_BYTES, "%s %%", text);
    return out;
}

const char *assay__change_text(const struct assay__kept_comparison *comparison,
                               char out[ASSAY__PHRASE_BYTES])
{
    char text[ASSAY__NUMBER_BYTES];
    double relative = comparison->relative.estimate;
    bool is_share = isfinite(relative);
    /* Of a negative baseline the relative figure has the other sign, which reads as its contrary.
     */
    bool is_turned = comparison->baseline.estimate < 0.0;
    double shown = comparison->difference.estimate;
    if (is_share)
        shown = (is_turned ? -relative : relative) * 100.0;
    if (!isfinite(shown)) {
        snprintf(out, ASSAY__PHRASE_BYTES, "an unknown amount");
        return out;
    }
    assay__number_round(shown, DIGITS, text);
    snprintf(out, ASSAY__PHRASE_BYTES, "%s%s%s%s", shown > 0.0 ? "+" : "", text,
             is_share ? " %" : "",
             is_share && is_turned ? " of the size of the negative baseline" : "");
    return out;
}

const char *assay__p_text(const struct assay__kept_difference *test, char out[ASSAY__PHRASE_BYTES])
{
    char text[ASSAY__NUMBER_BYTES];
    bool is_tiny = test->log10_p < -300.0;
    if (isnan(test->p)) {
        snprintf(out, ASSAY__PHRASE_BYTES, "no p");
        return out;
    }
    if (isfinite(test->log10_p) || !is_tiny) {
        assay__number_round(is_tiny ? test->log10_p : test->p, is_tiny ? DIGITS + 1 : DIGITS, text);
        snprintf(out, ASSAY__PHRASE_BYTES, "%s%s", is_tiny ? "log10 p " : "p ", text);
    } else {
        snprintf(out, ASSAY__PHRASE_BYTES, "p 0");
    }
    return out;
}

const char *assay__srm_p_text(const struct assay_srm *test, char out[ASSAY__PHRASE_BYTES])
{
    if (!test->exact)
        return assay__p_text(
            &(struct assay__kept_difference){.p = test->p, .log10_p = test->log10_p}, out);
    char p[ASSAY__PHRASE_BYTES];
    assay__p_text(
        &(struct assay__kept_difference){.p = test->exact_p, .log10_p = test->exact_log10_p}, p);
    snprintf(out, ASSAY__PHRASE_BYTES, "%.64s by an exact test", p);
    return out;
}

const char *assay__own_p_text(const struct assay_metric_result *result,
                              const struct assay__kept_difference *test,
                              char out[ASSAY__PHRASE_BYTES])
{
    char p[ASSAY__PHRASE_BYTES], needed[ASSAY__NUMBER_BYTES];
    assay__p_text(test, p);
    double tail = isnan(test->df) ? assay_normal_upper(test->critical)
                                  : assay_t_upper(test->critical, test->df);
    double most = result->side == ASSAY_SIDE_BOTH ? 2.0 * tail : tail;
    bool is_held_back = !test->significant && test->p < result->alpha && most < test->p;
    assay__number_round(most, DIGITS, needed);
    if (is_held_back)
        snprintf(out, ASSAY__PHRASE_BYTES, "%.30s, where this look needs %.30s,", p, needed);
    else
        snprintf(out, ASSAY__PHRASE_BYTES, "%s", p);
    return out;
}

const char *assay__level_text(double alpha, enum assay_side side, char out[ASSAY__PHRASE_BYTES])
{
    enum { LEVEL_DIGITS = 5, LEVEL_DIGITS_MOST = 12 };
    double outside = side == ASSAY_SIDE_BOTH ? alpha : 2.0 * alpha;
    char text[ASSAY__NUMBER_BYTES] = "100";
    /* No interval has everything: a level close to 100 gets digits that tell it from that. */
    for (int digits = LEVEL_DIGITS; digits <= LEVEL_DIGITS_MOST && strcmp(text, "100") == 0;
         digits++)
        assay__number_round(100.0 * (1.0 - outside), digits, text);
    snprintf(out, ASSAY__PHRASE_BYTES, "%s %%", text);
    return out;
}

const char *assay__bound_text(const struct assay_bound *bound, char out[ASSAY__PHRASE_BYTES])
{
    char text[ASSAY__NUMBER_BYTES];
    assay__number_round(bound->is_relative ? bound->value * 100.0 : bound->value, 4, text);
    snprintf(out, ASSAY__PHRASE_BYTES, "%s%s", text, bound->is_relative ? " %" : "");
    return out;
}

const char *assay__hypothesis_text(enum assay_hypothesis hypothesis, enum assay_direction direction)
{
    static const char *const TEXTS[] = {[ASSAY_HYPOTHESIS_NONE] = "none",
                                        [ASSAY_HYPOTHESIS_SUPERIORITY] = "better",
                                        [ASSAY_HYPOTHESIS_NON_INFERIORITY] =
                                            "not worse than the margin",
                                        [ASSAY_HYPOTHESIS_DETERIORATION] = "worse"};
    bool either = direction == ASSAY_DIRECTION_ANY && hypothesis != ASSAY_HYPOTHESIS_NONE &&
                  hypothesis != ASSAY_HYPOTHESIS_NON_INFERIORITY;
    return either ? "a change" : TEXTS[hypothesis];
}

const char *assay__futile_text(const struct assay_metric_result *result)
{
    return result->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY
               ? "margin is unlikely to be shown"
               : "planned effect is unlikely to be found";
}

const char *assay__unsure_text(uint32_t flags)
{
    return flags & ASSAY_FLAG_SKEWED_SIGNIFICANCE ? "values too skewed for the test that finds it"
                                                  : "too few units to tell";
}

const char *assay__size_absence_text(enum assay_size_absence absence)
{
    static const char *const TEXTS[] = {
        [ASSAY_SIZE_EXISTS] = "",
        [ASSAY_SIZE_NOT_PLANNED] = "neither an effect nor a margin is planned",
        [ASSAY_SIZE_ZERO_BASELINE] = "the plan gives a share of the baseline, which is 0",
        [ASSAY_SIZE_BEYOND_SHARES] = "the share to be found lies outside 0 to 1",
        [ASSAY_SIZE_TOO_LARGE] = "that would be more than 2^53 units",
        [ASSAY_SIZE_NO_VARIANCE] = "no variance is known to plan by"};
    return TEXTS[absence];
}
