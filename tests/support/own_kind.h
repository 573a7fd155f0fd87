/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A metric kind of the tests' own, with its accumulator. */
#ifndef ASSAY_TESTS_OWN_KIND_H
#define ASSAY_TESTS_OWN_KIND_H

#include "stats/metric/accumulator.h"

#define OWN_KIND_COLUMN "thousandths" /* of tables of sums */

/**
 * own_kind() is the accumulator. A program that calls it has a "quantile" that analyses, whose
 * rows of sums are texts such as "1500*2, 3000*1": values in thousandths, and units that have each.
 */
const struct assay__accumulator *own_kind(void);

#endif
