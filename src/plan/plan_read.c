/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Typed members of the objects of a plan, and failures that say where. */
#include "plan/plan_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "base/utf8.h"

enum { PATH_BYTES = 256, MESSAGE_BYTES = 640 };

static void fail_place(struct assay__plan_reader *reader, const struct assay__node *at, bool at_key,
                       const char *message)
{
    char path[PATH_BYTES];
    if (reader->status != ASSAY_OK)
        return;
    if (at->origin != NULL) {
        reader->status = assay__fail(reader->err, ASSAY_ERROR_USAGE, "%s: %s", at->origin, message);
        return;
    }
    assay__node_path(at, path, sizeof path);
    reader->status = assay__fail_at(
        reader->err, ASSAY_ERROR_PLAN, reader->name, at_key ? at->key_line : at->line,
        at_key ? at->key_column : at->column, "%s%s%s", path, path[0] != '\0' ? ": " : "", message);
}

void assay__plan_fail(struct assay__plan_reader *reader, const struct assay__node *at,
                      const char *format, ...)
{
    char message[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    fail_place(reader, at, false, message);
}

void assay__plan_fail_name(struct assay__plan_reader *reader, const struct assay__node *at,
                           const char *name, const char *sentence)
{
    assay__plan_fail(reader, at, "'%.*s' %s", assay__utf8_shown(name, strlen(name)), name,
                     sentence);
}

void assay__plan_fail_key(struct assay__plan_reader *reader, const struct assay__node *object,
                          const char *key, const char *message)
{
    const struct assay__node *member = assay__node_get(object, key);
    fail_place(reader, member != NULL ? member : object, false, message);
}

void assay__plan_fail_memory(struct assay__plan_reader *reader)
{
    if (reader->status == ASSAY_OK)
        reader->status = assay__fail_memory(reader->err);
}

static bool is_known(const struct assay__plan_keys *known, const char *key)
{
    for (uint32_t i = 0; i < known->count; i++)
        if (strcmp(known->keys[i], key) == 0)
            return true;
    return false;
}

static void fail_unknown(struct assay__plan_reader *reader, const struct assay__node *member,
                         const struct assay__plan_keys *known)
{
    char message[MESSAGE_BYTES];
    const char *nearest =
        assay__nearest(member->key, strlen(member->key), known->keys, known->count);
    if (nearest != NULL)
        snprintf(message, sizeof message, "There is no such key; did you mean \"%s\"?", nearest);
    else
        snprintf(message, sizeof message, "There is no such key in %s; see assay(1).", known->name);
    fail_place(reader, member, true, message);
}

bool assay__plan_enter(struct assay__plan_reader *reader, const struct assay__node *value,
                       enum assay__plan_object kind)
{
    if (reader->status != ASSAY_OK)
        return false;
    if (value->type != ASSAY__NODE_OBJECT) {
        assay__plan_fail(reader, value, "This must be an object in braces, not %s.",
                         assay__node_type_name(value->type));
        return false;
    }
    for (const struct assay__node *member = value->first; member != NULL; member = member->next)
        if (!is_known(&assay__plan_keys[kind], member->key)) {
            fail_unknown(reader, member, &assay__plan_keys[kind]);
            return false;
        }
    return true;
}

/* The member of a type, or NULL when it is not there or of another type (which fails). */
static const struct assay__node *member_of(struct assay__plan_reader *reader,
                                           const struct assay__node *object, const char *key,
                                           enum assay__node_type type)
{
    if (reader->status != ASSAY_OK)
        return NULL;
    const struct assay__node *member = assay__node_get(object, key);
    if (member == NULL || member->type == type)
        return member;
    if (member->type == ASSAY__NODE_NULL)
        assay__plan_fail(reader, member, "This is null; leave the key out to have the default.");
    else
        assay__plan_fail(reader, member, "This must be %s, not %s.", assay__node_type_name(type),
                         assay__node_type_name(member->type));
    return NULL;
}

const char *assay__plan_element(struct assay__plan_reader *reader, const struct assay__node *value)
{
    if (reader->status != ASSAY_OK)
        return "";
    if (value->type != ASSAY__NODE_STRING)
        assay__plan_fail(reader, value, "This must be a string, not %s.",
                         assay__node_type_name(value->type));
    else if (value->length == 0)
        assay__plan_fail(reader, value, "This must not be empty.");
    else if (value->length > ASSAY_NAME_BYTES_MAX)
        assay__plan_fail(reader, value, "This is longer than %d bytes.", ASSAY_NAME_BYTES_MAX);
    return reader->status == ASSAY_OK ? value->text : "";
}

const char *assay__plan_text(struct assay__plan_reader *reader, const struct assay__node *object,
                             const char *key, const char *fallback)
{
    const struct assay__node *member = member_of(reader, object, key, ASSAY__NODE_STRING);
    return member == NULL ? fallback : assay__plan_element(reader, member);
}

const char *assay__plan_required(struct assay__plan_reader *reader,
                                 const struct assay__node *object, const char *key)
{
    const char *text = assay__plan_text(reader, object, key, NULL);
    if (text == NULL)
        assay__plan_fail(reader, object, "\"%s\" is missing here.", key);
    return text == NULL ? "" : text;
}

double assay__plan_number(struct assay__plan_reader *reader, const struct assay__node *object,
                          const char *key, double fallback)
{
    const struct assay__node *member = member_of(reader, object, key, ASSAY__NODE_NUMBER);
    return member == NULL ? fallback : assay__node_number(member);
}

double assay__plan_share(struct assay__plan_reader *reader, const struct assay__node *object,
                         const char *key, double fallback)
{
    const struct assay__node *member = member_of(reader, object, key, ASSAY__NODE_NUMBER);
    if (member == NULL)
        return fallback;
    double share = assay__node_number(member);
    if (!(share > 0.0 && share < 1.0))
        assay__plan_fail(reader, member, "%.40s is not between 0 and 1.", member->text);
    return share;
}

double assay__plan_positive(struct assay__plan_reader *reader, const struct assay__node *object,
                            const char *key, double fallback)
{
    const struct assay__node *member = member_of(reader, object, key, ASSAY__NODE_NUMBER);
    if (member == NULL)
        return fallback;
    double number = assay__node_number(member);
    if (!(number > 0.0))
        assay__plan_fail(reader, member, "%.40s is not greater than 0.", member->text);
    return number;
}

/* "a, b or c" */
static void write_choices(const struct assay__choices *choices, struct assay__text *out)
{
    for (uint32_t i = 0; i < choices->count; i++) {
        if (i > 0)
            assay__text_puts(out, i + 1 < choices->count ? ", " : " or ");
        assay__text_puts(out, choices->names[i]);
    }
}

uint32_t assay__plan_choice(struct assay__plan_reader *reader, const struct assay__node *object,
                            const char *key, const struct assay__choices *choices,
                            uint32_t fallback)
{
    const struct assay__node *member = member_of(reader, object, key, ASSAY__NODE_STRING);
    if (member == NULL)
        return fallback;
    for (uint32_t i = 0; i < choices->count; i++)
        if (strcmp(choices->names[i], member->text) == 0)
            return i;
    struct assay__text list = {0};
    write_choices(choices, &list);
    if (list.failed)
        assay__plan_fail_memory(reader);
    const char *nearest =
        assay__nearest(member->text, member->length, choices->names, choices->count);
    int shown = assay__utf8_shown(member->text, member->length);
    if (nearest != NULL)
        assay__plan_fail(reader, member, "'%.*s' is none of %s; did you mean '%s'?", shown,
                         member->text, list.data, nearest);
    else
        assay__plan_fail(reader, member, "'%.*s' is none of %s.", shown, member->text, list.data);
    assay__text_release(&list);
    return fallback;
}

const struct assay__node *assay__plan_list(struct assay__plan_reader *reader,
                                           const struct assay__node *object, const char *key,
                                           uint32_t max)
{
    const struct assay__node *list = member_of(reader, object, key, ASSAY__NODE_ARRAY);
    if (list != NULL && list->count > max) {
        assay__plan_fail(reader, list, "There are %u entries; %u is the limit.",
                         (unsigned)list->count, (unsigned)max);
        return NULL;
    }
    return list;
}

void *assay__plan_array(struct assay__plan_reader *reader, size_t count, size_t size_bytes)
{
    if (reader->status != ASSAY_OK)
        return NULL;
    void *array = assay__arena_array(reader->arena, count, size_bytes);
    if (array == NULL)
        assay__plan_fail_memory(reader);
    return array;
}

const char **assay__plan_texts(struct assay__plan_reader *reader, const struct assay__node *object,
                               const char *key, uint32_t max, uint32_t *count)
{
    *count = 0;
    const struct assay__node *list = assay__plan_list(reader, object, key, max);
    const char **texts =
        list == NULL ? NULL : assay__plan_array(reader, list->count, sizeof *texts);
    if (texts == NULL)
        return NULL;
    for (const struct assay__node *value = list->first; value != NULL; value = value->next)
        texts[value->index] = assay__plan_element(reader, value);
    assay__plan_distinct(reader, list, NULL);
    *count = list->count;
    return texts;
}

struct named {
    const char *text;
    const struct assay__node *value;
};

/* By text, then by place, so that of equal ones the later is reported. */
static int compare_named(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    if (order != 0)
        return order;
    return (x->value->index > y->value->index) - (x->value->index < y->value->index);
}

void assay__plan_distinct(struct assay__plan_reader *reader, const struct assay__node *list,
                          const char *key)
{
    struct named *names = assay__plan_array(reader, list->count, sizeof *names);
    if (names == NULL || list->count < 2)
        return;
    for (const struct assay__node *value = list->first; value != NULL; value = value->next) {
        const struct assay__node *named = key == NULL ? value : assay__node_get(value, key);
        names[value->index] = (struct named){named->text, value};
    }
    qsort(names, list->count, sizeof *names, compare_named);
    for (uint32_t i = 1; i < list->count; i++) {
        if (strcmp(names[i - 1].text, names[i].text) != 0)
            continue;
        const struct assay__node *value = names[i].value;
        assay__plan_fail_name(reader, key == NULL ? value : assay__node_get(value, key),
                              names[i].text, "is there twice.");
        return;
    }
}
