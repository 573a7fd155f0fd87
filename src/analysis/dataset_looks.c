/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what is new at each look to what there is at each look. */
#include <stdlib.h>
#include <string.h>

#include "analysis/dataset_read.h"
#include "base/error.h"
#include "base/memory.h"

/* What there is of a group in a slice at the look at hand. */
struct running {
    uint64_t units;
    void **states; /* [metric_count]; NULL until units have come */
};

/* The same cell of another dataset, by names; NULL when it has none. */
static enum assay_status find_taken(const struct assay_dataset *dataset,
                                    struct assay_dataset *taken, uint32_t slice, uint32_t look,
                                    uint32_t group, const struct assay__cell **cell,
                                    struct assay_error *err)
{
    const char *id = assay__dataset_group_id(dataset, group);
    struct assay__slice_name name = assay__dataset_slice_name(dataset, slice);
    uint32_t other_slice = slice, other_group, other_look;
    *cell = NULL;
    if (taken == NULL)
        return ASSAY_OK;
    enum assay_status status = assay__dataset_group(taken, id, strlen(id), &other_group, err);
    if (status == ASSAY_OK)
        status =
            assay__dataset_look(taken, assay__dataset_look_time(dataset, look), &other_look, err);
    if (status == ASSAY_OK && name.kind == ASSAY_SLICE_DIMENSION)
        status = assay__dataset_slice(taken, name.number, name.value, strlen(name.value),
                                      &other_slice, err);
    if (status == ASSAY_OK)
        *cell = assay__dataset_find(taken, other_slice, other_look, other_group);
    return status;
}

/* Adds what is new at a look, and subtracts what is taken back. */
static enum assay_status step(const struct assay_plan *plan, struct running *running,
                              const struct assay__cell *added, const struct assay__cell *taken,
                              struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    running->units += added == NULL ? 0 : added->units;
    running->units -= taken == NULL ? 0 : taken->units;
    for (uint32_t m = 0; status == ASSAY_OK && m < plan->metric_count; m++) {
        const struct assay__accumulator *keeps = assay__metric_accumulator(&plan->metrics[m]);
        if (added != NULL && added->states[m] != NULL) {
            status = assay__metric_state(&plan->metrics[m], &running->states[m], err);
            if (status == ASSAY_OK)
                status = keeps->merge(running->states[m], added->states[m], err);
        }
        if (status == ASSAY_OK && taken != NULL && taken->states[m] != NULL)
            status = keeps->subtract(running->states[m], taken->states[m], err);
    }
    return status;
}

/* Puts what there is into the cell of the look; a state without units is left out. */
static enum assay_status put(const struct assay_plan *plan, const struct running *running,
                             struct assay__cell *cell, struct assay_error *err)
{
    cell->units = running->units;
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        const struct assay__accumulator *keeps = assay__metric_accumulator(&plan->metrics[m]);
        keeps->free(cell->states[m]);
        cell->states[m] = NULL;
        if (running->states[m] == NULL || keeps->count(running->states[m]) == 0)
            continue;
        enum assay_status status = assay__metric_state(&plan->metrics[m], &cell->states[m], err);
        if (status == ASSAY_OK)
            status = keeps->merge(cell->states[m], running->states[m], err);
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

static void clear(const struct assay_plan *plan, struct running *running)
{
    running->units = 0;
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        assay__metric_accumulator(&plan->metrics[m])->free(running->states[m]);
        running->states[m] = NULL;
    }
}

/* One group in one slice, look after look. */
static enum assay_status accumulate(struct assay_dataset *dataset, struct assay_dataset *taken,
                                    uint32_t slice, uint32_t group, const uint32_t *looks,
                                    uint32_t count, struct running *running,
                                    struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    enum assay_status status = ASSAY_OK;
    bool has_begun = false;
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++) {
        const struct assay__cell *added = assay__dataset_find(dataset, slice, looks[i], group);
        const struct assay__cell *less = NULL;
        struct assay__cell *cell;
        has_begun = has_begun || added != NULL;
        if (!has_begun)
            continue;
        status = find_taken(dataset, taken, slice, looks[i], group, &less, err);
        if (status == ASSAY_OK)
            status = step(plan, running, added, less, err);
        if (status == ASSAY_OK)
            status = assay__dataset_cell(dataset, slice, looks[i], group, &cell, err);
        if (status == ASSAY_OK)
            status = put(plan, running, cell, err);
    }
    clear(plan, running);
    return status;
}

/* How many of the first looks have no unit yet: rows were there, whose units do not count. */
static uint32_t empty_looks(const struct assay_dataset *dataset, const int64_t *times,
                            uint32_t count)
{
    uint32_t met = assay__dataset_look_count(dataset), empty = 0;
    int64_t first = INT64_MAX;
    for (uint32_t i = 0; i < met; i++)
        if (assay__dataset_look_time(dataset, i) < first)
            first = assay__dataset_look_time(dataset, i);
    while (met > 0 && empty < count && times[empty] < first)
        empty++;
    return empty;
}

enum assay_status assay__dataset_accumulate(struct assay_dataset *dataset,
                                            struct assay_dataset *taken, const int64_t *times,
                                            uint32_t count, const struct assay__halt *halt,
                                            struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    struct running running = {
        0, assay__calloc((size_t)plan->metric_count + 1, sizeof *running.states)};
    uint32_t *looks = assay__calloc((size_t)count + 1, sizeof *looks);
    enum assay_status status =
        running.states == NULL || looks == NULL ? assay__fail_memory(err) : ASSAY_OK;
    uint32_t empty = empty_looks(dataset, times, count);
    times += empty;
    count -= empty;
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++)
        status = assay__dataset_look(dataset, times[i], &looks[i], err);
    uint32_t slices = assay__dataset_slice_count(dataset);
    uint32_t groups = assay__dataset_group_count(dataset);
    for (uint32_t s = 0; status == ASSAY_OK && s < slices; s++)
        for (uint32_t g = 0; status == ASSAY_OK && g < groups; g++) {
            status = assay__halt_check(halt, err);
            if (status != ASSAY_OK)
                break;
            status = accumulate(dataset, taken, s, g, looks, count, &running, err);
        }
    assay__free(running.states);
    assay__free(looks);
    return status;
}
