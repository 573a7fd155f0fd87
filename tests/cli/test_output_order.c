/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of --output lasts: its bytes are synced before its name is, and the name after that. */
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/output.h"

static char calls[64]; /* f: a file was synced; d: a folder; r: a file was renamed */
static bool rename_fails;

static void note(char call)
{
    size_t length = strlen(calls);
    ck_assert_uint_lt(length, sizeof calls - 1);
    calls[length] = call;
}

/* These stand before the C library's. */
int fsync(int fd)
{
    struct stat of;
    note(fstat(fd, &of) == 0 && S_ISDIR(of.st_mode) ? 'd' : 'f');
    return 0;
}

int rename(const char *from, const char *to)
{
    note('r');
    return rename_fails ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

START_TEST(a_new_file_is_synced_then_named_then_its_folder_is_synced)
{
    char path[256];
    size_t length;
    memset(calls, 0, sizeof calls);
    rename_fails = false;
    snprintf(path, sizeof path, "%s/result.json", test_tmp());
    ck_assert_int_eq(output_write(path, "{}\n", 3), 0);
    ck_assert_str_eq(calls, "frd");
    ck_assert_int_eq(output_write(path, "{1}\n", 4), 0); /* in the place of another */
    ck_assert_str_eq(calls, "frdfrd");
    char *text = test_read_file(path, &length);
    ck_assert_str_eq(text, "{1}\n");
    free(text);
}
END_TEST

START_TEST(a_name_that_cannot_be_given_leaves_nothing)
{
    char path[256], command[300];
    snprintf(path, sizeof path, "%s/none.json", test_tmp());
    memset(calls, 0, sizeof calls);
    rename_fails = true;
    ck_assert_int_eq(output_write(path, "{}\n", 3), 74);
    ck_assert_str_eq(calls, "fr");
    ck_assert_int_ne(access(path, F_OK), 0);
    snprintf(command, sizeof command, "! ls '%s' | grep -q none", test_tmp());
    ck_assert_int_eq(system(command), 0);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_new_file_is_synced_then_named_then_its_folder_is_synced);
    tcase_add_test(cases, a_name_that_cannot_be_given_leaves_nothing);
}

int main(void)
{
    return test_main("output_order", add);
}
