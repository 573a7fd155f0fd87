/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of accumulators. Nothing else is here: a test program brings a table of its own. */
#include "stats/metric/accumulator.h"

#define ROW(name) &assay__accumulator_##name,
const struct assay__accumulator *const assay__accumulators[] = {ASSAY__ACCUMULATOR_LIST(ROW) NULL};
