/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_TIME_H
#define ASSAY_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ASSAY__TIME_BYTES = 40 };

/**
 * assay__time_parse() reads an instant: RFC 3339 ("2026-11-23T10:15:30.25Z", "+02:00" offsets, a
 * blank for the T), the same without offset (UTC), a date alone (midnight UTC), or Unix time in
 * whole seconds (9 to 11 digits) or milliseconds (12 to 14 digits). As databases print them, too:
 * "+0200", "+02", " UTC", no seconds. Years 1678 to 2261, leap seconds read as the second before.
 * Nanoseconds since 1970-01-01T00:00:00Z; digits beyond are cut.
 */
bool assay__time_parse(const char *text, size_t length, int64_t *ns);

/** assay__time_write() writes RFC 3339 in UTC with 0, 3, 6 or 9 fraction digits, as needed. */
size_t assay__time_write(int64_t ns, char out[ASSAY__TIME_BYTES]);

#endif
