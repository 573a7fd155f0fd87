/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_DIST_PAIR_H
#define ASSAY_STATS_DIST_PAIR_H

#include <math.h>

/* Inlined wherever they are used: in a function for processors that have it, fma() is then one
 * instruction, else a call. The digits are the same. */
#define PAIR_INLINE static inline __attribute__((always_inline))

/* Such a function; without __x86_64__ there is one kind of function. */
#ifdef __x86_64__
#define PAIR_FMA_TARGET __attribute__((target("fma")))
#define PAIR_HAS_FMA (__builtin_cpu_supports("fma") != 0)
#else
#define PAIR_FMA_TARGET
#define PAIR_HAS_FMA 0
#endif

/**
 * struct assay__pair is the unevaluated sum of two doubles, |lo| at most half an ulp of hi: about
 * 105 bits in the range of double. The exponent of a tail is computed in pairs, since exp()
 * amplifies the rounding of its argument: at 700, half an ulp is 6e-14. The operations are those of
 * Dekker (1971), Numer. Math. 18:224, with fma() in place of his splitting; they err by a few units
 * of 2^-104, relative for products, quotients and sums of one sign.
 */
struct assay__pair {
    double hi, lo;
};

/* a + b exactly, when |a| >= |b| or a is 0. */
PAIR_INLINE struct assay__pair pair_ordered(double a, double b)
{
    double sum = a + b;
    return (struct assay__pair){sum, b - (sum - a)};
}

/* a + b exactly; Knuth's order-free form. */
PAIR_INLINE struct assay__pair pair_sum(double a, double b)
{
    double sum = a + b, part = sum - a;
    return (struct assay__pair){sum, (a - (sum - part)) + (b - part)};
}

/* Adds a term to a sum; what rounding leaves gathers in lo. */
PAIR_INLINE void pair_accumulate(struct assay__pair *sum, double term)
{
    struct assay__pair next = pair_sum(sum->hi, term);
    sum->hi = next.hi;
    sum->lo += next.lo;
}

/* a b exactly. */
PAIR_INLINE struct assay__pair pair_product(double a, double b)
{
    double product = a * b;
    return (struct assay__pair){product, fma(a, b, -product)};
}

PAIR_INLINE struct assay__pair pair_of(double a)
{
    return (struct assay__pair){a, 0.0};
}

PAIR_INLINE struct assay__pair pair_neg(struct assay__pair a)
{
    return (struct assay__pair){-a.hi, -a.lo};
}

PAIR_INLINE struct assay__pair pair_add(struct assay__pair a, struct assay__pair b)
{
    struct assay__pair sum = pair_sum(a.hi, b.hi), low = pair_sum(a.lo, b.lo);
    sum = pair_ordered(sum.hi, sum.lo + low.hi);
    return pair_ordered(sum.hi, sum.lo + low.lo);
}

PAIR_INLINE struct assay__pair pair_sub(struct assay__pair a, struct assay__pair b)
{
    return pair_add(a, pair_neg(b));
}

PAIR_INLINE struct assay__pair pair_mul(struct assay__pair a, struct assay__pair b)
{
    struct assay__pair product = pair_product(a.hi, b.hi);
    return pair_ordered(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

PAIR_INLINE struct assay__pair pair_scale(double a, struct assay__pair b)
{
    struct assay__pair product = pair_product(a, b.hi);
    return pair_ordered(product.hi, product.lo + a * b.lo);
}

PAIR_INLINE struct assay__pair pair_div(struct assay__pair a, struct assay__pair b)
{
    double quotient = a.hi / b.hi;
    struct assay__pair rest = pair_sub(a, pair_scale(quotient, b));
    return pair_ordered(quotient, rest.hi / b.hi);
}

PAIR_INLINE struct assay__pair pair_sqrt(struct assay__pair a)
{
    double root = sqrt(a.hi);
    struct assay__pair rest = pair_sub(a, pair_product(root, root));
    return pair_ordered(root, rest.hi / (2.0 * root));
}

/**
 * assay__pair_log1p() is log(1 + q), 1 + q also given as n/d > 0: where q is not close to 0, that
 * is what counts, and it may be out of the range of double.
 */
struct assay__pair assay__pair_log1p(struct assay__pair q, struct assay__pair n,
                                     struct assay__pair d);

/** assay__pair_log1pmx() is log(1 + q) - q <= 0, absolute error about 2^-100 |q|. */
struct assay__pair assay__pair_log1pmx(struct assay__pair q, struct assay__pair n,
                                       struct assay__pair d);

#endif
