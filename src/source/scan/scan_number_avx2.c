/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers of a column, two in one register. The 16 bytes that end with a number are loaded whatever
 * stands before it; one shuffle, chosen by the place of the point and the count of digits, closes
 * the gap of the point and clears what is not a digit of the number. Three multiply-and-add steps
 * turn 16 digits into two halves of eight.
 */
#include "source/scan/scan_number.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#define INLINE TARGET __attribute__((always_inline)) static inline

/*
 * SHUFFLE[point][length]: point is the lane of the point, 16 without one. Lanes behind the point
 * stay, the others take the byte before theirs; lanes before the number are cleared. A lone point
 * keeps itself, which is not a digit. Made by the compiler from these macros.
 */
#define CLEAR ((char)0x80)
#define LANE(point, length, j)                                                                     \
    ((point) == 15 && (length) == 1          ? (char)(j)                                           \
     : (j) < 16 - (length) + ((point) != 16) ? CLEAR                                               \
     : (j) > (point) || (point) == 16        ? (char)(j)                                           \
                                             : (char)((j)-1))
#define ROW(p, d)                                                                                  \
    {                                                                                              \
        LANE(p, d, 0), LANE(p, d, 1), LANE(p, d, 2), LANE(p, d, 3), LANE(p, d, 4), LANE(p, d, 5),  \
            LANE(p, d, 6), LANE(p, d, 7), LANE(p, d, 8), LANE(p, d, 9), LANE(p, d, 10),            \
            LANE(p, d, 11), LANE(p, d, 12), LANE(p, d, 13), LANE(p, d, 14), LANE(p, d, 15)         \
    }
#define ROWS(p)                                                                                    \
    {                                                                                              \
        ROW(p, 0), ROW(p, 1), ROW(p, 2), ROW(p, 3), ROW(p, 4), ROW(p, 5), ROW(p, 6), ROW(p, 7),    \
            ROW(p, 8), ROW(p, 9), ROW(p, 10), ROW(p, 11), ROW(p, 12), ROW(p, 13), ROW(p, 14),      \
            ROW(p, 15), ROW(p, 16)                                                                 \
    }

static const char SHUFFLE[17][32][16] __attribute__((aligned(16))) = {
    ROWS(0), ROWS(1),  ROWS(2),  ROWS(3),  ROWS(4),  ROWS(5),  ROWS(6),  ROWS(7), ROWS(8),
    ROWS(9), ROWS(10), ROWS(11), ROWS(12), ROWS(13), ROWS(14), ROWS(15), ROWS(16)};

/* Digits behind a point in each lane, or behind none. */
static const uint8_t DECIMALS[17] = {15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0};

/* What the numbers of a column have together. */
struct sums {
    uint64_t value_bits;
    uint32_t decimals_or, decimals_and;
};

INLINE __m256i join(__m128i low, __m128i high)
{
    return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}

INLINE __m128i load(const char *bytes)
{
    return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

/* The lane of the first point of a number; points has a bit for each of the 16 bytes. */
INLINE uint32_t point_of(uint32_t points, uint32_t length)
{
    return _tzcnt_u32((points & (0xFFFF0000u >> length)) | 0x10000);
}

INLINE uint64_t magnitude_of(uint64_t halves)
{
    return (uint32_t)halves * UINT64_C(100000000) + (halves >> 32);
}

/* Reads the numbers without a sign that end at a and b; false when one of them is not such. */
INLINE bool read_pair(const char *a, uint32_t a_length, const char *b, uint32_t b_length,
                      int64_t value[2], uint8_t decimals[2], struct sums *sums)
{
    if (__builtin_expect(((a_length - 1) | (b_length - 1)) > 15, 0))
        return false;
    __m256i bytes = join(load(a - 16), load(b - 16));
    uint32_t points =
        (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('.')));
    uint32_t a_point = point_of(points & 0xFFFF, a_length),
             b_point = point_of(points >> 16, b_length);
    __m256i shuffle = join(load(SHUFFLE[a_point][a_length]), load(SHUFFLE[b_point][b_length]));
    __m256i digits = _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'));
    digits = _mm256_shuffle_epi8(digits, shuffle);
    __m256i bad = _mm256_subs_epu8(digits, _mm256_set1_epi8(9));
    if (__builtin_expect(!_mm256_testz_si256(bad, bad), 0))
        return false;
    __m256i twos = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010A));
    __m256i fours = _mm256_madd_epi16(twos, _mm256_set1_epi32(0x00010064));
    __m256i eights =
        _mm256_madd_epi16(_mm256_packus_epi32(fours, fours), _mm256_set1_epi32(0x00012710));
    uint64_t a_value = magnitude_of((uint64_t)_mm256_extract_epi64(eights, 0));
    uint64_t b_value = magnitude_of((uint64_t)_mm256_extract_epi64(eights, 2));
    value[0] = (int64_t)a_value;
    value[1] = (int64_t)b_value;
    decimals[0] = DECIMALS[a_point];
    decimals[1] = DECIMALS[b_point];
    sums->value_bits |= a_value | b_value;
    sums->decimals_or |= (uint32_t)DECIMALS[a_point] | DECIMALS[b_point];
    sums->decimals_and &= (uint32_t)DECIMALS[a_point] & DECIMALS[b_point];
    return true;
}

/* One number, with or without a sign, as both halves of a pair. */
TARGET static void read_one(const struct assay__fields *fields, uint32_t row,
                            struct assay__mantissas *out, struct sums *sums)
{
    const uint32_t *end = fields->ends + row * fields->stride;
    const char *text = fields->text + *end;
    uint32_t length = *end - end[-1] - 1;
    bool is_negative = length - 1 < 16 && text[-(int32_t)length] == '-';
    int64_t value[2];
    uint8_t decimals[2];
    length -= is_negative;
    if (!read_pair(text, length, text, length, value, decimals, sums)) {
        assay__numbers_odd(out, row);
        return;
    }
    out->value[row] = is_negative ? -value[0] : value[0];
    out->decimals[row] = decimals[0];
}

/* A column of one-digit numbers: flags, counts, recency. False when it is something else. */
TARGET static bool read_digits(const struct assay__fields *fields, struct assay__mantissas *out,
                               struct sums *sums)
{
    const uint32_t *end = fields->ends;
    uint64_t bits = 0;
    uint32_t other = 0;
    for (uint32_t r = 0; r < fields->count; r++, end += fields->stride) {
        uint32_t digit = (uint32_t)(unsigned char)fields->text[*end - 1] - '0';
        other |= (*end - end[-1]) ^ 2;
        other |= digit > 9;
        bits |= digit;
        out->value[r] = digit;
    }
    if (other != 0)
        return false;
    memset(out->decimals, 0, fields->count);
    *sums = (struct sums){bits, 0, 0};
    return true;
}

TARGET static void read_pairs(const struct assay__fields *fields, struct assay__mantissas *out,
                              struct sums *sums)
{
    const uint32_t *end = fields->ends;
    const char *text = fields->text;
    size_t stride = fields->stride;
    struct sums all = *sums; /* in registers */
    uint32_t r = 0;
    for (; r + 1 < fields->count; r += 2, end += 2 * stride) {
        const uint32_t *next = end + stride;
        if (read_pair(text + *end, *end - end[-1] - 1, text + *next, *next - next[-1] - 1,
                      out->value + r, out->decimals + r, &all))
            continue;
        read_one(fields, r, out, sums);
        read_one(fields, r + 1, out, sums);
    }
    if (r < fields->count)
        read_one(fields, r, out, sums);
    sums->value_bits |= all.value_bits;
    sums->decimals_or |= all.decimals_or;
    sums->decimals_and &= all.decimals_and;
}

TARGET void assay__numbers_avx2(const struct assay__fields *fields, struct assay__mantissas *out)
{
    struct sums sums = {0, 0, UINT32_MAX};
    out->odd_count = 0;
    out->decimals_and = UINT32_MAX;
    bool is_short = fields->count > 0 && fields->ends[0] - fields->ends[-1] == 2;
    if (!is_short || !read_digits(fields, out, &sums))
        read_pairs(fields, out, &sums);
    out->value_bits = sums.value_bits;
    out->decimals_or = sums.decimals_or;
    out->decimals_and &= sums.decimals_and;
}
#endif
