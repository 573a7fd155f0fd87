/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns a table of sufficient statistics needs for what its entries keep. */
#include "source/summary/summary_used.h"

#include <math.h>
#include <string.h>

#include "number/number.h"
#include "source/summary/summary_column.h"
#include "source/summary/summary_figure.h"
#include "stats/moments.h"

/* Whether sums that are not those of a share would be taken for one, as far as they may be off. */
static bool seems_share(const struct assay__summary_entry *entry, uint32_t variables,
                        const double values[2])
{
    double slack = entry->slack == NULL ? 0.0 : entry->slack[0] + entry->slack[variables];
    double size = fabs(values[0]) + fabs(values[1]);
    return fabs(values[0] - values[1]) <= (slack + size * 1e-9) * (1.0 + 1e-9);
}

enum assay_status assay__share_gap(const struct assay__summary_entry *entry, uint32_t pattern,
                                   bool is_sealed, double *gap, struct assay_error *err)
{
    struct assay_moments_shape shape = assay_moments_shape(entry->state);
    uint32_t mask, variables = 1 + shape.has_denominator + shape.covariate_count;
    uint64_t n;
    bool has_third;
    struct assay__text sums[2] = {{0}, {0}};
    double values[2] = {0.0, 0.0};
    *gap = 0.0;
    assay__moments_pattern(entry->state, pattern, &mask, &n, &has_third);
    bool is_no_share = entry->is_no_share;
    if (entry->without_variance || (is_no_share ? is_sealed || pattern != 0 : has_third))
        return ASSAY_OK;
    enum assay_status status = assay__moments_write_sum(entry->state, pattern, 0, &sums[0], err);
    if (status == ASSAY_OK)
        status = assay__moments_write_sum(entry->state, pattern, variables, &sums[1], err);
    bool are_doubles = status == ASSAY_OK; /* sums of shares are counts: others may be beyond */
    for (int i = 0; are_doubles && i < 2; i++)
        are_doubles =
            assay__double_parse(sums[i].data, sums[i].length, &values[i]) == ASSAY__PARSE_OK;
    if (are_doubles && is_no_share)
        *gap = seems_share(entry, variables, values) ? -1.0 : 0.0;
    else if (are_doubles)
        *gap = fabs(values[0] - values[1]) * (1.0 + 1e-9);
    assay__text_release(&sums[0]);
    assay__text_release(&sums[1]);
    return status;
}

static enum assay_status add_column(struct assay__index *columns, const char *name,
                                    struct assay_error *err)
{
    uint32_t number;
    return assay__index_add(columns, name, strlen(name), ASSAY__USED_COLUMNS_MAX, &number, err);
}

bool assay__seems_rounded(const char *text, size_t length)
{
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal number;
    return assay__decimal_parse(text, length, &number, digits) == ASSAY__PARSE_OK &&
           assay__figure_of(&number, text, length, '.').slack > 0.0;
}

/* Whether a sum of an entry will seem to be rounded in some row. */
static enum assay_status seems_rounded(const struct assay__summary_entry *entry, uint32_t sum,
                                       bool *out, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    *out = false;
    for (uint32_t p = 0;
         !*out && status == ASSAY_OK && p < assay__moments_pattern_count(entry->state); p++) {
        struct assay__text text = {0};
        status = assay__moments_write_sum(entry->state, p, sum, &text, err);
        *out = status == ASSAY_OK && assay__seems_rounded(text.data, text.length);
        assay__text_release(&text);
    }
    return status;
}

/* The columns for what rounding may have moved. */
static enum assay_status find_roundings(const struct assay__summary_entry *entry,
                                        struct assay__used_columns *columns,
                                        struct assay_error *err)
{
    struct assay_moments_shape shape = assay_moments_shape(entry->state);
    uint32_t count = assay__column_rounding_count(shape);
    enum assay_status status = ASSAY_OK;
    for (uint32_t s = 0; status == ASSAY_OK && entry->slack != NULL && s < count; s++) {
        char name[ASSAY__COLUMN_BYTES];
        bool is_needed = entry->slack[s] > 0.0;
        assay__column_rounding(shape, s, name);
        if (!is_needed)
            status = seems_rounded(entry, s, &is_needed, err);
        if (status == ASSAY_OK && is_needed)
            status = add_column(&columns->roundings, name, err);
    }
    return status;
}

/* What the patterns of an entry's moments need beside sums. */
static enum assay_status find_pattern_columns(const struct assay__summary_table *table,
                                              const struct assay__summary_entry *entry,
                                              struct assay__used_columns *columns,
                                              struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    for (uint32_t p = 0; status == ASSAY_OK && p < assay__moments_pattern_count(entry->state);
         p++) {
        uint32_t mask;
        uint64_t n;
        bool has_third;
        double gap;
        assay__moments_pattern(entry->state, p, &mask, &n, &has_third);
        columns->has_missing = columns->has_missing || mask != 0;
        status = assay__share_gap(entry, p, table->is_sealed, &gap, err);
        columns->has_share_rounding =
            columns->has_share_rounding || (status == ASSAY_OK && gap != 0.0);
    }
    return status;
}

enum assay_status assay__used_columns_add(const struct assay__summary_table *table,
                                          const struct assay__summary_entry *entry,
                                          struct assay__used_columns *columns,
                                          struct assay_error *err)
{
    if (entry->state == NULL)
        return ASSAY_OK;
    if (entry->keeps->text != NULL)
        return add_column(&columns->names, entry->keeps->text->column, err);
    struct assay_moments_shape shape = assay_moments_shape(entry->state);
    enum assay_status status = ASSAY_OK;
    for (uint32_t s = 0; status == ASSAY_OK && s < assay__moments_sum_count(shape); s++) {
        char name[ASSAY__COLUMN_BYTES];
        assay__column_sum(shape, s, name);
        status = add_column(&columns->names, name, err);
    }
    columns->is_sealed = table->is_sealed;
    if (status == ASSAY_OK && !table->is_sealed && !entry->without_variance)
        status = find_roundings(entry, columns, err);
    return status == ASSAY_OK ? find_pattern_columns(table, entry, columns, err) : status;
}

uint32_t assay__used_columns_count(const struct assay__used_columns *columns)
{
    return columns->names.count + columns->roundings.count + columns->has_missing +
           columns->has_share_rounding;
}

void assay__used_columns_release(struct assay__used_columns *columns)
{
    assay__index_release(&columns->names);
    assay__index_release(&columns->roundings);
}
