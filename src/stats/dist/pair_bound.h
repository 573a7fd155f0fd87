/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_DIST_PAIR_BOUND_H
#define ASSAY_STATS_DIST_PAIR_BOUND_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "exact/ball.h"
#include "exact/float320.h"
#include "stats/dist/pair.h"

/**
 * struct assay__bounded is a pair of doubles with a bound of its error: the true number differs
 * from hi + lo by at most off |hi|. It is a ball as those of exact/ball.h are, with a third of
 * their instructions and of a narrower range: numbers, and what is made of them, stay between
 * 2^-900 and 2^900 or are 0. A number of which nothing is known has an infinite or NaN off, or NaN
 * itself; so do quotients by 0, roots of negative numbers, and sums that cancel by more than some
 * 60 bits.
 *
 * Sums, products, quotients and roots of pairs err by 3, 7, 16 and 8 units of 2^-106 at most
 * (Joldes, Muller, Popescu 2017, ACM Trans. Math. Softw. 44:15res), which BOUNDED_UNIT doubles.
 * What bounds leave out, products of two of them and their own rounding, is below 2^-30 of them as
 * long as each is below BOUNDED_MOST, and BOUNDED_MARGIN pays for it at the end.
 */
struct assay__bounded {
    double hi, lo, off;
};

static const double BOUNDED_UNIT = 0x1p-101, BOUNDED_MOST = 0x1p-40, BOUNDED_MARGIN = 1.0 + 0x1p-20;

PAIR_INLINE struct assay__bounded bounded_of(double value)
{
    return (struct assay__bounded){value, 0.0, 0.0};
}

PAIR_INLINE struct assay__pair bounded_pair(struct assay__bounded a)
{
    return (struct assay__pair){a.hi, a.lo};
}

PAIR_INLINE struct assay__bounded bounded_make(struct assay__pair pair, double off)
{
    return (struct assay__bounded){pair.hi, pair.lo, off};
}

PAIR_INLINE struct assay__bounded bounded_neg(struct assay__bounded a)
{
    return (struct assay__bounded){-a.hi, -a.lo, a.off};
}

PAIR_INLINE struct assay__bounded bounded_abs(struct assay__bounded a)
{
    return a.hi < 0.0 ? bounded_neg(a) : a;
}

PAIR_INLINE struct assay__bounded bounded_add(struct assay__bounded a, struct assay__bounded b)
{
    struct assay__pair sum = pair_add(bounded_pair(a), bounded_pair(b));
    double off = fabs(a.hi) * a.off + fabs(b.hi) * b.off, size = fabs(sum.hi);
    if (off < size * BOUNDED_MOST)
        return bounded_make(sum, off / size + BOUNDED_UNIT);
    return bounded_make(sum, off == 0.0 ? 0.0 : HUGE_VAL); /* an exact 0, or nothing */
}

PAIR_INLINE struct assay__bounded bounded_sub(struct assay__bounded a, struct assay__bounded b)
{
    return bounded_add(a, bounded_neg(b));
}

PAIR_INLINE struct assay__bounded bounded_mul(struct assay__bounded a, struct assay__bounded b)
{
    return bounded_make(pair_mul(bounded_pair(a), bounded_pair(b)), a.off + b.off + BOUNDED_UNIT);
}

PAIR_INLINE struct assay__bounded bounded_square(struct assay__bounded a)
{
    return bounded_mul(a, a);
}

PAIR_INLINE struct assay__bounded bounded_twice(struct assay__bounded a)
{
    return (struct assay__bounded){2.0 * a.hi, 2.0 * a.lo, a.off};
}

PAIR_INLINE struct assay__bounded bounded_div(struct assay__bounded a, struct assay__bounded b)
{
    return bounded_make(pair_div(bounded_pair(a), bounded_pair(b)), a.off + b.off + BOUNDED_UNIT);
}

PAIR_INLINE struct assay__bounded bounded_sqrt(struct assay__bounded a)
{
    return bounded_make(pair_sqrt(bounded_pair(a)), 0.5 * a.off + BOUNDED_UNIT);
}

/** bounded_sign() is -1, 0 or 1. */
PAIR_INLINE int bounded_sign(struct assay__bounded a, bool *in_doubt)
{
    *in_doubt |= !(a.off < 0.5 && fabs(a.hi) < HUGE_VAL);
    return (a.hi > 0.0) - (a.hi < 0.0);
}

/** bounded_double() is the double nearest to the number; *in_doubt becomes true where the bound
 * does not tell it, and for 0. */
PAIR_INLINE double bounded_double(struct assay__bounded a, bool *in_doubt)
{
    const double least = 1e-290, most = 1e290;
    double size = fabs(a.hi), room = size * (a.off * BOUNDED_MARGIN);
    bool is_known = a.hi + (a.lo - room) == a.hi && a.hi + (a.lo + room) == a.hi;
    *in_doubt |= !(is_known && size > least && size < most);
    return a.hi;
}

/** bounded_rest() is ball_rest(): what the double leaves, as numbers of 320 bits have it too. */
PAIR_INLINE struct assay__enclosure bounded_rest(struct assay__bounded a)
{
    double room = fabs(a.hi) * (a.off * BOUNDED_MARGIN + 0x1p-104);
    return (struct assay__enclosure){a.lo - room, a.lo + room};
}

/** assay__bounded_of_wide() is a 2^-shift; nothing is known of it beyond 2^200 and below 2^-200. */
struct assay__bounded assay__bounded_of_wide(const struct assay__wide *a, int64_t shift);

PAIR_INLINE struct assay__bounded bounded_of_u64(uint64_t value)
{
    double upper = (double)(value >> 32) * 0x1p32, lower = (double)(value & UINT32_MAX);
    return bounded_make(pair_ordered(upper, lower), 0.0);
}

/** assay__bounded_exp() is e^a for 0 <= a < 500; nothing is known of others. */
struct assay__bounded assay__bounded_exp(struct assay__bounded a);

#endif
