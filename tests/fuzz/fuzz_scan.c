/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer: any bytes as CSV in memory, read row by row and by a kernel of this processor, some
 * by two threads: the same sealed sums, counts and notes, or the same words at the same place. The
 * first byte chooses the plan, what separates and what becomes of bad rows, and with the length the
 * kernel: all have their turn, and an input takes two readings, not one for each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "analysis/dataset_read.h"
#include "source/scan/scan_layout.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char *const PLANS[] = {
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"a\"},\"dimensions\":[\"d\"],"
    "\"metrics\":[{\"id\":\"y\",\"covariates\":[\"x\"]},{\"id\":\"p\",\"type\":\"proportion\"}]}",
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"a\"},"
    "\"dimensions\":[\"d\"],\"metrics\":[{\"id\":\"y\",\"covariates\":[\"x\"]},"
    "{\"id\":\"p\",\"type\":\"proportion\"}]}",
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"a\"},"
    "\"where\":\"d != 'w' and not (x < 3)\",\"segments\":[{\"id\":\"s\",\"filter\":\"y > 1\"},"
    "{\"id\":\"q\",\"filter\":\"y is missing\"}],\"metrics\":[{\"id\":\"y\",\"cap\":"
    "{\"upper\":20.25,\"lower\":-3}},{\"id\":\"r\",\"type\":\"ratio\",\"value\":\"y\","
    "\"denominator\":\"x\",\"missing\":\"zero\"}]}",
    "{\"columns\":{\"group\":\"g\",\"time\":\"t\"},\"comparisons\":{\"baseline\":\"a\"},"
    "\"granularity\":\"day\",\"asOf\":\"2026-03-20\",\"metrics\":[{\"id\":\"y\"},"
    "{\"id\":\"z\",\"value\":\"x\"}]}",
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"t\"},\"comparisons\":"
    "{\"baseline\":\"a\"},\"metrics\":[{\"id\":\"y\",\"aggregation\":\"sum\"},{\"id\":\"m\","
    "\"value\":\"y\",\"aggregation\":\"max\"},{\"id\":\"n\",\"aggregation\":\"count\","
    "\"where\":\"x > 2\"}]}",
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"a\"},\"format\":{\"decimal\":"
    "\",\",\"thousands\":\".\",\"trim\":true},\"metrics\":[{\"id\":\"y\"},{\"id\":\"x\"}]}"};

enum { PLAN_COUNT = sizeof PLANS / sizeof *PLANS };

/* What came out of a way of reading. */
struct outcome {
    enum assay_status status;
    struct assay_error err;
    struct assay_counts counts;
    uint32_t note_count;
    char *sums; /* NULL: it failed */
};

static struct outcome read_way(const struct assay_plan *plan, const char *text, size_t size,
                               const struct assay_read_options *options)
{
    struct outcome out = {0};
    struct assay_table *table;
    struct assay_dataset *dataset;
    size_t length;
    if (assay_table_from_csv(text, size, "fuzz", &table, &out.err) != ASSAY_OK ||
        assay_dataset_new(plan, &dataset, &out.err) != ASSAY_OK)
        abort();
    out.status = assay_dataset_read_tables(dataset, &table, NULL, 1, options, &out.err);
    out.counts = assay_dataset_counts(dataset);
    out.note_count = assay__dataset_note_count(dataset);
    if (out.status == ASSAY_OK)
        out.status = assay_dataset_summarize(dataset, &out.sums, &length, &out.err);
    assay_dataset_free(dataset);
    assay_table_free(table);
    return out;
}

static void compare(const struct outcome *want, const struct outcome *got,
                    const struct assay_read_options *options)
{
    bool is_same = got->status == want->status;
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

/* The plan of a number, parsed once. */
static const struct assay_plan *plan_of(size_t number)
{
    static struct assay_plan *plans[PLAN_COUNT];
    struct assay_error err;
    if (plans[number] == NULL && assay_plan_parse(PLANS[number], strlen(PLANS[number]), "plan",
                                                  &plans[number], &err) != ASSAY_OK) {
        fprintf(stderr, "plan %zu: %s\n", number, err.message);
        abort();
    }
    return plans[number];
}

static void try_way(const struct assay_plan *plan, const char *text, size_t size,
                    const struct assay_read_options *options, const struct outcome *want)
{
    struct outcome got = read_way(plan, text, size, options);
    compare(want, &got, options);
    assay_free(got.sums);
}

/* One of the kernels that this processor has. */
static const char *fast_kernel(size_t number)
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

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct assay_plan *plan = plan_of(data[0] % PLAN_COUNT);
    const char *text = (const char *)data + 1;
    struct assay_read_options options = {.kernel = "careful", .threads = 1, .has_digests = true};
    options.separator = data[0] & 0x80 ? ';' : ',';
    options.bad_rows = data[0] & 0x40 ? ASSAY_BAD_ROWS_SKIP : ASSAY_BAD_ROWS_FAIL;
    struct outcome want = read_way(plan, text, size - 1, &options);
    options.kernel = fast_kernel(data[0] + size);
    try_way(plan, text, size - 1, &options, &want);
    /* A thread takes longer than a reading: every sixteenth input has two. */
    options.kernel = "plain";
    options.threads = 2;
    if ((data[0] ^ size) % 16 == 0)
        try_way(plan, text, size - 1, &options, &want);
    assay_free(want.sums);
    return 0;
}
