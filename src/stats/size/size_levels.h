/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_SIZE_SIZE_LEVELS_H
#define ASSAY_STATS_SIZE_SIZE_LEVELS_H

#include "assay/compare.h"
#include "exact/float320.h"
#include "stats/dist/pair.h"
#include "stats/size/size_table.h"

enum { ASSAY__SIZE_ORDERS = 6 };

/** struct assay__size_levels: what follows from level, side and power of a test alone. */
struct assay__size_levels {
    double alpha;
    double power; /* NaN when none is wanted: then the figures from beta on are 0 */
    enum assay_side side;
    struct assay__wide tail;                 /* probability of one rejecting tail under the null */
    struct assay__wide wanted, beta;         /* the power, and 1 less it */
    struct assay__pair z_tail, z_beta;       /* normal quantiles of tail and beta */
    double doubt;                            /* how far the sum of these two may be off */
    double critical[ASSAY__SIZE_ORDERS + 1]; /* of the critical t, by powers of 1/df */
    struct assay__size_table table;          /* of noncentralities that were asked for */
    bool has_quantile;                       /* whether quantile was asked for */
    struct assay__wide quantile;             /* of the tail, normal, to 128 bits */
};

/** assay__size_pair() is a wide number in a pair. */
struct assay__pair assay__size_pair(struct assay__wide a);

/** assay__size_levels_set() fills them; every number is taken as its shortest decimal. */
void assay__size_levels_set(double alpha, double power, enum assay_side side,
                            struct assay__size_levels *out);

/**
 * struct assay__size_cache: the levels of the last few designs. All 0 is an empty one. is_alone: a
 * single effect is asked for, and what many would share is not made.
 */
struct assay__size_cache {
    struct assay__size_levels levels[8];
    unsigned count; /* ever set; each replaces the oldest */
    bool is_alone;
};

/** assay__size_levels_of() are those of the cache, set when they are not there yet. */
struct assay__size_levels *assay__size_levels_of(struct assay__size_cache *cache, double alpha,
                                                 double power, enum assay_side side);

/** struct assay__size_reach: a noncentrality, and how far it may be off. */
struct assay__size_reach {
    struct assay__pair noncentrality;
    double doubt; /* infinite where nothing is known */
};

/**
 * assay__size_reach() is the noncentrality at which a t test has the power: the d with
 * P(T' > c) = power, T' noncentral t (df, d), and c exceeded by a central t with probability tail.
 * 1/df is given.
 */
struct assay__size_reach assay__size_reach(struct assay__size_levels *levels,
                                           struct assay__pair inverse);

#endif
