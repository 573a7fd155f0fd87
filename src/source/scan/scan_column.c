/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of a batch: text to mantissas and to times, odd fields one by one. */
#include <string.h>

#include "base/time.h"
#include "exact/exact_kernel.h"
#include "source/csv/csv_dialect.h"
#include "source/scan/scan_batch.h"

typedef struct assay__scan_batch batch_t;

/* Before a CRLF the last column ends at the carriage return. */
void assay__scan_locate(batch_t *batch, const char *text, uint32_t row_count, uint32_t cell)
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
    const struct assay__field field = assay__scan_field(batch, row);
    column->numbers.value[row] = 0;
    column->numbers.decimals[row] = 0;
    column->numbers.decimals_and = 0; /* the kernel's may be 1, of flags like 1.0 */
    switch (field.length == 0 ? ASSAY__CELL_MISSING : read_cell(variable, &field, &value, digits)) {
    case ASSAY__CELL_OK:
        if (!take_decimal(&value, &column->numbers, row))
            assay__scan_adder_careful(&batch->adder, row);
        break;
    case ASSAY__CELL_MISSING:
        if (column->missing_count++ == 0)
            memset(column->is_missing, 0, sizeof column->is_missing);
        column->is_missing[row] = 1;
        break;
    default:
        assay__scan_adder_careful(&batch->adder, row);
    }
}

static bool is_read(const batch_t *batch, const uint8_t *passes, uint32_t row)
{
    return batch->adder.fate[row] == ASSAY__FATE_USED && (passes == NULL || passes[row]);
}

/* Choices other than 0 and 1 are looked at again as text. */
static void check_choices(batch_t *batch, const struct assay__variable *variable,
                          struct assay__scan_column *column, const uint8_t *passes,
                          uint32_t row_count)
{
    for (uint32_t r = 0; r < row_count; r++)
        if ((((uint64_t)column->numbers.value[r] > 1) | (column->numbers.decimals[r] != 0)) &&
            is_read(batch, passes, r))
            read_odd(batch, variable, column, r);
}

void assay__scan_numbers(batch_t *batch, const char *text, uint32_t row_count,
                         const struct assay__variable *variable, const uint8_t *passes,
                         struct assay__scan_column *column)
{
    assay__scan_locate(batch, text, row_count, variable->cell);
    column->missing_count = 0;
    batch->layout->kernels->numbers(&batch->fields, &column->numbers);
    for (uint32_t i = 0; i < column->numbers.odd_count; i++)
        if (is_read(batch, passes, column->numbers.odd[i]))
            read_odd(batch, variable, column, column->numbers.odd[i]);
    if (variable->kind == ASSAY__VARIABLE_CHOICE)
        check_choices(batch, variable, column, passes, row_count);
}

/* A variable's or a channel's column, for what is asked of all its cells. */
struct spelt {
    const struct assay__variable *variable;
    const uint8_t *passes;
    struct assay__scan_column *column;
    uint32_t number; /* among the spellings */
};

static bool is_spelt(const batch_t *batch, const struct spelt *spelt, uint32_t row)
{
    const struct assay__scan_column *column = spelt->column;
    return is_read(batch, spelt->passes, row) &&
           (column->missing_count == 0 || !column->is_missing[row]);
}

/* The first cell that was read the fast way; all of them are of one kind. */
static void note_plain(batch_t *batch, const char *text, const struct spelt *spelt,
                       uint32_t row_count)
{
    uint32_t r = 0;
    while (r < row_count && !is_spelt(batch, spelt, r))
        r++;
    if (r == row_count)
        return;
    const uint32_t *end = batch->index.ends + (size_t)r * batch->layout->column_count;
    uint32_t from = end[-1] + 1;
    uint32_t to = end[(int64_t)batch->layout->columns[spelt->variable->cell] - 1] + 1;
    struct assay__place place = batch->at;
    place.line += assay__line_ends(text, from);
    place.below = assay__line_ends(text + from, to - from);
    pthread_mutex_lock(batch->target.lock);
    assay__spellings_note(batch->target.spellings, spelt->number, 0, &place);
    pthread_mutex_unlock(batch->target.lock);
    spelt->column->has_plain = true;
}

/* How many digits stand behind points, until it is known that they mark no thousands. */
static void note_points(batch_t *batch, const char *text, const struct spelt *spelt,
                        uint32_t row_count)
{
    uint32_t points = 0;
    assay__scan_locate(batch, text, row_count, spelt->variable->cell);
    for (uint32_t r = 0; r < row_count; r++) {
        const struct assay__field field = assay__scan_field(batch, r);
        if (is_spelt(batch, spelt, r))
            points |= assay__cell_points(&field);
    }
    if ((points & ~spelt->column->points) == 0)
        return;
    spelt->column->points |= points;
    pthread_mutex_lock(batch->target.lock);
    batch->target.spellings->of[spelt->number].points |= points;
    pthread_mutex_unlock(batch->target.lock);
}

static void note_spelling(batch_t *batch, const char *text, const struct spelt *spelt,
                          uint32_t row_count)
{
    const struct assay__scan_column *column = spelt->column;
    const struct assay__mantissas *numbers = &column->numbers;
    bool may_have_points = numbers->decimals_or != 0 || numbers->odd_count > 0;
    bool has_words = spelt->variable->kind != ASSAY__VARIABLE_NUMBER;
    if (has_words && !column->has_plain)
        note_plain(batch, text, spelt, row_count);
    if (batch->layout->separator == ';' && spelt->variable->kind != ASSAY__VARIABLE_CHOICE &&
        may_have_points && (column->points & ASSAY__POINTS_OTHER) == 0)
        note_points(batch, text, spelt, row_count);
}

void assay__scan_spellings(batch_t *batch, const char *text, uint32_t row_count)
{
    const struct assay__binding *binding = batch->layout->binding;
    for (uint32_t v = 0; batch->layout->source == 0 && v < binding->variable_count; v++) {
        const struct spelt spelt = {&binding->variables[v], NULL, &batch->adder.columns[v], v};
        note_spelling(batch, text, &spelt, row_count);
    }
    for (uint32_t c = 0; batch->target.gather != NULL && c < binding->channel_count; c++) {
        const struct assay__channel *channel = &binding->channels[c];
        const struct spelt spelt = {&channel->variable,
                                    channel->where == ASSAY__UNBOUND
                                        ? NULL
                                        : batch->passes +
                                              (size_t)channel->where * ASSAY__SCAN_BATCH,
                                    &batch->units.columns[c], binding->variable_count + c};
        if (channel->source == batch->layout->source &&
            channel->variable.kind <= ASSAY__VARIABLE_EITHER)
            note_spelling(batch, text, &spelt, row_count);
    }
}

/* Two digits; 255 or more for other characters. */
static uint32_t two_digits(const char *text)
{
    uint32_t tens = (uint32_t)(unsigned char)text[0] - '0';
    uint32_t ones = (uint32_t)(unsigned char)text[1] - '0';
    return tens > 9 || ones > 9 ? 255 : tens * 10 + ones;
}

/* When the day begins whose date a text begins with; dates near each other are read once each. */
static bool read_day(batch_t *batch, const char *text, int64_t *ns)
{
    const unsigned char *bytes = (const unsigned char *)text;
    uint32_t place = (uint32_t)bytes[6] << 6 ^ (uint32_t)bytes[8] << 4 ^ bytes[9];
    struct assay__scan_day *day = &batch->days[place % ASSAY__SCAN_DAYS];
    if (memcmp(text, day->text, 10) != 0) {
        const struct assay__field field = {text, 10, false, false, false};
        int64_t begin;
        if (text[4] != '-' || text[7] != '-' ||
            !assay__dialect_time(&batch->layout->binding->plan->dialect, &field, &begin))
            return false;
        memcpy(day->text, text, 10);
        day->begin_ns = begin;
    }
    *ns = day->begin_ns;
    return true;
}

/*
 * A date and time as most files have them: 2026-11-23, 2026-11-23T10:15:30Z, without the Z, or with
 * a blank. False: read it as any text.
 */
static bool read_usual_time(batch_t *batch, const struct assay__field *field, int64_t *ns)
{
    const char *text = field->text;
    bool has_z = field->length == 20 && (text[19] == 'Z' || text[19] == 'z');
    if (field->length != 10 && field->length != 19 && !has_z)
        return false;
    if (!read_day(batch, text, ns))
        return false;
    if (field->length == 10)
        return true;
    uint32_t hour = two_digits(text + 11), minute = two_digits(text + 14);
    uint32_t second = two_digits(text + 17);
    if (hour > 23 || minute > 59 || second > 59 || text[13] != ':' || text[16] != ':' ||
        (text[10] != 'T' && text[10] != ' ' && text[10] != 't'))
        return false;
    *ns += (int64_t)(hour * 3600 + minute * 60 + second) * 1000000000;
    return true;
}

/* Reads the column as numbers when it begins with one that may be Unix time. */
static bool read_epochs(batch_t *batch)
{
    int64_t ns;
    const struct assay__field first = assay__scan_field(batch, 0);
    bool has_digits = first.length >= 9 && first.length <= 16 && first.text[4] != '-';
    if (batch->layout->binding->plan->dialect.time != NULL || !has_digits ||
        !assay__time_parse(first.text, first.length, &ns))
        return false;
    batch->layout->kernels->numbers(&batch->fields, &batch->epochs);
    return true;
}

/* One of them; false for a number with decimals, or of fewer digits, and other text. */
static inline bool take_epoch(const batch_t *batch, uint32_t row, int64_t *ns)
{
    int64_t value = batch->epochs.value[row];
    return batch->epochs.decimals[row] == 0 && value >= 100000000 && assay__time_epoch(value, ns);
}

void assay__scan_times(batch_t *batch, const char *text, uint32_t row_count)
{
    const struct assay_plan *plan = batch->layout->binding->plan;
    struct assay__scan_adder *adder = &batch->adder;
    uint32_t time = batch->layout->binding->sources[batch->layout->source].time;
    assay__scan_locate(batch, text, row_count, time);
    bool has_epochs = row_count > 0 && read_epochs(batch);
    for (uint32_t r = 0; r < row_count; r++) {
        if (adder->fate[r] == ASSAY__FATE_LEFT_OUT)
            continue;
        if (!has_epochs || !take_epoch(batch, r, &adder->times[r])) {
            const struct assay__field field = assay__scan_field(batch, r);
            if (!read_usual_time(batch, &field, &adder->times[r]) &&
                !assay__dialect_time(&plan->dialect, &field, &adder->times[r])) {
                assay__scan_adder_careful(adder, r);
                continue;
            }
        }
        if (adder->fate[r] == ASSAY__FATE_USED && plan->has_as_of &&
            adder->times[r] >= plan->as_of_ns)
            adder->fate[r] = ASSAY__FATE_AFTER;
    }
}
