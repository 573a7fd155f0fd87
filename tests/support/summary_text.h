/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of sufficient statistics share: tables as texts, plans, cells, documents. */
#ifndef ASSAY_TESTS_SUMMARY_TEXT_H
#define ASSAY_TESTS_SUMMARY_TEXT_H

#include "test.h"

#include "analysis/dataset_read.h"

#define PLAN(rest, metrics)                                                                        \
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"}" rest                     \
    ",\"metrics\":[" metrics "]}"
#define MEAN "{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"}"
#define ADJUSTED "{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\",\"covariates\":[\"x\"]}"
#define TWICE_ADJUSTED                                                                             \
    "{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\",\"covariates\":[\"x\",\"z\"]}"
#define SHARE "{\"id\":\"y\",\"role\":\"success\",\"type\":\"proportion\"}"

/* The columns of a table of means. */
#define HEAD "metric,group,n,mean,variance\n"

enum { SUMMARY_FILES_MAX = 8 };

/** summary_put_file() writes the file of this number; returns its path. */
const char *summary_put_file(int number, const char *text);

/**
 * summary_read_texts() reads up to SUMMARY_FILES_MAX texts, each as a file, into a new dataset. The
 * dataset is the caller's to free, whatever the status.
 */
enum assay_status summary_read_texts(const struct assay_plan *plan, const char *const *texts,
                                     size_t count, struct assay_dataset **dataset,
                                     struct assay_error *err);

/** summary_dataset_of() is the dataset of one text; the test fails when it is refused. */
struct assay_dataset *summary_dataset_of(const struct assay_plan *plan, const char *text);

/** summary_cell_of() is a group's cell of the only look, slice by kind and value; NULL: none. */
const struct assay__cell *summary_cell_of(const struct assay_dataset *dataset,
                                          enum assay_slice_kind kind, const char *value,
                                          const char *group);

/** summary_total_of() is a group's cell of all units. */
const struct assay__cell *summary_total_of(const struct assay_dataset *dataset, const char *group);

/** summary_assert_same_text() fails unless texts are equal; shows them from where they differ. */
void summary_assert_same_text(const char *got, const char *want);

/** summary_document() analyzes a dataset and writes it in a format; free() it. */
char *summary_document(struct assay_dataset *dataset, enum assay_format format);

#endif
