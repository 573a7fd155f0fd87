/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_NAMES_H
#define ASSAY_API_NAMES_H

#include "assay/analysis.h"

/**
 * Text ids of enumerators as the documents write them; they match the plan's spellings and never
 * change. Static text.
 */
const char *assay__name_metric_type(enum assay_metric_type type);
const char *assay__name_role(enum assay_role role);
const char *assay__name_direction(enum assay_direction direction);
const char *assay__name_side(enum assay_side side);
const char *assay__name_test(enum assay_test_kind test);
const char *assay__name_relative(enum assay_relative_kind kind);
const char *assay__name_reduction(enum assay_reduction reduction);
const char *assay__name_skewness(enum assay_skewness_correction correction);
const char *assay__name_fieller(enum assay_fieller_kind kind);
const char *assay__name_horizon(enum assay_horizon_kind horizon);
const char *assay__name_scope(enum assay_multiplicity_scope scope);
const char *assay__name_srm(enum assay_srm_method method);
const char *assay__name_slice(enum assay_slice_kind kind);
const char *assay__name_level(enum assay_annotation_level level);
const char *assay__name_recommendation(enum assay_recommendation recommendation);

/** assay__name_hypothesis() is "superiority", "nonInferiority" or "deterioration". */
const char *assay__name_hypothesis(const struct assay_metric_plan *metric);

/** struct assay__flag_name: a flag, its text id and its meaning. */
struct assay__flag_name {
    uint32_t flag;
    const char *id, *reason;
};

/** assay__flag_names() is the table of all flags in ascending order; *count rows. */
const struct assay__flag_name *assay__flag_names(size_t *count);

#endif
