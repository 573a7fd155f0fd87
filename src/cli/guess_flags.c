/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command line leaves open is guessed where names and values are plain, else refused. */
#include "cli/guess_flags.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/plan_init_sums.h"
#include "cli/plan_init_table.h"

enum { METRICS_MAX = 10, SHOWN_MAX = 12 };

/* What is at work on one command line. */
struct work {
    struct guess_flags *guess;
    struct plan_flags *flags;
    struct init_table table;
    struct init_sums sums;
};

static bool is_any(const struct plan_flags *flags, const char *const *names)
{
    for (; *names != NULL; names++)
        if (plan_flags_given(flags, *names) != NULL)
            return true;
    return false;
}

static bool has_metrics(const struct plan_flags *flags)
{
    static const char *const NAMES[] = {"metric", "proportion", "ratio", "metrics", NULL};
    return is_any(flags, NAMES);
}

static bool has_comparison(const struct plan_flags *flags)
{
    static const char *const NAMES[] = {"baseline", "all-pairs", "compare", NULL};
    return is_any(flags, NAMES);
}

static bool has_group(const struct plan_flags *flags)
{
    static const char *const NAMES[] = {"group", "group-from-file", NULL};
    return is_any(flags, NAMES);
}

static void __attribute__((format(printf, 2, 3))) refuse(struct work *work, const char *format, ...)
{
    va_list arguments;
    if (work->guess->refusal[0] != '\0')
        return;
    va_start(arguments, format);
    vsnprintf(work->guess->refusal, sizeof work->guess->refusal, format, arguments);
    va_end(arguments);
}

/* A flag is added to the command line, and to what is said of it. */
static void add(struct work *work, const char *name, const char *value)
{
    struct assay__text *said = &work->guess->flags;
    const char *copy =
        value == NULL ? NULL : assay__arena_copy(&work->guess->arena, value, strlen(value));
    work->flags->failed |= value != NULL && copy == NULL;
    plan_flags_add(work->flags, name, copy);
    assay__text_format(said, "%s--%s", said->length > 0 ? " " : "", name);
    if (value == NULL)
        return;
    char quoted[CLI_HINT_BYTES] = "";
    cli_quote(value, quoted);
    assay__text_format(said, " %s", quoted);
}

/* A column in a metric's flag: a backslash stands before what has a meaning there. */
static void put_escaped(struct assay__text *out, const char *name)
{
    for (; *name != '\0'; name++) {
        if (strchr("\\:,=+/", *name) != NULL)
            assay__text_putc(out, '\\');
        assay__text_putc(out, *name);
    }
}

static void put_name(struct assay__text *out, const char *name, uint32_t number)
{
    assay__text_format(out, "%s%.*s", number > 0 ? ", " : "", assay__utf8_shown(name, strlen(name)),
                       name);
}

/* The first names of a list, for a question. */
static char *list_names(struct work *work, const struct assay__index *names)
{
    struct assay__text text = {0};
    for (uint32_t i = 0; i < names->count && i < SHOWN_MAX; i++)
        put_name(&text, names->keys[i].bytes, i);
    assay__text_puts(&text, names->count > SHOWN_MAX ? ", ..." : "");
    char *out = text.failed ? NULL : assay__arena_copy(&work->guess->arena, text.data, text.length);
    assay__text_release(&text);
    work->flags->failed |= out == NULL;
    return out == NULL ? "" : out;
}

static void guess_baseline(struct work *work, const struct assay__index *groups, uint32_t baseline,
                           bool is_sure)
{
    if (has_comparison(work->flags))
        return;
    if (is_sure)
        add(work, "baseline", groups->keys[baseline].bytes);
    else
        refuse(work, "No name says which group is the control. Add --baseline, one of: %s.",
               list_names(work, groups));
}

static void guess_group(struct work *work)
{
    const struct table_guess *guess = &work->table.guess;
    const struct table_profile *profile = &work->table.profile;
    const char *name = guess->group == GUESS_NONE ? "" : profile->columns[guess->group].name;
    if (work->table.source.is_without_names)
        refuse(work, "The first line holds numbers, not names: put a line of names before it, as "
                     "in unit,group,value.");
    if (has_group(work->flags))
        return;
    if (guess->group != GUESS_NONE && guess->is_sure_group) {
        add(work, "group", name);
        return;
    }
    struct assay__index columns = {0};
    uint32_t number;
    for (uint32_t i = 0; i < profile->column_count; i++)
        work->flags->failed |=
            assay__index_add(&columns, profile->columns[i].name, strlen(profile->columns[i].name),
                             UINT32_MAX - 1, &number, NULL) != ASSAY_OK;
    refuse(work, "No column is clearly the group%s%.100s%s. Add --group, one of: %s.",
           name[0] != '\0' ? " ('" : "", name, name[0] != '\0' ? "' may be)" : "",
           list_names(work, &columns));
    assay__index_release(&columns);
}

/* A row a group, or one for each metric: no units, but what a database or a sheet made of them. */
static void refuse_totals(struct work *work)
{
    const struct table_guess *guess = &work->table.guess;
    const struct table_profile *profile = &work->table.profile;
    if (guess->group == GUESS_NONE)
        return;
    if (guess->strata != GUESS_NONE) {
        const char *name = profile->columns[guess->strata].name;
        refuse(
            work,
            "Each value of '%.*s' has one row in each group: these are totals, or pairs, and not "
            "units of their own. Counts and means are compared by 'assay test'; to take each "
            "row for a unit all the same, add --group, --baseline and --metric.",
            assay__utf8_shown(name, strlen(name)), name);
    }
    if (!profile->is_whole)
        return;
    const struct column_profile *names =
        guess->names == GUESS_NONE ? NULL : &profile->columns[guess->names];
    if (profile->columns[guess->group].most <= (names == NULL ? 1 : names->distinct))
        refuse(work,
               "Each group has one row%s: these are totals, not units. Tables of sums have columns "
               "metric, group, n, mean and variance, see assay-summarize(1); a few counts are "
               "compared by 'assay test --proportion CONTROL/UNITS TREATMENT/UNITS'.",
               names == NULL ? "" : " for each metric");
}

static void guess_unit(struct work *work)
{
    static const char *const TIMED[] = {"granularity", "as-of", "events", "horizon", NULL};
    const struct table_guess *guess = &work->table.guess;
    if (plan_flags_given(work->flags, "unit") == NULL && guess->unit != GUESS_NONE)
        add(work, "unit", work->table.profile.columns[guess->unit].name);
    if (plan_flags_given(work->flags, "time") == NULL && guess->time != GUESS_NONE &&
        is_any(work->flags, TIMED))
        add(work, "time", work->table.profile.columns[guess->time].name);
}

/* COLUMN:role=guardrail,direction=decrease,covariates=BEFORE+BEFORE */
static void write_metric(const struct work *work, uint32_t column, struct assay__text *out)
{
    const struct column_guess *columns = work->table.guess.columns;
    const struct table_profile *profile = &work->table.profile;
    uint32_t count = 0;
    put_escaped(out, profile->columns[column].name);
    if (columns[column].is_guardrail)
        assay__text_format(out, ":role=guardrail,direction=%s",
                           columns[column].wants_decrease ? "decrease" : "increase");
    for (uint32_t i = 0; i < profile->column_count; i++) {
        if (columns[i].use != USE_TWIN || columns[i].metric != column)
            continue;
        assay__text_puts(out, count++ > 0                    ? "+"
                              : columns[column].is_guardrail ? ",covariates="
                                                             : ":covariates=");
        put_escaped(out, profile->columns[i].name);
    }
}

/* Rows of a unit that differ are events, and only the user knows how they make a value. */
static void refuse_events(struct work *work)
{
    const struct table_guess *guess = &work->table.guess;
    const struct table_profile *profile = &work->table.profile;
    struct assay__text said = {0};
    for (uint32_t i = 0; i < profile->column_count; i++)
        if (guess->columns[i].use == USE_PROPORTION || guess->columns[i].use == USE_MEAN) {
            struct assay__text one = {0};
            char quoted[CLI_HINT_BYTES] = "";
            put_escaped(&one, profile->columns[i].name);
            const char *aggregation = guess_aggregation(guess, i);
            assay__text_format(&one, "%s%s", aggregation == NULL ? "" : ":aggregation=",
                               aggregation == NULL ? "" : aggregation);
            if (!one.failed)
                cli_quote(one.data, quoted);
            assay__text_format(&said, " --%s %s",
                               guess->columns[i].use == USE_PROPORTION ? "proportion" : "metric",
                               quoted);
            assay__text_release(&one);
        }
    const char *unit = profile->columns[guess->unit].name;
    refuse(work,
           "Units in '%.*s' have several rows that differ: rows are events. Say how they become a "
           "unit's value, for example with %s%.900s",
           assay__utf8_shown(unit, strlen(unit)), unit, work->guess->flags.data,
           said.failed ? "" : said.data);
    assay__text_release(&said);
}

/* What was guessed all the same, though it may well be otherwise. */
static void write_check(struct work *work, uint32_t column, const char *check)
{
    static const char MORE[] = "; and more";
    const char *name = work->table.profile.columns[column].name;
    char *out = work->guess->checks;
    size_t used = strlen(out), room = sizeof work->guess->checks - sizeof MORE;
    if (check == NULL || used >= room || strstr(out, MORE) != NULL)
        return;
    int length = snprintf(out + used, room - used, "%s%.*s: %s", used == 0 ? ". Check " : "; ",
                          assay__utf8_shown(name, strlen(name)), name, check);
    if (length >= 0 && (size_t)length >= room - used)
        memcpy(out + used, MORE, sizeof MORE);
}

/* Stores, schools, cities: when these were drawn by lot, they are the units. */
static void check_clusters(struct work *work)
{
    if (plan_flags_given(work->flags, "unit") != NULL)
        return;
    for (uint32_t i = 0; i < work->table.profile.column_count; i++)
        if (work->table.guess.columns[i].is_cluster)
            write_check(work, i,
                        "each of its values lies within one group; if groups were drawn by it, it "
                        "is the unit");
}

/* Rows of several metrics, which a column tells apart: none of them is the column of values. */
static void refuse_long_form(struct work *work)
{
    const struct column_profile *names = &work->table.profile.columns[work->table.guess.names];
    struct assay__text example = {0};
    char quoted[CLI_HINT_BYTES] = "";
    put_escaped(&example, names->values.keys[0].bytes);
    assay__text_puts(&example, ":value=COLUMN,where=[");
    put_escaped(&example, names->name);
    assay__text_puts(&example, "] \\= \"");
    put_escaped(&example, names->values.keys[0].bytes);
    assay__text_puts(&example, "\",aggregation=sum");
    if (!example.failed)
        cli_quote(example.data, quoted);
    refuse(work,
           "Rows are of several metrics, told apart by '%.*s': say which to take, for example with "
           "%s --metric %s",
           assay__utf8_shown(names->name, strlen(names->name)), names->name,
           work->guess->flags.data, quoted);
    assay__text_release(&example);
}

static void guess_metrics(struct work *work)
{
    const struct table_guess *guess = &work->table.guess;
    if (has_metrics(work->flags))
        return;
    if (guess->metric_count > METRICS_MAX)
        refuse(work,
               "%u columns could be measured; alpha is divided among them, so choose: add "
               "--metric or --proportion with a column.",
               guess->metric_count);
    else if (guess->names != GUESS_NONE && work->table.profile.columns[guess->names].distinct > 1)
        refuse_long_form(work);
    else if (guess->unit_repeats)
        refuse_events(work);
    for (uint32_t i = 0; work->guess->refusal[0] == '\0' && i < work->table.profile.column_count;
         i++) {
        enum column_use use = guess->columns[i].use;
        struct assay__text value = {0};
        if (use == USE_OTHER)
            write_check(work, i, guess->columns[i].check);
        if (use != USE_PROPORTION && use != USE_MEAN)
            continue;
        write_metric(work, i, &value);
        if (value.failed)
            work->flags->failed = true;
        else
            add(work, use == USE_PROPORTION ? "proportion" : "metric", value.data);
        assay__text_release(&value);
        write_check(work, i, guess->columns[i].check);
        if (guess->columns[i].has_gaps)
            write_check(
                work, i,
                "many of its cells are empty; such units are left out, but with missing=zero "
                "count as 0");
    }
}

static void add_format(struct work *work)
{
    const struct found_dialect *found = &work->table.source.found;
    for (uint32_t i = work->table.given_keys; i < found->key_count; i++) {
        const char *value = found->keys[i][1];
        add(work, cli_flag_of(found->keys[i][0]), value[0] == '\0' ? NULL : value);
    }
}

static void guess_units(struct work *work)
{
    const struct table_guess *guess = &work->table.guess;
    guess_group(work);
    refuse_totals(work);
    if (work->guess->refusal[0] != '\0')
        return;
    check_clusters(work);
    guess_unit(work);
    if (guess->group == GUESS_NONE && !has_comparison(work->flags))
        refuse(work, "Which group is the control? Add --baseline.");
    else
        guess_baseline(work, &work->table.profile.columns[guess->group].values, guess->baseline,
                       guess->is_sure_baseline);
    if (work->guess->refusal[0] == '\0')
        add_format(work);
    if (work->guess->refusal[0] == '\0')
        guess_metrics(work);
}

/* Sealed sums of more than a column's values need the plan that made them. */
static bool is_simple(const struct sums_metric *metric)
{
    const char *text = metric->definition;
    return text == NULL
               ? !metric->has_denominator && metric->covariate_count == 0
               : strstr(text, "\"missing\":\"drop\"}") != NULL &&
                     strstr(text, "\"denominator\"") == NULL &&
                     strstr(text, "\"covariates\"") == NULL &&
                     strstr(text, "\"aggregation\"") == NULL && strstr(text, "\"events\"") == NULL;
}

static void guess_sums_metrics(struct work *work)
{
    const struct init_sums *sums = &work->sums;
    if (has_metrics(work->flags))
        return;
    if (sums->metrics.count > METRICS_MAX)
        refuse(work,
               "The table has %u metrics; alpha is divided among them, so choose: add "
               "--metric or --proportion with a name.",
               sums->metrics.count);
    for (uint32_t i = 0; i < sums->metrics.count; i++) {
        const struct sums_metric *metric = &sums->list[i];
        const char *text = metric->definition;
        bool is_proportion =
            text == NULL ? metric->is_proportion : strstr(text, "\"type\":\"proportion\"") != NULL;
        struct assay__text value = {0};
        if (!is_simple(metric))
            refuse(work,
                   "The sums of '%.100s' need a plan: name the one that made them with "
                   "--plan, or begin one with 'assay plan init'.",
                   metric->id);
        if (work->guess->refusal[0] != '\0')
            return;
        put_escaped(&value, metric->id);
        if (value.failed)
            work->flags->failed = true;
        else
            add(work, is_proportion ? "proportion" : "metric", value.data);
        assay__text_release(&value);
    }
}

static void guess_sums(struct work *work)
{
    const char *group = init_sums_definition(&work->sums, "column", "group");
    const char *where = init_sums_definition(&work->sums, "plan", "where");
    if (plan_flags_given(work->flags, "group") == NULL && group != NULL)
        add(work, "group", group);
    if (where != NULL && where[0] != '\0' && plan_flags_given(work->flags, "where") == NULL)
        add(work, "where", where);
    guess_baseline(work, &work->sums.groups, work->sums.baseline, work->sums.is_sure_baseline);
    if (work->guess->refusal[0] == '\0')
        guess_sums_metrics(work);
    if (work->guess->refusal[0] == '\0')
        add_format(work);
}

enum assay_status guess_flags_fill(struct guess_flags *guess, struct plan_flags *flags,
                                   const char *path, char separator, struct assay_error *err)
{
    struct work work = {.guess = guess, .flags = flags};
    bool is_whole = has_group(flags) && has_comparison(flags);
    if (plan_flags_given(flags, "plan") != NULL || (has_metrics(flags) && is_whole))
        return ASSAY_OK;
    work.table.has_metrics = has_metrics(flags);
    enum assay_status status = init_table_read(&work.table, path, separator, flags, err);
    if (status == ASSAY_OK && work.table.is_sums)
        status = has_metrics(flags) && has_comparison(flags)
                     ? ASSAY_OK
                     : init_sums_read(&work.table, &work.sums, err);
    bool is_done = work.table.is_sums && has_metrics(flags) && has_comparison(flags);
    if (status == ASSAY_OK && work.table.is_sums && !is_done)
        guess_sums(&work);
    else if (status == ASSAY_OK && !is_done)
        guess_units(&work);
    if (status == ASSAY_OK && (flags->failed || guess->flags.failed))
        status = assay__fail_memory(err);
    init_sums_release(&work.sums);
    init_table_release(&work.table);
    return status == ASSAY_OK ? table_source_rewind(path, err) : status;
}

void guess_flags_release(struct guess_flags *guess)
{
    assay__text_release(&guess->flags);
    assay__arena_release(&guess->arena);
}
