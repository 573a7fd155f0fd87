/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is computed node by node on any processor, and the choice of who computes it. */
#define NODES_TARGET
#define NODES_WIDTH 2
#define NODES_NAME assay__nodes_plainly
#include "stats/horizon/nodes_body.h"

const struct assay__nodes *assay__nodes(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        return &assay__nodes_wide;
#endif
    return &assay__nodes_plainly;
}
