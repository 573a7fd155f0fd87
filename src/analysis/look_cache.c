/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boundaries of group sequences, computed once for all that share a design and its looks. */
#include "analysis/look_cache.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/halt.h"
#include "base/memory.h"
#include "stats/horizon/horizon.h"

enum {
    OPEN_MAX = 8,      /* sequences that may go on at once; the others keep their boundaries */
    SEQUENCES_MAX = 64 /* kept by assay__look_cache_trim() */
};

/* Boundaries by design and units. */
struct sequence {
    struct sequence *next;
    struct assay_horizon_design design;
    struct assay_horizon *horizon; /* NULL once it was closed */
    uint64_t used;                 /* the higher the later */
    double *units;                 /* [count]; 0: no look */
    struct assay_boundary *boundaries;
    uint32_t count, capacity;
    double power, inflation; /* of the whole sequence, for the power that was asked for last */
};

/* Inflation factors by what they depend on. */
struct inflation {
    struct inflation *next;
    struct assay_horizon_design design;
    uint32_t looks;
    double power, factor;
};

struct assay__look_cache {
    const struct assay__halt *halt; /* asked after each look: there may be thousands */
    struct sequence *sequences;
    struct inflation *inflations;
    uint64_t uses;
    uint32_t sequence_count;
};

struct assay__look_cache *assay__look_cache_new(const struct assay__halt *halt)
{
    struct assay__look_cache *cache = assay__calloc(1, sizeof *cache);
    if (cache != NULL)
        cache->halt = halt;
    return cache;
}

static void free_sequences(struct assay__look_cache *cache)
{
    while (cache->sequences != NULL) {
        struct sequence *next = cache->sequences->next;
        assay_horizon_free(cache->sequences->horizon);
        assay__free(cache->sequences->units);
        assay__free(cache->sequences->boundaries);
        assay__free(cache->sequences);
        cache->sequences = next;
    }
    cache->sequence_count = 0;
}

void assay__look_cache_trim(struct assay__look_cache *cache)
{
    if (cache->sequence_count > SEQUENCES_MAX)
        free_sequences(cache);
}

void assay__look_cache_free(struct assay__look_cache *cache)
{
    if (cache == NULL)
        return;
    free_sequences(cache);
    while (cache->inflations != NULL) {
        struct inflation *next = cache->inflations->next;
        assay__free(cache->inflations);
        cache->inflations = next;
    }
    assay__free(cache);
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool same_futility(const struct assay_horizon_design *a,
                          const struct assay_horizon_design *b)
{
    if (!a->has_futility || !b->has_futility)
        return a->has_futility == b->has_futility;
    return a->futility == b->futility &&
           same_number(a->futility_parameter, b->futility_parameter) && a->beta == b->beta &&
           a->planned_looks == b->planned_looks;
}

static bool same_design(const struct assay_horizon_design *a, const struct assay_horizon_design *b)
{
    return a->two_sided == b->two_sided && a->alpha == b->alpha && a->spending == b->spending &&
           same_number(a->spending_parameter, b->spending_parameter) &&
           a->expected_size == b->expected_size && same_futility(a, b);
}

/* A sequence whose looks begin like these, or these like it; NULL when there is none. */
static struct sequence *find_sequence(const struct assay__look_cache *cache,
                                      const struct assay_horizon_design *design,
                                      const double *units, uint32_t count)
{
    for (struct sequence *s = cache->sequences; s != NULL; s = s->next) {
        uint32_t shared = s->count < count ? s->count : count;
        if (same_design(&s->design, design) &&
            (shared == 0 || memcmp(s->units, units, shared * sizeof *units) == 0))
            return s;
    }
    return NULL;
}

static enum assay_status add_sequence(struct assay__look_cache *cache,
                                      const struct assay_horizon_design *design,
                                      struct sequence **out, struct assay_error *err)
{
    struct sequence *sequence = assay__calloc(1, sizeof *sequence);
    if (sequence == NULL)
        return assay__fail_memory(err);
    sequence->design = *design;
    sequence->next = cache->sequences;
    cache->sequences = sequence;
    cache->sequence_count++;
    *out = sequence;
    return ASSAY_OK;
}

/* Closes the sequence that was used longest ago when too many are open. */
static void close_oldest(struct assay__look_cache *cache)
{
    struct sequence *oldest = NULL;
    uint32_t open = 0;
    for (struct sequence *s = cache->sequences; s != NULL; s = s->next) {
        if (s->horizon == NULL)
            continue;
        open++;
        if (oldest == NULL || s->used < oldest->used)
            oldest = s;
    }
    if (open < OPEN_MAX)
        return;
    assay_horizon_free(oldest->horizon);
    oldest->horizon = NULL;
}

/* The next look of a sequence, unless the call is to end. */
static enum assay_status take_look(const struct assay__look_cache *cache,
                                   struct assay_horizon *horizon, double units,
                                   struct assay_boundary *out, struct assay_error *err)
{
    enum assay_status status = assay__halt_check(cache->halt, err);
    return status == ASSAY_OK ? assay_horizon_at(horizon, units, NAN, out, err) : status;
}

/* Opens a sequence again: the looks it has are taken once more. */
static enum assay_status open_sequence(struct assay__look_cache *cache, struct sequence *sequence,
                                       struct assay_error *err)
{
    struct assay_boundary boundary;
    if (sequence->horizon != NULL)
        return ASSAY_OK;
    close_oldest(cache);
    enum assay_status status = assay_horizon_open(&sequence->design, &sequence->horizon, err);
    for (uint32_t k = 0; status == ASSAY_OK && k < sequence->count; k++)
        status = take_look(cache, sequence->horizon, sequence->units[k], &boundary, err);
    if (status != ASSAY_OK) { /* it lacks looks */
        assay_horizon_free(sequence->horizon);
        sequence->horizon = NULL;
    }
    return status;
}

static enum assay_status make_room(struct sequence *sequence, uint32_t count,
                                   struct assay_error *err)
{
    if (count <= sequence->capacity)
        return ASSAY_OK;
    uint32_t capacity = count > 2 * sequence->capacity ? count : 2 * sequence->capacity;
    double *units = assay__realloc(sequence->units, capacity * sizeof *units);
    if (units != NULL)
        sequence->units = units;
    struct assay_boundary *boundaries =
        assay__realloc(sequence->boundaries, capacity * sizeof *boundaries);
    if (boundaries != NULL)
        sequence->boundaries = boundaries;
    if (units == NULL || boundaries == NULL)
        return assay__fail_memory(err);
    sequence->capacity = capacity;
    return ASSAY_OK;
}

/* Takes the looks that a sequence has not taken yet. */
static enum assay_status extend(struct assay__look_cache *cache, struct sequence *sequence,
                                const double *units, uint32_t count, struct assay_error *err)
{
    enum assay_status status = make_room(sequence, count, err);
    if (status == ASSAY_OK)
        status = open_sequence(cache, sequence, err);
    while (status == ASSAY_OK && sequence->count < count) {
        uint32_t k = sequence->count;
        status = take_look(cache, sequence->horizon, units[k], &sequence->boundaries[k], err);
        sequence->units[k] = units[k];
        sequence->count += status == ASSAY_OK;
    }
    return status;
}

static enum assay_status sequence_of(struct assay__look_cache *cache,
                                     const struct assay_horizon_design *design, const double *units,
                                     uint32_t count, struct sequence **out, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    *out = find_sequence(cache, design, units, count);
    if (*out == NULL)
        status = add_sequence(cache, design, out, err);
    if (status != ASSAY_OK)
        return status;
    (*out)->used = ++cache->uses;
    return (*out)->count < count ? extend(cache, *out, units, count, err) : ASSAY_OK;
}

enum assay_status assay__look_cache_boundaries(struct assay__builder *builder,
                                               const struct assay_horizon_design *design,
                                               const double *units, uint32_t count,
                                               const struct assay_boundary **out,
                                               struct assay_error *err)
{
    struct sequence *sequence;
    struct assay_boundary *copy = assay__arena_array(builder->arena, count, sizeof *copy);
    if (copy == NULL)
        return assay__fail_memory(err);
    enum assay_status status = sequence_of(builder->cache, design, units, count, &sequence, err);
    if (status != ASSAY_OK)
        return status;
    memcpy(copy, sequence->boundaries, count * sizeof *copy);
    *out = copy;
    return ASSAY_OK;
}

enum assay_status assay__look_cache_horizon(struct assay__look_cache *cache,
                                            const struct assay_horizon_design *design,
                                            const double *units, uint32_t count,
                                            const struct assay_horizon **out,
                                            struct assay_error *err)
{
    struct sequence *sequence;
    enum assay_status status = sequence_of(cache, design, units, count, &sequence, err);
    if (status == ASSAY_OK)
        status = open_sequence(cache, sequence, err);
    if (status == ASSAY_OK)
        *out = sequence->horizon;
    return status;
}

enum assay_status assay__look_cache_cost(struct assay__look_cache *cache,
                                         const struct assay_horizon_design *design,
                                         const double *units, uint32_t count, double power,
                                         double *inflation, struct assay_error *err)
{
    struct sequence *sequence;
    enum assay_status status = sequence_of(cache, design, units, count, &sequence, err);
    if (status == ASSAY_OK && sequence->power != power) {
        status = open_sequence(cache, sequence, err);
        if (status == ASSAY_OK)
            sequence->inflation = assay__horizon_inflation(sequence->horizon, power);
        sequence->power = power;
    }
    *inflation = status == ASSAY_OK ? sequence->inflation : 1.0;
    return status;
}

static enum assay_status compute_inflation(const struct assay__look_cache *cache,
                                           struct inflation *row, struct assay_error *err)
{
    struct assay_horizon *horizon;
    struct assay_boundary boundary;
    struct assay_horizon_cost plan;
    enum assay_status status = assay_horizon_open(&row->design, &horizon, err);
    if (status != ASSAY_OK)
        return status;
    for (uint32_t k = 1; status == ASSAY_OK && k <= row->looks; k++)
        status = take_look(cache, horizon, (double)k / row->looks, &boundary, err);
    if (status == ASSAY_OK)
        status = assay_horizon_cost(horizon, row->power, &plan, err);
    if (status == ASSAY_OK)
        row->factor = plan.inflation;
    assay_horizon_free(horizon);
    return status;
}

enum assay_status assay__look_cache_inflation(struct assay__look_cache *cache,
                                              const struct assay_horizon_design *design,
                                              uint32_t looks, double power, double *inflation,
                                              struct assay_error *err)
{
    for (struct inflation *r = cache->inflations; r != NULL; r = r->next) {
        if (same_design(&r->design, design) && r->looks == looks && r->power == power) {
            *inflation = r->factor;
            return ASSAY_OK;
        }
    }
    struct inflation *row = assay__malloc(sizeof *row);
    if (row == NULL)
        return assay__fail_memory(err);
    *row = (struct inflation){
        .next = cache->inflations, .design = *design, .looks = looks, .power = power};
    enum assay_status status = compute_inflation(cache, row, err);
    if (status != ASSAY_OK) {
        assay__free(row);
        return status;
    }
    cache->inflations = row;
    *inflation = row->factor;
    return ASSAY_OK;
}
