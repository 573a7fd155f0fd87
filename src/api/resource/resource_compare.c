/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does a stored resource hold everything that a sent one says? Does an answer say otherwise? */
#include "api/resource/resource_compare.h"

#include <stdio.h>
#include <string.h>

#include "api/resource/result_shape.h"
#include "number/number.h"

static const char RESULTS[] = "results";

/* The row of a member; NULL for one that the contract does not know, and below such a one. */
static const struct assay__result_field *field_of(const struct assay__shape *shape,
                                                  const char *name)
{
    for (size_t i = 0; shape != NULL && i < shape->count; i++)
        if (strcmp(shape->fields[i].name, name) == 0)
            return &shape->fields[i];
    return NULL;
}

/* A value that a field without one has in protocol buffers, or null, which says the same. */
static bool is_default(const struct assay__node *value)
{
    switch (value->type) {
    case ASSAY__NODE_NULL:
        return true;
    case ASSAY__NODE_BOOLEAN:
        return !value->boolean;
    case ASSAY__NODE_NUMBER:
        return assay__node_number(value) == 0.0;
    case ASSAY__NODE_STRING:
        return value->length == 0;
    case ASSAY__NODE_ARRAY:
        return value->count == 0;
    case ASSAY__NODE_OBJECT:
        return false; /* an empty message is there, which is not the same as none */
    }
    return false;
}

/* Numbers written as texts count as numbers. */
static bool equal_numbers(const struct assay__node *sent, const cJSON *stored)
{
    double value;
    if (sent->type == ASSAY__NODE_NUMBER && cJSON_IsNumber(stored))
        return assay__node_number(sent) == stored->valuedouble;
    if (sent->type == ASSAY__NODE_NUMBER)
        return cJSON_IsString(stored) &&
               assay__double_parse(stored->valuestring, strlen(stored->valuestring), &value) ==
                   ASSAY__PARSE_OK &&
               value == assay__node_number(sent);
    return sent->type == ASSAY__NODE_STRING &&
           assay__double_parse(sent->text, sent->length, &value) == ASSAY__PARSE_OK &&
           value == stored->valuedouble;
}

static bool equal_leaves(const struct assay__node *sent, const cJSON *stored)
{
    if (sent->type == ASSAY__NODE_NUMBER || cJSON_IsNumber(stored))
        return equal_numbers(sent, stored);
    if (sent->type == ASSAY__NODE_STRING)
        return cJSON_IsString(stored) && strcmp(sent->text, stored->valuestring) == 0;
    if (sent->type == ASSAY__NODE_BOOLEAN)
        return cJSON_IsBool(stored) && sent->boolean == (cJSON_IsTrue(stored) != 0);
    return cJSON_IsNull(stored);
}

/* The same of what a server has answered. */
static bool is_stored_default(const cJSON *stored)
{
    if (cJSON_IsNumber(stored))
        return stored->valuedouble == 0.0;
    if (cJSON_IsString(stored))
        return stored->valuestring[0] == '\0';
    return !cJSON_IsTrue(stored) && stored->child == NULL;
}

static const struct assay__node *first_difference(const struct assay__node *sent,
                                                  const cJSON *stored,
                                                  const struct assay__shape *shape,
                                                  bool is_partial);

static const struct assay__node *difference_of_lists(const struct assay__node *sent,
                                                     const cJSON *stored,
                                                     const struct assay__shape *shape,
                                                     bool is_partial)
{
    if (!cJSON_IsArray(stored))
        return sent;
    const cJSON *other = stored->child;
    for (const struct assay__node *element = sent->first; element != NULL;
         element = element->next, other = other->next) {
        if (other == NULL)
            return sent;
        const struct assay__node *difference = first_difference(element, other, shape, is_partial);
        if (difference != NULL)
            return difference;
    }
    return other == NULL ? NULL : sent;
}

/* A map without entries, which protocol buffers leave out. */
static bool is_empty_map(const struct assay__result_field *field, const struct assay__node *value)
{
    return field != NULL && field->kind == ASSAY__KIND_MAP && value->type == ASSAY__NODE_OBJECT &&
           value->count == 0;
}

static const struct assay__node *difference_of_objects(const struct assay__node *sent,
                                                       const cJSON *stored,
                                                       const struct assay__shape *shape,
                                                       bool is_partial)
{
    if (!cJSON_IsObject(stored))
        return sent;
    for (const struct assay__node *member = sent->first; member != NULL; member = member->next) {
        const struct assay__result_field *field = field_of(shape, member->key);
        if (field != NULL && field->kind == ASSAY__KIND_OF_SERVER)
            continue;
        const cJSON *other = cJSON_GetObjectItemCaseSensitive(stored, member->key);
        const struct assay__node *difference = NULL;
        if (other != NULL)
            difference =
                first_difference(member, other, field != NULL ? field->shape : NULL, is_partial);
        else if (!is_partial && !is_default(member) && !is_empty_map(field, member))
            difference = member;
        if (difference != NULL)
            return difference;
    }
    return NULL;
}

/* The first value of sent that stored does not have; NULL when it has all. Of a partial one, which
 * may leave out anything, the first for which it has another value. Depth is bounded by the
 * reader. */
static const struct assay__node *first_difference(const struct assay__node *sent,
                                                  const cJSON *stored,
                                                  const struct assay__shape *shape, bool is_partial)
{
    if (is_default(sent) && cJSON_IsNull(stored))
        return NULL;
    if (is_partial && is_stored_default(stored))
        return NULL;
    if (sent->type == ASSAY__NODE_OBJECT)
        return difference_of_objects(sent, stored, shape, is_partial);
    if (sent->type == ASSAY__NODE_ARRAY)
        return difference_of_lists(sent, stored, shape, is_partial);
    return equal_leaves(sent, stored) ? NULL : sent;
}

/* No list of results is an empty one, which a stored result that has some is not. */
static bool lacks_results(const struct assay__node *sent, const cJSON *stored)
{
    const cJSON *results = cJSON_GetObjectItemCaseSensitive(stored, RESULTS);
    return assay__node_get(sent, RESULTS) == NULL && cJSON_IsArray(results) &&
           results->child != NULL;
}

static bool is_same(const struct assay__node *sent, const cJSON *stored, bool is_partial,
                    char *where, size_t size)
{
    const struct assay__node *difference =
        first_difference(sent, stored, &assay__result_shape, is_partial);
    if (difference != NULL)
        assay__node_path(difference, where, size);
    else if (lacks_results(sent, stored))
        snprintf(where, size, "%s", RESULTS);
    else
        return true;
    return false;
}

bool assay__canonical_covers(const struct assay__node *sent, const cJSON *stored, char *where,
                             size_t size)
{
    return is_same(sent, stored, false, where, size);
}

bool assay__canonical_contradicts(const struct assay__node *sent, const cJSON *answered,
                                  char *where, size_t size)
{
    return !is_same(sent, answered, true, where, size);
}

bool assay__canonical_tells(const cJSON *answered)
{
    for (const cJSON *member = cJSON_IsObject(answered) ? answered->child : NULL; member != NULL;
         member = member->next) {
        const struct assay__result_field *field = field_of(&assay__result_shape, member->string);
        if ((field == NULL || field->kind != ASSAY__KIND_OF_SERVER) && !is_stored_default(member))
            return true;
    }
    return false;
}

/* Depth is bounded by the reader. */
static bool has_value(const struct assay__node *value, const struct assay__shape *shape)
{
    if (value->type != ASSAY__NODE_OBJECT && value->type != ASSAY__NODE_ARRAY)
        return !is_default(value);
    for (const struct assay__node *part = value->first; part != NULL; part = part->next) {
        const struct assay__shape *below = shape;
        if (value->type == ASSAY__NODE_OBJECT) {
            const struct assay__result_field *field = field_of(shape, part->key);
            if (field != NULL && field->kind == ASSAY__KIND_OF_SERVER)
                continue;
            below = field != NULL ? field->shape : NULL;
        }
        if (has_value(part, below))
            return true;
    }
    return false;
}

bool assay__canonical_has_value(const struct assay__node *sent)
{
    return has_value(sent, &assay__result_shape);
}
