/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of `assay size` as a table with a curve, as CSV, and as JSON. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json/json_write.h"
#include "report/table/terminal.h"
#include "number/number.h"
#include "cli/size_query.h"
#include "stats/size/size_levels.h"
#include "cli/term.h"
#include "stats/metric/metric.h"

enum { FIGURE = ASSAY__FIGURE_BYTES };

/* Up to 6 significant digits, for people. */
static void figure(double value, char out[FIGURE])
{
    size_t length = 0;
    if (isfinite(value))
        length = assay__number_round(value, 6, out);
    else
        out[length++] = '-';
    out[length] = '\0';
}

static void percent(double share, bool with_sign, char out[FIGURE])
{
    char number[ASSAY__NUMBER_BYTES + 1];
    bool is_plus = with_sign && share > 0.0;
    number[assay__number_round(share * 100.0, 6, number)] = '\0';
    snprintf(out, FIGURE, "%s%s %%", is_plus ? "+" : "", number);
}

/* Power with as many digits as keep it apart from 100 %. */
static void power_text(double power, char out[FIGURE])
{
    if (isnan(power))
        snprintf(out, FIGURE, "-");
    else if (power > 0.9995)
        snprintf(out, FIGURE, power == 1.0 ? "100 %%" : "> 99.95 %%");
    else
        snprintf(out, FIGURE, "%.1f %%", power * 100.0);
}

static void count_text(double count, char out[FIGURE])
{
    if (count < 1.8e19)
        assay__figure_count((uint64_t)count, out);
    else
        snprintf(out, FIGURE, "-");
}

enum { EFFECT_BYTES = 3 * FIGURE };

/* "+2 % (+0.2)", "+0.2", or "0" for a margin that is tested without an effect. */
static void effect_text(const struct size_row *row, char out[EFFECT_BYTES])
{
    char absolute[FIGURE], relative[FIGURE];
    const char *sign = row->effect > 0.0 ? "+" : "";
    figure(row->effect, absolute);
    if (row->effect == 0.0 || !isfinite(row->effect_relative)) {
        snprintf(out, EFFECT_BYTES, "%s%s", sign, absolute);
        return;
    }
    percent(row->effect_relative, true, relative);
    snprintf(out, EFFECT_BYTES, "%s (%s%s)", relative, sign, absolute);
}

/* ---- the table ------------------------------------------------------------------------------- */

static void put(struct assay__page *page, const char *text, int width)
{
    assay__page_cell(page, text, width, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
}

static void say_subject(const struct size_query *query, struct assay__text *words)
{
    char mean[FIGURE], baseline[FIGURE], compared[FIGURE];
    const struct assay_size_design *design = &query->design;
    if (assay__metric_kind(design->type)->is_share) {
        percent(design->baseline_mean, false, baseline);
        assay__text_format(words, "Baseline rate %s", baseline);
    } else {
        figure(query->mean, mean);
        figure(design->baseline_variance, baseline);
        figure(design->compared_variance, compared);
        if (isfinite(query->mean))
            assay__text_format(words, "%s %s, variance %s",
                               assay__metric_kind(design->type)->has_denominator ? "Ratio" : "Mean",
                               mean, baseline);
        else
            assay__text_format(words, "Variance %s", baseline);
        if (design->compared_variance != design->baseline_variance)
            assay__text_format(words, " and %s", compared);
    }
    if (query->reduction > 0.0) {
        percent(query->reduction, false, mean);
        assay__text_format(words, ", variance reduction %s", mean);
    }
    assay__text_puts(words, ". ");
}

static void say_test(const struct size_query *query, struct assay__text *words)
{
    static const char *const METHODS[] = {[ASSAY_SIZE_UNPOOLED] = "unpooled",
                                          [ASSAY_SIZE_POOLED] = "pooled",
                                          [ASSAY_SIZE_ARCSINE] = "arcsine"};
    const struct assay_size_design *design = &query->design;
    char alpha[FIGURE], margin[FIGURE], baseline[FIGURE], compared[FIGURE];
    figure(design->alpha, alpha);
    figure(fabs(design->null_difference), margin);
    figure(design->baseline_weight, baseline);
    figure(design->compared_weight, compared);
    assay__text_format(words, "%s test",
                       design->side == ASSAY_SIDE_BOTH ? "Two-sided" : "One-sided");
    if (query->has_margin)
        assay__text_format(words, " of non-inferiority, margin %s", margin);
    else if (design->side != ASSAY_SIDE_BOTH)
        assay__text_format(words, " for %s", query->direction > 0 ? "an increase" : "a decrease");
    assay__text_format(words, " at alpha %s (%s", alpha,
                       design->test == ASSAY_TEST_T ? "Welch t" : "normal");
    if (assay__metric_kind(design->type)->is_share)
        assay__text_format(words, ", %s", METHODS[design->method]);
    assay__text_format(words, "), weights %s to %s.", baseline, compared);
}

static void say_count(uint32_t count, const char *noun, struct assay__text *words)
{
    assay__text_format(words, " %u %s%s", count, noun, count == 1 ? "" : "s");
}

static void say_sharing(const struct size_query *query, struct assay__text *words)
{
    char alpha[FIGURE];
    if (!query->is_shared)
        return;
    figure(query->plan.alpha, alpha);
    assay__text_format(words, " Alpha %s and beta are shared by", alpha);
    say_count(query->plan.success_count, "success metric", words);
    assay__text_putc(words, ',');
    say_count(query->plan.margin_count, "guardrail", words);
    assay__text_puts(words, " and");
    say_count(query->plan.comparison_count, "comparison", words);
    assay__text_putc(words, '.');
    if (query->plan.comparison_count > 1)
        assay__text_puts(words,
                         " Units are those of one comparison: each further group adds its own.");
}

static void say_history(const struct size_query *query, struct assay__text *words)
{
    char rows[FIGURE], missing[FIGURE];
    const struct size_history *history = &query->history;
    if (history->path == NULL)
        return;
    assay__figure_count(history->rows, rows);
    assay__figure_count(history->missing, missing);
    assay__text_format(words, " From %s rows of history", rows);
    if (history->missing > 0)
        assay__text_format(words, ", %s without a value", missing);
    assay__text_puts(words, ".");
    for (uint32_t i = 0; i < history->covariate_count; i++)
        if (history->dropped >> i & 1)
            assay__text_format(
                words,
                " Covariate %s is constant or a combination of earlier ones and is not used.",
                history->covariates[i]);
}

static void write_words(struct assay__page *page, const struct size_query *query)
{
    struct assay__text words = {0};
    say_subject(query, &words);
    say_test(query, &words);
    say_sharing(query, &words);
    say_history(query, &words);
    if (words.data != NULL)
        assay__page_wrap(page, words.data, 0, 0);
    page->out->failed = page->out->failed || words.failed;
    assay__text_release(&words);
}

/* Widths of the columns; they fit into 60 columns and, roomier, into 80. */
struct widths {
    int effect, power, units;
};

static struct widths widths_of(const struct assay__page *page)
{
    return page->width < 78 ? (struct widths){20, 8, 10} : (struct widths){25, 9, 14};
}

static void write_row(struct assay__page *page, const struct size_query *query,
                      const struct size_row *row)
{
    char effect[EFFECT_BYTES], text[FIGURE];
    struct widths widths = widths_of(page);
    double welch;
    bool asks_effect = query->question == SIZE_ASKS_EFFECT;
    if (asks_effect && isnan(row->detectable))
        snprintf(effect, sizeof effect, "none");
    else
        effect_text(row, effect);
    assay__text_puts(page->out, size_cautions(query, row, &welch) != 0 ? "* " : "  ");
    assay__page_cell(page, effect, widths.effect, ASSAY__ALIGN_LEFT, false,
                     asks_effect ? ASSAY__INK_BOLD : ASSAY__INK_PLAIN);
    power_text(query->question == SIZE_ASKS_POWER ? row->power : row->adjusted_power, text);
    put(page, text, widths.power);
    count_text(row->baseline, text);
    put(page, text, widths.units);
    count_text(row->compared, text);
    put(page, text, widths.units);
    count_text(row->total, text);
    put(page, text, widths.units);
    assay__page_end(page);
}

static void say_caution(const struct size_query *query, const struct size_row *row,
                        enum size_caution caution, double welch, struct assay__text *words)
{
    char power[FIGURE], total[FIGURE];
    bool is_share = assay__metric_kind(query->design.type)->is_share;
    power_text(welch, power);
    count_text(row->total, total);
    if (caution == SIZE_TESTED_EXACTLY)
        assay__text_format(words,
                           "assay analyze takes %s here%s, since units or events are few, or the "
                           "groups of unequal size: its power is not that of the formula, mostly "
                           "less; assay simulate finds it.",
                           query->has_margin ? "the score test" : "Fisher's exact test",
                           query->reduction > 0.0 ? ", without covariates" : "");
    else if (caution == SIZE_LESS_BY_WELCH)
        assay__text_format(words,
                           "Welch's t test, which assay analyze runs, has a power of %s with %s "
                           "units: --test t plans for it.",
                           power, total);
    else if (caution == SIZE_SKEWED)
        assay__text_puts(words, SIZE_SKEWED_WORDS);
    else
        assay__text_format(words,
                           "Fewer than 30 units%s in a group: assay analyze gives no advice on so "
                           "few, unless its --minimum says so%s.",
                           is_share ? ", or 5 successes or failures," : "",
                           is_share ? "" : ", and the power holds only for values close to normal");
}

static void write_cautions(struct assay__page *page, const struct size_query *query,
                           const struct size_answer *answer)
{
    unsigned said = 0;
    for (size_t i = 0; i < answer->count; i++) {
        double welch;
        unsigned cautions = size_cautions(query, &answer->rows[i], &welch);
        for (unsigned bit = SIZE_TESTED_EXACTLY; bit <= SIZE_SKEWED; bit *= 2) {
            struct assay__text words = {0};
            if ((cautions & bit) == 0 || (said & bit) != 0)
                continue;
            assay__text_puts(&words, said == 0 ? "* " : "  ");
            say_caution(query, &answer->rows[i], (enum size_caution)bit, welch, &words);
            assay__page_words(page, &words, 0, 2);
            said |= bit;
        }
    }
}

void size_write_table(const struct size_query *query, const struct size_answer *answer,
                      struct assay__text *out)
{
    static const char *const TITLES[] = {"Units needed", "Power", "Smallest effect found"};
    struct term term = term_of(stdout);
    struct assay__page page = {
        .out = out, .width = term.width, .color = term.color, .unicode = term.unicode};
    struct widths widths = widths_of(&page);
    write_words(&page, query);
    assay__page_heading(&page, TITLES[query->question]);
    assay__page_end(&page);
    assay__page_spaces(&page, 2);
    assay__page_cell(&page, "effect", widths.effect, ASSAY__ALIGN_LEFT, false, ASSAY__INK_DIM);
    put(&page, "power", widths.power);
    put(&page, "baseline", widths.units);
    put(&page, "compared", widths.units);
    put(&page, "total", widths.units);
    assay__page_end(&page);
    for (size_t i = 0; i < answer->count; i++)
        write_row(&page, query, &answer->rows[i]);
    write_cautions(&page, query, answer);
    const struct size_row *first = &answer->rows[0];
    if (isnan(first->power) || !isfinite(first->total))
        return;
    char effect[EFFECT_BYTES], title[EFFECT_BYTES + 32];
    effect_text(first, effect);
    snprintf(title, sizeof title, "Power by total units, effect %s", effect);
    assay__page_heading(&page, title);
    assay__page_end(&page);
    size_draw_curve(&page, query, first);
}

/* ---- CSV ------------------------------------------------------------------------------------- */

void size_write_csv(const struct size_query *query, const struct size_answer *answer,
                    struct assay__text *out)
{
    assay__text_puts(out, "effect,effect_relative,null_difference,alpha,wanted_power,"
                          "adjusted_power,baseline,compared,total,power\r\n");
    for (size_t i = 0; i < answer->count; i++) {
        const struct size_row *row = &answer->rows[i];
        const double cells[] = {
            row->effect,         row->effect_relative, query->design.null_difference,
            query->design.alpha, row->wanted_power,    row->adjusted_power,
            row->baseline,       row->compared,        row->total,
            row->power};
        for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
            if (c > 0)
                assay__text_putc(out, ',');
            args_csv_number(out, cells[c]);
        }
        assay__text_puts(out, "\r\n");
    }
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void write_design(struct assay__json *json, const struct size_query *query)
{
    static const char *const METHODS[] = {[ASSAY_SIZE_UNPOOLED] = "unpooled",
                                          [ASSAY_SIZE_POOLED] = "pooled",
                                          [ASSAY_SIZE_ARCSINE] = "arcsine"};
    const struct assay_size_design *design = &query->design;
    bool is_share = assay__metric_kind(design->type)->is_share;
    assay__json_member_begin(json, "design", '{');
    assay__json_member_string(json, "type",
                              is_share                                            ? "proportion"
                              : assay__metric_kind(design->type)->has_denominator ? "ratio"
                                                                                  : "mean");
    assay__json_member_string(json, "test", design->test == ASSAY_TEST_T ? "t" : "z");
    assay__json_member_string(json, "side", design->side == ASSAY_SIDE_BOTH ? "two" : "one");
    assay__json_member_string(json, "direction", query->direction > 0 ? "increase" : "decrease");
    if (is_share)
        assay__json_member_string(json, "method", METHODS[design->method]);
    assay__json_member_number(json, "alpha", query->plan.alpha);
    assay__json_member_number(json, "adjustedAlpha", design->alpha);
    assay__json_member_number(json, is_share ? "baselineRate" : "mean", query->mean);
    if (!is_share) {
        assay__json_member_number(json, "baselineVariance", design->baseline_variance);
        assay__json_member_number(json, "comparedVariance", design->compared_variance);
    }
    assay__json_member_number(json, "varianceReductionRate", query->reduction);
    assay__json_member_number(json, "nullDifference", design->null_difference);
    assay__json_member_number(json, "baselineWeight", design->baseline_weight);
    assay__json_member_number(json, "comparedWeight", design->compared_weight);
    assay__json_member_count(json, "successMetrics", query->plan.success_count);
    assay__json_member_count(json, "guardrailMetrics", query->plan.margin_count);
    assay__json_member_count(json, "comparisons", query->plan.comparison_count);
    assay__json_end(json, '}');
}

static void write_history(struct assay__json *json, const struct size_query *query)
{
    if (query->history.path == NULL)
        return;
    assay__json_member_begin(json, "history", '{');
    assay__json_member_string(json, "file", query->history.path);
    assay__json_member_string(json, "column", query->history.column);
    if (query->history.denominator != NULL)
        assay__json_member_string(json, "denominator", query->history.denominator);
    assay__json_member_count(json, "rowsRead", query->history.rows);
    assay__json_member_count(json, "rowsMissing", query->history.missing);
    assay__json_member_begin(json, "covariates", '[');
    for (uint32_t i = 0; i < query->history.covariate_count; i++)
        assay__json_string(json, query->history.covariates[i]);
    assay__json_end(json, ']');
    assay__json_member_begin(json, "covariatesDropped", '[');
    for (uint32_t i = 0; i < query->history.covariate_count; i++)
        if (query->history.dropped >> i & 1)
            assay__json_string(json, query->history.covariates[i]);
    assay__json_end(json, ']');
    assay__json_end(json, '}');
}

/* The cautions of a row; nothing where there are none. */
static void write_notes(struct assay__json *json, const struct size_query *query,
                        const struct size_row *row)
{
    double welch;
    unsigned cautions = size_cautions(query, row, &welch);
    if (cautions == 0)
        return;
    assay__json_member_begin(json, "notes", '[');
    for (unsigned bit = SIZE_TESTED_EXACTLY; bit <= SIZE_SKEWED; bit *= 2) {
        struct assay__text words = {0};
        if ((cautions & bit) == 0)
            continue;
        say_caution(query, row, (enum size_caution)bit, welch, &words);
        assay__json_string(json, words.data == NULL ? "" : words.data);
        json->out->failed = json->out->failed || words.failed;
        assay__text_release(&words);
    }
    assay__json_end(json, ']');
}

static void write_result(struct assay__json *json, const struct size_query *query,
                         const struct size_row *row)
{
    assay__json_begin(json, '{');
    assay__json_member_nullable(json, "effect", row->effect);
    assay__json_member_nullable(json, "effectRelative", row->effect_relative);
    if (query->question != SIZE_ASKS_POWER) {
        assay__json_member_number(json, "wantedPower", row->wanted_power);
        assay__json_member_number(json, "adjustedPower", row->adjusted_power);
    }
    assay__json_member_count(json, "baseline", (uint64_t)row->baseline);
    assay__json_member_count(json, "compared", (uint64_t)row->compared);
    assay__json_member_count(json, "total", (uint64_t)row->total);
    assay__json_member_nullable(json, "power", row->power);
    write_notes(json, query, row);
    struct assay__size_cache cache = {.count = 0};
    assay__json_member_begin(json, "curve", '[');
    for (int i = 1; i < SIZE_CURVE_POINTS && isfinite(row->power); i++) {
        double total = floor(2.0 * row->total * i / (SIZE_CURVE_POINTS - 1));
        double power = total >= 4.0 ? size_power_at(query, row, total, &cache) : (double)NAN;
        if (isnan(power))
            continue;
        assay__json_begin(json, '{');
        assay__json_member_count(json, "total", (uint64_t)total);
        assay__json_member_number(json, "power", power);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
    assay__json_end(json, '}');
}

void size_write_detail(const struct size_query *query, const struct size_answer *answer,
                       struct assay__text *out)
{
    static const char *const QUESTIONS[] = {"size", "power", "effect"};
    struct assay__json json = {.out = out, .pretty = true};
    assay__json_begin(&json, '{');
    assay__json_member_count(&json, "schemaVersion", 1);
    assay__json_member_string(&json, "question", QUESTIONS[query->question]);
    write_design(&json, query);
    write_history(&json, query);
    assay__json_member_begin(&json, "results", '[');
    for (size_t i = 0; i < answer->count; i++)
        write_result(&json, query, &answer->rows[i]);
    assay__json_end(&json, ']');
    assay__json_end(&json, '}');
    assay__text_putc(out, '\n');
}
