/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer: any bytes as data, from memory to a written document. The size of an input chooses the
 * plan and the format of the document.
 */
#include "read_fuzz.h"
#include "table_mutate.h"

#define PLAN_OF(metrics)                                                                           \
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"a\"},"          \
    "\"dimensions\":[\"d\"],\"metrics\":[{\"id\":\"y\",\"covariates\":[\"x\"]}" metrics "]}"

static const char *const PLANS[] = {
    PLAN_OF(",{\"id\":\"p\",\"type\":\"proportion\"}"), PLAN_OF(",{\"id\":\"p\"}"),
    PLAN_OF(",{\"id\":\"r\",\"type\":\"ratio\",\"value\":\"y\",\"denominator\":\"x\"}"),
    PLAN_OF(",{\"id\":\"z\",\"value\":\"x\",\"missing\":\"zero\"}")};

enum {
    PLAN_COUNT = sizeof PLANS / sizeof *PLANS,
    EXACT_EVERY = 32, /* the exact tests of a proportion, by the first plan, take long */
    FORMAT_COUNT = ASSAY_FORMAT_CSV + 1
};

static size_t plan_of(size_t size)
{
    return size % EXACT_EVERY == 0 ? 0 : 1 + size % (PLAN_COUNT - 1);
}

TABLE_MUTATOR(TABLE_VALUES "u|g|y|x|d|z|p|")

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const struct assay_plan *plan = read_fuzz_plan(PLANS, plan_of(size));
    struct assay_table *table;
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    struct assay_error err;
    const struct assay_read_options options = {.bad_rows = ASSAY_BAD_ROWS_SKIP, .threads = 1};
    fuzz_memory_begin();
    if (assay_table_from_csv((const char *)data, size, "fuzz", &table, &err) != ASSAY_OK ||
        assay_dataset_new(plan, &dataset, &err) != ASSAY_OK)
        abort();
    if (assay_dataset_read_tables(dataset, &table, NULL, 1, &options, &err) == ASSAY_OK &&
        assay_dataset_analyze(dataset, &analysis, &err) == ASSAY_OK) {
        const struct assay_write_options write = {.unicode = true};
        char *text;
        size_t length;
        if (assay_analysis_write(analysis,
                                 (enum assay_format)(size / (PLAN_COUNT - 1) % FORMAT_COUNT),
                                 &write, &text, &length, &err) != ASSAY_OK)
            abort();
        assay_free(text);
        assay_analysis_free(analysis);
    }
    assay_dataset_free(dataset);
    assay_table_free(table);
    fuzz_memory_end();
    return 0;
}
