/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file's bytes as they were before compression: plain, gzip or zstd, by its first bytes. */
#define _GNU_SOURCE 1 /* strerror_r() that returns the text */

#include "source/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/memory.h"

enum {
    INPUT_BYTES = 256 * 1024,
    HEAD_BYTES = 4 * 1024, /* tell how a file is compressed */
    READ_BYTES = 8 << 20,  /* at most, where somebody may end the reading */
    POLL_MS = 40
};

struct assay__source {
    char *name;
    int file;
    bool owns_file;
    struct assay__feed feed;  /* read is NULL: the file is read */
    struct assay__halt *halt; /* NULL: nobody ends the reading */
    bool at_end;              /* of the file's own bytes */
    uint64_t taken, size;     /* bytes read, and those there were when a regular file was opened */
    const struct decoder *decoder;
    void *state;          /* the decoder's */
    bool is_complete;     /* no member or frame is open: the input may end here */
    unsigned char *input; /* the file's bytes: [input_at, input_end) is not used yet */
    size_t input_at, input_end;
    struct assay__fingerprinter *trace; /* of what was read; NULL: nobody asked */
};

/**
 * struct decoder turns a file's bytes into what they stand for. decode() uses input, fills as much
 * of the buffer as it can and says how much; 0 only when the input is used up.
 */
struct decoder {
    const char *format;
    bool (*recognises)(const unsigned char *bytes, size_t length);
    enum assay_status (*open)(struct assay__source *source, struct assay_error *err);
    enum assay_status (*decode)(struct assay__source *source, char *buffer, size_t capacity,
                                size_t *length, struct assay_error *err);
    void (*close)(struct assay__source *source);
};

static enum assay_status damaged(const struct assay__source *source, const char *why,
                                 struct assay_error *err)
{
    return assay__fail_at(err, ASSAY_ERROR_DATA, source->name, 0, 0,
                          "The %s data are damaged: %s. Make or fetch the file again.",
                          source->decoder->format, why);
}

/* What is missing may be whole rows: nothing else would tell. */
static enum assay_status fail_shrunk(const struct assay__source *source, struct assay_error *err)
{
    return assay__fail_at(
        err, ASSAY_ERROR_IO, source->name, 0, 0,
        "The file became shorter while it was read: %llu of %llu bytes were there.",
        (unsigned long long)source->taken, (unsigned long long)source->size);
}

/* Waits until there is something to read, or the caller ends the call. */
static enum assay_status wait_input(const struct assay__source *source, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    struct pollfd file = {.fd = source->file, .events = POLLIN};
    if (source->halt == NULL || source->halt->hooks == NULL)
        return ASSAY_OK;
    do
        status = assay__halt_progress(source->halt, "read", source->taken, source->size, err);
    while (status == ASSAY_OK && source->feed.read == NULL && poll(&file, 1, POLL_MS) == 0);
    return status;
}

/* Asks the function that feeds the source until the buffer is full or it has no more. */
static enum assay_status read_feed(struct assay__source *source, char *buffer, size_t capacity,
                                   size_t *length, struct assay_error *err)
{
    while (*length < capacity && !source->at_end) {
        size_t got = 0;
        enum assay_status status = wait_input(source, err);
        if (status == ASSAY_OK)
            status = source->feed.read(source->feed.context, buffer + *length, capacity - *length,
                                       &got, err);
        if (status != ASSAY_OK)
            return status;
        source->at_end = got == 0;
        source->taken += got;
        *length += got;
    }
    return ASSAY_OK;
}

/* read() until the buffer is full or the file ends. */
static enum assay_status read_fully(struct assay__source *source, void *buffer, size_t capacity,
                                    size_t *length, struct assay_error *err)
{
    *length = 0;
    if (source->feed.read != NULL)
        return read_feed(source, buffer, capacity, length, err);
    while (*length < capacity && !source->at_end) {
        enum assay_status status = wait_input(source, err);
        if (status != ASSAY_OK)
            return status;
        size_t room = capacity - *length, most = room < READ_BYTES ? room : READ_BYTES;
        ssize_t got = read(source->file, (char *)buffer + *length, most);
        if (got > 0) {
            *length += (size_t)got;
            source->taken += (uint64_t)got;
        } else if (got == 0) {
            source->at_end = true;
            if (source->taken < source->size)
                return fail_shrunk(source, err);
        } else if (errno == EISDIR) {
            return assay__fail_at(err, ASSAY_ERROR_NO_INPUT, source->name, 0, 0,
                                  "This is a directory, not a file.");
        } else if (errno != EINTR) {
            char text[128];
            return assay__fail_at(err, ASSAY_ERROR_IO, source->name, 0, 0, "Cannot read: %s.",
                                  strerror_r(errno, text, sizeof text));
        }
    }
    return ASSAY_OK;
}

/* Makes sure that there is unused input unless the file has ended. */
static enum assay_status refill(struct assay__source *source, struct assay_error *err)
{
    if (source->input_at < source->input_end)
        return ASSAY_OK;
    source->input_at = 0;
    return read_fully(source, source->input, INPUT_BYTES, &source->input_end, err);
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
        return damaged(source, "other bytes follow the compressed data", err);
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
            return damaged(source, stream->msg != NULL ? stream->msg : "it needs a dictionary",
                           err);
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
            return damaged(source, ZSTD_getErrorName(outcome), err);
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
        return read_fully(source, buffer, capacity, length, err);
    *length = have < capacity ? have : capacity;
    memcpy(buffer, source->input + source->input_at, *length);
    source->input_at += *length;
    return ASSAY_OK;
}

static const struct decoder DECODERS[] = {
    {"gzip", is_gzip, gzip_open, gzip_decode, gzip_close},
    {"zstd", is_zstd, zstd_open, zstd_decode, zstd_close},
    {"plain", is_anything, plain_open, plain_decode, plain_close},
};

static enum assay_status open_file(struct assay__source *source, const char *path,
                                   struct assay_error *err)
{
    if (strcmp(path, "-") == 0) {
        source->file = STDIN_FILENO;
        return ASSAY_OK;
    }
    struct stat status;
    source->file = open(path, O_RDONLY | O_CLOEXEC);
    source->owns_file = source->file >= 0;
    if (source->owns_file && fstat(source->file, &status) == 0 && S_ISREG(status.st_mode))
        source->size = (uint64_t)status.st_size;
    if (source->owns_file)
        return ASSAY_OK;
    char text[128];
    return assay__fail_at(err, ASSAY_ERROR_NO_INPUT, path, 0, 0, "Cannot open: %s.",
                          strerror_r(errno, text, sizeof text));
}

static enum assay_status choose_decoder(struct assay__source *source, struct assay_error *err)
{
    enum assay_status status =
        read_fully(source, source->input, HEAD_BYTES, &source->input_end, err);
    if (status != ASSAY_OK)
        return status;
    const struct decoder *decoder = DECODERS;
    while (!decoder->recognises(source->input, source->input_end))
        decoder++;
    bool is_plain = decoder->decode == plain_decode; /* goes straight to whoever reads it */
    void *input = is_plain ? source->input : assay__realloc(source->input, INPUT_BYTES);
    if (input == NULL)
        return assay__fail_memory(err);
    source->input = input;
    status = decoder->open(source, err);
    if (status == ASSAY_OK)
        source->decoder = decoder; /* only now is there a state to close */
    return status;
}

enum assay_status assay__source_open_any(const char *name, const struct assay__feed *feed,
                                         struct assay__halt *halt, struct assay__source **out,
                                         struct assay_error *err)
{
    struct assay__source *source = assay__calloc(1, sizeof *source);
    if (source == NULL)
        return assay__fail_memory(err);
    source->file = -1;
    source->halt = halt;
    source->name =
        assay__strdup(feed == NULL && strcmp(name, "-") == 0 ? "(standard input)" : name);
    source->input = assay__malloc(HEAD_BYTES);
    bool has_memory = source->name != NULL && source->input != NULL;
    enum assay_status status = has_memory ? ASSAY_OK : assay__fail_memory(err);
    if (feed != NULL)
        source->feed = *feed;
    else if (status == ASSAY_OK)
        status = open_file(source, name, err);
    if (status == ASSAY_OK)
        status = choose_decoder(source, err);
    if (status != ASSAY_OK) {
        assay__source_close(source);
        return status;
    }
    *out = source;
    return ASSAY_OK;
}

enum assay_status assay__source_open(const char *path, struct assay__source **out,
                                     struct assay_error *err)
{
    return assay__source_open_any(path, NULL, NULL, out, err);
}

enum assay_status assay__source_trace(struct assay__source *source, struct assay_error *err)
{
    source->trace = assay__fingerprinter_new();
    return source->trace == NULL ? assay__fail_memory(err) : ASSAY_OK;
}

assay__uint128 assay__source_fingerprint(const struct assay__source *source)
{
    return assay__fingerprinter_value(source->trace);
}

/* Decodes until the buffer is full or the input ends. */
static enum assay_status fill(struct assay__source *source, char *buffer, size_t capacity,
                              size_t *length, struct assay_error *err)
{
    *length = 0;
    while (*length < capacity) {
        bool is_plain = source->decoder->decode == plain_decode;
        enum assay_status status = is_plain ? ASSAY_OK : refill(source, err);
        if (status != ASSAY_OK)
            return status;
        bool had_input = source->input_at < source->input_end;
        size_t got = 0;
        status = source->decoder->decode(source, buffer + *length, capacity - *length, &got, err);
        if (status != ASSAY_OK)
            return status;
        *length += got;
        if (got == 0 && !had_input) {
            if (!source->is_complete && source->decoder->recognises != is_anything)
                return damaged(source, "the file ends before they do", err);
            return ASSAY_OK;
        }
    }
    return ASSAY_OK;
}

enum assay_status assay__source_read(struct assay__source *source, char *buffer, size_t capacity,
                                     size_t *length, struct assay_error *err)
{
    enum assay_status status = fill(source, buffer, capacity, length, err);
    if (status == ASSAY_OK && source->trace != NULL)
        assay__fingerprinter_add(source->trace, buffer, *length);
    return status;
}

const char *assay__source_name(const struct assay__source *source)
{
    return source->name;
}

bool assay__source_is_file(const struct assay__source *source)
{
    struct stat status;
    return source->owns_file && fstat(source->file, &status) == 0 && S_ISREG(status.st_mode);
}

void assay__source_close(struct assay__source *source)
{
    if (source == NULL)
        return;
    if (source->decoder != NULL)
        source->decoder->close(source);
    if (source->owns_file)
        close(source->file);
    assay__fingerprinter_free(source->trace);
    assay__free(source->input);
    assay__free(source->name);
    assay__free(source);
}
