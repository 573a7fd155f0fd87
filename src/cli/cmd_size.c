/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay size: sample size, power and detectable effect of a planned comparison. */
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/message.h"
#include "cli/size_flags.h"

/* ---- one row --------------------------------------------------------------------------------- */

static double relative(const struct size_query *query, double effect)
{
    return isfinite(query->mean) && query->mean != 0.0 ? effect / fabs(query->mean) : (double)NAN;
}

/* effect is the size of the wanted effect as given; 0 for a margin tested without one. */
static void set_effect(const struct size_query *query, double effect, struct size_row *row)
{
    double size = query->is_relative ? size_scaled(effect, query->mean) : effect;
    row->effect = query->direction * size;
    row->effect_relative =
        query->is_relative ? query->direction * effect : relative(query, row->effect);
}

static void set_power(const struct size_query *query, double power, struct size_row *row)
{
    struct assay_rates plan = query->plan;
    plan.power = power;
    row->wanted_power = power;
    row->adjusted_power = assay_rates_power(&plan);
}

static enum assay_status find_size(const struct size_query *query, struct size_row *row,
                                   struct assay_error *err)
{
    struct assay_size_design design = size_design_at(query, row);
    struct assay_size_result size;
    enum assay_status status = assay_size_required(&design, &size, err);
    if (status == ASSAY_OK) {
        row->baseline = size.baseline;
        row->compared = size.compared;
        row->total = size.total;
        row->power = size.power;
    }
    return status;
}

static enum assay_status find_power(const struct size_query *query, struct size_row *row,
                                    struct assay_error *err)
{
    struct assay_size_design design = size_design_at(query, row);
    return assay_size_power(&design, row->baseline, row->compared, &row->power, err);
}

static enum assay_status find_effect(const struct size_query *query, struct size_row *row,
                                     struct assay_error *err)
{
    struct assay_size_design design = size_design_at(query, row);
    design.effect = query->direction;
    enum assay_status status =
        assay_size_effect(&design, row->baseline, row->compared, &row->detectable, err);
    if (status != ASSAY_OK)
        return status;
    row->effect = query->direction * row->detectable;
    row->effect_relative = relative(query, row->effect);
    row->power = isnan(row->detectable) ? (double)NAN : row->adjusted_power;
    return ASSAY_OK;
}

/* ---- all rows -------------------------------------------------------------------------------- */

static enum assay_status answer_row(const struct size_query *query, size_t first, size_t second,
                                    struct size_row *row, struct assay_error *err)
{
    *row = (struct size_row){.detectable = NAN, .wanted_power = NAN, .adjusted_power = NAN};
    if (query->question == SIZE_ASKS_SIZE) {
        set_effect(query, query->effects.values[first], row);
        set_power(query, query->powers.values[second], row);
        return find_size(query, row, err);
    }
    row->total = query->totals.values[second];
    size_split(query, row->total, &row->baseline, &row->compared);
    if (query->question == SIZE_ASKS_POWER) {
        set_effect(query, query->effects.values[first], row);
        return find_power(query, row, err);
    }
    set_power(query, query->powers.values[first], row);
    return find_effect(query, row, err);
}

static enum assay_status answer_all(const struct size_query *query, struct size_answer *answer,
                                    struct assay_error *err)
{
    bool asks_effect = query->question == SIZE_ASKS_EFFECT;
    size_t rows = asks_effect ? query->powers.count : query->effects.count;
    size_t columns = query->question == SIZE_ASKS_SIZE ? query->powers.count : query->totals.count;
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns && status == ASSAY_OK; j++)
            status = answer_row(query, i, j, &answer->rows[answer->count++], err);
    return status;
}

static int run(const struct size_query *query, enum args_format format)
{
    struct assay_error err;
    struct assay__text out = {0};
    struct size_answer answer = {.rows = calloc(SIZE_ROWS_MAX, sizeof *answer.rows)};
    int code;
    if (answer.rows == NULL)
        return message_fail_memory();
    if (answer_all(query, &answer, &err) != ASSAY_OK) {
        code = cli_usage_error("size", "%s", err.message);
    } else {
        if (format == ARGS_FORMAT_TABLE)
            size_write_table(query, &answer, &out);
        else if (format == ARGS_FORMAT_CSV)
            size_write_csv(query, &answer, &out);
        else
            size_write_detail(query, &answer, &out);
        code = args_print(&out);
    }
    free(answer.rows);
    return code;
}

int cmd_size(int argc, char **argv)
{
    struct size_flags flags;
    struct size_query query;
    int code = size_flags_read(argc, argv, &flags);
    if (code != 0 || flags.wants_help)
        return code;
    code = size_flags_query(&flags, &query);
    return code != 0 ? code : run(&query, flags.format);
}
