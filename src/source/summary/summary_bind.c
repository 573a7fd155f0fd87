/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From tables of sufficient statistics to datasets: each entry finds the plan's metric and slice it
 * is about. What the plan does not name is noted, never dropped in silence.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "source/summary/summary_table.h"
#include "analysis/dataset_read.h"
#include "stats/metric/metric.h"
#include "stats/moments.h"

#define NOT_FOUND UINT32_MAX

static bool is_segment(const struct assay__summary_entry *entry)
{
    return strcmp(entry->key[ASSAY__KEY_DIMENSION], "@segment") == 0;
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

/* Where the entries of a series, and those of a time, belong: found once. */
struct places {
    struct assay_dataset *dataset;
    const struct assay_plan *plan; /* the dataset's */
    bool is_counting;              /* units are counted by metrics */
    struct metric_place {
        const struct assay__accumulator *keeps;
        struct assay_moments_shape shape;
        bool is_share;
    } * metrics; /* [metrics of the plan] */
    struct series_place {
        bool has_metric, has_slice, has_group;
        uint32_t metric, slice, group; /* NOT_FOUND where the plan has none */
        uint32_t row;                  /* of cells: the number of its slice and group */
    } * series;                        /* [series of the table] */
    uint32_t *looks;                   /* [times of the table], NOT_FOUND until asked */
    struct assay__index rows;          /* slice and group */
    struct cell_place {
        struct assay__cell *cell;   /* NULL until found */
        uint64_t units;             /* that were counted by metrics */
    } * cells;                      /* [row_count][time_count] */
    uint32_t row_count, time_count; /* row_count 0: there is no list, cells are found by key */
};

/* Whether a list of cells by series and time is not much longer than that of the entries. */
static bool may_list_cells(const struct assay__summary_table *table)
{
    uint64_t most = 4 * (uint64_t)table->keys.count + 1000;
    return (uint64_t)table->series.count * table->times.count <= most;
}

static enum assay_status places_init(struct places *places,
                                     const struct assay__summary_table *table, bool has_cells,
                                     struct assay_dataset *dataset, struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    places->dataset = dataset;
    places->plan = plan;
    places->metrics = assay__calloc((size_t)plan->metric_count + 1, sizeof *places->metrics);
    places->series = assay__calloc((size_t)table->series.count + 1, sizeof *places->series);
    places->looks = assay__malloc(((size_t)table->times.count + 1) * sizeof *places->looks);
    if (places->metrics == NULL || places->series == NULL || places->looks == NULL)
        return assay__fail_memory(err);
    for (uint32_t m = 0; m < plan->metric_count; m++)
        places->metrics[m] = (struct metric_place){
            assay__metric_accumulator(&plan->metrics[m]), assay__metric_shape(&plan->metrics[m]),
            assay__metric_kind(plan->metrics[m].type)->is_share};
    for (uint32_t i = 0; i < table->times.count; i++)
        places->looks[i] = NOT_FOUND;
    places->time_count = table->times.count;
    if (!has_cells)
        return ASSAY_OK;
    places->row_count = table->series.count;
    places->cells =
        assay__calloc((size_t)places->row_count * places->time_count + 1, sizeof *places->cells);
    return places->cells == NULL ? assay__fail_memory(err) : ASSAY_OK;
}

/* The place of an entry's cell in the list, if there is one. */
static struct cell_place *place_of(const struct places *places,
                                   const struct assay__summary_entry *entry)
{
    size_t row = places->series[entry->series].row;
    return &places->cells[row * places->time_count + entry->time];
}

static void places_release(struct places *places)
{
    assay__free(places->metrics);
    assay__free(places->series);
    assay__free(places->looks);
    assay__free(places->cells);
    assay__index_release(&places->rows);
}

/* The plan's number of an entry's metric. */
static uint32_t metric_of(const struct places *places, const struct assay__summary_entry *entry)
{
    struct series_place *own = &places->series[entry->series];
    if (!own->has_metric)
        own->metric = assay__summary_plan_metric(places->plan, entry->key[ASSAY__KEY_METRIC]);
    own->has_metric = true;
    return own->metric;
}

static enum assay_status find_group(struct places *places, const struct assay__summary_entry *entry,
                                    struct assay_error *err)
{
    struct series_place *own = &places->series[entry->series];
    const char *id = entry->key[ASSAY__KEY_GROUP];
    if (own->has_group)
        return ASSAY_OK;
    enum assay_status status =
        assay__dataset_group(places->dataset, id, strlen(id), &own->group, err);
    const uint32_t key[2] = {own->slice, own->group};
    if (status == ASSAY_OK)
        status = assay__index_add(&places->rows, key, sizeof key, UINT32_MAX - 1, &own->row, err);
    own->has_group = status == ASSAY_OK;
    return status;
}

/* Finds the cell an entry belongs to; *cell is NULL when the plan has no place for it. */
static enum assay_status search_cell(struct places *places,
                                     const struct assay__summary_entry *entry,
                                     struct assay__cell **cell, struct assay_error *err)
{
    struct series_place *own = &places->series[entry->series];
    uint32_t *look = &places->looks[entry->time];
    const char *time = entry->key[ASSAY__KEY_TIME];
    enum assay_status status = ASSAY_OK;
    *cell = NULL;
    if (time[0] != '\0' && entry->time_ns == INT64_MIN)
        return assay__fail_at(err, ASSAY_ERROR_DATA, entry->file, entry->line, 0,
                              "'%s' is not a time.", time);
    if (!own->has_slice)
        status = find_slice(places->dataset, entry, &own->slice, err);
    own->has_slice = status == ASSAY_OK;
    if (status != ASSAY_OK)
        return status;
    if (own->slice == NOT_FOUND)
        return note_unplanned(
            places->dataset, is_segment(entry) ? "segment" : "dimension",
            entry->key[is_segment(entry) ? ASSAY__KEY_VALUE : ASSAY__KEY_DIMENSION], err);
    if (*look == NOT_FOUND)
        status = assay__dataset_look(places->dataset, entry->time_ns, look, err);
    if (status == ASSAY_OK)
        status = find_group(places, entry, err);
    if (status != ASSAY_OK)
        return status;
    status = assay__dataset_cell(places->dataset, own->slice, *look, own->group, cell, err);
    return status;
}

/* The same, for nearly all entries without a search; *place is NULL where there is no list. */
static inline enum assay_status find_cell(struct places *places,
                                          const struct assay__summary_entry *entry,
                                          struct assay__cell **cell, struct cell_place **place,
                                          struct assay_error *err)
{
    struct series_place *own = &places->series[entry->series];
    *place = NULL;
    if (places->row_count == 0)
        return search_cell(places, entry, cell, err);
    if (own->has_group) {
        *place = place_of(places, entry);
        *cell = (*place)->cell;
        if (*cell != NULL)
            return ASSAY_OK;
    }
    enum assay_status status = search_cell(places, entry, cell, err);
    if (status == ASSAY_OK && *cell != NULL) {
        *place = place_of(places, entry);
        (*place)->cell = *cell;
    }
    return status;
}

/* What the plan's type and the table's sums have against each other; NULL: nothing. */
static const char *find_conflict(const struct metric_place *metric,
                                 const struct assay__summary_entry *entry)
{
    const struct assay_moments *moments = assay__summary_moments(entry);
    if (entry->keeps != metric->keeps)
        return moments == NULL ? "the plan's type needs sums, and these rows have none."
                               : "these are sums, and the plan's type needs more than sums.";
    if (moments == NULL)
        return NULL;
    struct assay_moments_shape want = metric->shape;
    struct assay_moments_shape have = assay_moments_shape(moments);
    if (want.has_denominator && !have.has_denominator)
        return "a ratio needs denominator_mean, denominator_variance and denominator_covariance.";
    if (!want.has_denominator && have.has_denominator)
        return "there are denominators, but the plan's type is not ratio: change the plan, or "
               "leave them out.";
    if (want.covariate_count != have.covariate_count)
        return "the number of covariates differs from the plan's; each needs covariate1_mean, "
               "covariate1_variance, covariate1_covariance (covariate2_..., and so on).";
    double mean = metric->is_share && !entry->has_inner_mean ? assay_moments_mean(moments, 0) : 0.0;
    if (mean < 0.0 || mean > 1.0)
        return "a proportion's mean lies between 0 and 1: give the share of units, or change the "
               "plan's type to mean.";
    if (metric->is_share && entry->is_no_share)
        return "the variance (or sum_squares) is not that of a share: zeros and ones have variance "
               "p (1 - p), and a sum of squares that is the sum. Is the plan's type wrong?";
    return NULL;
}

static enum assay_status check_metric(const struct places *places, uint32_t number,
                                      const struct assay__summary_entry *entry,
                                      struct assay_error *err)
{
    const char *what = find_conflict(&places->metrics[number], entry);
    if (what == NULL)
        return ASSAY_OK;
    return assay__fail_at(err, ASSAY_ERROR_DATA, entry->file, entry->line, entry->column,
                          "Metric '%.100s': %s", places->plan->metrics[number].id, what);
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
                                          const struct assay__summary_table *table, uint32_t first,
                                          uint32_t metric, struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    const struct assay__summary_entry *last = NULL;
    uint32_t count = 0;
    for (uint32_t i = first; i < table->keys.count; i++) {
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
        uint32_t metric = assay__summary_plan_metric(plan, entry->key[ASSAY__KEY_METRIC]);
        if (metric != ASSAY__NOT_PLANNED && lacks_variance(plan, entry, metric))
            return assay__summary_refuse(
                entry, err,
                "a variance (or sum_squares) is needed, the square of a standard deviation; only a "
                "proportion needs none.");
    }
    return ASSAY_OK;
}

/* A cell has as many units as its most frequent metric. */
static void count_units(const struct assay__summary_entry *entry, struct assay__cell *cell,
                        struct cell_place *place)
{
    uint64_t count = assay__summary_count(entry);
    if (count <= place->units)
        return;
    cell->units += count - place->units;
    place->units = count;
}

static enum assay_status add_metric(struct places *places, struct assay__summary_entry *entry,
                                    struct assay_error *err)
{
    const struct assay_plan *plan = places->plan;
    uint32_t metric = metric_of(places, entry);
    if (metric == ASSAY__NOT_PLANNED)
        return note_unplanned(places->dataset, "metric", entry->key[ASSAY__KEY_METRIC], err);
    struct assay__cell *cell = NULL;
    struct cell_place *place;
    if (entry->is_unneeded)
        return find_cell(places, entry, &cell, &place, err); /* notes what the plan does not name */
    enum assay_status status = check_metric(places, metric, entry, err);
    if (status == ASSAY_OK)
        status = find_cell(places, entry, &cell, &place, err);
    if (status != ASSAY_OK || cell == NULL)
        return status;
    if (places->is_counting)
        count_units(entry, cell, place);
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

static enum assay_status add_units(struct places *places, const struct assay__summary_entry *entry,
                                   struct assay_error *err)
{
    struct assay__cell *cell;
    struct cell_place *place;
    enum assay_status status = find_cell(places, entry, &cell, &place, err);
    if (status == ASSAY_OK && cell != NULL)
        cell->units += entry->n;
    return status;
}

/* Gives up the states that no cell got: their memory is the dataset's, which may go first. */
static void release_states(struct assay__summary_table *table)
{
    for (uint32_t i = 0; i < table->keys.count; i++) {
        struct assay__summary_entry *entry = table->entries[i];
        if (entry->state != NULL && !entry->is_borrowed)
            entry->keeps->free(entry->state);
        entry->state = NULL;
    }
}

enum assay_status assay__summary_to_dataset(struct assay__summary_table *table,
                                            struct assay_dataset *dataset, struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    struct places places = {0};
    enum assay_status status = check_variances(plan, table, err);
    if (table->keys.count > 0 && !table->is_sealed)
        assay__dataset_unseal(dataset);
    uint32_t first = 0;
    while (first < table->keys.count && !table->entries[first]->without_variance)
        first++;
    for (uint32_t m = 0; status == ASSAY_OK && m < plan->metric_count; m++)
        status = note_no_variance(dataset, table, first, m, err);
    if (status != ASSAY_OK)
        return status;
    assay__dataset_adopt(dataset, &table->states);
    bool has_cells = may_list_cells(table);
    places.is_counting = table->counts_by_metrics && has_cells;
    if (table->counts_by_metrics && !has_cells)
        status = assay__summary_count_units(table, err);
    if (status == ASSAY_OK)
        status = places_init(&places, table, has_cells, dataset, err);
    for (uint32_t i = 0; status == ASSAY_OK && i < table->keys.count; i++) {
        struct assay__summary_entry *entry = table->entries[i];
        bool is_metric = entry->state != NULL || entry->is_unneeded;
        status = assay__summary_go_on(table, i, err);
        if (status == ASSAY_OK)
            status = is_metric ? add_metric(&places, entry, err)
                     : assay__summary_counts_units(entry)
                         ? add_units(&places, entry, err)
                         : assay__summary_add_remark(dataset, entry, err);
    }
    places_release(&places);
    release_states(table);
    return status;
}
