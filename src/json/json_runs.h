/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_JSON_JSON_RUNS_H
#define ASSAY_JSON_JSON_RUNS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/*
 * Runs of bytes that need no care, which is most of a document: 16 at a time where there is SSE2
 * (every x86-64), then 8 at a time, then one by one. Nothing is read at or beyond end, and what is
 * found is the same on every machine.
 */

/* Byte b in each of the 8 bytes of a word. */
#define ASSAY__JSON_EACH(b) (UINT64_C(0x0101010101010101) * (b))

/** assay__json_ends_text() is true for '"', '\\' and control characters: plain text has none. */
static inline int assay__json_ends_text(char c)
{
    return c == '"' || c == '\\' || (unsigned char)c < 0x20;
}

/* Whether any byte of a word ends plain text. A byte below n borrows from its high bit when n is
 * taken off, and bytes with a high bit are masked; so does a byte that is 0 after the exclusive or
 * when 1 is. A borrow may spoil the byte above, but then the answer is true already. */
static inline int assay__json_word_ends_text(uint64_t word)
{
    uint64_t quote = word ^ ASSAY__JSON_EACH('"');
    uint64_t backslash = word ^ ASSAY__JSON_EACH('\\');
    uint64_t found = ((word - ASSAY__JSON_EACH(0x20)) & ~word) |
                     ((quote - ASSAY__JSON_EACH(1)) & ~quote) |
                     ((backslash - ASSAY__JSON_EACH(1)) & ~backslash);
    return (found & ASSAY__JSON_EACH(0x80)) != 0;
}

/** assay__json_text_end() is the first byte that ends plain text, or end. */
static inline const char *assay__json_text_end(const char *at, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    const __m128i control = _mm_set1_epi8(0x1F);
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i found = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
            _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
        unsigned mask = (unsigned)_mm_movemask_epi8(found);
        if (mask != 0)
            return at + __builtin_ctz(mask);
    }
#endif
    for (uint64_t word; end - at >= 8; at += 8) {
        memcpy(&word, at, sizeof word);
        if (assay__json_word_ends_text(word))
            break;
    }
    while (at < end && !assay__json_ends_text(*at))
        at++;
    return at;
}

#ifdef __SSE2__
/* A bit for each byte that ends plain text or is not ASCII. */
static inline unsigned assay__json_special_bytes(__m128i bytes)
{
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    const __m128i blank = _mm_set1_epi8(0x20);
    __m128i found =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                     _mm_cmplt_epi8(bytes, blank)); /* signed: what is not ASCII is below 0 */
    return (unsigned)_mm_movemask_epi8(found);
}
#endif

/** assay__json_ascii_text_end() is the first byte that ends plain text or is not ASCII, or end. */
static inline const char *assay__json_ascii_text_end(const char *at, const char *end)
{
#ifdef __SSE2__
    for (; end - at >= 16; at += 16) {
        unsigned mask =
            assay__json_special_bytes(_mm_loadu_si128((const __m128i *)(const void *)at));
        if (mask != 0)
            return at + __builtin_ctz(mask);
    }
#endif
    for (uint64_t word; end - at >= 8; at += 8) {
        memcpy(&word, at, sizeof word);
        if ((word & ASSAY__JSON_EACH(0x80)) != 0 || assay__json_word_ends_text(word))
            break;
    }
    while (at < end && !assay__json_ends_text(*at) && (unsigned char)*at < 0x80)
        at++;
    return at;
}

/** assay__json_is_plain() is true for plain text that is ASCII. */
static inline bool assay__json_is_plain(const char *bytes, size_t length)
{
#ifdef __SSE2__
    /* Short texts as their first and last bytes, which overlap. */
    if (length - 8 <= 8) {
        __m128i first = _mm_loadl_epi64((const __m128i *)(const void *)bytes);
        __m128i last = _mm_loadl_epi64((const __m128i *)(const void *)(bytes + length - 8));
        return assay__json_special_bytes(_mm_unpacklo_epi64(first, last)) == 0;
    }
    if (length - 4 < 4) {
        int first, last;
        memcpy(&first, bytes, sizeof first);
        memcpy(&last, bytes + length - 4, sizeof last);
        __m128i both = _mm_unpacklo_epi32(_mm_cvtsi32_si128(first), _mm_cvtsi32_si128(last));
        return (assay__json_special_bytes(both) & 0xFF) == 0;
    }
#endif
    return assay__json_ascii_text_end(bytes, bytes + length) == bytes + length;
}

/** assay__json_digits_end() is the first byte that is not a decimal digit, or end. */
static inline const char *assay__json_digits_end(const char *at, const char *end)
{
    for (uint64_t word; end - at >= 8; at += 8) {
        memcpy(&word, at, sizeof word);
        uint64_t high = word & ASSAY__JSON_EACH(0xF0);
        uint64_t above = (word + ASSAY__JSON_EACH(6)) & ASSAY__JSON_EACH(0xF0);
        if (high != ASSAY__JSON_EACH('0') || above != ASSAY__JSON_EACH('0'))
            break;
    }
    while (at < end && (unsigned char)(*at - '0') < 10)
        at++;
    return at;
}

/** assay__json_blanks_end() is the first byte other than a blank ' ', or end. */
static inline const char *assay__json_blanks_end(const char *at, const char *end)
{
    for (uint64_t word; end - at >= 8; at += 8) {
        memcpy(&word, at, sizeof word);
        if (word != ASSAY__JSON_EACH(' '))
            break;
    }
    while (at < end && *at == ' ')
        at++;
    return at;
}

/** assay__json_count_characters() counts the bytes that do not continue a UTF-8 sequence. */
static inline uint32_t assay__json_count_characters(const char *at, const char *end)
{
    uint32_t count = 0;
    for (uint64_t word; end - at >= 8; at += 8) {
        memcpy(&word, at, sizeof word);
        uint64_t continues = (word & ~(word << 1)) >> 7 & ASSAY__JSON_EACH(1); /* 10xxxxxx */
        count += 8 - (uint32_t)((continues * ASSAY__JSON_EACH(1)) >> 56);
    }
    for (; at < end; at++)
        count += ((unsigned char)*at & 0xC0) != 0x80;
    return count;
}

#endif
