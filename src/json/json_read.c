/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A strict reader that keeps the place of every value. General JSON libraries give no places, read
 * numbers by the locale, and let pass what must not (text after the end, names given twice, escaped
 * NULs), so a checking scanner would have to run before one. This is that scanner, making the tree
 * on its way.
 */
#include "json/json_read.h"

#include <string.h>

#include "base/hash.h"
#include "json/json_scan.h"
#include "base/utf8.h"

enum { NODES_AT_ONCE = 32, FILTER_BITS = 256 };

/* Values are made some at a time. Those after a mark are zeros, and free. */
struct chunk {
    struct chunk *next;
    struct assay__node nodes[NODES_AT_ONCE];
};

struct mark {
    struct chunk *chunk; /* NULL before the first */
    uint32_t used;       /* of its nodes; those in the chunks behind it are free, too */
};

struct reader {
    struct assay__json_scan scan;
    uint32_t depth, values;
    struct mark made;
};

/* An object or a list on its way in. A bit for each name, by its hash, tells of nearly all names
 * that they are new, without a look at the others. */
struct children {
    struct assay__node *parent;
    uint64_t names[FILTER_BITS / 64];
};

static enum assay_status read_value(struct reader *reader, struct assay__node *value);

/* A fresh null. */
static struct assay__node *make_node(struct reader *reader)
{
    struct mark *made = &reader->made;
    if (made->chunk == NULL || made->used == NODES_AT_ONCE) {
        struct chunk *next = made->chunk != NULL ? made->chunk->next : NULL;
        if (next == NULL) {
            next = assay__arena_alloc(reader->scan.arena, sizeof *next);
            if (next == NULL)
                return NULL;
            if (made->chunk != NULL)
                made->chunk->next = next;
        }
        *made = (struct mark){next, 0};
    }
    return &made->chunk->nodes[made->used++];
}

/* Takes all nodes back that were made since a mark, of which there is one at least. */
static void take_back(struct reader *reader, struct mark mark)
{
    uint32_t first = mark.used;
    for (struct chunk *chunk = mark.chunk;; chunk = chunk->next, first = 0) {
        bool is_last = chunk == reader->made.chunk;
        uint32_t end = is_last ? reader->made.used : NODES_AT_ONCE;
        memset(&chunk->nodes[first], 0, (end - first) * sizeof *chunk->nodes);
        if (is_last)
            break;
    }
    reader->made = mark;
}

/* Notes a member's name; the member that has it already, or NULL. */
static const struct assay__node *note_name(struct children *children, struct assay__node *value,
                                           size_t key_length)
{
    value->key_hash = (uint16_t)assay__hash(value->key, key_length);
    uint64_t *names = &children->names[value->key_hash / 64 % (FILTER_BITS / 64)];
    uint64_t bit = UINT64_C(1) << value->key_hash % 64;
    bool may_be_there = (*names & bit) != 0;
    *names |= bit;
    if (!may_be_there)
        return NULL;
    const struct assay__node *member = children->parent->first;
    while (member != NULL &&
           (member->key_hash != value->key_hash || strcmp(member->key, value->key) != 0))
        member = member->next;
    return member;
}

static bool may_forget(const struct reader *reader, const struct assay__node *value)
{
    const struct assay__json_options *options = reader->scan.options;
    return options->may_forget != NULL && value->type == ASSAY__NODE_OBJECT &&
           options->may_forget(value, options->context);
}

static enum assay_status read_element(struct reader *reader, struct assay__node *array)
{
    struct assay__node *value = make_node(reader);
    if (value == NULL)
        return assay__fail_memory(reader->scan.err);
    struct mark before = reader->made;
    struct assay__json_words words_before = reader->scan.words;
    uint32_t values_before = reader->values;
    assay__node_append(array, value);
    enum assay_status status = read_value(reader, value);
    if (status == ASSAY_OK && reader->values - values_before > ASSAY__JSON_FORGET_MIN &&
        may_forget(reader, value)) {
        value->first = value->last = NULL;
        take_back(reader, before);
        reader->scan.words = words_before;
    }
    return status;
}

static enum assay_status read_member(struct reader *reader, struct children *children)
{
    struct assay__json_scan *scan = &reader->scan;
    struct assay__node *object = children->parent;
    if (scan->at >= scan->end || *scan->at != '"')
        return assay__json_fail_unexpected(scan, "a name in double quotes");
    if (object->count == ASSAY__JSON_MEMBERS_MAX)
        return assay__json_fail_limit(scan, "members in one object", ASSAY__JSON_MEMBERS_MAX);
    struct assay__node *value = make_node(reader);
    if (value == NULL)
        return assay__fail_memory(scan->err);
    const char *place = scan->at;
    value->key_line = scan->line;
    value->key_column = assay__json_column(scan, place);
    size_t key_length;
    enum assay_status status = assay__json_scan_string(scan, &value->key, &key_length);
    if (status != ASSAY_OK)
        return status;
    const struct assay__node *first = note_name(children, value, key_length);
    if (first != NULL)
        return assay__json_fail(scan, place, "\"%.*s\" is given twice; first in line %u.",
                                assay__utf8_shown(value->key, key_length), value->key,
                                (unsigned)first->key_line);
    status = assay__json_skip_space(scan);
    if (status != ASSAY_OK)
        return status;
    if (scan->at >= scan->end || *scan->at != ':')
        return assay__json_fail_unexpected(scan, "':' after the name");
    scan->at++;
    assay__node_append(object, value);
    return read_value(reader, value);
}

/* Reads ',' and what is between it and the next child; *more is false at the closing bracket. */
static enum assay_status read_separator(struct assay__json_scan *scan, char close, bool *more)
{
    enum assay_status status = assay__json_skip_space(scan);
    if (status != ASSAY_OK)
        return status;
    *more = scan->at >= scan->end || *scan->at != close;
    if (!*more)
        return ASSAY_OK;
    if (scan->at >= scan->end || *scan->at != ',')
        return assay__json_fail_unexpected(scan, close == '}' ? "',' or '}'" : "',' or ']'");
    char after = scan->end - scan->at > 1 ? scan->at[1] : '\0';
    if ((unsigned char)after > ' ' && after != '/' && after != close) { /* as mostly */
        scan->at++;
        return ASSAY_OK;
    }
    struct assay__json_scan comma = *scan;
    scan->at++;
    status = assay__json_skip_space(scan);
    if (status == ASSAY_OK && scan->at < scan->end && *scan->at == close)
        return assay__json_fail(&comma, comma.at, "There is a ',' before '%c'; take it out.",
                                close);
    return status;
}

/* Reads an object or a list; the scan is at its opening bracket. */
static enum assay_status read_children(struct reader *reader, struct assay__node *value)
{
    struct assay__json_scan *scan = &reader->scan;
    const char *start = scan->at;
    size_t detours = scan->detours;
    struct children children = {.parent = value};
    bool is_object = *start == '{';
    char close = is_object ? '}' : ']';
    value->type = is_object ? ASSAY__NODE_OBJECT : ASSAY__NODE_ARRAY;
    if (reader->depth == scan->options->depth_max)
        return assay__json_fail_limit(scan, "objects and lists inside each other", reader->depth);
    scan->at++;
    enum assay_status status = assay__json_skip_space(scan);
    if (status != ASSAY_OK)
        return status;
    bool more = scan->at >= scan->end || *scan->at != close;
    reader->depth++;
    while (more) {
        status = is_object ? read_member(reader, &children) : read_element(reader, value);
        if (status == ASSAY_OK)
            status = read_separator(scan, close, &more);
        if (status != ASSAY_OK)
            return status;
    }
    reader->depth--;
    scan->at++;
    value->text = start;
    value->length = (size_t)(scan->at - start);
    value->is_compact = scan->detours == detours;
    return ASSAY_OK;
}

/* Reads a value and the space before it; *value is a fresh null. */
static enum assay_status read_value(struct reader *reader, struct assay__node *value)
{
    struct assay__json_scan *scan = &reader->scan;
    enum assay_status status = assay__json_skip_space(scan);
    if (status != ASSAY_OK)
        return status;
    if (reader->values == scan->options->values_max)
        return assay__json_fail_limit(scan, "values", reader->values);
    reader->values++;
    value->line = scan->line;
    value->column = assay__json_column(scan, scan->at);
    if (scan->at >= scan->end)
        return assay__json_fail_unexpected(scan, "a value");
    if (*scan->at == '{' || *scan->at == '[')
        return read_children(reader, value);
    if (*scan->at == '"') {
        value->type = ASSAY__NODE_STRING;
        return assay__json_scan_string(scan, &value->text, &value->length);
    }
    if (assay__json_starts_word(*scan->at))
        return assay__json_scan_word(scan, value);
    return assay__json_fail_unexpected(scan, "a value");
}

enum assay_status assay__json_read(struct assay__arena *arena, const char *text, size_t length,
                                   const struct assay__json_options *options,
                                   struct assay__node **out, struct assay_error *err)
{
    if (length > options->bytes_max)
        return assay__fail_at(err, ASSAY_ERROR_LIMIT, options->name, 0, 0,
                              "The text is longer than %zu bytes.", options->bytes_max);
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        length -= 3;
    }
    struct reader reader = {.scan = {.text = text,
                                     .at = text,
                                     .end = text + length,
                                     .line_start = text,
                                     .counted = text,
                                     .line = 1,
                                     .column = 1,
                                     .arena = arena,
                                     .options = options,
                                     .err = err}};
    struct assay__node *root = assay__node_make(arena, ASSAY__NODE_NULL, NULL);
    if (root == NULL)
        return assay__fail_memory(err);
    enum assay_status status = assay__json_begin_scan(&reader.scan);
    if (status == ASSAY_OK)
        status = read_value(&reader, root);
    if (status == ASSAY_OK)
        status = assay__json_skip_space(&reader.scan);
    if (status != ASSAY_OK)
        return status;
    if (reader.scan.at < reader.scan.end)
        return assay__json_fail(&reader.scan, reader.scan.at,
                                "There is more text after the end of the document.");
    *out = root;
    return ASSAY_OK;
}
