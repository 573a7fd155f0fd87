/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A statement in two levels. Each shard has a view of its cells, and of what else the whole needs:
 * when its rows begin and end, and what became of its events. All of these are one table of few
 * rows, told apart by kind: 0 cells, 1 the span, 2 and on the sources of events. Above, the rows of
 * all shards are grouped again, and the statement goes on from cells as it does otherwise.
 *
 * Each view is asked for groups of its rows, too, so that the plan of execution shows whether the
 * shard adds up: rows of another table, by mistake, would be seen to travel.
 */
#include <inttypes.h>
#include <string.h>

#include "base/digest.h"
#include "source/sql/layout.h"

enum { KIND_CELLS, KIND_SPAN, KIND_EVENTS }; /* and one more for each source of events */

const char *assay__sql_digest(struct assay__sql *sql)
{
    char digest[65];
    assay__sha256_hex(sql->plan->canonical, strlen(sql->plan->canonical), digest);
    return assay__sql_format(sql, "%s", digest);
}

/* What parts must have in common: the plan, how numbers are written, and how units are listed. */
static const char *tag(struct assay__sql *sql)
{
    return assay__sql_format(sql, "%s/%u/%s/%" PRIu32, assay__sql_digest(sql), sql->scale,
                             sql->options->without_cubes ? "squares" : "cubes",
                             sql->options->unit_check);
}

/* The columns of cells, and those of events that cells lack. */
static struct assay__sql_cells list_all(struct assay__sql *sql)
{
    struct assay__sql_cells cells = assay__sql_list_cells(sql), all = {0};
    all.list = assay__arena_array(&sql->arena, (size_t)cells.count + sql->read_count + 1,
                                  sizeof *all.list);
    if (cells.list == NULL || all.list == NULL) {
        assay__sql_fail(sql, ASSAY_ERROR_MEMORY, "Memory ran out.");
        return (struct assay__sql_cells){0};
    }
    memcpy(all.list, cells.list, cells.count * sizeof *all.list);
    all.count = cells.count;
    all.key_count = cells.key_count;
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source > 0 && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            all.list[all.count++] = (struct assay__sql_cell_column){
                ASSAY__SQL_CELL_COUNT, assay__sql_format(sql, "b%" PRIu32, r + 1), NULL};
    if (sql->binding.source_count > 1)
        all.list[all.count++] = (struct assay__sql_cell_column){ASSAY__SQL_CELL_LATEST, "e9", NULL};
    return all;
}

/* What a row has in a column that does not concern it. */
static const char *nothing(const struct assay__sql *sql, enum assay__sql_cell_kind kind)
{
    switch (kind) {
    case ASSAY__SQL_CELL_NAME:
        return "''";
    case ASSAY__SQL_CELL_TIME:
    case ASSAY__SQL_CELL_LATEST:
        return "null";
    case ASSAY__SQL_CELL_SUM:
        return sql->dialect->zero;
    case ASSAY__SQL_CELL_KEY:
    case ASSAY__SQL_CELL_COUNT:
        break;
    }
    return "0";
}

/* What columns of the names hold; the others hold nothing. */
struct filled {
    const char *name, *value;
};

static const char *find(const struct filled *filled, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(filled[i].name, name) == 0)
            return filled[i].value;
    return NULL;
}

static void put_columns(struct assay__sql *sql, const struct assay__sql_cells *columns,
                        const struct filled *filled, size_t count)
{
    for (uint32_t c = 0; c < columns->count; c++) {
        const struct assay__sql_cell_column *column = &columns->list[c];
        const char *value = find(filled, count, column->name);
        assay__sql_put(sql, ", %s as %s", value == NULL ? nothing(sql, column->kind) : value,
                       column->name);
    }
}

static void put_kind(struct assay__sql *sql, uint32_t kind, const char *known)
{
    bool is_first = kind == (sql->binding.source_count > 1 ? KIND_EVENTS : KIND_CELLS);
    assay__sql_put(sql, "%sselect '%s' as plan, %" PRIu32 " as kind, %s as known",
                   is_first ? "" : "\nunion all\n", tag(sql), kind, known);
}

static void put_events(struct assay__sql *sql, const struct assay__sql_cells *columns, uint32_t e)
{
    struct filled *filled =
        assay__arena_array(&sql->arena, 3 + (size_t)sql->read_count, sizeof *filled);
    size_t count = 3;
    if (filled == NULL) {
        assay__sql_fail(sql, ASSAY_ERROR_MEMORY, "Memory ran out.");
        return;
    }
    filled[0] = (struct filled){"o", "e.o"};
    filled[1] = (struct filled){"k", "sum(e.k)"};
    filled[2] = (struct filled){"e9", "max(e.t9)"};
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == e)
            filled[count++] = (struct filled){assay__sql_format(sql, "b%" PRIu32, r + 1),
                                              assay__sql_format(sql, "sum(e.b%" PRIu32 ")", r + 1)};
    put_kind(sql, KIND_EVENTS + e - 1, "e.known");
    put_columns(sql, columns, filled, count);
    assay__sql_put(sql, "\nfrom folded_%" PRIu32 " e group by e.o, e.known", e);
}

static void put_own_cells(struct assay__sql *sql, const struct assay__sql_cells *columns)
{
    put_kind(sql, KIND_CELLS, "0");
    for (uint32_t c = 0; c < columns->count; c++) {
        const struct assay__sql_cell_column *column = &columns->list[c];
        if (column->made == NULL)
            assay__sql_put(sql, ", %s as %s", nothing(sql, column->kind), column->name);
        else
            assay__sql_put(sql, ", c.%s as %s", column->name, column->name);
    }
    assay__sql_put(sql, "\nfrom cells c");
}

/* The first two have every column with a value, so that engines know its type. */
void assay__sql_put_part(struct assay__sql *sql)
{
    static const struct filled SPAN[] = {{"look", "l.first"}, {"until0", "l.last"}};
    struct assay__sql_cells columns = list_all(sql);
    assay__sql_put(sql, "ends as (select 1 as one)\n-- kind 0: cells, 1: the span, others: events; "
                        "known: of an exposed unit\n");
    if (sql->binding.source_count > 1)
        put_events(sql, &columns, 1);
    put_own_cells(sql, &columns);
    put_kind(sql, KIND_SPAN, "0");
    put_columns(sql, &columns, SPAN, assay__sql_has_looks(sql) ? 2 : 0);
    assay__sql_put(sql, "\nfrom %s l", assay__sql_has_looks(sql) ? "span" : "ends");
    for (uint32_t e = 2; e < sql->binding.source_count; e++)
        put_events(sql, &columns, e);
}

/* A column over several rows. */
static const char *gathered(struct assay__sql *sql, const struct assay__sql_cell_column *column)
{
    const char *value = assay__sql_format(sql, "s.%s", column->name);
    if (column->kind == ASSAY__SQL_CELL_COUNT)
        return assay__sql_format(sql, "sum(%s)", value);
    if (column->kind == ASSAY__SQL_CELL_SUM)
        return assay__sql_fill(sql, sql->dialect->sum, value, "", "");
    return column->kind == ASSAY__SQL_CELL_LATEST ? assay__sql_format(sql, "max(%s)", value)
                                                  : value;
}

static const char *view_in(struct assay__sql *sql, size_t shard, const char *end)
{
    const char *name = assay__sql_format(sql, "%s%s", sql->options->view, end);
    return assay__sql_format(sql, "%s.%s", assay__sql_name(sql, sql->options->shards[shard]),
                             assay__sql_name(sql, name));
}

static void put_shard(struct assay__sql *sql, const struct assay__sql_cells *columns, size_t shard)
{
    assay__sql_put(sql, "%s  select s.plan as plan, s.kind as kind, s.known as known",
                   shard == 0 ? "" : "\n  union all\n");
    for (uint32_t c = 0; c < columns->count; c++)
        assay__sql_put(sql, ",\n    %s as %s", gathered(sql, &columns->list[c]),
                       columns->list[c].name);
    assay__sql_put(sql, "\n  from %s s\n  group by s.plan, s.kind, s.known",
                   view_in(sql, shard, ""));
    for (uint32_t c = 0; c < columns->key_count; c++)
        assay__sql_put(sql, ", s.%s", columns->list[c].name);
}

static bool looks_for_units(const struct assay__sql *sql)
{
    return sql->options->unit_check > 0 && sql->plan->unit_column != NULL;
}

/* Units that two shards have, and shards that have more than were listed. */
static void put_apart(struct assay__sql *sql)
{
    assay__sql_put(sql, "-- all rows of a unit are to be in one shard\nlisted as %s(\n",
                   sql->dialect->once);
    for (size_t i = 0; i < sql->options->shard_count; i++)
        assay__sql_put(sql,
                       "%s  select %zu as shard, s.h as h, max(s.x) as x from %s s group by s.h",
                       i == 0 ? "" : "\n  union all\n", i, view_in(sql, i, "_units"));
    assay__sql_put(sql,
                   "\n),\napart as (\n  select count(*) as k from (select a.h as h from listed a "
                   "group by a.h having count(*) > 1 and max(a.x) = 1) b\n),\ncut as (\n  select "
                   "count(*) as k from (select a.shard as shard from listed a group by a.shard "
                   "having count(*) > %" PRIu32 ") b\n),\n",
                   sql->options->unit_check);
}

/* A cell that counts something about shards, where there is something. */
static void put_remark(struct assay__sql *sql, int outcome, const char *table)
{
    const struct assay__sql_cells cells = assay__sql_list_cells(sql);
    const struct filled filled[] = {{"o", assay__sql_format(sql, "%d", outcome)}, {"k", "a.k"}};
    assay__sql_put(sql, "\n  union all\n  select");
    for (uint32_t c = 0; c < cells.count; c++) {
        const char *value = find(filled, 2, cells.list[c].name);
        assay__sql_put(sql, "%s %s", c == 0 ? "" : ",",
                       value == NULL ? nothing(sql, cells.list[c].kind) : value);
    }
    assay__sql_put(sql, " from %s a where a.k > 0", table);
}

/* Rows of a view that was made of another plan are cells of an outcome of their own, of no look. */
static const char *checked(struct assay__sql *sql, const struct assay__sql_cell_column *column)
{
    static const struct filled FORMS[] = {
        {"o", "case when s.plan = '$1' then s.o else 9 end"}, /* ASSAY__SQL_OTHER_PLAN */
        {"k", "sum(case when s.plan = '$1' then s.k else 1 end)"},
        {"look", "case when s.plan = '$1' then s.look end"},
    };
    const char *form = find(FORMS, sizeof FORMS / sizeof *FORMS, column->name);
    if (form == NULL)
        return gathered(sql, column);
    return assay__sql_fill(sql, form, tag(sql), "", "");
}

static void put_cells(struct assay__sql *sql)
{
    const struct assay__sql_cells cells = assay__sql_list_cells(sql);
    assay__sql_put(sql, "cells as %s(\n  select", sql->dialect->once);
    for (uint32_t c = 0; c < cells.count; c++)
        assay__sql_put(sql, "%s\n    %s as %s", c == 0 ? "" : ",", checked(sql, &cells.list[c]),
                       cells.list[c].name);
    assay__sql_put(sql, "\n  from shards s\n  where s.kind = %d or s.plan <> '%s'\n  group by",
                   KIND_CELLS, tag(sql));
    for (uint32_t c = 0; c < cells.key_count; c++)
        assay__sql_put(sql, "%s %s", c == 0 ? "" : ",", checked(sql, &cells.list[c]));
    if (looks_for_units(sql)) {
        put_remark(sql, ASSAY__SQL_APART, "apart");
        put_remark(sql, ASSAY__SQL_NOT_ALL_SEEN, "cut");
    }
    assay__sql_put(sql, "\n),\n");
}

static void put_folded(struct assay__sql *sql, uint32_t e)
{
    assay__sql_put(sql,
                   "folded_%" PRIu32 " as (\n  select s.o as o, s.known as known, sum(s.k) as k, "
                   "max(s.e9) as t9",
                   e);
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == e && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            assay__sql_put(sql, ", sum(s.b%" PRIu32 ") as b%" PRIu32, r + 1, r + 1);
    assay__sql_put(sql, "\n  from shards s where s.kind = %" PRIu32 " group by s.o, s.known\n),\n",
                   KIND_EVENTS + e - 1);
}

void assay__sql_put_shards(struct assay__sql *sql)
{
    struct assay__sql_cells columns = list_all(sql);
    assay__sql_put(sql, "-- sums of the shards, each grouped there\nshards as %s(\n",
                   sql->dialect->once);
    for (size_t i = 0; i < sql->options->shard_count; i++)
        put_shard(sql, &columns, i);
    assay__sql_put(sql, "\n),\n");
    if (looks_for_units(sql))
        put_apart(sql);
    assay__sql_put(sql, "-- and added up\n");
    put_cells(sql);
    if (assay__sql_has_looks(sql))
        assay__sql_put(sql,
                       "span as (\n  select min(s.look) as first, max(s.until0) as last from "
                       "shards s where s.kind = %d\n),\n",
                       KIND_SPAN);
    for (uint32_t e = 1; e < sql->binding.source_count; e++)
        put_folded(sql, e);
}
