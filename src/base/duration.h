/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_DURATION_H
#define ASSAY_BASE_DURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ASSAY__DURATION_BYTES = 32 };

/**
 * assay__duration_parse() reads a length of time: a whole number and one of w, d, h, m, s, such as
 * "7d", "36h" or "90m"; or 0 alone. At most 3,650 days. Nanoseconds; false for anything else.
 */
bool assay__duration_parse(const char *text, size_t length, int64_t *ns);

/** assay__duration_write() writes whole seconds in the largest of d, h, m, s that divides them. */
size_t assay__duration_write(int64_t ns, char out[ASSAY__DURATION_BYTES]);

#endif
