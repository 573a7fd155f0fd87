/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers for the names of groups and slices: open addressing, short names compared as words. */
#include "source/scan/scan_names.h"

#include <string.h>

#include "base/memory.h"

enum { CAPACITY_MIN = 64 };

void assay__names_release(struct assay__names *names)
{
    assay__free(names->entries);
    assay__free(names->by);
    memset(names, 0, sizeof *names);
}

static bool grow(struct assay__names *names)
{
    uint32_t capacity = names->capacity == 0 ? CAPACITY_MIN : names->capacity * 2;
    struct assay__name *entries = assay__calloc(capacity, sizeof *entries);
    if (entries == NULL)
        return false;
    for (uint32_t i = 0; i < names->capacity; i++) {
        const struct assay__name *old = &names->entries[i];
        if (old->text == NULL)
            continue;
        struct assay__name *entry =
            assay__names_place(entries, capacity, old->words, old->text, old->length);
        *entry = *old;
        if (old->number != ASSAY__NAME_CAREFUL)
            names->by[old->number] = entry;
    }
    assay__free(names->entries);
    names->entries = entries;
    names->capacity = capacity;
    return true;
}

static bool take_number(struct assay__names *names, struct assay__name *entry)
{
    if (names->next == names->by_capacity) {
        uint32_t capacity = names->by_capacity * 2 + CAPACITY_MIN;
        const struct assay__name **by = assay__realloc(names->by, capacity * sizeof *by);
        if (by == NULL)
            return false;
        names->by = by;
        names->by_capacity = capacity;
    }
    names->by[names->next] = entry;
    entry->number = names->next++;
    return true;
}

bool assay__names_add(struct assay__names *names, struct assay__arena *arena, const char *text,
                      uint32_t length, bool (*is_careful)(const char *text, uint32_t length),
                      uint32_t *number)
{
    if ((names->count + 1) * 2 > names->capacity && !grow(names))
        return false;
    uint64_t words[2];
    assay__name_words(text, length, words);
    struct assay__name *entry =
        assay__names_place(names->entries, names->capacity, words, text, length);
    struct assay__name made = {
        {words[0], words[1]}, assay__arena_copy(arena, text, length), length, ASSAY__NAME_CAREFUL};
    if (made.text == NULL)
        return false;
    *entry = made;
    if ((is_careful == NULL || !is_careful(text, length)) && !take_number(names, entry)) {
        entry->text = NULL;
        return false;
    }
    names->count++;
    *number = entry->number;
    return true;
}
