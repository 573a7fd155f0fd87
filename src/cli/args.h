/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_ARGS_H
#define ASSAY_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/**
 * Values of flags that are numbers, lists and names. Each function returns 0, or 2 after it printed
 * what is wrong: "assay COMMAND: --FLAG: ...".
 */

/** struct args_where: whose flag it is. */
struct args_where {
    const char *command, *flag;
};

/** enum args_kind: what a number may be. */
enum args_kind {
    ARGS_ANY,      /* finite */
    ARGS_POSITIVE, /* above 0 */
    ARGS_NOT_NEGATIVE,
    ARGS_RATE,   /* between 0 and 1, both excluded; also as "5%" */
    ARGS_SHARE,  /* from 0 to below 1; also as "5%" */
    ARGS_EFFECT, /* above 0; also as "5%" */
    ARGS_WEIGHT  /* 0 or more; also as "50%" */
};

/** args_number() reads a number, or a percentage where the kind allows one. */
int args_number(struct args_where where, enum args_kind kind, const char *text, double *out);

/** args_numbers() reads numbers separated by commas, at least one and at most max. */
int args_numbers(struct args_where where, enum args_kind kind, const char *text, size_t max,
                 double *values, size_t *count);

/** args_counts() reads whole numbers from 0 to 2^53, separated by commas. */
int args_counts(struct args_where where, const char *text, size_t max, uint64_t *values,
                size_t *count);

/** args_choice() finds a name in a list that ends with NULL. */
int args_choice(struct args_where where, const char *text, const char *const *names,
                unsigned *index);

/**
 * args_list_choices() lets args_choice() print all names on standard output when the text is "?",
 * for completion.
 */
void args_list_choices(bool lists);

/** args_level() reads a level of confidence as a share of 1: 95, 95% and 0.95 are the same. */
int args_level(struct args_where where, const char *text, double *out);

/** args_is_utf8() tells whether a text is UTF-8, as all that goes into results must be. */
bool args_is_utf8(const char *text);

/** enum args_format: how a command without data prints. */
enum args_format { ARGS_FORMAT_TABLE, ARGS_FORMAT_DETAIL, ARGS_FORMAT_CSV };

/** args_format() reads --format. */
int args_format(const char *command, const char *text, enum args_format *format);

/** args_print() prints a text on stdout and frees it; returns the exit code. */
int args_print(struct assay__text *text);

/** args_csv_number() appends a number; an empty cell when it is not finite. */
void args_csv_number(struct assay__text *out, double value);

#endif
