/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Calls of the kernel that stand here instead of the C library's: they note what is done to an
 * outbox, and fail on demand. The command `assay post` runs within the test, which includes this.
 */
#ifndef ASSAY_TESTS_OUTBOX_CALLS_H
#define ASSAY_TESTS_OUTBOX_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "api/deliver/outbox.h"
#include "cli/cli.h"
#include "post_support.h"
#include "tmp_folder.h"

#define INTERPOSED __attribute__((visibility("default")))
#define ENTRY "res-1-c60cf7499349f51a.json"

static char folder[64], box[80], input[80];
static char trace[4096];
static bool is_tracing;

/* The fault: a call whose line in the trace begins with this text fails once, after so many that
 * do not. keep: bytes that a write still takes before it fails. next: what fails after it. */
static struct fault {
    const char *line, *next;
    int code, spared;
    size_t keep;
} fault;

/* A path within the folder of the test; NULL for others. Temporary names lose their digits. */
static const char *shorten(const char *path, char out[128])
{
    size_t length = strlen(folder);
    if (!is_tracing || strncmp(path, folder, length) != 0)
        return NULL;
    snprintf(out, 128, "%s", path[length] == '\0' ? "." : path + length + 1);
    char *temporary = strstr(out, ".writing-");
    if (temporary != NULL && strspn(temporary + 9, "0123456789abcdef") == 16)
        temporary[8] = '\0';
    return out;
}

static const char *path_of(int fd, char out[128])
{
    char link[64], path[256];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return NULL;
    path[length] = '\0';
    return shorten(path, out);
}

/* Notes a call; true when it is to fail. */
static bool note(const char *call, const char *name)
{
    char line[300];
    if (name == NULL)
        return false;
    snprintf(line, sizeof line, "%s %s", call, name);
    size_t used = strlen(trace);
    snprintf(trace + used, sizeof trace - used, "%s\n", line);
    if (fault.line == NULL || strncmp(line, fault.line, strlen(fault.line)) != 0 ||
        fault.spared-- > 0)
        return false;
    fault.line = fault.next;
    fault.next = NULL;
    errno = fault.code;
    return true;
}

INTERPOSED int mkdir(const char *path, mode_t mode)
{
    char name[128];
    return note("mkdir", shorten(path, name)) ? -1 : (int)syscall(SYS_mkdir, path, mode);
}

INTERPOSED int open(const char *path, int flags, ...)
{
    char name[128];
    mode_t mode = 0;
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    return note("open", shorten(path, name))
               ? -1
               : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

/* As NFS has it: who cannot write cannot lock. */
static bool locks_are_for_writers;

INTERPOSED int flock(int fd, int operation)
{
    char name[128];
    if (locks_are_for_writers && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY) {
        errno = EBADF;
        return -1;
    }
    return note("flock", path_of(fd, name)) ? -1 : (int)syscall(SYS_flock, fd, operation);
}

INTERPOSED ssize_t write(int fd, const void *bytes, size_t length)
{
    char name[128];
    bool is_short = fault.keep > 0 && is_tracing && path_of(fd, name) != NULL;
    if (!is_short && note("write", path_of(fd, name)))
        return -1;
    size_t taken = is_short && fault.keep < length ? fault.keep : length;
    fault.keep = is_short ? 0 : fault.keep;
    return syscall(SYS_write, fd, bytes, taken);
}

INTERPOSED ssize_t pread(int fd, void *bytes, size_t length, off_t offset)
{
    char name[128];
    return note("read", path_of(fd, name)) ? -1 : syscall(SYS_pread64, fd, bytes, length, offset);
}

INTERPOSED int fsync(int fd)
{
    char name[128];
    return note("fsync", path_of(fd, name)) ? -1 : (int)syscall(SYS_fsync, fd);
}

INTERPOSED int rename(const char *from, const char *to)
{
    char name[128], target[128], both[260];
    const char *source = shorten(from, name);
    if (source != NULL)
        snprintf(both, sizeof both, "%s %s", source, shorten(to, target));
    return note("rename", source != NULL ? both : NULL) ? -1 : (int)syscall(SYS_rename, from, to);
}

INTERPOSED int unlink(const char *path)
{
    char name[128];
    return note("unlink", shorten(path, name)) ? -1 : (int)syscall(SYS_unlink, path);
}

INTERPOSED int connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t length)
{
    bool is_tcp = address.__sockaddr__->sa_family == AF_INET;
    return note("connect", is_tracing && is_tcp ? "server" : NULL)
               ? -1
               : (int)syscall(SYS_connect, fd, address.__sockaddr__, length);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "%s/faults-XXXXXX", test_tmp());
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(box, sizeof box, "%s/box", folder);
    snprintf(input, sizeof input, "%s/input", folder);
    write_file(input, POST_BODY);
}

static void remove_folder(void)
{
    ck_assert(test_tmp_remove(folder));
}

/* A run of the command: its exit code and what it printed. */
struct outcome {
    int code;
    char *out, *err;
};

static int redirect(int fd, const char *path)
{
    int kept = dup(fd);
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert(kept >= 0 && file >= 0 && dup2(file, fd) == fd);
    close(file);
    return kept;
}

static char *restore(int fd, int kept, const char *path)
{
    ck_assert_int_eq(dup2(kept, fd), fd);
    close(kept);
    return test_read_file(path, NULL);
}

/* Runs `assay post` with the outbox and files (NULL ends them) and, if any, a fault. */
static struct outcome post(struct hostile *server, const struct fault *wanted,
                           const char *const *files)
{
    char out_path[96], err_path[96];
    const char *arguments[16] = {
        "post", "--base-url", hostile_url(server), "--outbox", box, "--max-attempts", "1"};
    int count = 7;
    for (; files != NULL && *files != NULL; files++)
        arguments[count++] = *files;
    snprintf(out_path, sizeof out_path, "%s.out", folder);
    snprintf(err_path, sizeof err_path, "%s.err", folder);
    fflush(NULL);
    int out = redirect(STDOUT_FILENO, out_path), err = redirect(STDERR_FILENO, err_path);
    fault = wanted != NULL ? *wanted : (struct fault){0};
    trace[0] = '\0';
    is_tracing = true;
    struct outcome outcome = {.code = cmd_post(count, (char **)(uintptr_t)arguments)};
    is_tracing = false;
    fault = (struct fault){0};
    fflush(NULL);
    outcome.out = restore(STDOUT_FILENO, out, out_path);
    outcome.err = restore(STDERR_FILENO, err, err_path);
    unlink(out_path);
    unlink(err_path);
    return outcome;
}

static void outcome_release(struct outcome *outcome)
{
    free(outcome->out);
    free(outcome->err);
}

static struct outcome post_input(struct hostile *server, const struct fault *wanted)
{
    return post(server, wanted, (const char *const[]){input, NULL});
}

static void expect_outcome(struct outcome outcome, int code, const char *out, const char *err)
{
    ck_assert_int_eq(outcome.code, code);
    ck_assert_str_eq(outcome.out, out);
    ck_assert_msg(strstr(outcome.err, err) != NULL, "'%s' is not in: %s", err, outcome.err);
    outcome_release(&outcome);
}

static bool has_entry(void)
{
    char path[160];
    snprintf(path, sizeof path, "%s/" ENTRY, box);
    if (access(path, F_OK) != 0)
        return false;
    char *text = test_read_file(path, NULL);
    ck_assert_str_eq(text, POST_BODY);
    free(text);
    return true;
}

#endif
