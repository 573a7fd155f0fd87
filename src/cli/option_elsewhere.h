/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_OPTION_ELSEWHERE_H
#define ASSAY_CLI_OPTION_ELSEWHERE_H

#include <getopt.h>

/**
 * option_elsewhere() knows options by the names that they have in other tools: what to write for it
 * with this command, such as "--baseline=GROUP", or NULL.
 */
const char *option_elsewhere(const struct option *options, const char *name);

#endif
