/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_MEMORY_LIMIT_H
#define ASSAY_CLI_MEMORY_LIMIT_H

#include <stddef.h>

/**
 * memory_limit() is how much memory the process may have, in bytes: the machine's, or less where a
 * control group (a container, a systemd unit) or a limit of resources (ulimit -v, -d) says so.
 * SIZE_MAX when nothing is known.
 */
size_t memory_limit(void);

/**
 * memory_limit_of_groups() is what control groups of version 1 and 2 allow: those that the file
 * list names (/proc/self/cgroup) and all above them, below the folder root (/sys/fs/cgroup).
 * SIZE_MAX when they allow any.
 */
size_t memory_limit_of_groups(const char *list, const char *root);

#endif
