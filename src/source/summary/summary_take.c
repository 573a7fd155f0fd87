/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows with a mean and a variance, whose metric, group and time came before: in most tables that is
 * every row but the first ones. What they come to is what summary_row.c makes of them.
 */
#include "base/error.h"
#include "source/summary/summary_row.h"
#include "stats/narrow_sums.h"

typedef struct assay__summary_row row_t;

/* A figure of the row: as a number, and as it was printed. */
struct figure {
    struct assay_decimal number;
    struct assay__spelling spelling;
};

static bool read_figure(const row_t *row, uint32_t column, struct figure *out)
{
    const struct assay__field *field = &row->record.fields[column];
    return assay__plain_parse(field->text, field->length, &out->number, &out->spelling);
}

/* How far the figures may be off, and whether they may be those of a share. */
static void judge(struct assay__summary_entry *entry, const struct figure *mean,
                  const struct figure *variance, uint64_t n)
{
    struct assay__figure first = assay__figure_plain(&mean->number, &mean->spelling);
    struct assay__figure second = assay__figure_plain(&variance->number, &variance->spelling);
    entry->has_inner_mean = first.value > 1e-9 && first.value < 1.0 - 1e-9;
    entry->slack = entry->own_slack;
    assay__figures_slack((double)n, first, second, entry->slack);
    entry->is_no_share = !assay__figures_are_share(n, first, second);
}

enum assay_status assay__summary_row_take(row_t *row, const struct assay__summary_row_key *key,
                                          bool *is_taken, struct assay_error *err)
{
    const struct assay__summary_known *known = &row->known[key->series];
    const struct assay__field *count = &row->record.fields[row->n_column];
    struct figure mean, variance;
    struct assay__narrow_one sums;
    struct assay__summary_entry *entry;
    uint64_t n;
    bool is_new = false;
    *is_taken = false;
    if (known->is_remark || !known->is_needed ||
        !assay__short_count(count->text, count->length, &n) || n == 0 ||
        !read_figure(row, row->places.mean[0], &mean) ||
        !read_figure(row, row->places.covariance[0], &variance) ||
        !assay__narrow_one_of(n, &mean.number, &variance.number, &sums))
        return ASSAY_OK;
    enum assay_status status =
        assay__summary_entry_at(row->table, key->series, key->time, &entry, &is_new, err);
    if (status != ASSAY_OK || !is_new)
        return status;
    entry->state = assay__narrow_one_new(&row->table->states, &sums);
    if (entry->state == NULL)
        return assay__fail_memory(err);
    entry->keeps = &assay__accumulator_moments;
    entry->has_row = true;
    entry->file = row->file;
    entry->line = row->record.line;
    entry->column = row->key_columns[ASSAY__KEY_METRIC] + 1;
    judge(entry, &mean, &variance, n);
    row->digest.row_count++;
    *is_taken = true;
    return ASSAY_OK;
}
