/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tail probabilities as an integral from a point outwards, and steps along them. */
#include "stats/dist/tail.h"

#include <gsl/gsl_sf_log.h>
#include <math.h>

double assay__tail_probability(const struct assay__tail *tail)
{
    /* Half the exponent twice: exp() of the whole may be subnormal where the product is not. */
    double hi = tail->exponent.hi, mass = tail->mass * (1.0 + tail->exponent.lo);
    if (hi > -700.0)
        return tail->plus + mass * exp(hi);
    if (hi < -760.0) /* below the least subnormal; exp() would set errno */
        return tail->plus;
    double root = exp(0.5 * hi);
    return tail->plus + mass * root * root;
}

double assay__tail_log(const struct assay__tail *tail)
{
    if (tail->plus > 0.0)
        return log(assay__tail_probability(tail));
    return tail->exponent.hi + (tail->exponent.lo + log(tail->mass));
}

/*
 * The distance d solves integral over (0, d) of exp(-D) = c, c being integral (1 - p/tail). Its
 * series in c has the derivatives of D: by d' = exp(D(d)),
 *
 *     d = c + D1 c^2/2 + (2 D1^2 + D2) c^3/6 + (6 D1^3 + 7 D1 D2 + D3) c^4/24
 *       + (24 D1^4 + 46 D1^2 D2 + 7 D2^2 + 11 D1 D3 + D4) c^5/120 + ...
 *
 * The powers of D1 alone, all there is in an exponential tail, sum to -log(1 - D1 c)/D1. Each
 * further term is smaller by about miss; a miss of 1.5e-3 leaves 1e-17 of the integral.
 */
double assay__point_advance(const struct assay__point *point, double p, double *miss)
{
    const double normal_least = 1e-300; /* below it, the tail has fewer bits than its log */
    const double *d = point->slope;
    double value = assay__tail_probability(&point->tail);
    if (p < normal_least || value < normal_least) {
        double ratio = log(p) - assay__tail_log(&point->tail);
        *miss = fabs(ratio);
        /* The log of a tail is concave: Newton's step on it always converges. */
        if (*miss > 0.1)
            return -point->integral * ratio;
        *miss = -expm1(ratio);
    } else {
        *miss = (value - p) / value;
        if (fabs(*miss) > 0.1) {
            *miss = fabs(*miss);
            return point->integral * (log(value) - log(p));
        }
    }
    double c = point->integral * *miss, z = d[0] * c, square = c * c;
    double first = fabs(z) < 1e-8 ? c * (1.0 + 0.5 * z) : -log1p(-z) / d[0];
    double third = d[1] / 6.0;
    double fourth = (7.0 * d[0] * d[1] + d[2]) / 24.0;
    double fifth =
        (46.0 * d[0] * d[0] * d[1] + 7.0 * d[1] * d[1] + 11.0 * d[0] * d[2] + d[3]) / 120.0;
    *miss = fabs(*miss);
    return first + c * square * (third + c * (fourth + c * fifth));
}

double assay__move_log(double x, double step)
{
    const double most = 700.0; /* beyond, exp() would set errno */
    if (fabs(step) < 0.5)
        return x + x * expm1(step);
    return x * exp(fmax(fmin(step, most), -most));
}

enum { NODES = 14 };

/* Gauss-Legendre with 28 points on [0, 1]: (1 - x)/2 and (1 + x)/2 for the positive zeros x of the
 * Legendre polynomial P28, and their weight 1/((1 - x^2) P28'(x)^2). */
static const double RULE[NODES][3] = {
    {0.00177875121302277502, 0.998221248786977225, 0.00456214129654725887},
    {0.00934841731456362315, 0.990651582685436377, 0.0105660562963856299},
    {0.0228703596855309014, 0.977129640314469099, 0.01645071389115219},
    {0.0421834868039339631, 0.957816513196066037, 0.0221364673795021139},
    {0.0670537387128024755, 0.932946261287197524, 0.0275536728378583727},
    {0.0971793145414104143, 0.902820685458589586, 0.0326364619834997979},
    {0.132194560993184114, 0.867805439006815886, 0.0373231071172843895},
    {0.171674452980567519, 0.828325547019432481, 0.0415567086144506092},
    {0.21513976409429914, 0.78486023590570086, 0.0452858721965164205},
    {0.262062887522440869, 0.737937112477559131, 0.0484653289989649579},
    {0.311874241955460645, 0.688125758044539355, 0.0510564837890303849},
    {0.363969186182410961, 0.636030813817589039, 0.053027882961423209},
    {0.417715358933309614, 0.582284641066690386, 0.0543555961291470676},
    {0.472460355057982865, 0.527539644942017135, 0.0550235065082375981},
};

/*
 * Over [0, R] with D(R) about 40, what is left out is below 1e-17 of the tail. An exponential tail
 * needs 22 points for 1e-17 on such a range, half a normal 20; 28 is for the most skew of the
 * densities used here (log of chi-square with 1 df upward, beta (50, 1/2) downward).
 */
double assay__drop_integral(assay__drop drop, const void *context, double first, double second)
{
    const double least = 38.0, enough = 40.0, most = 45.0;
    struct assay__pair sum = {0.0, 0.0};
    double slope, end = 2.0 * enough / (first + sqrt(first * first + 2.0 * enough * second));
    for (int i = 0; i < 20; i++) { /* Newton; D is convex */
        double depth = drop(context, end, &slope);
        if (depth > least && depth < most)
            break;
        end -= (depth - enough) / slope;
    }
    for (int i = 0; i < NODES; i++) {
        double near = drop(context, end * RULE[i][0], &slope);
        double far = drop(context, end * RULE[i][1], &slope);
        pair_accumulate(&sum, RULE[i][2] * exp(-near));
        pair_accumulate(&sum, RULE[i][2] * exp(-far));
    }
    return (sum.hi + sum.lo) * end;
}

double assay__range_integral(double (*function)(const void *context, double x), const void *context,
                             double from, double to)
{
    struct assay__pair sum = {0.0, 0.0};
    double width = to - from;
    for (int i = 0; i < NODES; i++) {
        pair_accumulate(&sum, RULE[i][2] * function(context, from + width * RULE[i][0]));
        pair_accumulate(&sum, RULE[i][2] * function(context, to - width * RULE[i][0]));
    }
    return (sum.hi + sum.lo) * width;
}

/*
 * The continued fraction of DiDonato and Morris (1992), ACM TOMS 18:360, eq. 9.1 (BFRAC), which is
 *
 *     integral = 1/(beta_0 + alpha_1/(beta_1 + alpha_2/(beta_2 + ...)))
 *
 * with positive terms as long as n < b. At the mode, where it is slowest, it takes some
 * 2.5 sqrt(min(a, b)) of them to the last digit, and up to 80 when b is near 1/2; far from the mode
 * ten do. Neighbouring convergents lie on both sides of the limit, so their differences cancel;
 * sums of two such differences, added here, are positive. With D_n = 1/(beta_n + alpha_n D_(n-1))
 * the difference n is -alpha_n D_(n-1) D_n times the one before, and the sum of n and n + 1 is
 * beta_(n+1) D_(n+1) times difference n.
 */
double assay__beta_integral(const struct assay__beta *beta)
{
    const double inverse = 1.0 / beta->a, x = beta->x, bx = beta->bx;
    double level = 1.0 + beta->rise, reach = 1.0 + beta->y;
    double first = (1.0 + inverse) / level; /* 1/beta_0 */
    double d = first, difference = first;
    struct assay__pair sum = {0.0, 0.0};
    for (int n = 1; n < 1000; n++) {
        double t = n * inverse, p = 1.0 + t - inverse;
        double e = 1.0 / (1.0 + 2.0 * t - inverse), w = n * (bx - n * x);
        double alpha = p * (p * x + bx * inverse) * e * e * w;
        double even = w * e * inverse + n;
        double divisor = even + (1.0 + t) / (1.0 + inverse + 2.0 * t) * (level + n * reach);
        double next = 1.0 / (divisor + alpha * d);
        if (n % 2 == 1) {
            double pair = difference * divisor * next;
            pair_accumulate(&sum, pair);
            if (fabs(pair) <= 1e-17 * sum.hi)
                break;
        }
        difference *= -alpha * d * next;
        d = next;
    }
    return sum.hi + sum.lo;
}

/*
 * log(1 + x) - x over x^2 for |x| < 1/2, as a Chebyshev series in t = (8 x + 1)/(2 (x + 2)), by
 * Clenshaw's recurrence: the series, and the bits, of gsl_sf_log_1plusx_mx(), which sums its error
 * as well and takes four times as long.
 */
static double log1pmx_series(double x)
{
    static const double SERIES[20] = {
        -1.121002313237441,      0.19553462773379388,     -0.01467470453808084,
        0.0016667825047436548,   -0.0001854335614770037,  2.280154021771635e-05,
        -2.803125311663352e-06,  3.593656887252216e-07,   -4.624185704106206e-08,
        6.082263745940399e-09,   -8.033982442481579e-10,  1.0751718277499374e-10,
        -1.4445310914224613e-11, 1.9573912180610338e-12,  -2.6614436796793063e-13,
        3.6402634315269587e-14,  -4.9937495922755005e-15, 6.880289021884681e-16,
        -9.503412979480427e-17,  1.3170135013050997e-17,
    };
    double sum = 0.0, before = 0.0, t = 0.5 * (8.0 * x + 1.0) / (x + 2.0);
    t = ((2.0 * t + 1.0) - 1.0) / 2.0; /* as GSL maps its interval: not the same to the bit */
    double twice = 2.0 * t;
    for (int k = 19; k > 3; k -= 4) { /* the sum and the one before take turns */
        before = twice * sum - before + SERIES[k];
        sum = twice * before - sum + SERIES[k - 1];
        before = twice * sum - before + SERIES[k - 2];
        sum = twice * before - sum + SERIES[k - 3];
    }
    before = twice * sum - before + SERIES[3];
    sum = twice * before - sum + SERIES[2];
    before = twice * sum - before + SERIES[1];
    return x * x * (t * before - sum + 0.5 * SERIES[0]);
}

/* GSL's handler would end the process for arguments outside the domain: it is not asked then. */
double assay__log1pmx(double x)
{
    const double near_zero = 7.4e-4; /* here GSL takes the power series: below 7.4009597974e-4 */
    const double series_end = 7.5e-4;
    double size = fabs(x);
    if (size < near_zero) {
        double rest = -1.0 / 6.0 + x * (1.0 / 7.0 + x * (-1.0 / 8.0 + x * (1.0 / 9.0 + x * -0.1)));
        return x * x * (-0.5 + x * (1.0 / 3.0 + x * (-0.25 + x * (0.2 + x * rest))));
    }
    if (size > series_end && size < 0.5)
        return log1pmx_series(x);
    if (!(x > -1.0 && x < (double)INFINITY))
        return log1p(x) - x;
    return size < 0.5 ? gsl_sf_log_1plusx_mx(x) : log(1.0 + x) - x; /* both as GSL has it */
}

double assay__expm1mx(double x)
{
    if (fabs(x) > 0.5)
        return exp(x) - 1.0 - x;
    /* x^2 (1/2! + x/3! + x^2/4! + ...) */
    double sum = 1.0 / 1307674368000.0;
    sum = sum * x + 1.0 / 87178291200.0;
    sum = sum * x + 1.0 / 6227020800.0;
    sum = sum * x + 1.0 / 479001600.0;
    sum = sum * x + 1.0 / 39916800.0;
    sum = sum * x + 1.0 / 3628800.0;
    sum = sum * x + 1.0 / 362880.0;
    sum = sum * x + 1.0 / 40320.0;
    sum = sum * x + 1.0 / 5040.0;
    sum = sum * x + 1.0 / 720.0;
    sum = sum * x + 1.0 / 120.0;
    sum = sum * x + 1.0 / 24.0;
    sum = sum * x + 1.0 / 6.0;
    return x * x * (sum * x + 0.5);
}

/* (z + 1/2) ln(1 + 1/z) - 1, the change of stirling() from z + 1 to z: with v = 1/(2 z + 1),
 * ln(1 + 1/z) is 2 atanh(v), and what is left of the series is v^2/3 + v^4/5 + ... */
static double stirling_change(double z)
{
    double v = 1.0 / (2.0 * z + 1.0), square = v * v, power = square, sum = 0.0;
    for (int k = 3; power > 1e-17; k += 2) {
        sum += power / k;
        power *= square;
    }
    return sum;
}

double assay__stirling(double a)
{
    /* B_2k / (2k (2k - 1)); from a = 8 on, nine terms leave 1e-17. */
    static const double SERIES[] = {1.0 / 12.0,    -1.0 / 360.0,       1.0 / 1260.0,
                                    -1.0 / 1680.0, 1.0 / 1188.0,       -691.0 / 360360.0,
                                    1.0 / 156.0,   -3617.0 / 122400.0, 43867.0 / 244188.0};
    double below = 0.0;
    for (; a < 8.0; a += 1.0)
        below += stirling_change(a);
    double inverse = 1.0 / a, square = inverse * inverse, sum = 0.0;
    for (int k = (int)(sizeof SERIES / sizeof *SERIES) - 1; k >= 0; k--)
        sum = sum * square + SERIES[k];
    return below + sum * inverse;
}
