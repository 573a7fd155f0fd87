/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_TERM_H
#define ASSAY_CLI_TERM_H

#include <stdbool.h>
#include <stdio.h>

/** struct term: what a stream can show. */
struct term {
    bool is_terminal;
    int width; /* columns: COLUMNS, else the terminal's, else 80; at least 60 */
    /* As term_set_color() has it. Else not when NO_COLOR is set and not empty; when FORCE_COLOR or
     * CLICOLOR_FORCE is set and neither empty nor 0; on a terminal whose TERM is not "dumb". */
    bool color;
    bool unicode; /* LC_ALL, LC_CTYPE or LANG names UTF-8 */
};

/** enum term_color: when tables have colours. */
enum term_color { TERM_COLOR_AUTO, TERM_COLOR_ALWAYS, TERM_COLOR_NEVER };

/** term_set_color() chooses for the whole process; TERM_COLOR_AUTO at the start. */
void term_set_color(enum term_color when);

/** term_of() looks at a stream and the environment. */
struct term term_of(FILE *stream);

#endif
