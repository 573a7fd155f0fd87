/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a terminal can show: its width, colours and UTF-8. */
#define _GNU_SOURCE 1 /* strcasestr() */

#include "cli/term.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_DEFAULT = 80, WIDTH_LEAST = 60, WIDTH_MOST = 400 };

static int width_of(int fd)
{
    const char *columns = getenv("COLUMNS");
    long width = columns == NULL ? 0 : strtol(columns, NULL, 10);
    struct winsize size;
    if (width <= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width <= 0)
        width = WIDTH_DEFAULT;
    if (width < WIDTH_LEAST)
        width = WIDTH_LEAST;
    return width > WIDTH_MOST ? WIDTH_MOST : (int)width;
}

/* The first of these that is set and not empty decides, as in setlocale(3). */
static bool is_utf8(void)
{
    static const char *const NAMES[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = getenv(NAMES[i]);
        if (value != NULL && value[0] != '\0')
            return strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL;
    }
    return false;
}

static enum term_color color_when;

void term_set_color(enum term_color when)
{
    color_when = when;
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' && strcmp(value, "0") != 0;
}

static bool has_color(bool is_terminal)
{
    const char *no_color = getenv("NO_COLOR"), *name = getenv("TERM");
    if (color_when != TERM_COLOR_AUTO)
        return color_when == TERM_COLOR_ALWAYS;
    if (no_color != NULL && no_color[0] != '\0')
        return false;
    if (is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE"))
        return true;
    return is_terminal && (name == NULL || strcmp(name, "dumb") != 0);
}

struct term term_of(FILE *stream)
{
    int fd = fileno(stream);
    struct term term;
    term.is_terminal = isatty(fd) == 1;
    term.width = width_of(fd);
    term.color = has_color(term.is_terminal);
    term.unicode = is_utf8();
    return term;
}
