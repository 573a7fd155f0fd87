/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that commands write. */
#include "cli/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/message.h"
#include "cli/progress.h"

/* Between the name of a file and the number of the process that writes it. */
static const char PART[] = ".part.";

bool output_is_stdout(const char *path)
{
    return path == NULL || strcmp(path, "-") == 0;
}

/* What is being written, and how its source ended. */
struct job {
    output_source *source;
    const void *what;
    enum assay_status status; /* of the source, where no file is to blame */
    struct assay_error err;
};

enum { SOURCE_FAILED = -1 };

/* A file that bytes go to, and errno of the write that failed. */
struct target {
    FILE *file;
    int problem;
};

static enum assay_status put(void *context, const char *bytes, size_t length,
                             struct assay_error *err)
{
    struct target *target = context;
    if (fwrite(bytes, 1, length, target->file) == length)
        return ASSAY_OK;
    target->problem = errno;
    return assay__fail(err, ASSAY_ERROR_IO, "Writing failed: %s.", strerror(errno));
}

/* Lets the source write; 0, errno, or SOURCE_FAILED. */
static int pour(struct job *job, FILE *file)
{
    struct target target = {.file = file};
    const struct assay_sink sink = {put, &target};
    enum assay_status status = job->source(job->what, &sink, &job->err);
    if (target.problem != 0)
        return target.problem;
    job->status = status;
    return status == ASSAY_OK ? 0 : SOURCE_FAILED;
}

/* Writes and syncs an open file and closes it; 0 or what is wrong. Pipes and devices need no sync.
 */
static int write_and_close(struct job *job, FILE *file, bool sync)
{
    int problem = pour(job, file);
    if (problem == 0 && (fflush(file) != 0 || (sync && fsync(fileno(file)) != 0)))
        problem = errno;
    if (fclose(file) != 0 && problem == 0)
        problem = errno;
    return problem;
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

/* What writers of this path left behind that were killed: nobody holds its lock. One that has just
 * been made and is not locked yet is young. */
static void sweep(const char *path)
{
    enum { OLD_SECONDS = 60 };
    const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
    size_t length = strlen(base);
    char *folder = folder_of(path);
    DIR *stream = folder == NULL ? NULL : opendir(folder);
    free(folder);
    const struct dirent *item;
    while (stream != NULL && (item = readdir(stream)) != NULL) {
        const char *rest = item->d_name + length;
        struct stat found;
        if (strncmp(item->d_name, base, length) != 0 || strncmp(rest, PART, sizeof PART - 1) != 0)
            continue;
        rest += sizeof PART - 1;
        if (*rest == '\0' || rest[strspn(rest, "0123456789")] != '\0')
            continue;
        int fd =
            openat(dirfd(stream), item->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (fd < 0)
            continue;
        if (fstat(fd, &found) == 0 && S_ISREG(found.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
            time(NULL) - found.st_mtime > OLD_SECONDS)
            unlinkat(dirfd(stream), item->d_name, 0);
        close(fd);
    }
    if (stream != NULL)
        closedir(stream);
}

/* Opens a file that nobody else has put there; what a crash of a process with the same number left
 * goes. NULL and errno on failure. */
static FILE *open_new(const char *name)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int fd = open(name, flags, 0666);
    if (fd < 0 && errno == EEXIST && unlink(name) == 0)
        fd = open(name, flags, 0666);
    if (fd >= 0)
        (void)flock(fd, LOCK_EX | LOCK_NB); /* tells sweep() that its writer lives */
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (file == NULL && fd >= 0) {
        int problem = errno;
        close(fd);
        unlink(name);
        errno = problem;
    }
    return file;
}

/* A new name lasts once its folder is synced; some file systems cannot. */
static void sync_folder(const char *path)
{
    char *folder = folder_of(path);
    int fd = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}

/* Writes name and gives it the place of path; there is what is at path, or NULL. 0 or what is
 * wrong. */
static int write_beside(struct job *job, const char *name, const char *path,
                        const struct stat *there)
{
    FILE *file = open_new(name);
    if (file == NULL)
        return errno;
    int problem = 0;
    if (there != NULL && fchmod(fileno(file), there->st_mode & 0777) != 0)
        problem = errno;
    int written = write_and_close(job, file, true);
    problem = problem != 0 ? problem : written;
    if (problem == 0 && rename(name, path) != 0)
        problem = errno;
    if (problem != 0)
        unlink(name);
    else
        sync_folder(path);
    return problem;
}

/* Replaces a regular file, the one behind it when path is a link, or makes a new one. 0 or what is
 * wrong. */
static int replace(struct job *job, const char *path, const struct stat *there)
{
    if (there != NULL && access(path, W_OK) != 0)
        return errno;
    char *target = there != NULL ? realpath(path, NULL) : strdup(path);
    if (target == NULL)
        return errno;
    struct assay__text name = {0};
    sweep(target);
    assay__text_format(&name, "%s%s%ld", target, PART, (long)getpid());
    int problem = name.failed ? ENOMEM : write_beside(job, name.data, target, there);
    assay__text_release(&name);
    free(target);
    return problem;
}

/* A device or a pipe is written to, never replaced. 0 or what is wrong. */
static int write_device(struct job *job, const char *path)
{
    FILE *file = fopen(path, "wb");
    return file == NULL ? errno : write_and_close(job, file, false);
}

static int write_stdout(struct job *job)
{
    int problem = pour(job, stdout);
    if (problem == 0)
        return cli_finish_stdout();
    if (problem == SOURCE_FAILED)
        return cli_fail(&job->err);
    if (problem == EPIPE)
        return 0; /* as in cli_finish_stdout() */
    return message_fail(ASSAY_ERROR_IO, NULL, 0, "cannot write to standard output: %s",
                        strerror(problem));
}

int output_stream(const char *path, output_source *source, const void *what)
{
    struct stat there;
    struct job job = {.source = source, .what = what};
    progress_end();
    if (output_is_stdout(path))
        return write_stdout(&job);
    bool exists = stat(path, &there) == 0;
    int problem = exists && !S_ISREG(there.st_mode) ? write_device(&job, path)
                                                    : replace(&job, path, exists ? &there : NULL);
    if (problem == 0)
        return 0;
    if (problem != SOURCE_FAILED)
        (void)assay__fail(&job.err, ASSAY_ERROR_IO, "Cannot write '%s': %s.", path,
                          strerror(problem));
    return cli_fail(&job.err);
}

/* Bytes that are in memory already. */
struct bytes {
    const char *start;
    size_t length;
};

static enum assay_status give_bytes(const void *what, const struct assay_sink *sink,
                                    struct assay_error *err)
{
    const struct bytes *bytes = what;
    return bytes->length == 0 ? ASSAY_OK
                              : sink->write(sink->context, bytes->start, bytes->length, err);
}

int output_write(const char *path, const char *bytes, size_t length)
{
    const struct bytes all = {bytes, length};
    return output_stream(path, give_bytes, &all);
}

int output_check(const char *command, const char *path, const char *const *inputs,
                 size_t input_count)
{
    struct stat output, input;
    if (output_is_stdout(path) || stat(path, &output) != 0 || !S_ISREG(output.st_mode))
        return 0;
    for (size_t i = 0; i < input_count; i++) {
        if (inputs[i] == NULL)
            continue;
        bool is_stdin = strcmp(inputs[i], "-") == 0;
        int found = is_stdin ? fstat(STDIN_FILENO, &input) : stat(inputs[i], &input);
        if (found == 0 && input.st_dev == output.st_dev && input.st_ino == output.st_ino)
            return cli_usage_error(command,
                                   "--output: '%s' is an input, too, and would be lost; name "
                                   "another file",
                                   path);
    }
    return 0;
}
