/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What control groups and limits of resources leave of the machine's memory and processors. */
#include "test.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/machine.h"

static char root[256], list[300];

#ifdef __GLIBC__
typedef __rlimit_resource_t resource_id;
#else
typedef int resource_id;
#endif

/* The resource that has a limit here; -1: none has. */
static int limited = -1;

/* Instead of the system's, whose limits would hold for this program and its sanitizers, too. */
int getrlimit(resource_id resource, struct rlimit *limit)
{
    limit->rlim_max = RLIM_INFINITY;
    limit->rlim_cur = (int)resource == limited ? (rlim_t)64 << 20 : RLIM_INFINITY;
    return 0;
}

/* Writes a file below root, with its folders. */
static void put(const char *name, const char *text)
{
    char path[600];
    snprintf(path, sizeof path, "%s%s", root, name);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        ck_assert(mkdir(path, 0700) == 0 || access(path, X_OK) == 0);
        *slash = '/';
    }
    test_write_file(path, text, strlen(text));
}

static void begin(const char *groups)
{
    static int count;
    snprintf(root, sizeof root, "%s/groups-%ld-%d", test_tmp(), (long)getpid(), count++);
    ck_assert_int_eq(mkdir(root, 0700), 0);
    put("/list", groups);
    snprintf(list, sizeof list, "%s/list", root);
}

static void must_be(size_t want)
{
    ck_assert_uint_eq(assay__groups_memory(list, root), want);
}

/* Version 2: the least of the group and of all above it. */
START_TEST(groups_of_version_2_limit)
{
    begin("0::/system.slice/nightly.service\n");
    must_be(SIZE_MAX);
    put("/system.slice/nightly.service/memory.max", "max\n");
    must_be(SIZE_MAX);
    put("/system.slice/memory.max", "536870912\n");
    must_be(536870912);
    put("/system.slice/nightly.service/memory.max", "268435456\n");
    must_be(268435456);
    put("/memory.max", "1048576\n");
    must_be(1048576);
}
END_TEST

/* Version 1: the controller's line alone; its "no limit" is a number beyond any machine. */
START_TEST(groups_of_version_1_limit)
{
    begin("12:cpuset:/a\n9:hugetlb,memory:/docker/0123\n1:name=systemd:/a\n0::/a\n");
    put("/memory/memory.limit_in_bytes", "9223372036854771712\n");
    must_be(9223372036854771712u);
    put("/memory/docker/0123/memory.limit_in_bytes", "400000000\n");
    must_be(400000000);
    put("/unified/a/memory.max", "300000000\n");
    must_be(300000000);
}
END_TEST

/* In a container the path may be the host's: its own group is the root then. */
START_TEST(the_root_of_a_container_limits)
{
    begin("0::/kubepods/pod1/0123\n");
    put("/memory.max", "1073741824\n");
    must_be(1073741824);
    begin("0::/../..\n");
    put("/memory.max", "1073741824");
    must_be(1073741824);
}
END_TEST

START_TEST(what_is_no_number_is_no_limit)
{
    begin("0::/\nnonsense\n:\n::\n5:memory\n7:memory:\n");
    put("/memory.max", "-1\n");
    must_be(SIZE_MAX);
    put("/memory.max", "");
    must_be(SIZE_MAX);
    put("/memory.max", "99999999999999999999999999\n");
    must_be(SIZE_MAX);
    snprintf(list, sizeof list, "%s/not there", root);
    must_be(SIZE_MAX);
}
END_TEST

static void must_be_processors(uint32_t want)
{
    ck_assert_uint_eq(assay__groups_processors(list, root), want);
}

/* As many as the quota is worth, rounded up, and one at least. */
START_TEST(quotas_limit_processors)
{
    begin("0::/kubepods/pod1\n");
    must_be_processors(UINT32_MAX);
    put("/kubepods/pod1/cpu.max", "max 100000\n");
    must_be_processors(UINT32_MAX);
    put("/kubepods/pod1/cpu.max", "400000 100000\n");
    must_be_processors(4);
    put("/kubepods/cpu.max", "150000 100000\n");
    must_be_processors(2);
    put("/cpu.max", "5000 100000\n");
    must_be_processors(1);
    must_be(SIZE_MAX);
    begin("3:cpuset:/a\n4:cpuacct,cpu:/a\n");
    put("/cpu/a/cpu.cfs_quota_us", "-1\n");
    put("/cpu/a/cpu.cfs_period_us", "100000\n");
    must_be_processors(UINT32_MAX);
    put("/cpu/a/cpu.cfs_quota_us", "250000\n");
    must_be_processors(3);
    put("/cpu/a/cpu.cfs_period_us", "0\n");
    must_be_processors(UINT32_MAX);
    ck_assert_uint_ge(assay__machine_processors(), 1);
}
END_TEST

START_TEST(limits_of_resources_count)
{
    size_t before = assay__machine_memory();
    ck_assert_uint_gt(before, (size_t)64 << 20);
    limited = RLIMIT_DATA;
    ck_assert_uint_eq(assay__machine_memory(), (size_t)64 << 20);
    limited = RLIMIT_AS;
    ck_assert_uint_eq(assay__machine_memory(), (size_t)64 << 20);
    limited = -1;
    ck_assert_uint_eq(assay__machine_memory(), before);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, groups_of_version_2_limit);
    tcase_add_test(cases, groups_of_version_1_limit);
    tcase_add_test(cases, the_root_of_a_container_limits);
    tcase_add_test(cases, what_is_no_number_is_no_limit);
    tcase_add_test(cases, quotas_limit_processors);
    tcase_add_test(cases, limits_of_resources_count);
}

int main(void)
{
    return test_main("machine", add);
}
