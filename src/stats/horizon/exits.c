/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The exit integral of a chunk on any processor, and the choice of who computes it. */
#define EXITS_TARGET
#define EXITS_WIDTH 2
#define EXITS_NAME assay__exits_add_plainly
#include "stats/horizon/exits_body.h"

void assay__exits_add(struct assay__exits *exits, const double u[ASSAY__GAUSS_POINTS],
                      const double mass[ASSAY__GAUSS_POINTS])
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        assay__exits_add_wide(exits, u, mass);
        return;
    }
#endif
    assay__exits_add_plainly(exits, u, mass);
}
