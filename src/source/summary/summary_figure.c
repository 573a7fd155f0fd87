/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether printed figures can be those of a sample, judged by the digits they were printed with. */
#include "source/summary/summary_figure.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "number/number.h"
#include "stats/centred.h"

static inline double power_of_ten(int exponent)
{
    static const double BELOW_1[] = {1e-0,  1e-1,  1e-2,  1e-3,  1e-4,  1e-5,  1e-6,  1e-7,  1e-8,
                                     1e-9,  1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15, 1e-16, 1e-17,
                                     1e-18, 1e-19, 1e-20, 1e-21, 1e-22, 1e-23, 1e-24, 1e-25, 1e-26,
                                     1e-27, 1e-28, 1e-29, 1e-30, 1e-31, 1e-32};
    bool is_listed = exponent <= 0 && -exponent < (int)(sizeof BELOW_1 / sizeof *BELOW_1);
    return is_listed ? BELOW_1[-exponent] : pow(10.0, exponent);
}

/* In two steps where the power of ten is subnormal, and has fewer digits than the product. */
static double times_power_of_ten(double value, int exponent)
{
    enum { LEAST = -300 };
    if (exponent < LEAST)
        return value * power_of_ten(exponent / 2) * power_of_ten(exponent - exponent / 2);
    return value * power_of_ten(exponent);
}

/* The value of a decimal, to about the last digit of a double. */
static inline double value_of(const struct assay_decimal *number)
{
    if (number->digits == NULL)
        return times_power_of_ten((double)number->mantissa, number->exponent);
    double value = 0.0; /* the first digits will do */
    uint32_t used = number->digit_count < 18 ? number->digit_count : 18;
    for (uint32_t i = 0; i < used; i++)
        value = value * 10.0 + (number->digits[i] - '0');
    value = times_power_of_ten(value, number->exponent + (int)(number->digit_count - used));
    return number->mantissa < 0 ? -value : value;
}

/* The largest double of 20 bits. */
static const double SLACK_MAX = 0x1.ffffep1023;

double assay__slack_add(double slack, double more)
{
    double sum = slack + more;
    return sum <= SLACK_MAX ? sum : SLACK_MAX;
}

double assay__slack_round_up(double slack)
{
    if (slack < DBL_MIN)
        return slack;
    if (!(slack <= SLACK_MAX)) /* or it is not known, as that of infinity times 0 */
        return SLACK_MAX;
    uint64_t bits, cut = (UINT64_C(1) << 33) - 1; /* of the 53 bits of a double 20 are left */
    memcpy(&bits, &slack, sizeof bits);
    bits = (bits + cut) & ~cut;
    memcpy(&slack, &bits, sizeof slack);
    return slack;
}

/* How far a value of so many digits may be off that is a multiple of 10^-decimals. */
static inline struct assay__figure judge(double value, int digits, int decimals, int exponent)
{
    struct assay__figure out = {value, 0.0};
    if (decimals > 0)
        out.slack = 0.51 * power_of_ten(exponent - decimals);
    double of_double = 1e-10 * fabs(out.value); /* compared here: fmax() is a call */
    if (digits >= 15 && (decimals > 0 || fabs(out.value) > ASSAY__WHOLE_MAX) &&
        of_double > out.slack && of_double <= DBL_MAX) /* a sum may be beyond doubles */
        out.slack = of_double;
    out.slack = assay__slack_round_up(out.slack);
    return out;
}

struct assay__figure assay__figure_plain(const struct assay_decimal *number,
                                         const struct assay__spelling *spelling)
{
    return judge(value_of(number), (int)spelling->digits, (int)spelling->decimals, 0);
}

struct assay__figure assay__figure_of(const struct assay_decimal *number, const char *text,
                                      size_t length, char decimal_mark)
{
    int decimals = 0, exponent = 0, digits = 0;
    bool has_point = false, leads = true;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == 'e' || text[i] == 'E') {
            exponent = (int)strtol(text + i + 1, NULL, 10); /* the text was read as a number */
            break;
        }
        has_point = has_point || text[i] == decimal_mark;
        leads = leads && (text[i] < '1' || text[i] > '9');
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        digits += is_digit && !leads;
        decimals += is_digit && has_point;
    }
    return judge(value_of(number), digits, decimals, exponent);
}

void assay__figures_slack(double units, struct assay__figure mean, struct assay__figure variance,
                          double slack[2])
{
    double off = mean.slack, size = fabs(mean.value);
    slack[0] = assay__slack_round_up(units * off);
    slack[1] = assay__slack_round_up((units - 1.0) * variance.slack +
                                     units * (size * off + size * off + off * off));
}

/*
 * A mean of one or two decimals, such as 0.2, is a round number that lost its zeros: it is as exact
 * as the variance beside it. A longer one may have been rounded on its way.
 */
static double mean_slack(struct assay__figure mean, struct assay__figure variance)
{
    return mean.slack > 0.005 && variance.slack > 0.0 ? fmin(mean.slack, variance.slack)
                                                      : mean.slack;
}

bool assay__figures_are_share(uint64_t n, struct assay__figure mean, struct assay__figure variance)
{
    double m = mean.value, units = (double)n, want = units * m * (1.0 - m);
    double gap =
        fmin(fabs((units - 1.0) * variance.value - want), fabs(units * variance.value - want));
    double off = mean_slack(mean, variance);
    double slack = variance.slack + (fabs(1.0 - 2.0 * m) + off) * off;
    return gap <= units * slack + 1e-9 * fabs(want);
}

bool assay__sums_are_share(struct assay__figure sum, struct assay__figure squares)
{
    return fabs(sum.value - squares.value) <= sum.slack + squares.slack;
}

/* Their difference is off by some 1e-15 of the squares; eight digits of 15 are to be left. */
bool assay__sums_keep_digits(uint64_t n, struct assay__figure sum, struct assay__figure squares)
{
    double centred = squares.value - sum.value * (sum.value / (double)n);
    return squares.value > 0.0 && squares.value < 1e300 && centred > 1e-6 * squares.value;
}

static struct assay__figure variance_of(const struct assay__figure *covariances, uint32_t i)
{
    return covariances[assay__pair(i, i)];
}

static bool has_impossible_pair(const struct assay__figure *covariances, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            struct assay__figure a = variance_of(covariances, i), b = variance_of(covariances, j);
            struct assay__figure both = covariances[assay__pair(i, j)];
            double most = sqrt((a.value + a.slack) * (b.value + b.slack));
            if (fabs(both.value) - both.slack > most * (1.0 + 1e-9))
                return true;
        }
    }
    return false;
}

/* The correlations of the variables that vary, and a bound of what rounding adds to the matrix. */
static uint32_t correlate(const struct assay__figure *covariances, uint32_t count,
                          double matrix[ASSAY_VARIABLES_MAX][ASSAY_VARIABLES_MAX], double *slack)
{
    uint32_t used[ASSAY_VARIABLES_MAX], size = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct assay__figure own = variance_of(covariances, i);
        if (own.value > own.slack) /* false for NaN */
            used[size++] = i;
    }
    *slack = 1e-9;
    for (uint32_t i = 0; i < size; i++) {
        double row_slack = 1e-9;
        for (uint32_t j = 0; j < size; j++) {
            struct assay__figure both = covariances[assay__pair(used[i], used[j])];
            struct assay__figure a = variance_of(covariances, used[i]);
            struct assay__figure b = variance_of(covariances, used[j]);
            double scale = sqrt(a.value) * sqrt(b.value);
            matrix[i][j] = i == j ? 1.0 : both.value / scale;
            if (i != j)
                row_slack += both.slack / scale +
                             0.5 * fabs(matrix[i][j]) * (a.slack / a.value + b.slack / b.value);
        }
        *slack = fmax(*slack, row_slack);
    }
    return size;
}

/* LDL' of the correlations plus their slack: a sum of squares that rounding cannot make negative.
 */
static bool is_semidefinite(double matrix[ASSAY_VARIABLES_MAX][ASSAY_VARIABLES_MAX], uint32_t size,
                            double slack)
{
    for (uint32_t i = 0; i < size; i++)
        matrix[i][i] += slack;
    for (uint32_t k = 0; k < size; k++) {
        if (!(matrix[k][k] > 1e-10))
            return false;
        for (uint32_t i = k + 1; i < size; i++)
            for (uint32_t j = k + 1; j < size; j++)
                matrix[i][j] -= matrix[i][k] / matrix[k][k] * matrix[k][j];
    }
    return true;
}

enum assay__matrix_outcome assay__matrix_judge(const struct assay__figure *covariances,
                                               uint32_t count)
{
    double matrix[ASSAY_VARIABLES_MAX][ASSAY_VARIABLES_MAX], slack;
    if (has_impossible_pair(covariances, count))
        return ASSAY__MATRIX_PAIR;
    uint32_t size = correlate(covariances, count, matrix, &slack);
    return is_semidefinite(matrix, size, slack) ? ASSAY__MATRIX_POSSIBLE : ASSAY__MATRIX_WHOLE;
}
