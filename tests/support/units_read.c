/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unit-level tables of tests: written, read, and described in lines. */
#include "units_read.h"

#include <inttypes.h>
#include <unistd.h>

#include "analysis/dataset_read.h"
#include "base/text.h"
#include "number/number.h"

static char paths[8][64];

const char *units_put_file(int number, const char *text, size_t length)
{
    snprintf(paths[number], sizeof paths[number], "%s/units-%ld-%d.csv", test_tmp(), (long)getpid(),
             number);
    test_write_file(paths[number], text, length);
    return paths[number];
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *units_describe(const struct assay_dataset *dataset)
{
    static const char *const KINDS[] = {"total", "dim", "seg"};
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    struct assay__text lines[500] = {0};
    size_t count = 0;
    for (uint32_t s = 0; s < assay__dataset_slice_count(dataset); s++) {
        struct assay__slice_name name = assay__dataset_slice_name(dataset, s);
        for (uint32_t g = 0; g < assay__dataset_group_count(dataset); g++) {
            const struct assay__cell *cell = assay__dataset_find(dataset, s, 0, g);
            for (uint32_t m = 0; cell != NULL && m < plan->metric_count; m++) {
                const struct assay_moments *moments = cell->states[m];
                if (moments == NULL)
                    continue;
                ck_assert_uint_lt(count, 500);
                struct assay__text *line = &lines[count++];
                char mean[ASSAY__NUMBER_BYTES], variance[ASSAY__NUMBER_BYTES] = "-";
                assay__number_write(assay_moments_mean(moments, 0), mean);
                if (assay_moments_count(moments) > 1)
                    assay__number_write(assay_moments_variance(moments, 0), variance);
                assay__text_format(line,
                                   "%s%d=%s|%s|%s n=%" PRIu64 " mean=%s var=%s units=%" PRIu64,
                                   KINDS[name.kind], (int)name.number, name.value,
                                   assay__dataset_group_id(dataset, g), plan->metrics[m].id,
                                   assay_moments_count(moments), mean, variance, cell->units);
            }
        }
    }
    const char *sorted[500];
    for (size_t i = 0; i < count; i++)
        sorted[i] = lines[i].data;
    qsort(sorted, count, sizeof *sorted, compare_lines);
    struct assay__text all = {0};
    for (size_t i = 0; i < count; i++)
        assay__text_format(&all, "%s\n", sorted[i]);
    for (size_t i = 0; i < count; i++)
        assay__text_release(&lines[i]);
    assay__text_append(&all, "", 0);
    return test_text(&all);
}

enum assay_status units_read_files(const struct assay_plan *plan, int file_count,
                                   const struct assay_read_options *options,
                                   struct assay_dataset **dataset, struct assay_error *err)
{
    const char *list[8];
    for (int i = 0; i < file_count; i++)
        list[i] = paths[i];
    assert_ok(assay_dataset_new(plan, dataset, err), err);
    enum assay_status status = assay_dataset_read(*dataset, list, (size_t)file_count, options, err);
    for (int i = 0; i < file_count; i++)
        unlink(paths[i]);
    return status;
}

struct assay_counts units_assert_read_as(const char *plan_json, const char *csv,
                                         const struct assay_read_options *options, const char *want)
{
    struct assay_plan *plan = test_plan(plan_json);
    struct assay_dataset *dataset;
    struct assay_error err;
    units_put_file(0, csv, strlen(csv));
    assert_ok(units_read_files(plan, 1, options, &dataset, &err), &err);
    char *got = units_describe(dataset);
    ck_assert_str_eq(got, want);
    free(got);
    struct assay_counts counts = assay_dataset_counts(dataset);
    ck_assert_uint_eq(counts.rows_read, counts.rows_used + counts.rows_bad + counts.rows_after +
                                            counts.rows_duplicate + counts.rows_in_two_groups +
                                            counts.rows_unclear + counts.rows_no_group +
                                            counts.rows_no_unit);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    return counts;
}
