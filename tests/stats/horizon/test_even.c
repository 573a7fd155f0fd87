/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Even nodes and panels are two ways to the same boundaries and probabilities. */
#include "test.h"

#include "draw.h"
#include "stats/horizon/horizon.h"

enum { LOOKS_MAX = 60, EVEN_DESIGNS = 60, STAY_DESIGNS = 30 };

struct drawn {
    struct assay__spending spending;
    int count;
    double times[LOOKS_MAX];
};

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Looks of all sorts: equal, random, early, late, in bursts, growing slower as traffic does. */
static struct drawn draw_design(uint64_t *state)
{
    static const struct assay__spending FAMILIES[] = {
        {.family = ASSAY_SPENDING_POWER, .parameter = 2.0},
        {.family = ASSAY_SPENDING_POWER, .parameter = 1.0},
        {.family = ASSAY_SPENDING_POWER, .parameter = 4.0},
        {.family = ASSAY_SPENDING_OBRIEN_FLEMING, .parameter = 0.0},
        {.family = ASSAY_SPENDING_POCOCK, .parameter = 0.0},
        {.family = ASSAY_SPENDING_HWANG_SHIH_DECANI, .parameter = -4.0},
        {.family = ASSAY_SPENDING_HWANG_SHIH_DECANI, .parameter = 1.0}};
    static const double ALPHAS[] = {0.0005, 0.005, 0.0125, 0.025, 0.05, 0.1, 0.25};
    struct drawn d = {.spending = FAMILIES[draw_bits(state) % 7]};
    d.spending.alpha = ALPHAS[draw_bits(state) % 7];
    d.count = 2 + (int)(draw_bits(state) % (LOOKS_MAX - 1));
    int kind = (int)(draw_bits(state) % 6);
    double base = draw_share(state);
    for (int i = 0; i < d.count; i++) {
        double share = (double)(i + 1) / d.count;
        d.times[i] = kind == 0   ? share
                     : kind == 1 ? 0.001 + 0.999 * draw_share(state)
                     : kind == 2 ? 0.05 * draw_share(state) + 1e-4
                     : kind == 3 ? 0.8 + 0.2 * draw_share(state)
                     : kind == 4 ? 0.1 + 0.8 * base + (i % 2 == 0 ? 1e-3 : 2e-5) * i
                                 : pow(share, 0.3 + base) * (1.0 - 0.02 * draw_share(state));
    }
    qsort(d.times, (size_t)d.count, sizeof *d.times, compare_doubles);
    return d;
}

/* The edges with one way after the first look or the other; false where a boundary is refused. */
static bool walk_looks(const struct drawn *d, bool by_panels, struct assay__walk *walk, int *even)
{
    struct assay_error err;
    for (int k = 0; k < d->count; k++) {
        double from = k == 0 ? 0.0 : d->times[k - 1], edge;
        if (k > 0 && !(d->times[k] > from * (1.0 + 1e-7)))
            return false;
        double log_p = assay__spending_log_step(&d->spending, from, fmin(1.0, d->times[k]));
        if (by_panels && k > 0) {
            assert_ok(assay__walk_prepare(walk, d->times[k], &err), &err);
            assert_ok(assay__walk_refine(walk, &err), &err);
        }
        assert_ok(assay__next_edge(walk, d->times[k], log_p, &edge, &err), &err);
        if (!isfinite(edge))
            return false;
        *even += k > 0 && walk->grids[k - 1].even_count > 0;
        assert_ok(assay__walk_add(walk, d->times[k], edge, &err), &err);
    }
    return true;
}

static double exit_of(const struct assay__walk *walk, uint32_t k, double drift)
{
    return exp(assay__walk_log_exit(walk, k, walk->grids[k].time, walk->grids[k].edge, drift));
}

START_TEST(both_ways_give_the_same_figures)
{
    uint64_t state = 20261129;
    double worst = 0.0, worst_exit = 0.0;
    int even = 0, none = 0, looks = 0;
    for (int i = 0; i < EVEN_DESIGNS; i++) {
        struct drawn d = draw_design(&state);
        struct assay__walk quick = {0}, slow = {0};
        if (walk_looks(&d, false, &quick, &even) && walk_looks(&d, true, &slow, &none)) {
            for (uint32_t k = 0; k < quick.count; k++, looks++) {
                double root = sqrt(quick.grids[k].time), z = slow.grids[k].edge / root;
                double away = fabs(quick.grids[k].edge / root - z) / fmax(1.0, z);
                ck_assert_msg(away < 1e-12, "design %d, look %u: %.17g, expected %.17g", i, k,
                              quick.grids[k].edge / root, z);
                worst = fmax(worst, away);
                double a = exit_of(&quick, k, 2.9), b = exit_of(&slow, k, 2.9);
                worst_exit = fmax(worst_exit, fabs(a - b) / b);
                ck_assert_msg(fabs(a - b) < 1e-11 * b + 1e-30, "design %d, look %u: %.17g %.17g", i,
                              k, a, b);
            }
        }
        assay__walk_release(&quick);
        assay__walk_release(&slow);
    }
    printf("even nodes: %d of %d looks; worst difference of z %.2g, of an exit %.2g\n", even, looks,
           worst, worst_exit);
    ck_assert_int_eq(none, 0);
    ck_assert_int_gt(even, looks / 2);
}
END_TEST

/* Of paths that exit by a look, or are above a score then, by panels. */
static double leaves(const struct assay__walk *walk, uint32_t look, double edge, double drift)
{
    double time = walk->grids[look].time;
    double sum = exp(assay__walk_log_exit(walk, look, time, edge, drift));
    for (uint32_t k = 0; k < look; k++)
        sum += exit_of(walk, k, drift);
    return sum;
}

START_TEST(paths_stay_or_leave)
{
    static const double DRIFTS[] = {-2.0, 0.0, 1.0, 3.5}, SCORES[] = {-1.5, 0.2, 1.9, 4.0};
    uint64_t state = 8;
    double worst = 0.0;
    int even = 0, none = 0, known = 0;
    for (int i = 0; i < STAY_DESIGNS; i++) {
        struct drawn d = draw_design(&state);
        struct assay__walk quick = {0}, slow = {0};
        bool is_walked = walk_looks(&d, false, &quick, &even) && walk_looks(&d, true, &slow, &none);
        for (uint32_t k = 1; is_walked && k < quick.count; k += 3)
            for (int n = 0; n < 16; n++) {
                double time = quick.grids[k].time, drift = DRIFTS[n % 4];
                double edge = SCORES[n / 4] * sqrt(time);
                double stay = assay__walk_stay(&quick, k, time, edge, drift);
                if (isnan(stay))
                    continue;
                double away = fabs(stay + leaves(&slow, k, edge, drift) - 1.0);
                ck_assert_msg(away < 1e-12, "design %d, look %u, case %d: %.2g", i, k, n, away);
                worst = fmax(worst, away);
                known++;
            }
        assay__walk_release(&quick);
        assay__walk_release(&slow);
    }
    printf("paths that stay: %d cases; worst error %.2g\n", known, worst);
    ck_assert_int_gt(known, 500);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, paths_stay_or_leave);
    tcase_add_test(cases, both_ways_give_the_same_figures);
}

int main(void)
{
    return test_main("even", add);
}
