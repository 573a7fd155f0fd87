/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of rows of sufficient statistics that came before: nearly every row's, but for the first. */
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "source/summary/summary_row.h"

typedef struct assay__summary_row row_t;

enum { PACKED_BYTES = 512 };

/* The cell of a part of a key; empty where there is no such column. */
static struct assay__field cell_of(const row_t *row, enum assay__summary_key part)
{
    uint32_t column = row->key_columns[part];
    return column == ASSAY__NO_COLUMN ? (struct assay__field){.text = "", .length = 0}
                                      : row->record.fields[column];
}

/* Finds the series of cells as they are; one with a NUL in it has more of them than any. */
static bool find_series(const row_t *row, uint32_t *series)
{
    static const enum assay__summary_key PARTS[ASSAY__SERIES_PARTS] = {
        ASSAY__KEY_METRIC, ASSAY__KEY_GROUP, ASSAY__KEY_DIMENSION, ASSAY__KEY_VALUE};
    char packed[PACKED_BYTES];
    size_t length = 0;
    for (int i = 0; i < ASSAY__SERIES_PARTS; i++) {
        struct assay__field cell = cell_of(row, PARTS[i]);
        if (cell.length >= sizeof packed - length)
            return false;
        memcpy(packed + length, cell.text, cell.length);
        length += cell.length;
        packed[length++] = '\0';
    }
    return assay__index_find(&row->table->series, packed, length, series) &&
           *series < row->known_count && row->known[*series].is_fine;
}

/* The place of a time's cell among those seen; NULL for one of an odd length. */
static struct assay__summary_seen_time *place_of(row_t *row, struct assay__field cell)
{
    uint64_t words[3] = {0};
    if (cell.length > ASSAY__SEEN_BYTES || (cell.length > 0 && cell.length < sizeof *words))
        return NULL;
    for (uint32_t i = 0; cell.length > 0 && i < 3; i++)
        memcpy(&words[i], cell.text + i * (cell.length - sizeof *words) / 2, sizeof *words);
    uint64_t hash = assay__hash_fold(words[0] ^ assay__hash_seed(), words[1] ^ cell.length) ^
                    words[2] * UINT64_C(0xd6e8feb86659fd93);
    return &row->times[(hash >> 32 ^ hash >> 56) & (ASSAY__SEEN_TIMES - 1)];
}

void assay__summary_row_find(row_t *row, struct assay__summary_row_key *key)
{
    struct assay__field cell = cell_of(row, ASSAY__KEY_TIME);
    const struct assay__summary_seen_time *seen = place_of(row, cell);
    key->has_time = seen != NULL && seen->number != 0 && seen->length == cell.length &&
                    memcmp(seen->text, cell.text, cell.length) == 0;
    key->has_series = find_series(row, &key->series);
    if (key->has_time) {
        key->time = seen->number - 1;
        key->text[ASSAY__KEY_TIME] = row->table->times.keys[key->time].bytes;
    }
    if (!key->has_series)
        return;
    const char *const *parts = row->table->series_parts[key->series];
    key->text[ASSAY__KEY_METRIC] = parts[0];
    key->text[ASSAY__KEY_GROUP] = parts[1];
    key->text[ASSAY__KEY_DIMENSION] = parts[2];
    key->text[ASSAY__KEY_VALUE] = parts[3];
}

/* Room for what is known of a series. */
static bool grow_known(row_t *row, uint32_t series)
{
    uint32_t count = row->table->series_capacity;
    if (series < row->known_count)
        return true;
    struct assay__summary_known *known = assay__realloc(row->known, count * sizeof *known);
    if (known == NULL)
        return false;
    memset(known + row->known_count, 0, (count - row->known_count) * sizeof *known);
    row->known = known;
    row->known_count = count;
    return true;
}

/* Numbers the time of the row at hand and keeps its cell. */
static enum assay_status remember_time(row_t *row, struct assay__summary_row_key *key,
                                       struct assay_error *err)
{
    struct assay__field cell = cell_of(row, ASSAY__KEY_TIME);
    struct assay__summary_seen_time *place = place_of(row, cell);
    enum assay_status status =
        assay__summary_time(row->table, key->text[ASSAY__KEY_TIME], &key->time, err);
    if (status == ASSAY_OK && place != NULL) {
        *place = (struct assay__summary_seen_time){.length = cell.length, .number = key->time + 1};
        memcpy(place->text, cell.text, cell.length);
    }
    return status;
}

enum assay_status assay__summary_row_remember(row_t *row, struct assay__summary_row_key *key,
                                              struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    if (!key->has_series) {
        status = assay__summary_series(row->table, key->text, &key->series, err);
        if (status == ASSAY_OK && !grow_known(row, key->series))
            status = assay__fail_memory(err);
    }
    return status == ASSAY_OK && !key->has_time ? remember_time(row, key, err) : status;
}
