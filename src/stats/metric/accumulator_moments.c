/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The accumulator of exact moments, which means, proportions and ratios are made of. */
#include <inttypes.h>
#include <string.h>

#include "stats/metric/accumulator.h"
#include "stats/moments.h"

static enum assay_status make(struct assay_moments_shape shape, void **state,
                              struct assay_error *err)
{
    struct assay_moments *moments = NULL;
    enum assay_status status = assay_moments_new(shape, &moments, err);
    *state = moments;
    return status;
}

static enum assay_status make_in(struct assay__arena *arena, struct assay_moments_shape shape,
                                 void **state, struct assay_error *err)
{
    struct assay_moments *moments = NULL;
    enum assay_status status = assay__moments_new_in(arena, shape, &moments, err);
    *state = moments;
    return status;
}

static void release(void *state)
{
    assay_moments_free(state);
}

static struct assay_moments_shape shape_of(const void *state)
{
    return assay_moments_shape(state);
}

static uint64_t count(const void *state)
{
    return assay_moments_count(state);
}

static uint64_t missing(const void *state, uint32_t covariate)
{
    return assay__moments_missing(state, covariate);
}

static enum assay_status add(void *state, const struct assay_decimal *values, uint32_t without,
                             struct assay_error *err)
{
    return assay_moments_add_decimal(state, values, without, err);
}

static enum assay_status merge(void *into, const void *from, struct assay_error *err)
{
    return assay_moments_merge(into, from, err);
}

static enum assay_status subtract(void *from, const void *what, struct assay_error *err)
{
    return assay__moments_subtract(from, what, err);
}

static enum assay_status digest(const void *state, struct assay__text *text,
                                struct assay_error *err)
{
    const struct assay_moments *moments = state;
    uint32_t patterns = assay__moments_pattern_count(moments);
    uint32_t sums = assay__moments_sum_count(assay_moments_shape(moments));
    for (uint32_t pattern = 0; pattern < patterns; pattern++) {
        uint32_t mask;
        uint64_t n;
        bool has_third;
        assay__moments_pattern(moments, pattern, &mask, &n, &has_third);
        if (mask == 0)
            assay__text_append(text, " 0", 2);
        else
            assay__text_format(text, " %" PRIx32, mask);
        assay__text_putc(text, ':');
        assay__text_count(text, n);
        if (!has_third)
            assay__text_puts(text, "(no cubes)");
        for (uint32_t i = 0; i < sums; i++) {
            assay__text_putc(text, ',');
            enum assay_status status = assay__moments_write_sum(moments, pattern, i, text, err);
            if (status != ASSAY_OK)
                return status;
        }
    }
    return ASSAY_OK;
}

/* Some unit of some group lacks a covariate. */
static bool lacks_some(const struct assay_moments *const *moments, uint32_t group_count,
                       uint32_t covariates)
{
    for (uint32_t g = 0; g < group_count; g++)
        for (uint32_t i = 0; moments[g] != NULL && i < covariates; i++)
            if (assay__moments_missing(moments[g], i) > 0)
                return true;
    return false;
}

static enum assay_status load(const void *const *states, uint32_t group_count,
                              struct assay_moments_shape shape, double level,
                              struct assay__wide *fill, struct assay__group *groups,
                              struct assay_error *err)
{
    (void)level;
    const struct assay_moments *moments[ASSAY__LOADED_GROUPS_MAX];
    moments[0] = NULL; /* gcc 12 does not see that there is a group */
    for (uint32_t g = 0; g < group_count; g++)
        moments[g] = states[g];
    enum assay_status status = ASSAY_OK;
    if (lacks_some(moments, group_count, shape.covariate_count))
        status = assay__moments_fill(moments, group_count, fill, err);
    else
        for (uint32_t i = 0; i < shape.covariate_count; i++)
            fill[i] = assay__wide_zero();
    for (uint32_t g = 0; status == ASSAY_OK && g < group_count; g++) {
        if (moments[g] != NULL) {
            status = assay__moments_group(moments[g], fill, &groups[g], err);
        } else {
            memset(&groups[g], 0, sizeof groups[g]);
            groups[g].shape = shape;
            groups[g].variable_count = 1 + shape.has_denominator + shape.covariate_count;
        }
    }
    return status;
}

const struct assay__accumulator assay__accumulator_moments = {.make = make,
                                                              .make_in = make_in,
                                                              .free = release,
                                                              .shape = shape_of,
                                                              .count = count,
                                                              .missing = missing,
                                                              .add = add,
                                                              .merge = merge,
                                                              .subtract = subtract,
                                                              .digest = digest,
                                                              .load = load};
