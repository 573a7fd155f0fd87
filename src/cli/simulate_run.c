/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All experiments of a scenario, on several threads: each writes to the places of its numbers. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/progress.h"
#include "cli/simulate.h"

/* What the threads share. */
struct shared {
    const struct simulation *simulation;
    enum simulate_scenario scenario;
    struct simulate_outcomes *outcomes;
    atomic_uint_fast64_t next;
    atomic_bool failed;
};

/* A thread, and what went wrong in it first. */
struct thread {
    struct shared *shared;
    pthread_t id;
    bool is_first; /* the command's own: it tells how far all are */
    enum assay_status status;
    struct assay_error err;
};

static const char *const STAGES[] = {
    [SIMULATE_NO_EFFECT] = "without effect", [SIMULATE_EFFECT] = "with effect"};

static void *run_thread(void *context)
{
    struct thread *thread = context;
    struct shared *shared = thread->shared;
    const struct simulation *simulation = shared->simulation;
    struct simulate_worker *worker = simulate_worker_new(simulation);
    thread->status = worker == NULL ? assay__fail_memory(&thread->err) : ASSAY_OK;
    while (thread->status == ASSAY_OK && !atomic_load(&shared->failed)) {
        uint64_t index = atomic_fetch_add(&shared->next, 1);
        if (index >= simulation->experiments)
            break;
        if (thread->is_first)
            progress_tell(STAGES[shared->scenario], index, simulation->experiments);
        size_t place = (size_t)index * simulation->treatment_count;
        thread->status = simulate_experiment(
            worker, shared->scenario, index, &shared->outcomes->treatments[place],
            &shared->outcomes->metrics[place * simulation->plan.metric_count], &thread->err);
    }
    if (thread->status != ASSAY_OK)
        atomic_store(&shared->failed, true);
    simulate_worker_free(worker);
    return NULL;
}

enum assay_status simulate_run(const struct simulation *simulation, enum simulate_scenario scenario,
                               struct simulate_outcomes *outcomes, struct assay_error *err)
{
    size_t places = (size_t)simulation->experiments * simulation->treatment_count;
    struct shared shared = {simulation, scenario, outcomes, 0, false};
    struct thread *threads = calloc(simulation->threads, sizeof *threads);
    outcomes->treatments = calloc(places + 1, sizeof *outcomes->treatments);
    outcomes->metrics =
        calloc(places * simulation->plan.metric_count + 1, sizeof *outcomes->metrics);
    if (threads == NULL || outcomes->treatments == NULL || outcomes->metrics == NULL) {
        free(threads);
        return assay__fail_memory(err);
    }
    uint32_t started = 0;
    for (uint32_t i = 1; i < simulation->threads; i++) {
        threads[i].shared = &shared;
        if (pthread_create(&threads[i].id, NULL, run_thread, &threads[i]) != 0)
            break;
        started = i;
    }
    threads[0].shared = &shared;
    threads[0].is_first = true;
    /* Its analyses are a part of this: they do not report on their own. */
    const struct assay_hooks *hooks = assay_hooks_use(NULL);
    run_thread(&threads[0]);
    assay_hooks_use(hooks);
    enum assay_status status = threads[0].status;
    if (status != ASSAY_OK)
        *err = threads[0].err;
    for (uint32_t i = 1; i <= started; i++) {
        pthread_join(threads[i].id, NULL);
        if (status == ASSAY_OK && threads[i].status != ASSAY_OK) {
            status = threads[i].status;
            *err = threads[i].err;
        }
    }
    free(threads);
    return status;
}
