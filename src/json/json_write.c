/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON written value by value into a text, in one line or indented. */
#include "json/json_write.h"

#include <math.h>
#include <string.h>

#include "base/digits.h"
#include "json/json_runs.h"
#include "number/number.h"
#include "base/utf8.h"

/* Room of a new line, and what may stand before it. */
static size_t line_room(const struct assay__json *json)
{
    return 2 + (json->pretty ? 2 * (size_t)json->depth : 0);
}

static char *put_line(const struct assay__json *json, char *at)
{
    *at++ = '\n';
    memset(at, ' ', 2 * (size_t)json->depth);
    return at + 2 * (size_t)json->depth;
}

/*
 * Writes what stands between the text so far and a new value or key. Returns where that goes, with
 * room for as many bytes; NULL without memory.
 */
static inline char *begin_value(struct assay__json *json, size_t room)
{
    struct assay__text *out = json->out;
    if (assay__text_is_long(out, out->length))
        assay__text_pass_on(out);
    char *at = assay__text_room(out, room + line_room(json));
    if (at == NULL)
        return NULL;
    if (json->after_key) {
        json->after_key = false;
        return at;
    }
    if (json->has_before)
        *at++ = ',';
    if (json->pretty && json->depth > 0)
        at = put_line(json, at);
    json->has_before = true;
    return at;
}

static inline void begin_bracket(struct assay__json *json, char *at, char bracket)
{
    json->depth++;
    json->has_before = false;
    if (at == NULL)
        return;
    *at = bracket;
    assay__text_end(json->out, at + 1);
}

void assay__json_begin(struct assay__json *json, char bracket)
{
    begin_bracket(json, begin_value(json, 1), bracket);
}

void assay__json_end(struct assay__json *json, char bracket)
{
    char *at = assay__text_room(json->out, 1 + line_room(json));
    json->depth--;
    if (at != NULL && json->has_before && json->pretty)
        at = put_line(json, at);
    json->has_before = true;
    if (at == NULL)
        return;
    *at = bracket;
    assay__text_end(json->out, at + 1);
}

static const char *short_escape(unsigned char byte)
{
    switch (byte) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

static void write_special(struct assay__text *out, unsigned char byte)
{
    const char *escape = short_escape(byte);
    if (escape != NULL)
        assay__text_puts(out, escape);
    else
        assay__text_format(out, "\\u%04x", byte);
}

/* Writes what begins with something else than plain ASCII at bytes[at], and what is before it.
 * Copies runs of bytes that need no care in one piece. */
static void write_special_bytes(struct assay__text *out, const char *bytes, size_t length,
                                size_t at)
{
    size_t start = 0;
    while (at < length) {
        unsigned char byte = (unsigned char)bytes[at];
        uint32_t code_point;
        size_t size = assay__utf8_next(bytes + at, length - at, &code_point);
        bool special = assay__json_ends_text(bytes[at]);
        if (special || code_point == ASSAY__UTF8_INVALID) {
            assay__text_append(out, bytes + start, at - start);
            start = at + size;
            if (special)
                write_special(out, byte);
            else
                assay__text_puts(out, "\xEF\xBF\xBD");
        }
        at += size;
        at = (size_t)(assay__json_ascii_text_end(bytes + at, bytes + length) - bytes);
    }
    assay__text_append(out, bytes + start, at - start);
}

/* Appends a string in quotes that has what needs care. */
static void write_special_string(struct assay__text *out, const char *bytes, size_t length)
{
    const char *plain_end = assay__json_ascii_text_end(bytes, bytes + length);
    assay__text_putc(out, '"');
    write_special_bytes(out, bytes, length, (size_t)(plain_end - bytes));
    assay__text_putc(out, '"');
}

/* Writes plain text in quotes where there is room. */
static inline char *put_plain(char *at, const char *bytes, size_t length)
{
    *at = '"';
    memcpy(at + 1, bytes, length);
    at[length + 1] = '"';
    return at + length + 2;
}

void assay__json_quote(struct assay__text *out, const char *bytes, size_t length)
{
    char *at = assay__json_is_plain(bytes, length) ? assay__text_room(out, length + 2) : NULL;
    if (at != NULL)
        assay__text_end(out, put_plain(at, bytes, length));
    else
        write_special_string(out, bytes, length);
}

/* What follows a key. */
static inline char *put_colon(const struct assay__json *json, char *at)
{
    at[0] = ':';
    at[1] = ' ';
    return at + 1 + json->pretty;
}

void assay__json_key(struct assay__json *json, const char *key)
{
    assay__json_string(json, key);
    char *at = assay__text_room(json->out, 2);
    if (at != NULL)
        assay__text_end(json->out, put_colon(json, at));
    json->after_key = true;
}

/* The key of a member. Returns where the value goes, with room for as many bytes; NULL without
 * memory. */
static inline char *begin_member(struct assay__json *json, const char *key, size_t room)
{
    size_t length = strlen(key);
    if (!assay__json_is_plain(key, length)) {
        assay__json_key(json, key);
        return begin_value(json, room);
    }
    char *at = begin_value(json, length + 4 + room);
    return at != NULL ? put_colon(json, put_plain(at, key, length)) : NULL;
}

/* Writes a string where there is room for it as plain text. */
static inline void end_string(struct assay__json *json, char *at, const char *bytes, size_t length)
{
    bool plain = assay__json_is_plain(bytes, length);
    if (at == NULL)
        return;
    assay__text_end(json->out, plain ? put_plain(at, bytes, length) : at);
    if (!plain)
        write_special_string(json->out, bytes, length);
}

void assay__json_bytes(struct assay__json *json, const char *bytes, size_t length)
{
    end_string(json, begin_value(json, length + 2), bytes, length);
}

void assay__json_string(struct assay__json *json, const char *string)
{
    assay__json_bytes(json, string, strlen(string));
}

static inline void end_count(struct assay__json *json, char *at, uint64_t count)
{
    if (at != NULL)
        assay__text_end(json->out, assay__digits_put(count, at));
}

static inline void end_word(struct assay__json *json, char *at, const char *word)
{
    size_t length = strlen(word);
    if (at == NULL)
        return;
    memcpy(at, word, length);
    assay__text_end(json->out, at + length);
}

static inline void end_number(struct assay__json *json, char *at, double value)
{
    if (!isfinite(value))
        end_word(json, at, "null");
    else if (at != NULL)
        assay__text_end(json->out, assay__number_put(value, at));
}

void assay__json_count(struct assay__json *json, uint64_t count)
{
    end_count(json, begin_value(json, ASSAY__DIGITS_ROOM), count);
}

void assay__json_boolean(struct assay__json *json, bool value)
{
    assay__json_raw(json, value ? "true" : "false");
}

void assay__json_null(struct assay__json *json)
{
    assay__json_raw(json, "null");
}

void assay__json_raw_bytes(struct assay__json *json, const char *bytes, size_t length)
{
    char *at = begin_value(json, length);
    if (at == NULL)
        return;
    if (length > 0)
        memcpy(at, bytes, length);
    assay__text_end(json->out, at + length);
}

void assay__json_raw(struct assay__json *json, const char *text)
{
    assay__json_raw_bytes(json, text, strlen(text));
}

void assay__json_number(struct assay__json *json, double value)
{
    end_number(json, begin_value(json, ASSAY__NUMBER_ROOM), value);
}

void assay__json_member_begin(struct assay__json *json, const char *key, char bracket)
{
    begin_bracket(json, begin_member(json, key, 1), bracket);
}

void assay__json_member_count(struct assay__json *json, const char *key, uint64_t count)
{
    end_count(json, begin_member(json, key, ASSAY__DIGITS_ROOM), count);
}

void assay__json_member_boolean(struct assay__json *json, const char *key, bool value)
{
    end_word(json, begin_member(json, key, 5), value ? "true" : "false");
}

void assay__json_member_string(struct assay__json *json, const char *key, const char *string)
{
    if (string == NULL)
        return;
    size_t length = strlen(string);
    end_string(json, begin_member(json, key, length + 2), string, length);
}

void assay__json_member_number(struct assay__json *json, const char *key, double value)
{
    if (isfinite(value))
        assay__json_member_nullable(json, key, value);
}

void assay__json_member_nullable(struct assay__json *json, const char *key, double value)
{
    end_number(json, begin_member(json, key, ASSAY__NUMBER_ROOM), value);
}
