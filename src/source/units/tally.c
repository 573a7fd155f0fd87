/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds units to the cells of a dataset: the total, segments and values of dimensions. */
#include "source/units/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/room.h"

#define UNKNOWN UINT32_MAX
enum {
    MEMO_SIZE = ASSAY__ROOM(2048, 32),
    SLICES_MAX = 1 + ASSAY_SEGMENTS_MAX + ASSAY_DIMENSIONS_MAX
};

/* Where a cell is; direct-mapped: the last one that fell on a place stays. */
struct assay__cell_memo {
    struct {
        int64_t look;
        uint32_t slice, group;
        struct assay__cell *cell; /* NULL: free */
    } entries[MEMO_SIZE];
};

enum assay_status assay__tally_set_cap(struct assay__tally *tally, uint32_t metric, bool is_upper,
                                       const struct assay_decimal *value, struct assay_error *err)
{
    struct assay__cap *cap = &tally->caps[metric];
    struct assay_decimal *bound = is_upper ? &cap->upper : &cap->lower;
    *bound = *value;
    if (value->digits != NULL) {
        bound->digits = assay__arena_copy(&tally->arena, value->digits, value->digit_count);
        if (bound->digits == NULL)
            return assay__fail_memory(err);
    }
    *(is_upper ? &cap->has_upper : &cap->has_lower) = true;
    return ASSAY_OK;
}

/* Sets a cap the plan gives as text. */
static enum assay_status set_planned_cap(struct assay__tally *tally, uint32_t metric, bool is_upper,
                                         const char *text, struct assay_error *err)
{
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal value;
    if (text == NULL)
        return ASSAY_OK;
    if (assay__decimal_parse(text, strlen(text), &value, digits) != ASSAY__PARSE_OK)
        return assay__fail(err, ASSAY_ERROR_PLAN, "The cap '%s' of metric '%s' is not a number.",
                           text, tally->binding->plan->metrics[metric].id);
    return assay__tally_set_cap(tally, metric, is_upper, &value, err);
}

static enum assay_status set_planned_caps(struct assay__tally *tally, struct assay_error *err)
{
    const struct assay_plan *plan = tally->binding->plan;
    enum assay_status status = ASSAY_OK;
    for (uint32_t m = 0; status == ASSAY_OK && m < plan->metric_count; m++) {
        status = set_planned_cap(tally, m, false, plan->metrics[m].cap.lower, err);
        if (status == ASSAY_OK)
            status = set_planned_cap(tally, m, true, plan->metrics[m].cap.upper, err);
    }
    return status;
}

enum assay_status assay__tally_init(struct assay__tally *tally, struct assay_dataset *dataset,
                                    const struct assay__binding *binding,
                                    const struct assay__unit_names *names, struct assay_error *err)
{
    const struct assay_plan *plan = binding->plan;
    memset(tally, 0, sizeof *tally);
    tally->dataset = dataset;
    tally->binding = binding;
    tally->names = names;
    tally->caps = assay__arena_array(&tally->arena, plan->metric_count, sizeof *tally->caps);
    tally->keeps = assay__arena_array(&tally->arena, plan->metric_count, sizeof *tally->keeps);
    if (tally->caps == NULL || tally->keeps == NULL)
        return assay__fail_memory(err);
    for (uint32_t m = 0; m < plan->metric_count; m++)
        tally->keeps[m] = assay__metric_accumulator(&plan->metrics[m]);
    for (int t = 0; t < 2; t++) {
        tally->known[t] =
            assay__arena_array(&tally->arena, names->list_count, sizeof *tally->known[t]);
        if (tally->known[t] == NULL)
            return assay__fail_memory(err);
    }
    return set_planned_caps(tally, err);
}

void assay__tally_release(struct assay__tally *tally)
{
    for (int t = 0; t < 2; t++) {
        for (uint32_t i = 0; tally->known[t] != NULL && i < tally->names->list_count; i++)
            assay__free(tally->known[t][i].numbers);
        assay__free(tally->memos[t]);
    }
    assay_dataset_free(tally->taken);
    assay__arena_release(&tally->arena);
    memset(tally, 0, sizeof *tally);
}

void assay__tally_unit(struct assay__tally *tally, uint32_t group, const uint64_t *content)
{
    tally->group = group;
    tally->content = content;
}

static enum assay_status need_taken(struct assay__tally *tally, struct assay_error *err)
{
    if (tally->taken != NULL)
        return ASSAY_OK;
    return assay_dataset_new(tally->binding->plan, &tally->taken, err);
}

/* The number in a dataset of a name: of a group (list 0), or the slice of dimension list - 1. */
static enum assay_status number_of(struct assay__tally *tally, bool is_taken, uint32_t list,
                                   uint32_t name, uint32_t *number, struct assay_error *err)
{
    struct assay__slots *known = &tally->known[is_taken][list];
    if (name < known->capacity && known->numbers[name] != UNKNOWN) {
        *number = known->numbers[name];
        return ASSAY_OK;
    }
    if (name >= known->capacity) {
        uint32_t capacity = name * 2 + 16;
        uint32_t *numbers = assay__realloc(known->numbers, capacity * sizeof *numbers);
        if (numbers == NULL)
            return assay__fail_memory(err);
        for (uint32_t i = known->capacity; i < capacity; i++)
            numbers[i] = UNKNOWN;
        known->numbers = numbers;
        known->capacity = capacity;
    }
    struct assay_dataset *dataset = is_taken ? tally->taken : tally->dataset;
    size_t length;
    const char *text = assay__unit_names_text(tally->names, list, name, &length);
    enum assay_status status =
        list == 0 ? assay__dataset_group(dataset, text, length, number, err)
                  : assay__dataset_slice(dataset, list - 1, text, length, number, err);
    if (status == ASSAY_OK)
        known->numbers[name] = *number;
    return status;
}

/* The cell of a look, a slice and a group, all as the dataset numbers them. */
static enum assay_status cell_of(struct assay__tally *tally, bool is_taken, int64_t look,
                                 uint32_t slice, uint32_t group, struct assay__cell **cell,
                                 struct assay_error *err)
{
    uint64_t hash = assay__hash_fold((uint64_t)look ^ slice, 0x9e3779b97f4a7c15u + group * 2);
    if (tally->memos[is_taken] == NULL)
        tally->memos[is_taken] = assay__calloc(1, sizeof *tally->memos[is_taken]);
    struct assay__cell_memo *memo = tally->memos[is_taken];
    if (memo == NULL)
        return assay__fail_memory(err);
    size_t place = hash % MEMO_SIZE;
    if (memo->entries[place].cell != NULL && memo->entries[place].look == look &&
        memo->entries[place].slice == slice && memo->entries[place].group == group) {
        *cell = memo->entries[place].cell;
        return ASSAY_OK;
    }
    struct assay_dataset *dataset = is_taken ? tally->taken : tally->dataset;
    uint32_t number;
    enum assay_status status = assay__dataset_look(dataset, look, &number, err);
    if (status == ASSAY_OK)
        status = assay__dataset_cell(dataset, slice, number, group, cell, err);
    if (status != ASSAY_OK)
        return status;
    memo->entries[place].look = look;
    memo->entries[place].slice = slice;
    memo->entries[place].group = group;
    memo->entries[place].cell = *cell;
    return ASSAY_OK;
}

/* Lists the cells the unit at hand belongs to at a look. */
static enum assay_status find_cells(struct assay__tally *tally, int64_t look, bool is_taken,
                                    struct assay__cell *cells[SLICES_MAX], uint32_t *count,
                                    struct assay_error *err)
{
    const struct assay_plan *plan = tally->binding->plan;
    const uint64_t *segments = tally->content + assay__binding_segments(plan);
    uint32_t group;
    *count = 0;
    enum assay_status status = is_taken ? need_taken(tally, err) : ASSAY_OK;
    if (status == ASSAY_OK)
        status = number_of(tally, is_taken, 0, tally->group, &group, err);
    if (status == ASSAY_OK)
        status = cell_of(tally, is_taken, look, 0, group, &cells[(*count)++], err);
    for (uint32_t s = 0; status == ASSAY_OK && s < plan->segment_count; s++)
        if (segments[s / 64] >> s % 64 & 1)
            status = cell_of(tally, is_taken, look, 1 + s, group, &cells[(*count)++], err);
    for (uint32_t d = 0; status == ASSAY_OK && d < plan->dimension_count; d++) {
        uint32_t name, slice;
        memcpy(&name, (const char *)tally->content + d * sizeof name, sizeof name);
        status = number_of(tally, is_taken, 1 + d, name, &slice, err);
        if (status == ASSAY_OK)
            status = cell_of(tally, is_taken, look, slice, group, &cells[(*count)++], err);
    }
    return status;
}

enum assay_status assay__tally_count(struct assay__tally *tally, int64_t look, bool is_taken,
                                     struct assay_error *err)
{
    struct assay__cell *cells[SLICES_MAX];
    uint32_t count;
    enum assay_status status = find_cells(tally, look, is_taken, cells, &count, err);
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++)
        cells[i]->units++;
    const struct assay__unit_watch *watch = assay__dataset_watcher(tally->dataset);
    if (status == ASSAY_OK && watch != NULL && !is_taken)
        status = watch->unit(watch->context, err);
    return status;
}

static const struct assay_decimal *capped(const struct assay__cap *cap,
                                          const struct assay_decimal *value)
{
    if (cap->has_lower && assay__decimal_compare(value, &cap->lower) < 0)
        return &cap->lower;
    if (cap->has_upper && assay__decimal_compare(value, &cap->upper) > 0)
        return &cap->upper;
    return value;
}

void assay__tally_vector(const struct assay__tally *tally, uint32_t metric,
                         const struct assay__number *numbers, struct assay__vector *out)
{
    const struct assay__metric_use *use = &tally->binding->metrics[metric];
    out->missing_covariates = 0;
    out->is_missing = false;
    for (uint32_t i = 0; i < use->count; i++) {
        const struct assay__number *number = &numbers[use->variables[i]];
        out->values[i] = number->value;
        if (number->is_missing && i < use->required)
            out->is_missing = true;
        else if (number->is_missing)
            out->missing_covariates |= UINT32_C(1) << (i - use->required);
    }
    out->counts =
        !out->is_missing || tally->binding->plan->metrics[metric].missing == ASSAY_MISSING_ZERO;
    out->values[0] = *capped(&tally->caps[metric], &out->values[0]);
}

enum assay_status assay__tally_add(struct assay__tally *tally, uint32_t metric, int64_t look,
                                   const struct assay__vector *vector, bool is_taken,
                                   struct assay_error *err)
{
    struct assay__cell *cells[SLICES_MAX];
    uint32_t count;
    enum assay_status status = find_cells(tally, look, is_taken, cells, &count, err);
    const struct assay__accumulator *keeps = tally->keeps[metric];
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++) {
        void **state = &cells[i]->states[metric];
        if (*state == NULL) /* made when a value comes, so that none is ever empty */
            status = assay__metric_state(&tally->binding->plan->metrics[metric], state, err);
        if (status == ASSAY_OK)
            status = keeps->add(*state, vector->values, vector->missing_covariates, err);
    }
    const struct assay__unit_watch *watch = assay__dataset_watcher(tally->dataset);
    if (status == ASSAY_OK && watch != NULL && !is_taken)
        status =
            watch->value(watch->context, metric, vector->values, vector->missing_covariates, err);
    return status;
}
