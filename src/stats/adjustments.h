/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_ADJUSTMENTS_H
#define ASSAY_STATS_ADJUSTMENTS_H

#include "assay/correct.h"

/** How many adjustments of p-values there are in this version. */
enum { ASSAY__ADJUST_COUNT = ASSAY_ADJUST_BY + 1 };

#endif
