/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathers the rows of units in memory: a hash table of units. */
#include "source/units/unit_table.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "source/units/unit_table_private.h"

enum { FIRST_SLOTS = 256 };
static const uint32_t LONGEST_UNITS = UINT32_MAX - 1;

static void free_chunks(struct assay__byte_chunk *chunk)
{
    while (chunk != NULL) {
        struct assay__byte_chunk *next = chunk->next;
        assay__free(chunk);
        chunk = next;
    }
}

static size_t block_count(const struct assay__unit_table *table)
{
    return (table->count + ASSAY__UNIT_BLOCK - 1) / ASSAY__UNIT_BLOCK;
}

void assay__unit_table_release(const struct assay__unit_rules *rules,
                               struct assay__unit_table *table)
{
    for (size_t b = 0; b < block_count(table); b++) {
        free_chunks(table->blocks[b].log);
        assay__unit_block_give(rules->pool, table->blocks[b].memory);
    }
    free_chunks(table->texts);
    assay__free(table->blocks);
    if (table->slots != NULL)
        assay__unit_slots_free(rules->pool, table->slots, table->slot_count);
    assay__pack_release(&table->packed);
    memset(table, 0, sizeof *table);
}

static bool has_key(const struct assay__unit *unit, const struct assay__unit_key *key)
{
    if (unit->id_length != key->length)
        return false;
    if (key->length <= ASSAY__KEY_INLINE)
        return unit->key[0] == key->words[0] && unit->key[1] == key->words[1];
    return unit->key[1] == key->hash && memcmp(assay__unit_id(unit), key->text, key->length) == 0;
}

/* The slot of a unit, or the free one where it belongs. */
static struct assay__unit_slot *slot_of(const struct assay__unit_rules *rules,
                                        const struct assay__unit_table *table,
                                        const struct assay__unit_key *key)
{
    uint32_t tag = (uint32_t)key->hash;
    size_t mask = table->slot_count - 1, place = tag & mask;
    for (; table->slots[place].unit != 0; place = (place + 1) & mask)
        if (table->slots[place].tag == tag &&
            has_key(assay__unit_at(rules, table, table->slots[place].unit - 1), key))
            break;
    return &table->slots[place];
}

void assay__unit_table_prefetch_slot(const struct assay__unit_table *table, uint64_t hash)
{
    if (table->slot_count > 0)
        __builtin_prefetch(&table->slots[(uint32_t)hash & (table->slot_count - 1)]);
}

uint32_t assay__unit_table_prefetch_unit(const struct assay__unit_rules *rules,
                                         const struct assay__unit_table *table, uint64_t hash)
{
    uint32_t tag = (uint32_t)hash;
    if (table->slot_count == 0)
        return 0;
    size_t mask = table->slot_count - 1, place = tag & mask;
    while (table->slots[place].unit != 0 && table->slots[place].tag != tag)
        place = (place + 1) & mask;
    uint32_t number = table->slots[place].unit;
    if (number != 0)
        __builtin_prefetch(assay__unit_at(rules, table, number - 1), 1);
    return number;
}

enum assay_status assay__unit_table_need(const struct assay__unit_rules *rules,
                                         struct assay__unit_table *table, size_t more,
                                         struct assay_error *err)
{
    size_t count = table->slot_count == 0 ? FIRST_SLOTS : table->slot_count;
    while ((table->count + more) * 4 > count * 3)
        count *= 2;
    if (count == table->slot_count)
        return ASSAY_OK;
    size_t mask = count - 1;
    struct assay__unit_slot *slots = assay__unit_slots_make(rules->pool, count);
    if (slots == NULL)
        return assay__fail_memory(err);
    for (size_t i = 0; i < table->slot_count; i++) {
        if (table->slots[i].unit == 0)
            continue;
        size_t place = table->slots[i].tag & mask;
        while (slots[place].unit != 0)
            place = (place + 1) & mask;
        slots[place] = table->slots[i];
    }
    table->bytes += (count - table->slot_count) * sizeof *slots;
    if (table->slots != NULL)
        assay__unit_slots_free(rules->pool, table->slots, table->slot_count);
    table->slots = slots;
    table->slot_count = count;
    return ASSAY_OK;
}

static bool need_block(const struct assay__unit_rules *rules, struct assay__unit_table *table)
{
    if (table->count % ASSAY__UNIT_BLOCK != 0)
        return true;
    size_t number = block_count(table);
    if (number == table->block_capacity) {
        size_t capacity = number * 2 + 16;
        struct assay__unit_block *blocks = assay__realloc(table->blocks, capacity * sizeof *blocks);
        if (blocks == NULL)
            return false;
        table->blocks = blocks;
        table->block_capacity = capacity;
    }
    table->blocks[number] = (struct assay__unit_block){assay__unit_block_take(rules->pool), NULL};
    return table->blocks[number].memory != NULL;
}

/* Copies what words of a content point to. */
static bool keep_long_words(const struct assay__unit_rules *rules, struct assay__unit_table *table,
                            uint64_t *content)
{
    const struct assay__binding *binding = rules->binding;
    for (uint32_t i = binding->slice_words; i < binding->content_words; i++) {
        if (assay__word_decimals(content[i]) != ASSAY__WORD_LONG)
            continue;
        const unsigned char *packed = assay__word_packed(content[i]), *end = packed;
        struct assay_decimal value;
        (void)assay__get_number(&end, &value);
        size_t length = (size_t)(end - packed);
        unsigned char *kept = assay__unit_reserve(table, &table->texts, length, rules->chunk_bytes);
        if (kept == NULL)
            return false;
        memcpy(kept, packed, length);
        content[i] = assay__word_long(kept);
    }
    return true;
}

static bool set_key(const struct assay__unit_rules *rules, struct assay__unit_table *table,
                    const struct assay__unit_key *key, struct assay__unit *unit)
{
    unit->id_length = key->length & ((UINT32_C(1) << 30) - 1);
    unit->key[0] = key->words[0];
    unit->key[1] = key->words[1];
    if (key->length <= ASSAY__KEY_INLINE)
        return true;
    unsigned char *kept =
        assay__unit_reserve(table, &table->texts, key->length, rules->chunk_bytes);
    if (kept == NULL)
        return false;
    memcpy(kept, key->text, key->length);
    unit->key[0] = (uint64_t)(uintptr_t)kept;
    unit->key[1] = key->hash;
    return true;
}

/* Adds a unit that is not there yet. Memory of a block is counted as its units come. */
static enum assay_status append(const struct assay__unit_rules *rules,
                                struct assay__unit_table *table, const struct assay__exposure *from,
                                struct assay_error *err)
{
    const struct assay__binding *binding = rules->binding;
    if (table->count >= LONGEST_UNITS)
        return assay__fail(err, ASSAY_ERROR_LIMIT, "More than %u units.", (unsigned)LONGEST_UNITS);
    if (!need_block(rules, table))
        return assay__fail_memory(err);
    struct assay__unit *unit = assay__unit_at(rules, table, table->count);
    struct assay__unit_rest *rest = assay__unit_rest_at(rules, table, table->count);
    unit->first_ns = from->first_ns;
    unit->event_rows = from->event_rows;
    unit->differs = from->differs;
    unit->is_unclear = from->is_unclear;
    memcpy(unit->partials, from->partials == NULL ? rules->empty : from->partials,
           binding->partial_count * sizeof *unit->partials);
    rest->second_ns = from->second_ns;
    rest->group = from->group;
    rest->rows = from->rows;
    memcpy(rest->content, from->content, binding->content_words * sizeof *rest->content);
    table->count++; /* from here on the block is freed with the table */
    table->bytes += rules->unit_bytes + rules->rest_bytes;
    if (!set_key(rules, table, &from->key, unit) || !keep_long_words(rules, table, rest->content))
        return assay__fail_memory(err);
    return ASSAY_OK;
}

static bool same_variables(const struct assay__binding *binding, const uint64_t *a,
                           const uint64_t *b)
{
    for (uint32_t i = 0; i < binding->variable_count; i++)
        if (!assay__word_same(a[binding->slice_words + i], b[binding->slice_words + i]))
            return false;
    return true;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static enum assay_status fail_rows(struct assay_error *err)
{
    return assay__fail(err, ASSAY_ERROR_LIMIT, "A unit has more than %u rows.", UINT32_MAX);
}

/* Puts what is known of a unit and what comes to it together; false with too many rows. */
static bool merge(const struct assay__unit_rules *rules, struct assay__unit_table *table,
                  size_t number, const struct assay__exposure *from)
{
    struct assay__unit *unit = assay__unit_at(rules, table, number);
    struct assay__unit_rest *rest = assay__unit_rest_at(rules, table, number);
    size_t slices = rules->binding->slice_words * sizeof *from->content;
    if (__builtin_add_overflow(rest->rows, from->rows, &rest->rows) ||
        __builtin_add_overflow(unit->event_rows, from->event_rows, &unit->event_rows))
        return false;
    unit->differs = unit->differs || from->differs ||
                    !same_variables(rules->binding, rest->content, from->content);
    if (from->partials != NULL)
        assay__unit_merge_partials(rules, unit->partials, from->partials);
    bool same_slices = slices == 0 || memcmp(rest->content, from->content, slices) == 0;
    bool is_earlier = from->first_ns < unit->first_ns;
    if (rest->group == from->group)
        rest->second_ns = earlier(rest->second_ns, from->second_ns);
    else if (is_earlier)
        rest->second_ns = earlier(from->second_ns, unit->first_ns);
    else
        rest->second_ns = earlier(rest->second_ns, from->first_ns);
    if (from->first_ns == unit->first_ns)
        unit->is_unclear = unit->is_unclear || from->is_unclear || !same_slices;
    if (!is_earlier)
        return true;
    unit->is_unclear = from->is_unclear;
    unit->first_ns = from->first_ns;
    rest->group = from->group;
    memcpy(rest->content, from->content, slices);
    return true;
}

enum assay_status assay__unit_table_expose(const struct assay__unit_rules *rules,
                                           struct assay__unit_table *table,
                                           const struct assay__exposure *exposure,
                                           struct assay_error *err)
{
    if (rules->binding->sources[0].unit == ASSAY__UNBOUND)
        return append(rules, table, exposure, err);
    struct assay__unit_slot *slot = slot_of(rules, table, &exposure->key);
    if (slot->unit != 0)
        return merge(rules, table, slot->unit - 1, exposure) ? ASSAY_OK : fail_rows(err);
    enum assay_status status = append(rules, table, exposure, err);
    if (status == ASSAY_OK)
        *slot = (struct assay__unit_slot){(uint32_t)table->count, (uint32_t)exposure->key.hash};
    return status;
}

/* Whether some fold may count a record of this time: a unit's first exposure is known by then. */
static bool is_wanted(const struct assay__reach *reach, int64_t first_ns, int64_t time_ns)
{
    return !reach->has_times ||
           assay__is_between(assay__time_after(first_ns, time_ns), reach->from, reach->to);
}

enum assay_status assay__unit_table_happen(const struct assay__unit_rules *rules,
                                           struct assay__unit_table *table, uint32_t hint,
                                           const struct assay__happening *happening, bool *is_known,
                                           struct assay_error *err)
{
    struct assay__unit *unit = NULL;
    *is_known = hint != 0;
    if (hint == 0)
        return ASSAY_OK;
    unit = assay__unit_at(rules, table, hint - 1);
    if (!has_key(unit, &happening->key)) { /* another one of the same tag */
        hint = slot_of(rules, table, &happening->key)->unit;
        *is_known = hint != 0;
        if (hint == 0)
            return ASSAY_OK;
        unit = assay__unit_at(rules, table, hint - 1);
    }
    if (__builtin_add_overflow(unit->event_rows, happening->event_rows, &unit->event_rows))
        return fail_rows(err);
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < happening->count; i++) {
        const struct assay__reading *event = &happening->events[i];
        if (!assay__unit_fold(rules, unit, event) &&
            is_wanted(&rules->reach[event->channel], unit->first_ns, event->time_ns))
            status = assay__unit_log(rules, table, hint - 1, event, err);
    }
    return status;
}
