/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index kernel for every x86-64 processor: 16 bytes at a time. */
#include "source/scan/scan_index.h"

#if defined(__x86_64__)
#include <emmintrin.h>

struct masks {
    uint64_t ends, feed, quote, cr, zero, high, is_odd;
};

static inline uint64_t equal(__m128i bytes, char byte)
{
    return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte)));
}

static inline void scan_masks(const char *text, char separator, struct masks *out)
{
    *out = (struct masks){0};
    for (int i = 0; i < 4; i++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text + 16 * i));
        int shift = 16 * i;
        uint64_t feed = equal(bytes, '\n');
        out->feed |= feed << shift;
        out->ends |= (feed | equal(bytes, separator)) << shift;
        out->quote |= equal(bytes, '"') << shift;
        out->cr |= equal(bytes, '\r') << shift;
        out->zero |= equal(bytes, '\0') << shift;
        out->high |= (uint64_t)(uint32_t)_mm_movemask_epi8(bytes) << shift;
    }
    out->is_odd = out->quote | out->cr | out->zero | out->high;
}

#define SCAN_FIRST_BIT(bits) (uint32_t) __builtin_ctzll((bits) | UINT64_C(1) << 63)
#define SCAN_NAME assay__fields_sse2
#define SCAN_TARGET
#include "source/scan/scan_index_body.h"
#endif
