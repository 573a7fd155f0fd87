/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flags become values of the plan's tree and pass the same checks as a file's: there is one set of
 * rules and one set of messages. Flags of one value replace the file's, lists are added to.
 */
#include "cli/plan_flags.h"

#include <stdlib.h>
#include <string.h>

#include "plan/plan_read.h"
#include "cli/args.h"
#include "cli/plan_build.h"

/* The simple flags: one value that becomes a member. */
enum member_kind { MEMBER_TEXT, MEMBER_RATE, MEMBER_ELEMENT };

struct member_row {
    enum plan_flag flag;
    const char *object; /* NULL: the plan itself */
    const char *key;
    enum member_kind kind;
};

static const struct member_row MEMBERS[] = {
    {PLAN_FLAG_GROUP, "columns", "group", MEMBER_TEXT},
    {PLAN_FLAG_UNIT, "columns", "unit", MEMBER_TEXT},
    {PLAN_FLAG_TIME, "columns", "time", MEMBER_TEXT},
    {PLAN_FLAG_ALPHA, NULL, "alpha", MEMBER_RATE},
    {PLAN_FLAG_POWER, NULL, "power", MEMBER_RATE},
    {PLAN_FLAG_MULTIPLICITY, "multiplicity", "scope", MEMBER_TEXT},
    {PLAN_FLAG_SRM_ALPHA, "srm", "alpha", MEMBER_RATE},
    {PLAN_FLAG_SRM_METHOD, "srm", "method", MEMBER_TEXT},
    {PLAN_FLAG_SRM_TOLERANCE, "srm", "tolerance", MEMBER_RATE},
    {PLAN_FLAG_DIMENSION, NULL, "dimensions", MEMBER_ELEMENT},
    {PLAN_FLAG_RELATIVE, NULL, "relativeInterval", MEMBER_TEXT},
    {PLAN_FLAG_TEST, NULL, "test", MEMBER_TEXT},
    {PLAN_FLAG_SKEWNESS, NULL, "skewnessCorrection", MEMBER_TEXT},
    {PLAN_FLAG_AS_OF, NULL, "asOf", MEMBER_TEXT},
    {PLAN_FLAG_PARENT, NULL, "parent", MEMBER_TEXT},
    {PLAN_FLAG_ID, NULL, "analysisResultId", MEMBER_TEXT},
    {PLAN_FLAG_EXPOSURE_FILTER, NULL, "exposureFilter", MEMBER_TEXT}};

static void take_member(struct plan_build *build, const struct member_row *row, const char *value)
{
    struct assay__node *object = build->root;
    if (row->object != NULL)
        object = plan_build_member(build, object, row->object, ASSAY__NODE_OBJECT);
    if (row->kind == MEMBER_RATE) {
        plan_build_set(build, object, row->key, plan_build_rate(build, value, strlen(value)));
    } else if (row->kind == MEMBER_TEXT) {
        plan_build_set(build, object, row->key, plan_build_plain(build, value));
    } else {
        struct assay__node *list = plan_build_member(build, object, row->key, ASSAY__NODE_ARRAY);
        plan_build_append(build, list, plan_build_plain(build, value));
    }
}

/* The comparisons of flags replace the file's as a whole; two kinds of flags exclude each other. */
static struct assay__node *take_comparisons(struct plan_build *build, const char *key)
{
    struct assay__node *object = assay__node_get(build->root, "comparisons");
    if (object != NULL && object->origin != NULL && assay__node_get(object, key) == NULL) {
        plan_build_fail(build, "This excludes %s.", object->origin);
        return NULL;
    }
    if (object != NULL && object->origin != NULL)
        return object;
    object = plan_build_node(build, ASSAY__NODE_OBJECT);
    plan_build_set(build, build->root, "comparisons", object);
    return object;
}

static void take_baseline(struct plan_build *build, const char *value)
{
    struct assay__node *object = take_comparisons(build, "baseline");
    plan_build_set(build, object, "baseline", plan_build_plain(build, value));
}

static void take_all_pairs(struct plan_build *build, const char *value)
{
    (void)value;
    struct assay__node *object = take_comparisons(build, "allPairs");
    struct assay__node *yes = plan_build_node(build, ASSAY__NODE_BOOLEAN);
    if (yes != NULL)
        yes->boolean = true;
    plan_build_set(build, object, "allPairs", yes);
}

static void take_compare(struct plan_build *build, const char *value)
{
    size_t length = strlen(value), colon = plan_build_part(value, length, ':');
    if (colon == length) {
        plan_build_fail(build, "A comparison is two groups, BASELINE:COMPARED.");
        return;
    }
    struct assay__node *object = take_comparisons(build, "pairs");
    struct assay__node *pairs = plan_build_member(build, object, "pairs", ASSAY__NODE_ARRAY);
    struct assay__node *pair = plan_build_node(build, ASSAY__NODE_OBJECT);
    plan_build_set(build, pair, "baseline", plan_build_text(build, value, colon));
    plan_build_set(build, pair, "compared",
                   plan_build_text(build, value + colon + 1, length - colon - 1));
    plan_build_append(build, pairs, pair);
}

static void take_weights(struct plan_build *build, const char *value)
{
    struct assay__node *groups = plan_build_node(build, ASSAY__NODE_ARRAY);
    size_t left = strlen(value);
    while (build->status == ASSAY_OK) {
        size_t length = plan_build_part(value, left, ',');
        size_t equals = plan_build_part(value, length, '=');
        if (equals == length) {
            plan_build_fail(build, "Weights look like A=1,B=2.");
            return;
        }
        struct assay__node *group = plan_build_node(build, ASSAY__NODE_OBJECT);
        plan_build_set(build, group, "id", plan_build_text(build, value, equals));
        plan_build_set(build, group, "weight",
                       plan_build_number(build, value + equals + 1, length - equals - 1));
        plan_build_append(build, groups, group);
        if (length == left)
            break;
        value += length + 1;
        left -= length + 1;
    }
    plan_build_set(build, build->root, "groups", groups);
}

static void take_deterioration(struct plan_build *build, const char *value)
{
    struct assay__node *tests = NULL;
    if (strcmp(value, "off") == 0) {
        tests = plan_build_node(build, ASSAY__NODE_BOOLEAN);
    } else {
        tests = plan_build_node(build, ASSAY__NODE_OBJECT);
        plan_build_set(build, tests, "alpha", plan_build_rate(build, value, strlen(value)));
    }
    plan_build_set(build, build->root, "deterioration", tests);
}

/* LEFT=RIGHT as an object with two keys; the right side may hold anything. form says what is
 * wanted. */
static void take_couple(struct plan_build *build, const char *value, const char *list_key,
                        const char *left_key, const char *right_key, const char *form)
{
    const char *equals = strchr(value, '=');
    if (equals == NULL) {
        plan_build_fail(build, "%s", form);
        return;
    }
    struct assay__node *list = plan_build_member(build, build->root, list_key, ASSAY__NODE_ARRAY);
    struct assay__node *couple = plan_build_node(build, ASSAY__NODE_OBJECT);
    struct assay__node *left = plan_build_node(build, ASSAY__NODE_STRING);
    if (left == NULL)
        return;
    left->length = (size_t)(equals - value);
    left->text = assay__arena_copy(&build->arena, value, left->length);
    if (left->text == NULL)
        build->status = assay__fail_memory(build->err);
    plan_build_set(build, couple, left_key, left);
    plan_build_set(build, couple, right_key, plan_build_plain(build, equals + 1));
    plan_build_append(build, list, couple);
}

static void take_segment(struct plan_build *build, const char *value)
{
    take_couple(build, value, "segments", "id", "filter",
                "A segment is an id, '=' and a filter, as in 'web=channel = \"Web\"'.");
}

static void take_label(struct plan_build *build, const char *value)
{
    take_couple(build, value, "labels", "key", "value",
                "A label is KEY=VALUE, as in 'team=growth'.");
}

static void take_metric(struct plan_build *build, const char *value)
{
    plan_build_metric(build, PLAN_FLAG_METRIC, value);
}

static void take_proportion(struct plan_build *build, const char *value)
{
    plan_build_metric(build, PLAN_FLAG_PROPORTION, value);
}

static void take_ratio(struct plan_build *build, const char *value)
{
    plan_build_metric(build, PLAN_FLAG_RATIO, value);
}

/* The other flags. --plan was read before, and plan_build_defaults() comes after all. */
static const struct {
    enum plan_flag flag;
    void (*take)(struct plan_build *build, const char *value);
} TAKERS[] = {
    {PLAN_FLAG_BASELINE, take_baseline}, {PLAN_FLAG_ALL_PAIRS, take_all_pairs},
    {PLAN_FLAG_COMPARE, take_compare},   {PLAN_FLAG_WEIGHTS, take_weights},
    {PLAN_FLAG_METRIC, take_metric},     {PLAN_FLAG_PROPORTION, take_proportion},
    {PLAN_FLAG_RATIO, take_ratio},       {PLAN_FLAG_DETERIORATION_ALPHA, take_deterioration},
    {PLAN_FLAG_SEGMENT, take_segment},   {PLAN_FLAG_LABEL, take_label}};

static const char *flag_name(enum plan_flag flag)
{
    static const char *const NAMES[] = {
#define FLAG_NAME(id, name, has_argument, argument, sentence) name,
        PLAN_FLAG_LIST(FLAG_NAME)
#undef FLAG_NAME
    };
    return NAMES[flag - PLAN_FLAG_BEFORE - 1];
}

static void take_use(struct plan_build *build, const struct plan_flag_use *use)
{
    plan_build_at(build, flag_name(use->flag), "");
    if (use->value != NULL && !args_is_utf8(use->value)) {
        plan_build_fail(build, "The value is not UTF-8.");
        return;
    }
    if (use->value != NULL)
        plan_build_at(build, flag_name(use->flag), use->value);
    if (build->status != ASSAY_OK)
        return;
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        if (MEMBERS[i].flag == use->flag)
            take_member(build, &MEMBERS[i], use->value);
    for (size_t i = 0; i < sizeof TAKERS / sizeof *TAKERS; i++)
        if (TAKERS[i].flag == use->flag)
            TAKERS[i].take(build, use->value);
}

bool plan_flags_take(struct plan_flags *flags, int option, const char *value)
{
    if (option <= PLAN_FLAG_BEFORE || option >= PLAN_FLAG_AFTER)
        return false;
    if (flags->count == flags->capacity) {
        size_t capacity = flags->capacity * 2 + 16;
        struct plan_flag_use *uses = realloc(flags->uses, capacity * sizeof *uses);
        if (uses == NULL) {
            flags->failed = true;
            return true;
        }
        flags->uses = uses;
        flags->capacity = capacity;
    }
    flags->uses[flags->count++] = (struct plan_flag_use){(enum plan_flag)option, value};
    return true;
}

const char *plan_flags_given(const struct plan_flags *flags, enum plan_flag flag)
{
    for (size_t i = flags->count; i > 0; i--)
        if (flags->uses[i - 1].flag == flag)
            return flags->uses[i - 1].value != NULL ? flags->uses[i - 1].value : "";
    return NULL;
}

/* Lays all flags over the tree, which is an object. */
static void take_all(struct plan_build *build, const struct plan_flags *flags)
{
    for (size_t i = 0; i < flags->count && build->status == ASSAY_OK; i++)
        take_use(build, &flags->uses[i]);
    if (build->status == ASSAY_OK)
        plan_build_defaults(build, flags);
    if (build->status == ASSAY_OK && plan_flags_given(flags, PLAN_FLAG_PLAN) == NULL &&
        assay__node_get(build->root, "metrics") == NULL)
        build->status = assay__fail(build->err, ASSAY_ERROR_USAGE,
                                    "There is nothing to measure: give --metric, --proportion or "
                                    "--ratio with a column, or a plan with --plan.");
}

enum assay_status plan_flags_build(const struct plan_flags *flags, struct assay_plan **out,
                                   struct assay_error *err)
{
    struct plan_build build = {.err = err, .status = ASSAY_OK, .origin = "flags"};
    const char *path = plan_flags_given(flags, PLAN_FLAG_PLAN);
    const char *name = path == NULL ? NULL : assay__plan_file_name(path);
    if (flags->failed)
        return assay__fail_memory(err);
    if (path != NULL)
        build.status = assay__plan_read_file(&build.arena, path, &build.root, err);
    else
        build.root = plan_build_node(&build, ASSAY__NODE_OBJECT);
    if (build.status == ASSAY_OK && build.root->type == ASSAY__NODE_OBJECT)
        take_all(&build, flags);
    if (build.status != ASSAY_OK) {
        assay__arena_release(&build.arena);
        return build.status;
    }
    return assay__plan_make(&build.arena, build.root, name, out, err);
}

void plan_flags_release(struct plan_flags *flags)
{
    free(flags->uses);
    memset(flags, 0, sizeof *flags);
}

static void print_flag(FILE *out, const char *name, const char *argument, const char *sentence)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", name, argument[0] != '\0' ? " " : "", argument);
    fprintf(out, "  %-27s %s\n", left, sentence);
}

void plan_flags_help(FILE *out)
{
#define FLAG_HELP(id, name, has_argument, argument, sentence)                                      \
    print_flag(out, name, argument, sentence);
    PLAN_FLAG_LIST(FLAG_HELP)
#undef FLAG_HELP
    plan_build_metric_help(out);
}
