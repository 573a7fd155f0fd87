/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fields of the AnalysisResult as tables, in the contract's order, and one walk over a document
 * beside them. Where the contract says only "object" without members (times, statuses of
 * recommendations, dimensions, labels), what is inside is the client's business.
 */
#include "serve/contract.h"

#include <string.h>

enum kind { TEXT, NUMBER, BOOLEAN, OBJECT, LIST, ANY, OF_SERVER };

struct shape {
    const struct field {
        const char *name;
        enum kind kind;
        const struct shape *shape; /* OBJECT: of the value; LIST: of its elements, all objects */
    } * fields;
    size_t count;
    bool is_open; /* any members */
};

#define SHAPE(name, ...)                                                                           \
    static const struct field name##_FIELDS[] = {__VA_ARGS__};                                     \
    static const struct shape name = {name##_FIELDS, sizeof name##_FIELDS / sizeof *name##_FIELDS, \
                                      false}

static const struct shape OPEN = {NULL, 0, true};

SHAPE(TEXT_VALUE, {"value", TEXT, NULL});
SHAPE(NUMBER_VALUE, {"value", NUMBER, NULL});
SHAPE(BOOLEAN_VALUE, {"value", BOOLEAN, NULL});
SHAPE(FAILURE, {"details", TEXT, NULL});
SHAPE(ANNOTATION, {"context", LIST, &TEXT_VALUE}, {"info", TEXT, NULL}, {"warning", TEXT, NULL},
      {"error", OBJECT, &FAILURE});
SHAPE(SETTINGS, {"adjustedAlpha", NUMBER, NULL}, {"adjustedBeta", OBJECT, &NUMBER_VALUE},
      {"hasVarianceReduction", BOOLEAN, NULL});
SHAPE(STATUS, {"message", TEXT, NULL}, {"decisionPowered", OBJECT, &BOOLEAN_VALUE},
      {"decisionIsSignificant", OBJECT, &BOOLEAN_VALUE},
      {"validationIsSignificant", OBJECT, &BOOLEAN_VALUE});
SHAPE(GROUPS, {"baseline", TEXT, NULL}, {"compared", TEXT, NULL});
SHAPE(DIFFERENCE, {"estimate", OBJECT, &NUMBER_VALUE}, {"lower", OBJECT, &NUMBER_VALUE},
      {"upper", OBJECT, &NUMBER_VALUE}, {"powered", OBJECT, &NUMBER_VALUE},
      {"isSignificant", OBJECT, &BOOLEAN_VALUE});
SHAPE(LOOK, {"resultTime", TEXT, NULL}, {"baselineEstimateAbs", OBJECT, &NUMBER_VALUE},
      {"comparedEstimateAbs", OBJECT, &NUMBER_VALUE},
      {"baselineEstimateRel", OBJECT, &NUMBER_VALUE},
      {"comparedEstimateRel", OBJECT, &NUMBER_VALUE},
      {"differenceEstimateAbs", OBJECT, &DIFFERENCE},
      {"differenceEstimateRel", OBJECT, &DIFFERENCE},
      {"varianceReductionRate", OBJECT, &NUMBER_VALUE},
      {"unadjustedEstimateBaseline", OBJECT, &NUMBER_VALUE},
      {"unadjustedEstimateCompared", OBJECT, &NUMBER_VALUE},
      {"baselineSampleSize", OBJECT, &NUMBER_VALUE}, {"comparedSampleSize", OBJECT, &NUMBER_VALUE});
SHAPE(SAMPLE_SIZE, {"current", NUMBER, NULL}, {"required", NUMBER, NULL},
      {"poweredEffectRel", OBJECT, &NUMBER_VALUE}, {"poweredEffectAbs", OBJECT, &NUMBER_VALUE});
SHAPE(GROUP_STATS, {"id", TEXT, NULL}, {"sampleSize", NUMBER, NULL});
SHAPE(COMPARISON, {"status", OBJECT, &STATUS}, {"groups", OBJECT, &GROUPS}, {"result", LIST, &LOOK},
      {"lastResult", OBJECT, &LOOK}, {"sampleSize", OBJECT, &SAMPLE_SIZE},
      {"isSignificant", OBJECT, &BOOLEAN_VALUE}, {"comparisonId", TEXT, NULL},
      {"groupStats", LIST, &GROUP_STATS}, {"dimensions", LIST, &OPEN}, {"segmentId", TEXT, NULL},
      {"lastDeteriorationResult", OBJECT, &LOOK});
SHAPE(DETAILS, {"plannedEffectSize", OBJECT, &TEXT_VALUE}, {"hasRun", BOOLEAN, NULL});
SHAPE(SRM_GROUP, {"group", TEXT, NULL}, {"observed", NUMBER, NULL}, {"expected", NUMBER, NULL},
      {"isSignificant", BOOLEAN, NULL});
SHAPE(SRM, {"status", OBJECT, &STATUS}, {"isSignificant", BOOLEAN, NULL},
      {"dimensions", LIST, &OPEN}, {"segmentId", TEXT, NULL}, {"result", LIST, &SRM_GROUP});
SHAPE(METRIC, {"id", TEXT, NULL}, {"statsSettings", OBJECT, &SETTINGS},
      {"result", LIST, &COMPARISON}, {"annotations", LIST, &ANNOTATION},
      {"metricDetails", OBJECT, &DETAILS}, {"srmResult", LIST, &SRM});
SHAPE(RECOMMENDATION, {"status", ANY, NULL});
SHAPE(TREATMENT, {"id", TEXT, NULL}, {"recommendation", OBJECT, &RECOMMENDATION});
SHAPE(RESULT, {"createTime", OF_SERVER, NULL}, {"updateTime", OF_SERVER, NULL},
      {"creator", OF_SERVER, NULL}, {"updater", OF_SERVER, NULL}, {"name", OF_SERVER, NULL},
      {"exposureFilter", TEXT, NULL}, {"annotations", LIST, &ANNOTATION},
      {"results", LIST, &METRIC}, {"treatments", LIST, &TREATMENT}, {"labels", LIST, &OPEN});

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
static const struct field *find_field(const struct shape *shape, const char *name, size_t *next)
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
                         const struct shape *shape);

static const enum assay__node_type TYPES[] = {[TEXT] = ASSAY__NODE_STRING,
                                              [NUMBER] = ASSAY__NODE_NUMBER,
                                              [BOOLEAN] = ASSAY__NODE_BOOLEAN,
                                              [OBJECT] = ASSAY__NODE_OBJECT,
                                              [LIST] = ASSAY__NODE_ARRAY};

/* Recursion goes as deep as the tables: a dozen levels. */
static void check_value(struct check *check, struct assay__node *value, const struct field *field)
{
    if (field->kind == ANY || !has_type(check, value, TYPES[field->kind]))
        return;
    if (field->kind == OBJECT)
        check_object(check, value, field->shape);
    if (field->kind != LIST)
        return;
    for (struct assay__node *element = value->first; element != NULL; element = element->next)
        if (has_type(check, element, ASSAY__NODE_OBJECT))
            check_object(check, element, field->shape);
}

static void check_object(struct check *check, struct assay__node *object, const struct shape *shape)
{
    if (shape->is_open)
        return;
    struct assay__node *next;
    size_t next_field = 0;
    for (struct assay__node *member = object->first; member != NULL; member = next) {
        next = member->next;
        const struct field *field = find_field(shape, member->key, &next_field);
        if (field == NULL && check->strict)
            complain_unknown(check, member);
        if (member->type == ASSAY__NODE_NULL || (field != NULL && field->kind == OF_SERVER))
            assay__node_remove(object, member->key);
        else if (field != NULL)
            check_value(check, member, field);
    }
}

void serve_contract_check(struct assay__node *result, bool strict, struct serve_problems *problems)
{
    struct check check = {.strict = strict, .problems = problems};
    if (has_type(&check, result, ASSAY__NODE_OBJECT))
        check_object(&check, result, &RESULT);
}

/* The shape of an object, or of the objects in a list, by its way from the root of a request body;
 * NULL when the contract has none. */
static const struct shape *shape_of(const struct assay__node *value)
{
    const struct assay__node *parent = value->parent;
    size_t next_field = 0;
    if (parent == NULL)
        return NULL;
    if (value->key == NULL)
        return value->type == ASSAY__NODE_OBJECT ? shape_of(parent) : NULL;
    if (parent->parent == NULL)
        return strcmp(value->key, "analysisResult") == 0 && value->type == ASSAY__NODE_OBJECT
                   ? &RESULT
                   : NULL;
    const struct shape *shape = shape_of(parent);
    const struct field *field = shape != NULL ? find_field(shape, value->key, &next_field) : NULL;
    bool is_known = field != NULL && (field->kind == OBJECT || field->kind == LIST);
    return is_known && value->type == TYPES[field->kind] ? field->shape : NULL;
}

static bool fits_object(const struct assay__node *object, const struct shape *shape, bool strict);

static bool fits(const struct assay__node *value, const struct field *field, bool strict)
{
    if (field->kind == OF_SERVER || value->type == ASSAY__NODE_NULL)
        return false;
    if (field->kind == ANY)
        return true;
    if (value->type != TYPES[field->kind])
        return false;
    if (field->kind == OBJECT)
        return fits_object(value, field->shape, strict);
    for (const struct assay__node *element = value->first; element != NULL; element = element->next)
        if (element->type != ASSAY__NODE_OBJECT || !fits_object(element, field->shape, strict))
            return false;
    return true;
}

/* True when check_object() would neither complain nor take anything out. */
static bool fits_object(const struct assay__node *object, const struct shape *shape, bool strict)
{
    size_t next_field = 0;
    if (shape->is_open)
        return true;
    for (const struct assay__node *member = object->first; member != NULL; member = member->next) {
        const struct field *field = find_field(shape, member->key, &next_field);
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
    const struct shape *shape = shape_of(object);
    return shape != NULL && !shape->is_open && fits_object(object, shape, *is_strict);
}
