/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_FILE_H
#define ASSAY_SOURCE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/halt.h"

/**
 * struct assay__source is a file, or standard input for "-", as the bytes it stands for: gzip
 * (several members too) and zstd (several frames too) are recognised by their first bytes and
 * decompressed on the way. It reads blocks, never maps: a file that shrinks cannot kill the
 * process, and memory stays at a few blocks. One thread at a time.
 */
struct assay__source;

/** struct assay__feed: a function that reads bytes, in place of a file; *length 0 is the end. */
struct assay__feed {
    enum assay_status (*read)(void *context, char *buffer, size_t capacity, size_t *length,
                              struct assay_error *err);
    void *context;
    void (*restart)(void *context);  /* NULL, or goes back to the first byte */
    int (*waits_for)(void *context); /* NULL, or the file that the next read may wait for, or -1 */
};

/** assay__source_open() opens a path, which is copied. ASSAY_ERROR_NO_INPUT, _MEMORY, _IO. */
enum assay_status assay__source_open(const char *path, struct assay__source **out,
                                     struct assay_error *err);

/**
 * assay__source_open_any() opens what feed reads, under a name; NULL: a path, as above. halt, NULL
 * for none, is asked before every read, and while a pipe has nothing to read.
 */
enum assay_status assay__source_open_any(const char *name, const struct assay__feed *feed,
                                         struct assay__halt *halt, struct assay__source **out,
                                         struct assay_error *err);

/**
 * assay__source_read() fills the buffer as far as it can: *length < capacity only at the end.
 * Compressed data that are cut or damaged are ASSAY_ERROR_DATA.
 */
enum assay_status assay__source_read(struct assay__source *source, char *buffer, size_t capacity,
                                     size_t *length, struct assay_error *err);

/**
 * assay__source_trace() asks for a fingerprint of the bytes that are read from now on;
 * assay__source_fingerprint() is that of those read so far. ASSAY_ERROR_MEMORY.
 */
enum assay_status assay__source_trace(struct assay__source *source, struct assay_error *err);
assay__uint128 assay__source_fingerprint(const struct assay__source *source);

/** assay__source_name() is the path for messages; standard input is "(standard input)". */
const char *assay__source_name(const struct assay__source *source);

/**
 * assay__source_open_head() opens the first 4 KiB of what a source has read, up to the end of a
 * line, as a source of its own: the same whatever was read since. ASSAY_ERROR_MEMORY.
 */
enum assay_status assay__source_open_head(const struct assay__source *source,
                                          struct assay__source **out, struct assay_error *err);

/** assay__source_is_file(): a regular file, which can be read again by its name. */
bool assay__source_is_file(const struct assay__source *source);

/** assay__source_close() closes and frees; NULL is fine. */
void assay__source_close(struct assay__source *source);

#endif
