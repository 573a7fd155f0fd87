/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of recommendations share. */
#ifndef ASSAY_TESTS_ADVICE_H
#define ASSAY_TESTS_ADVICE_H

#include "moments_run.h"

/* A plan without tests for harm; its metrics and "]}" follow. */
#define NO_HARM "{\"comparisons\": {\"baseline\": \"a\"}, \"deterioration\": false, \"metrics\": ["

/** advice_ids() has the ids of a treatment's reasons and their metrics: "improved:m powered". */
const char *advice_ids(const struct run *run, const struct assay_treatment *treatment);

/** advice_check_groups() fails unless each reason that compares names both groups. */
void advice_check_groups(const struct run *run, const struct assay_treatment *treatment);

/** advice_check() fails unless the only treatment has this final advice for these reasons. */
void advice_check(const struct run *run, enum assay_recommendation recommendation, const char *ids);

#endif
