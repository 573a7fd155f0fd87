/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle.h"

#include <mpfr.h>

/* splitmix64 */
uint64_t oracle_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static int64_t random_between(uint64_t *state, int64_t low, int64_t high)
{
    return low + (int64_t)(oracle_random(state) % (uint64_t)(high - low + 1));
}

static void power_of_ten(mpz_ptr power, long exponent)
{
    mpz_ui_pow_ui(power, 10, (unsigned long)labs(exponent));
}

static void scale(mpq_ptr value, long exponent)
{
    mpz_t power;
    mpz_init(power);
    power_of_ten(power, exponent);
    if (exponent >= 0)
        mpz_mul(mpq_numref(value), mpq_numref(value), power);
    else
        mpz_mul(mpq_denref(value), mpq_denref(value), power);
    mpq_canonicalize(value);
    mpz_clear(power);
}

static void draw_long(struct oracle_row *row, uint32_t i, uint64_t *state)
{
    char *digits = row->digits[i];
    uint32_t length = (uint32_t)random_between(state, 19, ORACLE_DIGITS);
    digits[0] = (char)('1' + oracle_random(state) % 9);
    for (uint32_t k = 1; k < length; k++)
        digits[k] = (char)('0' + oracle_random(state) % 10);
    digits[length] = '\0';
    row->decimals[i] = (struct assay_decimal){
        .mantissa = oracle_random(state) % 2 == 0 ? 1 : -1,
        .exponent = (int32_t)random_between(state, -40, 5),
        .digit_count = length,
        .digits = digits,
    };
    mpz_set_str(mpq_numref(row->exact[i]), digits, 10);
    if (row->decimals[i].mantissa < 0)
        mpq_neg(row->exact[i], row->exact[i]);
    scale(row->exact[i], row->decimals[i].exponent);
}

static void draw_decimal(struct oracle_row *row, uint32_t i, enum oracle_kind kind, uint64_t *state)
{
    const int64_t e17 = 100000000000000000;
    struct assay_decimal value = {0};
    switch (kind) {
    case ORACLE_BINARY:
        value.mantissa = random_between(state, 0, 1);
        break;
    case ORACLE_MONEY:
        value.mantissa = random_between(state, -1000, 1000000);
        value.exponent = -2;
        for (; value.mantissa % 10 == 0 && value.mantissa != 0; value.mantissa /= 10)
            value.exponent++;
        break;
    case ORACLE_PRINTED:
        value.mantissa = random_between(state, -e17, e17);
        value.exponent = (int32_t)random_between(state, -20, -15);
        break;
    case ORACLE_FAR:
        value.mantissa = random_between(state, -e17, e17);
        value.exponent = (int32_t)random_between(state, -200, 150);
        break;
    default: /* ORACLE_EXTREME */
        value.mantissa = random_between(state, 0, 1);
        value.mantissa += oracle_random(state) % 2 == 0 ? INT64_MIN : INT64_MAX - 1;
        value.exponent = (int32_t)random_between(state, -1, 1);
        break;
    }
    row->decimals[i] = value;
    mpz_set_si(mpq_numref(row->exact[i]), value.mantissa);
    scale(row->exact[i], value.exponent);
}

static void draw_double(struct oracle_row *row, uint32_t i, enum oracle_kind kind, uint64_t *state)
{
    double value;
    if (kind == ORACLE_ORDINARY) {
        value = (double)random_between(state, -1000, 1000);
        if (oracle_random(state) % 3 != 0)
            value += (double)oracle_random(state) / 1.9e19;
    } else {
        do {
            uint64_t bits = oracle_random(state);
            if (oracle_random(state) % 8 == 0)
                bits &= UINT64_C(0x800fffffffffffff); /* subnormal */
            memcpy(&value, &bits, sizeof value);
        } while (!isfinite(value));
    }
    row->doubles[i] = value;
    mpq_set_d(row->exact[i], value);
}

void oracle_fill(struct oracle_row *rows, size_t count, struct assay_moments_shape shape,
                 enum oracle_kind kind, bool with_missing, uint64_t *state)
{
    uint32_t first = 1 + shape.has_denominator, variables = first + shape.covariate_count;
    for (size_t r = 0; r < count; r++) {
        struct oracle_row *row = &rows[r];
        enum oracle_kind own = kind;
        if (kind == ORACLE_MIXED)
            own = (enum oracle_kind)(oracle_random(state) % ORACLE_MIXED);
        row->is_double = own == ORACLE_DOUBLES || own == ORACLE_ORDINARY;
        row->missing = 0;
        for (uint32_t i = 0; i < variables; i++) {
            mpq_init(row->exact[i]);
            if (row->is_double)
                draw_double(row, i, own, state);
            else if (own == ORACLE_LONG)
                draw_long(row, i, state);
            else
                draw_decimal(row, i, own, state);
            if (with_missing && i >= first && oracle_random(state) % 4 == 0) {
                row->missing |= UINT32_C(1) << (i - first);
                row->doubles[i] = (double)NAN;
                row->decimals[i] = (struct assay_decimal){.mantissa = 77, .exponent = 1234567};
            }
        }
    }
}

void oracle_release(struct oracle_row *rows, size_t count)
{
    for (size_t r = 0; r < count; r++)
        for (uint32_t i = 0; i < ORACLE_VARIABLES; i++)
            if (rows[r].exact[i]->_mp_num._mp_d != NULL)
                mpq_clear(rows[r].exact[i]);
    free(rows);
}

void oracle_add(struct assay_moments *moments, const struct oracle_row *row)
{
    struct assay_error err;
    if (row->is_double)
        assert_ok(assay_moments_add(moments, row->doubles, &err), &err);
    else
        assert_ok(assay_moments_add_decimal(moments, row->decimals, row->missing, &err), &err);
}

bool oracle_present(const struct oracle_row *row, struct assay_moments_shape shape,
                    uint32_t variable)
{
    uint32_t first = 1 + shape.has_denominator;
    return variable < first || (row->missing >> (variable - first) & 1) == 0;
}

void oracle_sum(const struct oracle_row *rows, size_t count, struct assay_moments_shape shape,
                uint32_t mask, const uint32_t *factors, uint32_t order, mpq_ptr sum)
{
    mpq_t product;
    mpq_init(product);
    mpq_set_ui(sum, 0, 1);
    for (size_t r = 0; r < count; r++) {
        bool present = rows[r].missing == mask;
        mpq_set_ui(product, 1, 1);
        for (uint32_t k = 0; k < order; k++) {
            present = present && oracle_present(&rows[r], shape, factors[k]);
            mpq_mul(product, product, rows[r].exact[factors[k]]);
        }
        if (present)
            mpq_add(sum, sum, product);
    }
    mpq_clear(product);
}

uint64_t oracle_pair(const struct oracle_row *rows, size_t count, struct assay_moments_shape shape,
                     uint32_t i, uint32_t j, mpq_t sums[3])
{
    uint64_t n = 0;
    mpq_t product;
    mpq_init(product);
    for (int k = 0; k < 3; k++)
        mpq_set_ui(sums[k], 0, 1);
    for (size_t r = 0; r < count; r++) {
        if (!oracle_present(&rows[r], shape, i) || !oracle_present(&rows[r], shape, j))
            continue;
        n++;
        mpq_add(sums[0], sums[0], rows[r].exact[i]);
        mpq_add(sums[1], sums[1], rows[r].exact[j]);
        mpq_mul(product, rows[r].exact[i], rows[r].exact[j]);
        mpq_add(sums[2], sums[2], product);
    }
    mpq_clear(product);
    return n;
}

double oracle_nearest(mpq_srcptr value, bool root)
{
    mpfr_t wide;
    mpfr_init2(wide, 16000);
    mpfr_set_q(wide, value, MPFR_RNDN);
    if (root)
        mpfr_sqrt(wide, wide, MPFR_RNDN);
    double nearest = mpfr_get_d(wide, MPFR_RNDN);
    mpfr_clear(wide);
    return nearest;
}

void oracle_read(const char *text, mpq_ptr value)
{
    char *digits = calloc(strlen(text) + 1, 1);
    ck_assert_ptr_nonnull(digits);
    long exponent = 0;
    size_t length = 0;
    bool point = false;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        ck_assert_msg(strchr("-0123456789", *text) != NULL, "not a decimal: %s", text);
        digits[length++] = *text;
        exponent -= point;
    }
    if (*text == 'e')
        exponent += strtol(text + 1, NULL, 10);
    mpq_set_ui(value, 0, 1);
    ck_assert_int_eq(mpz_set_str(mpq_numref(value), digits, 10), 0);
    scale(value, exponent);
    free(digits);
}
