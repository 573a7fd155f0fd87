/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks by hour, day or week: when they end, and which the rows and windows of a unit are in. */
#include "source/units/look_ends.h"

#include <inttypes.h>
#include <string.h>

#include "assay/dataset.h"
#include "base/memory.h"
#include "base/room.h"

/* Thousands of looks take a fuzzed input a thousand times as long, and tell nothing more. */
enum { LOOKS_MAX = ASSAY__ROOM(ASSAY_LOOKS_MAX, 60) };

static const int64_t HOUR_NS = INT64_C(3600000000000);

/* 1970-01-01 was a Thursday: weeks begin three days earlier. */
static const int64_t MONDAY_HOURS = -72;

static int64_t length_of(enum assay_granularity granularity)
{
    static const int64_t HOURS[] = {[ASSAY_GRANULARITY_NONE] = 1,
                                    [ASSAY_GRANULARITY_HOUR] = 1,
                                    [ASSAY_GRANULARITY_DAY] = 24,
                                    [ASSAY_GRANULARITY_WEEK] = 168};
    return HOURS[granularity] * HOUR_NS;
}

static int64_t saturating_add(int64_t a, int64_t b)
{
    int64_t sum;
    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return b > 0 ? INT64_MAX : INT64_MIN;
}

static int64_t begin_of(enum assay_granularity granularity)
{
    return granularity == ASSAY_GRANULARITY_WEEK ? MONDAY_HOURS * HOUR_NS : 0;
}

int64_t assay__look_length(enum assay_granularity granularity)
{
    return granularity == ASSAY_GRANULARITY_NONE ? 0 : length_of(granularity);
}

/* Times are far from the ends of 64 bits: assay__dialect_time() reads 1678 to 2262. */
int64_t assay__look_number(enum assay_granularity granularity, int64_t time_ns)
{
    int64_t length = length_of(granularity), begin = begin_of(granularity);
    int64_t number = time_ns / length - begin / length;
    int64_t inside = time_ns % length - begin % length;
    return number + (inside >= length) - (inside < 0);
}

int64_t assay__look_end_of(enum assay_granularity granularity, int64_t number)
{
    int64_t end;
    int64_t length = length_of(granularity);
    if (__builtin_mul_overflow(number + 1, length, &end))
        return number < 0 ? INT64_MIN : INT64_MAX;
    return saturating_add(end, begin_of(granularity));
}

int64_t assay__look_end(enum assay_granularity granularity, int64_t time_ns)
{
    return assay__look_end_of(granularity, assay__look_number(granularity, time_ns));
}

static enum assay_status make_single(struct assay__looks *looks, const struct assay_plan *plan,
                                     int64_t latest_ns, struct assay_error *err)
{
    looks->at = assay__malloc(sizeof *looks->at);
    if (looks->at == NULL)
        return assay__fail_memory(err);
    looks->count = 1;
    looks->at[0] = (struct assay__look_end){INT64_MIN, INT64_MAX,
                                            plan->has_as_of ? plan->as_of_ns : latest_ns};
    return ASSAY_OK;
}

/*
 * The last instant that a look must be made for. Windows go on being completed when no row comes
 * any more, up to asOf: a part of the data then has the same looks as all of it.
 */
static int64_t last_instant(const struct assay_plan *plan, int64_t latest_ns)
{
    bool has_window = false;
    for (uint32_t m = 0; m < plan->metric_count; m++)
        has_window = has_window || plan->metrics[m].window.is_set;
    bool waits = has_window && plan->has_as_of && plan->as_of_ns - 1 > latest_ns;
    return waits ? plan->as_of_ns - 1 : latest_ns;
}

enum assay_status assay__looks_init(struct assay__looks *looks, const struct assay_plan *plan,
                                    int64_t earliest_ns, int64_t latest_ns, struct assay_error *err)
{
    memset(looks, 0, sizeof *looks);
    if (plan->granularity == ASSAY_GRANULARITY_NONE)
        return make_single(looks, plan, latest_ns, err);
    if (earliest_ns > latest_ns)
        return ASSAY_OK;
    int64_t length = length_of(plan->granularity);
    int64_t first = assay__look_end(plan->granularity, earliest_ns);
    int64_t last = assay__look_end(plan->granularity, last_instant(plan, latest_ns));
    uint64_t count = ((uint64_t)last - (uint64_t)first) / (uint64_t)length + 1;
    if (count > LOOKS_MAX)
        return assay__fail(err, ASSAY_ERROR_LIMIT,
                           "From the earliest row to the latest there are %" PRIu64
                           " looks; at most %d are made: choose a coarser granularity.",
                           count, LOOKS_MAX);
    looks->at = assay__malloc((size_t)count * sizeof *looks->at);
    if (looks->at == NULL)
        return assay__fail_memory(err);
    for (; looks->count < count; looks->count++) {
        int64_t end = saturating_add(first, length * (int64_t)looks->count);
        if (plan->has_as_of && plan->as_of_ns < end)
            end = plan->as_of_ns;
        looks->at[looks->count] = (struct assay__look_end){end, end, end};
    }
    return ASSAY_OK;
}

void assay__looks_release(struct assay__looks *looks)
{
    assay__free(looks->at);
    memset(looks, 0, sizeof *looks);
}

uint32_t assay__looks_with(const struct assay__looks *looks, int64_t time_ns)
{
    uint32_t low = 0, high = looks->count;
    if (looks->count == 1 && looks->at[0].end == INT64_MAX)
        return 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (looks->at[middle].end <= time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t assay__looks_after(const struct assay__looks *looks, int64_t time_ns, int64_t length_ns)
{
    int64_t end = saturating_add(time_ns, length_ns);
    uint32_t low = 0, high = looks->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (looks->at[middle].complete < end)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
