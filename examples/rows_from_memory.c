/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An experiment whose rows a program holds: columns of doubles and texts, a plan made by calls, and
 * a deadline for the whole. Prints the difference, its interval and p.
 */
#include <assay.h>
#include <stdio.h>
#include <stdlib.h>

enum { UNITS = 2000 };

static const char *groups[UNITS];
static double spent[UNITS], before[UNITS];

/* Made-up customers: those of "new" spend 4 % more than those of "old". */
static void draw_units(void)
{
    uint32_t state = 1;
    for (int i = 0; i < UNITS; i++) {
        double noise = 0.0;
        for (int k = 0; k < 4; k++) {
            state = state * 1664525u + 1013904223u;
            noise += (double)(state >> 8) / (1 << 24);
        }
        groups[i] = i % 2 == 0 ? "old" : "new";
        before[i] = 20.0 + 5.0 * noise;
        spent[i] = before[i] * (i % 2 == 0 ? 1.0 : 1.04) + (double)(state >> 28);
    }
}

static enum assay_status make_plan(struct assay_plan **plan, struct assay_error *err)
{
    static const char *const TEXTS[][2] = {
        {"/columns/group", "group"}, {"/comparisons/baseline", "old"},
        {"/metrics/0/id", "spent"},  {"/metrics/0/role", "success"},
        {"/metrics/0/type", "mean"}, {"/metrics/0/covariates/0", "before"}};
    struct assay_draft *draft = NULL;
    enum assay_status status = assay_draft_new(&draft, err);
    for (size_t i = 0; status == ASSAY_OK && i < sizeof TEXTS / sizeof *TEXTS; i++)
        status = assay_draft_set_text(draft, TEXTS[i][0], TEXTS[i][1], err);
    if (status == ASSAY_OK)
        status = assay_draft_set_number(draft, "/alpha", 0.01, err);
    if (status == ASSAY_OK)
        status = assay_draft_plan(draft, plan, err);
    assay_draft_free(draft);
    return status;
}

static void print_results(const struct assay_analysis *analysis)
{
    struct assay_result result;
    struct assay_look look;
    for (size_t i = 0; assay_analysis_result(analysis, i, &result); i++)
        if (assay_analysis_last_look(analysis, i, &look))
            printf("%s: %s - %s = %.3f (%.3f to %.3f), p = %.3g\n", result.metric, result.compared,
                   result.baseline, look.comparison->difference.estimate,
                   look.comparison->difference.lower, look.comparison->difference.upper,
                   look.comparison->difference.p);
}

int main(void)
{
    const struct assay_column columns[] = {
        {.name = "group", .kind = ASSAY_CELL_TEXT, .values = groups},
        {.name = "spent", .kind = ASSAY_CELL_DOUBLE, .values = spent},
        {.name = "before", .kind = ASSAY_CELL_DOUBLE, .values = before}};
    const struct assay_hooks hooks = {.deadline_seconds = 10};
    const struct assay_read_options reading = {.hooks = &hooks};
    const struct assay_analyze_options analyzing = {.hooks = &hooks};
    struct assay_plan *plan = NULL;
    struct assay_table *table = NULL;
    struct assay_dataset *dataset = NULL;
    struct assay_analysis *analysis = NULL;
    struct assay_error err;
    draw_units();
    enum assay_status status = make_plan(&plan, &err);
    if (status == ASSAY_OK)
        status = assay_table_from_columns(columns, 3, UNITS, "customers", &table, &err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(plan, &dataset, &err);
    if (status == ASSAY_OK)
        status = assay_dataset_read_tables(dataset, &table, NULL, 1, &reading, &err);
    if (status == ASSAY_OK)
        status = assay_dataset_analyze_with(dataset, &analyzing, &analysis, &err);
    if (status == ASSAY_OK)
        print_results(analysis);
    else
        fprintf(stderr, "%s\n", err.message);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_plan_free(plan);
    return assay_status_exit_code(status);
}
