/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the writers do when memory runs out: from each allocation in turn on, all fail. */
#include "test.h"

#include "sample_analysis.h"
#include "scarce_memory.h"

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
