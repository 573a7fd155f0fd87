/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the process may have of the machine: memory and processors. */
#define _GNU_SOURCE 1 /* sched_getaffinity() */

#include "base/machine.h"

#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char LIST[] = "/proc/self/cgroup", ROOT[] = "/sys/fs/cgroup";

/* A limit of control groups: in one file of version 2, in one or two of version 1, where the second
 * divides the first. */
struct rule {
    const char *controller, *file;    /* version 2 */
    const char *folder, *files_of[2]; /* version 1; NULL: none */
};

static const struct rule MEMORY = {
    "memory", "memory.max", "memory", {"memory.limit_in_bytes", NULL}};
static const struct rule PROCESSORS = {
    "cpu", "cpu.max", "cpu", {"cpu.cfs_quota_us", "cpu.cfs_period_us"}};

/* Reads up to two numbers, and says how many there are: 0 where nothing is limited, which is
 * written as "max" or as a negative number. */
static int read_numbers(const char *folder, const char *group, const char *name, double numbers[2])
{
    char path[PATH_MAX];
    long long found[2] = {0, 0};
    int length = snprintf(path, sizeof path, "%s%s/%s", folder, group, name), count = 0;
    FILE *file = length > 0 && (size_t)length < sizeof path ? fopen(path, "r") : NULL;
    if (file == NULL)
        return 0;
    count = fscanf(file, "%lld %lld", &found[0], &found[1]);
    fclose(file);
    if (count < 1 || found[0] < 0 || found[0] == LLONG_MAX)
        return 0;
    numbers[0] = (double)found[0];
    numbers[1] = (double)found[1];
    return count;
}

/* Of one group; INFINITY: none. */
static double limit_at(const struct rule *rule, bool is_old, const char *folder, const char *group)
{
    double numbers[2], period[2];
    int count = read_numbers(folder, group, is_old ? rule->files_of[0] : rule->file, numbers);
    if (count == 0)
        return INFINITY;
    if (is_old && rule->files_of[1] != NULL)
        return read_numbers(folder, group, rule->files_of[1], period) > 0 && period[0] > 0.0
                   ? numbers[0] / period[0]
                   : (double)INFINITY;
    return count == 2 && numbers[1] > 0.0 ? numbers[0] / numbers[1] : numbers[0];
}

/* Of a group and all above it. In a container the group's path may be that of the host: then only
 * the root is there, which is the container's. */
static double limit_from(const struct rule *rule, bool is_old, const char *folder,
                         const char *group)
{
    char path[PATH_MAX];
    double limit = INFINITY;
    snprintf(path, sizeof path, "%s", group);
    for (;;) {
        limit = fmin(limit, limit_at(rule, is_old, folder, path));
        char *slash = strrchr(path, '/');
        if (slash == NULL)
            return limit;
        *slash = '\0';
    }
}

/* Whether a word stands in a list with commas. */
static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list;; at++) {
        if (strncmp(at, word, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
        at = strchr(at, ',');
        if (at == NULL)
            return false;
    }
}

/* A line "NUMBER:CONTROLLERS:PATH"; version 2 has number 0 and no controllers, and may be mounted
 * beside version 1. */
static double limit_of_line(const struct rule *rule, char *line, const char *root)
{
    char folder[PATH_MAX];
    char *controllers = strchr(line, ':');
    char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
    if (group == NULL)
        return INFINITY;
    group[strcspn(group, "\n")] = '\0';
    *group++ = '\0';
    bool is_old = *++controllers != '\0';
    if (is_old && !has_word(controllers, rule->controller))
        return INFINITY;
    snprintf(folder, sizeof folder, "%s/%s", root, is_old ? rule->folder : "unified");
    double limit = limit_from(rule, is_old, folder, group);
    return is_old ? limit : fmin(limit, limit_from(rule, false, root, group));
}

static double limit_of_groups(const struct rule *rule, const char *list, const char *root)
{
    char line[PATH_MAX];
    double limit = INFINITY;
    FILE *file = fopen(list, "r");
    if (file == NULL)
        return limit;
    while (fgets(line, sizeof line, file) != NULL)
        limit = fmin(limit, limit_of_line(rule, line, root));
    fclose(file);
    return limit;
}

size_t assay__groups_memory(const char *list, const char *root)
{
    double limit = limit_of_groups(&MEMORY, list, root);
    return limit < (double)SIZE_MAX ? (size_t)limit : SIZE_MAX;
}

uint32_t assay__groups_processors(const char *list, const char *root)
{
    double limit = ceil(limit_of_groups(&PROCESSORS, list, root));
    return limit >= (double)UINT32_MAX ? UINT32_MAX : limit < 1.0 ? 1 : (uint32_t)limit;
}

/* What a limit of resources allows now. */
static size_t soft(const struct rlimit *limit)
{
    return limit->rlim_cur == RLIM_INFINITY || limit->rlim_cur > SIZE_MAX ? SIZE_MAX
                                                                          : (size_t)limit->rlim_cur;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t assay__machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    size_t limit = pages > 0 && page > 0 ? (size_t)pages * (size_t)page : SIZE_MAX;
    limit = least(limit, assay__groups_memory(LIST, ROOT));
    struct rlimit resource;
    if (getrlimit(RLIMIT_AS, &resource) == 0)
        limit = least(limit, soft(&resource));
    if (getrlimit(RLIMIT_DATA, &resource) == 0)
        limit = least(limit, soft(&resource));
    return limit;
}

static uint32_t quota;

static void read_quota(void)
{
    quota = assay__groups_processors(LIST, ROOT);
}

uint32_t assay__machine_processors(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    cpu_set_t allowed;
    (void)pthread_once(&once, read_quota);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return 1;
    uint32_t count = (uint32_t)CPU_COUNT(&allowed);
    return count < quota ? count : quota;
}
