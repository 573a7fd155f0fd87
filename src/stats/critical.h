/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_CRITICAL_H
#define ASSAY_STATS_CRITICAL_H

#include "assay/compare.h"

struct assay__t_law;

/**
 * assay__critical_value() is what a method's statistic is held against: the quantile of its level,
 * of the normal distribution where law is NULL, or its boundary carried over to Student's t.
 */
double assay__critical_value(const struct assay_method *method, struct assay__t_law *law);

#endif
