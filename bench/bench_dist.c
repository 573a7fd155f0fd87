/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nanoseconds per call of the distributions: fixed seed, CALLS random arguments that stay the same,
 * one warm-up, then RUNS timed runs over all of them. One JSON line per function and area, with the
 * peer, GSL, timed run by run in turns with assay on the same arguments; GSL has no noncentral t.
 * Time is the processor's, so that other processes matter less.
 * Where GSL would abort the process (its default handler), the handler is off and its time is that
 * of failing. The digits of both are what `make bench-accuracy` is about.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "timing.h"

enum { RUNS = 15, CALLS = 1 << 9 };

typedef double (*function1)(double);
typedef double (*function2)(double, double);
typedef double (*function3)(double, double, double);

/* One function of either library; one of the three is set. */
struct function {
    function1 one;
    function2 two;
    function3 three;
};

/* How arguments are drawn: the tail probability log-uniform, each df log-uniform. */
struct area {
    const char *name;
    double p_least, p_most;
    double df_least, df_most;
};

static const struct area AREAS[] = {
    {"usual", 1e-12, 0.5, 5.0, 1e6},
    {"deep", 1e-300, 1e-12, 5.0, 1e6},
    {"small df", 1e-12, 0.5, 1.0, 5.0},
    {"large df", 1e-12, 0.5, 1e6, 1e15},
};

/* What a case is called with: a tail's point or its probability; then df, and df2 or delta. */
enum inputs { NORMAL_POINT, T_POINT, CHI2_UPPER, CHI2_LOWER, F_UPPER, F_LOWER, NCT_POINT, TAIL };

struct scenario {
    const char *name;
    enum inputs inputs;
    struct function assay, gsl;
};

static const struct scenario SCENARIOS[] = {
    {"normal_upper", NORMAL_POINT, {.one = assay_normal_upper}, {.one = gsl_cdf_ugaussian_Q}},
    {"normal_log_upper", NORMAL_POINT, {.one = assay_normal_log_upper}, {NULL, NULL, NULL}},
    {"normal_quantile_upper",
     TAIL,
     {.one = assay_normal_quantile_upper},
     {.one = gsl_cdf_ugaussian_Qinv}},
    {"t_upper", T_POINT, {.two = assay_t_upper}, {.two = gsl_cdf_tdist_Q}},
    {"t_log_upper", T_POINT, {.two = assay_t_log_upper}, {NULL, NULL, NULL}},
    {"t_quantile_upper", TAIL, {.two = assay_t_quantile_upper}, {.two = gsl_cdf_tdist_Qinv}},
    {"chi2_upper", CHI2_UPPER, {.two = assay_chi2_upper}, {.two = gsl_cdf_chisq_Q}},
    {"chi2_lower", CHI2_LOWER, {.two = assay_chi2_lower}, {.two = gsl_cdf_chisq_P}},
    {"chi2_quantile_upper", TAIL, {.two = assay_chi2_quantile_upper}, {.two = gsl_cdf_chisq_Qinv}},
    {"chi2_quantile_lower", TAIL, {.two = assay_chi2_quantile_lower}, {.two = gsl_cdf_chisq_Pinv}},
    {"f_upper", F_UPPER, {.three = assay_f_upper}, {.three = gsl_cdf_fdist_Q}},
    {"f_lower", F_LOWER, {.three = assay_f_lower}, {.three = gsl_cdf_fdist_P}},
    {"f_quantile_upper", TAIL, {.three = assay_f_quantile_upper}, {.three = gsl_cdf_fdist_Qinv}},
    {"nct_upper", NCT_POINT, {.three = assay_nct_upper}, {NULL, NULL, NULL}},
    {"nct_lower", NCT_POINT, {.three = assay_nct_lower}, {NULL, NULL, NULL}},
};

static double arguments[CALLS][3];

static double next_uniform(uint64_t *state)
{
    return (double)(next_random(state) >> 11) * 0x1p-53;
}

static double draw_log(double least, double most, uint64_t *state)
{
    return least * exp(log(most / least) * next_uniform(state));
}

static void fill(const struct area *area, enum inputs inputs)
{
    uint64_t state = 20261126;
    for (int i = 0; i < CALLS; i++) {
        double *a = arguments[i];
        double p = draw_log(area->p_least, area->p_most, &state);
        double df = draw_log(area->df_least, area->df_most, &state);
        double df2 = draw_log(area->df_least, area->df_most, &state);
        a[0] = p;
        a[1] = df;
        a[2] = df2;
        switch (inputs) {
        case NORMAL_POINT:
            a[0] = assay_normal_quantile_upper(p);
            break;
        case T_POINT:
            a[0] = assay_t_quantile_upper(p, df);
            break;
        case CHI2_UPPER:
            a[0] = assay_chi2_quantile_upper(p, df);
            break;
        case CHI2_LOWER:
            a[0] = assay_chi2_quantile_lower(p, df);
            break;
        case F_UPPER:
            a[0] = assay_f_quantile_upper(p, df, df2);
            break;
        case F_LOWER:
            a[0] = assay_f_quantile_lower(p, df, df2);
            break;
        case NCT_POINT: /* the power of a test at level p */
            a[0] = assay_t_quantile_upper(p, df);
            a[2] = 8.0 * next_uniform(&state);
            break;
        case TAIL:
            break;
        }
    }
}

/* Calls f with all arguments; ns per call. */
static double time_calls(struct function f)
{
    double sum = 0.0, start = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < CALLS; i++) {
        const double *a = arguments[i];
        sum += f.one != NULL   ? f.one(a[0])
               : f.two != NULL ? f.two(a[0], a[1])
                               : f.three(a[0], a[1], a[2]);
    }
    double elapsed = now_ns(CLOCK_PROCESS_CPUTIME_ID) - start;
    volatile double sink = sum;
    (void)sink;
    return elapsed / CALLS;
}

static int is_set(struct function f)
{
    return f.one != NULL || f.two != NULL || f.three != NULL;
}

static void measure(const struct scenario *scenario, const struct area *area)
{
    double ours[RUNS], theirs[RUNS] = {0};
    int has_peer = is_set(scenario->gsl);
    fill(area, scenario->inputs);
    time_calls(scenario->assay);
    for (int i = 0; i < RUNS; i++) {
        ours[i] = time_calls(scenario->assay);
        if (has_peer)
            theirs[i] = time_calls(scenario->gsl);
    }
    double median = sort_times(ours, RUNS), peer = sort_times(theirs, RUNS);
    printf("{\"bench\":\"dist\",\"case\":\"%s\",\"area\":\"%s\",\"calls\":%d,\"runs\":%d,"
           "\"ns_min\":%.1f,\"ns_median\":%.1f,\"ns_max\":%.1f",
           scenario->name, area->name, CALLS, RUNS, ours[0], median, ours[RUNS - 1]);
    if (has_peer)
        printf(",\"gsl_ns_median\":%.1f,\"gsl_over_assay\":%.2f", peer, peer / median);
    printf(",\"compiler\":\"%s\"}\n", __VERSION__);
}

int main(void)
{
    gsl_set_error_handler_off();
    for (size_t s = 0; s < sizeof SCENARIOS / sizeof *SCENARIOS; s++)
        for (size_t a = 0; a < sizeof AREAS / sizeof *AREAS; a++)
            if (a < 2 || SCENARIOS[s].assay.one == NULL) /* the normal has no df */
                measure(&SCENARIOS[s], &AREAS[a]);
    return EXIT_SUCCESS;
}
