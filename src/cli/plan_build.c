/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tree of a plan while flags are laid over it: values, members, lists. */
#include "cli/plan_build.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "number/number.h"
#include "base/utf8.h"

void plan_build_fail(struct plan_build *build, const char *format, ...)
{
    char message[512];
    va_list arguments;
    if (build->status != ASSAY_OK)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    build->status = assay__fail(build->err, ASSAY_ERROR_USAGE, "%s: %s", build->origin, message);
}

static void fail_memory(struct plan_build *build)
{
    if (build->status == ASSAY_OK)
        build->status = assay__fail_memory(build->err);
}

/* A message has to have room for what is wrong, so long values are cut, between characters. */
void plan_build_at(struct plan_build *build, const char *flag, const char *value)
{
    size_t length = strlen(value);
    int shown = assay__utf8_shown(value, length);
    build->origin = assay__arena_format(&build->arena, "--%s%s%.*s%s", flag, length > 0 ? " " : "",
                                        shown, value, (size_t)shown < length ? "..." : "");
    if (build->origin == NULL)
        fail_memory(build);
}

struct assay__node *plan_build_node(struct plan_build *build, enum assay__node_type type)
{
    if (build->status != ASSAY_OK)
        return NULL;
    struct assay__node *node = assay__node_make(&build->arena, type, build->origin);
    if (node == NULL)
        fail_memory(build);
    return node;
}

struct assay__node *plan_build_text(struct plan_build *build, const char *text, size_t length)
{
    struct assay__node *node = plan_build_node(build, ASSAY__NODE_STRING);
    char *copy = node == NULL ? NULL : assay__arena_alloc(&build->arena, length + 1);
    if (copy == NULL) {
        fail_memory(build);
        return NULL;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\\' && i + 1 < length)
            i++;
        copy[node->length++] = text[i];
    }
    node->text = copy;
    return node;
}

struct assay__node *plan_build_plain(struct plan_build *build, const char *text)
{
    struct assay__node *node = plan_build_node(build, ASSAY__NODE_STRING);
    if (node == NULL)
        return NULL;
    node->length = strlen(text);
    node->text = assay__arena_copy(&build->arena, text, node->length);
    if (node->text == NULL)
        fail_memory(build);
    return node;
}

struct assay__node *plan_build_number(struct plan_build *build, const char *text, size_t length)
{
    struct assay__node *node = plan_build_node(build, ASSAY__NODE_NUMBER);
    double number;
    if (node == NULL)
        return NULL;
    if (assay__double_parse(text, length, &number) != ASSAY__PARSE_OK) {
        plan_build_fail(build, "'%.*s' is not a number.", assay__utf8_shown(text, length), text);
        return NULL;
    }
    node->text = assay__arena_copy(&build->arena, text, length);
    node->length = length;
    if (node->text == NULL)
        fail_memory(build);
    return node;
}

void plan_build_set(struct plan_build *build, struct assay__node *object, const char *key,
                    struct assay__node *value)
{
    if (build->status == ASSAY_OK && object != NULL && value != NULL)
        assay__node_set(object, key, value);
}

struct assay__node *plan_build_member(struct plan_build *build, struct assay__node *object,
                                      const char *key, enum assay__node_type type)
{
    if (build->status != ASSAY_OK || object == NULL)
        return NULL;
    struct assay__node *member = assay__node_get(object, key);
    if (member != NULL && member->type == type)
        return member;
    member = plan_build_node(build, type);
    plan_build_set(build, object, key, member);
    return member;
}

void plan_build_append(struct plan_build *build, struct assay__node *list,
                       struct assay__node *value)
{
    if (build->status == ASSAY_OK && list != NULL && value != NULL)
        assay__node_append(list, value);
}

size_t plan_build_part(const char *text, size_t length, char separator)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == separator)
            return i;
        if (text[i] == '\\')
            i++;
    }
    return length;
}
