/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_HASH_H
#define ASSAY_BASE_HASH_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

__extension__ typedef unsigned __int128 assay__uint128;

/** The seed of this process, 0 until it is drawn: read it by assay__hash_seed(). */
extern _Atomic uint64_t assay__hash_seed_drawn;

/** assay__hash_draw() draws the seed, once for all threads, and returns it. */
uint64_t assay__hash_draw(void);

/**
 * assay__hash_seed() is a random number, the same as long as the process runs: whoever chooses the
 * keys of a table cannot choose their places. Nothing that is printed depends on it.
 */
static inline uint64_t assay__hash_seed(void)
{
    uint64_t seed = atomic_load_explicit(&assay__hash_seed_drawn, memory_order_relaxed);
    return seed != 0 ? seed : assay__hash_draw();
}

/** assay__hash() is a 64-bit hash of bytes, with the seed. Whoever uses it compares the keys too.
 */
uint64_t assay__hash(const void *bytes, size_t length);

/** assay__hash_fold() is one step of a hash of two words; what it is given holds the seed. */
static inline uint64_t assay__hash_fold(uint64_t a, uint64_t b)
{
    assay__uint128 product = (assay__uint128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

enum { ASSAY__NAME_WORDS_BYTES = 16 };

/**
 * assay__name_words() are the first 16 bytes of a name, with zeros behind its end; 16 bytes from
 * text on may be read whatever the length.
 */
static inline void assay__name_words(const char *text, uint32_t length, uint64_t words[2])
{
    static const unsigned char KEEP[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                           255, 255, 255, 255, 255, 255, 255, 255};
    uint64_t mask[2];
    memcpy(words, text, 16);
    memcpy(mask, KEEP + 16 - (length < ASSAY__NAME_WORDS_BYTES ? length : ASSAY__NAME_WORDS_BYTES),
           16);
    words[0] &= mask[0];
    words[1] &= mask[1];
}

#endif
