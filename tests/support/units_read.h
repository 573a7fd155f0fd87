/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of unit-level tables share: files, plans of one metric, cells as lines. */
#ifndef ASSAY_TESTS_UNITS_READ_H
#define ASSAY_TESTS_UNITS_READ_H

#include "test.h"

/* A plan of the metric y: further columns, further keys, and the metric's own. */
#define PLAN(columns, rest, metric)                                                                \
    "{\"columns\":{\"group\":\"g\"" columns "},\"comparisons\":{\"baseline\":\"A\"}" rest          \
    ",\"metrics\":[{\"id\":\"y\",\"role\":\"success\"," metric "}]}"
#define MEAN "\"type\":\"mean\""
#define PROPORTION "\"type\":\"proportion\""

/** units_put_file() writes the table of this number (0 to 7); returns its path. */
const char *units_put_file(int number, const char *text, size_t length);

/**
 * units_read_files() reads tables 0 to file_count - 1 into a new dataset and removes them. The
 * dataset is the caller's to free, whatever the status.
 */
enum assay_status units_read_files(const struct assay_plan *plan, int file_count,
                                   const struct assay_read_options *options,
                                   struct assay_dataset **dataset, struct assay_error *err);

/**
 * units_describe() has one line per slice, group and metric, sorted:
 * "total0=|A|y n=2 mean=1.5 var=0.5 units=2". free() it.
 */
char *units_describe(const struct assay_dataset *dataset);

/**
 * units_assert_read_as() fails unless a table under a plan has this description, and counts that
 * add up; returns the counts.
 */
struct assay_counts units_assert_read_as(const char *plan_json, const char *csv,
                                         const struct assay_read_options *options,
                                         const char *want);

#endif
