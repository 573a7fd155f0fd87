/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_EXP_NEGATIVE_H
#define ASSAY_STATS_HORIZON_EXP_NEGATIVE_H

#include <stdint.h>
#include <string.h>

/*
 * exp(x) for -700 < x <= 0 without branches, so that compilers make it a vector loop: x is
 * k ln 2 + r, |r| < 0.35. Relative error below 3e-16. Grids end within 14 deviations: x > -100.
 */
static inline double exp_negative(double x)
{
    const double shift = 0x1.8p52;
    double k = x * 1.44269504088896340736 + shift;
    uint64_t bits;
    memcpy(&bits, &k, sizeof bits);
    double whole = k - shift;
    double r = (x - whole * 0x1.62e42feep-1) - whole * 0x1.a39ef35793c76p-33;
    double e = 1.0 / 6227020800.0;
    e = e * r + 1.0 / 479001600.0;
    e = e * r + 1.0 / 39916800.0;
    e = e * r + 1.0 / 3628800.0;
    e = e * r + 1.0 / 362880.0;
    e = e * r + 1.0 / 40320.0;
    e = e * r + 1.0 / 5040.0;
    e = e * r + 1.0 / 720.0;
    e = e * r + 1.0 / 120.0;
    e = e * r + 1.0 / 24.0;
    e = e * r + 1.0 / 6.0;
    e = e * r + 0.5;
    e = e * r + 1.0;
    e = e * r + 1.0;
    uint64_t scale_bits = (bits + 1023u) << 52;
    double scale;
    memcpy(&scale, &scale_bits, sizeof scale);
    return e * scale;
}

#endif
