/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay analyze: data and plan to result. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/data.h"
#include "cli/delivery.h"
#include "cli/term.h"

enum option_code {
    OPTION_FORMAT = 0x4000,
    OPTION_PRETTY,
    OPTION_OUTPUT,
    OPTION_FAIL_ON,
    OPTION_POST,
    OPTION_HELP
};

static const struct option OPTIONS[] = {PLAN_FLAG_OPTIONS DATA_FLAG_OPTIONS DELIVERY_FLAG_OPTIONS{
                                            "format", required_argument, NULL, OPTION_FORMAT},
                                        {"pretty", no_argument, NULL, OPTION_PRETTY},
                                        {"output", required_argument, NULL, OPTION_OUTPUT},
                                        {"fail-on", required_argument, NULL, OPTION_FAIL_ON},
                                        {"post", no_argument, NULL, OPTION_POST},
                                        {"help", no_argument, NULL, OPTION_HELP},
                                        {NULL, 0, NULL, 0}};

enum { EXIT_SRM = 10, EXIT_DETERIORATION = 11 };

struct arguments {
    struct plan_flags plan;
    struct assay_read_options read;
    struct assay_write_options write;
    bool has_format;
    enum assay_format format;
    const char *output;
    bool fail_on_srm, fail_on_deterioration;
    bool post;
    const char *delivery_flag; /* one that has no effect without --post */
    struct delivery delivery;
};

static void print_help(FILE *out)
{
    fputs("usage: assay analyze [OPTION...] FILE...\n\n"
          "Analyzes an experiment: unit-level CSV (one row per unit) or sufficient statistics, "
          "plain,\n"
          "gzip or zstd; '-' is standard input. Give a plan, or say it with flags:\n\n"
          "  assay analyze data.csv --group treatment --baseline control --metric spend\n\n"
          "output:\n"
          "  --format=NAME            table, result (AnalysisResult, JSON), detail (JSON) or csv;\n"
          "                           table on a terminal, else result\n"
          "  --pretty                 indent JSON\n"
          "  --output=FILE            write to FILE, at once and whole\n"
          "  --fail-on=LIST           srm: exit 10 on a sample ratio mismatch;\n"
          "                           deterioration: exit 11 when a metric got worse\n"
          "  --post                   deliver the result; see assay-post(1)\n\n"
          "data:\n",
          out);
    data_flag_help(out);
    fputs("\nplan:\n", out);
    plan_flags_help(out);
    fputs("\ndelivery, with --post (--dry-run shows the request and sends nothing):\n", out);
    delivery_flag_help(out);
}

static bool take_format(struct arguments *arguments, const char *name)
{
    static const char *const NAMES[] = {[ASSAY_FORMAT_TABLE] = "table",
                                        [ASSAY_FORMAT_RESULT] = "result",
                                        [ASSAY_FORMAT_DETAIL] = "detail",
                                        [ASSAY_FORMAT_CSV] = "csv"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(NAMES[i], name) == 0) {
            arguments->format = (enum assay_format)i;
            arguments->has_format = true;
            return true;
        }
    }
    return false;
}

static bool take_fail_on(struct arguments *arguments, const char *list)
{
    while (*list != '\0') {
        size_t length = strcspn(list, ",");
        if (length == 3 && memcmp(list, "srm", 3) == 0)
            arguments->fail_on_srm = true;
        else if (length == 13 && memcmp(list, "deterioration", 13) == 0)
            arguments->fail_on_deterioration = true;
        else
            return false;
        list += length + (list[length] == ',');
    }
    return true;
}

/* Takes one option of this command; a sentence when its value is wrong. */
static const char *take_own(struct arguments *arguments, int option, const char *value)
{
    switch (option) {
    case OPTION_FORMAT:
        return take_format(arguments, value) ? NULL
                                             : "--format is table, result, detail or csv";
    case OPTION_FAIL_ON:
        return take_fail_on(arguments, value) ? NULL
                                              : "--fail-on is a list of srm and deterioration";
    case OPTION_OUTPUT:
        arguments->output = value;
        return NULL;
    case OPTION_POST:
        arguments->post = true;
        return NULL;
    case OPTION_PRETTY:
        arguments->write.pretty = true;
        return NULL;
    default:
        return "unknown option";
    }
}

/* 0 to go on, else the exit code + 1. */
static int parse(int argc, char **argv, struct arguments *arguments)
{
    int option, index = 0;
    optind = opterr = 0;
    while ((option = getopt_long(argc, argv, "", OPTIONS, &index)) != -1) {
        const char *problem = NULL;
        if (option == OPTION_HELP) {
            print_help(stdout);
            return 1;
        }
        if (option == '?')
            return 1 + cli_option_error("analyze", OPTIONS, argv);
        if (plan_flags_take(&arguments->plan, option, optarg))
            continue;
        int taken = data_flag_take(&arguments->read, option, optarg, &problem);
        if (taken == 0) {
            taken = delivery_flag_take(&arguments->delivery, option, optarg, &problem);
            if (taken > 0 && option != DELIVERY_FLAG_DRY_RUN)
                arguments->delivery_flag = OPTIONS[index].name;
        }
        if (taken == 0)
            problem = take_own(arguments, option, optarg);
        else if (taken > 0)
            problem = NULL;
        if (problem != NULL)
            return 1 + cli_usage_error("analyze", "%s", problem);
    }
    if (arguments->delivery_flag != NULL && !arguments->post && !arguments->delivery.is_dry_run)
        return 1 + cli_usage_error("analyze",
                                   "--%s is for delivery, which needs --post (or --dry-run to "
                                   "look first)",
                                   arguments->delivery_flag);
    if (optind == argc)
        return 1 + cli_usage_error("analyze", "no data: name a CSV file, or '-'");
    return 0;
}

/* A file is written beside its place and renamed: whole or not at all. */
static int write_file(const char *path, const char *text, size_t length)
{
    struct assay_error err;
    if (cli_replace_file(path, text, length, &err) != ASSAY_OK)
        return cli_fail(&err);
    return 0;
}

static int print_result(const struct arguments *arguments, const struct assay_analysis *analysis)
{
    struct term term = term_of(stdout);
    struct assay_write_options options = arguments->write;
    struct assay_error err;
    enum assay_format format = arguments->format;
    char *text;
    size_t length;
    if (!arguments->has_format)
        format = term.is_terminal && arguments->output == NULL ? ASSAY_FORMAT_TABLE
                                                               : ASSAY_FORMAT_RESULT;
    options.width = term.width;
    options.color = term.color && arguments->output == NULL;
    options.unicode = term.unicode;
    if (assay_analysis_write(analysis, format, &options, &text, &length, &err) != ASSAY_OK)
        return cli_fail(&err);
    int code = arguments->output == NULL ? cli_write_stdout(text, length)
                                         : write_file(arguments->output, text, length);
    free(text);
    return code;
}

/* Delivers the result; on a dry run the request takes the result's place on standard output. */
static int deliver(struct arguments *arguments, const struct assay_analysis *analysis)
{
    struct assay_error err;
    char *body;
    size_t length;
    if (assay_request_write(analysis, &body, &length, &err) != ASSAY_OK)
        return cli_fail(&err);
    int code = delivery_open(&arguments->delivery);
    if (code == 0)
        code = delivery_send(&arguments->delivery, body, length);
    delivery_close(&arguments->delivery);
    free(body);
    return code;
}

static int health_code(const struct arguments *arguments, const struct assay_analysis *analysis)
{
    if (arguments->fail_on_srm && analysis->srm[0].test.significant)
        return EXIT_SRM;
    for (size_t i = 0; arguments->fail_on_deterioration && i < analysis->result_count; i++)
        if (analysis->results[i].slice == 0 && analysis->results[i].deteriorated == ASSAY_YES)
            return EXIT_DETERIORATION;
    return 0;
}

static int run(struct arguments *arguments, char **paths, size_t path_count)
{
    struct assay_error err;
    struct assay_plan *plan;
    struct assay_dataset *dataset;
    struct assay_analysis *analysis = NULL;
    int code;
    enum assay_status status =
        data_read(&arguments->plan, &arguments->read, paths, path_count, &plan, &dataset, &err);
    if (status == ASSAY_OK)
        status = assay_analyze(plan, dataset, &analysis, &err);
    if (status == ASSAY_OK) {
        code = arguments->delivery.is_dry_run ? 0 : print_result(arguments, analysis);
        if (code == 0 && (arguments->post || arguments->delivery.is_dry_run))
            code = deliver(arguments, analysis);
        if (code == 0)
            code = health_code(arguments, analysis);
    } else {
        code = cli_fail(&err);
    }
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    return code;
}

int cmd_analyze(int argc, char **argv)
{
    struct arguments arguments = {.delivery.command = "analyze"};
    int code = parse(argc, argv, &arguments);
    code = code != 0 ? code - 1 : run(&arguments, argv + optind, (size_t)(argc - optind));
    plan_flags_release(&arguments.plan);
    return code;
}
