/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A dataset is a sparse table of cells (slice, look, group), each with the units it counts and one
 * exact state per metric (stats/metric/accumulator.h). Nothing in it depends on the order in which
 * it was filled, except the numbering of groups, looks and slices, which the analysis sorts.
 */
#include "analysis/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/counter.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "analysis/cells.h"
#include "analysis/dataset_read.h"

enum { INPUTS_MAX = 1000000, SKIPPED_GROUPS_MAX = 100000 };

struct slice_key {
    uint32_t dimension;
};

struct assay_dataset {
    const struct assay_plan *plan;
    struct assay__arena arena;
    struct assay__arena states; /* memory of states that came from elsewhere */
    struct assay__index groups; /* by id */
    struct assay__index values; /* dimension number and value; slice = 1 + segments + number */
    struct assay__index looks;  /* by time */
    struct assay__cells cells;
    struct assay__index notes; /* level, metric, text */
    struct assay_counts counts;
    uint64_t *missing;
    int64_t latest;
    struct assay__counter inputs;  /* rows by events NUL digest */
    struct assay__counter skipped; /* rows by group */
    bool is_unsealed;
    const struct assay__unit_watch *watch;
};

enum assay_status assay_dataset_new(const struct assay_plan *plan, struct assay_dataset **out,
                                    struct assay_error *err)
{
    struct assay_dataset *dataset = assay__calloc(1, sizeof *dataset);
    if (dataset == NULL)
        return assay__fail_memory(err);
    dataset->plan = assay__plan_hold(plan);
    dataset->cells.metric_count = plan->metric_count;
    dataset->latest = INT64_MIN;
    dataset->missing =
        assay__arena_array(&dataset->arena, plan->metric_count, sizeof *dataset->missing);
    if (dataset->missing == NULL) {
        assay_dataset_free(dataset);
        return assay__fail_memory(err);
    }
    *out = dataset;
    return ASSAY_OK;
}

void assay_dataset_free(struct assay_dataset *dataset)
{
    if (dataset == NULL)
        return;
    for (uint32_t m = 0; m < dataset->plan->metric_count; m++)
        assay__cells_free_states(&dataset->cells, m,
                                 assay__metric_accumulator(&dataset->plan->metrics[m])->free);
    assay__counter_release(&dataset->inputs);
    assay__counter_release(&dataset->skipped);
    assay__index_release(&dataset->groups);
    assay__index_release(&dataset->values);
    assay__index_release(&dataset->looks);
    assay__cells_release(&dataset->cells);
    assay__index_release(&dataset->notes);
    assay__arena_release(&dataset->states);
    assay__arena_release(&dataset->arena);
    assay__plan_leave(dataset->plan);
    assay__free(dataset);
}

const struct assay_plan *assay__dataset_plan(const struct assay_dataset *dataset)
{
    return dataset->plan;
}

void assay__dataset_watch(struct assay_dataset *dataset, const struct assay__unit_watch *watch)
{
    dataset->watch = watch;
}

const struct assay__unit_watch *assay__dataset_watcher(const struct assay_dataset *dataset)
{
    return dataset->watch;
}

enum assay_status assay__fail_groups(struct assay_error *err)
{
    return assay__fail_reason(err,
                              assay__fail(err, ASSAY_ERROR_LIMIT,
                                          "More than %d distinct groups. Is this the group column? "
                                          "The plan names it as columns.group.",
                                          ASSAY_GROUPS_MAX),
                              ASSAY_REASON_GROUP_COLUMN);
}

enum assay_status assay__dataset_group(struct assay_dataset *dataset, const char *id, size_t length,
                                       uint32_t *index, struct assay_error *err)
{
    enum assay_status status =
        assay__index_add(&dataset->groups, id, length, ASSAY_GROUPS_MAX, index, err);
    return status == ASSAY_ERROR_LIMIT ? assay__fail_groups(err) : status;
}

enum assay_status assay__dataset_slice(struct assay_dataset *dataset, uint32_t dimension,
                                       const char *value, size_t length, uint32_t *index,
                                       struct assay_error *err)
{
    char small[256];
    char *key = small;
    size_t key_length = sizeof(struct slice_key) + length;
    if (key_length > sizeof small) {
        key = assay__malloc(key_length);
        if (key == NULL)
            return assay__fail_memory(err);
    }
    memcpy(key, &(struct slice_key){dimension}, sizeof(struct slice_key));
    if (length > 0)
        memcpy(key + sizeof(struct slice_key), value, length);
    enum assay_status status =
        assay__index_add(&dataset->values, key, key_length, ASSAY_SLICES_MAX, index, err);
    if (key != small)
        assay__free(key);
    if (status == ASSAY_ERROR_LIMIT)
        return assay__fail(err, status,
                           "More than %d distinct values of dimensions, '%s' among them. Break "
                           "results down by columns with fewer values.",
                           ASSAY_SLICES_MAX, dataset->plan->dimensions[dimension]);
    *index += 1 + dataset->plan->segment_count;
    return status;
}

enum assay_status assay__dataset_look(struct assay_dataset *dataset, int64_t time_ns,
                                      uint32_t *index, struct assay_error *err)
{
    enum assay_status status =
        assay__index_add(&dataset->looks, &time_ns, sizeof time_ns, ASSAY_LOOKS_MAX, index, err);
    if (status == ASSAY_ERROR_LIMIT)
        return assay__fail(err, status, "More than %d looks: choose a coarser granularity.",
                           ASSAY_LOOKS_MAX);
    return status;
}

enum assay_status assay__dataset_cell(struct assay_dataset *dataset, uint32_t slice, uint32_t look,
                                      uint32_t group, struct assay__cell **cell,
                                      struct assay_error *err)
{
    return assay__cells_add(&dataset->cells, slice, look, group, cell, err);
}

void assay__dataset_adopt(struct assay_dataset *dataset, struct assay__arena *states)
{
    assay__arena_move(&dataset->states, states);
}

void assay__dataset_observe(struct assay_dataset *dataset, int64_t time_ns)
{
    if (time_ns > dataset->latest)
        dataset->latest = time_ns;
}

int64_t assay__dataset_latest(const struct assay_dataset *dataset)
{
    return dataset->latest;
}

struct assay_counts *assay__dataset_mutable_counts(struct assay_dataset *dataset)
{
    return &dataset->counts;
}

struct assay_counts assay_dataset_counts(const struct assay_dataset *dataset)
{
    return dataset->counts;
}

void assay__dataset_add_missing(struct assay_dataset *dataset, uint32_t metric, uint64_t count)
{
    dataset->missing[metric] += count;
}

uint64_t assay__dataset_missing(const struct assay_dataset *dataset, uint32_t metric)
{
    return dataset->missing[metric];
}

enum assay_status assay__dataset_note(struct assay_dataset *dataset,
                                      enum assay_annotation_level level, int32_t metric,
                                      const char *text, struct assay_error *err)
{
    char key[2048];
    struct assay__note_head head = {(int32_t)level, metric};
    size_t length = strlen(text);
    if (length > sizeof key - sizeof head)
        length = sizeof key - sizeof head;
    memcpy(key, &head, sizeof head);
    memcpy(key + sizeof head, text, length);
    uint32_t number;
    return assay__index_add(&dataset->notes, key, sizeof head + length, 100000, &number, err);
}

enum assay_status assay__dataset_skip(struct assay_dataset *dataset, const char *group,
                                      size_t length, uint64_t rows, struct assay_error *err)
{
    uint64_t *count;
    enum assay_status status =
        assay__counter_at(&dataset->skipped, group, length, SKIPPED_GROUPS_MAX, &count, err);
    if (status == ASSAY_ERROR_LIMIT)
        return assay__fail(err, status,
                           "The rows that are skipped name more than %d groups: they are not "
                           "single damaged rows.",
                           SKIPPED_GROUPS_MAX);
    if (status == ASSAY_OK)
        *count += rows;
    return status;
}

const struct assay__counter *assay__dataset_skipped(const struct assay_dataset *dataset)
{
    return &dataset->skipped;
}

enum assay_status assay__dataset_input(struct assay_dataset *dataset,
                                       const struct assay__input *input, bool *is_known,
                                       struct assay_error *err)
{
    struct assay__text key = {0};
    uint64_t *rows = NULL;
    uint32_t before = dataset->inputs.names.count;
    assay__text_append(&key, input->events, strlen(input->events) + 1);
    assay__text_puts(&key, input->digest);
    enum assay_status status = key.failed ? assay__fail_memory(err) : ASSAY_OK;
    if (status == ASSAY_OK)
        status = assay__counter_at(&dataset->inputs, key.data, key.length, INPUTS_MAX, &rows, err);
    if (status == ASSAY_ERROR_LIMIT)
        status = assay__fail(err, status, "More than %d input files.", INPUTS_MAX);
    assay__text_release(&key);
    if (status != ASSAY_OK)
        return status;
    *is_known = dataset->inputs.names.count == before && *rows > 0;
    *rows = input->rows;
    return ASSAY_OK;
}

uint32_t assay__dataset_input_count(const struct assay_dataset *dataset)
{
    return dataset->inputs.names.count;
}

struct assay__input assay__dataset_input_at(const struct assay_dataset *dataset, uint32_t number)
{
    const char *key = dataset->inputs.names.keys[number].bytes;
    return (struct assay__input){key, key + strlen(key) + 1, dataset->inputs.counts[number]};
}

bool assay__dataset_has_input(const struct assay_dataset *dataset,
                              const struct assay_dataset *other, uint32_t number)
{
    const struct assay__index_key *key = &other->inputs.names.keys[number];
    return assay__counter_get(&dataset->inputs, key->bytes, key->length) > 0;
}

void assay__dataset_unseal(struct assay_dataset *dataset)
{
    dataset->is_unsealed = true;
}

bool assay__dataset_is_sealed(const struct assay_dataset *dataset)
{
    return !dataset->is_unsealed;
}

uint32_t assay__dataset_note_count(const struct assay_dataset *dataset)
{
    return dataset->notes.count;
}

void assay__dataset_note_at(const struct assay_dataset *dataset, uint32_t number,
                            enum assay_annotation_level *level, int32_t *metric, const char **text)
{
    const struct assay__index_key *key = &dataset->notes.keys[number];
    struct assay__note_head head;
    memcpy(&head, key->bytes, sizeof head);
    *level = (enum assay_annotation_level)head.level;
    *metric = head.metric;
    *text = key->bytes + sizeof head;
}

uint32_t assay__dataset_group_count(const struct assay_dataset *dataset)
{
    return dataset->groups.count;
}

const char *assay__dataset_group_id(const struct assay_dataset *dataset, uint32_t group)
{
    return dataset->groups.keys[group].bytes;
}

uint32_t assay__dataset_slice_count(const struct assay_dataset *dataset)
{
    return 1 + dataset->plan->segment_count + dataset->values.count;
}

struct assay__slice_name assay__dataset_slice_name(const struct assay_dataset *dataset,
                                                   uint32_t slice)
{
    struct assay__slice_name name = {ASSAY_SLICE_TOTAL, 0, ""};
    if (slice == 0)
        return name;
    if (slice <= dataset->plan->segment_count) {
        name.kind = ASSAY_SLICE_SEGMENT;
        name.number = slice - 1;
        return name;
    }
    const struct assay__index_key *key =
        &dataset->values.keys[slice - 1 - dataset->plan->segment_count];
    struct slice_key head;
    memcpy(&head, key->bytes, sizeof head);
    name.kind = ASSAY_SLICE_DIMENSION;
    name.number = head.dimension;
    name.value = key->bytes + sizeof head;
    return name;
}

uint32_t assay__dataset_look_count(const struct assay_dataset *dataset)
{
    return dataset->looks.count;
}

int64_t assay__dataset_look_time(const struct assay_dataset *dataset, uint32_t look)
{
    int64_t time_ns;
    memcpy(&time_ns, dataset->looks.keys[look].bytes, sizeof time_ns);
    return time_ns;
}

const struct assay__cell *assay__dataset_find(const struct assay_dataset *dataset, uint32_t slice,
                                              uint32_t look, uint32_t group)
{
    return assay__cells_find(&dataset->cells, slice, look, group);
}

void assay__dataset_forget(struct assay_dataset *dataset, uint32_t slice, uint32_t metric)
{
    const struct assay__accumulator *keeps =
        assay__metric_accumulator(&dataset->plan->metrics[metric]);
    for (uint32_t look = 0; look < dataset->looks.count; look++)
        for (uint32_t group = 0; group < dataset->groups.count; group++) {
            struct assay__cell *cell = assay__cells_find(&dataset->cells, slice, look, group);
            if (cell == NULL)
                continue;
            keeps->free(cell->states[metric]);
            cell->states[metric] = NULL;
        }
}

void assay__dataset_trim(struct assay_dataset *dataset)
{
    assay__cells_trim(&dataset->cells, 1 + dataset->plan->segment_count);
    assay__index_release(&dataset->values);
}

/* What can be seen before anything is added: the name of the group, the shape of the moments. */
static enum assay_status check_moments(const struct assay_metric_plan *metric, const char *group,
                                       const struct assay_moments *moments, struct assay_error *err)
{
    size_t length = strlen(group);
    if (length == 0 || assay__utf8_valid_run(group, length) < length)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "The name of a group is UTF-8 and not empty.");
    if (length > ASSAY_NAME_BYTES_MAX)
        return assay__fail(err, ASSAY_ERROR_LIMIT, "The name of a group is longer than %d bytes.",
                           ASSAY_NAME_BYTES_MAX);
    const struct assay_moments_shape wanted = assay__metric_shape(metric);
    if (assay__same_shape(wanted, assay_moments_shape(moments)))
        return assay__metric_needs_moments(metric, err);
    return assay__fail(err, ASSAY_ERROR_DOMAIN,
                       "Moments of metric '%s' have %s denominator and %u covariates.", metric->id,
                       wanted.has_denominator != 0 ? "a" : "no", (unsigned)wanted.covariate_count);
}

enum assay_status assay_dataset_add_moments(struct assay_dataset *dataset, const char *metric_id,
                                            const char *group, const struct assay_moments *moments,
                                            struct assay_error *err)
{
    const struct assay_plan *plan = dataset->plan;
    uint32_t metric = 0, look, group_index;
    while (metric < plan->metric_count && strcmp(plan->metrics[metric].id, metric_id) != 0)
        metric++;
    if (metric == plan->metric_count)
        return assay__fail(err, ASSAY_ERROR_PLAN, "The plan has no metric '%s'.", metric_id);
    struct assay__cell *cell;
    struct assay_moments *into;
    enum assay_status status = check_moments(&plan->metrics[metric], group, moments, err);
    if (status != ASSAY_OK)
        return status;
    assay__dataset_unseal(dataset);
    status = assay__dataset_look(dataset, INT64_MIN, &look, err);
    if (status == ASSAY_OK)
        status = assay__dataset_group(dataset, group, strlen(group), &group_index, err);
    if (status == ASSAY_OK)
        status = assay__dataset_cell(dataset, 0, look, group_index, &cell, err);
    if (status == ASSAY_OK)
        status = assay__cell_moments(dataset, cell, metric, &into, err);
    if (status == ASSAY_OK)
        status = assay_moments_merge(into, moments, err);
    if (status == ASSAY_OK && assay_moments_count(into) > cell->units)
        cell->units = assay_moments_count(into);
    return status;
}

enum assay_status assay__cell_moments(struct assay_dataset *dataset, struct assay__cell *cell,
                                      uint32_t metric, struct assay_moments **moments,
                                      struct assay_error *err)
{
    const struct assay_metric_plan *plan = &assay__dataset_plan(dataset)->metrics[metric];
    enum assay_status status = assay__metric_needs_moments(plan, err);
    if (status == ASSAY_OK)
        status = assay__metric_state(plan, &cell->states[metric], err);
    if (status == ASSAY_OK)
        *moments = cell->states[metric];
    return status;
}
