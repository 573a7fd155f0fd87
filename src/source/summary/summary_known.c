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
static const struct assay__field *cell_of(const row_t *row, enum assay__summary_key part)
{
    static const struct assay__field EMPTY = {.text = "", .length = 0};
    uint32_t column = row->key_columns[part];
    return column == ASSAY__NO_COLUMN ? &EMPTY : &row->record.fields[column];
}

/* memcmp() is a call; most texts of keys are short. */
static inline bool same_bytes(const char *a, const char *b, size_t length)
{
    uint64_t x, y;
    uint32_t u, v;
    size_t at = 0;
    if (length > 4 * sizeof x)
        return memcmp(a, b, length) == 0;
    if (length < sizeof u) {
        while (at < length && a[at] == b[at])
            at++;
        return at == length;
    }
    if (length < sizeof x) {
        memcpy(&u, a, sizeof u);
        memcpy(&v, b, sizeof v);
        bool is_same = u == v;
        memcpy(&u, a + length - sizeof u, sizeof u);
        memcpy(&v, b + length - sizeof v, sizeof v);
        return is_same && u == v;
    }
    for (; at + sizeof x < length; at += sizeof x) {
        memcpy(&x, a + at, sizeof x);
        memcpy(&y, b + at, sizeof y);
        if (x != y)
            return false;
    }
    memcpy(&x, a + length - sizeof x, sizeof x);
    memcpy(&y, b + length - sizeof y, sizeof y);
    return x == y;
}

/* The parts of a series in the order in which it is packed. */
static const enum assay__summary_key PARTS[ASSAY__SERIES_PARTS] = {
    ASSAY__KEY_METRIC, ASSAY__KEY_GROUP, ASSAY__KEY_DIMENSION, ASSAY__KEY_VALUE};

/* Passes a part of a series that a cell of the row spells; NULL where it spells another. */
static inline const char *pass_part(const row_t *row, enum assay__summary_key part, const char *at,
                                    const char *end)
{
    uint32_t column = row->key_columns[part];
    if (at == NULL)
        return NULL;
    if (column == ASSAY__NO_COLUMN)
        return *at == '\0' ? at + 1 : NULL;
    const struct assay__field *cell = &row->record.fields[column];
    size_t length = cell->length;
    bool is_same =
        length < (size_t)(end - at) && at[length] == '\0' && same_bytes(at, cell->text, length);
    return is_same ? at + length + 1 : NULL;
}

/* Whether the row's cells are a series; those with a NUL have more of them than any. */
static bool is_series(const row_t *row, uint32_t series)
{
    const struct assay__index_key *key = &row->table->series.keys[series];
    const char *at = key->bytes, *end = at + key->length;
    at = pass_part(row, ASSAY__KEY_METRIC, at, end);
    at = pass_part(row, ASSAY__KEY_GROUP, at, end);
    at = pass_part(row, ASSAY__KEY_DIMENSION, at, end);
    return pass_part(row, ASSAY__KEY_VALUE, at, end) == end;
}

static bool find_by_hash(const row_t *row, uint32_t *series)
{
    char packed[PACKED_BYTES];
    size_t length = 0;
    for (int i = 0; i < ASSAY__SERIES_PARTS; i++) {
        const struct assay__field *cell = cell_of(row, PARTS[i]);
        if (cell->length >= sizeof packed - length)
            return false;
        memcpy(packed + length, cell->text, cell->length);
        length += cell->length;
        packed[length++] = '\0';
    }
    return assay__index_find(&row->table->series, packed, length, series);
}

/* Finds the series of cells as they are, first the one that came next the last time. */
static bool find_series(row_t *row, uint32_t *series)
{
    struct assay__summary_known *last =
        row->last_series == 0 ? NULL : &row->known[row->last_series - 1];
    if (last != NULL && last->next != 0 && is_series(row, last->next - 1))
        *series = last->next - 1;
    else if (!find_by_hash(row, series) || *series >= row->known_count)
        return false;
    if (!row->known[*series].is_fine)
        return false;
    if (last != NULL)
        last->next = *series + 1;
    row->last_series = *series + 1;
    return true;
}

static bool is_spelling(const row_t *row, uint32_t number, const struct assay__field *cell)
{
    const struct assay__index_key *key = &row->spellings.keys[number];
    return key->length == cell->length && same_bytes(key->bytes, cell->text, cell->length);
}

/* Finds the time of a cell as it is: that of the row before, the next one after that, any. */
static bool find_time(row_t *row, uint32_t *time)
{
    const struct assay__field *cell = cell_of(row, ASSAY__KEY_TIME);
    uint32_t number = row->last_spelling - 1;
    if (row->last_spelling == 0)
        return false;
    struct assay__summary_spelling *last = &row->spelled[number];
    if (!is_spelling(row, number, cell)) {
        if (last->next != 0 && is_spelling(row, last->next - 1, cell))
            number = last->next - 1;
        else if (!assay__index_find(&row->spellings, cell->text, cell->length, &number))
            return false;
        last->next = number + 1;
        row->last_spelling = number + 1;
    }
    *time = row->spelled[number].time;
    return true;
}

void assay__summary_row_find(row_t *row, struct assay__summary_row_key *key)
{
    key->has_time = find_time(row, &key->time);
    key->has_series = find_series(row, &key->series);
    if (!key->has_time || !key->has_series || row->is_digested)
        assay__summary_row_spell(row, key);
}

void assay__summary_row_spell(const row_t *row, struct assay__summary_row_key *key)
{
    if (key->has_time)
        key->text[ASSAY__KEY_TIME] = row->table->times.keys[key->time].bytes;
    for (int i = 0; key->has_series && i < ASSAY__SERIES_PARTS; i++)
        key->text[PARTS[i]] = row->table->series_parts[key->series][i];
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

/* Room for one more spelling of a time. */
static bool grow_spelled(row_t *row)
{
    uint32_t count = row->spelled_count == 0 ? 64 : 2 * row->spelled_count;
    if (row->spellings.count < row->spelled_count)
        return true;
    struct assay__summary_spelling *spelled = assay__realloc(row->spelled, count * sizeof *spelled);
    if (spelled == NULL)
        return false;
    row->spelled = spelled;
    row->spelled_count = count;
    return true;
}

/* Numbers the time of the row at hand and keeps its cell. */
static enum assay_status remember_time(row_t *row, struct assay__summary_row_key *key,
                                       struct assay_error *err)
{
    const struct assay__field *cell = cell_of(row, ASSAY__KEY_TIME);
    uint32_t number;
    enum assay_status status =
        assay__summary_time(row->table, key->text[ASSAY__KEY_TIME], row->time_ns, &key->time, err);
    if (status == ASSAY_OK && !grow_spelled(row))
        status = assay__fail_memory(err);
    if (status == ASSAY_OK)
        status = assay__index_add(&row->spellings, cell->text, cell->length, UINT32_MAX - 1,
                                  &number, err);
    if (status != ASSAY_OK)
        return status;
    row->spelled[number] = (struct assay__summary_spelling){key->time, 0};
    if (row->last_spelling != 0)
        row->spelled[row->last_spelling - 1].next = number + 1;
    row->last_spelling = number + 1;
    return ASSAY_OK;
}

enum assay_status assay__summary_row_remember(row_t *row, struct assay__summary_row_key *key,
                                              struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    if (!key->has_series) {
        status = assay__summary_series(row->table, key->text, &key->series, err);
        if (status == ASSAY_OK && !grow_known(row, key->series))
            status = assay__fail_memory(err);
        if (status == ASSAY_OK && row->last_series != 0)
            row->known[row->last_series - 1].next = key->series + 1;
        if (status == ASSAY_OK)
            row->last_series = key->series + 1;
    }
    return status == ASSAY_OK && !key->has_time ? remember_time(row, key, err) : status;
}
