/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_MACHINE_H
#define ASSAY_BASE_MACHINE_H

#include <stddef.h>
#include <stdint.h>

/**
 * assay__machine_memory() is how much memory the process may have, in bytes: the machine's, or less
 * where a control group (a container, a systemd unit) or a limit of resources (ulimit -v, -d) says
 * so. SIZE_MAX when nothing is known.
 */
size_t assay__machine_memory(void);

/**
 * assay__machine_processors() is how many processors the process may use, at least 1: those of its
 * affinity, or as many as the quota of a control group is worth, rounded up. The quota is read
 * once.
 */
uint32_t assay__machine_processors(void);

/**
 * assay__groups_memory() and _processors() are what control groups of version 1 and 2 allow: those
 * that the file list names (/proc/self/cgroup) and all above them, below the folder root
 * (/sys/fs/cgroup). SIZE_MAX, UINT32_MAX: any.
 */
size_t assay__groups_memory(const char *list, const char *root);
uint32_t assay__groups_processors(const char *list, const char *root);

#endif
