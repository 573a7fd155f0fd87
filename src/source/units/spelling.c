/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which kinds of words for yes and no each column has, and where a second kind begins. */
#include "source/units/spelling.h"

#include "base/memory.h"

bool assay__spellings_init(struct assay__spellings *spellings, uint32_t count)
{
    *spellings = (struct assay__spellings){.count = count};
    spellings->of = assay__calloc((size_t)count + 1, sizeof *spellings->of);
    return spellings->of != NULL;
}

void assay__spellings_release(struct assay__spellings *spellings)
{
    assay__free(spellings->of);
    *spellings = (struct assay__spellings){0};
}

void assay__spellings_begin(struct assay__spellings *spellings)
{
    for (uint32_t i = 0; i < spellings->count; i++) {
        spellings->of[i].earlier |= spellings->of[i].kinds;
        spellings->of[i].kinds = 0;
    }
}

void assay__spellings_note(struct assay__spellings *spellings, uint32_t number, uint32_t kind,
                           const struct assay__place *place)
{
    struct assay__column_words *spelling = &spellings->of[number];
    if (!assay__spelling_is_news(spelling, kind, place))
        return;
    spelling->kinds |= UINT32_C(1) << kind;
    spelling->first[kind] = *place;
    uint32_t all = spelling->kinds | spelling->earlier;
    spellings->is_mixed = spellings->is_mixed || (all & (all - 1)) != 0;
}

void assay__spellings_settle(struct assay__spellings *spellings, const uint64_t *starts,
                             size_t count)
{
    for (uint32_t i = 0; i < spellings->count; i++) {
        struct assay__column_words *spelling = &spellings->of[i];
        for (uint32_t kind = 0; kind < ASSAY__WORD_KINDS; kind++) {
            struct assay__place *first = &spelling->first[kind];
            if ((spelling->kinds >> kind & 1) == 0 || first->chunk == 0)
                continue;
            if (first->chunk > count) {
                spelling->kinds &= ~(UINT32_C(1) << kind);
                continue;
            }
            first->line += starts[first->chunk - 1] - 1;
            first->chunk = 0;
        }
    }
}

/* The first line of a kind: 0 in files before, UINT64_MAX nowhere. */
static uint64_t line_of(const struct assay__column_words *spelling, uint32_t kind)
{
    if (spelling->earlier >> kind & 1)
        return 0;
    return spelling->kinds >> kind & 1 ? spelling->first[kind].line : UINT64_MAX;
}

/* Where a column has its second kind of word; false when it has one kind, or none. */
static bool find_second(const struct assay__column_words *spelling,
                        struct assay__mixed_words *mixed)
{
    uint64_t lines[2] = {UINT64_MAX, UINT64_MAX};
    uint32_t kinds[2] = {0, 0};
    for (uint32_t kind = 0; kind < ASSAY__WORD_KINDS; kind++) {
        uint64_t line = line_of(spelling, kind);
        if (line >= lines[1])
            continue;
        bool is_first = line < lines[0];
        if (is_first) {
            lines[1] = lines[0];
            kinds[1] = kinds[0];
        }
        lines[!is_first] = line;
        kinds[!is_first] = kind;
    }
    mixed->kinds = UINT32_C(1) << kinds[0] | UINT32_C(1) << kinds[1];
    mixed->place = spelling->first[kinds[1]];
    return lines[1] != UINT64_MAX;
}

bool assay__spellings_find(const struct assay__spellings *spellings,
                           struct assay__mixed_words *mixed)
{
    bool is_found = false;
    for (uint32_t i = 0; i < spellings->count; i++) {
        struct assay__mixed_words other = {.number = i};
        if (!find_second(&spellings->of[i], &other))
            continue;
        if (!is_found || other.place.line < mixed->place.line)
            *mixed = other;
        is_found = true;
    }
    return is_found;
}
