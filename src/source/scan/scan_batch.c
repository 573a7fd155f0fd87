/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A batch of rows, column by column: names to numbers, text to mantissas, mantissas to sums. */
#include "source/scan/scan_batch.h"

#include <stdlib.h>
#include <string.h>

#include "assay/plan.h"
#include "exact/exact_kernel.h"
#include "source/csv/cell.h"
#include "source/scan/scan_sums.h"
#include "source/units/row.h"

typedef struct assay__scan_batch batch_t;

enum assay_status assay__scan_batch_init(batch_t *batch, const struct assay__scan_layout *layout,
                                         struct assay_dataset *dataset, struct assay_error *err)
{
    memset(batch, 0, sizeof *batch);
    batch->layout = layout;
    batch->dataset = dataset;
    uint32_t end_capacity = layout->column_count * 16;
    if (end_capacity < ASSAY__SCAN_FIELDS_MIN)
        end_capacity = ASSAY__SCAN_FIELDS_MIN;
    batch->index.end_capacity = end_capacity;
    batch->end_room = calloc((size_t)end_capacity + 128, sizeof *batch->end_room);
    batch->index.row_ends = calloc(ASSAY__SCAN_BATCH + 64, sizeof *batch->index.row_ends);
    batch->columns = calloc(layout->binding->variable_count + 1, sizeof *batch->columns);
    batch->values = calloc((size_t)layout->set_count * ASSAY__SCAN_BATCH, sizeof *batch->values);
    if (batch->end_room == NULL || batch->index.row_ends == NULL || batch->columns == NULL ||
        batch->values == NULL)
        return assay__fail_memory(err);
    batch->index.ends = batch->end_room + 1;
    batch->end_room[0] = UINT32_MAX;
    return assay__scan_cells_init(&batch->cells, layout, err);
}

void assay__scan_batch_release(batch_t *batch)
{
    free(batch->end_room);
    free(batch->index.row_ends);
    free(batch->columns);
    free(batch->values);
    if (batch->layout != NULL)
        assay__scan_cells_release(&batch->cells);
    memset(batch, 0, sizeof *batch);
}

static void mark_careful(batch_t *batch, uint32_t row)
{
    batch->careful_count += !batch->is_careful[row];
    batch->is_careful[row] = 1;
}

/* Finds the fields of a cell's column. Before a CRLF the last one ends at the carriage return. */
static void locate(batch_t *batch, const char *text, uint32_t row_count, uint32_t cell)
{
    uint32_t column = batch->layout->columns[cell], column_count = batch->layout->column_count;
    const uint32_t *ends = batch->index.ends + column;
    batch->fields = (struct assay__fields){text, ends, column_count, row_count};
    if (!batch->index.has_return || column + 1 < column_count)
        return;
    for (uint32_t r = 0; r < row_count; r++, ends += column_count) {
        bool has_return = *ends - ends[-1] > 1 && text[*ends - 1] == '\r';
        batch->last_ends[2 * r] = ends[-1];
        batch->last_ends[2 * r + 1] = *ends - has_return;
    }
    batch->fields.ends = batch->last_ends + 1;
    batch->fields.stride = 2;
}

/* The text of one field of the column at hand, without its quotes. */
static struct assay__field field_of(const batch_t *batch, uint32_t row)
{
    const uint32_t *end = batch->fields.ends + row * batch->fields.stride;
    uint32_t start = end[-1] + 1;
    struct assay__field field = {batch->fields.text + start, *end - start, false, false};
    if (field.length >= 2 && field.text[0] == '"') {
        field.text++;
        field.length -= 2;
        field.is_quoted = true;
    }
    return field;
}

/* Names that are too long are for the careful reader, and groups that are missing. */
static bool group_is_careful(const char *text, uint32_t length)
{
    const struct assay__field field = {text, length, false, false};
    return length > ASSAY_NAME_BYTES_MAX || assay__cell_is_missing(&field);
}

static bool value_is_careful(const char *text, uint32_t length)
{
    (void)text;
    return length > ASSAY_NAME_BYTES_MAX;
}

static enum assay_status flush(batch_t *batch, struct assay_error *err)
{
    batch->lock(batch->lock_context, true);
    enum assay_status status = assay__scan_cells_flush(&batch->cells, batch->dataset, err);
    batch->lock(batch->lock_context, false);
    return status;
}

/* Numbers the names of a set: groups (set 0) or values of a dimension. */
static enum assay_status read_names(batch_t *batch, const char *text, uint32_t row_count,
                                    uint32_t set, struct assay_error *err)
{
    const struct assay__binding *binding = batch->layout->binding;
    locate(batch, text, row_count, set == 0 ? binding->group : binding->dimensions[set - 1]);
    struct assay__names *names = set == 0 ? &batch->cells.groups : &batch->cells.values[set - 1];
    uint32_t *numbers = batch->values + (size_t)set * ASSAY__SCAN_BATCH;
    const uint32_t *end = batch->fields.ends;
    uint32_t limit = set == 0 ? ASSAY_GROUPS_MAX : ASSAY_SLICES_MAX;
    for (uint32_t r = 0; r < row_count; r++, end += batch->fields.stride) {
        uint32_t start = end[-1] + 1, length = *end - start;
        const char *name = text + start;
        if (batch->index.has_quotes && length >= 2 && name[0] == '"') {
            name++;
            length -= 2;
        }
        if (!assay__names_number(names, &batch->cells.arena, name, length,
                                 set == 0 ? group_is_careful : value_is_careful, &numbers[r]))
            return assay__fail_memory(err);
        if (numbers[r] == ASSAY__NAME_CAREFUL)
            mark_careful(batch, r);
    }
    return names->next > limit ? flush(batch, err) : ASSAY_OK; /* the dataset refuses so many */
}

static enum assay__cell_outcome read_cell(const struct assay__variable *variable,
                                          const struct assay__field *field,
                                          struct assay_decimal *value,
                                          char digits[ASSAY__DIGITS_MAX])
{
    if (variable->kind == ASSAY__VARIABLE_CHOICE)
        return assay__cell_choice(field, value);
    enum assay__cell_outcome outcome = assay__cell_number(field, value, digits);
    if (variable->kind == ASSAY__VARIABLE_EITHER && outcome == ASSAY__CELL_NO_NUMBER)
        return assay__cell_choice(field, value);
    return outcome;
}

/* A decimal as mantissa and decimals; false when it is too long or too large for that. */
static bool take_decimal(const struct assay_decimal *value, struct assay__mantissas *out,
                         uint32_t row)
{
    int64_t mantissa = value->mantissa;
    if (value->digits != NULL || value->exponent > 18 || value->exponent < -ASSAY__SCAN_SCALE_MAX)
        return false;
    if (value->exponent > 0 &&
        __builtin_mul_overflow(mantissa, (int64_t)assay__power10[value->exponent], &mantissa))
        return false;
    if (mantissa > ASSAY__NARROW_MAX || mantissa < -ASSAY__NARROW_MAX)
        return false;
    out->value[row] = mantissa;
    out->decimals[row] = (uint8_t)(value->exponent < 0 ? -value->exponent : 0);
    out->decimals_or |= out->decimals[row];
    out->value_bits |= (uint64_t)(mantissa ^ mantissa >> 63);
    return true;
}

/* Reads a cell that the kernel left: missing, another spelling, or for a careful look. */
static void read_odd(batch_t *batch, const struct assay__variable *variable,
                     struct assay__scan_column *column, uint32_t row)
{
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal value;
    const struct assay__field field = field_of(batch, row);
    column->numbers.value[row] = 0;
    column->numbers.decimals[row] = 0;
    switch (field.length == 0 ? ASSAY__CELL_MISSING : read_cell(variable, &field, &value, digits)) {
    case ASSAY__CELL_OK:
        if (!take_decimal(&value, &column->numbers, row))
            mark_careful(batch, row);
        break;
    case ASSAY__CELL_MISSING:
        if (column->missing_count++ == 0)
            memset(column->is_missing, 0, sizeof column->is_missing);
        column->is_missing[row] = 1;
        break;
    default:
        column->odd_count++;
        mark_careful(batch, row);
    }
}

/* Choices other than 0 and 1 are looked at again as text. */
static void check_choices(batch_t *batch, const struct assay__variable *variable,
                          struct assay__scan_column *column, uint32_t row_count)
{
    for (uint32_t r = 0; r < row_count; r++)
        if (((uint64_t)column->numbers.value[r] > 1) | (column->numbers.decimals[r] != 0))
            read_odd(batch, variable, column, r);
}

/* Brings the mantissas of a column to the scale of its variable, which may have to grow first. */
static enum assay_status align(batch_t *batch, struct assay__scan_column *column, uint32_t variable,
                               uint32_t row_count, struct assay_error *err)
{
    struct assay__mantissas *numbers = &column->numbers;
    uint32_t most = 0;
    for (uint32_t r = 0; r < row_count; r++)
        most = numbers->decimals[r] > most ? numbers->decimals[r] : most;
    uint32_t decimals = (uint32_t)-batch->cells.scales[variable];
    if (most > decimals) {
        enum assay_status status = flush(batch, err);
        if (status != ASSAY_OK)
            return status;
        decimals = most;
        batch->cells.scales[variable] = -(int32_t)most;
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
            mark_careful(batch, r);
        }
        bits |= (uint64_t)(numbers->value[r] ^ numbers->value[r] >> 63);
    }
    numbers->value_bits = bits;
    return ASSAY_OK;
}

static enum assay_status read_numbers(batch_t *batch, const char *text, uint32_t row_count,
                                      uint32_t variable, struct assay_error *err)
{
    const struct assay__variable *as = &batch->layout->binding->variables[variable];
    struct assay__scan_column *column = &batch->columns[variable];
    locate(batch, text, row_count, as->cell);
    column->missing_count = column->odd_count = 0;
    batch->layout->kernels->numbers(&batch->fields, &column->numbers);
    for (uint32_t i = 0; i < column->numbers.odd_count; i++)
        read_odd(batch, as, column, column->numbers.odd[i]);
    if (as->kind == ASSAY__VARIABLE_CHOICE)
        check_choices(batch, as, column, row_count);
    if (column->missing_count + column->odd_count < row_count)
        column->has_plain = true;
    for (uint32_t r = 0; batch->layout->separator == ';' && r < row_count; r++)
        column->points |= assay__row_points(column->numbers.decimals[r]);
    uint32_t decimals = (uint32_t)-batch->cells.scales[variable];
    enum assay_status status = ASSAY_OK;
    if (column->numbers.decimals_or != decimals || column->numbers.decimals_and != decimals)
        status = align(batch, column, variable, row_count, err);
    uint64_t bits = column->numbers.value_bits;
    column->bits = bits == 0 ? 1 : 64 - (uint32_t)__builtin_clzll(bits);
    return status;
}

/* Lists the rows by cell of a set; returns the number of cells met, or UINT32_MAX. */
static uint32_t list_rows(batch_t *batch, uint32_t set, uint32_t row_count)
{
    const uint32_t *groups = batch->values;
    const uint32_t *values = set == 0 ? NULL : groups + (size_t)set * ASSAY__SCAN_BATCH;
    struct assay__scan_cell *of_row[ASSAY__SCAN_BATCH];
    uint32_t met = 0, first = 0;
    batch->batch++;
    for (uint32_t r = 0; r < row_count; r++) {
        if (batch->is_careful[r])
            continue;
        struct assay__scan_cell *cell =
            assay__scan_cells_at(&batch->cells, set, groups[r], values == NULL ? 0 : values[r]);
        if (cell == NULL)
            return UINT32_MAX;
        if (cell->batch != batch->batch) {
            cell->batch = batch->batch;
            cell->count = 0;
            batch->met[met++] = cell;
        }
        cell->count++;
        of_row[r] = cell;
    }
    for (uint32_t i = 0; i < met; i++) {
        batch->met[i]->first = first;
        first += batch->met[i]->count;
        batch->met[i]->units += batch->met[i]->count;
        batch->met[i]->count = 0;
    }
    for (uint32_t r = 0; r < row_count; r++)
        if (!batch->is_careful[r])
            batch->rows[of_row[r]->first + of_row[r]->count++] = (uint16_t)r;
    return met;
}

/* What of a metric's variables some rows miss. */
struct gaps {
    uint8_t is_out[ASSAY__SCAN_BATCH]; /* the row does not count as a complete one */
    uint32_t mask[ASSAY__SCAN_BATCH];  /* its missing covariates; UINT32_MAX: it does not count */
};

static bool has_gaps(const batch_t *batch, const struct assay__metric_use *use)
{
    bool has = false;
    for (uint32_t i = 0; i < use->count; i++)
        has |= batch->columns[use->variables[i]].missing_count > 0;
    return has;
}

/* Finds the gaps of a metric, and counts the units without a value. */
static void find_gaps(batch_t *batch, uint32_t metric, uint32_t row_count, struct gaps *gaps)
{
    const struct assay__scan_metric *of = &batch->layout->metrics[metric];
    uint64_t *missing = &batch->cells.missing[metric];
    for (uint32_t r = 0; r < row_count; r++) {
        uint32_t mask = 0;
        bool lacks_value = false;
        for (uint32_t i = 0; i < of->use->count; i++) {
            const struct assay__scan_column *column = &batch->columns[of->use->variables[i]];
            if (column->missing_count == 0 || !column->is_missing[r])
                continue;
            if (i < of->use->required)
                lacks_value = true;
            else
                mask |= UINT32_C(1) << (i - of->use->required);
        }
        *missing += lacks_value && !batch->is_careful[r];
        gaps->mask[r] = lacks_value && of->drops_missing ? UINT32_MAX : mask;
        gaps->is_out[r] = gaps->mask[r] != 0;
    }
}

/* Adds a row whose covariates are not all there. */
static bool add_pattern(batch_t *batch, struct assay__scan_cell *cell, uint32_t metric,
                        uint32_t mask, uint32_t row)
{
    const struct assay__metric_use *use = batch->layout->metrics[metric].use;
    struct assay__scan_pattern *pattern =
        assay__scan_cells_pattern(&batch->cells, cell, metric, mask);
    if (pattern == NULL)
        return false;
    int64_t mantissas[ASSAY_VARIABLES_MAX];
    uint32_t present = 0;
    for (uint32_t i = 0; i < use->count; i++)
        if (i < use->required || (mask >> (i - use->required) & 1) == 0)
            mantissas[present++] = batch->columns[use->variables[i]].numbers.value[row];
    assay__kernel_narrow(pattern->limbs, pattern->layout, mantissas);
    pattern->count++;
    return true;
}

/* Adds the rows of one cell; with gaps, the complete ones together and the others by pattern. */
static bool add_run(batch_t *batch, struct assay__scan_cell *cell, uint32_t metric,
                    struct assay__sample *sample, const struct gaps *gaps)
{
    const struct assay__scan_metric *of = &batch->layout->metrics[metric];
    const uint16_t *rows = batch->rows + cell->first;
    uint16_t complete[ASSAY__SCAN_BATCH];
    sample->rows = rows;
    sample->count = cell->count;
    if (gaps != NULL) {
        uint32_t count = 0;
        for (uint32_t k = 0; k < cell->count; k++) {
            uint32_t row = rows[k], mask = gaps->mask[row];
            if (!gaps->is_out[row])
                complete[count++] = (uint16_t)row;
            else if (mask != UINT32_MAX && !add_pattern(batch, cell, metric, mask, row))
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

static bool add_set(batch_t *batch, uint32_t met, uint32_t metric, struct gaps *gaps)
{
    const struct assay__scan_metric *of = &batch->layout->metrics[metric];
    struct assay__sample sample;
    for (uint32_t i = 0; i < of->use->count; i++) {
        const struct assay__scan_column *column = &batch->columns[of->use->variables[i]];
        sample.columns[i] = column->numbers.value;
        sample.bits[i] = column->bits;
    }
    for (uint32_t i = 0; i < met; i++)
        if (!add_run(batch, batch->met[i], metric, &sample, gaps))
            return false;
    return true;
}

/* With dimensions the total is the sum of the first one's values, so it is not added here. */
static enum assay_status add_sums(batch_t *batch, uint32_t row_count, struct assay_error *err)
{
    uint32_t set_count = batch->layout->set_count;
    uint32_t metric_count = batch->layout->binding->plan->metric_count;
    for (uint32_t set = set_count > 1; set < set_count; set++) {
        uint32_t met = list_rows(batch, set, row_count);
        bool is_fine = met != UINT32_MAX;
        for (uint32_t m = 0; is_fine && m < metric_count; m++) {
            struct gaps gaps;
            bool has = has_gaps(batch, batch->layout->metrics[m].use);
            uint64_t missing = batch->cells.missing[m];
            if (has)
                find_gaps(batch, m, row_count, &gaps);
            if (set > 1) /* a unit is counted once, whatever it is broken down by */
                batch->cells.missing[m] = missing;
            is_fine = add_set(batch, met, m, has ? &gaps : NULL);
        }
        if (!is_fine)
            return assay__fail_memory(err);
    }
    return ASSAY_OK;
}

enum assay_status assay__scan_batch_add(batch_t *batch, const char *text, uint32_t row_count,
                                        struct assay_error *err)
{
    const struct assay__binding *binding = batch->layout->binding;
    memset(batch->is_careful, 0, row_count);
    batch->careful_count = 0;
    enum assay_status status = ASSAY_OK;
    for (uint32_t set = 0; status == ASSAY_OK && set < batch->layout->set_count; set++)
        status = read_names(batch, text, row_count, set, err);
    for (uint32_t v = 0; status == ASSAY_OK && v < binding->variable_count; v++)
        status = read_numbers(batch, text, row_count, v, err);
    if (status == ASSAY_OK)
        status = add_sums(batch, row_count, err);
    batch->rows_used += row_count - batch->careful_count;
    return status;
}
