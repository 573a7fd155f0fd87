/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and times as pages show them. */
#include "serve/pages/page_figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/table/terminal.h"
#include "number/number.h"
#include "base/time.h"
#include "serve/pages/page.h"

#define NARROW_BLANK "\xE2\x80\xAF"
#define MINUS "\xE2\x88\x92"
#define EN_DASH "\xE2\x80\x93"
#define INFINITE "\xE2\x88\x9E"

/* Copies a figure whose digits before the point then stand in threes. */
static void group_digits(struct assay__text *out, const char *figure)
{
    bool is_plain = strpbrk(figure, "eE") == NULL;
    if (*figure == '-' || *figure == '+') {
        assay__text_puts(out, *figure == '-' ? MINUS : "+");
        figure++;
    }
    size_t whole = strspn(figure, "0123456789");
    for (size_t i = 0; i < whole && is_plain; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            assay__text_puts(out, NARROW_BLANK);
        assay__text_putc(out, figure[i]);
    }
    assay__text_puts(out, is_plain ? figure + whole : figure);
}

void serve_figure(struct assay__text *out, double value, int decimals, bool with_sign)
{
    char figure[ASSAY__FIGURE_BYTES];
    if (isnan(value)) {
        assay__text_puts(out, EN_DASH);
    } else if (isinf(value)) {
        assay__text_puts(out, value < 0 ? MINUS INFINITE : INFINITE);
    } else {
        assay__figure_fixed(value, decimals, with_sign, figure);
        group_digits(out, figure);
    }
}

void serve_figure_round(struct assay__text *out, double value, int digits)
{
    char figure[ASSAY__NUMBER_BYTES + 1];
    figure[assay__number_round(value, digits, figure)] = '\0';
    group_digits(out, figure);
}

void serve_figure_count(struct assay__text *out, double count)
{
    char figure[ASSAY__NUMBER_BYTES + 1];
    if (count >= 0.0 && count < ASSAY__WHOLE_MAX) {
        figure[assay__number_write(floor(count + 0.5), figure)] = '\0';
        group_digits(out, figure);
    } else {
        serve_figure(out, (double)NAN, 0, false);
    }
}

/* text becomes RFC 3339 in UTC: YYYY-MM-DDTHH:MM:SS and what follows. */
static bool read_time(const char *time, char text[ASSAY__TIME_BYTES])
{
    int64_t ns;
    if (!assay__time_parse(time, strlen(time), &ns))
        return false;
    assay__time_write(ns, text);
    return true;
}

static void write_day(struct assay__text *out, const char text[ASSAY__TIME_BYTES])
{
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    long month = strtol(text + 5, NULL, 10), day = strtol(text + 8, NULL, 10);
    assay__text_format(out, "%ld %s %.4s", day, MONTHS[month >= 1 && month <= 12 ? month - 1 : 0],
                       text);
}

void serve_figure_time(struct assay__text *out, const char *time)
{
    char text[ASSAY__TIME_BYTES];
    if (!read_time(time, text)) {
        serve_html(out, time);
        return;
    }
    assay__text_format(out, "<time datetime=\"%.19sZ\">", text); /* HTML: milliseconds at most */
    write_day(out, text);
    assay__text_format(out, ", %.5s</time>", text + 11);
}

void serve_figure_date(struct assay__text *out, const char *time)
{
    char text[ASSAY__TIME_BYTES];
    if (read_time(time, text))
        write_day(out, text);
    else
        serve_html(out, time);
}
