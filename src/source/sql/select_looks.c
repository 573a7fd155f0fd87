/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looks: from which to which look a unit has which numbers, and what there is at each look. A unit
 * changes at few looks: with its exposure, when a window is over, with events of a metric without
 * a window, and when it is seen in another group. Between two changes it is one state; cells add up
 * the states that begin and end alike, and the sums at a look are those that have begun less those
 * that are over.
 */
#include <inttypes.h>

#include "assay/dataset.h"
#include "source/sql/layout.h"
#include "source/units/look_ends.h"

/*
 * Windows go on being completed when no row comes any more, up to asOf: then the last look is
 * known.
 */
static bool ends_with_as_of(const struct assay_plan *plan)
{
    bool has_window = false;
    for (uint32_t m = 0; m < plan->metric_count; m++)
        has_window = has_window || plan->metrics[m].window.is_set;
    return has_window && plan->has_as_of;
}

void assay__sql_put_span(struct assay__sql *sql)
{
    bool has_looks = assay__sql_has_looks(sql);
    const char *units = sql->plan->unit_column == NULL ? "measured" : "units";
    if (!has_looks && !assay__sql_needs_span(sql))
        return;
    assay__sql_put(sql, "-- windows must be over by the latest row\nspan as (\n  select max(t9) "
                        "as latest");
    if (has_looks) {
        const char *last = assay__sql_look(sql, "max(t9)");
        if (ends_with_as_of(sql->plan))
            last = assay__sql_format(sql, "%" PRId64, sql->plan->as_of_ns / 1000);
        assay__sql_put(sql, ",\n    %s as first,\n    %s as last", assay__sql_look(sql, "min(t1)"),
                       last);
    }
    assay__sql_put(sql, "\n  from (\n    select max(t9) as t9%s from %s where o = 0",
                   has_looks ? ", min(t0) as t1" : "", units);
    for (uint32_t e = 1; e < sql->binding.source_count; e++)
        assay__sql_put(sql,
                       "\n    union all\n    select max(t9) as t9%s from folded_%u where o = 0",
                       has_looks ? ", min(t1) as t1" : "", e);
    assay__sql_put(sql, "\n  ) a\n),\n");
}

/* How long after the exposure windows are over: each length of time once; 0 is the exposure. */
static void put_delays(struct assay__sql *sql)
{
    const struct assay__binding *binding = &sql->binding;
    assay__sql_put(sql, "(select 0 as delay");
    for (uint32_t m = 0; m < sql->plan->metric_count; m++) {
        int64_t complete = binding->metrics[m].complete;
        bool is_new = binding->metrics[m].has_folds && complete > 0;
        for (uint32_t k = 0; k < m && is_new; k++)
            is_new = !binding->metrics[k].has_folds || binding->metrics[k].complete != complete;
        if (is_new)
            assay__sql_put(sql, " union all select %" PRId64, complete / 1000);
    }
    assay__sql_put(sql, ") w");
}

/* Looks at which rows come that count until the look: those of the folds of a source. */
static void put_changes(struct assay__sql *sql, uint32_t source)
{
    const struct assay__binding *binding = &sql->binding;
    const char *condition = NULL;
    for (uint32_t f = 0; f < binding->fold_count; f++) {
        const struct assay__fold *fold = &binding->folds[f];
        uint32_t read;
        if (binding->channels[fold->channel].source != source || !fold->is_open)
            continue;
        const char *row = assay__sql_counts(sql, fold, &read);
        condition = condition == NULL ? row : assay__sql_format(sql, "%s or %s", condition, row);
    }
    if (condition != NULL)
        assay__sql_put(sql,
                       "\n    union all\n    select r.u, %s as look, r.t2 from %s_%u r where r.o = "
                       "0 and (%s)",
                       assay__sql_look(sql, "r.t"), source == 0 ? "parted" : "joined", source,
                       condition);
}

/* The numbers of open windows at each change. */
static void put_open(struct assay__sql *sql, uint32_t source)
{
    const char *rows = assay__sql_format(sql, "until_%u", source);
    assay__sql_put(sql,
                   "%s as (\n  select r.*, n.look as look\n  from spells n join %s_%u r on "
                   "r.u = n.u\n  where r.o = 0 and %s <= n.look\n),\n",
                   rows, source == 0 ? "parted" : "joined", source, assay__sql_look(sql, "r.t"));
    rows = assay__sql_put_timed(sql, source, true, rows, "r.u, r.look");
    assay__sql_put(sql, "open_%u as (\n  select\n    r.u as u,\n    r.look as look", source);
    assay__sql_put_fold_columns(sql, source, true);
    assay__sql_put(sql, "\n  from %s r\n  group by r.u, r.look\n),\n", rows);
}

static void put_spells(struct assay__sql *sql)
{
    const char *over = "u.t0 + w.delay", *last = "l.last";
    bool ends = ends_with_as_of(sql->plan);
    if (ends)
        last = assay__sql_format(sql, "%" PRId64, sql->plan->as_of_ns / 1000);
    assay__sql_put(sql,
                   "-- looks at which a unit changes: its exposure, windows that are over, "
                   "events that come\ngrid as (\n  select a.u as u, a.look as look, case when "
                   "a.t2 is not null then %s end as gone\n  from (\n    select u.u as u, case "
                   "when w.delay = 0 then %s else %s end as look, u.t2 as t2\n    from units u "
                   "cross join ",
                   assay__sql_look(sql, "a.t2"), assay__sql_look(sql, "u.t0"),
                   assay__sql_look(sql, assay__sql_format(sql, "%s - 1", over)));
    put_delays(sql);
    assay__sql_put(sql, "%s\n    where u.o = 0 and (w.delay = 0 or %s <= %s)",
                   ends ? "" : " cross join span l", over, last);
    for (uint32_t e = 0; e < sql->binding.source_count; e++)
        put_changes(sql, e);
    assay__sql_put(sql, "\n  ) a\n  group by a.u, a.look, a.t2\n),\n-- until it is seen in another "
                        "group\nspells as (\n  select g.u as u, g.look as look,\n    "
                        "coalesce(nullif(min(g.look) over (partition by g.u order by g.look rows "
                        "between 1 following and 1 following), 0), g.gone) as until0,\n    "
                        "row_number() over (partition by g.u order by g.look) as place\n  from "
                        "grid g\n  where g.gone is null or g.look < g.gone\n),\n");
}

/* Columns of units that states repeat. */
static void put_repeated(struct assay__sql *sql)
{
    const struct assay__binding *binding = &sql->binding;
    assay__sql_put(sql, "m.o as o,\n    m.k as k,\n    m.g as g,\n    m.t0 as t0,\n    m.t9 as t9");
    for (uint32_t d = 0; d < sql->plan->dimension_count; d++)
        assay__sql_put(sql, ",\n    m.d%u as d%u", d + 1, d + 1);
    for (uint32_t s = 0; s < sql->plan->segment_count; s++)
        assay__sql_put(sql, ",\n    m.s%u as s%u", s + 1, s + 1);
    for (uint32_t n = 0; n < binding->variable_count + binding->fold_count; n++)
        if (n < binding->variable_count ||
            !assay__sql_is_by_look(sql, &binding->folds[n - binding->variable_count]))
            assay__sql_put(sql, ",\n    m.n%u as n%u", n + 1, n + 1);
    for (uint32_t f = 0; f < binding->fold_count; f++)
        if (assay__sql_may_overflow(sql, f) && !assay__sql_is_by_look(sql, &binding->folds[f]))
            assay__sql_put(sql, ",\n    m.x%u as x%u", f + 1, f + 1);
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == 0 && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            assay__sql_put(sql, ",\n    m.b%u as b%u", r + 1, r + 1);
    for (uint32_t e = 1; e < binding->source_count; e++)
        assay__sql_put(sql, ",\n    m.k%u as k%u", e, e);
}

void assay__sql_put_states(struct assay__sql *sql)
{
    const struct assay__binding *binding = &sql->binding;
    if (!assay__sql_has_looks(sql))
        return;
    if (sql->plan->unit_column == NULL) {
        assay__sql_put(sql,
                       "states as (\n  select m.*, case when m.o = 0 then %s end as look, case "
                       "when 1 = 0 then m.t0 end as until0, 1 as h\n  from measured m\n),\n",
                       assay__sql_look(sql, "m.t0"));
        return;
    }
    put_spells(sql);
    for (uint32_t e = 0; e < binding->source_count; e++)
        if (assay__sql_has_fold(sql, e, true))
            put_open(sql, e);
    assay__sql_put(sql, "-- a row for each change of a unit: it holds from look to before until0\n"
                        "states as (\n  select\n    ");
    put_repeated(sql);
    assay__sql_put(sql,
                   ",\n    n.look as look,\n    n.until0 as until0,\n    case when n.place > 1 "
                   "then 0 else 1 end as h");
    for (uint32_t f = 0; f < binding->fold_count; f++)
        if (assay__sql_is_by_look(sql, &binding->folds[f]))
            assay__sql_put_fold_number(
                sql, f,
                assay__sql_format(sql, "e%u", binding->channels[binding->folds[f].channel].source));
    assay__sql_put(sql, "\n  from measured m\n    left join spells n on n.u = m.u");
    for (uint32_t e = 0; e < binding->source_count; e++)
        if (assay__sql_has_fold(sql, e, true))
            assay__sql_put(sql, "\n    left join open_%u e%u on e%u.u = n.u and e%u.look = n.look",
                           e, e, e, e);
    assay__sql_put(sql, "\n),\n");
}

void assay__sql_put_looks(struct assay__sql *sql, const struct assay__sql_running *what)
{
    static const char OVER[] = "over (partition by s.j, s.i, s.g, s.d, s.z order by s.look)";
    int64_t length = assay__look_length(sql->plan->granularity) / 1000;
    const char *number = "w.a + 10 * x.a + 100 * y.a + 1000 * z.a";
    const char *next = assay__sql_format(sql, "l.first + (%s) * %" PRId64, number, length);
    assay__sql_put(
        sql,
        "looks as (\n  select %s as k, %s as look, case when l.last - l.first >= %" PRId64
        " then 1 else 0 end as too_many\n  from span l cross join digits w cross join digits x "
        "cross join digits y cross join digits z\n  where %s = 0 or %s < l.last + %" PRId64
        "\n),\n",
        number, assay__sql_fill(sql, sql->dialect->least, next, "l.last", ""),
        ASSAY_LOOKS_MAX * length, number, next, length);
    assay__sql_put(sql,
                   "-- what there is from a look on, and until which\nrunning as (\n  select "
                   "s.j as j, s.i as i, s.g as g, s.d as d, s.z as z, s.t9 as t9%s,\n    s.look "
                   "as look,\n    nullif(min(s.look) over (partition by s.j, s.i, s.g, s.d, "
                   "s.z order by s.look rows between 1 following and 1 following), 0) as "
                   "until0,\n    sum(s.n) %s as n",
                   what->has_caps ? ", s.w as w" : "", OVER);
    for (uint32_t c = 0; c < what->columns; c++)
        assay__sql_put(
            sql, ",\n    %s %s as a%u",
            assay__sql_fill(sql, sql->dialect->sum, assay__sql_format(sql, "s.a%u", c + 1), "", ""),
            OVER, c + 1);
    assay__sql_put(sql, "\n  from sums s\n)\n");
}
