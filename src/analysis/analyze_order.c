/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts what a dataset holds into the order of the plan: groups as planned and further ones by
 * name, slices total first, then dimensions as planned with values by name, then segments. From
 * here on nothing depends on the order of rows.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/name.h"
#include "base/nearest.h"
#include "analysis/analyze.h"

static int compare_strings(const void *a, const void *b)
{
    return assay__name_compare(*(const char *const *)a, *(const char *const *)b);
}

/* The number a group has in the dataset, or ASSAY__NONE. */
static uint32_t dataset_group(const struct assay_dataset *dataset, const char *id)
{
    for (uint32_t g = 0; g < assay__dataset_group_count(dataset); g++)
        if (strcmp(assay__dataset_group_id(dataset, g), id) == 0)
            return g;
    return ASSAY__NONE;
}

static bool is_planned(const struct assay_plan *plan, const char *id)
{
    for (uint32_t g = 0; g < plan->group_count; g++)
        if (strcmp(plan->groups[g].id, id) == 0)
            return true;
    return false;
}

static enum assay_status order_groups(struct assay__builder *builder, struct assay_error *err)
{
    const struct assay_plan *plan = builder->plan;
    struct assay_analysis *out = builder->out;
    uint32_t found = assay__dataset_group_count(builder->dataset);
    size_t most = (size_t)plan->group_count + found;
    const char **extra = assay__arena_array(builder->arena, most, sizeof *extra);
    out->groups = assay__arena_array(builder->arena, most, sizeof *out->groups);
    builder->group_of = assay__arena_array(builder->arena, most, sizeof *builder->group_of);
    builder->groups = assay__arena_array(builder->arena, most, sizeof *builder->groups);
    builder->group_names = assay__arena_array(builder->arena, most, sizeof *builder->group_names);
    if (extra == NULL || out->groups == NULL || builder->group_of == NULL ||
        builder->groups == NULL || builder->group_names == NULL)
        return assay__fail_memory(err);
    uint32_t extra_count = 0;
    for (uint32_t g = 0; g < found; g++) {
        const char *id = assay__dataset_group_id(builder->dataset, g);
        if (!is_planned(plan, id))
            extra[extra_count++] = id;
    }
    if (extra_count > 0)
        qsort(extra, extra_count, sizeof *extra, compare_strings);
    for (uint32_t g = 0; g < plan->group_count; g++)
        out->groups[out->group_count++] = (struct assay_group_result){
            .id = plan->groups[g].id, .weight = plan->groups[g].weight, .is_planned = true};
    for (uint32_t g = 0; g < extra_count; g++)
        out->groups[out->group_count++] =
            (struct assay_group_result){.id = extra[g],
                                        .weight = plan->group_count == 0 ? 1.0 : 0.0,
                                        .is_planned = plan->group_count == 0};
    for (uint32_t g = 0; g < out->group_count; g++) {
        builder->group_of[g] = dataset_group(builder->dataset, out->groups[g].id);
        out->groups[g].id =
            assay__arena_copy(builder->arena, out->groups[g].id, strlen(out->groups[g].id));
        if (out->groups[g].id != NULL)
            builder->group_names[g] = assay__name_quoted(builder->arena, out->groups[g].id);
        if (out->groups[g].id == NULL || builder->group_names[g] == NULL)
            return assay__fail_memory(err);
    }
    return ASSAY_OK;
}

struct slice_order {
    uint32_t source; /* number in the dataset */
    struct assay__slice_name name;
};

static int compare_slices(const void *a, const void *b)
{
    const struct slice_order *x = a, *y = b;
    if (x->name.kind != y->name.kind)
        return x->name.kind < y->name.kind ? -1 : 1;
    if (x->name.number != y->name.number)
        return x->name.number < y->name.number ? -1 : 1;
    return assay__name_compare(x->name.value, y->name.value);
}

static enum assay_status order_slices(struct assay__builder *builder, struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    uint32_t count = assay__dataset_slice_count(builder->dataset);
    struct slice_order *order = assay__calloc(count, sizeof *order);
    out->slices = assay__arena_array(builder->arena, count, sizeof *out->slices);
    builder->slice_of = assay__arena_array(builder->arena, count, sizeof *builder->slice_of);
    bool has_room = order != NULL && out->slices != NULL && builder->slice_of != NULL;
    for (uint32_t s = 0; has_room && s < count; s++)
        order[s] = (struct slice_order){s, assay__dataset_slice_name(builder->dataset, s)};
    if (has_room)
        qsort(order, count, sizeof *order, compare_slices);
    out->slice_count = has_room ? count : 0;
    for (uint32_t s = 0; has_room && s < count; s++) {
        const struct assay__slice_name *name = &order[s].name;
        struct assay_slice *slice = &out->slices[s];
        builder->slice_of[s] = order[s].source;
        slice->kind = name->kind;
        slice->key = name->kind == ASSAY_SLICE_DIMENSION ? builder->plan->dimensions[name->number]
                     : name->kind == ASSAY_SLICE_SEGMENT ? builder->plan->segments[name->number].id
                                                         : "";
        slice->value = assay__arena_copy(builder->arena, name->value, strlen(name->value));
        has_room = slice->value != NULL;
    }
    assay__free(order);
    return has_room ? ASSAY_OK : assay__fail_memory(err);
}

static enum assay_status group_number(const struct assay__builder *builder, const char *what,
                                      const char *id, uint32_t *number, struct assay_error *err)
{
    const struct assay_analysis *out = builder->out;
    for (uint32_t g = 0; g < out->group_count; g++) {
        if (strcmp(out->groups[g].id, id) == 0) {
            *number = g;
            return ASSAY_OK;
        }
    }
    const char **ids = assay__arena_array(builder->arena, out->group_count, sizeof *ids);
    size_t length = 0;
    char list[256] = "";
    for (uint32_t g = 0; ids != NULL && g < out->group_count; g++) {
        ids[g] = out->groups[g].id;
        size_t next = strlen(ids[g]);
        if (length + next + 4 < sizeof list) {
            memcpy(list + length, length > 0 ? ", " : "", length > 0 ? 2 : 0);
            length += length > 0 ? 2 : 0;
            memcpy(list + length, ids[g], next + 1);
            length += next;
        }
    }
    const char *nearest =
        ids == NULL ? NULL : assay__nearest(id, strlen(id), ids, out->group_count);
    if (nearest != NULL)
        return assay__fail(err, ASSAY_ERROR_DATA,
                           "The %s group '%s' is not in the data; did you mean '%s'?", what, id,
                           nearest);
    return assay__fail(err, ASSAY_ERROR_DATA,
                       "The %s group '%s' is not in the data. The groups are: %s.", what, id, list);
}

static enum assay_status add_pair(struct assay__builder *builder, uint32_t baseline,
                                  uint32_t compared, struct assay_error *err)
{
    if (builder->pair_count >= ASSAY_COMPARISONS_MAX)
        return assay__fail(err, ASSAY_ERROR_LIMIT,
                           "All pairs of %u groups are more than %d comparisons: compare them with "
                           "one baseline, or list the pairs that matter.",
                           (unsigned)builder->out->group_count, ASSAY_COMPARISONS_MAX);
    const char *id = assay__comparison_id(builder->arena, builder->out->groups[baseline].id,
                                          builder->out->groups[compared].id);
    if (id == NULL)
        return assay__fail_memory(err);
    builder->pairs[builder->pair_count++] = (struct assay__pair_plan){baseline, compared, id};
    return ASSAY_OK;
}

/* Compares every planned group with the baseline, in order. */
static enum assay_status pair_with_baseline(struct assay__builder *builder, struct assay_error *err)
{
    uint32_t baseline;
    if (builder->plan->baseline == NULL)
        return assay__fail_reason(err,
                                  assay__fail(err, ASSAY_ERROR_PLAN,
                                              "No baseline is named: comparisons.baseline says "
                                              "which group is the control."),
                                  ASSAY_REASON_BASELINE);
    enum assay_status status =
        group_number(builder, "baseline", builder->plan->baseline, &baseline, err);
    for (uint32_t g = 0; status == ASSAY_OK && g < builder->out->group_count; g++)
        if (g != baseline && builder->out->groups[g].is_planned)
            status = add_pair(builder, baseline, g, err);
    return status;
}

/* The control is the baseline of its comparisons, whatever the order of groups. */
static enum assay_status pair_all(struct assay__builder *builder, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    uint32_t control = ASSAY__NO_GROUP;
    if (builder->plan->baseline != NULL)
        status = group_number(builder, "baseline", builder->plan->baseline, &control, err);
    for (uint32_t a = 0; a < builder->out->group_count; a++)
        for (uint32_t b = a + 1; status == ASSAY_OK && b < builder->out->group_count; b++)
            if (builder->out->groups[a].is_planned && builder->out->groups[b].is_planned)
                status = b == control ? add_pair(builder, b, a, err) : add_pair(builder, a, b, err);
    return status;
}

static enum assay_status pair_as_listed(struct assay__builder *builder, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    uint32_t control;
    if (builder->plan->baseline != NULL)
        status = group_number(builder, "baseline", builder->plan->baseline, &control, err);
    for (uint32_t i = 0; status == ASSAY_OK && i < builder->plan->pair_count; i++) {
        uint32_t baseline, compared = 0;
        status =
            group_number(builder, "baseline", builder->plan->pairs[i].baseline, &baseline, err);
        if (status == ASSAY_OK)
            status =
                group_number(builder, "compared", builder->plan->pairs[i].compared, &compared, err);
        if (status == ASSAY_OK)
            status = add_pair(builder, baseline, compared, err);
    }
    return status;
}

static enum assay_status order_pairs(struct assay__builder *builder, struct assay_error *err)
{
    static enum assay_status (*const MAKE[])(struct assay__builder *, struct assay_error *) = {
        [ASSAY_COMPARE_BASELINE] = pair_with_baseline,
        [ASSAY_COMPARE_ALL_PAIRS] = pair_all,
        [ASSAY_COMPARE_PAIRS] = pair_as_listed};
    size_t groups = builder->out->group_count;
    size_t most =
        builder->plan->pair_count > groups * groups ? builder->plan->pair_count : groups * groups;
    builder->pairs = assay__arena_array(builder->arena, most, sizeof *builder->pairs);
    if (builder->pairs == NULL)
        return assay__fail_memory(err);
    enum assay_status status = MAKE[builder->plan->scheme](builder, err);
    if (status == ASSAY_OK && builder->pair_count == 0)
        return assay__fail(err, ASSAY_ERROR_DATA,
                           "There is only one group, '%s': nothing to compare it with.",
                           builder->out->groups[0].id);
    return status;
}

/* What was noted while the data were read may say why, such as a metric of another name. */
static enum assay_status fail_empty(const struct assay__builder *builder, struct assay_error *err)
{
    enum assay_annotation_level level;
    int32_t metric;
    const char *text;
    if (assay__dataset_note_count(builder->dataset) == 0)
        return assay__fail(err, ASSAY_ERROR_DATA, "The data have no rows to analyze.");
    assay__dataset_note_at(builder->dataset, 0, &level, &metric, &text);
    return assay__fail(err, ASSAY_ERROR_DATA, "The data have no rows to analyze. %s", text);
}

enum assay_status assay__analyze_order(struct assay__builder *builder, struct assay_error *err)
{
    enum assay_status status = order_groups(builder, err);
    if (status == ASSAY_OK && builder->out->group_count == 0)
        return fail_empty(builder, err);
    if (status == ASSAY_OK)
        status = order_slices(builder, err);
    if (status == ASSAY_OK)
        status = order_pairs(builder, err);
    return status;
}
