/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay plan init: a starting plan from a table. check: a plan in words. schema: its JSON Schema.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan_file.h"
#include "plan/plan_schema.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/flags_data.h"
#include "cli/plan_init.h"
#include "cli/plan_init_sums.h"
#include "cli/plan_check.h"
#include "cli/term.h"

enum { OPTION_HELP = CLI_OPTION_FIRST, OPTION_DATA };

static const struct option OPTIONS[] = {{"data", required_argument, NULL, OPTION_DATA},
                                        DATA_FLAG_OPTIONS{"help", no_argument, NULL, OPTION_HELP},
                                        {NULL, 0, NULL, 0}};

/* Flags of plans that init takes: columns here, spellings in init_format_flags. */
static const char *const COLUMN_FLAGS[] = {"group", "unit", "time"};

struct plan_command {
    struct plan_flags flags;
    const char *data;
    const char *data_flag; /* one that init has no use for */
    struct assay_read_options read;
};

static int print_help(void)
{
    fputs("usage: assay plan init [OPTION...] FILE.csv >PLAN\n"
          "       assay plan check [OPTION...] PLAN\n"
          "       assay plan schema\n\n"
          "init writes a commented starting plan for a table, guessed from its header and first\n"
          "rows: how it is written, the group, what can be measured, what looks like from before\n"
          "the exposure. Of a table of sums it writes the plan that reads it. What the file does\n"
          "not show is said with:\n",
          stdout);
    plan_flags_help_some(stdout, COLUMN_FLAGS, sizeof COLUMN_FLAGS / sizeof *COLUMN_FLAGS);
    plan_flags_help_some(stdout, init_format_flags, init_format_flag_count);
    fputs("\ncheck reads a plan strictly and says it in words: comparisons, metrics, their error\n"
          "rates after adjustment.\n"
          "  --data FILE              read these data by the plan too\n\n"
          "schema writes the JSON Schema of plans, for editors.\n\n"
          "data (with init only --separator):\n",
          stdout);
    data_flag_help(stdout);
    fputs(CLI_COMMON_HELP, stdout);
    return cli_finish_stdout();
}

static int run_init(const struct plan_command *command, const char *path)
{
    struct init_table table = {0};
    struct init_sums sums = {0};
    struct assay__text text = {0};
    struct assay_error err;
    char *bytes = NULL;
    size_t length = 0;
    enum assay_status status =
        init_table_read(&table, path, command->read.separator, &command->flags, &err);
    if (status == ASSAY_OK && table.is_sums)
        status = init_sums_read(&table, &sums, &err);
    if (status == ASSAY_OK && table.is_sums)
        init_sums_write(&table, &sums, &text);
    else if (status == ASSAY_OK)
        plan_init_write(&table.source, &table.profile, &table.guess, &text);
    if (status == ASSAY_OK)
        status = assay__text_take(&text, &bytes, &length, &err);
    int code = status == ASSAY_OK ? cli_write_stdout(bytes, length) : cli_fail(&err);
    free(bytes);
    init_sums_release(&sums);
    init_table_release(&table);
    return code;
}

static int run_schema(void)
{
    struct assay__text text = {0};
    assay__plan_schema_write(&text);
    return args_print(&text);
}

static enum assay_status read_data(const struct plan_command *command,
                                   const struct assay_plan *plan, struct assay_dataset **dataset,
                                   struct assay_error *err)
{
    if (command->data == NULL)
        return ASSAY_OK;
    enum assay_status status = assay_dataset_new(plan, dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read(*dataset, &command->data, 1, &command->read, err);
    return status;
}

static void say_plan(const char *path, const struct plan_command *command,
                     const struct assay_plan *plan, const struct assay_dataset *dataset,
                     struct assay__text *text)
{
    struct term term = term_of(stdout);
    struct assay__page page = {
        .out = text, .width = term.width, .color = term.color, .unicode = term.unicode};
    assay__page_name(&page, assay__plan_file_name(path), term.width / 2);
    assay__text_puts(text, " is a valid plan.");
    assay__page_end(&page);
    if (dataset != NULL) {
        uint64_t count = assay_dataset_counts(dataset).rows_used;
        char rows[ASSAY__FIGURE_BYTES];
        assay__figure_count(count, rows);
        assay__page_name(&page, assay__plan_file_name(command->data), term.width / 2);
        assay__text_puts(text, " can be read by it");
        if (count > 0) /* sufficient statistics do not tell the rows behind them */
            assay__text_format(text, "; %s rows count", rows);
        assay__text_putc(text, '.');
        assay__page_end(&page);
    }
    plan_words(&page, plan, dataset);
}

static int run_check(const struct plan_command *command, const char *path)
{
    struct assay_plan *plan = NULL;
    struct assay_dataset *dataset = NULL;
    struct assay__text text = {0};
    struct assay_error err;
    char *bytes = NULL;
    size_t length = 0;
    enum assay_status status = assay_plan_read(path, &plan, &err);
    if (status == ASSAY_OK)
        status = read_data(command, plan, &dataset, &err);
    if (status == ASSAY_OK) {
        say_plan(path, command, plan, dataset, &text);
        status = assay__text_take(&text, &bytes, &length, &err);
    }
    int code = status == ASSAY_OK ? cli_write_stdout(bytes, length) : cli_fail(&err);
    free(bytes);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    return code;
}

/* Takes one option; 0, or the exit code when it is wrong. */
static int take_option(struct plan_command *command, int option, const char *value)
{
    int code = 0;
    if (option == '?')
        return CLI_USAGE;
    if (option == OPTION_DATA)
        command->data = value;
    else if (!plan_flags_take(&command->flags, option, value))
        data_flag_take("plan", &command->read, option, value, &code);
    if (option == DATA_FLAG_INPUT || option == DATA_FLAG_BAD_ROWS)
        command->data_flag = option == DATA_FLAG_INPUT ? "--input" : "--bad-rows";
    return code;
}

enum { STRAY_BYTES = 40 };

/* Options that would be without effect: those of the other subcommand, and how to read no data. */
static const char *stray_option(const struct plan_command *command, bool is_init,
                                char name[STRAY_BYTES])
{
    if (is_init)
        return command->data != NULL ? "--data" : command->data_flag;
    if (command->flags.count == 0)
        return NULL;
    snprintf(name, STRAY_BYTES, "--%s", command->flags.uses[0].flag->name);
    return name;
}

static int run(const struct plan_command *command, int argc, char **argv)
{
    char name[STRAY_BYTES];
    if (optind == argc)
        return cli_usage_error("plan", "say what to do: init FILE.csv, check PLAN, or schema");
    const char *verb = argv[optind];
    bool is_init = strcmp(verb, "init") == 0, is_schema = strcmp(verb, "schema") == 0;
    if (is_schema && argc - optind == 1 && argc == 2)
        return run_schema();
    if (is_schema)
        return cli_usage_error("plan", "'plan schema' takes no file and no option");
    if (!is_init && strcmp(verb, "check") != 0)
        return cli_usage_error("plan", "unknown command 'plan %s'; it is init, check or schema",
                               verb);
    if (argc - optind != 2)
        return cli_usage_error("plan", "'plan %s' takes one file", verb);
    const char *stray = stray_option(command, is_init, name);
    if (stray != NULL)
        return cli_usage_error("plan", "'plan %s' has no %s", verb, stray);
    if (!is_init && command->data == NULL &&
        (command->data_flag != NULL || command->read.separator != '\0'))
        return cli_usage_error("plan", "%s says how to read data: name them with --data",
                               command->data_flag != NULL ? command->data_flag : "--separator");
    return is_init ? run_init(command, argv[optind + 1]) : run_check(command, argv[optind + 1]);
}

/* The options of the command: its own, and those of plans that init takes. */
static void list_options(struct option options[PLAN_OPTIONS_MAX])
{
    const char *names[32];
    size_t count = 0;
    for (size_t i = 0; i < sizeof COLUMN_FLAGS / sizeof *COLUMN_FLAGS; i++)
        names[count++] = COLUMN_FLAGS[i];
    for (size_t i = 0; i < init_format_flag_count; i++)
        names[count++] = init_format_flags[i];
    memcpy(options + plan_flags_some(names, count, options), OPTIONS, sizeof OPTIONS);
}

int cmd_plan(int argc, char **argv)
{
    struct plan_command command = {0};
    struct option options[PLAN_OPTIONS_MAX];
    int option, code = 0;
    list_options(options);
    optind = 0;
    while (code == 0 && (option = cli_option("plan", options, argc, argv)) != -1) {
        if (option == OPTION_HELP) {
            plan_flags_release(&command.flags);
            return print_help();
        }
        code = take_option(&command, option, optarg);
    }
    if (code == 0)
        code = run(&command, argc, argv);
    plan_flags_release(&command.flags);
    return code;
}
