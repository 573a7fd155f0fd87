/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer: any bytes as two tables of sufficient statistics, in two parts at a NUL. Their order
 * is of no account; what is merged merges to itself; and a plan makes the same of the parts, in
 * either order, as of the whole. The first byte chooses the plan, and which of these is looked at.
 */
#include "read_fuzz.h"
#include "table_mutate.h"

static const char *const PLANS[] = {
    "{\"comparisons\":{\"baseline\":\"a\"},\"metrics\":[{\"id\":\"y\"},{\"id\":\"p\",\"type\":"
    "\"proportion\"}]}",
    "{\"comparisons\":{\"baseline\":\"a\"},\"dimensions\":[\"d\"],\"granularity\":\"day\","
    "\"columns\":{\"group\":\"g\",\"time\":\"t\"},\"metrics\":[{\"id\":\"y\",\"covariates\":[\"x\"]"
    "}]}",
    "{\"comparisons\":{\"baseline\":\"a\"},\"segments\":[{\"id\":\"s\",\"filter\":\"y > 1\"}],"
    "\"horizon\":{\"type\":\"groupSequential\",\"expectedSampleSize\":400},\"metrics\":[{\"id\":"
    "\"r\",\"type\":\"ratio\",\"value\":\"y\",\"denominator\":\"x\"},{\"id\":\"y\"}]}"};

enum { PLAN_COUNT = sizeof PLANS / sizeof *PLANS, PARTS = 2 };

/* Of tables. */
#define WORDS                                                                                      \
    "|metric|group|time|dimension|value|n|mean|var|sd|sum|sum_squares|sum_cubes|covariance|"       \
    "covariate_sum|covariate_mean|covariates_missing|denominator_sum|denominator_mean|"            \
    "denominator_variance|sum_rounding|sum_squares_rounding|share_rounding|@units|@missing|"       \
    "@segment|@note|@latest|a|b|y|p|r|x|d|s|g|0|1|2|3|10|0.5|.2|-0|1e4|12e-3|1e300|1e-300|"        \
    "1e-2345|0.3333333|123456789012345.6|4503599627370497|1000000000000000|NaN|2026-03-02|"        \
    "2026-03-03|2026-03-04T12:00:00Z|"

TABLE_MUTATOR(WORDS)

/* Why parts were refused last: merged, analyzed. */
static struct assay_error refusals[2];

struct part {
    const char *text;
    size_t length;
};

static struct assay_table *table_of(const struct part *part)
{
    struct assay_table *table;
    if (assay_table_from_csv(part->text, part->length, "fuzz", &table, NULL) != ASSAY_OK)
        abort();
    return table;
}

/* The whole of the parts; NULL when they do not fit together. */
static char *merge(const struct part *first, const struct part *second)
{
    struct assay_table *tables[PARTS] = {table_of(first), second == NULL ? NULL : table_of(second)};
    char *text = NULL;
    size_t length;
    if (assay_tables_merge(tables, second == NULL ? 1 : PARTS, &text, &length, &refusals[0]) !=
        ASSAY_OK)
        text = NULL;
    assay_table_free(tables[0]);
    assay_table_free(tables[1]);
    return text;
}

/* The figures a plan makes of the parts; NULL when it cannot. */
static char *analyze(const struct assay_plan *plan, const struct part *first,
                     const struct part *second)
{
    struct assay_table *tables[PARTS] = {table_of(first), second == NULL ? NULL : table_of(second)};
    const struct assay_read_options options = {.kind = ASSAY_INPUT_SUMMARY, .threads = 1};
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    char *text = NULL;
    size_t length;
    if (assay_dataset_new(plan, &dataset, NULL) != ASSAY_OK)
        abort();
    if (assay_dataset_read_tables(dataset, tables, NULL, second == NULL ? 1 : PARTS, &options,
                                  &refusals[1]) == ASSAY_OK &&
        assay_dataset_analyze(dataset, &analysis, &refusals[1]) == ASSAY_OK) {
        if (assay_analysis_write(analysis, ASSAY_FORMAT_CSV, NULL, &text, &length, NULL) !=
            ASSAY_OK)
            abort();
        assay_analysis_free(analysis);
    }
    assay_dataset_free(dataset);
    assay_table_free(tables[0]);
    assay_table_free(tables[1]);
    return text;
}

static void must_agree(const char *what, const char *first, const char *second)
{
    if (first == NULL ? second == NULL : second != NULL && strcmp(first, second) == 0)
        return;
    fprintf(stderr, "%s\n%s\n---\n%s\n---\nlast refusals: %s\n%s\n", what,
            first == NULL ? "(refused)" : first, second == NULL ? "(refused)" : second,
            refusals[0].message, refusals[1].message);
    abort();
}

/* The order of the parts, merged or analyzed. */
static void compare_orders(const struct assay_plan *plan, const struct part *first,
                           const struct part *second)
{
    char *text = plan == NULL ? merge(first, second) : analyze(plan, first, second);
    char *turned = plan == NULL ? merge(second, first) : analyze(plan, second, first);
    must_agree(plan == NULL ? "merged in the other order" : "analyzed in the other order", text,
               turned);
    assay_free(text);
    assay_free(turned);
}

static void merge_again(const char *whole)
{
    const struct part all = {whole, strlen(whole)};
    char *same = merge(&all, NULL);
    must_agree("merged again", whole, same);
    assay_free(same);
}

static void analyze_whole(const struct assay_plan *plan, const char *whole,
                          const struct part *first, const struct part *second)
{
    const struct part all = {whole, strlen(whole)};
    char *figures = analyze(plan, first, second), *of_whole = analyze(plan, &all, NULL);
    if (figures != NULL) /* a column that a plan needs may be lacking in the parts alone */
        must_agree("analyzed after a merge", figures, of_whole);
    assay_free(figures);
    assay_free(of_whole);
}

/* What is looked at: one part alone has no order, and is merged or analyzed again. */
enum { ORDER_OF_MERGE, ORDER_OF_ANALYSIS, AGAIN, WHOLE, LOOK_COUNT };

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct assay_plan *plan = read_fuzz_plan(PLANS, data[0] % PLAN_COUNT);
    int look = data[0] / PLAN_COUNT % LOOK_COUNT;
    fuzz_memory_begin();
    struct part first = {(const char *)data + 1, size - 1}, second = {NULL, 0};
    const char *cut = memchr(first.text, '\0', first.length);
    if (cut != NULL) {
        second = (struct part){cut + 1, first.length - (size_t)(cut + 1 - first.text)};
        first.length = (size_t)(cut - first.text);
    }
    const struct part *other = cut == NULL ? NULL : &second;
    bool is_of_order = look == ORDER_OF_MERGE || look == ORDER_OF_ANALYSIS;
    if (is_of_order && other != NULL) {
        compare_orders(look == ORDER_OF_MERGE ? NULL : plan, &first, other);
    } else {
        char *whole = merge(&first, other);
        if (whole != NULL && (look == AGAIN || look == ORDER_OF_MERGE))
            merge_again(whole);
        else if (whole != NULL)
            analyze_whole(plan, whole, &first, other);
        assay_free(whole);
    }
    fuzz_memory_end();
    return 0;
}
