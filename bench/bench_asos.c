/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Times many experiments with all their looks in one process: sufficient statistics in memory to
 * written results, under each horizon, on one thread and on two.
 *
 *     bench_asos [SET.csv|made [RUNS [HORIZON [FOLDER]]]]
 *
 * SET.csv is the whole ASOS set as it is published (data/README.md), 78 experiments. Without it the
 * experiment that ships with assay is analysed 78 times; "made" is 1,000 experiments that are made
 * up, of 10 metrics at 30 looks each, daily, with a few thousand units more a day. RUNS is 11
 * unless given; with 0 every experiment is analysed once, on one thread, for a counter of
 * instructions. FOLDER receives sums, plan and result of each, as NAME.csv, NAME.plan.json and
 * NAME.result.json. One JSON line a case: wall and processor time, median and least of the runs,
 * rows of sums, bytes of the results.
 *
 * Each thread has a region that the library takes its memory from, given up as a whole after each
 * experiment, and room for a result, which a sink fills: as in examples/scheduler.c.
 */
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/index.h"
#include "base/text.h"
#include "timing.h"

enum { COPIES = 78, MADE = 1000, MADE_METRICS = 10, MADE_LOOKS = 30, METRICS = 4 };
enum { RUNS_MAX = 101, FIELDS = 10, THREADS = 2, NAME_BYTES = 32 };

struct experiment {
    char name[NAME_BYTES];
    struct assay__text sums, plan;
    char *result;
    size_t result_length;
    struct assay__index controls; /* metric and time of those that were written */
    double size;                  /* units of all groups at the last look */
    uint64_t rows;
};

static struct experiment experiments[MADE];
static size_t experiment_count, metric_count = METRICS;
static atomic_size_t next;
static bool keeps_results;

static void fail(const char *what)
{
    fprintf(stderr, "bench_asos: %s\n", what);
    exit(EXIT_FAILURE);
}

static struct experiment *experiment_named(const char *name)
{
    for (size_t i = experiment_count; i > 0; i--)
        if (strcmp(experiments[i - 1].name, name) == 0)
            return &experiments[i - 1];
    if (experiment_count == MADE)
        fail("too many experiments");
    struct experiment *experiment = &experiments[experiment_count++];
    snprintf(experiment->name, NAME_BYTES, "%s", name);
    assay__text_puts(&experiment->sums, "metric,group,time,n,mean,variance\n");
    return experiment;
}

/* A row of the set is a variant's and, once for each metric and time, the control's. */
static void add_row(char *fields[FIELDS])
{
    struct experiment *experiment = experiment_named(fields[0]);
    char time[32], key[64];
    time_t seconds = 1577836800 + (time_t)(strtod(fields[3], NULL) * 86400.0 + 0.5);
    struct tm calendar;
    uint32_t number, before = experiment->controls.count;
    struct assay_error err;
    gmtime_r(&seconds, &calendar);
    strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", &calendar);
    int length = snprintf(key, sizeof key, "%.20s %s", fields[2], time);
    check(assay__index_add(&experiment->controls, key, (size_t)length, 1000000, &number, &err),
          &err);
    if (experiment->controls.count > before)
        assay__text_format(&experiment->sums, "metric-%s,control,%s,%s,%s,%s\n", fields[2], time,
                           fields[4], fields[6], fields[8]);
    assay__text_format(&experiment->sums, "metric-%s,variant-%s,%s,%s,%s,%s\n", fields[2],
                       fields[1], time, fields[5], fields[7], fields[9]);
    experiment->rows += 1 + experiment->controls.count - before;
    experiment->size = fmax(experiment->size, strtod(fields[4], NULL) + strtod(fields[5], NULL));
}

static FILE *open_file(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    if (file == NULL)
        fail(path);
    return file;
}

static void read_set(const char *path)
{
    char line[512], *fields[FIELDS];
    FILE *file = open_file(path, "r");
    for (bool is_header = true; fgets(line, sizeof line, file) != NULL; is_header = false) {
        line[strcspn(line, "\r\n")] = '\0';
        char *at = line;
        for (size_t i = 0; i < FIELDS; i++) {
            fields[i] = at;
            at += strcspn(at, ",");
            if (*at == ',')
                *at++ = '\0';
        }
        if (!is_header)
            add_row(fields);
    }
    fclose(file);
}

static void copy_one(const char *path)
{
    char line[512];
    struct assay__text sums = {0};
    FILE *file = open_file(path, "r");
    uint64_t lines = 0;
    for (; fgets(line, sizeof line, file) != NULL; lines++)
        assay__text_puts(&sums, line);
    fclose(file);
    for (; experiment_count < COPIES; experiment_count++) {
        struct experiment *experiment = &experiments[experiment_count];
        snprintf(experiment->name, NAME_BYTES, "copy-%zu", experiment_count + 1);
        assay__text_append(&experiment->sums, sums.data, sums.length);
        experiment->rows = lines - 1;
        experiment->size = 5e6;
    }
    assay__text_release(&sums);
}

static double made_share(uint64_t *state)
{
    return (double)(next_random(state) >> 11) * 0x1p-53;
}

/* Sums of one group at a look. A binary metric has no variance of its own. */
static void make_row(struct experiment *experiment, size_t metric, const char *group, int look,
                     double n, uint64_t *state)
{
    double noise = (made_share(state) - 0.5) / sqrt(n);
    int64_t time = INT64_C(1577836800) + INT64_C(86400) * look;
    if (metric == 1)
        assay__text_format(&experiment->sums, "metric-1,%s,%" PRId64 ",%.0f,%.17g,\n", group, time,
                           n, round(n * (0.1 + 0.3 * noise)) / n);
    else
        assay__text_format(&experiment->sums, "metric-%zu,%s,%" PRId64 ",%.0f,%.15g,%.15g\n",
                           metric, group, time, n, (double)metric + noise,
                           1.0 + 0.1 * made_share(state));
    experiment->rows++;
}

static void make_one(struct experiment *experiment, size_t number)
{
    uint64_t state = number;
    double units[2] = {0.0, 0.0};
    snprintf(experiment->name, NAME_BYTES, "made-%zu", number);
    assay__text_puts(&experiment->sums, "metric,group,time,n,mean,variance\n");
    for (int look = 1; look <= MADE_LOOKS; look++) {
        double day = floor(2000.0 + 4000.0 * made_share(&state));
        double control = floor(day * (0.5 + 0.01 * (made_share(&state) - 0.5)));
        units[0] += control;
        units[1] += day - control;
        for (size_t metric = 1; metric <= MADE_METRICS; metric++) {
            make_row(experiment, metric, "control", look, units[0], &state);
            make_row(experiment, metric, "variant-1", look, units[1], &state);
        }
    }
    experiment->size = units[0] + units[1];
}

static void make_all(void)
{
    for (metric_count = MADE_METRICS; experiment_count < MADE; experiment_count++)
        make_one(&experiments[experiment_count], experiment_count + 1);
}

/* The plan of an experiment: metric 1 is binary, no effects are planned. */
static void write_plan(struct experiment *experiment, const char *horizon)
{
    struct assay__text *plan = &experiment->plan;
    plan->length = 0;
    assay__text_format(plan, "{\"parent\": \"workflows/web/instances/asos-%s\",\n",
                       experiment->name);
    assay__text_format(plan, " \"comparisons\": {\"baseline\": \"control\"},\n");
    assay__text_format(plan, " \"horizon\": {\"type\": \"%s\"", horizon);
    if (strcmp(horizon, "groupSequential") == 0)
        assay__text_format(plan,
                           ", \"expectedSampleSize\": %.0f, "
                           "\"spending\": {\"family\": \"obrienFleming\"}",
                           experiment->size);
    assay__text_puts(plan, "},\n \"metrics\": [{\"id\": \"metric-1\", \"type\": \"proportion\"}");
    for (size_t metric = 2; metric <= metric_count; metric++)
        assay__text_format(plan, ",\n             {\"id\": \"metric-%zu\"}", metric);
    assay__text_puts(plan, "]}\n");
}

/* A result is kept until the next one, or thrown away, as a program does that has posted it. */
/* Memory of a thread: blocks, and one as large as all of them the next time. */
struct region {
    struct block {
        struct block *before;
        size_t size, used;
    } * last;
    size_t room; /* of the next block at least */
};
enum { UNIT = 16, HEAD = (sizeof(struct block) + UNIT - 1) / UNIT * UNIT };

static void *region_take(void *context, size_t size)
{
    struct region *region = context;
    struct block *block = region->last;
    size = (size + UNIT - 1) / UNIT * UNIT;
    if (block == NULL || block->size - block->used < size) {
        size_t room = size + HEAD > region->room ? size + HEAD : region->room;
        block = malloc(room);
        if (block == NULL)
            return NULL;
        *block = (struct block){region->last, room, HEAD};
        region->last = block;
    }
    block->used += size;
    return (char *)block + block->used - size;
}

static void region_free(struct region *region)
{
    while (region->last != NULL) {
        struct block *before = region->last->before;
        free(region->last);
        region->last = before;
    }
}

static void region_reset(struct region *region)
{
    size_t room = 0;
    for (const struct block *block = region->last; block != NULL; block = block->before)
        room += block->size;
    if (region->last != NULL && region->last->before == NULL) {
        region->last->used = HEAD;
        return;
    }
    region_free(region);
    region->room = room;
}

static enum assay_status keep_text(void *context, const char *text, size_t length,
                                   struct assay_error *err)
{
    struct assay__text *result = context;
    (void)err;
    assay__text_append(result, text, length);
    return result->failed ? ASSAY_ERROR_MEMORY : ASSAY_OK;
}

static void analyze(struct experiment *experiment, bool is_kept, struct assay__text *result)
{
    static const struct assay_read_options READ_OPTIONS = {.threads = 1};
    static const struct assay_write_options WRITE_OPTIONS;
    struct assay_error err;
    struct assay_plan *plan;
    struct assay_table *table;
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    check(assay_plan_parse(experiment->plan.data, experiment->plan.length, "plan", &plan, &err),
          &err);
    check(assay_table_from_csv(experiment->sums.data, experiment->sums.length, experiment->name,
                               &table, &err),
          &err);
    check(assay_dataset_new(plan, &dataset, &err), &err);
    check(assay_dataset_read_tables(dataset, &table, NULL, 1, &READ_OPTIONS, &err), &err);
    check(assay_dataset_analyze(dataset, &analysis, &err), &err);
    const struct assay_sink sink = {keep_text, result};
    result->length = 0;
    check(assay_analysis_stream(analysis, ASSAY_FORMAT_RESULT, &WRITE_OPTIONS, &sink, &err), &err);
    experiment->result_length = result->length;
    if (is_kept) {
        free(experiment->result);
        experiment->result = strndup(result->data, result->length);
        if (experiment->result == NULL)
            fail("no memory");
    }
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_plan_free(plan);
}

static void *work(void *unused)
{
    (void)unused;
    struct region region = {.room = 1 << 20};
    struct assay__text result = {0};
    const struct assay_allocator allocator = {.allocate = region_take, .context = &region};
    const struct assay_hooks hooks = {.allocator = &allocator};
    assay__text_reserve(&result, 1 << 20);
    (void)assay_hooks_use(&hooks);
    for (size_t i; (i = atomic_fetch_add(&next, 1)) < experiment_count;) {
        analyze(&experiments[i], keeps_results, &result);
        region_reset(&region);
    }
    (void)assay_hooks_use(NULL);
    assay__text_release(&result);
    region_free(&region);
    return NULL;
}

static void analyze_all(size_t threads)
{
    pthread_t pool[THREADS];
    atomic_store(&next, 0);
    for (size_t t = 1; t < threads; t++)
        if (pthread_create(&pool[t], NULL, work, NULL) != 0)
            fail("no thread");
    work(NULL);
    for (size_t t = 1; t < threads; t++)
        pthread_join(pool[t], NULL);
}

static void report(const char *set, const char *horizon, size_t threads, size_t runs)
{
    double wall[RUNS_MAX], cpu[RUNS_MAX];
    uint64_t rows = 0;
    size_t bytes = 0;
    for (size_t run = 0; run < runs; run++) {
        double start = now_ns(CLOCK_MONOTONIC), start_cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
        analyze_all(threads);
        wall[run] = (now_ns(CLOCK_MONOTONIC) - start) / 1e6;
        cpu[run] = (now_ns(CLOCK_PROCESS_CPUTIME_ID) - start_cpu) / 1e6;
    }
    for (size_t i = 0; i < experiment_count; i++) {
        rows += experiments[i].rows;
        bytes += experiments[i].result_length;
    }
    double median = sort_times(wall, runs), median_cpu = sort_times(cpu, runs);
    printf("{\"bench\":\"asos\",\"set\":\"%s\",\"horizon\":\"%s\",\"threads\":%zu,"
           "\"experiments\":%zu,\"rows\":%" PRIu64 ",\"result_bytes\":%zu,\"runs\":%zu,"
           "\"wall_ms\":%.1f,\"least_wall_ms\":%.1f,\"cpu_ms\":%.1f,\"least_cpu_ms\":%.1f}\n",
           set, horizon, threads, experiment_count, rows, bytes, runs, median, wall[0], median_cpu,
           cpu[0]);
}

static void keep(const char *folder, const char *name, const char *ending, const char *text,
                 size_t length)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    FILE *file = open_file(path, "w");
    if (fwrite(text, 1, length, file) != length || fclose(file) != 0)
        fail(path);
}

static void keep_all(const char *folder)
{
    struct assay__text result = {0};
    for (size_t i = 0; i < experiment_count; i++) {
        struct experiment *own = &experiments[i];
        if (own->result == NULL)
            analyze(own, true, &result);
        keep(folder, own->name, ".csv", own->sums.data, own->sums.length);
        keep(folder, own->name, ".plan.json", own->plan.data, own->plan.length);
        keep(folder, own->name, ".result.json", own->result, own->result_length);
    }
    assay__text_release(&result);
}

int main(int argc, char **argv)
{
    static const char *const HORIZONS[] = {"fixed", "groupSequential", "alwaysValid"};
    const char *set = argc > 1 && argv[1][0] != '\0' ? argv[1] : NULL;
    bool is_made = set != NULL && strcmp(set, "made") == 0;
    const char *name = is_made ? "made" : set != NULL ? "asos" : "copies";
    long runs = argc > 2 ? strtol(argv[2], NULL, 10) : 11;
    if (argc > 5 || runs < 0 || runs > RUNS_MAX) {
        fprintf(stderr, "usage: bench_asos [SET.csv|made [RUNS [HORIZON [FOLDER]]]]\n");
        return 2;
    }
    keeps_results = !is_made;
    if (is_made)
        make_all();
    else if (set != NULL)
        read_set(set);
    else
        copy_one("data/asos-b3280a.csv");
    for (size_t h = 0; h < sizeof HORIZONS / sizeof *HORIZONS; h++) {
        if (argc > 3 && strcmp(argv[3], HORIZONS[h]) != 0)
            continue;
        for (size_t i = 0; i < experiment_count; i++)
            write_plan(&experiments[i], HORIZONS[h]);
        analyze_all(1);
        for (size_t threads = 1; runs > 0 && threads <= THREADS; threads++)
            report(name, HORIZONS[h], threads, (size_t)runs);
        if (argc > 4)
            keep_all(argv[4]);
    }
    for (size_t i = 0; i < experiment_count; i++) {
        assay__index_release(&experiments[i].controls);
        assay__text_release(&experiments[i].sums);
        assay__text_release(&experiments[i].plan);
        free(experiments[i].result);
    }
    return EXIT_SUCCESS;
}
