/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fast way of reading against the careful one: random files of odd fields, through every kernel
 * of this processor and several numbers of threads. Either both give the same sums to the last
 * digit, or both fail with the same words at the same place. SCAN_SEED and SCAN_FILES change what
 * is tried; a failure prints the seed.
 */
#include "test.h"

#include <unistd.h>

#include "base/text.h"
#include "source/csv/csv_chunk.h"
#include "source/scan/scan_layout.h"
#include "source/summary/summary_table.h"
#include "summary_write.h"

static const char *const PLAN =
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"a\"},\"dimensions\":[%s],"
    "\"metrics\":[{\"id\":\"y\",\"covariates\":[\"x\",\"w\"]},{\"id\":\"z\",\"value\":\"x\"},"
    "{\"id\":\"p\",\"type\":\"proportion\",\"covariates\":[\"x\"]},"
    "{\"id\":\"r\",\"type\":\"ratio\",\"value\":\"y\",\"denominator\":\"w\",\"missing\":\"zero\"}]"
    "}";

/* What else a plan may ask of the same rows: units, filters, times, looks, caps, rows put together.
 */
static const char *const MORE_PLANS[] = {
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"a\"},"
    "\"dimensions\":[\"d\"],\"metrics\":[{\"id\":\"y\",\"covariates\":[\"x\",\"w\"]},"
    "{\"id\":\"p\",\"type\":\"proportion\"}]}",
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"a\"},"
    "\"where\":\"d != 'Rome' and not (x < 3)\",\"segments\":[{\"id\":\"s\",\"filter\":"
    "\"w > 10 or d = 'Paris'\"},{\"id\":\"q\",\"filter\":\"y is missing\"}],"
    "\"metrics\":[{\"id\":\"y\",\"cap\":{\"upper\":20.25,\"lower\":-3}},{\"id\":\"z\","
    "\"value\":\"x\",\"cap\":{\"upper\":5},\"covariates\":[\"w\"],\"missing\":\"zero\"}]}",
    "{\"columns\":{\"group\":\"g\",\"time\":\"t\"},\"comparisons\":{\"baseline\":\"a\"},"
    "\"granularity\":\"day\",\"asOf\":\"2026-03-20\",\"dimensions\":[\"d\"],"
    "\"metrics\":[{\"id\":\"y\"},{\"id\":\"z\",\"value\":\"x\",\"covariates\":[\"w\"]}]}",
    "{\"columns\":{\"group\":\"g\",\"unit\":\"k\",\"time\":\"t\"},\"comparisons\":"
    "{\"baseline\":\"a\"},\"segments\":[{\"id\":\"s\",\"filter\":\"w > 10\"}],"
    "\"metrics\":[{\"id\":\"y\",\"aggregation\":\"sum\"},{\"id\":\"most\",\"value\":\"y\","
    "\"aggregation\":\"max\"},{\"id\":\"n\",\"aggregation\":\"count\",\"where\":\"x > 2\"},"
    "{\"id\":\"all\",\"value\":\"w\",\"aggregation\":\"mean\"}]}"};

enum { MORE_PLAN_COUNT = sizeof MORE_PLANS / sizeof *MORE_PLANS };

static uint64_t state;

static uint32_t next(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

/* How odd a file is: one field in so many is taken from the list of odd ones. */
struct oddity {
    uint32_t fields, rows;
    bool crlf, quotes, high, long_texts;
};

static void put_number(struct assay__text *out, uint32_t column, const struct oddity *odd)
{
    static const char *const ODD[] = {"",
                                      "NA",
                                      "NULL",
                                      "-0",
                                      "+5",
                                      "1e3",
                                      "1.5e-3",
                                      ".5",
                                      "5.",
                                      "-",
                                      ".",
                                      "00012",
                                      "1.2.3",
                                      "12-3",
                                      "0x10",
                                      "nan",
                                      "NaN",
                                      "1,5",
                                      "123456789012345678901.5",
                                      "99999999999999999",
                                      "0.00000000000000000012",
                                      "-7.25",
                                      "1e400",
                                      "true",
                                      "-123456789.123456",
                                      "9999999999999999",
                                      "\"12.5\"",
                                      "\" 3\"",
                                      " 4",
                                      "4611686018427387903.9",
                                      "1e18",
                                      "1e-18",
                                      "-.5",
                                      "2147483648.5"};
    char text[64];
    if (next(odd->fields) == 0) {
        assay__text_puts(out, ODD[next(sizeof ODD / sizeof *ODD)]);
        return;
    }
    static const uint32_t SPREAD[] = {10, 100, 100000, 1000000000};
    if (column == 3) {
        snprintf(text, sizeof text, "%u", next(2));
    } else {
        uint32_t spread = SPREAD[(column + next(2)) % 4];
        int decimals = (int)((column * 2 + (next(4) == 0)) % 7);
        snprintf(text, sizeof text, "%s%u.%0*u", column == 1 && next(3) == 0 ? "-" : "",
                 next(spread), decimals, next(10));
        if (decimals == 0)
            *strchr(text, '.') = '\0';
    }
    assay__text_puts(out, text);
}

static void put_name(struct assay__text *out, const char *const *names, uint32_t count,
                     const struct oddity *odd)
{
    static const char *const ODD[] = {"",
                                      "\"a\"",
                                      "\"b,c\"",
                                      "\"d\"\"e\"",
                                      "\"l\nm\"",
                                      "k\"q",
                                      "\"x\"y",
                                      "caf\xC3\xA9",
                                      "\xFF\xFE",
                                      "NA",
                                      "a name that is longer than sixteen bytes",
                                      "\"\"",
                                      "c\rd",
                                      "\"p\r\nq\""};
    static const size_t ODD_COUNT = sizeof ODD / sizeof *ODD;
    const char *name = names[next(count)];
    if (odd->quotes && next(2) == 0)
        assay__text_format(out, "\"%s\"", name);
    else if (odd->high && next(3) == 0)
        assay__text_format(out, "%s\xC3\xBC", name);
    else if (next(odd->fields * 4) == 0)
        assay__text_puts(out, ODD[next((uint32_t)ODD_COUNT)]);
    else
        assay__text_puts(out, name);
}

/* An id of the row's own, one of few, and a time. */
static void put_unit(struct assay__text *out, uint32_t row, const struct oddity *odd)
{
    static const char *const ODD[] = {
        "", "\"u,1\"", "NA", "2026-03-05T10", "1773100800", "2026-03-09 12:30:00.5+02"};
    bool is_odd = next(odd->fields * 2) == 0;
    uint32_t which = next(6), day = 1 + next(28), second = next(60);
    if (is_odd && which < 3)
        assay__text_format(out, "%s,", ODD[which]);
    else
        assay__text_format(out, which == 0 ? "a longer id of unit %u," : "u%u,", row);
    assay__text_format(out, "%s%u,", next(2) == 0 ? "k" : "one of the longer keys ", next(200));
    if (is_odd && which >= 3)
        assay__text_format(out, "%s,", ODD[which]);
    else
        assay__text_format(out, which < 3 ? "2026-03-%02u," : "2026-03-%02uT10:15:%02uZ,", day,
                           second);
}

static void make_file(struct assay__text *out, uint32_t rows, const struct oddity *odd)
{
    static const char *const GROUPS[] = {"a", "b", "treatment with a long name"};
    static const char *const PLACES[] = {"", "Rome", "Paris", "x1", "x2", "x3", "x4", "x5", "x6"};
    const char *end = odd->crlf ? "\r\n" : "\n";
    assay__text_format(out, "u,k,t,y,g,x,p,d,w%s", end);
    for (uint32_t r = 0; r < rows; r++) {
        put_unit(out, r, odd);
        put_number(out, 1, odd);
        assay__text_puts(out, ",");
        put_name(out, GROUPS, 3, odd);
        assay__text_puts(out, ",");
        put_number(out, 2, odd);
        assay__text_puts(out, ",");
        put_number(out, 3, odd);
        assay__text_puts(out, ",");
        put_name(out, PLACES, 9, odd);
        if (next(odd->rows) == 0)
            assay__text_puts(out, next(2) == 0 ? ",more" : end);
        assay__text_puts(out, ",");
        put_number(out, 4, odd);
        if (r + 1 < rows || next(3) > 0)
            assay__text_puts(out, next(odd->rows * 2) == 0 ? "\n" : end);
        if (next(odd->rows) == 0)
            assay__text_puts(out, end);
        if (odd->long_texts && next(200) == 0)
            assay__text_puts(out, "v,k,2026-03-03,1,a,2,0,Rome,\n");
    }
}

struct outcome {
    enum assay_status status;
    struct assay_error err;
    char *text;
};

/* Reads the file and writes all sums, counts and names as text. */
static struct outcome read_all(const struct assay_plan *plan, const char *path, const char *kernel,
                               uint32_t threads, enum assay_bad_rows bad_rows)
{
    struct outcome out = {0};
    struct assay_read_options options = {
        .kernel = kernel, .threads = threads, .bad_rows = bad_rows, .separator = ','};
    struct assay_dataset *dataset;
    assert_ok(assay_dataset_new(plan, &dataset, &out.err), &out.err);
    out.status = assay_dataset_read(dataset, &path, 1, &options, &out.err);
    if (out.status == ASSAY_OK) {
        struct assay__summary_table table = {0};
        struct assay__text text = {0};
        assert_ok(assay__summary_of_dataset(dataset, &table, &out.err), &out.err);
        assert_ok(summary_write(&table, &text, &out.err), &out.err);
        struct assay_counts counts = assay_dataset_counts(dataset);
        assay__text_format(
            &text, "read %lu used %lu bad %lu out %lu after %lu two %lu twice %lu unclear %lu\n",
            (unsigned long)counts.rows_read, (unsigned long)counts.rows_used,
            (unsigned long)counts.rows_bad, (unsigned long)counts.rows_left_out,
            (unsigned long)counts.rows_after, (unsigned long)counts.rows_in_two_groups,
            (unsigned long)counts.rows_duplicate, (unsigned long)counts.rows_unclear);
        out.text = test_text(&text);
        assay__summary_table_release(&table);
    }
    assay_dataset_free(dataset);
    return out;
}

static void compare_ways(const struct assay_plan *plan, const char *path, size_t length,
                         uint64_t seed, enum assay_bad_rows bad_rows)
{
    static const uint32_t THREADS[] = {1, 2, 3, 8};
    /* A file of one chunk is read by one thread, however many are allowed. */
    size_t thread_counts = length < ASSAY__CHUNK_BYTES ? 2 : sizeof THREADS / sizeof *THREADS;
    struct outcome want = read_all(plan, path, "careful", 1, bad_rows);
    for (size_t k = 0; assay__scan_kernel_name(k) != NULL; k++) {
        const char *kernel = assay__scan_kernel_name(k);
        if (assay__scan_kernels(kernel) == NULL)
            continue;
        for (size_t t = 0; t < thread_counts; t++) {
            struct outcome got = read_all(plan, path, kernel, THREADS[t], bad_rows);
            ck_assert_msg(got.status == want.status, "seed %lu, %s, %u threads: %s, not %s: %s%s",
                          (unsigned long)seed, kernel, THREADS[t], assay_status_id(got.status),
                          assay_status_id(want.status), got.err.message, want.err.message);
            if (want.status == ASSAY_OK) {
                size_t same = 0;
                while (got.text[same] != '\0' && got.text[same] == want.text[same])
                    same++;
                ck_assert_msg(strcmp(got.text, want.text) == 0,
                              "seed %lu, %s, %u threads: '%.80s', not '%.80s'", (unsigned long)seed,
                              kernel, THREADS[t], got.text + same, want.text + same);
            } else {
                ck_assert_msg(
                    strcmp(got.err.message, want.err.message) == 0 &&
                        got.err.line == want.err.line && got.err.column == want.err.column,
                    "seed %lu, %s, %u threads: %lu:%lu %s, not %lu:%lu %s", (unsigned long)seed,
                    kernel, THREADS[t], (unsigned long)got.err.line, (unsigned long)got.err.column,
                    got.err.message, (unsigned long)want.err.line, (unsigned long)want.err.column,
                    want.err.message);
            }
            free(got.text);
        }
    }
    free(want.text);
}

/* How many files of each kind are tried; slow_scan.sh tries 1,000 others. */
enum { FILES = 8 };

static uint64_t setting(const char *name, uint64_t usual)
{
    const char *text = getenv(name);
    return text == NULL ? usual : strtoull(text, NULL, 10);
}

static void try_file(uint64_t seed, uint32_t rows, const struct oddity *odd,
                     enum assay_bad_rows bad_rows, const char *dimensions)
{
    char path[64], json[1024];
    snprintf(path, sizeof path, "%s/scan-%ld.csv", test_tmp(), (long)getpid());
    snprintf(json, sizeof json, PLAN, dimensions == NULL ? "" : dimensions);
    struct assay_plan *plan =
        test_plan(dimensions != NULL ? json : MORE_PLANS[seed % MORE_PLAN_COUNT]);
    struct assay__text file = {0};
    state = seed;
    make_file(&file, rows, odd);
    test_write_file(path, file.data, file.length);
    compare_ways(plan, path, file.length, seed, bad_rows);
    unlink(path);
    assay__text_release(&file);
    assay_plan_free(plan);
}

START_TEST(scan_gives_the_sums_of_the_careful_reader)
{
    uint64_t first = setting("SCAN_SEED", 1), count = setting("SCAN_FILES", FILES);
    for (uint64_t seed = first; seed < first + count; seed++) {
        state = seed * 77;
        struct oddity odd = {.fields = 1 + next(400), .rows = 5 + next(2000)};
        odd.crlf = next(4) == 0;
        odd.quotes = next(3) == 0;
        odd.high = next(4) == 0;
        odd.long_texts = next(4) == 0;
        try_file(seed, next(4) == 0 ? 30000 : next(3000), &odd, ASSAY_BAD_ROWS_SKIP,
                 next(2) == 0 ? "" : "\"d\"");
    }
}
END_TEST

START_TEST(scan_of_units_times_and_filters_gives_what_the_careful_reader_does)
{
    uint64_t first = setting("SCAN_SEED", 1), count = setting("SCAN_FILES", FILES);
    for (uint64_t seed = first; seed < first + count; seed++) {
        state = seed * 83;
        struct oddity odd = {.fields = 1 + next(400), .rows = 5 + next(2000)};
        odd.crlf = next(4) == 0;
        odd.quotes = next(3) == 0;
        odd.high = next(4) == 0;
        try_file(seed, next(4) == 0 ? 20000 : next(3000), &odd, ASSAY_BAD_ROWS_SKIP, NULL);
    }
}
END_TEST

START_TEST(scan_fails_with_the_words_and_place_of_the_careful_reader)
{
    uint64_t first = setting("SCAN_SEED", 1), count = setting("SCAN_FILES", FILES);
    for (uint64_t seed = first; seed < first + count; seed++) {
        state = seed * 79;
        struct oddity odd = {.fields = 500 + next(60000), .rows = 500 + next(60000)};
        odd.crlf = next(4) == 0;
        odd.quotes = next(3) == 0;
        odd.high = next(4) == 0;
        try_file(seed, next(4) == 0 ? 40000 : next(3000), &odd, ASSAY_BAD_ROWS_FAIL,
                 next(2) == 0 ? "" : "\"d\"");
    }
}
END_TEST

/* Flags like 1.0 have no decimals once they are read; those of rows that are not read have one. */
START_TEST(scan_adds_flags_with_a_point_behind_rows_that_are_not_read)
{
    static const char *const PLANS[] = {
        "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"a\"},\"metrics\":["
        "{\"id\":\"y\"},{\"id\":\"p\",\"type\":\"proportion\"}]}",
        "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"a\"},\"where\":\"y < 9\","
        "\"metrics\":[{\"id\":\"p\",\"type\":\"proportion\"}]}"};
    static const char *const FIRST[] = {"a,x,1.0\n", ",1,1.0\n", "a,123456789012345678901.5,1.0\n"};
    char path[64];
    snprintf(path, sizeof path, "%s/scan-flags-%ld.csv", test_tmp(), (long)getpid());
    for (size_t i = 0; i < sizeof FIRST / sizeof *FIRST; i++) {
        struct assay__text file = {0};
        assay__text_format(&file, "g,y,p\n%s", FIRST[i]);
        for (int r = 0; r < 2000; r++)
            assay__text_puts(&file, r % 3 == 0 ? "a,1,0.0\n" : "b,2,1.0\n");
        test_write_file(path, file.data, file.length);
        for (size_t p = 0; p < 2; p++) {
            struct assay_plan *plan = test_plan(PLANS[p]);
            compare_ways(plan, path, file.length, i, ASSAY_BAD_ROWS_SKIP);
            struct outcome got = read_all(plan, path, NULL, 1, ASSAY_BAD_ROWS_SKIP);
            ck_assert_ptr_nonnull(strstr(got.text, "\np,b,,,,1333,1333,1333,1333"));
            free(got.text);
            assay_plan_free(plan);
        }
        assay__text_release(&file);
    }
    unlink(path);
}
END_TEST

START_TEST(scan_refuses_a_kernel_that_is_not_there)
{
    struct assay_plan *plan = test_plan("{\"columns\":{\"group\":\"g\"},\"comparisons\":{"
                                        "\"baseline\":\"a\"},\"metrics\":[{\"id\":\"y\"}]}");
    char path[64];
    snprintf(path, sizeof path, "%s/scan-kernel.csv", test_tmp());
    test_write_file(path, "g,y\na,1\nb,2\n", 12);
    struct outcome out = read_all(plan, path, "none", 1, ASSAY_BAD_ROWS_FAIL);
    ck_assert_int_eq(out.status, ASSAY_ERROR_USAGE);
    ck_assert_ptr_nonnull(strstr(out.err.message, "'none'"));
    unlink(path);
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, scan_gives_the_sums_of_the_careful_reader);
    tcase_add_test(cases, scan_of_units_times_and_filters_gives_what_the_careful_reader_does);
    tcase_add_test(cases, scan_fails_with_the_words_and_place_of_the_careful_reader);
    tcase_add_test(cases, scan_adds_flags_with_a_point_behind_rows_that_are_not_read);
    tcase_add_test(cases, scan_refuses_a_kernel_that_is_not_there);
    tcase_set_timeout(cases, 300);
}

int main(void)
{
    return test_main("scan", add);
}
