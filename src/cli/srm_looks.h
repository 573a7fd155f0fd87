/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_SRM_LOOKS_H
#define ASSAY_CLI_SRM_LOOKS_H

#include "assay/srm.h"
#include "cli/args.h"

/**
 * srm_looks() tests the counts of a CSV, one row a look, and prints each look with the least p so
 * far. weights: none (count 0: equal), or one a group. Returns the exit code; *found says whether a
 * look was a mismatch.
 */
int srm_looks(const char *path, const struct assay_srm_design *design, const double *weights,
              size_t weight_count, enum args_format format, bool *found);

#endif
