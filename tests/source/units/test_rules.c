/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rules by which rows become units, one after the other, each on data of a few rows. A rule is
 * said in a sentence; what it is about elsewhere:
 *
 *   any order of rows, files and threads, any memory    test_events.c, test_scan.c, bench_join
 *   every figure of generated experiments               test_events.c, test_events_sqlite.c
 *   CSV: quotes, line ends, marks, separators, limits   csv/test_csv.c, cli/analyze/odd-*, bad-*
 *   numbers, words and times in a dialect               csv/test_csv_dialect.c
 *   files of people, read or refused with an option     cli/analyze/files-of-people*
 *   gzip, zstd, cut streams, files that shrink, input   test_file.c, cli/analyze/bad-gzip-*
 *   tables of sums, possible and impossible             summary/test_summary_tables.c
 *   looks carried, counts that fall, rows not needed    summary/test_summary_tables.c
 *   seals: parts repeated, cut, edited, of other plans  summary/test_seal.c, cli/merge
 *   rows skipped more in one group than in another      cli/analyze/skipped-*
 *   sums made inside a database, quoted names           cli/sql
 */
#include "test.h"

#include <inttypes.h>
#include <stddef.h>
#include <unistd.h>

#include "analysis/dataset_read.h"
#include "base/text.h"
#include "dataset_show.h"

#define PLAN(extra, metrics)                                                                       \
    "{\"columns\":{\"unit\":\"u\",\"group\":\"g\"" extra ",\"comparisons\":{\"baseline\":\"A\"},"  \
    "\"metrics\":[" metrics "]}"
#define ROWS(metrics) PLAN("}", metrics)                 /* units without a time */
#define TIMED(metrics) PLAN(",\"time\":\"t\"}", metrics) /* with one */
#define EVENTS(metrics)                                  /* exposures and events 'o' */            \
    PLAN(",\"time\":\"t\"},\"events\":[{\"name\":\"o\"}]", metrics)
#define DAYS(metrics)                                                                              \
    PLAN(",\"time\":\"t\"},\"granularity\":\"day\",\"horizon\":{\"type\":\"alwaysValid\","         \
         "\"optimalSampleSize\":9},\"events\":[{\"name\":\"o\"}]",                                 \
         metrics)
#define V "{\"id\":\"v\",\"value\":\"v\"}"
#define SUM "{\"id\":\"v\",\"value\":\"v\",\"aggregation\":\"sum\"}"
#define COVARIED "{\"id\":\"v\",\"value\":\"v\",\"aggregation\":\"sum\",\"covariates\":[\"w\"]}"
#define OF(rest) "{\"id\":\"m\",\"events\":\"o\"," rest "}"
#define HOW(how) OF("\"value\":\"v\",\"aggregation\":\"" how "\"")
#define SHARE "{\"id\":\"p\",\"value\":\"v\",\"type\":\"proportion\"}"
#define TWO_UNITS "u,g,t\n1,A,2026-03-01\n2,B,2026-03-01\n"

/*
 * What is read: per group "A units/n=sum", covariates' sums behind ~, the looks when there are
 * several, the dimension's values, and all counts but those of rows read and used. Or what refuses
 * it, behind "!". A warning that must be there stands behind "?".
 */
struct rule {
    const char *says, *plan, *rows, *events, *want;
};

/* clang-format off */
static const struct rule RULES[] = {
    /* One table of units. */
    {"a metric with an aggregation puts all rows of a unit together, equal ones too",
     ROWS(SUM), "u,g,v\n1,A,5\n2,B,3\n1,A,5\n", NULL, "A 1/1=10 B 1/1=3"},
    {"rows of a unit are found wherever they are",
     ROWS(SUM), "u,g,v\n1,A,1\n2,B,3\n3,A,7\n1,A,2\n2,B,4\n1,A,4\n", NULL, "A 2/2=14 B 1/1=7"},
    {"without an aggregation equal rows count once and are counted",
     ROWS(V), "u,g,v\n1,A,5\n2,B,3\n1,A,5\n", NULL, "A 1/1=5 B 1/1=3 rows_duplicate=1"},
    {"equal means equal in the columns that the plan needs",
     ROWS(V), "u,g,v,z\n1,A,5,x\n2,B,3,x\n1,A,5,y\n", NULL, "A 1/1=5 B 1/1=3 rows_duplicate=1"},
    {"rows that differ are an error that counts the units", ROWS(V),
     "u,g,v\n1,A,5\n2,B,3\n1,A,6\n3,A,1\n", NULL, "!1 of 3 units have several rows"},
    {"rows that differ are an error in any order", ROWS(V),
     "u,g,v\n1,A,6\n3,A,1\n1,A,5\n2,B,3\n", NULL, "!values of 1 of them differ"},
    {"the error says that an aggregation is missing", ROWS(V),
     "u,g,v\n1,A,5\n1,A,6\n2,B,1\n", NULL, "!\"aggregation\" is \"sum\""},
    {"a missing value differs from one that is there", ROWS(V),
     "u,g,v\n1,A,5\n1,A,\n2,B,1\n", NULL, "!differ from row to row"},
    {"a unit in two groups is excluded from both and counted",
     ROWS(SUM), "u,g,v\n1,A,5\n1,B,5\n2,B,3\n3,A,1\n", NULL,
     "A 1/1=1 B 1/1=3 units_in_two_groups=1 rows_in_two_groups=2"},
    {"a unit in two groups is excluded without an aggregation, too",
     ROWS(V), "u,g,v\n1,A,5\n1,B,6\n2,B,3\n3,A,1\n", NULL,
     "A 1/1=1 B 1/1=3 units_in_two_groups=1 rows_in_two_groups=2"},
    {"the dimension is that of the earliest row by time",
     PLAN(",\"time\":\"t\"},\"dimensions\":[\"d\"]", SUM),
     "u,g,t,d,v\n1,A,2026-03-02,N,5\n1,A,2026-03-01,S,5\n2,B,2026-03-01,N,3\n", NULL,
     "A 1/1=10 B 1/1=3 [N: B 1/1=3] [S: A 1/1=10]"},
    {"without a time dimensions must agree, or the unit is excluded and counted",
     PLAN("},\"dimensions\":[\"d\"]", SUM),
     "u,g,d,v\n1,A,N,5\n1,A,S,5\n2,B,N,3\n3,A,N,1\n3,A,N,1\n", NULL,
     "A 1/1=2 B 1/1=3 [N: A 1/1=2 B 1/1=3] units_unclear=1 rows_unclear=2"},
    {"equally early rows with other dimensions are unclear, too",
     PLAN(",\"time\":\"t\"},\"dimensions\":[\"d\"]", SUM),
     "u,g,t,d,v\n1,A,2026-03-01,N,5\n1,A,2026-03-01,S,5\n2,B,2026-03-01,N,3\n3,A,2026-03-01,N,1\n",
     NULL, "A 1/1=1 B 1/1=3 [N: A 1/1=1 B 1/1=3] units_unclear=1 rows_unclear=2"},
    {"a missing dimension is a value of its own",
     PLAN("},\"dimensions\":[\"d\"]", V), "u,g,d,v\n1,A,,5\n2,B,N,3\n", NULL,
     "A 1/1=5 B 1/1=3 [: A 1/1=5] [N: B 1/1=3]"},
    {"where metrics with and without an aggregation share a table, only columns of those "
        "without differ",
     ROWS(SUM ",{\"id\":\"w\",\"value\":\"w\"}"), "u,g,v,w\n1,A,5,2\n1,A,6,2\n2,B,1,1\n", NULL,
     "A 1/1=11 B 1/1=1"},
    {"and they may not differ there",
     ROWS(SUM ",{\"id\":\"w\",\"value\":\"w\"}"), "u,g,v,w\n1,A,5,2\n1,A,5,3\n2,B,1,1\n", NULL,
     "!differ from row to row"},
    {"covariates that differ are named as such where every metric has an aggregation",
     ROWS(COVARIED), "u,g,v,w\n1,A,5,2\n1,A,5,3\n2,B,1,1\n", NULL,
     "!the covariates of 1 of them differ"},
    {"a covariate is the same in all rows of a unit",
     ROWS(COVARIED), "u,g,v,w\n1,A,5,2\n1,A,5,2\n2,B,1,1\n", NULL, "A 1/1=10~2 B 1/1=1~1"},
    {"unit ids are text", ROWS(V), "u,g,v\n7,A,1\n007,A,2\n7.0,A,4\n9,B,8\n", NULL,
     "A 3/3=7 B 1/1=8"},
    {"without a unit column each row is a unit",
     "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},\"metrics\":[" V "]}",
     "g,v\nA,1\nA,1\nB,2\n", NULL, "A 2/2=2 B 1/1=2"},
    {"where of the plan leaves rows out and counts them",
     PLAN("},\"where\":\"z = 1\"", V), "u,g,v,z\n1,A,5,1\n2,B,3,1\n3,A,9,0\n1,A,6,0\n", NULL,
     "A 1/1=5 B 1/1=3 rows_left_out=2"},
    {"aggregations of one file: count, mean, min, max, first, last",
     TIMED("{\"id\":\"v\",\"value\":\"v\",\"aggregation\":\"first\"}"),
     "u,g,t,v\n1,A,2026-03-02,5\n1,A,2026-03-01,9\n2,B,2026-03-01,3\n", NULL, "A 1/1=9 B 1/1=3"},
    /* Exposures and events. */
    {"events are joined on the unit", EVENTS(HOW("sum")), TWO_UNITS,
     "u,t,v\n2,2026-03-02,7\n1,2026-03-02,5\n1,2026-03-03,6\n", "A 1/1=11 B 1/1=7"},
    {"the first exposure counts, wherever its row is", EVENTS(HOW("sum")),
     "u,g,t\n1,A,2026-03-03\n1,A,2026-03-01\n2,B,2026-03-03\n",
     "u,t,v\n1,2026-03-02,5\n2,2026-03-02,7\n1,2026-03-04,1\n",
     "A 1/1=6 B 1/1=0 rows_duplicate=1"},
    {"events are counted where no exposure is used",
     PLAN(",\"time\":\"t\"},\"where\":\"u = 3\",\"events\":[{\"name\":\"o\"}]", HOW("sum")),
     TWO_UNITS, "u,t,v\n1,2026-03-02,5\n", "rows_left_out=2 events_unexposed=1"},
    {"events are counted where no exposure is used, and there is no look",
     PLAN(",\"time\":\"t\"},\"where\":\"u = 3\",\"events\":[{\"name\":\"o\"}],"
          "\"granularity\":\"day\"", HOW("sum")),
     TWO_UNITS, "u,t,v\n1,2026-03-02,5\n", "rows_left_out=2 events_unexposed=1"},
    {"events of units in two groups are counted and left out", EVENTS(HOW("sum")),
     "u,g,t\n1,A,2026-03-01\n1,B,2026-03-02\n2,B,2026-03-01\n3,A,2026-03-01\n",
     "u,t,v\n1,2026-03-02,5\n1,2026-03-03,5\n3,2026-03-03,2\n",
     "A 1/1=2 B 1/1=0 units_in_two_groups=1 rows_in_two_groups=2 events_excluded=2"},
    {"events of units that were never exposed are counted and left out", EVENTS(HOW("sum")),
     TWO_UNITS, "u,t,v\n3,2026-03-02,5\n01,2026-03-02,5\n1,2026-03-02,1\n",
     "A 1/1=1 B 1/1=0 events_unexposed=2"},
    {"an event counts from the exposure on, up to but not at the window's end",
     EVENTS(OF("\"value\":\"v\",\"aggregation\":\"sum\",\"window\":\"1d\"")), TWO_UNITS,
     "u,t,v\n1,2026-03-01T00:00:00Z,1\n1,2026-02-28T23:59:59.999999999Z,2\n1,"
         "2026-03-01T23:59:59Z,4\n"
     "1,2026-03-02T00:00:00Z,8\n2,2026-03-09,16\n", "A 1/1=5 B 1/1=0"},
    {"an offset moves the window",
     EVENTS(OF("\"value\":\"v\",\"aggregation\":\"sum\",\"window\":\"36h\","
         "\"offset\":\"90m\"")), TWO_UNITS,
     "u,t,v\n1,2026-03-01T01:29:59Z,1\n1,2026-03-01T01:30:00Z,2\n1,2026-03-02T13:29:59Z,4\n"
     "1,2026-03-02T13:30:00Z,8\n2,2026-03-09,16\n", "A 1/1=6 B 1/1=0"},
    {"retention: an event between two days",
     EVENTS(OF("\"type\":\"proportion\",\"window\":\"7d\",\"offset\":\"7d\"")), TWO_UNITS,
     "u,t,v\n1,2026-03-08,1\n2,2026-03-07,1\n2,2026-03-15,1\n2,2026-03-20,1\n", "A 1/1=1 B 1/1=0"},
    {"without a window all count until the end of the data", EVENTS(HOW("sum")), TWO_UNITS,
     "u,t,v\n1,2026-12-31,5\n", "A 1/1=5 B 1/1=0"},
    {"and until asOf, exclusive, where there is one",
     PLAN(",\"time\":\"t\"},\"asOf\":\"2026-03-05T00:00:00Z\","
         "\"events\":[{\"name\":\"o\"}]", HOW("sum")),
     TWO_UNITS "3,A,2026-03-05\n", "u,t,v\n1,2026-03-04T23:59:59Z,5\n1,2026-03-05,7\n",
     "A 1/1=5 B 1/1=0 rows_after=1 events_after=1"},
    {"before exposure: the same aggregation is the covariate, the exposure itself not in it",
     EVENTS(OF("\"value\":\"v\",\"aggregation\":\"sum\",\"preExposureWindow\":\"1d\"")), TWO_UNITS,
     "u,t,v\n1,2026-02-28T00:00:00Z,1\n1,2026-02-27T23:59:59Z,2\n1,2026-02-28T23:59:59Z,4\n"
     "1,2026-03-01T00:00:00Z,8\n", "A 1/1=8~5 B 1/1=0~0"},
    {"a unit without events has sum 0 and count "
        "0", EVENTS(OF("\"aggregation\":\"count\"")), TWO_UNITS,
     "u,t,v\n1,2026-03-02,\n1,2026-03-02,9\n", "A 1/1=2 B 1/1=0"},
    {"but no mean", EVENTS(HOW("mean")), TWO_UNITS, "u,t,v\n1,2026-03-02,2\n1,2026-03-02,5\n",
     "A 1/1=3.5 B 1/0 missing=1"},
    {"no least", EVENTS(HOW("min")), TWO_UNITS, "u,t,v\n1,2026-03-02,2\n1,2026-03-02,-5\n",
     "A 1/1=-5 B 1/0 missing=1"},
    {"no largest", EVENTS(HOW("max")), TWO_UNITS, "u,t,v\n1,2026-03-02,2\n1,2026-03-02,10\n",
     "A 1/1=10 B 1/0 missing=1"},
    {"no first", EVENTS(HOW("first")), TWO_UNITS, "u,t,v\n1,2026-03-03,2\n1,2026-03-02,5\n",
     "A 1/1=5 B 1/0 missing=1"},
    {"no last", EVENTS(HOW("last")), TWO_UNITS, "u,t,v\n1,2026-03-03,2\n1,2026-03-02,5\n",
     "A 1/1=2 B 1/0 missing=1"},
    {"a missing value counts as 0 where the metric says so",
     EVENTS(OF("\"value\":\"v\",\"aggregation\":\"max\",\"missing\":\"zero\"")), TWO_UNITS,
     "u,t,v\n1,2026-03-02,2\n", "A 1/1=2 B 1/1=0 missing=1"},
    {"a proportion of events is 1 when there is one, its aggregation being count",
     EVENTS(OF("\"type\":\"proportion\"")), TWO_UNITS, "u,t,v\n1,2026-03-02,\n1,2026-03-03,5\n",
     "A 1/1=1 B 1/1=0"},
    {"with a sum it is 1 when that is above 0",
     EVENTS(OF("\"value\":\"v\",\"type\":\"proportion\",\"aggregation\":\"sum\"")),
     TWO_UNITS "3,A,2026-03-01\n4,A,2026-03-01\n",
     "u,t,v\n1,2026-03-02,-3\n1,2026-03-03,3\n3,2026-03-02,-1\n4,2026-03-02,2\n4,2026-03-02,-1\n",
     "A 3/3=1 B 1/1=0"},
    {"an aggregation is required of other metrics of "
        "events", EVENTS(OF("\"value\":\"v\"")), TWO_UNITS,
     "u,t,v\n1,2026-03-02,3\n", "!aggregation"},
    {"a proportion's covariate is the count",
     EVENTS(OF("\"type\":\"proportion\",\"preExposureWindow\":\"7d\"")), TWO_UNITS,
     "u,t,v\n1,2026-02-27,\n1,2026-02-28,1\n1,2026-03-02,1\n", "A 1/1=1~2 B 1/1=0~0"},
    {"count counts rows with a value where the metric names one", EVENTS(HOW("count")), TWO_UNITS,
     "u,t,v\n1,2026-03-02,\n1,2026-03-02,NA\n1,2026-03-02,0\n2,2026-03-02,\n", "A 1/1=1 B 1/1=0"},
    {"missing values are passed over; without one left: no event", EVENTS(HOW("mean")), TWO_UNITS,
     "u,t,v\n1,2026-03-02,\n1,2026-03-02,4\n2,2026-03-02,NA\n", "A 1/1=4 B 1/0 missing=1"},
    {"first passes over missing values, too", EVENTS(HOW("first")), TWO_UNITS,
     "u,t,v\n1,2026-03-02,\n1,2026-03-03,4\n1,2026-03-04,5\n2,2026-03-02,1\n", "A 1/1=4 B 1/1=1"},
    {"countDistinct compares text", EVENTS(HOW("countDistinct")), TWO_UNITS,
     "u,t,v\n1,2026-03-02,7\n1,2026-03-02,7.0\n1,2026-03-02,007\n1,2026-03-02,7\n1,2026-03-02,\n"
     "2,2026-03-02,a\n2,2026-03-02,A\n", "A 1/1=3 B 1/1=2"},
    {"where of a metric is about the event's row",
     EVENTS(OF("\"value\":\"v\",\"aggregation\":\"sum\",\"where\":\"v > 2\"")), TWO_UNITS,
     "u,t,v\n1,2026-03-02,2\n1,2026-03-02,3\n1,2026-03-02,4\n", "A 1/1=7 B 1/1=0"},
    {"where of the plan comes before the first exposure is chosen",
     PLAN(",\"time\":\"t\"},\"where\":\"z = 1\",\"events\":[{\"name\":\"o\"}]", HOW("sum")),
     "u,g,t,z\n1,A,2026-03-01,0\n1,A,2026-03-03,1\n2,B,2026-03-01,1\n2,A,2026-03-01,0\n",
     "u,t,v\n1,2026-03-02,1\n1,2026-03-04,2\n2,2026-03-02,4\n", "A 1/1=2 B 1/1=4 rows_left_out=2"},
    {"first and last at equal times take the smaller and the larger value: first",
     EVENTS(HOW("first")), TWO_UNITS,
     "u,t,v\n1,2026-03-02,9\n1,2026-03-02,10\n1,2026-03-02,9.5\n2,2026-03-02,1\n"
         "", "A 1/1=9 B 1/1=1"},
    {"first and last at equal times take the smaller and the larger value: last",
     EVENTS(HOW("last")), TWO_UNITS,
     "u,t,v\n1,2026-03-02,9\n1,2026-03-02,10\n1,2026-03-02,9.5\n2,2026-03-02,1\n"
         "", "A 1/1=10 B 1/1=1"},
    {"a ratio's denominator is of events, under the same window",
     EVENTS(OF("\"value\":\"v\",\"type\":\"ratio\",\"aggregation\":\"sum\",\"window\":\"2d\","
               "\"denominator\":{\"events\":\"o\",\"aggregation\":\"count\"}")), TWO_UNITS,
     "u,t,v\n1,2026-03-02,8\n1,2026-03-02,2\n1,2026-03-03,99\n2,2026-03-01,3\n2,2026-03-09,3\n",
     "A 1/1=10~2 B 1/1=3~1"},
    {"a single look ends with the last instant of the data: later windows are not complete, "
        "which is counted",
     EVENTS(OF("\"value\":\"v\",\"aggregation\":\"sum\",\"window\":\"2d\"")),
     TWO_UNITS "3,A,2026-03-08\n4,A,2026-03-09\n", "u,t,v\n1,2026-03-02,5\n3,2026-03-09,7\n4,"
         "2026-03-10,9\n",
     "A 3/2=12 B 1/1=0 missing=1"},
    {"looks end with the day, in UTC; the exposed are those before its end",
     DAYS(OF("\"value\":\"v\",\"aggregation\":\"sum\",\"window\":\"1d\"")),
     "u,g,t\n1,A,2026-03-01T23:59:59Z\n2,B,2026-03-01T12:00:00Z\n3,A,2026-03-02T00:00:00Z\n"
     "4,B,2026-03-02T01:00:00+02:00\n",
     "u,t,v\n1,2026-03-02T10:00:00Z,1\n2,2026-03-02T11:00:00Z,2\n3,2026-03-02T09:00:00Z,4\n",
     "@2026-03-02T00:00:00Z A 1/0 B 2/0 @2026-03-03T00:00:00Z A 2/2=5 B 2/2=2"},
    {"a unit is in two groups when both rows lie before the look's end",
     DAYS(OF("\"aggregation\":\"count\",\"window\":\"1h\"")),
     "u,g,t\n1,A,2026-03-01\n1,B,2026-03-02\n2,B,2026-03-01\n3,A,2026-03-01\n"
         "", "u,t,v\n3,2026-03-01,1\n",
     "@2026-03-02T00:00:00Z A 2/2=1 B 1/1=0 @2026-03-03T00:00:00Z A 1/1=1 B 1/1=0 "
     "units_in_two_groups=1 rows_in_two_groups=2"},
    {"an open window under group sequential looks is refused",
     PLAN(",\"time\":\"t\"},\"granularity\":\"day\",\"horizon\":{\"type\":\"groupSequential\","
          "\"expectedSampleSize\":9},\"events\":[{\"name\":\"o\"}]", HOW("sum")), TWO_UNITS,
     "u,t,v\n1,2026-03-02,1\n", "!window"},
    {"under always valid it is taken", DAYS(HOW("sum")), TWO_UNITS,
     "u,t,v\n1,2026-03-02,1\n",
     "@2026-03-02T00:00:00Z A 1/1=0 B 1/1=0 @2026-03-03T00:00:00Z A 1/1=1 B 1/1=0"},
    {"events may have columns of other names",
     PLAN(",\"time\":\"t\"},\"events\":[{\"name\":\"o\",\"columns\":{\"unit\":\"who\","
         "\"time\":\"at\"}}]",
          HOW("sum")), TWO_UNITS, "at,who,v\n2026-03-02,1,3\n", "A 1/1=3 B 1/1=0"},
    {"events without a time column are refused", EVENTS(HOW("sum")), TWO_UNITS, "u,v\n1,3\n",
     "!No column is named 't'"},
    /* Cells. */
    {"yes and no in these words are 1 and 0", ROWS(SHARE),
     "u,g,v\n1,A,true\n2,A,false\n3,A,TRUE\n4,B,true\n", NULL, "A 3/3=2 B 1/1=1"},
    {"in these, too", ROWS(SHARE), "u,g,v\n1,A,yes\n2,A,no\n3,A,yes\n4,B,no\n", NULL,
     "A 3/3=2 B 1/1=0"},
    {"t and f where the column holds nothing else", ROWS(SHARE), "u,g,v\n1,A,t\n2,A,f\n4,B,t\n"
        "", NULL,
     "A 2/2=1 B 1/1=1"},
    {"Y and N where the column holds nothing else", ROWS(SHARE), "u,g,v\n1,A,Y\n2,A,N\n4,B,Y\n"
        "", NULL,
     "A 2/2=1 B 1/1=1"},
    {"on and off where the column holds nothing else", ROWS(SHARE), "u,g,v\n1,A,on\n2,A,off\n4,"
        "B,on\n",
     NULL, "A 2/2=1 B 1/1=1"},
    {"t among 1 and 0 may be a typing error", ROWS(SHARE), "u,g,v\n1,A,1\n2,A,0\n4,B,t\n", NULL,
     "!several ways"},
    {"a share that is not 0 or 1 is an error", ROWS(SHARE), "u,g,v\n1,A,1\n2,A,2\n4,B,0\n", NULL,
     "!'2' is not 0 or 1"},
    {"these words are missing values", ROWS(V),
     "u,g,v\n1,A,1\n2,A,\n3,A,NA\n4,A,N/A\n5,A,n/a\n6,A,#N/A\n7,A,NULL\n8,A,null\n9,A,(null)\n"
         "10,A,\\N\n"
     "11,A,NaN\n12,A,nan\n13,A,None\n14,A,<NA>\n15,B,2\n", NULL, "A 14/1=1 B 1/1=2 missing=13"},
    {"format.missing replaces the list", PLAN("},\"format\":{\"missing\":[\"-\"]}", V),
     "u,g,v\n1,A,-\n2,B,2\n3,A,3\n", NULL, "A 2/1=3 B 1/1=2 missing=1"},
    {"all of it", PLAN("},\"format\":{\"missing\":[\"-\"]}", V), "u,g,v\n1,A,NA\n2,B,2\n"
        "", NULL, "!'NA'"},
    {"a cell that is neither number nor missing is named with line and column", ROWS(V),
     "u,g,v\n1,A,1\n2,B,2x\n", NULL, "!Column 'v': '2x'"},
    {"epochs in s, ms, us and ns are told by their size; dates and RFC 3339 are "
        "times", EVENTS(HOW("sum")),
     "u,g,t\n1,A,1772323200\n2,B,1772323200000\n3,A,1772323200000000\n4,B,1772323200000000000\n"
     "5,A,2026-03-01\n6,B,2026-03-01T02:00:00+02:00\n",
     "u,t,v\n1,2026-03-01,1\n2,2026-03-01,2\n3,2026-03-01,4\n4,2026-03-01,8\n5,2026-03-01,16\n6,"
         "2026-03-01,32\n",
     "A 3/3=21 B 3/3=42"},
    {"a time before 1990 is refused", TIMED(V), "u,g,t,v\n1,A,1989-12-31,1\n2,B,2026-03-01,1\n"
        "", NULL,
     "!1990 to 2100"},
    {"a time after 2100 is refused", TIMED(V), "u,g,t,v\n1,A,2100-01-01,1\n2,B,2026-03-01,1\n"
        "", NULL,
     "!1990 to 2100"},
    {"20260314 is not an epoch", TIMED(V), "u,g,t,v\n1,A,20260314,1\n2,B,20260314,1\n"
        "", NULL, "!is not a time"},
    {"a spreadsheet day: not an epoch", TIMED(V), "u,g,t,v\n1,A,46095.58,1\n2,B,46095.58,1\n", NULL,
     "!is not a time"},
    {"03/04/2026 is never guessed", TIMED(V), "u,g,t,v\n1,A,03/04/2026,1\n2,B,03/04/2026,1\n", NULL,
     "!is not a time"},
    {"points with three digits between semicolons are read as written, with a warning", ROWS(V),
     "u;g;v\n1;A;1.234\n2;B;2.345\n", NULL, "?format.thousands"},
    {"a row without a group is an error", ROWS(V), "u,g,v\n1,,1\n2,B,2\n", NULL, "!names no group"},
    {"a row without a unit is an error", ROWS(V), "u,g,v\n,A,1\n2,B,2\n", NULL, "!names no unit"},
};
/* clang-format on */

static const char *put_file(const char *name, const char *text)
{
    static char paths[2][64];
    char *path = paths[name[0] == 'e'];
    snprintf(path, sizeof paths[0], "%s/rules-%s-%ld", test_tmp(), name, (long)getpid());
    test_write_file(path, text, strlen(text));
    return path;
}

static bool has_warning(const struct assay_dataset *dataset, const char *want)
{
    bool found = false;
    for (uint32_t i = 0; i < assay__dataset_note_count(dataset); i++) {
        enum assay_annotation_level level;
        int32_t metric;
        const char *text;
        assay__dataset_note_at(dataset, i, &level, &metric, &text);
        found = found || (level == ASSAY_NOTE_WARNING && strstr(text, want) != NULL);
    }
    return found;
}

static enum assay_status read_rule(const struct rule *rule, const struct assay_plan *plan,
                                   struct assay_dataset **dataset, struct assay_error *err)
{
    const char *rows = put_file("rows", rule->rows);
    const char *events = put_file("events", rule->events == NULL ? "" : rule->events);
    const struct assay_event_files files = {.name = "o", .paths = &events, .path_count = 1};
    const struct assay_read_options options = {.events = &files,
                                               .event_count = rule->events != NULL};
    enum assay_status status = assay_dataset_new(plan, dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read(*dataset, &rows, 1, &options, err);
    unlink(rows);
    unlink(events);
    return status;
}

START_TEST(rules_hold)
{
    const struct rule *rule = &RULES[_i];
    struct assay_plan *plan = NULL;
    struct assay_dataset *dataset = NULL;
    struct assay_error err;
    struct assay__text got = {0};
    enum assay_status status =
        assay_plan_parse(rule->plan, strlen(rule->plan), "plan", &plan, &err);
    if (status == ASSAY_OK)
        status = read_rule(rule, plan, &dataset, &err);
    if (rule->want[0] == '!') {
        ck_assert_msg(status != ASSAY_OK, "%s: it was read", rule->says);
        ck_assert_msg(strstr(err.message, rule->want + 1) != NULL, "%s: %s", rule->says,
                      err.message);
    } else {
        ck_assert_msg(status == ASSAY_OK, "%s: %s", rule->says, err.message);
        dataset_show_looks(dataset, &got);
        dataset_show_slices(dataset, &got);
        dataset_show_counts(dataset, &got);
        if (rule->want[0] == '?')
            ck_assert_msg(has_warning(dataset, rule->want + 1), "%s: no warning", rule->says);
        else
            ck_assert_msg(strcmp(got.data + 1, rule->want) == 0, "%s: %s, not %s", rule->says,
                          got.data + 1, rule->want);
    }
    assay__text_release(&got);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, rules_hold, 0, (int)(sizeof RULES / sizeof *RULES));
}

int main(void)
{
    return test_main("rules", add);
}
