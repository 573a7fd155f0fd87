/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file by chunks on several threads. Whoever is free takes the next chunk under the one lock,
 * where reading happens too, and works on it alone. Chunks are numbered as they come: when one
 * fails, no further one is taken, those before it end, and the failure of the lowest number is the
 * file's first.
 */
#include "source/scan/scan_file.h"

#include <pthread.h>
#include <string.h>

#include "base/halt.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "source/csv/csv_chunk.h"

/* What the threads share; the lock guards all of it but layout. */
struct job {
    const struct assay__scan_layout *layout;
    struct assay__scan_target target;
    struct assay__csv *csv;
    const struct assay_allocator *allocator; /* of the thread that made the call */
    pthread_mutex_t lock;
    bool stops;            /* no further chunk is taken: a failure, or one for the csv reader */
    uint64_t *chunk_lines; /* [chunk_count]: lines of each chunk since the last gathering */
    size_t chunk_count, chunk_capacity;
    size_t failed_chunk; /* SIZE_MAX: none */
    enum assay_status status;
    struct assay_error error; /* lines count from 1 with the chunk's first one */
};

struct worker {
    struct job *job;
    struct assay__scan_batch batch;
    struct assay__chunk chunk;
    struct assay__csv *view;
    size_t number; /* of the chunk at hand */
    uint64_t line; /* where the work is: 1 is the first of the chunk */
    pthread_t thread;
    bool has_thread, has_chunk; /* one that is taken and not worked on */
};

/* Takes the next chunk; false when there is none. */
static bool take_chunk(struct worker *worker)
{
    struct job *job = worker->job;
    struct assay_error err = {0};
    pthread_mutex_lock(&job->lock);
    bool is_there = !job->stops;
    if (is_there && job->chunk_count == job->chunk_capacity) {
        size_t capacity = job->chunk_capacity * 2 + 64;
        uint64_t *lines = assay__realloc(job->chunk_lines, capacity * sizeof *lines);
        if (lines == NULL) {
            job->status = assay__fail_memory(&job->error);
            job->failed_chunk = job->chunk_count;
            is_there = false;
        } else {
            job->chunk_lines = lines;
            job->chunk_capacity = capacity;
        }
    }
    if (is_there) {
        enum assay_status status = assay__csv_take_chunk(job->csv, &worker->chunk, &err);
        if (status != ASSAY_OK && job->chunk_count < job->failed_chunk) {
            job->status = status;
            job->error = err;
            job->failed_chunk = job->chunk_count;
        }
        is_there = status == ASSAY_OK && worker->chunk.length > 0;
    }
    if (is_there) {
        worker->number = job->chunk_count++;
        job->chunk_lines[worker->number] = 0;
    }
    job->stops = job->stops || !is_there;
    pthread_mutex_unlock(&job->lock);
    worker->line = 1;
    return is_there;
}

/* Reads one record, or the lines that are passed over, the careful way; *at is moved behind. */
static enum assay_status read_carefully(struct worker *worker, size_t *at, size_t end,
                                        struct assay_error *err)
{
    struct job *job = worker->job;
    char *text = worker->chunk.text + *at;
    char behind = worker->chunk.text[end];
    worker->chunk.text[end] = '\n';
    assay__csv_view_set(worker->view, text, end - *at, worker->line);
    struct assay__rows *rows = assay__csv_rows(worker->view);
    struct assay__rows_block block;
    pthread_mutex_lock(&job->lock);
    enum assay_status status = assay__rows_next_block(rows, &block, err);
    if (status == ASSAY_OK && block.record_count > 0) {
        const struct assay__record record = {block.fields, block.lines[0]};
        status = job->target.careful.take(job->target.careful.context, rows, &record,
                                          worker->number + 1, err);
    }
    pthread_mutex_unlock(&job->lock);
    worker->line = assay__csv_line(worker->view);
    worker->chunk.text[end] = behind;
    *at = end - assay__csv_view_rest(worker->view);
    return status;
}

/* How many rows of the index have as many fields as the header. */
static uint32_t whole_rows(const struct assay__field_index *index, uint32_t column_count)
{
    uint32_t count = index->row_count, want = 0, r = 0;
    for (; r < count; r++) {
        want += column_count;
        if (index->row_ends[r] != want)
            break;
    }
    return r;
}

/* The rows before the first one with something in a column that has to be empty. */
static uint32_t fit_rows(const struct assay__field_index *index, const char *text,
                         uint32_t row_count, const struct assay__scan_layout *layout)
{
    uint32_t extra = layout->extra_count;
    for (uint32_t r = 0; r < row_count && extra > 0; r++) {
        uint32_t last = (r + 1) * layout->column_count - 1, end = index->ends[last];
        end -= index->has_return && text[end - 1] == '\r';
        if (end - index->ends[last - extra] != extra)
            return r;
    }
    return row_count;
}

/* The rows before the first text that is not valid UTF-8. */
static uint32_t valid_rows(const struct assay__field_index *index, const char *text,
                           uint32_t row_count, uint32_t column_count)
{
    for (uint32_t r = 0, from = 0; r < row_count; r++) {
        uint32_t to = index->ends[(r + 1) * column_count - 1] + 1;
        if (assay__utf8_valid_run(text + from, to - from) < to - from)
            return r;
        from = to;
    }
    return row_count;
}

/* Looks at the rows of a batch that were left out of it. Their places are in the index. */
static enum assay_status read_left_out(struct worker *worker, size_t from, uint32_t row_count,
                                       const uint64_t *row_lines, struct assay_error *err)
{
    const struct assay__scan_batch *batch = &worker->batch;
    uint32_t column_count = worker->job->layout->column_count;
    enum assay_status status = ASSAY_OK;
    uint64_t line = worker->line;
    for (uint32_t r = 0; status == ASSAY_OK && r < row_count; r++) {
        if (batch->adder.fate[r] != ASSAY__FATE_CAREFUL)
            continue;
        size_t at = from + (r == 0 ? 0 : batch->index.ends[r * column_count - 1] + 1);
        worker->line = line + (row_lines == NULL ? r : row_lines[r]);
        status = read_carefully(worker, &at,
                                from + batch->index.ends[(r + 1) * column_count - 1] + 1, err);
    }
    if (status == ASSAY_OK)
        worker->line = line;
    return status;
}

/* Line ends before each row of a batch: with quotes, fields may hold some. */
static void count_row_lines(const struct assay__field_index *index, const char *text,
                            uint32_t row_count, uint32_t column_count, uint64_t *row_lines)
{
    uint64_t lines = 0;
    for (uint32_t r = 0, from = 0; r < row_count; r++) {
        uint32_t to = index->ends[(r + 1) * column_count - 1] + 1;
        row_lines[r] = lines;
        lines += assay__line_ends(text + from, to - from);
        from = to;
    }
    row_lines[row_count] = lines;
}

static enum assay_status add_rows(struct worker *worker, size_t at, uint32_t row_count,
                                  struct assay_error *err)
{
    struct assay__scan_batch *batch = &worker->batch;
    const char *text = worker->chunk.text + at;
    uint32_t column_count = worker->job->layout->column_count;
    uint64_t row_lines[ASSAY__SCAN_BATCH + 1];
    batch->at = (struct assay__place){worker->number + 1, worker->line, 0};
    enum assay_status status = assay__scan_batch_add(batch, text, row_count, err);
    if (batch->index.has_quotes)
        count_row_lines(&batch->index, text, row_count, column_count, row_lines);
    if (status == ASSAY_OK && batch->adder.careful_count > 0)
        status =
            read_left_out(worker, at, row_count, batch->index.has_quotes ? row_lines : NULL, err);
    if (status == ASSAY_OK)
        worker->line += batch->index.has_quotes ? row_lines[row_count] : row_count;
    return status;
}

static enum assay_status scan_chunk(struct worker *worker, struct assay_error *err)
{
    const struct assay__scan_layout *layout = worker->job->layout;
    struct assay__field_index *index = &worker->batch.index;
    enum assay_status status = ASSAY_OK;
    for (size_t at = 0; status == ASSAY_OK && at < worker->chunk.length;) {
        const char *text = worker->chunk.text + at;
        layout->kernels->index(index, text, worker->chunk.length - at, layout->separator);
        uint32_t row_count = whole_rows(index, layout->column_count);
        row_count = fit_rows(index, text, row_count, layout);
        if (index->has_high)
            row_count = valid_rows(index, text, row_count, layout->column_count);
        if (row_count > 0) {
            status = add_rows(worker, at, row_count, err);
            at += index->ends[row_count * layout->column_count - 1] + 1;
        }
        bool needs_care = index->stopped || row_count < index->row_count || row_count == 0;
        if (status == ASSAY_OK && needs_care && at < worker->chunk.length)
            status = read_carefully(worker, &at, worker->chunk.length, err);
    }
    return status;
}

/* Scans the chunk at hand, and tells what came of it. */
static void work_chunk(struct worker *worker)
{
    struct job *job = worker->job;
    struct assay_error err = {0};
    worker->has_chunk = false;
    enum assay_status status = scan_chunk(worker, &err);
    pthread_mutex_lock(&job->lock);
    job->chunk_lines[worker->number] = worker->line - 1;
    assay__csv_tell_rows(job->csv, worker->line - 1);
    job->stops = job->stops || job->target.spellings->is_mixed;
    if (status != ASSAY_OK) {
        job->stops = true;
        if (worker->number < job->failed_chunk) {
            job->failed_chunk = worker->number;
            job->status = status;
            job->error = err;
        }
    }
    pthread_mutex_unlock(&job->lock);
}

static void *work(void *context)
{
    struct worker *worker = context;
    const struct assay_allocator *before = assay__allocator_lend(worker->job->allocator);
    while (worker->has_chunk || take_chunk(worker))
        work_chunk(worker);
    (void)assay__allocator_lend(before);
    return NULL;
}

static enum assay_status begin(struct worker *worker, struct job *job, struct assay_error *err)
{
    worker->job = job;
    enum assay_status status =
        assay__scan_batch_init(&worker->batch, job->layout, &job->target, job->csv, err);
    if (status == ASSAY_OK)
        status = assay__chunk_init(&worker->chunk, err);
    if (status == ASSAY_OK)
        status = assay__csv_view_open(job->csv, &worker->view, err);
    return status;
}

static void end(struct worker *worker)
{
    assay__scan_batch_release(&worker->batch);
    assay__chunk_release(&worker->chunk);
    assay__csv_view_close(worker->view);
}

/*
 * Runs the workers until no chunk is left to take; a thread that can't be made is done without.
 * The others wait for the first, small chunks: when the file ends there, they are not needed.
 */
static enum assay_status run(struct worker *workers, uint32_t count, struct job *job,
                             struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    while ((workers[0].has_chunk = take_chunk(&workers[0])) && assay__csv_is_starting(job->csv))
        work_chunk(&workers[0]);
    if (!workers[0].has_chunk || assay__csv_is_last(job->csv))
        count = 1;
    for (uint32_t i = 1; status == ASSAY_OK && i < count; i++)
        if (workers[i].job == NULL)
            status = begin(&workers[i], job, err);
    if (status != ASSAY_OK)
        return status;
    for (uint32_t i = 1; i < count; i++)
        workers[i].has_thread = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    work(&workers[0]);
    for (uint32_t i = 1; i < count; i++)
        if (workers[i].has_thread)
            pthread_join(workers[i].thread, NULL);
    return ASSAY_OK;
}

/* Brings the reader's line up to what was taken, and says where the first failure is. */
static enum assay_status settle(struct job *job, struct assay_error *err)
{
    size_t before = job->failed_chunk < job->chunk_count ? job->failed_chunk : job->chunk_count;
    for (size_t i = 0; i < before; i++) {
        uint64_t start = assay__csv_line(job->csv);
        assay__csv_add_lines(job->csv, job->chunk_lines[i]);
        job->chunk_lines[i] = start;
    }
    if (before < job->chunk_count)
        job->chunk_lines[before++] = assay__csv_line(job->csv); /* of the one that failed */
    assay__spellings_settle(job->target.spellings, job->chunk_lines, before);
    job->chunk_count = 0;
    if (job->status == ASSAY_OK)
        return ASSAY_OK;
    if (err != NULL) {
        *err = job->error;
        if (err->line != 0)
            err->line += assay__csv_line(job->csv) - 1;
        else if (err->code == ASSAY_ERROR_LIMIT) /* of the names: no row alone is to blame */
            (void)assay__fail_at(err, err->code, assay__rows_name(assay__csv_rows(job->csv)), 0, 0,
                                 "%s", err->message);
    }
    return job->status;
}

/* The record that no chunk takes: the last one without a line end, or one longer than a chunk. */
static enum assay_status read_block(struct job *job, bool *at_end, struct assay_error *err)
{
    struct assay__rows_block block;
    enum assay_status status = assay__rows_next_block(assay__csv_rows(job->csv), &block, err);
    *at_end = status == ASSAY_OK && block.record_count == 0;
    size_t columns = job->layout->column_count;
    for (size_t i = 0; status == ASSAY_OK && i < block.record_count; i++) {
        const struct assay__record record = {block.fields + i * columns, block.lines[i]};
        status = job->target.careful.take(job->target.careful.context, assay__csv_rows(job->csv),
                                          &record, 0, err);
    }
    return status;
}

/* The others give theirs to the first worker, who comes last. */
static enum assay_status give_sums(const struct job *job, struct worker *first,
                                   struct worker *worker, struct assay_error *err)
{
    struct assay_error flushed = {0};
    struct assay__scan_cells *cells = &worker->batch.adder.cells;
    enum assay_status status =
        worker == first ? assay__scan_cells_flush(cells, job->target.dataset, true, &flushed)
                        : assay__scan_cells_merge(&first->batch.adder.cells, cells,
                                                  job->target.dataset, &flushed);
    if (status != ASSAY_OK)
        (void)assay__fail_at(err, status, assay__rows_name(assay__csv_rows(job->csv)), 0, 0, "%s",
                             flushed.message);
    return status;
}

static void add_counts(struct assay__scan_counts *counts, const struct assay__scan_counts *more)
{
    counts->read += more->read;
    counts->used += more->used;
    counts->left_out += more->left_out;
    counts->after += more->after;
    if (more->earliest_ns < counts->earliest_ns)
        counts->earliest_ns = more->earliest_ns;
    if (more->latest_ns > counts->latest_ns)
        counts->latest_ns = more->latest_ns;
}

enum assay_status assay__scan_file(struct assay__csv *csv, const struct assay__scan_layout *layout,
                                   const struct assay__scan_target *target, uint32_t thread_count,
                                   struct assay__scan_counts *counts, struct assay_error *err)
{
    struct job job = {.layout = layout, .target = *target, .csv = csv};
    struct worker *workers = assay__calloc(thread_count, sizeof *workers);
    job.allocator = assay__allocator_now();
    job.target.lock = &job.lock;
    if (workers == NULL)
        return assay__fail_memory(err);
    pthread_mutex_init(&job.lock, NULL);
    enum assay_status status = begin(&workers[0], &job, err);
    bool at_end = false;
    while (status == ASSAY_OK && !at_end && !target->spellings->is_mixed) {
        job.stops = false;
        job.failed_chunk = SIZE_MAX;
        status = run(workers, thread_count, &job, err);
        if (status == ASSAY_OK)
            status = settle(&job, err);
        if (status == ASSAY_OK && !target->spellings->is_mixed)
            status = read_block(&job, &at_end, err);
    }
    for (uint32_t i = thread_count; i-- > 0;) {
        if (workers[i].job == NULL)
            continue;
        if (status == ASSAY_OK && target->gather == NULL)
            status = give_sums(&job, workers, &workers[i], err);
        if (workers[i].batch.layout != NULL)
            add_counts(counts, &workers[i].batch.counts);
        if (workers[i].view != NULL)
            assay__csv_add_passed(csv, workers[i].view);
        end(&workers[i]);
    }
    pthread_mutex_destroy(&job.lock);
    assay__free(job.chunk_lines);
    assay__free(workers);
    return status;
}

uint32_t assay__scan_threads(uint32_t wish)
{
    if (wish == 0)
        wish = assay__machine_processors();
    return wish < ASSAY_THREADS_MAX ? wish : ASSAY_THREADS_MAX;
}
