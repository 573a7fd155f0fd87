/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_TERM_H
#define ASSAY_CLI_TERM_H

#include <stdbool.h>
#include <stdio.h>

/** struct term: what a stream can show. */
struct term {
    bool is_terminal;
    int width;    /* columns: COLUMNS, else the terminal's, else 80; at least 60 */
    bool color;   /* a terminal, NO_COLOR unset or empty, TERM not "dumb" */
    bool unicode; /* LC_ALL, LC_CTYPE or LANG names UTF-8 */
};

/** term_of() looks at a stream and the environment. */
struct term term_of(FILE *stream);

#endif
