/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index kernel for processors with AVX-512BW: 64 bytes at a time, masks without detours. */
#include "source/scan/scan_index.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define SCAN_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx2,bmi,bmi2,popcnt,lzcnt")))

struct masks {
    uint64_t ends, feed, quote, cr, zero, high, is_odd;
};

SCAN_TARGET static inline void scan_masks(const char *text, char separator, struct masks *out)
{
    __m512i bytes = _mm512_loadu_si512(text);
    out->feed = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'));
    out->ends = out->feed | _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(separator));
    out->quote = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"'));
    out->cr = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\r'));
    out->zero = _mm512_testn_epi8_mask(bytes, bytes);
    out->high = _mm512_movepi8_mask(bytes);
    out->is_odd = out->quote | out->cr | out->zero | out->high;
}

#define SCAN_FIRST_BIT(bits) (uint32_t) _tzcnt_u64(bits)
#define SCAN_NAME assay__fields_avx512
#include "source/scan/scan_index_body.h"
#endif
