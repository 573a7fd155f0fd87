/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings the rows of each unit together, in memory or partition by partition. */
#include "source/units/gather.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/room.h"
#include "source/units/gather_record.h"

enum {
    PART_BITS = 6,  /* of the hash: ASSAY__SPILL_PARTS parts */
    LEVELS_MAX = 5, /* the hash's upper half has bits for these; what is deeper stays in memory */
    CHUNK_MIN = ASSAY__ROOM(4096, 256),
    CHUNK_MAX = 1 << 16,
    TOGETHER = 4, /* parts that are locked as one */
    GROUPS = ASSAY__SPILL_PARTS / TOGETHER,
    RECORD_BYTES = 32,     /* most have about so many */
    OTHER_BYTES = 16 << 20 /* of a process beside what is gathered, when it has a good deal */
};

_Static_assert((int)ASSAY__RECORDS_AT_ONCE <= (int)ASSAY__GATHER_MANY, "records are taken in");

/* Chunks small enough for one of each part to take an eighth of the memory at most. */
static size_t chunk_bytes(size_t memory_bytes)
{
    size_t bytes = memory_bytes / (8 * ASSAY__SPILL_PARTS);
    return bytes < CHUNK_MIN ? CHUNK_MIN : bytes > CHUNK_MAX ? CHUNK_MAX : bytes;
}

/* Memory for tables: without the buffers of the file. */
static size_t memory_for_tables(const struct assay__gather *gather)
{
    size_t memory = gather->limits.memory_bytes, buffers = memory / 8;
    if (buffers > ASSAY__SPILL_PARTS * (size_t)CHUNK_MAX)
        buffers = ASSAY__SPILL_PARTS * (size_t)CHUNK_MAX;
    size_t other = memory / 4 < OTHER_BYTES ? memory / 4 : OTHER_BYTES;
    return memory - buffers - other - memory / 16; /* blocks that no table has just now */
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
        assay__unit_table_release(gather->rules, &part->table);
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

struct spilling {
    struct assay__gather *gather;
    uint32_t part;
};

/* Puts a unit of a table and its records into the file. */
static enum assay_status spill_unit(void *context, const struct assay__exposure *unit,
                                    struct assay__records records, struct assay_error *err)
{
    const struct spilling *spilling = context;
    struct assay__gather *gather = spilling->gather;
    uint32_t part = spilling->part;
    enum assay_status status =
        assay__spill_exposure(&gather->spill, part, gather->binding, unit, err);
    for (size_t i = 0; status == ASSAY_OK && i < records.count; i++) {
        struct assay__reading event;
        assay__record_get(gather->binding, records.at[i], &event);
        struct assay__happening happening = {unit->key, &event, 1, 0};
        status = assay__spill_happening(&gather->spill, part, &happening, err);
    }
    return status;
}

/* Moves a table to the file: its part is visited from there. */
static enum assay_status spill_table(struct assay__gather *gather, uint32_t number,
                                     struct assay_error *err)
{
    struct assay__unit_table *table = &gather->parts[number].table;
    struct spilling spilling = {gather, number};
    gather->parts[number].is_spilled = true;
    enum assay_status status =
        assay__unit_table_visit(gather->rules, table, spill_unit, &spilling, err);
    atomic_fetch_sub(&gather->bytes, table->bytes);
    assay__unit_table_release(gather->rules, table);
    return status;
}

/* Counts a table's memory again, and moves it to the file when all together have too much. */
static enum assay_status check_memory(struct assay__gather *gather, uint32_t number, size_t before,
                                      struct assay_error *err)
{
    const struct assay__unit_table *table = &gather->parts[number].table;
    size_t more = table->bytes - before;
    bool can_spill = gather->level < LEVELS_MAX && table->count > 0;
    if (more > 0 && atomic_fetch_add(&gather->bytes, more) + more > memory_for_tables(gather) &&
        can_spill)
        atomic_store(&gather->is_full, true);
    return can_spill && atomic_load(&gather->is_full) ? spill_table(gather, number, err) : ASSAY_OK;
}

/* Rows by part: those of part p are rows[begin[p]] to rows[begin[p + 1]]. */
struct order {
    uint16_t rows[ASSAY__GATHER_MANY];
    uint16_t begin[ASSAY__SPILL_PARTS + 1];
    uint32_t hints[ASSAY__GATHER_MANY]; /* [place in rows]: where its unit seems to be */
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

/* Rows that go to parts: exposures, or else happenings. */
struct batch {
    const struct assay__exposure *exposures;
    const struct assay__happening *happenings;
};

static uint64_t hash_of(const struct batch *batch, uint32_t row)
{
    return batch->exposures != NULL ? batch->exposures[row].key.hash
                                    : batch->happenings[row].key.hash;
}

static enum assay_status spill_rows(struct assay__gather *gather, uint32_t number,
                                    const struct batch *batch, const struct order *order,
                                    struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = order->begin[number]; status == ASSAY_OK && i < order->begin[number + 1];
         i++) {
        uint32_t row = order->rows[i];
        status = batch->exposures != NULL
                     ? assay__spill_exposure(&gather->spill, number, gather->binding,
                                             &batch->exposures[row], err)
                     : assay__spill_happening(&gather->spill, number, &batch->happenings[row], err);
    }
    return status;
}

/* Takes the rows of a part in. */
static enum assay_status take_rows(struct assay__gather *gather, uint32_t number,
                                   const struct batch *batch, const struct order *order,
                                   struct assay_error *err)
{
    struct assay__unit_table *table = &gather->parts[number].table;
    enum assay_status status = ASSAY_OK;
    uint64_t unknown = 0;
    if (gather->parts[number].is_spilled)
        return spill_rows(gather, number, batch, order, err);
    size_t before = table->bytes;
    if (batch->exposures != NULL && gather->binding->sources[0].unit != ASSAY__UNBOUND)
        status = assay__unit_table_need(
            gather->rules, table, (size_t)(order->begin[number + 1] - order->begin[number]), err);
    for (uint32_t i = order->begin[number]; status == ASSAY_OK && i < order->begin[number + 1];
         i++) {
        uint32_t row = order->rows[i];
        if (batch->exposures != NULL) {
            status = assay__unit_table_expose(gather->rules, table, &batch->exposures[row], err);
            continue;
        }
        bool is_known;
        status = assay__unit_table_happen(gather->rules, table, order->hints[i],
                                          &batch->happenings[row], &is_known, err);
        unknown += is_known ? 0 : batch->happenings[row].event_rows;
    }
    if (unknown > 0)
        atomic_fetch_add(&gather->unknown, unknown);
    return status == ASSAY_OK ? check_memory(gather, number, before, err) : status;
}

static void prefetch_slots(const struct assay__gather *gather, uint32_t number,
                           const struct batch *batch, const struct order *order)
{
    uint32_t begin = order->begin[number], end = order->begin[number + 1];
    if (gather->parts[number].is_spilled) {
        assay__spill_prefetch(&gather->spill, number, (size_t)(end - begin) * RECORD_BYTES);
        return;
    }
    for (uint32_t i = begin; i < end; i++)
        assay__unit_table_prefetch_slot(&gather->parts[number].table,
                                        hash_of(batch, order->rows[i]));
}

static void prefetch_units(const struct assay__gather *gather, uint32_t number,
                           const struct batch *batch, struct order *order)
{
    for (uint32_t i = order->begin[number]; i < order->begin[number + 1]; i++)
        order->hints[i] = assay__unit_table_prefetch_unit(
            gather->rules, &gather->parts[number].table, hash_of(batch, order->rows[i]));
}

/* The groups of parts of a batch that are locked, in the order in which they are worked on. */
struct pipeline {
    struct assay__gather *gather;
    const struct batch *batch;
    struct order *order;
    uint8_t groups[GROUPS];
    uint32_t begun, prefetched, taken; /* groups that got so far */
    enum assay_status status;
};

/* A partition read back is of one thread alone: its parts need no lock. */
static bool try_hold(struct assay__gather *gather, uint32_t group)
{
    return gather->level > 0 || pthread_mutex_trylock(&gather->parts[group * TOGETHER].lock) == 0;
}

static void let_go(struct assay__gather *gather, uint32_t group)
{
    if (gather->level == 0)
        pthread_mutex_unlock(&gather->parts[group * TOGETHER].lock);
}

static void prefetch_next(struct pipeline *pipeline)
{
    uint32_t part = pipeline->groups[pipeline->prefetched++] * (uint32_t)TOGETHER;
    for (uint32_t i = 0; i < TOGETHER; i++)
        prefetch_units(pipeline->gather, part + i, pipeline->batch, pipeline->order);
}

static void take_next(struct pipeline *pipeline, struct assay_error *err)
{
    uint32_t group = pipeline->groups[pipeline->taken++];
    const uint16_t *begin = pipeline->order->begin;
    for (uint32_t part = group * TOGETHER; part < (group + 1) * TOGETHER; part++)
        if (pipeline->status == ASSAY_OK && begin[part] < begin[part + 1])
            pipeline->status =
                take_rows(pipeline->gather, part, pipeline->batch, pipeline->order, err);
    let_go(pipeline->gather, group);
}

/* Begins a group that is locked: what its rows will touch is asked for a group ahead. */
static void add_group(struct pipeline *pipeline, uint32_t group, struct assay_error *err)
{
    pipeline->groups[pipeline->begun++] = (uint8_t)group;
    for (uint32_t i = 0; i < TOGETHER; i++)
        prefetch_slots(pipeline->gather, group * TOGETHER + i, pipeline->batch, pipeline->order);
    if (pipeline->begun - pipeline->prefetched > 1)
        prefetch_next(pipeline);
    if (pipeline->prefetched - pipeline->taken > 1)
        take_next(pipeline, err);
}

static void end_groups(struct pipeline *pipeline, struct assay_error *err)
{
    while (pipeline->prefetched < pipeline->begun)
        prefetch_next(pipeline);
    while (pipeline->taken < pipeline->begun)
        take_next(pipeline, err);
}

/*
 * Hands the rows of a batch to their parts, some parts under a lock; those that another thread
 * holds are left for the end. A thread waits for a lock only while it has no other.
 */
static enum assay_status by_part(struct assay__gather *gather, const uint8_t *part, uint32_t count,
                                 const struct batch *batch, struct assay_error *err)
{
    struct order order;
    struct pipeline pipeline = {.gather = gather, .batch = batch, .order = &order};
    uint8_t busy[GROUPS];
    uint32_t busy_count = 0;
    if (count == 0)
        return ASSAY_OK;
    sort_rows(part, count, &order);
    for (uint32_t i = 0; i < GROUPS; i++) {
        uint32_t group = (part[0] + i) % GROUPS; /* threads begin apart */
        if (order.begin[group * TOGETHER] == order.begin[(group + 1) * TOGETHER])
            continue;
        if (try_hold(gather, group))
            add_group(&pipeline, group, err);
        else
            busy[busy_count++] = (uint8_t)group;
    }
    end_groups(&pipeline, err);
    for (uint32_t i = 0; i < busy_count; i++) {
        pthread_mutex_lock(&gather->parts[busy[i] * TOGETHER].lock);
        add_group(&pipeline, busy[i], err);
        end_groups(&pipeline, err);
    }
    return pipeline.status;
}

enum assay_status assay__gather_expose(struct assay__gather *gather,
                                       const struct assay__exposure *exposures, uint32_t count,
                                       struct assay_error *err)
{
    uint8_t part[ASSAY__GATHER_MANY];
    for (uint32_t i = 0; i < count; i++)
        part[i] = (uint8_t)part_of(gather, exposures[i].key.hash);
    return by_part(gather, part, count, &(struct batch){.exposures = exposures}, err);
}

enum assay_status assay__gather_happen(struct assay__gather *gather,
                                       const struct assay__happening *happenings, uint32_t count,
                                       struct assay_error *err)
{
    uint8_t part[ASSAY__GATHER_MANY];
    for (uint32_t i = 0; i < count; i++)
        part[i] = (uint8_t)part_of(gather, happenings[i].key.hash);
    return by_part(gather, part, count, &(struct batch){.happenings = happenings}, err);
}

/* Takes a batch of records of a partition in. */
static enum assay_status take_records(struct assay__gather *part, struct assay__record_batch *batch,
                                      struct assay_error *err)
{
    enum assay_status status = assay__halt_check(part->rules->halt, err);
    if (status == ASSAY_OK && batch->exposure_count > 0)
        status = assay__gather_expose(part, batch->exposures, batch->exposure_count, err);
    if (status == ASSAY_OK && batch->happening_count > 0)
        status = assay__gather_happen(part, batch->happenings, batch->happening_count, err);
    assay__record_batch_clear(batch);
    return status;
}

/* Reads a partition into a gather of its own. */
static enum assay_status load_part(struct assay__gather *part, const struct assay__gather *from,
                                   uint32_t number, struct assay_error *err)
{
    struct assay__spill_reader reader = {0};
    struct assay__record_batch batch;
    enum assay_status status = assay__record_batch_init(&batch, from->binding, err);
    if (status == ASSAY_OK)
        status = assay__spill_open(&from->spill, number, &reader, err);
    while (status == ASSAY_OK) {
        const unsigned char *record = NULL;
        size_t length;
        if (assay__record_batch_is_full(&batch))
            status = take_records(part, &batch, err);
        if (status == ASSAY_OK && !assay__spill_take(&reader, &record, &length)) {
            status = take_records(part, &batch, err);
            if (status == ASSAY_OK)
                status = assay__spill_next(&reader, &record, &length, err);
        }
        if (status != ASSAY_OK || record == NULL)
            break;
        if (!assay__record_batch_add(&batch, record, length))
            status = assay__fail_memory(err);
    }
    assay__spill_close(&reader);
    assay__record_batch_release(&batch);
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
    enum assay_status status = ASSAY_OK;
    *unknown += atomic_load(&gather->unknown);
    for (uint32_t p = 0; atomic_load(&gather->is_full) && p < ASSAY__SPILL_PARTS; p++)
        if (status == ASSAY_OK && gather->parts[p].table.count > 0)
            status = spill_table(gather, p, err);
    return status == ASSAY_OK ? assay__spill_flush(&gather->spill, err) : status;
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
