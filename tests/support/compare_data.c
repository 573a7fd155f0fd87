/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare_data.h"

#define E17 100000000000000000

static const struct kind {
    const char *name;
    int64_t offset, common, own, noise;
    int32_t exponent;
} KINDS[] = {
    {"money", 500000, 100000, 30000, 50000, -2},    {"offset", E17, 100000, 30000, 50000, -5},
    {"near", E17, 1000000000, 0, 10000, -9},        {"ill", 0, 1000000000000, 1000000, 1000, -6},
    {"tiny", 500000, 100000, 30000, 50000, -206},   {"huge", 500000, 100000, 30000, 50000, 145},
    {"constant", 500000, 100000, 30000, 50000, -2}, {"collinear", 500000, 100000, 30000, 50000, -2},
    {"missing", 500000, 100000, 30000, 50000, -2},  {"still", 500000, 100000, 30000, 50000, -2},
    {"parallel", 500000, 100000, 30000, 50000, -2}, {"crossed", 500000, 100000, 30000, 50000, -2},
};

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (strcmp(KINDS[i].name, name) == 0)
            return &KINDS[i];
    ck_abort_msg("unknown kind %s", name);
    return NULL;
}

static int64_t around(int64_t spread, uint64_t *state)
{
    return (int64_t)(oracle_random(state) % (uint64_t)(2 * spread + 1)) - spread;
}

static struct assay_decimal decimal(int64_t mantissa, int32_t exponent)
{
    return (struct assay_decimal){.mantissa = mantissa, .exponent = exponent};
}

static void add_unit(struct assay_moments *moments, const struct kind *kind, bool is_share,
                     uint32_t group, uint64_t *state)
{
    struct assay_moments_shape shape = assay_moments_shape(moments);
    struct assay_decimal values[ASSAY_VARIABLES_MAX], *x = values + 1 + shape.has_denominator;
    uint32_t q = shape.covariate_count, missing = 0;
    int64_t mantissa[ASSAY_COVARIATES_MAX];
    int64_t u = kind->offset + around(kind->common, state);
    for (uint32_t i = 0; i < q; i++)
        mantissa[i] = u + around(kind->own, state);
    int64_t y = u + around(kind->noise, state);
    y += (int64_t)group * (kind->noise / 3);
    int64_t w = 1 + (int64_t)(oracle_random(state) % 9);
    for (uint32_t i = 0; i < q; i++)
        missing |= (uint32_t)(oracle_random(state) % 4 == 0) << i;
    if (strcmp(kind->name, "missing") != 0)
        missing = 0;
    if (strcmp(kind->name, "constant") == 0)
        mantissa[q - 1] = 42;
    if (strcmp(kind->name, "collinear") == 0)
        mantissa[q - 1] = 2 * mantissa[0] + 7;
    if (strcmp(kind->name, "still") == 0 && group == 0)
        y = kind->offset;
    if (strcmp(kind->name, "parallel") == 0 && group == 1)
        y = 142857 * w;
    if (strcmp(kind->name, "crossed") == 0 && group == 0)
        mantissa[q - 1] = 2 * mantissa[0] + 7;
    if (strcmp(kind->name, "crossed") == 0 && group == 1)
        mantissa[0] = 42;
    values[0] = is_share ? decimal(y > kind->offset, 0) : decimal(y, kind->exponent);
    if (shape.has_denominator)
        values[1] = decimal(w, 0);
    for (uint32_t i = 0; i < q; i++)
        x[i] = decimal(mantissa[i], kind->exponent);
    struct assay_error err;
    assert_ok(assay_moments_add_decimal(moments, values, missing, &err), &err);
}

void compare_data_add(struct assay_moments *moments, const char *kind, bool is_share,
                      uint32_t group, uint64_t count, uint64_t *state)
{
    const struct kind *row = find_kind(kind);
    for (uint64_t i = 0; i < count; i++)
        add_unit(moments, row, is_share, group, state);
}
