/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Targets are split before they are decoded: an escaped slash stays part of its segment, and no
 * other reading of the path (dots, doubled slashes) takes place.
 */
#include "serve/http/uri.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"

static int hex_value(char c)
{
    static const char DIGITS[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(DIGITS, c >= 'A' && c <= 'F' ? c + 32 : c);
    return at == NULL ? -1 : (int)(at - DIGITS);
}

/* Decodes %XX, and '+' as a blank in queries; NULL when that fails. */
static const char *decode(struct assay__arena *arena, const char *text, size_t length,
                          bool is_query)
{
    char *out = assay__arena_copy(arena, text, length);
    size_t to = 0;
    for (size_t i = 0; out != NULL && i < length; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 2 < length ? hex_value(text[i + 1]) : -1;
            int low = i + 2 < length ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0 || high + low == 0)
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && is_query) {
            c = ' ';
        }
        out[to++] = c;
    }
    if (out == NULL || assay__utf8_valid_run(out, to) < to)
        return NULL;
    out[to] = '\0';
    return out;
}

static bool parse_path(struct assay__arena *arena, const char *path, size_t length,
                       struct serve_target *out)
{
    if (length == 0 || path[0] != '/')
        return false;
    const char *at = path + 1, *end = path + length;
    while (at < end || (at == end && at > path + 1)) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        const char *stop = slash == NULL ? end : slash;
        if (out->segment_count == SERVE_SEGMENTS_MAX)
            return false;
        const char *segment = decode(arena, at, (size_t)(stop - at), false);
        if (segment == NULL)
            return false;
        out->segments[out->segment_count++] = segment;
        if (slash == NULL)
            break;
        at = slash + 1;
    }
    return true;
}

static bool parse_query(struct assay__arena *arena, const char *query, struct serve_target *out)
{
    while (*query != '\0') {
        size_t length = strcspn(query, "&");
        size_t name_length = strcspn(query, "=&");
        if (length > 0) {
            size_t value_at = name_length < length ? name_length + 1 : length;
            if (out->parameter_count == SERVE_PARAMETERS_MAX)
                return false;
            const char *name = decode(arena, query, name_length, true);
            const char *value = decode(arena, query + value_at, length - value_at, true);
            if (name == NULL || value == NULL || serve_target_parameter(out, name) != NULL)
                return false;
            out->parameters[out->parameter_count++] = (struct serve_parameter){name, value};
        }
        query += length + (query[length] == '&');
    }
    return true;
}

/* A target may begin with http://host, whoever that is (RFC 9112, 3.2.2): the rest. */
static const char *after_authority(const char *raw)
{
    static const char *const SCHEMES[] = {"http://", "https://"};
    for (size_t i = 0; i < 2; i++)
        if (strncasecmp(raw, SCHEMES[i], strlen(SCHEMES[i])) == 0)
            return raw + strlen(SCHEMES[i]) + strcspn(raw + strlen(SCHEMES[i]), "/?");
    return raw;
}

static bool has_blanks(const char *raw)
{
    while (*raw != '\0' && (unsigned char)*raw > ' ' && *raw != 0x7f)
        raw++;
    return *raw != '\0';
}

bool serve_target_parse(struct assay__arena *arena, const char *raw, struct serve_target *out)
{
    *out = (struct serve_target){.segment_count = 0};
    if (has_blanks(raw))
        return false;
    const char *rest = after_authority(raw);
    bool is_absolute = rest != raw;
    raw = rest;
    size_t path_length = strcspn(raw, "?");
    const char *query = raw + path_length + (raw[path_length] == '?');
    bool is_root = is_absolute && path_length == 0; /* http://host, without a slash */
    return (is_root || parse_path(arena, raw, path_length, out)) && parse_query(arena, query, out);
}

const char *serve_target_parameter(const struct serve_target *target, const char *name)
{
    for (size_t i = 0; i < target->parameter_count; i++)
        if (strcmp(target->parameters[i].name, name) == 0)
            return target->parameters[i].value;
    return NULL;
}
