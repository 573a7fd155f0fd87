/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From tables of sufficient statistics to datasets: each entry finds the plan's metric and slice it
 * is about. What the plan does not name is noted, never dropped in silence.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/time.h"
#include "source/summary/summary_table.h"
#include "analysis/dataset_read.h"
#include "source/units/cap.h"
#include "stats/metric/metric.h"
#include "stats/moments.h"

enum { NOT_FOUND = UINT32_MAX };

static bool is_segment(const struct assay__summary_entry *entry)
{
    return strcmp(entry->key[ASSAY__KEY_DIMENSION], "@segment") == 0;
}

static uint32_t find_metric(const struct assay_plan *plan, const char *id)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (strcmp(plan->metrics[m].id, id) == 0)
            return m;
    return NOT_FOUND;
}

static enum assay_status note_unplanned(struct assay_dataset *dataset, const char *what,
                                        const char *name, struct assay_error *err)
{
    char text[1600];
    snprintf(text, sizeof text,
             "The data have a %s '%s' that the plan does not name; it is not used.", what, name);
    return assay__dataset_note(dataset, ASSAY_NOTE_INFO, -1, text, err);
}

/* The slice an entry is about; NOT_FOUND when the plan has no such dimension or segment. */
static enum assay_status find_slice(struct assay_dataset *dataset,
                                    const struct assay__summary_entry *entry, uint32_t *slice,
                                    struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    const char *dimension = entry->key[ASSAY__KEY_DIMENSION];
    const char *value = entry->key[ASSAY__KEY_VALUE];
    *slice = dimension[0] == '\0' ? 0 : NOT_FOUND;
    for (uint32_t s = 0; is_segment(entry) && s < plan->segment_count; s++)
        if (strcmp(plan->segments[s].id, value) == 0)
            *slice = 1 + s;
    for (uint32_t d = 0; d < plan->dimension_count; d++)
        if (strcmp(plan->dimensions[d], dimension) == 0)
            return assay__dataset_slice(dataset, d, value, strlen(value), slice, err);
    return ASSAY_OK;
}

/* Finds the cell an entry belongs to; *cell is NULL when the plan has no place for it. */
static enum assay_status find_cell(struct assay_dataset *dataset,
                                   const struct assay__summary_entry *entry,
                                   struct assay__cell **cell, struct assay_error *err)
{
    uint32_t slice, look, group;
    int64_t time_ns = entry->time_ns;
    const char *time = entry->key[ASSAY__KEY_TIME], *id = entry->key[ASSAY__KEY_GROUP];
    *cell = NULL;
    if (time[0] != '\0' && time_ns == INT64_MIN)
        return assay__fail_at(err, ASSAY_ERROR_DATA, entry->file, entry->line, 0,
                              "'%s' is not a time.", time);
    enum assay_status status = find_slice(dataset, entry, &slice, err);
    if (status != ASSAY_OK)
        return status;
    if (slice == NOT_FOUND)
        return note_unplanned(
            dataset, is_segment(entry) ? "segment" : "dimension",
            entry->key[is_segment(entry) ? ASSAY__KEY_VALUE : ASSAY__KEY_DIMENSION], err);
    status = assay__dataset_look(dataset, time_ns, &look, err);
    if (status == ASSAY_OK)
        status = assay__dataset_group(dataset, id, strlen(id), &group, err);
    if (status == ASSAY_OK)
        status = assay__dataset_cell(dataset, slice, look, group, cell, err);
    return status;
}

/* What the plan's type and the table's sums have against each other; NULL: nothing. */
static const char *find_conflict(const struct assay_metric_plan *metric,
                                 const struct assay__summary_entry *entry)
{
    const struct assay_moments *moments = assay__summary_moments(entry);
    if (entry->keeps != assay__metric_accumulator(metric))
        return moments == NULL ? "the plan's type needs sums, and these rows have none."
                               : "these are sums, and the plan's type needs more than sums.";
    if (moments == NULL)
        return NULL;
    struct assay_moments_shape want = assay__metric_shape(metric);
    struct assay_moments_shape have = assay_moments_shape(moments);
    bool is_share = assay__metric_kind(metric->type)->is_share;
    if (want.has_denominator && !have.has_denominator)
        return "a ratio needs denominator_mean, denominator_variance and denominator_covariance.";
    if (!want.has_denominator && have.has_denominator)
        return "there are denominators, but the plan's type is not ratio: change the plan, or "
               "leave them out.";
    if (want.covariate_count != have.covariate_count)
        return "the number of covariates differs from the plan's; each needs covariate1_mean, "
               "covariate1_variance, covariate1_covariance (covariate2_..., and so on).";
    double mean = is_share ? assay_moments_mean(moments, 0) : 0.0;
    if (mean < 0.0 || mean > 1.0)
        return "a proportion's mean lies between 0 and 1: give the share of units, or change the "
               "plan's type to mean.";
    if (is_share && entry->is_no_share)
        return "the variance (or sum_squares) is not that of a share: zeros and ones have variance "
               "p (1 - p), and a sum of squares that is the sum. Is the plan's type wrong?";
    return NULL;
}

static enum assay_status check_metric(const struct assay_metric_plan *metric,
                                      const struct assay__summary_entry *entry,
                                      struct assay_error *err)
{
    const char *what = find_conflict(metric, entry);
    if (what == NULL)
        return ASSAY_OK;
    return assay__fail_at(err, ASSAY_ERROR_DATA, entry->file, entry->line, entry->column,
                          "Metric '%.100s': %s", metric->id, what);
}

/* Whether a row has a mean that comes without a variance: it has no standard error, so no figure.
 */
static bool lacks_variance(const struct assay_plan *plan, const struct assay__summary_entry *entry,
                           uint32_t metric)
{
    return entry->without_variance && !assay__metric_kind(plan->metrics[metric].type)->is_share;
}

/* Rows of a metric without a variance are counted, and the last look among them is named. */
static enum assay_status note_no_variance(struct assay_dataset *dataset,
                                          const struct assay__summary_table *table, uint32_t metric,
                                          struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    const struct assay__summary_entry *last = NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; i < table->keys.count; i++) {
        const struct assay__summary_entry *entry = table->entries[i];
        if (entry->state == NULL || !lacks_variance(plan, entry, metric) ||
            strcmp(entry->key[ASSAY__KEY_METRIC], plan->metrics[metric].id) != 0)
            continue;
        count++;
        if (last == NULL || entry->time_ns > last->time_ns)
            last = entry;
    }
    if (last == NULL)
        return ASSAY_OK;
    const char *time = last->key[ASSAY__KEY_TIME];
    char text[300];
    snprintf(text, sizeof text,
             "Rows with a mean but no variance: %u%s%s. They give no figure at their look.", count,
             time[0] == '\0' ? "" : ", the last of them at ", time);
    return assay__dataset_note(dataset, ASSAY_NOTE_WARNING, (int32_t)metric, text, err);
}

/* A table without the column is a mistake, not one of its rows. */
static enum assay_status check_variances(const struct assay_plan *plan,
                                         const struct assay__summary_table *table,
                                         struct assay_error *err)
{
    for (uint32_t i = 0; !table->has_variances && i < table->keys.count; i++) {
        const struct assay__summary_entry *entry = table->entries[i];
        uint32_t metric = find_metric(plan, entry->key[ASSAY__KEY_METRIC]);
        if (metric != NOT_FOUND && lacks_variance(plan, entry, metric))
            return assay__summary_refuse(
                entry, err, "a variance (or sum_squares) is needed; only a proportion needs none.");
    }
    return ASSAY_OK;
}

static enum assay_status add_metric(struct assay_dataset *dataset,
                                    struct assay__summary_entry *entry, struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    uint32_t metric = find_metric(plan, entry->key[ASSAY__KEY_METRIC]);
    if (metric == NOT_FOUND)
        return note_unplanned(dataset, "metric", entry->key[ASSAY__KEY_METRIC], err);
    struct assay__cell *cell = NULL;
    if (entry->is_unneeded)
        return find_cell(dataset, entry, &cell, err); /* notes what the plan does not name */
    enum assay_status status = check_metric(&plan->metrics[metric], entry, err);
    if (status == ASSAY_OK)
        status = find_cell(dataset, entry, &cell, err);
    if (status != ASSAY_OK || cell == NULL)
        return status;
    if (lacks_variance(plan, entry, metric))
        return ASSAY_OK;                /* see note_no_variance() */
    if (cell->states[metric] == NULL) { /* the cell takes it over */
        cell->states[metric] = entry->state;
        entry->state = NULL;
        return ASSAY_OK;
    }
    status = assay__metric_state(&plan->metrics[metric], &cell->states[metric], err);
    if (status == ASSAY_OK)
        status = entry->keeps->merge(cell->states[metric], entry->state, err);
    return status;
}

static enum assay_status add_units(struct assay_dataset *dataset,
                                   const struct assay__summary_entry *entry,
                                   struct assay_error *err)
{
    struct assay__cell *cell;
    enum assay_status status = find_cell(dataset, entry, &cell, err);
    if (status == ASSAY_OK && cell != NULL)
        cell->units += entry->n;
    return status;
}

static enum assay_status add_missing(struct assay_dataset *dataset,
                                     const struct assay__summary_entry *entry,
                                     struct assay_error *err)
{
    uint32_t metric = find_metric(assay__dataset_plan(dataset), entry->key[ASSAY__KEY_VALUE]);
    (void)err;
    if (metric != NOT_FOUND)
        assay__dataset_add_missing(dataset, metric, entry->n);
    return ASSAY_OK;
}

static enum assay_status add_skipped(struct assay_dataset *dataset,
                                     const struct assay__summary_entry *entry,
                                     struct assay_error *err)
{
    const char *group = entry->key[ASSAY__KEY_GROUP];
    return assay__dataset_skip(dataset, group, strlen(group), entry->n, err);
}

static enum assay_status add_latest(struct assay_dataset *dataset,
                                    const struct assay__summary_entry *entry,
                                    struct assay_error *err)
{
    int64_t time_ns;
    const char *time = entry->key[ASSAY__KEY_TIME];
    (void)err;
    if (assay__time_parse(time, strlen(time), &time_ns))
        assay__dataset_observe(dataset, time_ns);
    return ASSAY_OK;
}

/* What the plan and the parts have to do with it was checked when the table was read. */
static enum assay_status pass_over(struct assay_dataset *dataset,
                                   const struct assay__summary_entry *entry,
                                   struct assay_error *err)
{
    (void)dataset;
    (void)entry;
    (void)err;
    return ASSAY_OK;
}

static enum assay_status add_input(struct assay_dataset *dataset,
                                   const struct assay__summary_entry *entry,
                                   struct assay_error *err)
{
    const struct assay__input input = {entry->key[ASSAY__KEY_GROUP], entry->key[ASSAY__KEY_VALUE],
                                       entry->n};
    bool is_known = false;
    enum assay_status status = assay__dataset_input(dataset, &input, &is_known, err);
    if (status == ASSAY_OK && is_known && input.events[0] == '\0')
        status = assay__fail_at(err, ASSAY_ERROR_DATA, entry->file, entry->line, 0,
                                "An input of %llu rows was read already: its rows would count "
                                "twice. Leave one of the two out.",
                                (unsigned long long)input.rows);
    return status;
}

static enum assay_status add_note(struct assay_dataset *dataset,
                                  const struct assay__summary_entry *entry, struct assay_error *err)
{
    const char *level = entry->key[ASSAY__KEY_DIMENSION];
    uint32_t metric = find_metric(assay__dataset_plan(dataset), entry->key[ASSAY__KEY_GROUP]);
    return assay__dataset_note(dataset,
                               strcmp(level, "error") == 0     ? ASSAY_NOTE_ERROR
                               : strcmp(level, "warning") == 0 ? ASSAY_NOTE_WARNING
                                                               : ASSAY_NOTE_INFO,
                               metric == NOT_FOUND ? -1 : (int32_t)metric,
                               entry->key[ASSAY__KEY_VALUE], err);
}

/* A cap at a quantile that a statement of 'assay sql' found: group, dimension and value say it. */
static enum assay_status add_cap(struct assay_dataset *dataset,
                                 const struct assay__summary_entry *entry, struct assay_error *err)
{
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal bound;
    struct assay__text text = {0};
    const char *value = entry->key[ASSAY__KEY_VALUE], *id = entry->key[ASSAY__KEY_GROUP];
    uint32_t metric = find_metric(assay__dataset_plan(dataset), id);
    if (assay__decimal_parse(value, strlen(value), &bound, digits) != ASSAY__PARSE_OK)
        return assay__summary_refuse(entry, err, "the cap is not a number.");
    bool is_upper = strcmp(entry->key[ASSAY__KEY_DIMENSION], "above") == 0;
    assay__cap_sentence(id, is_upper, &bound, &text);
    enum assay_status status =
        text.failed
            ? assay__fail_memory(err)
            : assay__dataset_note(dataset, ASSAY_NOTE_INFO,
                                  metric == NOT_FOUND ? -1 : (int32_t)metric, text.data, err);
    assay__text_release(&text);
    return status;
}

/*
 * What a statement of 'assay sql' met and could not use: a row of the column (value) and of what it
 * should have been (dimension). There is none in tables that came out well.
 */
static enum assay_status refuse_unfit(struct assay_dataset *dataset,
                                      const struct assay__summary_entry *entry,
                                      struct assay_error *err)
{
    static const struct {
        const char *kind, *sentence;
    } KINDS[] = {
        {"choice", "are not 0 or 1, as a proportion needs."},
        {"filter", "have more digits than the statement compares: give it a larger scale."},
        {"time", "have a time that is missing, or not from 1990 to 2100."},
        {"plan", "of a shard are of another plan, or of other options: make its view anew."},
        {"apart", "have rows on two shards: all rows of a unit must be on one."},
        {"unit",
         "differ between the rows of a unit: say by an aggregation how they become one value."},
        {"looks", "make more looks than there can be: choose a coarser granularity."},
        {"sum", "are added up for a unit to more digits than the statement computes with: give it "
                "a smaller scale, or leave out third powers."},
        {"number", "are not numbers, or have more digits than the statement computes with: give it "
                   "a larger scale, or round them in a view."}};
    (void)dataset;
    for (size_t i = 0; entry->n > 0 && i < sizeof KINDS / sizeof *KINDS; i++)
        if (strcmp(KINDS[i].kind, entry->key[ASSAY__KEY_DIMENSION]) == 0)
            return assay__fail_at(err, ASSAY_ERROR_DATA, entry->file, entry->line, 0,
                                  "Column '%.100s' of the database: %llu values %s",
                                  entry->key[ASSAY__KEY_VALUE], (unsigned long long)entry->n,
                                  KINDS[i].sentence);
    return ASSAY_OK;
}

static enum assay_status add_remark(struct assay_dataset *dataset,
                                    const struct assay__summary_entry *entry,
                                    struct assay_error *err)
{
    static const struct {
        const char *name;
        enum assay_status (*add)(struct assay_dataset *, const struct assay__summary_entry *,
                                 struct assay_error *);
    } REMARKS[] = {{"@units", add_units},    {"@missing", add_missing}, {"@latest", add_latest},
                   {"@note", add_note},      {"@schema", pass_over},    {"@definition", pass_over},
                   {"@input", add_input},    {"@unfit", refuse_unfit},  {"@cap", add_cap},
                   {"@skipped", add_skipped}};
    const char *name = entry->key[ASSAY__KEY_METRIC];
    for (size_t i = 0; i < sizeof REMARKS / sizeof *REMARKS; i++)
        if (strcmp(REMARKS[i].name, name) == 0)
            return REMARKS[i].add(dataset, entry, err);
    for (const struct assay__count_row *row = assay__count_rows; row->name != NULL; row++) {
        if (strcmp(row->name, name + 1) == 0) {
            *assay__count_field(assay__dataset_mutable_counts(dataset), row) += entry->n;
            return ASSAY_OK;
        }
    }
    return assay__fail_at(err, ASSAY_ERROR_DATA, entry->file, entry->line, entry->column,
                          "'%s' is not a row that 'assay summarize' writes.", name);
}

enum assay_status assay__summary_to_dataset(struct assay__summary_table *table,
                                            struct assay_dataset *dataset, struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    enum assay_status status = check_variances(plan, table, err);
    if (table->keys.count > 0 && !table->is_sealed)
        assay__dataset_unseal(dataset);
    for (uint32_t m = 0; status == ASSAY_OK && m < plan->metric_count; m++)
        status = note_no_variance(dataset, table, m, err);
    for (uint32_t i = 0; status == ASSAY_OK && i < table->keys.count; i++) {
        struct assay__summary_entry *entry = table->entries[i];
        bool is_metric = entry->state != NULL || entry->is_unneeded;
        status = assay__summary_go_on(table, i, err);
        if (status != ASSAY_OK)
            break;
        status = is_metric ? add_metric(dataset, entry, err) : add_remark(dataset, entry, err);
    }
    return status;
}
