/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_JSON_JSON_VALUES_H
#define ASSAY_JSON_JSON_VALUES_H

#include "json/json_write.h"

/** assay__write_pair() writes an object of two texts as the next value. */
void assay__write_pair(struct assay__json *json, const char *key_a, const char *a,
                       const char *key_b, const char *b);
/** assay__write_texts() writes a member: a list of texts. */
void assay__write_texts(struct assay__json *json, const char *key, const char *const *texts,
                        uint32_t count);
/** assay__write_time() writes a member: an instant as RFC 3339, UTC; nothing for INT64_MIN. */
void assay__write_time(struct assay__json *json, const char *key, int64_t time_ns);
/**
 * assay__write_size() writes a member: a count that is kept as a double, exact up to 2^53; nothing
 * when it is not finite.
 */
void assay__write_size(struct assay__json *json, const char *key, double size);

#endif
