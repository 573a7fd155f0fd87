/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay srm: counts of units against planned weights. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/outcome.h"
#include "json/json_write.h"
#include "report/table/terminal.h"
#include "number/number.h"
#include "base/csv_quote.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/message.h"
#include "cli/srm_looks.h"
#include "cli/term.h"

enum { GROUPS_MAX = ASSAY_GROUPS_MAX, EXIT_SRM = 10, EXIT_UNTESTED = 12, NAME_BYTES = 24 };

enum option_code {
    OPTION_COUNTS = CLI_OPTION_FIRST,
    OPTION_WEIGHTS,
    OPTION_GROUPS,
    OPTION_ALPHA,
    OPTION_METHOD,
    OPTION_TOLERANCE,
    OPTION_CONCENTRATION,
    OPTION_LOOKS,
    OPTION_FORMAT,
    OPTION_FAIL_ON,
    OPTION_HELP
};

static const struct option OPTIONS[] = {
    {"counts", required_argument, NULL, OPTION_COUNTS},
    {"weights", required_argument, NULL, OPTION_WEIGHTS},
    {"groups", required_argument, NULL, OPTION_GROUPS},
    {"alpha", required_argument, NULL, OPTION_ALPHA},
    {"method", required_argument, NULL, OPTION_METHOD},
    {"tolerance", required_argument, NULL, OPTION_TOLERANCE},
    {"concentration", required_argument, NULL, OPTION_CONCENTRATION},
    {"looks", required_argument, NULL, OPTION_LOOKS},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"fail-on", required_argument, NULL, OPTION_FAIL_ON},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0}};

static const char HELP[] =
    "usage: assay srm --counts=N,N... [OPTION...]\n"
    "       assay srm --looks=FILE [OPTION...]\n\n"
    "Tests whether units fell into the groups as planned (sample ratio mismatch).\n\n"
    "  assay srm --counts 1508,1648 --weights 1,1\n\n"
    "  --counts=N,N...          units per group\n"
    "  --weights=W,W...         planned weights, on any scale; default equal. A group with\n"
    "                           weight 0 must have no units\n"
    "  --groups=A,B...          names of the groups\n"
    "  --alpha=A                level of the test, default 0.001\n"
    "  --method=NAME            chi2 (default), valid once; or sequential, valid at every\n"
    "                           look (Lindon and Malek 2022)\n"
    "  --tolerance=R            no mismatch while every share is off by no more than R\n"
    "  --concentration=K        prior of the sequential test, default 10000\n"
    "  --looks=FILE             a CSV of cumulative counts, a column a group and a row a look:\n"
    "                           the sequential test at each, with the least p so far\n"
    "  --format=NAME            table (default), detail (JSON) or csv\n"
    "  --fail-on=srm            exit 10 on a mismatch, 12 when there is no test\n" CLI_COMMON_HELP;

struct arguments {
    uint64_t counts[GROUPS_MAX];
    double weights[GROUPS_MAX];
    const char *names[GROUPS_MAX];
    size_t count, weight_count, name_count;
    struct assay_srm_design design;
    enum args_format format;
    bool fail_on_srm;
    const char *looks; /* the file; NULL: none */
    bool chose_method; /* --method was given */
    char *name_text;   /* the names, cut at their commas */
};

static int take_names(struct arguments *arguments, const char *text)
{
    free(arguments->name_text);
    arguments->name_text = strdup(text);
    arguments->name_count = 0;
    if (arguments->name_text == NULL)
        return message_fail_memory();
    char *rest = arguments->name_text, *name;
    while ((name = strsep(&rest, ",")) != NULL) {
        if (arguments->name_count == GROUPS_MAX)
            return cli_usage_error("srm", "--groups: more than %d values", (int)GROUPS_MAX);
        if (*name == '\0')
            return cli_usage_error("srm", "--groups: a name is empty");
        if (!args_is_utf8(name))
            return cli_usage_error("srm", "--groups: a name is not UTF-8");
        for (size_t i = 0; i < arguments->name_count; i++)
            if (strcmp(arguments->names[i], name) == 0)
                return cli_usage_error("srm", "--groups: '%s' is there twice", name);
        arguments->names[arguments->name_count++] = name;
    }
    return 0;
}

static int take_option(struct arguments *arguments, int option, const char *value)
{
    static const char *const METHODS[] = {"chi2", "sequential", NULL};
    static const char *const FAILURES[] = {"srm", NULL};
    struct assay_srm_design *design = &arguments->design;
    struct args_where where = {"srm", "counts"};
    unsigned index = 0;
    int code = 0;
    switch (option) {
    case OPTION_COUNTS:
        return args_counts(where, value, GROUPS_MAX, arguments->counts, &arguments->count);
    case OPTION_WEIGHTS:
        where.flag = "weights";
        return args_numbers(where, ARGS_WEIGHT, value, GROUPS_MAX, arguments->weights,
                            &arguments->weight_count);
    case OPTION_GROUPS:
        return take_names(arguments, value);
    case OPTION_ALPHA:
        where.flag = "alpha";
        return args_number(where, ARGS_RATE, value, &design->alpha);
    case OPTION_METHOD:
        where.flag = "method";
        code = args_choice(where, value, METHODS, &index);
        design->method = index == 0 ? ASSAY_SRM_CHI2 : ASSAY_SRM_SEQUENTIAL;
        arguments->chose_method = true;
        return code;
    case OPTION_TOLERANCE:
        where.flag = "tolerance";
        return args_number(where, ARGS_SHARE, value, &design->tolerance);
    case OPTION_CONCENTRATION:
        where.flag = "concentration";
        return args_number(where, ARGS_POSITIVE, value, &design->concentration);
    case OPTION_LOOKS:
        arguments->looks = value;
        return 0;
    case OPTION_FORMAT:
        return args_format("srm", value, &arguments->format);
    default:
        where.flag = "fail-on";
        arguments->fail_on_srm = true;
        return args_choice(where, value, FAILURES, &index);
    }
}

/* Checks that the lists fit, and fills in equal weights and names. */
static int complete(struct arguments *arguments)
{
    size_t count = arguments->count;
    if (count == 0)
        return cli_usage_error("srm", "--counts is missing: how many units has each group?");
    if (count < 2)
        return cli_usage_error("srm", "--counts: at least 2 groups are needed");
    if (arguments->weight_count == 0)
        for (; arguments->weight_count < count; arguments->weight_count++)
            arguments->weights[arguments->weight_count] = 1.0;
    if (arguments->weight_count != count)
        return cli_usage_error("srm", "--counts has %zu values, --weights %zu", count,
                               arguments->weight_count);
    bool has_weight = false;
    for (size_t i = 0; i < count; i++)
        has_weight = has_weight || arguments->weights[i] > 0.0;
    if (!has_weight)
        return cli_usage_error("srm", "--weights: at least one must be above 0");
    if (arguments->name_count != 0 && arguments->name_count != count)
        return cli_usage_error("srm", "--counts has %zu values, --groups %zu", count,
                               arguments->name_count);
    if (arguments->name_count != 0)
        return 0;
    /* Numbers as names. */
    arguments->name_text = malloc(count * NAME_BYTES);
    if (arguments->name_text == NULL)
        return message_fail_memory();
    for (size_t i = 0; i < count; i++) {
        arguments->names[i] = arguments->name_text + i * NAME_BYTES;
        snprintf(arguments->name_text + i * NAME_BYTES, NAME_BYTES, "%zu", i + 1);
    }
    return 0;
}

/* ---- output ---------------------------------------------------------------------------------- */

struct outcome {
    const struct arguments *arguments;
    struct assay_srm srm;
    struct assay_srm_group groups[GROUPS_MAX];
    double weight_sum;
    uint64_t total;
};

static void write_detail(const struct outcome *outcome, struct assay__text *out)
{
    const struct arguments *arguments = outcome->arguments;
    struct assay__json json = {.out = out, .pretty = true};
    bool sequential = arguments->design.method == ASSAY_SRM_SEQUENTIAL;
    assay__json_begin(&json, '{');
    assay__json_member_count(&json, "schemaVersion", 1);
    assay__json_member_begin(&json, "srm", '{');
    assay__json_member_string(&json, "method", sequential ? "sequential" : "chi2");
    assay__json_member_number(&json, "alpha", arguments->design.alpha);
    assay__json_member_number(&json, "tolerance", arguments->design.tolerance);
    if (sequential)
        assay__json_member_number(&json, "concentration", arguments->design.concentration);
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
    for (size_t i = 0; i < arguments->count; i++) {
        assay__json_begin(&json, '{');
        assay__json_member_string(&json, "group", arguments->names[i]);
        assay__json_member_number(&json, "weight", arguments->weights[i]);
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

static void write_csv(const struct outcome *outcome, struct assay__text *out)
{
    assay__text_puts(out, "group,weight,observed,expected,residual,group_significant,statistic,df,"
                          "p,log10_p,significant,exact_p,exact_log10_p\r\n");
    for (size_t i = 0; i < outcome->arguments->count; i++) {
        const struct assay_srm_group *group = &outcome->groups[i];
        const struct assay_srm *srm = &outcome->srm;
        const double figures[] = {srm->statistic, srm->df, srm->p, srm->log10_p};
        assay__csv_quote(out, outcome->arguments->names[i], NULL);
        assay__text_putc(out, ',');
        args_csv_number(out, outcome->arguments->weights[i]);
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

static void write_group(struct assay__page *page, const struct outcome *outcome, size_t i,
                        int name_columns)
{
    const struct assay_srm_group *group = &outcome->groups[i];
    char figure[ASSAY__FIGURE_BYTES];
    assay__page_spaces(page, 2);
    assay__page_cell(page, outcome->arguments->names[i], name_columns, ASSAY__ALIGN_LEFT, true,
                     ASSAY__INK_PLAIN);
    assay__figure_count(group->observed, figure);
    put_cell(page, figure, 14);
    share_text(outcome->total > 0 ? (double)group->observed / (double)outcome->total : 0.0, figure);
    put_cell(page, figure, 11);
    share_text(outcome->arguments->weights[i] / outcome->weight_sum, figure);
    put_cell(page, figure, 11);
    assay__figure_fixed(group->residual, 2, true, figure);
    put_cell(page, figure, 11);
    assay__page_spaces(page, 2);
    if (group->significant && outcome->srm.significant)
        assay__page_cell(page, "MISMATCH", 8, ASSAY__ALIGN_LEFT, false, ASSAY__INK_BAD);
    assay__page_end(page);
}

/* The figures of a test that was made. */
static void add_figures(struct assay__text *words, const struct outcome *outcome)
{
    const struct assay_srm *srm = &outcome->srm;
    const struct assay_srm_design *design = &outcome->arguments->design;
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

static void write_verdict(struct assay__page *page, const struct outcome *outcome)
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
    enum assay__srm_state state = assay__srm_state(srm, outcome->arguments->design.alpha);
    struct assay__text words = {0};
    if (srm->tested)
        add_figures(&words, outcome);
    assay__text_puts(&words, WORDS[state]);
    if (state == ASSAY__SRM_NOT_TESTED)
        assay__text_puts(&words, outcome->total == 0 ? "no group has units."
                                                     : "one group alone may have units.");
    assay__page_ink(page, srm->significant ? ASSAY__INK_BAD : ASSAY__INK_PLAIN);
    assay__page_words(page, &words, 0, 0);
    assay__page_ink(page, ASSAY__INK_PLAIN);
}

static void write_table(const struct outcome *outcome, struct assay__text *out)
{
    static const char *const HEADS[] = {"units", "share", "planned", "residual"};
    struct term term = term_of(stdout);
    struct assay__page page = {
        .out = out, .width = term.width, .color = term.color, .unicode = term.unicode};
    int name_columns = 5;
    for (size_t i = 0; i < outcome->arguments->count; i++) {
        int width = assay__page_width(outcome->arguments->names[i]);
        name_columns = width > name_columns ? width : name_columns;
    }
    int room = page.width - 2 - 14 - 3 * 11 - 10;
    name_columns = name_columns > room ? room : name_columns;
    assay__page_spaces(&page, 2);
    assay__page_cell(&page, "group", name_columns, ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++)
        put_cell(&page, HEADS[i], i == 0 ? 14 : 11);
    assay__page_end(&page);
    for (size_t i = 0; i < outcome->arguments->count; i++)
        write_group(&page, outcome, i, name_columns);
    assay__page_end(&page);
    write_verdict(&page, outcome);
}

static int run(const struct arguments *arguments)
{
    struct assay_error err;
    struct assay__text out = {0};
    struct outcome *outcome = calloc(1, sizeof *outcome);
    if (outcome == NULL)
        return message_fail_memory();
    outcome->arguments = arguments;
    for (size_t i = 0; i < arguments->count; i++) {
        outcome->total += arguments->counts[i];
        outcome->weight_sum += arguments->weights[i];
    }
    int code;
    if (assay_srm_test(arguments->counts, arguments->weights, arguments->count, &arguments->design,
                       outcome->groups, &outcome->srm, &err) != ASSAY_OK) {
        code = cli_usage_error("srm", "%s", err.message);
    } else {
        if (arguments->format == ARGS_FORMAT_TABLE)
            write_table(outcome, &out);
        else if (arguments->format == ARGS_FORMAT_DETAIL)
            write_detail(outcome, &out);
        else
            write_csv(outcome, &out);
        code = args_print(&out);
    }
    if (code == 0 && arguments->fail_on_srm && outcome->srm.significant)
        code = EXIT_SRM;
    else if (code == 0 && arguments->fail_on_srm && !outcome->srm.tested)
        code = EXIT_UNTESTED;
    free(outcome);
    return code;
}

static int run_looks(struct arguments *arguments)
{
    bool found = false;
    if (arguments->count > 0 || arguments->name_count > 0)
        return cli_usage_error("srm", "--looks has the counts and names: leave --counts and "
                                      "--groups out");
    if (arguments->chose_method && arguments->design.method == ASSAY_SRM_CHI2)
        return cli_usage_error("srm", "--looks: the chi-square test is valid once; several looks "
                                      "need --method=sequential");
    arguments->design.method = ASSAY_SRM_SEQUENTIAL;
    int code = srm_looks(arguments->looks, &arguments->design, arguments->weights,
                         arguments->weight_count, arguments->format, &found);
    return code == 0 && arguments->fail_on_srm && found ? EXIT_SRM : code;
}

int cmd_srm(int argc, char **argv)
{
    struct arguments *arguments = calloc(1, sizeof *arguments);
    int option, code = 0;
    if (arguments == NULL)
        return message_fail_memory();
    arguments->design = (struct assay_srm_design){
        .method = ASSAY_SRM_CHI2, .alpha = 0.001, .concentration = 10000.0};
    optind = 0;
    while (code == 0 && (option = cli_option("srm", OPTIONS, argc, argv)) != -1) {
        if (option == OPTION_HELP) {
            free(arguments->name_text);
            free(arguments);
            return cli_write_stdout(HELP, sizeof HELP - 1);
        }
        code = option == '?' ? CLI_USAGE : take_option(arguments, option, optarg);
    }
    if (code == 0 && optind < argc)
        code =
            cli_usage_error("srm", "'%s' is not an option; counts go into --counts", argv[optind]);
    if (code == 0 && arguments->looks != NULL) {
        code = run_looks(arguments);
    } else if (code == 0) {
        code = complete(arguments);
        if (code == 0)
            code = run(arguments);
    }
    free(arguments->name_text);
    free(arguments);
    return code;
}
