/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From cells to the rows that are handed out. Cells are few: each is repeated for every slice it is
 * in and for every row it has a part in, and what belongs together is added up. So the tables are
 * read once, whatever the number of metrics and slices.
 */
#include <stdio.h>
#include <string.h>

#include "analysis/dataset_read.h"
#include "base/error.h"
#include "base/index.h"
#include "number/number.h"
#include "source/sql/layout.h"
#include "source/summary/summary_column.h"

enum { COLUMNS_MAX = 1000, ITEMS_MAX = 9999 };

/* A row that is no metric's. */
struct remark {
    const char *metric, *group, *dimension, *value; /* as in the table */
    const char *count;                              /* of a cell c; NULL: 1 */
    bool is_latest, is_unfit;
};

struct selection {
    struct assay__sql *sql;
    struct assay__index columns; /* names of sums */
    struct remark *remarks;
    uint32_t remark_count;
    bool has_masks;
};

static void remark(struct selection *selection, struct remark what)
{
    selection->remarks[selection->remark_count++] = what;
}

/* Cells of an outcome. */
static const char *of(struct assay__sql *sql, int outcome, const char *column)
{
    return assay__sql_format(sql, "case when c.o = %d then c.%s else 0 end", outcome, column);
}

static void list_counts(struct selection *selection)
{
    struct assay__sql *sql = selection->sql;
    bool uses_all = false;
    for (uint32_t c = 0; c < sql->binding.channel_count; c++)
        uses_all = uses_all || sql->binding.channels[c].source == 0;
    const struct {
        const char *name, *count;
    } COUNTS[] = {
        {"@rows_read", "c.k"},
        {"@rows_used", of(sql, ASSAY__SQL_GOOD, uses_all ? "k" : "units")},
        {"@rows_duplicate", uses_all ? "0" : "case when c.o = 0 then c.k - c.units else 0 end"},
        {"@rows_left_out", of(sql, ASSAY__SQL_LEFT_OUT, "k")},
        {"@rows_after", of(sql, ASSAY__SQL_AFTER, "k")},
        {"@rows_no_group", of(sql, ASSAY__SQL_NO_GROUP, "k")},
        {"@rows_no_unit", of(sql, ASSAY__SQL_NO_UNIT, "k")},
        {"@units_in_two_groups", of(sql, ASSAY__SQL_TWO_GROUPS, "units")},
        {"@rows_in_two_groups", of(sql, ASSAY__SQL_TWO_GROUPS, "k")},
        {"@units_unclear", of(sql, ASSAY__SQL_UNCLEAR, "units")},
        {"@rows_unclear", of(sql, ASSAY__SQL_UNCLEAR, "k")},
    };
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++)
        remark(selection, (struct remark){.metric = COUNTS[i].name, .count = COUNTS[i].count});
}

/* The sentence that reading a file notes for a cap. */
static void list_cap(struct selection *selection, const struct assay_metric_plan *metric,
                     const char *bound, const char *word)
{
    char number[ASSAY__NUMBER_BYTES];
    double value;
    if (bound == NULL || assay__double_parse(bound, strlen(bound), &value) != ASSAY__PARSE_OK)
        return;
    assay__number_write(value, number);
    remark(selection, (struct remark){.metric = "@note",
                                      .group = metric->id,
                                      .dimension = "info",
                                      .value = assay__sql_format(
                                          selection->sql, "Values of %s %s %s count as %s.",
                                          metric->id, word, number, number)});
}

static void list_unfit(struct selection *selection)
{
    struct assay__sql *sql = selection->sql;
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == 0 && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            remark(selection,
                   (struct remark){.metric = "@unfit",
                                   .value = sql->binding.sources[0].names[sql->reads[r].cell],
                                   .dimension =
                                       sql->reads[r].kind == ASSAY__SQL_READ_CHOICE   ? "choice"
                                       : sql->reads[r].kind == ASSAY__SQL_READ_FILTER ? "filter"
                                                                                      : "number",
                                   .count = assay__sql_format(sql, "c.b%u", r + 1),
                                   .is_unfit = true});
    if (sql->plan->time_column != NULL)
        remark(selection, (struct remark){.metric = "@unfit",
                                          .dimension = "time",
                                          .value = sql->plan->time_column,
                                          .count = of(sql, ASSAY__SQL_NO_TIME, "k"),
                                          .is_unfit = true});
    if (sql->plan->unit_column != NULL)
        remark(selection, (struct remark){.metric = "@unfit",
                                          .dimension = "unit",
                                          .value = sql->plan->unit_column,
                                          .count = of(sql, ASSAY__SQL_DIFFERS, "units"),
                                          .is_unfit = true});
}

static void list_remarks(struct selection *selection)
{
    struct assay__sql *sql = selection->sql;
    const struct assay_plan *plan = sql->plan;
    list_counts(selection);
    const char *used = "0", *excluded = "0";
    for (uint32_t e = 1; e < sql->binding.source_count; e++) {
        used = assay__sql_format(sql, "%s + c.k%u", used, e);
        excluded = assay__sql_format(sql, "%s + c.k%u", excluded, e);
    }
    remark(selection, (struct remark){.metric = "@events_used",
                                      .count = assay__sql_format(
                                          sql, "case when c.o = 0 then %s else 0 end", used)});
    remark(selection,
           (struct remark){.metric = "@events_excluded",
                           .count = assay__sql_format(
                               sql, "case when c.o in (6, 7) then %s else 0 end", excluded)});
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        remark(selection,
               (struct remark){.metric = "@missing",
                               .value = plan->metrics[m].id,
                               .count = assay__sql_format(
                                   sql, "case when c.o = 0 then c.m%u else 0 end", m + 1)});
        list_cap(selection, &plan->metrics[m], plan->metrics[m].cap.lower, "below");
        list_cap(selection, &plan->metrics[m], plan->metrics[m].cap.upper, "above");
    }
    if (plan->time_column != NULL && plan->event_count == 0)
        remark(selection, (struct remark){.metric = "@latest", .is_latest = true});
    list_unfit(selection);
}

static void list_columns(struct selection *selection)
{
    struct assay__sql *sql = selection->sql;
    for (uint32_t m = 0; m < sql->plan->metric_count; m++) {
        const struct assay__metric_use *use = &sql->binding.metrics[m];
        selection->has_masks = selection->has_masks || use->count > use->required;
        for (uint32_t s = 0; s < assay__sql_sum_count(sql, m); s++) {
            char name[ASSAY__COLUMN_BYTES];
            uint32_t number;
            assay__column_sum(assay__metric_shape(&sql->plan->metrics[m]), s, name);
            if (assay__index_add(&selection->columns, name, strlen(name), COLUMNS_MAX, &number,
                                 NULL) != ASSAY_OK)
                assay__sql_fail(sql, ASSAY_ERROR_LIMIT, "The plan needs more than %d sums.",
                                COLUMNS_MAX);
        }
    }
}

/* The sum of a metric that stands in a column; UINT32_MAX for none. */
static uint32_t sum_in(const struct selection *selection, uint32_t metric, uint32_t column)
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

/* The numbers 0 .. count - 1: one by one, or by their digits where engines would not take as many.
 */
static void put_list(struct assay__sql *sql, const char *name, const char *column, uint32_t count)
{
    enum { LISTED_MAX = 400 };
    assay__sql_put(sql, "%s as (\n ", name);
    for (uint32_t i = 0; i < count && count <= LISTED_MAX; i++)
        assay__sql_put(sql, i == 0 ? " select %u as %s" : " union all select %u", i, column);
    if (count > LISTED_MAX)
        assay__sql_put(sql,
                       " select w.a + 10 * x.a + 100 * y.a + 1000 * z.a as %s\n  from digits w "
                       "cross join digits x cross join digits y cross join digits z\n  where w.a "
                       "+ 10 * x.a + 100 * y.a + 1000 * z.a < %u",
                       column, count);
    assay__sql_put(sql, "\n),\n");
}

static void put_lists(struct selection *selection, uint32_t items)
{
    struct assay__sql *sql = selection->sql;
    assay__sql_put(sql, "-- numbers of the rows of the outcome, and of the slices\n");
    put_list(sql, "digits", "a", 10);
    put_list(sql, "items", "j", items);
    put_list(sql, "slices", "i", 1 + sql->plan->dimension_count + sql->plan->segment_count);
}

static void put_expanded(struct selection *selection)
{
    struct assay__sql *sql = selection->sql;
    const struct assay_plan *plan = sql->plan;
    uint32_t metrics = plan->metric_count;
    assay__sql_put(sql,
                   "parts as (\n  select\n    j.j as j,\n    i.i as i,\n    case when j.j <= "
                   "%u then c.g else '' end as g,\n    case i.i",
                   metrics);
    for (uint32_t d = 0; d < plan->dimension_count; d++)
        assay__sql_put(sql, " when %u then c.d%u", d + 1, d + 1);
    assay__sql_put(sql, " when -1 then c.g else '' end as d,\n    case j.j when -1 then 0");
    for (uint32_t m = 0; m < metrics; m++)
        if (sql->binding.metrics[m].count > sql->binding.metrics[m].required)
            assay__sql_put(sql, " when %u then c.z%u", m + 1, m + 1);
    assay__sql_put(sql, " else 0 end as z,\n    case j.j\n      when 0 then c.units");
    for (uint32_t m = 0; m < metrics; m++)
        assay__sql_put(sql, "\n      when %u then c.n%u", m + 1, m + 1);
    for (uint32_t r = 0; r < selection->remark_count; r++)
        if (selection->remarks[r].count != NULL)
            assay__sql_put(sql, "\n      when %u then %s", metrics + 1 + r,
                           selection->remarks[r].count);
    assay__sql_put(sql, "\n      else 0 end as n");
    if (sql->binding.sources[0].time != ASSAY__UNBOUND)
        assay__sql_put(sql, ",\n    case when c.o in (0, 6, 7, 8) then c.t9 end as t9");
    for (uint32_t c = 0; c < selection->columns.count; c++) {
        assay__sql_put(sql, ",\n    case j.j when -1 then %s", sql->dialect->zero);
        for (uint32_t m = 0; m < metrics; m++)
            if (sum_in(selection, m, c) != UINT32_MAX)
                assay__sql_put(sql, " when %u then c.a%u_%u", m + 1, m + 1,
                               sum_in(selection, m, c) + 1);
        assay__sql_put(sql, " else %s end as a%u", sql->dialect->zero, c + 1);
    }
    assay__sql_put(sql,
                   "\n  from cells c cross join items j cross join slices i\n  where (j.j > %u "
                   "and i.i = 0) or (j.j <= %u and c.o = 0 and case i.i",
                   metrics, metrics);
    for (uint32_t s = 0; s < plan->segment_count; s++)
        assay__sql_put(sql, " when %u then c.s%u", plan->dimension_count + s + 1, s + 1);
    assay__sql_put(sql, " when -1 then 0 else 1 end = 1)\n),\n");
}

static void put_summed(struct selection *selection)
{
    struct assay__sql *sql = selection->sql;
    assay__sql_put(sql, "sums as (\n  select\n    p.j as j,\n    p.i as i,\n    p.g as g,\n    "
                        "p.d as d,\n    p.z as z,\n    sum(p.n) as n");
    if (sql->binding.sources[0].time != ASSAY__UNBOUND)
        assay__sql_put(sql, ",\n    max(p.t9) as t9");
    for (uint32_t c = 0; c < selection->columns.count; c++)
        assay__sql_put(
            sql, ",\n    %s as a%u",
            assay__sql_fill(sql, sql->dialect->sum, assay__sql_format(sql, "p.a%u", c + 1), "", ""),
            c + 1);
    assay__sql_put(sql, "\n  from parts p\n  group by p.j, p.i, p.g, p.d, p.z\n)\n");
}

/* A column of the key: what metrics have, then what each remark has. */
static void put_key(struct selection *selection, const char *of_metrics, size_t offset,
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
    const char *made = assay__sql_format(sql, "%s", text.failed ? "" : text.data);
    assay__text_release(&text);
    return made;
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
    const char *made = assay__sql_format(sql, "%s", text.failed ? "" : text.data);
    assay__text_release(&text);
    return made;
}

static void put_figures(struct selection *selection)
{
    struct assay__sql *sql = selection->sql;
    for (uint32_t c = 0; c < selection->columns.count; c++) {
        const char *text = assay__sql_fill(sql, sql->dialect->as_text,
                                           assay__sql_format(sql, "q.a%u", c + 1), "", "");
        assay__sql_put(sql, ",\n  case q.j when -1 then ''");
        for (uint32_t m = 0; m < sql->plan->metric_count; m++) {
            uint32_t index = sum_in(selection, m, c);
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

static void put_rows(struct selection *selection)
{
    struct assay__sql *sql = selection->sql;
    uint32_t first_unfit = UINT32_MAX;
    const char *time = "''";
    const char *latest = assay__sql_fill(sql, sql->dialect->as_text, "q.t9", "", "");
    const char *count = "q.n";
    for (uint32_t r = 0; r < selection->remark_count; r++) {
        uint32_t j = sql->plan->metric_count + 1 + r;
        if (selection->remarks[r].is_latest)
            time = assay__sql_format(
                sql, "case when q.j = %u and q.t9 is not null then %s else '' end", j, latest);
        if (selection->remarks[r].is_unfit && j < first_unfit)
            first_unfit = j;
        if (selection->remarks[r].count == NULL)
            count = assay__sql_format(sql, "case when q.j = %u then 1 else %s end", j, count);
    }
    assay__sql_put(sql, "select\n");
    put_key(selection, metric_names(sql), offsetof(struct remark, metric), "metric");
    assay__sql_put(sql, ",\n");
    put_key(selection, "else q.g", offsetof(struct remark, group), "group");
    assay__sql_put(sql, ",\n  %s as %s,\n", time, assay__sql_name(sql, "time"));
    put_key(selection, slice_names(sql, false), offsetof(struct remark, dimension), "dimension");
    assay__sql_put(sql, ",\n");
    put_key(selection, slice_names(sql, true), offsetof(struct remark, value), "value");
    assay__sql_put(sql, ",\n  %s as n", count);
    if (selection->has_masks)
        assay__sql_put(sql, ",\n  q.z as covariates_missing");
    put_figures(selection);
    assay__sql_put(sql, "\nfrom sums q");
    assay__sql_put(sql, "\nwhere (q.n > 0 or q.j < %u)", first_unfit);
}

/* A row of the outcome from a query of one number, n. */
static void put_event_row(struct selection *selection, const char *key, const char *query,
                          const char *condition)
{
    struct assay__sql *sql = selection->sql;
    assay__sql_put(sql, "\nunion all\nselect %s, x.n", key);
    if (selection->has_masks)
        assay__sql_put(sql, ", 0");
    for (uint32_t c = 0; c < selection->columns.count; c++)
        assay__sql_put(sql, ", ''");
    assay__sql_put(sql, "\nfrom (%s) x where %s", query, condition);
}

/* What became of the rows of events that are no unit's, and their cells that are no number. */
static void put_event_rows(struct selection *selection)
{
    struct assay__sql *sql = selection->sql;
    static const char *const COUNTS[][2] = {{"@events_read", "1 = 1"},
                                            {"@events_after", "e.o = 2"},
                                            {"@events_no_unit", "e.o = 4"},
                                            {"@events_unexposed", "e.o = 0 and e.known = 0"}};
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
        const char *sum = "";
        for (uint32_t e = 1; e < sql->binding.source_count; e++)
            sum = assay__sql_format(sql,
                                    "%s%scoalesce((select sum(e.k) from folded_%u e where %s), 0)",
                                    sum, e == 1 ? "" : " + ", e, COUNTS[i][1]);
        put_event_row(selection, assay__sql_format(sql, "'%s', '', '', '', ''", COUNTS[i][0]),
                      assay__sql_format(sql, "select %s as n", sum), "1 = 1");
    }
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source > 0 && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            put_event_row(
                selection,
                assay__sql_format(
                    sql, "'@unfit', '', '', 'number', %s",
                    assay__sql_literal(
                        sql, sql->binding.sources[sql->reads[r].source].names[sql->reads[r].cell])),
                assay__sql_format(sql, "select sum(e.b%u) as n from folded_%u e", r + 1,
                                  sql->reads[r].source),
                "x.n > 0");
    for (uint32_t e = 1; e < sql->binding.source_count; e++)
        put_event_row(
            selection,
            assay__sql_format(
                sql, "'@unfit', '', '', 'time', %s",
                assay__sql_literal(sql,
                                   sql->binding.sources[e].names[sql->binding.sources[e].time])),
            assay__sql_format(sql, "select sum(e.k) as n from folded_%u e where e.o = 5", e),
            "x.n > 0");
    put_event_row(
        selection,
        assay__sql_format(sql, "'@latest', '', %s, '', ''",
                          assay__sql_fill(sql, sql->dialect->as_text, "x.latest", "", "")),
        "select 1 as n, latest from span", "x.latest is not null");
}

void assay__sql_put_select(struct assay__sql *sql)
{
    struct selection selection = {.sql = sql};
    selection.remarks =
        assay__arena_array(&sql->arena, 32 + 3 * (size_t)sql->plan->metric_count + sql->read_count,
                           sizeof *selection.remarks);
    if (selection.remarks == NULL) {
        assay__sql_fail(sql, ASSAY_ERROR_MEMORY, "Memory ran out.");
        return;
    }
    list_remarks(&selection);
    list_columns(&selection);
    uint32_t items = sql->plan->metric_count + 1 + selection.remark_count;
    if (items > ITEMS_MAX)
        assay__sql_fail(sql, ASSAY_ERROR_LIMIT, "The plan has too many metrics for one statement.");
    put_lists(&selection, items);
    put_expanded(&selection);
    put_summed(&selection);
    put_rows(&selection);
    if (sql->plan->event_count > 0)
        put_event_rows(&selection);
    assay__index_release(&selection.columns);
}
