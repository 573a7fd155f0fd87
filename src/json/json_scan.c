/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tokens of JSON: white space, comments, strings, numbers, and where they stand. */
#include "json/json_scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json/json_runs.h"
#include "number/number.h"
#include "base/utf8.h"

/* Columns count characters: the bytes that do not continue a UTF-8 sequence. Places mostly come in
 * order, so counting goes on from the last one: a line of megabytes is walked once. */
uint32_t assay__json_column(struct assay__json_scan *scan, const char *place)
{
    if (scan->is_ascii)
        return (uint32_t)(place - scan->line_start) + 1;
    if (scan->counted < scan->line_start || place < scan->counted) {
        scan->counted = scan->line_start;
        scan->column = 1;
    }
    scan->column += assay__json_count_characters(scan->counted, place);
    scan->counted = place;
    return scan->column;
}

enum assay_status assay__json_fail(struct assay__json_scan *scan, const char *place,
                                   const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return assay__fail_at(scan->err, scan->options->code, scan->options->name, scan->line,
                          assay__json_column(scan, place), "%s", message);
}

enum assay_status assay__json_fail_limit(struct assay__json_scan *scan, const char *what,
                                         unsigned limit)
{
    return assay__fail_at(scan->err, ASSAY_ERROR_LIMIT, scan->options->name, scan->line,
                          assay__json_column(scan, scan->at), "There are more than %u %s.", limit,
                          what);
}

/* Length of the well-formed UTF-8 sequence at p, or 0. */
static size_t utf8_length(const char *p, const char *end)
{
    uint32_t code_point;
    size_t length = assay__utf8_next(p, (size_t)(end - p), &code_point);
    return code_point == ASSAY__UTF8_INVALID ? 0 : length;
}

enum assay_status assay__json_fail_unexpected(struct assay__json_scan *scan, const char *expected)
{
    if (scan->at >= scan->end)
        return assay__json_fail(scan, scan->at, "The text ends where %s should be.", expected);
    unsigned char c = (unsigned char)*scan->at;
    if (c == '\'')
        return assay__json_fail(scan, scan->at, "Expected %s; texts stand in double quotes.",
                                expected);
    if (c < 0x20 || c == 0x7F)
        return assay__json_fail(scan, scan->at, "Expected %s, not the control character 0x%02X.",
                                expected, c);
    return assay__json_fail(scan, scan->at, "Expected %s, not '%.*s'.", expected,
                            (int)utf8_length(scan->at, scan->end), scan->at);
}

static enum assay_status check_utf8(struct assay__json_scan *scan)
{
    const char *at = scan->at + assay__utf8_ascii_run(scan->at, (size_t)(scan->end - scan->at));
    scan->is_ascii = at == scan->end;
    at += assay__utf8_valid_run(at, (size_t)(scan->end - at));
    if (at == scan->end)
        return ASSAY_OK;
    struct assay__json_scan walk = *scan;
    for (; walk.at < at; walk.at++) {
        if (*walk.at == '\n') {
            walk.line++;
            walk.line_start = walk.at + 1;
        }
    }
    return assay__json_fail(&walk, at, "The text is not UTF-8 from here on; save it as UTF-8.");
}

enum { COPIED_BYTES = 1 << 20, PIECE_BYTES = 16 * 1024 };

/* A piece of memory for words. Pieces stay in their order, and are taken again. */
struct assay__json_piece {
    struct assay__json_piece *next;
    size_t size;
    char bytes[];
};

enum assay_status assay__json_begin_scan(struct assay__json_scan *scan)
{
    enum assay_status status = check_utf8(scan);
    bool is_forgotten = scan->options->may_forget != NULL && scan->end - scan->text > COPIED_BYTES;
    if (status != ASSAY_OK || is_forgotten)
        return status;
    scan->copy = assay__arena_copy(scan->arena, scan->text, (size_t)(scan->end - scan->text));
    return scan->copy != NULL ? ASSAY_OK : assay__fail_memory(scan->err);
}

static void pass_newline(struct assay__json_scan *scan)
{
    scan->line++;
    scan->line_start = scan->at + 1;
}

/* scan->at is at a slash. */
static enum assay_status skip_comment(struct assay__json_scan *scan)
{
    const char *start = scan->at;
    char kind = '\0';
    if (scan->end - start > 1)
        kind = start[1];
    if (kind == '/') {
        while (scan->at < scan->end && *scan->at != '\n')
            scan->at++;
        return ASSAY_OK;
    }
    if (kind != '*')
        return assay__json_fail(scan, start, "Unexpected '/'; comments are // or /* */.");
    struct assay__json_scan before = *scan;
    for (scan->at += 2; scan->end - scan->at > 1; scan->at++) {
        if (scan->at[0] == '*' && scan->at[1] == '/') {
            scan->at += 2;
            return ASSAY_OK;
        }
        if (*scan->at == '\n')
            pass_newline(scan);
    }
    return assay__json_fail(&before, start, "This comment has no end; close it with */.");
}

enum assay_status assay__json_pass_space(struct assay__json_scan *scan)
{
    const char *start = scan->at;
    while (scan->at < scan->end) {
        char c = *scan->at;
        if (c == '/' && scan->options->comments) {
            enum assay_status status = skip_comment(scan);
            if (status != ASSAY_OK)
                return status;
            continue;
        }
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            break;
        if (c == '\n')
            pass_newline(scan);
        scan->at++;
        scan->at = assay__json_blanks_end(scan->at, scan->end);
    }
    scan->detours += scan->at != start;
    return ASSAY_OK;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Four hex digits at p; -1 when they are not. */
static long hex4(const char *p, const char *end)
{
    long value = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static size_t utf8_put(char *out, long code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const int LEADS[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    out[0] = (char)(LEADS[length] | code);
    return length;
}

/* Reads \uXXXX, and its second half when it is the first of a pair; scan->at is at the 'u'. */
static enum assay_status read_unicode_escape(struct assay__json_scan *scan, char **out)
{
    const char *start = scan->at - 1;
    long code = hex4(scan->at + 1, scan->end);
    if (code < 0)
        return assay__json_fail(scan, start, "\\u needs four hexadecimal digits.");
    if (code == 0)
        return assay__json_fail(scan, start, "A text cannot hold the NUL character \\u0000.");
    scan->at += 5;
    if (code >= 0xD800 && code <= 0xDFFF) {
        bool paired =
            code < 0xDC00 && scan->end - scan->at >= 6 && scan->at[0] == '\\' && scan->at[1] == 'u';
        long second = paired ? hex4(scan->at + 2, scan->end) : -1;
        if (second < 0xDC00 || second > 0xDFFF)
            return assay__json_fail(scan, start, "\\u%04lX is half of a surrogate pair.",
                                    (unsigned long)code);
        code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
        scan->at += 6;
    }
    *out += utf8_put(*out, code);
    return ASSAY_OK;
}

/* Reads an escape at its backslash. What it stands for is never longer than the escape. */
static enum assay_status read_escape(struct assay__json_scan *scan, char **out)
{
    static const char LETTERS[] = "\"\\/bfnrt", MEANINGS[] = "\"\\/\b\f\n\r\t";
    const char *start = scan->at++;
    char c = *scan->at;                    /* the closing quote follows, so there is one */
    scan->detours += c == 'u' || c == '/'; /* the writer has no need of these */
    if (c == 'u')
        return read_unicode_escape(scan, out);
    const char *letter = c != '\0' ? strchr(LETTERS, c) : NULL;
    if (letter == NULL)
        return assay__json_fail(scan, start, "Unknown escape; a backslash is written \\\\.");
    *(*out)++ = MEANINGS[letter - LETTERS];
    scan->at++;
    return ASSAY_OK;
}

/* Goes on to a piece with room for size bytes: the next one, or a new one before it. */
static bool next_piece(struct assay__json_scan *scan, size_t size)
{
    struct assay__json_words *words = &scan->words;
    struct assay__json_piece **link =
        words->piece == NULL ? &scan->first_piece : &words->piece->next;
    if (*link == NULL || (*link)->size < size) {
        size_t room = size > PIECE_BYTES ? size : PIECE_BYTES;
        struct assay__json_piece *piece = assay__arena_alloc(scan->arena, sizeof *piece + room);
        if (piece == NULL)
            return false;
        piece->next = *link;
        piece->size = room;
        *link = piece;
    }
    *words = (struct assay__json_words){*link, 0};
    return true;
}

/* Where the bytes from a place in the text are kept, and stand already, with room for a NUL behind
 * them; NULL without memory. */
static char *kept(struct assay__json_scan *scan, const char *place, const char *end)
{
    struct assay__json_words *words = &scan->words;
    size_t length = (size_t)(end - place);
    if (scan->copy != NULL)
        return scan->copy + (place - scan->text);
    if ((words->piece == NULL || words->piece->size - words->used <= length) &&
        !next_piece(scan, length + 1))
        return NULL;
    char *out = words->piece->bytes + words->used;
    words->used += length + 1;
    return memcpy(out, place, length);
}

/* Reads a string with something else in it than plain text from there on; scan->at is behind its
 * opening quote. *start is where its first character is kept, *out where its last one ends. */
static enum assay_status read_special_string(struct assay__json_scan *scan, const char *special,
                                             char **start, char **out)
{
    const char *open = scan->at - 1, *close = special;
    while (close < scan->end && *close != '"' && *close != '\n')
        close += *close == '\\' && scan->end - close > 1 ? 2 : 1;
    if (close >= scan->end || *close != '"')
        return assay__json_fail(scan, open, "This text has no closing quote in its line.");
    *start = kept(scan, scan->at, close);
    if (*start == NULL)
        return assay__fail_memory(scan->err);
    *out = *start + (special - scan->at); /* what is there already */
    scan->at = special;
    while (scan->at < close) {
        unsigned char c = (unsigned char)*scan->at;
        if (c < 0x20)
            return assay__json_fail(
                scan, scan->at, "A text cannot hold the control character 0x%02X; write \\u%04X.",
                c, c);
        if (c == '\\') {
            enum assay_status status = read_escape(scan, out);
            if (status != ASSAY_OK)
                return status;
        } else {
            *(*out)++ = (char)c;
            scan->at++;
        }
    }
    return ASSAY_OK;
}

enum assay_status assay__json_scan_string(struct assay__json_scan *scan, const char **text,
                                          size_t *length)
{
    scan->at++;
    const char *close = assay__json_text_end(scan->at, scan->end);
    char *start = NULL, *out = NULL;
    if (close < scan->end && *close == '"') { /* as nearly always */
        start = kept(scan, scan->at, close);
        if (start == NULL)
            return assay__fail_memory(scan->err);
        out = start + (close - scan->at);
        scan->at = close;
    } else {
        enum assay_status status = read_special_string(scan, close, &start, &out);
        if (status != ASSAY_OK)
            return status;
    }
    *out = '\0';
    scan->at++;
    *text = start;
    *length = (size_t)(out - start);
    return ASSAY_OK;
}

/* The end of the number that begins at p by the grammar of RFC 8259, section 6, and where its
 * exponent begins; NULL when there is none. */
static const char *number_end(const char *p, const char *end, const char **exponent)
{
    *exponent = NULL;
    if (p < end && *p == '-')
        p++;
    const char *digits = p;
    p = assay__json_digits_end(p, end);
    if (p == digits || (*digits == '0' && p - digits > 1))
        return NULL;
    if (p < end && *p == '.') {
        digits = ++p;
        p = assay__json_digits_end(p, end);
        if (p == digits)
            return NULL;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        *exponent = p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        digits = p;
        p = assay__json_digits_end(p, end);
        if (p == digits)
            return NULL;
    }
    return p;
}

bool assay__json_starts_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '+' || c == '-';
}

/* Whether a number is too large for a double. One of this length lies below 1e300 when its exponent
 * is negative or of two digits, or when it has none: nearly all do, and are not worked out here. */
static bool is_out_of_range(const char *text, size_t length, const char *exponent)
{
    enum { SURELY_FITS = 200 };
    double number;
    bool is_small = exponent == NULL || exponent[1] == '-' || text + length - exponent <= 3;
    if (length <= SURELY_FITS && is_small)
        return false;
    return assay__double_parse(text, length, &number) != ASSAY__PARSE_OK;
}

/* Takes the number from scan->at to end. */
static enum assay_status take_number(struct assay__json_scan *scan, const char *end,
                                     const char *exponent, struct assay__node *value)
{
    const char *start = scan->at;
    size_t length = (size_t)(end - start);
    scan->at = end;
    if (is_out_of_range(start, length, exponent))
        return assay__json_fail(scan, start, "The number %.*s is out of range.",
                                length < 40 ? (int)length : 40, start);
    char *text = kept(scan, start, end);
    if (text == NULL)
        return assay__fail_memory(scan->err);
    text[length] = '\0';
    value->type = ASSAY__NODE_NUMBER;
    value->text = text;
    value->length = length;
    return ASSAY_OK;
}

enum assay_status assay__json_scan_word(struct assay__json_scan *scan, struct assay__node *value)
{
    const char *start = scan->at, *exponent;
    const char *end = number_end(start, scan->end, &exponent);
    if (end != NULL && (end == scan->end || !assay__json_starts_word(*end)))
        return take_number(scan, end, exponent, value);
    while (scan->at < scan->end && assay__json_starts_word(*scan->at))
        scan->at++;
    size_t length = (size_t)(scan->at - start);
    if (length == 4 && memcmp(start, "null", 4) == 0)
        return ASSAY_OK;
    bool is_true = length == 4 && memcmp(start, "true", 4) == 0;
    if (is_true || (length == 5 && memcmp(start, "false", 5) == 0)) {
        value->type = ASSAY__NODE_BOOLEAN;
        value->boolean = is_true;
        return ASSAY_OK;
    }
    return assay__json_fail(scan, start,
                            "'%.*s' is not a JSON value; numbers look like 0.5, texts are quoted.",
                            length < 40 ? (int)length : 40, start);
}
