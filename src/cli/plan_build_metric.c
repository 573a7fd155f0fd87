/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metrics from flags: COLUMN[:NAME=VALUE,...], a backslash taking the next character as it is. */
#include <string.h>

#include "base/nearest.h"
#include "base/utf8.h"
#include "cli/plan_build.h"

enum attribute_kind { ATTRIBUTE_TEXT, ATTRIBUTE_NUMBER, ATTRIBUTE_RATE, ATTRIBUTE_TEXTS };

struct attribute {
    const char *name;
    const char *object; /* of the metric that holds the key, or NULL: the metric itself */
    const char *key;
    const char *rival; /* key that this one takes the place of, or NULL */
    enum attribute_kind kind;
    const char *sentence;
};

static const struct attribute ATTRIBUTES[] = {
    {"id", NULL, "id", NULL, ATTRIBUTE_TEXT, "name of the metric; the column unless given"},
    {"role", NULL, "role", NULL, ATTRIBUTE_TEXT, "success (default), guardrail, deterioration"},
    {"direction", NULL, "direction", NULL, ATTRIBUTE_TEXT, "increase (default), decrease, any"},
    {"mde", NULL, "minimumDetectableEffect", "minimumDetectableEffectAbs", ATTRIBUTE_RATE,
     "smallest effect to find, as a share of the baseline mean (0.02 or 2%)"},
    {"mde-abs", NULL, "minimumDetectableEffectAbs", "minimumDetectableEffect", ATTRIBUTE_NUMBER,
     "the same in units of the metric"},
    {"margin", NULL, "nonInferiorityMargin", "nonInferiorityMarginAbs", ATTRIBUTE_RATE,
     "margin of a guardrail, as a share of the baseline mean"},
    {"margin-abs", NULL, "nonInferiorityMarginAbs", "nonInferiorityMargin", ATTRIBUTE_NUMBER,
     "the same in units of the metric"},
    {"covariates", NULL, "covariates", NULL, ATTRIBUTE_TEXTS, "pre-exposure columns, joined by +"},
    {"reduction", NULL, "varianceReduction", NULL, ATTRIBUTE_TEXT, "full (default), pooled, none"},
    {"missing", NULL, "missing", NULL, ATTRIBUTE_TEXT, "drop (default), zero"},
    {"lower", "cap", "lower", "lowerQuantile", ATTRIBUTE_NUMBER, "values below count as this"},
    {"upper", "cap", "upper", "upperQuantile", ATTRIBUTE_NUMBER, "values above count as this"},
    {"lower-quantile", "cap", "lowerQuantile", "lower", ATTRIBUTE_RATE,
     "the same by a quantile of all values"},
    {"upper-quantile", "cap", "upperQuantile", "upper", ATTRIBUTE_RATE,
     "the same by a quantile of all values"},
    {"window", NULL, "window", NULL, ATTRIBUTE_TEXT, "event-level input: length of time"},
    {"offset", NULL, "offset", NULL, ATTRIBUTE_TEXT, "event-level input: start after exposure"},
    {"aggregation", NULL, "aggregation", NULL, ATTRIBUTE_TEXT,
     "event-level input: sum, count, ..."}};

enum { ATTRIBUTE_COUNT = sizeof ATTRIBUTES / sizeof *ATTRIBUTES };

static bool is_word(const char *word, const char *text, size_t length)
{
    return strlen(word) == length && memcmp(word, text, length) == 0;
}

/* An attribute is known by its name here or by its key in plans. */
static const struct attribute *find_attribute(struct plan_build *build, const char *text,
                                              size_t length)
{
    const char *names[ATTRIBUTE_COUNT];
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
        names[i] = ATTRIBUTES[i].name;
        if (is_word(ATTRIBUTES[i].name, text, length) || is_word(ATTRIBUTES[i].key, text, length))
            return &ATTRIBUTES[i];
    }
    const char *nearest = assay__nearest(text, length, names, ATTRIBUTE_COUNT);
    int shown = assay__utf8_shown(text, length);
    if (nearest != NULL)
        plan_build_fail(build, "A metric has no '%.*s'; did you mean '%s'?", shown, text, nearest);
    else
        plan_build_fail(build, "A metric has no '%.*s'; --help lists what it has.", shown, text);
    return NULL;
}

static struct assay__node *make_texts(struct plan_build *build, const char *text, size_t length)
{
    struct assay__node *list = plan_build_node(build, ASSAY__NODE_ARRAY);
    for (;;) {
        size_t part = plan_build_part(text, length, '+');
        plan_build_append(build, list, plan_build_text(build, text, part));
        if (part == length)
            return list;
        text += part + 1;
        length -= part + 1;
    }
}

static void set_attribute(struct plan_build *build, struct assay__node *metric,
                          const struct attribute *attribute, const char *text, size_t length)
{
    struct assay__node *value = NULL;
    if (attribute->kind == ATTRIBUTE_TEXT)
        value = plan_build_text(build, text, length);
    else if (attribute->kind == ATTRIBUTE_NUMBER)
        value = plan_build_number(build, text, length);
    else if (attribute->kind == ATTRIBUTE_RATE)
        value = plan_build_rate(build, text, length);
    else
        value = make_texts(build, text, length);
    struct assay__node *object = metric;
    if (attribute->object != NULL)
        object = plan_build_member(build, metric, attribute->object, ASSAY__NODE_OBJECT);
    if (object != NULL && attribute->rival != NULL)
        assay__node_remove(object, attribute->rival);
    plan_build_set(build, object, attribute->key, value);
}

/* Reads NAME=VALUE,NAME=VALUE; all of it before a metric is looked up, since one may be the id. */
static void set_attributes(struct plan_build *build, struct assay__node *metric, const char *text)
{
    size_t left = strlen(text);
    while (build->status == ASSAY_OK) {
        size_t length = plan_build_part(text, left, ',');
        size_t name = plan_build_part(text, length, '=');
        if (name == length) {
            plan_build_fail(build, "'%.*s' is not of the form NAME=VALUE.",
                            assay__utf8_shown(text, length), text);
            return;
        }
        const struct attribute *attribute = find_attribute(build, text, name);
        if (attribute != NULL)
            set_attribute(build, metric, attribute, text + name + 1, length - name - 1);
        if (length == left)
            return;
        text += length + 1;
        left -= length + 1;
    }
}

/* Sets what the flag says about columns and type: COLUMN, or COLUMN/COLUMN of a ratio. */
static void set_columns(struct plan_build *build, struct assay__node *metric, enum plan_flag flag,
                        const char *text, size_t length)
{
    const char *type = flag == PLAN_FLAG_RATIO        ? "ratio"
                       : flag == PLAN_FLAG_PROPORTION ? "proportion"
                                                      : "mean";
    plan_build_set(build, metric, "type", plan_build_text(build, type, strlen(type)));
    plan_build_set(build, metric, "id", plan_build_text(build, text, length));
    if (flag != PLAN_FLAG_RATIO) {
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
static void lay_over(struct plan_build *build, struct assay__node *metric, enum plan_flag flag,
                     struct assay__node *given)
{
    struct assay__node *next = NULL;
    const char *column = assay__node_get(given, "value")->text;
    if (flag == PLAN_FLAG_METRIC)
        assay__node_remove(given, "type");
    if (flag != PLAN_FLAG_RATIO && strcmp(assay__node_get(given, "id")->text, column) == 0)
        assay__node_remove(given, "value");
    for (struct assay__node *member = given->first; member != NULL; member = next) {
        next = member->next;
        for (size_t i = 0; i < ATTRIBUTE_COUNT; i++)
            if (ATTRIBUTES[i].rival != NULL && ATTRIBUTES[i].object == NULL &&
                strcmp(ATTRIBUTES[i].key, member->key) == 0)
                assay__node_remove(metric, ATTRIBUTES[i].rival);
        plan_build_set(build, metric, member->key, member);
    }
}

void plan_build_metric(struct plan_build *build, enum plan_flag flag, const char *value)
{
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
    set_columns(build, given, flag, value, length);
    if (value[length] == ':')
        set_attributes(build, given, value + length + 1);
    if (build->status != ASSAY_OK)
        return;
    struct assay__node *id = assay__node_get(given, "id");
    struct assay__node *metric = find_metric(metrics, id->text);
    if (metric == NULL) {
        plan_build_append(build, metrics, given);
    } else if (metric->origin != NULL) {
        plan_build_fail(build, "'%.*s' is there already (%s); tell them apart with id=.",
                        assay__utf8_shown(id->text, id->length), id->text, metric->origin);
    } else {
        lay_over(build, metric, flag, given);
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
        if (use->flag != PLAN_FLAG_COVARIATE)
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
static void give(struct plan_build *build, const struct plan_flags *flags, enum plan_flag flag,
                 const char *name, const char *key)
{
    const char *value = plan_flags_given(flags, flag);
    const struct assay__node *metrics = assay__node_get(build->root, "metrics");
    bool is_taken = false;
    if (value == NULL || metrics == NULL || metrics->type != ASSAY__NODE_ARRAY)
        return;
    plan_build_at(build, name, value);
    for (struct assay__node *metric = metrics->first; metric != NULL; metric = metric->next) {
        if (metric->type != ASSAY__NODE_OBJECT)
            continue;
        if (flag == PLAN_FLAG_COVARIATE)
            is_taken |= give_covariates(build, metric, flags);
        else if (flag != PLAN_FLAG_REDUCTION || assay__node_get(metric, "covariates") != NULL)
            is_taken |= give_text(build, metric, key, value);
    }
    bool is_harmless = flag == PLAN_FLAG_REDUCTION && strcmp(value, "none") == 0;
    if (!is_taken && !is_harmless)
        plan_build_fail(build, flag == PLAN_FLAG_REDUCTION
                                   ? "No metric takes this: none has covariates, or each has "
                                     "its own varianceReduction."
                                   : "No metric takes this: each says it itself.");
}

void plan_build_defaults(struct plan_build *build, const struct plan_flags *flags)
{
    give(build, flags, PLAN_FLAG_COVARIATE, "covariate", "covariates");
    give(build, flags, PLAN_FLAG_REDUCTION, "reduction", "varianceReduction");
    give(build, flags, PLAN_FLAG_MISSING, "missing", "missing");
}

void plan_build_metric_help(FILE *out)
{
    fputs("\nA metric may have attributes after a colon, such as\n"
          "  --metric spend:role=guardrail,margin=0.02,covariates=history+recency\n"
          "A backslash takes the next character as it is: --metric 'net\\:value'.\n"
          "A metric that the plan file has too is changed by what the flag gives.\n\n",
          out);
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++)
        fprintf(out, "  %-24s %s\n", ATTRIBUTES[i].name, ATTRIBUTES[i].sentence);
}
