/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * False alarms of the sample ratio test. Pearson's: simulated, against the sum of the multinomial
 * probabilities beyond its critical value. The sequential one over all looks: exactly, by carrying
 * the distribution of the counts forward and taking out at every look what the library calls a
 * mismatch.
 */
#include "calibrate.h"

struct srm_case {
    const char *name;
    int units, groups;
    double weights[3];
    struct sim_binomial *counts; /* of the first group, when there are two */
};

static const double ALPHAS[] = {0.05, 0.01, 0.001};
enum { ALPHA_COUNT = 3 };

static const struct assay_srm_design PEARSON = {.method = ASSAY_SRM_CHI2, .alpha = 0.01};

static void draw_counts(struct sim_random *r, const struct srm_case *c, uint64_t counts[3])
{
    if (c->groups == 2) {
        counts[0] = (uint64_t)sim_binomial_draw(c->counts, r);
        counts[1] = (uint64_t)c->units - counts[0];
        return;
    }
    /* 1:1:2 by pairs of bits, 64 units at a time */
    counts[0] = counts[1] = 0;
    for (int i = 0; i < c->units; i += 64) {
        uint64_t a = sim_next(r), b = sim_next(r);
        counts[0] += (uint64_t)__builtin_popcountll(a & b);
        counts[1] += (uint64_t)__builtin_popcountll(a & ~b);
    }
    counts[2] = (uint64_t)c->units - counts[0] - counts[1];
}

static void look_once(struct sim_random *r, const void *argument, double *alarms)
{
    const struct srm_case *c = argument;
    uint64_t counts[3];
    struct assay_srm_group groups[3];
    struct assay_srm out;
    draw_counts(r, c, counts);
    if (assay_srm_test(counts, c->weights, (size_t)c->groups, &PEARSON, groups, &out, NULL) !=
        ASSAY_OK)
        abort();
    for (int i = 0; i < ALPHA_COUNT; i++)
        alarms[i] += out.p < ALPHAS[i];
    alarms[ALPHA_COUNT] += out.significant;
}

START_TEST(pearson_alarms_as_often_as_the_multinomial_says)
{
    struct sim_binomial binomial;
    struct srm_case cases[] = {{"srm 1:1, 10000 units", 10000, 2, {1.0, 1.0, 0.0}, &binomial},
                               {"srm 10:1, 2000 units", 2000, 2, {10.0, 1.0, 0.0}, &binomial},
                               {"srm 1:1:2, 1920 units", 1920, 3, {1.0, 1.0, 2.0}, NULL}};
    struct srm_case *c = &cases[_i];
    double shares[3], rates[SIM_COUNTS_MAX], sum = 0.0;
    for (int i = 0; i < c->groups; i++)
        sum += c->weights[i];
    for (int i = 0; i < c->groups; i++)
        shares[i] = c->weights[i] / sum;
    sim_binomial_init(&binomial, c->units, shares[0]);
    sim_run(look_once, c, 501 + (uint64_t)_i, rates);
    for (int i = 0; i < ALPHA_COUNT; i++) {
        double want = predict_srm(c->units, shares, c->groups, ALPHAS[i]);
        double band = calibrate_band(want, SIM_REPLICATES, INFINITY);
        calibrate_row("| %s | %g | %.5f | | | | | | | | %.5f -+ %.5f, exact |\n", c->name,
                      ALPHAS[i], rates[i], want, band);
        ck_assert_msg(fabs(rates[i] - want) <= band, "%s at %g: %.5f, predicted %.5f", c->name,
                      ALPHAS[i], rates[i], want);
    }
    ck_assert(rates[ALPHA_COUNT] == rates[1]);
    sim_binomial_clear(&binomial);
}
END_TEST

/* The logarithm of the Bayes factor of Lindon and Malek (2022) for k of n units in one group. */
static double log_factor(double k, double n, double share, double concentration)
{
    double a = concentration * share, b = concentration - a;
    return lgamma(concentration) - lgamma(concentration + n) + lgamma(a + k) - lgamma(a) +
           lgamma(b + n - k) - lgamma(b) - k * log(share) - (n - k) * log1p(-share);
}

struct watch {
    double weights[2], concentration, alpha;
    int looks, stride; /* units between looks */
};

static double share_of(const struct watch *w)
{
    return w->weights[0] / (w->weights[0] + w->weights[1]);
}

static bool alarms(const struct watch *w, int k, int n)
{
    const struct assay_srm_design design = {
        .method = ASSAY_SRM_SEQUENTIAL, .alpha = w->alpha, .concentration = w->concentration};
    uint64_t counts[2] = {(uint64_t)k, (uint64_t)(n - k)};
    struct assay_srm_group groups[2];
    struct assay_srm out;
    ck_assert_int_eq(assay_srm_test(counts, w->weights, 2, &design, groups, &out, NULL), ASSAY_OK);
    return out.significant;
}

/*
 * Alarms are beyond two bounds that move little between looks, so that a few questions a look find
 * them from where they were. Both sides of each are checked against the factor in plain doubles.
 */
static void move_bounds(const struct watch *w, int n, int *low, int *high)
{
    double share = share_of(w), limit = -log(w->alpha);
    *low += (int)(share * w->stride);
    *high += (int)(share * w->stride) + 1;
    while (*low >= 0 && !alarms(w, *low, n))
        (*low)--;
    while (*low + 1 < share * n && alarms(w, *low + 1, n))
        (*low)++;
    while (*high <= n && !alarms(w, *high, n))
        (*high)++;
    while (*high - 1 > share * n && alarms(w, *high - 1, n))
        (*high)--;
    for (int k = *low < 0 ? 0 : *low; k <= *low + 1; k++)
        ck_assert((log_factor(k, n, share, w->concentration) > limit) == (k == *low));
    for (int k = *high - 1; k <= *high && k <= n; k++)
        ck_assert((log_factor(k, n, share, w->concentration) > limit) == (k == *high));
}

enum { UNITS_MAX = 40000 };

/* The probability of an alarm at any look; alive[k] is that of k units in the first group so far.
 */
static double alarm_rate(const struct watch *w)
{
    static double alive[UNITS_MAX + 1];
    double alarmed = 0.0, share = share_of(w);
    int low = -1, high = 1, first = 0, last = 0;
    memset(alive, 0, sizeof alive);
    alive[0] = 1.0;
    for (int look = 1; look <= w->looks; look++) {
        for (int i = 0; i < w->stride; i++) {
            last++;
            for (int k = last; k > first; k--)
                alive[k] = alive[k] * (1.0 - share) + alive[k - 1] * share;
            alive[first] *= 1.0 - share;
        }
        move_bounds(w, look * w->stride, &low, &high);
        for (; first <= low; first++) {
            alarmed += alive[first];
            alive[first] = 0.0;
        }
        for (; last >= high; last--) {
            alarmed += alive[last];
            alive[last] = 0.0;
        }
    }
    return alarmed;
}

START_TEST(sequential_test_keeps_its_level_over_all_looks)
{
    const struct watch watches[] = {{{1.0, 1.0}, 100.0, 0.05, 2000, 1},
                                    {{1.0, 10.0}, 1000.0, 0.05, 2000, 1},
                                    {{1.0, 1.0}, 10000.0, 0.01, 2000, 20}};
    const struct watch *w = &watches[_i];
    double rate = alarm_rate(w);
    calibrate_row("| srm sequential %g:1, concentration %g, a look every %d of %d units | %g | "
                  "%.5f | | | | | | | | at most %g, exact |\n",
                  w->weights[1], w->concentration, w->stride, w->stride * w->looks, w->alpha, rate,
                  w->alpha);
    ck_assert_msg(rate <= w->alpha, "false alarms %.6f", rate);
    /* It watches at all: some of alpha is used within these looks. */
    ck_assert_msg(rate > 0.01 * w->alpha, "false alarms %.6g", rate);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 3600);
    tcase_add_loop_test(cases, pearson_alarms_as_often_as_the_multinomial_says, 0, 3);
    tcase_add_loop_test(cases, sequential_test_keeps_its_level_over_all_looks, 0, 3);
}

int main(void)
{
    return test_main("slow_srm", add);
}
