/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_REPORT_WRITER_H
#define ASSAY_REPORT_WRITER_H

#include "json/json_write.h"
#include "assay/result.h"

/**
 * The writers turn an analysis into text and compute nothing but layout. Each appends a document;
 * out of memory is remembered by the text.
 */
void assay__write_table(const struct assay_analysis *analysis,
                        const struct assay_write_options *options, struct assay__text *out);
void assay__write_result(const struct assay_analysis *analysis,
                         const struct assay_write_options *options, struct assay__text *out);
void assay__write_detail(const struct assay_analysis *analysis,
                         const struct assay_write_options *options, struct assay__text *out);
void assay__write_csv(const struct assay_analysis *analysis,
                      const struct assay_write_options *options, struct assay__text *out);

/** What the JSON documents of plans and analyses share. An object of two texts: */
void assay__write_pair(struct assay__json *json, const char *key_a, const char *a,
                       const char *key_b, const char *b);
/** A list of texts. */
void assay__write_texts(struct assay__json *json, const char *key, const char *const *texts,
                        uint32_t count);
/** An instant as RFC 3339, UTC; nothing for INT64_MIN. */
void assay__write_time(struct assay__json *json, const char *key, int64_t time_ns);
/** A count that is kept as a double, exact below 2^53; nothing when it is not finite. */
void assay__write_size(struct assay__json *json, const char *key, double size);

/** assay__result_value() writes the AnalysisResult as the next value of a document. */
void assay__result_value(struct assay__json *json, const struct assay_analysis *analysis);

/** struct assay__bounds: an interval; NaN where it has no bound. */
struct assay__bounds {
    double lower, upper;
};

/** assay__relative_bounds() is the relative interval that the plan chose to report. */
struct assay__bounds assay__relative_bounds(const struct assay_plan *plan,
                                            const struct assay_relative *relative);

/** assay__first_result() is the first of a metric's results; *count: comparisons x slices. */
const struct assay_metric_result *assay__first_result(const struct assay_analysis *analysis,
                                                      uint32_t metric, size_t *count);

/** assay__last_look() is the last look of a result, NULL when the metric has no values there. */
const struct assay_look_result *assay__last_look(const struct assay_metric_result *result);

#endif
