/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_JSON_JSON_TREE_H
#define ASSAY_JSON_JSON_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/** enum assay__node_type: the kinds of JSON values. */
enum assay__node_type {
    ASSAY__NODE_NULL,
    ASSAY__NODE_BOOLEAN,
    ASSAY__NODE_NUMBER,
    ASSAY__NODE_STRING,
    ASSAY__NODE_ARRAY,
    ASSAY__NODE_OBJECT
};

/**
 * struct assay__node is a JSON value that knows where it stands: its line and column for values
 * that were read, or the flag of the command line that made it. All memory is an arena's.
 */
struct assay__node {
    enum assay__node_type type;
    bool boolean;
    bool is_compact;       /* ARRAY, OBJECT: text is what the writer would write for it */
    uint16_t key_hash;     /* private to the reader */
    const char *text;      /* STRING: the characters; NUMBER: as written. NUL-terminated */
                           /* ARRAY, OBJECT: as written, in the text that was read: borrowed */
    size_t length;         /* of text; a string holds no NUL */
    const char *key;       /* name of a member of an object, else NULL */
    uint32_t index;        /* of an element of a list, from 0 */
    uint32_t count;        /* ARRAY, OBJECT: children, also those that the reader forgot */
    uint32_t line, column; /* of the value, from 1; 0 when it was not read */
    uint32_t key_line, key_column;
    const char
        *origin; /* what made it when it was not read, such as "--alpha 2"; of a value that */
                 /* was read: its file, when that is not the document's own */
    struct assay__node *parent, *next, *first, *last;
};

/** assay__node_type_name() is "a string", "an object", ... */
const char *assay__node_type_name(enum assay__node_type type);

/** assay__node_number() is the double nearest to a NUMBER; it is read at every call. */
double assay__node_number(const struct assay__node *value);

/** assay__node_get() finds a member by its exact name; NULL when there is none, as of no object. */
struct assay__node *assay__node_get(const struct assay__node *object, const char *key);

/** assay__node_make() is a value outside of any tree; NULL without memory. */
struct assay__node *assay__node_make(struct assay__arena *arena, enum assay__node_type type,
                                     const char *origin);

/** assay__node_append() makes value the last element of a list. A list or object that is changed
 * by these three is not compact any more, nor is any that it is in. */
void assay__node_append(struct assay__node *array, struct assay__node *value);

/** assay__node_set() makes value the last member of an object, instead of one of that name. */
void assay__node_set(struct assay__node *object, const char *key, struct assay__node *value);

/** assay__node_remove() takes a member out of an object; nothing happens when there is none. */
void assay__node_remove(struct assay__node *object, const char *key);

/**
 * assay__node_path() writes where a value is in its document, such as metrics[2].role, and "" for
 * the whole document. Of a path too long for out, the end is kept.
 */
void assay__node_path(const struct assay__node *value, char *out, size_t size);

#endif
