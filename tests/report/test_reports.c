/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports written to a sink: the same bytes, in bounded memory, and an end when the sink fails. */
#include "test.h"

#include "base/text.h"
#include "large_analysis.h"
#include "report/reports.h"

enum { SLICES = 100000, FEWER = 20000, MEBIBYTE = 1 << 20 };

static enum assay_status gather(void *context, const char *bytes, size_t length,
                                struct assay_error *err)
{
    (void)err;
    ck_assert_uint_gt(length, 0);
    assay__text_append(context, bytes, length);
    return ASSAY_OK;
}

/* Bytes seen, and the most memory that was in use at any piece. */
struct meter {
    size_t written, most_used;
};

static enum assay_status measure(void *context, const char *bytes, size_t length,
                                 struct assay_error *err)
{
    struct meter *meter = context;
    size_t used = used_now();
    (void)bytes;
    (void)err;
    meter->written += length;
    if (used > meter->most_used)
        meter->most_used = used;
    return ASSAY_OK;
}

/* Writes a report, or the request after the last, and checks what it takes besides the analysis. */
static void assert_bounded(const struct assay_analysis *large, int format, size_t limit)
{
    const struct assay_write_options options = {.slices = true, .slices_max = SLICES};
    struct meter meter = {0};
    struct assay_error err;
    const struct assay_sink sink = {measure, &meter};
    size_t used_before = used_now();
    long peak_before = peak_kib();
    enum assay_status status =
        format < ASSAY__REPORT_COUNT
            ? assay_analysis_stream(large, (enum assay_format)format, &options, &sink, &err)
            : assay_request_stream(large, &sink, &err);
    assert_ok(status, &err);
    ck_assert_uint_gt(meter.written, MEBIBYTE);
    ck_assert_msg(meter.most_used < used_before + limit, "%zu bytes",
                  meter.most_used - used_before);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they keep freed memory */
    ck_assert_msg(peak_kib() < peak_before + (long)(limit / 1024), "%ld KiB",
                  peak_kib() - peak_before);
#else
    (void)peak_before;
#endif
}

START_TEST(a_hundred_thousand_slices_are_written_in_64_mib)
{
    assert_bounded(large_analysis(SLICES), ASSAY_FORMAT_RESULT, 64 * MEBIBYTE);
}
END_TEST

START_TEST(no_report_takes_memory_for_its_slices)
{
    assert_bounded(large_analysis(FEWER), _i, 8 * MEBIBYTE);
}
END_TEST

START_TEST(a_report_has_the_same_bytes_in_pieces)
{
    static struct sample sample;
    const struct assay_analysis *analysis = sample_analysis(&sample);
    struct assay__text pieces = {0};
    const struct assay_sink sink = {gather, &pieces};
    struct assay_error err;
    for (int format = 0; format < ASSAY__REPORT_COUNT; format++) {
        const struct assay_write_options options = {
            .pretty = format == ASSAY_FORMAT_DETAIL, .slices = true, .unicode = true};
        char *whole;
        size_t length;
        assert_ok(assay_analysis_write(analysis, (enum assay_format)format, &options, &whole,
                                       &length, &err),
                  &err);
        assert_ok(assay_analysis_stream(analysis, (enum assay_format)format, &options, &sink, &err),
                  &err);
        ck_assert_uint_eq(length, pieces.length);
        ck_assert_int_eq(memcmp(whole, pieces.data, length), 0);
        assay__text_release(&pieces);
        free(whole);
    }
}
END_TEST

/* Text leaves memory between elements, where others would be repeated. */
START_TEST(a_long_result_has_the_same_bytes_in_pieces)
{
    const struct assay_analysis *large = large_analysis(FEWER);
    struct assay__text pieces = {0};
    const struct assay_sink sink = {gather, &pieces};
    struct assay_error err;
    char *whole;
    size_t length;
    assert_ok(assay_analysis_write(large, ASSAY_FORMAT_RESULT, NULL, &whole, &length, &err), &err);
    assert_ok(assay_analysis_stream(large, ASSAY_FORMAT_RESULT, NULL, &sink, &err), &err);
    ck_assert_uint_eq(length, pieces.length);
    ck_assert_int_eq(memcmp(whole, pieces.data, length), 0);
    assay__text_release(&pieces);
    free(whole);
}
END_TEST

static enum assay_status refuse(void *context, const char *bytes, size_t length,
                                struct assay_error *err)
{
    int *calls = context;
    (void)bytes;
    (void)length;
    return ++*calls < 3 ? ASSAY_OK : assay__fail(err, ASSAY_ERROR_LIMIT, "Enough.");
}

START_TEST(a_sink_that_fails_ends_the_report)
{
    const struct assay_analysis *large = large_analysis(FEWER);
    struct assay_error err;
    int calls = 0;
    const struct assay_sink sink = {refuse, &calls};
    ck_assert_int_eq(assay_analysis_stream(large, ASSAY_FORMAT_RESULT, NULL, &sink, &err),
                     ASSAY_ERROR_LIMIT);
    ck_assert_int_eq(calls, 3);
    ck_assert_str_eq(err.message, "Enough.");
    ck_assert_int_eq(assay_analysis_stream(large, ASSAY_FORMAT_RESULT, NULL, &sink, NULL),
                     ASSAY_ERROR_LIMIT);
    ck_assert_int_eq(assay_analysis_stream(large, (enum assay_format)99, NULL, &sink, &err),
                     ASSAY_ERROR_USAGE);
    ck_assert_int_eq(calls, 4);
}
END_TEST

START_TEST(every_format_has_a_row)
{
    for (int i = 0; i < ASSAY__REPORT_COUNT; i++) {
        ck_assert_ptr_nonnull(assay__reports[i].name);
        ck_assert(assay__reports[i].write != NULL);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_hundred_thousand_slices_are_written_in_64_mib);
    tcase_add_loop_test(cases, no_report_takes_memory_for_its_slices, 0, ASSAY__REPORT_COUNT + 1);
    tcase_add_test(cases, a_report_has_the_same_bytes_in_pieces);
    tcase_add_test(cases, a_long_result_has_the_same_bytes_in_pieces);
    tcase_add_test(cases, a_sink_that_fails_ends_the_report);
    tcase_add_test(cases, every_format_has_a_row);
}

int main(void)
{
    return test_main_apart("reports", add);
}
