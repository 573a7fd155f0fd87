/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Worker processes that each sum up a part of the units, and a parent that merges their sealed sums
 * and analyzes the whole: the same bytes for any number of workers. Usage: partial_sums [WORKERS]
 */
#include <assay.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UNITS = 12000, WORKERS_MAX = 32 };

static const char PLAN[] = "{\"columns\": {\"group\": \"group\", \"unit\": \"unit\"},"
                           " \"comparisons\": {\"baseline\": \"A\"},"
                           " \"metrics\": [{\"id\": \"spent\", \"role\": \"success\","
                           " \"type\": \"mean\"}]}";

/* The units of one worker, as a cursor of a database would hand them out. */
struct cursor {
    int at, step;
    char unit[16];
};

static enum assay_status next_row(void *context, struct assay_cell *cells, bool *is_end,
                                  struct assay_error *err)
{
    struct cursor *cursor = context;
    int unit = cursor->at;
    (void)err;
    *is_end = unit >= UNITS;
    if (*is_end)
        return ASSAY_OK;
    cursor->at += cursor->step;
    snprintf(cursor->unit, sizeof cursor->unit, "u%d", unit);
    cells[0] = (struct assay_cell){.text = cursor->unit};
    cells[1] = (struct assay_cell){.text = unit % 2 == 0 ? "A" : "B"};
    cells[2] = (struct assay_cell){.kind = ASSAY_CELL_DOUBLE,
                                   .number = unit * 7919 % 1000 * 0.01 + (unit % 2) * 0.25};
    return ASSAY_OK;
}

/* What a worker does: reads its rows and writes sums, sealed because the table has a digest. */
static enum assay_status sum_up(struct assay_plan *plan, int worker, int workers, char **text,
                                size_t *length, struct assay_error *err)
{
    static const char *const COLUMNS[] = {"unit", "group", "spent"};
    const struct assay_read_options options = {.has_digests = true};
    struct cursor cursor = {.at = worker, .step = workers};
    struct assay_table *table = NULL;
    struct assay_dataset *dataset = NULL;
    enum assay_status status =
        assay_table_from_rows(COLUMNS, 3, next_row, &cursor, "cursor", &table, err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(plan, &dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read_tables(dataset, &table, NULL, 1, &options, err);
    if (status == ASSAY_OK)
        status = assay_dataset_summarize(dataset, text, length, err);
    assay_dataset_free(dataset);
    assay_table_free(table);
    return status;
}

static int work(struct assay_plan *plan, int worker, int workers, FILE *out)
{
    char *text = NULL;
    size_t length = 0;
    struct assay_error err;
    enum assay_status status = sum_up(plan, worker, workers, &text, &length, &err);
    if (status != ASSAY_OK)
        fprintf(stderr, "worker %d: %s\n", worker, err.message);
    else if (fwrite(text, 1, length, out) != length || fclose(out) != 0)
        status = ASSAY_ERROR_IO;
    assay_free(text);
    return assay_status_exit_code(status);
}

static FILE *start(struct assay_plan *plan, int worker, int workers)
{
    int ends[2];
    if (pipe(ends) != 0)
        return NULL;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        _exit(work(plan, worker, workers, fdopen(ends[1], "w")));
    }
    close(ends[1]);
    return pid < 0 ? NULL : fdopen(ends[0], "r");
}

/* Reads the parts as they come through the pipes, adds them up and analyzes the whole. */
static enum assay_status put_together(struct assay_plan *plan, FILE *const *pipes, int count,
                                      struct assay_error *err)
{
    struct assay_table *parts[WORKERS_MAX] = {NULL};
    struct assay_dataset *dataset = NULL;
    struct assay_analysis *analysis = NULL;
    struct assay_result result;
    struct assay_look look;
    enum assay_status status = assay_dataset_new(plan, &dataset, err);
    for (int i = 0; status == ASSAY_OK && i < count; i++)
        status = assay_table_from_file(pipes[i], "worker", &parts[i], err);
    if (status == ASSAY_OK)
        status = assay_dataset_read_tables(dataset, parts, NULL, (size_t)count, NULL, err);
    if (status == ASSAY_OK)
        status = assay_dataset_analyze(dataset, &analysis, err);
    if (status == ASSAY_OK && assay_analysis_result(analysis, 0, &result) &&
        assay_analysis_last_look(analysis, 0, &look))
        printf("%s: %+.6f, p = %.6g, sums %s\n", result.metric,
               look.comparison->difference.estimate, look.comparison->difference.p,
               assay_analysis_digest(analysis));
    for (int i = 0; i < count; i++)
        assay_table_free(parts[i]);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    return status;
}

int main(int argc, char **argv)
{
    int workers = argc > 1 ? atoi(argv[1]) : 4, failed = 0, said;
    FILE *pipes[WORKERS_MAX];
    struct assay_plan *plan = NULL;
    struct assay_error err;
    if (workers < 1 || workers > WORKERS_MAX) {
        fprintf(stderr, "usage: partial_sums [WORKERS], at most %d\n", WORKERS_MAX);
        return 2;
    }
    enum assay_status status = assay_plan_parse(PLAN, strlen(PLAN), NULL, &plan, &err);
    for (int i = 0; status == ASSAY_OK && i < workers; i++) {
        pipes[i] = start(plan, i, workers);
        if (pipes[i] == NULL)
            return 1;
    }
    if (status == ASSAY_OK)
        status = put_together(plan, pipes, workers, &err);
    while (wait(&said) > 0)
        failed += !WIFEXITED(said) || WEXITSTATUS(said) != 0;
    if (status != ASSAY_OK)
        fprintf(stderr, "%s\n", err.message);
    assay_plan_free(plan);
    return status != ASSAY_OK ? assay_status_exit_code(status) : failed > 0;
}
