/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table whose rows a program's function fills in, one by one. */
#include <string.h>

#include "base/memory.h"
#include "source/table/grid.h"

struct caller_rows {
    struct assay__given_grid grid; /* first */
    assay_row_read read;
    void *context;
    struct assay_cell *cells; /* [column_count]: the row at hand */
};

static enum assay_status next(struct assay__given_grid *grid, size_t most, size_t *count,
                              struct assay_error *err)
{
    struct caller_rows *self = (struct caller_rows *)grid;
    struct assay_error own = {0};
    bool is_end = false;
    (void)most;
    memset(self->cells, 0, grid->column_count * sizeof *self->cells);
    enum assay_status status = self->read(self->context, self->cells, &is_end, &own);
    *count = is_end ? 0 : 1;
    if (status == ASSAY_OK)
        return ASSAY_OK;
    return assay__table_fail(grid->table.name, status, &own, err);
}

static const char *cell_of(const struct assay__given_grid *grid, size_t row, uint32_t column,
                           char scratch[ASSAY__CELL_BYTES], struct assay__field *out)
{
    const struct assay_cell *cell = &((const struct caller_rows *)grid)->cells[column];
    (void)row;
    switch (cell->kind) {
    case ASSAY_CELL_DOUBLE:
        assay__cell_double(cell->number, scratch, out);
        return NULL;
    case ASSAY_CELL_INTEGER:
        assay__cell_integer(cell->integer, scratch, out);
        return NULL;
    case ASSAY_CELL_TIME:
        return assay__cell_time(cell->integer, scratch, out);
    case ASSAY_CELL_TEXT:
        break;
    default:
        return "The callback gave the cell a kind that does not exist.";
    }
    if (cell->text == NULL)
        assay__cell_missing(out);
    else
        assay__cell_text(cell->text, cell->length > 0 ? cell->length : strlen(cell->text), out);
    return NULL;
}

static void free_rows(struct assay__given_grid *grid)
{
    assay__free(((struct caller_rows *)grid)->cells);
}

static const struct assay__given_grid_kind CALLER_ROWS = {next, cell_of, free_rows, NULL};

enum assay_status assay_table_from_rows(const char *const *columns, size_t column_count,
                                        assay_row_read read, void *context, const char *name,
                                        struct assay_table **out, struct assay_error *err)
{
    struct caller_rows *self = assay__calloc(1, sizeof *self);
    if (self == NULL)
        return assay__fail_memory(err);
    self->read = read;
    self->context = context;
    self->cells = assay__calloc(column_count + 1, sizeof *self->cells);
    enum assay_status status =
        self->cells == NULL
            ? assay__fail_memory(err)
            : assay__grid_init(&self->grid, &CALLER_ROWS, name, columns, column_count, err);
    if (status == ASSAY_OK)
        *out = &self->grid.table;
    else
        assay__grid_abandon(&self->grid, &CALLER_ROWS);
    return status;
}
