/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a database answered, as a source of rows. */
#include "source/warehouse/answer_rows.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { BLOCK_RECORDS = 256 };

struct answer_rows {
    struct assay__rows rows;
    const struct assay__answer *answer;
    const char *source;
    const char *at;              /* the next cell */
    uint64_t records;            /* that were read */
    struct assay__field *fields; /* [BLOCK_RECORDS * columns] */
    uint64_t lines[BLOCK_RECORDS];
};

static const char *place(const struct assay__rows *rows)
{
    return ((const struct answer_rows *)(const void *)rows)->source;
}

static void close_rows(struct assay__rows *rows)
{
    struct answer_rows *self = (struct answer_rows *)(void *)rows;
    assay__rows_header_release(&rows->header);
    assay__free(self->fields);
    assay__free(self);
}

static void take_cell(struct answer_rows *self, struct assay__field *field)
{
    size_t length = strlen(self->at);
    /* As in quotes: blanks around a value mean something. */
    *field = (struct assay__field){self->at, (uint32_t)length, true, false, false};
    self->at += length + 1;
}

static enum assay_status next_block(struct assay__rows *rows, struct assay__rows_block *block,
                                    struct assay_error *err)
{
    struct answer_rows *self = (struct answer_rows *)(void *)rows;
    uint32_t columns = self->answer->columns;
    uint64_t left = self->answer->cells / columns - self->records;
    size_t count = left < BLOCK_RECORDS ? (size_t)left : BLOCK_RECORDS;
    (void)err;
    for (size_t i = 0; i < count * columns; i++)
        take_cell(self, &self->fields[i]);
    for (size_t i = 0; i < count; i++)
        self->lines[i] = ++self->records;
    *block = (struct assay__rows_block){self->fields, self->lines, count};
    return ASSAY_OK;
}

static const struct assay__rows_kind KIND = {
    .place = place, .next_block = next_block, .close = close_rows};

static enum assay_status take_names(struct answer_rows *self, struct assay_error *err)
{
    uint32_t columns = self->answer->columns;
    self->at = self->answer->names.data;
    for (uint32_t c = 0; c < columns; c++)
        take_cell(self, &self->fields[c]);
    self->at = self->answer->bytes.data;
    return assay__rows_header_init(&self->rows.header, self->fields, columns, err);
}

enum assay_status assay__answer_rows(const struct assay__answer *answer, const char *source,
                                     struct assay__rows **out, struct assay_error *err)
{
    struct answer_rows *self = assay__calloc(1, sizeof *self);
    *out = NULL;
    if (self != NULL)
        self->fields = assay__calloc((size_t)BLOCK_RECORDS * answer->columns, sizeof *self->fields);
    if (self == NULL || self->fields == NULL) {
        assay__free(self);
        return assay__fail_memory(err);
    }
    self->rows.kind = &KIND;
    self->rows.is_own = true; /* its statement is ours */
    self->answer = answer;
    self->source = source;
    enum assay_status status = take_names(self, err);
    if (status == ASSAY_OK)
        *out = &self->rows;
    else
        close_rows(&self->rows);
    return status;
}
