/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index kernel for processors with AVX2: 32 bytes at a time. */
#include "source/scan/scan_index.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define SCAN_TARGET __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))

struct masks {
    uint64_t ends, feed, quote, cr, zero, high;
    uint32_t is_odd;
};

SCAN_TARGET static inline uint64_t pair(__m256i low, __m256i high)
{
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(low) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

SCAN_TARGET static inline void scan_masks(const char *text, char separator, struct masks *out)
{
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)text);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(text + 32));
    const __m256i feed = _mm256_set1_epi8('\n'), comma = _mm256_set1_epi8(separator);
    const __m256i quote = _mm256_set1_epi8('"'), cr = _mm256_set1_epi8('\r');
    const __m256i zero = _mm256_setzero_si256();
    __m256i feed_low = _mm256_cmpeq_epi8(low, feed), feed_high = _mm256_cmpeq_epi8(high, feed);
    out->feed = pair(feed_low, feed_high);
    out->ends = pair(_mm256_or_si256(feed_low, _mm256_cmpeq_epi8(low, comma)),
                     _mm256_or_si256(feed_high, _mm256_cmpeq_epi8(high, comma)));
    __m256i quote_low = _mm256_cmpeq_epi8(low, quote), quote_high = _mm256_cmpeq_epi8(high, quote);
    __m256i cr_low = _mm256_cmpeq_epi8(low, cr), cr_high = _mm256_cmpeq_epi8(high, cr);
    __m256i zero_low = _mm256_cmpeq_epi8(low, zero), zero_high = _mm256_cmpeq_epi8(high, zero);
    __m256i odd =
        _mm256_or_si256(_mm256_or_si256(quote_low, quote_high), _mm256_or_si256(cr_low, cr_high));
    odd = _mm256_or_si256(odd, _mm256_or_si256(zero_low, zero_high));
    odd = _mm256_or_si256(odd, _mm256_or_si256(low, high)); /* the top bits of high bytes */
    out->is_odd = (uint32_t)_mm256_movemask_epi8(odd);
    if (__builtin_expect(out->is_odd != 0, 0)) {
        out->quote = pair(quote_low, quote_high);
        out->cr = pair(cr_low, cr_high);
        out->zero = pair(zero_low, zero_high);
        out->high = pair(low, high);
    } else {
        out->quote = out->cr = out->zero = out->high = 0;
    }
}

#define SCAN_FIRST_BIT(bits) (uint32_t) _tzcnt_u64(bits)
#define SCAN_NAME assay__fields_avx2
#include "source/scan/scan_index_body.h"
#endif
