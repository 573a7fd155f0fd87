/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_LOOK_CACHE_H
#define ASSAY_ANALYSIS_LOOK_CACHE_H

#include "analysis/analyze.h"
#include "assay/horizon.h"

/**
 * struct assay__look_cache keeps boundaries of group sequences, which depend on the design and the
 * units of the looks alone: results that share both share one computation, and so do analyses of
 * data that grow. One thread at a time.
 */
struct assay__look_cache;

/**
 * assay__look_cache_new() makes an empty cache; NULL without memory. halt ends what it computes,
 * and outlives it; NULL: nothing does.
 */
struct assay__look_cache *assay__look_cache_new(const struct assay__halt *halt);
void assay__look_cache_free(struct assay__look_cache *cache);

/** assay__look_cache_trim() forgets sequences when there are many. */
void assay__look_cache_trim(struct assay__look_cache *cache);

/**
 * assay__look_cache_boundaries() are the boundaries of count looks. units has one entry a look, 0
 * where there is none; *out lives as long as the analysis.
 */
enum assay_status assay__look_cache_boundaries(struct assay__builder *builder,
                                               const struct assay_horizon_design *design,
                                               const double *units, uint32_t count,
                                               const struct assay_boundary **out,
                                               struct assay_error *err);

/**
 * assay__look_cache_horizon() is the sequence itself, with at least the first count looks taken; it
 * lives until the cache is asked again.
 */
enum assay_status assay__look_cache_horizon(struct assay__look_cache *cache,
                                            const struct assay_horizon_design *design,
                                            const double *units, uint32_t count,
                                            const struct assay_horizon **out,
                                            struct assay_error *err);

/** assay__look_cache_cost() is what the first count looks have cost, the last of which spent all
 * that was left: the factor. */
enum assay_status assay__look_cache_cost(struct assay__look_cache *cache,
                                         const struct assay_horizon_design *design,
                                         const double *units, uint32_t count, double power,
                                         double *inflation, struct assay_error *err);

/** assay__look_cache_inflation() is what a planned number of equal looks costs: the factor. */
enum assay_status assay__look_cache_inflation(struct assay__look_cache *cache,
                                              const struct assay_horizon_design *design,
                                              uint32_t looks, double power, double *inflation,
                                              struct assay_error *err);

/**
 * assay__analyze_advice() is assay_dataset_analyze() as far as the advice: no words, remarks,
 * adjusted p or digest. It shares boundaries with other analyses that use the same cache.
 */
enum assay_status assay__analyze_advice(const struct assay_dataset *dataset,
                                        struct assay__look_cache *cache,
                                        struct assay_analysis **out, struct assay_error *err);

#endif
