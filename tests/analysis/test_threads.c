/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads share a plan, and a dataset: all get the bytes that one gets, with hooks and without. */
#include "test.h"

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 8, ROUNDS = 3 };

/* Looks, a boundary, covariates, slices and a cap: all that an analysis may look up in its plan. */
static const char PLAN[] =
    "{\"parent\":\"workflows/w/instances/"
    "i\",\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"t\"},"
    "\"comparisons\":{\"baseline\":\"A\"},\"granularity\":\"day\",\"dimensions\":[\"d\"],"
    "\"horizon\":{\"type\":\"groupSequential\",\"plannedLooks\":4,\"expectedSampleSize\":600},"
    "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"covariates\":[\"x\"],"
    "\"minimumDetectableEffect\":\"5%\"},"
    "{\"id\":\"x\",\"role\":\"guardrail\",\"nonInferiorityMargin\":\"2%\","
    "\"cap\":{\"upperQuantile\":0.99}}]}";

enum { ROWS = 600 };

static char csv[ROWS * 40];
static struct assay_plan *plan;
static struct assay_dataset *shared;
static char *wanted;
static size_t wanted_length;
static atomic_int reports;

static void write_csv(void)
{
    size_t length = (size_t)sprintf(csv, "u,g,t,d,x,y\n");
    for (int i = 0; i < ROWS; i++)
        length +=
            (size_t)sprintf(csv + length, "u%d,%c,2026-01-%02d,%c,%d.5,%d\n", i,
                            i % 2 == 0 ? 'A' : 'B', 1 + i % 4, 'p' + i % 3, i % 17, i % 11 + i % 2);
}

static bool report(void *context, const struct assay_progress *progress)
{
    (void)context;
    (void)progress;
    atomic_fetch_add(&reports, 1);
    return true;
}

static void read_data(const struct assay_hooks *hooks, struct assay_dataset **dataset,
                      struct assay_error *err)
{
    struct assay_table *table;
    const struct assay_read_options options = {.hooks = hooks, .threads = 2};
    assert_ok(assay_table_from_csv(csv, strlen(csv), "data", &table, err), err);
    assert_ok(assay_dataset_new(plan, dataset, err), err);
    assert_ok(assay_dataset_read_tables(*dataset, &table, NULL, 1, &options, err), err);
    assay_table_free(table);
}

static void write_result(const struct assay_dataset *dataset, const struct assay_hooks *hooks,
                         char **text, size_t *length, struct assay_error *err)
{
    struct assay_analysis *analysis;
    const struct assay_analyze_options options = {.hooks = hooks};
    assert_ok(assay_dataset_analyze_with(dataset, &options, &analysis, err), err);
    assert_ok(assay_analysis_write(analysis, ASSAY_FORMAT_DETAIL, NULL, text, length, err), err);
    assay_analysis_free(analysis);
}

/* Odd threads have hooks; each reads data of its own and looks at what all share. */
static void *work(void *context)
{
    const int *number = context;
    const int cancel = 0;
    const struct assay_hooks hooks = {
        .cancel = &cancel, .deadline_seconds = 3600.0, .progress = report};
    const struct assay_hooks *used = *number % 2 == 1 ? &hooks : NULL;
    struct assay_error err;
    for (int i = 0; i < ROUNDS; i++) {
        struct assay_dataset *own;
        char *text;
        size_t length;
        read_data(used, &own, &err);
        write_result(i == 0 ? shared : own, used, &text, &length, &err);
        ck_assert_uint_eq(length, wanted_length);
        ck_assert_mem_eq(text, wanted, length);
        assay_free(text);
        assay_dataset_free(own);
    }
    return NULL;
}

/* The data and the plan that all threads share. */
static void share_data(struct assay_error *err)
{
    write_csv();
    plan = test_plan(PLAN);
    read_data(NULL, &shared, err);
}

/* Runs a function in all threads, each with its number, to their ends. */
static void run_threads(void *(*function)(void *number))
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        ck_assert_int_eq(pthread_create(&threads[i], NULL, function, &numbers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

START_TEST(threads_that_share_a_plan_get_the_same_bytes)
{
    struct assay_error err;
    share_data(&err);
    write_result(shared, NULL, &wanted, &wanted_length, &err);
    run_threads(work);
    ck_assert_int_gt(atomic_load(&reports), 0);
    assay_free(wanted);
    assay_dataset_free(shared);
    assay_plan_free(plan);
}
END_TEST

/* The last of a plan's users frees it, in whatever order they come to it. */
static void *let_go(void *context)
{
    assay_dataset_free(context);
    return NULL;
}

START_TEST(threads_let_a_plan_go_in_any_order)
{
    struct assay_error err;
    struct assay_dataset *datasets[THREADS];
    pthread_t threads[THREADS];
    plan = test_plan(PLAN);
    for (int i = 0; i < THREADS; i++)
        assert_ok(assay_dataset_new(plan, &datasets[i], &err), &err);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, let_go, datasets[i]), 0);
    assay_plan_free(plan);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}
END_TEST

/* What a program reads of looks is made by whoever is first, and the same for all. */
static struct assay_analysis *read_by_all;
static const struct assay_comparison *seen[THREADS][64];

static void *read_looks(void *context)
{
    const int *number = context;
    struct assay_look look;
    for (size_t i = 0; i < 64 && assay_analysis_last_look(read_by_all, i, &look); i++) {
        seen[*number][i] = look.comparison;
        ck_assert_uint_eq(look.comparison->baseline.n + look.comparison->compared.n,
                          look.size->current);
        ck_assert_ptr_ne(look.deterioration, look.comparison);
        if (look.deterioration != NULL)
            ck_assert_double_eq(look.deterioration->baseline.estimate,
                                look.comparison->baseline.estimate);
    }
    return NULL;
}

START_TEST(threads_read_the_looks_of_one_analysis)
{
    struct assay_error err;
    share_data(&err);
    assert_ok(assay_dataset_analyze(shared, &read_by_all, &err), &err);
    run_threads(read_looks);
    ck_assert_ptr_nonnull(seen[0][0]);
    for (int i = 1; i < THREADS; i++)
        ck_assert_mem_eq(seen[i], seen[0], sizeof seen[0]);
    assay_analysis_free(read_by_all);
    assay_dataset_free(shared);
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 120.0);
    tcase_add_test(cases, threads_that_share_a_plan_get_the_same_bytes);
    tcase_add_test(cases, threads_let_a_plan_go_in_any_order);
    tcase_add_test(cases, threads_read_the_looks_of_one_analysis);
}

int main(void)
{
    return test_main("threads", add);
}
