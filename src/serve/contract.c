/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One walk over a document beside the rows of the AnalysisResult's shape. Where the contract says
 * only "object" without members (times, statuses of recommendations, dimensions, labels), what is
 * inside is the client's business.
 */
#include "serve/contract.h"

#include <string.h>

#include "api/resource/result_shape.h"

struct check {
    bool strict;
    struct serve_problems *problems;
};

static void complain_unknown(struct check *check, const struct assay__node *value)
{
    char path[512];
    assay__node_path(value, path, sizeof path);
    serve_problem_add(check->problems, path, "The contract has no such field.");
}

static bool has_type(struct check *check, const struct assay__node *value,
                     enum assay__node_type type)
{
    if (value->type == type)
        return true;
    char path[512];
    assay__node_path(value, path, sizeof path);
    serve_problem_add(check->problems, path, "This must be %s, not %s.",
                      assay__node_type_name(type), assay__node_type_name(value->type));
    return false;
}

/* Looks from *next on and then from the start: members mostly come in the contract's order. */
static const struct assay__result_field *find_field(const struct assay__shape *shape,
                                                    const char *name, size_t *next)
{
    for (size_t i = 0; i < shape->count; i++) {
        size_t at = *next + i < shape->count ? *next + i : *next + i - shape->count;
        if (strcmp(shape->fields[at].name, name) == 0) {
            *next = at + 1 < shape->count ? at + 1 : 0;
            return &shape->fields[at];
        }
    }
    return NULL;
}

static void check_object(struct check *check, struct assay__node *object,
                         const struct assay__shape *shape);

static const enum assay__node_type TYPES[] = {
    [ASSAY__KIND_TEXT] = ASSAY__NODE_STRING,     [ASSAY__KIND_NUMBER] = ASSAY__NODE_NUMBER,
    [ASSAY__KIND_BOOLEAN] = ASSAY__NODE_BOOLEAN, [ASSAY__KIND_OBJECT] = ASSAY__NODE_OBJECT,
    [ASSAY__KIND_LIST] = ASSAY__NODE_ARRAY,      [ASSAY__KIND_MAP] = ASSAY__NODE_ARRAY};

/* A map has two forms: a list of pairs, and an object, whose members are the client's business. */
static bool is_object_of_map(const struct assay__node *value,
                             const struct assay__result_field *field)
{
    return field->kind == ASSAY__KIND_MAP && value->type == ASSAY__NODE_OBJECT;
}

static void check_elements(struct check *check, struct assay__node *list,
                           const struct assay__shape *shape)
{
    for (struct assay__node *element = list->first; element != NULL; element = element->next)
        if (has_type(check, element, ASSAY__NODE_OBJECT))
            check_object(check, element, shape);
}

/* Recursion goes as deep as the tables: a dozen levels. */
static void check_value(struct check *check, struct assay__node *value,
                        const struct assay__result_field *field)
{
    if (field->kind == ASSAY__KIND_ANY || is_object_of_map(value, field) ||
        !has_type(check, value, TYPES[field->kind]))
        return;
    if (field->kind == ASSAY__KIND_OBJECT)
        check_object(check, value, field->shape);
    if (field->kind == ASSAY__KIND_LIST || field->kind == ASSAY__KIND_MAP)
        check_elements(check, value, field->shape);
}

static void check_object(struct check *check, struct assay__node *object,
                         const struct assay__shape *shape)
{
    if (shape->is_open)
        return;
    struct assay__node *next;
    size_t next_field = 0;
    for (struct assay__node *member = object->first; member != NULL; member = next) {
        next = member->next;
        const struct assay__result_field *field = find_field(shape, member->key, &next_field);
        if (field == NULL && check->strict)
            complain_unknown(check, member);
        if (member->type == ASSAY__NODE_NULL ||
            (field != NULL && field->kind == ASSAY__KIND_OF_SERVER))
            assay__node_remove(object, member->key);
        else if (field != NULL)
            check_value(check, member, field);
    }
}

void serve_contract_check(struct assay__node *result, bool strict, struct serve_problems *problems)
{
    struct check check = {.strict = strict, .problems = problems};
    if (has_type(&check, result, ASSAY__NODE_OBJECT))
        check_object(&check, result, &assay__result_shape);
}

/* The shape of an object, or of the objects in a list, by its way from the root of a request body;
 * NULL when the contract has none. */
static const struct assay__shape *shape_of(const struct assay__node *value)
{
    const struct assay__node *parent = value->parent;
    size_t next_field = 0;
    if (parent == NULL)
        return NULL;
    if (value->key == NULL)
        return value->type == ASSAY__NODE_OBJECT ? shape_of(parent) : NULL;
    if (parent->parent == NULL)
        return strcmp(value->key, "analysisResult") == 0 && value->type == ASSAY__NODE_OBJECT
                   ? &assay__result_shape
                   : NULL;
    const struct assay__shape *shape = shape_of(parent);
    const struct assay__result_field *field =
        shape != NULL ? find_field(shape, value->key, &next_field) : NULL;
    bool is_known =
        field != NULL && (field->kind == ASSAY__KIND_OBJECT || field->kind == ASSAY__KIND_LIST);
    return is_known && value->type == TYPES[field->kind] ? field->shape : NULL;
}

static bool fits_object(const struct assay__node *object, const struct assay__shape *shape,
                        bool strict);

static bool fits(const struct assay__node *value, const struct assay__result_field *field,
                 bool strict)
{
    if (field->kind == ASSAY__KIND_OF_SERVER || value->type == ASSAY__NODE_NULL)
        return false;
    if (field->kind == ASSAY__KIND_ANY || is_object_of_map(value, field))
        return true;
    if (value->type != TYPES[field->kind])
        return false;
    if (field->kind == ASSAY__KIND_OBJECT)
        return fits_object(value, field->shape, strict);
    for (const struct assay__node *element = value->first; element != NULL; element = element->next)
        if (element->type != ASSAY__NODE_OBJECT || !fits_object(element, field->shape, strict))
            return false;
    return true;
}

/* True when check_object() would neither complain nor take anything out. */
static bool fits_object(const struct assay__node *object, const struct assay__shape *shape,
                        bool strict)
{
    size_t next_field = 0;
    if (shape->is_open)
        return true;
    for (const struct assay__node *member = object->first; member != NULL; member = member->next) {
        const struct assay__result_field *field = find_field(shape, member->key, &next_field);
        if (field == NULL && (strict || member->type == ASSAY__NODE_NULL))
            return false;
        if (field != NULL && !fits(member, field, strict))
            return false;
    }
    return true;
}

bool serve_contract_may_forget(const struct assay__node *object, const void *strict)
{
    const bool *is_strict = strict;
    const struct assay__shape *shape = object->is_compact ? shape_of(object) : NULL;
    return shape != NULL && !shape->is_open && fits_object(object, shape, *is_strict);
}
