/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Core dumps, which would hold tokens, are switched off. */
#include "cli/core_dump.h"

#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

void core_dump_forbid(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    /* Where a program takes the dumps, the limit does not count on Linux. The leak checker has to
     * look into the process. */
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
