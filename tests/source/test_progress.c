/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who follows the reading of a file hears of bytes and rows that grow, on the fast way and the
 * careful. */
#include "test.h"

#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PARTS = 4, PART_ROWS = 80000 };

/* Writes rows in parts, each longer than what is read at a time, and waits longer than a report
 * takes. */
static void *write_slowly(void *context)
{
    const struct timespec wait = {.tv_nsec = 150000000};
    FILE *file = fopen(context, "w");
    if (file == NULL)
        return NULL;
    fputs("u,g,y\n", file);
    for (int i = 0; i < PARTS * PART_ROWS; i++) {
        fprintf(file, "%d,%c,%d\n", i, i % 2 == 0 ? 'A' : 'B', i % 10);
        if (i % PART_ROWS == PART_ROWS - 1) {
            fflush(file);
            nanosleep(&wait, NULL);
        }
    }
    fclose(file);
    return NULL;
}

struct heard {
    uint64_t reports, bytes, rows;
};

static bool hear(void *context, const struct assay_progress *progress)
{
    struct heard *heard = context;
    if (strcmp(progress->stage, "read") != 0)
        return true;
    ck_assert_uint_ge(progress->done, heard->bytes);
    ck_assert_uint_ge(progress->rows, heard->rows);
    heard->bytes = progress->done;
    heard->rows = progress->rows;
    heard->reports++;
    return true;
}

static void follow(const char *plan_text, uint32_t threads)
{
    struct assay_plan *plan = test_plan(plan_text);
    struct assay_dataset *dataset;
    struct assay_error err;
    struct heard heard = {0};
    char path[256];
    const char *list[] = {path};
    pthread_t thread;
    const struct assay_hooks hooks = {.progress = hear, .context = &heard};
    const struct assay_read_options options = {.hooks = &hooks, .threads = threads};
    snprintf(path, sizeof path, "%s/progress-%ld.csv", test_tmp(), (long)getpid());
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    ck_assert_int_eq(pthread_create(&thread, NULL, write_slowly, path), 0);
    assert_ok(assay_dataset_read(dataset, list, 1, &options, &err), &err);
    pthread_join(thread, NULL);
    unlink(path);
    ck_assert_uint_ge(heard.reports, 3);
    ck_assert_uint_ge(heard.rows, PART_ROWS / 2);
    ck_assert_uint_le(heard.rows, PARTS * PART_ROWS);
    ck_assert_uint_ge(heard.bytes, 10 * heard.rows);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}

#define PLAN(format)                                                                               \
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"}," format                  \
    "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"}]}"

START_TEST(rows_of_columns_are_heard_of)
{
    follow(PLAN(""), 1);
    follow(PLAN(""), 3);
}
END_TEST

START_TEST(rows_one_by_one_are_heard_of)
{
    follow(PLAN("\"format\":{\"trim\":true},"), 1);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 60.0);
    tcase_add_test(cases, rows_of_columns_are_heard_of);
    tcase_add_test(cases, rows_one_by_one_are_heard_of);
}

int main(void)
{
    return test_main("progress", add);
}
