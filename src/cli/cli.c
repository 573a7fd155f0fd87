/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors and their exit codes, and standard output written to its end. */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "cli/message.h"
#include "cli/progress.h"

int cli_fail(const struct assay_error *err)
{
    char hint[CLI_HINT_BYTES], text[sizeof err->message + CLI_HINT_BYTES];
    cli_hint(err, hint);
    snprintf(text, sizeof text, "%s%s", err->message, hint);
    message_print(&(struct message){.level = "error",
                                    .event = "error",
                                    .file = err->file,
                                    .line = err->line,
                                    .column = err->column,
                                    .is_failure = true,
                                    .status = err->code,
                                    .text = text});
    return assay_status_exit_code(err->code);
}

int cli_usage_error(const char *command, const char *format, ...)
{
    char text[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    message_text(text, format, arguments);
    va_end(arguments);
    message_print(&(struct message){.level = "error",
                                    .event = "error",
                                    .command = command,
                                    .is_failure = true,
                                    .status = ASSAY_ERROR_USAGE,
                                    .text = text});
    if (!message_is_json())
        fprintf(stderr, "Try 'assay help%s%s'.\n", command[0] != '\0' ? " " : "", command);
    return assay_status_exit_code(ASSAY_ERROR_USAGE);
}

int cli_finish_stdout(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    if (errno == EPIPE)
        return 0;
    return message_fail(ASSAY_ERROR_IO, NULL, 0, "cannot write to standard output: %s",
                        strerror(errno));
}

int cli_write_stdout(const char *bytes, size_t length)
{
    progress_end();
    fwrite(bytes, 1, length, stdout); /* what fails stays in ferror() */
    return cli_finish_stdout();
}

const char *cli_nearest(const char *word, const char *const *candidates, size_t count)
{
    return assay__nearest(word, strlen(word), candidates, count);
}
