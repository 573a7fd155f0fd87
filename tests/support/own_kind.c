/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A metric kind that the product does not have, with an accumulator of its own: the median of
 * values of at most three decimals. A program that names own_kind takes these tables in place of
 * the library's, whose files hold nothing else, so the whole way of the data is run by a kind that
 * no other file knows.
 */
#include "own_kind.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "stats/metric/metric.h"

enum { COUNTS_OF_A_ROW = 3 };

/* A value in thousandths, and how many units have it; negative while a unit is taken out. */
struct value {
    int64_t value;
    int64_t count;
};

struct sample {
    struct value *values; /* ascending */
    uint32_t count, capacity;
};

static enum assay_status make(struct assay_moments_shape shape, void **state,
                              struct assay_error *err)
{
    (void)shape;
    *state = calloc(1, sizeof(struct sample));
    return *state == NULL ? assay__fail_memory(err) : ASSAY_OK;
}

static void release(void *state)
{
    struct sample *sample = state;
    if (sample != NULL)
        free(sample->values);
    free(sample);
}

static struct assay_moments_shape shape_of(const void *state)
{
    (void)state;
    return (struct assay_moments_shape){0, 0};
}

static uint64_t count_of(const void *state)
{
    const struct sample *sample = state;
    int64_t n = 0;
    for (uint32_t i = 0; i < sample->count; i++)
        n += sample->values[i].count;
    return (uint64_t)n;
}

static uint64_t missing_of(const void *state, uint32_t covariate)
{
    (void)state;
    (void)covariate;
    return 0;
}

static uint32_t place_of(const struct sample *sample, int64_t value)
{
    uint32_t at = 0;
    while (at < sample->count && sample->values[at].value < value)
        at++;
    return at;
}

static enum assay_status put(struct sample *sample, int64_t value, int64_t count,
                             struct assay_error *err)
{
    uint32_t at = place_of(sample, value);
    if (at == sample->count || sample->values[at].value != value) {
        if (sample->count == sample->capacity) {
            uint32_t capacity = 2 * sample->capacity + 4;
            struct value *values = realloc(sample->values, capacity * sizeof *values);
            if (values == NULL)
                return assay__fail_memory(err);
            sample->values = values;
            sample->capacity = capacity;
        }
        memmove(&sample->values[at + 1], &sample->values[at],
                (sample->count - at) * sizeof *sample->values);
        sample->values[at] = (struct value){value, 0};
        sample->count++;
    }
    sample->values[at].count += count;
    if (sample->values[at].count == 0)
        memmove(&sample->values[at], &sample->values[at + 1],
                (--sample->count - at) * sizeof *sample->values);
    return ASSAY_OK;
}

static enum assay_status add(void *state, const struct assay_decimal *values, uint32_t missing,
                             struct assay_error *err)
{
    int64_t value = values[0].mantissa;
    (void)missing;
    if (values[0].digits != NULL || values[0].exponent < -3 || values[0].exponent > 3)
        return assay__fail(err, ASSAY_ERROR_LIMIT, "A median takes three decimals.");
    for (int32_t e = -3; e < values[0].exponent; e++)
        value *= 10;
    return put(state, value, 1, err);
}

static enum assay_status add_all(void *into, const void *from, int64_t sign,
                                 struct assay_error *err)
{
    const struct sample *other = from;
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < other->count; i++)
        status = put(into, other->values[i].value, sign * other->values[i].count, err);
    return status;
}

static enum assay_status merge(void *into, const void *from, struct assay_error *err)
{
    return add_all(into, from, 1, err);
}

static enum assay_status subtract(void *from, const void *what, struct assay_error *err)
{
    return add_all(from, what, -1, err);
}

static uint32_t row_count(const void *state)
{
    const struct sample *sample = state;
    return (sample->count + COUNTS_OF_A_ROW - 1) / COUNTS_OF_A_ROW;
}

static enum assay_status write_row(const void *state, uint32_t row, uint64_t *count,
                                   struct assay__text *text, struct assay_error *err)
{
    const struct sample *sample = state;
    uint32_t first = row * COUNTS_OF_A_ROW;
    *count = 0;
    for (uint32_t i = first; i < sample->count && i < first + COUNTS_OF_A_ROW; i++) {
        assay__text_format(text, "%s%" PRId64 "*%" PRId64, i == first ? "" : ", ",
                           sample->values[i].value, sample->values[i].count);
        *count += (uint64_t)sample->values[i].count;
    }
    return text->failed ? assay__fail_memory(err) : ASSAY_OK;
}

static enum assay_status read_row(void *state, uint64_t count, const char *text, size_t length,
                                  struct assay_error *err)
{
    struct sample *sample = state;
    char copy[200], *at = copy;
    enum assay_status status = ASSAY_OK;
    uint64_t n = 0;
    if (length >= sizeof copy)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "A sample is too long.");
    memcpy(copy, text, length);
    copy[length] = '\0';
    while (status == ASSAY_OK && *at != '\0') {
        char *star, *end;
        int64_t value = strtoll(at, &star, 10);
        int64_t units = *star == '*' ? strtoll(star + 1, &end, 10) : 0;
        uint32_t place = place_of(sample, value);
        if (units <= 0 || (*end != '\0' && strncmp(end, ", ", 2) != 0))
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "That is not a sample.");
        if (place < sample->count && sample->values[place].value == value)
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "A sample has a value twice.");
        status = put(sample, value, units, err);
        n += (uint64_t)units;
        at = end + (*end == '\0' ? 0 : 2);
    }
    if (status == ASSAY_OK && n != count)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "A sample is not of n units.");
    return status;
}

static enum assay_status digest(const void *state, struct assay__text *text,
                                struct assay_error *err)
{
    uint64_t n;
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < row_count(state); i++)
        status = write_row(state, i, &n, text, err);
    return status;
}

/* The value of a rank, 1 .. n. */
static double value_of_rank(const struct sample *sample, uint64_t n, double rank)
{
    double whole = floor(rank), below = 0.0;
    whole = whole < 1.0 ? 1.0 : whole > (double)n ? (double)n : whole;
    uint32_t i = 0;
    while (i + 1 < sample->count && below + (double)sample->values[i].count < whole)
        below += (double)sample->values[i++].count;
    return (double)sample->values[i].value / 1000.0;
}

/* Woodruff (1952): the interval of ranks np -+ z sqrt(n p (1 - p)), turned into an error. */
static enum assay_status load(const void *const *states, uint32_t count,
                              struct assay_moments_shape shape, double level,
                              struct assay__wide *fill, struct assay__group *groups,
                              struct assay_error *err)
{
    (void)fill;
    (void)err;
    for (uint32_t g = 0; g < count; g++) {
        memset(&groups[g], 0, sizeof groups[g]);
        groups[g].shape = shape;
        groups[g].variable_count = 1;
        groups[g].n = states[g] == NULL ? 0 : count_of(states[g]);
        if (groups[g].n == 0)
            continue;
        double n = (double)groups[g].n, reach = 2.0 * sqrt(n * level * (1.0 - level));
        double low = value_of_rank(states[g], groups[g].n, n * level - reach);
        double high = value_of_rank(states[g], groups[g].n, n * level + reach + 1.0);
        double error = (high - low) / 4.0;
        groups[g].mean[0] = assay__wide_of(value_of_rank(states[g], groups[g].n, ceil(n * level)));
        groups[g].centred[0] = assay__wide_of(error * error * n * (n - 1.0));
    }
    return ASSAY_OK;
}

static const struct assay__state_text TEXT = {
    .column = OWN_KIND_COLUMN, .row_count = row_count, .write = write_row, .read = read_row};

static const struct assay__accumulator SAMPLE = {.make = make,
                                                 .free = release,
                                                 .text = &TEXT,
                                                 .shape = shape_of,
                                                 .count = count_of,
                                                 .missing = missing_of,
                                                 .add = add,
                                                 .merge = merge,
                                                 .subtract = subtract,
                                                 .digest = digest,
                                                 .load = load};

static void estimate(const struct assay__group *group, struct assay__estimate *out)
{
    assay__estimate_value(group, out);
    assay__estimate_error(out);
}

/* In place of src/stats/metric/accumulators.c and quantile.c. */
const struct assay__accumulator *const assay__accumulators[] = {&assay__accumulator_moments,
                                                                &SAMPLE, NULL};
const struct assay__metric_kind assay__metric_quantile = {
    .keeps = &SAMPLE, .no_moments = "A quantile needs a sample.", .estimate = estimate};

const struct assay__accumulator *own_kind(void)
{
    return &SAMPLE;
}
