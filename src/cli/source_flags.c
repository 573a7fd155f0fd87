/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flags and environment of databases as sources, and their way into a dataset. */
#include "cli/source_flags.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/core_dump.h"
#include "cli/flags_data.h"
#include "cli/output.h"
#include "cli/sql_flags.h"

enum { SECONDS_MAX = 7 * 86400, LOGIN_BYTES_MAX = 4096 };

/* A value that may hold a password is not repeated. */
static int take_source(const char *command, struct source_flags *flags, const char *value)
{
    size_t *count = &flags->warehouse.source_count;
    if (*count == ASSAY__SQL_SHARDS_MAX)
        return cli_usage_error(command, "--source may be given %d times", ASSAY__SQL_SHARDS_MAX);
    flags->names[(*count)++] = value;
    return 0;
}

static int take_number(const char *command, struct source_flags *flags, int option,
                       const char *value)
{
    struct assay__warehouse *warehouse = &flags->warehouse;
    if (option == SOURCE_FLAG_TIMEOUT)
        return sql_take_count((struct args_where){command, "source-timeout"}, value, 1, SECONDS_MAX,
                              &warehouse->seconds);
    if (option == SOURCE_FLAG_DIALECT)
        return sql_take_dialect((struct args_where){command, "source-dialect"}, value,
                                &warehouse->sql.dialect);
    if (option == SOURCE_FLAG_UNITS) {
        flags->has_units = true;
        return sql_take_count((struct args_where){command, "source-units"}, value, 0,
                              ASSAY__SQL_UNITS_MAX, &warehouse->sql.unit_check);
    }
    flags->has_scale = true;
    return sql_take_scale((struct args_where){command, "scale"}, value, &warehouse->sql.scale);
}

static const char *flag_name(int option)
{
#define SOURCE_FLAG_NAME(id, name, has_argument, argument, sentence) name,
    static const char *const NAMES[] = {SOURCE_FLAG_LIST(SOURCE_FLAG_NAME)};
#undef SOURCE_FLAG_NAME
    return NAMES[option - SOURCE_FLAG_BEFORE - 1];
}

bool source_flag_take(const char *command, struct source_flags *flags, int option,
                      const char *value, int *code)
{
    if (option <= SOURCE_FLAG_BEFORE || option >= SOURCE_FLAG_AFTER)
        return false;
    if (option != SOURCE_FLAG_SOURCE && flags->first == NULL)
        flags->first = flag_name(option);
    if (option == SOURCE_FLAG_SOURCE)
        *code = take_source(command, flags, value);
    else if (option == SOURCE_FLAG_TABLE)
        flags->warehouse.sql.table = value;
    else if (option == SOURCE_FLAG_SCHEMA)
        flags->warehouse.sql.schema = value;
    else if (option == SOURCE_FLAG_VIEW)
        flags->warehouse.sql.view = value;
    else if (option == SOURCE_FLAG_SHARD)
        *code = sql_take_shard(command, flags->shards, &flags->warehouse.sql.shard_count, value);
    else if (option == SOURCE_FLAG_EXPLAIN)
        flags->explains = true;
    else if (option == SOURCE_FLAG_CREDENTIALS)
        flags->credentials = value;
    else if (option == SOURCE_FLAG_CA)
        flags->warehouse.login.ca_file = value;
    else if (option == SOURCE_FLAG_SHIP_ROWS)
        flags->warehouse.may_ship_rows = true;
    else if (option == SOURCE_FLAG_NO_CUBES)
        flags->warehouse.sql.without_cubes = true;
    else
        *code = take_number(command, flags, option, value);
    return true;
}

void source_flag_help(FILE *out)
{
#define SOURCE_FLAG_HELP(id, name, has_argument, argument, sentence)                               \
    fprintf(out, "  --%-24s %s\n", has_argument ? name "=" argument : name, sentence);
    SOURCE_FLAG_LIST(SOURCE_FLAG_HELP)
#undef SOURCE_FLAG_HELP
    char forms[300];
    assay__engine_forms(forms, sizeof forms);
    fprintf(out, "A database is %s.\n", forms);
}

int source_check(const char *command, const struct source_flags *flags, size_t path_count)
{
    if (flags->warehouse.source_count == 0 && flags->first != NULL)
        return cli_usage_error(command, "--%s is for databases, which --source names",
                               flags->first);
    if (flags->warehouse.source_count == 0)
        return 0;
    if (path_count > 0)
        return cli_usage_error(command, "rows come from files or from --source, not from both");
    if (flags->warehouse.sql.view != NULL && flags->warehouse.sql.shard_count == 0)
        return cli_usage_error(command, "--view needs --shard: in which schemas is the view?");
    if (flags->warehouse.sql.shard_count > 0 && flags->warehouse.source_count > 1)
        return cli_usage_error(command, "shards are sources of their own, or schemas of one source "
                                        "named by --shard, not both");
    if (flags->warehouse.sql.shard_count > 0)
        return sql_check_shards(command, &flags->warehouse.sql);
    if (flags->warehouse.sql.table == NULL)
        return cli_usage_error(command, "--table is missing: where in the database are the rows?");
    return 0;
}

int source_check_output(const char *command, const struct source_flags *flags, const char *output)
{
    int code = output_check(command, output, &flags->credentials, 1);
    for (size_t i = 0; code == 0 && i < flags->warehouse.source_count; i++) {
        const struct assay__engine *engine = assay__engine_of(flags->names[i]);
        const char *path = engine == NULL ? NULL : flags->names[i] + strlen(engine->prefix);
        code = output_check(command, output, &path, 1);
    }
    return code;
}

/* The value of a line KEY=VALUE, ended in place; NULL when no line has the key. */
static const char *value_of(char *text, const char *key)
{
    size_t length = strlen(key);
    for (char *line = text; *line != '\0'; line += strlen(line) + 1)
        if (strncmp(line, key, length) == 0 && line[length] == '=')
            return line + length + 1;
    return NULL;
}

static enum assay_status read_login(struct source_flags *flags, const char *path,
                                    struct assay_error *err)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return assay__fail_at(err, ASSAY_ERROR_NO_INPUT, path, 0, 0,
                              "The file of credentials cannot be opened.");
    flags->login = calloc(1, LOGIN_BYTES_MAX + 2); /* two NULs end the lines */
    size_t length = flags->login == NULL ? 0 : fread(flags->login, 1, LOGIN_BYTES_MAX, file);
    bool is_whole = flags->login != NULL && feof(file) != 0 && ferror(file) == 0;
    fclose(file);
    if (flags->login == NULL)
        return assay__fail_memory(err);
    for (size_t i = 0; i < length; i++) {
        is_whole = is_whole && flags->login[i] != '\0';
        if (flags->login[i] == '\n')
            flags->login[i] = '\0';
    }
    for (size_t i = 1; i <= length; i++)
        if (flags->login[i] == '\0' && flags->login[i - 1] == '\r')
            flags->login[i - 1] = '\0';
    struct assay__login *login = &flags->warehouse.login;
    login->user = value_of(flags->login, "user");
    login->password = value_of(flags->login, "password");
    if (is_whole && (login->user != NULL || login->password != NULL))
        return ASSAY_OK;
    return assay__fail_at(err, ASSAY_ERROR_AUTH, path, 0, 0,
                          "The file of credentials has lines user=NAME and password=SECRET, and at "
                          "most %d bytes.",
                          LOGIN_BYTES_MAX - 1);
}

/* From a file, or from the environment. */
static enum assay_status find_login(struct source_flags *flags, struct assay_error *err)
{
    struct assay__login *login = &flags->warehouse.login;
    const char *path = flags->credentials;
    if (path == NULL)
        path = getenv("ASSAY_SOURCE_CREDENTIALS");
    core_dump_forbid();
    if (path != NULL && path[0] != '\0')
        return read_login(flags, path, err);
    login->user = getenv("ASSAY_SOURCE_USER");
    login->password = getenv("ASSAY_SOURCE_PASSWORD");
    return ASSAY_OK;
}

static volatile sig_atomic_t stopped_by;

static void stop(int signal)
{
    stopped_by = signal;
}

static const int STOPS[] = {SIGINT, SIGTERM};
enum { STOP_COUNT = sizeof STOPS / sizeof *STOPS };

/* A second signal ends the process as usual. A signal that is ignored stays so. */
static void watch_signals(struct sigaction before[STOP_COUNT])
{
    struct sigaction action = {.sa_handler = stop, .sa_flags = (int)SA_RESETHAND};
    for (int i = 0; i < STOP_COUNT; i++) {
        sigaction(STOPS[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(STOPS[i], &action, NULL);
    }
}

static void leave_signals(const struct sigaction before[STOP_COUNT])
{
    for (int i = 0; i < STOP_COUNT; i++)
        sigaction(STOPS[i], &before[i], NULL);
}

/* What flags leave open, and the tables of events. */
static enum assay_status complete(struct source_flags *flags, const struct plan_flags *plan_flags,
                                  const struct assay_plan *plan, struct plan_event_file **files,
                                  struct assay__sql_events **events, struct assay_error *err)
{
    struct assay__warehouse *warehouse = &flags->warehouse;
    warehouse->sources = flags->names;
    warehouse->sql.shards = flags->shards;
    warehouse->sql.plan_name = plan_flags_given(plan_flags, "plan");
    warehouse->stop = &stopped_by;
    if (!flags->has_scale)
        warehouse->sql.scale = ASSAY__SQL_SCALE;
    if (!flags->has_units)
        warehouse->sql.unit_check = ASSAY__SQL_UNITS;
    enum assay_status status = find_login(flags, err);
    return status == ASSAY_OK
               ? sql_list_events(plan_flags, plan, &warehouse->sql, files, events, err)
               : status;
}

enum assay_status source_read(const struct assay_plan *plan, const struct plan_flags *plan_flags,
                              struct source_flags *flags, struct assay_dataset **dataset,
                              struct assay_error *err)
{
    struct plan_event_file *files = NULL;
    struct assay__sql_events *events = NULL;
    struct sigaction before[STOP_COUNT];
    *dataset = NULL;
    enum assay_status status = complete(flags, plan_flags, plan, &files, &events, err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(plan, dataset, err);
    if (status == ASSAY_OK) {
        watch_signals(before);
        status = assay__warehouse_read(*dataset, &flags->warehouse, err);
        leave_signals(before);
    }
    if (status != ASSAY_OK) {
        assay_dataset_free(*dataset);
        *dataset = NULL;
    }
    free(events);
    free(files);
    return status;
}

int source_explain(const char *command, const struct plan_flags *plan_flags,
                   struct source_flags *flags)
{
    struct plan_event_file *files = NULL;
    struct assay__sql_events *events = NULL;
    struct assay_plan *plan = NULL;
    struct assay__text text = {0};
    struct assay_error err;
    struct sigaction before[STOP_COUNT];
    enum assay_status status = plan_flags_build(plan_flags, &plan, &err);
    if (status == ASSAY_OK)
        status = complete(flags, plan_flags, plan, &files, &events, &err);
    if (status == ASSAY_OK) {
        watch_signals(before);
        status = assay__warehouse_explain(plan, &flags->warehouse, &text, &err);
        leave_signals(before);
    }
    int code = status == ASSAY_OK ? cli_write_stdout(text.data, text.length)
                                  : data_fail(command, plan_flags, &err);
    assay__text_release(&text);
    free(events);
    free(files);
    assay_plan_free(plan);
    return code;
}

void source_release(struct source_flags *flags)
{
    int signal_number = stopped_by;
    if (flags->login != NULL)
        explicit_bzero(flags->login, LOGIN_BYTES_MAX + 2);
    free(flags->login);
    flags->login = NULL;
    if (signal_number == 0)
        return;
    fflush(stderr);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
    _exit(128 + signal_number); /* the first process of a container is still here */
}
