/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of sufficient statistics added up to one text, without a plan. */
#include "assay/dataset.h"

#include "base/error.h"
#include "source/summary/summary_read.h"
#include "source/table/given_table.h"

/* Begins a call, whose hooks are those of the thread. */
static void begin(struct assay__summary_shards *shards, struct assay__halt *halt)
{
    assay__halt_begin(halt, NULL);
    *shards = (struct assay__summary_shards){.wants_same = true, .halt = halt};
}

static enum assay_status read_part(const char *path, bool is_alone,
                                   struct assay__summary_shards *shards, struct assay_error *err)
{
    struct assay__summary_table part = {.is_alone = is_alone};
    enum assay_status status = assay__summary_read_file(path, shards->halt, &part, err);
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
        status = read_part(paths[i], path_count == 1, shards, err);
    return status == ASSAY_OK ? assay__summary_shards_join(shards, false, whole, err) : status;
}

static enum assay_status read_table(struct assay_table *table, bool is_alone,
                                    struct assay__summary_shards *shards, struct assay_error *err)
{
    static const struct assay_plan NO_PLAN = {0};
    static const struct assay_read_options DEFAULTS = {0};
    const struct assay__rows_request request = {
        .name = table->name, .plan = &NO_PLAN, .options = &DEFAULTS, .halt = shards->halt};
    struct assay__summary_table part = {.is_alone = is_alone};
    struct assay__rows *rows = NULL;
    enum assay_status status = assay__table_open(table, &request, &rows, err);
    if (status == ASSAY_OK)
        status = assay__summary_table_read(rows, NULL, &part, err);
    if (status == ASSAY_OK)
        status = assay__summary_shards_add(shards, &part, err);
    assay__summary_table_release(&part);
    assay__rows_close(rows);
    return status;
}

/* Writes the whole, when there is one, and releases the parts. */
static enum assay_status write_whole(struct assay__summary_shards *shards,
                                     const struct assay__summary_table *whole,
                                     enum assay_status status, char **text, size_t *length,
                                     struct assay_error *err)
{
    if (status == ASSAY_OK)
        status = assay__summary_text(whole, text, length, err);
    const struct assay__halt *halt = shards->halt;
    assay__summary_shards_release(shards);
    assay__halt_end(halt);
    return status;
}

enum assay_status assay_tables_merge(struct assay_table *const *tables, size_t table_count,
                                     char **text, size_t *length, struct assay_error *err)
{
    struct assay__summary_shards shards;
    struct assay__halt halt;
    struct assay__summary_table *whole = NULL;
    if (table_count == 0)
        return assay__fail(err, ASSAY_ERROR_USAGE, "No table is given.");
    begin(&shards, &halt);
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < table_count; i++)
        status = read_table(tables[i], table_count == 1, &shards, err);
    if (status == ASSAY_OK)
        status = assay__summary_shards_join(&shards, false, &whole, err);
    return write_whole(&shards, whole, status, text, length, err);
}

enum assay_status assay_sums_merge(const char *const *paths, size_t path_count, char **text,
                                   size_t *length, struct assay_error *err)
{
    struct assay__summary_shards shards;
    struct assay__halt halt;
    struct assay__summary_table *whole = NULL;
    begin(&shards, &halt);
    enum assay_status status = add_up(paths, path_count, &shards, &whole, err);
    return write_whole(&shards, whole, status, text, length, err);
}

enum assay_status assay_sums_stream(const char *const *paths, size_t path_count,
                                    const struct assay_sink *sink, struct assay_error *err)
{
    struct assay__summary_shards shards;
    struct assay__halt halt;
    struct assay__summary_table *whole;
    begin(&shards, &halt);
    enum assay_status status = add_up(paths, path_count, &shards, &whole, err);
    if (status == ASSAY_OK)
        status = assay__summary_stream(whole, sink, err);
    assay__summary_shards_release(&shards);
    assay__halt_end(&halt);
    return status;
}
