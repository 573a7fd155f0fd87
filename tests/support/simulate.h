/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Simulation for the calibration bench: random numbers, samples as exact moments, replicates on all
 * cores. Every block of replicates has a seed of its own and blocks are added up in their order, so
 * that the figures are the same for any number of cores.
 */
#ifndef ASSAY_TESTS_SIMULATE_H
#define ASSAY_TESTS_SIMULATE_H

#include <stdint.h>

#include "assay.h"

/**
 * 528,000 replicates: the Monte-Carlo error of a rate of 0.05 is sqrt(0.05 * 0.95 / 528000) = 3e-4.
 */
enum { SIM_BLOCKS = 264, SIM_BLOCK_SIZE = 2000, SIM_REPLICATES = SIM_BLOCKS * SIM_BLOCK_SIZE };

/** struct sim_random: xoshiro256** (Blackman and Vigna 2021), seeded by splitmix64. */
struct sim_random {
    uint64_t s[4];
};

/** sim_begin() computes the tables that sim_normal() reads; called once, before any thread. */
void sim_begin(void);

struct sim_random sim_seeded(uint64_t seed);
uint64_t sim_next(struct sim_random *random);
/** sim_uniform() is in (0, 1). */
double sim_uniform(struct sim_random *random);
double sim_normal(struct sim_random *random);
double sim_exponential(struct sim_random *random);

/** struct sim_binomial: the distribution of n trials at p as a table to draw from. */
struct sim_binomial {
    int n;
    double *cumulative; /* of 0 .. n */
    int guide[1024];    /* smallest k whose cumulative probability exceeds i/1024 */
};

void sim_binomial_init(struct sim_binomial *table, int n, double p);
void sim_binomial_clear(struct sim_binomial *table);
int sim_binomial_draw(const struct sim_binomial *table, struct sim_random *random);

/** Variables of a unit, in the order of struct assay_moments: value, denominator?, covariates. */
enum { SIM_VARIABLES_MAX = 5, SIM_PAIRS_MAX = SIM_VARIABLES_MAX * (SIM_VARIABLES_MAX + 1) / 2 };

__extension__ typedef __int128 sim_int128;

/**
 * struct sim_sample sums a sample the way a scanner sums a block of rows: values are decimals,
 * integers at 10^-decimals below 2^31, and the sums go to moments at once.
 */
struct sim_sample {
    struct assay_moments_shape shape;
    int decimals;
    double unit; /* 10^decimals */
    uint64_t count;
    int64_t sums[SIM_VARIABLES_MAX];
    sim_int128 products[SIM_PAIRS_MAX];
    sim_int128 thirds[4];
};

void sim_sample_init(struct sim_sample *sample, struct assay_moments_shape shape, int decimals);
/** sim_sample_add() adds a unit, each variable rounded to the decimals. */
void sim_sample_add(struct sim_sample *sample, const double *values);
/** sim_sample_moments() makes moments of the sample; assay_moments_free() them. */
struct assay_moments *sim_sample_moments(const struct sim_sample *sample);

/** What is counted over replicates. */
enum { SIM_COUNTS_MAX = 12 };

/** A replicate adds what it saw to counts[]. */
typedef void (*sim_replicate)(struct sim_random *random, const void *scenario, double *counts);

/**
 * sim_run_blocks() makes blocks (at most SIM_BLOCKS) of as many replicates each on all cores;
 * counts[] are divided by their number.
 */
void sim_run_blocks(sim_replicate replicate, const void *scenario, uint64_t seed, int blocks,
                    int block_size, double counts[SIM_COUNTS_MAX]);

/** sim_run() makes SIM_REPLICATES replicates on all cores; counts[] are divided by their number. */
void sim_run(sim_replicate replicate, const void *scenario, uint64_t seed,
             double counts[SIM_COUNTS_MAX]);

#endif
