/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of units as bytes, on the way to the temporary file and back. */
#include "source/units/gather_record.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { KIND_EXPOSURE, KIND_HAPPENING };

enum { DIFFERS = 1, IS_UNCLEAR = 2, HAS_FIRST = 4, HAS_SECOND = 8 };

/* A word with its sign folded, so that few bytes hold a small number of either sign. */
static uint64_t fold_word(uint64_t word)
{
    int64_t mantissa = assay__word_mantissa(word);
    uint64_t folded = (uint64_t)mantissa << 1 ^ (uint64_t)(mantissa >> 63);
    return folded << ASSAY__WORD_SHIFT | assay__word_decimals(word);
}

static uint64_t unfold_word(uint64_t folded)
{
    uint64_t value = folded >> ASSAY__WORD_SHIFT;
    int64_t mantissa = (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
    return (uint64_t)mantissa << ASSAY__WORD_SHIFT | assay__word_decimals(folded);
}

/* Bytes of a packed number, its tag included. */
static size_t packed_length(const unsigned char *packed)
{
    const unsigned char *end = packed;
    struct assay_decimal value;
    (void)assay__get_number(&end, &value);
    return (size_t)(end - packed);
}

static unsigned char *begin_record(struct assay__pack *pack, unsigned char kind,
                                   const struct assay__unit_key *key, size_t more)
{
    pack->length = 0;
    unsigned char *at =
        assay__pack_room(pack, 1 + key->length + 8 * (size_t)ASSAY__PACKED_COUNT_MAX + more);
    if (at == NULL)
        return NULL;
    *at++ = kind;
    return assay__put_text(at, key->text, key->length);
}

static unsigned char *put_content(const struct assay__binding *binding, unsigned char *at,
                                  const uint64_t *content)
{
    memcpy(at, content, binding->slice_words * sizeof *content);
    at += binding->slice_words * sizeof *content;
    for (uint32_t i = binding->slice_words; i < binding->content_words; i++) {
        if (assay__word_decimals(content[i]) != ASSAY__WORD_LONG) {
            at = assay__put_count(at, fold_word(content[i]));
            continue;
        }
        const unsigned char *packed = assay__word_packed(content[i]);
        size_t length = packed_length(packed);
        at = assay__put_count(at, ASSAY__WORD_LONG);
        memcpy(at, packed, length);
        at += length;
    }
    return at;
}

static size_t content_bytes(const struct assay__binding *binding, const uint64_t *content)
{
    size_t bytes = binding->content_words * (size_t)ASSAY__PACKED_COUNT_MAX;
    for (uint32_t i = binding->slice_words; i < binding->content_words; i++)
        if (assay__word_decimals(content[i]) == ASSAY__WORD_LONG)
            bytes += packed_length(assay__word_packed(content[i]));
    return bytes;
}

bool assay__exposure_put(const struct assay__binding *binding,
                         const struct assay__exposure *exposure, struct assay__pack *pack)
{
    unsigned char *at = begin_record(pack, KIND_EXPOSURE, &exposure->key,
                                     content_bytes(binding, exposure->content));
    if (at == NULL)
        return false;
    bool has_first = exposure->first_ns != INT64_MIN, has_second = exposure->second_ns != INT64_MAX;
    *at++ = (unsigned char)((exposure->differs ? DIFFERS : 0) |
                            (exposure->is_unclear ? IS_UNCLEAR : 0) | (has_first ? HAS_FIRST : 0) |
                            (has_second ? HAS_SECOND : 0));
    if (has_first)
        at = assay__put_time(at, exposure->first_ns);
    if (has_second)
        at = assay__put_time(at, exposure->second_ns);
    at = assay__put_count(at, exposure->group);
    at = assay__put_count(at, exposure->rows);
    at = assay__put_count(at, exposure->event_rows);
    at = put_content(binding, at, exposure->content);
    pack->length = (size_t)(at - pack->bytes);
    return true;
}

bool assay__happening_put(const struct assay__binding *binding,
                          const struct assay__happening *happening, struct assay__pack *pack)
{
    unsigned char *at = begin_record(pack, KIND_HAPPENING, &happening->key, 0);
    if (at == NULL)
        return false;
    at = assay__put_count(at, happening->event_rows);
    pack->length = (size_t)(at - pack->bytes);
    for (uint32_t i = 0; i < happening->count; i++)
        if (!assay__record_put(binding, &happening->events[i], pack))
            return false;
    return true;
}

bool assay__record_is_exposure(const unsigned char *record)
{
    return *record == KIND_EXPOSURE;
}

enum assay_status assay__record_room_init(struct assay__record_room *room,
                                          const struct assay__binding *binding,
                                          struct assay_error *err)
{
    room->events = NULL;
    room->capacity = 0;
    room->content = assay__calloc((size_t)binding->content_words + 1, sizeof *room->content);
    return room->content == NULL ? assay__fail_memory(err) : ASSAY_OK;
}

void assay__record_room_release(struct assay__record_room *room)
{
    assay__free(room->content);
    assay__free(room->events);
    memset(room, 0, sizeof *room);
}

static const unsigned char *get_key(const unsigned char *record, struct assay__unit_key *key)
{
    const char *id;
    size_t length;
    const unsigned char *at = assay__get_text(record + 1, &id, &length);
    assay__unit_key_init(key, id, (uint32_t)length);
    return at;
}

static void get_content(const struct assay__binding *binding, const unsigned char *at,
                        uint64_t *content)
{
    memcpy(content, at, binding->slice_words * sizeof *content);
    at += binding->slice_words * sizeof *content;
    for (uint32_t i = binding->slice_words; i < binding->content_words; i++) {
        uint64_t folded;
        at = assay__get_count(at, &folded);
        if (folded != ASSAY__WORD_LONG) {
            content[i] = unfold_word(folded);
            continue;
        }
        content[i] = assay__word_long(at);
        at += packed_length(at);
    }
}

void assay__exposure_get(const struct assay__binding *binding, const unsigned char *record,
                         struct assay__exposure *out, struct assay__record_room *room)
{
    uint64_t count[3];
    *out = (struct assay__exposure){.first_ns = INT64_MIN, .second_ns = INT64_MAX};
    const unsigned char *at = get_key(record, &out->key);
    unsigned char flags = *at++;
    out->differs = (flags & DIFFERS) != 0;
    out->is_unclear = (flags & IS_UNCLEAR) != 0;
    if (flags & HAS_FIRST)
        at = assay__get_time(at, &out->first_ns);
    if (flags & HAS_SECOND)
        at = assay__get_time(at, &out->second_ns);
    for (int i = 0; i < 3; i++)
        at = assay__get_count(at, &count[i]);
    out->group = (uint32_t)count[0];
    out->rows = (uint32_t)count[1];
    out->event_rows = (uint32_t)count[2];
    get_content(binding, at, room->content);
    out->content = room->content;
}

bool assay__happening_get(const struct assay__binding *binding, const unsigned char *record,
                          size_t length, struct assay__happening *out,
                          struct assay__record_room *room)
{
    uint64_t event_rows;
    const unsigned char *end = record + length;
    *out = (struct assay__happening){.count = 0};
    const unsigned char *at = assay__get_count(get_key(record, &out->key), &event_rows);
    out->event_rows = (uint32_t)event_rows;
    while (at < end) {
        if (out->count == room->capacity) {
            size_t capacity = room->capacity * 2 + 16;
            struct assay__reading *events = assay__realloc(room->events, capacity * sizeof *events);
            if (events == NULL)
                return false;
            room->events = events;
            room->capacity = capacity;
        }
        at = assay__record_get(binding, at, &room->events[out->count++]);
    }
    out->events = room->events;
    return true;
}
