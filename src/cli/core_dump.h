/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_CORE_DUMP_H
#define ASSAY_CLI_CORE_DUMP_H

/**
 * core_dump_forbid() keeps the memory of the process out of core dumps from now on, since a token
 * is in it. A system that refuses is not an error: nothing is worse than before.
 */
void core_dump_forbid(void);

#endif
