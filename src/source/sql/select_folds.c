/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From rows to numbers of a unit: which rows count for a fold, and what they add up to. */
#include <inttypes.h>

#include "source/sql/layout.h"

/*
 * Whether a row of alias r gives something to a channel. The plan's own filter need not be asked
 * again: rows that it does not hold for are not there.
 */
static const char *gives(struct assay__sql *sql, const struct assay__channel *channel,
                         uint32_t *read)
{
    const char *passes = "";
    *read = assay__sql_variable_read(sql, channel->source, &channel->variable);
    if (channel->where != ASSAY__UNBOUND && channel->where != sql->binding.plan_where)
        passes = assay__sql_format(sql, " and r.w%u = 1", channel->where + 1);
    if (*read != UINT32_MAX)
        return assay__sql_format(sql, "r.v%u is not null%s", *read + 1, passes);
    if (channel->variable.kind == ASSAY__VARIABLE_ROW)
        return assay__sql_format(sql, "1 = 1%s", passes);
    return assay__sql_format(
        sql, "not %s%s",
        assay__sql_is_missing(sql, assay__sql_format(sql, "r.c%u", channel->variable.cell + 1),
                              false),
        passes);
}

const char *assay__sql_counts(struct assay__sql *sql, const struct assay__fold *fold,
                              uint32_t *read)
{
    const char *row = gives(sql, &sql->binding.channels[fold->channel], read);
    if (!fold->has_times)
        return row;
    row = assay__sql_format(sql, "%s and r.t >= r.t0 + (%" PRId64 ")", row, fold->from / 1000);
    return fold->is_open
               ? row
               : assay__sql_format(sql, "%s and r.t < r.t0 + (%" PRId64 ")", row, fold->to / 1000);
}

bool assay__sql_is_by_look(const struct assay__sql *sql, const struct assay__fold *fold)
{
    return fold->is_open && assay__sql_has_looks(sql);
}

bool assay__sql_has_fold(const struct assay__sql *sql, uint32_t source, bool by_look)
{
    for (uint32_t f = 0; f < sql->binding.fold_count; f++) {
        const struct assay__fold *fold = &sql->binding.folds[f];
        if (sql->binding.channels[fold->channel].source == source &&
            assay__sql_is_by_look(sql, fold) == by_look)
            return true;
    }
    return false;
}

static bool is_by_time(const struct assay__fold *fold)
{
    return fold->aggregation == ASSAY_AGGREGATE_FIRST || fold->aggregation == ASSAY_AGGREGATE_LAST;
}

static bool is_of(const struct assay__sql *sql, const struct assay__fold *fold, uint32_t source,
                  bool by_look)
{
    return sql->binding.channels[fold->channel].source == source &&
           assay__sql_is_by_look(sql, fold) == by_look;
}

/* The value that counts of rows: of the first or last ones, the smallest or largest. */
static const char *fold_value(struct assay__sql *sql, uint32_t f)
{
    static const char *const FUNCTIONS[] = {[ASSAY_AGGREGATE_SUM] = "sum",
                                            [ASSAY_AGGREGATE_MIN] = "min",
                                            [ASSAY_AGGREGATE_MAX] = "max",
                                            [ASSAY_AGGREGATE_FIRST] = "min",
                                            [ASSAY_AGGREGATE_LAST] = "max"};
    const struct assay__fold *fold = &sql->binding.folds[f];
    uint32_t read;
    const char *row = assay__sql_counts(sql, fold, &read);
    if (fold->aggregation == ASSAY_AGGREGATE_COUNT)
        return assay__sql_format(sql, "sum(case when %s then 1 else 0 end)", row);
    if (fold->aggregation == ASSAY_AGGREGATE_COUNT_DISTINCT)
        return assay__sql_format(sql, "count(distinct case when %s then r.c%u end)", row,
                                 sql->binding.channels[fold->channel].variable.cell + 1);
    if (is_by_time(fold))
        row = assay__sql_format(sql, "%s and r.t = r.q%u", row, f + 1);
    return assay__sql_format(sql, "%s(case when %s then r.v%u end)", FUNCTIONS[fold->aggregation],
                             row, read + 1);
}

void assay__sql_put_fold_columns(struct assay__sql *sql, uint32_t source, bool by_look)
{
    for (uint32_t f = 0; f < sql->binding.fold_count; f++)
        if (is_of(sql, &sql->binding.folds[f], source, by_look))
            assay__sql_put(sql, ",\n    %s as f%u", fold_value(sql, f), f + 1);
}

const char *assay__sql_put_timed(struct assay__sql *sql, uint32_t source, bool by_look,
                                 const char *rows, const char *keys)
{
    bool has_any = false;
    for (uint32_t f = 0; f < sql->binding.fold_count; f++)
        has_any = has_any || (is_of(sql, &sql->binding.folds[f], source, by_look) &&
                              is_by_time(&sql->binding.folds[f]));
    if (!has_any)
        return rows;
    const char *name = assay__sql_format(sql, "ordered_%s", rows);
    assay__sql_put(sql, "-- times of the first and last values\n%s as (\n  select\n    r.*", name);
    for (uint32_t f = 0; f < sql->binding.fold_count; f++) {
        const struct assay__fold *fold = &sql->binding.folds[f];
        uint32_t read;
        if (is_of(sql, fold, source, by_look) && is_by_time(fold))
            assay__sql_put(sql,
                           ",\n    %s(case when %s then r.t end) over (partition by %s) as q%u",
                           fold->aggregation == ASSAY_AGGREGATE_FIRST ? "min" : "max",
                           assay__sql_counts(sql, fold, &read), keys, f + 1);
    }
    assay__sql_put(sql, "\n  from %s r\n),\n", rows);
    return name;
}

void assay__sql_put_unfit_columns(struct assay__sql *sql, uint32_t source)
{
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == source && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            assay__sql_put(sql, ",\n    sum(case when %s%s then 1 else 0 end) as b%u",
                           sql->reads[r].kind == ASSAY__SQL_READ_FILTER ? "" : "r.o = 0 and ",
                           assay__sql_unfit(sql, "r", r), r + 1);
}

void assay__sql_put_folds(struct assay__sql *sql, uint32_t source)
{
    assay__sql_put(sql,
                   "joined_%u as (\n  select rows_%u.*, units.t0 as t0, units.u as known%s\n  from "
                   "rows_%u left join units on units.u = rows_%u.u and units.o = rows_%u.o\n),\n",
                   source, source, assay__sql_has_looks(sql) ? ", units.t2 as t2" : "", source,
                   source, source);
    const char *rows = assay__sql_put_timed(
        sql, source, false, assay__sql_format(sql, "joined_%u", source), "r.o, r.u");
    assay__sql_put(sql,
                   "-- events by unit\nfolded_%u as (\n  select\n    r.o as o,\n    case "
                   "when r.o = 0 then r.u else '' end as u,\n    max(case when r.known is "
                   "null then 0 else 1 end) as known,\n    count(*) as k,\n    max(r.t) as "
                   "t9",
                   source);
    if (assay__sql_has_looks(sql))
        assay__sql_put(sql, ",\n    min(r.t) as t1");
    assay__sql_put_fold_columns(sql, source, false);
    assay__sql_put_unfit_columns(sql, source);
    assay__sql_put(
        sql, "\n  from %s r\n  group by r.o, case when r.o = 0 then r.u else '' end\n),\n", rows);
}

bool assay__sql_may_overflow(const struct assay__sql *sql, uint32_t f)
{
    const struct assay__fold *fold = &sql->binding.folds[f];
    return sql->dialect->digits != 0 && fold->aggregation == ASSAY_AGGREGATE_SUM && !fold->is_share;
}

static bool is_zero_without_rows(const struct assay__fold *fold)
{
    return fold->aggregation == ASSAY_AGGREGATE_SUM || fold->aggregation == ASSAY_AGGREGATE_COUNT ||
           fold->aggregation == ASSAY_AGGREGATE_COUNT_DISTINCT;
}

void assay__sql_put_fold_number(struct assay__sql *sql, uint32_t f, const char *alias)
{
    const struct assay__fold *fold = &sql->binding.folds[f];
    const char *value = assay__sql_format(sql, "%s.f%u", alias, f + 1);
    if (assay__sql_may_overflow(sql, f)) {
        const char *most = assay__sql_whole(sql, assay__sql_power(sql, sql->value_digits));
        const char *least = assay__sql_whole(
            sql, assay__sql_format(sql, "-%s", assay__sql_power(sql, sql->value_digits)));
        assay__sql_put(sql, ",\n    case when %s <= %s or %s >= %s then 1 else 0 end as x%u", value,
                       least, value, most, f + 1);
        value = assay__sql_format(sql, "case when %s > %s and %s < %s then %s end", value, least,
                                  value, most, value);
    }
    if (is_zero_without_rows(fold))
        value = assay__sql_format(sql, "coalesce(%s, 0)", value);
    if (fold->is_share)
        value = assay__sql_format(sql, "case when %s > 0 then 1 else 0 end", value);
    assay__sql_put(sql, ",\n    %s as n%u", value, sql->binding.variable_count + f + 1);
}
