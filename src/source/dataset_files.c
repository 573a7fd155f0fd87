/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The front door of ingestion: any number of files, each a table of units or of sums. */
#include <string.h>

#include "base/error.h"
#include "analysis/dataset.h"
#include "source/summary/summary_read.h"
#include "source/units/units.h"

/* What reading a list of files needs. */
struct intake {
    struct assay_dataset *dataset;
    const struct assay_read_options *options;
    struct assay__units units;
    bool has_units; /* units is in use: some file is a table of units */
    struct assay__summary_shards shards;
};

static enum assay_status read_units(struct intake *intake, struct assay__csv *csv,
                                    struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    if (!intake->has_units) {
        intake->has_units = true;
        status = assay__units_init(&intake->units, intake->dataset, intake->options, err);
    }
    return status == ASSAY_OK ? assay__units_read(&intake->units, csv, err) : status;
}

/* A row of sufficient statistics that cannot be read is never passed over. */
static enum assay_status read_summary(struct intake *intake, struct assay__csv *csv,
                                      struct assay_error *err)
{
    struct assay__summary_table table = {0};
    enum assay_status status =
        assay__summary_table_read(csv, assay__dataset_plan(intake->dataset), &table, err);
    if (status == ASSAY_OK)
        status = assay__summary_shards_add(&intake->shards, &table, err);
    assay__summary_table_release(&table);
    return status;
}

static enum assay_status read_file(struct intake *intake, const char *path, struct assay_error *err)
{
    const struct assay_read_options *options = intake->options;
    struct assay__csv_options csv_options = assay__csv_options_of(
        options->separator, &assay__dataset_plan(intake->dataset)->dialect);
    struct assay__csv *csv = NULL;
    enum assay_status status = assay__csv_open(path, &csv_options, &csv, err);
    if (status != ASSAY_OK)
        return status;
    bool is_summary = options->kind == ASSAY_INPUT_SUMMARY ||
                      (options->kind == ASSAY_INPUT_AUTO && assay__summary_looks_like(csv));
    status = is_summary ? read_summary(intake, csv, err) : read_units(intake, csv, err);
    assay__csv_close(csv);
    return status;
}

static enum assay_status finish(struct intake *intake, const char *first_path,
                                struct assay_error *err)
{
    struct assay__summary_table *whole;
    enum assay_status status = assay__summary_shards_join(&intake->shards, true, &whole, err);
    if (status == ASSAY_OK)
        status = assay__summary_to_dataset(whole, intake->dataset, err);
    if (status != ASSAY_OK || !intake->has_units)
        return status;
    if (assay__dataset_mutable_counts(intake->dataset)->rows_read == 0)
        return assay__fail_at(err, ASSAY_ERROR_DATA, first_path, 1, 0,
                              "There is a header but no row of data.");
    return assay__units_finish(&intake->units, err);
}

enum assay_status assay_dataset_read(struct assay_dataset *dataset, const char *const *paths,
                                     size_t path_count, const struct assay_read_options *options,
                                     struct assay_error *err)
{
    static const struct assay_read_options DEFAULTS = {0};
    if (path_count == 0)
        return assay__fail(err, ASSAY_ERROR_USAGE, "No file is named; - is standard input.");
    struct intake intake = {.dataset = dataset, .options = options != NULL ? options : &DEFAULTS};
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < path_count; i++)
        status = read_file(&intake, paths[i], err);
    if (status == ASSAY_OK)
        status = finish(&intake, paths[0], err);
    assay__summary_shards_release(&intake.shards);
    if (intake.has_units)
        assay__units_release(&intake.units);
    return status;
}
