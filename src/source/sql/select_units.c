/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From rows to units: the exposure of each, what its rows and events add up to, its numbers. */
#include <inttypes.h>

#include "source/sql/writer.h"

/* Whether a row of an alias gives something to a channel. */
static const char *gives(struct assay__sql *sql, const char *alias,
                         const struct assay__channel *channel, uint32_t *read)
{
    const char *passes = "";
    *read = assay__sql_variable_read(sql, channel->source, &channel->variable);
    if (channel->where != ASSAY__UNBOUND)
        passes = assay__sql_format(sql, " and %s.w%u = 1", alias, channel->where + 1);
    if (*read != UINT32_MAX)
        return assay__sql_format(sql, "%s.v%u is not null%s", alias, *read + 1, passes);
    if (channel->variable.kind == ASSAY__VARIABLE_ROW)
        return assay__sql_format(sql, "1 = 1%s", passes);
    return assay__sql_format(
        sql, "not %s%s",
        assay__sql_is_missing(
            sql, assay__sql_format(sql, "%s.c%u", alias, channel->variable.cell + 1), false),
        passes);
}

/* Whether a row of an alias counts for a fold. */
static const char *counts(struct assay__sql *sql, const char *alias, const struct assay__fold *fold,
                          uint32_t *read)
{
    const char *row = gives(sql, alias, &sql->binding.channels[fold->channel], read);
    if (!fold->has_times)
        return row;
    row = assay__sql_format(sql, "%s and %s.t >= %s.t0 + (%" PRId64 ")", row, alias, alias,
                            fold->from / 1000);
    return fold->is_open ? row
                         : assay__sql_format(sql, "%s and %s.t < %s.t0 + (%" PRId64 ")", row, alias,
                                             alias, fold->to / 1000);
}

static bool is_zero_without_rows(const struct assay__fold *fold)
{
    return fold->aggregation == ASSAY_AGGREGATE_SUM || fold->aggregation == ASSAY_AGGREGATE_COUNT ||
           fold->aggregation == ASSAY_AGGREGATE_COUNT_DISTINCT;
}

/* The folds of a source, as columns of a query that groups its rows, alias r, by unit. */
static void put_folds_of(struct assay__sql *sql, uint32_t source)
{
    const struct assay__binding *binding = &sql->binding;
    for (uint32_t f = 0; f < binding->fold_count; f++) {
        const struct assay__fold *fold = &binding->folds[f];
        const struct assay__channel *channel = &binding->channels[fold->channel];
        uint32_t read;
        if (channel->source != source)
            continue;
        const char *row = counts(sql, "r", fold, &read), *made;
        const char *value = assay__sql_format(sql, "case when %s then r.v%u end", row, read + 1);
        if (fold->aggregation == ASSAY_AGGREGATE_COUNT)
            made = assay__sql_format(sql, "sum(case when %s then 1 else 0 end)", row);
        else if (fold->aggregation == ASSAY_AGGREGATE_COUNT_DISTINCT)
            made = assay__sql_format(sql, "count(distinct case when %s then r.c%u end)", row,
                                     channel->variable.cell + 1);
        else
            made = assay__sql_format(sql, "%s(%s)",
                                     fold->aggregation == ASSAY_AGGREGATE_MIN   ? "min"
                                     : fold->aggregation == ASSAY_AGGREGATE_MAX ? "max"
                                                                                : "sum",
                                     value);
        assay__sql_put(sql, ",\n    %s as f%u", made, f + 1);
    }
}

/* Cells that are no number, by the read that met them: columns bN, N the number of the read. */
static void put_unfit_of(struct assay__sql *sql, uint32_t source)
{
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == source && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            assay__sql_put(sql, ",\n    sum(case when %s%s then 1 else 0 end) as b%u",
                           sql->reads[r].kind == ASSAY__SQL_READ_FILTER ? "" : "r.o = 0 and ",
                           assay__sql_unfit(sql, "r", r), r + 1);
}

/* A row a unit of what differs among its rows: 1 or 0. */
static void put_differences(struct assay__sql *sql, const char *earliest)
{
    const struct assay__binding *binding = &sql->binding;
    assay__sql_put(sql, ",\n    case when min(r.g) <> max(r.g) then 1 else 0 end as in_two");
    assay__sql_put(sql, ",\n    case when 1 = 0");
    for (uint32_t d = 0; d < sql->plan->dimension_count; d++)
        assay__sql_put(sql, " or min(%s r.d%u end) <> max(%s r.d%u end)", earliest, d + 1, earliest,
                       d + 1);
    for (uint32_t s = 0; s < sql->plan->segment_count; s++)
        assay__sql_put(sql, " or min(%s r.s%u end) <> max(%s r.s%u end)", earliest, s + 1, earliest,
                       s + 1);
    assay__sql_put(sql, " then 1 else 0 end as unclear,\n    case when 1 = 0");
    for (uint32_t v = 0; v < binding->variable_count; v++) {
        uint32_t read = assay__sql_variable_read(sql, 0, &binding->variables[v]) + 1;
        assay__sql_put(sql, " or min(r.v%u) <> max(r.v%u) or count(r.v%u) not in (0, count(*))",
                       read, read, read);
    }
    assay__sql_put(sql, " then 1 else 0 end as differs");
}

void assay__sql_put_units(struct assay__sql *sql)
{
    const struct assay__binding *binding = &sql->binding;
    bool has_time = binding->sources[0].time != ASSAY__UNBOUND;
    const char *rows = "rows_0", *earliest = "case when 1 = 1 then";
    if (has_time && sql->plan->dimension_count + sql->plan->segment_count > 0) {
        assay__sql_put(sql, "timed_0 as (\n  select rows_0.*, min(t) over (partition by o, u) as "
                            "t0\n  from rows_0\n),\n");
        rows = "timed_0";
        earliest = "case when r.t = r.t0 then";
    }
    assay__sql_put(sql, "-- a row a unit, and one for each reason to leave rows out\n"
                        "units as (\n  select\n    r.o as o,\n    case when r.o = 0 then r.u else "
                        "'' end as u,\n    count(*) as k,\n    min(r.g) as g");
    if (has_time)
        assay__sql_put(sql, ",\n    min(r.t) as t0,\n    max(r.t) as t9");
    for (uint32_t d = 0; d < sql->plan->dimension_count; d++)
        assay__sql_put(sql, ",\n    min(%s r.d%u end) as d%u", earliest, d + 1, d + 1);
    for (uint32_t s = 0; s < sql->plan->segment_count; s++)
        assay__sql_put(sql, ",\n    min(%s r.s%u end) as s%u", earliest, s + 1, s + 1);
    for (uint32_t v = 0; v < binding->variable_count; v++)
        assay__sql_put(sql, ",\n    min(r.v%u) as i%u",
                       assay__sql_variable_read(sql, 0, &binding->variables[v]) + 1, v + 1);
    put_differences(sql, earliest);
    put_folds_of(sql, 0);
    put_unfit_of(sql, 0);
    assay__sql_put(
        sql, "\n  from %s r\n  group by r.o, case when r.o = 0 then r.u else '' end\n),\n", rows);
}

void assay__sql_put_folds(struct assay__sql *sql, uint32_t source)
{
    assay__sql_put(sql,
                   "joined_%u as (\n  select rows_%u.*, units.t0 as t0, units.u as known\n  from "
                   "rows_%u left join units on units.u = rows_%u.u and units.o = rows_%u.o\n),\n",
                   source, source, source, source, source);
    assay__sql_put(sql,
                   "-- events by unit\nfolded_%u as (\n  select\n    r.o as o,\n    case "
                   "when r.o = 0 then r.u else '' end as u,\n    max(case when r.known is "
                   "null then 0 else 1 end) as known,\n    count(*) as k,\n    max(r.t) as "
                   "t9",
                   source);
    put_folds_of(sql, source);
    put_unfit_of(sql, source);
    assay__sql_put(
        sql, "\n  from joined_%u r\n  group by r.o, case when r.o = 0 then r.u else '' end\n),\n",
        source);
}

/* A number of a unit, as a column nN. */
static void put_fold_number(struct assay__sql *sql, uint32_t f)
{
    const struct assay__binding *binding = &sql->binding;
    const struct assay__fold *fold = &binding->folds[f];
    uint32_t source = binding->channels[fold->channel].source;
    const char *value = source == 0 ? assay__sql_format(sql, "x.f%u", f + 1)
                                    : assay__sql_format(sql, "e%u.f%u", source, f + 1);
    if (is_zero_without_rows(fold))
        value = assay__sql_format(sql, "coalesce(%s, 0)", value);
    if (fold->is_share)
        value = assay__sql_format(sql, "case when %s > 0 then 1 else 0 end", value);
    assay__sql_put(sql, ",\n    %s as n%u", value, binding->variable_count + f + 1);
}

/* Without a unit column each row is a unit. */
static void put_measured_rows(struct assay__sql *sql)
{
    const struct assay__binding *binding = &sql->binding;
    assay__sql_put(sql, "-- each row is a unit\nmeasured as (\n  select\n    r.o as o,\n    1 as "
                        "k,\n    case when r.o = 0 then r.g else '' end as g");
    if (binding->sources[0].time != ASSAY__UNBOUND)
        assay__sql_put(sql, ",\n    r.t as t0,\n    r.t as t9");
    for (uint32_t d = 0; d < sql->plan->dimension_count; d++)
        assay__sql_put(sql, ",\n    case when r.o = 0 then r.d%u else '' end as d%u", d + 1, d + 1);
    for (uint32_t s = 0; s < sql->plan->segment_count; s++)
        assay__sql_put(sql, ",\n    case when r.o = 0 then r.s%u else 0 end as s%u", s + 1, s + 1);
    for (uint32_t v = 0; v < binding->variable_count; v++)
        assay__sql_put(sql, ",\n    r.v%u as n%u",
                       assay__sql_variable_read(sql, 0, &binding->variables[v]) + 1, v + 1);
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == 0 && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            assay__sql_put(sql, ",\n    case when %s%s then 1 else 0 end as b%u",
                           sql->reads[r].kind == ASSAY__SQL_READ_FILTER ? "" : "r.o = 0 and ",
                           assay__sql_unfit(sql, "r", r), r + 1);
    assay__sql_put(sql, "\n  from rows_0 r\n),\n");
}

void assay__sql_put_measured(struct assay__sql *sql)
{
    const struct assay__binding *binding = &sql->binding;
    if (sql->plan->unit_column == NULL) {
        put_measured_rows(sql);
        return;
    }
    assay__sql_put(sql,
                   "measured as (\n  select\n    case when x.o > 0 then x.o when x.in_two = "
                   "1 then %d when x.differs = 1 then %d when x.unclear = 1 then %d else 0 "
                   "end as o,\n    x.k as k,\n    x.g as g",
                   ASSAY__SQL_TWO_GROUPS, ASSAY__SQL_DIFFERS, ASSAY__SQL_UNCLEAR);
    if (binding->sources[0].time != ASSAY__UNBOUND)
        assay__sql_put(sql, ",\n    x.t0 as t0,\n    x.t9 as t9");
    for (uint32_t d = 0; d < sql->plan->dimension_count; d++)
        assay__sql_put(sql, ",\n    x.d%u as d%u", d + 1, d + 1);
    for (uint32_t s = 0; s < sql->plan->segment_count; s++)
        assay__sql_put(sql, ",\n    x.s%u as s%u", s + 1, s + 1);
    for (uint32_t v = 0; v < binding->variable_count; v++)
        assay__sql_put(sql, ",\n    x.i%u as n%u", v + 1, v + 1);
    for (uint32_t f = 0; f < binding->fold_count; f++)
        put_fold_number(sql, f);
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == 0 && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            assay__sql_put(sql, ",\n    x.b%u as b%u", r + 1, r + 1);
    for (uint32_t e = 1; e < binding->source_count; e++)
        assay__sql_put(sql, ",\n    coalesce(e%u.k, 0) as k%u", e, e);
    assay__sql_put(sql, "\n  from units x");
    for (uint32_t e = 1; e < binding->source_count; e++)
        assay__sql_put(sql, "\n    left join folded_%u e%u on e%u.u = x.u and e%u.o = x.o", e, e, e,
                       e);
    assay__sql_put(sql, "\n),\n");
}
