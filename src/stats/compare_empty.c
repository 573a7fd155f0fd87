/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison of which nothing is known. */
#include <math.h>
#include <string.h>

#include "stats/compare.h"

#define NO_STATS                                                                                   \
    {                                                                                              \
        0, NAN, NAN, NAN, NAN, NAN, NAN,                                                           \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/* Of which nothing is known. */
static const struct assay_comparison EMPTY = {
    .baseline = NO_STATS,
    .compared = NO_STATS,
    .difference = {.estimate = NAN,
                   .standard_error = NAN,
                   .df = NAN,
                   .statistic = NAN,
                   .critical = NAN,
                   .lower = NAN,
                   .upper = NAN,
                   .p = NAN,
                   .log10_p = NAN,
                   .powered_effect = NAN},
    .relative = {.estimate = NAN,
                 .fieller_kind = ASSAY_FIELLER_NONE,
                 .fieller_lower = NAN,
                 .fieller_upper = NAN,
                 .delta_standard_error = NAN,
                 .delta_lower = NAN,
                 .delta_upper = NAN,
                 .log_lower = NAN,
                 .log_upper = NAN,
                 .scaled_lower = NAN,
                 .scaled_upper = NAN},
    .tail_error = {.nominal = NAN, .lower = NAN, .upper = NAN},
    .corrected_lower = NAN,
    .corrected_upper = NAN,
    .corrected_p = NAN,
    .corrected_log10_p = NAN};

void assay__compare_clear(struct assay_comparison *out)
{
    memcpy(out, &EMPTY, sizeof EMPTY);
}

struct assay_relative assay__no_relative(void)
{
    return EMPTY.relative;
}
