/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Annotations: everything a reader must know beyond the figures. Nothing is dropped uncounted and
 * no figure is absent without a reason here. Order: the analysis as a whole, then metric by metric.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/time.h"
#include "number/number.h"
#include "analysis/looks.h"
#include "analysis/phrases.h"

static const char *const NOWHERE[3] = {NULL, NULL, NULL};

static enum assay_status say_count(struct assay__builder *builder,
                                   enum assay_annotation_level level, uint64_t count,
                                   const char *what, struct assay_error *err)
{
    if (count == 0)
        return ASSAY_OK;
    return assay__annotate(
        builder, level, -1, NOWHERE,
        assay__arena_format(builder->arena, "%s: %s.", what, assay__count(count).text), err);
}

static enum assay_status note_counts(struct assay__builder *builder, struct assay_error *err)
{
    const struct assay_counts *counts = &builder->out->counts;
    const struct {
        enum assay_annotation_level level;
        uint64_t count;
        const char *what;
    } ROWS[] = {
        {ASSAY_NOTE_INFO, counts->rows_read, "Rows read"},
        {ASSAY_NOTE_WARNING, counts->rows_bad,
         "Rows skipped because a cell, the number of cells or the text could not be read"},
        {ASSAY_NOTE_WARNING, counts->rows_no_group, "Rows skipped because they name no group"},
        {ASSAY_NOTE_WARNING, counts->rows_no_unit, "Rows skipped because they name no unit"},
        {ASSAY_NOTE_INFO, counts->rows_left_out, "Rows left out by the plan's filter"},
        {ASSAY_NOTE_INFO, counts->rows_after, "Rows not used, being at or after asOf"},
        {ASSAY_NOTE_INFO, counts->rows_duplicate,
         "Rows not used, repeating a unit that counts already"},
        {ASSAY_NOTE_WARNING, counts->units_in_two_groups,
         "Units excluded from all groups, having been seen in more than one"},
        {ASSAY_NOTE_INFO, counts->rows_in_two_groups, "Rows of units excluded for their groups"},
        {ASSAY_NOTE_WARNING, counts->units_unclear,
         "Units excluded, since their earliest rows name different dimensions or segments"},
        {ASSAY_NOTE_INFO, counts->rows_unclear,
         "Rows of units excluded for their dimensions or segments"},
        {ASSAY_NOTE_INFO, counts->events_read, "Rows of events read"},
        {ASSAY_NOTE_WARNING, counts->events_bad,
         "Rows of events skipped because a cell, the number of cells or the text could not be "
         "read"},
        {ASSAY_NOTE_WARNING, counts->events_no_unit,
         "Rows of events skipped because they name no unit"},
        {ASSAY_NOTE_INFO, counts->events_after, "Rows of events not used, being at or after asOf"},
        {ASSAY_NOTE_INFO, counts->events_unexposed,
         "Rows of events not used, being of units that were never exposed"},
        {ASSAY_NOTE_INFO, counts->events_excluded,
         "Rows of events not used, being of excluded units"},
    };
    enum assay_status status = ASSAY_OK;
    size_t first = builder->out->annotation_count;
    for (size_t i = 0; status == ASSAY_OK && i < sizeof ROWS / sizeof *ROWS; i++)
        status = say_count(builder, ROWS[i].level, ROWS[i].count, ROWS[i].what, err);
    if (status == ASSAY_OK && counts->rows_read > 0)
        builder->out->annotations[first].about = ASSAY_ABOUT_ROWS;
    return status;
}

static enum assay_status note_groups(struct assay__builder *builder, struct assay_error *err)
{
    const struct assay_analysis *out = builder->out;
    enum assay_status status = ASSAY_OK;
    if (builder->plan->group_count == 0)
        status = assay__annotate(builder, ASSAY_NOTE_INFO, -1, NOWHERE,
                                 "The plan names no groups: those found in the data are used, with "
                                 "equal weights. Remedy: plan the groups and their weights.",
                                 err);
    for (uint32_t g = 0; status == ASSAY_OK && g < out->group_count; g++) {
        const char *const context[3] = {out->groups[g].id, NULL, NULL};
        if (!out->groups[g].is_planned)
            status = assay__annotate(
                builder, ASSAY_NOTE_ERROR, -1, context,
                assay__arena_format(builder->arena,
                                    "Group '%s' has %s unit%s but is not in the plan: a "
                                    "sample ratio mismatch. It is not analyzed.",
                                    out->groups[g].id, assay__count(out->units[g]).text,
                                    out->units[g] == 1 ? "" : "s"),
                err);
        else if (out->units[g] == 0)
            status = assay__annotate(builder, ASSAY_NOTE_WARNING, -1, context,
                                     assay__arena_format(builder->arena,
                                                         "Group '%s' has no units in the data.",
                                                         out->groups[g].id),
                                     err);
    }
    return status;
}

static enum assay_status note_srm(struct assay__builder *builder, struct assay_error *err)
{
    const struct assay_analysis *out = builder->out;
    for (uint32_t s = 0; s < out->srm_count; s++) {
        if (!out->srm[s].test.significant)
            continue;
        const char *slice = assay__slice_text(builder, s);
        const char *const context[3] = {"sample ratio mismatch", slice, NULL};
        /* Only the total decides, and only by planned weights: a slice may be off by chance among
         * many, or by its definition. */
        bool aborts = s == 0 && !assay__weights_are_assumed(builder->plan);
        enum assay_status status =
            assay__annotate(builder, aborts ? ASSAY_NOTE_ERROR : ASSAY_NOTE_WARNING, -1, context,
                            slice == NULL ? NULL : out->srm[s].message, err);
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

/*
 * Pearson's test of the sizes at the last look, whatever the plan's test is. All looks share its
 * level: looked at daily for 30 days, sound experiments at 1 % would be warned of in 8 of 100.
 */
static enum assay_status test_once(const struct assay__builder *builder, struct assay_srm *once,
                                   struct assay_error *err)
{
    const struct assay_analysis *out = builder->out;
    struct assay_srm_design design = builder->plan->srm;
    design.method = ASSAY_SRM_CHI2;
    if (builder->look_count > 1)
        design.alpha /= builder->look_count;
    double *weights = assay__arena_array(builder->arena, out->group_count, sizeof *weights);
    struct assay_srm_group *rows =
        assay__arena_array(builder->arena, out->group_count, sizeof *rows);
    if (weights == NULL || rows == NULL)
        return assay__fail_memory(err);
    for (uint32_t g = 0; g < out->group_count; g++)
        weights[g] = out->groups[g].weight;
    return assay_srm_test(out->units, weights, out->group_count, &design, rows, once, err);
}

/*
 * The sequential test pays for its looks: its prior lies close to the planned shares, so that of
 * few units it takes much for chance. Who decides by the look at hand must know.
 */
static enum assay_status note_unseen_srm(struct assay__builder *builder, struct assay_error *err)
{
    static const char *const CONTEXT[3] = {"sample ratio", NULL, NULL};
    const struct assay_analysis *out = builder->out;
    struct assay_srm once;
    char p[ASSAY__PHRASE_BYTES];
    bool is_sequential = out->srm_count > 0 && out->srm[0].test.tested &&
                         builder->plan->srm.method == ASSAY_SRM_SEQUENTIAL;
    if (!is_sequential || out->srm[0].test.significant)
        return ASSAY_OK;
    enum assay_status status = test_once(builder, &once, err);
    if (status != ASSAY_OK || !once.significant)
        return status;
    assay__srm_p_text(&once, p);
    return assay__annotate(builder, ASSAY_NOTE_WARNING, -1, CONTEXT,
                           assay__arena_format(builder->arena,
                                               "A test of the groups' sizes at this look alone "
                                               "finds a mismatch (%s). The sequential test, which "
                                               "decides, allows for all looks and sees little in "
                                               "few units. Remedy: find out how units are assigned "
                                               "and logged before you rely on the result.",
                                               p),
                           err);
}

static enum assay_status note_plan(struct assay__builder *builder, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    const struct assay_plan *plan = builder->plan;
    bool lists_harm = false;
    for (uint32_t m = 0; m < plan->metric_count; m++)
        lists_harm = lists_harm || (builder->out->rates[m].in_rule &&
                                    builder->out->rates[m].hypothesis == ASSAY_HYPOTHESIS_NONE);
    if (plan->dimension_count > 0)
        status = assay__annotate(
            builder, ASSAY_NOTE_INFO, -1, NOWHERE,
            "Results by dimension are exploratory: alpha is not divided by the number "
            "of slices. Remedy: plan segments for slices that are to decide.",
            err);
    if (status == ASSAY_OK && plan->dimension_count > 0)
        builder->out->annotations[builder->out->annotation_count - 1].about = ASSAY_ABOUT_SLICES;
    if (status == ASSAY_OK && plan->segment_count > 1)
        status = assay__annotate(
            builder, ASSAY_NOTE_INFO, -1, NOWHERE,
            assay__arena_format(builder->arena,
                                "In each of the %u segments alpha is divided by %u.",
                                plan->segment_count, plan->segment_count),
            err);
    if (status == ASSAY_OK && lists_harm)
        status = assay__annotate(builder, ASSAY_NOTE_WARNING, -1, NOWHERE,
                                 "Deterioration is not tested: guardrails without a margin have no "
                                 "test, and nothing can be shipped.",
                                 err);
    return status;
}

struct source_note {
    enum assay_annotation_level level;
    int32_t metric;
    const char *text;
};

static int compare_source_notes(const void *a, const void *b)
{
    const struct source_note *x = a, *y = b;
    if (x->metric != y->metric)
        return x->metric < y->metric ? -1 : 1;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    return strcmp(x->text, y->text);
}

/*
 * What is to be said of a metric where there are several looks: rows that count until the look
 * measure a unit again at each, which no proof allows. NULL for nothing.
 */
static const char *open_window(const struct assay_metric_plan *metric)
{
    bool is_made_of_rows = metric->measure.events != NULL || metric->measure.has_aggregation;
    if (!is_made_of_rows || metric->window.is_set ||
        metric->horizon.kind != ASSAY_HORIZON_ALWAYS_VALID)
        return NULL;
    return "Without a window a unit is measured again at each look. The always valid bounds are "
           "made for units that are measured once: here they hold only approximately.";
}

/* Adds to what the source said, unless sums of an earlier version have said it. */
static void add_open_windows(const struct assay__builder *builder, struct source_note *notes,
                             uint32_t *count)
{
    uint32_t of_source = *count;
    for (uint32_t m = 0; builder->look_count > 1 && m < builder->plan->metric_count; m++) {
        struct source_note note = {ASSAY_NOTE_WARNING, (int32_t)m,
                                   open_window(&builder->plan->metrics[m])};
        bool is_said = note.text == NULL;
        for (uint32_t i = 0; !is_said && i < of_source; i++)
            is_said = compare_source_notes(&notes[i], &note) == 0;
        if (!is_said)
            notes[(*count)++] = note;
    }
}

/* What the source had to say, and what of its rows, in an order that is not that of the rows. */
static enum assay_status note_source(struct assay__builder *builder, struct assay_error *err)
{
    uint32_t count = assay__dataset_note_count(builder->dataset);
    struct source_note *notes =
        assay__arena_array(builder->arena, count + builder->plan->metric_count, sizeof *notes);
    if (notes == NULL)
        return assay__fail_memory(err);
    for (uint32_t i = 0; i < count; i++)
        assay__dataset_note_at(builder->dataset, i, &notes[i].level, &notes[i].metric,
                               &notes[i].text);
    add_open_windows(builder, notes, &count);
    qsort(notes, count, sizeof *notes, compare_source_notes);
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++)
        status = assay__annotate(
            builder, notes[i].level, notes[i].metric, NOWHERE,
            assay__arena_copy(builder->arena, notes[i].text, strlen(notes[i].text)), err);
    return status;
}

/* Units that are not in the metric yet; of one whose values may be missing all without a value. */
static uint64_t waiting_units(const struct assay__builder *builder, uint32_t metric)
{
    const struct assay_metric_result total = {.metric = metric};
    uint32_t last = builder->look_count - 1;
    uint64_t waiting = 0;
    if (!builder->plan->metrics[metric].window.is_set || builder->look_count == 0)
        return 0;
    if (assay__may_lack_values(&builder->plan->metrics[metric]))
        return builder->out->missing[metric];
    for (uint32_t g = 0; g < builder->out->group_count; g++)
        waiting +=
            assay__look_units(builder, 0, last, g) - assay__result_units(builder, &total, last, g);
    return waiting < builder->out->missing[metric] ? waiting : builder->out->missing[metric];
}

static const char *waiting_sentence(const struct assay__builder *builder, uint32_t metric,
                                    uint64_t units)
{
    const struct assay_metric_plan *plan = &builder->plan->metrics[metric];
    return assay__arena_format(
        builder->arena,
        assay__may_lack_values(plan)
            ? "Units without a value of %s, or whose window is not complete, "
              "left out: %s."
            : "Units whose window of %s is not complete, left out: %s.",
        plan->id, assay__count(units).text);
}

static const char *missing_sentence(const struct assay__builder *builder, uint32_t metric,
                                    uint64_t units)
{
    const struct assay_metric_plan *plan = &builder->plan->metrics[metric];
    return assay__arena_format(builder->arena, "Units without a value of %s, %s: %s.", plan->id,
                               plan->missing == ASSAY_MISSING_ZERO ? "counted as 0" : "left out",
                               assay__count(units).text);
}

/* Units of which no row can count yet are in a metric that has no window to complete. */
static enum assay_status note_open_offset(struct assay__builder *builder, uint32_t metric,
                                          struct assay_error *err)
{
    const struct assay_metric_plan *plan = &builder->plan->metrics[metric];
    if (plan->window.is_set || !plan->offset.is_set || plan->offset.ns == 0)
        return ASSAY_OK;
    return assay__annotate(
        builder, ASSAY_NOTE_WARNING, (int32_t)metric, NOWHERE,
        assay__arena_format(builder->arena,
                            "%s has an offset and no window: units whose offset has not passed "
                            "count, too, and have no rows. Remedy: a window, with which a unit "
                            "counts once that is complete.",
                            plan->id),
        err);
}

static enum assay_status note_missing(struct assay__builder *builder, uint32_t metric,
                                      struct assay_error *err)
{
    const struct assay_metric_plan *plan = &builder->plan->metrics[metric];
    uint64_t waiting = waiting_units(builder, metric);
    uint64_t missing = builder->out->missing[metric] - waiting;
    enum assay_status status = ASSAY_OK;
    if (waiting > 0)
        status = assay__annotate(builder, ASSAY_NOTE_INFO, (int32_t)metric, NOWHERE,
                                 waiting_sentence(builder, metric, waiting), err);
    if (status == ASSAY_OK && missing > 0)
        status = assay__annotate(builder, ASSAY_NOTE_INFO, (int32_t)metric, NOWHERE,
                                 missing_sentence(builder, metric, missing), err);
    for (uint32_t i = 0; status == ASSAY_OK && i < assay__metric_covariate_count(plan); i++) {
        uint64_t count = builder->out->missing_covariates[metric * ASSAY_COVARIATES_MAX + i];
        if (count > 0)
            status = assay__annotate(
                builder, ASSAY_NOTE_INFO, (int32_t)metric, NOWHERE,
                assay__arena_format(
                    builder->arena,
                    "Units without a value of covariate %s, counted as its mean: %s.",
                    assay__metric_covariate(plan, i), assay__count(count).text),
                err);
    }
    return status;
}

/* Units without a value are counted; sums that cannot be used have no such units. */
static const char *lack_of_values(const struct assay__builder *builder, uint32_t metric)
{
    uint64_t waiting = waiting_units(builder, metric);
    if (waiting > 0 && waiting == builder->out->missing[metric])
        return assay__may_lack_values(&builder->plan->metrics[metric])
                   ? "values yet: every unit's is missing, or its window is not complete"
                   : "values yet: no unit's window is complete";
    return builder->out->missing[metric] > 0
               ? "values: every unit's is missing"
               : "figures: no row of it has all that a test needs. Remedy: check its name, or give "
                 "a variance";
}

static enum assay_status note_metric(struct assay__builder *builder, uint32_t metric,
                                     struct assay_error *err)
{
    const struct assay_analysis *out = builder->out;
    enum assay_status status = note_open_offset(builder, metric, err);
    if (status == ASSAY_OK)
        status = note_missing(builder, metric, err);
    if (status == ASSAY_OK &&
        out->results[(size_t)metric * builder->pair_count * out->slice_count].look_count == 0)
        status = assay__annotate(
            builder, waiting_units(builder, metric) > 0 ? ASSAY_NOTE_WARNING : ASSAY_NOTE_ERROR,
            (int32_t)metric, NOWHERE,
            assay__arena_format(builder->arena, "%s has no %s.", builder->plan->metrics[metric].id,
                                lack_of_values(builder, metric)),
            err);
    if (status == ASSAY_OK)
        status = assay__note_conditions(builder, metric, err);
    for (uint32_t p = 0; status == ASSAY_OK && p < builder->pair_count; p++)
        status = assay__note_looks(builder, metric, p, err);
    return status;
}

/* The shortest window of the plan's metrics; 0 without windows. */
static int64_t shortest_window(const struct assay_plan *plan)
{
    int64_t shortest = 0;
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        const struct assay_duration *window = &plan->metrics[m].window;
        if (window->is_set && (shortest == 0 || window->ns < shortest))
            shortest = window->ns;
    }
    return shortest;
}

/*
 * The last look ends with its bucket, and the data may end long before: windows that end between
 * are taken for complete, and measure too little.
 */
static enum assay_status note_early_end(struct assay__builder *builder, struct assay_error *err)
{
    enum { PARTS = 20 }; /* of a window, that may be missing without a word */
    int64_t window = shortest_window(builder->plan);
    int64_t latest = assay__dataset_latest(builder->dataset);
    char look[ASSAY__TIME_BYTES], end[ASSAY__TIME_BYTES];
    if (window == 0 || builder->plan->has_as_of || latest == INT64_MIN ||
        builder->look_time == INT64_MIN || builder->look_time - latest <= window / PARTS)
        return ASSAY_OK;
    assay__time_write(builder->look_time, look);
    assay__time_write(latest, end);
    return assay__annotate(builder, ASSAY_NOTE_WARNING, -1, NOWHERE,
                           assay__arena_format(builder->arena,
                                               "The last look ends at %s, and the data at %s: "
                                               "windows that end between count as complete, though "
                                               "what falls into the rest of them is not there. "
                                               "Remedy: give asOf.",
                                               look, end),
                           err);
}

enum assay_status assay__analyze_notes(struct assay__builder *builder, struct assay_error *err)
{
    static enum assay_status (*const WHOLE[])(struct assay__builder *, struct assay_error *) = {
        note_counts, assay__note_skipped, note_groups,          note_srm,   note_unseen_srm,
        note_plan,   note_early_end,      assay__note_decision, note_source};
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < sizeof WHOLE / sizeof *WHOLE; i++) {
        status = WHOLE[i](builder, err);
        if (status == ASSAY_OK)
            status = assay__halt_check(builder->halt, err);
    }
    for (uint32_t m = 0; status == ASSAY_OK && m < builder->plan->metric_count; m++) {
        status = note_metric(builder, m, err);
        if (status == ASSAY_OK)
            status = assay__halt_check(builder->halt, err);
    }
    return status;
}
