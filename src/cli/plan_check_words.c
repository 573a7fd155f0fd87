/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers, paragraphs and headings of a plan in words. */
#include "cli/plan_check_words.h"

#include "analysis/phrases.h"
#include "number/number.h"

enum { DIGITS = 6, PERCENT_DIGITS = 4 };

void plan_words_number(struct assay__text *line, double value)
{
    char text[ASSAY__NUMBER_BYTES];
    assay__text_append(line, text, assay__number_round(value, DIGITS, text));
}

void plan_words_percent(struct assay__text *line, double share)
{
    char text[ASSAY__NUMBER_BYTES];
    assay__text_append(line, text, assay__number_round(100.0 * share, PERCENT_DIGITS, text));
    assay__text_puts(line, " %");
}

void plan_words_units(struct assay__text *line, double units)
{
    char text[ASSAY__PHRASE_BYTES];
    assay__text_puts(line, assay__units_text(units, text));
}

void plan_words_flush(struct plan_words *words, int indent)
{
    assay__page_spaces(words->page, indent);
    assay__page_wrap(words->page, words->line.data != NULL ? words->line.data : "", indent,
                     indent + 2);
    if (words->line.failed)
        words->page->out->failed = true;
    words->line.length = 0;
}

void plan_words_heading(struct plan_words *words, const char *title)
{
    assay__page_heading(words->page, title);
    assay__page_end(words->page);
}

void plan_words_bound(struct assay__text *line, const struct assay_bound *bound)
{
    if (bound->is_relative)
        plan_words_percent(line, bound->value);
    else
        plan_words_number(line, bound->value);
    assay__text_puts(line,
                     bound->is_relative ? " of the baseline's mean" : " in units of the metric");
}
