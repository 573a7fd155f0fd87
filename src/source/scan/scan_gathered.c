/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathered units as columns of numbers, on their way to exact sums. */
#include "source/scan/scan_gathered.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "exact/exact_kernel.h"

typedef struct assay__scan_gathered gathered_t;

/* Sums of one thread, at most. */
static const size_t CELL_BYTES_MAX = (size_t)16 << 20;

bool assay__scan_gathered_takes(const struct assay__tally *tally)
{
    const struct assay_plan *plan = tally->binding->plan;
    const struct assay__index *lists = tally->names->lists;
    struct assay__scan_layout layout;
    size_t values = 1 + (size_t)plan->segment_count;
    for (uint32_t d = 0; d < plan->dimension_count; d++)
        values += lists[1 + d].count;
    if (plan->granularity != ASSAY_GRANULARITY_NONE || !assay__scan_takes(plan) ||
        !assay__scan_caps_fit(plan, tally->caps))
        return false;
    bool is_known = assay__scan_layout_init(&layout, tally, NULL) == ASSAY_OK;
    size_t cell_bytes = sizeof(struct assay__scan_cell) + layout.cell_words * sizeof(uint64_t);
    assay__scan_layout_release(&layout);
    return is_known && values * lists[0].count <= CELL_BYTES_MAX / cell_bytes;
}

/* The cells get the names in the order of their numbers, which are the same then. */
static bool take_names(gathered_t *gathered, const struct assay__unit_names *names)
{
    struct assay__scan_cells *cells = &gathered->adder.cells;
    for (uint32_t list = 0; list < names->list_count; list++) {
        struct assay__names *into = list == 0 ? &cells->groups : &cells->values[list - 1];
        for (uint32_t i = 0; i < names->lists[list].count; i++) {
            char text[ASSAY_NAME_BYTES_MAX + ASSAY__NAME_INLINE] = {0};
            size_t length;
            uint32_t number;
            const char *name = assay__unit_names_text(names, list, i, &length);
            memcpy(text, name, length);
            if (!assay__names_number(into, &cells->arena, text, (uint32_t)length, NULL, &number))
                return false;
        }
    }
    return true;
}

static void begin_batch(gathered_t *gathered)
{
    gathered->count = 0;
    for (uint32_t n = 0; n < gathered->layout.number_count; n++) {
        struct assay__scan_column *column = &gathered->adder.columns[n];
        column->missing_count = 0;
        column->numbers.value_bits = 0;
        column->numbers.decimals_or = gathered->decimals[n];
        column->numbers.decimals_and = gathered->decimals[n];
    }
}

/* Whether the caps of a number can be told from mantissas of so many decimals. */
static bool caps_hold(const gathered_t *gathered, uint32_t number, uint32_t decimals)
{
    const struct assay__scan_layout *layout = &gathered->layout;
    int32_t scale = -(int32_t)decimals;
    int64_t bound;
    for (uint32_t m = 0; m < layout->binding->plan->metric_count; m++) {
        const struct assay__cap *cap = layout->metrics[m].cap;
        if (cap == NULL || layout->metrics[m].use->variables[0] != number)
            continue;
        if (cap->has_lower && cap->lower.mantissa > 0 &&
            !assay__mantissa_narrow(&cap->lower, scale, &bound))
            return false;
        if (cap->has_upper && cap->upper.mantissa < 0 &&
            !assay__mantissa_narrow(&cap->upper, scale, &bound))
            return false;
    }
    return true;
}

enum assay_status assay__scan_gathered_init(gathered_t *gathered, const struct assay__tally *tally,
                                            pthread_mutex_t *lock, struct assay_error *err)
{
    const struct assay__binding *binding = tally->binding;
    size_t count = (size_t)binding->variable_count + binding->fold_count;
    enum assay_status status = assay__scan_layout_init(&gathered->layout, tally, err);
    gathered->layout.number_count = (uint32_t)count;
    if (status == ASSAY_OK)
        status =
            assay__scan_adder_init(&gathered->adder, &gathered->layout, tally->dataset, lock, err);
    if (status != ASSAY_OK)
        return status;
    gathered->numbers = assay__calloc(count + 1, sizeof *gathered->numbers);
    gathered->decimals = assay__calloc(count + 1, sizeof *gathered->decimals);
    if (gathered->numbers == NULL || gathered->decimals == NULL ||
        !take_names(gathered, tally->names))
        return assay__fail_memory(err);
    for (uint32_t n = 0; n < count; n++) {
        gathered->decimals[n] = (uint32_t)-gathered->adder.cells.scales[n];
        gathered->is_closed = gathered->is_closed || !caps_hold(gathered, n, gathered->decimals[n]);
    }
    memset(gathered->adder.fate, ASSAY__FATE_USED, sizeof gathered->adder.fate);
    begin_batch(gathered);
    return ASSAY_OK;
}

void assay__scan_gathered_release(gathered_t *gathered)
{
    assay__scan_adder_release(&gathered->adder);
    assay__scan_layout_release(&gathered->layout);
    assay__free(gathered->numbers);
    assay__free(gathered->decimals);
    memset(gathered, 0, sizeof *gathered);
}

/* Every number of a batch is of its column's scale and every cap can be told: no row is careful. */
static enum assay_status add_batch(gathered_t *gathered, struct assay_error *err)
{
    if (gathered->count == 0)
        return ASSAY_OK;
    enum assay_status status = assay__scan_adder_add(&gathered->adder, gathered->count, err);
    if (status == ASSAY_OK && gathered->adder.careful_count > 0)
        status = assay__fail(err, ASSAY_ERROR_INTERNAL, "Units could not be added by columns.");
    begin_batch(gathered);
    return status;
}

static bool set_decimal(const struct assay__number *number, struct assay__gathered_number *out)
{
    const struct assay_decimal *value = &number->value;
    *out = (struct assay__gathered_number){.is_missing = number->is_missing};
    if (number->is_missing || (value->digits == NULL && value->mantissa == 0))
        return true;
    if (value->digits != NULL || value->exponent < -ASSAY__SCAN_SCALE_MAX ||
        value->exponent > ASSAY__SCAN_SCALE_MAX)
        return false;
    out->value = value->mantissa;
    if (value->exponent <= 0)
        out->decimals = (uint32_t)-value->exponent;
    else if (__builtin_mul_overflow(out->value, (int64_t)assay__power10[value->exponent],
                                    &out->value))
        return false;
    return true;
}

static bool set_word(uint64_t word, struct assay__gathered_number *out)
{
    *out = (struct assay__gathered_number){.is_missing = word == ASSAY__WORD_MISSING};
    if (out->is_missing)
        return true;
    out->value = assay__word_mantissa(word);
    out->decimals = out->value == 0 ? 0 : assay__word_decimals(word);
    return assay__word_is_number(word);
}

/* What the rows of a unit gave to a fold, when none of them was kept. */
static bool set_fold(const struct assay__fold *fold, const uint64_t *partials,
                     struct assay__gathered_number *out)
{
    bool has = fold->partial != ASSAY__UNBOUND;
    uint64_t word = has ? partials[fold->partial] : assay__fold_empty(fold);
    if (!has &&
        (fold->aggregation == ASSAY_AGGREGATE_MEAN || fold->aggregation == ASSAY_AGGREGATE_FIRST ||
         fold->aggregation == ASSAY_AGGREGATE_LAST))
        word = ASSAY__WORD_MISSING;
    if (!set_word(word, out))
        return false;
    if (fold->is_share)
        *out = (struct assay__gathered_number){out->value > 0, 0, out->is_missing};
    return true;
}

/* The numbers of the unit at hand; false when one is too long. */
static bool set_numbers(gathered_t *gathered, const struct assay__exposure *unit,
                        const struct assay__number *folds)
{
    const struct assay__binding *binding = gathered->layout.binding;
    struct assay__gathered_number *number = gathered->numbers;
    const uint64_t *words = unit->content + binding->slice_words;
    for (uint32_t v = 0; v < binding->variable_count; v++, number++)
        if (!set_word(words[v], number))
            return false;
    for (uint32_t f = 0; f < binding->fold_count; f++, number++)
        if (folds != NULL ? !set_decimal(&folds[f], number)
                          : !set_fold(&binding->folds[f], unit->partials, number))
            return false;
    return true;
}

/* Brings the numbers at hand to the scale of their columns, which grows where it must: what is in
 * the batch is added before. *fits is false when a number is too long for its scale. */
static enum assay_status align(gathered_t *gathered, bool *fits, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    *fits = true;
    for (uint32_t n = 0; status == ASSAY_OK && *fits && n < gathered->layout.number_count; n++) {
        struct assay__gathered_number *number = &gathered->numbers[n];
        if (number->decimals > gathered->decimals[n]) {
            *fits = caps_hold(gathered, n, number->decimals);
            if (*fits)
                status = add_batch(gathered, err);
            if (*fits && status == ASSAY_OK) {
                gathered->decimals[n] = number->decimals;
                begin_batch(gathered);
            }
        } else if (number->value != 0) {
            int64_t factor = (int64_t)assay__power10[gathered->decimals[n] - number->decimals];
            *fits = !__builtin_mul_overflow(number->value, factor, &number->value);
        }
        *fits = *fits && number->value <= ASSAY__NARROW_MAX && number->value >= -ASSAY__NARROW_MAX;
    }
    return status;
}

static void set_slices(gathered_t *gathered, const struct assay__exposure *unit)
{
    const struct assay_plan *plan = gathered->layout.binding->plan;
    const uint64_t *segments = unit->content + assay__binding_segments(plan);
    uint32_t *value = gathered->adder.values + gathered->count;
    *value = unit->group;
    for (uint32_t d = 0; d < plan->dimension_count; d++) {
        value += ASSAY__SCAN_BATCH;
        memcpy(value, (const char *)unit->content + d * sizeof *value, sizeof *value);
    }
    for (uint32_t s = 0; s < plan->segment_count; s++) {
        value += ASSAY__SCAN_BATCH;
        *value = segments[s / 64] >> s % 64 & 1 ? 0 : ASSAY__VALUE_OUT;
    }
}

enum assay_status assay__scan_gathered_add(gathered_t *gathered, const struct assay__exposure *unit,
                                           const struct assay__number *folds, bool *is_taken,
                                           struct assay_error *err)
{
    *is_taken = !gathered->is_closed && set_numbers(gathered, unit, folds);
    enum assay_status status = *is_taken ? align(gathered, is_taken, err) : ASSAY_OK;
    if (status != ASSAY_OK || !*is_taken)
        return status;
    uint32_t row = gathered->count;
    for (uint32_t n = 0; n < gathered->layout.number_count; n++) {
        const struct assay__gathered_number *number = &gathered->numbers[n];
        struct assay__scan_column *column = &gathered->adder.columns[n];
        column->numbers.value[row] = number->value;
        column->numbers.decimals[row] = (uint8_t)gathered->decimals[n];
        column->numbers.value_bits |= (uint64_t)(number->value ^ number->value >> 63);
        column->is_missing[row] = number->is_missing;
        column->missing_count += number->is_missing;
    }
    set_slices(gathered, unit);
    gathered->count++;
    return gathered->count == ASSAY__SCAN_ROWS ? add_batch(gathered, err) : ASSAY_OK;
}

enum assay_status assay__scan_gathered_end(gathered_t *gathered, struct assay_error *err)
{
    enum assay_status status = add_batch(gathered, err);
    if (status == ASSAY_OK)
        status =
            assay__scan_cells_flush(&gathered->adder.cells, gathered->adder.dataset, true, err);
    return status;
}
