/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_JSON_JSON_WRITE_H
#define ASSAY_JSON_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/**
 * struct assay__json writes one JSON document (RFC 8259) into a text, front to back, in the order
 * of the calls. Initialise it with {.out = &text} (and .pretty). Failed allocations are kept by the
 * text: check once, at assay__text_take().
 *
 * What comes out is always valid UTF-8 without NaN or infinity: bytes that are not UTF-8 become
 * U+FFFD, and a member whose number is not finite is left out (or null, where a function says so).
 * Balancing begin and end is the caller's part.
 *
 *     assay__json_begin(&json, '{');
 *     assay__json_member_string(&json, "id", id);
 *     assay__json_key(&json, "sizes");
 *     assay__json_begin(&json, '[');
 *     assay__json_count(&json, 12);
 *     assay__json_end(&json, ']');
 *     assay__json_end(&json, '}');
 */
struct assay__json {
    struct assay__text *out;
    bool pretty;     /* indent by two spaces and break lines */
    uint32_t depth;  /* private: open objects and arrays */
    bool has_before; /* private: a value stands before in this object or array */
    bool after_key;  /* private: the next value belongs to a key */
};

/** assay__json_quote() appends a string in quotes, whatever stands before it. */
void assay__json_quote(struct assay__text *out, const char *bytes, size_t length);

/** assay__json_begin() opens an object '{' or an array '['; assay__json_end() closes it. */
void assay__json_begin(struct assay__json *json, char bracket);
void assay__json_end(struct assay__json *json, char bracket);

/** assay__json_key() starts a member; exactly one value (or begin ... end) follows. */
void assay__json_key(struct assay__json *json, const char *key);

/** Values: elements of an array, or the value after assay__json_key(). */
void assay__json_string(struct assay__json *json, const char *string);
void assay__json_bytes(struct assay__json *json, const char *bytes, size_t length);
void assay__json_count(struct assay__json *json, uint64_t count);
void assay__json_boolean(struct assay__json *json, bool value);
void assay__json_null(struct assay__json *json);
/** assay__json_raw() copies text that is one JSON value already, unchecked: only our own output, or
 * a number or compact value that the reader has read. */
void assay__json_raw(struct assay__json *json, const char *text);
void assay__json_raw_bytes(struct assay__json *json, const char *bytes, size_t length);
/** assay__json_number() writes the shortest text that reads back equal; null when not finite. */
void assay__json_number(struct assay__json *json, double value);

/** Members, key and value in one call. */
void assay__json_member_begin(struct assay__json *json, const char *key, char bracket);
void assay__json_member_count(struct assay__json *json, const char *key, uint64_t count);
void assay__json_member_boolean(struct assay__json *json, const char *key, bool value);
/** Nothing is written for a NULL string, or for a number that is not finite. */
void assay__json_member_string(struct assay__json *json, const char *key, const char *string);
void assay__json_member_number(struct assay__json *json, const char *key, double value);
/** The member is always there; null when the number is not finite. */
void assay__json_member_nullable(struct assay__json *json, const char *key, double value);

#endif
