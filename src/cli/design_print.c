/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sequential design as table with a drawing, as JSON and as CSV. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "assay/dist.h"
#include "cli/cli.h"
#include "cli/design.h"
#include "cli/term.h"
#include "json/json_write.h"
#include "number/number.h"
#include "report/table/terminal.h"

static bool is_always_valid(const struct design *design)
{
    return design->horizon.kind == ASSAY_HORIZON_ALWAYS_VALID;
}

/* What is said of looks that come at few units; nothing where there are none. */
static void say_few(const struct design *design, const struct design_figures *figures,
                    struct assay__text *words)
{
    enum { UNITS_LEAST = 60 };
    size_t few = 0;
    while (few < design->count && figures->looks[few].units < UNITS_LEAST)
        few++;
    if (few == 1)
        assay__text_puts(words, "The first look has");
    else if (few > 1)
        assay__text_format(words, "The first %zu looks have", few);
    if (few > 0)
        assay__text_format(words,
                           " fewer than %d units, 30 in each of two groups of equal size: assay "
                           "analyze gives no advice on so few, unless its --minimum says so, and "
                           "the boundaries hold only for estimates close to normal.",
                           UNITS_LEAST);
}

static void write_look(struct assay__json *json, const struct design *design, size_t k,
                       const struct design_look *look)
{
    assay__json_begin(json, '{');
    if (is_always_valid(design)) {
        assay__json_member_number(json, "n", look->units);
        assay__json_member_number(json, "halfWidth", look->half_width);
        assay__json_member_number(json, "z", look->boundary.critical);
        assay__json_member_number(json, "nominalP", look->nominal_p);
        if (!isnan(look->power))
            assay__json_member_number(json, "powerAlone", look->power);
    } else {
        assay__json_member_number(json, "information", design->values[k]);
        assay__json_member_number(json, "z", look->boundary.critical);
        assay__json_member_number(json, "futilityZ", look->boundary.futility);
        assay__json_member_number(json, "nominalP", look->nominal_p);
        assay__json_member_number(json, "alphaSpent", look->boundary.alpha_spent);
        assay__json_member_number(json, "powerAtLook", look->power);
        assay__json_member_number(json, "exitNull", look->exit_null);
        assay__json_member_number(json, "exitAlternative", look->exit_alternative);
        assay__json_member_number(json, "futileNull", look->futile_null);
        assay__json_member_number(json, "futileAlternative", look->futile_alternative);
        if (!isnan(look->units))
            assay__json_member_number(json, "units", look->units);
    }
    if (isfinite(look->days))
        assay__json_member_number(json, "days", look->days);
    assay__json_end(json, '}');
}

static void write_horizon(struct assay__json *json, const struct design *design)
{
    const struct assay_horizon_design *horizon = &design->horizon;
    static const char *const MIXTURES[] = {[ASSAY_MIXTURE_OPTIMAL_SIZE] = "optimalSampleSize",
                                           [ASSAY_MIXTURE_RHO] = "rho",
                                           [ASSAY_MIXTURE_TAU] = "tau"};
    assay__json_member_begin(json, "design", '{');
    assay__json_member_string(json, "horizon",
                              is_always_valid(design) ? "alwaysValid" : "groupSequential");
    assay__json_member_number(json, "alpha", horizon->alpha);
    assay__json_member_string(json, "side", horizon->two_sided ? "two" : "one");
    if (is_always_valid(design)) {
        assay__json_member_number(json, MIXTURES[horizon->mixture], horizon->mixture_parameter);
    } else {
        assay__json_member_begin(json, "spending", '{');
        assay__json_member_string(json, "family", assay_spending_name(horizon->spending));
        if (!isnan(horizon->spending_parameter))
            assay__json_member_number(json, "parameter", horizon->spending_parameter);
        assay__json_end(json, '}');
        if (horizon->has_futility) {
            assay__json_member_begin(json, "futility", '{');
            assay__json_member_string(json, "family", assay_spending_name(horizon->futility));
            if (isfinite(horizon->futility_parameter))
                assay__json_member_number(json, "parameter", horizon->futility_parameter);
            assay__json_end(json, '}');
        }
        assay__json_member_number(json, "power", design->power);
    }
    assay__json_end(json, '}');
}

static void write_detail(const struct design *design, const struct design_figures *figures,
                         struct assay__text *out)
{
    struct assay__json json = {.out = out, .pretty = true};
    assay__json_begin(&json, '{');
    assay__json_member_count(&json, "schemaVersion", 1);
    write_horizon(&json, design);
    assay__json_member_begin(&json, "looks", '[');
    for (size_t k = 0; k < design->count; k++)
        write_look(&json, design, k, &figures->looks[k]);
    assay__json_end(&json, ']');
    struct assay__text few = {0};
    say_few(design, figures, &few);
    if (few.length > 0) {
        assay__json_member_begin(&json, "notes", '[');
        assay__json_string(&json, few.data);
        assay__json_end(&json, ']');
    }
    out->failed = out->failed || few.failed;
    assay__text_release(&few);
    if (is_always_valid(design)) {
        if (isfinite(figures->units)) {
            assay__json_member_number(&json, "power", design->power);
            assay__json_member_number(&json, "inflation", figures->plan.inflation);
            assay__json_member_number(&json, "units", figures->units);
        }
    } else {
        assay__json_member_number(&json, "drift", figures->plan.drift);
        assay__json_member_number(&json, "inflation", figures->plan.inflation);
        assay__json_member_number(&json, "expectedInformationNull", figures->plan.expected_null);
        assay__json_member_number(&json, "expectedInformationAlternative",
                                  figures->plan.expected_alternative);
        assay__json_member_number(&json, "lookCost", design->look_cost);
        assay__json_member_number(&json, "cost", design->cost);
        if (!isnan(figures->units))
            assay__json_member_number(&json, "units", ceil(figures->units));
    }
    assay__json_end(&json, '}');
    assay__text_putc(out, '\n');
}

static void write_csv(const struct design *design, const struct design_figures *figures,
                      struct assay__text *out)
{
    assay__text_puts(out,
                     "look,information,units,days,z,nominal_p,alpha_spent,power,exit_null,"
                     "exit_alternative,half_width,futility_z,futile_null,futile_alternative\r\n");
    for (size_t k = 0; k < design->count; k++) {
        const struct design_look *look = &figures->looks[k];
        const double figure[] = {look->boundary.information,
                                 look->units,
                                 look->days,
                                 look->boundary.critical,
                                 look->nominal_p,
                                 look->boundary.alpha_spent,
                                 look->power,
                                 look->exit_null,
                                 look->exit_alternative,
                                 look->half_width,
                                 look->boundary.futility,
                                 look->futile_null,
                                 look->futile_alternative};
        assay__text_format(out, "%zu", k + 1);
        for (size_t i = 0; i < sizeof figure / sizeof *figure; i++) {
            assay__text_putc(out, ',');
            args_csv_number(out, figure[i]);
        }
        assay__text_puts(out, "\r\n");
    }
}

/* ---- table ----------------------------------------------------------------------------------- */

enum { COLUMN = 10, LEAST_BAR = 8, MOST_BAR = 40 };

/* A column of the table: its head, and a look's figure in it. */
struct column {
    const char *head;
    double (*figure)(const struct design *, const struct design_look *, size_t);
    int digits; /* decimals; -1: a count; -2: a p-value, by its logarithm */
};

static double information_of(const struct design *design, const struct design_look *look, size_t k)
{
    (void)look;
    return design->values[k];
}

static double units_of(const struct design *design, const struct design_look *look, size_t k)
{
    (void)design;
    (void)k;
    return look->units;
}

static double days_of(const struct design *design, const struct design_look *look, size_t k)
{
    (void)design;
    (void)k;
    return look->days;
}

static double z_of(const struct design *design, const struct design_look *look, size_t k)
{
    (void)design;
    (void)k;
    return look->boundary.critical;
}

static double futility_of(const struct design *design, const struct design_look *look, size_t k)
{
    (void)k;
    if (isnan(look->boundary.futility) && design->horizon.has_futility)
        return INFINITY; /* shown as "never" */
    return look->boundary.futility;
}

static double p_of(const struct design *design, const struct design_look *look, size_t k)
{
    (void)k;
    double log_p = assay_normal_log_upper(look->boundary.critical);
    return (log_p + (design->horizon.two_sided ? M_LN2 : 0.0)) / M_LN10;
}

static double spent_of(const struct design *design, const struct design_look *look, size_t k)
{
    if (is_always_valid(design))
        return NAN;
    (void)k;
    return look->boundary.alpha_spent;
}

static double power_of(const struct design *design, const struct design_look *look, size_t k)
{
    (void)design;
    (void)k;
    return look->power;
}

static double width_of(const struct design *design, const struct design_look *look, size_t k)
{
    (void)design;
    (void)k;
    return look->half_width;
}

static const struct column SEQUENTIAL[] = {{"share", information_of, 4}, {"units", units_of, -1},
                                           {"days", days_of, -1},        {"z", z_of, 4},
                                           {"futile", futility_of, 4},   {"nominal p", p_of, -2},
                                           {"alpha", spent_of, 5},       {"power", power_of, 4}};
static const struct column ALWAYS_VALID[] = {{"units", units_of, -1}, {"days", days_of, -1},
                                             {"z", z_of, 4},          {"nominal p", p_of, -2},
                                             {"width", width_of, 5},  {"power", power_of, 4}};

static bool is_shown(const struct column *column, const struct design *design,
                     const struct design_figures *figures)
{
    return !isnan(column->figure(design, &figures->looks[0], 0));
}

static void write_cell(struct assay__page *page, const struct column *column, double value)
{
    char figure[ASSAY__FIGURE_BYTES];
    if (column->digits == -2)
        assay__figure_p(pow(10.0, value), value, figure);
    else if (column->digits == -1 && value < 0x1p63)
        assay__figure_count((uint64_t)value, figure);
    else
        assay__figure_fixed(value, column->digits < 0 ? 0 : column->digits, false, figure);
    assay__page_cell(page, isinf(value) ? "never" : figure, COLUMN, ASSAY__ALIGN_RIGHT, false,
                     ASSAY__INK_PLAIN);
}

/* The boundary drawn: a bar as long as z, the largest one as long as there is room. */
static void write_bar(struct assay__page *page, double z, double largest, int room)
{
    int length = largest > 0.0 ? (int)lround(fmax(z, 0.0) / largest * room) : 0;
    assay__page_spaces(page, 2);
    for (int i = 0; i < length; i++)
        assay__text_puts(page->out, page->unicode ? "\xe2\x96\x88" : "#");
}

static void write_summary(struct assay__page *page, const struct design *design,
                          const struct design_figures *figures)
{
    struct assay__text words = {0};
    char drift[ASSAY__FIGURE_BYTES], inflation[ASSAY__FIGURE_BYTES], null[ASSAY__FIGURE_BYTES];
    char alternative[ASSAY__FIGURE_BYTES];
    assay__figure_fixed(figures->plan.drift, 4, false, drift);
    assay__figure_fixed(figures->plan.inflation, 4, false, inflation);
    assay__figure_fixed(figures->plan.expected_null, 4, false, null);
    assay__figure_fixed(figures->plan.expected_alternative, 4, false, alternative);
    assay__text_format(&words,
                       "Power %g at a drift of %s standard errors. These looks need %s times the "
                       "units of one look. On average they stop at %s of the planned units without "
                       "an effect, at %s with it.",
                       design->power, drift, inflation, null, alternative);
    if (!isnan(design->cost)) {
        char cost[ASSAY__FIGURE_BYTES];
        assay__figure_fixed(design->cost, 4, false, cost);
        assay__text_format(&words,
                           " With %g for each look this schedule costs %s times the units of one "
                           "look on average, with an effect half of the time.",
                           design->look_cost, cost);
    }
    assay__page_end(page);
    assay__page_words(page, &words, 0, 0);
}

static void write_units_needed(struct assay__page *page, const struct design *design,
                               const struct design_figures *figures)
{
    struct assay__text words = {0};
    char units[ASSAY__FIGURE_BYTES], inflation[ASSAY__FIGURE_BYTES];
    if (!isfinite(figures->units))
        return;
    assay__figure_count((uint64_t)figures->units, units);
    assay__figure_fixed(figures->plan.inflation, 4, false, inflation);
    assay__text_format(&words,
                       "Power %g needs %s units, %s times those of one look: a look there has it "
                       "alone, as the column has it for each, and looks before it add to it.",
                       design->power, units, inflation);
    assay__page_end(page);
    assay__page_words(page, &words, 0, 0);
}

static void write_table(const struct design *design, const struct design_figures *figures,
                        struct assay__text *out)
{
    struct term term = term_of(stdout);
    struct assay__page page = {
        .out = out, .width = term.width, .color = term.color, .unicode = term.unicode};
    bool always = is_always_valid(design);
    const struct column *columns = always ? ALWAYS_VALID : SEQUENTIAL;
    size_t count = always ? sizeof ALWAYS_VALID / sizeof *ALWAYS_VALID
                          : sizeof SEQUENTIAL / sizeof *SEQUENTIAL;
    double largest = 0.0;
    int room = page.width - 4 - 2;
    assay__page_cell(&page, "look", 4, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    for (size_t c = 0; c < count; c++) {
        if (!is_shown(&columns[c], design, figures))
            continue;
        assay__page_cell(&page, columns[c].head, COLUMN, ASSAY__ALIGN_RIGHT, false,
                         ASSAY__INK_PLAIN);
        room -= COLUMN;
    }
    assay__page_end(&page);
    for (size_t k = 0; k < design->count; k++)
        largest = fmax(largest, figures->looks[k].boundary.critical);
    for (size_t k = 0; k < design->count; k++) {
        char number[ASSAY__FIGURE_BYTES];
        snprintf(number, sizeof number, "%zu", k + 1);
        assay__page_cell(&page, number, 4, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
        for (size_t c = 0; c < count; c++)
            if (is_shown(&columns[c], design, figures))
                write_cell(&page, &columns[c], columns[c].figure(design, &figures->looks[k], k));
        if (room >= LEAST_BAR)
            write_bar(&page, figures->looks[k].boundary.critical, largest,
                      room > MOST_BAR ? MOST_BAR : room);
        assay__page_end(&page);
    }
    if (!always)
        write_summary(&page, design, figures);
    else if (!isnan(design->single_size))
        write_units_needed(&page, design, figures);
    struct assay__text few = {0};
    say_few(design, figures, &few);
    if (few.length > 0 && always)
        assay__page_end(&page);
    assay__page_words(&page, &few, 0, 0);
}

int design_print(const struct design *design, const struct design_figures *figures)
{
    struct assay__text out = {0};
    if (design->format == ARGS_FORMAT_DETAIL)
        write_detail(design, figures, &out);
    else if (design->format == ARGS_FORMAT_CSV)
        write_csv(design, figures, &out);
    else
        write_table(design, figures, &out);
    return args_print(&out);
}
