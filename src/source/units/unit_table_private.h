/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_UNIT_TABLE_PRIVATE_H
#define ASSAY_SOURCE_UNITS_UNIT_TABLE_PRIVATE_H

#include "source/units/unit_table.h"

/** What the files behind unit_table.h share. */
struct assay__byte_chunk {
    struct assay__byte_chunk *next;
    size_t used, size;
    unsigned char bytes[];
};

struct assay__unit_block {
    struct assay__byte_chunk *log;
    uint64_t units[]; /* [ASSAY__UNIT_BLOCK * rules->unit_bytes / 8] */
};

/** The number of a unit, from 1; 0 is free. The tag is half of its hash. */
struct assay__unit_slot {
    uint32_t unit, tag;
};

/** From which to which time after exposure some fold counts what a channel gives. */
struct assay__reach {
    bool has_times;
    int64_t from, to;
};

/**
 * assay__unit_reserve() is room for length bytes at the end of a list of chunks, which grow by
 * doubling up to most bytes; NULL without memory.
 */
unsigned char *assay__unit_reserve(struct assay__unit_table *table,
                                   struct assay__byte_chunk **chunks, size_t length, size_t most);

/** assay__unit_log() keeps an event of a unit in its block's log. */
enum assay_status assay__unit_log(const struct assay__unit_rules *rules,
                                  struct assay__unit_table *table, uint32_t number,
                                  const struct assay__reading *event, struct assay_error *err);

/** assay__unit_fold() adds an event to the unit's partial numbers; false when it must be kept. */
bool assay__unit_fold(const struct assay__unit_rules *rules, struct assay__unit *unit,
                      const struct assay__reading *event);

/** assay__unit_merge_partials() adds the partial numbers of another exposure of the unit. */
void assay__unit_merge_partials(const struct assay__unit_rules *rules, uint64_t *content,
                                const uint64_t *from);

#endif
