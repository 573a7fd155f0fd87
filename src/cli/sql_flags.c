/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flags about SQL that several commands have, and the tables of events. */
#include "cli/sql_flags.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"

enum { DIALECTS_MAX = 32 };

int sql_take_dialect(struct args_where where, const char *value,
                     const struct assay__sql_dialect **dialect)
{
    const char *names[DIALECTS_MAX + 1] = {NULL};
    unsigned index = 0;
    for (size_t i = 0; i < DIALECTS_MAX && assay__sql_dialects[i] != NULL; i++)
        names[i] = assay__sql_dialects[i]->name;
    int code = args_choice(where, value, names, &index);
    *dialect = assay__sql_dialects[index];
    return code;
}

int sql_take_scale(struct args_where where, const char *value, unsigned *out)
{
    uint64_t scale = 0;
    int code = args_counts(where, value, 1, &scale, &(size_t){0});
    if (code == 0 && scale > ASSAY__SQL_SCALE_MAX)
        return cli_usage_error(where.command, "--%s is a number from 0 to %d, not '%s'", where.flag,
                               ASSAY__SQL_SCALE_MAX, value);
    *out = (unsigned)scale;
    return code;
}

int sql_take_count(struct args_where where, const char *value, uint32_t least, uint32_t most,
                   uint32_t *out)
{
    uint64_t count = 0;
    int code = args_counts(where, value, 1, &count, &(size_t){0});
    if (code == 0 && (count < least || count > most))
        return cli_usage_error(where.command, "--%s is a number from %u to %u, not '%s'",
                               where.flag, least, most, value);
    *out = (uint32_t)count;
    return code;
}

int sql_take_shard(const char *command, const char *shards[ASSAY__SQL_SHARDS_MAX], size_t *count,
                   const char *value)
{
    if (*count == ASSAY__SQL_SHARDS_MAX)
        return cli_usage_error(command, "--shard may be given %d times", ASSAY__SQL_SHARDS_MAX);
    for (size_t i = 0; i < *count; i++)
        if (strcmp(shards[i], value) == 0)
            return cli_usage_error(command,
                                   "--shard %s is given twice: its units would count twice", value);
    shards[(*count)++] = value;
    return 0;
}

int sql_check_shards(const char *command, const struct assay__sql_options *options)
{
    if (options->shard_count == 0)
        return 0;
    if (options->view == NULL)
        return cli_usage_error(command, "--view is missing: which view has the sums of a shard?");
    if (options->table != NULL || options->schema != NULL)
        return cli_usage_error(command,
                               "shards have their tables: --%s is for the statement of "
                               "their view",
                               options->table != NULL ? "table" : "schema");
    return 0;
}

enum assay_status sql_list_events(const struct plan_flags *flags, const struct assay_plan *plan,
                                  struct assay__sql_options *options, struct plan_event_file **kept,
                                  struct assay__sql_events **out, struct assay_error *err)
{
    enum assay_status status =
        plan_flags_event_files(flags, plan, kept, &options->event_count, err);
    const struct plan_event_file *files = *kept;
    if (status == ASSAY_OK)
        *out = calloc(options->event_count + 1, sizeof **out);
    if (status == ASSAY_OK && *out == NULL)
        status = assay__fail_memory(err);
    for (size_t i = 0; status == ASSAY_OK && i < options->event_count; i++) {
        (*out)[i] = (struct assay__sql_events){files[i].events->name, files[i].path};
        for (size_t k = 0; status == ASSAY_OK && k < i; k++)
            if (strcmp((*out)[k].name, (*out)[i].name) == 0)
                status = assay__fail(err, ASSAY_ERROR_USAGE,
                                     "The events '%.100s' have two tables: make a view of both.",
                                     (*out)[i].name);
    }
    options->events = *out;
    return status;
}
