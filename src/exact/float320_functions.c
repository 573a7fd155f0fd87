/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Elementary functions of wide numbers. MPFR has them correctly rounded, but takes heap memory for
 * each call and keeps constants in caches of each thread that nobody frees when the thread ends.
 * These take neither; they are series in wide arithmetic, good to some bits less than its 320.
 */
#include <math.h>
#include <stddef.h>

#include "exact/float320.h"

typedef struct assay__wide wide;

/* Constants as sums of doubles of 53 bits each, exact to 2^-350. */
static const double LN2[] = {0x1.62e42fefa39efp-1,   0x1.abc9e3b39803fp-56,  0x1.7b57a079a1933p-111,
                             0x1.298b62d8a0d17p-164, 0x1.6e2eabe8af9eep-218, 0x1.d881b7aeb2615p-274,
                             0x1.9552fb4afa1b1p-328};
static const double HALF_LOG_2PI[] = {
    0x1.d67f1c864beb4p-1,   0x1.4d252f2400510p-54,  0x1.92023cfb08f8dp-108, 0x1.3458b4ddec6a3p-164,
    0x1.33daa155d212fp-220, 0x1.3affc01d0d7f2p-273, 0x1.f55fc82e2ab4dp-327};
static const double SQRT_PI[] = {
    0x1.c5bf891b4ef6ap+0,   0x1.4f38760a41abbp-53,  0x1.c9c1ff1c90aa3p-107, 0x1.ec764a5b94201p-161,
    0x1.e9f50a3a376bbp-215, 0x1.ffadf283e3b75p-269, 0x1.3639d8507831dp-322};
enum { PARTS = sizeof LN2 / sizeof *LN2 };

static wide constant(const double parts[PARTS])
{
    wide sum = assay__wide_of(parts[PARTS - 1]);
    for (int i = PARTS - 1; i-- > 0;)
        sum = assay__wide_add(sum, assay__wide_of(parts[i]));
    return sum;
}

/* Whether a no longer counts beside b; a or b may be 0. */
static bool is_negligible(wide a, wide b)
{
    if (assay__wide_sign(a) == 0)
        return true;
    if (assay__wide_sign(b) == 0)
        return false;
    return assay__wide_exponent2(a) < assay__wide_exponent2(b) - ASSAY__WIDE_BITS;
}

/* ---- exponential and logarithm --------------------------------------------------------------- */

/* Taylor's series at r / 2^16, |r| < 0.4, then 16 squarings, which cost 16 bits. */
static wide exp_near_zero(wide r)
{
    enum { HALVINGS = 16, TERMS = 17 }; /* 2^(-17 * 17) / 17! is below 2^-330 */
    wide s = assay__wide_scale2(r, -HALVINGS), sum = assay__wide_of(1.0);
    double multiple = 1.0; /* TERMS! / n!, below 2^53: the coefficients times TERMS! */
    for (int n = TERMS; n > 0; n--) {
        multiple *= (double)n;
        sum = assay__wide_add(assay__wide_mul(s, sum), assay__wide_of(multiple));
    }
    sum = assay__wide_div(sum, assay__wide_of(multiple));
    for (int i = 0; i < HALVINGS; i++)
        sum = assay__wide_square(sum);
    return sum;
}

wide assay__wide_exp(wide a)
{
    const double ln2 = 0.6931471805599453, far = 0x1p50;
    double near = assay__wide_double(a);
    if (isnan(near))
        return a;
    if (fabs(near) >= far)
        return near > 0.0 ? assay__wide_of(HUGE_VAL) : assay__wide_zero();
    double k = floor(near / ln2 + 0.5);
    wide whole = assay__wide_mul(assay__wide_of(k), constant(LN2));
    wide power = exp_near_zero(k == 0.0 ? a : assay__wide_sub(a, whole));
    return assay__wide_scale2(power, (long)k);
}

/* log(1 + t) for |t| < 2^-50: the seventh term would be 2^-350 / 7. */
static wide log_one_plus(wide t)
{
    wide sum = assay__wide_zero();
    for (unsigned long n = 6; n > 0; n--) {
        wide term = assay__wide_div_u(assay__wide_of(1.0), n);
        sum = assay__wide_mul(t, assay__wide_sub(term, sum));
    }
    return sum;
}

/* a = 2^e m, m in [0.7, 1.4]; with y the double logarithm of m, log m = y + log(m exp(-y)). */
wide assay__wide_log(wide a)
{
    if (assay__wide_is_nan(a) || assay__wide_sign(a) < 0)
        return assay__wide_of(NAN);
    if (assay__wide_sign(a) == 0)
        return assay__wide_of(-HUGE_VAL);
    if (assay__wide_is_infinite(a))
        return a;
    long e = assay__wide_exponent2(a);
    wide m = assay__wide_scale2(a, -e);
    if (assay__wide_double(m) < 0.7) {
        m = assay__wide_add(m, m);
        e--;
    }
    double y = log(assay__wide_double(m));
    wide near = assay__wide_of(y), ratio = m;
    if (y != 0.0)
        ratio = assay__wide_mul(m, exp_near_zero(assay__wide_neg(near)));
    wide rest = log_one_plus(assay__wide_sub(ratio, assay__wide_of(1.0)));
    wide result = assay__wide_add(near, rest);
    if (e == 0)
        return result;
    return assay__wide_add(assay__wide_mul(assay__wide_of((double)e), constant(LN2)), result);
}

/* ---- complementary error function ------------------------------------------------------------ */

/*
 * 1 - erf(x), erf(x) = 2/sqrt(pi) exp(-x^2) sum x (2x^2)^n / (2n+1)!!: positive terms; up to x = 5
 * the difference loses no more than 40 of 300 bits.
 */
static wide erfc_series(wide x)
{
    wide square = assay__wide_square(x), twice = assay__wide_add(square, square);
    wide term = x, sum = x;
    for (unsigned long n = 1; !is_negligible(term, sum); n++) {
        term = assay__wide_div_u(assay__wide_mul(term, twice), 2 * n + 1);
        sum = assay__wide_add(sum, term);
    }
    wide factor = assay__wide_div(assay__wide_exp(assay__wide_neg(square)), constant(SQRT_PI));
    wide erf = assay__wide_mul(assay__wide_add(factor, factor), sum);
    return assay__wide_sub(assay__wide_of(1.0), erf);
}

/*
 * Laplace's continued fraction: exp(-x^2)/sqrt(pi) / (x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...))).
 * 10 + 300/x levels are good to 128 bits from x = 5 on.
 */
static wide erfc_fraction(wide x)
{
    double levels = floor(10.0 + 300.0 / assay__wide_double(x));
    wide bottom = x;
    for (unsigned long k = (unsigned long)levels; k > 0; k--) {
        wide half_k = assay__wide_of(0.5 * (double)k);
        bottom = assay__wide_add(x, assay__wide_div(half_k, bottom));
    }
    wide top = assay__wide_exp(assay__wide_neg(assay__wide_square(x)));
    return assay__wide_div(top, assay__wide_mul(constant(SQRT_PI), bottom));
}

wide assay__wide_erfc(wide a)
{
    const double series_most = 5.0, far = 1e7;
    double near = assay__wide_double(a);
    if (isnan(near))
        return a;
    if (near < 0.0) {
        wide mirror = assay__wide_erfc(assay__wide_neg(a));
        return assay__wide_sub(assay__wide_of(2.0), mirror);
    }
    if (near > far) /* below 10^-43,000,000,000,000 */
        return assay__wide_zero();
    return near <= series_most ? erfc_series(a) : erfc_fraction(a);
}

/* ---- arcsine --------------------------------------------------------------------------------- */

/* asin(d) = d + d^3/6 + 3 d^5/40 + ... for |d| < 2^-20. */
static wide asin_near_zero(wide d)
{
    wide square = assay__wide_square(d), power = d, sum = d;
    for (unsigned long n = 1; !is_negligible(power, sum); n++) {
        wide odd = assay__wide_of((double)(2 * n - 1));
        power = assay__wide_div_u(assay__wide_mul(assay__wide_mul(power, square), odd), 2 * n);
        sum = assay__wide_add(sum, assay__wide_div_u(power, 2 * n + 1));
    }
    return sum;
}

/* Taylor's series of sine and cosine of an angle of at most pi/2. */
static void sine_and_cosine(wide angle, wide *sine, wide *cosine)
{
    wide terms[2] = {assay__wide_of(1.0), angle}, sums[2] = {terms[0], terms[1]};
    wide square = assay__wide_neg(assay__wide_square(angle));
    for (unsigned long n = 2; !is_negligible(terms[n % 2], sums[n % 2]); n++) {
        terms[n % 2] = assay__wide_div_u(assay__wide_mul(terms[n % 2], square), n * (n - 1));
        sums[n % 2] = assay__wide_add(sums[n % 2], terms[n % 2]);
    }
    *cosine = sums[0];
    *sine = sums[1];
}

/* With y the double arcsine, asin(x) - y = asin(x cos y - sqrt(1 - x^2) sin y). */
wide assay__wide_asin(wide a)
{
    double y = asin(assay__wide_double(a));
    wide one = assay__wide_of(1.0), sine, cosine;
    if (isnan(y) || assay__wide_compare(assay__wide_abs(a), one) > 0)
        return assay__wide_of(NAN);
    wide near = assay__wide_of(y);
    sine_and_cosine(near, &sine, &cosine);
    wide square = assay__wide_mul(assay__wide_sub(one, a), assay__wide_add(one, a));
    wide leg = assay__wide_sqrt(square);
    wide rest = assay__wide_sub(assay__wide_mul(a, cosine), assay__wide_mul(leg, sine));
    return assay__wide_add(near, asin_near_zero(rest));
}

/* ---- logarithm of the gamma function --------------------------------------------------------- */

/* B_2k / (2k (2k - 1)) as above/below, k = 1 .. 17. */
static const struct {
    double above;
    unsigned long below;
} STIRLING[] = {{1, 12},
                {-1, 360},
                {1, 1260},
                {-1, 1680},
                {1, 1188},
                {-691, 360360},
                {1, 156},
                {-3617, 122400},
                {43867, 244188},
                {-174611, 125400},
                {77683, 5796},
                {-236364091, 1506960},
                {657931, 300},
                {-3392780147, 93960},
                {1723168255201, 2492028},
                {-7709321041217, 505920},
                {151628697551, 396}};

/*
 * Stirling's series from 128 on, where the first term left out is below 2^-210; smaller arguments
 * are raised by log gamma(x) = log gamma(x + m) - log(x (x + 1) ... (x + m - 1)).
 */
wide assay__wide_log_gamma(wide a)
{
    wide one = assay__wide_of(1.0), least = assay__wide_of(128.0), x = a, product = one;
    while (assay__wide_compare(x, least) < 0) {
        product = assay__wide_mul(product, x);
        x = assay__wide_add(x, one);
    }
    wide inverse = assay__wide_div(one, x), square = assay__wide_square(inverse);
    wide series = assay__wide_zero();
    for (size_t k = sizeof STIRLING / sizeof *STIRLING; k-- > 0;) {
        wide term = assay__wide_div_u(assay__wide_of(STIRLING[k].above), STIRLING[k].below);
        series = assay__wide_add(term, assay__wide_mul(series, square));
    }
    series = assay__wide_mul(series, inverse);
    wide power = assay__wide_sub(x, assay__wide_of(0.5));
    wide main = assay__wide_sub(assay__wide_mul(power, assay__wide_log(x)), x);
    wide result = assay__wide_add(assay__wide_add(main, constant(HALF_LOG_2PI)), series);
    if (assay__wide_compare(a, least) < 0)
        result = assay__wide_sub(result, assay__wide_log(product));
    return result;
}
