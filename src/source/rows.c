/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every source of rows has in common: columns by name, records one by one, places of errors.
 */
#include "source/rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

void assay__rows_close(struct assay__rows *rows)
{
    if (rows != NULL)
        rows->kind->close(rows);
}

const char *assay__rows_name(const struct assay__rows *rows)
{
    return rows->kind->place(rows);
}

const char *const *assay__rows_columns(const struct assay__rows *rows)
{
    return rows->header.names;
}

uint32_t assay__rows_column_count(const struct assay__rows *rows)
{
    return rows->header.count;
}

enum assay_status assay__rows_next_block(struct assay__rows *rows, struct assay__rows_block *block,
                                         struct assay_error *err)
{
    enum assay_status status = rows->kind->next_block(rows, block, err);
    rows->last = status == ASSAY_OK ? *block : (struct assay__rows_block){NULL, NULL, 0};
    return status;
}

enum assay_status assay__rows_next(struct assay__rows *rows, struct assay__record *record,
                                   struct assay_error *err)
{
    *record = (struct assay__record){NULL, 0};
    if (rows->block_at == rows->block.record_count) {
        rows->block_at = 0;
        rows->block.record_count = 0;
        enum assay_status status = assay__rows_next_block(rows, &rows->block, err);
        if (status != ASSAY_OK || rows->block.record_count == 0)
            return status;
    }
    record->fields = rows->block.fields + rows->block_at * rows->header.count;
    record->line = rows->block.lines[rows->block_at++];
    return ASSAY_OK;
}

enum assay_status assay__rows_use(struct assay__rows *rows, const uint32_t *columns, uint32_t count,
                                  struct assay_error *err)
{
    return rows->kind->use == NULL ? ASSAY_OK : rows->kind->use(rows, columns, count, err);
}

bool assay__rows_can_reread(const struct assay__rows *rows)
{
    return rows->kind->can_reread != NULL && rows->kind->can_reread(rows);
}

enum assay_status assay__rows_reread(const struct assay__rows *rows, struct assay__rows **out,
                                     struct assay_error *err)
{
    return rows->kind->reread(rows, out, err);
}

struct assay__csv *assay__rows_csv(struct assay__rows *rows)
{
    return rows->kind->csv == NULL ? NULL : rows->kind->csv(rows);
}

bool assay__rows_fingerprint(const struct assay__rows *rows, assay__uint128 *out)
{
    if (rows->kind->fingerprint == NULL)
        return false;
    *out = rows->kind->fingerprint(rows);
    return true;
}

void assay__rows_sample(const struct assay__rows *rows, uint32_t column, size_t most,
                        struct assay__rows_sample *out)
{
    struct assay__rows_block block = {NULL, NULL, 0};
    memset(out, 0, sizeof *out);
    out->cells = assay__calloc(most + 1, sizeof *out->cells);
    if (out->cells == NULL)
        return;
    if (rows->kind->again == NULL)
        block = rows->last;
    else
        out->again = rows->kind->again(rows);
    if (out->again != NULL && (out->again->header.count != rows->header.count ||
                               assay__rows_next_block(out->again, &block, NULL) != ASSAY_OK))
        block.record_count = 0;
    out->count = block.record_count < most ? block.record_count : most;
    for (size_t i = 0; i < out->count; i++)
        out->cells[i] = block.fields[i * rows->header.count + column];
}

void assay__rows_sample_release(struct assay__rows_sample *sample)
{
    assay__rows_close(sample->again);
    assay__free(sample->cells);
    memset(sample, 0, sizeof *sample);
}

uint64_t assay__line_ends(const char *text, size_t length)
{
    uint64_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += text[i] == '\n' || (text[i] == '\r' && (i + 1 == length || text[i + 1] != '\n'));
    return count;
}

uint64_t assay__record_line_ends(const struct assay__record *record, uint32_t column)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < column; i++)
        count += assay__line_ends(record->fields[i].text, record->fields[i].length);
    return count;
}

enum assay_status assay__rows_fail(const struct assay__rows *rows,
                                   const struct assay__record *record, uint32_t column,
                                   enum assay_status code, struct assay_error *err,
                                   const char *format, ...)
{
    uint64_t line = record->line + assay__record_line_ends(record, column);
    char message[sizeof((struct assay_error *)0)->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return assay__fail_at(err, code, assay__rows_name(rows), line, (uint64_t)column + 1, "%s",
                          message);
}
