/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exposures joined with events: an oracle in exact fractions, and each rule on its own. */
#include "test.h"

#include <inttypes.h>
#include <math.h>
#include <unistd.h>

#include "analysis/dataset_read.h"
#include "base/text.h"

#define FOLDER "tests/golden/events/"

/* The lines of a file behind its header, in an order drawn from state. */
static void shuffle_file(const char *from, const char *to, uint64_t *state)
{
    char *text = test_read_file(from, NULL), *lines[2000];
    size_t count = 0;
    struct assay__text out = {0};
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
        lines[count++] = line;
    for (size_t i = count - 1; i > 1; i--) {
        *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t j = 1 + (size_t)(*state >> 33) % i;
        char *line = lines[i];
        lines[i] = lines[j];
        lines[j] = line;
    }
    for (size_t i = 0; i < count; i++)
        assay__text_format(&out, "%s\n", lines[i]);
    test_write_file(to, out.data, out.length);
    assay__text_release(&out);
    free(text);
}

/* The slice of a place: "" is the total, "@" the missing place. */
static uint32_t slice_of(const struct assay_dataset *dataset, const char *place)
{
    for (uint32_t s = 0; place[0] != '\0' && s < assay__dataset_slice_count(dataset); s++) {
        struct assay__slice_name name = assay__dataset_slice_name(dataset, s);
        if (name.kind == ASSAY_SLICE_DIMENSION &&
            strcmp(name.value, place[0] == '@' ? "" : place) == 0)
            return s;
    }
    return 0;
}

static const struct assay__cell *cell_of(const struct assay_dataset *dataset, const char *place,
                                         int64_t look_ns, const char *group)
{
    uint32_t look = 0, number = 0;
    while (look < assay__dataset_look_count(dataset) &&
           assay__dataset_look_time(dataset, look) != look_ns)
        look++;
    while (number < assay__dataset_group_count(dataset) &&
           strcmp(assay__dataset_group_id(dataset, number), group) != 0)
        number++;
    ck_assert_uint_lt(look, assay__dataset_look_count(dataset));
    ck_assert_uint_lt(number, assay__dataset_group_count(dataset));
    return assay__dataset_find(dataset, slice_of(dataset, place), look, number);
}

static void assert_figure(double got, const char *want, bool is_rounded, const char *line)
{
    double value = strtod(want, NULL);
    if (is_rounded)
        ck_assert_msg(fabs(got - value) <= 1e-13 * fabs(value), "%s: %.17g", line, got);
    else
        ck_assert_msg(got == value, "%s: %.17g", line, got);
}

/* One line of what is expected: metric,group,time,place,n,units,mean,variance,second. */
static void check_line(const struct assay_dataset *dataset, char *line)
{
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    char copy[256], *field[9], *at = line;
    uint32_t metric = 0;
    snprintf(copy, sizeof copy, "%s", line);
    for (int i = 0; i < 9; i++)
        field[i] = strsep(&at, ",");
    while (strcmp(plan->metrics[metric].id, field[0]) != 0)
        metric++;
    int64_t look =
        field[2][0] == '\0' ? INT64_MIN : (int64_t)strtoll(field[2], NULL, 10) * 1000000000;
    const struct assay__cell *cell = cell_of(dataset, field[3], look, field[1]);
    ck_assert_msg(cell != NULL, "%s", copy);
    ck_assert_msg(cell->units == strtoull(field[5], NULL, 10), "%s: %" PRIu64, copy, cell->units);
    const struct assay_moments *moments = cell->states[metric];
    uint64_t n = moments == NULL ? 0 : assay_moments_count(moments);
    ck_assert_msg(n == strtoull(field[4], NULL, 10), "%s: n %" PRIu64, copy, n);
    bool is_rounded = strcmp(field[0], "average") == 0;
    if (n > 0)
        assert_figure(assay_moments_mean(moments, 0), field[6], is_rounded, copy);
    if (n > 1)
        assert_figure(assay_moments_variance(moments, 0), field[7], is_rounded, copy);
    if (n > 0 && field[8][0] != '\0')
        assert_figure(assay_moments_mean(moments, 1), field[8], false, copy);
}

static void read_events(const struct assay_plan *plan, const char *const paths[4], size_t memory,
                        struct assay_dataset **dataset)
{
    struct assay_error err;
    const char *exposures[] = {paths[0]}, *orders[] = {paths[1]};
    const char *visits[] = {paths[2], paths[3]};
    const struct assay_event_files events[] = {{"visits", visits, 2, {0}},
                                               {"orders", orders, 1, {0}}};
    struct assay_read_options options = {
        .events = events, .event_count = 2, .memory_bytes = memory};
    assert_ok(assay_dataset_new(plan, dataset, &err), &err);
    assert_ok(assay_dataset_read(*dataset, exposures, 1, &options, &err), &err);
    struct assay_counts counts = assay_dataset_counts(*dataset);
    ck_assert_uint_gt(counts.units_in_two_groups, 5);
    ck_assert_uint_gt(counts.units_unclear, 0);
    ck_assert_uint_gt(counts.rows_left_out, 0);
    ck_assert_uint_ge(counts.events_unexposed, 40);
    ck_assert_uint_gt(counts.events_excluded, 0);
    ck_assert_uint_eq(counts.events_read,
                      counts.events_used + counts.events_unexposed + counts.events_excluded);
    ck_assert_uint_eq(counts.rows_read, counts.rows_used + counts.rows_duplicate +
                                            counts.rows_in_two_groups + counts.rows_unclear +
                                            counts.rows_left_out);
}

/* Reads the experiment in some order and memory, and compares every figure. */
static void check_experiment(const char *plan_path, const char *expected_path, size_t memory,
                             uint64_t state)
{
    static const char *const NAMES[4] = {"exposures.csv", "orders.csv", "visits-1.csv",
                                         "visits-2.csv"};
    char paths[4][64];
    const char *list[4];
    char *plan_text = test_read_file(plan_path, NULL);
    struct assay_plan *plan = test_plan(plan_text);
    for (int i = 0; i < 4; i++) {
        char from[64];
        snprintf(from, sizeof from, FOLDER "%s", NAMES[i]);
        snprintf(paths[i], sizeof paths[i], "%s/events-%d-%d", test_tmp(), (int)getpid(), i);
        shuffle_file(from, paths[i], &state);
        list[i] = paths[i];
    }
    struct assay_dataset *dataset;
    read_events(plan, list, memory, &dataset);
    char *expected = test_read_file(expected_path, NULL), *at = expected;
    size_t count = 0;
    strsep(&at, "\n");
    for (char *line; (line = strsep(&at, "\n")) != NULL && line[0] != '\0'; count++)
        check_line(dataset, line);
    ck_assert_uint_gt(count, 100);
    for (int i = 0; i < 4; i++)
        unlink(paths[i]);
    free(expected);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    free(plan_text);
}

START_TEST(events_agree_with_the_oracle)
{
    check_experiment(FOLDER "plan-whole.json", FOLDER "expected-whole.csv", 0, 1);
    check_experiment(FOLDER "plan-whole.json", FOLDER "expected-whole.csv", 0, 2);
}
END_TEST

START_TEST(events_agree_with_the_oracle_at_every_look)
{
    check_experiment(FOLDER "plan-day.json", FOLDER "expected-day.csv", 0, 3);
    check_experiment(FOLDER "plan-day.json", FOLDER "expected-day.csv", 0, 4);
}
END_TEST

START_TEST(events_that_do_not_fit_the_memory_give_the_same)
{
    /* From the first units on, in partitions of partitions; and when some events are there. */
    check_experiment(FOLDER "plan-day.json", FOLDER "expected-day.csv", 1, 5);
    check_experiment(FOLDER "plan-whole.json", FOLDER "expected-whole.csv", 20000, 6);
    check_experiment(FOLDER "plan-day.json", FOLDER "expected-day.csv", 60000, 7);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, events_agree_with_the_oracle);
    tcase_add_test(cases, events_agree_with_the_oracle_at_every_look);
    tcase_add_test(cases, events_that_do_not_fit_the_memory_give_the_same);
}

int main(void)
{
    return test_main("events", add);
}
