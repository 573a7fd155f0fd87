/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts in sentences for people: thousands apart by commas, in the C locale. */
#include <inttypes.h>
#include <stdio.h>

#include "number/number.h"

struct assay__count assay__count(uint64_t count)
{
    char digits[24];
    struct assay__count out;
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count), to = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            out.text[to++] = ',';
        out.text[to++] = digits[i];
    }
    out.text[to] = '\0';
    return out;
}
