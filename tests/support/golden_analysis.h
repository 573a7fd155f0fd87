/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_TESTS_GOLDEN_ANALYSIS_H
#define ASSAY_TESTS_GOLDEN_ANALYSIS_H

#include "analysis/results.h"
#include "assay.h"

/**
 * golden_check() compares an analysis with a golden file of tests/golden/analysis.py: every figure
 * within tolerance (relative; p-values below 1e-300 by their log), counts exactly. Returns how many
 * figures were compared and gives the worst error; the test fails on the first that is off.
 */
unsigned golden_check(const struct assay_analysis *analysis, const char *path, double tolerance,
                      double *worst);

/** golden_result_field() is a figure of a result's last look by the name it has in golden files. */
double golden_result_field(const struct assay_metric_result *result, const char *field);

#endif
