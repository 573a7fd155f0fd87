/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What assay.h promises of every function: outputs are written on success only, and a sink's
 * failure is one of the function that was given it.
 */
#include <time.h>

#include "test.h"

static const char PLAN[] = "{\"parent\":\"workflows/w/instances/i\",\"columns\":{\"group\":\"g\"},"
                           "\"comparisons\":{\"baseline\":\"A\"},"
                           "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"}]}";
static const char CSV[] = "g,y\nA,1.5\nB,2\nA,2.5\nB,4\nA,1\nB,3\n";

/* Sealed sums and an analysis of them. */
struct scene {
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
};

static struct scene open_scene(void)
{
    const struct assay_read_options options = {.has_digests = true};
    struct assay_plan *plan = test_plan(PLAN);
    struct scene scene;
    struct assay_table *table;
    struct assay_error err;
    assert_ok(assay_dataset_new(plan, &scene.dataset, &err), &err);
    assert_ok(assay_table_from_csv(CSV, sizeof CSV - 1, NULL, &table, &err), &err);
    assert_ok(assay_dataset_read_tables(scene.dataset, &table, NULL, 1, &options, &err), &err);
    assert_ok(assay_dataset_analyze(scene.dataset, &scene.analysis, &err), &err);
    assay_table_free(table);
    assay_plan_free(plan);
    return scene;
}

static void close_scene(struct scene *scene)
{
    assay_analysis_free(scene->analysis);
    assay_dataset_free(scene->dataset);
}

/* Places that no call that fails may touch. */
static char place_of_text;
static size_t untouched_length;

static void expect_untouched(const char *text, size_t length)
{
    ck_assert_ptr_eq(text, &place_of_text);
    ck_assert_uint_eq(length, untouched_length);
}

START_TEST(outputs_of_calls_that_fail_stay_as_they_were)
{
    const struct assay_client_options nowhere = {.base_url = "http://example.com"};
    const struct assay_client_options here = {.base_url = "http://127.0.0.1:1"};
    const struct assay_moments_shape wide = {.covariate_count = ASSAY_COVARIATES_MAX + 1};
    void *mark = &place_of_text;
    struct assay_client *client = mark;
    struct assay_moments *moments = mark;
    struct assay_plan *plan = mark;
    struct assay_error err;
    char *text = &place_of_text;
    size_t length = untouched_length = 77;
    ck_assert_int_eq(assay_client_new(&nowhere, &client, &err), ASSAY_ERROR_USAGE);
    ck_assert_ptr_eq(client, mark);
    ck_assert_int_eq(assay_moments_new(wide, &moments, &err), ASSAY_ERROR_DOMAIN);
    ck_assert_ptr_eq(moments, mark);
    ck_assert_int_eq(assay_plan_parse("{", 1, NULL, &plan, &err), ASSAY_ERROR_PLAN);
    ck_assert_ptr_eq(plan, mark);
    ck_assert_int_eq(assay_request_wrap("[]", 2, NULL, NULL, NULL, &text, &length, &err),
                     ASSAY_ERROR_DATA);
    expect_untouched(text, length);
    assert_ok(assay_client_new(&here, &client, &err), &err);
    ck_assert_int_eq(assay_client_describe(client, "{}", 2, &text, &err), ASSAY_ERROR_DATA);
    expect_untouched(text, length);
    assay_client_free(client);
}
END_TEST

/* Says what it is told to, and counts. */
struct poor_sink {
    const char *sentence;
    enum assay_status answer;
    int calls;
};

static enum assay_status write_poorly(void *context, const char *bytes, size_t length,
                                      struct assay_error *err)
{
    struct poor_sink *poor = context;
    ck_assert(bytes != NULL && length > 0 && err->message[0] == '\0');
    poor->calls++;
    if (poor->sentence != NULL)
        snprintf(err->message, sizeof err->message, "%s", poor->sentence);
    return poor->answer;
}

static void expect_failure(enum assay_status status, const struct poor_sink *poor,
                           const struct assay_error *err)
{
    ck_assert_int_eq(status, poor->answer);
    ck_assert_int_eq(err->code, poor->answer);
    ck_assert_int_eq(poor->calls, 1);
    ck_assert_str_eq(err->message, poor->sentence != NULL
                                       ? poor->sentence
                                       : "The sink says no more than: Reading or writing failed.");
}

/* A program that puts a sentence into the error, or nothing, has filled in no status. */
START_TEST(what_a_sink_leaves_out_of_its_error_is_filled_in)
{
    static const char *const SENTENCES[] = {NULL, "The disk is full."};
    struct scene scene = open_scene();
    for (size_t i = 0; i < 2; i++)
        for (int way = 0; way < 3; way++) {
            struct poor_sink poor = {SENTENCES[i], ASSAY_ERROR_IO, 0};
            const struct assay_sink sink = {write_poorly, &poor};
            struct assay_error err;
            memset(&err, 0x55, sizeof err);
            enum assay_status status =
                way == 0
                    ? assay_analysis_stream(scene.analysis, ASSAY_FORMAT_DETAIL, NULL, &sink, &err)
                : way == 1 ? assay_request_stream(scene.analysis, &sink, &err)
                           : assay_dataset_stream(scene.dataset, &sink, &err);
            expect_failure(status, &poor, &err);
        }
    close_scene(&scene);
}
END_TEST

/* Four rows for each value of a dimension. */
static char *many_slices(int count, size_t *length)
{
    char *csv = malloc((size_t)count * 4 * 32 + 32), *end = csv;
    ck_assert_ptr_nonnull(csv);
    end += sprintf(end, "g,d,y\n");
    for (int row = 0; row < 4 * count; row++)
        end += sprintf(end, "%c,%d,%d\n", 'A' + row % 2, row / 4, row * 7919 % 1000);
    *length = (size_t)(end - csv);
    return csv;
}

static enum assay_status fail_at_once(void *context, const char *bytes, size_t length,
                                      struct assay_error *err)
{
    (void)bytes;
    (void)err;
    *(size_t *)context += length;
    return ASSAY_ERROR_IO;
}

static enum assay_status count_bytes(void *context, const char *bytes, size_t length,
                                     struct assay_error *err)
{
    (void)fail_at_once(context, bytes, length, err);
    return ASSAY_OK;
}

static clock_t time_of(const struct assay_analysis *analysis, int format,
                       const struct assay_sink *sink, enum assay_status want)
{
    struct assay_error err;
    clock_t begin = clock();
    ck_assert_int_eq(assay_analysis_stream(analysis, (enum assay_format)format, NULL, sink, &err),
                     want);
    return clock() - begin;
}

/* What comes after a failure of the sink is not computed: there may be millions of rows. */
START_TEST(writing_ends_with_its_sink)
{
    struct assay_plan *plan =
        test_plan("{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},"
                  "\"dimensions\":[\"d\"],\"metrics\":[{\"id\":\"y\"}]}");
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    struct assay_table *table;
    struct assay_error err;
    size_t length, all, few;
    char *csv = many_slices(4000, &length);
    assert_ok(assay_table_from_csv(csv, length, NULL, &table, &err), &err);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(assay_dataset_read_tables(dataset, &table, NULL, 1, NULL, &err), &err);
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    for (int format = ASSAY_FORMAT_RESULT; format <= ASSAY_FORMAT_CSV; format++) {
        const struct assay_sink whole = {count_bytes, &all}, poor = {fail_at_once, &few};
        all = few = 0;
        clock_t used = time_of(analysis, format, &whole, ASSAY_OK);
        clock_t spent = time_of(analysis, format, &poor, ASSAY_ERROR_IO);
        ck_assert_uint_gt(all, 8 * few);
        ck_assert_msg(spent < used / 3, "format %d: %ld of %ld", format, (long)spent, (long)used);
    }
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_plan_free(plan);
    free(csv);
}
END_TEST

/* Moments of another shape are refused, and the dataset is as it was: sealed. */
START_TEST(moments_that_are_refused_leave_the_seal)
{
    const struct assay_moments_shape ratio = {.has_denominator = 1};
    struct scene scene = open_scene();
    struct assay_moments *moments;
    struct assay_error err;
    char *before, *after;
    assert_ok(assay_dataset_summarize(scene.dataset, &before, NULL, &err), &err);
    ck_assert_ptr_nonnull(strstr(before, "@end"));
    assert_ok(assay_moments_new(ratio, &moments, &err), &err);
    ck_assert_int_eq(assay_dataset_add_moments(scene.dataset, "y", "A", moments, &err),
                     ASSAY_ERROR_DOMAIN);
    assert_ok(assay_dataset_summarize(scene.dataset, &after, NULL, &err), &err);
    ck_assert_str_eq(after, before);
    assay_free(before);
    assay_free(after);
    assay_moments_free(moments);
    close_scene(&scene);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, outputs_of_calls_that_fail_stay_as_they_were);
    tcase_add_test(cases, what_a_sink_leaves_out_of_its_error_is_filled_in);
    tcase_add_test(cases, writing_ends_with_its_sink);
    tcase_add_test(cases, moments_that_are_refused_leave_the_seal);
}

int main(void)
{
    return test_main("promises", add);
}
