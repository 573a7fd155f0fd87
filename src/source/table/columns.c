/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of a program's columns: arrays of texts, doubles, integers or times. */
#include <string.h>

#include "base/memory.h"
#include "source/table/grid.h"

struct columns {
    struct assay__given_grid grid; /* first */
    struct assay_column *columns;
    size_t row_count, begin, end; /* the rows that are read lie from begin to end */
};

static enum assay_status next(struct assay__given_grid *grid, size_t most, size_t *count,
                              struct assay_error *err)
{
    struct columns *self = (struct columns *)grid;
    size_t left = self->row_count - self->end;
    (void)err;
    *count = left < most ? left : most;
    self->begin = self->end;
    self->end += *count;
    return ASSAY_OK;
}

static const char *cell_of(const struct assay__given_grid *grid, size_t row, uint32_t index,
                           char scratch[ASSAY__CELL_BYTES], struct assay__field *out)
{
    const struct columns *self = (const struct columns *)grid;
    const struct assay_column *column = &self->columns[index];
    size_t at = self->begin + row;
    if (column->valid != NULL && column->valid[at] == 0) {
        assay__cell_missing(out);
        return NULL;
    }
    switch (column->kind) {
    case ASSAY_CELL_DOUBLE:
        assay__cell_double(((const double *)column->values)[at], scratch, out);
        return NULL;
    case ASSAY_CELL_INTEGER:
        assay__cell_integer(((const int64_t *)column->values)[at], scratch, out);
        return NULL;
    case ASSAY_CELL_TIME:
        return assay__cell_time(((const int64_t *)column->values)[at], scratch, out);
    case ASSAY_CELL_TEXT:
    default:
        break;
    }
    const char *text = ((const char *const *)column->values)[at];
    if (text == NULL)
        assay__cell_missing(out);
    else
        assay__cell_text(text, column->lengths != NULL ? column->lengths[at] : strlen(text), out);
    return NULL;
}

static void free_columns(struct assay__given_grid *grid)
{
    assay__free(((struct columns *)grid)->columns);
}

static const struct assay__given_grid_kind COLUMNS = {next, cell_of, free_columns, NULL};

static enum assay_status check(const struct assay_column *columns, size_t count, size_t row_count,
                               const char *name, struct assay_error *err)
{
    for (size_t c = 0; c < count; c++) {
        if ((unsigned)columns[c].kind > ASSAY_CELL_TIME)
            return assay__fail_at(err, ASSAY_ERROR_USAGE, name, 0, c + 1,
                                  "No kind of cells has number %u.", (unsigned)columns[c].kind);
        if (columns[c].name == NULL || (columns[c].values == NULL && row_count > 0))
            return assay__fail_at(err, ASSAY_ERROR_USAGE, name, 0, c + 1,
                                  "A column needs a name and values.");
    }
    return ASSAY_OK;
}

enum assay_status assay_table_from_columns(const struct assay_column *columns, size_t column_count,
                                           size_t row_count, const char *name,
                                           struct assay_table **out, struct assay_error *err)
{
    enum assay_status status = check(columns, column_count, row_count, name, err);
    if (status != ASSAY_OK)
        return status;
    struct columns *self = assay__calloc(1, sizeof *self);
    if (self == NULL)
        return assay__fail_memory(err);
    self->row_count = row_count;
    self->columns = assay__malloc((column_count + 1) * sizeof *columns);
    const char **names = assay__calloc(column_count + 1, sizeof *names);
    bool has_memory = self->columns != NULL && names != NULL;
    for (size_t c = 0; has_memory && c < column_count; c++) {
        self->columns[c] = columns[c];
        names[c] = columns[c].name;
    }
    status = has_memory ? assay__grid_init(&self->grid, &COLUMNS, name, names, column_count, err)
                        : assay__fail_memory(err);
    assay__free(names);
    if (status == ASSAY_OK) {
        *out = &self->grid.table;
        return ASSAY_OK;
    }
    assay__grid_abandon(&self->grid, &COLUMNS);
    return status;
}
