/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing text; a failed allocation is remembered until the text is taken. */
#include "base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "base/memory.h"

/* Makes the memory longer for length more bytes and a NUL, and for times as much. */
static bool grow(struct assay__text *text, size_t length, size_t times)
{
    if (length > SIZE_MAX / 2 - text->length - 1) {
        text->failed = true;
        return false;
    }
    size_t capacity = (text->length + length + 1) * times;
    if (capacity < 256)
        capacity = 256;
    char *data = assay__realloc(text->data, capacity);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

/* Makes room for length more bytes and a NUL, and for times as much when there was too little. */
static inline bool reserve(struct assay__text *text, size_t length, size_t times)
{
    if (text->failed)
        return false;
    return length < text->capacity - text->length || grow(text, length, times);
}

void assay__text_reserve(struct assay__text *text, size_t length)
{
    (void)reserve(text, length, 1);
}

char *assay__text_more_room(struct assay__text *text, size_t length)
{
    return reserve(text, length, 2) ? text->data + text->length : NULL;
}

char *assay__text_extend(struct assay__text *text, size_t length)
{
    char *place = assay__text_room(text, length);
    if (place != NULL)
        assay__text_end(text, place + length);
    return place;
}

void assay__text_append(struct assay__text *text, const char *bytes, size_t length)
{
    char *place = assay__text_room(text, length);
    if (place == NULL)
        return;
    if (length > 0)
        memcpy(place, bytes, length);
    assay__text_end(text, place + length);
}

void assay__text_puts(struct assay__text *text, const char *string)
{
    assay__text_append(text, string, strlen(string));
}

void assay__text_putc(struct assay__text *text, char c)
{
    char *place = assay__text_room(text, 1);
    if (place == NULL)
        return;
    *place = c;
    assay__text_end(text, place + 1);
}

void assay__text_count(struct assay__text *text, uint64_t count)
{
    char *place = assay__text_room(text, ASSAY__DIGITS_ROOM);
    if (place != NULL)
        assay__text_end(text, assay__digits_put(count, place));
}

void assay__text_format(struct assay__text *text, const char *format, ...)
{
    va_list arguments, again;
    size_t room = text->failed ? 0 : text->capacity - text->length;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(room == 0 ? NULL : text->data + text->length, room, format, arguments);
    va_end(arguments);
    if (length < 0) {
        text->failed = true;
    } else if ((size_t)length < room) {
        text->length += (size_t)length;
    } else if (reserve(text, (size_t)length, 2)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    if (text->data != NULL)
        text->data[text->length] = '\0';
    va_end(again);
}

bool assay__text_is_empty(const struct assay__text *text)
{
    return text->length == 0 && (text->outlet == NULL || !text->outlet->has_passed);
}

/* A sink that fails may have filled in a part of its error, or nothing. */
static void complete(struct assay_error *err, enum assay_status status)
{
    err->message[sizeof err->message - 1] = '\0';
    if (err->message[0] == '\0')
        (void)assay__fail(err, status, "The sink says no more than: %s",
                          assay_status_sentence(status));
    err->code = status;
}

static void pass_all(struct assay__text *text)
{
    struct assay__outlet *outlet = text->outlet;
    if (text->failed || text->length == 0)
        return;
    outlet->has_passed = true;
    outlet->status =
        outlet->sink->write(outlet->sink->context, text->data, text->length, &outlet->err);
    text->failed = outlet->status != ASSAY_OK;
    if (text->failed)
        complete(&outlet->err, outlet->status);
    text->length = 0;
    text->data[0] = '\0';
}

void assay__text_pass_on(struct assay__text *text)
{
    struct assay__outlet *outlet = text->outlet;
    if (!assay__text_is_long(text, text->length) || text->failed)
        return;
    outlet->status = assay__halt_check(outlet->halt, &outlet->err);
    text->failed = outlet->status != ASSAY_OK;
    if (outlet->sink != NULL)
        pass_all(text);
    else
        outlet->checked = text->length;
}

/* Why a text is not there. */
static enum assay_status fail(const struct assay__outlet *outlet, struct assay_error *err)
{
    if (outlet == NULL || outlet->status == ASSAY_OK)
        return assay__fail_memory(err);
    if (err != NULL)
        *err = outlet->err;
    return outlet->status;
}

enum assay_status assay__text_finish(struct assay__text *text, struct assay_error *err)
{
    struct assay__outlet *outlet = text->outlet;
    pass_all(text);
    bool failed = text->failed;
    assay__text_release(text);
    return failed ? fail(outlet, err) : ASSAY_OK;
}

void assay__text_release(struct assay__text *text)
{
    assay__free(text->data);
    memset(text, 0, sizeof *text);
}

enum assay_status assay__text_take(struct assay__text *text, char **bytes, size_t *length,
                                   struct assay_error *err)
{
    if (text->data == NULL)
        assay__text_append(text, "", 0);
    if (text->failed) {
        const struct assay__outlet *outlet = text->outlet;
        assay__text_release(text);
        return fail(outlet, err);
    }
    size_t taken_length = text->length;
    char *taken = assay__memory_hand_over(text->data, taken_length + 1);
    memset(text, 0, sizeof *text);
    if (taken == NULL)
        return assay__fail_memory(err);
    *bytes = taken;
    if (length != NULL)
        *length = taken_length;
    return ASSAY_OK;
}
