/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_HASH_H
#define ASSAY_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

__extension__ typedef unsigned __int128 assay__uint128;

static inline uint64_t assay__hash_fold(uint64_t a, uint64_t b)
{
    assay__uint128 product = (assay__uint128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/**
 * assay__hash() is a 64-bit hash of bytes: eight at a time, folded by a full multiplication. Fast
 * on short keys; whoever uses it compares the keys too.
 */
static inline uint64_t assay__hash(const char *bytes, size_t length)
{
    uint64_t hash = 0x9e3779b97f4a7c15u ^ length;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        hash = assay__hash_fold(hash ^ word, 0xd6e8feb86659fd93u);
    }
    uint64_t rest = 0;
    memcpy(&rest, bytes, length);
    hash = assay__hash_fold(hash ^ rest, 0xa0761d6478bd642fu);
    return hash ^ hash >> 32;
}

#endif
