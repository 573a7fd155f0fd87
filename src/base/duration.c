/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lengths of time as text: a whole number and a unit. */
#include "base/duration.h"

#include <inttypes.h>
#include <stdio.h>

static const int64_t NS = INT64_C(1000000000);
static const int64_t SECONDS_MAX = INT64_C(3650) * 86400;

static const struct {
    char letter;
    int64_t seconds;
    bool is_written;
} UNITS[] = {
    {'w', 604800, false}, {'d', 86400, true}, {'h', 3600, true}, {'m', 60, true}, {'s', 1, true}};

enum { UNIT_COUNT = sizeof UNITS / sizeof *UNITS };

bool assay__duration_parse(const char *text, size_t length, int64_t *ns)
{
    int64_t count = 0;
    size_t i = 0;
    for (; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
        if (count > SECONDS_MAX)
            return false;
        count = count * 10 + (text[i] - '0');
    }
    if (i == 0)
        return false;
    if (i == length && count == 0) {
        *ns = 0;
        return true;
    }
    for (size_t u = 0; u < UNIT_COUNT && i + 1 == length; u++) {
        if (UNITS[u].letter != text[i])
            continue;
        *ns = count <= SECONDS_MAX / UNITS[u].seconds ? count * UNITS[u].seconds * NS : 0;
        return count <= SECONDS_MAX / UNITS[u].seconds;
    }
    return false;
}

size_t assay__duration_write(int64_t ns, char out[ASSAY__DURATION_BYTES])
{
    int64_t seconds = ns / NS;
    size_t u = 0;
    while (u + 1 < UNIT_COUNT && (!UNITS[u].is_written || seconds % UNITS[u].seconds != 0))
        u++;
    int written = snprintf(out, ASSAY__DURATION_BYTES, "%" PRId64 "%c", seconds / UNITS[u].seconds,
                           UNITS[u].letter);
    return written > 0 ? (size_t)written : 0;
}
