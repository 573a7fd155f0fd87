/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that commands write. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/cli.h"

bool output_is_stdout(const char *path)
{
    return path == NULL || strcmp(path, "-") == 0;
}

/* Writes and syncs an open file and closes it; 0 or errno. Pipes and devices need no sync. */
static int write_and_close(FILE *file, const char *bytes, size_t length, bool sync)
{
    bool written = fwrite(bytes, 1, length, file) == length && fflush(file) == 0 &&
                   (!sync || fsync(fileno(file)) == 0);
    int problem = written ? 0 : errno;
    if (fclose(file) != 0 && problem == 0)
        problem = errno;
    return problem;
}

/* Opens a file that nobody else has put there; what a crash of a process with the same number left
 * goes. NULL and errno on failure. */
static FILE *open_new(const char *name)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int fd = open(name, flags, 0666);
    if (fd < 0 && errno == EEXIST && unlink(name) == 0)
        fd = open(name, flags, 0666);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (file == NULL && fd >= 0) {
        int problem = errno;
        close(fd);
        unlink(name);
        errno = problem;
    }
    return file;
}

/* Writes name and gives it the place of path; there is what is at path, or NULL. 0 or errno. */
static int write_beside(const char *name, const char *path, const struct stat *there,
                        const char *bytes, size_t length)
{
    FILE *file = open_new(name);
    if (file == NULL)
        return errno;
    int problem = 0;
    if (there != NULL && fchmod(fileno(file), there->st_mode & 0777) != 0)
        problem = errno;
    int written = write_and_close(file, bytes, length, true);
    problem = problem != 0 ? problem : written;
    if (problem == 0 && rename(name, path) != 0)
        problem = errno;
    if (problem != 0)
        unlink(name);
    return problem;
}

/* Replaces a regular file, the one behind it when path is a link, or makes a new one. 0 or errno.
 */
static int replace(const char *path, const struct stat *there, const char *bytes, size_t length)
{
    if (there != NULL && access(path, W_OK) != 0)
        return errno;
    char *target = there != NULL ? realpath(path, NULL) : strdup(path);
    if (target == NULL)
        return errno;
    struct assay__text name = {0};
    assay__text_format(&name, "%s.part.%ld", target, (long)getpid());
    int problem = name.failed ? ENOMEM : write_beside(name.data, target, there, bytes, length);
    assay__text_release(&name);
    free(target);
    return problem;
}

/* A device or a pipe is written to, never replaced. 0 or errno. */
static int write_device(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    return file == NULL ? errno : write_and_close(file, bytes, length, false);
}

int output_write(const char *path, const char *bytes, size_t length)
{
    struct stat there;
    struct assay_error err;
    if (output_is_stdout(path))
        return cli_write_stdout(bytes, length);
    bool exists = stat(path, &there) == 0;
    int problem = exists && !S_ISREG(there.st_mode)
                      ? write_device(path, bytes, length)
                      : replace(path, exists ? &there : NULL, bytes, length);
    if (problem == 0)
        return 0;
    (void)assay__fail(&err, ASSAY_ERROR_IO, "Cannot write '%s': %s.", path, strerror(problem));
    return cli_fail(&err);
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
