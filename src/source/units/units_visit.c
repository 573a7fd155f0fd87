/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gathered units on their way to the dataset: part by part, by several threads. Where there is
 * a single look, each thread adds up columns of its own; the units that do not fit there, and all
 * where looks differ, are added one by one under the lock.
 */
#include "source/units/units_visit.h"

#include "base/error.h"
#include "base/memory.h"
#include "source/scan/scan_file.h"
#include "source/scan/scan_gathered.h"
#include "source/units/cap.h"
#include "source/units/units_checks.h"

enum { UNITS_A_CHECK = 1024 };

/* Fewer units than take so much are added before a thread begins. */
static const size_t BYTES_A_THREAD = (size_t)4 << 20;

/* What the threads share. */
struct job {
    struct assay__units *units;
    const struct assay__looks *looks;
    const struct assay_allocator *allocator; /* of the thread that made the call */
    bool uses_all_rows;                      /* some metric puts the rows of source 0 together */
    bool by_columns;
    int64_t complete; /* the longest time until a metric's window is complete */
    uint32_t thread_count;
    atomic_uint next_part;
    atomic_bool stops;
    atomic_ullong units_seen;
    pthread_mutex_t lock;                /* of what follows, and of the dataset */
    struct assay__unit_looks unit_looks; /* adds units one by one */
};

struct worker {
    struct job *job;
    struct assay__scan_gathered gathered;
    struct assay__folder folder;
    struct assay__number *folds; /* [fold_count]: of the unit at hand */
    struct assay_counts counts;
    uint64_t units_seen, units_repeat, units_differ, unknown;
    enum assay_status status;
    struct assay_error error;
    bool reports; /* progress: the thread of the call */
    bool has_thread;
    pthread_t thread;
};

/* Whether the unit counts in all metrics at the single look. */
static bool is_complete(const struct job *job, const struct assay__exposure *unit)
{
    int64_t end;
    if (job->complete == 0)
        return true;
    return !__builtin_add_overflow(unit->first_ns, job->complete, &end) &&
           end <= job->looks->at[0].complete;
}

static enum assay_status add_by_columns(struct worker *worker, const struct assay__exposure *unit,
                                        struct assay__records records, bool *is_taken,
                                        struct assay_error *err)
{
    const struct assay__binding *binding = &worker->job->units->binding;
    enum assay_status status = ASSAY_OK;
    if (records.count > 0)
        status = assay__folder_load(&worker->folder, unit->partials, records, err);
    for (uint32_t f = 0; status == ASSAY_OK && records.count > 0 && f < binding->fold_count; f++)
        status = assay__folder_number(&worker->folder, f, unit->first_ns,
                                      worker->job->looks->at[0].end, &worker->folds[f], err);
    if (status != ASSAY_OK)
        return status;
    return assay__scan_gathered_add(&worker->gathered, unit,
                                    records.count > 0 ? worker->folds : NULL, is_taken, err);
}

static enum assay_status add_at_looks(struct worker *worker, const struct assay__exposure *unit,
                                      struct assay__records records, struct assay_error *err)
{
    struct job *job = worker->job;
    bool is_taken = false;
    bool is_in_two_groups = unit->second_ns != INT64_MAX;
    if (job->by_columns && is_in_two_groups)
        return ASSAY_OK; /* all its looks end before it is in the second one */
    if (job->by_columns && is_complete(job, unit)) {
        enum assay_status status = add_by_columns(worker, unit, records, &is_taken, err);
        if (status != ASSAY_OK || is_taken)
            return status;
    }
    pthread_mutex_lock(&job->lock);
    enum assay_status status = assay__unit_looks_add(&job->unit_looks, unit, records, err);
    pthread_mutex_unlock(&job->lock);
    return status;
}

/* Asks whether to go on, and reports how many units were seen. */
static enum assay_status check(struct worker *worker, struct assay_error *err)
{
    struct job *job = worker->job;
    unsigned long long seen = atomic_fetch_add(&job->units_seen, UNITS_A_CHECK);
    if (worker->reports)
        return assay__halt_progress(job->units->halt, "units", seen, 0, err);
    return assay__halt_check(job->units->halt, err);
}

/* Adds a gathered unit, or counts why it is not added. */
static enum assay_status add_unit(void *context, const struct assay__exposure *unit,
                                  struct assay__records records, struct assay_error *err)
{
    struct worker *worker = context;
    struct assay_counts *counts = &worker->counts;
    bool uses_all_rows = worker->job->uses_all_rows;
    bool in_two_groups = unit->second_ns != INT64_MAX;
    if (worker->units_seen++ % UNITS_A_CHECK == 0) {
        enum assay_status status = check(worker, err);
        if (status != ASSAY_OK)
            return status;
    }
    worker->units_repeat += unit->rows > 1;
    if (in_two_groups) {
        counts->units_in_two_groups++;
        counts->rows_in_two_groups += unit->rows;
    } else if (unit->differs) {
        worker->units_differ++;
        return ASSAY_OK;
    } else if (unit->is_unclear) {
        counts->units_unclear++;
        counts->rows_unclear += unit->rows;
    } else {
        counts->rows_used += uses_all_rows ? unit->rows : 1;
        counts->rows_duplicate += uses_all_rows ? 0 : unit->rows - 1;
    }
    *(in_two_groups || unit->is_unclear ? &counts->events_excluded : &counts->events_used) +=
        unit->event_rows;
    if (unit->is_unclear || unit->differs)
        return ASSAY_OK;
    return add_at_looks(worker, unit, records, err);
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct job *job = worker->job;
    const struct assay_allocator *before = assay__allocator_lend(job->allocator);
    while (worker->status == ASSAY_OK && !atomic_load(&job->stops)) {
        uint32_t part = atomic_fetch_add(&job->next_part, 1);
        if (part >= ASSAY__SPILL_PARTS)
            break;
        worker->status = assay__gather_visit(&job->units->gather, part, job->thread_count, add_unit,
                                             worker, &worker->unknown, &worker->error);
    }
    if (worker->status != ASSAY_OK)
        atomic_store(&job->stops, true);
    (void)assay__allocator_lend(before);
    return NULL;
}

static enum assay_status begin(struct worker *worker, struct job *job, struct assay_error *err)
{
    struct assay__units *units = job->units;
    const struct assay__binding *binding = &units->binding;
    worker->job = job;
    if (!job->by_columns)
        return ASSAY_OK;
    enum assay_status status = assay__folder_init(&worker->folder, binding, err);
    if (status == ASSAY_OK)
        status = assay__scan_gathered_init(&worker->gathered, &units->tally, &job->lock, err);
    if (status != ASSAY_OK)
        return status;
    worker->folds = assay__calloc((size_t)binding->fold_count + 1, sizeof *worker->folds);
    return worker->folds == NULL ? assay__fail_memory(err) : ASSAY_OK;
}

/* Brings what a worker found together with the rest. */
static enum assay_status end(struct worker *worker, struct assay_error *err)
{
    struct assay__units *units = worker->job->units;
    struct assay_counts *counts = assay__dataset_mutable_counts(units->dataset);
    const struct assay_counts *more = &worker->counts;
    if (worker->status != ASSAY_OK) {
        if (err != NULL)
            *err = worker->error;
        return worker->status;
    }
    counts->rows_used += more->rows_used;
    counts->rows_duplicate += more->rows_duplicate;
    counts->units_in_two_groups += more->units_in_two_groups;
    counts->rows_in_two_groups += more->rows_in_two_groups;
    counts->units_unclear += more->units_unclear;
    counts->rows_unclear += more->rows_unclear;
    counts->events_used += more->events_used;
    counts->events_excluded += more->events_excluded;
    counts->events_unexposed += worker->unknown;
    units->units_seen += worker->units_seen;
    units->units_repeat += worker->units_repeat;
    units->units_differ += worker->units_differ;
    return worker->job->by_columns ? assay__scan_gathered_end(&worker->gathered, err) : ASSAY_OK;
}

static void release(struct worker *worker)
{
    assay__folder_release(&worker->folder);
    assay__scan_gathered_release(&worker->gathered);
    assay__free(worker->folds);
}

static enum assay_status run(struct job *job, struct assay_error *err)
{
    uint32_t count = job->thread_count;
    struct worker *workers = assay__calloc(count, sizeof *workers);
    if (workers == NULL)
        return assay__fail_memory(err);
    workers[0].reports = true;
    enum assay_status status = assay__halt_progress(job->units->halt, "units", 0, 0, err);
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++)
        status = begin(&workers[i], job, err);
    for (uint32_t i = 1; status == ASSAY_OK && i < count; i++)
        workers[i].has_thread = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    if (status == ASSAY_OK)
        work(&workers[0]);
    for (uint32_t i = 1; i < count; i++)
        if (workers[i].has_thread)
            pthread_join(workers[i].thread, NULL);
    for (uint32_t i = 0; i < count; i++) {
        if (status == ASSAY_OK)
            status = end(&workers[i], err);
        release(&workers[i]);
    }
    assay__free(workers);
    return status;
}

/* Whether a metric takes its value from one row of a unit, so that all of them must agree. */
static bool takes_one_row(const struct assay_plan *plan)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (!plan->metrics[m].measure.has_aggregation && plan->metrics[m].measure.events == NULL)
            return true;
    return false;
}

/*
 * Rows of a unit that hold other numbers are measurements to be put together, and how is for the
 * plan to say: any choice made here would be a guess. Where every metric says it, covariates
 * differ.
 */
static enum assay_status check_repeats(const struct assay__units *units, struct assay_error *err)
{
    unsigned long long repeat = units->units_repeat, seen = units->units_seen,
                       differ = units->units_differ;
    if (differ == 0)
        return ASSAY_OK;
    if (!takes_one_row(units->binding.plan))
        return assay__fail(
            err, ASSAY_ERROR_DATA,
            "%llu of %llu units have several rows, and the covariates of %llu of them differ from "
            "row to row. A covariate is measured before the exposure, so that all rows of a unit "
            "hold the same value: leave out covariates that do not.",
            repeat, seen, differ);
    enum assay_status status = assay__fail(
        err, ASSAY_ERROR_DATA,
        "%llu of %llu units have several rows, and the values of %llu of them differ from row to "
        "row: the rows are events, not units. Say how the rows of a unit become its value: the "
        "metric's \"aggregation\" is \"sum\", \"count\", \"countDistinct\", \"mean\", \"min\", "
        "\"max\", \"first\" or \"last\".",
        repeat, seen, differ);
    return assay__fail_reason(err, status, ASSAY_REASON_UNITS_REPEAT);
}

/* How units are added, which hangs on the caps that were found. */
static void choose(struct job *job)
{
    const struct assay__units *units = job->units;
    const struct assay__binding *binding = &units->binding;
    job->by_columns = !assay__units_is_careful(units) && assay__scan_gathered_takes(&units->tally);
    for (uint32_t m = 0; m < binding->plan->metric_count; m++) {
        const struct assay__metric_use *use = &binding->metrics[m];
        if (use->has_folds && use->complete > job->complete)
            job->complete = use->complete;
    }
    bool is_large = assay__gather_bytes(&units->gather) >= BYTES_A_THREAD;
    job->thread_count = job->by_columns && units->is_threaded && is_large
                            ? assay__scan_threads(units->options->threads)
                            : 1;
    for (uint32_t c = 0; c < binding->channel_count; c++)
        job->uses_all_rows = job->uses_all_rows || binding->channels[c].source == 0;
}

enum assay_status assay__units_visit(struct assay__units *units, const struct assay__looks *looks,
                                     struct assay_error *err)
{
    struct job job = {.units = units, .looks = looks, .allocator = assay__allocator_now()};
    uint64_t unknown = 0;
    pthread_mutex_init(&job.lock, NULL);
    enum assay_status status = assay__unit_looks_init(&job.unit_looks, looks, &units->tally, err);
    if (status == ASSAY_OK)
        status = assay__gather_end(&units->gather, &unknown, err);
    if (status == ASSAY_OK)
        status = assay__cap_find(&job.unit_looks, &units->gather, units->halt, err);
    choose(&job);
    if (status == ASSAY_OK)
        status = run(&job, err);
    assay__dataset_mutable_counts(units->dataset)->events_unexposed += unknown;
    assay__unit_looks_release(&job.unit_looks);
    pthread_mutex_destroy(&job.lock);
    return status == ASSAY_OK ? check_repeats(units, err) : status;
}
