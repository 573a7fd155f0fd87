/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows with a mean and a variance, or a sum and a sum of squares, whose metric, group and time came
 * before: in most tables that is every row but the first ones. What they come to is what
 * summary_row.c makes of them.
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

static inline bool read_figure(const row_t *row, uint32_t column, struct figure *out)
{
    const struct assay__field *field = &row->record.fields[column];
    return assay__plain_parse(field->text, field->length, &out->number, &out->spelling);
}

/* The figures as they were printed. */
struct printed {
    struct assay__figure first, second;
};

/* How far the figures may be off, and whether they may be those of a share. */
static void judge(struct assay__summary_entry *entry, const struct printed *printed, uint64_t n,
                  bool by_sum)
{
    double mean = printed->first.value / (by_sum ? (double)n : 1.0);
    entry->has_inner_mean = mean > 1e-9 && mean < 1.0 - 1e-9;
    entry->slack = entry->own_slack;
    if (by_sum) {
        entry->slack[0] = printed->first.slack;
        entry->slack[1] = printed->second.slack;
        entry->is_no_share = !assay__sums_are_share(printed->first, printed->second);
    } else {
        assay__figures_slack((double)n, printed->first, printed->second, entry->slack);
        entry->is_no_share = !assay__figures_are_share(n, printed->first, printed->second);
    }
}

/* The two figures of the row and its exact sums; false where there is more to say of them. */
static inline bool read_sums(const row_t *row, uint64_t n, struct assay__narrow_one *sums,
                             struct printed *printed)
{
    const struct assay__summary_places *places = &row->places;
    struct figure first, second;
    bool by_sum = row->is_simple_sum;
    if (!read_figure(row, by_sum ? places->sum[0] : places->mean[0], &first) ||
        !read_figure(row, by_sum ? places->sum[1] : places->covariance[0], &second) ||
        !(by_sum ? assay__narrow_one_given : assay__narrow_one_of)(n, &first.number, &second.number,
                                                                   sums))
        return false;
    printed->first = assay__figure_plain(&first.number, &first.spelling);
    printed->second = assay__figure_plain(&second.number, &second.spelling);
    return !by_sum || n < 2 || assay__sums_keep_digits(n, printed->first, printed->second);
}

enum assay_status assay__summary_row_take(row_t *row, const struct assay__summary_row_key *key,
                                          bool *is_taken, struct assay_error *err)
{
    const struct assay__summary_known *known = &row->known[key->series];
    const struct assay__field *count = &row->record.fields[row->n_column];
    struct assay__narrow_one sums;
    struct printed printed;
    struct assay__summary_entry *entry;
    uint64_t n;
    bool is_new = false;
    *is_taken = false;
    if (known->is_remark || !known->is_needed ||
        !assay__short_count(count->text, count->length, &n) || n == 0 ||
        !read_sums(row, n, &sums, &printed))
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
    judge(entry, &printed, n, row->is_simple_sum);
    row->digest.row_count++;
    *is_taken = true;
    return ASSAY_OK;
}
