/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a source: columns as text, numbers read from them, and what becomes of each row. */
#include <inttypes.h>
#include <string.h>

#include "base/time.h"
#include "source/sql/writer.h"

/* The column of instants as microseconds; the plan may say that it holds a number of some unit. */
static const char *micros(struct assay__sql *sql, const char *column)
{
    static const struct {
        const char *unit, *times, *over;
    } UNITS[] = {
        {"s", " * 1000000", NULL}, {"ms", " * 1000", NULL}, {"us", "", NULL}, {"ns", "", "1000"}};
    const char *unit = sql->plan->dialect.time;
    if (unit == NULL)
        return assay__sql_fill(sql, sql->dialect->micros, column, "", "");
    const char *text = assay__sql_fill(sql, sql->dialect->text, column, "", "");
    const char *number = assay__sql_fill(sql, sql->dialect->whole_text, text, "", "");
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (strcmp(UNITS[i].unit, unit) == 0)
            return UNITS[i].over == NULL
                       ? assay__sql_format(sql, "%s%s", number, UNITS[i].times)
                       : assay__sql_fill(sql, sql->dialect->quotient, number, UNITS[i].over, "");
    return "";
}

static void put_name_comment(struct assay__sql *sql, const char *name)
{
    assay__sql_put(sql, " -- ");
    assay__sql_comment(sql, name);
}

const char *assay__sql_source_table(struct assay__sql *sql, uint32_t source)
{
    const char *table = source == 0 ? sql->options->table : NULL;
    for (size_t i = 0; i < sql->options->event_count && table == NULL; i++)
        if (strcmp(sql->options->events[i].name, sql->binding.sources[source].events) == 0)
            table = sql->options->events[i].table;
    return assay__sql_table(sql, table == NULL ? "" : table);
}

static void put_texts(struct assay__sql *sql, uint32_t source)
{
    const struct assay__columns *columns = &sql->binding.sources[source];
    assay__sql_put(sql, "texts_%u as (\n  select", source);
    for (uint32_t c = 0; c < columns->count; c++) {
        const char *column = assay__sql_name(sql, columns->names[c]);
        bool is_number = false;
        for (uint32_t r = 0; r < sql->read_count; r++)
            is_number = is_number || (sql->reads[r].source == source && sql->reads[r].cell == c);
        assay__sql_put(sql, "%s\n    %s as c%u", c == 0 ? "" : ",",
                       assay__sql_fill(sql, sql->dialect->text, column, "", ""), c + 1);
        if (is_number)
            assay__sql_put(sql, ",\n    %s as n%u",
                           assay__sql_fill(sql, sql->dialect->number, column, "", ""), c + 1);
        if (is_number && sql->dialect->is_whole != NULL)
            assay__sql_put(sql, ",\n    %s as as_is%u", column, c + 1);
    }
    if (columns->time != ASSAY__UNBOUND)
        assay__sql_put(sql, ",\n    %s as t",
                       micros(sql, assay__sql_name(sql, columns->names[columns->time])));
    assay__sql_put(sql, "\n  from %s\n),\n", assay__sql_source_table(sql, source));
}

static void put_numbers(struct assay__sql *sql, uint32_t source)
{
    assay__sql_put(sql, "numbers_%u as %s(\n  select\n    texts_%u.*", source, sql->dialect->once,
                   source);
    for (uint32_t r = 0; r < sql->read_count; r++) {
        if (sql->reads[r].source != source)
            continue;
        assay__sql_put(sql, ",");
        put_name_comment(sql, sql->binding.sources[source].names[sql->reads[r].cell]);
        assay__sql_put(sql, "\n    %s as v%u", assay__sql_number(sql, &sql->reads[r]), r + 1);
    }
    assay__sql_put(sql, "\n  from texts_%u\n),\n", source);
}

static void put_outcome(struct assay__sql *sql, uint32_t source)
{
    const struct assay__binding *binding = &sql->binding;
    const struct assay__columns *columns = &binding->sources[source];
    const struct assay_plan *plan = sql->plan;
    assay__sql_put(sql, "    case");
    if (source == 0 && binding->plan_where != ASSAY__UNBOUND)
        assay__sql_put(sql, "\n      when not %s then %d",
                       assay__sql_where(sql, binding->plan_where, ""), ASSAY__SQL_LEFT_OUT);
    if (columns->time != ASSAY__UNBOUND)
        assay__sql_put(sql, "\n      when t is null or t < %" PRId64 " or t >= %" PRId64 " then %d",
                       ASSAY__TIME_FIRST_NS / 1000, ASSAY__TIME_END_NS / 1000, ASSAY__SQL_NO_TIME);
    if (columns->time != ASSAY__UNBOUND && plan->has_as_of)
        assay__sql_put(sql, "\n      when t >= %" PRId64 " then %d",
                       plan->as_of_ns / 1000 + (plan->as_of_ns % 1000 > 0), ASSAY__SQL_AFTER);
    if (source == 0)
        assay__sql_put(
            sql, "\n      when %s then %d",
            assay__sql_is_missing(sql, assay__sql_format(sql, "c%u", binding->group + 1), true),
            ASSAY__SQL_NO_GROUP);
    if (columns->unit != ASSAY__UNBOUND)
        assay__sql_put(
            sql, "\n      when %s then %d",
            assay__sql_is_missing(sql, assay__sql_format(sql, "c%u", columns->unit + 1), true),
            ASSAY__SQL_NO_UNIT);
    assay__sql_put(sql, "\n      %s%d end as o",
                   source > 0 && columns->time == ASSAY__UNBOUND && columns->unit == ASSAY__UNBOUND
                       ? "when 1 = 0 then "
                       : "else ",
                   ASSAY__SQL_GOOD);
}

void assay__sql_put_rows(struct assay__sql *sql, uint32_t source)
{
    const struct assay__binding *binding = &sql->binding;
    const struct assay__columns *columns = &binding->sources[source];
    assay__sql_put(sql, source == 0 ? "-- rows of units or exposures\n" : "-- rows of events: ");
    if (source > 0) {
        assay__sql_comment(sql, columns->events);
        assay__sql_put(sql, "\n");
    }
    put_texts(sql, source);
    put_numbers(sql, source);
    assay__sql_put(sql, "rows_%u as (\n  select\n    numbers_%u.*,\n", source, source);
    put_outcome(sql, source);
    if (columns->unit != ASSAY__UNBOUND)
        assay__sql_put(sql, ",\n    coalesce(c%u, '') as u", columns->unit + 1);
    if (source == 0) {
        assay__sql_put(sql, ",\n    coalesce(c%u, '') as g", binding->group + 1);
        for (uint32_t d = 0; d < sql->plan->dimension_count; d++)
            assay__sql_put(sql, ",\n    coalesce(c%u, '') as d%u", binding->dimensions[d] + 1,
                           d + 1);
        for (uint32_t s = 0; s < sql->plan->segment_count; s++) {
            assay__sql_put(sql, ",");
            put_name_comment(sql, sql->plan->segments[s].id);
            assay__sql_put(sql, "\n    case when %s then 1 else 0 end as s%u",
                           assay__sql_where(sql, s, ""), s + 1);
        }
    }
    for (uint32_t w = sql->plan->segment_count; w < binding->where_count; w++)
        if (binding->wheres[w].source == source && w != binding->plan_where)
            assay__sql_put(sql, ",\n    case when %s then 1 else 0 end as w%u",
                           assay__sql_where(sql, w, ""), w + 1);
    assay__sql_put(sql, "\n  from numbers_%u\n),\n", source);
}
