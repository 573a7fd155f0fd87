/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objects of a plan, read by the rows of the key table: known keys, their values, their rules. */
#include "plan/plan_read.h"

#include <math.h>
#include <string.h>

#include "base/nearest.h"
#include "plan/plan_rows.h"

enum { KEYS_MAX = 64 };

static void fail_unknown(struct assay__plan_reader *reader, const struct assay__node *member,
                         const struct assay__plan_keys *known)
{
    struct assay__node at = *member; /* the key's place, not the value's */
    const char *names[KEYS_MAX];
    for (uint32_t i = 0; i < known->count; i++)
        names[i] = known->keys[i].key;
    const char *nearest = assay__nearest(member->key, strlen(member->key), names, known->count);
    at.line = member->key_line;
    at.column = member->key_column;
    if (nearest != NULL)
        assay__plan_fail(reader, &at, "Unknown key; did you mean \"%s\"?", nearest);
    else
        assay__plan_fail(reader, &at, "Unknown key in %s; see assay-plan(5).", known->name);
}

static bool has_only_known(struct assay__plan_reader *reader, const struct assay__plan_keys *known,
                           const struct assay__node *value)
{
    for (const struct assay__node *member = value->first; member != NULL; member = member->next) {
        if (assay__plan_key_of(known, member->key, strlen(member->key)) != NULL)
            continue;
        fail_unknown(reader, member, known);
        return false;
    }
    return true;
}

/* Of two keys that exclude each other the later row complains. */
static void check_rival(struct assay__plan_reader *reader, const struct assay__plan_keys *keys,
                        const struct assay__plan_key *row, const struct assay__node *object,
                        const struct assay__node *member)
{
    if (row->rival == NULL || assay__node_get(object, row->rival) == NULL)
        return;
    if (assay__plan_key_of(keys, row->rival, strlen(row->rival)) < row)
        assay__plan_fail(reader, member, "\"%s\" and \"%s\" are both given; keep one.", row->rival,
                         row->key);
}

/* A key of another type of the object would be without effect, so it is refused. */
static void check_owners(struct assay__plan_reader *reader, const struct assay__plan_keys *keys,
                         const struct assay__node *value, const void *object)
{
    if (keys->type == NULL || reader->status != ASSAY_OK)
        return;
    int type = 0;
    memcpy(&type, (const char *)object + keys->type->offset, sizeof type);
    for (uint32_t i = 0; i < keys->count; i++) {
        const struct assay__plan_key *row = &keys->keys[i];
        const struct assay__node *member = row->of == 0 ? NULL : assay__node_get(value, row->key);
        if (member != NULL && row->of != type + 1)
            assay__plan_fail(reader, member, "This belongs to a %s of type \"%s\".", keys->name,
                             keys->type->choices->names[row->of - 1]);
    }
}

static void read_level(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                       const struct assay__node *value, void *at)
{
    assay__plan_set_mark(row, at);
    if (value->type == ASSAY__NODE_BOOLEAN && !value->boolean)
        *(double *)at = NAN;
    else if (value->type == ASSAY__NODE_BOOLEAN)
        assay__plan_fail(reader, value, "Give {\"alpha\": 0.05}, or false for no such tests.");
    else
        assay__plan_object(reader, row->child, value, at);
}

static void read_object(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                        const struct assay__node *value, void *at)
{
    assay__plan_set_mark(row, at);
    assay__plan_object(reader, row->child, value, at);
}

static void read_text_or_object(struct assay__plan_reader *reader,
                                const struct assay__plan_key *row, const struct assay__node *value,
                                void *at)
{
    if (value->type == ASSAY__NODE_OBJECT)
        assay__plan_object(reader, row->child, value, (char *)at - row->offset);
    else
        assay__plan_value(reader, row, value, (char *)at - row->offset);
}

static void read_list(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                      const struct assay__node *value, void *at)
{
    if (!assay__plan_is_list(reader, row, value))
        return;
    char *elements = assay__plan_array(reader, value->count, row->size_bytes);
    if (elements == NULL)
        return;
    *(void **)at = elements;
    for (const struct assay__node *element = value->first;
         element != NULL && reader->status == ASSAY_OK; element = element->next) {
        void *object = elements + element->index * row->size_bytes;
        assay__plan_default(row->child, object);
        assay__plan_object(reader, row->child, element, object);
    }
    if (reader->status != ASSAY_OK)
        return;
    if (row->distinct != NULL)
        assay__plan_distinct(reader, value, row->distinct);
    memcpy(assay__plan_mark(row, at), &value->count, sizeof value->count);
}

/* Objects are read here; assay__plan_value() has all other kinds. */
static void read_key(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                     const struct assay__node *value, void *object)
{
    static void (*const READERS[])(struct assay__plan_reader *, const struct assay__plan_key *,
                                   const struct assay__node *,
                                   void *) = {[ASSAY__KIND_LEVEL] = read_level,
                                              [ASSAY__KIND_OBJECT] = read_object,
                                              [ASSAY__KIND_TEXT_OR_OBJECT] = read_text_or_object,
                                              [ASSAY__KIND_LIST] = read_list};
    bool is_here = row->kind < sizeof READERS / sizeof *READERS && READERS[row->kind] != NULL;
    if (is_here)
        READERS[row->kind](reader, row, value, (char *)object + row->offset);
    else
        assay__plan_value(reader, row, value, object);
}

void assay__plan_object(struct assay__plan_reader *reader, enum assay__plan_object kind,
                        const struct assay__node *value, void *object)
{
    const struct assay__plan_keys *keys = assay__plan_keys_of(kind);
    if (!assay__plan_is(reader, value, ASSAY__NODE_OBJECT) || !has_only_known(reader, keys, value))
        return;
    for (uint32_t i = 0; i < keys->count && reader->status == ASSAY_OK; i++) {
        const struct assay__plan_key *row = &keys->keys[i];
        const struct assay__node *member = assay__node_get(value, row->key);
        if (member == NULL && row->is_required) {
            if (row->few != NULL)
                assay__plan_fail(reader, value, "%s", row->few);
            else
                assay__plan_fail(reader, value, "\"%s\" is missing here.", row->key);
        }
        if (member == NULL)
            continue;
        check_rival(reader, keys, row, value, member);
        read_key(reader, row, member, object);
    }
    check_owners(reader, keys, value, object);
    if (keys->finish != NULL && reader->status == ASSAY_OK)
        keys->finish(reader, value, object);
}
