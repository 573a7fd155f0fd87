/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What bodies that are compiled for every width of vectors share. VECTOR_TARGET is an attribute,
 * VECTOR_WIDTH how many numbers a vector has.
 */
#include <stdint.h>
#include <string.h>

#define INLINE static inline VECTOR_TARGET __attribute__((always_inline))

typedef double vector __attribute__((vector_size(8 * VECTOR_WIDTH)));
typedef int64_t whole __attribute__((vector_size(8 * VECTOR_WIDTH)));

INLINE vector load(const double *from)
{
    vector value;
    memcpy(&value, from, sizeof value);
    return value;
}

INLINE void add_to(double *to, vector value)
{
    value += load(to);
    memcpy(to, &value, sizeof value);
}

INLINE vector choose(whole yes, vector a, vector b)
{
    return (vector)((yes & (whole)a) | (~yes & (whole)b));
}

/* exp(x) for |x| < 700 without branches: x is k ln 2 + r, |r| < 0.35. Relative error below 3e-16;
 * numbers beyond count as 700. */
INLINE vector exponential(vector x)
{
    const double shift = 0x1.8p52;
    const vector none = {0.0}, most = none + 700.0;
    x = choose(x < -most, -most, choose(x > most, most, x));
    vector k = x * 1.44269504088896340736 + shift, n = k - shift;
    vector r = (x - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33;
    vector e = r * (1.0 / 6227020800.0) + 1.0 / 479001600.0;
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
    return e * (vector)(((whole)k + 1023) << 52);
}
