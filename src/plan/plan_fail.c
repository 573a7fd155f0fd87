/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What readers of a plan share: failures that say where, and checks of single values. */
#include "plan/plan_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "base/utf8.h"

enum { PATH_BYTES = 256, MESSAGE_BYTES = 640 };

void assay__plan_fail(struct assay__plan_reader *reader, const struct assay__node *at,
                      const char *format, ...)
{
    char path[PATH_BYTES], message[MESSAGE_BYTES];
    va_list arguments;
    if (reader->status != ASSAY_OK)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (at->origin != NULL && at->line == 0) {
        reader->status = assay__fail(reader->err, ASSAY_ERROR_USAGE, "%s: %s", at->origin, message);
        return;
    }
    assay__node_path(at, path, sizeof path);
    reader->status = assay__fail_at(
        reader->err, ASSAY_ERROR_PLAN, at->origin != NULL ? at->origin : reader->name, at->line,
        at->column, "%s%s%s", path, path[0] != '\0' ? ": " : "", message);
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
    assay__plan_fail(reader, member != NULL ? member : object, "%s", message);
}

void assay__plan_fail_memory(struct assay__plan_reader *reader)
{
    if (reader->status == ASSAY_OK)
        reader->status = assay__fail_memory(reader->err);
}

/* "a, b or c" */
static void write_words(const char *const *words, uint32_t count, struct assay__text *out)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            assay__text_puts(out, i + 1 < count ? ", " : " or ");
        assay__text_puts(out, words[i]);
    }
}

void assay__plan_fail_choice(struct assay__plan_reader *reader, const struct assay__node *at,
                             const char *const *words, uint32_t count)
{
    struct assay__text list = {0};
    write_words(words, count, &list);
    if (list.failed)
        assay__plan_fail_memory(reader);
    const char *nearest = assay__nearest(at->text, at->length, words, count);
    int shown = assay__utf8_shown(at->text, at->length);
    if (nearest != NULL)
        assay__plan_fail(reader, at, "'%.*s' is not one of %s; did you mean '%s'?", shown, at->text,
                         list.data, nearest);
    else
        assay__plan_fail(reader, at, "'%.*s' is not one of %s.", shown, at->text, list.data);
    assay__text_release(&list);
}

bool assay__plan_is(struct assay__plan_reader *reader, const struct assay__node *value,
                    enum assay__node_type type)
{
    if (reader->status != ASSAY_OK)
        return false;
    if (value->type == type)
        return true;
    if (value->type == ASSAY__NODE_NULL)
        assay__plan_fail(reader, value, "This is null; leave the key out to use the default.");
    else if (type == ASSAY__NODE_OBJECT)
        assay__plan_fail(reader, value, "This must be an object in braces, not %s.",
                         assay__node_type_name(value->type));
    else
        assay__plan_fail(reader, value, "This must be %s, not %s.", assay__node_type_name(type),
                         assay__node_type_name(value->type));
    return false;
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

const char *assay__plan_text(struct assay__plan_reader *reader, const struct assay__node *value,
                             bool may_be_empty)
{
    if (!assay__plan_is(reader, value, ASSAY__NODE_STRING))
        return "";
    if (value->length == 0 && !may_be_empty)
        assay__plan_fail(reader, value, "This must not be empty.");
    else if (value->length > ASSAY_NAME_BYTES_MAX)
        assay__plan_fail(reader, value, "This is longer than %d bytes.", ASSAY_NAME_BYTES_MAX);
    return value->text;
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
