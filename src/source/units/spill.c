/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partitions of records in a temporary file: what does not fit into memory waits here. */
#define _GNU_SOURCE 1 /* O_TMPFILE, mkostemp() */

#include "source/units/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

void assay__spill_init(struct assay__spill *spill, const char *folder, size_t chunk_bytes)
{
    memset(spill, 0, sizeof *spill);
    spill->folder = folder;
    spill->file = -1;
    spill->chunk_bytes = chunk_bytes;
    pthread_mutex_init(&spill->lock, NULL);
}

void assay__spill_release(struct assay__spill *spill)
{
    for (uint32_t p = 0; p < ASSAY__SPILL_PARTS; p++) {
        assay__free(spill->parts[p].buffer);
        assay__free(spill->parts[p].chunks);
        assay__pack_release(&spill->parts[p].record);
    }
    if (spill->file >= 0)
        close(spill->file);
    pthread_mutex_destroy(&spill->lock);
    memset(spill, 0, sizeof *spill);
    spill->file = -1;
}

/* What may be read behind a record. */
enum { NEAR_BYTES = 16 };

static enum assay_status fail_io(const struct assay__spill *spill, const char *what,
                                 struct assay_error *err)
{
    return assay__fail(err, ASSAY_ERROR_IO, "The temporary file in '%s' cannot be %s: %s.",
                       spill->folder, what, strerror(errno));
}

/* Opens a file without a name; where the file system has none, one whose name is gone at once. */
static enum assay_status need_file(struct assay__spill *spill, struct assay_error *err)
{
    char name[4096];
    if (spill->file >= 0)
        return ASSAY_OK;
    spill->file = open(spill->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (spill->file >= 0)
        return ASSAY_OK;
    int length = snprintf(name, sizeof name, "%s/assay-XXXXXX", spill->folder);
    if (length < 0 || (size_t)length >= sizeof name)
        errno = ENAMETOOLONG;
    else
        spill->file = mkostemp(name, O_CLOEXEC);
    if (spill->file < 0)
        return fail_io(spill, "made", err);
    unlink(name);
    return ASSAY_OK;
}

static enum assay_status write_all(struct assay__spill *spill, const unsigned char *bytes,
                                   size_t length, off_t place, struct assay_error *err)
{
    while (length > 0) {
        ssize_t written = pwrite(spill->file, bytes, length, place);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            errno = written == 0 ? ENOSPC : errno;
            return fail_io(spill, "written", err);
        }
        bytes += written;
        length -= (size_t)written;
        place += written;
    }
    return ASSAY_OK;
}

/* Writes the chunk of a partition that is full, or the last one. */
static enum assay_status put_chunk(struct assay__spill *spill, struct assay__spill_part *part,
                                   struct assay_error *err)
{
    if (part->count == part->capacity) {
        uint32_t capacity = part->capacity * 2 + 16;
        uint32_t *chunks = assay__realloc(part->chunks, capacity * sizeof *chunks);
        if (chunks == NULL)
            return assay__fail_memory(err);
        part->chunks = chunks;
        part->capacity = capacity;
    }
    pthread_mutex_lock(&spill->lock);
    enum assay_status status = need_file(spill, err);
    uint32_t number = spill->chunk_count++;
    pthread_mutex_unlock(&spill->lock);
    if (status == ASSAY_OK)
        status = write_all(spill, part->buffer, part->used,
                           (off_t)number * (off_t)spill->chunk_bytes, err);
    part->chunks[part->count++] = number;
    part->used = 0;
    return status;
}

static enum assay_status put_bytes(struct assay__spill *spill, struct assay__spill_part *part,
                                   const unsigned char *bytes, size_t length,
                                   struct assay_error *err)
{
    part->bytes += length;
    while (length > 0) {
        size_t room = spill->chunk_bytes - part->used;
        size_t count = length < room ? length : room;
        memcpy(part->buffer + part->used, bytes, count);
        part->used += count;
        bytes += count;
        length -= count;
        if (part->used < spill->chunk_bytes)
            continue;
        enum assay_status status = put_chunk(spill, part, err);
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

enum assay_status assay__spill_put(struct assay__spill *spill, uint32_t number,
                                   const unsigned char *record, size_t length,
                                   struct assay_error *err)
{
    struct assay__spill_part *part = &spill->parts[number];
    unsigned char head[ASSAY__PACKED_COUNT_MAX];
    if (part->buffer == NULL && (part->buffer = assay__malloc(spill->chunk_bytes)) == NULL)
        return assay__fail_memory(err);
    size_t head_length = (size_t)(assay__put_count(head, length) - head);
    if (head_length + length < spill->chunk_bytes - part->used) { /* as nearly always */
        unsigned char *at = part->buffer + part->used;
        memcpy(at, head, head_length);
        memcpy(at + head_length, record, length);
        part->used += head_length + length;
        part->bytes += head_length + length;
        return ASSAY_OK;
    }
    enum assay_status status = put_bytes(spill, part, head, head_length, err);
    return status == ASSAY_OK ? put_bytes(spill, part, record, length, err) : status;
}

/* The head of such a record has two bytes, however short it is. */
enum { HEAD_BYTES = 2, SHORT_MAX = (1 << 14) - 1 };

unsigned char *assay__spill_begin(struct assay__spill *spill, uint32_t number, size_t most)
{
    const struct assay__spill_part *part = &spill->parts[number];
    bool has_room = part->buffer != NULL && most <= SHORT_MAX &&
                    HEAD_BYTES + most < spill->chunk_bytes - part->used;
    return has_room ? part->buffer + part->used + HEAD_BYTES : NULL;
}

void assay__spill_end(struct assay__spill *spill, uint32_t number, size_t length)
{
    struct assay__spill_part *part = &spill->parts[number];
    part->buffer[part->used] = (unsigned char)(length | 128);
    part->buffer[part->used + 1] = (unsigned char)(length >> 7);
    part->used += HEAD_BYTES + length;
    part->bytes += HEAD_BYTES + length;
}

enum assay_status assay__spill_flush(struct assay__spill *spill, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    for (uint32_t p = 0; p < ASSAY__SPILL_PARTS; p++) {
        struct assay__spill_part *part = &spill->parts[p];
        if (status == ASSAY_OK && part->used > 0)
            status = put_chunk(spill, part, err);
        assay__free(part->buffer);
        part->buffer = NULL;
    }
    return status;
}

enum assay_status assay__spill_open(const struct assay__spill *spill, uint32_t part,
                                    struct assay__spill_reader *reader, struct assay_error *err)
{
    memset(reader, 0, sizeof *reader);
    reader->spill = spill;
    reader->part = part;
    reader->left = spill->parts[part].bytes;
    reader->bytes = assay__malloc(spill->chunk_bytes + NEAR_BYTES);
    return reader->bytes == NULL ? assay__fail_memory(err) : ASSAY_OK;
}

void assay__spill_close(struct assay__spill_reader *reader)
{
    assay__free(reader->bytes);
    assay__pack_release(&reader->record);
    memset(reader, 0, sizeof *reader);
}

/* Reads the next chunk; the last one of a partition may be short. */
static enum assay_status read_chunk(struct assay__spill_reader *reader, struct assay_error *err)
{
    const struct assay__spill *spill = reader->spill;
    const struct assay__spill_part *part = &spill->parts[reader->part];
    off_t place = (off_t)part->chunks[reader->chunk++] * (off_t)spill->chunk_bytes;
    size_t want = reader->left < spill->chunk_bytes ? (size_t)reader->left : spill->chunk_bytes;
    reader->at = 0;
    reader->end = 0;
    while (reader->end < want) {
        ssize_t got = pread(spill->file, reader->bytes + reader->end, want - reader->end,
                            place + (off_t)reader->end);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got == 0 ? EIO : errno;
            return fail_io(spill, "read", err);
        }
        reader->end += (size_t)got;
    }
    return ASSAY_OK;
}

static enum assay_status take_bytes(struct assay__spill_reader *reader, unsigned char *out,
                                    size_t length, struct assay_error *err)
{
    while (length > 0) {
        enum assay_status status = reader->at == reader->end ? read_chunk(reader, err) : ASSAY_OK;
        if (status != ASSAY_OK)
            return status;
        size_t count = reader->end - reader->at;
        count = count < length ? count : length;
        memcpy(out, reader->bytes + reader->at, count);
        reader->at += count;
        reader->left -= count;
        out += count;
        length -= count;
    }
    return ASSAY_OK;
}

bool assay__spill_take(struct assay__spill_reader *reader, const unsigned char **record,
                       size_t *length)
{
    const unsigned char *at = reader->bytes + reader->at;
    size_t head = 0, left = reader->end - reader->at;
    uint64_t size;
    do {
        if (head == left || head == ASSAY__PACKED_COUNT_MAX)
            return false;
    } while (at[head++] >= 128);
    assay__get_count(at, &size);
    if (size > left - head)
        return false;
    *record = at + head;
    *length = (size_t)size;
    reader->at += head + (size_t)size;
    reader->left -= head + size;
    return true;
}

/* A record that goes on in another chunk is put together. */
enum assay_status assay__spill_next(struct assay__spill_reader *reader,
                                    const unsigned char **record, size_t *length,
                                    struct assay_error *err)
{
    unsigned char head[ASSAY__PACKED_COUNT_MAX];
    size_t used = 0;
    uint64_t size;
    *record = NULL;
    *length = 0;
    if (reader->left == 0)
        return ASSAY_OK;
    do {
        enum assay_status status = take_bytes(reader, &head[used], 1, err);
        if (status != ASSAY_OK)
            return status;
    } while (head[used++] >= 128);
    assay__get_count(head, &size);
    reader->record.length = 0;
    unsigned char *room = assay__pack_room(&reader->record, (size_t)size + NEAR_BYTES);
    if (room == NULL)
        return assay__fail_memory(err);
    enum assay_status status = take_bytes(reader, room, (size_t)size, err);
    if (status == ASSAY_OK) {
        *record = room;
        *length = (size_t)size;
    }
    return status;
}
