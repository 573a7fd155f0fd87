/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of Arrow record batches: one that a program hands over, or those of a stream. */
#include <string.h>

#include "base/memory.h"
#include "source/table/arrow_values.h"

struct arrow {
    struct assay__given_grid grid; /* first */
    struct ArrowSchema schema;
    struct ArrowArray array; /* the batch at hand; released: there is none */
    struct ArrowArrayStream stream;
    int64_t begin, end; /* the rows that are read lie from begin to end */
};

static void release_array(struct arrow *self)
{
    if (self->array.release != NULL)
        self->array.release(&self->array);
    self->array = (struct ArrowArray){0};
}

static void free_arrow(struct assay__given_grid *grid)
{
    struct arrow *self = (struct arrow *)grid;
    release_array(self);
    if (self->schema.release != NULL)
        self->schema.release(&self->schema);
    if (self->stream.release != NULL)
        self->stream.release(&self->stream);
}

static enum assay_status fail_data(const struct arrow *self, const char *sentence,
                                   struct assay_error *err)
{
    return assay__fail_at(err, ASSAY_ERROR_DATA, self->grid.table.name, 0, 0, "%s", sentence);
}

/* Whether the batch at hand is what the schema says. */
static enum assay_status check_batch(const struct arrow *self, struct assay_error *err)
{
    const struct ArrowSchema *schema = &self->schema;
    const struct ArrowArray *array = &self->array;
    bool lacks_bits = array->null_count > 0 &&
                      (array->n_buffers < 1 || array->buffers == NULL || array->buffers[0] == NULL);
    if (array->n_children != schema->n_children || !assay__arrow_is_sound(array) || lacks_bits)
        return fail_data(self, "The Arrow array does not fit its schema, a struct of columns.",
                         err);
    for (int64_t c = 0; c < array->n_children; c++) {
        const struct ArrowArray *child = array->children[c];
        if (!assay__arrow_fits(schema->children[c], child) || child->length < array->offset ||
            child->length - array->offset < array->length)
            return assay__fail_at(err, ASSAY_ERROR_DATA, self->grid.table.name, 0, (uint64_t)c + 1,
                                  "The Arrow array of column '%.200s' does not fit its schema.",
                                  self->grid.names[c]);
    }
    return ASSAY_OK;
}

/* The next batch of the stream; it is released at the end. */
static enum assay_status next_batch(struct arrow *self, struct assay_error *err)
{
    release_array(self);
    self->begin = self->end = 0;
    if (self->stream.release == NULL)
        return ASSAY_OK;
    int code = self->stream.get_next(&self->stream, &self->array);
    if (code != 0) {
        self->array = (struct ArrowArray){0};
        const char *says = self->stream.get_last_error(&self->stream);
        return assay__fail_at(err, ASSAY_ERROR_IO, self->grid.table.name, 0, 0,
                              "The Arrow stream failed: %.400s",
                              says != NULL ? says : "it does not say why.");
    }
    return self->array.release == NULL ? ASSAY_OK : check_batch(self, err);
}

static enum assay_status next(struct assay__given_grid *grid, size_t most, size_t *count,
                              struct assay_error *err)
{
    struct arrow *self = (struct arrow *)grid;
    *count = 0;
    while (self->array.release != NULL || self->stream.release != NULL) {
        int64_t left = self->array.release != NULL ? self->array.length - self->end : 0;
        if (left > 0) {
            *count = (uint64_t)left < most ? (size_t)left : most;
            self->begin = self->end;
            self->end += (int64_t)*count;
            return ASSAY_OK;
        }
        enum assay_status status = next_batch(self, err);
        if (status != ASSAY_OK || self->array.release == NULL)
            return status;
    }
    return ASSAY_OK;
}

static const char *cell_of(const struct assay__given_grid *grid, size_t row, uint32_t column,
                           char scratch[ASSAY__CELL_BYTES], struct assay__field *out)
{
    const struct arrow *self = (const struct arrow *)grid;
    int64_t index = self->begin + (int64_t)row;
    if (assay__arrow_is_missing(&self->array, index)) {
        assay__cell_missing(out);
        return NULL;
    }
    return assay__arrow_value(self->schema.children[column], self->array.children[column],
                              index + self->array.offset, scratch, out);
}

static const char *unread(const struct assay__given_grid *grid, uint32_t column)
{
    return assay__arrow_unread(((const struct arrow *)grid)->schema.children[column]);
}

static const struct assay__given_grid_kind ARROW = {next, cell_of, free_arrow, unread};

/* A struct of columns, each with a type. */
static bool has_columns(const struct ArrowSchema *schema)
{
    if (schema->release == NULL || schema->format == NULL || strcmp(schema->format, "+s") != 0 ||
        (schema->n_children > 0 && schema->children == NULL))
        return false;
    for (int64_t c = 0; c < schema->n_children; c++)
        if (schema->children[c] == NULL || schema->children[c]->format == NULL)
            return false;
    return true;
}

/* Names the columns of the schema at hand, and looks at the batch, if there is one. */
static enum assay_status init(struct arrow *self, const char *name, struct assay_error *err)
{
    const struct ArrowSchema *schema = &self->schema;
    size_t count = schema->n_children > 0 ? (size_t)schema->n_children : 0;
    bool is_struct = has_columns(schema);
    const char **names =
        count <= ASSAY_COLUMNS_MAX ? assay__calloc(count + 1, sizeof *names) : NULL;
    for (size_t c = 0; names != NULL && is_struct && c < count; c++)
        names[c] = schema->children[c]->name;
    enum assay_status status = ASSAY_OK;
    if (!is_struct)
        status = assay__fail_at(err, ASSAY_ERROR_DATA, name, 0, 0,
                                "The Arrow schema is not that of a table: a struct of columns.");
    else if (names == NULL && count <= ASSAY_COLUMNS_MAX)
        status = assay__fail_memory(err);
    else
        status = assay__grid_init(&self->grid, &ARROW, name, names, count, err);
    assay__free(names);
    return status == ASSAY_OK && self->array.release != NULL ? check_batch(self, err) : status;
}

static enum assay_status finish(struct arrow *self, enum assay_status status,
                                struct assay_table **out)
{
    if (status == ASSAY_OK)
        *out = &self->grid.table;
    else
        assay__grid_abandon(&self->grid, &ARROW);
    return status;
}

enum assay_status assay_table_from_arrow(struct ArrowSchema *schema, struct ArrowArray *array,
                                         const char *name, struct assay_table **out,
                                         struct assay_error *err)
{
    struct arrow none = {0}, *self = assay__calloc(1, sizeof *self);
    struct arrow *to = self != NULL ? self : &none;
    to->schema = *schema;
    to->array = *array;
    schema->release = NULL;
    array->release = NULL;
    if (self == NULL) {
        free_arrow(&none.grid);
        return assay__fail_memory(err);
    }
    enum assay_status status =
        self->array.release != NULL
            ? init(self, name, err)
            : assay__fail_at(err, ASSAY_ERROR_USAGE, name, 0, 0, "The Arrow array is released.");
    return finish(self, status, out);
}

enum assay_status assay_table_from_arrow_stream(struct ArrowArrayStream *stream, const char *name,
                                                struct assay_table **out, struct assay_error *err)
{
    struct arrow none = {0}, *self = assay__calloc(1, sizeof *self);
    struct arrow *to = self != NULL ? self : &none;
    to->stream = *stream;
    stream->release = NULL;
    if (self == NULL) {
        free_arrow(&none.grid);
        return assay__fail_memory(err);
    }
    if (self->stream.release == NULL)
        return finish(
            self,
            assay__fail_at(err, ASSAY_ERROR_USAGE, name, 0, 0, "The Arrow stream is released."),
            out);
    if (self->stream.get_schema(&self->stream, &self->schema) != 0) {
        const char *says = self->stream.get_last_error(&self->stream);
        self->schema = (struct ArrowSchema){0};
        return finish(self,
                      assay__fail_at(err, ASSAY_ERROR_IO, name, 0, 0,
                                     "The Arrow stream has no schema: %.400s",
                                     says != NULL ? says : "it does not say why."),
                      out);
    }
    return finish(self, init(self, name, err), out);
}
