/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stats/moments.h"

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

struct sim_random sim_seeded(uint64_t seed)
{
    struct sim_random random;
    for (int i = 0; i < 4; i++)
        random.s[i] = splitmix(&seed);
    return random;
}

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t sim_next(struct sim_random *r)
{
    uint64_t result = rotate(r->s[1] * 5, 7) * 9, t = r->s[1] << 17;
    r->s[2] ^= r->s[0];
    r->s[3] ^= r->s[1];
    r->s[1] ^= r->s[2];
    r->s[0] ^= r->s[3];
    r->s[2] ^= t;
    r->s[3] = rotate(r->s[3], 45);
    return result;
}

double sim_uniform(struct sim_random *r)
{
    return ((double)(sim_next(r) >> 11) + 0.5) * 0x1p-53;
}

double sim_exponential(struct sim_random *r)
{
    return -log(sim_uniform(r));
}

/*
 * The ziggurat of Marsaglia and Tsang (2000), J. Stat. Software 5(8), with doubles throughout:
 * 256 layers of equal area under exp(-x^2/2), the lowest of which has the tail beyond edge[1].
 */
enum { LAYERS = 256 };
static double edge[LAYERS + 1], height[LAYERS + 1];

void sim_begin(void)
{
    const double tail_start = 3.6541528853610088, area = 0.00492867323399;
    edge[0] = area / exp(-0.5 * tail_start * tail_start); /* a width that has the layer's area */
    edge[1] = tail_start;
    for (int i = 1; i <= LAYERS; i++) {
        height[i] = i == LAYERS ? 1.0 : exp(-0.5 * edge[i] * edge[i]);
        if (i + 1 < LAYERS)
            edge[i + 1] = sqrt(-2.0 * log(height[i] + area / edge[i]));
    }
    edge[LAYERS] = 0.0;
}

static double normal_tail(struct sim_random *r)
{
    double x, y;
    do {
        x = sim_exponential(r) / edge[1];
        y = sim_exponential(r);
    } while (2.0 * y < x * x);
    return edge[1] + x;
}

double sim_normal(struct sim_random *r)
{
    for (;;) {
        uint64_t bits = sim_next(r);
        int layer = (int)(bits & (LAYERS - 1)); /* the uniform number takes bits 11 to 63 */
        double sign = (bits & LAYERS) != 0 ? -1.0 : 1.0;
        double x = ((double)(bits >> 11) + 0.5) * 0x1p-53 * edge[layer];
        if (x < edge[layer + 1])
            return sign * x;
        if (layer == 0)
            return sign * normal_tail(r);
        double y = height[layer] + (height[layer + 1] - height[layer]) * sim_uniform(r);
        if (y < exp(-0.5 * x * x))
            return sign * x;
    }
}

void sim_binomial_init(struct sim_binomial *table, int n, double p)
{
    table->n = n;
    table->cumulative = calloc((size_t)n + 1, sizeof *table->cumulative);
    if (table->cumulative == NULL)
        abort();
    double sum = 0.0;
    for (int k = 0; k <= n; k++) {
        double log_weight = lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0);
        sum += exp(log_weight + k * log(p) + (n - k) * log1p(-p));
        table->cumulative[k] = sum;
    }
    for (int i = 0, k = 0; i < 1024; i++) {
        while (k < n && table->cumulative[k] <= i / 1024.0)
            k++;
        table->guide[i] = k;
    }
}

void sim_binomial_clear(struct sim_binomial *table)
{
    free(table->cumulative);
}

int sim_binomial_draw(const struct sim_binomial *table, struct sim_random *random)
{
    double u = sim_uniform(random);
    int k = table->guide[(int)(u * 1024.0)];
    while (k < table->n && table->cumulative[k] <= u)
        k++;
    return k;
}

static uint32_t variables_of(struct assay_moments_shape shape)
{
    return 1 + shape.has_denominator + shape.covariate_count;
}

void sim_sample_init(struct sim_sample *sample, struct assay_moments_shape shape, int decimals)
{
    memset(sample, 0, sizeof *sample);
    sample->shape = shape;
    sample->decimals = decimals;
    sample->unit = 1.0;
    for (int i = 0; i < decimals; i++)
        sample->unit *= 10.0;
    if (variables_of(shape) > SIM_VARIABLES_MAX)
        abort();
}

void sim_sample_add(struct sim_sample *sample, const double *values)
{
    int64_t x[SIM_VARIABLES_MAX];
    uint32_t variables = variables_of(sample->shape);
    sim_int128 *product = sample->products;
    for (uint32_t i = 0; i < variables; i++) {
        x[i] = lrint(values[i] * sample->unit);
        if (x[i] >= INT64_C(1) << 31 || x[i] <= -(INT64_C(1) << 31))
            abort(); /* the scenario's decimals are too many */
        sample->sums[i] += x[i];
        for (uint32_t j = 0; j <= i; j++)
            *product++ += x[i] * x[j];
    }
    sample->thirds[0] += (sim_int128)(x[0] * x[0]) * x[0];
    if (sample->shape.has_denominator) {
        sample->thirds[1] += (sim_int128)(x[0] * x[0]) * x[1];
        sample->thirds[2] += (sim_int128)(x[0] * x[1]) * x[1];
        sample->thirds[3] += (sim_int128)(x[1] * x[1]) * x[1];
    }
    sample->count++;
}

/* Writes a sum as count limbs of two's complement, low limb first. */
static uint64_t *put_limbs(uint64_t *limbs, sim_int128 sum, int count)
{
    for (int i = 0; i < count; i++) {
        *limbs++ = (uint64_t)sum;
        sum = i == 0 ? sum >> 64 : sum < 0 ? -1 : 0;
    }
    return limbs;
}

struct assay_moments *sim_sample_moments(const struct sim_sample *sample)
{
    uint64_t limbs[2 * SIM_VARIABLES_MAX + 3 * SIM_PAIRS_MAX + 4 * 4];
    int32_t scales[SIM_VARIABLES_MAX];
    struct assay_moments *moments;
    uint32_t variables = variables_of(sample->shape);
    uint64_t *end = limbs;
    for (uint32_t i = 0; i < variables; i++) {
        scales[i] = -sample->decimals;
        end = put_limbs(end, sample->sums[i], 2);
    }
    for (uint32_t i = 0; i < variables * (variables + 1) / 2; i++)
        end = put_limbs(end, sample->products[i], 3);
    for (uint32_t i = 0; i < (sample->shape.has_denominator ? 4 : 1); i++)
        end = put_limbs(end, sample->thirds[i], 4);
    if (assay_moments_new(sample->shape, &moments, NULL) != ASSAY_OK ||
        assay__moments_add_narrow(moments, 0, sample->count, scales, limbs, NULL) != ASSAY_OK)
        abort();
    return moments;
}

struct job {
    sim_replicate replicate;
    const void *scenario;
    uint64_t seed;
    int blocks, block_size, next_block;
    pthread_mutex_t lock;
    double counts[SIM_BLOCKS][SIM_COUNTS_MAX];
};

static void *work(void *argument)
{
    struct job *job = argument;
    for (;;) {
        pthread_mutex_lock(&job->lock);
        int block = job->next_block++;
        pthread_mutex_unlock(&job->lock);
        if (block >= job->blocks)
            return NULL;
        struct sim_random random = sim_seeded(job->seed * 1000003u + (uint64_t)block);
        for (int i = 0; i < job->block_size; i++)
            job->replicate(&random, job->scenario, job->counts[block]);
    }
}

void sim_run(sim_replicate replicate, const void *scenario, uint64_t seed,
             double counts[SIM_COUNTS_MAX])
{
    sim_run_blocks(replicate, scenario, seed, SIM_BLOCKS, SIM_BLOCK_SIZE, counts);
}

void sim_run_blocks(sim_replicate replicate, const void *scenario, uint64_t seed, int blocks,
                    int block_size, double counts[SIM_COUNTS_MAX])
{
    static struct job job;
    pthread_t threads[64];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int count = cores < 1 ? 1 : cores > 64 ? 64 : (int)cores;
    memset(&job, 0, sizeof job);
    job.replicate = replicate;
    job.scenario = scenario;
    job.seed = seed;
    job.blocks = blocks;
    job.block_size = block_size;
    pthread_mutex_init(&job.lock, NULL);
    for (int i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, work, &job) != 0)
            abort();
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&job.lock);
    memset(counts, 0, SIM_COUNTS_MAX * sizeof *counts);
    for (int b = 0; b < blocks; b++)
        for (int i = 0; i < SIM_COUNTS_MAX; i++)
            counts[i] += job.counts[b][i];
    for (int i = 0; i < SIM_COUNTS_MAX; i++)
        counts[i] /= (double)blocks * block_size;
}
