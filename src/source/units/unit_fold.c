/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that are made of a unit's rows as they come: sums, counts and extremes. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "source/units/unit_table_private.h"

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

enum assay_status assay__unit_rules_init(struct assay__unit_rules *rules,
                                         const struct assay__binding *binding, size_t chunk_bytes,
                                         struct assay_error *err)
{
    size_t channels = (size_t)binding->channel_count + 1, count = 0;
    memset(rules, 0, sizeof *rules);
    rules->binding = binding;
    rules->chunk_bytes = chunk_bytes;
    rules->unit_bytes = sizeof(struct assay__unit) + binding->content_words * sizeof(uint64_t);
    rules->reach = assay__calloc(channels, sizeof *rules->reach);
    rules->begin = assay__calloc(channels, sizeof *rules->begin);
    rules->folds = assay__calloc((size_t)binding->fold_count + 1, sizeof *rules->folds);
    if (rules->reach == NULL || rules->begin == NULL || rules->folds == NULL)
        return assay__fail_memory(err);
    find_reach(binding, rules->reach);
    for (uint32_t c = 0; c < binding->channel_count; c++) {
        rules->begin[c] = (uint32_t)count;
        for (uint32_t f = 0; f < binding->fold_count; f++)
            if (binding->folds[f].channel == c)
                rules->folds[count++] = f;
    }
    rules->begin[binding->channel_count] = (uint32_t)count;
    return ASSAY_OK;
}

void assay__unit_rules_release(struct assay__unit_rules *rules)
{
    assay__free(rules->reach);
    assay__free(rules->begin);
    assay__free(rules->folds);
    memset(rules, 0, sizeof *rules);
}

/* What a partial number becomes with a value; false when it can't be said in a word. */
static bool join(enum assay_aggregation aggregation, uint64_t have, uint64_t more, uint64_t *out)
{
    switch (aggregation) {
    case ASSAY_AGGREGATE_MIN:
    case ASSAY_AGGREGATE_MAX:
        if (have == ASSAY__WORD_MISSING || more == ASSAY__WORD_MISSING) {
            *out = have == ASSAY__WORD_MISSING ? more : have;
        } else {
            int order = assay__word_compare(more, have);
            bool takes = aggregation == ASSAY_AGGREGATE_MIN ? order < 0 : order > 0;
            *out = takes ? more : have;
        }
        return *out == ASSAY__WORD_MISSING || assay__word_is_number(*out);
    default:
        return assay__word_add(have, more, out);
    }
}

static uint64_t given_by(const struct assay__fold *fold, const struct assay__reading *event)
{
    uint64_t one = UINT64_C(1) << ASSAY__WORD_SHIFT;
    return fold->aggregation == ASSAY_AGGREGATE_COUNT ? one : event->word;
}

bool assay__unit_fold(const struct assay__unit_rules *rules, struct assay__unit *unit,
                      const struct assay__reading *event)
{
    const struct assay__binding *binding = rules->binding;
    const uint32_t *begin = rules->folds + rules->begin[event->channel];
    const uint32_t *end = rules->folds + rules->begin[event->channel + 1];
    if (begin == end || binding->folds[*begin].partial == ASSAY__UNBOUND)
        return false;
    uint64_t joined;
    for (const uint32_t *f = begin; end - begin > 1 && f < end; f++) {
        const struct assay__fold *fold = &binding->folds[*f];
        if (assay__fold_has(fold, unit->first_ns, event->time_ns) &&
            !join(fold->aggregation, unit->content[fold->partial], given_by(fold, event), &joined))
            return false; /* for all of them, so that none counts it twice */
    }
    for (const uint32_t *f = begin; f < end; f++) {
        const struct assay__fold *fold = &binding->folds[*f];
        if (!assay__fold_has(fold, unit->first_ns, event->time_ns))
            continue;
        if (!join(fold->aggregation, unit->content[fold->partial], given_by(fold, event), &joined))
            return false;
        unit->content[fold->partial] = joined;
    }
    return true;
}

/* One of the two has taken no event yet: rows bring none, and a unit leaves memory only once. */
void assay__unit_merge_partials(const struct assay__unit_rules *rules, uint64_t *content,
                                const uint64_t *from)
{
    const struct assay__binding *binding = rules->binding;
    for (uint32_t f = 0; f < binding->fold_count; f++) {
        uint32_t partial = binding->folds[f].partial;
        uint64_t joined;
        if (partial != ASSAY__UNBOUND &&
            join(binding->folds[f].aggregation, content[partial], from[partial], &joined))
            content[partial] = joined;
    }
}

uint64_t assay__fold_empty(const struct assay__fold *fold)
{
    bool is_extreme =
        fold->aggregation == ASSAY_AGGREGATE_MIN || fold->aggregation == ASSAY_AGGREGATE_MAX;
    return is_extreme ? ASSAY__WORD_MISSING : 0;
}
