/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_CSV_REMEDY_H
#define ASSAY_SOURCE_CSV_REMEDY_H

#include <stdio.h>
#include <string.h>

#include "source/csv/suggest.h"

/** assay__remedy_put() adds a line "key=value" to a remedy, if there is room. */
static inline void assay__remedy_put(char out[ASSAY__REMEDY_BYTES], const char *key,
                                     const char *value)
{
    size_t length = strlen(out);
    if (length + strlen(key) + strlen(value) + 3 < ASSAY__REMEDY_BYTES)
        snprintf(out + length, ASSAY__REMEDY_BYTES - length, "%s=%s\n", key, value);
}

/** assay__remedy_or() begins another way to read the column. */
static inline void assay__remedy_or(char out[ASSAY__REMEDY_BYTES])
{
    size_t length = strlen(out);
    if (length + 4 < ASSAY__REMEDY_BYTES)
        memcpy(out + length, "or\n", 4);
}

/** assay__suggest_time() suggests forms of times, both of them where day and month can be either.
 */
void assay__suggest_time(const struct assay_dialect *dialect,
                         const struct assay__column_sample *sample, char out[ASSAY__REMEDY_BYTES]);

#endif
