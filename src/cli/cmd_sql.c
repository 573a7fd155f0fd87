/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay sql: the statement that computes a plan's sufficient statistics in a warehouse. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/flags_data.h"
#include "cli/output.h"
#include "cli/plan_flags.h"
#include "cli/sql_flags.h"

enum {
    OPTION_DIALECT = CLI_OPTION_FIRST,
    OPTION_TABLE,
    OPTION_SCHEMA,
    OPTION_SCALE,
    OPTION_NO_CUBES,
    OPTION_VIEW,
    OPTION_SHARD,
    OPTION_UNITS,
    OPTION_OUTPUT,
    OPTION_HELP
};

static const struct option OPTIONS[] = {{"dialect", required_argument, NULL, OPTION_DIALECT},
                                        {"table", required_argument, NULL, OPTION_TABLE},
                                        {"schema", required_argument, NULL, OPTION_SCHEMA},
                                        {"scale", required_argument, NULL, OPTION_SCALE},
                                        {"no-cubes", no_argument, NULL, OPTION_NO_CUBES},
                                        {"view", required_argument, NULL, OPTION_VIEW},
                                        {"shard", required_argument, NULL, OPTION_SHARD},
                                        {"source-units", required_argument, NULL, OPTION_UNITS},
                                        {"output", required_argument, NULL, OPTION_OUTPUT},
                                        {"help", no_argument, NULL, OPTION_HELP},
                                        {NULL, 0, NULL, 0}};

static int print_help(void)
{
    fputs(
        "usage: assay sql --plan FILE --dialect NAME --table TABLE [OPTION...]\n\n"
        "Prints the SQL statement that computes a plan's exact sums where the rows are. Its\n"
        "rows, as CSV with a header, are what 'assay summarize' writes: any client can run it.\n\n"
        "  assay sql --plan plan.json --dialect sqlite --table units |\n"
        "    sqlite3 -csv -header data.db | assay analyze --plan plan.json -\n\n"
        "  --dialect=NAME           one of:",
        stdout);
    for (size_t i = 0; assay__sql_dialects[i] != NULL; i++)
        printf("%s %s",
               i == 0   ? ""
               : i == 5 ? ",\n                          "
                        : ",",
               assay__sql_dialects[i]->name);
    fputs("\n"
          "  --table=NAME             table of units, or of exposures\n"
          "  --schema=NAME            schema of all tables; the connection's when not given\n"
          "  --scale=N                digits after the point, for engines whose numbers are\n"
          "                           limited: 0 to 18; 4 when not given\n"
          "  --no-cubes               leave out third powers, and with them the check of skewness\n"
          "  --view=NAME              make the statement a view of a shard's sums, beside its "
          "tables\n"
          "  --shard=SCHEMA           where a shard's view is; several: add their sums up\n"
          "  --source-units=N         units of each shard looked for in the others (100000)\n"
          "  --output=FILE            write to FILE, at once and whole\n\n"
          "For --events, which takes NAME=FILE elsewhere, a file is a table: NAME=TABLE.\n\n"
          "plan:\n",
          stdout);
    plan_flags_help(stdout);
    fputs(CLI_COMMON_HELP, stdout);
    return cli_finish_stdout();
}

/* What the command was given, beside the plan. */
struct given {
    struct assay__sql_options sql;
    const char *shards[ASSAY__SQL_SHARDS_MAX];
    const char *output;
};

static int take_shard(struct given *given, const char *value)
{
    return sql_take_shard("sql", given->shards, &given->sql.shard_count, value);
}

static int take(struct given *given, int option, const char *value)
{
    struct assay__sql_options *options = &given->sql;
    if (option == OPTION_DIALECT)
        return sql_take_dialect((struct args_where){"sql", "dialect"}, value, &options->dialect);
    if (option == OPTION_SCALE)
        return sql_take_scale((struct args_where){"sql", "scale"}, value, &options->scale);
    if (option == OPTION_UNITS)
        return sql_take_count((struct args_where){"sql", "source-units"}, value, 0,
                              ASSAY__SQL_UNITS_MAX, &options->unit_check);
    if (option == OPTION_SHARD)
        return take_shard(given, value);
    if (option == OPTION_TABLE)
        options->table = value;
    else if (option == OPTION_SCHEMA)
        options->schema = value;
    else if (option == OPTION_VIEW)
        options->view = value;
    else if (option == OPTION_NO_CUBES)
        options->without_cubes = true;
    else
        given->output = value;
    return 0;
}

static int run(const struct plan_flags *flags, struct given *given)
{
    struct assay__sql_options *options = &given->sql;
    struct assay_error err;
    struct assay_plan *plan = NULL;
    struct plan_event_file *files = NULL;
    struct assay__sql_events *events = NULL;
    struct assay__text text = {0};
    const char *plan_file = plan_flags_given(flags, "plan");
    int code = output_check("sql", given->output, &plan_file, 1);
    if (code != 0)
        return code;
    options->plan_name = plan_file;
    enum assay_status status = plan_flags_build(flags, &plan, &err);
    if (status == ASSAY_OK)
        status = sql_list_events(flags, plan, options, &files, &events, &err);
    if (status == ASSAY_OK)
        status = options->view != NULL && options->shard_count == 0
                     ? assay__sql_write_view(plan, options, &text, &err)
                     : assay__sql_write(plan, options, &text, &err);
    code = status == ASSAY_OK ? output_write(given->output, text.data, text.length)
                              : data_fail("sql", flags, &err);
    assay__text_release(&text);
    free(events);
    free(files);
    assay_plan_free(plan);
    return code;
}

/* What is missing. */
static int check(const struct assay__sql_options *options)
{
    if (options->dialect == NULL)
        return cli_usage_error("sql", "--dialect is missing: which engine runs the statement?");
    if (options->table == NULL && options->shard_count == 0)
        return cli_usage_error("sql", "--table is missing: where are the rows?");
    return sql_check_shards("sql", options);
}

int cmd_sql(int argc, char **argv)
{
    struct plan_flags flags = {0};
    struct given given = {.sql = {.scale = ASSAY__SQL_SCALE, .unit_check = ASSAY__SQL_UNITS}};
    struct option options[PLAN_OPTIONS_MAX];
    int option, code = 0;
    bool wants_help = false;
    given.sql.shards = given.shards;
    plan_flags_options(OPTIONS, options);
    optind = 0;
    while (code == 0 && !wants_help && (option = cli_option("sql", options, argc, argv)) != -1) {
        if (option == OPTION_HELP)
            wants_help = true;
        else if (option == '?')
            code = CLI_USAGE;
        else if (!plan_flags_take(&flags, option, optarg))
            code = take(&given, option, optarg);
    }
    if (code == 0 && wants_help)
        code = print_help();
    else if (code == 0 && optind < argc)
        code = cli_usage_error("sql", "'%s' is not an option: the table is named by --table",
                               argv[optind]);
    else if (code == 0)
        code = check(&given.sql);
    if (code == 0 && !wants_help)
        code = run(&flags, &given);
    plan_flags_release(&flags);
    return code;
}
