/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A starting plan as text. Names stand quoted in comments too, so none can end a comment. */
#include "cli/plan_init.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "cli/cli.h"
#include "json/json_write.h"

enum { METRICS_MAX = 50, LISTED_MAX = 8 };

struct init {
    const struct table_source *source;
    const struct table_profile *profile;
    const struct table_guess *guess;
    struct assay__text *out;
};

static void quote(struct assay__text *out, const char *name)
{
    struct assay__json json = {.out = out};
    assay__json_string(&json, name);
}

static bool is_metric(const struct init *init, uint32_t column)
{
    enum column_use use = init->guess->columns[column].use;
    return use == USE_PROPORTION || use == USE_MEAN;
}

/* Lists the columns of a use, at most limit of them; returns how many there are. */
static uint32_t list_columns(const struct init *init, enum column_use use, uint32_t limit,
                             bool only_numbers)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < init->profile->column_count; i++) {
        const struct column_profile *column = &init->profile->columns[i];
        if (init->guess->columns[i].use != use || (only_numbers && column->is_choice))
            continue;
        if (count < limit) {
            assay__text_puts(init->out, count > 0 ? ", " : "");
            quote(init->out, column->name);
        }
        count++;
    }
    return count;
}

static uint32_t count_use(const struct init *init, enum column_use use, bool only_numbers)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < init->profile->column_count; i++)
        count += init->guess->columns[i].use == use &&
                 !(only_numbers && init->profile->columns[i].is_choice);
    return count;
}

static void write_head(const struct init *init)
{
    struct assay__text *out = init->out;
    assay__text_puts(out, "// A starting plan, guessed from ");
    quote(out, assay__rows_name(init->profile->table));
    if (init->profile->is_whole)
        assay__text_puts(out, ".\n");
    else
        assay__text_format(out, ", its header and first %" PRIu64 " rows.\n", init->profile->rows);
    assay__text_puts(out, "// Read every line and correct what is wrong; 'assay plan check' says "
                          "the plan in words.\n");
    if (init->source->is_without_names)
        assay__text_puts(out, "// The first line holds numbers: if it is data, put a line of names "
                              "before it.\n");
    if (init->profile->bad_rows > 0)
        assay__text_format(out,
                           "// Rows that cannot be read: %" PRIu64 ". The analysis will say where; "
                           "--bad-rows=skip leaves them out.\n",
                           init->profile->bad_rows);
    assay__text_puts(out, "{\n"
                          "  // Where results are posted; needed for that only.\n"
                          "  // \"parent\": \"workflows/checkout/instances/july\",\n\n");
}

static void write_column(const struct init *init, const char *key, uint32_t column,
                         const char *absent, const char *end)
{
    struct assay__text *out = init->out;
    if (column == GUESS_NONE) {
        assay__text_format(out, "    // %s\n", absent);
        return;
    }
    assay__text_format(out, "    \"%s\": ", key);
    quote(out, init->profile->columns[column].name);
    assay__text_format(out, "%s\n", end);
}

/* Stores, schools, cities: when these were drawn by lot, they are the units. */
static void write_clusters(const struct init *init)
{
    for (uint32_t i = 0; i < init->profile->column_count; i++) {
        if (!init->guess->columns[i].is_cluster)
            continue;
        assay__text_puts(init->out, "    // Every value of ");
        quote(init->out, init->profile->columns[i].name);
        assay__text_puts(init->out, " lies within one group: if groups were drawn by it, it is "
                                    "the unit.\n");
    }
}

/* Totals of days or countries are not units. */
static void write_strata(const struct init *init)
{
    if (init->guess->strata == GUESS_NONE)
        return;
    assay__text_puts(init->out, "    // Check this: each value of ");
    quote(init->out, init->profile->columns[init->guess->strata].name);
    assay__text_puts(init->out, " has one row in each group. If rows are totals of many\n"
                                "    // units, this plan takes each for one unit.\n");
}

static void write_columns(const struct init *init)
{
    const struct table_guess *guess = init->guess;
    bool has_time = guess->time != GUESS_NONE, has_group = guess->group != GUESS_NONE;
    assay__text_puts(init->out, "  \"columns\": {\n");
    if (guess->unit_repeats)
        assay__text_puts(init->out,
                         "    // Units repeat: rows are events, and each metric says how "
                         "a unit's rows are put together.\n");
    if (guess->has_equal_rows)
        assay__text_puts(init->out,
                         "    // Units repeat in rows that are equal: these count once.\n");
    write_clusters(init);
    write_strata(init);
    if (guess->is_group_by_sizes)
        assay__text_puts(init->out, "    // No name says which column is the group; this one has "
                                    "few values of like size.\n");
    write_column(init, "unit", guess->unit,
                 "\"unit\": no column looks like a unit id; with one, duplicate units are found.",
                 has_group || has_time ? "," : "");
    write_column(init, "group", guess->group,
                 "\"group\": no column looks like the group. Name it here.", has_time ? "," : "");
    write_column(init, "time", guess->time, "\"time\": no column looks like a time.", "");
    assay__text_puts(init->out, "  },\n\n");
}

static int compare_keys(const void *a, const void *b)
{
    return assay__name_compare(*(const char *const *)a, *(const char *const *)b);
}

/* The names of the groups, in natural order. */
static void list_groups(struct assay__text *out, const struct assay__index *values)
{
    const char **names = calloc(values->count + 1, sizeof *names);
    if (names == NULL) {
        out->failed = true;
        return;
    }
    for (uint32_t i = 0; i < values->count; i++)
        names[i] = values->keys[i].bytes;
    qsort(names, values->count, sizeof *names, compare_keys);
    for (uint32_t i = 0; i < values->count; i++) {
        assay__text_puts(out, "    {\"id\": ");
        quote(out, names[i]);
        assay__text_format(out, ", \"weight\": 1}%s\n", i + 1 < values->count ? "," : "");
    }
    free(names);
}

static void write_groups(const struct init *init)
{
    struct assay__text *out = init->out;
    if (init->guess->group == GUESS_NONE) {
        assay__text_puts(out,
                         "  // Once the group is known: the group that others are compared with.\n"
                         "  // \"comparisons\": {\"baseline\": \"control\"},\n\n");
        return;
    }
    const struct assay__index *values = &init->profile->columns[init->guess->group].values;
    assay__text_puts(out, "  // The shares that were planned, on any scale (not those that came "
                          "about: the sample ratio\n  // mismatch test compares the two).\n"
                          "  \"groups\": [\n");
    list_groups(out, values);
    assay__text_puts(out, "  ],\n");
    if (!init->guess->is_sure_baseline)
        assay__text_puts(out, "  // Is this the baseline? No name tells.\n");
    assay__text_puts(out, "  \"comparisons\": {\"baseline\": ");
    quote(out, values->keys[init->guess->baseline].bytes);
    assay__text_puts(out, "},\n\n");
}

/* Covariates that are sure by name, and as a comment those that may be some. */
static void write_covariates(const struct init *init, uint32_t metric)
{
    struct assay__text *out = init->out;
    uint32_t count = 0;
    for (uint32_t i = 0; i < init->profile->column_count; i++) {
        const struct column_guess *one = &init->guess->columns[i];
        if (one->use != USE_TWIN || one->metric != metric || count == LISTED_MAX)
            continue;
        assay__text_puts(out, count == 0 ? "      \"covariates\": [" : ", ");
        quote(out, init->profile->columns[i].name);
        count++;
    }
    if (count > 0) {
        assay__text_puts(out, "],\n");
    } else if (init->guess->columns[metric].use == USE_MEAN &&
               count_use(init, USE_BEFORE, true) > 0) {
        assay__text_puts(out, "      // \"covariates\": [");
        (void)list_columns(init, USE_BEFORE, LISTED_MAX, true);
        assay__text_puts(out, "],\n");
    }
}

static void write_metric(const struct init *init, uint32_t column, bool is_last)
{
    struct assay__text *out = init->out;
    const struct column_guess *one = &init->guess->columns[column];
    const char *type = one->use == USE_PROPORTION ? "proportion" : "mean";
    assay__text_puts(out, "    {\n      \"id\": ");
    quote(out, init->profile->columns[column].name);
    assay__text_format(out, ",\n      \"type\": \"%s\",\n", type);
    const char *aggregation = guess_aggregation(init->guess, column);
    if (aggregation != NULL)
        assay__text_format(out, "      \"aggregation\": \"%s\",\n", aggregation);
    else if (init->guess->unit_repeats)
        assay__text_puts(out, "      // The same in all rows of a unit: taken once.\n");
    if (aggregation != NULL && one->is_rate)
        assay__text_puts(out, "      // Check this: every row of a unit weighs alike.\n");
    if (!init->guess->unit_repeats && one->has_gaps)
        assay__text_puts(out,
                         "      // Check this: many cells are empty. Units without a value are "
                         "left out; if they\n      // had none of it, count them as 0:\n"
                         "      // \"missing\": \"zero\",\n");
    write_covariates(init, column);
    assay__text_puts(out, one->is_guardrail ? "      // \"nonInferiorityMargin\": 0.02,\n"
                                            : "      // \"minimumDetectableEffect\": 0.05,\n");
    if (one->check != NULL)
        assay__text_format(out, "      // Check this: %s.\n", one->check);
    assay__text_format(out, "      \"role\": \"%s\",\n      \"direction\": \"%s\"\n",
                       one->is_guardrail ? "guardrail" : "success",
                       one->wants_decrease ? "decrease" : "increase");
    assay__text_format(out, "    }%s\n", is_last ? "" : ",");
}

static void write_before(const struct init *init)
{
    struct assay__text *out = init->out;
    uint32_t count = count_use(init, USE_BEFORE, false);
    if (count == 0)
        return;
    assay__text_puts(out, "    // Left out, since their names say that they are from before the "
                          "exposure:\n    // ");
    (void)list_columns(init, USE_BEFORE, count, false);
    assay__text_puts(out, "\n");
    assay__text_puts(out, "    // If they are, they may serve as covariates and reduce the "
                          "variance. Never use as a\n    // covariate what the exposure can have "
                          "changed.\n");
}

/* How an open question about a column's spelling is answered. */
static void write_open(const struct init *init, const char *remedy)
{
    char flags[CLI_HINT_BYTES] = "";
    cli_remedy(remedy, flags);
    assay__text_puts(init->out, ": give ");
    assay__text_puts(init->out, flags);
}

/* Every column that is in no part of the plan, with its reason, a line each. */
static void write_left_out(const struct init *init)
{
    struct assay__text *out = init->out;
    uint32_t count = 0;
    for (uint32_t i = 0; i < init->profile->column_count; i++) {
        if (init->guess->columns[i].use != USE_OTHER)
            continue;
        assay__text_puts(out, count++ == 0 ? "    // Not used:\n    //   " : "    //   ");
        quote(out, init->profile->columns[i].name);
        assay__text_format(out, " (%s", init->guess->columns[i].reason);
        if (init->source->open[i][0] != '\0')
            write_open(init, init->source->open[i]);
        assay__text_puts(out, ")\n");
    }
}

/* Numbers beyond the most metrics of a starting plan. */
static void write_beyond(const struct init *init)
{
    struct assay__text *out = init->out;
    uint32_t seen = 0;
    if (init->guess->metric_count <= METRICS_MAX)
        return;
    assay__text_format(out,
                       "    // The first %d of %" PRIu32 " columns of numbers; left out are:\n",
                       METRICS_MAX, init->guess->metric_count);
    for (uint32_t i = 0; i < init->profile->column_count; i++) {
        if (!is_metric(init, i) || seen++ < METRICS_MAX)
            continue;
        assay__text_puts(out, "    //   ");
        quote(out, init->profile->columns[i].name);
        assay__text_puts(out, "\n");
    }
}

/* Rows of several metrics each need their condition. */
static void write_names(const struct init *init)
{
    struct assay__text *out = init->out;
    if (init->guess->names == GUESS_NONE || init->profile->columns[init->guess->names].distinct < 2)
        return;
    const struct column_profile *names = &init->profile->columns[init->guess->names];
    assay__text_puts(out, "    // Check this: rows are of several metrics, told apart by ");
    quote(out, names->name);
    assay__text_puts(out, ". Each needs an \"id\" of\n    // its own, the column of values as its "
                          "\"value\", and a \"where\" that takes its rows alone.\n");
}

static void write_metrics(const struct init *init)
{
    struct assay__text *out = init->out;
    uint32_t left = init->guess->metric_count;
    if (left > METRICS_MAX)
        left = METRICS_MAX;
    assay__text_puts(out,
                     "  // Shipping needs one success metric to win and every guardrail to pass. "
                     "Alpha is divided\n  // among the success metrics, so keep few; make the "
                     "others guardrails or take them out.\n  // An effect or margin of 0.05 is 5 % "
                     "of the baseline's mean. Without one there is no\n  // sample size and no "
                     "power.\n  \"metrics\": [\n");
    write_names(init);
    write_before(init);
    write_left_out(init);
    write_beyond(init);
    for (uint32_t i = 0; left > 0; i++)
        if (is_metric(init, i))
            write_metric(init, i, --left == 0);
    assay__text_puts(out, "  ]");
}

static void write_dimensions(const struct init *init)
{
    struct assay__text *out = init->out;
    if (count_use(init, USE_DIMENSION, false) == 0) {
        assay__text_puts(out, "\n");
        return;
    }
    assay__text_puts(out, ",\n\n  // To explore: every metric again for each value of these.\n"
                          "  \"dimensions\": [");
    (void)list_columns(init, USE_DIMENSION, METRICS_MAX, false);
    assay__text_puts(out, "]\n");
}

void plan_init_write(const struct table_source *source, const struct table_profile *profile,
                     const struct table_guess *guess, struct assay__text *out)
{
    const struct init init = {source, profile, guess, out};
    write_head(&init);
    found_write(&source->found, out);
    write_columns(&init);
    write_groups(&init);
    assay__text_puts(out, "  // Rates of the whole decision; assay divides them among metrics and "
                          "comparisons.\n  \"alpha\": 0.05,\n  \"power\": 0.8,\n\n");
    write_metrics(&init);
    write_dimensions(&init);
    assay__text_puts(out, "}\n");
}
