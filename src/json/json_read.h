/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_JSON_JSON_READ_H
#define ASSAY_JSON_JSON_READ_H

#include "json/json_tree.h"

/** struct assay__json_options: what a document may be. All limits are needed. */
struct assay__json_options {
    const char *name;       /* of the file, for messages; NULL for none */
    enum assay_status code; /* of a document that is not JSON, such as ASSAY_ERROR_PLAN */
    size_t bytes_max;
    uint32_t values_max; /* values of all kinds together */
    uint32_t depth_max;  /* objects and lists inside each other; the reader recurses that deep */
    bool comments;       /* line comments and block comments are white space */
    /* NULL, or is asked about objects of some size in lists, once each is read: true when nobody
     * will look into it any more. Then its count is there, and its text where it is compact, but no
     * children: what comes later takes their memory, so that a large text is not copied. An error
     * later on in the document may still follow. */
    bool (*may_forget)(const struct assay__node *object, const void *context);
    const void *context;
};

enum {
    ASSAY__JSON_MEMBERS_MAX = 256, /* of one object */
    ASSAY__JSON_FORGET_MIN = 16    /* values in an object that may be forgotten */
};

/**
 * assay__json_read() reads a document of RFC 8259, strictly: valid UTF-8, one value and nothing
 * after it, no name twice in an object, no NUL and no half surrogate pairs in strings, numbers
 * within the range of double. A byte-order mark at the start is skipped. The tree lives in the
 * arena. Errors: options->code with line and column (in characters), ASSAY_ERROR_LIMIT,
 * ASSAY_ERROR_MEMORY.
 */
enum assay_status assay__json_read(struct assay__arena *arena, const char *text, size_t length,
                                   const struct assay__json_options *options,
                                   struct assay__node **out, struct assay_error *err);

#endif
