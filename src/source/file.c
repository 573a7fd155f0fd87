/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file's bytes as they were before compression: plain, gzip or zstd, by its first bytes. */
#define _GNU_SOURCE 1 /* strerror_r() that returns the text */

#include "source/file_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

enum {
    READ_BYTES = 8 << 20, /* at most, where somebody may end the reading */
    POLL_MS = 40
};

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
    const struct assay__feed *feed = &source->feed;
    enum assay_status status = ASSAY_OK;
    if (source->halt == NULL || source->halt->hooks == NULL)
        return ASSAY_OK;
    struct pollfd file = {.fd = source->file, .events = POLLIN};
    if (feed->read != NULL)
        file.fd = feed->waits_for != NULL ? feed->waits_for(feed->context) : -1;
    do
        status = assay__halt_progress(source->halt, "read", source->taken, source->size, err);
    while (status == ASSAY_OK && file.fd >= 0 && poll(&file, 1, POLL_MS) == 0);
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
static enum assay_status take_bytes(struct assay__source *source, void *buffer, size_t capacity,
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
    return take_bytes(source, source->input, ASSAY__INPUT_BYTES, &source->input_end, err);
}

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
    return assay__fail_at(err, assay__open_status(errno), path, 0, 0, "Cannot open: %s.",
                          strerror_r(errno, text, sizeof text));
}

static enum assay_status choose_decoder(struct assay__source *source, struct assay_error *err)
{
    enum assay_status status =
        take_bytes(source, source->input, ASSAY__HEAD_BYTES, &source->input_end, err);
    if (status != ASSAY_OK)
        return status;
    const struct assay__decoder *decoder = assay__source_decoders;
    while (!decoder->recognises(source->input, source->input_end))
        decoder++;
    bool is_plain = decoder == assay__source_plain; /* goes straight to whoever reads it */
    void *input = is_plain ? source->input
                           : assay__realloc(source->input, ASSAY__INPUT_BYTES + ASSAY__HEAD_BYTES);
    if (input == NULL)
        return assay__fail_memory(err);
    source->input = input;
    source->head = is_plain ? source->input : source->input + ASSAY__INPUT_BYTES;
    source->head_length = is_plain ? source->input_end : 0;
    status = decoder->open(source, err);
    if (status == ASSAY_OK)
        source->decoder = decoder; /* only now is there a state to close */
    return status;
}

/* A source of no file yet; NULL without memory. */
static struct assay__source *new_source(void)
{
    struct assay__source *source = assay__calloc(1, sizeof *source);
    if (source == NULL)
        return NULL;
    source->file = -1;
    source->fill = take_bytes;
    return source;
}

enum assay_status assay__source_open_any(const char *name, const struct assay__feed *feed,
                                         struct assay__halt *halt, struct assay__source **out,
                                         struct assay_error *err)
{
    struct assay__source *source = new_source();
    if (source == NULL)
        return assay__fail_memory(err);
    source->halt = halt;
    source->name =
        assay__strdup(feed == NULL && strcmp(name, "-") == 0 ? "(standard input)" : name);
    source->input = assay__malloc(ASSAY__HEAD_BYTES);
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
        bool is_plain = source->decoder == assay__source_plain;
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
            if (!source->is_complete && !is_plain)
                return assay__source_damaged(source, "the file ends before they do", err);
            return ASSAY_OK;
        }
    }
    return ASSAY_OK;
}

/* Keeps the first bytes of what was compressed; those of other files are in the input. */
static void keep_head(struct assay__source *source, const char *buffer, size_t length)
{
    if (source->decoder != assay__source_plain) {
        source->head_length = length < ASSAY__HEAD_BYTES ? length : ASSAY__HEAD_BYTES;
        memcpy(source->input + ASSAY__INPUT_BYTES, buffer, source->head_length);
    }
    source->has_begun = true;
}

enum assay_status assay__source_read(struct assay__source *source, char *buffer, size_t capacity,
                                     size_t *length, struct assay_error *err)
{
    enum assay_status status = fill(source, buffer, capacity, length, err);
    if (status == ASSAY_OK && !source->has_begun)
        keep_head(source, buffer, *length);
    if (status == ASSAY_OK && source->trace != NULL)
        assay__fingerprinter_add(source->trace, buffer, *length);
    return status;
}

enum assay_status assay__source_open_head(const struct assay__source *source,
                                          struct assay__source **out, struct assay_error *err)
{
    struct assay__source *head = new_source();
    if (head == NULL)
        return assay__fail_memory(err);
    size_t length = source->head_length;
    bool is_cut = length == ASSAY__HEAD_BYTES;
    while (is_cut && length > 0 && source->head[length - 1] != '\n')
        length--;
    head->at_end = true;
    head->decoder = assay__source_plain;
    head->name = assay__strdup(source->name);
    head->input = assay__malloc(ASSAY__HEAD_BYTES);
    if (head->name == NULL || head->input == NULL) {
        assay__source_close(head);
        return assay__fail_memory(err);
    }
    memcpy(head->input, source->head, length);
    head->input_end = length;
    *out = head;
    return ASSAY_OK;
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
