/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The exit integral of a chunk with vectors of four numbers; without fused operations, whose bits
 * are others. */
#ifdef __x86_64__
#define EXITS_TARGET __attribute__((target("avx2")))
#define EXITS_WIDTH 4
#define EXITS_NAME assay__exits_add_wide
#include "stats/horizon/exits_body.h"
#else
#include "stats/horizon/exits.h"

void assay__exits_add_wide(struct assay__exits *exits, const double u[ASSAY__GAUSS_POINTS],
                           const double mass[ASSAY__GAUSS_POINTS])
{
    assay__exits_add_plainly(exits, u, mass);
}
#endif
