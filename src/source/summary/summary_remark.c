/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a table of sums that are not a metric's: counts, notes, inputs, times, to a dataset. */
#include <string.h>

#include "base/error.h"
#include "base/time.h"
#include "source/summary/summary_table.h"
#include "analysis/dataset_read.h"
#include "source/units/cap.h"

uint32_t assay__summary_plan_metric(const struct assay_plan *plan, const char *id)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (strcmp(plan->metrics[m].id, id) == 0)
            return m;
    return ASSAY__NOT_PLANNED;
}

bool assay__summary_plan_has_slice(const struct assay_plan *plan,
                                   const char *const key[ASSAY__KEY_COUNT])
{
    const char *dimension = key[ASSAY__KEY_DIMENSION];
    bool has_slice = dimension[0] == '\0';
    for (uint32_t d = 0; !has_slice && d < plan->dimension_count; d++)
        has_slice = strcmp(plan->dimensions[d], dimension) == 0;
    for (uint32_t s = 0; !has_slice && s < plan->segment_count; s++)
        has_slice = strcmp(dimension, "@segment") == 0 &&
                    strcmp(plan->segments[s].id, key[ASSAY__KEY_VALUE]) == 0;
    return has_slice;
}

static enum assay_status add_missing(struct assay_dataset *dataset,
                                     const struct assay__summary_entry *entry,
                                     struct assay_error *err)
{
    uint32_t metric =
        assay__summary_plan_metric(assay__dataset_plan(dataset), entry->key[ASSAY__KEY_VALUE]);
    (void)err;
    if (metric != ASSAY__NOT_PLANNED)
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
    uint32_t metric =
        assay__summary_plan_metric(assay__dataset_plan(dataset), entry->key[ASSAY__KEY_GROUP]);
    return assay__dataset_note(dataset,
                               strcmp(level, "error") == 0     ? ASSAY_NOTE_ERROR
                               : strcmp(level, "warning") == 0 ? ASSAY_NOTE_WARNING
                                                               : ASSAY_NOTE_INFO,
                               metric == ASSAY__NOT_PLANNED ? -1 : (int32_t)metric,
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
    uint32_t metric = assay__summary_plan_metric(assay__dataset_plan(dataset), id);
    if (assay__decimal_parse(value, strlen(value), &bound, digits) != ASSAY__PARSE_OK)
        return assay__summary_refuse(entry, err, "the cap is not a number.");
    bool is_upper = strcmp(entry->key[ASSAY__KEY_DIMENSION], "above") == 0;
    assay__cap_sentence(id, is_upper, &bound, &text);
    enum assay_status status =
        text.failed ? assay__fail_memory(err)
                    : assay__dataset_note(dataset, ASSAY_NOTE_INFO,
                                          metric == ASSAY__NOT_PLANNED ? -1 : (int32_t)metric,
                                          text.data, err);
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
        {"choice", "are not 0 or 1, as a proportion needs: name other words by format.true and "
                   "format.false."},
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

enum assay_status assay__summary_add_remark(struct assay_dataset *dataset,
                                            const struct assay__summary_entry *entry,
                                            struct assay_error *err)
{
    static const struct {
        const char *name;
        enum assay_status (*add)(struct assay_dataset *, const struct assay__summary_entry *,
                                 struct assay_error *);
    } REMARKS[] = {
        {"@missing", add_missing}, {"@latest", add_latest},    {"@note", add_note},
        {"@schema", pass_over},    {"@definition", pass_over}, {"@input", add_input},
        {"@unfit", refuse_unfit},  {"@cap", add_cap},          {"@skipped", add_skipped}};
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
