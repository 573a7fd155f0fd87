/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Datasets that are merged, and tables of many groups and slices. */
#include "test.h"

#include <inttypes.h>
#include <unistd.h>

static const char PLAN[] =
    "{\"columns\": {\"unit\": \"id\", \"group\": \"arm\", \"time\": \"at\"},"
    " \"asOf\": \"2026-01-05T00:00:00Z\", \"comparisons\": {\"baseline\": \"g0\"},"
    " \"dimensions\": [\"d\"], \"segments\": [{\"id\": \"high\", \"filter\": \"x >= 3\"}],"
    " \"metrics\": [{\"id\": \"x\", \"direction\": \"increase\", \"covariates\": [\"z\"]},"
    " {\"id\": \"y\", \"direction\": \"decrease\"}]}";

enum { GROUPS = 11, VALUES = 53 };

/* Rows first to last of a table; every 29th has no y, every 31st no z. */
static void put_rows(FILE *file, unsigned first, unsigned last)
{
    for (unsigned i = first; i < last; i++) {
        fprintf(file, "u%u,g%u,v%u,2026-01-0%uT12:00:00Z,%u.%u", i, i % GROUPS, i / GROUPS % VALUES,
                1 + i % 4, i * i % 7, i % 10);
        fprintf(file, i % 29 == 0 ? "," : ",%u", i * 3 % 101);
        fprintf(file, i % 31 == 0 ? ",\n" : ",%u.5\n", i * 7 % 23);
    }
}

/* Reads a table of such rows, and of others that do not count, into a new dataset. */
static struct assay_dataset *read_rows(const struct assay_plan *plan, unsigned first, unsigned last,
                                       const char *odd_rows)
{
    char path[64];
    snprintf(path, sizeof path, "%s/dataset-XXXXXX", test_tmp());
    const char *name = path;
    const struct assay_read_options options = {.bad_rows = ASSAY_BAD_ROWS_SKIP};
    struct assay_dataset *dataset;
    struct assay_error err;
    FILE *file = fdopen(mkstemp(path), "w");
    ck_assert_ptr_nonnull(file);
    fputs("id,arm,d,at,x,y,z\n", file);
    put_rows(file, first, last);
    fputs(odd_rows, file);
    ck_assert_int_eq(fclose(file), 0);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(assay_dataset_read(dataset, &name, 1, &options, &err), &err);
    unlink(path);
    return dataset;
}

static struct assay_plan *plan_of(const char *text)
{
    struct assay_plan *plan;
    struct assay_error err;
    assert_ok(assay_plan_parse(text, strlen(text), "plan", &plan, &err), &err);
    return plan;
}

static struct assay_analysis *analysis_of(struct assay_dataset *dataset)
{
    struct assay_analysis *analysis;
    struct assay_error err;
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    return analysis;
}

/* The detail document: it has every figure and every count. */
static char *detail_of(struct assay_dataset *dataset)
{
    struct assay_analysis *analysis = analysis_of(dataset);
    const struct assay_write_options options = {0};
    char *text;
    size_t length;
    struct assay_error err;
    assert_ok(assay_analysis_write(analysis, ASSAY_FORMAT_DETAIL, &options, &text, &length, &err),
              &err);
    assay_analysis_free(analysis);
    return text;
}

/* Units per group and slice, counted from the rule that makes the rows. */
static void check_units(const struct assay_analysis *analysis, unsigned rows)
{
    ck_assert_uint_eq(analysis->group_count, GROUPS);
    ck_assert_uint_eq(analysis->slice_count, 1 + VALUES + 1);
    for (uint32_t s = 0; s < analysis->slice_count; s++)
        for (uint32_t g = 0; g < GROUPS; g++) {
            const struct assay_slice *slice = &analysis->slices[s];
            uint64_t units = 0;
            for (unsigned i = 0; i < rows; i++) {
                char value[8], group[8];
                snprintf(value, sizeof value, "v%u", i / GROUPS % VALUES);
                snprintf(group, sizeof group, "g%u", i % GROUPS);
                if (strcmp(group, analysis->groups[g].id) == 0)
                    units += slice->kind == ASSAY_SLICE_TOTAL ? 1
                             : slice->kind == ASSAY_SLICE_SEGMENT
                                 ? i * i % 7 >= 3
                                 : strcmp(value, slice->value) == 0;
            }
            ck_assert_msg(analysis->units[s * GROUPS + g] == units,
                          "slice %s%s, group %s: %" PRIu64 " units, not %" PRIu64, slice->key,
                          slice->value, analysis->groups[g].id, analysis->units[s * GROUPS + g],
                          units);
        }
}

START_TEST(many_groups_and_slices_have_their_units)
{
    struct assay_plan *plan = plan_of(PLAN);
    struct assay_dataset *dataset = read_rows(plan, 0, 4000, "");
    struct assay_analysis *analysis = analysis_of(dataset);
    check_units(analysis, 4000);
    ck_assert_uint_eq(analysis->missing[0], 0);
    ck_assert_uint_eq(analysis->missing[1], (4000 + 28) / 29);
    ck_assert_uint_eq(analysis->missing_covariates[0], (4000 + 30) / 31);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

static void check_remark(const struct assay_analysis *analysis, int metric, const char *text)
{
    for (size_t i = 0; i < analysis->annotation_count; i++) {
        const struct assay_annotation *note = &analysis->annotations[i];
        if (strcmp(note->text, text) != 0)
            continue;
        ck_assert_int_eq(note->metric, metric);
        ck_assert_int_eq(note->level, ASSAY_NOTE_INFO);
        return;
    }
    ck_abort_msg("no remark says: %s", text);
}

/* A planned group without a row, and one without a value of a metric that has covariates. */
START_TEST(groups_without_values_miss_no_covariates)
{
    static const char WITH_GROUPS[] =
        "{\"columns\": {\"unit\": \"id\", \"group\": \"arm\"},"
        " \"groups\": [{\"id\": \"g0\", \"weight\": 1}, {\"id\": \"g1\", \"weight\": 1},"
        " {\"id\": \"empty\", \"weight\": 1}, {\"id\": \"valueless\", \"weight\": 1}],"
        " \"comparisons\": {\"pairs\": [{\"baseline\": \"g0\", \"compared\": \"g1\"}]},"
        " \"metrics\": [{\"id\": \"x\", \"direction\": \"increase\", \"covariates\": [\"z\"]}]}";
    struct assay_plan *plan = plan_of(WITH_GROUPS);
    struct assay_dataset *dataset = read_rows(plan, 0, 0,
                                              "1,g0,v,,1,1,2\n2,g0,v,,2,1,\n3,g0,v,,4,1,7\n"
                                              "4,g1,v,,1,1,\n5,g1,v,,3,1,3\n6,g1,v,,5,1,4\n"
                                              "7,valueless,v,,,1,1\n8,valueless,v,,,1,\n");
    struct assay_analysis *analysis = analysis_of(dataset);
    ck_assert_uint_eq(analysis->missing[0], 2);
    ck_assert_uint_eq(analysis->missing_covariates[0], 2);
    check_remark(analysis, 0, "Units without a value of x, left out: 2.");
    check_remark(analysis, 0, "Units without a value of covariate z, counted as its mean: 2.");
    ck_assert_uint_eq(analysis->units[2], 0);
    ck_assert_uint_eq(analysis->units[3], 2);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

/* A field of the counts, by its place. */
static uint64_t count_at(const struct assay_counts *counts, size_t i)
{
    uint64_t count;
    memcpy(&count, (const char *)counts + i * sizeof count, sizeof count);
    return count;
}

/* The rows that do not count of both parts: each kind at least once, and not as often in both. */
static const char ODD_FIRST[] = "p1,g1,v1,2026-01-01T12:00:00Z,1,1,1\n"
                                "p1,g1,v1,2026-01-01T13:00:00Z,1,1,1\n" /* a duplicate */
                                "p6,g1,v1,2026-01-01T12:00:00Z,1,1,1\n" /* an unclear unit */
                                "p6,g1,v2,2026-01-01T12:00:00Z,1,1,1\n"
                                "p2,g1,v1,2026-01-01T12:00:00Z,1,1,1\n" /* in two groups */
                                "p2,g2,v1,2026-01-01T12:00:00Z,1,1,1\n"
                                "p3,g1,v1,2026-01-06T12:00:00Z,1,1,1\n" /* too late */
                                "p4,g1,v1,2026-01-01T12:00:00Z,bad,1,1\n"
                                "p5,,v1,2026-01-01T12:00:00Z,1,1,1\n"
                                ",g1,v1,2026-01-01T12:00:00Z,1,1,1\n";
static const char ODD_LAST[] = "q2,g1,v1,2026-01-01T12:00:00Z,1,1,1\n"
                               "q2,g3,v1,2026-01-01T12:00:00Z,1,1,1\n"
                               "q2,g3,v1,2026-01-01T12:00:00Z,1,1,1\n"
                               "q4,g1,v1,2026-01-01T12:00:00Z,1,bad,1\n"
                               "q5,g1,v1,2026-01-01T12:00:00Z,1,1,bad\n";

START_TEST(merged_parts_are_the_whole)
{
    struct assay_plan *plan = plan_of(PLAN);
    struct assay_error err;
    char odd[1024];
    snprintf(odd, sizeof odd, "%s%s", ODD_FIRST, ODD_LAST);
    struct assay_dataset *whole = read_rows(plan, 0, 4000, odd);
    struct assay_counts want = assay_dataset_counts(whole);
    char *text = detail_of(whole);
    for (int way = 0; way < 2; way++) {
        struct assay_dataset *parts[2] = {read_rows(plan, 0, 1234, ODD_FIRST),
                                          read_rows(plan, 1234, 4000, ODD_LAST)};
        assert_ok(assay_dataset_merge(parts[way], parts[1 - way], &err), &err);
        struct assay_counts counts = assay_dataset_counts(parts[way]);
        for (size_t i = 0; i < sizeof counts / sizeof(uint64_t); i++) {
            ck_assert_uint_eq(count_at(&counts, i), count_at(&want, i));
            if (i < offsetof(struct assay_counts, rows_left_out) / sizeof(uint64_t))
                ck_assert_uint_gt(count_at(&want, i), 0);
        }
        char *merged = detail_of(parts[way]);
        ck_assert_msg(strcmp(merged, text) == 0, "merged one way (%d), the detail differs", way);
        free(merged);
        assay_dataset_free(parts[0]);
        assay_dataset_free(parts[1]);
    }
    free(text);
    assay_dataset_free(whole);
    assay_plan_free(plan);
}
END_TEST

START_TEST(datasets_of_two_plans_do_not_merge)
{
    struct assay_plan *plans[2] = {plan_of(PLAN), plan_of(PLAN)};
    struct assay_dataset *datasets[2];
    struct assay_error err;
    for (int i = 0; i < 2; i++)
        assert_ok(assay_dataset_new(plans[i], &datasets[i], &err), &err);
    ck_assert_int_eq(assay_dataset_merge(datasets[0], datasets[1], &err), ASSAY_ERROR_USAGE);
    ck_assert_str_eq(err.message, "Datasets of different plans do not merge.");
    ck_assert_int_eq(assay_dataset_merge(datasets[0], datasets[0], &err), ASSAY_ERROR_USAGE);
    for (int i = 0; i < 2; i++) {
        assay_dataset_free(datasets[i]);
        assay_plan_free(plans[i]);
    }
}
END_TEST

/* Sealed: of one or two tables. */
static struct assay_dataset *read_sealed(const struct assay_plan *plan, const char *first,
                                         const char *second)
{
    const struct assay_read_options options = {.has_digests = true};
    struct assay_table *tables[2] = {NULL, NULL};
    struct assay_dataset *dataset;
    struct assay_error err;
    assert_ok(assay_table_from_csv(first, strlen(first), NULL, &tables[0], &err), &err);
    if (second != NULL)
        assert_ok(assay_table_from_csv(second, strlen(second), NULL, &tables[1], &err), &err);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(
        assay_dataset_read_tables(dataset, tables, NULL, second != NULL ? 2 : 1, &options, &err),
        &err);
    assay_table_free(tables[0]);
    assay_table_free(tables[1]);
    return dataset;
}

static char *sums_of(const struct assay_dataset *dataset)
{
    struct assay_error err;
    char *text;
    assert_ok(assay_dataset_summarize(dataset, &text, NULL, &err), &err);
    return text;
}

/* What is refused leaves the dataset, its seal and its inputs as they were. */
START_TEST(a_merge_that_is_refused_changes_nothing)
{
    static const char SHARED[] = "g,y\nA,1\nB,2\n", OTHER[] = "g,y\nA,3\nB,5\n";
    struct assay_plan *plan =
        test_plan("{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},"
                  "\"metrics\":[{\"id\":\"y\"}]}");
    struct assay_dataset *into = read_sealed(plan, SHARED, NULL);
    struct assay_dataset *both = read_sealed(plan, OTHER, SHARED);
    struct assay_dataset *other = read_sealed(plan, OTHER, NULL);
    struct assay_error err;
    char *before = sums_of(into), *want = sums_of(both);
    ck_assert_int_eq(assay_dataset_merge(into, both, &err), ASSAY_ERROR_DATA);
    char *after = sums_of(into);
    ck_assert_str_eq(after, before);
    assert_ok(assay_dataset_merge(into, other, &err), &err);
    char *whole = sums_of(into);
    ck_assert_str_eq(whole, want);
    assay_free(before);
    assay_free(after);
    assay_free(want);
    assay_free(whole);
    assay_dataset_free(into);
    assay_dataset_free(both);
    assay_dataset_free(other);
    assay_plan_free(plan);
}
END_TEST

static void add_cases(TCase *c)
{
    tcase_add_test(c, many_groups_and_slices_have_their_units);
    tcase_add_test(c, groups_without_values_miss_no_covariates);
    tcase_add_test(c, merged_parts_are_the_whole);
    tcase_add_test(c, datasets_of_two_plans_do_not_merge);
    tcase_add_test(c, a_merge_that_is_refused_changes_nothing);
}

int main(void)
{
    return test_main("dataset", add_cases);
}
