/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_NUMBER_POWERS_H
#define ASSAY_NUMBER_POWERS_H

#include <stdint.h>

enum { ASSAY__POWER_FIRST = -292, ASSAY__POWER_LAST = 324 };

/** struct assay__power is 10^k scaled by a power of two into [2^127, 2^128), rounded up. */
struct assay__power {
    uint64_t high, low;
};

/** ASSAY__POWERS[k - ASSAY__POWER_FIRST] belongs to 10^k. */
extern const struct assay__power ASSAY__POWERS[ASSAY__POWER_LAST - ASSAY__POWER_FIRST + 1];

#endif
