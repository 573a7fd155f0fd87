/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_EXACT_FLOAT320_LIMBS_H
#define ASSAY_EXACT_FLOAT320_LIMBS_H

#include "exact/float320.h"

/**
 * Arithmetic on the limbs themselves for ordinary numbers: rounded to the nearest, ties to even, so
 * that the result has the bits that MPFR gives. Each is false, with nothing written, for what it
 * leaves to MPFR: zeros, infinities, NaN, exponents far out, and machines without 64-bit limbs.
 */
bool assay__limbs_add(const struct assay__wide *a, const struct assay__wide *b,
                      struct assay__wide *out);
bool assay__limbs_mul(const struct assay__wide *a, const struct assay__wide *b,
                      struct assay__wide *out);
bool assay__limbs_div(const struct assay__wide *a, const struct assay__wide *b,
                      struct assay__wide *out);
bool assay__limbs_square(const struct assay__wide *a, struct assay__wide *out);
bool assay__limbs_of(double value, struct assay__wide *out);
bool assay__limbs_of_u64(uint64_t value, struct assay__wide *out);
bool assay__limbs_double(const struct assay__wide *a, double *out);

#endif
