/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages on standard error, exit codes, and standard output written to its end. */
#include "cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/nearest.h"

int cli_fail(const struct assay_error *err)
{
    char hint[CLI_HINT_BYTES];
    cli_hint(err, hint);
    fflush(stdout);
    fputs("assay: ", stderr);
    if (err->file[0] != '\0')
        fprintf(stderr, "%s:", err->file);
    if (err->line > 0)
        fprintf(stderr, "%" PRIu64 ":", err->line);
    if (err->line > 0 && err->column > 0)
        fprintf(stderr, "%" PRIu64 ":", err->column);
    fprintf(stderr, "%s%s%s\n", err->file[0] != '\0' || err->line > 0 ? " " : "", err->message,
            hint);
    return assay_status_exit_code(err->code);
}

int cli_usage_error(const char *command, const char *format, ...)
{
    va_list arguments;
    fflush(stdout);
    fprintf(stderr, "assay%s%s: ", command[0] != '\0' ? " " : "", command);
    char message[2048];
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    assay__message_clean(message);
    fputs(message, stderr);
    fprintf(stderr, "\nTry 'assay help%s%s'.\n", command[0] != '\0' ? " " : "", command);
    return assay_status_exit_code(ASSAY_ERROR_USAGE);
}

int cli_finish_stdout(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    if (errno == EPIPE)
        return 0;
    fprintf(stderr, "assay: cannot write to standard output: %s\n", strerror(errno));
    return assay_status_exit_code(ASSAY_ERROR_IO);
}

int cli_write_stdout(const char *bytes, size_t length)
{
    fwrite(bytes, 1, length, stdout); /* what fails stays in ferror() */
    return cli_finish_stdout();
}

const char *cli_nearest(const char *word, const char *const *candidates, size_t count)
{
    return assay__nearest(word, strlen(word), candidates, count);
}
