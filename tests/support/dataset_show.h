/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DATASET_SHOW_H
#define TESTS_DATASET_SHOW_H

#include "analysis/dataset_read.h"
#include "base/text.h"

/* Each appends a part of what a dataset holds: sums by look and group, slices, counts of rows. */
void dataset_show_looks(const struct assay_dataset *dataset, struct assay__text *out);
void dataset_show_slices(const struct assay_dataset *dataset, struct assay__text *out);
void dataset_show_counts(const struct assay_dataset *dataset, struct assay__text *out);

#endif
