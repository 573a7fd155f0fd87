/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON written value by value into a text, in one line or indented. */
#include "json/json_write.h"

#include <math.h>
#include <string.h>

#include "base/digits.h"
#include "json/json_runs.h"
#include "number/number.h"
#include "base/utf8.h"

static void break_line(struct assay__json *json)
{
    if (!json->pretty)
        return;
    assay__text_putc(json->out, '\n');
    for (uint32_t i = 0; i < json->depth; i++)
        assay__text_append(json->out, "  ", 2);
}

/* What stands between the text so far and a new value or key. */
static void separate(struct assay__json *json)
{
    assay__text_pass_on(json->out);
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->has_before)
        assay__text_putc(json->out, ',');
    if (json->depth > 0)
        break_line(json);
    json->has_before = true;
}

void assay__json_begin(struct assay__json *json, char bracket)
{
    separate(json);
    assay__text_putc(json->out, bracket);
    json->depth++;
    json->has_before = false;
}

void assay__json_end(struct assay__json *json, char bracket)
{
    json->depth--;
    if (json->has_before)
        break_line(json);
    assay__text_putc(json->out, bracket);
    json->has_before = true;
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

/* Writes a string in quotes and, after a key, what follows one. */
static void write_quoted(struct assay__text *out, const char *bytes, size_t length,
                         const char *suffix)
{
    size_t suffix_length = strlen(suffix);
    const char *plain_end = assay__json_ascii_text_end(bytes, bytes + length);
    if (plain_end < bytes + length) {
        assay__text_putc(out, '"');
        write_special_bytes(out, bytes, length, (size_t)(plain_end - bytes));
        assay__text_putc(out, '"');
        assay__text_append(out, suffix, suffix_length);
        return;
    }
    char *place = assay__text_extend(out, length + suffix_length + 2);
    if (place == NULL)
        return;
    *place = '"';
    memcpy(place + 1, bytes, length);
    place[length + 1] = '"';
    memcpy(place + length + 2, suffix, suffix_length);
}

void assay__json_quote(struct assay__text *out, const char *bytes, size_t length)
{
    write_quoted(out, bytes, length, "");
}

void assay__json_key(struct assay__json *json, const char *key)
{
    separate(json);
    write_quoted(json->out, key, strlen(key), json->pretty ? ": " : ":");
    json->after_key = true;
}

void assay__json_bytes(struct assay__json *json, const char *bytes, size_t length)
{
    separate(json);
    write_quoted(json->out, bytes, length, "");
}

void assay__json_string(struct assay__json *json, const char *string)
{
    assay__json_bytes(json, string, strlen(string));
}

/* What was written in the room of a text ends here. */
static void end_at(struct assay__text *out, char *end)
{
    *end = '\0';
    out->length = (size_t)(end - out->data);
}

void assay__json_count(struct assay__json *json, uint64_t count)
{
    separate(json);
    char *place = assay__text_room(json->out, ASSAY__DIGITS_ROOM);
    if (place != NULL)
        end_at(json->out, assay__digits_put(count, place));
}

void assay__json_boolean(struct assay__json *json, bool value)
{
    separate(json);
    assay__text_puts(json->out, value ? "true" : "false");
}

void assay__json_null(struct assay__json *json)
{
    separate(json);
    assay__text_puts(json->out, "null");
}

void assay__json_raw_bytes(struct assay__json *json, const char *bytes, size_t length)
{
    separate(json);
    assay__text_append(json->out, bytes, length);
}

void assay__json_raw(struct assay__json *json, const char *text)
{
    assay__json_raw_bytes(json, text, strlen(text));
}

void assay__json_number(struct assay__json *json, double value)
{
    if (!isfinite(value)) {
        assay__json_null(json);
        return;
    }
    separate(json);
    char *place = assay__text_room(json->out, ASSAY__NUMBER_ROOM);
    if (place != NULL)
        end_at(json->out, assay__number_put(value, place));
}

void assay__json_member_begin(struct assay__json *json, const char *key, char bracket)
{
    assay__json_key(json, key);
    assay__json_begin(json, bracket);
}

void assay__json_member_count(struct assay__json *json, const char *key, uint64_t count)
{
    assay__json_key(json, key);
    assay__json_count(json, count);
}

void assay__json_member_boolean(struct assay__json *json, const char *key, bool value)
{
    assay__json_key(json, key);
    assay__json_boolean(json, value);
}

void assay__json_member_string(struct assay__json *json, const char *key, const char *string)
{
    if (string == NULL)
        return;
    assay__json_key(json, key);
    assay__json_string(json, string);
}

void assay__json_member_number(struct assay__json *json, const char *key, double value)
{
    if (isfinite(value))
        assay__json_member_nullable(json, key, value);
}

void assay__json_member_nullable(struct assay__json *json, const char *key, double value)
{
    assay__json_key(json, key);
    assay__json_number(json, value);
}
