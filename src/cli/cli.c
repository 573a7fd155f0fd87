/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/nearest.h"

int cli_fail(const struct assay_error *err)
{
    fflush(stdout);
    fputs("assay: ", stderr);
    if (err->file[0] != '\0')
        fprintf(stderr, "%s:", err->file);
    if (err->line > 0)
        fprintf(stderr, "%" PRIu64 ":", err->line);
    if (err->line > 0 && err->column > 0)
        fprintf(stderr, "%" PRIu64 ":", err->column);
    fprintf(stderr, "%s%s\n", err->file[0] != '\0' || err->line > 0 ? " " : "", err->message);
    return assay_status_exit_code(err->code);
}

int cli_usage_error(const char *command, const char *format, ...)
{
    va_list arguments;
    fflush(stdout);
    fprintf(stderr, "assay%s%s: ", command[0] != '\0' ? " " : "", command);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nTry 'assay help%s%s'.\n", command[0] != '\0' ? " " : "", command);
    return assay_status_exit_code(ASSAY_ERROR_USAGE);
}

int cli_finish_stdout(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    fprintf(stderr, "assay: cannot write to standard output: %s\n", strerror(errno));
    return assay_status_exit_code(ASSAY_ERROR_IO);
}

int cli_write_stdout(const char *bytes, size_t length)
{
    fwrite(bytes, 1, length, stdout); /* what fails stays in ferror() */
    return cli_finish_stdout();
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

enum assay_status cli_replace_file(const char *path, const char *bytes, size_t length,
                                   struct assay_error *err)
{
    char temporary[4096];
    struct stat there;
    /* A device or a pipe is written to, never replaced. */
    bool replace = stat(path, &there) != 0 || S_ISREG(there.st_mode);
    int room = snprintf(temporary, sizeof temporary, "%s.part.%ld", path, (long)getpid());
    if (room < 0 || (size_t)room >= sizeof temporary)
        return assay__fail(err, ASSAY_ERROR_IO, "The path '%s' is too long.", path);
    const char *name = replace ? temporary : path;
    FILE *file = fopen(name, "wb");
    int problem = file == NULL ? errno : write_and_close(file, bytes, length, replace);
    if (replace && problem == 0 && rename(temporary, path) != 0)
        problem = errno;
    if (problem == 0)
        return ASSAY_OK;
    if (replace && file != NULL)
        unlink(temporary);
    return assay__fail(err, ASSAY_ERROR_IO, "Cannot write '%s': %s.", path, strerror(problem));
}

const char *cli_nearest(const char *word, const char *const *candidates, size_t count)
{
    return assay__nearest(word, strlen(word), candidates, count);
}
