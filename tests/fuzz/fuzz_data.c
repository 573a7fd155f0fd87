/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer: any bytes as data, from memory to the written documents. */
#include <stdlib.h>

#include "assay.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char PLAN[] =
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"a\"},"
    "\"dimensions\":[\"d\"],\"metrics\":[{\"id\":\"y\",\"covariates\":[\"x\"]},"
    "{\"id\":\"p\",\"type\":\"proportion\"}]}";

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static struct assay_plan *plan;
    struct assay_table *table;
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    struct assay_error err;
    const struct assay_read_options options = {.bad_rows = ASSAY_BAD_ROWS_SKIP, .threads = 1};
    if (plan == NULL && assay_plan_parse(PLAN, sizeof PLAN - 1, "plan", &plan, &err) != ASSAY_OK)
        abort();
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
    return 0;
}
