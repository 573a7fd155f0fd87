/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which looks an analysis has, and what the data are at each of them. */
#include "analysis/looks.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"

static const int64_t HOUR_NS = INT64_C(3600000000000);

bool assay__is_sequential(const struct assay_plan *plan)
{
    bool found = plan->horizon.kind != ASSAY_HORIZON_FIXED;
    for (uint32_t m = 0; m < plan->metric_count; m++)
        found =
            found || assay__plan_horizon(plan, m, ASSAY__NO_SEGMENT)->kind != ASSAY_HORIZON_FIXED;
    for (uint32_t s = 0; s < plan->segment_count; s++)
        found = found || (plan->segments[s].has_horizon &&
                          plan->segments[s].horizon.kind != ASSAY_HORIZON_FIXED);
    return found;
}

/* The end of the bucket in which a time lies; weeks begin on Monday. An end is its own. */
static int64_t bucket_end(int64_t time_ns, enum assay_granularity granularity)
{
    static const int64_t HOURS[] = {[ASSAY_GRANULARITY_NONE] = 0,
                                    [ASSAY_GRANULARITY_HOUR] = 1,
                                    [ASSAY_GRANULARITY_DAY] = 24,
                                    [ASSAY_GRANULARITY_WEEK] = 168};
    int64_t width = HOURS[granularity] * HOUR_NS, start = 0;
    if (width == 0 || time_ns == INT64_MIN)
        return time_ns;
    if (granularity == ASSAY_GRANULARITY_WEEK)
        start = -72 * HOUR_NS; /* Monday, 1969-12-29 */
    int64_t into = (time_ns - start) % width;
    if (into == 0 || time_ns > INT64_MAX - width)
        return time_ns;
    return time_ns - into + (into > 0 ? width : 0);
}

struct dated {
    int64_t time_ns;
    uint32_t number;
};

static int compare_dated(const void *a, const void *b)
{
    const struct dated *x = a, *y = b;
    return x->time_ns < y->time_ns ? -1 : x->time_ns > y->time_ns;
}

/* Most data have their looks in order. */
static void sort_dated(struct dated *dated, uint32_t count)
{
    uint32_t ordered = 1;
    while (ordered < count && dated[ordered - 1].time_ns <= dated[ordered].time_ns)
        ordered++;
    if (ordered < count)
        qsort(dated, count, sizeof *dated, compare_dated);
}

/* The dataset's looks up to asOf by time; how many lie after it. */
static enum assay_status order_looks(struct assay__builder *builder, uint32_t *later,
                                     struct assay_error *err)
{
    uint32_t count = assay__dataset_look_count(builder->dataset), kept = 0;
    const struct assay_plan *plan = builder->plan;
    struct dated *dated = assay__malloc(((size_t)count + 1) * sizeof *dated);
    builder->order = assay__arena_array(builder->arena, (size_t)count + 1, sizeof *builder->order);
    builder->looks = assay__arena_array(builder->arena, (size_t)count + 1, sizeof *builder->looks);
    if (dated == NULL || builder->order == NULL || builder->looks == NULL) {
        assay__free(dated);
        return assay__fail_memory(err);
    }
    *later = 0;
    for (uint32_t i = 0; i < count; i++) {
        int64_t time_ns = assay__dataset_look_time(builder->dataset, i);
        if (plan->has_as_of && time_ns != INT64_MIN && time_ns > plan->as_of_ns)
            ++*later;
        else
            dated[kept++] = (struct dated){time_ns, i};
    }
    sort_dated(dated, kept);
    for (uint32_t i = 0; i < kept; i++) {
        int64_t end = bucket_end(dated[i].time_ns, plan->granularity);
        if (plan->has_as_of && end > plan->as_of_ns)
            end = plan->as_of_ns;
        builder->order[i] = dated[i].number;
        if (builder->look_count == 0 || builder->looks[builder->look_count - 1].time_ns != end)
            builder->look_count++;
        builder->looks[builder->look_count - 1] = (struct assay__look){end, i};
    }
    assay__free(dated);
    return ASSAY_OK;
}

/* Without looks in the plan there is one, over all data. */
static enum assay_status keep_last(struct assay__builder *builder, struct assay_error *err)
{
    static const char *const nowhere[3] = {NULL, NULL, NULL};
    uint32_t earlier = builder->look_count - 1;
    if (builder->look_count < 2)
        return ASSAY_OK;
    builder->looks[0] = builder->looks[earlier];
    builder->look_count = 1;
    return assay__annotate(builder, ASSAY_NOTE_INFO, -1, nowhere,
                           assay__arena_format(builder->arena,
                                               "The horizon is fixed: the last look is analyzed; "
                                               "%u earlier %s not used.",
                                               earlier, earlier == 1 ? "look is" : "looks are"),
                           err);
}

enum assay_status assay__analyze_look(struct assay__builder *builder, struct assay_error *err)
{
    static const char *const nowhere[3] = {NULL, NULL, NULL};
    const struct assay_plan *plan = builder->plan;
    uint32_t later = 0;
    enum assay_status status = order_looks(builder, &later, err);
    if (status != ASSAY_OK)
        return status;
    bool undated = builder->look_count == 1 && builder->looks[0].time_ns == INT64_MIN;
    if (undated && plan->granularity != ASSAY_GRANULARITY_NONE)
        return assay__fail(err, ASSAY_ERROR_PLAN,
                           "Looks by hour, day or week need data with times: leave 'granularity' "
                           "out, or give times.");
    if (plan->granularity == ASSAY_GRANULARITY_NONE && !assay__is_sequential(plan))
        status = keep_last(builder, err);
    if (undated)
        builder->looks[0].time_ns =
            plan->has_as_of ? plan->as_of_ns : assay__dataset_latest(builder->dataset);
    builder->look_time =
        builder->look_count == 0 ? INT64_MIN : builder->looks[builder->look_count - 1].time_ns;
    builder->units_slice = ASSAY__NONE;
    builder->units =
        assay__arena_array(builder->arena, (size_t)builder->out->group_count * builder->look_count,
                           sizeof *builder->units);
    if (builder->units == NULL && status == ASSAY_OK)
        status = assay__fail_memory(err);
    if (status != ASSAY_OK || later == 0)
        return status;
    return assay__annotate(builder, ASSAY_NOTE_INFO, -1, nowhere,
                           assay__arena_format(builder->arena, "%u %s after asOf and not used.",
                                               later, later == 1 ? "look ends" : "looks end"),
                           err);
}

/* The cell at look k: the last of those that belong to it. */
static const struct assay__cell *cell_at(const struct assay__builder *builder, uint32_t slice,
                                         uint32_t k, uint32_t group)
{
    return assay__dataset_find(builder->dataset, builder->slice_of[slice],
                               builder->order[builder->looks[k].last], builder->group_of[group]);
}

void assay__count_units(struct assay__builder *builder, uint32_t slice)
{
    if (builder->units_slice == slice)
        return;
    builder->units_slice = slice;
    for (uint32_t g = 0; g < builder->out->group_count; g++) {
        uint64_t *units = builder->units + (size_t)g * builder->look_count;
        bool is_there = builder->group_of[g] != ASSAY__NONE;
        for (uint32_t k = 0; k < builder->look_count; k++) {
            const struct assay__cell *cell = is_there ? cell_at(builder, slice, k, g) : NULL;
            units[k] = cell == NULL ? 0 : cell->units;
        }
    }
}

uint64_t assay__look_units(const struct assay__builder *builder, uint32_t slice, uint32_t k,
                           uint32_t group)
{
    if (builder->group_of[group] == ASSAY__NONE || k >= builder->look_count)
        return 0;
    if (builder->units_slice == slice)
        return builder->units[(size_t)group * builder->look_count + k];
    const struct assay__cell *cell = cell_at(builder, slice, k, group);
    return cell == NULL ? 0 : cell->units;
}

const void *assay__look_state(const struct assay__builder *builder, uint32_t slice, uint32_t k,
                              uint32_t group, uint32_t metric)
{
    const struct assay__accumulator *keeps =
        assay__metric_accumulator(&builder->plan->metrics[metric]);
    if (builder->group_of[group] == ASSAY__NONE || k >= builder->look_count)
        return NULL;
    const struct assay__cell *cell = cell_at(builder, slice, k, group);
    bool has_values =
        cell != NULL && cell->states[metric] != NULL && keeps->count(cell->states[metric]) > 0;
    return has_values ? cell->states[metric] : NULL;
}

/* A unit without rows has a sum and counts of 0, and no mean, least or first value. */
static bool may_miss(const struct assay_measure *measure)
{
    return measure->has_aggregation && measure->aggregation != ASSAY_AGGREGATE_SUM &&
           measure->aggregation != ASSAY_AGGREGATE_COUNT &&
           measure->aggregation != ASSAY_AGGREGATE_COUNT_DISTINCT;
}

bool assay__may_lack_values(const struct assay_metric_plan *metric)
{
    return metric->missing != ASSAY_MISSING_ZERO &&
           (may_miss(&metric->measure) || may_miss(&metric->denominator_measure));
}

uint64_t assay__result_units(const struct assay__builder *builder,
                             const struct assay_metric_result *result, uint32_t k, uint32_t group)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    if (!metric->window.is_set)
        return assay__look_units(builder, result->slice, k, group);
    const void *state = assay__look_state(builder, result->slice, k, group, result->metric);
    uint64_t units = state == NULL ? 0 : assay__metric_accumulator(metric)->count(state);
    if (!assay__may_lack_values(metric))
        return units;
    int64_t length = metric->window.ns + (metric->offset.is_set ? metric->offset.ns : 0);
    uint32_t before = k;
    while (before > 0 && builder->looks[before - 1].time_ns != INT64_MIN &&
           builder->looks[k].time_ns - builder->looks[before - 1].time_ns < length)
        before--;
    uint64_t complete =
        before == 0 ? 0 : assay__look_units(builder, result->slice, before - 1, group);
    return units > complete ? units : complete;
}

const char *assay__look_text(const struct assay__builder *builder, uint32_t k)
{
    char time[ASSAY__TIME_BYTES];
    if (builder->looks[k].time_ns == INT64_MIN)
        return assay__arena_format(builder->arena, "number %u", k + 1);
    assay__time_write(builder->looks[k].time_ns, time);
    return assay__arena_format(builder->arena, "of %s", time);
}

const char *assay__srm_when(const struct assay__builder *builder,
                            const struct assay_srm_result *srm)
{
    if (srm->look == UINT32_MAX)
        return "";
    const char *when = assay__look_text(builder, srm->look);
    return when == NULL ? NULL : assay__arena_format(builder->arena, ", at the look %s", when);
}
