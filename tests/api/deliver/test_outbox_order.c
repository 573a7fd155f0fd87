/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An outbox of many entries lists them oldest first, to the nanosecond. */
#include "test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/deliver/outbox.h"

enum { ENTRIES = 300, SECOND = 1767225600 };

/* Entry i is written i % 3 seconds and (i * 7 % 300) nanoseconds late; 7 has no factor with 300. */
static long lateness(unsigned i)
{
    return (long)(i % 3) * 1000 + i * 7 % ENTRIES;
}

START_TEST(entries_of_one_second_are_in_the_order_of_nanoseconds)
{
    char directory[64], path[128];
    snprintf(directory, sizeof directory, "%s/order-XXXXXX", test_tmp());
    struct assay__arena arena = {0};
    struct assay_error err;
    const char *const *names;
    size_t count;
    long before = -1;
    ck_assert_ptr_nonnull(mkdtemp(directory));
    for (unsigned i = 0; i < ENTRIES; i++) {
        const struct timespec written = {.tv_sec = SECOND + lateness(i) / 1000,
                                         .tv_nsec = lateness(i) % 1000};
        const struct timespec times[2] = {written, written};
        snprintf(path, sizeof path, "%s/%u.json", directory, i);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(futimens(fd, times), 0);
        close(fd);
    }
    assert_ok(assay__outbox_list(directory, &arena, &names, &count, &err), &err);
    ck_assert_uint_eq(count, ENTRIES);
    for (size_t i = 0; i < count; i++) {
        long late = lateness((unsigned)strtoul(names[i], NULL, 10));
        ck_assert_int_gt(late, before);
        before = late;
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        ck_assert_int_eq(unlink(path), 0);
    }
    ck_assert_int_eq(rmdir(directory), 0);
    assay__arena_release(&arena);
}
END_TEST

static void add_cases(TCase *c)
{
    tcase_add_test(c, entries_of_one_second_are_in_the_order_of_nanoseconds);
}

int main(void)
{
    return test_main("outbox_order", add_cases);
}
