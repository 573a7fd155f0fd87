/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings the rows of each unit together, in memory or partition by partition. */
#include "source/units/gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "source/units/spill.h"

enum {
    PART_BITS = 6,  /* of the hash: 64 partitions */
    LEVELS_MAX = 5, /* the hash's upper half has bits for these; what is deeper stays in memory */
    CHUNK_MIN = 4096,
    CHUNK_MAX = 1 << 18
};

/* Chunks small enough for one of each partition to take an eighth of the memory at most. */
static size_t chunk_bytes(size_t memory_bytes)
{
    size_t bytes = memory_bytes / (8 * ASSAY__SPILL_PARTS);
    return bytes < CHUNK_MIN ? CHUNK_MIN : bytes > CHUNK_MAX ? CHUNK_MAX : bytes;
}

enum assay_status assay__gather_init(struct assay__gather *gather,
                                     const struct assay__binding *binding,
                                     const struct assay__gather_limits *limits, uint32_t level,
                                     struct assay_error *err)
{
    memset(gather, 0, sizeof *gather);
    gather->binding = binding;
    gather->limits = *limits;
    gather->level = level;
    return assay__unit_table_init(&gather->table, binding, chunk_bytes(limits->memory_bytes), err);
}

void assay__gather_release(struct assay__gather *gather)
{
    if (gather->spill != NULL)
        assay__spill_release(gather->spill);
    free(gather->spill);
    assay__unit_table_release(&gather->table);
    assay__pack_release(&gather->packed);
    memset(gather, 0, sizeof *gather);
}

/* Units without an id, whose hash is one, are dealt out in turn. */
static uint32_t part_of(const struct assay__gather *gather, uint64_t hash)
{
    return hash >> (64 - PART_BITS * (gather->level + 1)) & (ASSAY__SPILL_PARTS - 1);
}

enum { KIND_EXPOSURE, KIND_HAPPENING };

/* Room for a record's head and length bytes more. */
static unsigned char *begin_record(struct assay__gather *gather, unsigned char kind, const char *id,
                                   size_t id_length, size_t length)
{
    gather->packed.length = 0;
    unsigned char *at = assay__pack_room(&gather->packed, 1 + id_length + length +
                                                              10 * (size_t)ASSAY__PACKED_COUNT_MAX);
    if (at == NULL)
        return NULL;
    *at++ = kind;
    return assay__put_text(at, id, id_length);
}

static enum assay_status put_record(struct assay__gather *gather, uint64_t hash,
                                    const unsigned char *end, struct assay_error *err)
{
    size_t length = (size_t)(end - gather->packed.bytes);
    return assay__spill_put(gather->spill, part_of(gather, hash), gather->packed.bytes, length,
                            err);
}

static enum assay_status spill_exposure(struct assay__gather *gather,
                                        const struct assay__exposure *exposure,
                                        struct assay_error *err)
{
    unsigned char *at = begin_record(gather, KIND_EXPOSURE, exposure->id, exposure->id_length,
                                     exposure->content_length);
    if (at == NULL)
        return assay__fail_memory(err);
    at = assay__put_time(at, exposure->first_ns);
    at = assay__put_time(at, exposure->second_ns);
    at = assay__put_count(at, exposure->group);
    at = assay__put_count(at, exposure->rows);
    at = assay__put_count(at, exposure->event_rows);
    *at++ = (unsigned char)(exposure->differs | exposure->is_unclear << 1);
    at = assay__put_text(at, (const char *)exposure->content, exposure->content_length);
    return put_record(gather, exposure->hash, at, err);
}

static enum assay_status spill_happening(struct assay__gather *gather,
                                         const struct assay__happening *happening,
                                         struct assay_error *err)
{
    unsigned char *at = begin_record(gather, KIND_HAPPENING, happening->id, happening->id_length,
                                     happening->length);
    if (at == NULL)
        return assay__fail_memory(err);
    at = assay__put_count(at, happening->event_rows);
    at = assay__put_text(at, (const char *)happening->records, happening->length);
    return put_record(gather, happening->hash, at, err);
}

/* Puts a unit of the table and its records into the spill. */
static enum assay_status spill_unit(void *context, const struct assay__unit *unit,
                                    struct assay__records records, struct assay_error *err)
{
    struct assay__gather *gather = context;
    struct assay__exposure exposure = assay__unit_exposure(unit);
    enum assay_status status = spill_exposure(gather, &exposure, err);
    for (size_t i = 0; status == ASSAY_OK && i < records.count; i++) {
        uint32_t channel;
        int64_t time_ns;
        const unsigned char *value = assay__record_get(records.at[i], &channel, &time_ns);
        const unsigned char *end = assay__record_end(gather->binding, channel, value);
        struct assay__happening happening = {exposure.hash,      exposure.id,
                                             exposure.id_length, 0,
                                             records.at[i],      (size_t)(end - records.at[i])};
        status = spill_happening(gather, &happening, err);
    }
    return status;
}

/* Moves everything out of memory when it has become too much. */
static enum assay_status check_memory(struct assay__gather *gather, struct assay_error *err)
{
    struct assay__unit_table *table = &gather->table;
    if (table->bytes <= gather->limits.memory_bytes || gather->level >= LEVELS_MAX ||
        table->slots == NULL)
        return ASSAY_OK;
    gather->spill = malloc(sizeof *gather->spill);
    if (gather->spill == NULL)
        return assay__fail_memory(err);
    size_t chunk = chunk_bytes(gather->limits.memory_bytes);
    assay__spill_init(gather->spill, gather->limits.folder, chunk);
    enum assay_status status = assay__unit_table_visit(table, spill_unit, gather, err);
    assay__unit_table_release(table);
    return status == ASSAY_OK ? assay__unit_table_init(table, gather->binding, chunk, err) : status;
}

enum assay_status assay__gather_expose(struct assay__gather *gather,
                                       const struct assay__exposure *exposure,
                                       struct assay_error *err)
{
    if (gather->spill != NULL)
        return spill_exposure(gather, exposure, err);
    enum assay_status status = assay__unit_table_expose(&gather->table, exposure, err);
    return status == ASSAY_OK ? check_memory(gather, err) : status;
}

enum assay_status assay__gather_happen(struct assay__gather *gather,
                                       const struct assay__happening *happening,
                                       struct assay_error *err)
{
    if (gather->spill != NULL)
        return spill_happening(gather, happening, err);
    bool is_known;
    enum assay_status status = assay__unit_table_happen(&gather->table, happening, &is_known, err);
    if (status == ASSAY_OK && !is_known)
        gather->unknown += happening->event_rows;
    return status == ASSAY_OK ? check_memory(gather, err) : status;
}

/* Takes a record of a partition in. */
static enum assay_status take_record(struct assay__gather *part, const unsigned char *record,
                                     struct assay_error *err)
{
    const char *id, *text;
    size_t id_length, length;
    uint64_t count[3];
    bool is_exposure = *record == KIND_EXPOSURE;
    const unsigned char *at = assay__get_text(record + 1, &id, &id_length);
    uint64_t hash = assay__hash(id, id_length);
    if (!is_exposure) {
        at = assay__get_count(at, &count[0]);
        assay__get_text(at, &text, &length);
        struct assay__happening happening = {
            hash, id, id_length, (uint32_t)count[0], (const unsigned char *)text, length};
        return assay__gather_happen(part, &happening, err);
    }
    struct assay__exposure exposure = {.hash = hash, .id = id, .id_length = id_length};
    at = assay__get_time(at, &exposure.first_ns);
    at = assay__get_time(at, &exposure.second_ns);
    for (int i = 0; i < 3; i++)
        at = assay__get_count(at, &count[i]);
    exposure.group = (uint32_t)count[0];
    exposure.rows = (uint32_t)count[1];
    exposure.event_rows = (uint32_t)count[2];
    exposure.differs = *at & 1;
    exposure.is_unclear = *at >> 1 & 1;
    assay__get_text(at + 1, &text, &exposure.content_length);
    exposure.content = (const unsigned char *)text;
    return assay__gather_expose(part, &exposure, err);
}

static enum assay_status visit_part(struct assay__gather *gather, uint32_t number,
                                    assay__unit_visit *visit, void *context, uint64_t *unknown,
                                    struct assay_error *err)
{
    struct assay__gather part;
    struct assay__spill_reader reader = {0};
    const unsigned char *record = NULL;
    size_t length;
    enum assay_status status =
        assay__gather_init(&part, gather->binding, &gather->limits, gather->level + 1, err);
    if (status == ASSAY_OK)
        status = assay__spill_open(gather->spill, number, &reader, err);
    while (status == ASSAY_OK) {
        status = assay__spill_next(&reader, &record, &length, err);
        if (status != ASSAY_OK || record == NULL)
            break;
        status = take_record(&part, record, err);
    }
    assay__spill_close(&reader);
    uint64_t more = 0;
    if (status == ASSAY_OK)
        status = assay__gather_visit(&part, visit, context, &more, err);
    *unknown += more;
    assay__gather_release(&part);
    return status;
}

enum assay_status assay__gather_visit(struct assay__gather *gather, assay__unit_visit *visit,
                                      void *context, uint64_t *unknown, struct assay_error *err)
{
    *unknown = gather->unknown;
    if (gather->spill == NULL)
        return assay__unit_table_visit(&gather->table, visit, context, err);
    enum assay_status status = assay__spill_flush(gather->spill, err);
    for (uint32_t p = 0; status == ASSAY_OK && p < ASSAY__SPILL_PARTS; p++)
        if (gather->spill->parts[p].bytes > 0)
            status = visit_part(gather, p, visit, context, unknown, err);
    return status;
}
