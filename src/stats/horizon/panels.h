/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_PANELS_H
#define ASSAY_STATS_HORIZON_PANELS_H

#include "stats/horizon/survival.h"

/** assay__panels_fill() is the grid of a look, counted from 0, by panels; free(grid->bounds). */
enum assay_status assay__panels_fill(const struct assay__walk *walk, uint32_t look,
                                     struct assay__grid *grid, struct assay_error *err);

#endif
