/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random experiments, each with one result whichever way its data come: as rows, in another order,
 * as sums, as sums of parts, as parts merged first; read by columns or row by row, with much memory
 * or little. Units have one row or several, or are exposed and have events; plans have looks,
 * windows, slices, filters, caps, covariates and horizons.
 *
 * WAYS_SEED and WAYS_COUNT are the first experiment and how many; check-slow has thousands.
 */
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "test.h"

enum { COUNT = 16, LINES_MAX = 600, PARTS_MAX = 3, TEXT_BYTES = 128 };
enum kind { UNITS, MEASUREMENTS, EXPOSURES, KIND_COUNT };

/* A row, and whose it is. */
struct line {
    unsigned unit;
    char text[TEXT_BYTES];
};

static struct experiment {
    enum kind kind;
    uint64_t state;
    bool has_time, has_window, has_quantile;
    const char *kernel;
    size_t memory_bytes;
    struct line rows[LINES_MAX], orders[LINES_MAX];
    size_t row_count, order_count;
    struct assay__text json;
    struct assay_plan *plan;
} it;

static unsigned below(unsigned limit)
{
    it.state = it.state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(it.state >> 33) % limit;
}

static bool one_of(unsigned n)
{
    return below(n) == 0;
}

#define ADD(...) assay__text_format(&it.json, __VA_ARGS__)

/* A time of the first days of a month. */
static void put_time(char *out, size_t size)
{
    snprintf(out, size, "2026-03-%02uT%02u:%02u:00Z", 1 + below(6), below(24), 30 * below(2));
}

static void put_number(char *out, size_t size)
{
    static const char *const ODD[] = {"", "NA", "0", "-0.5", "1e3", "25e-4"};
    static const char *const LONG[] = {"123456789012345678901.5", "1e-18", "300000000000000000.25",
                                       "0.12345678901234567", "4e18"};
    if (one_of(100))
        snprintf(out, size, "%s", LONG[below(sizeof LONG / sizeof *LONG)]);
    else if (one_of(6))
        snprintf(out, size, "%s", ODD[below(sizeof ODD / sizeof *ODD)]);
    else
        snprintf(out, size, "%s%u.%0*u", one_of(8) ? "-" : "", below(60), 1 + (int)below(5),
                 below(10));
}

static void make_rows(void)
{
    static const char *const PLACES[] = {"DE", "FR", "", "SE"}, *const WORDS[] = {"yes", "no", ""};
    unsigned units = 4 + below(one_of(2) ? 12 : 90), groups = 2 + below(3);
    for (unsigned unit = 0; unit < units; unit++) {
        unsigned own = below(groups), count = it.kind == UNITS ? 1 : 1 + below(3);
        for (unsigned i = 0; i < count && it.row_count < LINES_MAX; i++) {
            struct line *line = &it.rows[it.row_count++];
            char time[32], y[24], x[24];
            put_time(time, sizeof time);
            put_number(y, sizeof y);
            put_number(x, sizeof x);
            line->unit = unit;
            snprintf(line->text, sizeof line->text, "u%u,%c,%s,%s,%s,%s,%s,%u,%u", unit,
                     "ABCD"[one_of(20) ? below(groups) : own], time, PLACES[below(4)],
                     WORDS[below(3)], y, x, below(2), it.kind == EXPOSURES ? unit % 9 : below(9));
        }
        for (unsigned i = below(4); it.kind == EXPOSURES && i > 0; i--) {
            struct line *line = &it.orders[it.order_count++];
            char time[32], y[24];
            put_time(time, sizeof time);
            put_number(y, sizeof y);
            line->unit = unit;
            snprintf(line->text, sizeof line->text, "u%u,%s,%s,s%u", unit, time, y, below(3));
        }
    }
}

static void add_metric(unsigned number)
{
    static const char *const OF_ROWS[] = {"sum", "max", "min"};
    static const char *const OF_EVENTS[] = {"sum",  "max",  "min",   "first",
                                            "last", "mean", "count", "countDistinct"};
    static const char *const CAPS[] = {"\"upper\":20", "\"lower\":0,\"upper\":30",
                                       "\"upperQuantile\":0.9", "\"lower\":5e18"};
    static const char *const WINDOWS[] = {"90m", "1d", "2d"};
    enum { MEAN, SHARE, RATIO } type = below(3);
    bool has_events = it.kind == EXPOSURES;
    assay__text_format(&it.json, "%s{\"id\":\"m%u\"", number > 0 ? "," : "", number);
    const char *aggregation = has_events ? OF_EVENTS[below(8)] : OF_ROWS[below(3)];
    if (type == SHARE)
        aggregation = has_events ? "sum" : "max";
    if (type == RATIO)
        aggregation = "sum";
    if (has_events)
        ADD(",\"events\":\"%s\"", "orders");
    if (!has_events || strcmp(aggregation, "count") != 0)
        ADD(",\"value\":\"%s\"", type == SHARE && !has_events ? "c" : "y");
    if (it.kind != UNITS)
        ADD(",\"aggregation\":\"%s\"", aggregation);
    if (type == SHARE)
        ADD(",\"type\":\"%s\"", "proportion");
    if (type == RATIO) {
        ADD(",\"type\":\"ratio\",\"denominator\":{%s", has_events ? "\"events\":\"orders\"," : "");
        ADD("%s}", has_events         ? "\"aggregation\":\"count\""
                   : it.kind != UNITS ? "\"value\":\"w\",\"aggregation\":\"sum\""
                                      : "\"value\":\"w\"");
    }
    if (has_events && one_of(2)) {
        ADD(",\"window\":\"%s\"", WINDOWS[below(3)]);
        it.has_window = true;
    }
    if (one_of(4) && type != SHARE)
        ADD(",\"missing\":\"%s\"", "zero");
    if (one_of(4) && type == MEAN) {
        unsigned cap = below(4);
        it.has_quantile = it.has_quantile || cap == 2;
        ADD(",\"cap\":{%s}", CAPS[cap]);
    }
    if (one_of(4) && type != RATIO && it.kind != MEASUREMENTS)
        ADD(",\"covariates\":[\"%s\"]", "w");
    if (one_of(5))
        ADD(",\"role\":\"guardrail\",\"direction\":\"%s\",\"nonInferiorityMargin\":0.1",
            "increase");
    assay__text_putc(&it.json, '}');
}

static void make_plan(void)
{
    static const char *const WIDTHS[] = {"hour", "day", "week"};
    static const char *const FILTERS[] = {"w >= 4", "ok = true", "place = 'DE'"};
    static const char *const HORIZONS[] = {
        "\"type\":\"alwaysValid\"", "\"type\":\"groupSequential\",\"expectedSampleSize\":60"};
    it.has_time = it.kind == EXPOSURES || !one_of(3);
    assay__text_puts(&it.json, "{\"columns\":{\"group\":\"g\"");
    if (it.kind != UNITS || one_of(2))
        ADD(",\"unit\":\"%s\"", "u");
    ADD("%s}", it.has_time ? ",\"time\":\"t\"" : "");
    assay__text_puts(&it.json, ",\"comparisons\":{\"baseline\":\"A\"}");
    if (it.kind == EXPOSURES)
        ADD(",\"events\":[{\"name\":\"%s\"}]", "orders");
    if (it.has_time && !one_of(3))
        ADD(",\"granularity\":\"%s\"", WIDTHS[below(3)]);
    if (one_of(2))
        ADD(",\"dimensions\":[\"%s\"]", "place");
    if (one_of(3))
        ADD(",\"segments\":[{\"id\":\"s\",\"filter\":\"%s\"}]", FILTERS[below(3)]);
    if (one_of(3))
        ADD(",\"where\":\"%s\"", one_of(2) ? "w < 8" : "ok != false");
    if (one_of(3))
        ADD(",\"horizon\":{%s}", HORIZONS[below(2)]);
    if (one_of(3))
        ADD(",\"test\":\"%s\"", one_of(2) ? "z" : "t");
    assay__text_puts(&it.json, ",\"metrics\":[");
    unsigned metrics = one_of(12) ? 20 : 1 + below(4);
    for (unsigned i = 0; i < metrics; i++)
        add_metric(i);
    assay__text_putc(&it.json, ']');
    if (it.has_time && (it.has_window || one_of(2)))
        assay__text_format(&it.json, ",\"asOf\":\"2026-03-%02uT%02u:00:00Z\"", 2 + below(7),
                           below(24));
    assay__text_putc(&it.json, '}');
}

static const char *path_of(const char *name, unsigned number)
{
    static char paths[16][200];
    static unsigned next;
    char *path = paths[next++ % 16];
    snprintf(path, sizeof paths[0], "%s/%s-%u.csv", test_tmp(), name, number);
    return path;
}

/* Writes the rows of the units of a part. */
static void write_lines(const char *path, const char *header, const struct line *lines,
                        size_t count, unsigned part, unsigned parts)
{
    struct assay__text text = {0};
    assay__text_puts(&text, header);
    for (size_t i = 0; i < count; i++)
        if (lines[i].unit * 2654435761u % 97 % parts == part)
            assay__text_format(&text, "%s\n", lines[i].text);
    ck_assert(!text.failed);
    test_write_file(path, text.data, text.length);
    assay__text_release(&text);
}

static void shuffle(struct line *lines, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = below((unsigned)i);
        struct line kept = lines[i - 1];
        lines[i - 1] = lines[other];
        lines[other] = kept;
    }
}

/* Reads the files of a part of the experiment, or tables of sums. */
static enum assay_status read_rows(unsigned part, unsigned parts, struct assay_dataset **dataset,
                                   struct assay_error *err)
{
    const char *rows = path_of("rows", part), *orders = path_of("orders", part);
    const struct assay_event_files events = {.name = "orders", .paths = &orders, .path_count = 1};
    const struct assay_read_options options = {.threads = 1 + below(3),
                                               .kernel = it.kernel,
                                               .memory_bytes = it.memory_bytes,
                                               .temporary_folder = test_tmp(),
                                               .events = &events,
                                               .event_count = it.kind == EXPOSURES,
                                               .has_digests = true};
    write_lines(rows, "u,g,t,place,ok,y,x,c,w\n", it.rows, it.row_count, part, parts);
    write_lines(orders, "u,t,y,session\n", it.orders, it.order_count, part, parts);
    enum assay_status status = assay_dataset_new(it.plan, dataset, err);
    return status == ASSAY_OK ? assay_dataset_read(*dataset, &rows, 1, &options, err) : status;
}

static enum assay_status read_sums(const char *const *paths, size_t count,
                                   struct assay_dataset **dataset, struct assay_error *err)
{
    enum assay_status status = assay_dataset_new(it.plan, dataset, err);
    return status == ASSAY_OK ? assay_dataset_read(*dataset, paths, count, NULL, err) : status;
}

/* The result of a dataset, which goes; NULL where it has none, or there is no dataset. */
static char *result_of(struct assay_dataset *dataset, enum assay_status status,
                       enum assay_format format, struct assay_error *err)
{
    struct assay_analysis *analysis = NULL;
    char *text = NULL;
    if (status == ASSAY_OK)
        status = assay_dataset_analyze(dataset, &analysis, err);
    if (status == ASSAY_OK)
        assert_ok(assay_analysis_write(analysis, format, NULL, &text, NULL, err), err);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    return text;
}

static void assert_same(uint64_t seed, const char *way, const char *want, char *got,
                        const struct assay_error *err)
{
    size_t at = 0;
    ck_assert_msg(got != NULL, "seed %llu, %s: %s\n%s", (unsigned long long)seed, way, err->message,
                  it.json.data);
    while (want[at] != '\0' && want[at] == got[at])
        at++;
    ck_assert_msg(want[at] == got[at], "seed %llu, %s:\n%.200s\nnot\n%.200s\n%s",
                  (unsigned long long)seed, way, got + (at < 100 ? 0 : at - 100),
                  want + (at < 100 ? 0 : at - 100), it.json.data);
    free(got);
}

static char *rows_result(enum assay_format format, struct assay_error *err)
{
    struct assay_dataset *dataset = NULL;
    enum assay_status status = read_rows(0, 1, &dataset, err);
    return result_of(dataset, status, format, err);
}

static char *sums_result(const char *const *paths, size_t count, enum assay_format format,
                         struct assay_error *err)
{
    struct assay_dataset *dataset = NULL;
    enum assay_status status = read_sums(paths, count, &dataset, err);
    return result_of(dataset, status, format, err);
}

/* Writes the sums of a part to a file; false where they cannot be made of a part alone. */
static bool write_sums(unsigned part, unsigned parts, const char *path)
{
    struct assay_dataset *dataset = NULL;
    struct assay_error err;
    char *text = NULL;
    size_t length = 0;
    enum assay_status status = read_rows(part, parts, &dataset, &err);
    if (status == ASSAY_OK)
        status = assay_dataset_summarize(dataset, &text, &length, &err);
    if (status == ASSAY_OK)
        test_write_file(path, text, length);
    free(text);
    assay_dataset_free(dataset);
    return status == ASSAY_OK;
}

/* Parts by unit, read together and merged first; false where they cannot be made. */
static bool try_parts(uint64_t seed)
{
    const char *paths[PARTS_MAX];
    unsigned parts = 2 + below(PARTS_MAX - 1);
    struct assay_error err;
    char *merged = NULL;
    size_t length;
    for (unsigned i = 0; i < parts; i++) {
        paths[parts - 1 - i] = path_of("sums", i);
        if (!write_sums(i, parts, paths[parts - 1 - i]))
            return false;
    }
    char *want = rows_result(ASSAY_FORMAT_CSV, &err);
    assert_same(seed, "parts", want, sums_result(paths, parts, ASSAY_FORMAT_CSV, &err), &err);
    assert_ok(assay_sums_merge(paths, parts, &merged, &length, &err), &err);
    const char *whole = path_of("merged", 0);
    test_write_file(whole, merged, length);
    assert_same(seed, "merged", want, sums_result(&whole, 1, ASSAY_FORMAT_CSV, &err), &err);
    free(merged);
    free(want);
    return true;
}

/* What was tried: how many had a result, sums, and parts. */
static unsigned results, summarized, in_parts;

static void try_experiment(uint64_t seed)
{
    struct assay_error err = {.code = ASSAY_OK};
    memset(&it, 0, sizeof it);
    it.state = seed * 7919;
    it.kind = (enum kind)below(KIND_COUNT);
    make_rows();
    make_plan();
    ck_assert(!it.json.failed);
    enum assay_status status =
        assay_plan_parse(it.json.data, it.json.length, "plan", &it.plan, &err);
    ck_assert_msg(status == ASSAY_OK || strstr(err.message, "group sequential") != NULL, "%s",
                  err.message);
    char *want = status == ASSAY_OK ? rows_result(ASSAY_FORMAT_RESULT, &err) : NULL;
    if (want != NULL) {
        const char *sums = path_of("sums", 0);
        results++;
        if (write_sums(0, 1, sums)) {
            summarized++;
            assert_same(seed, "sums", want, sums_result(&sums, 1, ASSAY_FORMAT_RESULT, &err), &err);
            in_parts += !it.has_quantile && try_parts(seed);
        }
        it.kernel = "careful";
        assert_same(seed, "row by row", want, rows_result(ASSAY_FORMAT_RESULT, &err), &err);
        it.kernel = NULL;
        it.memory_bytes = 8192;
        assert_same(seed, "little memory", want, rows_result(ASSAY_FORMAT_RESULT, &err), &err);
        it.memory_bytes = 0;
        shuffle(it.rows, it.row_count);
        shuffle(it.orders, it.order_count);
        assert_same(seed, "in another order", want, rows_result(ASSAY_FORMAT_RESULT, &err), &err);
    }
    free(want);
    assay_plan_free(it.plan);
    assay__text_release(&it.json);
}

static uint64_t setting(const char *name, uint64_t usual)
{
    const char *text = getenv(name);
    return text == NULL ? usual : strtoull(text, NULL, 10);
}

START_TEST(a_result_is_the_same_in_any_way)
{
    uint64_t first = setting("WAYS_SEED", 1), count = setting("WAYS_COUNT", COUNT);
    for (uint64_t seed = first; seed < first + count; seed++)
        try_experiment(seed);
    ck_assert_uint_ge(results, count / 2);
    ck_assert_uint_ge(summarized, count / 3);
    ck_assert_uint_ge(in_parts, count / 4);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, a_result_is_the_same_in_any_way);
}

int main(void)
{
    return test_main("any way", add_cases);
}
