/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Caps at a quantile: found exactly from all kept units, and noted in the dataset. */
#include "source/units/cap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "base/hash.h"

/* A value in the pool: the nearest double decides nearly always, else the text does. */
struct pooled {
    double nearest;
    const char *text;
    uint32_t length;
    enum assay__variable_kind kind;
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

static struct assay_decimal decimal_of(const struct pooled *value, char digits[ASSAY__DIGITS_MAX])
{
    struct assay_decimal out = {0};
    struct assay__field cell = {value->text, value->length, false, false};
    if (value->kind == ASSAY__VARIABLE_CHOICE)
        assay__cell_choice(&cell, &out);
    else
        assay__cell_number(&cell, &out, digits);
    return out; /* 0 for a missing value, as the plan asked for when it is in the pool */
}

static int compare_pooled(const void *a, const void *b)
{
    const struct pooled *x = a, *y = b;
    if (x->nearest != y->nearest)
        return x->nearest < y->nearest ? -1 : 1;
    if (x->length == y->length && memcmp(x->text, y->text, x->length) == 0)
        return 0;
    char x_digits[ASSAY__DIGITS_MAX], y_digits[ASSAY__DIGITS_MAX];
    struct assay_decimal x_exact = decimal_of(x, x_digits), y_exact = decimal_of(y, y_digits);
    return assay__decimal_compare(&x_exact, &y_exact);
}

/* Whether a unit's value of a metric counts, a missing denominator being a missing value. */
static bool counts(const struct assay__binding *binding, uint32_t metric,
                   const struct assay__field *cells)
{
    const struct assay__metric_use *use = &binding->metrics[metric];
    if (binding->plan->metrics[metric].missing == ASSAY_MISSING_ZERO)
        return true;
    for (uint32_t i = 0; i < use->required; i++)
        if (assay__cell_is_missing(&cells[binding->variables[use->variables[i]].cell]))
            return false;
    return true;
}

/* Puts the values of a metric that count into pool; returns how many. */
static size_t fill_pool(const struct assay__tally *tally, const struct assay__unit_store *store,
                        uint32_t metric, struct assay__field *cells, struct pooled *pool)
{
    const struct assay__binding *binding = tally->binding;
    uint32_t first = binding->metrics[metric].variables[0];
    const struct assay__variable *variable = &binding->variables[first];
    char digits[ASSAY__DIGITS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < store->count; i++) {
        if (store->units[i].in_two_groups || store->units[i].is_unclear)
            continue;
        assay__unit_store_cells(store, &store->units[i], cells);
        if (!counts(binding, metric, cells))
            continue;
        const struct assay__field *cell = &cells[variable->cell];
        struct pooled *value = &pool[count++];
        *value = (struct pooled){0.0, cell->text, cell->length, variable->kind};
        struct assay_decimal exact = decimal_of(value, digits);
        if (variable->kind == ASSAY__VARIABLE_CHOICE)
            value->nearest = (double)exact.mantissa;
        else if (exact.mantissa != 0)
            (void)assay__double_parse(cell->text, cell->length, &value->nearest);
    }
    return count;
}

static enum assay_status set_quantile(struct assay__tally *tally, uint32_t metric, bool is_upper,
                                      double quantile, const struct pooled *pool, size_t count,
                                      struct assay_error *err)
{
    if (isnan(quantile) || count == 0)
        return ASSAY_OK;
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal value = decimal_of(&pool[assay__cap_rank(quantile, count) - 1], digits);
    return assay__tally_set_cap(tally, metric, is_upper, &value, err);
}

enum assay_status assay__cap_find(struct assay__tally *tally, const struct assay__unit_store *store,
                                  struct assay_error *err)
{
    const struct assay_plan *plan = tally->binding->plan;
    struct pooled *pool = malloc((store->count + 1) * sizeof *pool);
    struct assay__field *cells = malloc(tally->binding->cell_count * sizeof *cells);
    enum assay_status status = ASSAY_OK;
    if (pool == NULL || cells == NULL)
        status = assay__fail_memory(err);
    for (uint32_t m = 0; status == ASSAY_OK && m < plan->metric_count; m++) {
        const struct assay_cap *cap = &plan->metrics[m].cap;
        if (isnan(cap->lower_quantile) && isnan(cap->upper_quantile))
            continue;
        size_t count = fill_pool(tally, store, m, cells, pool);
        qsort(pool, count, sizeof *pool, compare_pooled);
        status = set_quantile(tally, m, false, cap->lower_quantile, pool, count, err);
        if (status == ASSAY_OK)
            status = set_quantile(tally, m, true, cap->upper_quantile, pool, count, err);
    }
    free(pool);
    free(cells);
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

enum assay_status assay__cap_note(const struct assay__tally *tally, struct assay_error *err)
{
    static const char *const WORDS[] = {"below", "above"};
    for (uint32_t m = 0; m < tally->binding->plan->metric_count; m++) {
        const struct assay__cap *cap = &tally->caps[m];
        for (int is_upper = 0; is_upper < 2; is_upper++) {
            if (!(is_upper ? cap->has_upper : cap->has_lower))
                continue;
            struct assay__text text = {0};
            const struct assay_decimal *bound = is_upper ? &cap->upper : &cap->lower;
            assay__text_format(&text, "Values of %s %s ", tally->binding->plan->metrics[m].id,
                               WORDS[is_upper]);
            write_bound(bound, &text);
            assay__text_puts(&text, " count as ");
            write_bound(bound, &text);
            assay__text_puts(&text, ".");
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
