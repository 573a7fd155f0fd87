/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_SRM_PRINT_H
#define ASSAY_CLI_SRM_PRINT_H

#include "assay/plan.h"
#include "assay/srm.h"
#include "base/text.h"
#include "cli/args.h"

/** struct srm_outcome: counts that were tested once against planned weights. */
struct srm_outcome {
    const struct assay_srm_design *design;
    const char *const *names; /* [count] */
    const double *weights;    /* [count] */
    size_t count;
    uint64_t total;
    double weight_sum;
    struct assay_srm srm;
    struct assay_srm once; /* by chi-square, where srm is by the sequential test */
    struct assay_srm_group groups[ASSAY_GROUPS_MAX];
};

/** srm_print() appends the outcome in a format: table, detail (JSON) or CSV. */
void srm_print(const struct srm_outcome *outcome, enum args_format format, struct assay__text *out);

#endif
