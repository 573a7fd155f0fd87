/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules about the groups of a plan and which of them are compared. */
#include "plan/plan_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

void assay__plan_finish_group_list(struct assay__plan_reader *reader,
                                   const struct assay__node *list, const struct assay_plan *plan)
{
    double total = 0.0;
    for (uint32_t i = 0; i < plan->group_count; i++)
        total += plan->groups[i].weight;
    if (total == 0.0)
        assay__plan_fail(reader, list, "All weights are 0; at least one group must get units.");
    if (!isfinite(total))
        assay__plan_fail(reader, list, "The weights add up to more than a number can hold.");
}

/* Fails when groups are planned and id is not one of them, or one that gets no units. */
static void check_group(struct assay__plan_reader *reader, const struct assay__node *at,
                        const char *id, const struct assay_plan *plan)
{
    if (reader->status != ASSAY_OK || plan->group_count == 0)
        return;
    for (uint32_t i = 0; i < plan->group_count; i++) {
        if (strcmp(plan->groups[i].id, id) != 0)
            continue;
        if (plan->groups[i].weight == 0.0)
            assay__plan_fail_name(reader, at, id, "has weight 0 and gets no units.");
        return;
    }
    assay__plan_fail_name(reader, at, id, "is not among the planned groups.");
}

struct placed_pair {
    struct assay_pair pair;
    const struct assay__node *value;
};

/* By unordered pair of ids, then by place: A against B and B against A are the same comparison. */
static int compare_pairs(const void *a, const void *b)
{
    const struct placed_pair *x = a, *y = b;
    bool x_ordered = strcmp(x->pair.baseline, x->pair.compared) < 0;
    bool y_ordered = strcmp(y->pair.baseline, y->pair.compared) < 0;
    int order = strcmp(x_ordered ? x->pair.baseline : x->pair.compared,
                       y_ordered ? y->pair.baseline : y->pair.compared);
    if (order == 0)
        order = strcmp(x_ordered ? x->pair.compared : x->pair.baseline,
                       y_ordered ? y->pair.compared : y->pair.baseline);
    if (order != 0)
        return order;
    return (x->value->index > y->value->index) - (x->value->index < y->value->index);
}

static void check_pairs_distinct(struct assay__plan_reader *reader, const struct assay__node *list,
                                 const struct assay_plan *plan)
{
    struct placed_pair *pairs = assay__plan_array(reader, list->count, sizeof *pairs);
    if (pairs == NULL)
        return;
    for (const struct assay__node *value = list->first; value != NULL; value = value->next)
        pairs[value->index] = (struct placed_pair){plan->pairs[value->index], value};
    qsort(pairs, list->count, sizeof *pairs, compare_pairs);
    for (uint32_t i = 1; i < list->count; i++) {
        const struct assay_pair *a = &pairs[i - 1].pair, *b = &pairs[i].pair;
        bool same = strcmp(a->baseline, b->baseline) == 0 && strcmp(a->compared, b->compared) == 0;
        bool swapped =
            strcmp(a->baseline, b->compared) == 0 && strcmp(a->compared, b->baseline) == 0;
        if (same || swapped) {
            assay__plan_fail(reader, pairs[i].value,
                             "'%.*s' and '%.*s' are compared twice; keep one of the pairs.",
                             assay__utf8_shown(b->baseline, strlen(b->baseline)), b->baseline,
                             assay__utf8_shown(b->compared, strlen(b->compared)), b->compared);
            return;
        }
    }
}

void assay__plan_finish_pair(struct assay__plan_reader *reader, const struct assay__node *value,
                             void *object)
{
    const struct assay_pair *pair = object;
    check_group(reader, assay__node_get(value, "baseline"), pair->baseline, reader->plan);
    check_group(reader, assay__node_get(value, "compared"), pair->compared, reader->plan);
    if (strcmp(pair->baseline, pair->compared) == 0)
        assay__plan_fail(reader, value, "A group cannot be compared with itself.");
}

void assay__plan_finish_comparisons(struct assay__plan_reader *reader,
                                    const struct assay__node *value, void *object)
{
    struct assay_plan *plan = object;
    const struct assay__node *all = assay__node_get(value, "allPairs");
    const struct assay__node *pairs = assay__node_get(value, "pairs");
    if (value->count == 0 || (all != NULL && pairs != NULL)) {
        assay__plan_fail(reader, value,
                         "Give \"baseline\", \"allPairs\" or \"pairs\"; \"allPairs\" and \"pairs\" "
                         "exclude each other.");
        return;
    }
    if (plan->baseline != NULL)
        check_group(reader, assay__node_get(value, "baseline"), plan->baseline, plan);
    uint64_t count = (uint64_t)plan->group_count * (plan->group_count - 1) / 2;
    if (all != NULL && plan->group_count > 0 && count > ASSAY_COMPARISONS_MAX)
        assay__plan_fail(reader, all, "All pairs of %u groups are more than %d comparisons.",
                         (unsigned)plan->group_count, ASSAY_COMPARISONS_MAX);
    if (pairs == NULL || reader->status != ASSAY_OK)
        return;
    plan->scheme = ASSAY_COMPARE_PAIRS;
    check_pairs_distinct(reader, pairs, plan);
}
