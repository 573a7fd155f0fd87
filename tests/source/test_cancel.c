/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call that its caller ends, while it waits for a pipe, reads, gathers units or compares. */
#include "test.h"

#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* A call that its end does not reach would wait far longer; a busy machine may take its time. */
static const double LATE_SECONDS = 20.0;

static int cancel;

static void *cancel_soon(void *context)
{
    const struct timespec wait = {.tv_nsec = 100000000};
    double *at = context;
    nanosleep(&wait, NULL);
    *at = assay__clock_now();
    __atomic_store_n(&cancel, 1, __ATOMIC_RELAXED);
    return NULL;
}

static const char PLAN[] =
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"A\"},"
    "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"}]}";

/* A pipe that nobody writes to, ended from another thread. */
START_TEST(a_pipe_without_data_is_given_up)
{
    struct assay_plan *plan = test_plan(PLAN);
    struct assay_dataset *dataset;
    struct assay_error err;
    char path[256];
    const char *list[] = {path};
    double at = 0.0;
    pthread_t thread;
    snprintf(path, sizeof path, "%s/cancel-%ld", test_tmp(), (long)getpid());
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    FILE *writer = fopen(path, "r+");
    ck_assert_ptr_nonnull(writer);
    const struct assay_hooks hooks = {.cancel = &cancel};
    const struct assay_read_options options = {.hooks = &hooks};
    cancel = 0;
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel_soon, &at), 0);
    ck_assert_int_eq(assay_dataset_read(dataset, list, 1, &options, &err), ASSAY_ERROR_CANCELLED);
    double end = assay__clock_now();
    pthread_join(thread, NULL);
    ck_assert_double_lt(end - at, LATE_SECONDS);
    fclose(writer);
    unlink(path);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

/* As above, of a stream that the program opened: some rows are there, no more come. */
START_TEST(a_stream_without_data_is_given_up)
{
    struct assay_plan *plan = test_plan(PLAN);
    struct assay_dataset *dataset;
    struct assay_table *table;
    struct assay_error err;
    int ends[2];
    double at = 0.0;
    pthread_t thread;
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "u,g,y\n1,A,2\n", 12), 12);
    FILE *stream = fdopen(ends[0], "r");
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_eq(fgetc(stream), 'u'); /* the rest is in the stream's own buffer */
    ck_assert_int_eq(ungetc('u', stream), 'u');
    const struct assay_hooks hooks = {.cancel = &cancel};
    const struct assay_read_options options = {.hooks = &hooks};
    cancel = 0;
    assert_ok(assay_table_from_file(stream, NULL, &table, &err), &err);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel_soon, &at), 0);
    ck_assert_int_eq(assay_dataset_read_tables(dataset, &table, NULL, 1, &options, &err),
                     ASSAY_ERROR_CANCELLED);
    double end = assay__clock_now();
    pthread_join(thread, NULL);
    ck_assert_double_lt(end - at, LATE_SECONDS);
    assay_table_free(table);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    fclose(stream);
    close(ends[1]);
}
END_TEST

static void nothing(int number)
{
    (void)number;
}

/* Signals that end a read() do not end the reading. */
START_TEST(signals_do_not_end_a_stream)
{
    static const char TEXT[] = "u,g,y\n1,A,2\n2,B,3\n3,A,5\n4,B,4\n";
    struct sigaction action = {.sa_handler = nothing}, before;
    const struct itimerval often = {{0, 3000}, {0, 3000}}, never = {{0, 0}, {0, 0}};
    const struct timespec wait = {.tv_nsec = 30000000};
    struct assay_plan *plan = test_plan(PLAN);
    struct assay_dataset *dataset;
    struct assay_table *table;
    struct assay_error err;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        for (size_t i = 0; i < sizeof TEXT - 1; i += 6) {
            nanosleep(&wait, NULL);
            if (write(ends[1], TEXT + i, sizeof TEXT - 1 - i < 6 ? sizeof TEXT - 1 - i : 6) < 0)
                _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    FILE *stream = fdopen(ends[0], "r");
    ck_assert_ptr_nonnull(stream);
    assert_ok(assay_table_from_file(stream, NULL, &table, &err), &err);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    sigaction(SIGALRM, &action, &before);
    setitimer(ITIMER_REAL, &often, NULL);
    enum assay_status status = assay_dataset_read_tables(dataset, &table, NULL, 1, NULL, &err);
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    assert_ok(status, &err);
    ck_assert_uint_eq(assay_dataset_counts(dataset).rows_used, 4);
    assay_table_free(table);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    fclose(stream);
    waitpid(child, NULL, 0);
}
END_TEST

/* Rows without end. */
static enum assay_status endless(void *context, struct assay_cell *cells, bool *is_end,
                                 struct assay_error *err)
{
    int64_t *row = context;
    (void)is_end;
    (void)err;
    cells[0] = (struct assay_cell){.kind = ASSAY_CELL_INTEGER, .integer = ++*row};
    cells[1] = (struct assay_cell){.text = *row % 2 == 0 ? "A" : "B"};
    cells[2] = (struct assay_cell){.kind = ASSAY_CELL_DOUBLE, .number = (double)*row};
    return ASSAY_OK;
}

START_TEST(rows_without_end_are_given_up_at_the_deadline)
{
    static const char *const NAMES[] = {"u", "g", "y"};
    struct assay_plan *plan = test_plan(PLAN);
    struct assay_dataset *dataset;
    struct assay_table *table;
    struct assay_error err;
    int64_t row = 0;
    const struct assay_hooks hooks = {.deadline_seconds = 0.1};
    const struct assay_read_options options = {.hooks = &hooks};
    assert_ok(assay_table_from_rows(NAMES, 3, endless, &row, NULL, &table, &err), &err);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    double begin = assay__clock_now();
    ck_assert_int_eq(assay_dataset_read_tables(dataset, &table, NULL, 1, &options, &err),
                     ASSAY_ERROR_CANCELLED);
    ck_assert_double_lt(assay__clock_now() - begin, 0.1 + LATE_SECONDS);
    ck_assert_int_gt(row, 0);
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_plan_free(plan);
}
END_TEST

/* Stops at the first report of a stage. */
struct stop_at {
    const char *stage;
    int reports;
};

static bool stop_at(void *context, const struct assay_progress *progress)
{
    struct stop_at *stop = context;
    stop->reports++;
    return strcmp(progress->stage, stop->stage) != 0;
}

enum { UNITS = 60000 };

static enum assay_status some(void *context, struct assay_cell *cells, bool *is_end,
                              struct assay_error *err)
{
    int64_t *row = context;
    *is_end = *row == UNITS;
    return endless(context, cells, is_end, err);
}

/* Reads units, each a value of the dimension "u" too, up to a stage. */
static enum assay_status read_until(const char *stage, struct assay_dataset **dataset,
                                    struct stop_at *stop, struct assay_error *err)
{
    static const char *const NAMES[] = {"u", "g", "y"};
    struct assay_plan *plan = test_plan(
        "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"A\"},"
        "\"dimensions\":[\"u\"],"
        "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"}]}");
    struct assay_table *table;
    int64_t row = 0;
    *stop = (struct stop_at){.stage = stage};
    const struct assay_hooks hooks = {.progress = stop_at, .context = stop};
    const struct assay_read_options options = {.hooks = &hooks};
    assert_ok(assay_table_from_rows(NAMES, 3, some, &row, NULL, &table, err), err);
    assert_ok(assay_dataset_new(plan, dataset, err), err);
    enum assay_status status = assay_dataset_read_tables(*dataset, &table, NULL, 1, &options, err);
    assay_table_free(table);
    assay_plan_free(plan);
    return status;
}

START_TEST(units_are_given_up_while_they_are_added)
{
    struct assay_dataset *dataset;
    struct stop_at stop;
    struct assay_error err;
    ck_assert_int_eq(read_until("units", &dataset, &stop, &err), ASSAY_ERROR_CANCELLED);
    ck_assert_int_gt(stop.reports, 1);
    assay_dataset_free(dataset);
}
END_TEST

START_TEST(an_analysis_is_given_up)
{
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    struct stop_at stop;
    struct assay_error err;
    assert_ok(read_until("none", &dataset, &stop, &err), &err);
    stop.stage = "analyze";
    const struct assay_hooks progress = {.progress = stop_at, .context = &stop};
    const struct assay_hooks deadline = {.deadline_seconds = 0.001};
    const struct assay_analyze_options by_progress = {.hooks = &progress};
    const struct assay_analyze_options by_deadline = {.hooks = &deadline};
    ck_assert_int_eq(assay_dataset_analyze_with(dataset, &by_progress, &analysis, &err),
                     ASSAY_ERROR_CANCELLED);
    double begin = assay__clock_now();
    ck_assert_int_eq(assay_dataset_analyze_with(dataset, &by_deadline, &analysis, &err),
                     ASSAY_ERROR_CANCELLED);
    ck_assert_double_lt(assay__clock_now() - begin, 0.001 + LATE_SECONDS);
    assay_dataset_free(dataset);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 60.0);
    tcase_add_test(cases, a_pipe_without_data_is_given_up);
    tcase_add_test(cases, a_stream_without_data_is_given_up);
    tcase_add_test(cases, signals_do_not_end_a_stream);
    tcase_add_test(cases, rows_without_end_are_given_up_at_the_deadline);
    tcase_add_test(cases, units_are_given_up_while_they_are_added);
    tcase_add_test(cases, an_analysis_is_given_up);
}

int main(void)
{
    return test_main("cancel", add);
}
