/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay srm: counts of units against planned weights. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/args.h"
#include "cli/cli.h"
#include "cli/message.h"
#include "cli/srm_looks.h"
#include "cli/srm_print.h"

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

static enum assay_status test(const struct arguments *arguments, struct srm_outcome *outcome,
                              struct assay_error *err)
{
    struct assay_srm_design once = arguments->design;
    enum assay_status status = ASSAY_OK;
    if (once.method == ASSAY_SRM_SEQUENTIAL) {
        once.method = ASSAY_SRM_CHI2;
        status = assay_srm_test(arguments->counts, arguments->weights, arguments->count, &once,
                                outcome->groups, &outcome->once, err);
    }
    if (status != ASSAY_OK)
        return status;
    return assay_srm_test(arguments->counts, arguments->weights, arguments->count,
                          &arguments->design, outcome->groups, &outcome->srm, err);
}

static int run(const struct arguments *arguments)
{
    struct assay_error err;
    struct assay__text out = {0};
    struct srm_outcome *outcome = calloc(1, sizeof *outcome);
    if (outcome == NULL)
        return message_fail_memory();
    *outcome = (struct srm_outcome){.design = &arguments->design,
                                    .names = arguments->names,
                                    .weights = arguments->weights,
                                    .count = arguments->count};
    for (size_t i = 0; i < arguments->count; i++) {
        outcome->total += arguments->counts[i];
        outcome->weight_sum += arguments->weights[i];
    }
    int code = 0;
    if (test(arguments, outcome, &err) != ASSAY_OK) {
        code = cli_usage_error("srm", "%s", err.message);
    } else {
        srm_print(outcome, arguments->format, &out);
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
