/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer: any bytes as data, from the file to the written documents. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assay.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char PLAN[] =
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"a\"},"
    "\"dimensions\":[\"d\"],\"metrics\":[{\"id\":\"y\",\"covariates\":[\"x\"]},"
    "{\"id\":\"p\",\"type\":\"proportion\"}]}";

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char path[64];
    const char *paths[1] = {path};
    struct assay_plan *plan;
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    struct assay_error err;
    const struct assay_read_options options = {.bad_rows = ASSAY_BAD_ROWS_SKIP};
    snprintf(path, sizeof path, "/tmp/assay-fuzz-%ld", (long)getpid());
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
    if (assay_plan_parse(PLAN, sizeof PLAN - 1, "plan", &plan, &err) != ASSAY_OK ||
        assay_dataset_new(plan, &dataset, &err) != ASSAY_OK)
        abort();
    if (assay_dataset_read(dataset, paths, 1, &options, &err) == ASSAY_OK &&
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
    assay_plan_free(plan);
    unlink(path);
    return 0;
}
