/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_SIMULATE_SETTLE_H
#define ASSAY_CLI_SIMULATE_SETTLE_H

#include "cli/flags_data.h"
#include "cli/simulate.h"

enum { SIMULATE_TEXTS_MAX = 256 };

/** struct simulate_texts: values of a flag that is given several times. */
struct simulate_texts {
    const char *at[SIMULATE_TEXTS_MAX];
    size_t count;
};

/** struct simulate_request: the command line. */
struct simulate_request {
    struct plan_flags plan;
    struct assay_read_options read;
    struct simulate_texts draws, effects;
    uint64_t units, experiments; /* units 0: not given */
    uint32_t looks, seed;        /* looks 0: not given */
    enum args_format format;
    char *const *paths;
    size_t path_count;
};

/** simulate_settle_plan() takes over what the plan says: metrics, groups and weights. */
enum assay_status simulate_settle_plan(const struct simulate_request *request,
                                       const struct assay_plan *plan, struct simulation *simulation,
                                       struct assay_error *err);

/**
 * simulate_settle() settles distributions, effects, units and looks, once files are read. Returns
 * 0, or the exit code after saying what is wrong.
 */
int simulate_settle(const struct simulate_request *request, struct simulation *simulation);

/** simulate_release() frees a simulation; NULL is fine. */
void simulate_release(struct simulation *simulation);

#endif
