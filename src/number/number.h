/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_NUMBER_NUMBER_H
#define ASSAY_NUMBER_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/moments.h"

/** Whole numbers up to 2^53 are doubles, each of them: the largest count that a double keeps. */
#define ASSAY__WHOLE_MAX 0x1p53

enum {
    ASSAY__NUMBER_BYTES = 32,    /* room for any double as text */
    ASSAY__NUMBER_ROOM = 48,     /* what assay__number_put() may write over */
    ASSAY__EXPONENT_MAX = 10000, /* largest |decimal exponent| a number's last digit may have */
    ASSAY__DIGITS_MAX = 4096     /* significant digits of a decimal */
};

/**
 * assay__number_write() writes the shortest text that reads back to the same double, in the C
 * locale whatever the process's is: "0.1", "1e-300", "125". value is finite. Plain notation
 * for 1e-5 <= |value| < 1e17. The negative zero, which reads as a sign of something, is "0".
 * Returns the length.
 */
size_t assay__number_write(double value, char out[ASSAY__NUMBER_BYTES]);

/**
 * assay__number_put() is assay__number_write() to where there is room for ASSAY__NUMBER_ROOM bytes;
 * returns the end of the text, at which there is no NUL.
 */
char *assay__number_put(double value, char *out);

/**
 * assay__number_round() writes value with the given count of significant digits (1 .. 17), for
 * people: "0.0123", "1.2e-9". Plain notation for 1e-5 <= |value| < 1e15.
 */
size_t assay__number_round(double value, int digits, char out[ASSAY__NUMBER_BYTES]);

/** enum assay__parse: outcome of reading a number. */
enum assay__parse {
    ASSAY__PARSE_OK,
    ASSAY__PARSE_SYNTAX, /* not a number */
    ASSAY__PARSE_RANGE   /* more digits or a larger exponent than the limits above */
};

/**
 * assay__decimal_parse() reads a whole token as an exact decimal: [+-] digits [. digits]
 * [(e|E) [+-] digits], at least one digit, no spaces, no hex, no infinity. The mantissa of the
 * outcome has no trailing zeros (0 is mantissa 0, exponent 0): equal numbers have equal decimals.
 * digits receives the digits of numbers with more than 18 of them, and must live as long as *out.
 */
enum assay__parse assay__decimal_parse(const char *text, size_t length, struct assay_decimal *out,
                                       char digits[ASSAY__DIGITS_MAX]);

/** struct assay__spelling: the digits of a number from its first that is not 0, and its decimals.
 */
struct assay__spelling {
    uint32_t digits, decimals;
};

/**
 * assay__plain_parse() is assay__decimal_parse() of digits with at most one point and a minus sign,
 * few enough for a mantissa, as nearly all numbers are; false for any other text.
 */
bool assay__plain_parse(const char *text, size_t length, struct assay_decimal *out,
                        struct assay__spelling *spelling);

/** assay__short_count() reads up to eight digits and nothing else. */
bool assay__short_count(const char *text, size_t length, uint64_t *out);

/**
 * assay__double_parse() reads a whole token (same syntax) as the nearest double. Too large for a
 * double is ASSAY__PARSE_RANGE; too small gives 0 or a subnormal.
 */
enum assay__parse assay__double_parse(const char *text, size_t length, double *out);

/** struct assay__count: a count as people read it, "12,345". */
struct assay__count {
    char text[32];
};

/**
 * assay__count() writes a count with commas between its thousands, for sentences:
 * `assay__count(n).text` lives until the end of the full expression that it stands in.
 */
struct assay__count assay__count(uint64_t count);

/** assay__percent_parse() reads "5%" as the double that 0.05 is; false for anything else. */
bool assay__percent_parse(const char *text, size_t length, double *out);

#endif
