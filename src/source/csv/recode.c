/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of another encoding on its way to UTF-8, a block at a time. */
#include "source/csv/recode.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/memory.h"

enum { RAW_BYTES = 64 * 1024 };

struct assay__recoder {
    struct assay__source *source;
    iconv_t state;
    size_t begin, end, capacity;
    bool is_last;
    uint64_t offset; /* of raw[begin] in the file, for messages */
    char raw[];      /* [capacity] */
};

enum assay_status assay__recoder_new(struct assay__source *source, const char *encoding,
                                     const struct assay__recoder_head *head,
                                     struct assay__recoder **out, struct assay_error *err)
{
    size_t capacity = head->length > RAW_BYTES ? head->length : RAW_BYTES;
    struct assay__recoder *recoder = assay__calloc(1, sizeof *recoder + capacity);
    if (recoder == NULL)
        return assay__fail_memory(err);
    recoder->capacity = capacity;
    recoder->source = source;
    recoder->state = iconv_open("UTF-8", encoding);
    if (recoder->state == (iconv_t)-1) {
        assay__free(recoder);
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "'%.60s' is not the name of an encoding (see iconv --list), such as "
                           "WINDOWS-1252 or UTF-16.",
                           encoding);
    }
    memcpy(recoder->raw, head->bytes, head->length);
    recoder->end = head->length;
    recoder->is_last = head->is_last;
    *out = recoder;
    return ASSAY_OK;
}

void assay__recoder_free(struct assay__recoder *recoder)
{
    if (recoder == NULL)
        return;
    iconv_close(recoder->state);
    assay__free(recoder);
}

static enum assay_status fill(struct assay__recoder *recoder, struct assay_error *err)
{
    size_t kept = recoder->end - recoder->begin, got;
    if (kept > 0)
        memmove(recoder->raw, recoder->raw + recoder->begin, kept);
    recoder->begin = 0;
    recoder->end = kept;
    enum assay_status status = assay__source_read(recoder->source, recoder->raw + kept,
                                                  recoder->capacity - kept, &got, err);
    recoder->is_last = got < recoder->capacity - kept;
    recoder->end += got;
    return status;
}

static enum assay_status fail(const struct assay__recoder *recoder, const char *what,
                              struct assay_error *err)
{
    return assay__fail_at(err, ASSAY_ERROR_DATA, assay__source_name(recoder->source), 0, 0,
                          "%s at byte %llu: the file has another encoding, or it is damaged.", what,
                          (unsigned long long)recoder->offset);
}

enum assay_status assay__recoder_read(struct assay__recoder *recoder, char *buffer, size_t capacity,
                                      size_t *length, struct assay_error *err)
{
    char *out = buffer;
    size_t room = capacity;
    *length = 0;
    for (;;) {
        if (recoder->begin == recoder->end && !recoder->is_last) {
            enum assay_status status = fill(recoder, err);
            if (status != ASSAY_OK)
                return status;
        }
        char *in = recoder->raw + recoder->begin;
        size_t left = recoder->end - recoder->begin;
        if (left == 0)
            break;
        size_t outcome = iconv(recoder->state, &in, &left, &out, &room);
        recoder->offset += (uint64_t)(in - (recoder->raw + recoder->begin));
        recoder->begin = recoder->end - left;
        if (outcome != (size_t)-1)
            continue;
        if (errno == E2BIG)
            break;
        if (errno == EILSEQ)
            return fail(recoder, "These bytes are not a character", err);
        if (recoder->is_last) /* EINVAL: the last character lacks bytes */
            return fail(recoder, "The last character is cut", err);
        enum assay_status status = fill(recoder, err);
        if (status != ASSAY_OK)
            return status;
    }
    *length = (size_t)(out - buffer);
    return ASSAY_OK;
}

bool assay__recoder_is_done(const struct assay__recoder *recoder)
{
    return recoder->is_last && recoder->begin == recoder->end;
}
