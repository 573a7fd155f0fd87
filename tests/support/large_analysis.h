/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An analysis of many slices, made by hand, and the memory in use. */
#ifndef ASSAY_TESTS_LARGE_ANALYSIS_H
#define ASSAY_TESTS_LARGE_ANALYSIS_H

#include "test.h"

#include <malloc.h>
#include <sys/resource.h>

#include "sample_analysis.h"

/** large_analysis() is the sample with many slices, one result each. */
static inline struct assay_analysis *large_analysis(uint32_t count)
{
    static struct sample sample;
    struct assay_analysis *large = sample_analysis(&sample);
    struct assay_metric_result *results = calloc(count, sizeof *results);
    struct assay_slice *slices = calloc(count, sizeof *slices);
    struct assay_srm_result *srm = calloc(count, sizeof *srm);
    char(*values)[16] = calloc(count, sizeof *values);
    ck_assert(results != NULL && slices != NULL && srm != NULL && values != NULL);
    for (uint32_t i = 0; i < count; i++) {
        snprintf(values[i], sizeof values[i], "value %u", i);
        slices[i] = (struct assay_slice){i == 0 ? ASSAY_SLICE_TOTAL : ASSAY_SLICE_DIMENSION,
                                         i == 0 ? "" : "channel",
                                         i == 0 ? "" : values[i],
                                         {0}};
        results[i] = sample.results[i == 0 ? 0 : 1];
        results[i].slice = i;
        srm[i] = sample.srm[i == 0 ? 0 : 1];
        srm[i].slice = i;
    }
    large->results = results;
    large->result_count = count;
    large->slices = slices;
    large->slice_count = count;
    large->srm = srm;
    large->srm_count = count;
    large->units = calloc((size_t)count * SAMPLE_GROUPS, sizeof *large->units);
    ck_assert_ptr_nonnull(large->units);
    return large;
}

/** used_now() is how many bytes are allocated. */
static inline size_t used_now(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/** peak_kib() is the largest resident set of this process so far. */
static inline long peak_kib(void)
{
    struct rusage usage;
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

#endif
