/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rows gave to channels, kept by blocks of units, and the visit of units with their records.
 */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "source/units/unit_table_private.h"

enum assay_status assay__unit_log(const struct assay__unit_rules *rules,
                                  struct assay__unit_table *table, uint32_t number,
                                  const struct assay__reading *event, struct assay_error *err)
{
    struct assay__unit_block *block = &table->blocks[number / ASSAY__UNIT_BLOCK];
    table->packed.length = 0;
    if (!assay__record_put(rules->binding, event, &table->packed))
        return assay__fail_memory(err);
    unsigned char *logged =
        assay__unit_reserve(table, &block->log, 2 + table->packed.length, rules->chunk_bytes);
    if (logged == NULL)
        return assay__fail_memory(err);
    uint16_t low = (uint16_t)(number % ASSAY__UNIT_BLOCK);
    memcpy(logged, &low, sizeof low);
    memcpy(logged + 2, table->packed.bytes, table->packed.length);
    return ASSAY_OK;
}

/* One block's records by unit: those of unit u are at[begin[u]] to at[begin[u + 1]]. */
struct sorted_log {
    const unsigned char **at;
    size_t *begin;
};

/* Counts or places the records of a log; place is NULL while counting. */
static void walk_log(const struct assay__binding *binding, const struct assay__byte_chunk *log,
                     size_t *counts, const unsigned char **place)
{
    for (; log != NULL; log = log->next) {
        const unsigned char *at = log->bytes, *end = at + log->used;
        while (at < end) {
            uint16_t low;
            struct assay__reading event;
            memcpy(&low, at, sizeof low);
            if (place != NULL)
                place[counts[low]] = at + 2;
            counts[low]++;
            at = assay__record_get(binding, at + 2, &event);
        }
    }
}

/* Sorts by counting: after the second walk each count has become the end of its unit's records. */
static enum assay_status sort_log(const struct assay__binding *binding,
                                  const struct assay__unit_block *block, struct sorted_log *sorted,
                                  struct assay_error *err)
{
    memset(sorted->begin, 0, (ASSAY__UNIT_BLOCK + 1) * sizeof *sorted->begin);
    size_t *counts = sorted->begin + 1, sum = 0;
    walk_log(binding, block->log, counts, NULL);
    for (size_t i = 0; i < ASSAY__UNIT_BLOCK; i++) {
        size_t count = counts[i];
        counts[i] = sum;
        sum += count;
    }
    assay__free(sorted->at);
    sorted->at = assay__malloc((sum + 1) * sizeof *sorted->at);
    if (sorted->at == NULL)
        return assay__fail_memory(err);
    walk_log(binding, block->log, counts, sorted->at);
    return ASSAY_OK;
}

/* What is known of a unit; its content and partial numbers are borrowed. */
static struct assay__exposure exposure_at(const struct assay__unit_rules *rules,
                                          const struct assay__unit_table *table, size_t number)
{
    const struct assay__unit *unit = assay__unit_at(rules, table, number);
    const struct assay__unit_rest *rest = assay__unit_rest_at(rules, table, number);
    return (struct assay__exposure){
        .key = {.words = {unit->key[0], unit->key[1]},
                .text = assay__unit_id(unit),
                .length = unit->id_length},
        .first_ns = unit->first_ns,
        .second_ns = rest->second_ns,
        .content = rest->content,
        .partials = unit->partials,
        .group = rest->group,
        .rows = rest->rows,
        .event_rows = unit->event_rows,
        .differs = unit->differs,
        .is_unclear = unit->is_unclear,
    };
}

static struct assay__records records_of(const struct sorted_log *sorted, size_t low)
{
    size_t begin = sorted->begin[low];
    return (struct assay__records){sorted->at + begin, sorted->begin[low + 1] - begin};
}

enum assay_status assay__unit_table_visit(const struct assay__unit_rules *rules,
                                          const struct assay__unit_table *table,
                                          assay__unit_visit *visit, void *context,
                                          struct assay_error *err)
{
    struct sorted_log sorted = {NULL,
                                assay__malloc((ASSAY__UNIT_BLOCK + 1) * sizeof *sorted.begin)};
    enum assay_status status = sorted.begin == NULL ? assay__fail_memory(err) : ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < table->count; i++) {
        const struct assay__unit_block *block = &table->blocks[i / ASSAY__UNIT_BLOCK];
        size_t low = i % ASSAY__UNIT_BLOCK;
        bool has_log = block->log != NULL;
        if (low == 0)
            status = assay__halt_check(rules->halt, err);
        if (low == 0 && has_log && status == ASSAY_OK)
            status = sort_log(rules->binding, block, &sorted, err);
        if (status != ASSAY_OK)
            break;
        struct assay__exposure unit = exposure_at(rules, table, i);
        status = visit(context, &unit,
                       has_log ? records_of(&sorted, low) : (struct assay__records){NULL, 0}, err);
    }
    assay__free(sorted.at);
    assay__free(sorted.begin);
    return status;
}
