/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a flag or an attribute as the value of a key, by the key's kind. */
#include <string.h>

#include "base/utf8.h"
#include "cli/plan_build.h"
#include "number/number.h"

static struct assay__node *make_text(struct plan_build *build, const char *text, size_t length,
                                     bool is_attribute)
{
    if (is_attribute)
        return plan_build_text(build, text, length);
    struct assay__node *node = plan_build_node(build, ASSAY__NODE_STRING);
    if (node == NULL)
        return NULL;
    node->length = length;
    node->text = assay__arena_copy(&build->arena, text, length);
    if (node->text == NULL)
        build->status = assay__fail_memory(build->err);
    return node;
}

/* A percentage stays a text, which the plan's reader turns into the share that it is. */
static struct assay__node *make_number(struct plan_build *build, const struct assay__plan_key *row,
                                       const char *text, size_t length)
{
    double share;
    if (row->range != NULL && row->range->is_share && assay__percent_parse(text, length, &share))
        return make_text(build, text, length, false);
    return plan_build_number(build, text, length);
}

static struct assay__node *make_boolean(struct plan_build *build, bool value)
{
    struct assay__node *node = plan_build_node(build, ASSAY__NODE_BOOLEAN);
    if (node != NULL)
        node->boolean = value;
    return node;
}

static bool is_off(const char *text, size_t length)
{
    return (length == 3 && memcmp(text, "off", 3) == 0) ||
           (length == 5 && memcmp(text, "false", 5) == 0);
}

/* "off", or false as plans have it, turns the key off. */
static struct assay__node *make_level(struct plan_build *build, const struct assay__plan_key *row,
                                      const char *text, size_t length)
{
    const struct assay__plan_key *rate = assay__plan_keys_of(row->child)->keys;
    double level;
    if (is_off(text, length))
        return make_boolean(build, false);
    if (assay__double_parse(text, length, &level) != ASSAY__PARSE_OK &&
        !assay__percent_parse(text, length, &level)) {
        plan_build_fail(build, "%s takes a level such as 0.05, or off; '%.*s' is neither.",
                        row->key, assay__utf8_shown(text, length), text);
        return NULL;
    }
    struct assay__node *object = plan_build_node(build, ASSAY__NODE_OBJECT);
    plan_build_set(build, object, rate->key, make_number(build, rate, text, length));
    return object;
}

/* KEY1<between>KEY2. The second part of a list's entry is needed, that of an object is not. */
static struct assay__node *make_object(struct plan_build *build, const struct assay__plan_key *row,
                                       const char *text, size_t length)
{
    const struct assay__plan_keys *keys = assay__plan_keys_of(row->child);
    struct assay__node *object = plan_build_node(build, ASSAY__NODE_OBJECT);
    size_t first = plan_build_part(text, length, keys->between);
    if (first == length && row->kind == ASSAY__KIND_LIST) {
        plan_build_fail(build, "This must look like %s.", row->argument);
        return NULL;
    }
    plan_build_key(build, object, &keys->keys[0], text, first, true);
    const struct assay__plan_key *second = &keys->keys[1];
    bool is_plain = second->check != NULL || second->kind == ASSAY__KIND_ANY_TEXT;
    if (first < length)
        plan_build_key(build, object, second, text + first + 1, length - first - 1, !is_plain);
    return object;
}

/* An attribute names all entries of a list, a flag one more. */
static void add_texts(struct plan_build *build, struct assay__node *object,
                      const struct assay__plan_key *row, const char *text, size_t length,
                      bool is_attribute)
{
    struct assay__node *list = plan_build_member(build, object, row->key, ASSAY__NODE_ARRAY);
    while (is_attribute && plan_build_part(text, length, '+') < length) {
        size_t part = plan_build_part(text, length, '+');
        plan_build_append(build, list, make_text(build, text, part, true));
        text += part + 1;
        length -= part + 1;
    }
    plan_build_append(build, list, make_text(build, text, length, is_attribute));
}

static struct assay__node *make_value(struct plan_build *build, const struct assay__plan_key *row,
                                      const char *text, size_t length, bool is_attribute)
{
    switch (row->kind) {
    case ASSAY__KIND_NUMBER:
    case ASSAY__KIND_WHOLE:
    case ASSAY__KIND_COUNT:
    case ASSAY__KIND_DECIMAL:
    case ASSAY__KIND_EFFECT:
        return make_number(build, row, text, length);
    case ASSAY__KIND_BOOLEAN:
    case ASSAY__KIND_TRUE:
        return make_boolean(build, true);
    case ASSAY__KIND_LEVEL:
        return make_level(build, row, text, length);
    case ASSAY__KIND_OBJECT:
        return make_object(build, row, text, length);
    default:
        return make_text(build, text, length, is_attribute);
    }
}

void plan_build_key(struct plan_build *build, struct assay__node *object,
                    const struct assay__plan_key *row, const char *text, size_t length,
                    bool is_attribute)
{
    if (build->status != ASSAY_OK || object == NULL)
        return;
    if (row->rival != NULL)
        assay__node_remove(object, row->rival);
    if (row->kind == ASSAY__KIND_TEXTS || row->kind == ASSAY__KIND_SPELLINGS) {
        add_texts(build, object, row, text, length, is_attribute);
    } else if (row->kind == ASSAY__KIND_LIST) {
        struct assay__node *list = plan_build_member(build, object, row->key, ASSAY__NODE_ARRAY);
        plan_build_append(build, list, make_object(build, row, text, length));
    } else {
        plan_build_set(build, object, row->key, make_value(build, row, text, length, is_attribute));
    }
}
