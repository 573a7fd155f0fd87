/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An allocator of the caller's: all comes from it, all goes back to it, and any of it may fail. */
#include "test.h"

#include <pthread.h>
#include <stdalign.h>
#include <stddef.h>
#include <zlib.h>

#include "pool.h"

#define EVENTS "tests/golden/events/"

static const char PLAN[] =
    "{\"parent\":\"workflows/w/instances/i\",\"columns\":{\"group\":\"g\",\"unit\":\"u\"},"
    "\"comparisons\":{\"baseline\":\"A\"},\"dimensions\":[\"d\"],"
    "\"where\":\"d != 'z'\",\"metrics\":[{\"id\":\"y\",\"role\":\"success\","
    "\"covariates\":[\"x\"],\"cap\":{\"upperQuantile\":0.9}}]}";
static const char CSV[] = "u,g,d,x,y\n1,A,p,1,1\n2,B,p,2,2\n3,A,q,2,3\n4,B,q,1,5\n"
                          "5,A,p,3,4\n6,B,q,1,6\n7,A,q,0.5,2\n8,B,p,2.5,7\n";
static const char SUMS_PLAN[] =
    "{\"comparisons\":{\"baseline\":\"A\"},\"granularity\":\"day\",\"horizon\":{\"type\":"
    "\"alwaysValid\",\"optimalSampleSize\":90},\"metrics\":[{\"id\":\"m\",\"role\":\"success\"}]}";
static const char SUMS[] =
    "metric,group,time,n,sum,sum_squares\nm,A,2026-03-02T00:00:00Z,40,40,60\n"
    "m,B,2026-03-02T00:00:00Z,41,55,99\nm,A,2026-03-03T00:00:00Z,80,79,120\n"
    "m,B,2026-03-03T00:00:00Z,80,99.5,190\n";

/* What a case makes, all of it freed by drop(). */
struct scene {
    const struct assay_hooks *hooks; /* of the calls that take some */
    struct assay_plan *plan;
    struct assay_table *table;
    struct assay_dataset *dataset, *other;
    struct assay_analysis *analysis;
    char *text;
};

static void drop(struct scene *scene)
{
    assay_analysis_free(scene->analysis);
    assay_plan_free(scene->plan);
    assay_table_free(scene->table);
    assay_dataset_free(scene->dataset);
    assay_dataset_free(scene->other);
    assay_free(scene->text);
}

static enum assay_status start(struct scene *scene, const char *plan, struct assay_error *err)
{
    enum assay_status status = assay_plan_parse(plan, strlen(plan), "plan", &scene->plan, err);
    return status == ASSAY_OK ? assay_dataset_new(scene->plan, &scene->dataset, err) : status;
}

static enum assay_status conclude(struct scene *scene, const struct assay_dataset *dataset,
                                  enum assay_format format, struct assay_error *err)
{
    const struct assay_analyze_options options = {.hooks = scene->hooks};
    enum assay_status status = assay_dataset_analyze_with(dataset, &options, &scene->analysis, err);
    return status == ASSAY_OK
               ? assay_analysis_write(scene->analysis, format, NULL, &scene->text, NULL, err)
               : status;
}

/* Files by gzip: a small one of sums, and one of several chunks, of which each thread takes one. */
static char sums[256], large[256];

static void write_gzip(const char *path, const char *text, size_t length)
{
    gzFile file = gzopen(path, "wb1");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, text, (unsigned)length), (int)length);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

static void write_files(void)
{
    size_t length;
    char *text = test_read_file("data/hillstrom.csv", &length);
    length /= 2;
    while (text[length - 1] != '\n')
        length--;
    snprintf(sums, sizeof sums, "%s/sums.csv.gz", test_tmp());
    snprintf(large, sizeof large, "%s/large.csv.gz", test_tmp());
    write_gzip(sums, SUMS, strlen(SUMS));
    write_gzip(large, text, length);
    free(text);
}

/* Rows of a CSV text, merged into an empty dataset. */
static enum assay_status of_rows(struct scene *scene, struct assay_error *err)
{
    const struct assay_read_options options = {.hooks = scene->hooks, .threads = 2};
    enum assay_status status = start(scene, PLAN, err);
    if (status == ASSAY_OK)
        status = assay_table_from_csv(CSV, strlen(CSV), "data", &scene->table, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read_tables(scene->dataset, &scene->table, NULL, 1, &options, err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(scene->plan, &scene->other, err);
    if (status == ASSAY_OK)
        status = assay_dataset_merge(scene->other, scene->dataset, err);
    return status == ASSAY_OK ? conclude(scene, scene->other, ASSAY_FORMAT_DETAIL, err) : status;
}

/* Columns, to sealed sums. */
static enum assay_status of_columns(struct scene *scene, struct assay_error *err)
{
    static const char *const UNITS[] = {"1", "2", "3", "4"}, *const GROUPS[] = {"A", "B", "A", "B"};
    static const double X[] = {1, 2, 3, 4.5}, Y[] = {2, 1, 2.25, 4};
    static const struct assay_column COLUMNS[] = {{.name = "u", .values = UNITS},
                                                  {.name = "g", .values = GROUPS},
                                                  {.name = "d", .values = GROUPS},
                                                  {.name = "x", ASSAY_CELL_DOUBLE, .values = X},
                                                  {.name = "y", ASSAY_CELL_DOUBLE, .values = Y}};
    const struct assay_read_options options = {.hooks = scene->hooks, .has_digests = true};
    enum assay_status status = start(scene, PLAN, err);
    if (status == ASSAY_OK)
        status = assay_table_from_columns(COLUMNS, 5, 4, NULL, &scene->table, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read_tables(scene->dataset, &scene->table, NULL, 1, &options, err);
    return status == ASSAY_OK ? assay_dataset_summarize(scene->dataset, &scene->text, NULL, err)
                              : status;
}

/* Sums over days. */
static enum assay_status of_sums(struct scene *scene, struct assay_error *err)
{
    const char *const paths[] = {sums};
    const struct assay_read_options options = {.hooks = scene->hooks};
    enum assay_status status = start(scene, SUMS_PLAN, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read(scene->dataset, paths, 1, &options, err);
    return status == ASSAY_OK ? conclude(scene, scene->dataset, ASSAY_FORMAT_CSV, err) : status;
}

/* A plan by calls, and tables of sums added up. */
static enum assay_status of_draft(struct scene *scene, struct assay_error *err)
{
    struct assay_draft *draft = NULL;
    struct assay_table *tables[2] = {NULL, NULL};
    enum assay_status status = assay_draft_new(&draft, err);
    if (status == ASSAY_OK)
        status = assay_draft_set_text(draft, "/metrics/0/id", "m", err);
    if (status == ASSAY_OK)
        status = assay_draft_set_text(draft, "/metrics/0/role", "success", err);
    if (status == ASSAY_OK)
        status = assay_draft_set_text(draft, "/comparisons/baseline", "A", err);
    if (status == ASSAY_OK)
        status = assay_draft_plan(draft, &scene->plan, err);
    for (int i = 0; status == ASSAY_OK && i < 2; i++)
        status = assay_table_from_csv(SUMS, strlen(SUMS), "sums", &tables[i], err);
    if (status == ASSAY_OK)
        status = assay_tables_merge(tables, 2, &scene->text, NULL, err);
    assay_table_free(tables[0]);
    assay_table_free(tables[1]);
    assay_draft_free(draft);
    return status;
}

/* Exposures and events, more than the memory for them holds. */
static enum assay_status of_events(struct scene *scene, struct assay_error *err)
{
    static const char *const UNITS[] = {EVENTS "exposures.csv"}, *const ORDERS[] = {EVENTS
                                                                                    "orders.csv"};
    static const char *const VISITS[] = {EVENTS "visits-1.csv", EVENTS "visits-2.csv"};
    static const struct assay_event_files FILES[] = {{"orders", ORDERS, 1, {0}},
                                                     {"visits", VISITS, 2, {0}}};
    const struct assay_read_options options = {.hooks = scene->hooks,
                                               .events = FILES,
                                               .event_count = 2,
                                               .memory_bytes = 20000,
                                               .has_digests = true,
                                               .threads = 3};
    enum assay_status status = assay_plan_read(EVENTS "plan-day.json", &scene->plan, err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(scene->plan, &scene->dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read(scene->dataset, UNITS, 1, &options, err);
    return status == ASSAY_OK ? conclude(scene, scene->dataset, ASSAY_FORMAT_TABLE, err) : status;
}

static enum assay_status of_large(struct scene *scene, struct assay_error *err)
{
    const char *const paths[] = {large};
    const struct assay_read_options options = {.hooks = scene->hooks, .threads = 3};
    enum assay_status status = assay_plan_read("data/hillstrom.plan.json", &scene->plan, err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(scene->plan, &scene->dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read(scene->dataset, paths, 1, &options, err);
    return status == ASSAY_OK ? conclude(scene, scene->dataset, ASSAY_FORMAT_RESULT, err) : status;
}

typedef enum assay_status way(struct scene *scene, struct assay_error *err);

static way *const WAYS[] = {of_rows, of_columns, of_sums, of_draft, of_events, of_large};
enum { WAY_COUNT = sizeof WAYS / sizeof *WAYS, QUICK = 4 };

static void assert_all_back(struct pool *pool)
{
    ck_assert_int_eq(atomic_load(&pool->blocks), 0);
    ck_assert_int_eq(atomic_load(&pool->errors), 0);
}

/* What a way writes under hooks of the thread; free() it. */
static char *text_under(way *take, const struct assay_hooks *hooks)
{
    struct scene scene = {0};
    struct assay_error err;
    (void)assay_hooks_use(hooks);
    assert_ok(take(&scene, &err), &err);
    (void)assay_hooks_use(NULL);
    char *text = scene.text;
    scene.text = NULL;
    drop(&scene);
    return text;
}

START_TEST(a_thread_takes_memory_from_its_allocator)
{
    for (int w = 0; w < WAY_COUNT; w++) {
        for (int without_resize = 0; without_resize < 2; without_resize++) {
            struct pool pool;
            pool_init(&pool, without_resize);
            const struct assay_hooks hooks = {.allocator = &pool.allocator};
            char *wanted = text_under(WAYS[w], NULL), *text = text_under(WAYS[w], &hooks);
            ck_assert_int_gt(atomic_load(&pool.calls), 20);
            assert_all_back(&pool);
            ck_assert_str_eq(text, wanted);
            free(text); /* texts are the C library's */
            assay_free(wanted);
        }
    }
}
END_TEST

/* The hooks of a call hold for the call alone; those without an allocator leave the thread's. */
START_TEST(a_call_takes_memory_from_its_allocator)
{
    struct pool of_call, of_thread;
    pool_init(&of_call, 0);
    pool_init(&of_thread, 0);
    const struct assay_hooks thread = {.allocator = &of_thread.allocator};
    const struct assay_hooks hooks = {.allocator = &of_call.allocator};
    const struct assay_hooks none = {.deadline_seconds = 1000};
    struct assay_error err;
    (void)assay_hooks_use(&thread);
    for (int w = 0; w < WAY_COUNT; w++) {
        struct scene scene = {.hooks = &hooks};
        assert_ok(WAYS[w](&scene, &err), &err);
        drop(&scene);
    }
    ck_assert_int_gt(atomic_load(&of_call.calls), 200);
    ck_assert_int_gt(atomic_load(&of_thread.calls), 40);
    long before = atomic_load(&of_thread.calls);
    atomic_store(&of_call.calls, 0);
    struct scene scene = {.hooks = &none};
    assert_ok(of_rows(&scene, &err), &err);
    drop(&scene);
    ck_assert_ptr_eq(assay_hooks_use(NULL), &thread);
    ck_assert_int_gt(atomic_load(&of_thread.calls), before + 100);
    ck_assert_int_eq(atomic_load(&of_call.calls), 0);
    assert_all_back(&of_call);
    assert_all_back(&of_thread);
}
END_TEST

/* A zeroed allocator is the C library, for a call under a thread that has another one, too. */
START_TEST(a_zeroed_allocator_is_the_c_library)
{
    static const struct assay_allocator ZEROED;
    struct pool pool;
    struct assay_error err;
    struct scene scene = {.hooks = &(const struct assay_hooks){.allocator = &ZEROED}};
    pool_init(&pool, 0);
    assert_ok(start(&scene, PLAN, &err), &err);
    assert_ok(assay_table_from_csv(CSV, strlen(CSV), "data", &scene.table, &err), &err);
    const struct assay_hooks thread = {.allocator = &pool.allocator};
    const struct assay_read_options options = {.hooks = scene.hooks};
    (void)assay_hooks_use(&thread);
    assert_ok(assay_dataset_read_tables(scene.dataset, &scene.table, NULL, 1, &options, &err),
              &err);
    ck_assert_int_eq(atomic_load(&pool.calls), 0);
    assert_ok(assay_dataset_new(scene.plan, &scene.other, &err), &err);
    ck_assert_int_gt(atomic_load(&pool.calls), 0);
    (void)assay_hooks_use(NULL);
    drop(&scene);
    assert_all_back(&pool);
}
END_TEST

/* A region: nothing goes back one by one, all of it at once. */
static void *from_region(void *context, size_t size)
{
    struct block {
        alignas(max_align_t) struct block *next;
    } **last = context, *block = malloc(sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->next = *last;
    *last = block;
    return block + 1;
}

START_TEST(a_region_is_given_up_as_a_whole)
{
    void **region = NULL;
    const struct assay_allocator allocator = {.allocate = from_region, .context = &region};
    const struct assay_hooks hooks = {.allocator = &allocator};
    struct assay_error err;
    struct scene scene = {0};
    (void)assay_hooks_use(&hooks);
    assert_ok(of_rows(&scene, &err), &err);
    (void)assay_hooks_use(NULL);
    assay_free(scene.text); /* the handles go with the region */
    while (region != NULL) {
        void **next = *region;
        free(region);
        region = next;
    }
}
END_TEST

static void *free_scene(void *scene)
{
    drop(scene);
    return NULL;
}

/* A collector of garbage frees in a thread of its own, which knows nothing of the allocator. */
START_TEST(any_thread_frees)
{
    struct pool pool;
    struct scene scene = {0};
    struct assay_error err;
    pthread_t thread;
    pool_init(&pool, 0);
    const struct assay_hooks hooks = {.allocator = &pool.allocator};
    (void)assay_hooks_use(&hooks);
    assert_ok(of_rows(&scene, &err), &err);
    ck_assert_int_gt(atomic_load(&pool.blocks), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, free_scene, &scene), 0);
    pthread_join(thread, NULL);
    (void)assay_hooks_use(NULL);
    assert_all_back(&pool);
}
END_TEST

static void *run_ways(void *context)
{
    struct pool *pool = context;
    const struct assay_hooks hooks = {.allocator = &pool->allocator};
    for (int i = 0; i < 2; i++)
        for (int w = 0; w < WAY_COUNT; w++)
            free(text_under(WAYS[w], &hooks));
    return NULL;
}

START_TEST(two_threads_have_two_allocators)
{
    struct pool pools[2];
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pool_init(&pools[i], i);
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run_ways, &pools[i]), 0);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_gt(atomic_load(&pools[0].calls), 1000);
    assert_all_back(&pools[0]);
    assert_all_back(&pools[1]);
}
END_TEST

/* Fails one allocation of a way; false when there were not as many. */
static bool fail_one(struct pool *pool, way *take, long at)
{
    struct scene scene = {0};
    struct assay_error err = {.message = ""};
    atomic_store(&pool->calls, 0);
    pool->fails_at = at;
    enum assay_status status = take(&scene, &err);
    drop(&scene);
    assert_all_back(pool);
    bool has_failed = atomic_load(&pool->calls) > at;
    /* A larger room that there is none for is done without where less will do. */
    ck_assert_msg(status == ASSAY_ERROR_MEMORY || status == ASSAY_OK, "allocation %ld: %s", at,
                  err.message);
    return has_failed;
}

START_TEST(each_allocation_may_fail)
{
    struct pool pool;
    pool_init(&pool, 0);
    const struct assay_hooks hooks = {.allocator = &pool.allocator};
    (void)assay_hooks_use(&hooks);
    for (int w = 0; w < WAY_COUNT; w++) {
        long step = w < QUICK ? 1 : 401, at = 0;
        while (fail_one(&pool, WAYS[w], at))
            at += step;
        ck_assert_int_gt(at, 20);
    }
    (void)assay_hooks_use(NULL);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_unchecked_fixture(cases, write_files, NULL);
    tcase_set_timeout(cases, 240.0);
    tcase_add_test(cases, a_thread_takes_memory_from_its_allocator);
    tcase_add_test(cases, a_call_takes_memory_from_its_allocator);
    tcase_add_test(cases, a_zeroed_allocator_is_the_c_library);
    tcase_add_test(cases, a_region_is_given_up_as_a_whole);
    tcase_add_test(cases, any_thread_frees);
    tcase_add_test(cases, two_threads_have_two_allocators);
    tcase_add_test(cases, each_allocation_may_fail);
}

int main(void)
{
    return test_main_apart("allocator", add);
}
