/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/writer.h"

#include <math.h>

#include "base/error.h"
#include "base/time.h"

enum assay_status assay_analysis_write(const struct assay_analysis *analysis,
                                       enum assay_format format,
                                       const struct assay_write_options *options, char **text,
                                       size_t *length, struct assay_error *err)
{
    static void (*const WRITERS[])(const struct assay_analysis *,
                                   const struct assay_write_options *, struct assay__text *) = {
        [ASSAY_FORMAT_TABLE] = assay__write_table,
        [ASSAY_FORMAT_RESULT] = assay__write_result,
        [ASSAY_FORMAT_DETAIL] = assay__write_detail,
        [ASSAY_FORMAT_CSV] = assay__write_csv};
    static const struct assay_write_options DEFAULTS = {0};
    if ((size_t)format >= sizeof WRITERS / sizeof *WRITERS)
        return assay__fail(err, ASSAY_ERROR_USAGE, "There is no output format %d.", (int)format);
    struct assay__text out = {0};
    WRITERS[format](analysis, options != NULL ? options : &DEFAULTS, &out);
    return assay__text_take(&out, text, length, err);
}

void assay__write_pair(struct assay__json *json, const char *key_a, const char *a,
                       const char *key_b, const char *b)
{
    assay__json_begin(json, '{');
    assay__json_member_string(json, key_a, a);
    assay__json_member_string(json, key_b, b);
    assay__json_end(json, '}');
}

void assay__write_texts(struct assay__json *json, const char *key, const char *const *texts,
                        uint32_t count)
{
    assay__json_member_begin(json, key, '[');
    for (uint32_t i = 0; i < count; i++)
        assay__json_string(json, texts[i]);
    assay__json_end(json, ']');
}

void assay__write_time(struct assay__json *json, const char *key, int64_t time_ns)
{
    char time[ASSAY__TIME_BYTES];
    if (time_ns == INT64_MIN)
        return;
    assay__time_write(time_ns, time);
    assay__json_member_string(json, key, time);
}

void assay__write_size(struct assay__json *json, const char *key, double size)
{
    if (size >= 0.0 && size <= 0x1p53)
        assay__json_member_count(json, key, (uint64_t)size);
    else
        assay__json_member_number(json, key, size);
}

struct assay__bounds assay__relative_bounds(const struct assay_plan *plan,
                                            const struct assay_relative *relative)
{
    switch (plan->relative) {
    case ASSAY_RELATIVE_DELTA:
        return (struct assay__bounds){relative->delta_lower, relative->delta_upper};
    case ASSAY_RELATIVE_LOG:
        return (struct assay__bounds){relative->log_lower, relative->log_upper};
    case ASSAY_RELATIVE_SCALED:
        return (struct assay__bounds){relative->scaled_lower, relative->scaled_upper};
    case ASSAY_RELATIVE_FIELLER:
        break;
    }
    if (relative->fieller_kind == ASSAY_FIELLER_BOUNDED)
        return (struct assay__bounds){relative->fieller_lower, relative->fieller_upper};
    return (struct assay__bounds){(double)NAN, (double)NAN};
}

const struct assay_metric_result *assay__first_result(const struct assay_analysis *analysis,
                                                      uint32_t metric, size_t *count)
{
    *count = analysis->result_count / analysis->plan->metric_count;
    return analysis->results + *count * metric;
}

const struct assay_look_result *assay__last_look(const struct assay_metric_result *result)
{
    return result->look_count == 0 ? NULL : &result->looks[result->look_count - 1];
}
