/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A starting plan that reads a table of sums, as text. */
#include <inttypes.h>
#include <string.h>

#include "cli/plan_init_sums.h"
#include "json/json_write.h"

static void quote(struct assay__text *out, const char *name)
{
    struct assay__json json = {.out = out};
    assay__json_string(&json, name);
}

static void write_head(const struct init_table *table, const struct init_sums *sums,
                       struct assay__text *out)
{
    assay__text_puts(out, "// A starting plan for the table of sums ");
    quote(out, assay__rows_name(table->profile.table));
    assay__text_puts(out, ":\n// a row for each metric and group, not for each unit.\n"
                          "// Read every line and correct what is wrong; 'assay plan check' says "
                          "the plan in words.\n");
    if (sums->table.is_sealed)
        assay__text_puts(out, "// The table is sealed. What its sums are of (columns, rows, types "
                              "and values of metrics) is\n// as its seal says and must stay so; "
                              "roles, effects and error rates are free.\n");
    assay__text_puts(out, "{\n");
}

/* "columns", "where", "granularity" and "asOf" of a sealed table. */
static void write_data(const struct init_sums *sums, struct assay__text *out)
{
    static const char *const COLUMNS[] = {"unit", "group", "time"};
    static const char *const KEYS[] = {"where", "granularity", "asOf"};
    bool has_column = false;
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++) {
        const char *column = init_sums_definition(sums, "column", COLUMNS[i]);
        if (column == NULL)
            continue;
        assay__text_format(out, "%s\"%s\": ", has_column ? ", " : "  \"columns\": {", COLUMNS[i]);
        quote(out, column);
        has_column = true;
    }
    assay__text_puts(out, has_column ? "},\n" : "");
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        const char *text = init_sums_definition(sums, "plan", KEYS[i]);
        if (text == NULL || text[0] == '\0')
            continue;
        assay__text_format(out, "  \"%s\": ", KEYS[i]);
        quote(out, text);
        assay__text_puts(out, ",\n");
    }
    if (!sums->table.is_sealed && sums->times.count > 1)
        assay__text_format(out,
                           "  // The table has %" PRIu32 " looks. With a sequential horizon each "
                           "is a test; without, the last counts.\n"
                           "  // \"horizon\": {\"type\": \"alwaysValid\", "
                           "\"optimalSampleSize\": 10000},\n",
                           sums->times.count);
}

/* Names of a kind of definition, with the text of each as a member. */
static void write_list(const struct init_sums *sums, const char *kind, const char *key,
                       const char *member, struct assay__text *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < sums->table.keys.count; i++) {
        const char *const *row = sums->table.entries[i]->key;
        if (strcmp(row[ASSAY__KEY_METRIC], "@definition") != 0 ||
            strcmp(row[ASSAY__KEY_DIMENSION], kind) != 0)
            continue;
        assay__text_format(out, count++ == 0 ? "  \"%s\": [\n" : ",\n", key);
        assay__text_puts(out, "    {\"id\": ");
        quote(out, row[ASSAY__KEY_GROUP]);
        assay__text_format(out, ", \"%s\": ", member);
        quote(out, row[ASSAY__KEY_VALUE]);
        assay__text_puts(out, "}");
    }
    assay__text_puts(out, count > 0 ? "\n  ],\n" : "");
}

/* Event files are objects already. */
static void write_events(const struct init_sums *sums, struct assay__text *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < sums->table.keys.count; i++) {
        const char *const *row = sums->table.entries[i]->key;
        if (strcmp(row[ASSAY__KEY_METRIC], "@definition") != 0 ||
            strcmp(row[ASSAY__KEY_DIMENSION], "events") != 0)
            continue;
        assay__text_puts(out, count++ == 0 ? "  \"events\": [" : ", ");
        assay__text_puts(out, row[ASSAY__KEY_VALUE]);
    }
    assay__text_puts(out, count > 0 ? "],\n" : "");
}

static void write_groups(const struct init_sums *sums, struct assay__text *out)
{
    assay__text_puts(out, "\n  // The shares that were planned, on any scale.\n  \"groups\": [\n");
    for (uint32_t i = 0; i < sums->groups.count; i++) {
        assay__text_puts(out, "    {\"id\": ");
        quote(out, sums->groups.keys[i].bytes);
        assay__text_format(out, ", \"weight\": 1}%s\n", i + 1 < sums->groups.count ? "," : "");
    }
    assay__text_puts(out, "  ],\n");
    if (!sums->is_sure_baseline)
        assay__text_puts(out, "  // Is this the baseline? No name tells.\n");
    assay__text_puts(out, "  \"comparisons\": {\"baseline\": ");
    quote(out, sums->groups.keys[sums->baseline].bytes);
    assay__text_puts(out,
                     "},\n\n  // Rates of the whole decision; assay divides them among metrics "
                     "and comparisons.\n  \"alpha\": 0.05,\n  \"power\": 0.8,\n\n");
}

/* What the sums of a metric without a definition are of, as the columns that are filled say. */
static void write_type(const struct sums_metric *metric, struct assay__text *out)
{
    assay__text_format(out, "\"type\": \"%s\", \"value\": ",
                       metric->has_denominator ? "ratio"
                       : metric->is_proportion ? "proportion"
                                               : "mean");
    quote(out, metric->id);
    if (metric->has_denominator)
        assay__text_puts(out, ", \"denominator\": \"denominator\"");
    for (uint32_t i = 0; i < metric->covariate_count; i++)
        assay__text_format(out, "%s\"covariate%" PRIu32 "\"", i == 0 ? ", \"covariates\": [" : ", ",
                           i + 1);
    assay__text_puts(out, metric->covariate_count > 0 ? "]" : "");
}

static void write_metrics(const struct init_sums *sums, struct assay__text *out)
{
    assay__text_puts(out, "  // Alpha is divided among the success metrics: make others guardrails "
                          "or take them out.\n  \"metrics\": [\n");
    for (uint32_t i = 0; i < sums->metrics.count; i++) {
        const struct sums_metric *metric = &sums->list[i];
        assay__text_puts(out, "    {\n      \"id\": ");
        quote(out, metric->id);
        assay__text_puts(out, ",\n      ");
        if (metric->definition != NULL && metric->definition[0] == '{')
            assay__text_append(out, metric->definition + 1, strlen(metric->definition) - 2);
        else
            write_type(metric, out);
        assay__text_puts(out, ",\n      // \"minimumDetectableEffect\": 0.05,\n"
                              "      \"role\": \"success\",\n"
                              "      \"direction\": \"increase\"\n");
        assay__text_format(out, "    }%s\n", i + 1 < sums->metrics.count ? "," : "");
    }
    assay__text_puts(out, "  ]");
}

static void write_dimensions(const struct init_sums *sums, struct assay__text *out)
{
    for (uint32_t i = 0; i < sums->dimensions.count; i++) {
        assay__text_puts(out, i == 0 ? ",\n  \"dimensions\": [" : ", ");
        quote(out, sums->dimensions.keys[i].bytes);
    }
    assay__text_puts(out, sums->dimensions.count > 0 ? "]\n}\n" : "\n}\n");
}

void init_sums_write(const struct init_table *table, const struct init_sums *sums,
                     struct assay__text *out)
{
    write_head(table, sums, out);
    found_write(&table->source.found, out);
    write_data(sums, out);
    write_events(sums, out);
    write_list(sums, "segment", "segments", "filter", out);
    write_groups(sums, out);
    write_metrics(sums, out);
    write_dimensions(sums, out);
}
