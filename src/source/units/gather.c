/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings the rows of each unit together, in memory or partition by partition. */
#include "source/units/gather.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "source/units/gather_record.h"

enum {
    PART_BITS = 6,  /* of the hash: ASSAY__SPILL_PARTS parts */
    LEVELS_MAX = 5, /* the hash's upper half has bits for these; what is deeper stays in memory */
    CHUNK_MIN = 4096,
    CHUNK_MAX = 1 << 18,
    RECORDS_A_CHECK = 4096
};

/* Memory that a process has beside what is gathered, when it has a good deal. */
static const size_t OTHER_BYTES = (size_t)16 << 20;

/* Chunks small enough for one of each part to take an eighth of the memory at most. */
static size_t chunk_bytes(size_t memory_bytes)
{
    size_t bytes = memory_bytes / (8 * ASSAY__SPILL_PARTS);
    return bytes < CHUNK_MIN ? CHUNK_MIN : bytes > CHUNK_MAX ? CHUNK_MAX : bytes;
}

/* Memory for tables: without the buffers of the file. */
static size_t room_of(const struct assay__gather *gather)
{
    size_t memory = gather->limits.memory_bytes, buffers = memory / 8;
    if (buffers > ASSAY__SPILL_PARTS * (size_t)CHUNK_MAX)
        buffers = ASSAY__SPILL_PARTS * (size_t)CHUNK_MAX;
    size_t other = memory / 4 < OTHER_BYTES ? memory / 4 : OTHER_BYTES;
    return memory - buffers - other;
}

/* Begins a gather whose rules are known. */
static enum assay_status begin(struct assay__gather *gather, struct assay_error *err)
{
    gather->parts = assay__calloc(ASSAY__SPILL_PARTS, sizeof *gather->parts);
    if (gather->parts == NULL)
        return assay__fail_memory(err);
    for (uint32_t p = 0; p < ASSAY__SPILL_PARTS; p++)
        pthread_mutex_init(&gather->parts[p].lock, NULL);
    return ASSAY_OK;
}

enum assay_status assay__gather_init(struct assay__gather *gather,
                                     const struct assay__binding *binding,
                                     const struct assay__gather_limits *limits,
                                     struct assay_error *err)
{
    memset(gather, 0, sizeof *gather);
    size_t chunk = chunk_bytes(limits->memory_bytes);
    gather->binding = binding;
    gather->limits = *limits;
    gather->rules = &gather->own_rules;
    assay__spill_init(&gather->spill, limits->folder, chunk);
    enum assay_status status = assay__unit_rules_init(&gather->own_rules, binding, chunk, err);
    return status == ASSAY_OK ? begin(gather, err) : status;
}

void assay__gather_release(struct assay__gather *gather)
{
    if (gather->binding == NULL)
        return;
    for (uint32_t p = 0; gather->parts != NULL && p < ASSAY__SPILL_PARTS; p++) {
        struct assay__gather_part *part = &gather->parts[p];
        assay__unit_table_release(&part->table);
        assay__pack_release(&part->packed);
        pthread_mutex_destroy(&part->lock);
    }
    assay__free(gather->parts);
    assay__spill_release(&gather->spill);
    assay__unit_rules_release(&gather->own_rules);
    memset(gather, 0, sizeof *gather);
}

/* Units without an id, whose hash is one, are dealt out in turn. */
static uint32_t part_of(struct assay__gather *gather, uint64_t hash)
{
    if (gather->binding->sources[0].unit == ASSAY__UNBOUND)
        return atomic_fetch_add(&gather->turn, 1) % ASSAY__SPILL_PARTS;
    return hash >> (64 - PART_BITS * (gather->level + 1)) & (ASSAY__SPILL_PARTS - 1);
}

static enum assay_status put_record(struct assay__gather *gather, uint32_t number, bool is_packed,
                                    struct assay_error *err)
{
    const struct assay__pack *packed = &gather->parts[number].packed;
    if (!is_packed)
        return assay__fail_memory(err);
    return assay__spill_put(&gather->spill, number, packed->bytes, packed->length, err);
}

struct spilling {
    struct assay__gather *gather;
    uint32_t part;
};

/* Puts a unit of a table and its records into the file. */
static enum assay_status spill_unit(void *context, const struct assay__unit *unit,
                                    struct assay__records records, struct assay_error *err)
{
    const struct spilling *spilling = context;
    struct assay__gather *gather = spilling->gather;
    struct assay__pack *packed = &gather->parts[spilling->part].packed;
    struct assay__exposure exposure = assay__unit_exposure(unit);
    bool is_packed = assay__exposure_put(gather->binding, &exposure, packed);
    enum assay_status status = put_record(gather, spilling->part, is_packed, err);
    for (size_t i = 0; status == ASSAY_OK && i < records.count; i++) {
        struct assay__reading event;
        assay__record_get(gather->binding, records.at[i], &event);
        struct assay__happening happening = {exposure.key, &event, 1, 0};
        is_packed = assay__happening_put(gather->binding, &happening, packed);
        status = put_record(gather, spilling->part, is_packed, err);
    }
    return status;
}

/* Counts a table's memory again, and moves it to the file when all together have too much. */
static enum assay_status check_memory(struct assay__gather *gather, uint32_t number, size_t before,
                                      struct assay_error *err)
{
    struct assay__unit_table *table = &gather->parts[number].table;
    size_t all = atomic_fetch_add(&gather->bytes, table->bytes - before) + table->bytes - before;
    if (gather->level >= LEVELS_MAX || table->slots == NULL)
        return ASSAY_OK;
    if (all > room_of(gather))
        atomic_store(&gather->is_full, true);
    if (!atomic_load(&gather->is_full))
        return ASSAY_OK;
    struct spilling spilling = {gather, number};
    gather->parts[number].is_spilled = true;
    enum assay_status status =
        assay__unit_table_visit(gather->rules, table, spill_unit, &spilling, err);
    atomic_fetch_sub(&gather->bytes, table->bytes);
    assay__unit_table_release(table);
    return status;
}

/* Rows by part: those of part p are rows[begin[p]] to rows[begin[p + 1]]. */
struct order {
    uint16_t rows[ASSAY__GATHER_MANY];
    uint16_t begin[ASSAY__SPILL_PARTS + 1];
};

static void sort_rows(const uint8_t *part, uint32_t count, struct order *order)
{
    uint16_t next[ASSAY__SPILL_PARTS] = {0};
    for (uint32_t i = 0; i < count; i++)
        next[part[i]]++;
    for (uint32_t p = 0, sum = 0; p < ASSAY__SPILL_PARTS; p++) {
        order->begin[p] = (uint16_t)sum;
        sum += next[p];
        next[p] = order->begin[p];
    }
    order->begin[ASSAY__SPILL_PARTS] = (uint16_t)count;
    for (uint32_t i = 0; i < count; i++)
        order->rows[next[part[i]]++] = (uint16_t)i;
}

static enum assay_status expose_part(struct assay__gather *gather, uint32_t number,
                                     const void *batch, const uint16_t *rows, uint32_t count,
                                     struct assay_error *err)
{
    const struct assay__exposure *exposures = batch;
    struct assay__gather_part *part = &gather->parts[number];
    enum assay_status status = ASSAY_OK;
    if (part->is_spilled) {
        for (uint32_t i = 0; status == ASSAY_OK && i < count; i++)
            status = put_record(
                gather, number,
                assay__exposure_put(gather->binding, &exposures[rows[i]], &part->packed), err);
        return status;
    }
    size_t before = part->table.bytes;
    if (gather->binding->sources[0].unit != ASSAY__UNBOUND)
        status = assay__unit_table_need(&part->table, count, err);
    for (uint32_t i = 0; i < count; i++)
        assay__unit_table_prefetch(&part->table, exposures[rows[i]].key.hash);
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++)
        status = assay__unit_table_expose(gather->rules, &part->table, &exposures[rows[i]], err);
    return status == ASSAY_OK ? check_memory(gather, number, before, err) : status;
}

/* Rows that go to one part, by their numbers in a batch. */
typedef enum assay_status part_taker(struct assay__gather *gather, uint32_t number,
                                     const void *batch, const uint16_t *rows, uint32_t count,
                                     struct assay_error *err);

/* Hands the rows of a batch to their parts, each under its lock. part: of each row. */
static enum assay_status by_part(struct assay__gather *gather, const uint8_t *part, uint32_t count,
                                 part_taker *take, const void *batch, struct assay_error *err)
{
    struct order order;
    sort_rows(part, count, &order);
    enum assay_status status = ASSAY_OK;
    for (uint32_t p = 0; status == ASSAY_OK && p < ASSAY__SPILL_PARTS; p++) {
        uint32_t begin = order.begin[p], end = order.begin[p + 1];
        if (begin == end)
            continue;
        pthread_mutex_lock(&gather->parts[p].lock);
        status = take(gather, p, batch, order.rows + begin, end - begin, err);
        pthread_mutex_unlock(&gather->parts[p].lock);
    }
    return status;
}

enum assay_status assay__gather_expose(struct assay__gather *gather,
                                       const struct assay__exposure *exposures, uint32_t count,
                                       struct assay_error *err)
{
    uint8_t part[ASSAY__GATHER_MANY];
    for (uint32_t i = 0; i < count; i++)
        part[i] = (uint8_t)part_of(gather, exposures[i].key.hash);
    return by_part(gather, part, count, expose_part, exposures, err);
}

static enum assay_status happen_part(struct assay__gather *gather, uint32_t number,
                                     const void *batch, const uint16_t *rows, uint32_t count,
                                     struct assay_error *err)
{
    const struct assay__happening *happenings = batch;
    struct assay__gather_part *part = &gather->parts[number];
    enum assay_status status = ASSAY_OK;
    if (part->is_spilled) {
        for (uint32_t i = 0; status == ASSAY_OK && i < count; i++)
            status = put_record(
                gather, number,
                assay__happening_put(gather->binding, &happenings[rows[i]], &part->packed), err);
        return status;
    }
    size_t before = part->table.bytes;
    uint64_t unknown = 0;
    for (uint32_t i = 0; i < count; i++)
        assay__unit_table_prefetch(&part->table, happenings[rows[i]].key.hash);
    for (uint32_t i = 0; i < count; i++)
        assay__unit_table_prefetch_unit(gather->rules, &part->table, happenings[rows[i]].key.hash);
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++) {
        const struct assay__happening *happening = &happenings[rows[i]];
        bool is_known;
        status = assay__unit_table_happen(gather->rules, &part->table, happening, &is_known, err);
        unknown += is_known ? 0 : happening->event_rows;
    }
    if (unknown > 0)
        atomic_fetch_add(&gather->unknown, unknown);
    return status == ASSAY_OK ? check_memory(gather, number, before, err) : status;
}

enum assay_status assay__gather_happen(struct assay__gather *gather,
                                       const struct assay__happening *happenings, uint32_t count,
                                       struct assay_error *err)
{
    uint8_t part[ASSAY__GATHER_MANY];
    for (uint32_t i = 0; i < count; i++)
        part[i] = (uint8_t)part_of(gather, happenings[i].key.hash);
    return by_part(gather, part, count, happen_part, happenings, err);
}

/* Takes a record of a partition in. */
static enum assay_status take_record(struct assay__gather *part, const unsigned char *record,
                                     size_t length, struct assay__record_room *room,
                                     struct assay_error *err)
{
    struct assay__exposure exposure;
    struct assay__happening happening;
    if (assay__record_is_exposure(record)) {
        assay__exposure_get(part->binding, record, &exposure, room);
        return assay__gather_expose(part, &exposure, 1, err);
    }
    if (!assay__happening_get(part->binding, record, length, &happening, room))
        return assay__fail_memory(err);
    return assay__gather_happen(part, &happening, 1, err);
}

/* Reads a partition into a gather of its own. */
static enum assay_status load_part(struct assay__gather *part, const struct assay__gather *from,
                                   uint32_t number, struct assay_error *err)
{
    struct assay__spill_reader reader = {0};
    struct assay__record_room room;
    const unsigned char *record = NULL;
    size_t length;
    enum assay_status status = assay__record_room_init(&room, from->binding, err);
    if (status == ASSAY_OK)
        status = assay__spill_open(&from->spill, number, &reader, err);
    for (uint64_t taken = 0; status == ASSAY_OK; taken++) {
        if (taken % RECORDS_A_CHECK == 0)
            status = assay__halt_check(from->rules->halt, err);
        if (status == ASSAY_OK)
            status = assay__spill_next(&reader, &record, &length, err);
        if (status != ASSAY_OK || record == NULL)
            break;
        status = take_record(part, record, length, &room, err);
    }
    assay__spill_close(&reader);
    assay__record_room_release(&room);
    return status;
}

static enum assay_status visit_spilled(struct assay__gather *gather, uint32_t number,
                                       uint32_t share, assay__unit_visit *visit, void *context,
                                       uint64_t *unknown, struct assay_error *err)
{
    struct assay__gather part = {.binding = gather->binding,
                                 .limits = gather->limits,
                                 .level = gather->level + 1,
                                 .rules = gather->rules};
    part.limits.memory_bytes /= share;
    assay__spill_init(&part.spill, gather->limits.folder, chunk_bytes(part.limits.memory_bytes));
    enum assay_status status = begin(&part, err);
    if (status == ASSAY_OK)
        status = load_part(&part, gather, number, err);
    if (status == ASSAY_OK)
        status = assay__gather_end(&part, unknown, err);
    for (uint32_t p = 0; status == ASSAY_OK && p < ASSAY__SPILL_PARTS; p++)
        status = assay__gather_visit(&part, p, 1, visit, context, unknown, err);
    assay__gather_release(&part);
    return status;
}

enum assay_status assay__gather_end(struct assay__gather *gather, uint64_t *unknown,
                                    struct assay_error *err)
{
    *unknown += atomic_load(&gather->unknown);
    return assay__spill_flush(&gather->spill, err);
}

enum assay_status assay__gather_visit(struct assay__gather *gather, uint32_t part, uint32_t share,
                                      assay__unit_visit *visit, void *context, uint64_t *unknown,
                                      struct assay_error *err)
{
    if (!gather->parts[part].is_spilled)
        return assay__unit_table_visit(gather->rules, &gather->parts[part].table, visit, context,
                                       err);
    return visit_spilled(gather, part, share, visit, context, unknown, err);
}
