/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is computed node by node, with vectors of four numbers; without fused operations, whose bits
 * are others. */
#ifdef __x86_64__
#define NODES_TARGET __attribute__((target("avx2")))
#define NODES_WIDTH 4
#else
#define NODES_TARGET
#define NODES_WIDTH 2
#endif
#define NODES_NAME assay__nodes_wide
#include "stats/horizon/nodes_body.h"
