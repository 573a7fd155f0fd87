/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A batch of rows of units or of events on its way to the gather: ids, contents, readings. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "source/csv/csv_dialect.h"
#include "source/scan/scan_batch.h"

_Static_assert((int)ASSAY__SCAN_BATCH <= (int)ASSAY__GATHER_MANY, "a batch is taken in at once");

typedef struct assay__scan_batch batch_t;

static bool has_number(enum assay__variable_kind kind)
{
    return kind == ASSAY__VARIABLE_NUMBER || kind == ASSAY__VARIABLE_CHOICE ||
           kind == ASSAY__VARIABLE_EITHER;
}

enum assay_status assay__scan_units_init(batch_t *batch, struct assay_error *err)
{
    const struct assay__binding *binding = batch->layout->binding;
    struct assay__scan_units *units = &batch->units;
    size_t rows = ASSAY__SCAN_BATCH;
    size_t words = rows * binding->content_words + 1;
    size_t readings = rows * binding->channel_count + 1;
    units->exposures = assay__malloc(rows * sizeof *units->exposures);
    units->happenings = assay__malloc(rows * sizeof *units->happenings);
    units->keys = assay__malloc(rows * sizeof *units->keys);
    units->content = assay__malloc(words * sizeof *units->content);
    units->readings = assay__malloc(readings * sizeof *units->readings);
    units->columns = assay__calloc((size_t)binding->channel_count + 1, sizeof *units->columns);
    units->known = assay__calloc(1 + (size_t)batch->layout->dimension_count, sizeof *units->known);
    if (units->exposures == NULL || units->happenings == NULL || units->keys == NULL ||
        units->content == NULL || units->readings == NULL || units->columns == NULL ||
        units->known == NULL)
        return assay__fail_memory(err);
    return ASSAY_OK;
}

void assay__scan_units_release(batch_t *batch)
{
    struct assay__scan_units *units = &batch->units;
    for (uint32_t i = 0; units->known != NULL && i <= batch->layout->dimension_count; i++)
        assay__free(units->known[i].numbers);
    assay__free(units->exposures);
    assay__free(units->happenings);
    assay__free(units->keys);
    assay__free(units->content);
    assay__free(units->readings);
    assay__free(units->columns);
    assay__free(units->known);
    memset(units, 0, sizeof *units);
}

/* The ids of the rows; a missing one is for the careful reader to complain about. */
static void read_keys(batch_t *batch, const char *text, uint32_t row_count)
{
    uint32_t unit = batch->layout->binding->sources[batch->layout->source].unit;
    struct assay__unit_key *keys = batch->units.keys;
    for (uint32_t r = 0; unit == ASSAY__UNBOUND && r < row_count; r++)
        keys[r] = (struct assay__unit_key){.text = ""};
    if (unit == ASSAY__UNBOUND)
        return;
    assay__scan_locate(batch, text, row_count, unit);
    for (uint32_t r = 0; r < row_count; r++) {
        const struct assay__field field = assay__scan_field(batch, r);
        keys[r].text = field.text;
        keys[r].length = field.length;
        assay__name_words(field.text, field.length, keys[r].words);
        assay__unit_key_hash(&keys[r]);
        if (assay__cell_is_missing(&field))
            assay__scan_adder_careful(&batch->adder, r);
    }
}

/* Variables as words of the contents; those too long for a word are for the careful reader. */
static void set_words(batch_t *batch, uint32_t row_count)
{
    const struct assay__binding *binding = batch->layout->binding;
    size_t stride = binding->content_words;
    for (uint32_t v = 0; v < binding->variable_count; v++) {
        const struct assay__scan_column *column = &batch->adder.columns[v];
        uint64_t *word = batch->units.content + binding->slice_words + v;
        for (uint32_t r = 0; r < row_count; r++, word += stride) {
            if (column->missing_count > 0 && column->is_missing[r])
                *word = ASSAY__WORD_MISSING;
            else if (!assay__word_make(column->numbers.value[r], column->numbers.decimals[r], word))
                assay__scan_adder_careful(&batch->adder, r);
        }
    }
}

void assay__scan_units_read(batch_t *batch, const char *text, uint32_t row_count)
{
    const struct assay__binding *binding = batch->layout->binding;
    read_keys(batch, text, row_count);
    if (batch->layout->source == 0)
        set_words(batch, row_count);
    struct assay__reading *readings = batch->units.readings;
    for (uint32_t r = 0; r < row_count; r++)
        batch->units.happenings[r] =
            (struct assay__happening){.events = readings + (size_t)r * binding->channel_count,
                                      .event_rows = batch->layout->source > 0};
    for (uint32_t c = 0; c < binding->channel_count; c++) {
        const struct assay__channel *channel = &binding->channels[c];
        enum assay__variable_kind kind = channel->variable.kind;
        struct assay__scan_column *column = &batch->units.columns[c];
        const uint8_t *passes = channel->where == ASSAY__UNBOUND
                                    ? NULL
                                    : batch->passes + (size_t)channel->where * ASSAY__SCAN_BATCH;
        if (channel->source != batch->layout->source)
            continue;
        if (has_number(kind))
            assay__scan_numbers(batch, text, row_count, &channel->variable, passes, column);
        else if (kind != ASSAY__VARIABLE_ROW)
            assay__scan_locate(batch, text, row_count, channel->variable.cell);
        for (uint32_t r = 0; r < row_count; r++) {
            struct assay__happening *happening = &batch->units.happenings[r];
            struct assay__reading *reading =
                &readings[(size_t)r * binding->channel_count + happening->count];
            *reading = (struct assay__reading){.channel = c, .time_ns = batch->adder.times[r]};
            bool takes = batch->adder.fate[r] == ASSAY__FATE_USED && (passes == NULL || passes[r]);
            if (takes && has_number(kind)) {
                takes = column->missing_count == 0 || !column->is_missing[r];
                if (!assay__word_make(column->numbers.value[r], column->numbers.decimals[r],
                                      &reading->word))
                    assay__scan_adder_careful(&batch->adder, r);
            } else if (takes && kind != ASSAY__VARIABLE_ROW) {
                const struct assay__field field = assay__scan_field(batch, r);
                takes = !assay__cell_is_blank(&field);
                if (kind == ASSAY__VARIABLE_TEXT) {
                    reading->text = field.text;
                    reading->length = field.length;
                }
            }
            happening->count += takes;
        }
    }
}

/* The number that all workers know a name by; the names are shared. */
static enum assay_status know(batch_t *batch, uint32_t list, uint32_t number, uint32_t *known,
                              struct assay_error *err)
{
    struct assay__known_names *of = &batch->units.known[list];
    if (number < of->capacity && of->numbers[number] != UINT32_MAX) {
        *known = of->numbers[number];
        return ASSAY_OK;
    }
    if (number >= of->capacity) {
        uint32_t capacity = number * 2 + 16;
        uint32_t *numbers = assay__realloc(of->numbers, capacity * sizeof *numbers);
        if (numbers == NULL)
            return assay__fail_memory(err);
        memset(numbers + of->capacity, 0xff, (capacity - of->capacity) * sizeof *numbers);
        of->numbers = numbers;
        of->capacity = capacity;
    }
    const struct assay__scan_cells *cells = &batch->adder.cells;
    const struct assay__name *name =
        (list == 0 ? &cells->groups : &cells->values[list - 1])->by[number];
    const struct assay__field field = {name->text, name->length, false, false, false};
    pthread_mutex_lock(batch->target.lock);
    enum assay_status status = assay__unit_names_add(batch->target.names, list, &field, known, err);
    pthread_mutex_unlock(batch->target.lock);
    if (status == ASSAY_OK)
        of->numbers[number] = *known;
    return status;
}

/* The slices of a row to its content. */
static enum assay_status set_slices(batch_t *batch, uint32_t row, struct assay__exposure *exposure,
                                    struct assay_error *err)
{
    const struct assay__binding *binding = batch->layout->binding;
    uint64_t *content = batch->units.content + (size_t)row * binding->content_words;
    uint64_t *segments = content + assay__binding_segments(binding->plan);
    enum assay_status status = know(batch, 0, batch->names[row], &exposure->group, err);
    if (binding->slice_words > 0)
        memset(content, 0, binding->slice_words * sizeof *content);
    for (uint32_t d = 0; status == ASSAY_OK && d < batch->layout->dimension_count; d++) {
        uint32_t number = batch->names[(size_t)(1 + d) * ASSAY__SCAN_BATCH + row];
        status = know(batch, 1 + d, number, &number, err);
        memcpy((char *)content + d * sizeof number, &number, sizeof number);
    }
    for (uint32_t s = 0; s < binding->plan->segment_count; s++)
        if (batch->passes[(size_t)s * ASSAY__SCAN_BATCH + row])
            segments[s / 64] |= UINT64_C(1) << s % 64;
    exposure->content = content;
    return status;
}

static enum assay_status expose(batch_t *batch, uint32_t row_count, struct assay_error *err)
{
    bool has_time = batch->layout->binding->sources[0].time != ASSAY__UNBOUND;
    struct assay__exposure *exposures = batch->units.exposures;
    enum assay_status status = ASSAY_OK;
    uint32_t count = 0;
    for (uint32_t r = 0; status == ASSAY_OK && r < row_count; r++) {
        if (batch->adder.fate[r] != ASSAY__FATE_USED)
            continue;
        struct assay__exposure *exposure = &exposures[count++];
        *exposure =
            (struct assay__exposure){.key = batch->units.keys[r],
                                     .first_ns = has_time ? batch->adder.times[r] : INT64_MIN,
                                     .second_ns = INT64_MAX,
                                     .rows = 1};
        status = set_slices(batch, r, exposure, err);
    }
    return status == ASSAY_OK ? assay__gather_expose(batch->target.gather, exposures, count, err)
                              : status;
}

enum assay_status assay__scan_units_give(batch_t *batch, uint32_t row_count,
                                         struct assay_error *err)
{
    struct assay__happening *happenings = batch->units.happenings;
    enum assay_status status = ASSAY_OK;
    uint32_t count = 0;
    if (batch->layout->source == 0)
        status = expose(batch, row_count, err);
    for (uint32_t r = 0; r < row_count; r++) {
        struct assay__happening happening = happenings[r];
        if (batch->adder.fate[r] != ASSAY__FATE_USED ||
            (happening.count == 0 && happening.event_rows == 0))
            continue;
        happening.key = batch->units.keys[r];
        happenings[count++] = happening;
    }
    return status == ASSAY_OK && count > 0
               ? assay__gather_happen(batch->target.gather, happenings, count, err)
               : status;
}
