/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the targets that read CSV share: one input read in two ways must come to the same sealed
 * sums, counts and notes, or to the same words at the same place.
 */
#ifndef ASSAY_TESTS_READ_FUZZ_H
#define ASSAY_TESTS_READ_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "analysis/dataset_read.h"
#include "fuzz_memory.h"
#include "source/scan/scan_layout.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

enum {
    READ_FUZZ_TABLES = 2,
    READ_FUZZ_LOOKS = 5 /* of more looks no sums are written: they take a hundred times as long */
};

/* An input: a table of units or exposures, and one of events where the plan has some. */
struct read_fuzz {
    const struct assay_plan *plan;
    const char *texts[READ_FUZZ_TABLES], *names[READ_FUZZ_TABLES]; /* name: NULL, or the events' */
    size_t lengths[READ_FUZZ_TABLES], count;
};

/* What came out of a way of reading. */
struct read_fuzz_outcome {
    enum assay_status status;
    struct assay_error err;
    struct assay_counts counts;
    uint32_t note_count;
    char *sums;   /* NULL: it failed, or is long */
    bool is_long; /* more looks than are compared */
};

static inline struct read_fuzz_outcome read_fuzz_way(const struct read_fuzz *input,
                                                     const struct assay_read_options *options)
{
    struct read_fuzz_outcome out = {0};
    struct assay_table *tables[READ_FUZZ_TABLES];
    struct assay_dataset *dataset;
    size_t length;
    fuzz_memory_begin();
    for (size_t i = 0; i < input->count; i++)
        if (assay_table_from_csv(input->texts[i], input->lengths[i], "fuzz", &tables[i],
                                 &out.err) != ASSAY_OK)
            abort();
    if (assay_dataset_new(input->plan, &dataset, &out.err) != ASSAY_OK)
        abort();
    out.status =
        assay_dataset_read_tables(dataset, tables, input->names, input->count, options, &out.err);
    out.counts = assay_dataset_counts(dataset);
    out.note_count = assay__dataset_note_count(dataset);
    out.is_long = assay__dataset_look_count(dataset) > READ_FUZZ_LOOKS;
    if (out.status == ASSAY_OK && !out.is_long)
        out.status = assay_dataset_summarize(dataset, &out.sums, &length, &out.err);
    assay_dataset_free(dataset);
    for (size_t i = 0; i < input->count; i++)
        assay_table_free(tables[i]);
    fuzz_memory_end();
    return out;
}

static inline void read_fuzz_compare(const struct read_fuzz_outcome *want,
                                     const struct read_fuzz_outcome *got,
                                     const struct assay_read_options *options)
{
    bool is_same = got->status == want->status && !got->is_long;
    if (is_same && want->status == ASSAY_OK)
        is_same = strcmp(got->sums, want->sums) == 0 && got->note_count == want->note_count &&
                  memcmp(&got->counts, &want->counts, sizeof want->counts) == 0;
    else if (is_same)
        is_same = strcmp(got->err.message, want->err.message) == 0 &&
                  strcmp(got->err.remedy, want->err.remedy) == 0 &&
                  got->err.reason == want->err.reason && got->err.line == want->err.line &&
                  got->err.column == want->err.column;
    if (is_same)
        return;
    fprintf(stderr, "%s, %u threads: %lu:%lu %s\n%s\nrow by row: %lu:%lu %s\n%s\n", options->kernel,
            options->threads, (unsigned long)got->err.line, (unsigned long)got->err.column,
            got->err.message, got->sums != NULL ? got->sums : "", (unsigned long)want->err.line,
            (unsigned long)want->err.column, want->err.message,
            want->sums != NULL ? want->sums : "");
    abort();
}

/* Reads in one more way, which must come to what is wanted, where that is told in full. */
static inline void read_fuzz_try(const struct read_fuzz *input,
                                 const struct assay_read_options *options,
                                 const struct read_fuzz_outcome *want)
{
    if (want->is_long)
        return;
    struct read_fuzz_outcome got = read_fuzz_way(input, options);
    read_fuzz_compare(want, &got, options);
    assay_free(got.sums);
}

/* The plan of a number, parsed once. */
static inline const struct assay_plan *read_fuzz_plan(const char *const *texts, size_t number)
{
    enum { PLANS_MAX = 16 };
    static struct assay_plan *plans[PLANS_MAX];
    struct assay_error err;
    if (plans[number] == NULL && assay_plan_parse(texts[number], strlen(texts[number]), "plan",
                                                  &plans[number], &err) != ASSAY_OK) {
        fprintf(stderr, "plan %zu: %s\n", number, err.message);
        abort();
    }
    return plans[number];
}

/* One of the kernels that this processor has. */
static inline const char *read_fuzz_kernel(size_t number)
{
    enum { KERNELS_MAX = 16 };
    static const char *names[KERNELS_MAX];
    static size_t count;
    if (count == 0)
        for (size_t k = 0; count < KERNELS_MAX && assay__scan_kernel_name(k) != NULL; k++)
            if (assay__scan_kernels(assay__scan_kernel_name(k)) != NULL)
                names[count++] = assay__scan_kernel_name(k);
    return names[number % count];
}

#endif
