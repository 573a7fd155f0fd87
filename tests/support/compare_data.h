/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decimals drawn from a seed, the same as tests/golden/compare_data.py draws, so that its file
 * holds results and no data.
 */
#ifndef ASSAY_TESTS_COMPARE_DATA_H
#define ASSAY_TESTS_COMPARE_DATA_H

#include "oracle.h"

/* Adds count units of a group to moments; kind as in the script. */
void compare_data_add(struct assay_moments *moments, const char *kind, bool is_share,
                      uint32_t group, uint64_t count, uint64_t *state);

#endif
