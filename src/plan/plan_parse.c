/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the tree of a plan to the plan: its top level, and its life. */
#include "json/json_read.h"
#include "plan/plan_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/resource_name.h"
#include "base/time.h"
#include "plan/filter/filter.h"

enum { VALUES_MAX = 1 << 18, DEPTH_MAX = 32 };

struct plan_memory {
    struct assay_plan plan;
    struct assay__arena arena;
};

static void read_names(struct assay__plan_reader *reader, const struct assay__node *root,
                       struct assay_plan *plan)
{
    (void)assay__plan_text(reader, root, "$schema", NULL);
    char workflow[ASSAY__NAME_PART_MAX + 1], instance[ASSAY__NAME_PART_MAX + 1];
    plan->parent = assay__plan_text(reader, root, "parent", NULL);
    if (plan->parent != NULL && !assay__parent_split(plan->parent, workflow, instance))
        assay__plan_fail_key(reader, root, "parent",
                             "This must look like workflows/checkout/instances/july, each "
                             "name " ASSAY__NAME_PART_RULE ".");
    plan->analysis_result_id = assay__plan_text(reader, root, "analysisResultId", NULL);
    if (plan->analysis_result_id != NULL && !assay__result_id_ok(plan->analysis_result_id))
        assay__plan_fail_key(reader, root, "analysisResultId",
                             "An id has " ASSAY__RESULT_ID_RULE ".");
    plan->exposure_filter = assay__plan_text(reader, root, "exposureFilter", NULL);
}

static void read_labels(struct assay__plan_reader *reader, const struct assay__node *root,
                        struct assay_plan *plan)
{
    const struct assay__node *list = assay__plan_list(reader, root, "labels", ASSAY__LABELS_MAX);
    if (list == NULL)
        return;
    plan->labels = assay__plan_array(reader, list->count, sizeof *plan->labels);
    for (const struct assay__node *value = list->first; value != NULL; value = value->next) {
        if (!assay__plan_enter(reader, value, ASSAY__OBJECT_LABEL))
            return;
        struct assay_label *label = &plan->labels[value->index];
        label->key = assay__plan_required(reader, value, "key");
        const struct assay__node *text = assay__node_get(value, "value");
        bool is_empty = text != NULL && text->type == ASSAY__NODE_STRING && text->length == 0;
        label->value = is_empty ? "" : assay__plan_required(reader, value, "value");
    }
    if (reader->status != ASSAY_OK)
        return;
    plan->label_count = list->count;
    assay__plan_distinct(reader, list, "key");
}

static void read_columns(struct assay__plan_reader *reader, const struct assay__node *root,
                         struct assay_plan *plan)
{
    const struct assay__node *columns = assay__node_get(root, "columns");
    if (columns == NULL || !assay__plan_enter(reader, columns, ASSAY__OBJECT_COLUMNS))
        return;
    plan->unit_column = assay__plan_text(reader, columns, "unit", NULL);
    plan->group_column = assay__plan_text(reader, columns, "group", NULL);
    plan->time_column = assay__plan_text(reader, columns, "time", NULL);
    const char *names[] = {plan->unit_column, plan->group_column, plan->time_column};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < i; j++)
            if (names[i] != NULL && names[j] != NULL && strcmp(names[i], names[j]) == 0)
                assay__plan_fail_name(reader, columns, names[i], "is named for two purposes.");
}

static void read_time(struct assay__plan_reader *reader, const struct assay__node *root,
                      struct assay_plan *plan)
{
    plan->granularity = (enum assay_granularity)assay__plan_choice(
        reader, root, "granularity", &assay__choices_granularity, ASSAY_GRANULARITY_NONE);
    const char *as_of = assay__plan_text(reader, root, "asOf", NULL);
    if (as_of == NULL)
        return;
    plan->has_as_of = assay__time_parse(as_of, strlen(as_of), &plan->as_of_ns);
    if (!plan->has_as_of)
        assay__plan_fail_key(reader, root, "asOf",
                             "This is not a time; write one like 2026-11-23T00:00:00Z.");
}

/* A filter's own message says what is wrong and at which character of the filter. */
static void check_filter(struct assay__plan_reader *reader, const struct assay__node *at)
{
    struct assay__filter *filter = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    enum assay_status status = assay__filter_parse(at->text, &filter, &err);
    assay__filter_free(filter);
    if (status == ASSAY_ERROR_MEMORY)
        assay__plan_fail_memory(reader);
    else if (status != ASSAY_OK)
        assay__plan_fail(reader, at, "%s", err.message);
}

static void read_segments(struct assay__plan_reader *reader, const struct assay__node *root,
                          struct assay_plan *plan)
{
    const struct assay__node *list = assay__plan_list(reader, root, "segments", ASSAY_SEGMENTS_MAX);
    if (list == NULL)
        return;
    plan->segments = assay__plan_array(reader, list->count, sizeof *plan->segments);
    for (const struct assay__node *value = list->first; value != NULL; value = value->next) {
        if (!assay__plan_enter(reader, value, ASSAY__OBJECT_SEGMENT))
            return;
        struct assay_segment_plan *segment = &plan->segments[value->index];
        segment->id = assay__plan_required(reader, value, "id");
        segment->filter = assay__plan_required(reader, value, "filter");
        segment->horizon = plan->horizon;
        if (reader->status == ASSAY_OK)
            check_filter(reader, assay__node_get(value, "filter"));
    }
    if (reader->status != ASSAY_OK)
        return;
    plan->segment_count = list->count;
    assay__plan_distinct(reader, list, "id");
}

static void read_recommendations(struct assay__plan_reader *reader, const struct assay__node *root,
                                 struct assay_plan *plan)
{
    const struct assay__plan_keys *keys = &assay__plan_keys[ASSAY__OBJECT_RECOMMENDATIONS];
    for (uint32_t i = 0; i < keys->count; i++)
        plan->recommendation_names[i] = assay__recommendation_names[i];
    const struct assay__node *object = assay__node_get(root, "recommendationNames");
    if (object == NULL || !assay__plan_enter(reader, object, ASSAY__OBJECT_RECOMMENDATIONS))
        return;
    for (uint32_t i = 0; i < keys->count; i++)
        plan->recommendation_names[i] =
            assay__plan_text(reader, object, keys->keys[i], assay__recommendation_names[i]);
}

static enum assay_status fill(struct assay__plan_reader *reader, const struct assay__node *root,
                              struct assay_plan *plan)
{
    if (!assay__plan_enter(reader, root, ASSAY__OBJECT_PLAN))
        return reader->status;
    read_names(reader, root, plan);
    read_labels(reader, root, plan);
    read_columns(reader, root, plan);
    read_time(reader, root, plan);
    assay__plan_groups(reader, root, plan);
    assay__plan_design(reader, root, plan);
    plan->dimensions =
        assay__plan_texts(reader, root, "dimensions", ASSAY_DIMENSIONS_MAX, &plan->dimension_count);
    read_segments(reader, root, plan);
    read_recommendations(reader, root, plan);
    assay__plan_metrics(reader, root, plan);
    return reader->status;
}

enum assay_status assay__plan_make(struct assay__arena *arena, const struct assay__node *root,
                                   const char *name, struct assay_plan **out,
                                   struct assay_error *err)
{
    struct plan_memory *memory = calloc(1, sizeof *memory);
    if (memory == NULL) {
        assay__arena_release(arena);
        return assay__fail_memory(err);
    }
    memory->arena = *arena;
    memory->plan.storage = memory;
    arena->blocks = NULL;
    struct assay__plan_reader reader = {
        .arena = &memory->arena, .name = name, .err = err, .status = ASSAY_OK};
    enum assay_status status = fill(&reader, root, &memory->plan);
    if (status == ASSAY_OK)
        status = assay__plan_write_canonical(&memory->plan, &memory->plan.canonical, err);
    if (status != ASSAY_OK) {
        assay_plan_free(&memory->plan);
        return status;
    }
    *out = &memory->plan;
    return ASSAY_OK;
}

enum assay_status assay__plan_read_tree(struct assay__arena *arena, const char *text, size_t length,
                                        const char *name, struct assay__node **out,
                                        struct assay_error *err)
{
    struct assay__json_options options = {.name = name,
                                          .code = ASSAY_ERROR_PLAN,
                                          .bytes_max = ASSAY_PLAN_BYTES_MAX,
                                          .values_max = VALUES_MAX,
                                          .depth_max = DEPTH_MAX,
                                          .comments = true};
    return assay__json_read(arena, text, length, &options, out, err);
}

enum assay_status assay_plan_parse(const char *text, size_t length, const char *name,
                                   struct assay_plan **out, struct assay_error *err)
{
    struct assay__arena arena = {0};
    struct assay__node *root;
    enum assay_status status = assay__plan_read_tree(&arena, text, length, name, &root, err);
    if (status != ASSAY_OK) {
        assay__arena_release(&arena);
        return status;
    }
    return assay__plan_make(&arena, root, name, out, err);
}

enum assay_status assay_plan_read(const char *path, struct assay_plan **out,
                                  struct assay_error *err)
{
    struct assay__arena arena = {0};
    struct assay__node *root;
    enum assay_status status = assay__plan_read_file(&arena, path, &root, err);
    if (status != ASSAY_OK) {
        assay__arena_release(&arena);
        return status;
    }
    return assay__plan_make(&arena, root, assay__plan_file_name(path), out, err);
}

const struct assay_horizon_plan *assay_plan_horizon(const struct assay_plan *plan, uint32_t metric,
                                                    uint32_t segment)
{
    if (plan->metrics[metric].has_horizon)
        return &plan->metrics[metric].horizon;
    if (segment != ASSAY_NO_SEGMENT && plan->segments[segment].has_horizon)
        return &plan->segments[segment].horizon;
    return &plan->horizon;
}

void assay_plan_free(struct assay_plan *plan)
{
    if (plan == NULL)
        return;
    struct plan_memory *memory = plan->storage;
    free(plan->canonical);
    assay__arena_release(&memory->arena);
    free(memory);
}
