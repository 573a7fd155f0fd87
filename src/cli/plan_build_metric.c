/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metrics from flags: COLUMN[:NAME=VALUE,...], a backslash taking the next character as it is. */
#include <string.h>

#include "base/nearest.h"
#include "base/utf8.h"
#include "cli/plan_build.h"

static bool is_word(const char *word, const char *text, size_t length)
{
    return strlen(word) == length && memcmp(word, text, length) == 0;
}

/* An attribute is known by its name on the command line or by its key in plans; the flag itself
 * says the type. */
static bool is_attribute(const struct plan_flag *flag, const char *text, size_t length)
{
    const char *key = flag->path[flag->depth - 1]->key;
    return is_word(flag->name, text, length) ||
           (strcmp(key, "type") != 0 && is_word(key, text, length));
}

static const struct plan_flag *find_attribute(struct plan_build *build,
                                              const struct plan_flag_list *list, const char *text,
                                              size_t length)
{
    const char *names[PLAN_FLAGS_MAX];
    for (size_t i = 0; i < list->count; i++) {
        names[i] = list->rows[i].name;
        if (is_attribute(&list->rows[i], text, length))
            return &list->rows[i];
    }
    const char *nearest = assay__nearest(text, length, names, list->count);
    int shown = assay__utf8_shown(text, length);
    if (nearest != NULL)
        plan_build_fail(build, "A metric has no '%.*s'; did you mean '%s'?", shown, text, nearest);
    else
        plan_build_fail(build, "A metric has no '%.*s'; --help lists what it has.", shown, text);
    return NULL;
}

/* "value=" without a column: all rows are counted. */
static void set_attribute(struct plan_build *build, struct assay__node *metric,
                          const struct plan_flag *flag, const char *text, size_t length)
{
    struct assay__node *object = metric;
    const struct assay__plan_key *row = flag->path[flag->depth - 1];
    for (unsigned i = 0; i + 1 < flag->depth; i++)
        object = plan_build_member(build, object, flag->path[i]->key, ASSAY__NODE_OBJECT);
    if (length == 0 && strcmp(row->key, "value") == 0)
        assay__node_remove(metric, row->key);
    else
        plan_build_key(build, object, row, text, length, true);
}

/* Reads NAME=VALUE,NAME=VALUE; all of it before a metric is looked up, since one may be the id. */
static void set_attributes(struct plan_build *build, struct assay__node *metric, const char *text)
{
    struct plan_flag_list list;
    size_t left = strlen(text);
    plan_flag_list_fill(&list, ASSAY__OBJECT_METRIC);
    while (build->status == ASSAY_OK) {
        size_t length = plan_build_part(text, left, ',');
        size_t name = plan_build_part(text, length, '=');
        if (name == length) {
            plan_build_fail(build,
                            "'%.*s' is not of the form NAME=VALUE. A colon in the name of a column "
                            "is written '\\:'.",
                            assay__utf8_shown(text, length), text);
            return;
        }
        const struct plan_flag *attribute = find_attribute(build, &list, text, name);
        if (attribute != NULL)
            set_attribute(build, metric, attribute, text + name + 1, length - name - 1);
        if (length == left)
            return;
        text += length + 1;
        left -= length + 1;
    }
}

/* Sets what the flag says about columns and type: COLUMN, or COLUMN/COLUMN of a ratio. */
static void set_columns(struct plan_build *build, struct assay__node *metric, const char *type,
                        const char *text, size_t length)
{
    plan_build_set(build, metric, "type", plan_build_text(build, type, strlen(type)));
    plan_build_set(build, metric, "id", plan_build_text(build, text, length));
    if (strcmp(type, "ratio") != 0) {
        plan_build_set(build, metric, "value", plan_build_text(build, text, length));
        return;
    }
    size_t slash = plan_build_part(text, length, '/');
    if (slash == length || slash == 0 || slash + 1 == length) {
        plan_build_fail(build, "A ratio is two columns, NUMERATOR/DENOMINATOR.");
        return;
    }
    plan_build_set(build, metric, "value", plan_build_text(build, text, slash));
    plan_build_set(build, metric, "denominator",
                   plan_build_text(build, text + slash + 1, length - slash - 1));
}

static struct assay__node *find_metric(const struct assay__node *metrics, const char *id)
{
    for (struct assay__node *metric = metrics->first; metric != NULL; metric = metric->next) {
        if (metric->type != ASSAY__NODE_OBJECT)
            continue;
        const struct assay__node *other = assay__node_get(metric, "id");
        if (other != NULL && other->type == ASSAY__NODE_STRING && strcmp(other->text, id) == 0)
            return metric;
    }
    return NULL;
}

/*
 * Lays the members that a flag made over the metric of that id in the plan file. What the flag did
 * not say stays: the column when only the id was named, and the type with --metric.
 */
static void lay_over(struct plan_build *build, struct assay__node *metric, const char *type,
                     struct assay__node *given)
{
    struct assay__node *next = NULL;
    const struct assay__node *column = assay__node_get(given, "value");
    if (strcmp(type, "mean") == 0)
        assay__node_remove(given, "type");
    if (column != NULL && strcmp(type, "ratio") != 0 &&
        strcmp(assay__node_get(given, "id")->text, column->text) == 0)
        assay__node_remove(given, "value");
    for (struct assay__node *member = given->first; member != NULL; member = next) {
        next = member->next;
        const struct assay__plan_key *row =
            assay__plan_key_of(&assay__keys_metric, member->key, strlen(member->key));
        if (row != NULL && row->rival != NULL)
            assay__node_remove(metric, row->rival);
        plan_build_set(build, metric, member->key, member);
    }
}

void plan_build_metric(struct plan_build *build, const struct plan_flag *flag, const char *value)
{
    const char *type = strcmp(flag->name, "metric") == 0 ? "mean" : flag->name;
    size_t length = plan_build_part(value, strlen(value), ':');
    struct assay__node *given = plan_build_node(build, ASSAY__NODE_OBJECT);
    struct assay__node *metrics =
        plan_build_member(build, build->root, "metrics", ASSAY__NODE_ARRAY);
    if (given == NULL || metrics == NULL)
        return;
    if (length == 0) {
        plan_build_fail(build, "The column is missing.");
        return;
    }
    set_columns(build, given, type, value, length);
    const struct assay__node *column = assay__node_get(given, "value");
    const char *implied = column == NULL ? NULL : column->text;
    if (value[length] == ':')
        set_attributes(build, given, value + length + 1);
    if (build->status != ASSAY_OK)
        return;
    struct assay__node *id = assay__node_get(given, "id");
    column = assay__node_get(given, "value");
    /* A name is the column's by default; of rows that are counted it is that of the metric only. */
    if (column != NULL && column->text == implied && strcmp(type, "ratio") != 0 &&
        strcmp(id->text, column->text) == 0)
        assay__node_remove(given, "value");
    struct assay__node *metric = find_metric(metrics, id->text);
    if (metric == NULL) {
        plan_build_append(build, metrics, given);
    } else if (metric->line == 0) {
        plan_build_fail(build, "'%.*s' is there already (%s); tell them apart with id=.",
                        assay__utf8_shown(id->text, id->length), id->text, metric->origin);
    } else {
        lay_over(build, metric, type, given);
    }
}

static bool give_covariates(struct plan_build *build, struct assay__node *metric,
                            const struct plan_flags *flags)
{
    struct assay__node *list = NULL;
    if (assay__node_get(metric, "covariates") != NULL)
        return false;
    for (size_t i = 0; i < flags->count; i++) {
        const struct plan_flag_use *use = &flags->uses[i];
        if (strcmp(use->flag->name, "covariate") != 0)
            continue;
        plan_build_at(build, "covariate", use->value);
        if (list == NULL)
            list = plan_build_member(build, metric, "covariates", ASSAY__NODE_ARRAY);
        plan_build_append(build, list, plan_build_plain(build, use->value));
    }
    return true;
}

static bool give_text(struct plan_build *build, struct assay__node *metric, const char *key,
                      const char *value)
{
    if (assay__node_get(metric, key) != NULL)
        return false;
    plan_build_set(build, metric, key, plan_build_plain(build, value));
    return true;
}

/* One of --covariate, --reduction and --missing, for every metric that does not say it itself. */
static void give(struct plan_build *build, const struct plan_flags *flags, const char *name,
                 const char *key)
{
    const char *value = plan_flags_given(flags, name);
    bool is_covariate = strcmp(name, "covariate") == 0;
    bool is_reduction = strcmp(name, "reduction") == 0;
    const struct assay__node *metrics = assay__node_get(build->root, "metrics");
    bool is_taken = false;
    if (value == NULL || metrics == NULL || metrics->type != ASSAY__NODE_ARRAY)
        return;
    plan_build_at(build, name, value);
    for (struct assay__node *metric = metrics->first; metric != NULL; metric = metric->next) {
        if (metric->type != ASSAY__NODE_OBJECT)
            continue;
        if (is_covariate)
            is_taken |= give_covariates(build, metric, flags);
        else if (!is_reduction || assay__node_get(metric, "covariates") != NULL)
            is_taken |= give_text(build, metric, key, value);
    }
    bool is_harmless = is_reduction && strcmp(value, "none") == 0;
    if (!is_taken && !is_harmless)
        plan_build_fail(build, is_reduction
                                   ? "No metric takes this: none has covariates, or each has "
                                     "its own varianceReduction."
                                   : "No metric takes this: each says it itself.");
}

void plan_build_defaults(struct plan_build *build, const struct plan_flags *flags)
{
    give(build, flags, "covariate", "covariates");
    give(build, flags, "reduction", "varianceReduction");
    give(build, flags, "missing", "missing");
}
