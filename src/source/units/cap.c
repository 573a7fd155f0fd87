/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Caps at quantiles: the values of all units are pooled and ranked. */
#include "source/units/cap.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/hash.h"
#include "base/sort.h"

/* A value in the pool: the nearest double decides nearly always, else the packed number does. */
struct pooled {
    double nearest;
    union {
        size_t place;                /* of the packed number, whose room grows */
        const unsigned char *packed; /* once all are there, for sorting */
    };
};

/* The values of one metric. */
struct pool {
    uint32_t metric;
    struct pooled *values;
    size_t count, capacity;
    struct assay__pack packed;
};

bool assay__cap_needs_values(const struct assay_plan *plan)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (!isnan(plan->metrics[m].cap.lower_quantile) ||
            !isnan(plan->metrics[m].cap.upper_quantile))
            return true;
    return false;
}

size_t assay__cap_rank(double quantile, size_t count)
{
    char text[ASSAY__NUMBER_BYTES], digits[ASSAY__DIGITS_MAX];
    struct assay_decimal decimal;
    size_t length = assay__number_write(quantile, text);
    if (count == 0 || assay__decimal_parse(text, length, &decimal, digits) != ASSAY__PARSE_OK)
        return 0;
    if (decimal.exponent >= 0 || decimal.mantissa <= 0)
        return decimal.mantissa <= 0 ? 1 : count;
    assay__uint128 product = (assay__uint128)(uint64_t)decimal.mantissa * count;
    for (int32_t i = decimal.exponent; i < 0 && product > 1; i++)
        product = (product + 9) / 10; /* ceil(ceil(x/10)/10) = ceil(x/100) */
    return product < 1 ? 1 : product > count ? count : (size_t)product;
}

static int compare_pooled(const void *a, const void *b)
{
    const struct pooled *x = a, *y = b;
    if (x->nearest != y->nearest)
        return x->nearest < y->nearest ? -1 : 1;
    struct assay_decimal x_exact, y_exact;
    const unsigned char *x_at = x->packed, *y_at = y->packed;
    (void)assay__get_number(&x_at, &x_exact);
    (void)assay__get_number(&y_at, &y_exact);
    return assay__decimal_compare(&x_exact, &y_exact);
}

/* The double nearest to a decimal, or near to it all the same for all that are equal. */
static double nearest_to(const struct assay_decimal *value)
{
    char text[64];
    double nearest = 0.0;
    if (value->digits != NULL) {
        uint32_t left_out = value->digit_count - 18;
        int length = snprintf(text, sizeof text, "%s%.18se%lld", value->mantissa < 0 ? "-" : "",
                              value->digits, (long long)value->exponent + left_out);
        (void)assay__double_parse(text, (size_t)length, &nearest);
        return nearest;
    }
    if (value->exponent == 0 || value->mantissa == 0)
        return (double)value->mantissa;
    int length =
        snprintf(text, sizeof text, "%llde%d", (long long)value->mantissa, (int)value->exponent);
    (void)assay__double_parse(text, (size_t)length, &nearest);
    return nearest;
}

static enum assay_status put_value(struct pool *pool, const struct assay_decimal *value,
                                   struct assay_error *err)
{
    if (pool->count == pool->capacity) {
        size_t capacity = pool->capacity * 2 + 1024;
        struct pooled *values = assay__realloc(pool->values, capacity * sizeof *values);
        if (values == NULL)
            return assay__fail_memory(err);
        pool->values = values;
        pool->capacity = capacity;
    }
    unsigned char *at = assay__pack_room(&pool->packed, ASSAY__PACKED_NUMBER_BYTES);
    if (at == NULL)
        return assay__fail_memory(err);
    pool->values[pool->count++] =
        (struct pooled){.nearest = nearest_to(value), .place = pool->packed.length};
    pool->packed.length += (size_t)(assay__put_number(at, value) - at);
    return ASSAY_OK;
}

struct pooling {
    struct assay__unit_looks *unit_looks;
    struct pool *pool;
    struct assay__halt *halt;
};

static const char STAGE[] = "caps";

enum { VALUES_A_REPORT = 4096 };

static enum assay_status pool_unit(void *context, const struct assay__exposure *unit,
                                   struct assay__records records, struct assay_error *err)
{
    const struct pooling *pooling = context;
    struct assay__vector vector;
    if (unit->is_unclear || unit->differs)
        return ASSAY_OK;
    enum assay_status status = assay__unit_looks_value(pooling->unit_looks, unit, records,
                                                       pooling->pool->metric, &vector, err);
    if (status == ASSAY_OK && pooling->pool->count % VALUES_A_REPORT == 0)
        status = assay__halt_progress(pooling->halt, STAGE, pooling->pool->count, 0, err);
    return status == ASSAY_OK && vector.counts ? put_value(pooling->pool, &vector.values[0], err)
                                               : status;
}

static enum assay_status set_quantile(struct assay__tally *tally, uint32_t metric, bool is_upper,
                                      double quantile, const struct pooled *values, size_t count,
                                      struct assay_error *err)
{
    if (isnan(quantile) || count == 0)
        return ASSAY_OK;
    struct assay_decimal value;
    const unsigned char *at = values[assay__cap_rank(quantile, count) - 1].packed;
    (void)assay__get_number(&at, &value);
    return assay__tally_set_cap(tally, metric, is_upper, &value, err);
}

/* Ranks the values of a metric: places become addresses, which is what sorting needs. */
static enum assay_status rank_pool(struct assay__tally *tally, const struct pool *pool,
                                   struct assay__halt *halt, struct assay_error *err)
{
    const struct assay_cap *cap = &tally->binding->plan->metrics[pool->metric].cap;
    struct pooled *values = pool->values;
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < pool->count; i++) {
        if (i % VALUES_A_REPORT == 0)
            status = assay__halt_check(halt, err);
        values[i].packed = pool->packed.bytes + values[i].place;
    }
    if (status == ASSAY_OK)
        status = assay__sort(values, pool->count, sizeof *values, compare_pooled, halt, STAGE, err);
    if (status == ASSAY_OK)
        status =
            set_quantile(tally, pool->metric, false, cap->lower_quantile, values, pool->count, err);
    if (status == ASSAY_OK)
        status =
            set_quantile(tally, pool->metric, true, cap->upper_quantile, values, pool->count, err);
    return status;
}

enum assay_status assay__cap_find(struct assay__unit_looks *unit_looks,
                                  struct assay__gather *gather, struct assay__halt *halt,
                                  struct assay_error *err)
{
    const struct assay_plan *plan = unit_looks->binding->plan;
    enum assay_status status = ASSAY_OK;
    for (uint32_t m = 0; status == ASSAY_OK && m < plan->metric_count; m++) {
        const struct assay_cap *cap = &plan->metrics[m].cap;
        if (isnan(cap->lower_quantile) && isnan(cap->upper_quantile))
            continue;
        struct pool pool = {.metric = m};
        struct pooling pooling = {unit_looks, &pool, halt};
        uint64_t unknown = 0;
        for (uint32_t p = 0; status == ASSAY_OK && p < ASSAY__SPILL_PARTS; p++)
            status = assay__gather_visit(gather, p, 1, pool_unit, &pooling, &unknown, err);
        if (status == ASSAY_OK)
            status = rank_pool(unit_looks->tally, &pool, halt, err);
        assay__free(pool.values);
        assay__pack_release(&pool.packed);
    }
    return status;
}

/* A cap as text: plain digits where they are few. */
static void write_bound(const struct assay_decimal *bound, struct assay__text *out)
{
    if (bound->digits != NULL) {
        assay__text_puts(out, bound->mantissa < 0 ? "-" : "");
        assay__text_append(out, bound->digits, bound->digit_count);
        assay__text_format(out, "e%d", (int)bound->exponent);
        return;
    }
    char text[64], number[ASSAY__NUMBER_BYTES];
    double value;
    int length =
        snprintf(text, sizeof text, "%llde%d", (long long)bound->mantissa, (int)bound->exponent);
    if (length < 22 && assay__double_parse(text, (size_t)length, &value) == ASSAY__PARSE_OK) {
        assay__number_write(value, number);
        assay__text_puts(out, number);
    } else {
        assay__text_puts(out, text);
    }
}

void assay__cap_sentence(const char *metric, bool is_upper, const struct assay_decimal *bound,
                         struct assay__text *out)
{
    assay__text_format(out, "Values of %s %s ", metric, is_upper ? "above" : "below");
    write_bound(bound, out);
    assay__text_puts(out, " count as ");
    write_bound(bound, out);
    assay__text_puts(out, ".");
}

enum assay_status assay__cap_note(const struct assay__tally *tally, struct assay_error *err)
{
    for (uint32_t m = 0; m < tally->binding->plan->metric_count; m++) {
        const struct assay__cap *cap = &tally->caps[m];
        for (int is_upper = 0; is_upper < 2; is_upper++) {
            if (!(is_upper ? cap->has_upper : cap->has_lower))
                continue;
            struct assay__text text = {0};
            const struct assay_decimal *bound = is_upper ? &cap->upper : &cap->lower;
            assay__cap_sentence(tally->binding->plan->metrics[m].id, is_upper, bound, &text);
            enum assay_status status = text.failed
                                           ? assay__fail_memory(err)
                                           : assay__dataset_note(tally->dataset, ASSAY_NOTE_INFO,
                                                                 (int32_t)m, text.data, err);
            assay__text_release(&text);
            if (status != ASSAY_OK)
                return status;
        }
    }
    return ASSAY_OK;
}
