/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a dataset holds, in a line of text that a test can compare. */
#include "dataset_show.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "base/time.h"

/* A group's units, its values of the first metric, and those of the variable beside it. */
static void show_cell(const struct assay_dataset *dataset, uint32_t slice, uint32_t look,
                      const char *id, struct assay__text *out)
{
    uint32_t group = 0;
    while (group < assay__dataset_group_count(dataset) &&
           strcmp(assay__dataset_group_id(dataset, group), id) != 0)
        group++;
    const struct assay__cell *cell = assay__dataset_find(dataset, slice, look, group);
    if (cell == NULL)
        return;
    const struct assay_moments *moments = cell->states[0];
    uint64_t n = moments == NULL ? 0 : assay_moments_count(moments);
    assay__text_format(out, " %s %" PRIu64 "/%" PRIu64, id, cell->units, n);
    if (n == 0)
        return;
    struct assay_moments_shape shape = assay_moments_shape(moments);
    assay__text_format(out, "=%.12g", (double)n * assay_moments_mean(moments, 0));
    if (shape.has_denominator || shape.covariate_count > 0)
        assay__text_format(out, "~%.12g", (double)n * assay_moments_mean(moments, 1));
}

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

void dataset_show_looks(const struct assay_dataset *dataset, struct assay__text *out)
{
    int64_t times[16];
    uint32_t count = assay__dataset_look_count(dataset);
    ck_assert_uint_le(count, 16);
    for (uint32_t k = 0; k < count; k++)
        times[k] = assay__dataset_look_time(dataset, k);
    qsort(times, count, sizeof *times, compare_times);
    for (uint32_t k = 0; k < count; k++) {
        uint32_t look = 0;
        char time[ASSAY__TIME_BYTES];
        while (assay__dataset_look_time(dataset, look) != times[k])
            look++;
        if (count > 1) {
            assay__time_write(times[k], time);
            assay__text_format(out, " @%s", time);
        }
        show_cell(dataset, 0, look, "A", out);
        show_cell(dataset, 0, look, "B", out);
    }
}

/* The values of the dimension, in their order as texts: "" before the others. */
void dataset_show_slices(const struct assay_dataset *dataset, struct assay__text *out)
{
    static const char *const VALUES[] = {"", "N", "S"};
    for (size_t v = 0; v < sizeof VALUES / sizeof *VALUES; v++)
        for (uint32_t s = 1; s < assay__dataset_slice_count(dataset); s++) {
            struct assay__slice_name name = assay__dataset_slice_name(dataset, s);
            if (strcmp(name.value, VALUES[v]) != 0)
                continue;
            assay__text_format(out, " [%s:", name.value);
            show_cell(dataset, s, 0, "A", out);
            show_cell(dataset, s, 0, "B", out);
            assay__text_puts(out, "]");
        }
}

void dataset_show_counts(const struct assay_dataset *dataset, struct assay__text *out)
{
    static const struct {
        const char *name;
        size_t offset;
    } COUNTS[] = {
#define COUNT(name) {#name, offsetof(struct assay_counts, name)}
        COUNT(rows_bad),           COUNT(rows_after),
        COUNT(rows_duplicate),     COUNT(units_in_two_groups),
        COUNT(rows_in_two_groups), COUNT(units_unclear),
        COUNT(rows_unclear),       COUNT(rows_no_group),
        COUNT(rows_no_unit),       COUNT(rows_left_out),
        COUNT(events_unexposed),   COUNT(events_excluded),
        COUNT(events_bad),         COUNT(events_after),
        COUNT(events_no_unit)};
#undef COUNT
    struct assay_counts counts = assay_dataset_counts(dataset);
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
        uint64_t count;
        memcpy(&count, (const char *)&counts + COUNTS[i].offset, sizeof count);
        if (count > 0)
            assay__text_format(out, " %s=%" PRIu64, COUNTS[i].name, count);
    }
    if (assay__dataset_missing(dataset, 0) > 0)
        assay__text_format(out, " missing=%" PRIu64, assay__dataset_missing(dataset, 0));
}
