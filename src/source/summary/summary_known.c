/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of rows of sufficient statistics that came before: nearly every row's, but for the first. */
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/time.h"
#include "source/summary/summary_row.h"

typedef struct assay__summary_row row_t;

enum { PACKED_BYTES = 512 };

const struct assay__field *assay__summary_row_part(const row_t *row, enum assay__summary_key part)
{
    static const struct assay__field EMPTY = {.text = "", .length = 0};
    uint32_t column = row->key_columns[part];
    return column == ASSAY__NO_COLUMN ? &EMPTY : &row->record.fields[column];
}

static bool same_long(const char *a, const char *b, size_t length)
{
    uint64_t x, y;
    if (length > 4 * sizeof x)
        return memcmp(a, b, length) == 0;
    for (size_t at = 0; at + sizeof x < length; at += sizeof x) {
        memcpy(&x, a + at, sizeof x);
        memcpy(&y, b + at, sizeof y);
        if (x != y)
            return false;
    }
    memcpy(&x, a + length - sizeof x, sizeof x);
    memcpy(&y, b + length - sizeof y, sizeof y);
    return x == y;
}

/* memcmp() is a call; most texts of keys are short. */
static inline bool same_bytes(const char *a, const char *b, size_t length)
{
    uint32_t u, v, x, y;
    if (length < sizeof u)
        return length == 0 ||
               (a[length - 1] == b[length - 1] && a[0] == b[0] && (length < 3 || a[1] == b[1]));
    if (length > 2 * sizeof u)
        return same_long(a, b, length);
    memcpy(&u, a, sizeof u);
    memcpy(&v, b, sizeof v);
    memcpy(&x, a + length - sizeof x, sizeof x);
    memcpy(&y, b + length - sizeof y, sizeof y);
    return u == v && x == y;
}

/* The parts of a series in the order in which it is packed. */
static const enum assay__summary_key PARTS[ASSAY__SERIES_PARTS] = {
    ASSAY__KEY_METRIC, ASSAY__KEY_GROUP, ASSAY__KEY_DIMENSION, ASSAY__KEY_VALUE};

/* Passes a part of a series that a cell of the row spells; NULL where it spells another. */
static inline const char *pass_part(const row_t *row, enum assay__summary_key part, const char *at,
                                    const char *end)
{
    uint32_t column = row->key_columns[part];
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
    if (at != NULL)
        at = pass_part(row, ASSAY__KEY_GROUP, at, end);
    if (row->key_columns[ASSAY__KEY_DIMENSION] == ASSAY__NO_COLUMN &&
        row->key_columns[ASSAY__KEY_VALUE] == ASSAY__NO_COLUMN)
        return at == end - 2; /* both parts are empty in every series */
    if (at != NULL)
        at = pass_part(row, ASSAY__KEY_DIMENSION, at, end);
    return at != NULL && pass_part(row, ASSAY__KEY_VALUE, at, end) == end;
}

static bool find_by_hash(const row_t *row, uint32_t *series)
{
    char packed[PACKED_BYTES];
    size_t length = 0;
    for (int i = 0; i < ASSAY__SERIES_PARTS; i++) {
        const struct assay__field *cell = assay__summary_row_part(row, PARTS[i]);
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

static inline bool is_spelling(const struct assay__summary_time *known,
                               const struct assay__field *cell)
{
    return known->length == cell->length && same_bytes(known->text, cell->text, cell->length);
}

/* Whether a text looks like a time as the table's index has it: reading that is a search, too. */
static inline bool may_be_written(const struct assay__field *cell)
{
    return cell->length == 20 && cell->text[10] == 'T' && cell->text[19] == 'Z';
}

/* Finds the time of a cell as it is: that of the row before, the next one after that, any. */
static bool find_time(row_t *row, uint32_t *time)
{
    const struct assay__field *cell = assay__summary_row_part(row, ASSAY__KEY_TIME);
    uint32_t number, spelling;
    if (row->last_time == 0)
        return false;
    number = row->last_time - 1;
    struct assay__summary_time *last = &row->times[number];
    if (!is_spelling(last, cell)) {
        if (last->next != 0 && is_spelling(&row->times[last->next - 1], cell))
            number = last->next - 1;
        else if (!may_be_written(cell) &&
                 assay__index_find(&row->spellings, cell->text, cell->length, &spelling))
            number = row->spelled[spelling];
        else
            return false;
        last->next = number + 1;
        row->last_time = number + 1;
    }
    *time = number;
    return true;
}

void assay__summary_row_find(row_t *row, struct assay__summary_row_key *key)
{
    key->has_time = find_time(row, &key->time);
    key->has_series = find_series(row, &key->series);
    if (row->is_digested)
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

/* Room for what is known of a time. */
static bool grow_times(row_t *row, uint32_t time)
{
    uint32_t count = row->table->instant_capacity;
    if (time < row->time_count)
        return true;
    struct assay__summary_time *times = assay__realloc(row->times, count * sizeof *times);
    if (times == NULL)
        return false;
    memset(times + row->time_count, 0, (count - row->time_count) * sizeof *times);
    row->times = times;
    row->time_count = count;
    return true;
}

/* Keeps a cell that spells a time otherwise than the table does. */
static enum assay_status remember_spelling(row_t *row, const struct assay__field *cell,
                                           uint32_t time, const char **text,
                                           struct assay_error *err)
{
    uint32_t number;
    enum assay_status status =
        assay__index_add(&row->spellings, cell->text, cell->length, UINT32_MAX - 1, &number, err);
    if (status == ASSAY_OK && number >= row->spelled_count) {
        uint32_t count = row->spellings.capacity;
        uint32_t *spelled = assay__realloc(row->spelled, count * sizeof *spelled);
        if (spelled == NULL)
            return assay__fail_memory(err);
        row->spelled = spelled;
        row->spelled_count = count;
    }
    if (status != ASSAY_OK)
        return status;
    row->spelled[number] = time;
    *text = row->spellings.keys[number].bytes;
    return ASSAY_OK;
}

enum assay_status assay__summary_row_time(row_t *row, struct assay_error *err)
{
    const struct assay__field *cell = assay__summary_row_part(row, ASSAY__KEY_TIME);
    row->time_ns = INT64_MIN;
    row->is_time_written =
        cell->length == 0 || assay__time_parse_written(cell->text, cell->length, &row->time_ns);
    if (!row->is_time_written && !assay__time_parse(cell->text, cell->length, &row->time_ns))
        return assay__summary_row_fail(row, row->key_columns[ASSAY__KEY_TIME], err,
                                       "is not a time: write 2026-11-23T10:15:00Z.");
    return ASSAY_OK;
}

/* Numbers the time of the row at hand and keeps its cell. */
static enum assay_status remember_time(row_t *row, struct assay__summary_row_key *key,
                                       struct assay_error *err)
{
    const struct assay__field *cell = assay__summary_row_part(row, ASSAY__KEY_TIME);
    const char *own = row->is_time_written ? cell->text : key->text[ASSAY__KEY_TIME];
    size_t length = row->is_time_written ? cell->length : strlen(own);
    enum assay_status status =
        assay__summary_time(row->table, own, length, row->time_ns, &key->time, err);
    if (status != ASSAY_OK)
        return status;
    if (!grow_times(row, key->time))
        return assay__fail_memory(err);
    struct assay__summary_time *known = &row->times[key->time];
    const char *text = row->table->times.keys[key->time].bytes;
    if (!row->is_time_written)
        status = remember_spelling(row, cell, key->time, &text, err);
    if (status != ASSAY_OK)
        return status;
    known->text = text;
    known->length = cell->length;
    if (row->last_time != 0)
        row->times[row->last_time - 1].next = key->time + 1;
    row->last_time = key->time + 1;
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
