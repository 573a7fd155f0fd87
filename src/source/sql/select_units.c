/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From rows to units: the exposure of each, its slices, its numbers. */
#include "source/sql/layout.h"

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

/* Rows with the time of their unit's earliest, and with looks its group, where they are needed. */
static const char *put_earliest(struct assay__sql *sql)
{
    const struct assay__binding *binding = &sql->binding;
    if (binding->sources[0].time == ASSAY__UNBOUND ||
        (sql->plan->dimension_count + sql->plan->segment_count == 0 && !assay__sql_has_looks(sql)))
        return "rows_0";
    assay__sql_put(sql, "timed_0 as (\n  select rows_0.*, min(t) over (partition by o, u) as "
                        "t0\n  from rows_0\n),\n");
    if (!assay__sql_has_looks(sql))
        return "timed_0";
    assay__sql_put(sql, "grouped_0 as (\n  select timed_0.*, min(case when t = t0 then g end) over "
                        "(partition by o, u) as g0\n  from timed_0\n),\n");
    return "grouped_0";
}

void assay__sql_put_units(struct assay__sql *sql)
{
    const struct assay__binding *binding = &sql->binding;
    bool has_time = binding->sources[0].time != ASSAY__UNBOUND;
    const char *rows = put_earliest(sql), *earliest = "case when 1 = 1 then";
    if (has_time && sql->plan->dimension_count + sql->plan->segment_count > 0)
        earliest = "case when r.t = r.t0 then";
    rows = assay__sql_put_timed(sql, 0, false, rows, "r.o, r.u");
    assay__sql_put(sql,
                   "-- a row a unit, and one for each reason to leave rows out\n"
                   "units as (\n  select\n    r.o as o,\n    case when r.o = 0 then r.u else "
                   "'' end as u,\n    count(*) as k,\n    min(r.%s) as g",
                   assay__sql_has_looks(sql) ? "g0" : "g");
    if (has_time)
        assay__sql_put(sql, ",\n    min(r.t) as t0,\n    max(r.t) as t9");
    if (assay__sql_has_looks(sql))
        assay__sql_put(sql, ",\n    min(case when r.g <> r.g0 then r.t end) as t2");
    for (uint32_t d = 0; d < sql->plan->dimension_count; d++)
        assay__sql_put(sql, ",\n    min(%s r.d%u end) as d%u", earliest, d + 1, d + 1);
    for (uint32_t s = 0; s < sql->plan->segment_count; s++)
        assay__sql_put(sql, ",\n    min(%s r.s%u end) as s%u", earliest, s + 1, s + 1);
    for (uint32_t v = 0; v < binding->variable_count; v++)
        assay__sql_put(sql, ",\n    min(r.v%u) as i%u",
                       assay__sql_variable_read(sql, 0, &binding->variables[v]) + 1, v + 1);
    put_differences(sql, earliest);
    assay__sql_put_fold_columns(sql, 0, false);
    assay__sql_put_unfit_columns(sql, 0);
    assay__sql_put(
        sql, "\n  from %s r\n  group by r.o, case when r.o = 0 then r.u else '' end\n),\n", rows);
    if (assay__sql_has_fold(sql, 0, true))
        assay__sql_put(sql, "parted_0 as (\n  select r.*, min(case when r.g <> r.g0 then r.t end) "
                            "over (partition by r.o, r.u) as t2\n  from grouped_0 r\n),\n");
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

/* The numbers of a unit that do not change from look to look. */
static void put_numbers(struct assay__sql *sql)
{
    const struct assay__binding *binding = &sql->binding;
    for (uint32_t v = 0; v < binding->variable_count; v++)
        assay__sql_put(sql, ",\n    x.i%u as n%u", v + 1, v + 1);
    for (uint32_t f = 0; f < binding->fold_count; f++) {
        uint32_t source = binding->channels[binding->folds[f].channel].source;
        if (!assay__sql_is_by_look(sql, &binding->folds[f]))
            assay__sql_put_fold_number(sql, f,
                                       source == 0 ? "x" : assay__sql_format(sql, "e%u", source));
    }
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
    if (assay__sql_has_looks(sql))
        assay__sql_put(sql, ",\n    case when x.o = 0 and x.differs = 0 and x.unclear = 0 then x.u "
                            "else '' end as u,\n    x.t2 as t2");
    if (binding->sources[0].time != ASSAY__UNBOUND)
        assay__sql_put(sql, ",\n    x.t0 as t0,\n    x.t9 as t9");
    for (uint32_t d = 0; d < sql->plan->dimension_count; d++)
        assay__sql_put(sql, ",\n    x.d%u as d%u", d + 1, d + 1);
    for (uint32_t s = 0; s < sql->plan->segment_count; s++)
        assay__sql_put(sql, ",\n    x.s%u as s%u", s + 1, s + 1);
    put_numbers(sql);
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
