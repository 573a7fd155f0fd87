/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the cells of a row: what they mean to the plan, or what is wrong with them. */
#include "source/units/row.h"

#include <string.h>

#include "assay/dataset.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "source/csv/csv_dialect.h"

enum assay_status assay__row_init(struct assay__row *row, const struct assay__binding *binding,
                                  struct assay_error *err)
{
    memset(row, 0, sizeof *row);
    size_t count = (size_t)binding->variable_count + 1; /* never an allocation of nothing */
    row->numbers = assay__calloc(count, sizeof *row->numbers);
    row->digits = assay__calloc(count, sizeof *row->digits);
    row->filter_cells = assay__calloc((size_t)binding->filter_width + 1, sizeof *row->filter_cells);
    row->content = assay__calloc((size_t)binding->content_words + 1, sizeof *row->content);
    row->readings = assay__calloc((size_t)binding->channel_count + 1, sizeof *row->readings);
    row->packed = assay__calloc(count + binding->channel_count, sizeof *row->packed);
    bool has_spellings =
        assay__spellings_init(&row->spellings, binding->variable_count + binding->channel_count);
    if (row->numbers == NULL || row->digits == NULL || !has_spellings ||
        row->filter_cells == NULL || row->content == NULL || row->readings == NULL ||
        row->packed == NULL)
        return assay__fail_memory(err);
    return ASSAY_OK;
}

void assay__row_release(struct assay__row *row)
{
    assay__free(row->numbers);
    assay__free(row->digits);
    assay__spellings_release(&row->spellings);
    assay__free(row->filter_cells);
    assay__free(row->content);
    assay__free(row->readings);
    assay__free(row->packed);
    memset(row, 0, sizeof *row);
}

static enum assay__row_outcome reject(struct assay__row *row, enum assay__row_outcome outcome,
                                      uint32_t cell, const char *problem)
{
    row->bad_cell = cell;
    row->problem = problem;
    return outcome;
}

static enum assay__row_outcome read_time(struct assay__row *row,
                                         const struct assay__binding *binding, uint32_t source,
                                         const struct assay__field *cells)
{
    uint32_t time = binding->sources[source].time;
    row->time_ns = INT64_MIN;
    if (time == ASSAY__UNBOUND)
        return ASSAY__ROW_GOOD;
    const struct assay__field *cell = &cells[time];
    if (!assay__dialect_time(&binding->plan->dialect, cell, &row->time_ns))
        return reject(
            row, ASSAY__ROW_BAD, time,
            binding->plan->dialect.time != NULL
                ? "is not a time of the form that format.time gives."
                : "is not a time. Times are written as 2026-11-23T10:15:30Z, 2026-11-23 or "
                  "Unix time, from 1990 to 2100; others need their form.");
    if (binding->plan->has_as_of && row->time_ns >= binding->plan->as_of_ns)
        return ASSAY__ROW_AFTER;
    return ASSAY__ROW_GOOD;
}

/* Notes that a cell of a variable or channel is a word of this kind, one bit. */
static void note_word(struct assay__row *row, uint32_t number, uint32_t cell, uint32_t word)
{
    uint32_t kind = (uint32_t)__builtin_ctz(word);
    struct assay__place place = row->at.place;
    if (!assay__spelling_is_news(&row->spellings.of[number], kind, &place))
        return;
    place.below = assay__record_line_ends(row->at.record, row->at.columns[cell]);
    assay__spellings_note(&row->spellings, number, kind, &place);
}

/* Reads a cell of a variable or channel. */
static enum assay__cell_outcome
read_variable(struct assay__row *row, uint32_t number, const struct assay__variable *variable,
              const struct assay_dialect *dialect, const struct assay__field *cell,
              struct assay_decimal *value, char digits[ASSAY__DIGITS_MAX])
{
    uint32_t word = 0;
    enum assay__cell_outcome outcome = ASSAY__CELL_NO_NUMBER;
    if (variable->kind != ASSAY__VARIABLE_CHOICE)
        outcome = assay__dialect_number(dialect, cell, value, digits);
    if (outcome == ASSAY__CELL_OK) {
        row->spellings.of[number].points |= assay__cell_points(cell);
        word = variable->kind == ASSAY__VARIABLE_EITHER;
    } else if (variable->kind == ASSAY__VARIABLE_CHOICE) {
        outcome = assay__dialect_choice(dialect, cell, &word, value);
    } else if (variable->kind == ASSAY__VARIABLE_EITHER && outcome == ASSAY__CELL_NO_NUMBER &&
               assay__dialect_choice(dialect, cell, &word, value) == ASSAY__CELL_OK) {
        outcome = ASSAY__CELL_OK;
    }
    if (word != 0 && outcome == ASSAY__CELL_OK)
        note_word(row, number, variable->cell, word);
    return outcome;
}

static enum assay__row_outcome read_variables(struct assay__row *row,
                                              const struct assay__binding *binding,
                                              const struct assay__field *cells)
{
    for (uint32_t v = 0; v < binding->variable_count; v++) {
        const struct assay__variable *variable = &binding->variables[v];
        struct assay__number *number = &row->numbers[v];
        enum assay__cell_outcome outcome =
            read_variable(row, v, variable, &binding->plan->dialect, &cells[variable->cell],
                          &number->value, row->digits[v]);
        number->is_missing = outcome == ASSAY__CELL_MISSING;
        if (number->is_missing)
            number->value = (struct assay_decimal){0};
        else if (outcome != ASSAY__CELL_OK)
            return reject(row, ASSAY__ROW_BAD, variable->cell, assay__cell_sentence(outcome));
    }
    return ASSAY__ROW_GOOD;
}

static bool is_number(enum assay__variable_kind kind)
{
    return kind != ASSAY__VARIABLE_ROW && kind != ASSAY__VARIABLE_VALUE &&
           kind != ASSAY__VARIABLE_TEXT;
}

/* Adds what a channel gives for the row at hand, if anything, to the readings. */
static enum assay__row_outcome read_channel(struct assay__row *row,
                                            const struct assay__binding *binding, uint32_t number,
                                            const struct assay__field *cells)
{
    const struct assay__channel *channel = &binding->channels[number];
    const struct assay_dialect *dialect = &binding->plan->dialect;
    uint32_t at = binding->variable_count + number;
    const struct assay__variable *variable = &channel->variable;
    const struct assay__field *cell =
        variable->kind == ASSAY__VARIABLE_ROW ? NULL : &cells[variable->cell];
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal value = {0};
    if (!assay__binding_passes(binding, channel->where, cells, row->filter_cells) ||
        (cell != NULL && assay__dialect_is_missing(dialect, cell)))
        return ASSAY__ROW_GOOD;
    enum assay__cell_outcome outcome =
        is_number(variable->kind) ? read_variable(row, at, variable, dialect, cell, &value, digits)
                                  : ASSAY__CELL_OK;
    if (outcome == ASSAY__CELL_MISSING)
        return ASSAY__ROW_GOOD;
    if (outcome != ASSAY__CELL_OK)
        return reject(row, ASSAY__ROW_BAD, variable->cell, assay__cell_sentence(outcome));
    struct assay__reading *reading = &row->readings[row->reading_count++];
    *reading = (struct assay__reading){.time_ns = row->time_ns, .channel = number};
    reading->word = assay__word_of(&value, row->packed[at]);
    if (variable->kind == ASSAY__VARIABLE_TEXT) {
        reading->text = cell->text;
        reading->length = cell->length;
    }
    return ASSAY__ROW_GOOD;
}

static enum assay__row_outcome read_channels(struct assay__row *row,
                                             const struct assay__binding *binding, uint32_t source,
                                             const struct assay__field *cells)
{
    enum assay__row_outcome outcome = ASSAY__ROW_GOOD;
    row->reading_count = 0;
    for (uint32_t c = 0; outcome == ASSAY__ROW_GOOD && c < binding->channel_count; c++)
        if (binding->channels[c].source == source)
            outcome = read_channel(row, binding, c, cells);
    return outcome;
}

static const char TOO_LONG[] = "is longer than 1024 bytes, too long for a name.";

static enum assay__row_outcome read_names(struct assay__row *row,
                                          const struct assay__binding *binding,
                                          const struct assay__field *cells)
{
    if (assay__cell_is_missing(&cells[binding->group]))
        return reject(row, ASSAY__ROW_NO_GROUP, binding->group, "names no group.");
    if (cells[binding->group].length > ASSAY_NAME_BYTES_MAX)
        return reject(row, ASSAY__ROW_BAD, binding->group, TOO_LONG);
    for (uint32_t d = 0; d < binding->plan->dimension_count; d++)
        if (cells[binding->dimensions[d]].length > ASSAY_NAME_BYTES_MAX)
            return reject(row, ASSAY__ROW_BAD, binding->dimensions[d], TOO_LONG);
    return ASSAY__ROW_GOOD;
}

static enum assay__row_outcome read_unit(struct assay__row *row,
                                         const struct assay__binding *binding, uint32_t source,
                                         const struct assay__field *cells)
{
    uint32_t unit = binding->sources[source].unit;
    if (unit != ASSAY__UNBOUND && assay__cell_is_missing(&cells[unit]))
        return reject(row, ASSAY__ROW_NO_UNIT, unit, "names no unit.");
    return ASSAY__ROW_GOOD;
}

enum assay__row_outcome assay__row_read(struct assay__row *row,
                                        const struct assay__binding *binding,
                                        const struct assay__field *cells)
{
    if (!assay__binding_passes(binding, binding->plan_where, cells, row->filter_cells))
        return ASSAY__ROW_LEFT_OUT;
    enum assay__row_outcome outcome = read_time(row, binding, 0, cells);
    if (outcome == ASSAY__ROW_GOOD)
        outcome = read_names(row, binding, cells);
    if (outcome == ASSAY__ROW_GOOD)
        outcome = read_unit(row, binding, 0, cells);
    if (outcome == ASSAY__ROW_GOOD)
        outcome = read_variables(row, binding, cells);
    if (outcome == ASSAY__ROW_GOOD)
        outcome = read_channels(row, binding, 0, cells);
    return outcome;
}

enum assay__row_outcome assay__row_read_event(struct assay__row *row,
                                              const struct assay__binding *binding, uint32_t source,
                                              const struct assay__field *cells)
{
    enum assay__row_outcome outcome = read_time(row, binding, source, cells);
    if (outcome == ASSAY__ROW_GOOD)
        outcome = read_unit(row, binding, source, cells);
    if (outcome == ASSAY__ROW_GOOD)
        outcome = read_channels(row, binding, source, cells);
    return outcome;
}

/* The values of dimensions and the segments of a row, to the content. */
static enum assay_status set_slices(struct assay__row *row, const struct assay__binding *binding,
                                    const struct assay__field *cells,
                                    struct assay__unit_names *names, struct assay_error *err)
{
    const struct assay_plan *plan = binding->plan;
    uint64_t *segments = row->content + assay__binding_segments(plan);
    memset(row->content, 0, binding->slice_words * sizeof *row->content);
    for (uint32_t d = 0; d < plan->dimension_count; d++) {
        uint32_t number;
        enum assay_status status =
            assay__unit_names_add(names, 1 + d, &cells[binding->dimensions[d]], &number, err);
        if (status != ASSAY_OK)
            return status;
        memcpy((char *)row->content + d * sizeof number, &number, sizeof number);
    }
    for (uint32_t s = 0; s < plan->segment_count; s++)
        if (assay__binding_passes(binding, s, cells, row->filter_cells))
            segments[s / 64] |= UINT64_C(1) << s % 64;
    return ASSAY_OK;
}

static void set_numbers(struct assay__row *row, const struct assay__binding *binding)
{
    uint64_t *words = row->content + binding->slice_words;
    for (uint32_t v = 0; v < binding->variable_count; v++)
        words[v] = row->numbers[v].is_missing
                       ? (uint64_t)ASSAY__WORD_MISSING
                       : assay__word_of(&row->numbers[v].value, row->packed[v]);
}

enum assay_status assay__row_exposure(struct assay__row *row, const struct assay__binding *binding,
                                      const struct assay__field *cells,
                                      struct assay__unit_names *names, struct assay__exposure *out,
                                      struct assay_error *err)
{
    uint32_t unit = binding->sources[0].unit;
    *out = (struct assay__exposure){
        .first_ns = row->time_ns, .second_ns = INT64_MAX, .content = row->content, .rows = 1};
    enum assay_status status =
        assay__unit_names_add(names, 0, &cells[binding->group], &out->group, err);
    if (status == ASSAY_OK)
        status = set_slices(row, binding, cells, names, err);
    if (unit != ASSAY__UNBOUND)
        assay__unit_key_init(&out->key, cells[unit].text, cells[unit].length);
    else
        out->key.text = "";
    set_numbers(row, binding);
    return status;
}
