/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sample ratio tests in 128 bits give every digit that 320 bits give, or say that they cannot. */
#include "test.h"

#include "draw.h"
#include "stats/srm_ball.h"
#include "stats/srm_quick.h"
#include "stats/srm_wide.h"

enum { GROUPS_MAX = 5 };

static double draw_weight(uint64_t *state)
{
    static const double WEIGHTS[] = {0.0, 1.0,  1.0,    1.0,   2.0,       0.5,
                                     0.1, 0.01, 0.0001, 1e-12, 123456789, 0.3333333333333333};
    return WEIGHTS[draw_bits(state) % (sizeof WEIGHTS / sizeof *WEIGHTS)];
}

struct drawn {
    struct assay_srm_design design;
    size_t count;
    uint64_t counts[GROUPS_MAX];
    double weights[GROUPS_MAX];
    struct assay_srm start;
};

/* Counts near the plan and far from it, from none to 1e12; NULL weights are redrawn. */
static struct drawn draw_case(uint64_t *state)
{
    struct drawn c = {.count = 2 + draw_bits(state) % (GROUPS_MAX - 1)};
    double total = 0.0, units = pow(10.0, 12.0 * draw_share(state)),
           noise = pow(10.0, -4.0 * draw_share(state));
    uint32_t positive = 0;
    for (size_t g = 0; g < c.count; g++)
        total += c.weights[g] = draw_weight(state);
    if (total == 0.0)
        total = c.weights[0] = 1.0;
    uint64_t sum = 0;
    for (size_t g = 0; g < c.count; g++) {
        positive += c.weights[g] > 0.0;
        double away = draw_bits(state) % 4 == 0 ? 0.0 : noise * (draw_share(state) - 0.5);
        c.counts[g] = (uint64_t)(units * c.weights[g] / total * (1.0 + away));
        sum += c.weights[g] > 0.0 ? c.counts[g] : 0;
    }
    static const double ALPHAS[] = {0.001, 0.01, 0.05, 0.5}, TOLERANCES[] = {0.0, 0.001, 1e-6};
    static const double CONCENTRATIONS[] = {10000.0, 100.0, 1.0, 2.5, 1e7};
    c.design = (struct assay_srm_design){.method = draw_bits(state) % 3 == 0 ? ASSAY_SRM_CHI2
                                                                             : ASSAY_SRM_SEQUENTIAL,
                                         .alpha = ALPHAS[draw_bits(state) % 4],
                                         .tolerance = TOLERANCES[draw_bits(state) % 3],
                                         .concentration = CONCENTRATIONS[draw_bits(state) % 5]};
    c.start = (struct assay_srm){.statistic = NAN,
                                 .p = NAN,
                                 .log10_p = NAN,
                                 .df = positive - 1.0,
                                 .tested = sum > 0 && positive > 1};
    return c;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

START_TEST(no_digit_differs_from_320_bits)
{
    uint64_t state = 20261129;
    int told = 0, cases = 15000;
    for (int i = 0; i < cases; i++) {
        struct drawn c = draw_case(&state);
        struct assay_srm_group quick[GROUPS_MAX], slow[GROUPS_MAX];
        struct assay_srm fast = c.start, wide = c.start;
        bool fast_beyond, wide_beyond;
        if (!assay__srm_in_balls(c.counts, c.weights, c.count, &c.design, quick, &fast,
                                 &fast_beyond))
            continue;
        told++;
        assay__srm_in_320_bits(c.counts, c.weights, c.count, &c.design, slow, &wide, &wide_beyond);
        ck_assert_msg(same(fast.statistic, wide.statistic) && same(fast.p, wide.p) &&
                          same(fast.log10_p, wide.log10_p) && fast_beyond == wide_beyond,
                      "case %d: %.17g %.17g, %.17g %.17g", i, fast.statistic, fast.p,
                      wide.statistic, wide.p);
        for (size_t g = 0; g < c.count; g++)
            ck_assert_msg(same(quick[g].expected, slow[g].expected) &&
                              same(quick[g].residual, slow[g].residual) &&
                              quick[g].significant == slow[g].significant &&
                              quick[g].observed == slow[g].observed,
                          "case %d, group %zu", i, g);
    }
    printf("srm: %d of %d without 320 bits\n", told, cases);
    ck_assert_int_gt(told, cases / 2);
}
END_TEST

/* Usual tests never need 320 bits. */
START_TEST(usual_tests_need_no_more_than_128_bits)
{
    uint64_t state = 7;
    const double weights[][3] = {{1, 1, 0}, {0.5, 0.5, 0}, {1, 1, 2}, {0.9, 0.1, 0}, {50, 25, 25}};
    for (int i = 0; i < 2000; i++) {
        const double *w = weights[i % 5];
        size_t count = w[2] > 0.0 ? 3 : 2;
        uint64_t counts[3];
        double units = pow(10.0, 1.0 + 9.0 * draw_share(&state));
        for (size_t g = 0; g < count; g++)
            counts[g] =
                (uint64_t)(units * w[g] + 2.0 * sqrt(units * w[g]) * (draw_share(&state) - 0.5));
        struct assay_srm_design design = {
            .method = ASSAY_SRM_SEQUENTIAL, .alpha = 0.001, .concentration = 10000.0};
        struct assay_srm_group groups[3];
        struct assay_srm out = {.tested = true};
        bool is_beyond;
        ck_assert(assay__srm_in_balls(counts, w, count, &design, groups, &out, &is_beyond));
    }
}
END_TEST

/* A look that the quick bound leaves out changes nothing. */
START_TEST(looks_left_out_change_nothing)
{
    uint64_t state = 3;
    int left_out = 0, cases = 10000;
    for (int i = 0; i < cases; i++) {
        struct drawn c = draw_case(&state);
        struct assay_srm_group groups[GROUPS_MAX];
        struct assay_srm test, so_far = {.log10_p = -6.0 * draw_share(&state)};
        struct assay_error err;
        c.design.method = ASSAY_SRM_SEQUENTIAL;
        assert_ok(assay_srm_test(c.counts, c.weights, c.count, &c.design, groups, &test, &err),
                  &err);
        if (draw_bits(&state) % 4 == 0 && !isnan(test.log10_p))
            so_far.log10_p = test.log10_p * (1.0 + 1e-5 * (draw_share(&state) - 0.5));
        so_far.p = pow(10.0, so_far.log10_p);
        if (assay__srm_counts(c.counts, c.weights, c.count, &c.design, &so_far))
            continue;
        left_out++;
        ck_assert(!test.significant);
        ck_assert(isnan(test.log10_p) || test.log10_p >= so_far.log10_p);
    }
    printf("srm: %d of %d looks left out\n", left_out, cases);
    ck_assert_int_gt(left_out, cases / 8);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, no_digit_differs_from_320_bits);
    tcase_add_test(cases, usual_tests_need_no_more_than_128_bits);
    tcase_add_test(cases, looks_left_out_change_nothing);
}

int main(void)
{
    return test_main("srm_ball", add);
}
