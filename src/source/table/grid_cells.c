/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Typed values as the text that a CSV has for them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "number/number.h"
#include "source/table/grid.h"

_Static_assert((int)ASSAY__CELL_BYTES >= (int)ASSAY__NUMBER_BYTES, "a cell has room for a number");
_Static_assert((int)ASSAY__CELL_BYTES >= (int)ASSAY__TIME_BYTES, "a cell has room for a time");

static void typed(const char *text, size_t length, struct assay__field *out)
{
    *out = (struct assay__field){.text = text, .length = (uint32_t)length, .is_typed = true};
}

void assay__cell_text(const char *text, size_t length, struct assay__field *out)
{
    uint32_t shown = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
    *out = (struct assay__field){.text = text, .length = shown};
}

void assay__cell_missing(struct assay__field *out)
{
    typed("", 0, out);
}

/* Nothing reads an infinity as a number: the cell is then in error, which is what it is. */
static bool is_odd(double value, struct assay__field *out)
{
    if (isfinite(value))
        return false;
    const char *text = isnan(value) ? "" : value > 0.0 ? "inf" : "-inf";
    typed(text, strlen(text), out);
    return true;
}

void assay__cell_double(double value, char scratch[ASSAY__CELL_BYTES], struct assay__field *out)
{
    if (!is_odd(value, out))
        typed(scratch, assay__number_write(value, scratch), out);
}

/* The fewest digits that read back as the float: at most 9, which always do. */
void assay__cell_float(float value, char scratch[ASSAY__CELL_BYTES], struct assay__field *out)
{
    enum { DIGITS_MAX = 9 };
    size_t length = 0;
    if (is_odd((double)value, out))
        return;
    for (int digits = 1; digits <= DIGITS_MAX; digits++) {
        double back;
        length = assay__number_round((double)value, digits, scratch);
        if (assay__double_parse(scratch, length, &back) == ASSAY__PARSE_OK && (float)back == value)
            break;
    }
    typed(scratch, length, out);
}

void assay__cell_integer(int64_t value, char scratch[ASSAY__CELL_BYTES], struct assay__field *out)
{
    typed(scratch, (size_t)snprintf(scratch, ASSAY__CELL_BYTES, "%lld", (long long)value), out);
}

void assay__cell_unsigned(uint64_t value, char scratch[ASSAY__CELL_BYTES], struct assay__field *out)
{
    typed(scratch, (size_t)snprintf(scratch, ASSAY__CELL_BYTES, "%llu", (unsigned long long)value),
          out);
}

/* Days since 1970 of the first and behind the last of the years that are read, 1678 to 2261. */
static const int64_t FIRST_DAY = -106650, END_DAY = 106651, DAY_NS = INT64_C(86400000000000);

const char *assay__cell_time(int64_t ns, char scratch[ASSAY__CELL_BYTES], struct assay__field *out)
{
    if (ns < FIRST_DAY * DAY_NS || ns >= END_DAY * DAY_NS)
        return ASSAY__TIME_OUT_OF_RANGE;
    typed(scratch, assay__time_write(ns, scratch), out);
    return NULL;
}

const char *assay__cell_date(int64_t days, char scratch[ASSAY__CELL_BYTES],
                             struct assay__field *out)
{
    enum { DATE_BYTES = 10 };
    if (days < FIRST_DAY || days >= END_DAY)
        return ASSAY__TIME_OUT_OF_RANGE;
    assay__time_write(days * DAY_NS, scratch);
    typed(scratch, DATE_BYTES, out);
    return NULL;
}
