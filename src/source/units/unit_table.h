/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_UNIT_TABLE_H
#define ASSAY_SOURCE_UNITS_UNIT_TABLE_H

#include "source/units/bind.h"
#include "source/units/packed.h"

/**
 * struct assay__exposure is what one row, or several rows of a unit put together, say of it. Two of
 * a unit become one in assay__unit_table_expose(), and in whatever order that is done the outcome
 * is the same: the earliest row counts, and of rows that are equally early either it does not
 * matter which, or the unit is marked.
 */
struct assay__exposure {
    uint64_t hash; /* of the id */
    const char *id;
    size_t id_length;
    int64_t first_ns;    /* the earliest row; INT64_MIN without a time column */
    int64_t second_ns;   /* the earliest row of another group; INT64_MAX when there is none */
    uint32_t group;      /* of the earliest row */
    uint32_t rows;       /* of exposures */
    uint32_t event_rows; /* of event files */
    bool differs;        /* rows have other numbers in the columns of variables */
    bool is_unclear;     /* its earliest rows belong to other slices */
    const unsigned char *content; /* packed by assay__row_pack(): slices, then variables */
    size_t content_length;
};

/** struct assay__unit is that of a unit in the table. */
struct assay__unit {
    int64_t first_ns, second_ns;
    unsigned char *packed; /* id and content, as texts */
    uint32_t group, rows, event_rows;
    bool differs, is_unclear;
};

enum { ASSAY__UNIT_BLOCK = 1 << 16 };

/**
 * struct assay__unit_table gathers the rows of units: one entry a unit, found by hashing its id,
 * and a log of what channels gave. Units are numbered in order of appearance; entries lie in blocks
 * of 65,536, and each block has a log of its own, so that the records of a unit are found by
 * sorting a log that fits the cache. A record is the unit's number within its block in two bytes,
 * the channel, the time and the value, packed: about 11 bytes for a price with two digits.
 */
struct assay__unit_table {
    const struct assay__binding *binding;
    struct assay__unit_block **blocks;
    size_t count, block_capacity;
    struct assay__unit_slot *slots; /* none without a unit column */
    size_t slot_count;
    struct assay__byte_chunk *packed;
    struct assay__reach *reach; /* [channel_count]: times that no fold asks for are not logged */
    size_t chunk_bytes;         /* of the longest chunks */
    size_t bytes;               /* memory in use */
};

/** assay__unit_table_init() makes an empty table; release it also when this fails. */
enum assay_status assay__unit_table_init(struct assay__unit_table *table,
                                         const struct assay__binding *binding, size_t chunk_bytes,
                                         struct assay_error *err);
void assay__unit_table_release(struct assay__unit_table *table);

/** assay__unit_table_expose() takes rows of exposures in. */
enum assay_status assay__unit_table_expose(struct assay__unit_table *table,
                                           const struct assay__exposure *exposure,
                                           struct assay_error *err);

/** struct assay__happening: rows of events of a unit, and what channels made of them. */
struct assay__happening {
    uint64_t hash;
    const char *id;
    size_t id_length;
    uint32_t event_rows;          /* 0 for a row of exposures, which is counted as such */
    const unsigned char *records; /* one after the other, without the unit's number */
    size_t length;
};

/**
 * assay__unit_table_happen() takes what happened to a unit in, after its exposures. *is_known is
 * false when the unit was never exposed: then it is left out.
 */
enum assay_status assay__unit_table_happen(struct assay__unit_table *table,
                                           const struct assay__happening *happening, bool *is_known,
                                           struct assay_error *err);

/** assay__record_get() reads a record; value is as assay__record_end() leaves it. */
const unsigned char *assay__record_get(const unsigned char *at, uint32_t *channel,
                                       int64_t *time_ns);
/** assay__record_end() is the end of a channel's record whose value begins at value. */
const unsigned char *assay__record_end(const struct assay__binding *binding, uint32_t channel,
                                       const unsigned char *value);

/** struct assay__records: what was logged for a unit, in no order. */
struct assay__records {
    const unsigned char *const *at; /* [count] */
    size_t count;
};

/** assay__unit_visit is called with each unit and its records, which it may look at. */
typedef enum assay_status assay__unit_visit(void *context, const struct assay__unit *unit,
                                            struct assay__records records, struct assay_error *err);

/** assay__unit_table_visit() visits all units, in order of appearance. */
enum assay_status assay__unit_table_visit(const struct assay__unit_table *table,
                                          assay__unit_visit *visit, void *context,
                                          struct assay_error *err);

/** assay__unit_exposure() is what exposures say of a unit; the hash is found again. */
struct assay__exposure assay__unit_exposure(const struct assay__unit *unit);

#endif
