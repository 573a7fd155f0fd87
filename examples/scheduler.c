/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A scheduler: many experiments, each with ten metrics from sufficient statistics, analyzed by a
 * pool of threads that share one plan. Each thread has an arena that the library takes its memory
 * from: what an experiment took is given up as a whole. Usage: scheduler [EXPERIMENTS [THREADS]]
 */
#include <assay.h>
#include <pthread.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { METRICS = 10, GROUPS = 2, THREADS_MAX = 64, BLOCK_BYTES = 256 * 1024 };

/* Memory of one thread, in blocks; within a block it is only ever taken. */
struct block {
    struct block *before;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *last;
    size_t taken, most; /* bytes, of the experiment at hand and of the one that took most */
};

static void *arena_take(void *context, size_t size)
{
    struct arena *arena = context;
    struct block *block = arena->last;
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    if (block == NULL || block->size - block->used < size) {
        size_t room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
        block = malloc(sizeof *block + room);
        if (block == NULL)
            return NULL;
        *block = (struct block){.before = arena->last, .size = room};
        arena->last = block;
    }
    block->used += size;
    arena->taken += size;
    return block->bytes + block->used - size;
}

/* Gives up all that was taken but the first block, which the next experiment takes from. */
static void arena_reset(struct arena *arena, int keeps_first)
{
    while (arena->last != NULL && (!keeps_first || arena->last->before != NULL)) {
        struct block *before = arena->last->before;
        free(arena->last);
        arena->last = before;
    }
    if (arena->last != NULL)
        arena->last->used = 0;
    if (arena->taken > arena->most)
        arena->most = arena->taken;
    arena->taken = 0;
}

struct pool {
    pthread_mutex_t lock;
    const struct assay_plan *plan;
    int next, count;
    int significant;
    size_t bytes, most;       /* of results; of memory that an experiment took */
    enum assay_status status; /* of the first experiment that failed */
    struct assay_error err;
};

static const char *const NAMES[METRICS] = {"m0", "m1", "m2", "m3", "m4",
                                           "m5", "m6", "m7", "m8", "m9"};

static enum assay_status make_plan(struct assay_plan **plan, struct assay_error *err)
{
    char place[64];
    struct assay_draft *draft = NULL;
    enum assay_status status = assay_draft_new(&draft, err);
    if (status == ASSAY_OK)
        status = assay_draft_set_text(draft, "/comparisons/baseline", "control", err);
    for (int m = 0; status == ASSAY_OK && m < METRICS; m++) {
        const char *const values[][2] = {
            {"id", NAMES[m]}, {"role", m == 0 ? "success" : "guardrail"}, {"type", "mean"}};
        for (int v = 0; status == ASSAY_OK && v < 3; v++) {
            snprintf(place, sizeof place, "/metrics/%d/%s", m, values[v][0]);
            status = assay_draft_set_text(draft, place, values[v][1], err);
        }
    }
    if (status == ASSAY_OK)
        status = assay_draft_plan(draft, plan, err);
    assay_draft_free(draft);
    return status;
}

/* What a warehouse has counted for an experiment; here: made up from its number. */
static enum assay_status make_table(int experiment, double figures[METRICS][GROUPS][2],
                                    struct assay_figures rows[METRICS * GROUPS],
                                    struct assay_table **table, struct assay_error *err)
{
    static const char *const IDS[GROUPS] = {"control", "variant"};
    memset(rows, 0, METRICS * GROUPS * sizeof *rows);
    for (int m = 0; m < METRICS; m++)
        for (int g = 0; g < GROUPS; g++) {
            double lift = g == 0 ? 0.0 : 0.001 * ((experiment * 7 + m * 3) % 101 - 50);
            figures[m][g][0] = 5.0 + m + lift;
            figures[m][g][1] = 2.5 + 0.25 * m;
            rows[m * GROUPS + g] = (struct assay_figures){.metric = NAMES[m],
                                                          .group = IDS[g],
                                                          .n = 50000,
                                                          .means = &figures[m][g][0],
                                                          .covariances = &figures[m][g][1]};
        }
    return assay_table_from_figures(rows, METRICS * GROUPS, NULL, table, err);
}

/* Would send the text on its way; here it is counted. */
static enum assay_status count_bytes(void *context, const char *text, size_t length,
                                     struct assay_error *err)
{
    size_t *bytes = context;
    (void)text, (void)err;
    *bytes += length;
    return ASSAY_OK;
}

/*
 * Analyzes an experiment and writes its AnalysisResult. The handles are freed although their memory
 * goes with the arena: they let go of the plan, which all threads share.
 */
static enum assay_status run(const struct assay_plan *plan, int experiment, int *significant,
                             size_t *bytes, struct assay_error *err)
{
    double figures[METRICS][GROUPS][2];
    struct assay_figures rows[METRICS * GROUPS];
    struct assay_table *table = NULL;
    struct assay_dataset *dataset = NULL;
    struct assay_analysis *analysis = NULL;
    struct assay_result result;
    const struct assay_sink sink = {count_bytes, bytes};
    enum assay_status status = make_table(experiment, figures, rows, &table, err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(plan, &dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read_tables(dataset, &table, NULL, 1, NULL, err);
    if (status == ASSAY_OK)
        status = assay_dataset_analyze(dataset, &analysis, err);
    if (status == ASSAY_OK && assay_analysis_result(analysis, 0, &result))
        *significant = result.significant == ASSAY_YES;
    if (status == ASSAY_OK)
        status = assay_analysis_stream(analysis, ASSAY_FORMAT_RESULT, NULL, &sink, err);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_table_free(table);
    return status;
}

static void *work(void *context)
{
    struct pool *pool = context;
    struct arena arena = {0};
    const struct assay_allocator allocator = {.allocate = arena_take, .context = &arena};
    const struct assay_hooks hooks = {.allocator = &allocator};
    (void)assay_hooks_use(&hooks); /* of this thread */
    for (;;) {
        pthread_mutex_lock(&pool->lock);
        int experiment = pool->status == ASSAY_OK && pool->next < pool->count ? pool->next++ : -1;
        pthread_mutex_unlock(&pool->lock);
        if (experiment < 0)
            break;
        int significant = 0;
        size_t bytes = 0;
        struct assay_error err;
        enum assay_status status = run(pool->plan, experiment, &significant, &bytes, &err);
        arena_reset(&arena, 1);
        pthread_mutex_lock(&pool->lock);
        pool->significant += significant;
        pool->bytes += bytes;
        if (status != ASSAY_OK && pool->status == ASSAY_OK) {
            pool->status = status;
            pool->err = err;
        }
        pthread_mutex_unlock(&pool->lock);
    }
    (void)assay_hooks_use(NULL);
    arena_reset(&arena, 0);
    pthread_mutex_lock(&pool->lock);
    if (arena.most > pool->most)
        pool->most = arena.most;
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

int main(int argc, char **argv)
{
    struct pool pool = {.count = argc > 1 ? atoi(argv[1]) : 1000};
    int threads = argc > 2 ? atoi(argv[2]) : 2;
    struct assay_plan *plan = NULL;
    pthread_t ids[THREADS_MAX];
    struct timespec begin, end;
    if (pool.count < 1 || threads < 1 || threads > THREADS_MAX) {
        fprintf(stderr, "usage: scheduler [EXPERIMENTS [THREADS]], at most %d threads\n",
                THREADS_MAX);
        return 2;
    }
    pool.status = make_plan(&plan, &pool.err);
    pool.plan = plan;
    pthread_mutex_init(&pool.lock, NULL);
    timespec_get(&begin, TIME_UTC);
    int started = 0;
    while (started < threads && pthread_create(&ids[started], NULL, work, &pool) == 0)
        started++;
    if (started == 0)
        work(&pool);
    for (int i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    timespec_get(&end, TIME_UTC);
    if (pool.status == ASSAY_OK)
        printf("%d experiments, %d metrics each: %d significant, %zu bytes of results\n",
               pool.count, METRICS, pool.significant, pool.bytes);
    else
        fprintf(stderr, "%s\n", pool.err.message);
    fprintf(stderr, "%.3f s on %d threads, at most %zu bytes of memory an experiment\n",
            (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec),
            started, pool.most);
    pthread_mutex_destroy(&pool.lock);
    assay_plan_free(plan);
    return assay_status_exit_code(pool.status);
}
