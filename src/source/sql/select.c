/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From cells to the rows that are handed out. Cells are few: each is repeated for every slice it is
 * in and for every row it has a part in, and what belongs together is added up. So the tables are
 * read once, whatever the number of metrics and slices.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/dataset_read.h"
#include "base/error.h"
#include "number/number.h"
#include "source/sql/select.h"
#include "source/summary/summary_column.h"

enum { COLUMNS_MAX = 1000, ITEMS_MAX = 9999 };

static void remark(struct assay__sql_selection *selection, struct assay__sql_remark what)
{
    selection->remarks[selection->remark_count++] = what;
}

/* Cells of an outcome. */
static const char *of(struct assay__sql *sql, int outcome, const char *column)
{
    return assay__sql_format(sql, "case when c.o = %d then c.%s else 0 end", outcome, column);
}

static void list_counts(struct assay__sql_selection *selection)
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
        remark(selection,
               (struct assay__sql_remark){.metric = COUNTS[i].name, .count = COUNTS[i].count});
}

/* The sentence that reading a file notes for a cap. */
static void list_cap(struct assay__sql_selection *selection, const struct assay_metric_plan *metric,
                     const char *bound, const char *word)
{
    char number[ASSAY__NUMBER_BYTES];
    double value;
    if (bound == NULL || assay__double_parse(bound, strlen(bound), &value) != ASSAY__PARSE_OK)
        return;
    assay__number_write(value, number);
    remark(selection,
           (struct assay__sql_remark){
               .metric = "@note",
               .group = metric->id,
               .dimension = "info",
               .value = assay__sql_format(selection->sql, "Values of %s %s %s count as %s.",
                                          metric->id, word, number, number)});
}

/* The column that a fold adds up. */
static const char *sum_column(const struct assay__sql *sql, uint32_t f)
{
    const struct assay__channel *channel = &sql->binding.channels[sql->binding.folds[f].channel];
    return sql->binding.sources[channel->source].names[channel->variable.cell];
}

/* What shards may have done. */
static void list_shards(struct assay__sql_selection *selection)
{
    const struct {
        int outcome;
        const char *metric, *kind, *value;
    } ROWS[] = {
        {ASSAY__SQL_OTHER_PLAN, "@unfit", "plan", selection->sql->options->view},
        {ASSAY__SQL_APART, "@unfit", "apart", selection->sql->plan->unit_column},
        {ASSAY__SQL_NOT_ALL_SEEN, "@note", "info", ASSAY__SQL_UNITS_NOTE},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        remark(selection,
               (struct assay__sql_remark){.metric = ROWS[i].metric,
                                          .dimension = ROWS[i].kind,
                                          .value = ROWS[i].value,
                                          .count = of(selection->sql, ROWS[i].outcome, "k"),
                                          .is_rare = true});
}

static void list_unfit(struct assay__sql_selection *selection)
{
    struct assay__sql *sql = selection->sql;
    for (uint32_t r = 0; r < sql->read_count; r++)
        if (sql->reads[r].source == 0 && sql->reads[r].kind != ASSAY__SQL_READ_FILTER_CHOICE)
            remark(selection,
                   (struct assay__sql_remark){
                       .metric = "@unfit",
                       .value = sql->binding.sources[0].names[sql->reads[r].cell],
                       .dimension = sql->reads[r].kind == ASSAY__SQL_READ_CHOICE   ? "choice"
                                    : sql->reads[r].kind == ASSAY__SQL_READ_FILTER ? "filter"
                                                                                   : "number",
                       .count = assay__sql_format(sql, "c.b%u", r + 1),
                       .is_rare = true});
    for (uint32_t f = 0; f < sql->binding.fold_count; f++)
        if (assay__sql_may_overflow(sql, f))
            remark(selection,
                   (struct assay__sql_remark){.metric = "@unfit",
                                              .dimension = "sum",
                                              .value = sum_column(sql, f),
                                              .count = assay__sql_format(sql, "c.x%u", f + 1),
                                              .is_rare = true});
    if (sql->plan->time_column != NULL)
        remark(selection, (struct assay__sql_remark){.metric = "@unfit",
                                                     .dimension = "time",
                                                     .value = sql->plan->time_column,
                                                     .count = of(sql, ASSAY__SQL_NO_TIME, "k"),
                                                     .is_rare = true});
    if (sql->plan->unit_column != NULL)
        remark(selection, (struct assay__sql_remark){.metric = "@unfit",
                                                     .dimension = "unit",
                                                     .value = sql->plan->unit_column,
                                                     .count = of(sql, ASSAY__SQL_DIFFERS, "units"),
                                                     .is_rare = true});
}

/* Caps at quantiles: the notes of them are made by whoever reads the table. */
static void list_caps(struct assay__sql_selection *selection)
{
    struct assay__sql *sql = selection->sql;
    for (uint32_t m = 0; m < sql->plan->metric_count; m++) {
        const struct assay_metric_plan *metric = &sql->plan->metrics[m];
        for (int is_upper = 0; is_upper < 2; is_upper++) {
            const char *cap = assay__sql_format(sql, "c.%s%u", is_upper ? "high" : "low", m + 1);
            if (isnan(is_upper ? metric->cap.upper_quantile : metric->cap.lower_quantile))
                continue;
            remark(selection, (struct assay__sql_remark){
                                  .metric = "@cap",
                                  .group = metric->id,
                                  .dimension = is_upper ? "above" : "below",
                                  .count = assay__sql_format(
                                      sql, "case when %s is null then 0 else 1 end", cap),
                                  .cap = cap,
                                  .scale = assay__sql_value_scale(sql, m, 0),
                                  .is_rare = true});
        }
    }
}

/* What is to be said when there are too many looks. */
static void list_looks(struct assay__sql_selection *selection)
{
    const struct assay_plan *plan = selection->sql->plan;
    remark(selection, (struct assay__sql_remark){.metric = "@unfit",
                                                 .dimension = "looks",
                                                 .value = plan->time_column,
                                                 .count = "0",
                                                 .of_looks = "l.too_many",
                                                 .is_rare = true});
}

static void list_remarks(struct assay__sql_selection *selection)
{
    struct assay__sql *sql = selection->sql;
    const struct assay_plan *plan = sql->plan;
    list_counts(selection);
    const char *used = "0", *excluded = "0";
    for (uint32_t e = 1; e < sql->binding.source_count; e++) {
        used = assay__sql_format(sql, "%s + c.k%u", used, e);
        excluded = assay__sql_format(sql, "%s + c.k%u", excluded, e);
    }
    remark(selection,
           (struct assay__sql_remark){
               .metric = "@events_used",
               .count = assay__sql_format(sql, "case when c.o = 0 then %s else 0 end", used)});
    remark(selection, (struct assay__sql_remark){
                          .metric = "@events_excluded",
                          .count = assay__sql_format(
                              sql, "case when c.o in (6, 7) then %s else 0 end", excluded)});
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        remark(selection, (struct assay__sql_remark){
                              .metric = "@missing",
                              .value = plan->metrics[m].id,
                              .count = assay__sql_format(
                                  sql, "case when c.o = 0 then c.m%u else 0 end", m + 1)});
        list_cap(selection, &plan->metrics[m], plan->metrics[m].cap.lower, "below");
        list_cap(selection, &plan->metrics[m], plan->metrics[m].cap.upper, "above");
    }
    if (plan->time_column != NULL)
        remark(selection, (struct assay__sql_remark){.metric = "@latest", .is_latest = true});
    list_unfit(selection);
    list_caps(selection);
    if (sql->options->shard_count > 0)
        list_shards(selection);
    if (assay__sql_has_looks(sql))
        list_looks(selection);
}

static void list_columns(struct assay__sql_selection *selection)
{
    struct assay__sql *sql = selection->sql;
    for (uint32_t m = 0; m < sql->plan->metric_count; m++) {
        const struct assay__metric_use *use = &sql->binding.metrics[m];
        selection->has_masks = selection->has_masks || use->count > use->required;
        for (uint32_t s = 0; s < assay__sql_sum_count(sql, m); s++) {
            char name[ASSAY__COLUMN_BYTES];
            uint32_t number;
            assay__column_sum(assay__metric_shape(&sql->plan->metrics[m]), s, name);
            enum assay_status status = assay__index_add(&selection->columns, name, strlen(name),
                                                        COLUMNS_MAX, &number, NULL);
            if (status == ASSAY_ERROR_MEMORY)
                assay__sql_fail(sql, status, "Out of memory.");
            else if (status != ASSAY_OK)
                assay__sql_fail(sql, ASSAY_ERROR_LIMIT, "The plan needs more than %d sums.",
                                COLUMNS_MAX);
        }
    }
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

static void put_lists(struct assay__sql_selection *selection, uint32_t items)
{
    struct assay__sql *sql = selection->sql;
    assay__sql_put(sql, "-- numbers of the rows of the outcome, and of the slices\n");
    put_list(sql, "digits", "a", 10);
    put_list(sql, "items", "j", items);
    put_list(sql, "slices", "i", 1 + sql->plan->dimension_count + sql->plan->segment_count);
}

static void put_caps(const struct assay__sql_selection *selection)
{
    struct assay__sql *sql = selection->sql;
    assay__sql_put(sql, ",\n    case j.j");
    for (uint32_t r = 0; r < selection->remark_count; r++)
        if (selection->remarks[r].cap != NULL)
            assay__sql_put(sql, " when %u then %s", sql->plan->metric_count + 1 + r,
                           selection->remarks[r].cap);
    assay__sql_put(sql, " end as w");
}

static void put_part(struct assay__sql *sql, uint32_t metric, uint32_t sum)
{
    const char *part = assay__sql_format(sql, "c.a%u_%u", metric + 1, sum + 1);
    if (assay__sql_has_looks(sql))
        part = assay__sql_fill(sql, sql->dialect->product, part, "f.sg", "");
    assay__sql_put(sql, " when %u then %s", metric + 1, part);
}

static void put_part_columns(const struct assay__sql_selection *selection)
{
    struct assay__sql *sql = selection->sql;
    for (uint32_t c = 0; c < selection->columns.count; c++) {
        assay__sql_put(sql, ",\n    case j.j when -1 then %s", sql->dialect->zero);
        for (uint32_t m = 0; m < sql->plan->metric_count; m++)
            if (assay__sql_sum_in(selection, m, c) != UINT32_MAX)
                put_part(sql, m, assay__sql_sum_in(selection, m, c));
        assay__sql_put(sql, " else %s end as a%u", sql->dialect->zero, c + 1);
    }
}

static void put_count(struct assay__sql *sql, uint32_t j, const char *count)
{
    assay__sql_put(sql, "\n      when %u then %s", j,
                   assay__sql_fill(sql, sql->dialect->count, count, "", ""));
}

static void put_expanded(struct assay__sql_selection *selection)
{
    struct assay__sql *sql = selection->sql;
    const struct assay_plan *plan = sql->plan;
    uint32_t metrics = plan->metric_count;
    bool has_looks = assay__sql_has_looks(sql);
    const char *times = has_looks ? "f.sg * " : "";
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
    assay__sql_put(sql, " else 0 end as z,\n    case j.j");
    put_count(sql, 0, assay__sql_format(sql, "%sc.%s", times, has_looks ? "p0" : "units"));
    for (uint32_t m = 0; m < metrics; m++)
        put_count(sql, m + 1, assay__sql_format(sql, "%sc.n%u", times, m + 1));
    for (uint32_t r = 0; r < selection->remark_count; r++)
        if (selection->remarks[r].count != NULL)
            put_count(sql, metrics + 1 + r, selection->remarks[r].count);
    assay__sql_put(sql, "\n      else 0 end as n");
    if (sql->binding.sources[0].time != ASSAY__UNBOUND)
        assay__sql_put(sql, ",\n    case when c.o in (0, 6, 7, 8) then c.t9 end as t9");
    if (has_looks)
        assay__sql_put(sql,
                       ",\n    case when j.j > %u then null when f.sg = 1 then c.look else "
                       "c.until0 end as look",
                       metrics);
    if (assay__sql_has_caps(sql))
        put_caps(selection);
    put_part_columns(selection);
    /* What begins at a look adds to it; what is over by a look is taken away again. */
    assay__sql_put(sql,
                   "\n  from cells c cross join items j cross join slices i%s\n  where (j.j > %u "
                   "and i.i = 0%s) or (j.j <= %u and %s and case i.i",
                   has_looks ? " cross join (select 1 as sg union all select -1) f" : "", metrics,
                   has_looks ? " and f.sg = 1" : "", metrics,
                   has_looks ? "(f.sg = 1 or c.until0 is not null) and c.look is not null"
                             : "c.o = 0");
    for (uint32_t s = 0; s < plan->segment_count; s++)
        assay__sql_put(sql, " when %u then c.s%u", plan->dimension_count + s + 1, s + 1);
    assay__sql_put(sql, " when -1 then 0 else 1 end = 1)\n),\n");
}

static void put_summed(struct assay__sql_selection *selection)
{
    struct assay__sql *sql = selection->sql;
    assay__sql_put(sql, "sums as (\n  select\n    p.j as j,\n    p.i as i,\n    p.g as g,\n    "
                        "p.d as d,\n    p.z as z,\n    sum(p.n) as n");
    if (sql->binding.sources[0].time != ASSAY__UNBOUND)
        assay__sql_put(sql, ",\n    max(p.t9) as t9");
    if (assay__sql_has_caps(sql))
        assay__sql_put(sql, ",\n    max(p.w) as w");
    for (uint32_t c = 0; c < selection->columns.count; c++)
        assay__sql_put(
            sql, ",\n    %s as a%u",
            assay__sql_fill(sql, sql->dialect->sum, assay__sql_format(sql, "p.a%u", c + 1), "", ""),
            c + 1);
    bool has_looks = assay__sql_has_looks(sql);
    if (has_looks)
        assay__sql_put(sql, ",\n    p.look as look");
    assay__sql_put(sql, "\n  from parts p\n  group by p.j, p.i, p.g, p.d, p.z%s\n)%s\n",
                   has_looks ? ", p.look" : "", has_looks ? "," : "");
}

void assay__sql_put_select(struct assay__sql *sql)
{
    struct assay__sql_selection selection = {.sql = sql};
    selection.remarks = assay__arena_array(&sql->arena,
                                           32 + 6 * (size_t)sql->plan->metric_count +
                                               sql->read_count + sql->binding.fold_count,
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
    if (assay__sql_has_looks(sql))
        assay__sql_put_looks(
            sql, &(struct assay__sql_running){selection.columns.count, assay__sql_has_caps(sql)});
    assay__sql_put_outcome(&selection);
    assay__index_release(&selection.columns);
}
