/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_SPELLING_H
#define ASSAY_SOURCE_UNITS_SPELLING_H

#include <string.h>

#include "source/rows.h"

/**
 * How the cells of a column are written, which is asked of the column as a whole: words for yes and
 * no are of one kind (1 and 0, true, yes; t and f; Y and N; ...), and points may be marks of
 * thousands. Where each kind of word stands first is known, so that the first cell of a second kind
 * is found whatever the order the records are read in.
 */
enum { ASSAY__WORD_KINDS = 8 }; /* kind k is bit k of assay__dialect_choice()'s words */

/** In points: a point has three digits behind it somewhere, or another number of them. */
enum { ASSAY__POINTS_THREE = 1, ASSAY__POINTS_OTHER = 2 };

/** assay__cell_points() is the bit for a number's decimals as they are written; 0 for none. */
static inline uint32_t assay__cell_points(const struct assay__field *cell)
{
    const char *point = memchr(cell->text, '.', cell->length);
    const char *at = point == NULL ? NULL : point + 1;
    while (at != NULL && at < cell->text + cell->length && *at >= '0' && *at <= '9')
        at++;
    return at == NULL || at - point == 1 ? 0
           : at - point == 4             ? ASSAY__POINTS_THREE
                                         : ASSAY__POINTS_OTHER;
}

/** struct assay__place is where a cell stands in the file at hand. */
struct assay__place {
    uint64_t chunk; /* line counts from the first one of chunk number chunk - 1; 0: of the file */
    uint64_t line;  /* where the record begins */
    uint64_t below; /* line ends between that and the cell */
};

/** struct assay__column_words: the cells of one variable or channel. */
struct assay__column_words {
    uint32_t earlier; /* kinds of words in files before, as bits */
    uint32_t kinds;   /* and in the file at hand: their first places */
    uint32_t points;
    struct assay__place first[ASSAY__WORD_KINDS];
};

/** struct assay__spellings: of the variables, then of the channels. */
struct assay__spellings {
    struct assay__column_words *of;
    uint32_t count;
    bool is_mixed; /* some column has words of two kinds */
};

/** struct assay__mixed_words: the first cell that is of another kind than those before it. */
struct assay__mixed_words {
    uint32_t number; /* variable or channel */
    uint32_t kinds;  /* as bits: its own and the one before */
    struct assay__place place;
};

/** assay__spellings_init() is false without memory; release it also then. */
bool assay__spellings_init(struct assay__spellings *spellings, uint32_t count);
void assay__spellings_release(struct assay__spellings *spellings);

/** assay__spellings_begin() makes ready for the next file. */
void assay__spellings_begin(struct assay__spellings *spellings);

/** assay__spelling_is_news(): no word of this kind stands before the place, as far as is known. */
static inline bool assay__spelling_is_news(const struct assay__column_words *spelling,
                                           uint32_t kind, const struct assay__place *place)
{
    const struct assay__place *first = &spelling->first[kind];
    return (spelling->kinds >> kind & 1) == 0 || place->chunk < first->chunk ||
           (place->chunk == first->chunk && place->line < first->line);
}

/** assay__spellings_note() notes a word's kind and place, if they are news. */
void assay__spellings_note(struct assay__spellings *spellings, uint32_t number, uint32_t kind,
                           const struct assay__place *place);

/**
 * assay__spellings_settle() makes the lines of chunks lines of the file; of later chunks than count
 * nothing is known any more.
 *
 * @starts  [count]: the line at which each chunk begins
 */
void assay__spellings_settle(struct assay__spellings *spellings, const uint64_t *starts,
                             size_t count);

/**
 * assay__spellings_find() is false when every column has words of one kind. Else it finds the first
 * cell of the file at hand that has not: of one record the variable or channel of lowest number.
 */
bool assay__spellings_find(const struct assay__spellings *spellings,
                           struct assay__mixed_words *mixed);

#endif
