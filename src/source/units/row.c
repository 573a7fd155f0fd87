/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the cells of a row: what they mean to the plan, or what is wrong with them. */
#include "source/units/row.h"

#include <stdlib.h>
#include <string.h>

#include "assay/dataset.h"
#include "base/error.h"
#include "base/hash.h"
#include "source/csv/dialect.h"

enum assay_status assay__row_init(struct assay__row *row, const struct assay__binding *binding,
                                  struct assay_error *err)
{
    memset(row, 0, sizeof *row);
    size_t count = (size_t)binding->variable_count + 1; /* never an allocation of nothing */
    row->numbers = calloc(count, sizeof *row->numbers);
    row->digits = calloc(count, sizeof *row->digits);
    row->words = calloc(count + binding->channel_count, sizeof *row->words);
    row->filter_cells = calloc((size_t)binding->filter_width + 1, sizeof *row->filter_cells);
    if (row->numbers == NULL || row->digits == NULL || row->words == NULL ||
        row->filter_cells == NULL)
        return assay__fail_memory(err);
    return ASSAY_OK;
}

void assay__row_release(struct assay__row *row)
{
    free(row->numbers);
    free(row->digits);
    free(row->words);
    free(row->filter_cells);
    assay__pack_release(&row->content);
    assay__pack_release(&row->records);
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
        return reject(row, ASSAY__ROW_BAD, time,
                      binding->plan->dialect.time != NULL
                          ? "is no time of the form that format.time gives."
                          : "is no time. Times are written as 2026-11-23T10:15:30Z, 2026-11-23 or "
                            "Unix time, from 1990 to 2100; others need their form.");
    if (binding->plan->has_as_of && row->time_ns >= binding->plan->as_of_ns)
        return ASSAY__ROW_AFTER;
    return ASSAY__ROW_GOOD;
}

static enum assay__cell_outcome read_variable(const struct assay__variable *variable,
                                              const struct assay_dialect *dialect, uint32_t *words,
                                              const struct assay__field *cell,
                                              struct assay_decimal *value,
                                              char digits[ASSAY__DIGITS_MAX])
{
    if (variable->kind == ASSAY__VARIABLE_CHOICE)
        return assay__dialect_choice(dialect, cell, words, value);
    enum assay__cell_outcome outcome = assay__dialect_number(dialect, cell, value, digits);
    if (variable->kind == ASSAY__VARIABLE_EITHER && outcome == ASSAY__CELL_NO_NUMBER &&
        assay__dialect_choice(dialect, cell, words, value) == ASSAY__CELL_OK)
        return ASSAY__CELL_OK;
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
            read_variable(variable, &binding->plan->dialect, &row->words[v], &cells[variable->cell],
                          &number->value, row->digits[v]);
        number->is_missing = outcome == ASSAY__CELL_MISSING;
        if (number->is_missing)
            number->value = (struct assay_decimal){0};
        else if (outcome != ASSAY__CELL_OK)
            return reject(row, ASSAY__ROW_BAD, variable->cell, assay__cell_sentence(outcome));
    }
    return ASSAY__ROW_GOOD;
}

/* Adds what a channel gives for the row at hand, if anything, to the records. */
static enum assay__row_outcome read_channel(struct assay__row *row,
                                            const struct assay__binding *binding, uint32_t number,
                                            const struct assay__field *cells)
{
    const struct assay__channel *channel = &binding->channels[number];
    const struct assay_dialect *dialect = &binding->plan->dialect;
    uint32_t *words = &row->words[binding->variable_count + number];
    const struct assay__variable *variable = &channel->variable;
    const struct assay__field *cell =
        variable->kind == ASSAY__VARIABLE_ROW ? NULL : &cells[variable->cell];
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal value;
    if (!assay__binding_passes(binding, channel->where, cells, row->filter_cells) ||
        (cell != NULL && assay__dialect_is_missing(dialect, cell)))
        return ASSAY__ROW_GOOD;
    bool is_number = variable->kind != ASSAY__VARIABLE_ROW &&
                     variable->kind != ASSAY__VARIABLE_VALUE &&
                     variable->kind != ASSAY__VARIABLE_TEXT;
    enum assay__cell_outcome outcome =
        is_number ? read_variable(variable, dialect, words, cell, &value, digits) : ASSAY__CELL_OK;
    if (outcome == ASSAY__CELL_MISSING)
        return ASSAY__ROW_GOOD;
    if (outcome != ASSAY__CELL_OK)
        return reject(row, ASSAY__ROW_BAD, variable->cell, assay__cell_sentence(outcome));
    size_t most = 3 * (size_t)ASSAY__PACKED_COUNT_MAX + 1 + ASSAY__PACKED_NUMBER_BYTES +
                  (variable->kind == ASSAY__VARIABLE_TEXT ? cell->length : 0);
    unsigned char *begin = assay__pack_room(&row->records, most);
    if (begin == NULL)
        return ASSAY__ROW_NO_MEMORY;
    unsigned char *at = assay__put_time(assay__put_count(begin, number), row->time_ns);
    if (is_number)
        at = assay__put_number(at, &value);
    else if (variable->kind == ASSAY__VARIABLE_TEXT)
        at = assay__put_text(at, cell->text, cell->length);
    row->records.length += (size_t)(at - begin);
    return ASSAY__ROW_GOOD;
}

static enum assay__row_outcome read_channels(struct assay__row *row,
                                             const struct assay__binding *binding, uint32_t source,
                                             const struct assay__field *cells)
{
    enum assay__row_outcome outcome = ASSAY__ROW_GOOD;
    row->records.length = 0;
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
static enum assay_status pack_slices(struct assay__row *row, const struct assay__binding *binding,
                                     const struct assay__field *cells,
                                     struct assay__unit_names *names, struct assay_error *err)
{
    const struct assay_plan *plan = binding->plan;
    size_t bits = (plan->segment_count + 7) / 8;
    unsigned char *at =
        assay__pack_room(&row->content, plan->dimension_count * sizeof(uint32_t) + bits);
    if (at == NULL)
        return assay__fail_memory(err);
    for (uint32_t d = 0; d < plan->dimension_count; d++, at += sizeof(uint32_t)) {
        uint32_t number;
        enum assay_status status =
            assay__unit_names_add(names, 1 + d, &cells[binding->dimensions[d]], &number, err);
        if (status != ASSAY_OK)
            return status;
        memcpy(at, &number, sizeof number);
    }
    if (bits > 0)
        memset(at, 0, bits);
    for (uint32_t s = 0; s < plan->segment_count; s++)
        if (assay__binding_passes(binding, s, cells, row->filter_cells))
            at[s / 8] |= (unsigned char)(1u << s % 8);
    row->content.length += plan->dimension_count * sizeof(uint32_t) + bits;
    return ASSAY_OK;
}

static enum assay_status pack_variables(struct assay__row *row,
                                        const struct assay__binding *binding,
                                        struct assay_error *err)
{
    for (uint32_t v = 0; v < binding->variable_count; v++) {
        const struct assay__number *number = &row->numbers[v];
        size_t most = number->value.digits == NULL ? 32 : (size_t)ASSAY__PACKED_NUMBER_BYTES;
        unsigned char *at = assay__pack_room(&row->content, most);
        if (at == NULL)
            return assay__fail_memory(err);
        unsigned char *end = assay__put_number(at, number->is_missing ? NULL : &number->value);
        row->content.length += (size_t)(end - at);
    }
    return ASSAY_OK;
}

enum assay_status assay__row_exposure(struct assay__row *row, const struct assay__binding *binding,
                                      const struct assay__field *cells,
                                      struct assay__unit_names *names, struct assay__exposure *out,
                                      struct assay_error *err)
{
    uint32_t unit = binding->sources[0].unit;
    *out = (struct assay__exposure){
        .id = "", .first_ns = row->time_ns, .second_ns = INT64_MAX, .rows = 1};
    row->content.length = 0;
    enum assay_status status =
        assay__unit_names_add(names, 0, &cells[binding->group], &out->group, err);
    if (status == ASSAY_OK)
        status = pack_slices(row, binding, cells, names, err);
    if (status == ASSAY_OK)
        status = pack_variables(row, binding, err);
    if (unit != ASSAY__UNBOUND) {
        out->id = cells[unit].text;
        out->id_length = cells[unit].length;
        out->hash = assay__hash(out->id, out->id_length);
    }
    out->content = row->content.bytes;
    out->content_length = row->content.length;
    return status;
}
