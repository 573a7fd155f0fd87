/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_CSV_RECODE_H
#define ASSAY_SOURCE_CSV_RECODE_H

#include <stdbool.h>

#include "source/file.h"

/** struct assay__recoder turns a source's text of another encoding into UTF-8, by iconv(3). */
struct assay__recoder;

/** struct assay__recoder_head: the bytes that were read already. */
struct assay__recoder_head {
    const char *bytes;
    size_t length;
    bool is_last; /* the source has no more */
};

/**
 * assay__recoder_new() begins with the bytes of the head, and borrows the source.
 * ASSAY_ERROR_USAGE: iconv knows no such encoding.
 */
enum assay_status assay__recoder_new(struct assay__source *source, const char *encoding,
                                     const struct assay__recoder_head *head,
                                     struct assay__recoder **out, struct assay_error *err);
void assay__recoder_free(struct assay__recoder *recoder);

/**
 * assay__recoder_read() is assay__source_read() in UTF-8, but for this: the end is not where the
 * buffer is not full, but where assay__recoder_is_done(). Bytes of no character: _DATA.
 */
enum assay_status assay__recoder_read(struct assay__recoder *recoder, char *buffer, size_t capacity,
                                      size_t *length, struct assay_error *err);

bool assay__recoder_is_done(const struct assay__recoder *recoder);

#endif
