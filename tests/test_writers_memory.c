/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the writers do when memory runs out: each allocation in turn fails once. */
#include "test.h"

#include <malloc.h>

#include "sample_analysis.h"

static long allocations_left = -1; /* -1: never fail */

static bool may_allocate(void)
{
    if (allocations_left > 0)
        allocations_left--;
    else if (allocations_left == 0)
        return false;
    return true;
}

/* The writers take their memory from realloc() and calloc(), which stand here instead. */
void *realloc(void *memory, size_t size)
{
    if (!may_allocate())
        return NULL;
    void *moved = malloc(size);
    if (moved != NULL && memory != NULL) {
        size_t old = malloc_usable_size(memory);
        memcpy(moved, memory, old < size ? old : size);
        free(memory);
    }
    return moved;
}

void *calloc(size_t count, size_t size)
{
    if (!may_allocate() || (size != 0 && count > SIZE_MAX / size))
        return NULL;
    volatile size_t bytes = count * size; /* or a compiler sees calloc() in these two calls */
    void *memory = malloc(bytes == 0 ? 1 : bytes);
    return memory == NULL ? NULL : memset(memory, 0, bytes);
}

static struct sample sample;

START_TEST(a_writer_without_memory_says_so_and_hands_out_nothing)
{
    const struct assay_analysis *analysis = sample_analysis(&sample);
    long failures = 0;
    enum assay_status status = ASSAY_ERROR_MEMORY;
    for (long allowed = 0; status != ASSAY_OK; allowed++) {
        struct assay_error err;
        char *text = NULL;
        allocations_left = allowed;
        status = assay_analysis_write(analysis, (enum assay_format)_i, NULL, &text, NULL, &err);
        allocations_left = -1;
        if (status == ASSAY_OK) {
            free(text);
            continue;
        }
        ck_assert_int_eq(status, ASSAY_ERROR_MEMORY);
        ck_assert_int_eq(err.code, ASSAY_ERROR_MEMORY);
        ck_assert_ptr_null(text);
        failures++;
    }
    ck_assert_int_gt(failures, 5);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, a_writer_without_memory_says_so_and_hands_out_nothing,
                        ASSAY_FORMAT_TABLE, ASSAY_FORMAT_CSV + 1);
}

int main(void)
{
    return test_main("writers_memory", add);
}
