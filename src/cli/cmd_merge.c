/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay merge: sufficient statistics of shards to those of the whole, exact. Needs no plan. */
#include <getopt.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/flags_data.h"
#include "cli/output.h"
#include "source/summary/summary_read.h"

enum { OPTION_OUTPUT = CLI_OPTION_FIRST, OPTION_HELP };

static const struct option OPTIONS[] = {{"output", required_argument, NULL, OPTION_OUTPUT},
                                        {"help", no_argument, NULL, OPTION_HELP},
                                        {NULL, 0, NULL, 0}};

static int print_help(void)
{
    fputs("usage: assay merge [OPTION...] FILE...\n\n"
          "Adds up sufficient statistics that 'assay summarize' made of parts of the data. The\n"
          "sums are exact: any split and order gives the same bytes.\n\n"
          "  --output=FILE            write to FILE, at once and whole\n",
          stdout);
    fputs(CLI_COMMON_HELP, stdout);
    return cli_finish_stdout();
}

/* The files of a merge. */
struct parts {
    char **paths;
    size_t count;
};

static enum assay_status write_whole(const void *what, const struct assay_sink *sink,
                                     struct assay_error *err)
{
    const struct parts *parts = what;
    return assay_sums_stream((const char *const *)parts->paths, parts->count, sink, err);
}

int cmd_merge(int argc, char **argv)
{
    const char *output = NULL;
    int option;
    optind = 0;
    while ((option = cli_option("merge", OPTIONS, argc, argv)) != -1) {
        if (option == OPTION_HELP)
            return print_help();
        if (option == '?')
            return CLI_USAGE;
        output = optarg;
    }
    if (optind == argc)
        return cli_usage_error("merge",
                               "no files to merge: name those that 'assay summarize' wrote");
    int code = data_check_twice("merge", argv + optind, (size_t)(argc - optind));
    const struct parts parts = {argv + optind, (size_t)(argc - optind)};
    return code == 0 ? output_stream(output, write_whole, &parts) : code;
}
