/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells of a column from the beginning of a file: a reader of its own, so that no block limits it.
 */
#include <stdlib.h>
#include <string.h>

#include "source/csv/csv_private.h"

static void take(const struct assay__csv *csv, uint32_t column, size_t most,
                 struct assay__csv_sample *out)
{
    out->count = csv->filled < most ? csv->filled : most;
    for (size_t i = 0; i < out->count; i++)
        out->cells[i] = csv->fields[i * csv->header.count + column];
}

void assay__csv_sample(const struct assay__csv *csv, uint32_t column, size_t most,
                       struct assay__csv_sample *out)
{
    struct assay__csv_options options = csv->options;
    struct assay__csv_block block;
    memset(out, 0, sizeof *out);
    out->cells = calloc(most + 1, sizeof *out->cells); /* one more for the caller's own */
    if (out->cells == NULL)
        return;
    options.skip_bad = true;
    options.is_traced = false;
    bool is_file = assay__source_is_file(csv->source);
    if (is_file && assay__csv_open(assay__csv_name(csv), &options, &out->again, NULL) == ASSAY_OK &&
        assay__csv_column_count(out->again) == csv->header.count &&
        assay__csv_next_block(out->again, &block, NULL) == ASSAY_OK)
        take(out->again, column, most, out);
    else
        take(csv, column, most, out);
}

void assay__csv_sample_release(struct assay__csv_sample *sample)
{
    assay__csv_close(sample->again);
    free(sample->cells);
    memset(sample, 0, sizeof *sample);
}
