/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SCAN_SCAN_NAMES_H
#define ASSAY_SOURCE_SCAN_SCAN_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include <string.h>

#include "base/arena.h"
#include "base/hash.h"

enum { ASSAY__NAME_INLINE = ASSAY__NAME_WORDS_BYTES /* of a name kept in its entry */ };
#define ASSAY__NAME_CAREFUL UINT32_MAX /* number of a name that needs a careful look */

/**
 * struct assay__names numbers the names of one text column from 0, in order of appearance. Names of
 * up to 16 bytes are compared in two words. Zeroed memory is an empty table.
 */
struct assay__names {
    struct assay__name {
        uint64_t words[2]; /* the first bytes, zeros behind them */
        const char *text;  /* in the arena: every byte */
        uint32_t length, number;
    } * entries; /* [capacity]: text is NULL where nothing is */
    uint32_t capacity, count;
    uint32_t next;                 /* the next number */
    const struct assay__name **by; /* [number] */
    uint32_t by_capacity;
};

void assay__names_release(struct assay__names *names);

/** assay__names_add() adds a name that is not there: see assay__names_number(). */
bool assay__names_add(struct assay__names *names, struct assay__arena *arena, const char *text,
                      uint32_t length, bool (*is_careful)(const char *text, uint32_t length),
                      uint32_t *number);

/** assay__names_place() is the entry of a name, or the free one where it belongs. */
__attribute__((always_inline)) static inline struct assay__name *
assay__names_place(struct assay__name *entries, uint32_t capacity, const uint64_t words[2],
                   const char *text, uint32_t length)
{
    uint64_t seed = assay__hash_seed();
    uint64_t hash = assay__hash_fold(words[0] ^ seed ^ length, words[1] ^ ~seed);
    if (__builtin_expect(length > ASSAY__NAME_INLINE, 0))
        hash ^= assay__hash(text, length);
    for (uint32_t at = (uint32_t)hash & (capacity - 1);; at = (at + 1) & (capacity - 1)) {
        struct assay__name *entry = &entries[at];
        if (entry->text == NULL)
            return entry;
        if (entry->words[0] == words[0] && entry->words[1] == words[1] && entry->length == length &&
            (length <= ASSAY__NAME_INLINE || memcmp(entry->text, text, length) == 0))
            return entry;
    }
}

/**
 * assay__names_number() finds or adds a name; 16 bytes from text on may be
 * read whatever the length. A new name
 * for which is_careful() holds (NULL: for none) gets ASSAY__NAME_CAREFUL. False without memory.
 */
__attribute__((always_inline)) static inline bool
assay__names_number(struct assay__names *names, struct assay__arena *arena, const char *text,
                    uint32_t length, bool (*is_careful)(const char *text, uint32_t length),
                    uint32_t *number)
{
    uint64_t words[2];
    assay__name_words(text, length, words);
    if (names->capacity > 0) {
        const struct assay__name *entry =
            assay__names_place(names->entries, names->capacity, words, text, length);
        if (entry->text != NULL) {
            *number = entry->number;
            return true;
        }
    }
    return assay__names_add(names, arena, text, length, is_careful, number);
}

#endif
