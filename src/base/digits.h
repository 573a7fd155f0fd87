/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_DIGITS_H
#define ASSAY_BASE_DIGITS_H

#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/** Decimal digits of whole numbers, eight or two at a time; nothing is terminated by a NUL. */
enum {
    ASSAY__DIGITS_U64 = 20,  /* digits of the largest number of 64 bits */
    ASSAY__DIGITS_ROOM = 24, /* what assay__digits_put() may write over */
    ASSAY__DIGITS_BLOCK = 100000000
};

/** assay__digit_pairs: "00" to "99". */
extern const char assay__digit_pairs[201];

/** assay__digits_pair() writes the two digits of a number below 100; returns their end. */
static inline char *assay__digits_pair(unsigned value, char *out)
{
    memcpy(out, assay__digit_pairs + 2 * value, 2);
    return out + 2;
}

/**
 * assay__digits_word() is the eight digits of a number below 10^8, each in a byte, the first in the
 * lowest. Quotients by constants of all parts at once: four digits in 32 bits, two in 16.
 */
static inline uint64_t assay__digits_word(uint32_t value)
{
    uint64_t fours = ((uint64_t)value << 32) - value / 10000 * ((UINT64_C(10000) << 32) - 1);
    uint64_t highs = (fours * 10486) >> 20 & UINT64_C(0x0000007F0000007F); /* by 100 */
    uint64_t pairs = (fours << 16) - highs * ((100 << 16) - 1);
    uint64_t tens = (pairs * 103) >> 10 & UINT64_C(0x000F000F000F000F); /* by 10 */
    return (pairs << 8) - tens * ((10 << 8) - 1);
}

/**
 * struct assay__sixteen: sixteen digits, the first eight in one word; where the first digit that is
 * not 0 is, and where the last one ends, both from 0 to 16. All are 0: 16 and 0.
 */
struct assay__sixteen {
    uint64_t first, second;
    int start, end;
};

/** assay__digits_sixteen() is the digits of two numbers below 10^8, one behind the other. */
static inline struct assay__sixteen assay__digits_sixteen(uint32_t high, uint32_t low)
{
#ifdef __SSE2__
    /* The quotients of assay__digits_word(), of both numbers at once. */
    __m128i both = _mm_unpacklo_epi64(_mm_cvtsi32_si128((int)high), _mm_cvtsi32_si128((int)low));
    __m128i fours = _mm_srli_epi64(_mm_mul_epu32(both, _mm_set1_epi64x(0xD1B71759)), 45);
    __m128i rest = _mm_sub_epi32(both, _mm_mul_epu32(fours, _mm_set1_epi64x(10000)));
    fours = _mm_or_si128(fours, _mm_slli_epi64(rest, 32));
    __m128i pairs = _mm_srli_epi16(_mm_mulhi_epu16(fours, _mm_set1_epi16(5243)), 3);
    rest = _mm_sub_epi16(fours, _mm_mullo_epi16(pairs, _mm_set1_epi16(100)));
    pairs = _mm_or_si128(pairs, _mm_slli_epi32(rest, 16));
    __m128i digits = _mm_mulhi_epu16(pairs, _mm_set1_epi16(6554));
    rest = _mm_sub_epi16(pairs, _mm_mullo_epi16(digits, _mm_set1_epi16(10)));
    digits = _mm_or_si128(digits, _mm_slli_epi16(rest, 8));
    int is_zero = _mm_movemask_epi8(_mm_cmpeq_epi8(digits, _mm_setzero_si128()));
    unsigned others = (unsigned)is_zero ^ 0xFFFF;
    return (struct assay__sixteen){(uint64_t)_mm_cvtsi128_si64(digits),
                                   (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(digits, digits)),
                                   __builtin_ctz(others | 0x10000),
                                   32 - __builtin_clz(others << 1 | 1) - 1};
#else
    uint64_t first = assay__digits_word(high), second = assay__digits_word(low);
    struct assay__sixteen out = {first, second, 16, 0};
    if (first != 0)
        out.start = __builtin_ctzll(first) / 8;
    else if (second != 0)
        out.start = 8 + __builtin_ctzll(second) / 8;
    if (second != 0)
        out.end = 16 - __builtin_clzll(second) / 8;
    else if (first != 0)
        out.end = 8 - __builtin_clzll(first) / 8;
    return out;
#endif
}

/** assay__digits_word_put() writes digits of a word as text: all eight bytes are written over. */
static inline void assay__digits_word_put(uint64_t word, char *out)
{
    word |= UINT64_C(0x3030303030303030);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(out, &word, sizeof word);
}

/** assay__digits_eight() writes the eight digits of a number below 10^8; returns their end. */
static inline char *assay__digits_eight(uint32_t value, char *out)
{
    assay__digits_word_put(assay__digits_word(value), out);
    return out + 8;
}

/** assay__digits_before() writes a number's digits so that they end at end; returns their start. */
static inline char *assay__digits_before(uint64_t value, char *end)
{
    for (; value >= 100; value /= 100) {
        end -= 2;
        memcpy(end, assay__digit_pairs + 2 * (value % 100), 2);
    }
    if (value < 10) {
        *--end = (char)('0' + value);
        return end;
    }
    end -= 2;
    memcpy(end, assay__digit_pairs + 2 * value, 2);
    return end;
}

/** assay__digits_write() writes a number's digits; returns their end. */
static inline char *assay__digits_write(uint64_t value, char *out)
{
    char digits[ASSAY__DIGITS_U64], *end = digits + sizeof digits;
    char *start = assay__digits_before(value, end);
    memcpy(out, start, (size_t)(end - start));
    return out + (end - start);
}

/**
 * assay__digits_put() is assay__digits_write() to where there is room for ASSAY__DIGITS_ROOM bytes.
 */
static inline char *assay__digits_put(uint64_t value, char *out)
{
    if (value >= ASSAY__DIGITS_BLOCK)
        return assay__digits_write(value, out);
    uint64_t word = assay__digits_word((uint32_t)value);
    int zeros = __builtin_ctzll(word | UINT64_C(1) << 56) / 8; /* before it; 0 has one digit */
    assay__digits_word_put(word >> 8 * zeros, out);
    return out + 8 - zeros;
}

#endif
