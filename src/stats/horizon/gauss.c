/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The 20-point Gauss-Legendre and Gauss-Hermite rules, and the polynomial through its points. GSL
 * has the same table, but gsl_integration_glfixed_table_alloc() asks for memory and aborts the host
 * without it.
 */
#define LEGENDRE_TARGET
#define LEGENDRE_WIDTH 2
#define LEGENDRE_NAME assay__legendre_values_plainly
#include "stats/horizon/legendre_body.h"

#include <math.h>

enum { POINTS = ASSAY__GAUSS_POINTS, HALF = POINTS / 2 };

/* mpmath, 35 digits; the tests compare them with GSL's. */
static const double NODE[HALF] = {
    0.076526521133497333755, 0.22778585114164507808, 0.37370608871541956067, 0.510867001950827098,
    0.63605368072651502545,  0.74633190646015079261, 0.83911697182221882339, 0.91223442825132590587,
    0.96397192727791379127,  0.99312859918509492479};
static const double WEIGHT[HALF] = {0.1527533871307258507,   0.14917298647260374679,
                                    0.14209610931838205133,  0.1316886384491766269,
                                    0.11819453196151841731,  0.10193011981724043504,
                                    0.083276741576704748725, 0.06267204833410906357,
                                    0.040601429800386941331, 0.017614007139152118312};

/* The same for the standard normal density: probabilists' Hermite polynomials. */
const struct assay__normal_rule assay__normal_20 = {
    20,
    {-7.6190485416797582914,  -6.5105901570136544864, -5.5787388058932011527,
     -4.7345813340460553439,  -3.9439673506573162603, -3.1890148165533894149,
     -2.4586636111723677513,  -1.7452473208141267149, -1.0429453488027510315,
     -0.34696415708135592797, 0.34696415708135592797, 1.0429453488027510315,
     1.7452473208141267149,   2.4586636111723677513,  3.1890148165533894149,
     3.9439673506573162603,   4.7345813340460553439,  5.5787388058932011527,
     6.5105901570136544864,   7.6190485416797582914},
    {1.2578006724379270154e-13, 2.4820623623151786456e-10, 6.1274902599829475405e-8,
     4.4021210902308528331e-6,  0.0001288262799619294494,  0.0018301031310804927956,
     0.01399783744710100335,    0.061506372063976906552,   0.16173933398399996172,
     0.26079306344955485915,    0.26079306344955485915,    0.16173933398399996172,
     0.061506372063976906552,   0.01399783744710100335,    0.0018301031310804927956,
     0.0001288262799619294494,  4.4021210902308528331e-6,  6.1274902599829475405e-8,
     2.4820623623151786456e-10, 1.2578006724379270154e-13}};
const struct assay__normal_rule assay__normal_8 = {
    8,
    {-4.1445471861258943321, -2.8024858612875416991, -1.6365190424351079992,
     -0.53907981135137510807, 0.53907981135137510807, 1.6365190424351079992, 2.8024858612875416991,
     4.1445471861258943321},
    {0.00011261453837536777039, 0.0096352201207882671869, 0.11723990766175901512,
     0.37301225767907734993, 0.37301225767907734993, 0.11723990766175901512,
     0.0096352201207882671869, 0.00011261453837536777039}};

double assay__gauss_node(int i)
{
    return i < HALF ? -NODE[HALF - 1 - i] : NODE[i - HALF];
}

double assay__gauss_weight(int i)
{
    return i < HALF ? WEIGHT[HALF - 1 - i] : WEIGHT[i - HALF];
}

int assay__legendre_fit(const double values[POINTS], double coefficients[POINTS])
{
    double x[POINTS], before[POINTS], now[POINTS], weighted[POINTS];
    for (int i = 0; i < POINTS; i++) {
        x[i] = assay__gauss_node(i);
        weighted[i] = assay__gauss_weight(i) * values[i];
        before[i] = 0.0;
        now[i] = 1.0;
    }
    for (int m = 0; m < POINTS; m++) {
        double sum = 0.0;
        for (int i = 0; i < POINTS; i++) {
            sum += weighted[i] * now[i];
            double next = ((2 * m + 1) * x[i] * now[i] - m * before[i]) / (m + 1);
            before[i] = now[i];
            now[i] = next;
        }
        coefficients[m] = (m + 0.5) * sum;
    }
    double largest = 0.0;
    int count = POINTS;
    for (int i = 0; i < POINTS; i++)
        largest = fmax(largest, fabs(values[i]));
    while (count > 1 && fabs(coefficients[count - 1]) < 0x1p-56 * largest)
        count--;
    return count;
}

void assay__legendre_values(const double coefficients[POINTS], int count, const double *x,
                            int places, double *values)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        assay__legendre_values_wide(coefficients, count, x, places, values);
        return;
    }
#endif
    assay__legendre_values_plainly(coefficients, count, x, places, values);
}
