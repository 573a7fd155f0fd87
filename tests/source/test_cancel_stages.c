/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls ended after they have read: while caps are found, units are put together, sums added up,
 * slices analyzed, texts written. */
#include "test.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "analysis/look_cache.h"
#include "source/summary/summary_read.h"

/* Every question whether a deadline has passed takes a millisecond here: time is what is asked. */
static uint64_t questions;

int clock_gettime(clockid_t id, struct timespec *time)
{
    if (id != CLOCK_MONOTONIC)
        return (int)syscall(SYS_clock_gettime, id, time);
    questions++;
    *time =
        (struct timespec){1000 + (time_t)(questions / 1000), (long)(questions % 1000) * 1000000};
    return 0;
}

static int cancel;

/* Reading is over when the rows are counted in a message: from there on nothing may go on. */
static void cancel_when_read(void *context, enum assay_log_level level, const char *message)
{
    (void)context;
    (void)level;
    if (strncmp(message, "Rows read:", 10) == 0)
        cancel = 1;
}

static const char CSV[] = "u,g,t,y\n1,A,2026-01-01,1\n2,B,2026-01-01,2\n3,A,2026-01-02,3\n"
                          "4,B,2026-01-02,5\n5,A,2026-01-02,4\n6,B,2026-01-03,6\n";

static enum assay_status read_text(const struct assay_plan *plan, const struct assay_hooks *hooks,
                                   struct assay_dataset **dataset, struct assay_error *err)
{
    struct assay_table *table;
    const struct assay_read_options options = {.hooks = hooks};
    assert_ok(assay_table_from_csv(CSV, strlen(CSV), "data", &table, err), err);
    assert_ok(assay_dataset_new(plan, dataset, err), err);
    enum assay_status status = assay_dataset_read_tables(*dataset, &table, NULL, 1, &options, err);
    assay_table_free(table);
    return status;
}

static const char *const PLANS[] = {
    /* units are visited */
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"A\"},"
    "\"metrics\":[{\"id\":\"y\"}]}",
    /* caps are found before that */
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"A\"},"
    "\"metrics\":[{\"id\":\"y\",\"cap\":{\"upperQuantile\":0.9}}]}",
    /* rows are units: only looks are added up */
    "{\"columns\":{\"group\":\"g\",\"time\":\"t\"},\"comparisons\":{\"baseline\":\"A\"},"
    "\"granularity\":\"day\",\"metrics\":[{\"id\":\"y\"}]}"};

START_TEST(what_follows_reading_is_given_up)
{
    const struct assay_hooks hooks = {.cancel = &cancel, .log = cancel_when_read};
    struct assay_plan *plan = test_plan(PLANS[_i]);
    struct assay_dataset *dataset;
    struct assay_error err;
    cancel = 0;
    ck_assert_int_eq(read_text(plan, &hooks, &dataset, &err), ASSAY_ERROR_CANCELLED);
    ck_assert_int_eq(cancel, 1);
    assay_dataset_free(dataset);
    assert_ok(read_text(plan, NULL, &dataset, &err), &err);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

/* struct heard: what a thread's hooks were told. */
struct heard {
    const char *stage; /* ends the call */
    int reports;
};

static bool hear(void *context, const struct assay_progress *progress)
{
    struct heard *heard = context;
    if (strcmp(progress->stage, heard->stage) != 0)
        return true;
    heard->reports++;
    return false;
}

static void *merge_elsewhere(void *context)
{
    struct assay_dataset **datasets = context;
    struct assay_error err;
    assert_ok(assay_dataset_merge(datasets[0], datasets[1], &err), &err);
    return NULL;
}

/* Calls that take no hooks have those of their thread, and of no other. */
START_TEST(merging_datasets_is_given_up)
{
    struct heard heard = {.stage = "merge"};
    const struct assay_hooks hooks = {.progress = hear, .context = &heard}, other = {0};
    struct assay_plan *plan = test_plan(PLANS[0]);
    struct assay_dataset *datasets[2];
    struct assay_error err;
    pthread_t thread;
    for (int i = 0; i < 2; i++)
        assert_ok(read_text(plan, NULL, &datasets[i], &err), &err);
    ck_assert_ptr_null(assay_hooks_use(&hooks));
    ck_assert_int_eq(pthread_create(&thread, NULL, merge_elsewhere, datasets), 0);
    pthread_join(thread, NULL);
    ck_assert_int_eq(heard.reports, 0);
    ck_assert_int_eq(assay_dataset_merge(datasets[0], datasets[1], &err), ASSAY_ERROR_CANCELLED);
    ck_assert_int_eq(heard.reports, 1);
    ck_assert_ptr_eq(assay_hooks_use(&other), &hooks);
    ck_assert_ptr_eq(assay_hooks_use(NULL), &other);
    assay_dataset_free(datasets[0]);
    assay_dataset_free(datasets[1]);
    assay_plan_free(plan);
}
END_TEST

/* Hooks that a call is given come before those of its thread. */
START_TEST(a_thread_ends_what_has_no_hooks)
{
    static const char PLAN[] =
        "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},"
        "\"metrics\":[{\"id\":\"y\"}]}";
    static const char SUMS[] = "metric,group,n,mean,variance\ny,A,10,1,1\ny,B,10,2,1\n";
    const struct assay_hooks hooks = {.cancel = &cancel}, none = {0};
    struct assay_plan *plan = test_plan(PLAN);
    struct assay_dataset *dataset;
    struct assay_table *table;
    struct assay_error err;
    char path[256], message[256], *text;
    const char *const paths[] = {path};
    size_t length;
    snprintf(path, sizeof path, "%s/sums.csv", test_tmp());
    test_write_file(path, SUMS, strlen(SUMS));
    cancel = 1;
    (void)assay_hooks_use(&hooks);
    ck_assert_int_eq(assay_sums_merge(paths, 1, &text, &length, &err), ASSAY_ERROR_CANCELLED);
    assert_ok(assay_table_from_csv(SUMS, strlen(SUMS), "sums", &table, &err), &err);
    ck_assert_int_eq(assay_tables_merge(&table, 1, &text, &length, &err), ASSAY_ERROR_CANCELLED);
    assay_table_free(table);
    ck_assert_int_eq(
        assay_document_from_files(PLAN, paths, NULL, 1, NULL, &text, message, sizeof message),
        ASSAY_ERROR_CANCELLED);
    ck_assert_str_eq(message, "The caller ended the call.");
    const struct assay_read_options options = {.hooks = &none};
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(assay_dataset_read(dataset, paths, 1, &options, &err), &err);
    assay_dataset_free(dataset);
    (void)assay_hooks_use(NULL);
    assert_ok(assay_sums_merge(paths, 1, &text, &length, &err), &err);
    assay_free(text);
    assay_plan_free(plan);
}
END_TEST

/* A table is put in order when it is added, and added up when all are there. */
START_TEST(adding_up_tables_is_given_up)
{
    static const char SUMS[] = "metric,group,time,n,mean,variance\ny,A,2026-01-01,10,1,1\n"
                               "y,B,2026-01-01,10,2,1\ny,A,2026-01-02,12,1,1\n";
    const struct assay_hooks hooks = {.cancel = &cancel};
    struct assay__summary_shards shards = {0};
    struct assay__summary_table table = {0}, *whole;
    struct assay__halt halt;
    struct assay_error err;
    char path[256];
    snprintf(path, sizeof path, "%s/sums.csv", test_tmp());
    test_write_file(path, SUMS, strlen(SUMS));
    assay__halt_begin(&halt, &hooks);
    shards.halt = &halt;
    cancel = 1;
    assert_ok(assay__summary_read_file(path, NULL, &table, &err), &err);
    ck_assert_int_eq(assay__summary_shards_add(&shards, &table, &err), ASSAY_ERROR_CANCELLED);
    assay__summary_table_release(&table);
    cancel = 0;
    assert_ok(assay__summary_read_file(path, NULL, &table, &err), &err);
    assert_ok(assay__summary_shards_add(&shards, &table, &err), &err);
    cancel = 1;
    ck_assert_int_eq(assay__summary_shards_join(&shards, true, &whole, &err),
                     ASSAY_ERROR_CANCELLED);
    assay__summary_shards_release(&shards);
    assay__halt_end(&halt);
}
END_TEST

enum { SLICES = 2000 };

/* Two units in each value of a dimension. */
static enum assay_status give_row(void *context, struct assay_cell *cells, bool *is_end,
                                  struct assay_error *err)
{
    static const char *const GROUPS[] = {"A", "B"};
    int *row = context;
    (void)err;
    *is_end = *row == 4 * SLICES;
    cells[0].text = GROUPS[*row % 2];
    cells[1] = (struct assay_cell){.kind = ASSAY_CELL_INTEGER, .integer = *row / 4};
    cells[2] = (struct assay_cell){.kind = ASSAY_CELL_INTEGER, .integer = *row * 7919 % 1000};
    ++*row;
    return ASSAY_OK;
}

static struct assay_dataset *many_slices(void)
{
    static const char *const NAMES[] = {"g", "d", "y"};
    struct assay_plan *plan = test_plan("{\"columns\":{\"group\":\"g\"},\"dimensions\":[\"d\"],"
                                        "\"comparisons\":{\"baseline\":\"A\"},"
                                        "\"metrics\":[{\"id\":\"y\"}]}");
    struct assay_dataset *dataset;
    struct assay_table *table;
    struct assay_error err;
    int row = 0;
    assert_ok(assay_table_from_rows(NAMES, 3, give_row, &row, NULL, &table, &err), &err);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(assay_dataset_read_tables(dataset, &table, NULL, 1, NULL, &err), &err);
    assay_table_free(table);
    assay_plan_free(plan);
    return dataset;
}

static enum assay_status drop(void *context, const char *bytes, size_t length,
                              struct assay_error *err)
{
    (void)context;
    (void)bytes;
    (void)length;
    (void)err;
    return ASSAY_OK;
}

/* Whatever is done with every slice asks at every slice: units, digest, tests, sample ratios,
 * adjusted p, words. Long texts ask, too. */
START_TEST(no_step_goes_on_for_long)
{
    const struct assay_hooks hooks = {.deadline_seconds = 1e6};
    const struct assay_sink sink = {drop, NULL};
    struct assay_dataset *dataset = many_slices();
    struct assay_analysis *analysis;
    struct assay_error err;
    char *text;
    size_t length;
    (void)assay_hooks_use(&hooks);
    questions = 0;
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    ck_assert_uint_ge(questions, 7 * SLICES);
    for (int format = ASSAY_FORMAT_RESULT; format <= ASSAY_FORMAT_CSV; format++) {
        questions = 0;
        assert_ok(
            assay_analysis_write(analysis, (enum assay_format)format, NULL, &text, &length, &err),
            &err);
        assay_free(text);
        ck_assert_uint_ge(questions, length / 100000);
        questions = 0;
        assert_ok(assay_analysis_stream(analysis, (enum assay_format)format, NULL, &sink, &err),
                  &err);
        ck_assert_uint_ge(questions, length / 100000);
    }
    questions = 0;
    assert_ok(assay_dataset_summarize(dataset, &text, &length, &err), &err);
    assay_free(text);
    ck_assert_uint_ge(questions, 2 * SLICES);
    (void)assay_hooks_use(NULL);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
}
END_TEST

/* Cells that were counted by a thread of a file are brought to the dataset one by one. */
START_TEST(slices_of_a_file_are_brought_in_with_a_question_each)
{
    const struct assay_hooks hooks = {.deadline_seconds = 1e6};
    const struct assay_read_options options = {.hooks = &hooks, .threads = 1};
    static const char *const COLUMNS[] = {"", ",\"unit\":\"u\""};
    for (size_t i = 0; i < 2; i++) {
        char text[300], *csv = malloc(32 * 4 * SLICES), *end = csv;
        ck_assert_ptr_nonnull(csv);
        snprintf(text, sizeof text,
                 "{\"columns\":{\"group\":\"g\"%s},\"dimensions\":[\"d\"],"
                 "\"comparisons\":{\"baseline\":\"A\"},\"metrics\":[{\"id\":\"y\"}]}",
                 COLUMNS[i]);
        end += sprintf(end, "u,g,d,y\n");
        for (int row = 0; row < 4 * SLICES; row++)
            end += sprintf(end, "%d,%c,v%d,%d\n", row, 'A' + row % 2, row / 4, row * 7919 % 1000);
        struct assay_plan *plan = test_plan(text);
        struct assay_dataset *dataset;
        struct assay_table *table;
        struct assay_error err;
        assert_ok(assay_table_from_csv(csv, (size_t)(end - csv), NULL, &table, &err), &err);
        assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
        questions = 0;
        assert_ok(assay_dataset_read_tables(dataset, &table, NULL, 1, &options, &err), &err);
        ck_assert_uint_ge(questions, SLICES);
        assay_table_free(table);
        assay_dataset_free(dataset);
        assay_plan_free(plan);
        free(csv);
    }
}
END_TEST

enum { LOOKS = 60 };

/* Thousands of looks take seconds; what was given up between two of them can be asked for again. */
START_TEST(boundaries_of_looks_are_given_up)
{
    const struct assay_hooks none = {0}, hooks = {.deadline_seconds = LOOKS / 2 * 0.001};
    const struct assay_horizon_design design = {.kind = ASSAY_HORIZON_GROUP_SEQUENTIAL,
                                                .alpha = 0.05,
                                                .spending = ASSAY_SPENDING_OBRIEN_FLEMING,
                                                .expected_size = 2 * LOOKS};
    const struct assay_horizon *horizon;
    struct assay_horizon_cost want, got;
    struct assay__halt free_halt, halt;
    struct assay_error err;
    double units[LOOKS], factor;
    for (int k = 0; k < LOOKS; k++)
        units[k] = k + 1.0;
    assay__halt_begin(&free_halt, &none);
    struct assay__look_cache *cache = assay__look_cache_new(&free_halt);
    assert_ok(assay__look_cache_horizon(cache, &design, units, LOOKS, &horizon, &err), &err);
    assert_ok(assay_horizon_cost(horizon, 0.8, &want, &err), &err);
    assay__look_cache_free(cache);
    cache = assay__look_cache_new(&halt);
    for (int again = 0; again < 2; again++) {
        assay__halt_begin(&halt, &hooks);
        ck_assert_int_eq(
            again == 0 ? assay__look_cache_horizon(cache, &design, units, LOOKS, &horizon, &err)
                       : assay__look_cache_inflation(cache, &design, LOOKS, 0.8, &factor, &err),
            ASSAY_ERROR_CANCELLED);
        assay__halt_end(&halt);
    }
    assay__halt_begin(&halt, &none);
    assert_ok(assay__look_cache_horizon(cache, &design, units, LOOKS, &horizon, &err), &err);
    assert_ok(assay_horizon_cost(horizon, 0.8, &got, &err), &err);
    ck_assert(memcmp(&got, &want, sizeof got) == 0);
    assay__halt_end(&halt);
    assay__look_cache_free(cache);
    assay__halt_end(&free_halt);
}
END_TEST

START_TEST(writing_is_given_up)
{
    const struct assay_hooks hooks = {.deadline_seconds = 0.005};
    const struct assay_sink sink = {drop, NULL};
    struct assay_dataset *dataset = many_slices();
    struct assay_analysis *analysis;
    struct assay_error err;
    char *text = NULL;
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    (void)assay_hooks_use(&hooks);
    for (int format = ASSAY_FORMAT_RESULT; format <= ASSAY_FORMAT_DETAIL; format++) {
        ck_assert_int_eq(
            assay_analysis_write(analysis, (enum assay_format)format, NULL, &text, NULL, &err),
            ASSAY_ERROR_CANCELLED);
        ck_assert_str_eq(err.message, "The call's deadline has passed.");
        ck_assert_ptr_null(text);
        ck_assert_int_eq(
            assay_analysis_stream(analysis, (enum assay_format)format, NULL, &sink, &err),
            ASSAY_ERROR_CANCELLED);
    }
    ck_assert_int_eq(assay_dataset_summarize(dataset, &text, NULL, &err), ASSAY_ERROR_CANCELLED);
    ck_assert_int_eq(assay_dataset_stream(dataset, &sink, &err), ASSAY_ERROR_CANCELLED);
    (void)assay_hooks_use(NULL);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
}
END_TEST

/* Reading, analyzing and writing are one call there, and have one deadline together. */
START_TEST(a_document_has_one_deadline)
{
    static const char PLAN[] = "{\"columns\":{\"group\":\"g\"},\"dimensions\":[\"t\"],"
                               "\"comparisons\":{\"baseline\":\"A\"},"
                               "\"metrics\":[{\"id\":\"y\"}]}";
    struct assay_hooks hooks = {.deadline_seconds = 1e6};
    char path[256], message[256], *text;
    const char *const paths[] = {path};
    struct assay_plan *plan = test_plan(PLAN);
    struct assay_dataset *dataset;
    struct assay_error err;
    snprintf(path, sizeof path, "%s/units.csv", test_tmp());
    test_write_file(path, CSV, strlen(CSV));
    (void)assay_hooks_use(&hooks);
    questions = 0;
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(assay_dataset_read(dataset, paths, 1, NULL, &err), &err);
    uint64_t reading = questions;
    questions = 0;
    ck_assert_int_eq(
        assay_document_from_files(PLAN, paths, NULL, 1, NULL, &text, message, sizeof message),
        ASSAY_OK);
    assay_free(text);
    uint64_t largest = questions - reading > reading ? questions - reading : reading;
    hooks.deadline_seconds = 0.001 * (double)((largest + questions) / 2);
    ck_assert_int_eq(
        assay_document_from_files(PLAN, paths, NULL, 1, NULL, &text, message, sizeof message),
        ASSAY_ERROR_CANCELLED);
    (void)assay_hooks_use(NULL);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, what_follows_reading_is_given_up, 0,
                        (int)(sizeof PLANS / sizeof *PLANS));
    tcase_add_test(cases, merging_datasets_is_given_up);
    tcase_add_test(cases, a_thread_ends_what_has_no_hooks);
    tcase_add_test(cases, adding_up_tables_is_given_up);
    tcase_add_test(cases, no_step_goes_on_for_long);
    tcase_add_test(cases, slices_of_a_file_are_brought_in_with_a_question_each);
    tcase_add_test(cases, boundaries_of_looks_are_given_up);
    tcase_add_test(cases, writing_is_given_up);
    tcase_add_test(cases, a_document_has_one_deadline);
}

int main(void)
{
    return test_main("cancel_stages", add);
}
