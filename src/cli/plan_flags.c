/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flags become values of the plan's tree and pass the same checks as a file's: there is one set of
 * rules and one set of messages. Flags of one value replace the file's, lists are added to.
 */
#include "cli/plan_flags.h"

#include <string.h>

#include "cli/args.h"
#include "cli/plan_build.h"
#include "plan/plan_file.h"
#include "plan/plan_read.h"

/* The comparisons of flags replace the file's as a whole. */
static void take_comparison(struct plan_build *build, const struct plan_flag *flag,
                            const char *value)
{
    struct assay__node *object = assay__node_get(build->root, "comparisons");
    if (object == NULL || object->line > 0) {
        object = plan_build_node(build, ASSAY__NODE_OBJECT);
        plan_build_set(build, build->root, "comparisons", object);
    }
    plan_build_key(build, object, flag->path[1], value, value == NULL ? 0 : strlen(value), false);
}

static void take_weights(struct plan_build *build, const struct plan_flag *flag, const char *value)
{
    struct assay__node *groups = plan_build_node(build, ASSAY__NODE_ARRAY);
    size_t left = strlen(value);
    plan_build_set(build, build->root, "groups", groups);
    while (build->status == ASSAY_OK) {
        size_t length = plan_build_part(value, left, ',');
        if (plan_build_part(value, length, '=') == length) {
            plan_build_fail(build, "Weights look like A=1,B=2.");
            return;
        }
        plan_build_key(build, build->root, flag->path[0], value, length, false);
        if (length == left)
            return;
        value += length + 1;
        left -= length + 1;
    }
}

/* The events of a name, made anew when the plan has none; NULL after a failure. */
static struct assay__node *events_of(struct plan_build *build, const char *name, size_t length)
{
    struct assay__node *list = plan_build_member(build, build->root, "events", ASSAY__NODE_ARRAY);
    struct assay__node *text = plan_build_text(build, name, length);
    if (list == NULL || text == NULL)
        return NULL;
    for (struct assay__node *events = list->first; events != NULL; events = events->next) {
        const struct assay__node *other =
            events->type == ASSAY__NODE_OBJECT ? assay__node_get(events, "name") : NULL;
        if (other != NULL && other->type == ASSAY__NODE_STRING &&
            strcmp(other->text, text->text) == 0)
            return events;
    }
    struct assay__node *events = plan_build_node(build, ASSAY__NODE_OBJECT);
    plan_build_set(build, events, "name", text);
    plan_build_append(build, list, events);
    return events;
}

/* The files of events are the command's; the plan has their name. */
static void take_events(struct plan_build *build, const struct plan_flag *flag, const char *value)
{
    (void)flag;
    size_t length = strlen(value), name = plan_build_part(value, length, '=');
    if (name == 0 || name + 1 >= length)
        plan_build_fail(build, "Events are a name and their files, as in orders=orders.csv.");
    else
        events_of(build, value, name);
}

/* A column of event files: NAME=COLUMN. */
static void take_event_column(struct plan_build *build, const char *key, const char *value)
{
    size_t length = strlen(value), name = plan_build_part(value, length, '=');
    if (name == 0 || name + 1 >= length) {
        plan_build_fail(build, "Give the events' name and their column, as in orders=ordered_at.");
        return;
    }
    struct assay__node *events = events_of(build, value, name);
    struct assay__node *columns = plan_build_member(build, events, "columns", ASSAY__NODE_OBJECT);
    plan_build_set(build, columns, key,
                   plan_build_text(build, value + name + 1, length - name - 1));
}

static void take_event_time(struct plan_build *build, const struct plan_flag *flag,
                            const char *value)
{
    (void)flag;
    take_event_column(build, "time", value);
}

static void take_event_unit(struct plan_build *build, const struct plan_flag *flag,
                            const char *value)
{
    (void)flag;
    take_event_column(build, "unit", value);
}

static void take_definitions(struct plan_build *build, const struct plan_flag *flag,
                             const char *value)
{
    (void)flag;
    struct assay__node *metrics =
        plan_build_member(build, build->root, "metrics", ASSAY__NODE_ARRAY);
    if (metrics != NULL && build->status == ASSAY_OK)
        build->status = assay__plan_read_metrics(&build->arena, value, metrics, build->err);
}

/* --plan was read before, and plan_build_defaults() comes after all. */
static void take_nothing(struct plan_build *build, const struct plan_flag *flag, const char *value)
{
    (void)build;
    (void)flag;
    (void)value;
}

/* Flags that are more than the value of a key. */
static const struct {
    const char *name;
    void (*take)(struct plan_build *build, const struct plan_flag *flag, const char *value);
} TAKERS[] = {{"plan", take_nothing},         {"covariate", take_nothing},
              {"reduction", take_nothing},    {"missing", take_nothing},
              {"baseline", take_comparison},  {"all-pairs", take_comparison},
              {"compare", take_comparison},   {"weights", take_weights},
              {"metric", plan_build_metric},  {"proportion", plan_build_metric},
              {"ratio", plan_build_metric},   {"metrics", take_definitions},
              {"events", take_events},        {"event-time", take_event_time},
              {"event-unit", take_event_unit}};

/* Any other flag is the value of its key, in the object that holds it. */
static void take_key(struct plan_build *build, const struct plan_flag *flag, const char *value)
{
    struct assay__node *object = build->root;
    for (unsigned i = 0; i + 1 < flag->depth; i++)
        object = plan_build_member(build, object, flag->path[i]->key, ASSAY__NODE_OBJECT);
    plan_build_key(build, object, flag->path[flag->depth - 1], value,
                   value == NULL ? 0 : strlen(value), false);
}

static void take_use(struct plan_build *build, const struct plan_flag_use *use)
{
    const char *name = use->flag->name;
    plan_build_at(build, name, "");
    if (use->value != NULL && !args_is_utf8(use->value)) {
        plan_build_fail(build, "The value is not UTF-8.");
        return;
    }
    if (use->value != NULL)
        plan_build_at(build, name, use->value);
    if (build->status != ASSAY_OK)
        return;
    for (size_t i = 0; i < sizeof TAKERS / sizeof *TAKERS; i++) {
        if (strcmp(TAKERS[i].name, name) != 0)
            continue;
        TAKERS[i].take(build, use->flag, use->value);
        return;
    }
    take_key(build, use->flag, use->value);
}

/* Lays all flags over the tree, which is an object. */
static void take_all(struct plan_build *build, const struct plan_flags *flags)
{
    for (size_t i = 0; i < flags->count && build->status == ASSAY_OK; i++)
        take_use(build, &flags->uses[i]);
    if (build->status == ASSAY_OK)
        plan_build_defaults(build, flags);
    if (build->status == ASSAY_OK && plan_flags_given(flags, "plan") == NULL &&
        assay__node_get(build->root, "metrics") == NULL)
        build->status = assay__fail(build->err, ASSAY_ERROR_USAGE,
                                    "There is nothing to measure: give --metric, --proportion or "
                                    "--ratio with a column, or a plan with --plan.");
}

enum assay_status plan_flags_build(const struct plan_flags *flags, struct assay_plan **out,
                                   struct assay_error *err)
{
    struct plan_build build = {.err = err, .status = ASSAY_OK, .origin = "flags"};
    const char *path = plan_flags_given(flags, "plan");
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
