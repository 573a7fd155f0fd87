/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a batch as numbers: mantissas to one scale, rows by cell, mantissas to sums. */
#include "source/scan/scan_add.h"

#include <string.h>

#include "base/memory.h"
#include "analysis/plan_model.h"
#include "exact/exact_kernel.h"
#include "source/scan/scan_sums.h"

typedef struct assay__scan_adder adder_t;

/* Caps are compared with mantissas: the scale of a value must hold their decimals, too. */
static void begin_scales(adder_t *adder)
{
    const struct assay__scan_layout *layout = adder->layout;
    for (uint32_t m = 0; m < layout->binding->plan->metric_count; m++) {
        const struct assay__cap *cap = layout->metrics[m].cap;
        uint32_t number = layout->metrics[m].use->variables[0];
        if (number >= layout->number_count) /* made of rows: of no column */
            continue;
        int32_t *scale = &adder->cells.scales[number];
        if (cap != NULL && cap->has_lower && cap->lower.exponent < *scale)
            *scale = cap->lower.exponent;
        if (cap != NULL && cap->has_upper && cap->upper.exponent < *scale)
            *scale = cap->upper.exponent;
    }
}

enum assay_status assay__scan_adder_init(adder_t *adder, const struct assay__scan_layout *layout,
                                         struct assay_dataset *dataset, pthread_mutex_t *lock,
                                         struct assay_error *err)
{
    size_t numbers = layout->number_count;
    memset(adder, 0, sizeof *adder);
    adder->layout = layout;
    adder->dataset = dataset;
    adder->lock = lock;
    adder->columns = assay__calloc(numbers + 1, sizeof *adder->columns);
    adder->values =
        assay__calloc((size_t)layout->set_count * ASSAY__SCAN_BATCH, sizeof *adder->values);
    if (adder->columns == NULL || adder->values == NULL)
        return assay__fail_memory(err);
    enum assay_status status = assay__scan_cells_init(&adder->cells, layout, err);
    if (status == ASSAY_OK)
        begin_scales(adder);
    return status;
}

void assay__scan_adder_release(adder_t *adder)
{
    assay__free(adder->columns);
    assay__free(adder->values);
    if (adder->layout != NULL)
        assay__scan_cells_release(&adder->cells);
    memset(adder, 0, sizeof *adder);
}

enum assay_status assay__scan_adder_flush(adder_t *adder, struct assay_error *err)
{
    pthread_mutex_lock(adder->lock);
    enum assay_status status = assay__scan_cells_flush(&adder->cells, adder->dataset, false, err);
    pthread_mutex_unlock(adder->lock);
    return status;
}

/* Brings the mantissas of a column to the scale of the number, which may have to grow first. */
static enum assay_status align(adder_t *adder, struct assay__scan_column *column, uint32_t number,
                               uint32_t row_count, struct assay_error *err)
{
    struct assay__mantissas *numbers = &column->numbers;
    uint32_t most = 0;
    for (uint32_t r = 0; r < row_count; r++)
        most = numbers->decimals[r] > most ? numbers->decimals[r] : most;
    uint32_t decimals = (uint32_t)-adder->cells.scales[number];
    if (most > decimals) {
        enum assay_status status = assay__scan_adder_flush(adder, err);
        if (status != ASSAY_OK)
            return status;
        decimals = most;
        adder->cells.scales[number] = -(int32_t)most;
    }
    uint64_t bits = 0;
    for (uint32_t r = 0; r < row_count; r++) {
        bits |= (uint64_t)(numbers->value[r] ^ numbers->value[r] >> 63);
        if (numbers->decimals[r] == decimals || numbers->value[r] == 0)
            continue;
        int64_t factor = (int64_t)assay__power10[decimals - numbers->decimals[r]];
        if (__builtin_mul_overflow(numbers->value[r], factor, &numbers->value[r]) ||
            numbers->value[r] > ASSAY__NARROW_MAX || numbers->value[r] < -ASSAY__NARROW_MAX) {
            numbers->value[r] = 0;
            assay__scan_adder_careful(adder, r);
        }
        bits |= (uint64_t)(numbers->value[r] ^ numbers->value[r] >> 63);
    }
    numbers->value_bits = bits;
    return ASSAY_OK;
}

/* Brings all columns to their scales, and finds how long their mantissas are. */
static enum assay_status align_all(adder_t *adder, uint32_t row_count, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    for (uint32_t n = 0; n < adder->layout->number_count; n++) {
        struct assay__scan_column *column = &adder->columns[n];
        uint32_t decimals = (uint32_t)-adder->cells.scales[n];
        if (column->numbers.decimals_or != decimals || column->numbers.decimals_and != decimals)
            status = align(adder, column, n, row_count, err);
        if (status != ASSAY_OK)
            return status;
        uint64_t bits = column->numbers.value_bits;
        column->bits = bits == 0 ? 1 : 64 - (uint32_t)__builtin_clzll(bits);
    }
    return ASSAY_OK;
}

enum { FEW_SPANS = 64 };

/* Whether all rows are used, and of few spans. */
static bool are_plain(const adder_t *adder, uint32_t row_count)
{
    const uint32_t *spans = adder->values;
    uint32_t joined = 0;
    uint8_t fates = ASSAY__FATE_USED;
    for (uint32_t r = 0; r < row_count; r++)
        fates |= adder->fate[r];
    for (uint32_t r = 0; r < row_count; r++)
        joined |= spans[r];
    return fates == ASSAY__FATE_USED && joined < FEW_SPANS;
}

/* list_rows() for the total, of such rows. */
static uint32_t list_plain(adder_t *adder, uint32_t row_count)
{
    const uint32_t *spans = adder->values;
    uint32_t counts[FEW_SPANS] = {0}, met = 0, first = 0;
    for (uint32_t r = 0; r < row_count; r++)
        counts[spans[r]]++;
    for (uint32_t span = 0; span < FEW_SPANS; span++) {
        uint32_t count = counts[span];
        if (count == 0)
            continue;
        struct assay__scan_cell *cell = assay__scan_cells_at(&adder->cells, 0, span, 0);
        if (cell == NULL)
            return UINT32_MAX;
        cell->units += count;
        cell->first = first;
        cell->count = count;
        adder->met[met++] = cell;
        counts[span] = first; /* from here on where its next row goes */
        first += count;
    }
    for (uint32_t r = 0; r < row_count; r++)
        adder->rows[counts[spans[r]]++] = (uint16_t)r;
    return met;
}

/* Lists the rows by cell of a set; returns the number of cells met, or UINT32_MAX. */
static uint32_t list_rows(adder_t *adder, uint32_t set, uint32_t row_count)
{
    const uint32_t *spans = adder->values;
    const uint32_t *values = set == 0 ? NULL : spans + (size_t)set * ASSAY__SCAN_BATCH;
    struct assay__scan_cell *of_row[ASSAY__SCAN_BATCH];
    uint32_t met = 0, first = 0;
    if (set == 0 && are_plain(adder, row_count))
        return list_plain(adder, row_count);
    adder->batch++;
    for (uint32_t r = 0; r < row_count; r++) {
        uint32_t value = values == NULL ? 0 : values[r];
        of_row[r] = NULL;
        if (adder->fate[r] != ASSAY__FATE_USED || value == ASSAY__VALUE_OUT)
            continue;
        struct assay__scan_cell *cell = assay__scan_cells_at(&adder->cells, set, spans[r], value);
        if (cell == NULL)
            return UINT32_MAX;
        if (cell->batch != adder->batch) {
            cell->batch = adder->batch;
            cell->count = 0;
            adder->met[met++] = cell;
        }
        cell->count++;
        of_row[r] = cell;
    }
    for (uint32_t i = 0; i < met; i++) {
        adder->met[i]->first = first;
        first += adder->met[i]->count;
        adder->met[i]->units += adder->met[i]->count;
        adder->met[i]->count = 0;
    }
    for (uint32_t r = 0; r < row_count; r++)
        if (of_row[r] != NULL)
            adder->rows[of_row[r]->first + of_row[r]->count++] = (uint16_t)r;
    return met;
}

/* What of a metric's variables some rows miss. */
struct gaps {
    uint8_t is_out[ASSAY__SCAN_BATCH]; /* the row does not count as a complete one */
    uint32_t mask[ASSAY__SCAN_BATCH];  /* its missing covariates; UINT32_MAX: it does not count */
};

static bool has_gaps(const adder_t *adder, const struct assay__scan_metric *of)
{
    bool has = false;
    for (uint32_t i = 0; i < of->use->count; i++)
        has |= adder->columns[of->use->variables[i]].missing_count > 0;
    return has;
}

/* Finds the gaps of a metric, and counts the units without a value. */
static void find_gaps(adder_t *adder, uint32_t metric, uint32_t row_count, struct gaps *gaps)
{
    const struct assay__scan_metric *of = &adder->layout->metrics[metric];
    uint64_t *missing = &adder->cells.missing[metric];
    for (uint32_t r = 0; r < row_count; r++) {
        uint32_t mask = 0;
        bool lacks_value = false;
        for (uint32_t i = 0; i < of->use->count; i++) {
            const struct assay__scan_column *column = &adder->columns[of->use->variables[i]];
            if (column->missing_count == 0 || !column->is_missing[r])
                continue;
            if (i < of->use->required)
                lacks_value = true;
            else
                mask |= UINT32_C(1) << (i - of->use->required);
        }
        *missing += lacks_value && adder->fate[r] == ASSAY__FATE_USED;
        gaps->mask[r] = lacks_value && of->drops_missing ? UINT32_MAX : mask;
        gaps->is_out[r] = gaps->mask[r] != 0;
    }
}

/* Adds a row whose covariates are not all there. */
static bool add_pattern(adder_t *adder, struct assay__scan_cell *cell, uint32_t metric,
                        const struct assay__sample *sample, uint32_t mask, uint32_t row)
{
    const struct assay__metric_use *use = adder->layout->metrics[metric].use;
    struct assay__scan_pattern *pattern =
        assay__scan_cells_pattern(&adder->cells, cell, metric, mask);
    if (pattern == NULL)
        return false;
    int64_t mantissas[ASSAY_VARIABLES_MAX];
    uint32_t present = 0;
    for (uint32_t i = 0; i < use->count; i++)
        if (i < use->required || (mask >> (i - use->required) & 1) == 0)
            mantissas[present++] = sample->columns[i][row];
    assay__kernel_narrow(pattern->limbs, pattern->layout, mantissas);
    pattern->count++;
    return true;
}

/* Adds the rows of one cell; with gaps, the complete ones together and the others by pattern. */
static bool add_run(adder_t *adder, struct assay__scan_cell *cell, uint32_t metric,
                    struct assay__sample *sample, const struct gaps *gaps)
{
    const struct assay__scan_metric *of = &adder->layout->metrics[metric];
    const uint16_t *rows = adder->rows + cell->first;
    uint16_t complete[ASSAY__SCAN_BATCH];
    sample->rows = rows;
    sample->count = cell->count;
    if (gaps != NULL) {
        uint32_t count = 0;
        for (uint32_t k = 0; k < cell->count; k++) {
            uint32_t row = rows[k], mask = gaps->mask[row];
            if (!gaps->is_out[row])
                complete[count++] = (uint16_t)row;
            else if (mask != UINT32_MAX && !add_pattern(adder, cell, metric, sample, mask, row))
                return false;
        }
        sample->rows = complete;
        sample->count = count;
    }
    uint64_t *words = cell->words + of->words;
    words[0] += sample->count;
    assay__sums_add(words + 1, of->layout, sample);
    return true;
}

/*
 * Sets values beyond the caps to these. Mantissas of a batch are below 2^62: a cap that is not lies
 * beyond them all, unless it lies on the other side; then no mantissa of this scale can be told.
 */
static bool cap_values(adder_t *adder, uint32_t metric, uint32_t row_count,
                       struct assay__sample *sample)
{
    const struct assay__scan_metric *of = &adder->layout->metrics[metric];
    int64_t lower = -ASSAY__NARROW_MAX, upper = ASSAY__NARROW_MAX, bound;
    int32_t scale = adder->cells.scales[of->use->variables[0]];
    if (of->cap->has_lower && assay__mantissa_narrow(&of->cap->lower, scale, &bound))
        lower = bound;
    else if (of->cap->has_lower && of->cap->lower.mantissa > 0)
        return false;
    if (of->cap->has_upper && assay__mantissa_narrow(&of->cap->upper, scale, &bound))
        upper = bound;
    else if (of->cap->has_upper && of->cap->upper.mantissa < 0)
        return false;
    uint64_t bits = 0;
    for (uint32_t r = 0; r < row_count; r++) {
        int64_t value = sample->columns[0][r];
        value = value < lower ? lower : value > upper ? upper : value;
        adder->capped[r] = value;
        bits |= (uint64_t)(value ^ value >> 63);
    }
    sample->columns[0] = adder->capped;
    sample->bits[0] = bits == 0 ? 1 : 64 - (uint32_t)__builtin_clzll(bits);
    return true;
}

/* The columns of a metric; false when its caps can't be compared with them. */
static bool take_columns(adder_t *adder, uint32_t metric, uint32_t row_count,
                         struct assay__sample *sample)
{
    const struct assay__scan_metric *of = &adder->layout->metrics[metric];
    for (uint32_t i = 0; i < of->use->count; i++) {
        const struct assay__scan_column *column = &adder->columns[of->use->variables[i]];
        sample->columns[i] = column->numbers.value;
        sample->bits[i] = column->bits;
    }
    return of->cap == NULL || cap_values(adder, metric, row_count, sample);
}

static bool add_metric(adder_t *adder, uint32_t met, uint32_t metric, uint32_t row_count,
                       bool counts_missing)
{
    struct assay__sample sample;
    struct gaps gaps;
    bool has = has_gaps(adder, &adder->layout->metrics[metric]);
    uint64_t missing = adder->cells.missing[metric];
    if (has)
        find_gaps(adder, metric, row_count, &gaps);
    if (!counts_missing) /* a unit is counted once, whatever it is broken down by */
        adder->cells.missing[metric] = missing;
    (void)take_columns(adder, metric, row_count, &sample);
    for (uint32_t i = 0; i < met; i++)
        if (!add_run(adder, adder->met[i], metric, &sample, has ? &gaps : NULL))
            return false;
    return true;
}

/* Whether every cap can be compared with this batch; if not, its rows are for a careful look. */
static bool check_caps(adder_t *adder, uint32_t row_count)
{
    struct assay__sample sample;
    bool are_fine = true;
    for (uint32_t m = 0; m < adder->layout->binding->plan->metric_count; m++)
        are_fine = are_fine && (adder->layout->metrics[m].cap == NULL ||
                                take_columns(adder, m, row_count, &sample));
    for (uint32_t r = 0; !are_fine && r < row_count; r++)
        if (adder->fate[r] == ASSAY__FATE_USED)
            assay__scan_adder_careful(adder, r);
    return are_fine;
}

/* With dimensions the total is the sum of the first one's values, so it is not added here. */
enum assay_status assay__scan_adder_add(adder_t *adder, uint32_t row_count, struct assay_error *err)
{
    const struct assay__scan_layout *layout = adder->layout;
    uint32_t first = layout->dimension_count > 0;
    enum assay_status status = align_all(adder, row_count, err);
    if (status != ASSAY_OK || !check_caps(adder, row_count))
        return status;
    for (uint32_t set = first; set < layout->set_count; set++) {
        uint32_t met = list_rows(adder, set, row_count);
        bool is_fine = met != UINT32_MAX;
        for (uint32_t m = 0; is_fine && m < layout->binding->plan->metric_count; m++)
            is_fine = add_metric(adder, met, m, row_count, set == first);
        if (!is_fine)
            return assay__fail_memory(err);
    }
    return ASSAY_OK;
}
