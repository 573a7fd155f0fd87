/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A judge of JSON that shares no code with the writer and is stricter than cJSON: the grammar of
 * RFC 8259 to the letter, valid UTF-8, no lone surrogates, no repeated keys, nothing after the
 * value but one newline, and no null unless allowed.
 */
#ifndef ASSAY_TESTS_STRICT_JSON_H
#define ASSAY_TESTS_STRICT_JSON_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct strict_json {
    const unsigned char *at, *end;
    bool allow_null;
    const char *error; /* NULL while all is well */
};

static bool strict_value(struct strict_json *json, int depth);

static bool strict_fail(struct strict_json *json, const char *error)
{
    if (json->error == NULL)
        json->error = error;
    return false;
}

static void strict_blank(struct strict_json *json)
{
    while (json->at < json->end && (*json->at == ' ' || *json->at == '\n' || *json->at == '\t'))
        json->at++;
}

static bool strict_char(struct strict_json *json, char wanted, const char *error)
{
    if (json->at == json->end || *json->at != (unsigned char)wanted)
        return strict_fail(json, error);
    json->at++;
    return true;
}

static int strict_digits(struct strict_json *json)
{
    int count = 0;
    for (; json->at < json->end && *json->at >= '0' && *json->at <= '9'; json->at++)
        count++;
    return count;
}

static bool strict_number(struct strict_json *json)
{
    if (*json->at == '-')
        json->at++;
    bool zero = json->at < json->end && *json->at == '0';
    int digits = strict_digits(json);
    if (digits == 0 || (zero && digits > 1))
        return strict_fail(json, "a number's integer part");
    if (json->at < json->end && *json->at == '.') {
        json->at++;
        if (strict_digits(json) == 0)
            return strict_fail(json, "a number's fraction");
    }
    if (json->at < json->end && (*json->at == 'e' || *json->at == 'E')) {
        json->at++;
        if (json->at < json->end && (*json->at == '+' || *json->at == '-'))
            json->at++;
        if (strict_digits(json) == 0)
            return strict_fail(json, "a number's exponent");
    }
    return true;
}

/* Decodes by arithmetic, then asks whether the shortest form was used. */
static bool strict_utf8(struct strict_json *json)
{
    unsigned char first = *json->at++;
    int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    unsigned long value = first & (0x7Fu >> (more + 1));
    if (first < 0xC0 || first > 0xF7)
        return strict_fail(json, "a byte that starts no UTF-8 sequence");
    for (int i = 0; i < more; i++) {
        if (json->at == json->end || (*json->at & 0xC0) != 0x80)
            return strict_fail(json, "a UTF-8 sequence cut short");
        value = value << 6 | (*json->at++ & 0x3Fu);
    }
    static const unsigned long least[] = {0, 0x80, 0x800, 0x10000};
    if (value < least[more] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return strict_fail(json, "an overlong, surrogate or too large UTF-8 sequence");
    return true;
}

static bool strict_escape(struct strict_json *json)
{
    json->at++;
    if (json->at == json->end)
        return strict_fail(json, "an escape cut short");
    unsigned char c = *json->at++;
    if (strchr("\"\\/bfnrt", c) != NULL && c != '\0')
        return true;
    unsigned value;
    if (c != 'u' || json->end - json->at < 4 ||
        strspn((const char *)json->at, "0123456789abcdefABCDEF") < 4 ||
        sscanf((const char *)json->at, "%4x", &value) != 1)
        return strict_fail(json, "an unknown escape");
    json->at += 4;
    return value >= 0xD800 && value <= 0xDFFF ? strict_fail(json, "an escaped surrogate") : true;
}

static bool strict_string(struct strict_json *json)
{
    if (!strict_char(json, '"', "a string"))
        return false;
    while (json->at < json->end && *json->at != '"') {
        if (*json->at < 0x20)
            return strict_fail(json, "a raw control character in a string");
        if (*json->at == '\\'   ? !strict_escape(json)
            : *json->at >= 0x80 ? !strict_utf8(json)
                                : (json->at++, false))
            return false;
    }
    return strict_char(json, '"', "the end of a string");
}

enum { STRICT_KEYS_MAX = 64 };

static bool strict_object(struct strict_json *json, int depth)
{
    const unsigned char *keys[STRICT_KEYS_MAX];
    size_t lengths[STRICT_KEYS_MAX], count = 0;
    json->at++;
    strict_blank(json);
    if (json->at < json->end && *json->at == '}')
        return strict_char(json, '}', "");
    for (;;) {
        strict_blank(json);
        const unsigned char *key = json->at;
        if (!strict_string(json))
            return false;
        size_t length = (size_t)(json->at - key);
        for (size_t i = 0; i < count; i++)
            if (lengths[i] == length && memcmp(keys[i], key, length) == 0)
                return strict_fail(json, "a repeated key");
        if (count == STRICT_KEYS_MAX)
            return strict_fail(json, "more keys than this judge can hold");
        keys[count] = key;
        lengths[count++] = length;
        strict_blank(json);
        if (!strict_char(json, ':', "a colon") || !strict_value(json, depth + 1))
            return false;
        strict_blank(json);
        if (json->at < json->end && *json->at == '}')
            return strict_char(json, '}', "");
        if (!strict_char(json, ',', "a comma in an object"))
            return false;
    }
}

static bool strict_array(struct strict_json *json, int depth)
{
    json->at++;
    strict_blank(json);
    if (json->at < json->end && *json->at == ']')
        return strict_char(json, ']', "");
    for (;;) {
        if (!strict_value(json, depth + 1))
            return false;
        strict_blank(json);
        if (json->at < json->end && *json->at == ']')
            return strict_char(json, ']', "");
        if (!strict_char(json, ',', "a comma in an array"))
            return false;
    }
}

static bool strict_word(struct strict_json *json, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(json->end - json->at) < length || memcmp(json->at, word, length) != 0)
        return strict_fail(json, "an unknown word");
    json->at += length;
    return true;
}

static bool strict_value(struct strict_json *json, int depth)
{
    strict_blank(json);
    if (json->at == json->end || depth > 64)
        return strict_fail(json, "no value, or too deep");
    switch (*json->at) {
    case '{':
        return strict_object(json, depth);
    case '[':
        return strict_array(json, depth);
    case '"':
        return strict_string(json);
    case 't':
        return strict_word(json, "true");
    case 'f':
        return strict_word(json, "false");
    case 'n':
        return json->allow_null ? strict_word(json, "null") : strict_fail(json, "a null");
    default:
        return strict_number(json);
    }
}

/** strict_json_error() is NULL for a strict JSON document, else what is wrong with it. */
static inline const char *strict_json_error(const char *text, size_t length, bool allow_null)
{
    const unsigned char *bytes = (const unsigned char *)text;
    struct strict_json json = {bytes, bytes + length, allow_null, NULL};
    if (memchr(text, '\0', length) != NULL)
        return "a NUL byte";
    if (strict_value(&json, 0)) {
        if (json.at < json.end && *json.at == '\n')
            json.at++;
        if (json.at != json.end)
            strict_fail(&json, "text after the value");
    }
    return json.error;
}

#endif
