/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shortest decimal that reads back as a double, as mantissa and exponent. */
#include "exact/shortest.h"

#include "number/number.h"

struct assay__shortest assay__shortest_of(double value)
{
    char text[ASSAY__NUMBER_BYTES], digits[ASSAY__DIGITS_MAX];
    struct assay_decimal decimal = {0};
    size_t length = assay__number_write(value, text);
    /* At most 17 digits: the mantissa always fits and digits[] is not used. */
    (void)assay__decimal_parse(text, length, &decimal, digits);
    return (struct assay__shortest){decimal.mantissa, decimal.exponent};
}

struct assay__wide assay__wide_of_shortest(double value)
{
    struct assay__shortest shortest = assay__shortest_of(value);
    uint64_t magnitude =
        shortest.mantissa < 0 ? -(uint64_t)shortest.mantissa : (uint64_t)shortest.mantissa;
    struct assay__wide mantissa = assay__wide_of_u64(magnitude);
    if (shortest.mantissa < 0)
        mantissa = assay__wide_neg(mantissa);
    return assay__wide_scale10(mantissa, shortest.exponent);
}
