/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
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

int cli_write_stdout(const char *bytes, size_t length)
{
    if (fwrite(bytes, 1, length, stdout) == length && fflush(stdout) == 0)
        return 0;
    fprintf(stderr, "assay: cannot write to standard output: %s\n", strerror(errno));
    return assay_status_exit_code(ASSAY_ERROR_IO);
}

enum assay_status cli_replace_file(const char *path, const char *bytes, size_t length,
                                   struct assay_error *err)
{
    char temporary[4096];
    int room = snprintf(temporary, sizeof temporary, "%s.part.%ld", path, (long)getpid());
    if (room < 0 || (size_t)room >= sizeof temporary)
        return assay__fail(err, ASSAY_ERROR_IO, "The path '%s' is too long.", path);
    FILE *file = fopen(temporary, "wb");
    if (file == NULL)
        return assay__fail(err, ASSAY_ERROR_IO, "Cannot write '%s': %s.", path, strerror(errno));
    bool written = fwrite(bytes, 1, length, file) == length && fflush(file) == 0 &&
                   fsync(fileno(file)) == 0;
    int problem = errno;
    if (fclose(file) != 0 && written) {
        written = false;
        problem = errno;
    }
    if (written && rename(temporary, path) == 0)
        return ASSAY_OK;
    if (written)
        problem = errno;
    unlink(temporary);
    return assay__fail(err, ASSAY_ERROR_IO, "Cannot write '%s': %s.", path, strerror(problem));
}

const char *cli_nearest(const char *word, const char *const *candidates, size_t count)
{
    return assay__nearest(word, strlen(word), candidates, count);
}
