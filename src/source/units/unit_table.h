/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_UNIT_TABLE_H
#define ASSAY_SOURCE_UNITS_UNIT_TABLE_H

#include "base/halt.h"
#include "base/room.h"
#include "source/units/record.h"
#include "source/units/unit_key.h"

/**
 * struct assay__exposure is what one row, or several rows of a unit put together, say of it. Two of
 * a unit become one in assay__unit_table_expose(), and in whatever order that is done the outcome
 * is the same: the earliest row counts, and of rows that are equally early either it does not
 * matter which, or the unit is marked.
 */
struct assay__exposure {
    struct assay__unit_key key;
    int64_t first_ns;         /* the earliest row; INT64_MIN without a time column */
    int64_t second_ns;        /* the earliest row of another group; INT64_MAX: there is none */
    const uint64_t *content;  /* [binding->content_words]: see bind.h; borrowed */
    const uint64_t *partials; /* [binding->partial_count], borrowed; NULL: no event came yet */
    uint32_t group;           /* of the earliest row */
    uint32_t rows;            /* of exposures */
    uint32_t event_rows;      /* of event files */
    bool differs;             /* rows have other numbers in the columns of variables */
    bool is_unclear;          /* its earliest rows belong to other slices */
};

/** Units of a block. Each part of a gather has one at least, and a unit may have a kilobyte. */
enum { ASSAY__UNIT_BLOCK = ASSAY__ROOM(1 << 8, 1 << 3) };

/**
 * struct assay__unit_rules: what is done with events, the same for all tables. Folds by channel:
 * those of channel c are steps[begin[c]] to steps[begin[c + 1]].
 */
struct assay__unit_rules {
    const struct assay__binding *binding;
    struct assay__reach *reach; /* [channel_count]: times that no fold asks for are not kept */
    struct assay__fold_step *steps;
    uint32_t *begin;
    uint64_t *empty;               /* [binding->partial_count]: of a unit without events */
    struct assay__unit_pool *pool; /* of the memory of all tables */
    size_t unit_bytes, rest_bytes; /* of a unit: what events touch, and the rest */
    size_t chunk_bytes;            /* of the longest chunks of a log */
    struct assay__halt *halt;      /* asked while units are visited; NULL: nobody ends that */
};

/** assay__unit_rules_init() finds them; release them also when this fails. */
enum assay_status assay__unit_rules_init(struct assay__unit_rules *rules,
                                         const struct assay__binding *binding, size_t chunk_bytes,
                                         struct assay_error *err);
void assay__unit_rules_release(struct assay__unit_rules *rules);

/**
 * struct assay__unit_table gathers the rows of units: one entry a unit, found by hashing its id.
 * What events give goes into its partial numbers; where it can't, into a log. Units are numbered in
 * order of appearance; entries lie in blocks of 256, and each block has a log of its own, so that
 * the records of a unit are found by sorting a log that fits the cache. A record is the unit's
 * number within its block in two bytes, then as record.h packs it: about 11 bytes for a price with
 * two digits. Zero-initialise it.
 *
 * A table is larger than any cache: each row waits for its slot, then for its unit. Callers
 * take many rows in at once and prefetch both: first _prefetch_slot() for all, then
 * _prefetch_unit() for all, which says where the unit seems to be, then _expose() or _happen().
 */
struct assay__unit_table {
    struct assay__unit_block *blocks;
    size_t count, block_capacity;
    struct assay__unit_slot *slots; /* none without a unit column */
    size_t slot_count;
    struct assay__byte_chunk *texts; /* long ids and long numbers */
    struct assay__pack packed;
    size_t bytes; /* memory in use */
};

void assay__unit_table_release(const struct assay__unit_rules *rules,
                               struct assay__unit_table *table);

/** assay__unit_table_need() makes room for the slots of more units. */
enum assay_status assay__unit_table_need(const struct assay__unit_rules *rules,
                                         struct assay__unit_table *table, size_t count,
                                         struct assay_error *err);

/** assay__unit_table_prefetch_slot() begins to load the slot of a key. */
void assay__unit_table_prefetch_slot(const struct assay__unit_table *table, uint64_t hash);

/**
 * assay__unit_table_prefetch_unit() begins to load the unit of a key, and returns its number
 * counted from 1: a hint, which may be another's. 0: the table has no such unit.
 */
uint32_t assay__unit_table_prefetch_unit(const struct assay__unit_rules *rules,
                                         const struct assay__unit_table *table, uint64_t hash);

/** assay__unit_table_expose() takes rows of exposures in; room was made before. */
enum assay_status assay__unit_table_expose(const struct assay__unit_rules *rules,
                                           struct assay__unit_table *table,
                                           const struct assay__exposure *exposure,
                                           struct assay_error *err);

/** struct assay__happening: rows of events of a unit, and what they gave to channels. */
struct assay__happening {
    struct assay__unit_key key;
    const struct assay__reading *events; /* [count]; borrowed */
    uint32_t count;
    uint32_t event_rows; /* 0 for a row of exposures, which is counted as such */
};

/**
 * assay__unit_table_happen() takes what happened to a unit in, after its exposures. *is_known is
 * false when the unit was never exposed: then it is left out.
 *
 * @hint  of _prefetch_unit(), after which no unit came
 */
enum assay_status assay__unit_table_happen(const struct assay__unit_rules *rules,
                                           struct assay__unit_table *table, uint32_t hint,
                                           const struct assay__happening *happening, bool *is_known,
                                           struct assay_error *err);

/** struct assay__records: what was logged for a unit, packed, in no order. */
struct assay__records {
    const unsigned char *const *at; /* [count] */
    size_t count;
};

/**
 * assay__unit_visit is called with each unit and its records, which it may look at. The unit's key
 * has no hash.
 */
typedef enum assay_status assay__unit_visit(void *context, const struct assay__exposure *unit,
                                            struct assay__records records, struct assay_error *err);

/** assay__unit_table_visit() visits all units, in order of appearance. */
enum assay_status assay__unit_table_visit(const struct assay__unit_rules *rules,
                                          const struct assay__unit_table *table,
                                          assay__unit_visit *visit, void *context,
                                          struct assay_error *err);

#endif
