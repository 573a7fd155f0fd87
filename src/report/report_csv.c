/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One row per metric x comparison x slice x look, for spreadsheets and data frames. RFC 4180
 * quoting; lines end with a newline alone, which every reader takes and Unix tools want. An absent
 * figure is an empty field. What was found is what was found up to the row's look; the message,
 * which tells of all looks, stands at the last. Where a metric has no values at all there is no
 * look; the row is there all the same, with counts of 0 and no figures, and its message says why.
 */
#include <math.h>
#include <string.h>

#include "analysis/conditions.h"
#include "analysis/outcome.h"
#include "plan/names.h"
#include "report/reports.h"
#include "number/number.h"
#include "base/time.h"
#include "base/csv_quote.h"
#include "base/digits.h"

/* A row in the making: the comma before every field but the first. */
struct row {
    struct assay__text *out;
    bool has_before;
};

/* The comma; returns where the field goes, with room for as many bytes. NULL without memory. */
static inline char *begin_field(struct row *row, size_t room)
{
    char *at = assay__text_room(row->out, 1 + room);
    if (at != NULL && row->has_before)
        *at++ = ',';
    row->has_before = true;
    return at;
}

static inline void end_field(struct row *row, char *end)
{
    assay__text_end(row->out, end);
}

static void separate(struct row *row)
{
    char *at = begin_field(row, 0);
    if (at != NULL)
        end_field(row, at);
}

static void put_text(struct row *row, const char *text)
{
    separate(row);
    assay__csv_quote(row->out, text, NULL);
}

static void put_number(struct row *row, double value)
{
    char *at = begin_field(row, ASSAY__NUMBER_ROOM);
    if (at != NULL)
        end_field(row, isfinite(value) ? assay__number_put(value, at) : at);
}

static void put_count(struct row *row, uint64_t count)
{
    char *at = begin_field(row, ASSAY__DIGITS_ROOM);
    if (at != NULL)
        end_field(row, assay__digits_put(count, at));
}

static void put_size(struct row *row, double size)
{
    if (size >= 0.0 && size <= ASSAY__WHOLE_MAX)
        put_count(row, (uint64_t)size);
    else
        put_number(row, size);
}

static void put_answer(struct row *row, enum assay_tristate answer)
{
    separate(row);
    if (answer != ASSAY_UNKNOWN)
        assay__text_puts(row->out, answer == ASSAY_YES ? "true" : "false");
}

static void put_flags(struct row *row, uint32_t flags)
{
    size_t count;
    const struct assay__condition *conditions = assay__conditions(&count);
    bool any = false;
    separate(row);
    for (size_t i = 0; i < count; i++) {
        if (!(flags & conditions[i].flag))
            continue;
        if (any)
            assay__text_putc(row->out, ' ');
        assay__text_puts(row->out, conditions[i].id);
        any = true;
    }
}

/* One row's source; look is NULL when there is none. */
struct source {
    const struct assay_analysis *analysis;
    const struct assay_metric_result *result;
    const struct assay_look_result *look;
};

static void put_time(struct row *row, const struct source *source)
{
    char time[ASSAY__TIME_BYTES] = "";
    if (source->look != NULL && source->look->time_ns != INT64_MIN)
        assay__time_write(source->look->time_ns, time);
    put_text(row, time);
}

static struct assay__bounds relative_bounds(const struct source *source)
{
    if (source->look == NULL)
        return (struct assay__bounds){(double)NAN, (double)NAN};
    return assay__relative_bounds(source->analysis->plan, &source->look->comparison.relative);
}

static double deterioration_p(const struct source *source)
{
    bool is_tested = source->look != NULL && source->look->deterioration != NULL;
    return is_tested ? assay__harm_test(source->look)->difference.p : (double)NAN;
}

/* What was found up to the row's look; of a result without looks, what it says of itself. */
#define FOUND(member) (s->look == NULL ? s->result->member : s->look->member)

static const char *message_of(const struct source *source)
{
    const struct assay_metric_result *result = source->result;
    bool is_last = source->look == NULL || source->look == &result->looks[result->look_count - 1];
    return is_last ? result->message : "";
}

#define METRIC (&s->analysis->plan->metrics[s->result->metric])
#define SLICE (&s->analysis->slices[s->result->slice])
#define FIGURE(member) (s->look == NULL ? (double)NAN : s->look->member)
#define COUNT(member) (s->look == NULL ? 0 : s->look->member)

/* COLUMN_LIST: every column as X(name, what writes it). */
#define COLUMN_LIST(X)                                                                             \
    X(metric, put_text(row, METRIC->id))                                                           \
    X(role, put_text(row, assay__name_role(METRIC->role)))                                         \
    X(type, put_text(row, assay__name_metric_type(METRIC->type)))                                  \
    X(hypothesis, put_text(row, assay__name_hypothesis(s->result->hypothesis)))                    \
    X(comparison_id, put_text(row, s->result->comparison_id))                                      \
    X(baseline, put_text(row, s->analysis->groups[s->result->baseline].id))                        \
    X(compared, put_text(row, s->analysis->groups[s->result->compared].id))                        \
    X(slice, put_text(row, assay__name_slice(SLICE->kind)))                                        \
    X(slice_key, put_text(row, SLICE->key))                                                        \
    X(slice_value, put_text(row, SLICE->value))                                                    \
    X(look, put_count(row, COUNT(look)))                                                           \
    X(time, put_time(row, s))                                                                      \
    X(baseline_n, put_count(row, COUNT(comparison.baseline.n)))                                    \
    X(compared_n, put_count(row, COUNT(comparison.compared.n)))                                    \
    X(baseline_estimate, put_number(row, FIGURE(comparison.baseline.estimate)))                    \
    X(compared_estimate, put_number(row, FIGURE(comparison.compared.estimate)))                    \
    X(baseline_unadjusted, put_number(row, FIGURE(comparison.baseline.unadjusted)))                \
    X(compared_unadjusted, put_number(row, FIGURE(comparison.compared.unadjusted)))                \
    X(difference, put_number(row, FIGURE(comparison.difference.estimate)))                         \
    X(standard_error, put_number(row, FIGURE(comparison.difference.standard_error)))               \
    X(lower, put_number(row, FIGURE(comparison.difference.lower)))                                 \
    X(upper, put_number(row, FIGURE(comparison.difference.upper)))                                 \
    X(relative_difference, put_number(row, FIGURE(comparison.relative.estimate)))                  \
    X(relative_lower, put_number(row, relative_bounds(s).lower))                                   \
    X(relative_upper, put_number(row, relative_bounds(s).upper))                                   \
    X(df, put_number(row, FIGURE(comparison.difference.df)))                                       \
    X(statistic, put_number(row, FIGURE(comparison.difference.statistic)))                         \
    X(critical, put_number(row, FIGURE(comparison.difference.critical)))                           \
    X(p, put_number(row, FIGURE(comparison.difference.p)))                                         \
    X(log10_p, put_number(row, FIGURE(comparison.difference.log10_p)))                             \
    X(alpha, put_number(row, s->result->alpha))                                                    \
    X(side, put_text(row, assay__name_side(s->result->side)))                                      \
    X(null_difference, put_number(row, FIGURE(null_difference)))                                   \
    X(outcome, put_text(row, assay__name_outcome(                                                  \
                                 assay__outcome(s->result->hypothesis, FOUND(significant)))))      \
    X(significant, put_answer(row, FOUND(significant)))                                            \
    X(deteriorated, put_answer(row, FOUND(deteriorated)))                                          \
    X(deterioration_p, put_number(row, deterioration_p(s)))                                        \
    X(powered, put_answer(row, FOUND(powered)))                                                    \
    X(current_size, put_count(row, COUNT(size.current)))                                           \
    X(required_size, put_size(row, FIGURE(size.required)))                                         \
    X(powered_effect, put_number(row, FIGURE(size.powered_effect_abs)))                            \
    X(powered_effect_relative, put_number(row, FIGURE(size.powered_effect_rel)))                   \
    X(variance_reduction, put_number(row, FIGURE(comparison.reduction.rate)))                      \
    X(flags, put_flags(row, COUNT(comparison.flags)))                                              \
    X(message, put_text(row, message_of(s)))

static void write_row(struct assay__text *out, const struct source *s)
{
    struct row whole = {.out = out}, *row = &whole;
#define COLUMN_CELL(name, writer) writer;
    COLUMN_LIST(COLUMN_CELL)
#undef COLUMN_CELL
    assay__text_putc(out, '\n');
    assay__text_pass_on(out);
}

void assay__write_csv(const struct assay_analysis *analysis,
                      const struct assay_write_options *options, struct assay__text *out)
{
    (void)options;
    struct row header = {.out = out};
#define COLUMN_NAME(name, writer) put_text(&header, #name);
    COLUMN_LIST(COLUMN_NAME)
#undef COLUMN_NAME
    assay__text_putc(out, '\n');
    for (size_t i = 0; i < analysis->result_count && !out->failed; i++) {
        struct source source = {.analysis = analysis, .result = &analysis->results[i]};
        if (source.result->look_count == 0)
            write_row(out, &source);
        for (uint32_t look = 0; look < source.result->look_count && !out->failed; look++) {
            source.look = &source.result->looks[look];
            write_row(out, &source);
        }
    }
}
