/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_URI_H
#define ASSAY_SERVE_HTTP_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { SERVE_SEGMENTS_MAX = 12, SERVE_PARAMETERS_MAX = 12 };

/** struct serve_target: a request's target, taken apart and decoded. Its memory is an arena's. */
struct serve_target {
    const char *segments[SERVE_SEGMENTS_MAX]; /* between the path's slashes */
    size_t segment_count;                     /* "/" has none */
    struct serve_parameter {
        const char *name, *value;
    } parameters[SERVE_PARAMETERS_MAX];
    size_t parameter_count;
};

/**
 * serve_target_parse() takes "/path?query", or the same after "http://host", apart as it came over
 * the wire. false for an invalid target: no leading slash, blanks, bad escapes, NUL, invalid UTF-8,
 * a parameter given twice, too many parts, no memory.
 */
bool serve_target_parse(struct assay__arena *arena, const char *raw, struct serve_target *out);

/** serve_target_parameter() is a query parameter's value, or NULL. */
const char *serve_target_parameter(const struct serve_target *target, const char *name);

#endif
