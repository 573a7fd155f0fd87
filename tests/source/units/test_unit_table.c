/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of units and the gather of their rows: what they take of memory, and what they refuse. */
#include "test.h"

#include "assay/hooks.h"
#include "base/text.h"
#include "pool.h"
#include "source/units/fold.h"
#include "source/units/gather.h"
#include "source/units/unit_table_private.h"

#define PLAN(aggregation)                                                                          \
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"t\"},\"comparisons\":{\"baseline\":"  \
    "\"A\"},\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\",\"events\":\"e\","   \
    "\"aggregation\":\"" aggregation "\"}],\"events\":[{\"name\":\"e\"}]}"

/* The rules of a plan, for tables that a test makes. */
struct bench {
    struct assay_plan *plan;
    struct assay__binding binding;
    struct assay__unit_rules rules;
};

static void begin(struct bench *bench, const char *plan)
{
    struct assay_error err;
    bench->plan = test_plan(plan);
    assert_ok(assay__binding_init(&bench->binding, bench->plan, &err), &err);
    assert_ok(assay__unit_rules_init(&bench->rules, &bench->binding, 4096, &err), &err);
}

static void end(struct bench *bench)
{
    assay__unit_rules_release(&bench->rules);
    assay__binding_release(&bench->binding);
    assay_plan_free(bench->plan);
}

/* A unit and room for its id; content says nothing. */
struct named {
    struct assay__exposure exposure;
    char id[32];
    uint64_t content[1];
};

static void name(struct named *named, unsigned number)
{
    int length = snprintf(named->id, sizeof named->id, "u%u", number);
    named->exposure = (struct assay__exposure){.second_ns = INT64_MAX, .rows = 1};
    named->exposure.content = named->content;
    named->content[0] = 0;
    assay__unit_key_init(&named->exposure.key, named->id, (uint32_t)length);
}

static enum assay_status expose(const struct bench *bench, struct assay__unit_table *table,
                                const struct assay__exposure *exposure, struct assay_error *err)
{
    assert_ok(assay__unit_table_need(&bench->rules, table, 1, err), err);
    return assay__unit_table_expose(&bench->rules, table, exposure, err);
}

static void expose_many(const struct bench *bench, struct assay__unit_table *table, unsigned count)
{
    struct named named;
    struct assay_error err;
    for (unsigned i = 0; i < count; i++) {
        name(&named, i);
        assert_ok(expose(bench, table, &named.exposure, &err), &err);
    }
}

/* Partitions come one after the other, each in tables of its own. */
START_TEST(tables_take_no_more_memory_than_at_their_peak)
{
    enum { PARTITIONS = 40, TABLES = 4, UNITS = 30000 };
    struct bench bench;
    size_t peak = 0;
    begin(&bench, PLAN("sum"));
    for (unsigned p = 0; p < PARTITIONS; p++) {
        struct assay__unit_table tables[TABLES] = {{0}};
        unsigned units = UNITS - p % 3 * UNITS / 4; /* partitions differ in size */
        for (unsigned t = 0; t < TABLES; t++)
            expose_many(&bench, &tables[t], units);
        for (unsigned t = 0; t < TABLES; t++)
            assay__unit_table_release(&bench.rules, &tables[t]);
        peak = p == 0 ? bench.rules.pool->bytes : peak;
    }
    ck_assert_uint_le(bench.rules.pool->bytes, peak);
    end(&bench);
}
END_TEST

/* Counts of rows have 32 bits: what is beyond them is told, not counted from 0 again. */
START_TEST(a_unit_with_more_rows_than_can_be_counted_is_refused)
{
    struct bench bench;
    struct assay__unit_table table = {0};
    struct assay_error err;
    struct named named;
    bool is_known;
    begin(&bench, PLAN("sum"));
    name(&named, 7);
    named.exposure.rows = UINT32_MAX;
    assert_ok(expose(&bench, &table, &named.exposure, &err), &err);
    named.exposure.rows = 1;
    ck_assert_int_eq(expose(&bench, &table, &named.exposure, &err), ASSAY_ERROR_LIMIT);
    ck_assert_str_eq(err.message, "A unit has more than 4294967295 rows.");
    const struct assay__happening happening = {named.exposure.key, NULL, 0, UINT32_MAX};
    for (int i = 0; i < 2; i++) {
        uint32_t hint =
            assay__unit_table_prefetch_unit(&bench.rules, &table, named.exposure.key.hash);
        ck_assert_int_eq(
            assay__unit_table_happen(&bench.rules, &table, hint, &happening, &is_known, &err),
            i == 0 ? ASSAY_OK : ASSAY_ERROR_LIMIT);
    }
    assay__unit_table_release(&bench.rules, &table);
    end(&bench);
}
END_TEST

struct sums {
    size_t units, records;
};

static enum assay_status count(void *context, const struct assay__exposure *unit,
                               struct assay__records records, struct assay_error *err)
{
    struct sums *sums = context;
    (void)unit;
    (void)err;
    sums->units++;
    sums->records += records.count;
    return ASSAY_OK;
}

enum { FEW = 8, EVENTS = 30000 };

/* Events of one unit after the other: parts that were full before another one filled the memory. */
static void give_events(struct assay__gather *gather, unsigned units)
{
    struct assay_error err;
    struct named named;
    for (unsigned u = 0; u < units; u++) {
        name(&named, u);
        assert_ok(assay__gather_expose(gather, &named.exposure, 1, &err), &err);
    }
    for (unsigned i = 0; i < units * EVENTS; i++) {
        const struct assay__reading event = {.time_ns = i, .word = 7 << ASSAY__WORD_SHIFT};
        const struct assay__happening happening = {.events = &event, .count = 1, .event_rows = 1};
        struct assay__happening of = happening;
        name(&named, i / EVENTS);
        of.key = named.exposure.key;
        assert_ok(assay__gather_happen(gather, &of, 1, &err), &err);
    }
}

START_TEST(what_does_not_fit_leaves_nothing_in_memory)
{
    struct bench bench;
    struct assay__gather gather;
    struct assay_error err;
    struct sums sums = {0, 0};
    uint64_t unknown = 0;
    begin(&bench, PLAN("mean"));
    const struct assay__gather_limits limits = {1 << 20, test_tmp()};
    assert_ok(assay__gather_init(&gather, &bench.binding, &limits, &err), &err);
    give_events(&gather, FEW);
    assert_ok(assay__gather_end(&gather, &unknown, &err), &err);
    ck_assert_uint_eq(assay__gather_bytes(&gather), SIZE_MAX);
    for (uint32_t p = 0; p < ASSAY__SPILL_PARTS; p++)
        ck_assert_uint_eq(gather.parts[p].table.count, 0);
    for (uint32_t p = 0; p < ASSAY__SPILL_PARTS; p++)
        assert_ok(assay__gather_visit(&gather, p, 1, count, &sums, &unknown, &err), &err);
    ck_assert_uint_eq(sums.units, FEW);
    ck_assert_uint_eq(sums.records, FEW * EVENTS);
    ck_assert_uint_eq(unknown, 0);
    assay__gather_release(&gather);
    end(&bench);
}
END_TEST

/* A part has a block at least: where units are wide, so are blocks. */
START_TEST(few_wide_units_take_little_memory)
{
    struct bench bench;
    struct assay__text plan = {0};
    struct assay__unit_table tables[ASSAY__SPILL_PARTS] = {{0}};
    assay__text_puts(&plan, "{\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"t\"},"
                            "\"comparisons\":{\"baseline\":\"A\"},\"events\":[{\"name\":\"e\"}],"
                            "\"metrics\":[");
    for (int m = 0; m < 100; m++)
        assay__text_format(&plan,
                           "%s{\"id\":\"m%d\",\"role\":\"success\",\"type\":\"mean\",\"events\":"
                           "\"e\",\"aggregation\":\"count\",\"window\":\"%dh\"}",
                           m == 0 ? "" : ",", m, m + 1);
    assay__text_puts(&plan, "]}");
    begin(&bench, plan.data);
    for (uint32_t p = 0; p < ASSAY__SPILL_PARTS; p++)
        expose_many(&bench, &tables[p], 1);
    ck_assert_uint_ge(bench.rules.unit_bytes, 800);
    ck_assert_uint_le(bench.rules.pool->bytes, 32 << 20);
    for (uint32_t p = 0; p < ASSAY__SPILL_PARTS; p++)
        assay__unit_table_release(&bench.rules, &tables[p]);
    end(&bench);
    assay__text_release(&plan);
}
END_TEST

/* Rows that are units, gathered for a cap at a quantile: they go to the file as others do. */
START_TEST(units_without_an_id_keep_to_the_memory)
{
    enum { ROWS = 40000 };
    struct bench bench;
    struct assay__gather gather;
    struct assay_error err;
    struct sums sums = {0, 0};
    uint64_t unknown = 0, content[1] = {7 << ASSAY__WORD_SHIFT};
    const struct assay__exposure row = {
        .key.text = "", .second_ns = INT64_MAX, .content = content, .rows = 1};
    begin(&bench, "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},"
                  "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\","
                  "\"cap\":{\"upperQuantile\":0.9}}]}");
    const struct assay__gather_limits limits = {1 << 20, test_tmp()};
    assert_ok(assay__gather_init(&gather, &bench.binding, &limits, &err), &err);
    for (int i = 0; i < ROWS; i++)
        assert_ok(assay__gather_expose(&gather, &row, 1, &err), &err);
    assert_ok(assay__gather_end(&gather, &unknown, &err), &err);
    ck_assert_uint_eq(assay__gather_bytes(&gather), SIZE_MAX);
    for (uint32_t p = 0; p < ASSAY__SPILL_PARTS; p++)
        assert_ok(assay__gather_visit(&gather, p, 1, count, &sums, &unknown, &err), &err);
    ck_assert_uint_eq(sums.units, ROWS);
    assay__gather_release(&gather);
    end(&bench);
}
END_TEST

static enum assay_status load(void *context, const struct assay__exposure *unit,
                              struct assay__records records, struct assay_error *err)
{
    struct assay__folder *folder = context;
    struct assay__number mean;
    assert_ok(assay__folder_load(folder, unit->partials, records, err), err);
    assert_ok(assay__folder_number(folder, 0, unit->first_ns, INT64_MAX, &mean, err), err);
    ck_assert_int_eq(mean.value.mantissa, 7);
    return ASSAY_OK;
}

/* What a unit without an end takes, such as the one of all visitors without a cookie. */
START_TEST(a_unit_of_many_events_takes_100_bytes_for_each)
{
    struct bench bench;
    struct assay__gather gather;
    struct assay__folder folder;
    struct assay_error err;
    struct pool pool;
    uint64_t unknown = 0;
    pool_init(&pool, 0);
    const struct assay_hooks hooks = {.allocator = &pool.allocator};
    const struct assay__gather_limits limits = {1 << 30, test_tmp()};
    begin(&bench, PLAN("mean"));
    (void)assay_hooks_use(&hooks);
    assert_ok(assay__gather_init(&gather, &bench.binding, &limits, &err), &err);
    assert_ok(assay__folder_init(&folder, &bench.binding, &err), &err);
    give_events(&gather, 1);
    assert_ok(assay__gather_end(&gather, &unknown, &err), &err);
    for (uint32_t p = 0; p < ASSAY__SPILL_PARTS; p++)
        assert_ok(assay__gather_visit(&gather, p, 1, load, &folder, &unknown, &err), &err);
    ck_assert_int_le(atomic_load(&pool.most), 100 * EVENTS);
    assay__folder_release(&folder);
    assay__gather_release(&gather);
    (void)assay_hooks_use(NULL);
    ck_assert_int_eq(atomic_load(&pool.blocks), 0);
    end(&bench);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, tables_take_no_more_memory_than_at_their_peak);
    tcase_add_test(cases, few_wide_units_take_little_memory);
    tcase_add_test(cases, a_unit_with_more_rows_than_can_be_counted_is_refused);
    tcase_add_test(cases, what_does_not_fit_leaves_nothing_in_memory);
    tcase_add_test(cases, units_without_an_id_keep_to_the_memory);
    tcase_add_test(cases, a_unit_of_many_events_takes_100_bytes_for_each);
}

int main(void)
{
    return test_main("unit_table", add);
}
