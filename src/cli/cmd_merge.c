/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay merge: sufficient statistics of shards to those of the whole, exact. Needs no plan. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "assay/dataset.h"

#include "cli/cli.h"
#include "cli/flags_data.h"
#include "cli/output.h"

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

static int run(char **paths, int path_count, const char *output)
{
    struct assay_error err;
    char *text = NULL;
    size_t length = 0;
    if (assay_summaries_merge((const char *const *)paths, (size_t)path_count, &text, &length,
                              &err) != ASSAY_OK)
        return cli_fail(&err);
    int code = output_write(output, text, length);
    free(text);
    return code;
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
    return code == 0 ? run(argv + optind, argc - optind, output) : code;
}
