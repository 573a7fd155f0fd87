/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The AnalysisResult, or a part of it, as a tree of cJSON: a walk over the rows of its shape.
 * Wrappers such as {"value": x} are left out where there is no value, so that the document holds no
 * null. Numbers go in as raw text, since cJSON's own printing keeps 15 to 17 digits that do not
 * always read back as the same double.
 */
#include "api/resource/result_tree.h"

#include <string.h>

#include "api/resource/result_compact.h"
#include "assay/cjson.h"
#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "base/utf8.h"

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

static cJSON *number_item(enum assay__c_type type, const void *place, const char *text)
{
    double value =
        type == ASSAY__C_COUNT ? (double)*(const uint64_t *)place : *(const double *)place;
    cJSON *item = cJSON_CreateRaw(text);
    if (item != NULL)
        item->valuedouble = value;
    return item;
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
    char text[ASSAY__FIGURE_BYTES];
    if (type == ASSAY__C_NONE)
        return true;
    if (type == ASSAY__C_TEXT) {
        const char *string = *(const char *const *)place;
        return string == NULL || (*out = string_item(string)) != NULL;
    }
    if (assay__figure_write(type, place, text) == 0)
        return true;
    if (type == ASSAY__C_ANSWER)
        *out = cJSON_CreateBool(*(const enum assay_tristate *)place == ASSAY_YES);
    else if (type == ASSAY__C_TIME)
        *out = time_item(*(const int64_t *)place);
    else
        *out = number_item(type, place, text);
    return *out != NULL;
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

bool assay__tree_field(const struct assay__result_field *field, const struct assay__view *view,
                       cJSON **out)
{
    const void *place = assay__field_place(field, view);
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
