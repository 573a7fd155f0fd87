/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparisons of tests: of summaries and of values in arrays. */
#include "compare_sums.h"

const struct assay_method COMPARE_Z_UPPER = {
    .type = ASSAY_METRIC_MEAN, .test = ASSAY_TEST_Z, .side = ASSAY_SIDE_UPPER, .alpha = 0.05};

struct assay_comparison compare_summaries(struct assay_summary baseline,
                                          struct assay_summary compared,
                                          const struct assay_method *method)
{
    struct assay_comparison out;
    struct assay_error err;
    assert_ok(assay_summaries_compare(&baseline, &compared, method, &out, &err), &err);
    return out;
}

struct assay_moments *compare_moments(struct assay_moments_shape shape, const double *values,
                                      size_t n)
{
    struct assay_moments *moments;
    struct assay_error err;
    size_t k = 1 + shape.has_denominator + shape.covariate_count;
    assert_ok(assay_moments_new(shape, &moments, &err), &err);
    for (size_t i = 0; i < n; i++)
        assert_ok(assay_moments_add(moments, values + i * k, &err), &err);
    return moments;
}

struct assay_comparison compare_arrays(struct assay_moments_shape shape, const double *c,
                                       size_t n_c, const double *t, size_t n_t,
                                       const struct assay_method *method)
{
    struct assay_comparison out;
    struct assay_error err;
    struct assay_moments *groups[2] = {compare_moments(shape, c, n_c),
                                       compare_moments(shape, t, n_t)};
    const struct assay_moments *view[2] = {groups[0], groups[1]};
    assert_ok(assay_moments_compare(view, 2, 0, 1, method, &out, &err), &err);
    assay_moments_free(groups[0]);
    assay_moments_free(groups[1]);
    return out;
}

static double draw(uint64_t *state)
{
    return (double)(oracle_random(state) >> 11) * 0x1p-53;
}

struct assay_summary compare_draw_summary(uint64_t *state)
{
    return (struct assay_summary){2 + oracle_random(state) % 500, 4.0 * draw(state) - 2.0,
                                  800.0 * draw(state), 6.0 * draw(state) - 3.0};
}

struct assay_method compare_draw_method(uint64_t *state)
{
    return (struct assay_method){.type = ASSAY_METRIC_MEAN,
                                 .test = (enum assay_test_kind)(oracle_random(state) % 2),
                                 .side = (enum assay_side)(oracle_random(state) % 3),
                                 .alpha = 0.01 + 0.4 * draw(state)};
}
