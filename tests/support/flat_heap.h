/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counts what is allocated, and analyzes over and over. A test program includes this in its one
 * file: its allocator stands before the C library's or a sanitizer's. What the allocator itself
 * keeps for later does not count. One thread: what the C library keeps of threads would count.
 */
#ifndef ASSAY_TESTS_FLAT_HEAP_H
#define ASSAY_TESTS_FLAT_HEAP_H

#include "test.h"

#include <dlfcn.h>
#include <malloc.h>
#include <unistd.h>

static long blocks_in_use, bytes_in_use;

/* The next allocator in line. */
static void *next_function(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (function == NULL)
        _exit(EXIT_FAILURE);
    return function;
}

static void *count(void *memory, int sign)
{
    if (memory != NULL) {
        blocks_in_use += sign;
        bytes_in_use += sign * (long)malloc_usable_size(memory);
    }
    return memory;
}

/* Seen by shared libraries as well: strdup(), cJSON, libcurl. */
#pragma GCC visibility push(default)
void *malloc(size_t size)
{
    static void *(*next)(size_t);
    if (next == NULL)
        *(void **)&next = next_function("malloc");
    return count(next(size), 1);
}

void *calloc(size_t number, size_t size)
{
    static void *(*next)(size_t, size_t);
    if (next == NULL)
        *(void **)&next = next_function("calloc");
    return count(next(number, size), 1);
}

void *realloc(void *memory, size_t size)
{
    static void *(*next)(void *, size_t);
    if (next == NULL)
        *(void **)&next = next_function("realloc");
    (void)count(memory, -1);
    void *moved = next(memory, size);
    if (moved == NULL && size > 0)
        (void)count(memory, 1);
    return count(moved, 1);
}

void free(void *memory)
{
    static void (*next)(void *);
    if (next == NULL)
        *(void **)&next = next_function("free");
    next(count(memory, -1));
}

#pragma GCC visibility pop

enum { HEAP_ROWS = 24, HEAP_ROUNDS = 50 };

/* Covariates, slices, a cap and days: all that an analysis takes memory for. */
static const char HEAP_PLAN[] =
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"A\"},"
    "\"dimensions\":[\"d\"],\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"covariates\":[\"x\"]}"
    ","
    "{\"id\":\"x\",\"role\":\"guardrail\",\"nonInferiorityMargin\":\"2%\","
    "\"cap\":{\"upperQuantile\":0.9}}]}";

static char heap_csv[HEAP_ROWS * 40];

static void heap_write_csv(void)
{
    size_t length = (size_t)sprintf(heap_csv, "u,g,d,x,y\n");
    for (int i = 0; i < HEAP_ROWS; i++)
        length += (size_t)sprintf(heap_csv + length, "u%d,%c,%c,%d.5,%d\n", i, "AB"[i % 2],
                                  'p' + i % 3, i % 7, i % 11 + i % 2);
}

/* From texts to a document; what is refused on the way leaves as little behind. */
static enum assay_status heap_analyze(const char *plan_text, const char *data)
{
    struct assay_plan *plan = NULL;
    struct assay_dataset *dataset = NULL;
    struct assay_analysis *analysis = NULL;
    struct assay_table *table = NULL;
    const struct assay_read_options options = {.threads = 1};
    struct assay_error err;
    char *text = NULL;
    enum assay_status status = assay_plan_parse(plan_text, strlen(plan_text), "plan", &plan, &err);
    if (status == ASSAY_OK)
        status = assay_table_from_csv(data, strlen(data), "data", &table, &err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(plan, &dataset, &err);
    if (status == ASSAY_OK)
        status = assay_dataset_read_tables(dataset, &table, NULL, 1, &options, &err);
    if (status == ASSAY_OK)
        status = assay_dataset_analyze(dataset, &analysis, &err);
    if (status == ASSAY_OK)
        status = assay_analysis_write(analysis, ASSAY_FORMAT_RESULT, NULL, &text, NULL, &err);
    assay_free(text);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_plan_free(plan);
    return status;
}

static void heap_run(int rounds)
{
    for (int i = 0; i < rounds; i++)
        ck_assert_int_eq(heap_analyze(HEAP_PLAN, heap_csv), ASSAY_OK);
    ck_assert_int_eq(heap_analyze("{\"metrics\":[{\"id\":\"y\"", heap_csv), ASSAY_ERROR_PLAN);
    ck_assert_int_eq(heap_analyze(HEAP_PLAN, "u,g,d,x,y\n1,A,p,1,2\n2,B,p,1,no\n"),
                     ASSAY_ERROR_DATA);
    ck_assert_int_eq(heap_analyze(HEAP_PLAN, "u,g,d,x\n"), ASSAY_ERROR_DATA);
}

/* heap_check() fails unless times analyses and more leave what HEAP_ROUNDS of them leave. */
static void heap_check(long times)
{
    heap_write_csv();
    heap_run(HEAP_ROUNDS);
    const long blocks = blocks_in_use, bytes = bytes_in_use;
    ck_assert_int_gt(blocks, 0);
    for (long i = 0; i < times; i += HEAP_ROUNDS) {
        heap_run(HEAP_ROUNDS);
        ck_assert_msg(blocks_in_use == blocks && bytes_in_use == bytes,
                      "%ld blocks of %ld bytes after %ld analyses, %ld of %ld before",
                      blocks_in_use, bytes_in_use, i + HEAP_ROUNDS, blocks, bytes);
    }
}

#endif
