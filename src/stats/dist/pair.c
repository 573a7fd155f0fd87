/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The logarithm in pairs of doubles. log m = 2 atanh(r), r = (m - 1)/(m + 1), after m has been
 * brought between sqrt(1/2) and sqrt(2), where r^2 <= 0.0295 and each term of the series is 34
 * times smaller than the one before: four terms in pairs, eleven more in doubles, are 2^-75.
 */
#include "stats/dist/pair.h"

typedef struct assay__pair pair;

/* 2 atanh(r) for |r| < 0.172. */
static pair twice_atanh(pair r)
{
    /* 1/3, 1/5, 1/7: the double nearest, and what is left, rounded. */
    static const pair ODD[] = {
        {1.0 / 3.0, 0x1p-54 / 3.0}, {1.0 / 5.0, -0x1p-54 / 5.0}, {1.0 / 7.0, 0x1p-54 / 7.0}};
    pair square = pair_mul(r, r);
    double s = square.hi, rest = 0.0;
    for (int k = 14; k >= 4; k--)
        rest = rest * s + 1.0 / (2 * k + 1);
    pair sum = pair_ordered(ODD[2].hi, ODD[2].lo + rest * s);
    sum = pair_add(ODD[1], pair_mul(sum, square));
    sum = pair_add(ODD[0], pair_mul(sum, square));
    sum = pair_add(pair_of(1.0), pair_mul(sum, square));
    sum = pair_mul(sum, r);
    return (pair){2.0 * sum.hi, 2.0 * sum.lo};
}

/* a 2^-exponent, exactly, in [1/2, 1). */
static pair normalize(pair a, int *exponent)
{
    double hi = frexp(a.hi, exponent);
    return (pair){hi, ldexp(a.lo, -*exponent)};
}

pair assay__pair_log1p(pair q, pair n, pair d)
{
    static const pair LN2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
    if (q.hi > -0.29 && q.hi < 0.41) /* r from q itself: relative precision near 0 */
        return twice_atanh(pair_div(q, pair_add(pair_of(2.0), q)));
    int up, down;
    n = normalize(n, &up);
    d = normalize(d, &down);
    if (n.hi > M_SQRT2 * d.hi) {
        d = (pair){2.0 * d.hi, 2.0 * d.lo};
        down--;
    } else if (n.hi < M_SQRT1_2 * d.hi) {
        n = (pair){2.0 * n.hi, 2.0 * n.lo};
        up--;
    }
    /* (m - 1)/(m + 1) of m = n/d */
    pair r = pair_div(pair_sub(n, d), pair_add(n, d));
    return pair_add(pair_scale(up - down, LN2), twice_atanh(r));
}

pair assay__pair_log1pmx(pair q, pair n, pair d)
{
    return pair_sub(assay__pair_log1p(q, n, d), q);
}
