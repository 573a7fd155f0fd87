/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The statement as a whole: what cannot be written is refused, the rest is put together. */
#include <string.h>

#include "base/error.h"
#include "source/sql/layout.h"
#include "stats/metric/metric.h"

/* Digits of one number, such that sums of its powers fit; 15 are kept for the rows where needed. */
static unsigned value_digits(const struct assay__sql_options *options)
{
    const struct assay__sql_dialect *dialect = options->dialect;
    unsigned digits =
        (dialect->digits - (dialect->wraps ? 15 : 0)) / (options->without_cubes ? 2 : 3);
    return digits < dialect->value_digits ? digits : dialect->value_digits;
}

static const char *plan_problem(const struct assay_plan *plan)
{
    const struct assay_dialect *dialect = &plan->dialect;
    if (plan->granularity != ASSAY_GRANULARITY_NONE && plan->has_as_of && plan->as_of_ns % 1000)
        return "\"asOf\" finer than microseconds: databases do not keep them";
    if (dialect->group_from_file != NULL)
        return "\"format.groupFromFile\": a table has no file's name; name the group's column";
    if (dialect->decimal != '\0' && dialect->decimal != '.')
        return "\"format.decimal\": a database has numbers; use a view";
    if (dialect->thousands != NULL || dialect->currency_count > 0 || dialect->percent)
        return "\"format\" with thousands marks, currency or percent signs: a database has "
               "numbers; use a view";
    if (dialect->time != NULL && strchr(dialect->time, '%') != NULL)
        return "\"format.time\": a database has times; use a view that makes them of text";
    if (dialect->time != NULL && strcmp(dialect->time, "excel") == 0)
        return "\"format.time\": a database has times; use a view that makes them of days";
    return NULL;
}

static const char *metric_problem(const struct assay_metric_plan *metric)
{
    const struct assay_measure *measures[] = {&metric->measure, &metric->denominator_measure};
    if (assay__metric_kind(metric->type)->no_moments != NULL)
        return "quantiles need all values, not sums of them";
    for (size_t i = 0; i < 2; i++) {
        enum assay_aggregation how = measures[i]->aggregation;
        if (measures[i]->has_aggregation && how == ASSAY_AGGREGATE_MEAN)
            return "a mean per unit is not a decimal, and SQL would round it: a ratio of sum and "
                   "count is exact";
    }
    return NULL;
}

static void check(struct assay__sql *sql)
{
    const struct assay_plan *plan = sql->plan;
    const char *problem = plan_problem(plan);
    if (problem != NULL)
        assay__sql_fail(sql, ASSAY_ERROR_PLAN, "The plan has %s.", problem);
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        problem = metric_problem(&plan->metrics[m]);
        if (problem != NULL)
            assay__sql_fail(sql, ASSAY_ERROR_PLAN, "Metric '%.100s': %s.", plan->metrics[m].id,
                            problem);
        if (plan->metrics[m].id[0] == '@')
            assay__sql_fail(sql, ASSAY_ERROR_PLAN,
                            "Metric '%.100s': names that begin with @ are reserved in sufficient "
                            "statistics. Give it another id.",
                            plan->metrics[m].id);
    }
    for (uint32_t e = 0; e < plan->event_count && sql->options->shard_count == 0; e++) {
        bool is_there = false;
        for (size_t i = 0; i < sql->options->event_count; i++)
            is_there = is_there || strcmp(sql->options->events[i].name, plan->events[e].name) == 0;
        if (!is_there)
            assay__sql_fail(sql, ASSAY_ERROR_USAGE, "No table is named for the events '%.100s'.",
                            plan->events[e].name);
    }
    if (sql->dialect->digits != 0 && sql->options->scale + 2 > sql->value_digits)
        assay__sql_fail(sql, ASSAY_ERROR_USAGE,
                        "%s has %u digits for a number; %u after the point are too many.",
                        sql->dialect->engine, sql->value_digits, sql->options->scale);
}

/* Sums, numbers, keys: the widest subquery has about as many columns as this. */
static void check_width(struct assay__sql *sql)
{
    size_t columns = 16 + sql->plan->dimension_count + sql->plan->segment_count + sql->read_count;
    for (uint32_t m = 0; m < sql->plan->metric_count; m++)
        columns += 3 + assay__sql_sum_count(sql, m);
    if (columns > sql->dialect->columns_max)
        assay__sql_fail(sql, ASSAY_ERROR_LIMIT,
                        "The statement would have %zu columns; %s takes about %u. Ask for fewer "
                        "metrics at a time.",
                        columns, sql->dialect->engine, sql->dialect->columns_max);
}

static void put_head(struct assay__sql *sql)
{
    assay__sql_put(sql, "-- assay sql: exact sums of %s\n-- plan ",
                   sql->is_part ? "a part of an experiment" : "an experiment, for assay analyze");
    assay__sql_comment(sql, sql->options->plan_name == NULL ? "of flags" : sql->options->plan_name);
    assay__sql_put(sql, "\n-- sha256 %s\n-- for %s%s\n", assay__sql_digest(sql),
                   sql->dialect->engine,
                   sql->dialect->is_run ? "" : " (not run here: read it before you trust it)");
    if (sql->dialect->digits != 0)
        assay__sql_put(sql,
                       "-- numbers are whole numbers of %u digits, times 10^-%u; others are "
                       "counted in rows @unfit\n",
                       sql->value_digits, sql->scale);
}

/* Reads are listed before the first of them is written. */
static void list_reads(struct assay__sql *sql)
{
    for (uint32_t v = 0; v < sql->binding.variable_count; v++)
        (void)assay__sql_variable_read(sql, 0, &sql->binding.variables[v]);
    for (uint32_t c = 0; c < sql->binding.channel_count; c++)
        (void)assay__sql_variable_read(sql, sql->binding.channels[c].source,
                                       &sql->binding.channels[c].variable);
    assay__sql_reads_of_filters(sql);
}

/* The view to make: what it is called hides nothing. */
static const char *view_name(struct assay__sql *sql, const char *end)
{
    const char *schema = sql->options->schema;
    const char *name =
        assay__sql_name(sql, assay__sql_format(sql, "%s%s", sql->options->view, end));
    return schema == NULL ? name
                          : assay__sql_format(sql, "%s.%s", assay__sql_name(sql, schema), name);
}

/* From rows to cells. */
static void put_lower(struct assay__sql *sql)
{
    assay__sql_put_rows(sql, 0);
    if (sql->plan->unit_column != NULL)
        assay__sql_put_units(sql);
    for (uint32_t e = 1; e < sql->binding.source_count; e++) {
        assay__sql_put_rows(sql, e);
        assay__sql_put_folds(sql, e);
    }
    assay__sql_put_measured(sql);
    assay__sql_put_span(sql);
    assay__sql_put_states(sql);
    assay__sql_put_caps(sql);
    assay__sql_put_vectors(sql);
    assay__sql_put_cells(sql);
}

/* What ends a statement holds for the whole of it: in a view, a union is made one table for that,
 * so that the view does not depend on who asks. */
static void put_statement(struct assay__sql *sql)
{
    bool has_end = sql->dialect->table_end[0] != '\0', is_wrapped = has_end && sql->is_part;
    put_head(sql);
    if (sql->is_part)
        assay__sql_put(sql, "%s\n",
                       assay__sql_fill(sql, sql->dialect->view, view_name(sql, ""), "", ""));
    assay__sql_put(sql, "%swith\n", is_wrapped ? "select * from (\n" : "");
    if (sql->options->shard_count > 0)
        assay__sql_put_shards(sql);
    else
        put_lower(sql);
    if (sql->is_part)
        assay__sql_put_part(sql);
    else
        assay__sql_put_select(sql);
    if (is_wrapped)
        assay__sql_put(sql, "\n) w");
    if (has_end)
        assay__sql_put(sql, "\n%s", sql->dialect->table_end);
    assay__sql_put(sql, ";\n");
}

/* What every statement begins and ends with. */
static struct assay__sql begin(const struct assay_plan *plan,
                               const struct assay__sql_options *options, struct assay__text *out,
                               struct assay_error *err)
{
    bool has_any_length = options->dialect->digits == 0;
    struct assay__sql sql = {.plan = plan,
                             .options = options,
                             .dialect = options->dialect,
                             .out = out,
                             .err = err,
                             .scale = has_any_length ? 0 : options->scale,
                             .value_digits = has_any_length ? 0 : value_digits(options)};
    check(&sql);
    if (sql.status == ASSAY_OK)
        sql.status = assay__binding_init(&sql.binding, plan, err);
    return sql;
}

static enum assay_status end(struct assay__sql *sql)
{
    if (sql->status == ASSAY_OK && sql->out->failed)
        sql->status = assay__fail_memory(sql->err);
    assay__binding_release(&sql->binding);
    assay__arena_release(&sql->arena);
    return sql->status;
}

/* The statement, or what a part has of it. */
static void write_sums(struct assay__sql *sql)
{
    if (sql->status == ASSAY_OK) {
        list_reads(sql);
        check_width(sql);
    }
    if (sql->status == ASSAY_OK && (sql->is_part || sql->options->shard_count > 0))
        sql->status = assay__sql_check_parts(sql->plan, sql->err);
    if (sql->status == ASSAY_OK)
        put_statement(sql);
}

enum assay_status assay__sql_write(const struct assay_plan *plan,
                                   const struct assay__sql_options *options,
                                   struct assay__text *out, struct assay_error *err)
{
    struct assay__sql sql = begin(plan, options, out, err);
    write_sums(&sql);
    return end(&sql);
}

enum assay_status assay__sql_write_view(const struct assay_plan *plan,
                                        const struct assay__sql_options *options,
                                        struct assay__text *out, struct assay_error *err)
{
    struct assay__sql sql = begin(plan, options, out, err);
    sql.is_part = true;
    write_sums(&sql);
    if (sql.status == ASSAY_OK && plan->unit_column != NULL && options->unit_check > 0) {
        assay__sql_put(&sql, "\n%s\n",
                       assay__sql_fill(&sql, sql.dialect->view, view_name(&sql, "_units"), "", ""));
        assay__sql_put_list_of_units(&sql, options->unit_check + 1);
    }
    return end(&sql);
}

enum assay_status assay__sql_write_units(const struct assay_plan *plan,
                                         const struct assay__sql_options *options, uint32_t count,
                                         struct assay__text *out, struct assay_error *err)
{
    struct assay__sql sql = begin(plan, options, out, err);
    if (sql.status == ASSAY_OK)
        assay__sql_put_list_of_units(&sql, count);
    return end(&sql);
}
