/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was answered 200 is there after a power cut, and what the disk did not take is not answered
 * 200. fsync() and fdatasync() stand here instead of the C library's and note what the database's
 * files held when they were synced, and which names the directory had. A power cut leaves that and,
 * at worst, any of the blocks that were written since.
 */
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "serve/store/store.h"
#include "disk_image.h"
#include "serve_client.h"
#include "tmp_folder.h"

#define INTERPOSED __attribute__((visibility("default")))

enum { FILES = 3, POSTS = 150, CHECK_EACH = 9, MOMENT_EACH = 7, MOMENTS_MAX = 8 };
static const char *const NAMES[FILES] = {"results.db", "results.db-wal", "results.db-journal"};

/* The files amid a commit: what is synced, and what is written. */
struct moment {
    struct disk_image synced[FILES], written[FILES];
    unsigned acknowledged;
};

static struct endpoint endpoint;
static char folder[64]; /* of the database while the disk is watched, else "" */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct disk_image disk[FILES];
static struct moment moments[MOMENTS_MAX];
static unsigned moment_count, sync_count, checkpoint_count;
static atomic_uint acknowledged;
static atomic_int fault_file, fault_code; /* of the next write or sync of a file; code 0: none */
static atomic_bool fault_is_write, fault_stays;

/* Which of the files this is; FILES for the folder itself, -1 for anything else. */
static int file_of(int fd)
{
    char link[64], path[256];
    size_t length = strlen(folder);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t got = length > 0 ? readlink(link, path, sizeof path - 1) : -1;
    if (got < (ssize_t)length)
        return -1;
    path[got] = '\0';
    if (strcmp(path, folder) == 0)
        return FILES;
    for (int i = 0; i < FILES; i++)
        if (strncmp(path, folder, length) == 0 && path[length] == '/' &&
            strcmp(path + length + 1, NAMES[i]) == 0)
            return i;
    return -1;
}

static void keep_moment(void)
{
    if (sync_count % MOMENT_EACH != 0 || moment_count == MOMENTS_MAX)
        return;
    struct moment *moment = &moments[moment_count++];
    moment->acknowledged = atomic_load(&acknowledged);
    for (int i = 0; i < FILES; i++) {
        moment->synced[i] = disk_image_copy(&disk[i]);
        moment->written[i] = disk_image_read(folder, NAMES[i]);
    }
}

/* Nothing is really synced: the test must not depend on how fast the disk is. */
static void note_sync(int file)
{
    pthread_mutex_lock(&lock);
    sync_count++;
    keep_moment();
    checkpoint_count += file == 0;
    if (file < FILES) {
        struct disk_image now = disk_image_read(folder, NAMES[file]);
        free(disk[file].bytes);
        disk[file].bytes = now.bytes;
        disk[file].length = now.length;
    }
    for (int i = 0; i < FILES && file == FILES; i++) {
        char path[160];
        snprintf(path, sizeof path, "%s/%s", folder, NAMES[i]);
        disk[i].has_name = access(path, F_OK) == 0;
    }
    pthread_mutex_unlock(&lock);
}

/* Faults that stay fail every time, others once. */
static bool fails(int file, bool is_write)
{
    if (file < 0 || file != atomic_load(&fault_file) || atomic_load(&fault_is_write) != is_write)
        return false;
    int code =
        atomic_load(&fault_stays) ? atomic_load(&fault_code) : atomic_exchange(&fault_code, 0);
    errno = code;
    return code != 0;
}

static int sync_file(int fd, long call)
{
    int file = file_of(fd);
    if (file < 0)
        return folder[0] != '\0' ? 0 : (int)syscall(call, fd);
    if (fails(file, false))
        return -1;
    note_sync(file);
    return 0;
}

INTERPOSED int fsync(int fd)
{
    return sync_file(fd, SYS_fsync);
}

INTERPOSED int fdatasync(int fd)
{
    return sync_file(fd, SYS_fdatasync);
}

INTERPOSED ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
{
    return fails(file_of(fd), true) ? -1 : syscall(SYS_pwrite64, fd, bytes, length, offset);
}

INTERPOSED ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    return fails(file_of(fd), true) ? -1 : syscall(SYS_pwrite64, fd, bytes, length, offset);
}

/* Sizes that fill the WAL, so that it is copied to the database and begun again several times;
 * from LARGE on, soon. */
enum { LARGE = 1000 };
static size_t size_of(unsigned index)
{
    return index % 4 == 0 || index >= LARGE ? 100000 + index : index;
}

/* How many results from one to before another there are; all must be whole. */
static unsigned count_rows(sqlite3 *database, unsigned from, unsigned to)
{
    sqlite3_stmt *statement;
    unsigned found = 0;
    ck_assert_int_eq(sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &statement, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    ck_assert_str_eq((const char *)sqlite3_column_text(statement, 0), "ok");
    sqlite3_finalize(statement);
    ck_assert_int_eq(
        sqlite3_prepare_v2(database, "SELECT id, document FROM result", -1, &statement, NULL),
        SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        unsigned index = (unsigned)atoi((const char *)sqlite3_column_text(statement, 0) + 2);
        const char *document = sqlite3_column_blob(statement, 1);
        size_t length = (size_t)sqlite3_column_bytes(statement, 1), size = size_of(index);
        ck_assert(length > size + 2 && memcmp(document + length - 2, "\"}", 2) == 0);
        const char *text = document + length - 2 - size;
        ck_assert_int_eq(text[-1], '"');
        ck_assert_uint_eq(strspn(text, "x"), size); /* the quotation mark ends it */
        found += index >= from && index < to;
    }
    sqlite3_finalize(statement);
    return found;
}

/* Starts on what a power cut left, and looks for the results from one to before another. */
static void check_cut(const struct disk_image *synced, const struct disk_image *written,
                      unsigned from, unsigned to)
{
    char directory[64], path[128];
    snprintf(directory, sizeof directory, "%s/cut-XXXXXX", test_tmp());
    struct serve_store *store;
    struct assay_error err = {0};
    sqlite3 *database;
    ck_assert_ptr_nonnull(mkdtemp(directory));
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, NAMES[i]);
        disk_image_write_torn(path, &synced[i], &written[i]);
    }
    snprintf(path, sizeof path, "%s/%s", directory, NAMES[0]);
    assert_ok(serve_store_open(path, false, &store, &err), &err);
    ck_assert_int_eq(sqlite3_open(path, &database), SQLITE_OK);
    ck_assert_uint_eq(count_rows(database, from, to), to - from);
    sqlite3_close(database);
    serve_store_close(store);
    unlink(path); /* all there is once the last connection is closed */
    ck_assert_int_eq(rmdir(directory), 0);
}

static void release_images(struct disk_image *images)
{
    for (int i = 0; i < FILES; i++)
        free(images[i].bytes);
}

/* The cuts amid the commits of late. */
static void check_moments(void)
{
    for (;;) {
        pthread_mutex_lock(&lock);
        bool is_done = moment_count == 0;
        struct moment moment = is_done ? (struct moment){0} : moments[--moment_count];
        pthread_mutex_unlock(&lock);
        if (is_done)
            return;
        for (int round = 0; round < 2; round++)
            check_cut(moment.synced, moment.written, 0, moment.acknowledged);
        release_images(moment.synced);
        release_images(moment.written);
    }
}

static void post(unsigned index, long status)
{
    char path[128];
    struct assay__text body = {0};
    snprintf(path, sizeof path, COLLECTION "?analysisResultId=p-%u", index);
    assay__text_puts(&body, "{\"parent\":\"" PARENT "\",\"analysisResult\":{\"exposureFilter\":\"");
    for (size_t i = size_of(index); i > 0; i--)
        assay__text_putc(&body, 'x');
    assay__text_puts(&body, "\"}}");
    expect(ask_alice(&endpoint, "POST", path, body.data), status, "");
    assay__text_release(&body);
}

static void watch(void)
{
    endpoint_init(&endpoint);
    strcpy(folder, endpoint.folder);
    endpoint_start(&endpoint);
}

static void unwatch(void)
{
    endpoint_release(&endpoint);
    folder[0] = '\0';
    release_images(disk);
}

START_TEST(acknowledged_results_survive_a_power_cut)
{
    unsigned cuts = 0;
    watch();
    for (unsigned i = 0; i < POSTS; i++) {
        unsigned checkpoints = checkpoint_count;
        post(i, 200);
        atomic_store(&acknowledged, i + 1);
        bool is_checked = i < 5 || i % CHECK_EACH == 0 || checkpoint_count != checkpoints;
        if (is_checked)
            check_cut(disk, disk, 0, i + 1);
        cuts += is_checked + 2 * moment_count;
        check_moments();
        if (i % 50 == 49) { /* stopped and started in order */
            serve_stop(endpoint.server);
            check_cut(disk, disk, 0, i + 1);
            check_moments();
            endpoint_start(&endpoint);
        }
    }
    ck_assert_uint_gt(checkpoint_count, 3);
    printf("%u power cuts, %u syncs, %u of the database\n", cuts, sync_count, checkpoint_count);
    unwatch();
}
END_TEST

static void set_fault(int file, bool is_write, int code)
{
    atomic_store(&fault_file, file);
    atomic_store(&fault_is_write, is_write);
    atomic_store(&fault_code, code);
}

/* A write or sync of the WAL that fails: 503, nothing is there, and the next try succeeds. */
START_TEST(what_the_disk_does_not_take_is_not_acknowledged)
{
    static const int CODES[] = {EIO, ENOSPC};
    watch();
    post(0, 200);
    for (unsigned i = 1; i <= 4; i++) {
        char path[128];
        snprintf(path, sizeof path, COLLECTION "/p-%u", i);
        set_fault(1, i <= 2, CODES[i % 2]);
        post(i, 503);
        ck_assert_int_eq(atomic_load(&fault_code), 0);
        expect(ask_alice(&endpoint, "GET", path, NULL), 404, "");
        post(i, 200);
        check_cut(disk, disk, 0, i + 1);
    }
    serve_stop(endpoint.server);
    check_cut(disk, disk, 0, 5);
    endpoint_start(&endpoint);
    unwatch();
}
END_TEST

/* The files as they are now, which is what kill -9 leaves: no page was lost. */
static void check_kill(unsigned from, unsigned to, unsigned found)
{
    char directory[64] = "/tmp/assay-cut-XXXXXX", path[128];
    struct assay_error err = {0};
    struct serve_store *store;
    sqlite3 *database;
    ck_assert_ptr_nonnull(mkdtemp(directory));
    for (int i = 0; i < FILES; i++) {
        struct disk_image image = disk_image_read(folder, NAMES[i]);
        snprintf(path, sizeof path, "%s/%s", directory, NAMES[i]);
        if (image.has_name)
            disk_image_write_torn(path, &image, &image);
        free(image.bytes);
    }
    snprintf(path, sizeof path, "%s/%s", directory, NAMES[0]);
    assert_ok(serve_store_open(path, false, &store, &err), &err);
    ck_assert_int_eq(sqlite3_open(path, &database), SQLITE_OK);
    ck_assert_uint_eq(count_rows(database, from, to), found);
    sqlite3_close(database);
    serve_store_close(store);
    unlink(path);
    ck_assert_int_eq(rmdir(directory), 0);
}

/* A sync that fails leaves the commit whole in the WAL: refused, it must not come true. */
START_TEST(what_was_refused_does_not_come_true_after_a_crash)
{
    watch();
    post(0, 200);
    for (unsigned i = 1; i <= 8; i++) {
        set_fault(1, false, i % 2 == 0 ? EIO : ENOSPC);
        post(i, 503);
        check_kill(1, 9, 0);
        check_kill(0, 1, 1);
    }
    set_fault(1, false, EIO);
    expect(ask_alice(&endpoint, "DELETE", COLLECTION "/p-0", NULL), 503, "could not be deleted");
    check_kill(0, 1, 1);
    post(9, 200);
    check_kill(0, 10, 2);
    unwatch();
}
END_TEST

/* What cannot be undone either is not called refused. */
START_TEST(a_disk_that_stays_broken_leaves_it_unknown)
{
    watch();
    post(0, 200);
    set_fault(1, false, EIO);
    atomic_store(&fault_stays, true);
    post(1, 500);
    expect(ask_alice(&endpoint, "DELETE", COLLECTION "/p-0", NULL), 500, "not known");
    atomic_store(&fault_stays, false);
    set_fault(1, false, 0);
    expect(ask_alice(&endpoint, "GET", COLLECTION "/p-0", NULL), 200, "");
    post(2, 200); /* which undoes what was in doubt */
    check_kill(0, 3, 2);
    unwatch();
}
END_TEST

/* When the WAL cannot be copied to the database, everything stays in the WAL, and is answered. */
START_TEST(a_checkpoint_that_fails_loses_nothing)
{
    unsigned next = LARGE;
    watch();
    for (int round = 0; round < 2; round++) {
        set_fault(0, round == 0, round == 0 ? ENOSPC : EIO);
        while (atomic_load(&fault_code) != 0)
            post(next++, 200);
        check_cut(disk, disk, LARGE, next);
    }
    for (unsigned checkpoints = checkpoint_count; checkpoint_count == checkpoints;)
        post(next++, 200);
    check_cut(disk, disk, LARGE, next);
    unwatch();
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, acknowledged_results_survive_a_power_cut);
    tcase_add_test(cases, what_the_disk_does_not_take_is_not_acknowledged);
    tcase_add_test(cases, what_was_refused_does_not_come_true_after_a_crash);
    tcase_add_test(cases, a_disk_that_stays_broken_leaves_it_unknown);
    tcase_add_test(cases, a_checkpoint_that_fails_loses_nothing);
}

int main(void)
{
    return test_main_apart("power_cut", add);
}
