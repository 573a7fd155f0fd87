/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Speed of ingestion: megabytes a second and nanoseconds a row of the reader alone and of the whole
 * way from bytes to moments. The table is generated with a fixed seed into a temporary file, which
 * one warm-up run puts into the page cache; then RUNS timed runs. One JSON line per case.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assay.h"
#include "base/text.h"
#include "source/csv/csv.h"
#include "timing.h"

enum { RUNS = 10, WIDE_ROWS = 400000, NARROW_ROWS = 1000000 };

static char path[] = "/tmp/assay-bench-XXXXXX";

/* 15 columns, 10 of them numbers: five metrics and a covariate of each. */
static void write_wide(struct assay__text *out)
{
    uint64_t state = 1;
    assay__text_puts(out, "unit,group,day,country,quoted,m1,m2,m3,m4,m5,x1,x2,x3,x4,x5\n");
    for (int row = 0; row < WIDE_ROWS; row++) {
        uint64_t bits = next_random(&state);
        assay__text_format(out, "user-%08d,%s,2026-11-%02d,c%02d,\"a, b\",%d", row,
                           bits % 3 == 0   ? "control"
                           : bits % 3 == 1 ? "red"
                                           : "blue",
                           1 + (int)(bits >> 8 & 15), (int)(bits >> 16 & 31),
                           (int)(bits >> 24 & 1));
        for (int column = 1; column < 10; column++) {
            bits = next_random(&state);
            assay__text_format(out, ",%d.%02d", (int)(bits % 500), (int)(bits >> 32) & 63);
        }
        assay__text_putc(out, '\n');
    }
}

/* A group, a choice and an amount. */
static void write_narrow(struct assay__text *out)
{
    uint64_t state = 2;
    assay__text_puts(out, "group,m1,m2\n");
    for (int row = 0; row < NARROW_ROWS; row++) {
        uint64_t bits = next_random(&state);
        assay__text_format(out, "%s,%d,%d.%02d\n", bits % 2 == 0 ? "control" : "blue",
                           (int)(bits >> 8 & 1), (int)(bits >> 16 & 255), (int)(bits >> 24 & 63));
    }
}

/* The reader alone: every field is found, none is looked at. */
static size_t read_only(const struct assay_plan *plan)
{
    struct assay__rows *rows;
    struct assay__rows_block block;
    struct assay_error err;
    size_t count = 0;
    (void)plan;
    check(assay__csv_open(path, &(struct assay__csv_options){0}, &rows, &err), &err);
    do {
        check(assay__rows_next_block(rows, &block, &err), &err);
        count += block.record_count;
    } while (block.record_count > 0);
    assay__rows_close(rows);
    return count;
}

static size_t ingest(const struct assay_plan *plan)
{
    struct assay_dataset *dataset;
    struct assay_error err;
    const char *const paths[] = {path};
    check(assay_dataset_new(plan, &dataset, &err), &err);
    check(assay_dataset_read(dataset, paths, 1, NULL, &err), &err);
    size_t rows = assay_dataset_counts(dataset).rows_used;
    assay_dataset_free(dataset);
    return rows;
}

static void measure(const char *name, size_t (*run)(const struct assay_plan *), const char *json,
                    size_t bytes)
{
    struct assay_plan *plan = NULL;
    struct assay_error err;
    double times[RUNS];
    if (json != NULL)
        check(assay_plan_parse(json, strlen(json), name, &plan, &err), &err);
    size_t rows = run(plan);
    for (int i = 0; i < RUNS; i++) {
        double start = now_ns(CLOCK_MONOTONIC);
        if (run(plan) != rows)
            exit(EXIT_FAILURE);
        times[i] = now_ns(CLOCK_MONOTONIC) - start;
    }
    assay_plan_free(plan);
    double median = sort_times(times, RUNS);
    printf("{\"bench\":\"csv\",\"case\":\"%s\",\"rows\":%zu,\"bytes\":%zu,\"runs\":%d,"
           "\"ns_per_row\":{\"median\":%.1f,\"min\":%.1f,\"max\":%.1f},\"mb_per_s\":%.0f}\n",
           name, rows, bytes, RUNS, median / (double)rows, times[0] / (double)rows,
           times[RUNS - 1] / (double)rows, (double)bytes / median * 1e3);
    fflush(stdout);
}

/* Puts a generated table into the file; returns its size. */
static size_t put_table(void (*write_table)(struct assay__text *))
{
    struct assay__text text = {0};
    write_table(&text);
    FILE *file = text.failed ? NULL : fopen(path, "wb");
    if (file == NULL || fwrite(text.data, 1, text.length, file) != text.length || fclose(file) != 0)
        exit(EXIT_FAILURE);
    size_t length = text.length;
    assay__text_release(&text);
    return length;
}

#define WIDE_METRICS                                                                               \
    "\"metrics\":["                                                                                \
    "{\"id\":\"m1\",\"role\":\"success\",\"type\":\"proportion\",\"covariates\":[\"x1\"]},"        \
    "{\"id\":\"m2\",\"role\":\"guardrail\",\"type\":\"mean\",\"covariates\":[\"x2\"]},"            \
    "{\"id\":\"m3\",\"role\":\"guardrail\",\"type\":\"mean\",\"covariates\":[\"x3\"]},"            \
    "{\"id\":\"m4\",\"role\":\"guardrail\",\"type\":\"mean\",\"covariates\":[\"x4\"]},"            \
    "{\"id\":\"m5\",\"role\":\"guardrail\",\"type\":\"mean\",\"covariates\":[\"x5\"]}]}"
#define COMPARE "\"comparisons\":{\"baseline\":\"control\"},"

int main(void)
{
    int file = mkstemp(path);
    if (file < 0)
        return EXIT_FAILURE;
    close(file);
    size_t bytes = put_table(write_wide);
    measure("wide, read", read_only, NULL, bytes);
    measure("wide, ingest", ingest, "{\"columns\":{\"group\":\"group\"}," COMPARE WIDE_METRICS,
            bytes);
    measure("wide, ingest by day and country", ingest,
            "{\"columns\":{\"group\":\"group\"}," COMPARE
            "\"dimensions\":[\"day\",\"country\"]," WIDE_METRICS,
            bytes);
    measure("wide, ingest with units", ingest,
            "{\"columns\":{\"group\":\"group\",\"unit\":\"unit\"}," COMPARE WIDE_METRICS, bytes);
    bytes = put_table(write_narrow);
    measure("narrow, read", read_only, NULL, bytes);
    measure("narrow, ingest", ingest,
            "{\"columns\":{\"group\":\"group\"}," COMPARE
            "\"metrics\":[{\"id\":\"m1\",\"role\":\"success\",\"type\":\"proportion\"},"
            "{\"id\":\"m2\",\"role\":\"guardrail\",\"type\":\"mean\"}]}",
            bytes);
    unlink(path);
    return EXIT_SUCCESS;
}
