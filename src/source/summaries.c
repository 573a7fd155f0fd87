/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of sufficient statistics added up to one text, without a plan. */
#include "assay/dataset.h"

#include "base/error.h"
#include "source/summary/summary_read.h"

static enum assay_status read_part(const char *path, struct assay__summary_shards *shards,
                                   struct assay_error *err)
{
    struct assay__summary_table part = {0};
    enum assay_status status = assay__summary_read_file(path, &part, err);
    if (status == ASSAY_OK)
        status = assay__summary_shards_add(shards, &part, err);
    assay__summary_table_release(&part);
    return status;
}

/* The sum of all parts; it lives in the shards, which are released also when this fails. */
static enum assay_status add_up(const char *const *paths, size_t path_count,
                                struct assay__summary_shards *shards,
                                struct assay__summary_table **whole, struct assay_error *err)
{
    if (path_count == 0)
        return assay__fail(err, ASSAY_ERROR_USAGE, "No file is named; - is standard input.");
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < path_count; i++)
        status = read_part(paths[i], shards, err);
    return status == ASSAY_OK ? assay__summary_shards_join(shards, false, whole, err) : status;
}

enum assay_status assay_sums_merge(const char *const *paths, size_t path_count, char **text,
                                   size_t *length, struct assay_error *err)
{
    struct assay__summary_shards shards = {.wants_same = true};
    struct assay__summary_table *whole;
    struct assay__text out = {0};
    enum assay_status status = add_up(paths, path_count, &shards, &whole, err);
    if (status == ASSAY_OK)
        status = assay__summary_write(whole, &out, err);
    assay__summary_shards_release(&shards);
    if (status == ASSAY_OK)
        return assay__text_take(&out, text, length, err);
    assay__text_release(&out);
    return status;
}

enum assay_status assay__summaries_stream(const char *const *paths, size_t path_count,
                                          const struct assay_sink *sink, struct assay_error *err)
{
    struct assay__summary_shards shards = {.wants_same = true};
    struct assay__summary_table *whole;
    enum assay_status status = add_up(paths, path_count, &shards, &whole, err);
    if (status == ASSAY_OK)
        status = assay__summary_stream(whole, sink, err);
    assay__summary_shards_release(&shards);
    return status;
}
