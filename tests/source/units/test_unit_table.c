/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of units: what they take of memory, and what they refuse. */
#include "test.h"

#include "source/units/unit_table.h"
#include "source/units/unit_table_private.h"

static const char PLAN[] =
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"t\"},\"comparisons\":{\"baseline\":"
    "\"A\"},\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\",\"events\":\"e\","
    "\"aggregation\":\"sum\"}],\"events\":[{\"name\":\"e\"}]}";

/* The rules of a plan, for tables that a test makes. */
struct bench {
    struct assay_plan *plan;
    struct assay__binding binding;
    struct assay__unit_rules rules;
};

static void begin(struct bench *bench)
{
    struct assay_error err;
    bench->plan = test_plan(PLAN);
    assert_ok(assay__binding_init(&bench->binding, bench->plan, &err), &err);
    assert_ok(assay__unit_rules_init(&bench->rules, &bench->binding, 4096, &err), &err);
}

static void end(struct bench *bench)
{
    assay__unit_rules_release(&bench->rules);
    assay__binding_release(&bench->binding);
    assay_plan_free(bench->plan);
}

static void expose(struct bench *bench, struct assay__unit_table *table, unsigned number)
{
    struct assay__exposure exposure = {.second_ns = INT64_MAX, .rows = 1};
    struct assay_error err;
    char id[32];
    int length = snprintf(id, sizeof id, "u%u", number);
    uint64_t content[1] = {0};
    exposure.content = content;
    assay__unit_key_init(&exposure.key, id, (uint32_t)length);
    assert_ok(assay__unit_table_need(&bench->rules, table, 1, &err), &err);
    assert_ok(assay__unit_table_expose(&bench->rules, table, &exposure, &err), &err);
}

/* Partitions come one after the other, each in tables of its own. */
START_TEST(tables_take_no_more_memory_than_at_their_peak)
{
    enum { PARTITIONS = 40, TABLES = 4, UNITS = 30000 };
    struct bench bench;
    size_t peak = 0;
    begin(&bench);
    for (unsigned p = 0; p < PARTITIONS; p++) {
        struct assay__unit_table tables[TABLES] = {{0}};
        unsigned units = UNITS - p % 3 * UNITS / 4; /* partitions differ in size */
        for (unsigned t = 0; t < TABLES; t++)
            for (unsigned i = 0; i < units; i++)
                expose(&bench, &tables[t], i);
        for (unsigned t = 0; t < TABLES; t++)
            assay__unit_table_release(&bench.rules, &tables[t]);
        peak = p == 0 ? bench.rules.room->bytes : peak;
    }
    ck_assert_uint_le(bench.rules.room->bytes, peak);
    end(&bench);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, tables_take_no_more_memory_than_at_their_peak);
}

int main(void)
{
    return test_main("unit_table", add);
}
