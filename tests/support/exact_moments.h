/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moments made, filled and looked at, for the tests of exact sums. A test includes it once. */
#ifndef ASSAY_TESTS_EXACT_MOMENTS_H
#define ASSAY_TESTS_EXACT_MOMENTS_H

#include "oracle.h"

#include "stats/moments.h"
#include "stats/moments_block.h"

static inline struct assay_moments *new_moments(uint32_t denominator, uint32_t covariates)
{
    struct assay_error err;
    struct assay_moments *moments;
    struct assay_moments_shape shape = {denominator, covariates};
    assert_ok(assay_moments_new(shape, &moments, &err), &err);
    return moments;
}

static inline void add_doubles(struct assay_moments *moments, const double *values, size_t count)
{
    struct assay_error err;
    for (size_t i = 0; i < count; i++)
        assert_ok(assay_moments_add(moments, &values[i], &err), &err);
}

static inline void add_number(struct assay_moments *moments, int64_t mantissa, int32_t exponent)
{
    struct assay_error err;
    struct assay_decimal value = {.mantissa = mantissa, .exponent = exponent};
    assert_ok(assay_moments_add_decimal(moments, &value, 0, &err), &err);
}

static inline void check_text(const struct assay_moments *moments, uint32_t sum, const char *want)
{
    struct assay__text text = {0};
    struct assay_error err;
    assert_ok(assay__moments_write_sum(moments, 0, sum, &text, &err), &err);
    ck_assert_str_eq(text.data, want);
    assay__text_release(&text);
}

static inline void refuse(enum assay_status got, enum assay_status want,
                          const struct assay_error *err, const char *part)
{
    ck_assert_int_eq(got, want);
    ck_assert_msg(strstr(err->message, part) != NULL, "%s", err->message);
}

#endif
