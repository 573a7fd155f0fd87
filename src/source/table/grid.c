/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of typed values: each cell becomes the text that it is in CSV, a block of rows at a time. */
#include "source/table/grid.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv_quote.h"
#include "base/memory.h"
#include "base/room.h"
#include "base/text.h"
#include "base/utf8.h"
#include "source/csv/csv_dialect.h"

enum { BLOCK_FIELDS = ASSAY__ROOM(4096, 64) /* fields of a block, unless one row has more */ };

/* The rows of a grid. */
struct grid_rows {
    struct assay__rows rows; /* first: it is what others see */
    struct assay__given_grid *grid;
    struct assay__field *fields;
    char (*scratch)[ASSAY__CELL_BYTES];
    uint64_t *lines;
    bool *used;         /* [column_count]; NULL: all are */
    size_t capacity;    /* rows of a block */
    uint64_t row_count; /* handed out so far */
    bool trims;
    struct assay__halt *halt;
    struct assay__fingerprinter *trace; /* NULL: nobody asked */
    struct assay__text line;            /* the block as CSV, for the trace */
};

static struct grid_rows *own(struct assay__rows *rows)
{
    return (struct grid_rows *)(void *)rows;
}

static const struct grid_rows *own_const(const struct assay__rows *rows)
{
    return (const struct grid_rows *)(const void *)rows;
}

static const char *place(const struct assay__rows *rows)
{
    return own_const(rows)->grid->table.name;
}

static const char TOO_LONG[] = "The text is longer than a cell may be.";

/* NULL, or what is wrong with a text of the program's. */
static const char *check_text(const struct assay__field *cell)
{
    if (cell->length > ASSAY_FIELD_BYTES_MAX)
        return TOO_LONG;
    if (cell->length > 0 && memchr(cell->text, '\0', cell->length) != NULL)
        return "The text holds a NUL byte.";
    if (assay__utf8_valid_run(cell->text, cell->length) < cell->length)
        return "The text is not valid UTF-8.";
    return NULL;
}

/* What is wrong with a cell of a column that is not used is passed over. */
static bool pass_unused(const struct grid_rows *self, uint32_t column, struct assay__field *cell)
{
    static const char NOT_READ[] = "(not read)";
    if (self->used == NULL || self->used[column])
        return false;
    *cell =
        (struct assay__field){.text = NOT_READ, .length = sizeof NOT_READ - 1, .is_typed = true};
    return true;
}

/* Reads a row; false when it has a cell that cannot be used, which *wrong and *column say. */
static bool read_row(struct grid_rows *self, size_t row, struct assay__field *fields,
                     const char **wrong, uint32_t *column)
{
    const struct assay__given_grid *grid = self->grid;
    for (uint32_t c = 0; c < grid->column_count; c++) {
        struct assay__field *cell = &fields[c];
        char *scratch = self->scratch[(size_t)(cell - self->fields)];
        *wrong = grid->kind->cell(grid, row, c, scratch, cell);
        if (*wrong == NULL && !cell->is_typed)
            *wrong = check_text(cell);
        *column = c;
        if (*wrong != NULL && !pass_unused(self, c, cell))
            return false;
        if (self->trims && !cell->is_typed)
            *cell = assay__field_trim(*cell);
    }
    return true;
}

static void trace_row(struct grid_rows *self, const struct assay__field *fields)
{
    for (uint32_t c = 0; c < self->grid->column_count; c++) {
        if (c > 0)
            assay__text_putc(&self->line, ',');
        assay__csv_quote_run(&self->line, fields[c].text, fields[c].length, NULL);
    }
    assay__text_putc(&self->line, '\n');
}

static enum assay_status trace(struct grid_rows *self, struct assay_error *err)
{
    if (self->line.failed)
        return assay__fail_memory(err);
    if (self->line.length > 0)
        assay__fingerprinter_add(self->trace, self->line.data, self->line.length);
    self->line.length = 0;
    return ASSAY_OK;
}

static enum assay_status fail_row(const struct grid_rows *self, uint32_t column, const char *wrong,
                                  struct assay_error *err)
{
    enum assay_status status = wrong == TOO_LONG ? ASSAY_ERROR_LIMIT : ASSAY_ERROR_DATA;
    status = assay__fail_at(err, status, self->grid->table.name, self->row_count,
                            (uint64_t)column + 1, "%s", wrong);
    return self->rows.may_skip ? assay__fail_reason(err, status, ASSAY_REASON_BAD_ROWS) : status;
}

/* Takes the rows that the grid went on to into the block. */
static enum assay_status take_rows(struct grid_rows *self, size_t count,
                                   struct assay__rows_block *block, struct assay_error *err)
{
    for (size_t r = 0; r < count; r++) {
        struct assay__field *fields = self->fields + block->record_count * self->grid->column_count;
        const char *wrong;
        uint32_t column = 0;
        self->row_count++;
        bool is_good = read_row(self, r, fields, &wrong, &column);
        if (!is_good && !self->rows.skips_bad)
            return fail_row(self, column, wrong, err);
        if (self->trace != NULL && is_good)
            trace_row(self, fields);
        if (is_good)
            self->lines[block->record_count++] = self->row_count;
        else
            self->rows.skipped++;
    }
    return self->trace != NULL ? trace(self, err) : ASSAY_OK;
}

static enum assay_status next_block(struct assay__rows *rows, struct assay__rows_block *block,
                                    struct assay_error *err)
{
    struct grid_rows *self = own(rows);
    size_t count = 1;
    *block = (struct assay__rows_block){self->fields, self->lines, 0};
    while (block->record_count == 0 && count > 0) {
        enum assay_status status =
            assay__halt_progress(self->halt, "read", self->row_count, 0, err);
        if (status == ASSAY_OK)
            status = self->grid->kind->next(self->grid, self->capacity, &count, err);
        if (status == ASSAY_OK)
            status = take_rows(self, count, block, err);
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

static void close_rows(struct assay__rows *rows)
{
    struct grid_rows *self = own(rows);
    assay__rows_header_release(&rows->header);
    assay__fingerprinter_free(self->trace);
    assay__text_release(&self->line);
    assay__free(self->fields);
    assay__free(self->scratch);
    assay__free(self->lines);
    assay__free(self->used);
    assay__free(self);
}

static assay__uint128 fingerprint(const struct assay__rows *rows)
{
    return assay__fingerprinter_value(own_const(rows)->trace);
}

/* A type that is not read is an error where a column is used: a frame may have others, too. */
static enum assay_status use(struct assay__rows *rows, const uint32_t *columns, uint32_t count,
                             struct assay_error *err)
{
    struct grid_rows *self = own(rows);
    const struct assay__given_grid *grid = self->grid;
    if (self->used == NULL)
        self->used = assay__calloc(grid->column_count, sizeof *self->used);
    if (self->used == NULL)
        return assay__fail_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t column = columns[i];
        const char *type = grid->kind->unread != NULL ? grid->kind->unread(grid, column) : NULL;
        if (type != NULL)
            return assay__fail_at(err, ASSAY_ERROR_DATA, grid->table.name, 0, (uint64_t)column + 1,
                                  "The type of column '%.200s' is not read: '%.60s'.",
                                  grid->names[column], type);
        self->used[column] = true;
    }
    return ASSAY_OK;
}

static const struct assay__rows_kind TRACED = {.place = place,
                                               .next_block = next_block,
                                               .close = close_rows,
                                               .use = use,
                                               .fingerprint = fingerprint};
static const struct assay__rows_kind UNTRACED = {
    .place = place, .next_block = next_block, .close = close_rows, .use = use};

static enum assay_status begin(struct grid_rows *self, bool is_traced, struct assay_error *err)
{
    uint32_t columns = self->grid->column_count;
    self->capacity = columns >= BLOCK_FIELDS ? 1 : BLOCK_FIELDS / columns;
    self->fields = assay__malloc(self->capacity * columns * sizeof *self->fields);
    self->scratch = assay__malloc(self->capacity * columns * sizeof *self->scratch);
    self->lines = assay__malloc(self->capacity * sizeof *self->lines);
    if (is_traced)
        self->trace = assay__fingerprinter_new();
    if (self->fields == NULL || self->scratch == NULL || self->lines == NULL ||
        (is_traced && self->trace == NULL))
        return assay__fail_memory(err);
    for (uint32_t c = 0; c < columns; c++) {
        assay__cell_text(self->grid->names[c], strlen(self->grid->names[c]), &self->fields[c]);
        const char *wrong = check_text(&self->fields[c]);
        if (wrong != NULL)
            return assay__fail_at(err, ASSAY_ERROR_DATA, self->grid->table.name, 0, (uint64_t)c + 1,
                                  "The name of column %u: %s", c + 1, wrong);
        if (self->trims)
            self->fields[c] = assay__field_trim(self->fields[c]);
    }
    if (is_traced)
        trace_row(self, self->fields);
    enum assay_status status =
        assay__rows_header_init(&self->rows.header, self->fields, columns, err);
    return status == ASSAY_OK && is_traced ? trace(self, err) : status;
}

static enum assay_status open_grid(struct assay_table *table,
                                   const struct assay__rows_request *request,
                                   struct assay__rows **out, struct assay_error *err)
{
    struct grid_rows *self = assay__calloc(1, sizeof *self);
    if (self == NULL)
        return assay__fail_memory(err);
    self->rows.kind = request->is_traced ? &TRACED : &UNTRACED;
    self->grid = (struct assay__given_grid *)(void *)table;
    self->trims = request->plan->dialect.trim;
    self->halt = request->halt;
    enum assay_status status = begin(self, request->is_traced, err);
    if (status == ASSAY_OK)
        *out = &self->rows;
    else
        close_rows(&self->rows);
    return status;
}

static void free_grid(struct assay_table *table)
{
    struct assay__given_grid *grid = (struct assay__given_grid *)(void *)table;
    for (uint32_t c = 0; grid->names != NULL && c < grid->column_count; c++)
        assay__free(grid->names[c]);
    assay__free(grid->names);
    grid->kind->free(grid);
    assay__free(grid);
}

static const struct assay__table_kind GRID = {open_grid, free_grid};

enum assay_status assay__grid_init(struct assay__given_grid *grid,
                                   const struct assay__given_grid_kind *kind, const char *name,
                                   const char *const *names, size_t column_count,
                                   struct assay_error *err)
{
    grid->kind = kind;
    enum assay_status status = assay__table_init(&grid->table, &GRID, name, err);
    if (status != ASSAY_OK)
        return status;
    if (column_count == 0)
        return assay__fail_at(err, ASSAY_ERROR_USAGE, grid->table.name, 0, 0,
                              "The table has no columns.");
    if (column_count > ASSAY_COLUMNS_MAX)
        return assay__fail_at(err, ASSAY_ERROR_LIMIT, grid->table.name, 0, 0,
                              "The table has %zu columns; at most %d are read.", column_count,
                              ASSAY_COLUMNS_MAX);
    grid->names = assay__calloc(column_count, sizeof *grid->names);
    if (grid->names == NULL)
        return assay__fail_memory(err);
    grid->column_count = (uint32_t)column_count;
    for (size_t c = 0; c < column_count; c++) {
        grid->names[c] = assay__strdup(names[c] == NULL ? "" : names[c]);
        if (grid->names[c] == NULL)
            return assay__fail_memory(err);
    }
    return ASSAY_OK;
}

void assay__grid_abandon(struct assay__given_grid *grid, const struct assay__given_grid_kind *kind)
{
    grid->kind = kind;
    grid->table.kind = &GRID;
    assay_table_free(&grid->table);
}
