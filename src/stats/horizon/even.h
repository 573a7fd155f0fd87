/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_EVEN_H
#define ASSAY_STATS_HORIZON_EVEN_H

#include "stats/horizon/survival.h"

/** assay__even_suits(): the look, counted from 0, may have even nodes when the next one is at
 * next_time. */
bool assay__even_suits(const struct assay__walk *walk, uint32_t look, double next_time);

/** assay__even_fill() makes the grid of a look that suits; free(grid->bounds). */
enum assay_status assay__even_fill(const struct assay__walk *walk, uint32_t look, double next_time,
                                   struct assay__grid *grid, struct assay_error *err);

#endif
