/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a page about a metric share: its view, its verdicts, its scale. */
#include "serve/pages/page_metric.h"
#include "serve/pairs.h"

#include <math.h>
#include <string.h>

/* Differences are shown relative to the baseline where there is such a thing. */
const struct serve_view SERVE_VIEW_RELATIVE = {
    "differenceEstimateRel", {100.0, "\xE2\x80\xAF%"}, true};
const struct serve_view SERVE_VIEW_ABSOLUTE = {"differenceEstimateAbs", {1.0, ""}, false};

const struct assay__node *serve_metric_last(const struct assay__node *comparison)
{
    return serve_page_member(comparison, "lastResult", ASSAY__NODE_OBJECT);
}

bool serve_metric_has_figures(const struct serve_interval *interval)
{
    return isfinite(interval->estimate) || isfinite(interval->lower) || isfinite(interval->upper);
}

static bool has_negative_baseline(const struct assay__node *look)
{
    return serve_page_number(look, "baselineEstimateAbs") < 0.0;
}

/* Both intervals lie on the same sides of the margin, or there is none. */
static bool margin_divides_alike(const struct assay__node *metric,
                                 const struct assay__node *comparison,
                                 const struct serve_interval *absolute,
                                 const struct serve_interval *relative)
{
    double margin = serve_guide_margin(metric, comparison, &SERVE_VIEW_ABSOLUTE);
    double share = serve_guide_margin(metric, comparison, &SERVE_VIEW_RELATIVE);
    return !isfinite(margin) || !isfinite(share) ||
           ((absolute->lower > margin) == (relative->lower > share) &&
            (absolute->upper < margin) == (relative->upper < share));
}

/* Relative differences read as the absolute ones do: they have their bounds, on the same sides of
 * the margin, which is tested with the absolute ones, and no look has a negative baseline, of which
 * more is less. */
static bool is_relative(const struct assay__node *metric, const struct assay__node *comparison)
{
    const struct assay__node *last = serve_metric_last(comparison);
    struct serve_interval absolute = serve_interval_of(last, &SERVE_VIEW_ABSOLUTE);
    struct serve_interval relative = serve_interval_of(last, &SERVE_VIEW_RELATIVE);
    if (!serve_metric_has_figures(&absolute))
        return true;
    if (!serve_metric_has_figures(&relative) || has_negative_baseline(last) ||
        (isfinite(absolute.lower) && !isfinite(relative.lower)) ||
        (isfinite(absolute.upper) && !isfinite(relative.upper)) ||
        !margin_divides_alike(metric, comparison, &absolute, &relative))
        return false;
    const struct assay__node *look = serve_page_first(comparison, "result");
    while (look != NULL && !has_negative_baseline(look))
        look = look->next;
    return look == NULL;
}

static const struct serve_view *view_of(const struct assay__node *metric, bool with_slices)
{
    for (const struct assay__node *comparison = serve_page_first(metric, "result");
         comparison != NULL; comparison = comparison->next)
        if ((with_slices || !serve_page_is_sliced(comparison)) && !is_relative(metric, comparison))
            return &SERVE_VIEW_ABSOLUTE;
    return &SERVE_VIEW_RELATIVE;
}

const struct serve_view *serve_metric_view(const struct assay__node *metric)
{
    return view_of(metric, false);
}

const struct serve_view *serve_metric_slices_view(const struct assay__node *metric)
{
    return view_of(metric, true);
}

/* Words of verdicts, and how they look. Those that are not here say nothing for or against. */
static const struct serve_verdict VERDICTS[] = {
    {"good", "improved", SERVE_ICON_CHECK},
    {"good", "within margin", SERVE_ICON_CHECK},
    {"sure", "changed", SERVE_ICON_CHECK},
    {"bad", "WORSE", SERVE_ICON_CROSS},
    {"bad", "CHANGED", SERVE_ICON_CROSS},
    {"bad", "worse, in margin", SERVE_ICON_CROSS},
    {"warn", "worse, few units", SERVE_ICON_WARNING},
    {"warn", "covariate moved", SERVE_ICON_WARNING},
    {"warn", "values missing", SERVE_ICON_WARNING},
    {"warn", "margin not shown", SERVE_ICON_WARNING},
    {"warn", "not tested", SERVE_ICON_WARNING},
    {"warn", "no values", SERVE_ICON_WARNING},
};

static struct serve_verdict verdict_in(const char *word)
{
    for (size_t i = 0; i < sizeof VERDICTS / sizeof *VERDICTS; i++)
        if (strcmp(word, VERDICTS[i].words) == 0)
            return VERDICTS[i];
    return (struct serve_verdict){"", word, SERVE_ICON_DOT};
}

int serve_metric_way(const struct assay__node *metric, const struct assay__node *comparison)
{
    const struct assay__node *status = serve_page_member(comparison, "status", ASSAY__NODE_OBJECT);
    struct serve_interval interval =
        serve_interval_of(serve_metric_last(comparison), &SERVE_VIEW_ABSOLUTE);
    bool of_margin =
        strcmp(serve_guide_metric(metric, "hypothesis"), "not worse than the margin") == 0;
    bool is_found = (interval.answer == 1 && !of_margin) ||
                    serve_page_answer(status, "validationIsSignificant") == 1;
    if (!isnan(interval.lower) || !isnan(interval.upper))
        return (interval.lower > 0.0) - (interval.upper < 0.0);
    return is_found ? (interval.estimate > 0.0) - (interval.estimate < 0.0) : 0;
}

/* A slice of a dimension explores: which way, and no verdict. */
static struct serve_verdict direction_of(const struct assay__node *metric,
                                         const struct assay__node *comparison)
{
    static const char *const WORDS[] = {"lower", "no clear difference", "higher"};
    struct serve_interval interval =
        serve_interval_of(serve_metric_last(comparison), &SERVE_VIEW_ABSOLUTE);
    if (interval.answer == -1)
        return verdict_in("not tested");
    return verdict_in(WORDS[1 + serve_metric_way(metric, comparison)]);
}

/* The words of a segment by the hypothesis of its metric: the guide has those of all units. */
static const char *segment_word(const char *hypothesis, int answer)
{
    static const struct {
        const char *hypothesis, *yes, *no;
    } WORDS[] = {{"better", "improved", "no clear difference"},
                 {"a change", "changed", "no clear difference"},
                 {"not worse than the margin", "within margin", "margin not shown"},
                 {"worse", "WORSE", "no sign of harm"}};
    for (size_t i = 0; answer >= 0 && i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp(hypothesis, WORDS[i].hypothesis) == 0)
            return answer == 1 ? WORDS[i].yes : WORDS[i].no;
    return answer == 1 ? "Significant" : answer == 0 ? "Not significant" : "not tested";
}

struct serve_verdict serve_metric_verdict_of(const struct assay__node *metric,
                                             const struct assay__node *comparison)
{
    const struct assay__node *status = serve_page_member(comparison, "status", ASSAY__NODE_OBJECT);
    int answer = serve_page_answer(comparison, "isSignificant");
    const char *hypothesis = serve_guide_metric(metric, "hypothesis");
    bool is_dimension = serve_pairs_any(comparison, "dimensions");
    if (hypothesis[0] != '\0' && is_dimension)
        return direction_of(metric, comparison);
    const char *word =
        serve_page_is_sliced(comparison) ? "" : serve_guide_verdict(metric, comparison);
    if (word[0] != '\0')
        return verdict_in(word);
    if (serve_page_answer(status, "validationIsSignificant") == 1)
        return (struct serve_verdict){"bad", "Got worse", SERVE_ICON_CROSS};
    if (hypothesis[0] != '\0')
        return verdict_in(segment_word(hypothesis, answer));
    if (answer == 1)
        return (struct serve_verdict){"sure", "Significant", SERVE_ICON_CHECK};
    if (answer == 0)
        return (struct serve_verdict){"", "Not significant", SERVE_ICON_DOT};
    return (struct serve_verdict){"warn", "Not tested", SERVE_ICON_WARNING};
}

void serve_metric_verdict(struct assay__text *out, const struct assay__node *metric,
                          const struct assay__node *comparison)
{
    struct serve_verdict verdict = serve_metric_verdict_of(metric, comparison);
    serve_page_pill(out, verdict.tone, verdict.icon, verdict.words);
}

struct serve_interval serve_metric_interval(const struct assay__node *metric,
                                            const struct assay__node *comparison,
                                            const struct serve_view *view)
{
    struct serve_interval interval = serve_interval_of_comparison(comparison, view);
    interval.level = serve_guide_level(metric, comparison);
    interval.margin = serve_guide_margin(metric, comparison, view);
    return interval;
}

struct serve_scale serve_metric_scale(const struct assay__node *metric,
                                      const struct serve_view *view)
{
    struct serve_scale scale = {0.0, 0.0};
    for (const struct assay__node *comparison = serve_page_first(metric, "result");
         comparison != NULL; comparison = comparison->next) {
        struct serve_interval interval = serve_metric_interval(metric, comparison, view);
        if (!serve_page_is_sliced(comparison))
            serve_scale_include(&scale, &interval);
    }
    return scale;
}

bool serve_metric_is_same(const struct assay__node *a, const struct assay__node *b)
{
    const struct assay__node *one = serve_page_member(a, "groups", ASSAY__NODE_OBJECT);
    const struct assay__node *other = serve_page_member(b, "groups", ASSAY__NODE_OBJECT);
    return strcmp(serve_page_text(one, "baseline"), serve_page_text(other, "baseline")) == 0 &&
           strcmp(serve_page_text(one, "compared"), serve_page_text(other, "compared")) == 0;
}
