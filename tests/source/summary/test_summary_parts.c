/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts that are summarized and merged are the whole, byte for byte. */
#include "summary_text.h"
#include "summary_write.h"

#include <unistd.h>

#include "source/summary/summary_read.h"

/* Rows of an experiment with everything in it; those of unit u go to part u % parts. */
static char *part_text(unsigned part, unsigned parts)
{
    static const char *const LANDS[] = {"SE", "\"N;O\"", "", "d \"\"e"};
    struct assay__text text = {0};
    uint64_t state = 20261124;
    assay__text_puts(&text, "u,g,t,land,age,y,w,x1,x2\n");
    for (unsigned i = 0; i < 600; i++) {
        unsigned v[8];
        for (int k = 0; k < 8; k++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            v[k] = (unsigned)(state >> 40);
        }
        unsigned unit = v[0] % 500; /* some units come twice, some in two groups */
        if (unit % parts != part)
            continue;
        assay__text_format(&text, "u%u,%c,2026-01-%02uT0%u:00:00.5Z,", unit,
                           "ABC"[(unit + (v[7] % 40 == 0)) % 3], 1 + v[1] % 28, v[2] % 10);
        const char *land = LANDS[v[3] % 4];
        assay__text_format(&text, v[3] % 4 == 3 ? "\"%s\",%u," : "%s,%u,", land, v[4] % 5);
        for (unsigned k = 0, seed = unit * 7919 + 17; k < 8; k++) { /* values are of the unit */
            seed = seed * 1103515245u + 12345u;
            v[k] = seed >> 8 & 0xffffff;
        }
        if (v[5] % 11 == 0)
            assay__text_puts(&text, "NA,");
        else
            assay__text_format(&text, "%u.%03u,", v[5] % 90, v[6] % 1000);
        assay__text_format(&text, "%u,", 1 + v[6] % 7);
        assay__text_format(&text, v[1] % 5 == 0 ? "," : "%u.5,", v[2] % 50);
        assay__text_format(&text, v[2] % 6 == 0 ? "\n" : "-0.%u\n", v[5] % 100);
    }
    return test_text(&text);
}

static const char WHOLE_PLAN[] =
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"t\"},"
    "\"comparisons\":{\"baseline\":\"A\"},\"asOf\":\"2026-01-27T00:00:00Z\","
    "\"dimensions\":[\"land\"],\"segments\":[{\"id\":\"young\",\"filter\":\"age < 2\"}],"
    "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\","
    "\"covariates\":[\"x1\",\"x2\"],\"cap\":{\"lower\":5,\"upper\":80.5}},"
    "{\"id\":\"y zero\",\"role\":\"guardrail\",\"type\":\"mean\",\"value\":\"y\","
    "\"missing\":\"zero\"},"
    "{\"id\":\"rate\",\"role\":\"guardrail\",\"type\":\"ratio\",\"value\":\"y\","
    "\"denominator\":\"w\",\"covariates\":[\"x1\"]}]}";

static void summarize(const struct assay_plan *plan, const char *text, struct assay__text *out)
{
    struct assay_dataset *dataset = summary_dataset_of(plan, text);
    struct assay__summary_table table = {0};
    struct assay_error err;
    assert_ok(assay__summary_of_dataset(dataset, &table, &err), &err);
    assert_ok(summary_write(&table, out, &err), &err);
    assay__summary_table_release(&table);
    assay_dataset_free(dataset);
}

/* What 'assay merge' does with tables as text. */
static void merge_texts(struct assay__text *parts, unsigned count, struct assay__text *out)
{
    struct assay__summary_shards shards = {0};
    struct assay__summary_table *whole;
    struct assay_error err;
    for (unsigned i = 0; i < count; i++) {
        struct assay__summary_table table = {0};
        const char *path = summary_put_file(0, parts[i].data);
        assert_ok(assay__summary_read_file(path, NULL, &table, &err), &err);
        unlink(path);
        assert_ok(assay__summary_shards_add(&shards, &table, &err), &err);
        assay__summary_table_release(&table);
    }
    assert_ok(assay__summary_shards_join(&shards, false, &whole, &err), &err);
    assert_ok(summary_write(whole, out, &err), &err);
    assay__summary_shards_release(&shards);
}

/* A table without the rows that say which files it was made of. */
static char *without_inputs(const char *text)
{
    struct assay__text out = {0};
    while (*text != '\0') {
        size_t length = strcspn(text, "\n") + 1;
        if (strncmp(text, "@input,", 7) != 0 && strncmp(text, "@end,", 5) != 0)
            assay__text_append(&out, text, length);
        text += length;
    }
    return test_text(&out);
}

START_TEST(merged_parts_are_the_whole_byte_for_byte)
{
    static const unsigned COUNTS[] = {1, 2, 7};
    struct assay_plan *plan = test_plan(WHOLE_PLAN);
    char *all = part_text(0, 1);
    struct assay__text want = {0};
    struct assay_dataset *dataset = summary_dataset_of(plan, all);
    ck_assert_uint_gt(assay_dataset_counts(dataset).rows_duplicate, 20);
    ck_assert_uint_gt(assay_dataset_counts(dataset).units_in_two_groups, 0);
    ck_assert_uint_gt(assay_dataset_counts(dataset).rows_after, 5);
    char *detail = summary_document(dataset, ASSAY_FORMAT_DETAIL);
    char *result = summary_document(dataset, ASSAY_FORMAT_RESULT);
    assay_dataset_free(dataset);
    summarize(plan, all, &want);
    ck_assert_ptr_nonnull(strstr(want.data, "covariates_missing"));
    for (int c = 0; c < 3; c++) {
        struct assay__text parts[7] = {0}, got = {0};
        for (unsigned p = 0; p < COUNTS[c]; p++) {
            char *text = part_text(p, COUNTS[c]);
            summarize(plan, text, &parts[COUNTS[c] - 1 - p]);
            free(text);
        }
        merge_texts(parts, COUNTS[c], &got);
        char *got_sums = without_inputs(got.data), *want_sums = without_inputs(want.data);
        summary_assert_same_text(got_sums, want_sums);
        free(got_sums);
        free(want_sums);
        const char *texts[7];
        for (unsigned p = 0; p < COUNTS[c]; p++)
            texts[p] = parts[p].data;
        struct assay_error err; /* analyze merges what it is given by itself */
        assert_ok(summary_read_texts(plan, texts, COUNTS[c], &dataset, &err), &err);
        char *again_detail = summary_document(dataset, ASSAY_FORMAT_DETAIL);
        char *again_result = summary_document(dataset, ASSAY_FORMAT_RESULT);
        summary_assert_same_text(again_detail, detail);
        summary_assert_same_text(again_result, result);
        free(again_detail);
        free(again_result);
        assay_dataset_free(dataset);
        for (unsigned p = 0; p < COUNTS[c]; p++)
            assay__text_release(&parts[p]);
        assay__text_release(&got);
    }
    assay__text_release(&want);
    free(detail);
    free(result);
    free(all);
    assay_plan_free(plan);
}
END_TEST

/* A part that ends early keeps its last look: what is merged into the copy is the copy's alone. */
START_TEST(parts_that_end_early_merge_in_any_order)
{
    static const char *const PARTS[][2] = {
        {"metric,group,time,n,mean,variance\ny,A,2026-01-01,10,1.5,1.25\n",
         "metric,group,time,n,mean,variance\ny,A,2026-01-01,10,1.25,1.5\n"
         "y,A,2026-01-02,20,1.125,1.5\n"},
        {"metric,group,time,n,mean,variance,covariate_mean,covariate_variance,covariance\n"
         "y,A,2026-01-01,10,1.5,1.25,2.5,1.5,.5\n",
         "metric,group,time,n,mean,variance,covariate_mean,covariate_variance,covariance\n"
         "y,A,2026-01-01,10,1.25,1.5,2.5,1.5,.5\ny,A,2026-01-02,20,1.125,1.5,2.25,1.5,.5\n"}};
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        char *texts[2];
        for (int turned = 0; turned < 2; turned++) {
            char paths[2][256];
            size_t length;
            struct assay_error err;
            for (int k = 0; k < 2; k++)
                snprintf(paths[k], sizeof paths[k], "%s",
                         summary_put_file(k, PARTS[i][turned ? 1 - k : k]));
            const char *const both[2] = {paths[0], paths[1]};
            assert_ok(assay_sums_merge(both, 2, &texts[turned], &length, &err), &err);
        }
        ck_assert_ptr_nonnull(strstr(texts[0], "sum_rounding"));
        summary_assert_same_text(texts[0], texts[1]);
        assay_free(texts[0]);
        assay_free(texts[1]);
    }
}
END_TEST

/* Of long digits that nothing rounded it is said, or reading them again would take them for it. */
static const char *const LONG_DIGITS[] = {
    "metric,group,n,mean,variance\ny,A,100,10000000000,5\ny,B,110,10000000001,6\n",
    "metric,group,n,mean,variance\ny,A,100,1e150,1e-300\ny,B,110,2234567890123456789.5,2.5\n",
    "metric,group,n,mean,variance\ny,A,100,1e150,1e-300\ny,B,11322,45785,2.5\n",
    "metric,group,n,mean,variance\ny,A,100,1e300,1e-300\ny,B,110,2.5,2.5\n",
    "metric,group,time,n,sum,sum_squares\ny,A,2026-01-01,1000,1e20,3e37\n"
    "y,A,2026-01-02,1010,100000000000000000003,3e37\n",
    "metric,group,n,covariates_missing,sum,covariate1_sum,sum_squares,covariate1_sum_products,"
    "covariate1_sum_squares\n"
    "y,A,2,0,5.123456789012,6.75,17.262155156777153483936144,19.80864197253,24.3125\n"
    "y,A,2,1,9.75123,0,61.3180365129,0,0\n",
    /* no share, though its sums are as near as rounding could have moved those of one */
    "metric,group,n,mean,variance\ny,A,200,1.0,.2\ny,B,200,.5,.25\n",
    "metric,group,n,mean,variance\ny,A,708,1.5,2.5\ny,B,110,1.6,\np,A,10,.25,\n"};

START_TEST(sums_of_several_parts_that_merge_again_stay)
{
    static const char *const PARTS[][2] = {
        /* no share in either part; together the sum is that of the squares */
        {"metric,group,n,sum,sum_squares\ny,A,3,2,1.9\n",
         "metric,group,n,sum,sum_squares\ny,A,3,1,1.1\n"},
        /* a variance in one part only: nothing is said of how far its sum may be off */
        {"metric,group,n,mean,variance\ny,A,110,1.6,2.5\n",
         "metric,group,n,mean,variance\ny,A,110,1.6,\n"}};
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        char paths[2][256], *once, *twice;
        size_t length;
        struct assay_error err;
        for (int k = 0; k < 2; k++)
            snprintf(paths[k], sizeof paths[k], "%s", summary_put_file(k, PARTS[i][k]));
        const char *const both[2] = {paths[0], paths[1]};
        assert_ok(assay_sums_merge(both, 2, &once, &length, &err), &err);
        const char *path = summary_put_file(0, once);
        assert_ok(assay_sums_merge(&path, 1, &twice, &length, &err), &err);
        summary_assert_same_text(twice, once);
        assay_free(twice);
        assay_free(once);
    }
}
END_TEST

START_TEST(merging_what_was_merged_changes_nothing)
{
    struct assay_error err;
    char *once, *twice;
    size_t length;
    const char *path = summary_put_file(0, LONG_DIGITS[_i]);
    assert_ok(assay_sums_merge(&path, 1, &once, &length, &err), &err);
    path = summary_put_file(0, once);
    assert_ok(assay_sums_merge(&path, 1, &twice, &length, &err), &err);
    ck_assert_ptr_nonnull(strstr(once, "_rounding"));
    summary_assert_same_text(twice, once);
    assay_free(twice);
    assay_free(once);
}
END_TEST

/* A dataset of CSV in memory, in which semicolons separate unless assay wrote it. */
static struct assay_dataset *dataset_of(const struct assay_plan *plan, const char *text,
                                        size_t length)
{
    const struct assay_read_options options = {.separator = ';', .has_digests = true};
    struct assay_table *table;
    struct assay_dataset *dataset;
    struct assay_error err;
    assert_ok(assay_table_from_csv(text, length, "data", &table, &err), &err);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(assay_dataset_read_tables(dataset, &table, NULL, 1, &options, &err), &err);
    assay_table_free(table);
    return dataset;
}

/* The figures of a dataset, which is freed. */
static char *figures_of(struct assay_dataset *dataset)
{
    struct assay_analysis *analysis;
    struct assay_error err;
    char *out;
    size_t size;
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    assert_ok(assay_analysis_write(analysis, ASSAY_FORMAT_CSV, NULL, &out, &size, &err), &err);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    return out;
}

/* Rows have the figures of their sums; returns the length of the header of these. */
static size_t assert_sums_are_read(const char *json, const char *data, size_t length)
{
    struct assay_plan *plan = test_plan(json);
    struct assay_dataset *rows = dataset_of(plan, data, length);
    struct assay_error err;
    char *sums;
    size_t size;
    assert_ok(assay_dataset_summarize(rows, &sums, &size, &err), &err);
    char *of_rows = figures_of(rows), *of_sums = figures_of(dataset_of(plan, sums, size));
    summary_assert_same_text(of_sums, of_rows);
    size_t header = strcspn(sums, "\n");
    assay_free(of_sums);
    assay_free(of_rows);
    assay_free(sums);
    assay_plan_free(plan);
    return header;
}

/* Formats, and data written so. The currency is one that sums could have, too. */
static const struct {
    const char *format, *data;
} SPELT[] = {
    {"\"decimal\":\",\",\"thousands\":\".\"", "g;y\na;1.500,125\na;2\nb;0,5\nb;1.000\na;1\n"},
    {"\"missing\":[\"0\",\"3\",\"1503.125\"]", "g;y\na;1500.125\na;2\nb;3\nb;1000\na;1\nb;7\n"},
    {"\"percent\":true,\"currency\":\"1\"", "g;y\na;15%\na;2\nb;3\nb;40%\na;2\n"},
    {"\"skipLines\":2,\"trim\":true", "A title\n\ng ; y\na ; 15 \na;2\nb; 3\nb;40\n a;2\n"},
    {"\"true\":[\"2\"],\"false\":[\"1\"]", "g;y\na;15\na;2\nb;3\nb;40\na;2\n"}};

/* What assay writes, it reads, whatever the plan says of how the data are written. */
START_TEST(sums_are_not_in_the_format_of_the_data)
{
    char json[400];
    snprintf(json, sizeof json,
             "{\"columns\":{\"group\":\"g\"},\"format\":{%s},\"comparisons\":{\"baseline\":"
             "\"a\"},\"metrics\":[{\"id\":\"y\"}]}",
             SPELT[_i].format);
    (void)assert_sums_are_read(json, SPELT[_i].data, strlen(SPELT[_i].data));
}
END_TEST

/* UTF-16 data, and a header of sums that is longer than the first bytes which are looked at. */
START_TEST(sums_are_not_in_the_encoding_of_the_data)
{
    struct assay__text data = {0}, json = {0}, wide = {0};
    assay__text_puts(&json, "{\"columns\":{\"group\":\"g\"},\"format\":{\"encoding\":\"UTF-16LE\"},"
                            "\"comparisons\":{\"baseline\":\"a\"},\"metrics\":[{\"id\":\"y\","
                            "\"covariates\":[\"x0\"");
    assay__text_puts(&data, "g;y;x0");
    for (int i = 1; i < 16; i++) {
        assay__text_format(&json, ",\"x%d\"", i);
        assay__text_format(&data, ";x%d", i);
    }
    assay__text_puts(&json, "]}]}");
    for (int row = 0; row < 60; row++) {
        assay__text_format(&data, "\n%c;%d", "ab"[row % 2], row * row % 37);
        for (int i = 0; i < 16; i++)
            assay__text_format(&data, ";%d", row * (i + 3) % (i + 11));
    }
    for (size_t i = 0; i < data.length; i++) {
        assay__text_putc(&wide, data.data[i]);
        assay__text_putc(&wide, '\0');
    }
    ck_assert_uint_gt(assert_sums_are_read(json.data, wide.data, wide.length), 4096);
    assay__text_release(&data);
    assay__text_release(&json);
    assay__text_release(&wide);
}
END_TEST

/* Squares of numbers beyond 1e154 are beyond doubles, and sums may have many digits. */
START_TEST(sums_beyond_doubles_are_read)
{
    static const char DATA[] = "g;y\na;1e200\na;2e200\nb;3e200\nb;-1e200\na;1\nb;1e-300\n";
    (void)assert_sums_are_read("{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":"
                               "\"a\"},\"metrics\":[{\"id\":\"y\"}]}",
                               DATA, sizeof DATA - 1);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, sums_are_not_in_the_format_of_the_data, 0,
                        sizeof SPELT / sizeof *SPELT);
    tcase_add_test(cases, sums_are_not_in_the_encoding_of_the_data);
    tcase_add_test(cases, sums_beyond_doubles_are_read);
    tcase_add_test(cases, parts_that_end_early_merge_in_any_order);
    tcase_add_test(cases, sums_of_several_parts_that_merge_again_stay);
    tcase_add_loop_test(cases, merging_what_was_merged_changes_nothing, 0,
                        sizeof LONG_DIGITS / sizeof *LONG_DIGITS);
    tcase_add_test(cases, merged_parts_are_the_whole_byte_for_byte);
}

int main(void)
{
    return test_main("summary_parts", add);
}
