/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A batch of rows, column by column: filters, times, names and numbers, to sums or to units. */
#include "source/scan/scan_batch.h"

#include <string.h>

#include "base/memory.h"
#include "analysis/plan_model.h"
#include "source/csv/cell.h"
#include "source/filter/filter_match.h"
#include "source/units/look_ends.h"

typedef struct assay__scan_batch batch_t;

/* Names that are too long are for the careful reader, and groups that are missing. */
static bool group_is_careful(const char *text, uint32_t length)
{
    const struct assay__field field = {text, length, false, false, false};
    return length > ASSAY_NAME_BYTES_MAX || assay__cell_is_missing(&field);
}

static bool value_is_careful(const char *text, uint32_t length)
{
    (void)text;
    return length > ASSAY_NAME_BYTES_MAX;
}

static bool any_is_careful(const char *text, uint32_t length)
{
    (void)text;
    (void)length;
    return true;
}

/* A row that repeats the header has the group column's name for a group: it is looked at. */
static bool know_header(batch_t *batch, struct assay__csv *csv)
{
    uint32_t column = batch->layout->columns[batch->layout->binding->group], number;
    const char *name = assay__rows_columns(assay__csv_rows(csv))[column];
    struct assay__scan_cells *cells = &batch->adder.cells;
    char *text = assay__arena_alloc(&cells->arena, strlen(name) + ASSAY__NAME_INLINE);
    if (text == NULL)
        return false;
    memcpy(text, name, strlen(name));
    return assay__names_number(&cells->groups, &cells->arena, text, (uint32_t)strlen(name),
                               any_is_careful, &number);
}

static enum assay_status make_room(batch_t *batch, struct assay_error *err)
{
    const struct assay__scan_layout *layout = batch->layout;
    uint32_t end_capacity = layout->column_count * 16;
    if (end_capacity < ASSAY__SCAN_FIELDS_MIN)
        end_capacity = ASSAY__SCAN_FIELDS_MIN;
    batch->index.end_capacity = end_capacity;
    batch->end_room = assay__calloc((size_t)end_capacity + 128, sizeof *batch->end_room);
    batch->index.row_ends = assay__calloc(ASSAY__SCAN_BATCH + 64, sizeof *batch->index.row_ends);
    batch->names = assay__calloc((1 + (size_t)layout->dimension_count) * ASSAY__SCAN_BATCH,
                                 sizeof *batch->names);
    batch->passes = assay__calloc(layout->binding->where_count + (size_t)1, ASSAY__SCAN_BATCH);
    batch->filter_cells =
        assay__calloc((size_t)layout->binding->filter_width + 1, sizeof *batch->filter_cells);
    if (batch->end_room == NULL || batch->index.row_ends == NULL || batch->names == NULL ||
        batch->passes == NULL || batch->filter_cells == NULL)
        return assay__fail_memory(err);
    batch->index.ends = batch->end_room + 1;
    batch->end_room[0] = UINT32_MAX;
    return ASSAY_OK;
}

enum assay_status assay__scan_batch_init(batch_t *batch, const struct assay__scan_layout *layout,
                                         const struct assay__scan_target *target,
                                         struct assay__csv *csv, struct assay_error *err)
{
    memset(batch, 0, sizeof *batch);
    batch->layout = layout;
    batch->target = *target;
    batch->counts.earliest_ns = INT64_MAX;
    batch->counts.latest_ns = INT64_MIN;
    enum assay_status status = make_room(batch, err);
    if (status == ASSAY_OK)
        status = assay__scan_adder_init(&batch->adder, layout, target->dataset, target->lock, err);
    if (status == ASSAY_OK && layout->source == 0 && !know_header(batch, csv))
        status = assay__fail_memory(err);
    if (status == ASSAY_OK && target->gather != NULL)
        status = assay__scan_units_init(batch, err);
    return status;
}

void assay__scan_batch_release(batch_t *batch)
{
    if (batch->layout == NULL)
        return;
    assay__free(batch->end_room);
    assay__free(batch->index.row_ends);
    assay__free(batch->names);
    assay__free(batch->passes);
    assay__free(batch->filter_cells);
    assay__scan_units_release(batch);
    assay__scan_adder_release(&batch->adder);
    memset(batch, 0, sizeof *batch);
}

/* Numbers the names of a list: groups (list 0) or values of a dimension. */
static enum assay_status read_names(batch_t *batch, const char *text, uint32_t row_count,
                                    uint32_t list, struct assay_error *err)
{
    const struct assay__binding *binding = batch->layout->binding;
    struct assay__scan_cells *cells = &batch->adder.cells;
    assay__scan_locate(batch, text, row_count,
                       list == 0 ? binding->group : binding->dimensions[list - 1]);
    struct assay__names *names = list == 0 ? &cells->groups : &cells->values[list - 1];
    uint32_t *numbers = batch->names + (size_t)list * ASSAY__SCAN_BATCH;
    const uint32_t *end = batch->fields.ends;
    uint32_t limit = list == 0 ? ASSAY_GROUPS_MAX : ASSAY_SLICES_MAX;
    for (uint32_t r = 0; r < row_count; r++, end += batch->fields.stride) {
        uint32_t start = end[-1] + 1, length = *end - start;
        const char *name = text + start;
        if (batch->index.has_quotes && length >= 2 && name[0] == '"') {
            name++;
            length -= 2;
        }
        if (!assay__names_number(names, &cells->arena, name, length,
                                 list == 0 ? group_is_careful : value_is_careful, &numbers[r]))
            return assay__fail_memory(err);
        if (numbers[r] == ASSAY__NAME_CAREFUL)
            assay__scan_adder_careful(&batch->adder, r);
    }
    if (names->next <= limit || batch->target.gather != NULL)
        return ASSAY_OK;
    return assay__scan_adder_flush(&batch->adder, err); /* the dataset refuses that many groups */
}

/* Which rows pass a filter. Rows whose fate is decided are not asked about. */
static void read_where(batch_t *batch, const char *text, uint32_t row_count, uint32_t number)
{
    const struct assay__where *where = &batch->layout->binding->wheres[number];
    const struct assay_dialect *dialect = &batch->layout->binding->plan->dialect;
    uint32_t width = assay__filter_column_count(where->filter);
    uint8_t *passes = batch->passes + (size_t)number * ASSAY__SCAN_BATCH;
    struct assay__fields fields[4];
    for (uint32_t i = 0; i < width && i < 4; i++) { /* the last column's room is one */
        assay__scan_locate(batch, text, row_count, where->cells[i]);
        fields[i] = batch->fields;
    }
    for (uint32_t r = 0; r < row_count; r++) {
        passes[r] = 0;
        if (batch->adder.fate[r] != ASSAY__FATE_USED)
            continue;
        for (uint32_t i = 0; i < width; i++) {
            if (i < 4)
                batch->fields = fields[i];
            else
                assay__scan_locate(batch, text, row_count, where->cells[i]);
            batch->filter_cells[i] = assay__scan_field(batch, r);
        }
        passes[r] = assay__filter_match(where->filter, dialect, batch->filter_cells);
    }
}

/* Leaves the rows out that the plan's filter leaves out; the segments of the others are read. */
static void read_filters(batch_t *batch, const char *text, uint32_t row_count)
{
    const struct assay__binding *binding = batch->layout->binding;
    if (binding->plan_where != ASSAY__UNBOUND) {
        const uint8_t *passes = batch->passes + (size_t)binding->plan_where * ASSAY__SCAN_BATCH;
        read_where(batch, text, row_count, binding->plan_where);
        for (uint32_t r = 0; r < row_count; r++)
            if (batch->adder.fate[r] == ASSAY__FATE_USED && !passes[r])
                batch->adder.fate[r] = ASSAY__FATE_LEFT_OUT;
    }
    for (uint32_t s = 0; s < binding->plan->segment_count; s++)
        read_where(batch, text, row_count, s);
}

/* Filters of channels, after times, which come first. */
static void read_channel_filters(batch_t *batch, const char *text, uint32_t row_count)
{
    const struct assay__binding *binding = batch->layout->binding;
    for (uint32_t w = binding->plan->segment_count; w < binding->where_count; w++)
        if (binding->wheres[w].source == batch->layout->source && w != binding->plan_where)
            read_where(batch, text, row_count, w);
}

/* What a row says of its unit: group, slices, numbers. */
static enum assay_status read_exposures(batch_t *batch, const char *text, uint32_t row_count,
                                        struct assay_error *err)
{
    const struct assay__binding *binding = batch->layout->binding;
    enum assay_status status = ASSAY_OK;
    for (uint32_t list = 0; status == ASSAY_OK && list <= batch->layout->dimension_count; list++)
        status = read_names(batch, text, row_count, list, err);
    if (status != ASSAY_OK)
        return status;
    read_filters(batch, text, row_count);
    if (binding->sources[0].time != ASSAY__UNBOUND)
        assay__scan_times(batch, text, row_count);
    for (uint32_t v = 0; v < binding->variable_count; v++)
        assay__scan_numbers(batch, text, row_count, &binding->variables[v], NULL,
                            &batch->adder.columns[v]);
    return ASSAY_OK;
}

/* The slices of rows that are units, as the adder numbers them. */
static enum assay_status set_slices(batch_t *batch, uint32_t row_count, struct assay_error *err)
{
    const struct assay__scan_layout *layout = batch->layout;
    struct assay__scan_adder *adder = &batch->adder;
    if (layout->look_ns == 0) /* spans are groups */
        memcpy(adder->values, batch->names, row_count * sizeof *adder->values);
    for (uint32_t r = 0; layout->look_ns != 0 && r < row_count; r++)
        if (adder->fate[r] == ASSAY__FATE_USED &&
            !assay__scan_cells_span(&adder->cells, batch->names[r], adder->times[r],
                                    &adder->values[r]))
            return assay__fail_memory(err);
    size_t behind = (size_t)layout->dimension_count * ASSAY__SCAN_BATCH;
    memcpy(adder->values + ASSAY__SCAN_BATCH, batch->names + ASSAY__SCAN_BATCH,
           behind * sizeof *adder->values);
    for (uint32_t s = 0; s < layout->binding->plan->segment_count; s++) {
        const uint8_t *passes = batch->passes + (size_t)s * ASSAY__SCAN_BATCH;
        uint32_t *values = adder->values + ASSAY__SCAN_BATCH * (size_t)(1 + s) + behind;
        for (uint32_t r = 0; r < row_count; r++)
            values[r] = passes[r] ? 0 : ASSAY__VALUE_OUT;
    }
    return ASSAY_OK;
}

/* Counts the rows by what became of them. */
static void count_rows(batch_t *batch, uint32_t row_count)
{
    const struct assay__scan_adder *adder = &batch->adder;
    struct assay__scan_counts *counts = &batch->counts;
    bool has_time = batch->layout->binding->sources[batch->layout->source].time != ASSAY__UNBOUND;
    uint64_t of[4] = {0};
    uint8_t fates = ASSAY__FATE_USED;
    for (uint32_t r = 0; r < row_count; r++)
        fates |= adder->fate[r];
    if (fates == ASSAY__FATE_USED && !has_time) { /* as mostly */
        counts->read += row_count;
        counts->used += row_count;
        return;
    }
    for (uint32_t r = 0; r < row_count; r++) {
        of[adder->fate[r]]++;
        if (!has_time || adder->fate[r] != ASSAY__FATE_USED)
            continue;
        int64_t time = adder->times[r];
        counts->earliest_ns = time < counts->earliest_ns ? time : counts->earliest_ns;
        counts->latest_ns = time > counts->latest_ns ? time : counts->latest_ns;
    }
    counts->read += row_count - of[ASSAY__FATE_CAREFUL];
    counts->used += of[ASSAY__FATE_USED];
    counts->left_out += of[ASSAY__FATE_LEFT_OUT];
    counts->after += of[ASSAY__FATE_AFTER];
}

enum assay_status assay__scan_batch_add(batch_t *batch, const char *text, uint32_t row_count,
                                        struct assay_error *err)
{
    bool is_event = batch->layout->source > 0, gathers = batch->target.gather != NULL;
    enum assay_status status = ASSAY_OK;
    memset(batch->adder.fate, ASSAY__FATE_USED, row_count);
    batch->adder.careful_count = 0;
    if (!is_event)
        status = read_exposures(batch, text, row_count, err);
    else
        assay__scan_times(batch, text, row_count);
    if (status == ASSAY_OK && gathers) {
        read_channel_filters(batch, text, row_count);
        assay__scan_units_read(batch, text, row_count);
        status = assay__scan_units_give(batch, row_count, err);
    } else if (status == ASSAY_OK) {
        status = set_slices(batch, row_count, err);
        if (status == ASSAY_OK)
            status = assay__scan_adder_add(&batch->adder, row_count, err);
    }
    if (status == ASSAY_OK)
        assay__scan_spellings(batch, text, row_count);
    count_rows(batch, row_count);
    return status;
}
