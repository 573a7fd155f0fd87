/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Databases to a dataset: their sums, as tables of sufficient statistics are read and added up. */
#include "source/warehouse/warehouse.h"

#include <string.h>

#include "analysis/dataset_read.h"
#include "base/error.h"
#include "base/memory.h"
#include "source/sources.h"
#include "source/warehouse/answer_rows.h"
#include "source/warehouse/units_apart.h"

static enum assay_status check_names(const struct assay__warehouse *warehouse,
                                     struct assay_error *err)
{
    char forms[300];
    if (warehouse->source_count == 0 || warehouse->source_count > ASSAY__SQL_SHARDS_MAX)
        return assay__fail(err, ASSAY_ERROR_USAGE, "There are %zu sources; there may be 1 to %d.",
                           warehouse->source_count, ASSAY__SQL_SHARDS_MAX);
    for (size_t i = 0; i < warehouse->source_count; i++) {
        const char *name = warehouse->sources[i];
        assay__engine_forms(forms, sizeof forms);
        if (strlen(name) > ASSAY__SOURCE_BYTES_MAX)
            return assay__fail(err, ASSAY_ERROR_LIMIT,
                               "The name of a source has more than %d bytes.",
                               ASSAY__SOURCE_BYTES_MAX);
        if (assay__engine_of(name) == NULL)
            return assay__fail(err, ASSAY_ERROR_USAGE,
                               "A source is %s; '%.40s' does not begin like one of them.", forms,
                               name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(name, warehouse->sources[k]) == 0)
                return assay__fail(err, ASSAY_ERROR_USAGE,
                                   "The source '%.200s' is given twice: its rows would count "
                                   "twice.",
                                   name);
    }
    return ASSAY_OK;
}

/* What the sums of parts cannot give. */
static enum assay_status check_parts(const struct assay_plan *plan,
                                     const struct assay__warehouse *warehouse,
                                     struct assay_error *err)
{
    if (warehouse->source_count == 1)
        return ASSAY_OK;
    return assay__sql_check_parts(plan, err);
}

static enum assay_status note_units(const struct assay__warehouse *warehouse,
                                    struct assay_dataset *dataset, bool all_seen,
                                    struct assay_error *err)
{
    if (warehouse->source_count == 1 || all_seen)
        return ASSAY_OK;
    return assay__dataset_note(dataset, ASSAY_NOTE_INFO, -1, ASSAY__SQL_UNITS_NOTE, err);
}

/* Without units, or where nobody looks, all is as it was said to be. */
static enum assay_status read_sums(struct assay__fleet *fleet, struct assay_dataset *dataset,
                                   struct assay_error *err)
{
    size_t count = assay__fleet_count(fleet);
    struct assay__rows **rows = assay__calloc(count, sizeof *rows);
    enum assay_status status = rows == NULL ? assay__fail_memory(err) : ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < count; i++) {
        const struct assay__shard *shard = assay__fleet_shard(fleet, i);
        status = assay__answer_rows(&shard->sums, shard->source.name, &rows[i], err);
    }
    if (status == ASSAY_OK)
        status = assay__dataset_read_sums(dataset, rows, count, err);
    for (size_t i = 0; rows != NULL && i < count; i++)
        assay__rows_close(rows[i]);
    assay__free(rows);
    return status;
}

enum assay_status assay__warehouse_read(struct assay_dataset *dataset,
                                        const struct assay__warehouse *warehouse,
                                        struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    struct assay__fleet *fleet = NULL;
    bool all_seen = true;
    enum assay_status status = check_names(warehouse, err);
    if (status == ASSAY_OK)
        status = check_parts(plan, warehouse, err);
    if (status == ASSAY_OK)
        status = assay__fleet_new(plan, warehouse, false, &fleet, err);
    if (status == ASSAY_OK)
        status = assay__fleet_ask(fleet, err);
    if (status == ASSAY_OK)
        status = assay__units_apart(fleet, &all_seen, err);
    if (status == ASSAY_OK)
        status = read_sums(fleet, dataset, err);
    if (status == ASSAY_OK)
        status = note_units(warehouse, dataset, all_seen, err);
    assay__fleet_free(fleet);
    return status;
}

/* A plan's lines as a comment: the last cell of each row says what is done. */
static void put_plan(const struct assay__shard *shard, struct assay__text *out)
{
    const struct assay__answer *answer = &shard->plan_answer;
    const char *at = answer->bytes.data;
    assay__text_format(out, "%s;\n\n-- plan of execution, %s\n", shard->statement.data,
                       shard->source.name);
    for (uint64_t i = 1; i <= answer->cells; i++, at += strlen(at) + 1) {
        if (i % answer->columns == 1 || answer->columns == 1)
            assay__text_puts(out, "--");
        assay__text_puts(out, " ");
        for (const char *c = at; *c != '\0'; c++) {
            assay__text_putc(out, *c);
            if (*c == '\n')
                assay__text_puts(out, "-- ");
        }
        if (i % answer->columns == 0)
            assay__text_puts(out, "\n");
    }
}

enum assay_status assay__warehouse_explain(const struct assay_plan *plan,
                                           const struct assay__warehouse *warehouse,
                                           struct assay__text *out, struct assay_error *err)
{
    struct assay__fleet *fleet = NULL;
    enum assay_status status = check_names(warehouse, err);
    if (status == ASSAY_OK)
        status = assay__fleet_new(plan, warehouse, true, &fleet, err);
    if (status == ASSAY_OK)
        status = assay__fleet_ask(fleet, err);
    for (size_t i = 0; status == ASSAY_OK && i < assay__fleet_count(fleet); i++)
        put_plan(assay__fleet_shard(fleet, i), out);
    assay__fleet_free(fleet);
    return status == ASSAY_OK && out->failed ? assay__fail_memory(err) : status;
}
