/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_JSON_JSON_SCAN_H
#define ASSAY_JSON_JSON_SCAN_H

#include "json/json_read.h"

/** struct assay__json_words is where words of a large text are kept; those behind it are free. */
struct assay__json_words {
    struct assay__json_piece *piece; /* NULL: before the first */
    size_t used;                     /* of its bytes */
};

/** struct assay__json_scan is where the reader stands in a document. */
struct assay__json_scan {
    const char *text, *at, *end;
    /* A copy of the text: names, strings and numbers stay in it, a NUL behind each. NULL for a
       large text that is mostly forgotten: they stand in pieces then, which are used again. */
    char *copy;
    struct assay__json_piece *first_piece;
    struct assay__json_words words;
    const char *line_start;
    const char *counted; /* columns of this line are counted up to here: *counted is in column */
    uint32_t line, column;
    bool is_ascii;  /* every byte is a character */
    size_t detours; /* white space, comments and escapes so far that are not written again */
    struct assay__arena *arena;
    const struct assay__json_options *options;
    struct assay_error *err;
};

/** assay__json_begin_scan() checks that the text is UTF-8, and copies it or not. Call it first. */
enum assay_status assay__json_begin_scan(struct assay__json_scan *scan);

/** assay__json_column() is the column of a place in the current line, in characters from 1. */
uint32_t assay__json_column(struct assay__json_scan *scan, const char *place);

/** assay__json_fail() fails with the document's code at a place in the current line. */
enum assay_status assay__json_fail(struct assay__json_scan *scan, const char *place,
                                   const char *format, ...) ASSAY__PRINTF(3, 4);

/** assay__json_fail_limit() fails because there are more than limit things of a kind, what. */
enum assay_status assay__json_fail_limit(struct assay__json_scan *scan, const char *what,
                                         unsigned limit);

/** assay__json_fail_unexpected() says what stands at scan->at instead of what was expected. */
enum assay_status assay__json_fail_unexpected(struct assay__json_scan *scan, const char *expected);

/** assay__json_pass_space() is assay__json_skip_space() where there is some. */
enum assay_status assay__json_pass_space(struct assay__json_scan *scan);

/** assay__json_skip_space() moves to the next character that is neither white space nor comment. */
static inline enum assay_status assay__json_skip_space(struct assay__json_scan *scan)
{
    if (scan->at < scan->end && (unsigned char)*scan->at > ' ' && *scan->at != '/')
        return ASSAY_OK;
    return assay__json_pass_space(scan);
}

/** assay__json_scan_string() reads a string; scan->at is at its opening quote. */
enum assay_status assay__json_scan_string(struct assay__json_scan *scan, const char **text,
                                          size_t *length);

/** assay__json_scan_word() reads a number, true, false or null into a fresh null value. */
enum assay_status assay__json_scan_word(struct assay__json_scan *scan, struct assay__node *value);

/** assay__json_starts_word() says whether a word may begin with c (and then turn out wrong). */
bool assay__json_starts_word(char c);

#endif
