/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_VERDICT_H
#define ASSAY_ANALYSIS_VERDICT_H

#include "analysis/results.h"

/** enum assay__tone: how a verdict looks; the word says the same. */
enum assay__tone { ASSAY__TONE_PLAIN, ASSAY__TONE_GOOD, ASSAY__TONE_BAD, ASSAY__TONE_WARN };

/** struct assay__verdict: the state of a comparison; slices of a dimension have none. */
struct assay__verdict {
    const char *word;     /* "improved", "not tested" */
    const char *p_is_for; /* what the p of the role's test is for, in a word: "better" */
    bool has_harm_beside; /* the test for harm is another one, with a p of its own */
    bool rests_on_own;    /* the word rests on the test of the role: not on that for harm alone */
    enum assay__tone tone;
};

/** assay__verdict_of() is the verdict about a result over all units, or in a segment. */
struct assay__verdict assay__verdict_of(const struct assay_analysis *analysis,
                                        const struct assay_metric_result *result);

#endif
