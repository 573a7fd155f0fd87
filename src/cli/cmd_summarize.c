/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay summarize: raw data to sufficient statistics, exact. */
#include <getopt.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/flags_data.h"
#include "cli/output.h"
#include "cli/source_flags.h"
#include "source/summary/summary_table.h"

enum { OPTION_OUTPUT = CLI_OPTION_FIRST, OPTION_HELP };

static const struct option OPTIONS[] = {
    DATA_FLAG_OPTIONS SOURCE_FLAG_OPTIONS{"output", required_argument, NULL, OPTION_OUTPUT},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0}};

static int print_help(void)
{
    fputs("usage: assay summarize [OPTION...] FILE...\n"
          "       assay summarize [OPTION...] --source NAME --table TABLE\n\n"
          "Turns raw data into sufficient statistics: one row per metric, group and slice with "
          "exact\n"
          "sums. Summaries of parts of the data go through 'assay merge' into 'assay analyze' and\n"
          "give the very bytes that all data at once would. Parts must not share units when there\n"
          "is a unit column.\n\n"
          "  --output=FILE            write to FILE, at once and whole\n\n"
          "data:\n",
          stdout);
    data_flag_help(stdout);
    fputs("\ndatabases, where --events takes NAME=TABLE; see assay-sql(1):\n", stdout);
    source_flag_help(stdout);
    fputs("\nplan:\n", stdout);
    plan_flags_help(stdout);
    fputs(CLI_COMMON_HELP, stdout);
    return cli_finish_stdout();
}

static enum assay_status write_table(const void *what, const struct assay_sink *sink,
                                     struct assay_error *err)
{
    return assay__summary_stream(what, sink, err);
}

static int run(const struct plan_flags *flags, const struct assay_read_options *options,
               struct source_flags *source, char **paths, size_t path_count, const char *output)
{
    struct assay_error err;
    struct assay_plan *plan = NULL;
    struct assay_dataset *dataset = NULL;
    struct assay__summary_table table = {0};
    int code = data_check_files("summarize", flags, paths, path_count, output);
    if (code == 0)
        code = source_check_output("summarize", source, output);
    if (code != 0)
        return code;
    if (source->explains)
        return source_explain("summarize", flags, source);
    enum assay_status status = plan_flags_build(flags, &plan, &err);
    if (status == ASSAY_OK)
        status = assay__summary_check_plan(plan, &err);
    if (status == ASSAY_OK)
        status = path_count > 0 ? data_read(plan, flags, options, paths, path_count, &dataset, &err)
                                : source_read(plan, flags, source, &dataset, &err);
    if (status == ASSAY_OK)
        status = assay__summary_of_dataset(dataset, &table, &err);
    code = status == ASSAY_OK ? output_stream(output, write_table, &table)
                              : data_fail("summarize", flags, &err);
    assay__summary_table_release(&table);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    return code;
}

static int take(struct plan_flags *flags, struct assay_read_options *options,
                struct source_flags *source, int option, const char *value)
{
    int code = 0;
    if (!plan_flags_take(flags, option, value) &&
        !data_flag_take("summarize", options, option, value, &code))
        source_flag_take("summarize", source, option, value, &code);
    return code;
}

int cmd_summarize(int argc, char **argv)
{
    struct plan_flags flags = {0};
    struct source_flags source = {0};
    struct assay_read_options read_options = {.has_digests = true};
    const char *output = NULL;
    struct option options[PLAN_OPTIONS_MAX];
    int option, code = 0;
    bool wants_help = false;
    plan_flags_options(OPTIONS, options);
    optind = 0;
    while (code == 0 && !wants_help &&
           (option = cli_option("summarize", options, argc, argv)) != -1) {
        if (option == OPTION_HELP)
            wants_help = true;
        else if (option == OPTION_OUTPUT)
            output = optarg;
        else
            code = option == '?' ? CLI_USAGE : take(&flags, &read_options, &source, option, optarg);
    }
    size_t path_count = (size_t)(argc - optind);
    if (code == 0 && !wants_help)
        code = source_check("summarize", &source, path_count);
    if (code == 0 && wants_help)
        code = print_help();
    else if (code == 0 && path_count == 0 && source.warehouse.source_count == 0)
        code = cli_usage_error("summarize", "no data: name a CSV file, or '-'");
    else if (code == 0)
        code = run(&flags, &read_options, &source, argv + optind, path_count, output);
    source_release(&source);
    plan_flags_release(&flags);
    return code;
}
