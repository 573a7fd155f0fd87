/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tree of a document: looking up, making, changing, and the path of a value. */
#include "json/json_tree.h"

#include <stdio.h>
#include <string.h>

#include "number/number.h"

const char *assay__node_type_name(enum assay__node_type type)
{
    static const char *const NAMES[] = {"null",     "true or false", "a number",
                                        "a string", "a list",        "an object"};
    return NAMES[type];
}

/* Most numbers of a document are only passed on or looked past: none is worked out before somebody
 * asks. Whoever made the node has made sure that it is one. */
double assay__node_number(const struct assay__node *value)
{
    double number = 0.0;
    (void)assay__double_parse(value->text, value->length, &number);
    return number;
}

struct assay__node *assay__node_get(const struct assay__node *object, const char *key)
{
    if (object->type != ASSAY__NODE_OBJECT)
        return NULL;
    for (struct assay__node *member = object->first; member != NULL; member = member->next)
        if (member->key[0] == key[0] && strcmp(member->key, key) == 0)
            return member;
    return NULL;
}

struct assay__node *assay__node_make(struct assay__arena *arena, enum assay__node_type type,
                                     const char *origin)
{
    struct assay__node *value = assay__arena_alloc(arena, sizeof *value);
    if (value != NULL) {
        value->type = type;
        value->origin = origin;
    }
    return value;
}

/* What is in something compact is compact, so the first that is not ends the way up. */
static void note_change(struct assay__node *changed)
{
    for (; changed != NULL && changed->is_compact; changed = changed->parent)
        changed->is_compact = false;
}

void assay__node_append(struct assay__node *array, struct assay__node *value)
{
    note_change(array);
    value->parent = array;
    value->next = NULL;
    value->index = array->count++;
    if (array->last == NULL)
        array->first = value;
    else
        array->last->next = value;
    array->last = value;
}

void assay__node_set(struct assay__node *object, const char *key, struct assay__node *value)
{
    assay__node_remove(object, key);
    value->key = key;
    assay__node_append(object, value);
}

void assay__node_remove(struct assay__node *object, const char *key)
{
    struct assay__node *before = NULL, *member = object->first;
    while (member != NULL && strcmp(member->key, key) != 0) {
        before = member;
        member = member->next;
    }
    if (member == NULL)
        return;
    note_change(object);
    if (before == NULL)
        object->first = member->next;
    else
        before->next = member->next;
    if (object->last == member)
        object->last = before;
    object->count--;
    member->parent = member->next = NULL;
}

/* Puts text in front of out[*start ..]; false when there is no room for it. */
static bool prepend(char *out, size_t *start, const char *text)
{
    size_t length = strlen(text);
    if (length > *start)
        return false;
    *start -= length;
    memcpy(out + *start, text, length);
    return true;
}

void assay__node_path(const struct assay__node *value, char *out, size_t size)
{
    size_t start = size - 1;
    out[start] = '\0';
    for (; value->parent != NULL; value = value->parent) {
        char element[16];
        snprintf(element, sizeof element, "[%u]", (unsigned)value->index);
        bool needs_dot = out[start] != '\0' && out[start] != '[';
        if (needs_dot && !prepend(out, &start, "."))
            break;
        if (!prepend(out, &start, value->key != NULL ? value->key : element))
            break;
    }
    memmove(out, out + start, size - start);
}
