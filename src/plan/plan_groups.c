/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The groups of a plan and which of them are compared. */
#include "plan/plan_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static void read_weights(struct assay__plan_reader *reader, const struct assay__node *list,
                         struct assay_plan *plan)
{
    double total = 0.0;
    for (const struct assay__node *value = list->first; value != NULL; value = value->next) {
        struct assay_group_plan *group = &plan->groups[value->index];
        if (!assay__plan_enter(reader, value, ASSAY__OBJECT_GROUP))
            return;
        group->id = assay__plan_required(reader, value, "id");
        group->weight = assay__plan_number(reader, value, "weight", 1.0);
        if (group->weight < 0.0)
            assay__plan_fail_key(reader, value, "weight", "A weight must not be negative.");
        total += group->weight;
    }
    if (total == 0.0)
        assay__plan_fail(reader, list, "All weights are 0; at least one group must get units.");
    if (!isfinite(total))
        assay__plan_fail(reader, list, "The weights add up to more than a number can hold.");
}

static void read_groups(struct assay__plan_reader *reader, const struct assay__node *root,
                        struct assay_plan *plan)
{
    const struct assay__node *list = assay__plan_list(reader, root, "groups", ASSAY_GROUPS_MAX);
    if (list == NULL)
        return;
    if (list->count < 2) {
        assay__plan_fail(reader, list,
                         "An experiment has at least two groups; leave \"groups\" out to take "
                         "them from the data.");
        return;
    }
    plan->groups = assay__plan_array(reader, list->count, sizeof *plan->groups);
    if (plan->groups == NULL)
        return;
    read_weights(reader, list, plan);
    if (reader->status != ASSAY_OK)
        return;
    assay__plan_distinct(reader, list, "id");
    plan->group_count = list->count;
}

/* Fails when groups are planned and id is none of them, or one that gets no units. */
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

static void read_pairs(struct assay__plan_reader *reader, const struct assay__node *object,
                       struct assay_plan *plan)
{
    const struct assay__node *list =
        assay__plan_list(reader, object, "pairs", ASSAY_COMPARISONS_MAX);
    if (list == NULL)
        return;
    if (list->count == 0)
        assay__plan_fail(reader, list, "There are no pairs; list at least one.");
    plan->pairs = assay__plan_array(reader, list->count, sizeof *plan->pairs);
    for (const struct assay__node *value = list->first; value != NULL; value = value->next) {
        if (!assay__plan_enter(reader, value, ASSAY__OBJECT_PAIR))
            return;
        struct assay_pair *pair = &plan->pairs[value->index];
        pair->baseline = assay__plan_required(reader, value, "baseline");
        pair->compared = assay__plan_required(reader, value, "compared");
        if (reader->status != ASSAY_OK)
            return;
        check_group(reader, assay__node_get(value, "baseline"), pair->baseline, plan);
        check_group(reader, assay__node_get(value, "compared"), pair->compared, plan);
        if (strcmp(pair->baseline, pair->compared) == 0)
            assay__plan_fail(reader, value, "A group cannot be compared with itself.");
    }
    plan->scheme = ASSAY_COMPARE_PAIRS;
    plan->pair_count = list->count;
    if (reader->status == ASSAY_OK)
        check_pairs_distinct(reader, list, plan);
}

static void read_all_pairs(struct assay__plan_reader *reader, const struct assay__node *value,
                           struct assay_plan *plan)
{
    if (value->type != ASSAY__NODE_BOOLEAN || !value->boolean)
        assay__plan_fail(reader, value, "This can only be true; name a \"baseline\" instead.");
    plan->scheme = ASSAY_COMPARE_ALL_PAIRS;
    uint64_t count = (uint64_t)plan->group_count * (plan->group_count - 1) / 2;
    if (plan->group_count > 0 && count > ASSAY_COMPARISONS_MAX)
        assay__plan_fail(reader, value, "All pairs of %u groups are more than %d comparisons.",
                         (unsigned)plan->group_count, ASSAY_COMPARISONS_MAX);
}

static void read_comparisons(struct assay__plan_reader *reader, const struct assay__node *root,
                             struct assay_plan *plan)
{
    plan->scheme = ASSAY_COMPARE_BASELINE;
    const struct assay__node *object = assay__node_get(root, "comparisons");
    if (object == NULL || !assay__plan_enter(reader, object, ASSAY__OBJECT_COMPARISONS))
        return;
    if (object->count != 1) {
        assay__plan_fail(reader, object,
                         "Exactly one of \"baseline\", \"allPairs\" and \"pairs\" must be here.");
        return;
    }
    const struct assay__node *all_pairs = assay__node_get(object, "allPairs");
    plan->baseline = assay__plan_text(reader, object, "baseline", NULL);
    if (plan->baseline != NULL)
        check_group(reader, object->first, plan->baseline, plan);
    else if (all_pairs != NULL)
        read_all_pairs(reader, all_pairs, plan);
    else
        read_pairs(reader, object, plan);
}

void assay__plan_groups(struct assay__plan_reader *reader, const struct assay__node *root,
                        struct assay_plan *plan)
{
    read_groups(reader, root, plan);
    read_comparisons(reader, root, plan);
}
