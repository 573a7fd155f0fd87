/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_DELIVER_ENVELOPE_H
#define ASSAY_API_DELIVER_ENVELOPE_H

#include "json/json_tree.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

enum {
    ASSAY__BODY_BYTES_MAX = 64 << 20,
    ASSAY__BODY_VALUES_MAX = 4 << 20,
    ASSAY__BODY_DEPTH_MAX = 64,
    ASSAY__ID_BYTES = 64 /* of an analysisResultId with its NUL */
};

/** struct assay__body: what a request body says about itself. Strings live in the arena. */
struct assay__body {
    const char *parent;
    char id[ASSAY__ID_BYTES];
};

/**
 * assay__body_read() reads a request body {parent, analysisResult, analysisResultId} and checks its
 * names. A body without analysisResultId gets the id that assay__body_derive_id() makes of it, so
 * that a repeated delivery is one of the same resource. name is the file's, for messages, or NULL.
 * Whatever the body's length, little memory is taken: only its names are kept.
 */
enum assay_status assay__body_read(struct assay__arena *arena, const char *text, size_t length,
                                   const char *name, struct assay__body *out,
                                   struct assay_error *err);

/** assay__body_resource() is the analysisResult of a body that was read before. */
enum assay_status assay__body_resource(struct assay__arena *arena, const char *text, size_t length,
                                       const struct assay__node **out, struct assay_error *err);

/** assay__body_parse() reads any JSON document within the limits above. */
enum assay_status assay__body_parse(struct assay__arena *arena, const char *text, size_t length,
                                    const char *name, enum assay_status code,
                                    struct assay__node **out, struct assay_error *err);

/** assay__body_derive_id() writes "ar-" and 40 hex digits of SHA-256 over parent, NUL and text. */
void assay__body_derive_id(const char *parent, const char *text, size_t length,
                           char id[ASSAY__ID_BYTES]);

/**
 * assay__request_complete() makes a request body of a document in its place, as
 * assay_request_wrap() does: no more memory than the text and a little. When it fails, the text may
 * be half made.
 */
enum assay_status assay__request_complete(struct assay__text *text, const char *name,
                                          const char *parent, const char *id,
                                          struct assay_error *err);

#endif
