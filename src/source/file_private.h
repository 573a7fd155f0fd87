/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_FILE_PRIVATE_H
#define ASSAY_SOURCE_FILE_PRIVATE_H

#include <stdint.h>

#include "source/file.h"

/** What the files behind file.h share. */
enum {
    ASSAY__INPUT_BYTES = 256 * 1024,
    ASSAY__HEAD_BYTES = 4 * 1024 /* tell how a file is compressed, and its columns are written */
};

struct assay__source {
    char *name;
    int file;
    bool owns_file;
    struct assay__feed feed;  /* read is NULL: the file is read */
    struct assay__halt *halt; /* NULL: nobody ends the reading */
    bool at_end;              /* of the file's own bytes */
    uint64_t taken, size;     /* bytes read, and those there were when a regular file was opened */
    /* read() until the buffer is full or the file ends. */
    enum assay_status (*fill)(struct assay__source *source, void *buffer, size_t capacity,
                              size_t *length, struct assay_error *err);
    const struct assay__decoder *decoder;
    void *state;          /* the decoder's */
    bool is_complete;     /* no member or frame is open: the input may end here */
    unsigned char *input; /* the file's bytes: [input_at, input_end) is not used yet */
    size_t input_at, input_end;
    const unsigned char *head; /* the first bytes behind the decoder, in input or behind it */
    size_t head_length;
    bool has_begun;
    struct assay__fingerprinter *trace; /* of what was read; NULL: nobody asked */
};

/**
 * struct assay__decoder turns a file's bytes into what they stand for. decode() uses input, fills
 * as much of the buffer as it can and says how much; 0 only when the input is used up.
 */
struct assay__decoder {
    const char *format;
    bool (*recognises)(const unsigned char *bytes, size_t length);
    enum assay_status (*open)(struct assay__source *source, struct assay_error *err);
    enum assay_status (*decode)(struct assay__source *source, char *buffer, size_t capacity,
                                size_t *length, struct assay_error *err);
    void (*close)(struct assay__source *source);
};

/** assay__source_decoders: the last one takes any file, as text as it stands. */
extern const struct assay__decoder assay__source_decoders[];
extern const struct assay__decoder *const assay__source_plain;

/** assay__source_damaged() fails with what is wrong with compressed data. */
enum assay_status assay__source_damaged(const struct assay__source *source, const char *why,
                                        struct assay_error *err);

#endif
