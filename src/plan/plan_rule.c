/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decision rule of a plan: a tree of metrics under "and" and "or". */
#include <string.h>

#include "plan/plan_read.h"

/* Metrics that the tree has named already; a metric stands in it once. */
struct tree {
    struct assay__plan_reader *reader;
    bool *is_used; /* by metric */
};

static void read_leaf(struct tree *tree, const struct assay__node *value, struct assay_rule *rule)
{
    const struct assay_plan *plan = tree->reader->plan;
    const char *id = assay__plan_text(tree->reader, value, false);
    uint32_t i = 0;
    while (i < plan->metric_count && strcmp(plan->metrics[i].id, id) != 0)
        i++;
    if (tree->reader->status != ASSAY_OK)
        return;
    if (i == plan->metric_count)
        assay__plan_fail_name(tree->reader, value, id, "is not the id of a metric of the plan.");
    else if (tree->is_used[i])
        assay__plan_fail_name(tree->reader, value, id,
                              "is in the rule twice; a metric stands in "
                              "it once.");
    else if (plan->metrics[i].role == ASSAY_ROLE_DETERIORATION)
        assay__plan_fail_name(tree->reader, value, id,
                              "is a deterioration metric, which is watched for harm and decides "
                              "nothing else.");
    else
        tree->is_used[i] = true;
    rule->kind = ASSAY_RULE_METRIC;
    rule->metric = i;
}

static void read_node(struct tree *tree, const struct assay__node *value, struct assay_rule *rule);

static void read_branches(struct tree *tree, const struct assay__node *list,
                          struct assay_rule *rule)
{
    if (!assay__plan_is(tree->reader, list, ASSAY__NODE_ARRAY))
        return;
    if (list->count == 0)
        assay__plan_fail(tree->reader, list, "The list is empty; name at least one metric.");
    if (list->count > ASSAY_METRICS_MAX)
        assay__plan_fail(tree->reader, list, "There are %u entries; %d is the limit.",
                         (unsigned)list->count, ASSAY_METRICS_MAX);
    struct assay_rule *branches = assay__plan_array(tree->reader, list->count, sizeof *branches);
    if (branches == NULL)
        return;
    rule->branches = branches;
    rule->branch_count = list->count;
    for (const struct assay__node *value = list->first; value != NULL; value = value->next)
        read_node(tree, value, &branches[value->index]);
}

/* The reader of JSON bounds the depth of the tree. */
static void read_node(struct tree *tree, const struct assay__node *value, struct assay_rule *rule)
{
    if (tree->reader->status != ASSAY_OK)
        return;
    if (value->type == ASSAY__NODE_STRING) {
        read_leaf(tree, value, rule);
        return;
    }
    const struct assay__node *member = value->first;
    bool is_and =
        value->type == ASSAY__NODE_OBJECT && value->count == 1 && strcmp(member->key, "and") == 0;
    bool is_or =
        value->type == ASSAY__NODE_OBJECT && value->count == 1 && strcmp(member->key, "or") == 0;
    if (!is_and && !is_or) {
        assay__plan_fail(tree->reader, value,
                         "This must be the id of a metric, {\"and\": [...]} or {\"or\": [...]}.");
        return;
    }
    rule->kind = is_and ? ASSAY_RULE_AND : ASSAY_RULE_OR;
    read_branches(tree, member, rule);
}

void assay__plan_rule(struct assay__plan_reader *reader, const struct assay__node *value)
{
    struct tree tree = {.reader = reader};
    struct assay_rule *rule = assay__plan_array(reader, 1, sizeof *rule);
    tree.is_used = assay__plan_array(reader, reader->plan->metric_count, sizeof *tree.is_used);
    if (rule == NULL || tree.is_used == NULL)
        return;
    read_node(&tree, value, rule);
    reader->plan->rule = rule;
}
