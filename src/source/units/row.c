/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row of a table of units, read by its binding: group, unit, time and values, or why not. */
#include "source/units/row.h"

#include <stdlib.h>
#include <string.h>

#include "assay/dataset.h"
#include "base/error.h"
#include "source/csv/dialect.h"

enum assay_status assay__row_init(struct assay__row *row, const struct assay__binding *binding,
                                  struct assay_error *err)
{
    memset(row, 0, sizeof *row);
    size_t count = (size_t)binding->variable_count + 1; /* never an allocation of nothing */
    row->numbers = calloc(count, sizeof *row->numbers);
    row->digits = calloc(count, sizeof *row->digits);
    row->words = calloc(count, sizeof *row->words);
    if (row->words == NULL || row->numbers == NULL || row->digits == NULL)
        return assay__fail_memory(err);
    return ASSAY_OK;
}

void assay__row_release(struct assay__row *row)
{
    free(row->numbers);
    free(row->digits);
    free(row->words);
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
                                         const struct assay__binding *binding,
                                         const struct assay__field *cells)
{
    row->time_ns = INT64_MIN;
    if (binding->time == ASSAY__UNBOUND)
        return ASSAY__ROW_GOOD;
    const struct assay__field *cell = &cells[binding->time];
    if (!assay__dialect_time(&binding->plan->dialect, cell, &row->time_ns))
        return reject(row, ASSAY__ROW_BAD, binding->time,
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

bool assay__variable_same(const struct assay__variable *variable,
                          const struct assay_dialect *dialect, const struct assay__field *a,
                          const struct assay__field *b)
{
    if (a->length == b->length && memcmp(a->text, b->text, a->length) == 0)
        return true;
    char a_digits[ASSAY__DIGITS_MAX], b_digits[ASSAY__DIGITS_MAX];
    struct assay_decimal x, y;
    enum assay__cell_outcome outcome = read_variable(variable, dialect, NULL, a, &x, a_digits);
    if (outcome != read_variable(variable, dialect, NULL, b, &y, b_digits))
        return false;
    return outcome != ASSAY__CELL_OK || assay__decimal_compare(&x, &y) == 0;
}

static const char TOO_LONG[] = "is longer than 1024 bytes, too long for a name.";

enum assay__row_outcome assay__row_read(struct assay__row *row,
                                        const struct assay__binding *binding,
                                        const struct assay__field *cells)
{
    enum assay__row_outcome time = read_time(row, binding, cells);
    if (time != ASSAY__ROW_GOOD)
        return time;
    if (assay__cell_is_missing(&cells[binding->group]))
        return reject(row, ASSAY__ROW_NO_GROUP, binding->group, "names no group.");
    if (cells[binding->group].length > ASSAY_NAME_BYTES_MAX)
        return reject(row, ASSAY__ROW_BAD, binding->group, TOO_LONG);
    for (uint32_t d = 0; d < binding->plan->dimension_count; d++)
        if (cells[binding->dimensions[d]].length > ASSAY_NAME_BYTES_MAX)
            return reject(row, ASSAY__ROW_BAD, binding->dimensions[d], TOO_LONG);
    if (binding->unit != ASSAY__UNBOUND && assay__cell_is_missing(&cells[binding->unit]))
        return reject(row, ASSAY__ROW_NO_UNIT, binding->unit, "names no unit.");
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
