/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums as rows of a table of sufficient statistics, with the seal around them. */
#include <stddef.h>
#include <string.h>

#include "plan/plan_data.h"
#include "source/sql/select.h"
#include "analysis/dataset_read.h"
#include "source/summary/summary_column.h"
#include "source/summary/summary_seal.h"

uint32_t assay__sql_sum_in(const struct assay__sql_selection *selection, uint32_t metric,
                           uint32_t column)
{
    struct assay__sql *sql = selection->sql;
    for (uint32_t s = 0; s < assay__sql_sum_count(sql, metric); s++) {
        char name[ASSAY__COLUMN_BYTES];
        assay__column_sum(assay__metric_shape(&sql->plan->metrics[metric]), s, name);
        if (strcmp(name, selection->columns.keys[column].bytes) == 0)
            return s;
    }
    return UINT32_MAX;
}

/* A column of the key: what metrics have, then what each remark has. */
static void put_key(struct assay__sql_selection *selection, const char *of_metrics, size_t offset,
                    const char *name)
{
    struct assay__sql *sql = selection->sql;
    assay__sql_put(sql, "  case q.j when -1 then ''");
    for (uint32_t r = 0; r < selection->remark_count; r++) {
        const char *text;
        memcpy(&text, (const char *)&selection->remarks[r] + offset, sizeof text);
        if (text != NULL)
            assay__sql_put(sql, "\n    when %u then %s", sql->plan->metric_count + 1 + r,
                           assay__sql_literal(sql, text));
    }
    assay__sql_put(sql, "\n    %s end as %s", of_metrics, assay__sql_name(sql, name));
}

static const char *metric_names(struct assay__sql *sql)
{
    struct assay__text text = {0};
    assay__text_puts(&text, "when 0 then '@units'");
    for (uint32_t m = 0; m < sql->plan->metric_count; m++)
        assay__text_format(&text, "\n    when %u then %s", m + 1,
                           assay__sql_literal(sql, sql->plan->metrics[m].id));
    assay__text_puts(&text, "\n    else ''");
    return assay__sql_keep(sql, &text);
}

static const char *slice_names(struct assay__sql *sql, bool is_value)
{
    const struct assay_plan *plan = sql->plan;
    struct assay__text text = {0};
    assay__text_puts(&text, "else case q.i when 0 then ''");
    for (uint32_t d = 0; d < plan->dimension_count; d++)
        assay__text_format(&text, " when %u then %s", d + 1,
                           is_value ? "q.d" : assay__sql_literal(sql, plan->dimensions[d]));
    for (uint32_t s = 0; s < plan->segment_count; s++)
        assay__text_format(&text, " when %u then %s", plan->dimension_count + s + 1,
                           is_value ? assay__sql_literal(sql, plan->segments[s].id) : "'@segment'");
    assay__text_puts(&text, " else '' end");
    return assay__sql_keep(sql, &text);
}

static void put_figures(struct assay__sql_selection *selection)
{
    struct assay__sql *sql = selection->sql;
    for (uint32_t c = 0; c < selection->columns.count; c++) {
        const char *text = assay__sql_fill(sql, sql->dialect->as_text,
                                           assay__sql_format(sql, "q.a%u", c + 1), "", "");
        assay__sql_put(sql, ",\n  case q.j when -1 then ''");
        for (uint32_t m = 0; m < sql->plan->metric_count; m++) {
            uint32_t index = assay__sql_sum_in(selection, m, c);
            if (index == UINT32_MAX)
                continue;
            unsigned scale = assay__sql_sum(sql, m, index).scale;
            const char *end = assay__sql_format(sql, "'e-%u'", scale);
            assay__sql_put(sql, " when %u then %s", m + 1,
                           scale == 0 ? text
                                      : assay__sql_fill(sql, sql->dialect->join, text, end, ""));
        }
        assay__sql_put(sql, " else '' end as %s",
                       assay__sql_name(sql, selection->columns.keys[c].bytes));
    }
}

/* How often a row's remark is, as the rows of the outcome count it. */
static const char *count_of(const struct assay__sql_selection *selection)
{
    struct assay__sql *sql = selection->sql;
    const char *count = "q.n";
    for (uint32_t r = 0; r < selection->remark_count; r++) {
        uint32_t j = sql->plan->metric_count + 1 + r;
        if (selection->remarks[r].count == NULL || selection->remarks[r].cap != NULL)
            count = assay__sql_format(sql, "case when q.j = %u then 1 else %s end", j, count);
        if (selection->remarks[r].of_looks != NULL)
            count = assay__sql_format(sql, "case when q.j = %u then %s else %s end", j,
                                      selection->remarks[r].of_looks, count);
    }
    return count;
}

/* Sums as they are, or what there is at each look. */
static void put_from(const struct assay__sql_selection *selection)
{
    struct assay__sql *sql = selection->sql;
    uint32_t metrics = sql->plan->metric_count, first_rare = metrics + 1;
    for (uint32_t r = 0; r < selection->remark_count && !selection->remarks[r].is_rare; r++)
        first_rare++;
    if (!assay__sql_has_looks(sql)) {
        assay__sql_put(sql, "\nfrom sums q\nwhere (q.n > 0 or q.j < %u)", first_rare);
        return;
    }
    const char *rare = "0";
    for (uint32_t r = 0; r < selection->remark_count; r++)
        if (selection->remarks[r].of_looks != NULL)
            rare = assay__sql_format(sql, "case when q.j = %u then %s else %s end", metrics + 1 + r,
                                     selection->remarks[r].of_looks, rare);
    assay__sql_put(
        sql,
        "\nfrom running q cross join looks l\nwhere (q.j > %u and l.k = 0 and (q.n > 0 or "
        "q.j < %u or %s > 0))\n  or (q.j <= %u and q.n > 0 and l.look >= q.look and "
        "(q.until0 is null or l.look < q.until0))",
        metrics, first_rare, rare, metrics);
}

/* The value of a row: a slice's, a remark's, or a cap. */
static const char *values_of(const struct assay__sql_selection *selection)
{
    struct assay__sql *sql = selection->sql;
    const char *names = slice_names(sql, true), *caps = "";
    for (uint32_t r = 0; r < selection->remark_count; r++) {
        const struct assay__sql_remark *remark = &selection->remarks[r];
        if (remark->cap != NULL)
            caps = assay__sql_format(
                sql, "%swhen %u then coalesce(%s, '')\n    ", caps, sql->plan->metric_count + 1 + r,
                assay__sql_fill(sql, sql->dialect->join,
                                assay__sql_fill(sql, sql->dialect->as_text, "q.w", "", ""),
                                assay__sql_format(sql, "'e-%u'", remark->scale), ""));
    }
    return assay__sql_format(sql, "%s%s", caps, names);
}

static void put_rows(struct assay__sql_selection *selection)
{
    struct assay__sql *sql = selection->sql;
    uint32_t metrics = sql->plan->metric_count;
    const char *time = "''";
    const char *latest = assay__sql_fill(sql, sql->dialect->as_text, "q.t9", "", "");
    for (uint32_t r = 0; r < selection->remark_count; r++)
        if (selection->remarks[r].is_latest)
            time = assay__sql_format(sql,
                                     "case when q.j = %u and q.t9 is not null then %s else '' end",
                                     metrics + 1 + r, latest);
    if (assay__sql_has_looks(sql))
        time =
            assay__sql_format(sql, "case when q.j <= %u then %s else %s end", metrics,
                              assay__sql_fill(sql, sql->dialect->as_text, "l.look", "", ""), time);
    assay__sql_put(sql, "select\n");
    put_key(selection, metric_names(sql), offsetof(struct assay__sql_remark, metric), "metric");
    assay__sql_put(sql, ",\n");
    put_key(selection, "else q.g", offsetof(struct assay__sql_remark, group), "group");
    assay__sql_put(sql, ",\n  %s as %s,\n", time, assay__sql_name(sql, "time"));
    put_key(selection, slice_names(sql, false), offsetof(struct assay__sql_remark, dimension),
            "dimension");
    assay__sql_put(sql, ",\n");
    put_key(selection, values_of(selection), offsetof(struct assay__sql_remark, value), "value");
    assay__sql_put(sql, ",\n  %s as n", count_of(selection));
    if (selection->has_masks)
        assay__sql_put(sql, ",\n  q.z as covariates_missing");
    put_figures(selection);
    put_from(selection);
}

/* The counts of what became of a source of events, columns of one row: see put_event_rows(). */
static const char *event_columns(struct assay__sql *sql, uint32_t e)
{
    const char *columns = assay__sql_format(
        sql, "coalesce(sum(e.k), 0) as n0, coalesce(sum(case when e.o = 2 then e.k end), 0) as n1, "
             "coalesce(sum(case when e.o = 4 then e.k end), 0) as n2, coalesce(sum(case when e.o = "
             "0 and e.known = 0 then e.k end), 0) as n3, coalesce(sum(case when e.o = 5 then e.k "
             "end), 0) as n4, max(case when e.o = 0 then e.t9 end) as t9");
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == e && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            columns =
                assay__sql_format(sql, "%s, coalesce(sum(e.b%u), 0) as b%u", columns, r + 1, r + 1);
    return columns;
}

/* A remark about rows of events: its key, its count, and when it is left out. */
struct event_row {
    const char *metric, *dimension, *value, *count;
};

/* Columns of the rows: what each has, chosen by its number. */
static void put_chosen(struct assay__sql *sql, const struct event_row *rows, uint32_t count,
                       size_t offset, bool is_text)
{
    const char *form = sql->dialect->count;
    assay__sql_put(sql, "case y.j");
    for (uint32_t i = 0; i < count; i++) {
        const char *text;
        memcpy(&text, (const char *)&rows[i] + offset, sizeof text);
        assay__sql_put(sql, " when %u then %s", i,
                       is_text ? assay__sql_literal(sql, text)
                               : assay__sql_fill(sql, form, text, "", ""));
    }
    assay__sql_put(sql, " end");
}

static uint32_t list_event_rows(struct assay__sql *sql, uint32_t e, struct event_row *rows)
{
    const struct assay__columns *columns = &sql->binding.sources[e];
    uint32_t count = 0;
    /* Sources add up: each gives a row of its own, told apart by the name of the events. */
    rows[count++] = (struct event_row){"@events_read", "", columns->events, "x.n0"};
    rows[count++] = (struct event_row){"@events_after", "", columns->events, "x.n1"};
    rows[count++] = (struct event_row){"@events_no_unit", "", columns->events, "x.n2"};
    rows[count++] = (struct event_row){"@events_unexposed", "", columns->events, "x.n3"};
    rows[count++] = (struct event_row){"@latest", "", columns->events,
                                       "case when x.t9 is null then 0 else 1 end"};
    rows[count++] = (struct event_row){"@unfit", "time", columns->names[columns->time], "x.n4"};
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == e && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            rows[count++] =
                (struct event_row){"@unfit", "number", columns->names[sql->reads[r].cell],
                                   assay__sql_format(sql, "x.b%u", r + 1)};
    return count;
}

/* What became of the rows of events without a unit, and of their cells without a number. */
static void put_event_rows(const struct assay__sql_selection *selection, uint32_t e)
{
    enum { FIRST_RARE = 4, LATEST = 4 };
    struct assay__sql *sql = selection->sql;
    struct event_row *rows =
        assay__arena_array(&sql->arena, 8 + (size_t)sql->read_count, sizeof *rows);
    if (rows == NULL) {
        assay__sql_fail(sql, ASSAY_ERROR_MEMORY, "Memory ran out.");
        return;
    }
    uint32_t count = list_event_rows(sql, e, rows);
    assay__sql_put(sql, "\nunion all\nselect ");
    put_chosen(sql, rows, count, offsetof(struct event_row, metric), true);
    assay__sql_put(sql, ", '', case when y.j = %d then coalesce(%s, '') else '' end, ", LATEST,
                   assay__sql_fill(sql, sql->dialect->as_text, "x.t9", "", ""));
    put_chosen(sql, rows, count, offsetof(struct event_row, dimension), true);
    assay__sql_put(sql, ", ");
    put_chosen(sql, rows, count, offsetof(struct event_row, value), true);
    assay__sql_put(sql, ", ");
    put_chosen(sql, rows, count, offsetof(struct event_row, count), false);
    assay__sql_put(sql, "%s", selection->has_masks ? ", 0" : "");
    for (uint32_t c = 0; c < selection->columns.count; c++)
        assay__sql_put(sql, ", ''");
    assay__sql_put(sql, "\nfrom (select %s from folded_%u e) x cross join (select 0 as j",
                   event_columns(sql, e), e);
    for (uint32_t i = 1; i < count; i++)
        assay__sql_put(sql, " union all select %u", i);
    assay__sql_put(sql, ") y\nwhere y.j < %d or ", FIRST_RARE);
    put_chosen(sql, rows, count, offsetof(struct event_row, count), false);
    assay__sql_put(sql, " > 0");
}

/* A row of text, with a count. */
static void put_text_row(struct assay__sql_selection *selection, const char *const key[5],
                         unsigned n)
{
    struct assay__sql *sql = selection->sql;
    assay__sql_put(sql, "\nunion all\nselect");
    for (int i = 0; i < 5; i++)
        assay__sql_put(sql, "%s %s", i == 0 ? "" : ",", assay__sql_literal(sql, key[i]));
    assay__sql_put(sql, ", %u", n);
    if (selection->has_masks)
        assay__sql_put(sql, ", 0");
    for (uint32_t c = 0; c < selection->columns.count; c++)
        assay__sql_put(sql, ", ''");
}

static enum assay_status put_definition(void *context, const struct assay__definition *definition,
                                        struct assay_error *err)
{
    const char *const key[5] = {"@definition", definition->name, "", definition->kind,
                                definition->text};
    (void)err;
    put_text_row(context, key, 1);
    return ASSAY_OK;
}

/* The columns of the outcome; the row at the end counts the others. */
static void put_columns(struct assay__sql_selection *selection)
{
    static const char *const KEYS[] = {"metric", "group", "time", "dimension", "value"};
    struct assay__sql *sql = selection->sql;
    assay__sql_put(sql, "select");
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        const char *name = assay__sql_name(sql, KEYS[i]);
        const char *text = assay__sql_format(sql, "z.%s", name);
        if (!sql->options->is_fetched && sql->dialect->cell[0] != '\0')
            text = assay__sql_fill(sql, sql->dialect->cell, text, "", "");
        assay__sql_put(sql, "%s %s as %s", i == 0 ? "" : ",", text, name);
    }
    assay__sql_put(sql, ", case when z.%s = '@end' then count(*) over () - 1 else z.n end as n",
                   assay__sql_name(sql, "metric"));
    if (selection->has_masks)
        assay__sql_put(sql, ", z.covariates_missing as covariates_missing");
    for (uint32_t c = 0; c < selection->columns.count; c++)
        assay__sql_put(sql, ", z.%s as %s", assay__sql_name(sql, selection->columns.keys[c].bytes),
                       assay__sql_name(sql, selection->columns.keys[c].bytes));
    assay__sql_put(sql, "\nfrom (\n");
}

void assay__sql_put_outcome(struct assay__sql_selection *selection)
{
    static const char *const SCHEMA[5] = {"@schema", "", "", "", ""};
    static const char *const END[5] = {"@end", "", "", "", ""};
    struct assay__sql *sql = selection->sql;
    put_columns(selection);
    put_rows(selection);
    for (uint32_t e = 1; e < sql->binding.source_count; e++)
        put_event_rows(selection, e);
    assay__sql_put(sql, "\n-- what the sums are of; the last row counts the others");
    put_text_row(selection, SCHEMA, ASSAY__SEAL_SCHEMA);
    enum assay_status status = assay__plan_define(sql->plan, put_definition, selection, sql->err);
    if (status != ASSAY_OK && sql->status == ASSAY_OK)
        sql->status = status;
    put_text_row(selection, END, 0);
    assay__sql_put(sql, "\n) z");
}
