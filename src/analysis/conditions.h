/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_CONDITIONS_H
#define ASSAY_ANALYSIS_CONDITIONS_H

#include "analysis/results.h"

/** struct assay__condition: a row of ASSAY_FLAG_LIST. */
struct assay__condition {
    uint32_t flag;
    const char *id;
    enum assay_annotation_level level;
    const char *sentence;
    const char *why_untested; /* follows a colon; NULL where the test can be made */
    const char *remedy;       /* a clause without a full stop */
};

/** assay__conditions() is the table of all flags in ascending order; *count rows. */
const struct assay__condition *assay__conditions(size_t *count);

#endif
