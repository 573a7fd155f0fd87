/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nanoseconds per comparison of two groups with its four intervals, per required size and per
 * powered effect: PAIRS random pairs of groups as experiments have them, one warm-up, then RUNS
 * timed runs over all of them. One JSON line a case; processor time.
 *
 *     bench_compare [CASE]
 *
 * With the name of a case, it is run once over all pairs and nothing is timed: for callgrind.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "timing.h"

enum { RUNS = 15, PAIRS = 256 };

struct pair {
    struct assay_summary baseline, compared;
    struct assay_size_design design;
};

static struct pair pairs[PAIRS];

static double next_uniform(uint64_t *state)
{
    return (double)(next_random(state) >> 11) * 0x1p-53;
}

static double draw_log(double least, double most, uint64_t *state)
{
    return least * exp(log(most / least) * next_uniform(state));
}

/* Groups of 1,000 to 10 million units, of one size or not, some standard errors apart. */
static void fill_pairs(enum assay_metric_type type, enum assay_test_kind test)
{
    uint64_t state = 20261129;
    for (int i = 0; i < PAIRS; i++) {
        double n = floor(draw_log(1e3, 1e7, &state)), other = floor(n * (1.0 + (double)(i % 3)));
        double share = 0.02 + 0.5 * next_uniform(&state), mean = draw_log(0.1, 1e3, &state);
        double deviation = mean * draw_log(0.3, 10.0, &state), variance = deviation * deviation;
        bool is_share = type == ASSAY_METRIC_PROPORTION;
        if (is_share) {
            mean = share;
            variance = share * (1.0 - share);
        }
        double error = sqrt(variance / n + variance / other), moved = 8.0 * next_uniform(&state);
        double spread = variance * (0.9 + 0.2 * next_uniform(&state));
        pairs[i].baseline = (struct assay_summary){(uint64_t)n, mean, variance, NAN};
        pairs[i].compared =
            (struct assay_summary){(uint64_t)other, mean + (moved - 4.0) * error, spread, NAN};
        pairs[i].design = (struct assay_size_design){.type = type,
                                                     .test = test,
                                                     .side = ASSAY_SIDE_BOTH,
                                                     .alpha = i % 2 == 0 ? 0.05 : 0.0125,
                                                     .power = 0.8,
                                                     .baseline_weight = n,
                                                     .compared_weight = other,
                                                     .baseline_mean = share,
                                                     .baseline_variance = variance,
                                                     .compared_variance = spread,
                                                     .effect = (1.0 + moved) * error};
        if (is_share)
            pairs[i].design.effect = fmin(pairs[i].design.effect, 0.4 * (1.0 - share));
    }
}

/* What is timed, once over all pairs; the sum keeps the compiler from leaving calls out. */
typedef double (*work)(enum assay_metric_type type, enum assay_test_kind test);

static double compare_all(enum assay_metric_type type, enum assay_test_kind test)
{
    double sum = 0.0;
    for (int i = 0; i < PAIRS; i++) {
        struct assay_method method = {.type = type,
                                      .test = test,
                                      .side = (enum assay_side)(i % 3),
                                      .alpha = i % 2 == 0 ? 0.05 : 0.0125};
        struct assay_comparison comparison;
        struct assay_error err;
        check(assay_summaries_compare(&pairs[i].baseline, &pairs[i].compared, &method, &comparison,
                                      &err),
              &err);
        sum += comparison.relative.fieller_lower;
    }
    return sum;
}

static double require_all(enum assay_metric_type type, enum assay_test_kind test)
{
    double sum = 0.0;
    (void)type;
    (void)test;
    for (int i = 0; i < PAIRS; i++) {
        struct assay_size_result size;
        struct assay_error err;
        check(assay_size_required(&pairs[i].design, &size, &err), &err);
        sum += size.total;
    }
    return sum;
}

static double find_effects(enum assay_metric_type type, enum assay_test_kind test)
{
    double sum = 0.0, effect;
    (void)type;
    (void)test;
    for (int i = 0; i < PAIRS; i++) {
        struct assay_error err;
        check(assay_size_effect(&pairs[i].design, (double)pairs[i].baseline.n,
                                (double)pairs[i].compared.n, &effect, &err),
              &err);
        sum += effect;
    }
    return sum;
}

struct scenario {
    const char *name;
    work work;
    enum assay_metric_type type;
    enum assay_test_kind test;
};

static const struct scenario SCENARIOS[] = {
    {"compare_mean_t", compare_all, ASSAY_METRIC_MEAN, ASSAY_TEST_T},
    {"compare_mean_z", compare_all, ASSAY_METRIC_MEAN, ASSAY_TEST_Z},
    {"compare_share_t", compare_all, ASSAY_METRIC_PROPORTION, ASSAY_TEST_T},
    {"compare_share_z", compare_all, ASSAY_METRIC_PROPORTION, ASSAY_TEST_Z},
    {"required_mean_t", require_all, ASSAY_METRIC_MEAN, ASSAY_TEST_T},
    {"required_mean_z", require_all, ASSAY_METRIC_MEAN, ASSAY_TEST_Z},
    {"required_share_t", require_all, ASSAY_METRIC_PROPORTION, ASSAY_TEST_T},
    {"effect_mean_t", find_effects, ASSAY_METRIC_MEAN, ASSAY_TEST_T},
    {"effect_mean_z", find_effects, ASSAY_METRIC_MEAN, ASSAY_TEST_Z},
    {"effect_share_t", find_effects, ASSAY_METRIC_PROPORTION, ASSAY_TEST_T},
};

static void run_case(const struct scenario *scenario)
{
    volatile double sink = scenario->work(scenario->type, scenario->test);
    (void)sink;
}

static void measure(const struct scenario *scenario)
{
    double times[RUNS];
    fill_pairs(scenario->type, scenario->test);
    run_case(scenario);
    for (int i = 0; i < RUNS; i++) {
        double start = now_ns(CLOCK_PROCESS_CPUTIME_ID);
        run_case(scenario);
        times[i] = (now_ns(CLOCK_PROCESS_CPUTIME_ID) - start) / PAIRS;
    }
    double median = sort_times(times, RUNS);
    printf("{\"bench\":\"compare\",\"case\":\"%s\",\"pairs\":%d,\"runs\":%d,\"ns_min\":%.0f,"
           "\"ns_median\":%.0f,\"ns_max\":%.0f,\"compiler\":\"%s\"}\n",
           scenario->name, PAIRS, RUNS, times[0], median, times[RUNS - 1], __VERSION__);
}

int main(int argc, char **argv)
{
    for (size_t s = 0; s < sizeof SCENARIOS / sizeof *SCENARIOS; s++) {
        if (argc < 2) {
            measure(&SCENARIOS[s]);
        } else if (strcmp(argv[1], SCENARIOS[s].name) == 0) {
            fill_pairs(SCENARIOS[s].type, SCENARIOS[s].test);
            run_case(&SCENARIOS[s]);
        }
    }
    return EXIT_SUCCESS;
}
