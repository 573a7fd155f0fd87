/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results not yet delivered, on disk.
 *
 * Why nothing is lost: an entry is visible under its name only when it is complete and synced, and
 * it is unlinked only after the server acknowledged it. Why nothing is doubled: the body names the
 * resource, so that delivering an entry twice (a crash between the acknowledgement and the unlink,
 * an unlink that a power cut undid, two processes at once) ends in HTTP 409 and a comparison. The
 * locks therefore only save work; correctness does not rest on them.
 */
#include "api/deliver/outbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "api/deliver/envelope.h"
#include "api/deliver/retry.h"
#include "base/digest.h"
#include "base/memory.h"

enum { STALE_SECONDS = 3600 };
static const char SUFFIX[] = ".json";
static const char TEMPORARY[] = ".writing-";

static enum assay_status fail_io(struct assay_error *err, const char *path, const char *action)
{
    int code = errno;
    return assay__fail_at(err, ASSAY_ERROR_IO, path, 0, 0, "The outbox entry cannot be %s: %s.",
                          action, strerror(code));
}

static char *join(const char *directory, const char *name)
{
    size_t size = strlen(directory) + strlen(name) + 2;
    char *path = assay__malloc(size);
    if (path != NULL)
        snprintf(path, size, "%s/%s", directory, name);
    return path;
}

/* Where a file system has no such thing as a directory that is synced, it says EINVAL, and names
 * last as well as they do there. */
static bool sync_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
    int code = errno;
    close(fd);
    errno = code;
    return ok;
}

/* A directory lasts only once its parent is synced. Who finds it made cannot know whether whoever
 * made it lived to do so, and does it, too, if the parent can be opened. */
static enum assay_status make_directory(const char *directory, struct assay_error *err)
{
    bool is_made = mkdir(directory, 0700) == 0;
    struct stat found;
    if (!is_made && (errno != EEXIST || stat(directory, &found) != 0 || !S_ISDIR(found.st_mode)))
        return assay__fail_at(err, ASSAY_ERROR_IO, directory, 0, 0,
                              "The outbox directory cannot be made: %s.", strerror(errno));
    char *parent = join(directory, "..");
    if (parent == NULL)
        return assay__fail_memory(err);
    bool ok = sync_directory(parent) || (!is_made && errno == EACCES);
    enum assay_status status = ok ? ASSAY_OK : fail_io(err, directory, "synced");
    assay__free(parent);
    return status;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* A new file under lock, held before it has its name. Whoever cleans up may come between open and
 * lock, and take it for left behind; then it is made again. -1 and errno on failure. */
static int open_locked(const char *temporary)
{
    enum { TRIES = 5 };
    for (int i = 0; i < TRIES; i++) {
        struct stat found;
        int fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            return -1;
        /* A file system without locks has no one who would look for them. */
        (void)flock(fd, LOCK_EX);
        if (fstat(fd, &found) != 0 || found.st_nlink > 0)
            return fd;
        close(fd);
    }
    errno = EAGAIN;
    return -1;
}

/* Writes and renames; on failure the temporary file is removed. */
static enum assay_status write_entry(const char *directory, const char *temporary, const char *path,
                                     const char *body, size_t length, int *fd,
                                     struct assay_error *err)
{
    *fd = open_locked(temporary);
    if (*fd < 0)
        return fail_io(err, temporary, "made");
    const char *failed = NULL;
    if (!write_all(*fd, body, length))
        failed = "written";
    else if (fsync(*fd) != 0)
        failed = "synced";
    else if (rename(temporary, path) != 0)
        failed = "renamed";
    if (failed != NULL) {
        enum assay_status status = fail_io(err, path, failed);
        unlink(temporary);
        return status;
    }
    return sync_directory(directory) ? ASSAY_OK : fail_io(err, path, "synced");
}

enum assay_status assay__outbox_put(const char *directory, const char *id, const char *body,
                                    size_t length, struct assay__outbox_entry *entry,
                                    struct assay_error *err)
{
    *entry = (struct assay__outbox_entry){.fd = -1};
    enum assay_status status = make_directory(directory, err);
    if (status != ASSAY_OK)
        return status;
    char digest[65], name[ASSAY__ID_BYTES + 32], temporary_name[64];
    assay__sha256_hex(body, length, digest);
    snprintf(name, sizeof name, "%s-%.16s%s", id, digest, SUFFIX);
    snprintf(temporary_name, sizeof temporary_name, "%s%016llx", TEMPORARY,
             (unsigned long long)assay__random_seed());
    char *temporary = join(directory, temporary_name);
    entry->path = join(directory, name);
    if (temporary == NULL || entry->path == NULL)
        status = assay__fail_memory(err);
    else
        status = write_entry(directory, temporary, entry->path, body, length, &entry->fd, err);
    assay__free(temporary);
    if (status != ASSAY_OK)
        assay__outbox_release(entry);
    return status;
}

/* One name of the listing with its age. */
struct listed {
    const char *name;
    struct timespec written;
};

static int older_first(const void *left, const void *right)
{
    const struct listed *a = left, *b = right;
    if (a->written.tv_sec != b->written.tv_sec)
        return a->written.tv_sec < b->written.tv_sec ? -1 : 1;
    if (a->written.tv_nsec != b->written.tv_nsec)
        return a->written.tv_nsec < b->written.tv_nsec ? -1 : 1;
    return strcmp(a->name, b->name);
}

static bool is_entry_name(const char *name)
{
    size_t length = strlen(name), suffix = sizeof SUFFIX - 1;
    return name[0] != '.' && length > suffix && strcmp(name + length - suffix, SUFFIX) == 0;
}

/* A writer that lives holds the lock of its file: this machine's clock does not decide. */
static void remove_stale(int directory_fd, const char *name)
{
    struct stat found;
    if (strncmp(name, TEMPORARY, sizeof TEMPORARY - 1) != 0)
        return;
    int fd = openat(directory_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &found) == 0 && S_ISREG(found.st_mode) &&
        time(NULL) - found.st_mtime > STALE_SECONDS)
        unlinkat(directory_fd, name, 0);
    close(fd);
}

/* Collects the entries of an open directory into a growing array. */
static enum assay_status collect(DIR *stream, const char *directory, struct assay__arena *arena,
                                 struct listed **list, size_t *count, struct assay_error *err)
{
    size_t capacity = 0;
    const struct dirent *item;
    for (errno = 0; (item = readdir(stream)) != NULL; errno = 0) {
        struct stat found;
        remove_stale(dirfd(stream), item->d_name);
        if (!is_entry_name(item->d_name) ||
            fstatat(dirfd(stream), item->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(found.st_mode))
            continue;
        if (*count == capacity) {
            capacity = capacity > 0 ? 2 * capacity : 64;
            struct listed *longer = assay__realloc(*list, capacity * sizeof *longer);
            if (longer == NULL)
                return assay__fail_memory(err);
            *list = longer;
        }
        const char *name = assay__arena_copy(arena, item->d_name, strlen(item->d_name));
        if (name == NULL)
            return assay__fail_memory(err);
        (*list)[(*count)++] = (struct listed){name, found.st_mtim};
    }
    return errno == 0 ? ASSAY_OK : fail_io(err, directory, "listed");
}

enum assay_status assay__outbox_list(const char *directory, struct assay__arena *arena,
                                     const char *const **names, size_t *count,
                                     struct assay_error *err)
{
    *names = NULL;
    *count = 0;
    DIR *stream = opendir(directory);
    if (stream == NULL && errno == ENOENT)
        return ASSAY_OK; /* nothing was ever put there */
    if (stream == NULL)
        return assay__fail_at(err, ASSAY_ERROR_IO, directory, 0, 0,
                              "The outbox directory cannot be read: %s.", strerror(errno));
    struct listed *list = NULL;
    enum assay_status status = collect(stream, directory, arena, &list, count, err);
    closedir(stream);
    const char **sorted = NULL;
    if (status == ASSAY_OK && *count > 0) {
        qsort(list, *count, sizeof *list, older_first);
        sorted = assay__arena_array(arena, *count, sizeof *sorted);
        if (sorted == NULL)
            status = assay__fail_memory(err);
        for (size_t i = 0; sorted != NULL && i < *count; i++)
            sorted[i] = list[i].name;
    }
    assay__free(list);
    *names = sorted;
    return status;
}

/* The lock is worth something only while the path still names the file that was locked. */
static bool is_current(int fd, const char *path)
{
    struct stat held, named;
    return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev &&
           held.st_ino == named.st_ino;
}

static enum assay_status read_entry(struct assay__outbox_entry *entry, struct assay_error *err)
{
    struct stat found;
    if (fstat(entry->fd, &found) != 0)
        return fail_io(err, entry->path, "read");
    if (found.st_size > ASSAY__BODY_BYTES_MAX)
        return assay__fail_at(err, ASSAY_ERROR_LIMIT, entry->path, 0, 0,
                              "The outbox entry is larger than %d bytes.", ASSAY__BODY_BYTES_MAX);
    size_t size = (size_t)found.st_size;
    entry->body = assay__malloc(size + 1);
    if (entry->body == NULL)
        return assay__fail_memory(err);
    while (entry->length < size) {
        ssize_t got = pread(entry->fd, entry->body + entry->length, size - entry->length,
                            (off_t)entry->length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_io(err, entry->path, "read");
        if (got == 0)
            break;
        entry->length += (size_t)got;
    }
    entry->body[entry->length] = '\0';
    return ASSAY_OK;
}

/* Does the name end in a digest that is not that of the body? Files that people put there under
 * names of their own have none. */
static bool is_damaged(const char *name, const char *body, size_t length)
{
    enum { DIGITS = 16 };
    const size_t tail = 1 + DIGITS + sizeof SUFFIX - 1, size = strlen(name);
    const char *digits = size > tail ? name + size - tail + 1 : name;
    char digest[65];
    if (size <= tail || digits[-1] != '-' || strspn(digits, "0123456789abcdef") != DIGITS)
        return false;
    assay__sha256_hex(body, length, digest);
    return memcmp(digits, digest, DIGITS) != 0;
}

/* Nothing is written to it, but NFS gives an exclusive lock to none but who might. */
static int open_entry(const char *path)
{
    const int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    int fd = open(path, O_RDWR | flags);
    bool is_read_only = fd < 0 && (errno == EACCES || errno == EPERM || errno == EROFS);
    return is_read_only ? open(path, O_RDONLY | flags) : fd;
}

enum assay_status assay__outbox_claim(const char *directory, const char *name,
                                      struct assay__outbox_entry *entry, bool *held,
                                      struct assay_error *err)
{
    *entry = (struct assay__outbox_entry){.fd = -1, .path = join(directory, name)};
    *held = false;
    if (entry->path == NULL)
        return assay__fail_memory(err);
    entry->fd = open_entry(entry->path);
    if (entry->fd < 0 && errno == ENOENT)
        return ASSAY_OK;
    if (entry->fd < 0)
        return fail_io(err, entry->path, "opened");
    /* A file system without locks must not keep entries from being delivered. */
    bool is_taken = flock(entry->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (is_taken || !is_current(entry->fd, entry->path))
        return ASSAY_OK;
    *held = true;
    enum assay_status status = read_entry(entry, err);
    if (status == ASSAY_OK && is_damaged(name, entry->body, entry->length))
        status = assay__fail_at(err, ASSAY_ERROR_DATA, entry->path, 0, 0,
                                "The outbox entry is damaged: its bytes are not those that were "
                                "stored. Remove it, and post the result again.");
    return status;
}

enum assay_status assay__outbox_remove(const struct assay__outbox_entry *entry,
                                       struct assay_error *err)
{
    /* Another process may have put the same result again meanwhile: that entry is its own. */
    if (!is_current(entry->fd, entry->path) || unlink(entry->path) == 0 || errno == ENOENT)
        return ASSAY_OK;
    return fail_io(err, entry->path, "removed, though it was delivered");
}

void assay__outbox_postpone(const struct assay__outbox_entry *entry)
{
    futimens(entry->fd, NULL);
}

void assay__outbox_release(struct assay__outbox_entry *entry)
{
    if (entry->fd >= 0)
        close(entry->fd);
    assay__free(entry->path);
    assay__free(entry->body);
    *entry = (struct assay__outbox_entry){.fd = -1};
}
