/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outbox: what is on disk and when, and who holds an entry. Delivery from it is in
 * test_post_outbox.c. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "api/deliver/outbox.h"
#include "test.h"

static char directory[64];
static int flock_error; /* 0: flock() works */

/* Stands before the C library's. */
int flock(int fd, int operation)
{
    if (flock_error == 0)
        return (int)syscall(SYS_flock, fd, operation);
    errno = flock_error;
    return -1;
}

static void make_directory_name(void)
{
    snprintf(directory, sizeof directory, "%s/box-XXXXXX", test_tmp());
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(rmdir(directory), 0);
}

static void remove_directory(void)
{
    ck_assert(access(directory, F_OK) != 0 || test_tmp_remove(directory));
}

static size_t list(struct assay__arena *arena, const char *const **names)
{
    struct assay_error err;
    size_t count;
    assert_ok(assay__outbox_list(directory, arena, names, &count, &err), &err);
    return count;
}

START_TEST(entry_lives_until_removed)
{
    struct assay__arena arena = {0};
    struct assay__outbox_entry entry, claimed;
    struct assay_error err;
    const char *const *names;
    bool held;
    struct stat found;
    ck_assert_uint_eq(list(&arena, &names), 0); /* a directory that is not there is empty */
    assert_ok(assay__outbox_put(directory, "res-1", "{\"a\":1}", 7, &entry, &err), &err);
    ck_assert_uint_eq(list(&arena, &names), 1);
    ck_assert_str_eq(names[0], "res-1-015abd7f5cc57a2d.json"); /* printf '{"a":1}' | sha256sum */
    ck_assert_int_eq(stat(entry.path, &found), 0);
    ck_assert_uint_eq(found.st_mode & 0777, 0600);
    ck_assert_int_eq(stat(directory, &found), 0);
    ck_assert_uint_eq(found.st_mode & 0777, 0700);
    assert_ok(assay__outbox_claim(directory, names[0], &claimed, &held, &err), &err);
    ck_assert(!held); /* the one who put it holds it */
    assay__outbox_release(&claimed);
    assay__outbox_release(&entry);
    assert_ok(assay__outbox_claim(directory, names[0], &claimed, &held, &err), &err);
    ck_assert(held);
    ck_assert_str_eq(claimed.body, "{\"a\":1}");
    assert_ok(assay__outbox_remove(&claimed, &err), &err);
    assert_ok(assay__outbox_remove(&claimed, &err), &err); /* gone already is fine */
    assay__outbox_release(&claimed);
    ck_assert_uint_eq(list(&arena, &names), 0);
    assert_ok(assay__outbox_claim(directory, "res-1-015abd7f5cc57a2d.json", &claimed, &held, &err),
              &err);
    ck_assert(!held);
    assay__outbox_release(&claimed);
    assay__arena_release(&arena);
}
END_TEST

START_TEST(same_body_is_same_entry)
{
    struct assay__arena arena = {0};
    struct assay__outbox_entry first, second, third;
    struct assay_error err;
    const char *const *names;
    assert_ok(assay__outbox_put(directory, "res-1", "{\"a\":1}", 7, &first, &err), &err);
    assert_ok(assay__outbox_put(directory, "res-1", "{\"a\":1}", 7, &second, &err), &err);
    assert_ok(assay__outbox_put(directory, "res-1", "{\"a\":2}", 7, &third, &err), &err);
    ck_assert_str_eq(first.path, second.path);
    ck_assert_uint_eq(list(&arena, &names), 2);
    assay__outbox_release(&first);
    assay__outbox_release(&second);
    assay__outbox_release(&third);
    assay__arena_release(&arena);
}
END_TEST

static void touch(const char *name, time_t when)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("{}", file);
    fclose(file);
    const struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

START_TEST(listing_is_oldest_first_and_sweeps)
{
    struct assay__arena arena = {0};
    const char *const *names;
    char path[256];
    time_t now = time(NULL);
    ck_assert_int_eq(mkdir(directory, 0700), 0);
    touch("b.json", now - 10);
    touch("a.json", now - 10);
    touch("c.json", now - 100);
    touch("notes.txt", now - 1000);
    touch(".json", now - 1000);
    touch(".writing-old", now - 7200);
    touch(".writing-new", now - 60);
    /* A writer whose clock is two hours behind, or whose file's time is: it lives. */
    touch(".writing-held", now - 7200);
    snprintf(path, sizeof path, "%s/.writing-held", directory);
    int held = open(path, O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq(flock(held, LOCK_EX), 0);
    snprintf(path, sizeof path, "%s/d.json", directory);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/e.json", directory);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    ck_assert_uint_eq(list(&arena, &names), 3);
    ck_assert_str_eq(names[0], "c.json");
    ck_assert_str_eq(names[1], "a.json");
    ck_assert_str_eq(names[2], "b.json");
    snprintf(path, sizeof path, "%s/.writing-old", directory);
    ck_assert_int_ne(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/.writing-new", directory);
    ck_assert_int_eq(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/.writing-held", directory);
    ck_assert_int_eq(access(path, F_OK), 0);
    close(held);
    assay__arena_release(&arena);
    list(&arena, &names);
    ck_assert_int_ne(access(path, F_OK), 0); /* its writer is gone */
    assay__arena_release(&arena);
}
END_TEST

/* What someone put in the place of an entry while that was being delivered is not removed. */
START_TEST(remove_spares_what_took_its_place)
{
    struct assay__arena arena = {0};
    struct assay__outbox_entry entry, other;
    struct assay_error err;
    const char *const *names;
    assert_ok(assay__outbox_put(directory, "res-1", "{\"a\":1}", 7, &entry, &err), &err);
    assert_ok(assay__outbox_put(directory, "res-1", "{\"a\":1}", 7, &other, &err), &err);
    assert_ok(assay__outbox_remove(&entry, &err), &err);
    ck_assert_uint_eq(list(&arena, &names), 1);
    assert_ok(assay__outbox_remove(&other, &err), &err);
    ck_assert_uint_eq(list(&arena, &names), 0);
    assay__outbox_release(&entry);
    assay__outbox_release(&other);
    assay__arena_release(&arena);
}
END_TEST

/* An entry that lost its end, or one digit of which is another, still is JSON perhaps. */
START_TEST(damaged_entry_is_not_handed_out)
{
    static const char *const bodies[] = {"", "{\"a\":1}{\"a", "{\"a\":12}", "{\"a\":1234} "};
    struct assay__arena arena = {0};
    struct assay__outbox_entry entry;
    struct assay_error err;
    const char *const *names;
    bool held;
    assert_ok(assay__outbox_put(directory, "res-1", "{\"a\":1234}", 10, &entry, &err), &err);
    ck_assert_uint_eq(list(&arena, &names), 1);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        FILE *file = fopen(entry.path, "w");
        ck_assert_ptr_nonnull(file);
        fputs(bodies[i], file);
        fclose(file);
        struct assay__outbox_entry claimed;
        close(entry.fd); /* lets go of it */
        entry.fd = -1;
        ck_assert_int_eq(assay__outbox_claim(directory, names[0], &claimed, &held, &err),
                         ASSAY_ERROR_DATA);
        ck_assert(held);
        ck_assert_str_eq(err.file, entry.path);
        ck_assert_ptr_nonnull(strstr(err.message, "damaged"));
        assay__outbox_release(&claimed);
    }
    assay__outbox_release(&entry);
    assay__arena_release(&arena);
}
END_TEST

/* Where the file system has no locks, entries are put and claimed all the same. */
START_TEST(file_system_without_locks)
{
    struct assay__arena arena = {0};
    struct assay__outbox_entry entry, claimed;
    struct assay_error err;
    const char *const *names;
    bool held;
    flock_error = ENOLCK;
    assert_ok(assay__outbox_put(directory, "res-1", "{}", 2, &entry, &err), &err);
    ck_assert_uint_eq(list(&arena, &names), 1);
    assert_ok(assay__outbox_claim(directory, names[0], &claimed, &held, &err), &err);
    ck_assert(held);
    assay__outbox_release(&claimed);
    assay__outbox_release(&entry);
    assay__arena_release(&arena);
}
END_TEST

/* No room: the error says so, and nothing is left behind. */
START_TEST(entry_without_room)
{
    static char body[100000];
    struct assay__outbox_entry entry;
    struct assay_error err = {0};
    const struct rlimit limit = {4096, 4096};
    memset(body, ' ', sizeof body);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(assay__outbox_put(directory, "res-1", body, sizeof body, &entry, &err),
                     ASSAY_ERROR_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "written: File too large"));
    ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

START_TEST(directory_that_cannot_be)
{
    struct assay__arena arena = {0};
    struct assay__outbox_entry entry;
    struct assay_error err = {0};
    const char *const *names;
    size_t count;
    ck_assert_int_eq(assay__outbox_put("/tmp/none/none", "ab", "{}", 2, &entry, &err),
                     ASSAY_ERROR_IO);
    ck_assert_str_eq(err.file, "/tmp/none/none");
    ck_assert_int_eq(assay__outbox_put("/dev/null", "ab", "{}", 2, &entry, &err), ASSAY_ERROR_IO);
    ck_assert_int_eq(assay__outbox_list("/dev/null", &arena, &names, &count, &err), ASSAY_ERROR_IO);
    assay__arena_release(&arena);
}
END_TEST

/* A lock dies with its process: what a killed one held is free. */
START_TEST(lock_ends_with_process)
{
    struct assay__arena arena = {0};
    struct assay__outbox_entry entry, claimed;
    struct assay_error err;
    const char *const *names;
    bool held;
    int ready[2];
    ck_assert_int_eq(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        if (assay__outbox_put(directory, "res-1", "{}", 2, &entry, &err) != ASSAY_OK ||
            write(ready[1], "x", 1) != 1)
            _exit(1);
        pause();
    }
    char byte;
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    ck_assert_uint_eq(list(&arena, &names), 1);
    assert_ok(assay__outbox_claim(directory, names[0], &claimed, &held, &err), &err);
    ck_assert(!held);
    assay__outbox_release(&claimed);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_ok(assay__outbox_claim(directory, names[0], &claimed, &held, &err), &err);
    ck_assert(held);
    assay__outbox_release(&claimed);
    close(ready[0]);
    close(ready[1]);
    assay__arena_release(&arena);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, make_directory_name, remove_directory);
    tcase_add_test(cases, entry_lives_until_removed);
    tcase_add_test(cases, same_body_is_same_entry);
    tcase_add_test(cases, listing_is_oldest_first_and_sweeps);
    tcase_add_test(cases, remove_spares_what_took_its_place);
    tcase_add_test(cases, damaged_entry_is_not_handed_out);
    tcase_add_test(cases, file_system_without_locks);
    tcase_add_test(cases, entry_without_room);
    tcase_add_test(cases, directory_that_cannot_be);
    tcase_add_test(cases, lock_ends_with_process);
}

int main(void)
{
    return test_main_apart("outbox", add);
}
