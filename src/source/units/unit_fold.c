/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that are made of a unit's rows as they come: sums, counts and extremes. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "source/units/unit_table_private.h"

enum { STEPS_AT_ONCE = 16 };

/* What a row is to a count: 1. */
#define COUNTED (UINT64_C(1) << ASSAY__WORD_SHIFT)

static void find_reach(const struct assay__binding *binding, struct assay__reach *reach)
{
    for (uint32_t c = 0; c < binding->channel_count; c++)
        reach[c] = (struct assay__reach){true, INT64_MAX, INT64_MIN};
    for (uint32_t f = 0; f < binding->fold_count; f++) {
        const struct assay__fold *fold = &binding->folds[f];
        struct assay__reach *of = &reach[fold->channel];
        of->has_times = of->has_times && fold->has_times;
        of->from = fold->from < of->from ? fold->from : of->from;
        of->to = fold->to > of->to ? fold->to : of->to;
    }
}

static bool is_extreme(const struct assay__fold *fold)
{
    return fold->aggregation == ASSAY_AGGREGATE_MIN || fold->aggregation == ASSAY_AGGREGATE_MAX;
}

static struct assay__fold_step make_step(const struct assay__fold *fold)
{
    return (struct assay__fold_step){
        .from = fold->has_times ? fold->from : INT64_MIN,
        .to = !fold->has_times || fold->is_open ? INT64_MAX : fold->to,
        .partial = fold->partial,
        .counts = fold->aggregation == ASSAY_AGGREGATE_COUNT,
        .is_extreme = is_extreme(fold),
        .is_min = fold->aggregation == ASSAY_AGGREGATE_MIN,
    };
}

static bool make_lists(struct assay__unit_rules *rules)
{
    const struct assay__binding *binding = rules->binding;
    size_t channels = (size_t)binding->channel_count + 1, count = 0;
    rules->reach = assay__calloc(channels, sizeof *rules->reach);
    rules->begin = assay__calloc(channels, sizeof *rules->begin);
    rules->steps = assay__calloc((size_t)binding->fold_count + 1, sizeof *rules->steps);
    rules->empty = assay__calloc((size_t)binding->partial_count + 1, sizeof *rules->empty);
    if (rules->reach == NULL || rules->begin == NULL || rules->steps == NULL ||
        rules->empty == NULL)
        return false;
    find_reach(binding, rules->reach);
    for (uint32_t c = 0; c < binding->channel_count; c++) {
        rules->begin[c] = (uint32_t)count;
        for (uint32_t f = 0; f < binding->fold_count; f++)
            if (binding->folds[f].channel == c)
                rules->steps[count++] = make_step(&binding->folds[f]);
    }
    rules->begin[binding->channel_count] = (uint32_t)count;
    for (uint32_t f = 0; f < binding->fold_count; f++)
        if (binding->folds[f].partial != ASSAY__UNBOUND)
            rules->empty[binding->folds[f].partial] = assay__fold_empty(&binding->folds[f]);
    return true;
}

/* Units that would lie on two lines more often than not get lines of their own. */
static size_t unit_bytes(size_t partials)
{
    size_t bytes = sizeof(struct assay__unit) + partials * sizeof(uint64_t);
    return bytes > ASSAY__CACHE_LINE * 2 / 3 && bytes < ASSAY__CACHE_LINE ? ASSAY__CACHE_LINE
                                                                          : bytes;
}

enum assay_status assay__unit_rules_init(struct assay__unit_rules *rules,
                                         const struct assay__binding *binding, size_t chunk_bytes,
                                         struct assay_error *err)
{
    memset(rules, 0, sizeof *rules);
    rules->binding = binding;
    rules->chunk_bytes = chunk_bytes;
    rules->unit_bytes = unit_bytes(binding->partial_count);
    rules->rest_bytes = sizeof(struct assay__unit_rest) + binding->content_words * sizeof(uint64_t);
    rules->pool = assay__calloc(1, sizeof *rules->pool);
    if (rules->pool == NULL || !make_lists(rules))
        return assay__fail_memory(err);
    assay__unit_pool_init(rules->pool, ASSAY__UNIT_BLOCK * (rules->unit_bytes + rules->rest_bytes));
    return ASSAY_OK;
}

void assay__unit_rules_release(struct assay__unit_rules *rules)
{
    assay__free(rules->reach);
    assay__free(rules->begin);
    assay__free(rules->steps);
    assay__free(rules->empty);
    if (rules->pool != NULL)
        assay__unit_pool_release(rules->pool);
    assay__free(rules->pool);
    memset(rules, 0, sizeof *rules);
}

/* The smaller or larger of two numbers, either of which may be missing. */
static uint64_t extreme_of(bool is_min, uint64_t have, uint64_t more)
{
    if (have == ASSAY__WORD_MISSING || more == ASSAY__WORD_MISSING)
        return have == ASSAY__WORD_MISSING ? more : have;
    int order = assay__word_compare(more, have);
    return (is_min ? order < 0 : order > 0) ? more : have;
}

/* What a partial number becomes with another one; false when it can't be said in a word. */
static inline bool join(bool is_extreme, bool is_min, uint64_t have, uint64_t more, uint64_t *out)
{
    if (!is_extreme)
        return assay__word_add(have, more, out);
    *out = extreme_of(is_min, have, more);
    return *out == ASSAY__WORD_MISSING || assay__word_is_number(*out);
}

static inline bool take_event(const struct assay__fold_step *step, uint64_t have, uint64_t word,
                              uint64_t *joined)
{
    return join(step->is_extreme, step->is_min, have, step->counts ? COUNTED : word, joined);
}

/* assay__is_between() written out, which spares 8 instructions an event. */
static bool has_step(const struct assay__fold_step *step, int64_t after)
{
    return after >= step->from && (after < step->to || step->to == INT64_MAX);
}

/*
 * All steps take the event or none does, so that none counts it twice: what those before a step
 * that can't take it had is put back. False then.
 */
static bool take_steps(const struct assay__fold_step *steps, size_t count, struct assay__unit *unit,
                       uint64_t word, int64_t after)
{
    uint64_t had[STEPS_AT_ONCE];
    for (size_t i = 0; i < count; i++) {
        uint64_t *partial = &unit->partials[steps[i].partial];
        if (!has_step(&steps[i], after))
            continue;
        had[i] = *partial;
        if (take_event(&steps[i], had[i], word, partial))
            continue;
        *partial = had[i];
        while (i-- > 0)
            if (has_step(&steps[i], after))
                unit->partials[steps[i].partial] = had[i];
        return false;
    }
    return true;
}

/* The same for one step or two, as most channels have. */
static inline bool take_few(const struct assay__fold_step *steps, size_t count,
                            struct assay__unit *unit, uint64_t word, int64_t after)
{
    uint64_t *first = &unit->partials[steps[0].partial], had_first = *first;
    if (has_step(&steps[0], after) && !take_event(&steps[0], had_first, word, first)) {
        *first = had_first;
        return false;
    }
    if (count == 1 || !has_step(&steps[1], after))
        return true;
    uint64_t *second = &unit->partials[steps[1].partial], had_second = *second;
    if (take_event(&steps[1], had_second, word, second))
        return true;
    *first = had_first;
    *second = had_second;
    return false;
}

/* Whether all of many steps can take the event. */
static bool can_take(const struct assay__fold_step *steps, size_t count,
                     const struct assay__unit *unit, uint64_t word, int64_t after)
{
    uint64_t joined;
    for (size_t i = 0; i < count; i++)
        if (has_step(&steps[i], after) &&
            !take_event(&steps[i], unit->partials[steps[i].partial], word, &joined))
            return false;
    return true;
}

bool assay__unit_fold(const struct assay__unit_rules *rules, struct assay__unit *unit,
                      const struct assay__reading *event)
{
    const struct assay__fold_step *steps = rules->steps + rules->begin[event->channel];
    size_t count = rules->begin[event->channel + 1] - rules->begin[event->channel];
    if (count == 0 || steps->partial == ASSAY__UNBOUND)
        return false;
    int64_t after = assay__time_after(unit->first_ns, event->time_ns);
    if (count <= 2)
        return take_few(steps, count, unit, event->word, after);
    if (count <= STEPS_AT_ONCE)
        return take_steps(steps, count, unit, event->word, after);
    if (!can_take(steps, count, unit, event->word, after))
        return false;
    for (size_t i = 0; i < count; i += STEPS_AT_ONCE)
        (void)take_steps(steps + i, count - i > STEPS_AT_ONCE ? STEPS_AT_ONCE : count - i, unit,
                         event->word, after);
    return true;
}

/* One of the two has taken no event yet: rows bring none, and a unit leaves memory only once. */
void assay__unit_merge_partials(const struct assay__unit_rules *rules, uint64_t *partials,
                                const uint64_t *from)
{
    const struct assay__binding *binding = rules->binding;
    for (uint32_t f = 0; f < binding->fold_count; f++) {
        uint32_t partial = binding->folds[f].partial;
        uint64_t joined;
        if (partial != ASSAY__UNBOUND && join(is_extreme(&binding->folds[f]),
                                              binding->folds[f].aggregation == ASSAY_AGGREGATE_MIN,
                                              partials[partial], from[partial], &joined))
            partials[partial] = joined;
    }
}

uint64_t assay__fold_empty(const struct assay__fold *fold)
{
    return is_extreme(fold) ? ASSAY__WORD_MISSING : 0;
}
