/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The index kernel for any processor: eight bytes at a time in one word. A byte equals another
 * exactly when their difference by XOR is zero; the test for zero adds 0x7F to the low seven bits,
 * which cannot carry into the next byte.
 */
#include "source/scan/scan_index.h"

#include <string.h>

static const uint64_t ONES = 0x0101010101010101u, LOW = 0x7F7F7F7F7F7F7F7Fu;

struct masks {
    uint64_t ends, feed, quote, cr, zero, high, is_odd;
};

static inline uint64_t load(const char *text)
{
    uint64_t word;
    memcpy(&word, text, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The top bits of eight bytes as eight bits, the first byte's lowest. */
static inline uint64_t gather_tops(uint64_t word)
{
    return ((word >> 7 & ONES) * 0x0102040810204080u) >> 56;
}

static inline uint64_t equal(uint64_t word, unsigned char byte)
{
    uint64_t difference = word ^ ONES * byte;
    return ~(((difference & LOW) + LOW) | difference | LOW);
}

static inline void scan_masks(const char *text, char separator, struct masks *out)
{
    memset(out, 0, sizeof *out);
    for (int i = 0; i < 8; i++) {
        uint64_t word = load(text + 8 * i);
        int shift = 8 * i;
        uint64_t feed = gather_tops(equal(word, '\n'));
        out->feed |= feed << shift;
        out->ends |= (feed | gather_tops(equal(word, (unsigned char)separator))) << shift;
        out->quote |= gather_tops(equal(word, '"')) << shift;
        out->cr |= gather_tops(equal(word, '\r')) << shift;
        out->zero |= gather_tops(equal(word, 0)) << shift;
        out->high |= gather_tops(word) << shift;
    }
    out->is_odd = out->quote | out->cr | out->zero | out->high;
}

#define SCAN_FIRST_BIT(bits) (uint32_t) __builtin_ctzll((bits) | UINT64_C(1) << 63)
#define SCAN_NAME assay__fields_plain
#define SCAN_TARGET
#include "source/scan/scan_index_body.h"
