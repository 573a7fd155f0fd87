/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file looked at for the first time: how it is written, what is in it, what it may be for. */
#include "cli/plan_init_table.h"

#include <string.h>

#include "source/summary/summary_read.h"

const char *const init_format_flags[] = {"decimal",  "thousands",   "missing-text", "true",
                                         "false",    "time-format", "skip-lines",   "trim",
                                         "currency", "percent",     "encoding"};
const size_t init_format_flag_count = sizeof init_format_flags / sizeof *init_format_flags;

static bool is_format(const struct plan_flag_use *use)
{
    for (size_t i = 0; i < init_format_flag_count; i++)
        if (strcmp(use->flag->name, init_format_flags[i]) == 0)
            return true;
    return false;
}

/* The rules about spellings are the plan's: a plan of nothing else is made and thrown away. */
static enum assay_status check_format(const struct plan_flags *flags, struct assay_error *err)
{
    struct plan_flags only = {0};
    struct assay_plan *plan = NULL;
    plan_flags_add(&only, "group", "group");
    plan_flags_add(&only, "baseline", "baseline");
    plan_flags_add(&only, "metric", "metric");
    for (size_t i = 0; i < flags->count; i++)
        if (is_format(&flags->uses[i]))
            plan_flags_add(&only, flags->uses[i].flag->name, flags->uses[i].value);
    enum assay_status status = plan_flags_build(&only, &plan, err);
    assay_plan_free(plan);
    plan_flags_release(&only);
    return status;
}

/* What the user says of the file comes first. */
static enum assay_status take_format(struct found_dialect *found, const struct plan_flags *flags,
                                     struct assay_error *err)
{
    enum assay_status status = check_format(flags, err);
    for (size_t i = 0; status == ASSAY_OK && i < flags->count; i++) {
        const struct plan_flag_use *use = &flags->uses[i];
        struct assay__text line = {0};
        if (!is_format(use))
            continue;
        assay__text_format(&line, "%s=%s\n", use->flag->path[1]->key,
                           use->value == NULL ? "" : use->value);
        if (line.failed)
            status = assay__fail_memory(err);
        else if (!found_apply(found, line.data))
            status = assay__fail(err, ASSAY_ERROR_USAGE, "--%s is there twice.", use->flag->name);
        assay__text_release(&line);
    }
    return status;
}

enum assay_status init_table_read(struct init_table *table, const char *path, char separator,
                                  const struct plan_flags *flags, struct assay_error *err)
{
    const struct named_columns named = {plan_flags_given(flags, "group"),
                                        plan_flags_given(flags, "unit"),
                                        plan_flags_given(flags, "time"), table->has_metrics};
    table->source.path = path;
    table->source.separator = separator;
    enum assay_status status =
        flags->failed ? assay__fail_memory(err) : take_format(&table->source.found, flags, err);
    table->given_keys = table->source.found.key_count;
    if (status == ASSAY_OK)
        status = table_source_keep(path, err);
    if (status == ASSAY_OK)
        status = table_source_sniff(&table->source, err);
    if (status == ASSAY_OK)
        status = profile_read(&table->profile, &table->source, err);
    if (status != ASSAY_OK)
        return status;
    table->is_sums = assay__summary_looks_like(table->profile.table);
    return table->is_sums
               ? ASSAY_OK
               : guess_table(&table->profile, &table->source, &named, &table->guess, err);
}

void init_table_release(struct init_table *table)
{
    guess_release(&table->guess);
    profile_release(&table->profile);
    table_source_release(&table->source);
}
