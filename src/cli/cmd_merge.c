/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay merge: sufficient statistics of shards to those of the whole, exact. Needs no plan. */
#include <getopt.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/flags_data.h"
#include "cli/summary_out.h"
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
    return cli_finish_stdout();
}

static enum assay_status read_part(const char *path, struct assay__summary_shards *shards,
                                   struct assay_error *err)
{
    struct assay__summary_table part = {0};
    enum assay_status status = assay__summary_read_file(path, &part, err);
    if (status == ASSAY_OK)
        status = assay__summary_shards_add(shards, &part, err);
    assay__summary_table_release(&part);
    return status;
}

static int run(char **paths, int path_count, const char *output)
{
    struct assay__summary_shards shards = {0};
    struct assay__summary_table *whole;
    struct assay_error err;
    enum assay_status status = ASSAY_OK;
    for (int i = 0; status == ASSAY_OK && i < path_count; i++)
        status = read_part(paths[i], &shards, &err);
    if (status == ASSAY_OK)
        status = assay__summary_shards_join(&shards, false, &whole, &err);
    int code = status == ASSAY_OK ? summary_print(whole, output) : cli_fail(&err);
    assay__summary_shards_release(&shards);
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
