/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An allocator of a caller's that counts, checks what it is told, and fails on command. */
#ifndef ASSAY_TESTS_POOL_H
#define ASSAY_TESTS_POOL_H

#include <stdatomic.h>

#include "assay/memory.h"

/** struct pool: what an allocator has given. */
struct pool {
    struct assay_allocator allocator;
    atomic_long calls;       /* of allocate and resize */
    atomic_long blocks;      /* that are not taken back */
    atomic_long bytes, most; /* of these blocks, now and at most */
    atomic_long errors;      /* blocks of another pool, and sizes that are not those of the block */
    long fails_at;           /* the call that fails, from 0; -1: none */
};

/** pool_init() makes a pool; without_resize: it knows only how to allocate and release. */
void pool_init(struct pool *pool, int without_resize);

#endif
