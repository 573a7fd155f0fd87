/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is asked of whole columns, by the fast way of reading against the careful one: columns of
 * yes and no in words of several kinds, numbers whose points may mark thousands, and other faults
 * before, in and behind the rows where a second kind of word begins. Files are random, of several
 * chunks where records are long; all kernels and numbers of threads tell the same fault at the same
 * place with the same remedy, or give the same sums and notes. SCAN_SEED and SCAN_FILES change what
 * is tried; a failure prints the seed.
 */
#include "test.h"

#include "analysis/dataset_read.h"
#include "base/text.h"
#include "draw.h"
#include "source/scan/scan_layout.h"

#define PLAN(columns, rest, metrics)                                                               \
    "{\"columns\":{\"group\":\"g\"" columns "},\"comparisons\":{\"baseline\":\"a\"}" rest          \
    ",\"metrics\":[" metrics "]}"
#define SHARE "{\"id\":\"p\",\"type\":\"proportion\",\"covariates\":[\"q\"]}"
#define MEAN "{\"id\":\"y\"}"

static const char *const PLANS[] = {
    PLAN("", "", SHARE "," MEAN),
    PLAN("", "", MEAN "," SHARE),
    PLAN(",\"unit\":\"u\"", ",\"dimensions\":[\"d\"]", SHARE "," MEAN),
    PLAN(",\"time\":\"t\"", ",\"where\":\"d != 'x'\",\"asOf\":\"2026-03-20\"",
         "{\"id\":\"p\",\"type\":\"proportion\",\"missing\":\"zero\"}," MEAN),
    PLAN(",\"unit\":\"u\",\"time\":\"t\"", "",
         "{\"id\":\"y\",\"aggregation\":\"sum\"},{\"id\":\"p\",\"type\":\"proportion\","
         "\"aggregation\":\"max\",\"where\":\"d = 'x'\"},{\"id\":\"s\",\"type\":\"proportion\","
         "\"value\":\"q\",\"aggregation\":\"sum\"}"),
    PLAN(",\"unit\":\"u\",\"time\":\"t\"", ",\"events\":[{\"name\":\"e\"}]",
         "{\"id\":\"p\",\"type\":\"proportion\"},{\"id\":\"m\",\"type\":\"proportion\",\"value\":"
         "\"p\",\"events\":\"e\",\"aggregation\":\"sum\",\"where\":\"d != 'x'\"},{\"id\":\"s\","
         "\"value\":\"y\",\"events\":\"e\",\"aggregation\":\"sum\"}")};

enum { PLAN_COUNT = sizeof PLANS / sizeof *PLANS, PLAN_OF_EVENTS = PLAN_COUNT - 1, KINDS = 5 };

static uint64_t state;

static uint32_t below(uint32_t bound)
{
    return (uint32_t)(draw_bits(&state) >> 33) % bound;
}

/* How files are: one cell in so many is a word of another kind, or a fault. */
struct manner {
    char separator;
    uint32_t rows, pad, other_kinds, faults, kinds[2];
    bool has_quotes, has_thousands;
};

static const char *word_of(uint32_t kind)
{
    static const char *const WORDS[KINDS][6] = {{"0", "1", "1", "0", "true", "1.0"},
                                                {"t", "f", "f", "t", "f", "f"},
                                                {"N", "Y", "Y", "N", "N", "N"},
                                                {"off", "on", "on", "off", "off", "off"},
                                                {"n", "y", "n", "y", "n", "y"}};
    return WORDS[kind][below(6)];
}

static void put_word(struct assay__text *out, const struct manner *manner, uint32_t column)
{
    uint32_t kind = below(manner->other_kinds) == 0 ? below(KINDS) : manner->kinds[column] % KINDS;
    const char *word = below(manner->faults) == 0 ? "maybe"
                       : below(8) == 0            ? ""
                       : column == 1 && kind == 0 ? "2.5"
                                                  : word_of(kind);
    assay__text_format(out, manner->has_quotes && below(3) == 0 ? "\"%s\"%c" : "%s%c", word,
                       manner->separator);
}

static void put_number(struct assay__text *out, const struct manner *manner)
{
    static const char *const ODD[] = {"1.500e2", "+1.250", "123456789012345678901.500", "NA",
                                      "-.5"};
    if (below(manner->faults) == 0)
        assay__text_format(out, "oops%c", manner->separator);
    else if (below(manner->faults) == 0)
        assay__text_format(out, "%s%c", ODD[below(5)], manner->separator);
    else if (below(3) == 0)
        assay__text_format(out, "%u%c", below(900), manner->separator);
    else
        assay__text_format(out, "%u.%0*u%c", below(900), manner->has_thousands ? 3 : 1, below(1000),
                           manner->separator);
}

static void put_row(struct assay__text *out, const struct manner *manner)
{
    static const char *const PLACES[] = {"x", "w", "\"l\nm\"", "\"a \"\"b\"\"\"", "\"p\r\nq\""};
    char c = manner->separator;
    if (below(manner->faults) > 0)
        assay__text_format(out, "u%u", below(900));
    assay__text_format(out, "%c", c);
    assay__text_format(out, "%s%c", below(manner->faults) == 0 ? "" : below(2) == 0 ? "a" : "b", c);
    assay__text_format(out, "%s%c", PLACES[below(manner->has_quotes ? 5 : 2)], c);
    if (below(manner->faults) == 0)
        assay__text_format(out, "never%c", c);
    else
        assay__text_format(out, "2026-03-%02u%c", 1 + below(28), c);
    put_word(out, manner, 0);
    put_number(out, manner);
    put_word(out, manner, 1);
    for (uint32_t i = 0; i < manner->pad; i++)
        assay__text_puts(out, "0123456789abcdef");
    assay__text_puts(out, below(manner->faults) == 0 ? ";more,\n" : "\n");
}

static void make_file(struct assay__text *out, const struct manner *manner)
{
    char c = manner->separator;
    assay__text_format(out, "u%cg%cd%ct%cp%cy%cq%cw\n", c, c, c, c, c, c, c);
    for (uint32_t r = 0; r < manner->rows; r++)
        put_row(out, manner);
}

enum { TABLES_MAX = 3 };

struct files {
    const struct assay_plan *plan;
    struct assay__text texts[TABLES_MAX];
    const char *events[TABLES_MAX];
    size_t count;
    char separator;
    enum assay_bad_rows bad_rows;
};

struct outcome {
    enum assay_status status;
    struct assay_error err;
    char *text; /* sums and notes */
};

static char *show(const struct assay_dataset *dataset)
{
    struct assay__text text = {0};
    struct assay_error err;
    size_t length;
    char *sums;
    assert_ok(assay_dataset_summarize(dataset, &sums, &length, &err), &err);
    assay__text_puts(&text, sums);
    assay_free(sums);
    for (uint32_t i = 0; i < assay__dataset_note_count(dataset); i++) {
        enum assay_annotation_level level;
        int32_t metric;
        const char *note;
        assay__dataset_note_at(dataset, i, &level, &metric, &note);
        assay__text_format(&text, "%d %d %s\n", (int)level, (int)metric, note);
    }
    return test_text(&text);
}

static struct outcome read_all(const struct files *files, const char *kernel, uint32_t threads)
{
    struct outcome out = {0};
    struct assay_read_options options = {.kernel = kernel,
                                         .threads = threads,
                                         .bad_rows = files->bad_rows,
                                         .separator = files->separator};
    struct assay_table *tables[TABLES_MAX];
    struct assay_dataset *dataset;
    assert_ok(assay_dataset_new(files->plan, &dataset, &out.err), &out.err);
    for (size_t i = 0; i < files->count; i++) {
        char name[16];
        snprintf(name, sizeof name, "table %zu", i);
        assert_ok(assay_table_from_csv(files->texts[i].data, files->texts[i].length, name,
                                       &tables[i], &out.err),
                  &out.err);
    }
    out.status =
        assay_dataset_read_tables(dataset, tables, files->events, files->count, &options, &out.err);
    if (out.status == ASSAY_OK)
        out.text = show(dataset);
    for (size_t i = 0; i < files->count; i++)
        assay_table_free(tables[i]);
    assay_dataset_free(dataset);
    return out;
}

static void compare(const struct outcome *want, const struct outcome *got, const char *kernel,
                    uint32_t threads, uint64_t seed)
{
    bool is_same = got->status == want->status;
    if (want->status == ASSAY_OK)
        is_same = is_same && strcmp(got->text, want->text) == 0;
    else
        is_same = is_same && strcmp(got->err.message, want->err.message) == 0 &&
                  strcmp(got->err.file, want->err.file) == 0 &&
                  strcmp(got->err.remedy, want->err.remedy) == 0 &&
                  got->err.reason == want->err.reason && got->err.line == want->err.line &&
                  got->err.column == want->err.column;
    ck_assert_msg(is_same, "seed %lu, %s, %u threads: %s:%lu:%lu %s%s\nnot %s:%lu:%lu %s%s",
                  (unsigned long)seed, kernel, threads, got->err.file, (unsigned long)got->err.line,
                  (unsigned long)got->err.column, got->err.message,
                  got->text == NULL ? "" : got->text, want->err.file, (unsigned long)want->err.line,
                  (unsigned long)want->err.column, want->err.message,
                  want->text == NULL ? "" : want->text);
}

/* How often each outcome was: each must be, or nothing is tried. */
static struct {
    uint32_t fine, words, points, others;
} seen;

static void note_outcome(const struct outcome *of)
{
    bool is_words = strstr(of->err.message, "in several ways") != NULL;
    seen.fine += of->status == ASSAY_OK;
    seen.points += of->status == ASSAY_OK && strstr(of->text, "decimal points") != NULL;
    seen.words += of->status != ASSAY_OK && is_words;
    seen.others += of->status != ASSAY_OK && !is_words;
}

static void try_files(const struct files *files, uint64_t seed)
{
    static const uint32_t THREADS[] = {1, 2, 3, 8};
    struct outcome want = read_all(files, "careful", 1);
    note_outcome(&want);
    for (size_t k = 0; assay__scan_kernel_name(k) != NULL; k++) {
        const char *kernel = assay__scan_kernel_name(k);
        for (size_t t = 0; assay__scan_kernels(kernel) != NULL && t < 4; t++) {
            struct outcome got = read_all(files, kernel, THREADS[t]);
            compare(&want, &got, kernel, THREADS[t], seed);
            free(got.text);
        }
    }
    free(want.text);
}

static void try_seed(uint64_t seed)
{
    static const uint32_t RARE[] = {20, 300, 4000, 1000000};
    state = seed * 77;
    uint32_t plan = below(PLAN_COUNT);
    struct files files = {.plan = test_plan(PLANS[plan]),
                          .count = 1 + below(2) + (plan == PLAN_OF_EVENTS),
                          .separator = below(3) == 0 ? ';' : ',',
                          .bad_rows = below(2) == 0 ? ASSAY_BAD_ROWS_SKIP : ASSAY_BAD_ROWS_FAIL};
    struct manner manner = {.separator = files.separator,
                            .kinds = {below(KINDS), below(KINDS)},
                            .has_quotes = below(2) == 0,
                            .has_thousands = below(2) == 0};
    manner.pad = below(3) == 0 ? 500 : 0; /* 8,000 bytes: 65 records a chunk */
    for (size_t i = 0; i < files.count; i++) {
        manner.rows = 1 + below(manner.pad > 0 ? 300 : 900);
        manner.other_kinds = RARE[below(4)];
        manner.faults = RARE[below(4)];
        manner.kinds[0] += below(20) == 0;
        make_file(&files.texts[i], &manner);
    }
    if (plan == PLAN_OF_EVENTS)
        files.events[files.count - 1] = "e";
    try_files(&files, seed);
    for (size_t i = 0; i < files.count; i++)
        assay__text_release(&files.texts[i]);
    assay_plan_free((struct assay_plan *)(uintptr_t)files.plan);
}

static uint64_t setting(const char *name, uint64_t usual)
{
    const char *text = getenv(name);
    return text == NULL ? usual : strtoull(text, NULL, 10);
}

START_TEST(scan_tells_the_first_fault_of_words_and_others)
{
    uint64_t first = setting("SCAN_SEED", 1), count = setting("SCAN_FILES", 60);
    for (uint64_t seed = first; seed < first + count; seed++)
        try_seed(seed);
    ck_assert_msg(seen.fine > 0 && seen.words > 0 && seen.points > 0 && seen.others > 0,
                  "fine %u, words %u, points %u, others %u", seen.fine, seen.words, seen.points,
                  seen.others);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, scan_tells_the_first_fault_of_words_and_others);
    tcase_set_timeout(cases, 300);
}

int main(void)
{
    return test_main("scan-words", add);
}
