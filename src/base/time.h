/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_TIME_H
#define ASSAY_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ASSAY__TIME_BYTES = 40 };

/**
 * assay__time_parse() reads an instant: RFC 3339 ("2026-11-23T10:15:30.25Z", "+02:00" offsets, a
 * blank for the T), the same without offset (UTC), a date alone (midnight UTC), or Unix time from
 * 1990 to 2100 in s (with a fraction, too), ms, us or ns. As databases print them, too: "+0200",
 * "+02", " UTC", no seconds. Years 1678 to 2261, leap seconds read as the second before.
 * Nanoseconds since 1970-01-01T00:00:00Z; digits beyond are cut.
 */
bool assay__time_parse(const char *text, size_t length, int64_t *ns);

/**
 * assay__time_parse_written() is the same of "2026-11-23T10:15:30Z" alone, as assay__time_write()
 * writes a time without a fraction; false for all other texts.
 */
bool assay__time_parse_written(const char *text, size_t length, int64_t *ns);

/**
 * assay__time_epoch() is assay__time_parse() of a whole number of 9 digits or more, which is Unix
 * time in s, ms, us or ns; false for other text.
 */
bool assay__time_epoch(int64_t value, int64_t *ns);

/** assay__time_write() writes RFC 3339 in UTC with 0, 3, 6 or 9 fraction digits, as needed. */
size_t assay__time_write(int64_t ns, char out[ASSAY__TIME_BYTES]);

/** Times that data may have without a form: from 1990 up to, not with, 2100. */
#define ASSAY__TIME_FIRST_NS INT64_C(631152000000000000)
#define ASSAY__TIME_END_NS INT64_C(4102444800000000000)

/** struct assay__time_fields: a calendar time. assay__time_of_fields() is false when it has none.
 */
struct assay__time_fields {
    int year, month, day, hour, minute, second;
    int nanoseconds, minutes_east;
};
bool assay__time_of_fields(const struct assay__time_fields *fields, int64_t *ns);

/**
 * assay__time_form_parse() reads a whole text by a form: %Y %y %m %d %e %H %I %M %S %f (a
 * fraction's digits) %p %b %B %z %T %R %F %D %%; numbers may lack leading zeros; UTC without %z.
 */
bool assay__time_form_parse(const char *form, const char *text, size_t length, int64_t *ns);

#endif
