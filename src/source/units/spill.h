/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_SPILL_H
#define ASSAY_SOURCE_UNITS_SPILL_H

#include <pthread.h>

#include "source/units/packed.h"

/**
 * struct assay__spill keeps records on disk in partitions that can be read one at a time, each in
 * the order in which it was written. They lie in one temporary file without a name, which vanishes
 * with the process whatever becomes of it.
 */
enum { ASSAY__SPILL_PARTS = 64 };

struct assay__spill_part {
    unsigned char *buffer; /* of the chunk being filled; NULL until needed, and when read */
    size_t used;           /* of it */
    uint32_t *chunks;      /* numbers of full chunks in the file */
    uint32_t count, capacity;
    uint64_t bytes;            /* all that was written */
    struct assay__pack record; /* room for one on its way to the buffer */
};

struct assay__spill {
    const char *folder;
    int file; /* -1 before the first chunk is full */
    uint32_t chunk_count;
    pthread_mutex_t lock; /* of file and chunk_count: parts may be filled by several threads */
    size_t chunk_bytes;
    struct assay__spill_part parts[ASSAY__SPILL_PARTS];
};

/** assay__spill_init(): folder is borrowed; buffers take ASSAY__SPILL_PARTS chunks. */
void assay__spill_init(struct assay__spill *spill, const char *folder, size_t chunk_bytes);
void assay__spill_release(struct assay__spill *spill);

/**
 * assay__spill_put() adds a record to a partition. ASSAY_ERROR_IO names the folder. Threads: one
 * for a partition.
 */
enum assay_status assay__spill_put(struct assay__spill *spill, uint32_t part,
                                   const unsigned char *record, size_t length,
                                   struct assay_error *err);

/** assay__spill_prefetch() begins to load what the next bytes of a partition are written to. */
static inline void assay__spill_prefetch(const struct assay__spill *spill, uint32_t part,
                                         size_t bytes)
{
    const struct assay__spill_part *of = &spill->parts[part];
    for (size_t i = 0; of->buffer != NULL && i < bytes && of->used + i < spill->chunk_bytes;
         i += 64)
        __builtin_prefetch(of->buffer + of->used + i, 1);
}

/**
 * assay__spill_begin() is where a record of at most this many bytes may be written, when there is
 * room for it; assay__spill_end() then puts it, with the length it has. NULL: assay__spill_put() is
 * to be used.
 */
unsigned char *assay__spill_begin(struct assay__spill *spill, uint32_t part, size_t most);
void assay__spill_end(struct assay__spill *spill, uint32_t part, size_t length);

/** assay__spill_flush() writes what is buffered: nothing more is put after that. */
enum assay_status assay__spill_flush(struct assay__spill *spill, struct assay_error *err);

/** struct assay__spill_reader reads the records of a partition from its beginning. */
struct assay__spill_reader {
    const struct assay__spill *spill;
    uint32_t part, chunk; /* the next one to read */
    uint64_t left;        /* bytes not taken yet */
    unsigned char *bytes; /* of a chunk */
    size_t at, end;
    struct assay__pack record;
};

enum assay_status assay__spill_open(const struct assay__spill *spill, uint32_t part,
                                    struct assay__spill_reader *reader, struct assay_error *err);
void assay__spill_close(struct assay__spill_reader *reader);

/**
 * assay__spill_take() gives the next record when it is at hand: what was given before stays. Else
 * it is false, and assay__spill_next() gives it: what was given before is gone then. *record is
 * NULL at the end.
 */
bool assay__spill_take(struct assay__spill_reader *reader, const unsigned char **record,
                       size_t *length);
enum assay_status assay__spill_next(struct assay__spill_reader *reader,
                                    const unsigned char **record, size_t *length,
                                    struct assay_error *err);

#endif
