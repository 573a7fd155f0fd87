/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nanoseconds per vector of the ways into exact moments. Fixed seed, one warm-up, then RUNS timed
 * runs of PASSES passes over the same vectors in three groups in random order. The vectors stay in
 * the cache, as those of a parser do. One JSON line per case. The peer in the same program is
 * Welford's update in doubles.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "timing.h"

enum { RUNS = 15, ROWS = 1 << 12, PASSES = 32, GROUPS = 3, VARIABLES = 4 };

struct input {
    uint8_t group[ROWS];
    struct assay_decimal decimals[ROWS][VARIABLES];
    double doubles[ROWS][VARIABLES];
};

enum data { BINARY, MONEY, PRINTED };

/* A number as a parser gives it: no trailing zeros in the mantissa. */
static struct assay_decimal draw(enum data data, uint64_t *state)
{
    struct assay_decimal value = {0};
    uint64_t bits = next_random(state);
    if (data == BINARY) {
        value.mantissa = (int64_t)(bits & 1);
    } else if (data == MONEY) {
        value.mantissa = (int64_t)(bits % 50000);
        value.exponent = -2;
    } else {
        value.mantissa = (int64_t)(bits % 100000000000000000u) - 50000000000000000;
        value.exponent = -16 - (int32_t)(bits >> 62 == 0);
    }
    for (; value.mantissa != 0 && value.mantissa % 10 == 0; value.mantissa /= 10)
        value.exponent++;
    return value;
}

static void fill(struct input *input, enum data data)
{
    uint64_t state = 4242;
    for (size_t r = 0; r < ROWS; r++) {
        input->group[r] = (uint8_t)(next_random(&state) % GROUPS);
        for (size_t v = 0; v < VARIABLES; v++) {
            struct assay_decimal value = draw(data, &state);
            double power = 1.0;
            for (int32_t e = value.exponent; e < 0; e++)
                power *= 10.0;
            input->decimals[r][v] = value;
            input->doubles[r][v] = (double)value.mantissa / power;
        }
    }
}

/* One pass over the rows; returns something that depends on all of them. */
typedef double (*pass)(const struct input *input, struct assay_moments_shape shape);

static double add_all(const struct input *input, struct assay_moments_shape shape, bool doubles)
{
    struct assay_moments *groups[GROUPS];
    struct assay_error err;
    double result = 0.0;
    for (size_t g = 0; g < GROUPS; g++)
        check(assay_moments_new(shape, &groups[g], &err), &err);
    for (size_t row = 0; row < (size_t)ROWS * PASSES; row++) {
        size_t r = row % ROWS;
        struct assay_moments *group = groups[input->group[r]];
        check(doubles ? assay_moments_add(group, input->doubles[r], &err)
                      : assay_moments_add_decimal(group, input->decimals[r], 0, &err),
              &err);
    }
    for (size_t g = 0; g < GROUPS; g++) {
        result += assay_moments_mean(groups[g], 0);
        assay_moments_free(groups[g]);
    }
    return result;
}

static double add_decimals(const struct input *input, struct assay_moments_shape shape)
{
    return add_all(input, shape, false);
}

static double add_doubles(const struct input *input, struct assay_moments_shape shape)
{
    return add_all(input, shape, true);
}

/* Welford: mean, variance and covariances of the same variables; no third order, not exact. */
static double add_welford(const struct input *input, struct assay_moments_shape shape)
{
    struct {
        double n, mean[VARIABLES], centred[VARIABLES][VARIABLES];
    } groups[GROUPS] = {{0}};
    uint32_t k = 1 + shape.has_denominator + shape.covariate_count;
    for (size_t row = 0; row < (size_t)ROWS * PASSES; row++) {
        size_t r = row % ROWS;
        const double *x = input->doubles[r];
        double before[VARIABLES];
        uint8_t g = input->group[r];
        groups[g].n += 1.0;
        for (uint32_t i = 0; i < k; i++) {
            before[i] = x[i] - groups[g].mean[i];
            groups[g].mean[i] += before[i] / groups[g].n;
            for (uint32_t j = 0; j <= i; j++)
                groups[g].centred[i][j] += before[j] * (x[i] - groups[g].mean[i]);
        }
    }
    return groups[0].mean[0] + groups[1].centred[0][0] + groups[2].n;
}

static void measure(const char *name, const char *data, pass run, const struct input *input,
                    struct assay_moments_shape shape)
{
    double times[RUNS];
    volatile double sink = run(input, shape);
    for (size_t i = 0; i < RUNS; i++) {
        double start = now_ns(CLOCK_MONOTONIC);
        sink = run(input, shape);
        times[i] = (now_ns(CLOCK_MONOTONIC) - start) / ((double)ROWS * PASSES);
    }
    (void)sink;
    double median = sort_times(times, RUNS);
    uint32_t k = 1 + shape.has_denominator + shape.covariate_count;
    uint32_t sums = k + k * (k + 1) / 2 + (shape.has_denominator != 0 ? 4 : 1);
    printf("{\"bench\":\"moments\",\"case\":\"%s\",\"data\":\"%s\",\"denominator\":%u,"
           "\"covariates\":%u,\"sums\":%u,\"rows\":%d,\"runs\":%d,\"ns_per_row_min\":%.2f,"
           "\"ns_per_row_median\":%.2f,\"ns_per_row_max\":%.2f,\"compiler\":\"%s\"}\n",
           name, data, shape.has_denominator, shape.covariate_count, sums, ROWS * PASSES, RUNS,
           times[0], median, times[RUNS - 1], __VERSION__);
}

int main(void)
{
    static const char *const data_names[] = {"binary", "money", "17 digits"};
    static const struct assay_moments_shape shapes[] = {{0, 0}, {0, 1}, {1, 2}};
    struct input *input = calloc(1, sizeof *input);
    if (input == NULL)
        return EXIT_FAILURE;
    for (enum data data = BINARY; data <= PRINTED; data++) {
        fill(input, data);
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
            measure("decimals", data_names[data], add_decimals, input, shapes[s]);
            measure("doubles", data_names[data], add_doubles, input, shapes[s]);
            measure("welford", data_names[data], add_welford, input, shapes[s]);
        }
    }
    free(input);
    return EXIT_SUCCESS;
}
