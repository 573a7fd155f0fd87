/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of units as bytes, on the way to the temporary file and back. */
#include "source/units/gather_record.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { KIND_EXPOSURE, KIND_HAPPENING };

enum { DIFFERS = 1, IS_UNCLEAR = 2, HAS_FIRST = 4, HAS_SECOND = 8, HAS_PARTIALS = 16 };

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

/* The kind of a record and the unit's id, of which 16 bytes may be written whatever its length. */
static unsigned char *put_key(unsigned char *at, unsigned char kind,
                              const struct assay__unit_key *key)
{
    *at++ = kind;
    if (key->length > ASSAY__KEY_INLINE)
        return assay__put_text(at, key->text, key->length);
    at = assay__put_count(at, key->length);
    memcpy(at, key->words, sizeof key->words);
    return at + key->length;
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

/* The most bytes that an exposure takes. */
static size_t exposure_bytes(const struct assay__binding *binding,
                             const struct assay__exposure *exposure)
{
    const size_t others = 7; /* length of the id, flags, two times, group, rows, rows of events */
    size_t words = (size_t)binding->content_words + binding->partial_count;
    size_t bytes = 1 + exposure->key.length + ASSAY__KEY_INLINE;
    for (uint32_t i = binding->slice_words; i < binding->content_words; i++)
        if (assay__word_decimals(exposure->content[i]) == ASSAY__WORD_LONG)
            bytes += packed_length(assay__word_packed(exposure->content[i]));
    return bytes + (others + words) * ASSAY__PACKED_COUNT_MAX;
}

static size_t put_exposure(const struct assay__binding *binding,
                           const struct assay__exposure *exposure, unsigned char *out)
{
    unsigned char *at = put_key(out, KIND_EXPOSURE, &exposure->key);
    bool has_first = exposure->first_ns != INT64_MIN, has_second = exposure->second_ns != INT64_MAX;
    bool has_partials = exposure->partials != NULL && binding->partial_count > 0;
    *at++ = (unsigned char)((exposure->differs ? DIFFERS : 0) |
                            (exposure->is_unclear ? IS_UNCLEAR : 0) | (has_first ? HAS_FIRST : 0) |
                            (has_second ? HAS_SECOND : 0) | (has_partials ? HAS_PARTIALS : 0));
    if (has_first)
        at = assay__put_time(at, exposure->first_ns);
    if (has_second)
        at = assay__put_time(at, exposure->second_ns);
    at = assay__put_count(at, exposure->group);
    at = assay__put_count(at, exposure->rows);
    at = assay__put_count(at, exposure->event_rows);
    at = put_content(binding, at, exposure->content);
    for (uint32_t i = 0; has_partials && i < binding->partial_count; i++)
        at = assay__put_count(at, fold_word(exposure->partials[i]));
    return (size_t)(at - out);
}

enum assay_status assay__spill_exposure(struct assay__spill *spill, uint32_t part,
                                        const struct assay__binding *binding,
                                        const struct assay__exposure *exposure,
                                        struct assay_error *err)
{
    unsigned char *room =
        assay__pack_room(&spill->parts[part].record, exposure_bytes(binding, exposure));
    if (room == NULL)
        return assay__fail_memory(err);
    return assay__spill_put(spill, part, room, put_exposure(binding, exposure, room), err);
}

/* What an event of a happening has beside its channel. Words and times go as they are, in four
 * bytes where that says them: times then as seconds. */
enum { SAME_TIME = 1, HAS_WORD = 2, HAS_LONG = 4, HAS_TEXT = 8, IN_SECONDS = 16, SHORT_WORD = 32 };

static const int64_t NS_PER_SECOND = 1000000000;

static bool is_in_seconds(int64_t time_ns)
{
    return time_ns % NS_PER_SECOND == 0 &&
           time_ns / NS_PER_SECOND == (int32_t)(time_ns / NS_PER_SECOND);
}

static unsigned event_marks(const struct assay__reading *event, const struct assay__reading *before)
{
    unsigned marks = before != NULL && before->time_ns == event->time_ns ? SAME_TIME
                     : is_in_seconds(event->time_ns)                     ? IN_SECONDS
                                                                         : 0;
    if (event->text != NULL)
        return marks | HAS_TEXT;
    if (assay__word_decimals(event->word) == ASSAY__WORD_LONG)
        return marks | HAS_LONG;
    if (event->word == 0)
        return marks;
    return marks | (event->word == (uint32_t)event->word ? SHORT_WORD : HAS_WORD);
}

static unsigned char *put_event(unsigned char *at, const struct assay__reading *event,
                                const struct assay__reading *before)
{
    unsigned marks = event_marks(event, before);
    *at++ = (unsigned char)marks;
    at = assay__put_count(at, event->channel);
    if (marks & IN_SECONDS) {
        int32_t seconds = (int32_t)(event->time_ns / NS_PER_SECOND);
        memcpy(at, &seconds, sizeof seconds);
        at += sizeof seconds;
    } else if ((marks & SAME_TIME) == 0) {
        memcpy(at, &event->time_ns, sizeof event->time_ns);
        at += sizeof event->time_ns;
    }
    if (marks & HAS_TEXT)
        return assay__put_text(at, event->text, event->length);
    if (marks & HAS_LONG) {
        const unsigned char *packed = assay__word_packed(event->word);
        size_t length = packed_length(packed);
        memcpy(at, packed, length);
        return at + length;
    }
    if (marks & SHORT_WORD) {
        uint32_t word = (uint32_t)event->word;
        memcpy(at, &word, sizeof word);
        at += sizeof word;
    } else if (marks & HAS_WORD) {
        memcpy(at, &event->word, sizeof event->word);
        at += sizeof event->word;
    }
    return at;
}

static const unsigned char *get_event(const unsigned char *at, struct assay__reading *event,
                                      const struct assay__reading *before)
{
    uint64_t channel;
    unsigned marks = *at++;
    *event = (struct assay__reading){0};
    at = assay__get_count(at, &channel);
    event->channel = (uint32_t)channel;
    if (marks & SAME_TIME) {
        event->time_ns = before->time_ns;
    } else if (marks & IN_SECONDS) {
        int32_t seconds;
        memcpy(&seconds, at, sizeof seconds);
        event->time_ns = seconds * NS_PER_SECOND;
        at += sizeof seconds;
    } else {
        memcpy(&event->time_ns, at, sizeof event->time_ns);
        at += sizeof event->time_ns;
    }
    if (marks & HAS_TEXT) {
        size_t length;
        at = assay__get_text(at, &event->text, &length);
        event->length = (uint32_t)length;
    } else if (marks & HAS_LONG) {
        event->word = assay__word_long(at);
        at += packed_length(at);
    } else if (marks & SHORT_WORD) {
        uint32_t word;
        memcpy(&word, at, sizeof word);
        event->word = word;
        at += sizeof word;
    } else if (marks & HAS_WORD) {
        memcpy(&event->word, at, sizeof event->word);
        at += sizeof event->word;
    }
    return at;
}

/* The most bytes that an event takes. */
static size_t event_bytes(const struct assay__reading *event)
{
    size_t bytes = 1 + 2 * (size_t)ASSAY__PACKED_COUNT_MAX + 2 * sizeof(uint64_t);
    if (event->text != NULL)
        return bytes + event->length;
    return assay__word_decimals(event->word) == ASSAY__WORD_LONG
               ? bytes + ASSAY__PACKED_NUMBER_BYTES
               : bytes;
}

static size_t happening_bytes(const struct assay__happening *happening)
{
    size_t bytes =
        1 + happening->key.length + ASSAY__KEY_INLINE + 2 * (size_t)ASSAY__PACKED_COUNT_MAX;
    for (uint32_t i = 0; i < happening->count; i++)
        bytes += event_bytes(&happening->events[i]);
    return bytes;
}

static size_t put_happening(const struct assay__happening *happening, unsigned char *out)
{
    unsigned char *at = put_key(out, KIND_HAPPENING, &happening->key);
    at = assay__put_count(at, happening->event_rows);
    for (uint32_t i = 0; i < happening->count; i++)
        at = put_event(at, &happening->events[i], i == 0 ? NULL : &happening->events[i - 1]);
    return (size_t)(at - out);
}

/* Straight into the buffer of the partition, where it has room for it. */
enum assay_status assay__spill_happening(struct assay__spill *spill, uint32_t part,
                                         const struct assay__happening *happening,
                                         struct assay_error *err)
{
    size_t most = happening_bytes(happening);
    unsigned char *room = assay__spill_begin(spill, part, most);
    if (room != NULL) {
        assay__spill_end(spill, part, put_happening(happening, room));
        return ASSAY_OK;
    }
    room = assay__pack_room(&spill->parts[part].record, most);
    if (room == NULL)
        return assay__fail_memory(err);
    return assay__spill_put(spill, part, room, put_happening(happening, room), err);
}

enum assay_status assay__record_batch_init(struct assay__record_batch *batch,
                                           const struct assay__binding *binding,
                                           struct assay_error *err)
{
    size_t most = ASSAY__RECORDS_AT_ONCE;
    memset(batch, 0, sizeof *batch);
    batch->binding = binding;
    batch->exposures = assay__malloc(most * sizeof *batch->exposures);
    batch->happenings = assay__malloc(most * sizeof *batch->happenings);
    batch->content = assay__calloc(most * binding->content_words + 1, sizeof *batch->content);
    batch->partials = assay__calloc(most * binding->partial_count + 1, sizeof *batch->partials);
    if (batch->exposures == NULL || batch->happenings == NULL || batch->content == NULL ||
        batch->partials == NULL)
        return assay__fail_memory(err);
    return ASSAY_OK;
}

void assay__record_batch_release(struct assay__record_batch *batch)
{
    assay__free(batch->exposures);
    assay__free(batch->happenings);
    assay__free(batch->content);
    assay__free(batch->partials);
    assay__free(batch->events);
    memset(batch, 0, sizeof *batch);
}

void assay__record_batch_clear(struct assay__record_batch *batch)
{
    batch->exposure_count = 0;
    batch->happening_count = 0;
    batch->event_count = 0;
}

bool assay__record_batch_is_full(const struct assay__record_batch *batch)
{
    return batch->exposure_count == ASSAY__RECORDS_AT_ONCE ||
           batch->happening_count == ASSAY__RECORDS_AT_ONCE;
}

static const unsigned char *get_key(const unsigned char *record, struct assay__unit_key *key)
{
    const char *id;
    size_t length;
    const unsigned char *at = assay__get_text(record + 1, &id, &length);
    assay__unit_key_init_near(key, id, (uint32_t)length);
    return at;
}

static const unsigned char *get_content(const struct assay__binding *binding,
                                        const unsigned char *at, uint64_t *content)
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
    return at;
}

static void get_exposure(struct assay__record_batch *batch, const unsigned char *record)
{
    const struct assay__binding *binding = batch->binding;
    uint64_t *content = batch->content + (size_t)batch->exposure_count * binding->content_words;
    uint64_t *partials = batch->partials + (size_t)batch->exposure_count * binding->partial_count;
    struct assay__exposure *out = &batch->exposures[batch->exposure_count++];
    uint64_t count[3];
    *out =
        (struct assay__exposure){.first_ns = INT64_MIN, .second_ns = INT64_MAX, .content = content};
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
    at = get_content(binding, at, content);
    if ((flags & HAS_PARTIALS) == 0)
        return;
    for (uint32_t i = 0; i < binding->partial_count; i++) {
        uint64_t folded;
        at = assay__get_count(at, &folded);
        partials[i] = unfold_word(folded);
    }
    out->partials = partials;
}

/* Readings move when their room grows: what was there is told where they are now. */
static bool need_events(struct assay__record_batch *batch)
{
    if (batch->event_count < batch->capacity)
        return true;
    size_t capacity = batch->capacity * 2 + 1024;
    struct assay__reading *events = assay__realloc(batch->events, capacity * sizeof *events);
    if (events == NULL)
        return false;
    batch->events = events;
    batch->capacity = capacity;
    for (uint32_t i = 0; i < batch->happening_count; i++) {
        batch->happenings[i].events = events;
        events += batch->happenings[i].count;
    }
    return true;
}

static bool get_happening(struct assay__record_batch *batch, const unsigned char *record,
                          size_t length)
{
    uint64_t event_rows;
    const unsigned char *end = record + length;
    struct assay__happening happening = {.count = 0};
    const unsigned char *at = assay__get_count(get_key(record, &happening.key), &event_rows);
    happening.event_rows = (uint32_t)event_rows;
    size_t begin = batch->event_count;
    for (; at < end; happening.count++) {
        if (!need_events(batch))
            return false;
        struct assay__reading *event = &batch->events[batch->event_count++];
        at = get_event(at, event, happening.count == 0 ? NULL : event - 1);
    }
    happening.events = happening.count == 0 ? NULL : batch->events + begin;
    batch->happenings[batch->happening_count++] = happening;
    return true;
}

bool assay__record_batch_add(struct assay__record_batch *batch, const unsigned char *record,
                             size_t length)
{
    if (*record == KIND_HAPPENING)
        return get_happening(batch, record, length);
    get_exposure(batch, record);
    return true;
}
