/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much memory the process may have. */
#include "cli/memory_limit.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The number in a file; a file that is missing, or says "max", sets no limit. */
static size_t limit_in(const char *path)
{
    unsigned long long limit;
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return SIZE_MAX;
    int count = fscanf(file, "%llu", &limit);
    fclose(file);
    return count == 1 && limit < SIZE_MAX ? (size_t)limit : SIZE_MAX;
}

/* Of a group and all above it. In a container the group's path may be that of the host: then only
 * the root is there, which is the container's. */
static size_t limit_of_group(const char *root, char *group, const char *name)
{
    char path[PATH_MAX];
    size_t limit = SIZE_MAX;
    for (;;) {
        int length = snprintf(path, sizeof path, "%s%s/%s", root, group, name);
        if (length > 0 && (size_t)length < sizeof path)
            limit = least(limit, limit_in(path));
        char *slash = strrchr(group, '/');
        if (slash == NULL)
            return limit;
        *slash = '\0';
    }
}

/* A line "NUMBER:CONTROLLERS:PATH"; version 2 has number 0 and no controllers. */
static size_t limit_of_line(char *line, const char *root)
{
    char folder[PATH_MAX];
    char *controllers = strchr(line, ':');
    char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
    if (group == NULL)
        return SIZE_MAX;
    group[strcspn(group, "\n")] = '\0';
    *group++ = '\0';
    if (controllers[1] == '\0') {
        char again[PATH_MAX];
        snprintf(again, sizeof again, "%s", group);
        snprintf(folder, sizeof folder, "%s/unified", root); /* beside those of version 1 */
        return least(limit_of_group(root, group, "memory.max"),
                     limit_of_group(folder, again, "memory.max"));
    }
    if (strstr(controllers + 1, "memory") == NULL)
        return SIZE_MAX;
    snprintf(folder, sizeof folder, "%s/memory", root);
    return limit_of_group(folder, group, "memory.limit_in_bytes");
}

size_t memory_limit_of_groups(const char *list, const char *root)
{
    char line[PATH_MAX];
    size_t limit = SIZE_MAX;
    FILE *file = fopen(list, "r");
    if (file == NULL)
        return limit;
    while (fgets(line, sizeof line, file) != NULL)
        limit = least(limit, limit_of_line(line, root));
    fclose(file);
    return limit;
}

static size_t limit_of_resource(int resource)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur > SIZE_MAX)
        return SIZE_MAX;
    return (size_t)limit.rlim_cur;
}

size_t memory_limit(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    size_t limit = pages > 0 && page > 0 ? (size_t)pages * (size_t)page : SIZE_MAX;
    limit = least(limit, memory_limit_of_groups("/proc/self/cgroup", "/sys/fs/cgroup"));
    return least(limit, least(limit_of_resource(RLIMIT_AS), limit_of_resource(RLIMIT_DATA)));
}
