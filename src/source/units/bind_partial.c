/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which folds need not wait for all rows of a unit, and what is kept of a unit. */
#include "source/units/bind.h"

/*
 * Sums, counts and extremes are made as the rows come, in any order. Not where each look has
 * another value; nor where another fold needs the rows of the channel all the same.
 */
static bool can_begin(const struct assay__binding *binding, const struct assay__fold *fold)
{
    bool has_looks = binding->plan->granularity != ASSAY_GRANULARITY_NONE;
    bool adds_up =
        fold->aggregation == ASSAY_AGGREGATE_SUM || fold->aggregation == ASSAY_AGGREGATE_COUNT ||
        fold->aggregation == ASSAY_AGGREGATE_MIN || fold->aggregation == ASSAY_AGGREGATE_MAX;
    return adds_up && !(has_looks && fold->is_open);
}

static bool channel_can_begin(const struct assay__binding *binding, uint32_t channel)
{
    for (uint32_t f = 0; f < binding->fold_count; f++)
        if (binding->folds[f].channel == channel && !can_begin(binding, &binding->folds[f]))
            return false;
    return true;
}

void assay__bind_partials(struct assay__binding *binding)
{
    const struct assay_plan *plan = binding->plan;
    binding->slice_words = assay__binding_segments(plan) + (plan->segment_count + 63) / 64;
    binding->content_words = binding->slice_words + binding->variable_count;
    for (uint32_t f = 0; f < binding->fold_count; f++) {
        struct assay__fold *fold = &binding->folds[f];
        bool begins = channel_can_begin(binding, fold->channel);
        fold->partial = begins ? binding->partial_count++ : ASSAY__UNBOUND;
    }
}
