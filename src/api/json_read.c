/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A strict reader that keeps the place of every value. General JSON libraries give no places, read
 * numbers by the locale, and let pass what must not (text after the end, names given twice, escaped
 * NULs), so a checking scanner would have to run before one. This is that scanner, making the tree
 * on its way.
 */
#include "api/json_read.h"

#include <string.h>

#include "api/json_scan.h"
#include "base/utf8.h"

struct reader {
    struct assay__json_scan scan;
    uint32_t depth, values;
};

static enum assay_status read_value(struct reader *reader, struct assay__node *value);

static enum assay_status read_element(struct reader *reader, struct assay__node *array)
{
    struct assay__node *value = assay__node_make(reader->scan.arena, ASSAY__NODE_NULL, NULL);
    if (value == NULL)
        return assay__fail_memory(reader->scan.err);
    enum assay_status status = read_value(reader, value);
    assay__node_append(array, value);
    return status;
}

static enum assay_status read_member(struct reader *reader, struct assay__node *object)
{
    struct assay__json_scan *scan = &reader->scan;
    if (scan->at >= scan->end || *scan->at != '"')
        return assay__json_fail_unexpected(scan, "a name in double quotes");
    if (object->count == ASSAY__JSON_MEMBERS_MAX)
        return assay__json_fail_limit(scan, "members in one object", ASSAY__JSON_MEMBERS_MAX);
    struct assay__node *value = assay__node_make(scan->arena, ASSAY__NODE_NULL, NULL);
    if (value == NULL)
        return assay__fail_memory(scan->err);
    const char *place = scan->at;
    value->key_line = scan->line;
    value->key_column = assay__json_column(scan, place);
    size_t key_length;
    enum assay_status status = assay__json_scan_string(scan, &value->key, &key_length);
    if (status != ASSAY_OK)
        return status;
    const struct assay__node *first = assay__node_get(object, value->key);
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
    status = read_value(reader, value);
    assay__node_append(object, value);
    return status;
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
    bool is_object = *scan->at == '{';
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
        status = is_object ? read_member(reader, value) : read_element(reader, value);
        if (status == ASSAY_OK)
            status = read_separator(scan, close, &more);
        if (status != ASSAY_OK)
            return status;
    }
    reader->depth--;
    scan->at++;
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
    enum assay_status status = assay__json_check_utf8(&reader.scan);
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
