/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hash of all tables: XXH3 with a seed that is drawn once in each process. */
#include "base/hash.h"

#include <sys/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

_Atomic uint64_t assay__hash_seed_drawn;

uint64_t assay__hash_draw(void)
{
    uint64_t drawn = 0, before = 0;
    /* A kernel that has no random bytes yet leaves the address at which the stack was put. */
    if (getrandom(&drawn, sizeof drawn, GRND_NONBLOCK) != (ssize_t)sizeof drawn)
        drawn = (uint64_t)(uintptr_t)&drawn * UINT64_C(0x9e3779b97f4a7c15);
    drawn |= 1; /* 0 is not drawn yet */
    return atomic_compare_exchange_strong(&assay__hash_seed_drawn, &before, drawn) ? drawn : before;
}

/* Apart, so that the many short keys do not save the registers that long ones need. */
static __attribute__((noinline)) uint64_t hash_long(const void *bytes, size_t length)
{
    return XXH3_64bits_withSeed(bytes, length, assay__hash_seed());
}

uint64_t assay__hash(const void *bytes, size_t length)
{
    if (length > 16)
        return hash_long(bytes, length);
    return XXH3_64bits_withSeed(bytes, length, assay__hash_seed());
}
