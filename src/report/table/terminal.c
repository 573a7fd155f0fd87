/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of a table: names made safe to show, cells padded and cut by their width, colours. */
#include "report/table/terminal.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* One character of a name as it is shown. */
struct piece {
    char text[12];
    size_t size; /* bytes of text */
    int width;   /* columns */
};

/* Format characters that reorder or hide what follows: "trojan source" in a terminal. */
static bool turns_direction(uint32_t code_point)
{
    return (code_point >= 0x202A && code_point <= 0x202E) ||
           (code_point >= 0x2066 && code_point <= 0x2069) || code_point == 0x2028 ||
           code_point == 0x2029 || code_point == 0x200E || code_point == 0x200F ||
           code_point == 0x200B || code_point == 0x2060 || code_point == 0xFEFF ||
           code_point == 0xAD;
}

/* Blanks at the end of a name cannot be seen, be they plain or no-break ones. */
static bool is_end_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] != ' ' && text[i] != '\xC2' && text[i] != '\xA0')
            return false;
    return true;
}

static void escape_control(uint32_t code_point, struct piece *piece)
{
    if (code_point == '\n' || code_point == '\t' || code_point == '\r')
        snprintf(piece->text, sizeof piece->text, "\\%c",
                 code_point == '\n'   ? 'n'
                 : code_point == '\t' ? 't'
                                      : 'r');
    else if (code_point < 0x100)
        snprintf(piece->text, sizeof piece->text, "\\x%02x", (unsigned)code_point);
    else
        snprintf(piece->text, sizeof piece->text, "\\u%04x", (unsigned)(code_point & 0xFFFF));
    piece->size = strlen(piece->text);
    piece->width = (int)piece->size;
}

/* Reads the next character of text[0 .. length); returns the bytes it took. */
static size_t next_piece(const char *text, size_t length, struct piece *piece)
{
    uint32_t code_point;
    size_t size = assay__utf8_next(text, length, &code_point);
    if (code_point == ASSAY__UTF8_INVALID) {
        memcpy(piece->text, "\xEF\xBF\xBD", 4);
        piece->size = 3;
        piece->width = 1;
    } else if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) ||
               turns_direction(code_point) || is_end_blank(text, length)) {
        escape_control(code_point, piece);
    } else {
        memcpy(piece->text, text, size);
        piece->size = size;
        piece->width = assay__utf8_width(code_point);
    }
    return size;
}

int assay__page_width(const char *text)
{
    size_t length = strlen(text);
    int width = 0;
    for (size_t at = 0; at < length && width < 100000;) {
        struct piece piece;
        at += next_piece(text + at, length - at, &piece);
        width += piece.width;
    }
    return width;
}

/* Writes text, leaving out its middle when it is wider than limit; returns the columns taken. */
static int put_cut(struct assay__page *page, const char *text, int limit)
{
    const char *dots = page->unicode ? "\xE2\x80\xA6" : "..";
    int dots_width = page->unicode ? 1 : 2;
    int total = assay__page_width(text);
    int room = limit - dots_width > 0 ? limit - dots_width : 0;
    int head = total <= limit ? total : (room + 1) / 2;
    int tail_start = total <= limit ? total : total - (room - head);
    size_t length = strlen(text);
    int column = 0, written = 0;
    bool shown = true, dotted = total <= limit;
    for (size_t at = 0; at < length;) {
        struct piece piece;
        at += next_piece(text + at, length - at, &piece);
        /* A combining mark goes with the character it marks. */
        if (piece.width > 0)
            shown = column + piece.width <= head || column >= tail_start;
        if (!shown && !dotted) {
            assay__text_puts(page->out, dots);
            written += dots_width;
            dotted = true;
        }
        if (shown) {
            assay__text_append(page->out, piece.text, piece.size);
            written += piece.width;
        }
        column += piece.width;
    }
    return written;
}

void assay__page_name(struct assay__page *page, const char *name, int width)
{
    put_cut(page, name, width);
}

void assay__page_spaces(struct assay__page *page, int count)
{
    for (int i = 0; i < count; i++)
        assay__text_putc(page->out, ' ');
}

void assay__page_ink(struct assay__page *page, enum assay__ink ink)
{
    static const char *const CODES[] = {
        [ASSAY__INK_PLAIN] = "\033[0m", [ASSAY__INK_BOLD] = "\033[1m",
        [ASSAY__INK_DIM] = "\033[2m",   [ASSAY__INK_GOOD] = "\033[32m",
        [ASSAY__INK_BAD] = "\033[31m",  [ASSAY__INK_WARN] = "\033[33m"};
    if (page->color)
        assay__text_puts(page->out, CODES[ink]);
}

void assay__page_cell(struct assay__page *page, const char *text, int width,
                      enum assay__align align, bool cut, enum assay__ink ink)
{
    int own = assay__page_width(text);
    int limit = cut ? width : own;
    if (align == ASSAY__ALIGN_RIGHT)
        assay__page_spaces(page, width - own);
    if (ink != ASSAY__INK_PLAIN)
        assay__page_ink(page, ink);
    int written = put_cut(page, text, limit);
    if (ink != ASSAY__INK_PLAIN)
        assay__page_ink(page, ASSAY__INK_PLAIN);
    if (align == ASSAY__ALIGN_LEFT)
        assay__page_spaces(page, width - written);
}

void assay__page_end(struct assay__page *page)
{
    struct assay__text *out = page->out;
    while (!out->failed && out->length > 0 && out->data[out->length - 1] == ' ')
        out->data[--out->length] = '\0';
    assay__text_putc(out, '\n');
    assay__text_pass_on(out);
}

void assay__page_heading(struct assay__page *page, const char *heading)
{
    if (!assay__text_is_empty(page->out))
        assay__page_end(page);
    assay__page_ink(page, ASSAY__INK_BOLD);
    put_cut(page, heading, assay__page_width(heading));
    assay__page_ink(page, ASSAY__INK_PLAIN);
}

/* Blanks within quotes at their ends, several in a row, and at the very end belong to a name. */
static bool is_in_name(const char *word, size_t length, const char *rest)
{
    bool is_opened = length == 1 && word[0] == '\'';
    bool is_closing = rest[1] == '\'' && strchr(" .,;:)", rest[2]) != NULL;
    return is_opened || is_closing || rest[1] == ' ' || rest[1] == '\0' ||
           (length > 0 && word[length - 1] == ' ');
}

/* A line may end at a blank, but not between a number and its %, or a p and its value. */
static bool may_break(const char *word, size_t length, const char *rest)
{
    if (rest[0] != ' ' || is_in_name(word, length, rest))
        return false;
    bool is_p = (length == 1 && word[0] == 'p') || (length == 2 && memcmp(word, "(p", 2) == 0);
    return rest[1] != '%' && !is_p;
}

void assay__page_wrap(struct assay__page *page, const char *words, int column, int indent)
{
    size_t length = strlen(words), at = 0;
    int here = column;
    bool first = true;
    while (at < length) {
        size_t end = at;
        int width = 0;
        while (end < length && !may_break(words + at, end - at, words + end)) {
            struct piece piece;
            end += next_piece(words + end, length - end, &piece);
            width += piece.width;
        }
        if (!first && here + 1 + width > page->width) {
            assay__page_end(page);
            assay__page_spaces(page, indent);
            here = indent;
        } else if (!first) {
            assay__text_putc(page->out, ' ');
            here++;
        }
        while (at < end) {
            struct piece piece;
            at += next_piece(words + at, end - at, &piece);
            assay__text_append(page->out, piece.text, piece.size);
        }
        here += width;
        first = false;
        while (at < length && words[at] == ' ')
            at++;
    }
    assay__page_end(page);
}

void assay__page_words(struct assay__page *page, struct assay__text *words, int column, int indent)
{
    if (words->data != NULL)
        assay__page_wrap(page, words->data, column, indent);
    page->out->failed = page->out->failed || words->failed;
    assay__text_release(words);
}

void assay__page_column(struct assay__page *page, const char *text, int width,
                        enum assay__align align, bool cut, enum assay__ink ink)
{
    assay__page_spaces(page, 1);
    assay__page_cell(page, text, width, align, cut, ink);
}

void assay__page_widen(int *width, const char *text)
{
    int wanted = assay__page_width(text);
    if (wanted > *width)
        *width = wanted;
}
