/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells and filters that a binding needs of a source: each found again, or added. */
#include <string.h>

#include "base/error.h"
#include "source/units/bind.h"

/* Makes room for one column more of a source; false without memory. */
static bool grow_columns(struct assay__binding *binding, struct assay__columns *columns)
{
    if (columns->count < columns->capacity)
        return true;
    uint32_t capacity = columns->capacity * 2 + 16;
    const char **names = assay__arena_array(&binding->arena, capacity, sizeof *names);
    if (names == NULL)
        return false;
    if (columns->count > 0)
        memcpy(names, columns->names, columns->count * sizeof *names);
    columns->names = names;
    columns->capacity = capacity;
    return true;
}

uint32_t assay__binding_cell(struct assay__binding *binding, uint32_t source, const char *column)
{
    struct assay__columns *columns = &binding->sources[source];
    for (uint32_t i = 0; i < columns->count; i++)
        if (strcmp(columns->names[i], column) == 0)
            return i;
    if (!grow_columns(binding, columns))
        return ASSAY__UNBOUND;
    columns->names[columns->count] = column;
    if (columns->count + 1 > binding->cells_max)
        binding->cells_max = columns->count + 1;
    return columns->count++;
}

/* Adds a filter, its columns found. */
enum assay_status assay__binding_add_where(struct assay__binding *binding, uint32_t source,
                                           const char *text, struct assay_error *err)
{
    struct assay__where *where = &binding->wheres[binding->where_count];
    enum assay_status status = assay__filter_parse(text, &where->filter, err);
    if (status != ASSAY_OK)
        return status;
    binding->where_count++; /* from here on it is freed with the binding */
    uint32_t count = assay__filter_column_count(where->filter);
    uint32_t *cells = assay__arena_array(&binding->arena, count, sizeof *cells);
    if (cells == NULL)
        return assay__fail_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        cells[i] = assay__binding_cell(binding, source, assay__filter_column(where->filter, i));
        if (cells[i] == ASSAY__UNBOUND)
            return assay__fail_memory(err);
    }
    if (count > binding->filter_width)
        binding->filter_width = count;
    where->text = text;
    where->source = source;
    where->cells = cells;
    return ASSAY_OK;
}

enum assay_status assay__binding_where(struct assay__binding *binding, uint32_t source,
                                       const char *text, uint32_t *where, struct assay_error *err)
{
    *where = ASSAY__UNBOUND;
    if (text == NULL)
        return ASSAY_OK;
    for (uint32_t i = binding->plan->segment_count; i < binding->where_count; i++)
        if (binding->wheres[i].source == source && strcmp(binding->wheres[i].text, text) == 0) {
            *where = i;
            return ASSAY_OK;
        }
    *where = binding->where_count;
    return assay__binding_add_where(binding, source, text, err);
}
