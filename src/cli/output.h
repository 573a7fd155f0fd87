/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_OUTPUT_H
#define ASSAY_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/sink.h"

/** output_is_stdout() is true for a --output that is not given (NULL) or "-". */
bool output_is_stdout(const char *path);

/** output_source writes what there is to write to a sink. */
typedef enum assay_status output_source(const void *what, const struct assay_sink *sink,
                                        struct assay_error *err);

/**
 * output_stream() writes what a source gives to the file of --output, or to standard output. A file
 * is written beside its place, synced and renamed: whole or not at all, also when the source fails.
 * One that was there keeps its permissions, and a link to it stays; devices and pipes are written
 * to. Returns 0, or the exit code after saying what failed.
 */
int output_stream(const char *path, output_source *source, const void *what);

/** output_write() does so with bytes in memory. */
int output_write(const char *path, const char *bytes, size_t length);

/**
 * output_check() refuses an output that is one of the inputs ("-": standard input; NULL: none),
 * which would take the user's data away. Returns 0, or 2 after saying so.
 */
int output_check(const char *command, const char *path, const char *const *inputs,
                 size_t input_count);

#endif
