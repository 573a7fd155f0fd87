/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records one after the other of which nothing needs to be said, 64 bytes at a time: a record costs
 * a third of what it costs alone. Others are left to the scanner of single records.
 */
#include <string.h>

#include "assay/dataset.h"
#include "source/csv/csv_scan.h"

#if defined(__x86_64__)
#include <emmintrin.h>

enum {
    VECTOR = 16,
    VECTORS = 4,
    WORD = VECTOR * VECTORS,
    CONTROLS = 16 /* bytes below it: line ends, NUL, tabs and the like */
};

/* Marks the bytes of vector number i. */
static inline void mark(const char *at, int i, __m128i separator, uint64_t *separators,
                        uint64_t *others)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(at + VECTOR * i));
    __m128i other = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(CONTROLS)), /* signed */
                                 _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    __m128i own = _mm_cmpeq_epi8(bytes, separator);
    *others |= (uint64_t)(uint32_t)_mm_movemask_epi8(other) << VECTOR * i;
    *separators |= (uint64_t)(uint32_t)_mm_movemask_epi8(own) << VECTOR * i;
}

/* Bit i: byte i separates, is a control, a quote or not ASCII; in *odd: all but the separators. */
static inline uint64_t stops_of(const char *at, __m128i separator, uint64_t *odd)
{
    uint64_t separators = 0, others = 0;
    mark(at, 0, separator, &separators, &others);
    mark(at, 1, separator, &separators, &others);
    mark(at, 2, separator, &separators, &others);
    mark(at, 3, separator, &separators, &others);
    *odd = others & ~separators;
    return others | separators;
}

/* Where the next record begins if one ends here; NULL: that is not clear. */
static inline const char *next_line(const char *stop, const char *end)
{
    if (*stop == '\n')
        return stop + 1;
    return *stop == '\r' && end - stop > 1 && stop[1] == '\n' ? stop + 2 : NULL;
}

/* Whether a record from start to stop whose fields are stored may be taken. */
static inline bool is_taken(const struct assay__scan_run *run, const struct assay__field *first,
                            const char *start, const char *stop)
{
    return stop > start && stop - start <= ASSAY_FIELD_BYTES_MAX &&
           (first->length != run->header.length ||
            memcmp(first->text, run->header.text, first->length) != 0);
}

size_t assay__scan_run(const struct assay__scanner *scanner, struct assay__scan_run *run)
{
    const __m128i separator = _mm_set1_epi8(scanner->separator);
    const char *at = run->at;
    struct assay__field *first = run->fields, *field = first, *last = first + run->column_count - 1;
    size_t count = 0;
    for (const char *word = at; run->end - word >= WORD; word += WORD) {
        uint64_t odd, stops = stops_of(word, separator, &odd);
        for (; stops != 0; stops &= stops - 1) {
            int bit = __builtin_ctzll(stops);
            const char *stop = word + bit;
            bool is_odd = (odd >> bit & 1) != 0;
            if (is_odd &&
                (stop < at ||
                 (scanner->bare[(unsigned char)*stop] == scanner->bare['a'] && *stop != '"')))
                continue; /* the line feed of a pair, or a control within a field */
            if (!is_odd && field == last)
                return count;
            *field = (struct assay__field){at, (uint32_t)(stop - at), false, false, false};
            at = stop + 1;
            if (!is_odd) {
                field++;
                continue;
            }
            at = next_line(stop, run->end);
            if (at == NULL || field != last || !is_taken(run, first, run->at, stop))
                return count;
            run->at = at;
            first = ++field;
            last = first + run->column_count - 1;
            if (++count == run->record_count)
                return count;
        }
    }
    return count;
}
#else
size_t assay__scan_run(const struct assay__scanner *scanner, struct assay__scan_run *run)
{
    (void)scanner, (void)run;
    return 0;
}
#endif
