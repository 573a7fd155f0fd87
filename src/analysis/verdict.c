/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of a comparison in a word or two, the same in the terminal, on pages and in reports. */
#include "analysis/verdict.h"

#include "analysis/analysis_view.h"
#include "analysis/outcome.h"

/*
 * A hypothesis: what its p is for, and the words where it holds, where that was not shown, and
 * where it holds by an approximation only that skewness spoils.
 */
struct wording {
    const char *p, *yes, *no, *skewed;
    enum assay__tone yes_tone, no_tone;
};

static const struct wording BETTER = {"better",           "improved",       "no clear difference",
                                      "improved, skewed", ASSAY__TONE_GOOD, ASSAY__TONE_PLAIN};
static const struct wording CHANGED = {"changed",         "changed",        "no clear difference",
                                       "changed, skewed", ASSAY__TONE_GOOD, ASSAY__TONE_PLAIN};
static const struct wording IN_MARGIN = {"margin",         "within margin",  "margin not shown",
                                         "margin, skewed", ASSAY__TONE_GOOD, ASSAY__TONE_WARN};
static const struct wording WORSE = {"worse",         "WORSE",         "no sign of harm",
                                     "worse, skewed", ASSAY__TONE_BAD, ASSAY__TONE_PLAIN};

/* A guardrail without a direction: any change is harm. */
static const struct wording MOVED = {"changed",         "CHANGED",       "no sign of change",
                                     "changed, skewed", ASSAY__TONE_BAD, ASSAY__TONE_PLAIN};

static const struct wording *wording_of(const struct assay_metric_plan *metric)
{
    if (metric->role == ASSAY_ROLE_GUARDRAIL && metric->margin.is_set)
        return &IN_MARGIN;
    if (metric->role != ASSAY_ROLE_SUCCESS)
        return metric->direction == ASSAY_DIRECTION_ANY ? &MOVED : &WORSE;
    return metric->direction == ASSAY_DIRECTION_ANY ? &CHANGED : &BETTER;
}

/* Harm that is not sure: by an approximation that skewness spoils, or on few units. */
static const char *unsure_word(const struct assay_metric_result *result,
                               const struct wording *words)
{
    if (!(assay__harm_test(assay__telling_harm(result))->flags & ASSAY_FLAG_SKEWED_SIGNIFICANCE))
        return "worse, few units";
    return words == &MOVED ? MOVED.skewed : WORSE.skewed;
}

static void find_word(struct assay__verdict *out, const struct wording *words,
                      const struct assay_metric_result *result)
{
    out->tone = ASSAY__TONE_PLAIN;
    out->rests_on_own = true;
    if (assay__moved_covariate(result) != UINT32_MAX) {
        out->word = "covariate moved";
        out->tone = ASSAY__TONE_WARN;
    } else if (result->deteriorated == ASSAY_YES && !assay__harm_stands(result)) {
        out->word = unsure_word(result, words);
        out->tone = ASSAY__TONE_WARN;
        out->rests_on_own = false;
    } else if (result->deteriorated == ASSAY_YES) {
        bool is_agreed = words == &IN_MARGIN && result->significant == ASSAY_YES;
        out->word = is_agreed ? "worse, in margin" : words == &MOVED ? MOVED.yes : WORSE.yes;
        out->tone = WORSE.yes_tone;
        out->rests_on_own = is_agreed;
    } else if (result->significant == ASSAY_UNKNOWN) {
        out->word = "not tested";
        out->tone = ASSAY__TONE_WARN;
    } else if (result->is_uneven) {
        out->word = "values missing";
        out->tone = ASSAY__TONE_WARN;
    } else if (assay__is_skewed_win(result)) {
        out->word = words->skewed;
        out->tone = ASSAY__TONE_WARN;
    } else {
        bool yes = result->significant == ASSAY_YES;
        out->word = yes ? words->yes : words->no;
        out->tone = yes ? words->yes_tone : words->no_tone;
        if (assay__is_wrong_way(result))
            out->word = "not improved";
    }
}

struct assay__verdict assay__verdict_of(const struct assay_analysis *analysis,
                                        const struct assay_metric_result *result)
{
    const struct wording *words = wording_of(&analysis->plan->metrics[result->metric]);
    struct assay__verdict verdict = {.p_is_for = words->p,
                                     .has_harm_beside = words != &WORSE && words != &MOVED};
    if (result->look_count == 0) {
        verdict.word = "no values";
        verdict.tone = ASSAY__TONE_WARN;
    } else {
        find_word(&verdict, words, result);
    }
    return verdict;
}
