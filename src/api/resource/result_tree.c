/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The AnalysisResult, or a part of it, as a tree of cJSON: a walk over the rows of its shape.
 * Wrappers such as {"value": x} are left out where there is no value, so that the document holds no
 * null. Numbers go in as raw text, since cJSON's own printing keeps 15 to 17 digits that do not
 * always read back as the same double.
 */
#include "api/resource/result_tree.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "assay/cjson.h"
#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "base/utf8.h"
#include "number/number.h"

/* Text as valid UTF-8: each byte that is not becomes U+FFFD. NULL without memory. */
static cJSON *clean_string(const char *text)
{
    struct assay__text clean = {0};
    size_t length = strlen(text), step;
    assay__text_append(&clean, "", 0);
    for (size_t at = 0; at < length; at += step) {
        uint32_t code_point;
        step = assay__utf8_next(text + at, length - at, &code_point);
        if (code_point == ASSAY__UTF8_INVALID)
            assay__text_puts(&clean, "\xEF\xBF\xBD");
        else
            assay__text_append(&clean, text + at, step);
    }
    cJSON *item = clean.failed ? NULL : cJSON_CreateString(clean.data);
    assay__text_release(&clean);
    return item;
}

static cJSON *string_item(const char *text)
{
    size_t length = strlen(text), at = 0;
    while (at < length && (unsigned char)text[at] < 0x80)
        at++;
    return at == length ? cJSON_CreateString(text) : clean_string(text);
}

static cJSON *raw_number(const char *text, double value)
{
    cJSON *item = cJSON_CreateRaw(text);
    if (item != NULL)
        item->valuedouble = value;
    return item;
}

static cJSON *count_item(uint64_t count)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, count);
    return raw_number(text, (double)count);
}

static cJSON *number_item(double value)
{
    char text[ASSAY__NUMBER_BYTES];
    assay__number_write(value, text);
    return raw_number(text, value);
}

static cJSON *time_item(int64_t time_ns)
{
    char text[ASSAY__TIME_BYTES];
    assay__time_write(time_ns, text);
    return cJSON_CreateString(text);
}

/* The item of a leaf; false without memory. *out stays NULL where there is no value. */
static bool make_leaf(enum assay__c_type type, const void *place, cJSON **out)
{
    double number;
    switch (type) {
    case ASSAY__C_TEXT: {
        const char *text = *(const char *const *)place;
        return text == NULL || (*out = string_item(text)) != NULL;
    }
    case ASSAY__C_NUMBER:
        number = *(const double *)place;
        return !isfinite(number) || (*out = number_item(number)) != NULL;
    case ASSAY__C_SIZE:
        number = *(const double *)place;
        if (number >= 0.0 && number <= ASSAY__WHOLE_MAX)
            return (*out = count_item((uint64_t)number)) != NULL;
        return !isfinite(number) || (*out = number_item(number)) != NULL;
    case ASSAY__C_COUNT:
        return (*out = count_item(*(const uint64_t *)place)) != NULL;
    case ASSAY__C_ANSWER: {
        enum assay_tristate answer = *(const enum assay_tristate *)place;
        return answer == ASSAY_UNKNOWN || (*out = cJSON_CreateBool(answer == ASSAY_YES)) != NULL;
    }
    case ASSAY__C_TIME: {
        int64_t time_ns = *(const int64_t *)place;
        return time_ns == INT64_MIN || (*out = time_item(time_ns)) != NULL;
    }
    case ASSAY__C_NONE:
        break;
    }
    return true;
}

/* Puts an item below a constant name. The item is the object's, or deleted: then false. */
static bool add_member(cJSON *object, const char *name, cJSON *item)
{
    if (cJSON_AddItemToObjectCS(object, name, item))
        return true;
    cJSON_Delete(item);
    return false;
}

/* {"value": x}; nothing where there is no x. */
static bool make_wrapper(const struct assay__result_field *field, const void *place, cJSON **out)
{
    cJSON *value = NULL;
    bool is_made = make_leaf(field->type, place, &value);
    if (!is_made || value == NULL)
        return is_made;
    cJSON *object = cJSON_CreateObject();
    if (object != NULL && add_member(object, field->shape->fields[0].name, value)) {
        *out = object;
        return true;
    }
    if (object == NULL)
        cJSON_Delete(value);
    cJSON_Delete(object);
    return false;
}

static bool make_list(const struct assay__result_field *field, const struct assay__view *view,
                      cJSON **out)
{
    struct assay__view element;
    cJSON *list = cJSON_CreateArray();
    bool is_complete = list != NULL;
    for (size_t i = 0; is_complete && field->view(view, i, &element); i++) {
        cJSON *item = assay__tree_object(field->shape, &element);
        is_complete = item != NULL && cJSON_AddItemToArray(list, item);
    }
    if (is_complete)
        *out = list;
    else
        cJSON_Delete(list);
    return is_complete;
}

/* Puts text below a name that is clean text, too. */
static bool add_pair(cJSON *object, const struct assay__pair_view *pair)
{
    cJSON *key = string_item(pair->first);
    cJSON *value = key != NULL ? string_item(pair->second) : NULL;
    bool is_added = value != NULL && cJSON_AddItemToObject(object, key->valuestring, value);
    if (!is_added)
        cJSON_Delete(value);
    cJSON_Delete(key);
    return is_added;
}

/* {key: value}, or a list of {"key", "value"}: as the plan says. */
static bool make_map(const struct assay__result_field *field, const struct assay__view *view,
                     cJSON **out)
{
    if (view->analysis->plan->map_form == ASSAY_MAPS_AS_LIST)
        return make_list(field, view, out);
    struct assay__view element;
    cJSON *object = cJSON_CreateObject();
    bool is_complete = object != NULL;
    for (size_t i = 0; is_complete && field->view(view, i, &element); i++)
        is_complete = add_pair(object, &element.pair);
    if (is_complete)
        *out = object;
    else
        cJSON_Delete(object);
    return is_complete;
}

static const void *place_of(const struct assay__result_field *field, const struct assay__view *view)
{
    const void *base = view;
    if (field->base == ASSAY__BASE_RESULT)
        base = (const char *)view->result;
    else if (field->base == ASSAY__BASE_LOOK)
        base = view->look;
    else if (field->base == ASSAY__BASE_TEST)
        base = view->is_deterioration ? &view->look->deterioration : &view->look->comparison;
    return (const char *)base + field->offset;
}

bool assay__tree_field(const struct assay__result_field *field, const struct assay__view *view,
                       cJSON **out)
{
    const void *place = place_of(field, view);
    struct assay__view inner;
    *out = NULL;
    if (field->kind == ASSAY__KIND_OF_SERVER)
        return true;
    if (field->kind == ASSAY__KIND_LIST)
        return make_list(field, view, out);
    if (field->kind == ASSAY__KIND_MAP)
        return make_map(field, view, out);
    if (field->kind != ASSAY__KIND_OBJECT)
        return make_leaf(field->type, place, out);
    if (field->view == NULL)
        return make_wrapper(field, place, out);
    if (!field->view(view, 0, &inner))
        return true;
    *out = assay__tree_object(field->shape, &inner);
    return *out != NULL;
}

/* Recursion goes as deep as the shapes: six levels. */
cJSON *assay__tree_object(const struct assay__shape *shape, const struct assay__view *view)
{
    cJSON *object = cJSON_CreateObject();
    bool is_complete = object != NULL;
    for (size_t i = 0; is_complete && i < shape->count; i++) {
        cJSON *item;
        is_complete = assay__tree_field(&shape->fields[i], view, &item) &&
                      (item == NULL || add_member(object, shape->fields[i].name, item));
    }
    if (is_complete)
        return object;
    cJSON_Delete(object);
    return NULL;
}

cJSON *assay_analysis_cjson(const struct assay_analysis *analysis, struct assay_error *err)
{
    struct assay__view view = assay__result_view(analysis);
    cJSON *tree = assay__tree_object(&assay__result_shape, &view);
    if (tree == NULL)
        (void)assay__fail_memory(err);
    return tree;
}
