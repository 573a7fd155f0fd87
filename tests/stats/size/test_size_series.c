/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes and effects of ordinary t tests against the noncentral t in 320 bits, at random designs. */
#include "exact/shortest.h"
#include "stats/size/size.h"
#include "stats/size/size_nct.h"
#include "test.h"

typedef struct assay__wide wide;

static uint64_t state = 20261129;

/* In [0, 1): xorshift64*, Vigna (2016). */
static double draw(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (double)((state * UINT64_C(2685821657736338717)) >> 11) * 0x1p-53;
}

static double draw_log(double low, double high)
{
    return low * pow(high / low, draw());
}

static struct assay_size_design draw_design(void)
{
    static const double ALPHAS[] = {0.05, 0.0125, 0.1, 0.001}, POWERS[] = {0.8, 0.9, 0.5, 0.6},
                        WEIGHTS[] = {1.0, 0.9, 0.3, 0.05};
    bool is_share = draw() < 0.4;
    double variance = draw_log(1e-3, 1e4), share = 0.02 + 0.6 * draw();
    double deviation = is_share ? sqrt(share * (1.0 - share)) : sqrt(variance);
    double effect = deviation * draw_log(1e-4, 0.2) * (draw() < 0.5 ? -1.0 : 1.0);
    enum assay_side side = draw() < 0.5   ? ASSAY_SIDE_BOTH
                           : effect < 0.0 ? ASSAY_SIDE_LOWER
                                          : ASSAY_SIDE_UPPER;
    return (struct assay_size_design){.type =
                                          is_share ? ASSAY_METRIC_PROPORTION : ASSAY_METRIC_MEAN,
                                      .test = ASSAY_TEST_T,
                                      .side = side,
                                      .alpha = ALPHAS[(int)(4.0 * draw())],
                                      .power = POWERS[(int)(4.0 * draw())],
                                      .baseline_weight = WEIGHTS[(int)(4.0 * draw())],
                                      .compared_weight = WEIGHTS[(int)(4.0 * draw())],
                                      .baseline_mean = share,
                                      .baseline_variance = variance,
                                      .compared_variance = variance * draw_log(0.3, 3.0),
                                      .effect = fmax(effect, -0.9 * share),
                                      .variance_factor = draw() < 0.5 ? 1.0 : 0.4321};
}

static wide share_variance(wide share)
{
    return assay__wide_mul(share, assay__wide_sub(assay__wide_of(1.0), share));
}

/* The power of a design at a distance in its direction, to 25 digits. */
static wide power_of(const struct assay_size_design *d, wide distance, double n_c, double n_t)
{
    wide one = assay__wide_of(1.0), factor = assay__wide_of_shortest(d->variance_factor);
    wide p = assay__wide_of_shortest(d->baseline_mean), tail = assay__wide_of_shortest(d->alpha);
    wide moved = d->effect < 0.0 ? assay__wide_neg(distance) : distance;
    wide v_c = assay__wide_of_shortest(d->baseline_variance);
    wide v_t = assay__wide_of_shortest(d->compared_variance);
    if (d->type == ASSAY_METRIC_PROPORTION) {
        v_c = share_variance(p);
        v_t = share_variance(assay__wide_add(p, moved));
    }
    if (d->side == ASSAY_SIDE_BOTH)
        tail = assay__wide_mul(tail, assay__wide_of(0.5));
    wide baseline = assay__wide_of(n_c), compared = assay__wide_of(n_t);
    wide a = assay__wide_div(assay__wide_mul(factor, v_c), baseline);
    wide b = assay__wide_div(assay__wide_mul(factor, v_t), compared), sum = assay__wide_add(a, b);
    wide of_a = assay__wide_div(assay__wide_square(a), assay__wide_sub(baseline, one));
    wide of_b = assay__wide_div(assay__wide_square(b), assay__wide_sub(compared, one));
    wide df = assay__wide_div(assay__wide_square(sum), assay__wide_add(of_a, of_b));
    return assay__nct_power(tail, df, assay__wide_div(distance, assay__wide_sqrt(sum)));
}

/* The distance with the power by a secant step from one that has it nearly. */
static wide exact_distance(const struct assay_size_design *d, double near, double n_c, double n_t)
{
    wide x = assay__wide_of(near), y = assay__wide_of(near * (1.0 + 0x1p-26));
    wide at_x = power_of(d, x, n_c, n_t), at_y = power_of(d, y, n_c, n_t);
    wide rise = assay__wide_div(assay__wide_sub(at_y, at_x), assay__wide_sub(y, x));
    wide missing = assay__wide_sub(assay__wide_of_shortest(d->power), at_x);
    return assay__wide_add(x, assay__wide_div(missing, rise));
}

START_TEST(powered_effects_are_the_nearest_doubles)
{
    int count = 0, nearest = 0;
    for (int i = 0; i < 150; i++) {
        struct assay_size_design design = draw_design();
        double n_c = floor(draw_log(2000.0, 1e8)), n_t = floor(n_c * draw_log(0.2, 3.0)), effect;
        struct assay_error err;
        assert_ok(assay_size_effect(&design, n_c, n_t, &effect, &err), &err);
        if (isnan(effect))
            continue;
        double exact = assay__wide_double(exact_distance(&design, effect, n_c, n_t));
        ck_assert_msg(effect >= nextafter(exact, 0.0) && effect <= nextafter(exact, HUGE_VAL),
                      "design %d: %.17g, expected %.17g", i, effect, exact);
        nearest += effect == exact;
        count++;
    }
    printf("%d of %d powered effects are the nearest doubles\n", nearest, count);
    ck_assert_int_gt(count, 140);
    ck_assert_int_ge(nearest, count - 3);
}
END_TEST

/* How many units of 2^-53 an effect of few units is off: the worst. */
static double worst_of_few(double least, double most, int cases, int *count)
{
    double worst = 0.0;
    for (int i = 0; i < cases; i++) {
        struct assay_size_design design = draw_design();
        double n_c = floor(draw_log(least, most)), n_t = floor(draw_log(least, most)), effect;
        struct assay_error err;
        design.type = ASSAY_METRIC_MEAN;
        assert_ok(assay_size_effect(&design, n_c, n_t, &effect, &err), &err);
        wide exact = exact_distance(&design, effect, n_c, n_t);
        double off = assay__wide_double(assay__wide_sub(assay__wide_of(effect), exact));
        if (isnan(off)) /* too heavy a tail for the oracle */
            continue;
        worst = fmax(worst, fabs(off) / effect * 0x1p53);
        ++*count;
    }
    return worst;
}

START_TEST(powered_effects_of_few_units_are_near_the_nearest)
{
    static const double SIZES[] = {2.0, 4.0, 12.0, 60.0, 1500.0};
    int count = 0;
    for (int i = 0; i < 4; i++) {
        double worst = worst_of_few(SIZES[i], SIZES[i + 1], i == 0 ? 12 : 40, &count);
        printf("powered effects of %g to %g units: worst %.2f of 2^-53\n", SIZES[i], SIZES[i + 1],
               worst);
        ck_assert_double_le(worst, 6.0);
    }
    ck_assert_int_gt(count, 120);
}
END_TEST

/* One unit fewer has too little power, to 25 digits. */
START_TEST(required_sizes_are_the_smallest)
{
    int count = 0;
    for (int i = 0; i < 150; i++) {
        struct assay_size_design design = draw_design();
        struct assay_size_result size;
        struct assay_error err;
        assert_ok(assay_size_required(&design, &size, &err), &err);
        wide distance = assay__wide_abs(assay__wide_of_shortest(design.effect));
        wide wanted = assay__wide_of_shortest(design.power);
        double kappa = design.baseline_weight / design.compared_weight, less = size.compared - 1.0;
        double fewer = ceil(kappa * less * (1.0 - 0x1p-48));
        if (less < 2.0 || fewer < 2.0)
            continue;
        wide power = power_of(&design, distance, size.baseline, size.compared);
        wide below = power_of(&design, distance, fewer, less);
        ck_assert_int_ge(assay__wide_compare(power, wanted), 0);
        ck_assert_int_lt(assay__wide_compare(below, wanted), 0);
        count++;
    }
    printf("%d required sizes are the smallest\n", count);
    ck_assert_int_gt(count, 140);
}
END_TEST

static void add(TCase *c)
{
    tcase_set_timeout(c, 120);
    tcase_add_test(c, powered_effects_are_the_nearest_doubles);
    tcase_add_test(c, powered_effects_of_few_units_are_near_the_nearest);
    tcase_add_test(c, required_sizes_are_the_smallest);
}

int main(void)
{
    return test_main("size_series", add);
}
