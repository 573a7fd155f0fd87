/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The job of joining exposures with events, done once more by SQLite: generated experiments with
 * every complication (edges of windows, ties, units in two groups, all aggregations, several files,
 * zones, looks) give the same sums digit by digit, and the same bytes for any order of rows, files
 * and partitions.
 */
#include "test.h"

#include <inttypes.h>
#include <math.h>
#include <unistd.h>

#include "analysis/dataset_read.h"
#include "assay/analysis.h"
#include "assay/result.h"
#include "base/text.h"
#include "number/number.h"
#include "base/sqlite_library.h"
#include "stats/moments.h"

enum { EXPERIMENTS = 6, UNITS = 90, DAY = 86400, HOUR = 3600, FILES = 7 };
static const int64_t START = 1772323200; /* 2026-03-01T00:00:00Z */

#define DAYS2 "and o.t >= p.t and o.t < p.t + 172800"
#define EDGE(how)                                                                                  \
    "(select " how "(o2.t) from o o2 where o2.u = p.u and o2.a is not null and "                   \
    "o2.t >= p.t and o2.t < p.t + 172800)"

/* A metric: its plan, and what it is of a row p (unit, time) in SQL; :L ends the look. */
static const struct {
    const char *id, *json, *value, *second; /* second: covariate or denominator */
    int complete;                           /* seconds until its window is complete; 0: open */
    int decimals;                           /* of the value */
    bool is_rounded;
} METRICS[] = {
    {"revenue",
     "\"value\":\"amount\",\"aggregation\":\"sum\",\"window\":\"2d\","
     "\"preExposureWindow\":\"1d\"",
     "(select coalesce(sum(a), 0) from o where o.u = p.u " DAYS2 ")",
     "(select coalesce(sum(a), 0) from o where o.u = p.u and o.t >= p.t - 86400 and o.t < p.t)",
     2 * DAY, 2, false},
    {"orders", "\"aggregation\":\"count\",\"offset\":\"24h\",\"window\":\"1d\"",
     "(select count(*) from o where o.u = p.u and o.t >= p.t + 86400 and o.t < p.t + 172800)", NULL,
     2 * DAY, 0, false},
    {"paid",
     "\"value\":\"amount\",\"aggregation\":\"count\",\"where\":\"channel = 'web'\","
     "\"window\":\"48h\"",
     "(select count(a) from o where o.u = p.u and o.c = 'web' " DAYS2 ")", NULL, 2 * DAY, 0, false},
    {"sessions", "\"value\":\"session\",\"aggregation\":\"countDistinct\",\"window\":\"2d\"",
     "(select count(distinct s) from o where o.u = p.u " DAYS2 ")", NULL, 2 * DAY, 0, false},
    {"average", "\"value\":\"amount\",\"aggregation\":\"mean\",\"window\":\"2d\"",
     "(select avg(a) from o where o.u = p.u " DAYS2 ")", NULL, 2 * DAY, 2, true},
    {"least", "\"value\":\"amount\",\"aggregation\":\"min\",\"window\":\"2d\"",
     "(select min(a) from o where o.u = p.u " DAYS2 ")", NULL, 2 * DAY, 2, false},
    {"most", "\"value\":\"amount\",\"aggregation\":\"max\",\"window\":\"90m\",\"missing\":\"zero\"",
     "coalesce((select max(a) from o where o.u = p.u and o.t >= p.t and o.t < p.t + 5400), 0)",
     NULL, 5400, 2, false},
    {"first", "\"value\":\"amount\",\"aggregation\":\"first\",\"window\":\"2d\"",
     "(select min(a) from o where o.u = p.u and o.t = " EDGE("min") ")", NULL, 2 * DAY, 2, false},
    {"last", "\"value\":\"amount\",\"aggregation\":\"last\",\"window\":\"2d\"",
     "(select max(a) from o where o.u = p.u and o.t = " EDGE("max") ")", NULL, 2 * DAY, 2, false},
    {"converted", "\"type\":\"proportion\",\"window\":\"1d\"",
     "(select count(*) > 0 from o where o.u = p.u and o.t >= p.t and o.t < p.t + 86400)", NULL, DAY,
     0, false},
    {"bought",
     "\"type\":\"proportion\",\"value\":\"amount\",\"aggregation\":\"sum\","
     "\"window\":\"2d\"",
     "(select coalesce(sum(a), 0) > 0 from o where o.u = p.u " DAYS2 ")", NULL, 2 * DAY, 0, false},
    {"per visit",
     "\"type\":\"ratio\",\"value\":\"amount\",\"aggregation\":\"sum\","
     "\"window\":\"2d\",\"denominator\":{\"events\":\"visits\",\"aggregation\":"
     "\"count\"}",
     "(select coalesce(sum(a), 0) from o where o.u = p.u " DAYS2 ")",
     "(select count(*) from v o where o.u = p.u " DAYS2 ")", 2 * DAY, 2, false},
    {"so far", "\"value\":\"amount\",\"aggregation\":\"sum\"",
     "(select coalesce(sum(a), 0) from o where o.u = p.u and o.t >= p.t and o.t < :L)", NULL, 0, 2,
     false}};
enum { METRIC_COUNT = sizeof METRICS / sizeof *METRICS };

static uint64_t draw(uint64_t *state, uint64_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*state >> 33) % below;
}

/* An experiment: lines of its files, and the same rows in SQL. */
struct experiment {
    uint64_t state;
    struct assay__text lines[3]; /* exposures, orders, visits; each line ends with a line feed */
    struct assay__text sql;
    int64_t first, last; /* instants of exposures that count, and of all rows */
};

static void put_time(struct experiment *x, struct assay__text *out, int64_t t)
{
    static const int ZONES[] = {0, -8, 1, 5};
    uint64_t style = draw(&x->state, 6);
    if (style >= 4) {
        assay__text_format(out, "%" PRId64 "%s", t, style == 4 ? "" : "000");
        return;
    }
    int64_t local = t + ZONES[style] * HOUR, day = (local - START + 30 * DAY) / DAY - 30;
    int64_t second = local - START - day * DAY;
    char date[16];
    snprintf(date, sizeof date, day < 0 ? "2026-02-%02d" : "2026-03-%02d",
             (int)(day < 0 ? 29 + day : day + 1));
    assay__text_format(out, "%sT%02d:%02d:%02d", date, (int)(second / HOUR),
                       (int)(second / 60 % 60), (int)(second % 60));
    if (style == 0)
        assay__text_putc(out, 'Z');
    else
        assay__text_format(out, "%+03d:00", ZONES[style]);
}

static void observe(struct experiment *x, int64_t t, bool is_exposure)
{
    x->first = is_exposure && t < x->first ? t : x->first;
    x->last = t > x->last ? t : x->last;
}

static void add_exposures(struct experiment *x, const char *unit, int64_t base)
{
    static const int LATER[] = {0, 60, 5 * HOUR, 2 * DAY};
    static const char *const PLACES[] = {"SE", "NO", ""};
    uint64_t group = draw(&x->state, 3), rows = 1 + draw(&x->state, 3), k = 0;
    for (; k < rows; k++) {
        int64_t t = base + (k == 0 ? 0 : LATER[draw(&x->state, 4)]);
        char own = "ABC"[k > 0 && draw(&x->state, 5) == 0 ? draw(&x->state, 3) : group];
        const char *place =
            k > 0 && draw(&x->state, 4) == 0 ? PLACES[draw(&x->state, 3)] : PLACES[group % 2];
        bool counts = draw(&x->state, 30) != 0;
        assay__text_format(&x->lines[0], "%s,%c,", unit, own);
        put_time(x, &x->lines[0], t);
        assay__text_format(&x->lines[0], ",%s,%s\n", place, counts ? "yes" : "no");
        if (!counts)
            continue;
        assay__text_format(&x->sql, "insert into e values('%s','%c',%" PRId64 ",'%s');", unit, own,
                           t, place);
        observe(x, t, true);
    }
}

static void add_events(struct experiment *x, const char *unit, int64_t base)
{
    static const struct {
        const char *text, *cents;
    } AMOUNTS[] = {{"", "null"},   {"NA", "null"}, {"7.5", "750"},   {"12.25", "1225"},
                   {"-3", "-300"}, {"0.01", "1"},  {"1e2", "10000"}, {"7.50", "750"}};
    static const int EDGES[] = {0, -1, 1, DAY, DAY - 1, 2 * DAY, 2 * DAY - 1, -DAY, -DAY - 1, 5400};
    for (uint64_t k = draw(&x->state, 9); k > 0; k--) {
        int64_t t = base + (draw(&x->state, 2) == 0 ? EDGES[draw(&x->state, 10)]
                                                    : (int64_t)draw(&x->state, 5 * DAY) - DAY);
        uint64_t a = draw(&x->state, 8), c = draw(&x->state, 2), s = draw(&x->state, 4);
        static const char *const SESSIONS[] = {"s1", "s2", "S1", "s01"};
        assay__text_format(&x->lines[1], "%s,", unit);
        put_time(x, &x->lines[1], t);
        assay__text_format(&x->lines[1], ",%s,%s,%s\n", AMOUNTS[a].text, c == 0 ? "web" : "app",
                           SESSIONS[s]);
        assay__text_format(&x->sql, "insert into o values('%s',%" PRId64 ",%s,'%s','%s');", unit, t,
                           AMOUNTS[a].cents, c == 0 ? "web" : "app", SESSIONS[s]);
        observe(x, t, false);
    }
    for (uint64_t k = draw(&x->state, 4); k > 0; k--) {
        int64_t t = base + (int64_t)draw(&x->state, 4 * DAY) - DAY;
        assay__text_format(&x->lines[2], "%s,", unit);
        put_time(x, &x->lines[2], t);
        assay__text_puts(&x->lines[2], "\n");
        assay__text_format(&x->sql, "insert into v values('%s',%" PRId64 ");", unit, t);
        observe(x, t, false);
    }
}

static void make(struct experiment *x, uint64_t seed)
{
    *x = (struct experiment){.state = seed * 7919 + 1, .first = INT64_MAX, .last = 0};
    assay__text_puts(&x->sql, "create table e(u, g, t, d); create table o(u, t, a, c, s); "
                              "create table v(u, t); create index oi on o(u, t);"
                              "create index vi on v(u, t); begin;");
    for (int i = 0; i < UNITS; i++) {
        char unit[20];
        int64_t base = START + (int64_t)draw(&x->state, 5 * DAY);
        uint64_t style = draw(&x->state, 3);
        snprintf(unit, sizeof unit, "%s%0*d%s", style == 0 ? "u" : "", style == 1 ? 3 : 1, i,
                 style == 2 ? ".0" : "");
        if (i % 6 == 0)
            base -= (base - START) % DAY; /* on the edge of a look */
        add_exposures(x, unit, base);
        add_events(x, unit, base);
    }
    add_events(x, "nobody", START + DAY);
    assay__text_puts(&x->sql, "commit;");
}

/* Writes the files with their rows in an order drawn from state, each kind in two files. */
static void write_files(const struct experiment *x, char paths[FILES][64], uint64_t state)
{
    static const char *const HEADS[] = {"user,arm,seen,place,ok\n",
                                        "user,seen,amount,channel,session\n", "user,seen\n"};
    for (int kind = 0; kind < 3; kind++) {
        const char *lines[2000];
        size_t count = 0;
        for (const char *at = x->lines[kind].data; *at != '\0'; at = strchr(at, '\n') + 1)
            lines[count++] = at;
        for (size_t i = count; i > 1; i--) {
            size_t j = (size_t)draw(&state, i);
            const char *line = lines[i - 1];
            lines[i - 1] = lines[j];
            lines[j] = line;
        }
        size_t cut = (size_t)draw(&state, count);
        for (int part = 0; part < 2; part++) {
            struct assay__text text = {0};
            assay__text_puts(&text, HEADS[kind]);
            for (size_t i = part == 0 ? 0 : cut; i < (part == 0 ? cut : count); i++)
                assay__text_append(&text, lines[i], strcspn(lines[i], "\n") + 1);
            snprintf(paths[2 * kind + part], 64, "/tmp/assay-test-sqlite-%ld-%d", (long)getpid(),
                     2 * kind + part);
            test_write_file(paths[2 * kind + part], text.data, text.length);
            assay__text_release(&text);
        }
    }
}

static struct assay_plan *make_plan(bool by_day)
{
    struct assay__text json = {0};
    assay__text_format(&json,
                       "{\"columns\":{\"unit\":\"user\",\"group\":\"arm\",\"time\":\"seen\"},"
                       "\"events\":[{\"name\":\"orders\"},{\"name\":\"visits\"}],\"where\":"
                       "\"ok = 'yes'\",\"granularity\":\"%s\",\"comparisons\":{\"baseline\":"
                       "\"A\"},\"dimensions\":[\"place\"],\"metrics\":[",
                       by_day ? "day" : "none");
    for (int m = 0; m < METRIC_COUNT; m++)
        assay__text_format(&json, "%s{\"id\":\"%s\",\"role\":\"%s\",\"events\":\"orders\",%s}",
                           m == 0 ? "" : ",", METRICS[m].id, m == 0 ? "success" : "deterioration",
                           METRICS[m].json);
    assay__text_puts(&json, "]}");
    struct assay_plan *plan = test_plan(json.data);
    assay__text_release(&json);
    return plan;
}

static struct assay_dataset *read_files(const struct assay_plan *plan, char paths[FILES][64],
                                        bool swaps, size_t memory)
{
    const char *list[6];
    for (int i = 0; i < 6; i++)
        list[i] = paths[swaps ? i / 2 * 2 + 1 - i % 2 : i];
    const struct assay_event_files events[] = {{"orders", list + 2, 2, {0}},
                                               {"visits", list + 4, 2, {0}}};
    const struct assay_read_options options = {
        .events = events, .event_count = 2, .memory_bytes = memory};
    struct assay_dataset *dataset;
    struct assay_error err;
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(assay_dataset_read(dataset, list, 2, &options, &err), &err);
    return dataset;
}

/* A cell by names; NULL when no unit is in it. place NULL: all. */
static const struct assay__cell *find(const struct assay_dataset *dataset, int64_t look_ns,
                                      const char *group, const char *place)
{
    uint32_t look = 0, g = 0, slice = 0;
    while (look < assay__dataset_look_count(dataset) &&
           assay__dataset_look_time(dataset, look) != look_ns)
        look++;
    while (g < assay__dataset_group_count(dataset) &&
           strcmp(assay__dataset_group_id(dataset, g), group) != 0)
        g++;
    for (uint32_t s = 1; place != NULL && s < assay__dataset_slice_count(dataset); s++)
        if (strcmp(assay__dataset_slice_name(dataset, s).value, place) == 0)
            slice = s;
    if (look == assay__dataset_look_count(dataset) || g == assay__dataset_group_count(dataset))
        return NULL;
    return place != NULL && slice == 0 ? NULL : assay__dataset_find(dataset, slice, look, g);
}

/* A sum as an integer of a scale. */
static int64_t scaled(const struct assay_moments *moments, uint32_t sum, int decimals)
{
    struct assay__text text = {0};
    struct assay_error err;
    struct assay_decimal value;
    char digits[ASSAY__DIGITS_MAX];
    assert_ok(assay__moments_write_sum(moments, 0, sum, &text, &err), &err);
    ck_assert_int_eq(assay__decimal_parse(text.data, text.length, &value, digits), ASSAY__PARSE_OK);
    assay__text_release(&text);
    ck_assert_ptr_null(value.digits);
    for (int32_t i = value.exponent + decimals; i > 0; i--)
        value.mantissa *= 10;
    ck_assert_int_ge(value.exponent, -decimals);
    return value.mantissa;
}

/* One row of SQLite's answer: group, place, units, n, sum, sum of squares, second's sum. */
static void check_row(sqlite3_stmt *row, const struct assay_dataset *dataset, int64_t look_ns,
                      bool has_place, int m)
{
    const char *group = (const char *)sqlite3_column_text(row, 0);
    const char *place = has_place ? (const char *)sqlite3_column_text(row, 1) : NULL;
    const struct assay__cell *cell = find(dataset, look_ns, group, place);
    uint64_t n = (uint64_t)sqlite3_column_int64(row, 3);
    char what[100];
    snprintf(what, sizeof what, "%s, %s, %s, look %" PRId64, METRICS[m].id, group,
             place == NULL ? "all" : place, look_ns / 1000000000);
    ck_assert_msg(cell != NULL, "%s: no cell", what);
    ck_assert_msg(cell->units == (uint64_t)sqlite3_column_int64(row, 2), "%s: units", what);
    const struct assay_moments *moments = cell->states[m];
    ck_assert_msg((moments == NULL ? 0 : assay_moments_count(moments)) == n, "%s: n", what);
    if (n == 0)
        return;
    if (METRICS[m].is_rounded) {
        double want = strtod((const char *)sqlite3_column_text(row, 4), NULL) / 100.0 / (double)n;
        ck_assert_msg(fabs(assay_moments_mean(moments, 0) - want) < 1e-11 * (1.0 + fabs(want)),
                      "%s: mean", what);
        return;
    }
    uint32_t variables = METRICS[m].second == NULL ? 1 : 2;
    ck_assert_msg(scaled(moments, 0, METRICS[m].decimals) == sqlite3_column_int64(row, 4),
                  "%s: sum", what);
    ck_assert_msg(scaled(moments, variables, 2 * METRICS[m].decimals) ==
                      sqlite3_column_int64(row, 5),
                  "%s: squares", what);
    if (METRICS[m].second != NULL)
        ck_assert_msg(scaled(moments, 1, m == 0 ? 2 : 0) == sqlite3_column_int64(row, 6),
                      "%s: second", what);
}

/* All rows of a metric at a look that ends before end; windows complete by ready count. */
static int check_metric(sqlite3 *base, const struct assay_dataset *dataset, int64_t look_ns,
                        int64_t end, int64_t ready, bool has_place, int m)
{
    struct assay__text sql = {0};
    sqlite3_stmt *row;
    int rows = 0;
    assay__text_format(
        &sql,
        "with x as (select * from e where t < %" PRId64 "), f as (select u, min(t) t from x group "
        "by u having count(distinct g) = 1), p as (select f.u u, f.t t, min(x.g) g, min(x.d) d "
        "from f join x on x.u = f.u and x.t = f.t group by f.u having count(distinct x.d) = 1), "
        "m as (select g, d, case when p.t + %d <= %" PRId64 " then %s end v, %s w from p) "
        "select g, %s, count(*), count(v), sum(v), sum(v * v), sum(case when v is not null then w "
        "end) from m group by 1, 2",
        end, METRICS[m].complete, METRICS[m].complete == 0 ? INT64_MAX : ready, METRICS[m].value,
        METRICS[m].second == NULL ? "0" : METRICS[m].second, has_place ? "d" : "''");
    for (char *at; (at = strstr(sql.data, ":L")) != NULL;) {
        struct assay__text with = {0};
        assay__text_format(&with, "%.*s%" PRId64 "%s", (int)(at - sql.data), sql.data, end, at + 2);
        assay__text_release(&sql);
        sql = with;
    }
    ck_assert_msg(sqlite3_prepare_v2(base, sql.data, -1, &row, NULL) == SQLITE_OK, "%s: %s",
                  METRICS[m].id, sqlite3_errmsg(base));
    for (; sqlite3_step(row) == SQLITE_ROW; rows++)
        check_row(row, dataset, look_ns, has_place, m);
    sqlite3_finalize(row);
    assay__text_release(&sql);
    return rows;
}

static void check_experiment(sqlite3 *base, const struct experiment *x,
                             const struct assay_dataset *dataset, bool by_day)
{
    int64_t first = by_day ? (x->first / DAY + 1) * DAY : x->last + 1;
    int64_t last = by_day ? (x->last / DAY + 1) * DAY : x->last + 1;
    int rows = 0;
    for (int64_t end = first; end <= last; end += DAY)
        for (int m = 0; m < METRIC_COUNT; m++)
            for (int has_place = 0; has_place < 2; has_place++)
                rows += check_metric(base, dataset, by_day ? end * 1000000000 : INT64_MIN, end,
                                     by_day ? end : x->last, has_place == 1, m);
    ck_assert_int_gt(rows, 3 * METRIC_COUNT);
}

static char *detail_of(const struct assay_dataset *dataset)
{
    struct assay_analysis *analysis;
    struct assay_error err;
    char *text;
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    assert_ok(assay_analysis_write(analysis, ASSAY_FORMAT_DETAIL, NULL, &text, NULL, &err), &err);
    assay_analysis_free(analysis);
    return text;
}

START_TEST(the_same_job_in_sql_gives_the_same_sums)
{
    char paths[FILES][64];
    struct experiment x;
    struct assay_error err;
    sqlite3 *base;
    bool by_day = _i % 2 == 1;
    make(&x, (uint64_t)_i);
    assert_ok(assay__sqlite_load(&err), &err);
    ck_assert_int_eq(
        sqlite3_open_v2(":memory:", &base, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL),
        SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(base, x.sql.data, NULL, NULL, NULL), SQLITE_OK);
    struct assay_plan *plan = make_plan(by_day);
    char *want = NULL;
    static const size_t MEMORY[] = {0, 1, 30000};
    for (uint64_t order = 0; order < 3; order++) {
        write_files(&x, paths, order + 1);
        struct assay_dataset *dataset = read_files(plan, paths, order == 1, MEMORY[order]);
        if (order == 0)
            check_experiment(base, &x, dataset, by_day);
        char *got = detail_of(dataset);
        if (want != NULL)
            ck_assert_msg(strcmp(got, want) == 0, "order %" PRIu64 " gives other bytes", order);
        free(order == 0 ? NULL : got);
        want = order == 0 ? got : want;
        assay_dataset_free(dataset);
    }
    for (int i = 0; i < 6; i++)
        unlink(paths[i]);
    free(want);
    sqlite3_close(base);
    assay_plan_free(plan);
    for (int kind = 0; kind < 3; kind++)
        assay__text_release(&x.lines[kind]);
    assay__text_release(&x.sql);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, the_same_job_in_sql_gives_the_same_sums, 0, EXPERIMENTS);
}

int main(void)
{
    return test_main("events_sqlite", add);
}
