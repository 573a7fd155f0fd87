/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often tests of two shares err, and what they find: not by simulation, but by adding up the
 * probabilities of all outcomes that are rejected. Three tests: Welch's t, Fisher's everywhere, and
 * the program's own, which takes the one or the other. The first two are made here; the program is
 * asked wherever they differ, and may answer either way.
 */
#include <math.h>
#include <stdlib.h>

#include "assay/compare.h"
#include "assay/dist.h"
#include "calibrate.h"

enum { TESTS = 3, WELCH = 0, FISHER = 1, PROGRAM = 2, SHARES = 45, LEVELS = 4 };

static const uint64_t UNITS[][2] = {{60, 60},   {60, 30},   {100, 100}, {150, 100},
                                    {300, 100}, {900, 100}, {400, 400}, {1200, 400}};
static const double ALPHA[LEVELS] = {0.05, 0.025, 0.0125, 0.001};

/* Of the upper side by Edgeworth's leading term at a skewness of 0.02, and what outcomes of few
 * units add by their steps: 0.0125 and 0.001 in groups of 100. */
static const double MOST[LEVELS] = {1.06, 1.13, 1.14, 1.27};

struct counts {
    uint64_t units[2];
    double alpha, *log_factorial; /* up to all units */
    bool *rejects[TESTS];         /* by successes of baseline, compared */
};

static double log_choose(const struct counts *c, uint64_t n, uint64_t k)
{
    return c->log_factorial[n] - c->log_factorial[k] - c->log_factorial[n - k];
}

static bool *cell(const struct counts *c, int test, uint64_t x, uint64_t y)
{
    return &c->rejects[test][x * (c->units[1] + 1) + y];
}

static double welch(const struct counts *c, uint64_t x, uint64_t y)
{
    double n = (double)c->units[0], m = (double)c->units[1], p = (double)x / n, q = (double)y / m;
    double v = p * (1.0 - p) / n, w = q * (1.0 - q) / m;
    double df = (v + w) * (v + w) / (v * v / (n - 1.0) + w * w / (m - 1.0));
    return v + w > 0.0 ? assay_t_upper((q - p) / sqrt(v + w), df) : 1.0;
}

static bool program(const struct counts *c, uint64_t x, uint64_t y)
{
    const uint64_t hits[2] = {x, y};
    const struct assay_method method = {.type = ASSAY_METRIC_PROPORTION,
                                        .test = ASSAY_TEST_T,
                                        .side = ASSAY_SIDE_UPPER,
                                        .alpha = c->alpha,
                                        .exact = true};
    struct assay_summary groups[2];
    struct assay_comparison out;
    struct assay_error err;
    for (int g = 0; g < 2; g++)
        groups[g] = (struct assay_summary){
            .n = c->units[g], .mean = (double)hits[g] / (double)c->units[g], .skewness = NAN};
    assert_ok(assay_summaries_compare(&groups[0], &groups[1], &method, &out, &err), &err);
    ck_assert_int_eq(out.difference.significant,
                     out.difference.lower > 0.0 ||
                         (out.difference.lower == 0.0 && y > 0 && out.difference.p < c->alpha));
    return out.difference.significant;
}

/* All outcomes with as many successes; Fisher's p is a tail of theirs. */
static void fill(const struct counts *c, uint64_t successes)
{
    uint64_t n = c->units[0], m = c->units[1];
    uint64_t least = successes > n ? successes - n : 0, most = successes < m ? successes : m;
    double tail = 0.0, all = log_choose(c, n + m, successes);
    for (uint64_t y = most + 1; y-- > least;) {
        uint64_t x = successes - y;
        tail += exp(log_choose(c, n, x) + log_choose(c, m, y) - all);
        double by_welch = welch(c, x, y);
        *cell(c, WELCH, x, y) = by_welch < c->alpha;
        *cell(c, FISHER, x, y) = tail < c->alpha;
        bool is_close =
            fabs(by_welch / c->alpha - 1.0) < 1e-9 || fabs(tail / c->alpha - 1.0) < 1e-9;
        bool is_open = is_close || (by_welch < c->alpha) != (tail < c->alpha);
        *cell(c, PROGRAM, x, y) = is_open ? program(c, x, y) : tail < c->alpha;
    }
}

static void open_counts(struct counts *c, const uint64_t units[2], double alpha)
{
    uint64_t all = units[0] + units[1];
    *c = (struct counts){.units = {units[0], units[1]}, .alpha = alpha};
    c->log_factorial = calloc(all + 1, sizeof *c->log_factorial);
    for (uint64_t k = 1; k <= all; k++)
        c->log_factorial[k] = lgamma((double)k + 1.0);
    for (int test = 0; test < TESTS; test++)
        c->rejects[test] = calloc((units[0] + 1) * (units[1] + 1), sizeof **c->rejects);
    for (uint64_t successes = 0; successes <= all; successes++)
        fill(c, successes);
}

static void close_counts(struct counts *c)
{
    free(c->log_factorial);
    for (int test = 0; test < TESTS; test++)
        free(c->rejects[test]);
}

/* Probability that a test rejects at these shares. */
static double rate(const struct counts *c, int test, double p, double q)
{
    double sum = 0.0;
    for (uint64_t x = 0; x <= c->units[0]; x++) {
        double row = 0.0, miss = (double)(c->units[0] - x);
        for (uint64_t y = 0; y <= c->units[1]; y++)
            if (*cell(c, test, x, y))
                row += exp(log_choose(c, c->units[1], y) + (double)y * log(q) +
                           (double)(c->units[1] - y) * log1p(-q));
        sum += row * exp(log_choose(c, c->units[0], x) + (double)x * log(p) + miss * log1p(-p));
    }
    return sum;
}

/* The largest size over shares from 1 to 99 %; both ends of the scale are both sides of the test.
 */
static double size_of(const struct counts *c, int test, double *where)
{
    double worst = 0.0;
    for (int i = 0; i < SHARES; i++) {
        double p = 1.0 / (1.0 + exp(4.6 - 9.2 * i / (SHARES - 1))), size = rate(c, test, p, p);
        if (size > worst)
            *where = p;
        worst = size > worst ? size : worst;
    }
    return worst;
}

/* A share above 0.2 that a normal test of these units finds with power 0.8. */
static double alternative(const struct counts *c)
{
    double p = 0.2, z = assay_normal_quantile_upper(c->alpha) + assay_normal_quantile_upper(0.2);
    double q = p;
    for (int i = 0; i < 50; i++)
        q = p + z * sqrt(p * (1.0 - p) / (double)c->units[0] + q * (1.0 - q) / (double)c->units[1]);
    return q;
}

START_TEST(size_and_power_of_all_outcomes)
{
    struct counts c;
    const uint64_t *units = UNITS[_i / LEVELS];
    double alpha = ALPHA[_i % LEVELS], size[TESTS], where[TESTS] = {0.0, 0.0, 0.0}, power[TESTS];
    open_counts(&c, units, alpha);
    double q = alternative(&c);
    for (int test = 0; test < TESTS; test++) {
        size[test] = size_of(&c, test, &where[test]) / alpha;
        power[test] = rate(&c, test, 0.2, q);
    }
    close_counts(&c);
    calibrate_row("| shares %d:%d | %g | %.2f (%.2f) | %.2f (%.2f) | %.2f (%.2f) | %.3f | %.3f | "
                  "%.3f | %.3f |\n",
                  (int)units[0], (int)units[1], alpha, size[WELCH], where[WELCH], size[FISHER],
                  where[FISHER], size[PROGRAM], where[PROGRAM], q, power[WELCH], power[FISHER],
                  power[PROGRAM]);
    ck_assert_msg(size[FISHER] <= 1.0, "Fisher: %.3f", size[FISHER]);
    ck_assert_msg(size[PROGRAM] <= (units[1] < 100 ? 1.0 : MOST[_i % LEVELS]), "%d:%d at %g: %.3f",
                  (int)units[0], (int)units[1], alpha, size[PROGRAM]);
    ck_assert_msg(power[PROGRAM] >= power[FISHER] - 1e-9, "power %.3f", power[PROGRAM]);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 3600);
    tcase_add_loop_test(cases, size_and_power_of_all_outcomes, 0,
                        LEVELS * (int)(sizeof UNITS / sizeof *UNITS));
}

int main(void)
{
    return test_main("slow_exact_test", add);
}
