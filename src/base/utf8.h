/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_UTF8_H
#define ASSAY_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { ASSAY__UTF8_INVALID = 0x7FFFFFFF }; /* no code point has this value */

/**
 * assay__utf8_next() reads the code point at text[0 .. length), length > 0, and returns how many
 * bytes it takes. Bytes that are not UTF-8 (overlong forms, surrogates, beyond U+10FFFF, cut short)
 * give ASSAY__UTF8_INVALID and the length of the maximal wrong part, as Unicode 3.9 (U+FFFD
 * substitution of maximal subparts) recommends: one replacement each.
 */
size_t assay__utf8_next(const char *text, size_t length, uint32_t *code_point);

/** assay__utf8_valid_run() is how many bytes at the start of a text are UTF-8, whole characters. */
size_t assay__utf8_valid_run(const char *text, size_t length);

/** assay__utf8_ascii_run() is how many bytes at the start of a text are ASCII. */
size_t assay__utf8_ascii_run(const char *text, size_t length);

/**
 * assay__utf8_shown() is how many of the bytes a message shows ("%.*s"): all, or at most 100
 * without cutting a character in two. text is valid UTF-8.
 */
int assay__utf8_shown(const char *text, size_t length);

/** assay__utf8_width() is the columns a code point takes on a terminal: 0, 1 or 2. */
int assay__utf8_width(uint32_t code_point);

#endif
