/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What assay srm prints of one test. */
#include "cli/srm_print.h"

#include <stdio.h>

#include "analysis/outcome.h"
#include "base/csv_quote.h"
#include "cli/term.h"
#include "json/json_write.h"
#include "number/number.h"
#include "report/table/terminal.h"

static void write_detail(const struct srm_outcome *outcome, struct assay__text *out)
{
    const struct assay_srm_design *design = outcome->design;
    struct assay__json json = {.out = out, .pretty = true};
    bool sequential = design->method == ASSAY_SRM_SEQUENTIAL;
    assay__json_begin(&json, '{');
    assay__json_member_count(&json, "schemaVersion", 1);
    assay__json_member_begin(&json, "srm", '{');
    assay__json_member_string(&json, "method", sequential ? "sequential" : "chi2");
    assay__json_member_number(&json, "alpha", design->alpha);
    assay__json_member_number(&json, "tolerance", design->tolerance);
    if (sequential)
        assay__json_member_number(&json, "concentration", design->concentration);
    assay__json_member_nullable(&json, "statistic", outcome->srm.statistic);
    assay__json_member_nullable(&json, "df", outcome->srm.df);
    assay__json_member_nullable(&json, "p", outcome->srm.p);
    assay__json_member_nullable(&json, "log10P", outcome->srm.log10_p);
    if (outcome->srm.exact) {
        assay__json_member_number(&json, "exactP", outcome->srm.exact_p);
        assay__json_member_number(&json, "exactLog10P", outcome->srm.exact_log10_p);
    }
    assay__json_member_boolean(&json, "tested", outcome->srm.tested);
    assay__json_member_boolean(&json, "significant", outcome->srm.significant);
    assay__json_member_boolean(&json, "unplannedUnits", outcome->srm.unplanned);
    assay__json_member_begin(&json, "groups", '[');
    for (size_t i = 0; i < outcome->count; i++) {
        assay__json_begin(&json, '{');
        assay__json_member_string(&json, "group", outcome->names[i]);
        assay__json_member_number(&json, "weight", outcome->weights[i]);
        assay__json_member_count(&json, "observed", outcome->groups[i].observed);
        assay__json_member_number(&json, "expected", outcome->groups[i].expected);
        assay__json_member_nullable(&json, "residual", outcome->groups[i].residual);
        assay__json_member_boolean(&json, "significant", outcome->groups[i].significant);
        assay__json_end(&json, '}');
    }
    assay__json_end(&json, ']');
    assay__json_end(&json, '}');
    assay__json_end(&json, '}');
    assay__text_putc(out, '\n');
}

static void write_csv(const struct srm_outcome *outcome, struct assay__text *out)
{
    assay__text_puts(out, "group,weight,observed,expected,residual,group_significant,statistic,df,"
                          "p,log10_p,significant,exact_p,exact_log10_p\r\n");
    for (size_t i = 0; i < outcome->count; i++) {
        const struct assay_srm_group *group = &outcome->groups[i];
        const struct assay_srm *srm = &outcome->srm;
        const double figures[] = {srm->statistic, srm->df, srm->p, srm->log10_p};
        assay__csv_quote(out, outcome->names[i], NULL);
        assay__text_putc(out, ',');
        args_csv_number(out, outcome->weights[i]);
        assay__text_format(out, ",%llu,", (unsigned long long)group->observed);
        args_csv_number(out, group->expected);
        assay__text_putc(out, ',');
        args_csv_number(out, group->residual);
        assay__text_puts(out, group->significant ? ",true" : ",false");
        for (size_t f = 0; f < sizeof figures / sizeof *figures; f++) {
            assay__text_putc(out, ',');
            args_csv_number(out, figures[f]);
        }
        assay__text_puts(out, srm->significant ? ",true," : ",false,");
        args_csv_number(out, srm->exact_p);
        assay__text_putc(out, ',');
        args_csv_number(out, srm->exact_log10_p);
        assay__text_puts(out, "\r\n");
    }
}

static void put_cell(struct assay__page *page, const char *text, int width)
{
    assay__page_cell(page, text, width, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
}

static void share_text(double share, char out[ASSAY__FIGURE_BYTES])
{
    char figure[ASSAY__FIGURE_BYTES - 2];
    snprintf(figure, sizeof figure, "%.2f", share * 100.0);
    snprintf(out, ASSAY__FIGURE_BYTES, "%s %%", figure);
}

static void write_group(struct assay__page *page, const struct srm_outcome *outcome, size_t i,
                        int name_columns)
{
    const struct assay_srm_group *group = &outcome->groups[i];
    char figure[ASSAY__FIGURE_BYTES];
    assay__page_spaces(page, 2);
    assay__page_cell(page, outcome->names[i], name_columns, ASSAY__ALIGN_LEFT, true,
                     ASSAY__INK_PLAIN);
    assay__figure_count(group->observed, figure);
    put_cell(page, figure, 14);
    share_text(outcome->total > 0 ? (double)group->observed / (double)outcome->total : 0.0, figure);
    put_cell(page, figure, 11);
    share_text(outcome->weights[i] / outcome->weight_sum, figure);
    put_cell(page, figure, 11);
    assay__figure_fixed(group->residual, 2, true, figure);
    put_cell(page, figure, 11);
    assay__page_spaces(page, 2);
    if (group->significant && outcome->srm.significant)
        assay__page_cell(page, "MISMATCH", 8, ASSAY__ALIGN_LEFT, false, ASSAY__INK_BAD);
    assay__page_end(page);
}

/* The figures of a test that was made. */
static void add_figures(struct assay__text *words, const struct srm_outcome *outcome)
{
    const struct assay_srm *srm = &outcome->srm;
    const struct assay_srm_design *design = outcome->design;
    char p[ASSAY__FIGURE_BYTES], statistic[ASSAY__NUMBER_BYTES], alpha[ASSAY__NUMBER_BYTES];
    assay__figure_p(srm->p, srm->log10_p, p);
    statistic[assay__number_round(srm->statistic, 4, statistic)] = '\0';
    alpha[assay__number_write(design->alpha, alpha)] = '\0';
    if (design->method == ASSAY_SRM_SEQUENTIAL)
        assay__text_format(words, "Sequential test: log Bayes factor %s, p %s, alpha %s. ",
                           statistic, p, alpha);
    else
        assay__text_format(words, "Chi-square %s with %g degree%s of freedom, p %s, alpha %s. ",
                           statistic, srm->df, srm->df == 1.0 ? "" : "s", p, alpha);
    if (srm->exact) {
        assay__figure_p(srm->exact_p, srm->exact_log10_p, p);
        assay__text_format(words,
                           "Fewer than 5 units of a group are expected: chi-square is rough "
                           "there, and the exact test of each group decides, p %s. ",
                           p);
    }
}

/* The prior of the sequential test lies close to the plan: of few units it takes much for chance.
 */
static void add_unseen(struct assay__text *words, const struct assay_srm *once)
{
    char p[ASSAY__FIGURE_BYTES];
    assay__figure_p(once->p, once->log10_p, p);
    assay__text_format(words,
                       "No mismatch by this test, which allows for all looks and sees little in "
                       "few units. Chi-square finds one in these counts alone, p %s: find out how "
                       "units are assigned and logged.",
                       p);
}

static void write_verdict(struct assay__page *page, const struct srm_outcome *outcome)
{
    static const char *const WORDS[] = {
        [ASSAY__SRM_PLANNED] = "No mismatch: the groups are as large as planned, up to chance.",
        [ASSAY__SRM_BORDERLINE] =
            "Borderline: no mismatch at this alpha, but p is below 0.01. Look at how units are "
            "assigned and logged.",
        [ASSAY__SRM_TOLERATED] = "No mismatch: every share is within the tolerance.",
        [ASSAY__SRM_MISMATCH] = "MISMATCH: the groups are not as large as planned. Find out why "
                                "before you read any result.",
        [ASSAY__SRM_UNPLANNED] = "MISMATCH: a group that should have no units has some.",
        [ASSAY__SRM_NOT_TESTED] = "Not tested: "};
    const struct assay_srm *srm = &outcome->srm;
    enum assay__srm_state state = assay__srm_state(srm, outcome->design->alpha);
    struct assay__text words = {0};
    if (srm->tested)
        add_figures(&words, outcome);
    if (outcome->once.significant && srm->tested && !srm->significant)
        add_unseen(&words, &outcome->once);
    else
        assay__text_puts(&words, WORDS[state]);
    if (state == ASSAY__SRM_NOT_TESTED)
        assay__text_puts(&words, outcome->total == 0 ? "no group has units."
                                                     : "one group alone may have units.");
    assay__page_ink(page, srm->significant ? ASSAY__INK_BAD : ASSAY__INK_PLAIN);
    assay__page_words(page, &words, 0, 0);
    assay__page_ink(page, ASSAY__INK_PLAIN);
}

static void write_table(const struct srm_outcome *outcome, struct assay__text *out)
{
    static const char *const HEADS[] = {"units", "share", "planned", "residual"};
    struct term term = term_of(stdout);
    struct assay__page page = {
        .out = out, .width = term.width, .color = term.color, .unicode = term.unicode};
    int name_columns = 5;
    for (size_t i = 0; i < outcome->count; i++) {
        int width = assay__page_width(outcome->names[i]);
        name_columns = width > name_columns ? width : name_columns;
    }
    int room = page.width - 2 - 14 - 3 * 11 - 10;
    name_columns = name_columns > room ? room : name_columns;
    assay__page_spaces(&page, 2);
    assay__page_cell(&page, "group", name_columns, ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++)
        put_cell(&page, HEADS[i], i == 0 ? 14 : 11);
    assay__page_end(&page);
    for (size_t i = 0; i < outcome->count; i++)
        write_group(&page, outcome, i, name_columns);
    assay__page_end(&page);
    write_verdict(&page, outcome);
}

void srm_print(const struct srm_outcome *outcome, enum args_format format, struct assay__text *out)
{
    if (format == ARGS_FORMAT_TABLE)
        write_table(outcome, out);
    else if (format == ARGS_FORMAT_DETAIL)
        write_detail(outcome, out);
    else
        write_csv(outcome, out);
}
