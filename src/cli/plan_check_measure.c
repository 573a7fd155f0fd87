/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a metric's value is made of, in words. */
#include "base/duration.h"
#include "cli/plan_check_words.h"
#include "plan/names.h"
#include "stats/metric/metric.h"

/* is_share: the value is 1 for a unit that has such rows. */
static void say_rows(struct assay__text *line, const struct assay_measure *measure,
                     const char *column, bool is_share)
{
    bool has_any = is_share && measure->events != NULL &&
                   (!measure->has_aggregation || measure->aggregation == ASSAY_AGGREGATE_COUNT);
    if (has_any)
        assay__text_puts(line, "units with ");
    else if (measure->has_aggregation)
        assay__text_format(line, "the %s of ", assay__name_aggregation(measure->aggregation));
    assay__text_puts(line, column != NULL ? column : "rows");
    if (measure->events != NULL)
        assay__text_format(line, " in %s", measure->events->name);
    if (measure->where != NULL)
        assay__text_format(line, " where %s", measure->where);
}

void plan_words_measure(struct assay__text *line, const struct assay_metric_plan *metric)
{
    say_rows(line, &metric->measure, metric->value, assay__metric_kind(metric->type)->is_share);
    if (metric->denominator == NULL && !assay__metric_kind(metric->type)->has_denominator)
        return;
    assay__text_puts(line, " to ");
    say_rows(line, &metric->denominator_measure, metric->denominator, false);
}

static void add_duration(struct assay__text *line, const char *before,
                         const struct assay_duration *duration, const char *after)
{
    char text[ASSAY__DURATION_BYTES];
    text[assay__duration_write(duration->ns, text)] = '\0';
    assay__text_format(line, "%s%s%s", before, text, after);
}

void plan_words_window(struct plan_words *words, const struct assay_metric_plan *metric)
{
    struct assay__text *line = &words->line;
    if (metric->window.is_set) {
        add_duration(line, "Rows count for ", &metric->window, " from ");
        if (metric->offset.is_set && metric->offset.ns > 0)
            add_duration(line, "", &metric->offset, " after ");
        assay__text_puts(line, "the exposure on; a unit counts once that time is over.");
        plan_words_flush(words, PLAN_WORDS_DEEP);
    } else if (metric->offset.is_set && metric->offset.ns > 0) {
        add_duration(line, "Rows count from ", &metric->offset,
                     " after the exposure on; a unit counts before, too.");
        plan_words_flush(words, PLAN_WORDS_DEEP);
    }
    if (metric->pre_exposure.is_set) {
        add_duration(line, "The same of the ", &metric->pre_exposure,
                     " before the exposure is its covariate.");
        plan_words_flush(words, PLAN_WORDS_DEEP);
    }
}
