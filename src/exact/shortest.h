/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_EXACT_SHORTEST_H
#define ASSAY_EXACT_SHORTEST_H

#include "exact/float320.h"

/**
 * struct assay__shortest is mantissa * 10^exponent: the shortest decimal that reads back as a
 * double, which is what somebody who wrote 0.1 meant. Planned weights and error rates are taken
 * so: with weights 0.1 and 0.3 a third of 300 units is 100, and with power 0.8 beta is 0.2, where
 * the doubles' own binary values give 100.00000000000001 and 0.19999999999999996.
 */
struct assay__shortest {
    int64_t mantissa;
    int32_t exponent;
};

/** assay__shortest_of() takes any finite double. */
struct assay__shortest assay__shortest_of(double value);

/** assay__wide_of_shortest() is that decimal as a wide number. */
struct assay__wide assay__wide_of_shortest(double value);

#endif
