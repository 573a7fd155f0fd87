/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a file's bytes become what they stand for: gzip, zstd, or as they are. */
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/memory.h"
#include "source/file_private.h"

enum assay_status assay__source_damaged(const struct assay__source *source, const char *why,
                                        struct assay_error *err)
{
    return assay__fail_at(err, ASSAY_ERROR_DATA, source->name, 0, 0,
                          "The %s data are damaged: %s. Make or fetch the file again.",
                          source->decoder->format, why);
}

/* gzip by zlib (RFC 1952) */

static bool is_gzip(const unsigned char *bytes, size_t length)
{
    return length >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

static void *zlib_allocate(void *context, unsigned count, unsigned size)
{
    (void)context;
    return assay__calloc(count, size);
}

static void zlib_release(void *context, void *memory)
{
    (void)context;
    assay__free(memory);
}

static enum assay_status gzip_open(struct assay__source *source, struct assay_error *err)
{
    z_stream *stream = assay__malloc(sizeof *stream);
    if (stream == NULL)
        return assay__fail_memory(err);
    *stream = (z_stream){.zalloc = zlib_allocate, .zfree = zlib_release};
    bool is_open = inflateInit2(stream, 16 + MAX_WBITS) == Z_OK; /* 16: with a gzip header */
    if (!is_open)
        assay__free(stream);
    source->state = is_open ? stream : NULL;
    return is_open ? ASSAY_OK : assay__fail_memory(err);
}

static void gzip_close(struct assay__source *source)
{
    inflateEnd(source->state);
    assay__free(source->state);
}

/* After a member: another one follows, or padding with zeros, which tapes and dd leave behind. */
static enum assay_status gzip_between(struct assay__source *source, struct assay_error *err)
{
    while (source->input_at < source->input_end && source->input[source->input_at] == 0)
        source->input_at++;
    if (source->input_at == source->input_end)
        return ASSAY_OK;
    if (source->input[source->input_at] != 0x1f)
        return assay__source_damaged(source, "other bytes follow the compressed data", err);
    source->is_complete = false;
    return inflateReset(source->state) == Z_OK
               ? ASSAY_OK
               : assay__fail(err, ASSAY_ERROR_INTERNAL, "zlib could not be reset.");
}

static enum assay_status gzip_decode(struct assay__source *source, char *buffer, size_t capacity,
                                     size_t *length, struct assay_error *err)
{
    z_stream *stream = source->state;
    *length = 0;
    do { /* without input too: zlib may still hold back output */
        if (source->is_complete) {
            enum assay_status status = gzip_between(source, err);
            if (status != ASSAY_OK || source->is_complete)
                return status;
        }
        size_t room = capacity < INT32_MAX ? capacity : INT32_MAX;
        stream->next_in = source->input + source->input_at;
        stream->avail_in = (uInt)(source->input_end - source->input_at);
        stream->next_out = (unsigned char *)buffer;
        stream->avail_out = (uInt)room;
        int outcome = inflate(stream, Z_NO_FLUSH);
        source->input_at = source->input_end - stream->avail_in;
        *length = room - stream->avail_out;
        if (outcome == Z_MEM_ERROR)
            return assay__fail_memory(err);
        if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR)
            return assay__source_damaged(
                source, stream->msg != NULL ? stream->msg : "it needs a dictionary", err);
        source->is_complete = outcome == Z_STREAM_END;
    } while (*length == 0 && source->input_at < source->input_end);
    return ASSAY_OK;
}

/* Zstandard (RFC 8878); skippable frames may come first */

static bool is_zstd(const unsigned char *bytes, size_t length)
{
    if (length < 4)
        return false;
    bool is_frame = bytes[0] == 0x28 && bytes[1] == 0xb5 && bytes[2] == 0x2f && bytes[3] == 0xfd;
    bool is_skippable =
        (bytes[0] & 0xf0) == 0x50 && bytes[1] == 0x2a && bytes[2] == 0x4d && bytes[3] == 0x18;
    return is_frame || is_skippable;
}

static enum assay_status zstd_open(struct assay__source *source, struct assay_error *err)
{
    source->state = ZSTD_createDStream();
    return source->state != NULL ? ASSAY_OK : assay__fail_memory(err);
}

static void zstd_close(struct assay__source *source)
{
    ZSTD_freeDStream(source->state);
}

static enum assay_status zstd_decode(struct assay__source *source, char *buffer, size_t capacity,
                                     size_t *length, struct assay_error *err)
{
    ZSTD_inBuffer in = {source->input, source->input_end, source->input_at};
    ZSTD_outBuffer out = {buffer, capacity, 0};
    /* Without input too: zstd may still hold back output, but only inside a frame. */
    while (out.pos == 0 && !(source->is_complete && in.pos == in.size)) {
        bool had_input = in.pos < in.size;
        size_t outcome = ZSTD_decompressStream(source->state, &out, &in);
        if (ZSTD_isError(outcome))
            return assay__source_damaged(source, ZSTD_getErrorName(outcome), err);
        source->is_complete = outcome == 0;
        if (out.pos == 0 && !had_input)
            break;
    }
    source->input_at = in.pos;
    *length = out.pos;
    return ASSAY_OK;
}

/* Anything else is text as it stands. */

static bool is_anything(const unsigned char *bytes, size_t length)
{
    (void)bytes, (void)length;
    return true;
}

static enum assay_status plain_open(struct assay__source *source, struct assay_error *err)
{
    (void)source, (void)err;
    return ASSAY_OK;
}

static void plain_close(struct assay__source *source)
{
    (void)source;
}

static enum assay_status plain_decode(struct assay__source *source, char *buffer, size_t capacity,
                                      size_t *length, struct assay_error *err)
{
    size_t have = source->input_end - source->input_at;
    source->is_complete = true;
    if (have == 0) /* straight into the caller's buffer: nothing is copied twice */
        return source->fill(source, buffer, capacity, length, err);
    *length = have < capacity ? have : capacity;
    memcpy(buffer, source->input + source->input_at, *length);
    source->input_at += *length;
    return ASSAY_OK;
}

const struct assay__decoder assay__source_decoders[] = {
    {"gzip", is_gzip, gzip_open, gzip_decode, gzip_close},
    {"zstd", is_zstd, zstd_open, zstd_decode, zstd_close},
    {"plain", is_anything, plain_open, plain_decode, plain_close},
};
const struct assay__decoder *const assay__source_plain =
    &assay__source_decoders[sizeof assay__source_decoders / sizeof *assay__source_decoders - 1];
