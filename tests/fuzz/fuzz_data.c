/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer: any bytes as data, from memory to the written documents. */
#include "read_fuzz.h"

#define PLAN_OF(metrics)                                                                           \
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"a\"},"          \
    "\"dimensions\":[\"d\"],\"metrics\":[{\"id\":\"y\",\"covariates\":[\"x\"]}" metrics "]}"

/* The exact tests of a proportion take longer than all else: every fourth input has one. */
static const char *const PLANS[] = {
    PLAN_OF(",{\"id\":\"p\",\"type\":\"proportion\"}"), PLAN_OF(",{\"id\":\"p\"}"),
    PLAN_OF(",{\"id\":\"r\",\"type\":\"ratio\",\"value\":\"y\",\"denominator\":\"x\"}"),
    PLAN_OF(",{\"id\":\"z\",\"value\":\"x\",\"missing\":\"zero\"}")};

enum { PLAN_COUNT = sizeof PLANS / sizeof *PLANS };

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const struct assay_plan *plan = read_fuzz_plan(PLANS, size % PLAN_COUNT);
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
        for (int format = ASSAY_FORMAT_TABLE; format <= ASSAY_FORMAT_CSV; format++) {
            const struct assay_write_options write = {.unicode = true};
            char *text;
            size_t length;
            if (assay_analysis_write(analysis, (enum assay_format)format, &write, &text, &length,
                                     &err) != ASSAY_OK)
                abort();
            free(text);
        }
        assay_analysis_free(analysis);
    }
    assay_dataset_free(dataset);
    assay_table_free(table);
    fuzz_memory_end();
    return 0;
}
