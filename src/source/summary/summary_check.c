/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What must hold in any table of sufficient statistics, whoever made it: a table that contradicts
 * itself is refused, since the figures that follow from it would be wrong without a sign.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "number/number.h"
#include "source/summary/summary_table.h"
#include "stats/centred.h"
#include "stats/moments.h"

typedef struct assay__summary_entry entry_t;

enum assay_status assay__summary_refuse(const entry_t *entry, struct assay_error *err,
                                        const char *format, ...)
{
    char what[500], name[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    const char *time = entry->key[ASSAY__KEY_TIME], *dimension = entry->key[ASSAY__KEY_DIMENSION];
    if (assay__summary_counts_units(entry))
        snprintf(name, sizeof name, "Units of group '%.60s'", entry->key[ASSAY__KEY_GROUP]);
    else
        snprintf(name, sizeof name, "Metric '%.60s', group '%.60s'", entry->key[ASSAY__KEY_METRIC],
                 entry->key[ASSAY__KEY_GROUP]);
    return assay__fail_at(err, ASSAY_ERROR_DATA, entry->file, entry->line, entry->column,
                          "%s%s%.60s%s%.60s%s%s: %s", name, dimension[0] == '\0' ? "" : ", ",
                          dimension, dimension[0] == '\0' ? "" : " ",
                          dimension[0] == '\0' ? "" : entry->key[ASSAY__KEY_VALUE],
                          time[0] == '\0' ? "" : " at ", time, what);
}

enum assay_status assay__summary_note(struct assay__summary_table *table, const char *level,
                                      const char *metric, const char *text, struct assay_error *err)
{
    const char *const key[ASSAY__KEY_COUNT] = {"@note", metric, "", level, text};
    struct assay__summary_entry *note;
    bool is_new;
    enum assay_status status = assay__summary_entry(table, key, &note, &is_new, err);
    if (status == ASSAY_OK)
        note->n = 1;
    return status;
}

/* The entry of the same group and time, of some metric or of units in some slice; or NULL. */
static enum assay_status find(struct assay__summary_table *table, const entry_t *entry,
                              const char *metric, const char *dimension, const char *value,
                              entry_t **out, struct assay_error *err)
{
    const char *const key[ASSAY__KEY_COUNT] = {metric, entry->key[ASSAY__KEY_GROUP],
                                               entry->key[ASSAY__KEY_TIME], dimension, value};
    return assay__summary_find(table, key, out, err);
}

/*
 * Counts are cumulative: they fall in tables of one look each, such as one a day. Where they fall
 * in a sealed table, units were seen in a second group.
 */
static enum assay_status check_fall(struct assay__summary_table *table, const entry_t *before,
                                    uint64_t was, const entry_t *after, uint64_t is,
                                    struct assay_error *err)
{
    if (is >= was || table->is_sealed)
        return ASSAY_OK;
    if ((was - is) * 100 >= was)
        return assay__summary_refuse(
            after, err,
            "the count falls from %" PRIu64 " (line %" PRIu64 ") to %" PRIu64
            ". Counts are cumulative: each look counts all units so far. A table with one look's "
            "own units a row, such as a table per day, must be added up first.",
            was, before->line, is);
    bool is_units = assay__summary_counts_units(after);
    char text[ASSAY_NAME_BYTES_MAX + 400];
    snprintf(text, sizeof text,
             "The count of group '%.300s' falls from %s to %s at %s, by less than a hundredth: "
             "taken as a correction. Counts should be cumulative.",
             after->key[ASSAY__KEY_GROUP], assay__count(was).text, assay__count(is).text,
             after->key[ASSAY__KEY_TIME]);
    return assay__summary_note(table, "warning", is_units ? "" : after->key[ASSAY__KEY_METRIC],
                               text, err);
}

/* A metric counts units with a value: no more than there are. */
static enum assay_status check_units(struct assay__summary_table *table, const entry_t *entry,
                                     struct assay_error *err)
{
    if (assay__summary_counts_units(entry))
        return ASSAY_OK;
    entry_t *units;
    uint64_t n = assay__summary_count(entry);
    enum assay_status status = find(table, entry, "@units", entry->key[ASSAY__KEY_DIMENSION],
                                    entry->key[ASSAY__KEY_VALUE], &units, err);
    if (status != ASSAY_OK)
        return status;
    if (units == NULL)
        return assay__summary_refuse(entry, err,
                                     "n is %" PRIu64 ", but no row '@units' counts the units "
                                     "there, as it does elsewhere in this table.",
                                     n);
    if (n > units->n)
        return assay__summary_refuse(entry, err,
                                     "n is %" PRIu64 ", more than the %" PRIu64
                                     " units that line %" PRIu64 " counts.",
                                     n, units->n, units->line);
    return ASSAY_OK;
}

/* Whether two sums are equal, as far as the figures they come from were printed. */
static bool same_sum(const entry_t *total, const struct assay_moments *added, double added_slack,
                     uint32_t sum, struct assay_error *err, enum assay_status *status)
{
    struct assay__text a = {0}, b = {0};
    double x = 0.0, y = 0.0;
    *status = assay__moments_write_sum(total->state, 0, sum, &a, err);
    if (*status == ASSAY_OK)
        *status = assay__moments_write_sum(added, 0, sum, &b, err);
    bool same =
        *status == ASSAY_OK && a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
    double slack = added_slack + (total->slack == NULL ? 0.0 : total->slack[sum]);
    if (*status == ASSAY_OK && !same && slack > 0.0 &&
        assay__double_parse(a.data, a.length, &x) == ASSAY__PARSE_OK &&
        assay__double_parse(b.data, b.length, &y) == ASSAY__PARSE_OK)
        same = fabs(x - y) <= slack + 1e-15 * (fabs(x) + fabs(y));
    assay__text_release(&a);
    assay__text_release(&b);
    return same;
}

/* Rows of a dimension that have all units of the total have its sums too: checked of moments. */
static enum assay_status check_sums(const entry_t *total, entry_t *const *rows, uint32_t count,
                                    struct assay_error *err)
{
    const struct assay_moments *whole = assay__summary_moments(total);
    struct assay_moments *added;
    if (whole == NULL || assay__moments_pattern_count(whole) > 1 || total->without_variance)
        return ASSAY_OK;
    struct assay_moments_shape shape = assay_moments_shape(whole);
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    enum assay_status status = assay_moments_new(shape, &added, err);
    if (status != ASSAY_OK)
        return status;
    bool same = true, comparable = true;
    for (uint32_t i = 0; status == ASSAY_OK && comparable && i < count; i++) {
        const struct assay_moments *part = assay__summary_moments(rows[i]);
        comparable = part != NULL && assay__same_shape(assay_moments_shape(part), shape) &&
                     !rows[i]->without_variance && assay__moments_pattern_count(part) == 1;
        if (comparable)
            status = assay_moments_merge(added, part, err);
    }
    comparable = comparable && assay__moments_pattern_count(added) == 1;
    for (uint32_t k = 0; status == ASSAY_OK && comparable && same && k < 2 * variables; k++) {
        uint32_t sum = k % 2 == 0 ? k / 2 : variables + assay__pair(k / 2, k / 2);
        double slack = 0.0;
        for (uint32_t i = 0; i < count; i++)
            slack += rows[i]->slack == NULL ? 0.0 : rows[i]->slack[sum];
        same = same_sum(total, added, slack, sum, err, &status);
    }
    assay_moments_free(added);
    if (status == ASSAY_OK && !same)
        status = assay__summary_refuse(rows[0], err,
                                       "the rows of dimension '%.60s' have all units of the total "
                                       "(line %" PRIu64 "), but other sums.",
                                       rows[0]->key[ASSAY__KEY_DIMENSION], total->line);
    return status;
}

static enum assay_status note_gap(struct assay__summary_table *table, const entry_t *total,
                                  const char *dimension, uint64_t without, struct assay_error *err)
{
    bool is_units = assay__summary_counts_units(total);
    char text[ASSAY_NAME_BYTES_MAX + 400];
    snprintf(text, sizeof text,
             "The rows of dimension '%.300s' leave out %s of %s units of group '%.300s'.",
             dimension, assay__count(without).text, assay__count(assay__summary_count(total)).text,
             total->key[ASSAY__KEY_GROUP]);
    return assay__summary_note(table, "warning", is_units ? "" : total->key[ASSAY__KEY_METRIC],
                               text, err);
}

/* All rows of one metric, group, dimension and time, against the row of all units. */
static enum assay_status check_dimension(struct assay__summary_table *table, entry_t *const *rows,
                                         uint32_t count, bool is_last, struct assay_error *err)
{
    const char *dimension = rows[0]->key[ASSAY__KEY_DIMENSION];
    entry_t *total;
    enum assay_status status =
        find(table, rows[0], rows[0]->key[ASSAY__KEY_METRIC], "", "", &total, err);
    if (status != ASSAY_OK)
        return status;
    bool may_overlap = strcmp(dimension, "@segment") == 0;
    uint64_t all = total == NULL ? 0 : assay__summary_count(total), n = 0;
    if (total == NULL)
        return assay__summary_refuse(rows[0], err,
                                     "there is no row of all units of this group, with an empty "
                                     "dimension: add it.");
    for (uint32_t i = 0; i < count; i++) {
        uint64_t own = assay__summary_count(rows[i]);
        n = may_overlap ? own : n + own;
        if (n > all)
            return assay__summary_refuse(
                rows[i], err,
                "%s %" PRIu64 " units, but the total (line %" PRIu64 ") has %" PRIu64 ".",
                may_overlap ? "the segment has" : "the rows of the dimension add up to", n,
                total->line, all);
    }
    if (may_overlap)
        return ASSAY_OK;
    if (n < all)
        return is_last ? note_gap(table, total, dimension, all - n, err) : ASSAY_OK;
    return total->state == NULL ? ASSAY_OK : check_sums(total, rows, count, err);
}

static int compare_slices(const void *a, const void *b)
{
    static const enum assay__summary_key KEYS[] = {ASSAY__KEY_METRIC, ASSAY__KEY_GROUP,
                                                   ASSAY__KEY_DIMENSION};
    const entry_t *x = *(entry_t *const *)a, *y = *(entry_t *const *)b;
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        int order = strcmp(x->key[KEYS[i]], y->key[KEYS[i]]);
        if (order != 0)
            return order;
    }
    if (x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    return strcmp(x->key[ASSAY__KEY_VALUE], y->key[ASSAY__KEY_VALUE]);
}

static bool same_dimension(const entry_t *a, const entry_t *b)
{
    return strcmp(a->key[ASSAY__KEY_METRIC], b->key[ASSAY__KEY_METRIC]) == 0 &&
           strcmp(a->key[ASSAY__KEY_GROUP], b->key[ASSAY__KEY_GROUP]) == 0 &&
           strcmp(a->key[ASSAY__KEY_DIMENSION], b->key[ASSAY__KEY_DIMENSION]) == 0;
}

static enum assay_status check_dimensions(struct assay__summary_table *table,
                                          struct assay__summary_order *order,
                                          struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    bool has_dimensions = false;
    for (uint32_t i = 0; i < order->count; i++)
        has_dimensions = has_dimensions || order->entries[i]->key[ASSAY__KEY_DIMENSION][0] != '\0';
    if (!has_dimensions)
        return ASSAY_OK;
    bool is_sorted = true; /* where there is one time, they are */
    for (uint32_t i = 1; is_sorted && i < order->count; i++)
        is_sorted = compare_slices(&order->entries[i - 1], &order->entries[i]) <= 0;
    if (!is_sorted)
        status = assay__sort(order->entries, order->count, sizeof *order->entries, compare_slices,
                             table->halt, "merge", err);
    for (uint32_t i = 0, next = 0; status == ASSAY_OK && i < order->count; i = next) {
        entry_t **rows = order->entries + i;
        for (next = i + 1; next < order->count && same_dimension(rows[0], order->entries[next]) &&
                           rows[0]->time_ns == order->entries[next]->time_ns;)
            next++;
        bool is_last = next == order->count || !same_dimension(rows[0], order->entries[next]);
        status = assay__halt_check(table->halt, err);
        if (status == ASSAY_OK && rows[0]->key[ASSAY__KEY_DIMENSION][0] != '\0')
            status = check_dimension(table, rows, next - i, is_last, err);
    }
    return status;
}

static enum assay_status check_series(struct assay__summary_table *table,
                                      const struct assay__summary_order *order,
                                      struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    bool has_units = assay__summary_has_units(table);
    uint64_t was = 0, n = 0; /* units of the entry before, and of the one at hand */
    for (uint32_t i = 0; status == ASSAY_OK && i < order->count; i++, was = n) {
        const entry_t *entry = order->entries[i];
        n = assay__summary_count(entry);
        const entry_t *before = i > 0 ? order->entries[i - 1] : NULL;
        if ((entry->time_ns == INT64_MIN) != (order->entries[0]->time_ns == INT64_MIN))
            return assay__summary_refuse(entry, err,
                                         "some rows have a time and some have none: looks cannot "
                                         "be told apart.");
        if (before != NULL && assay__summary_same_series(before, entry))
            status = check_fall(table, before, was, entry, n, err);
        if (status == ASSAY_OK)
            status = assay__summary_go_on(table, i, err);
        if (status == ASSAY_OK && has_units)
            status = check_units(table, entry, err);
    }
    return status;
}

/*
 * Most tables have nothing but totals, looks in their order and counts that do not fall: that takes
 * no list in order to see. False where somebody has to look closer.
 */
static enum assay_status look_over(const struct assay__summary_table *table, bool *is_sound,
                                   struct assay_error *err)
{
    struct {
        const entry_t *entry;
        uint64_t n;
    } *before = assay__calloc((size_t)table->series.count + 1, sizeof *before);
    const entry_t *first = NULL;
    enum assay_status status = before == NULL ? assay__fail_memory(err) : ASSAY_OK;
    *is_sound = true;
    for (uint32_t i = 0; status == ASSAY_OK && *is_sound && i < table->keys.count; i++) {
        const entry_t *entry = table->entries[i];
        status = assay__summary_go_on(table, i, err);
        if (entry->state == NULL) {
            *is_sound = !assay__summary_counts_units(entry);
            continue;
        }
        uint64_t n = assay__summary_count(entry);
        const entry_t *last = before[entry->series].entry;
        first = first == NULL ? entry : first;
        *is_sound =
            entry->key[ASSAY__KEY_DIMENSION][0] == '\0' &&
            (entry->time_ns == INT64_MIN) == (first->time_ns == INT64_MIN) &&
            (last == NULL || (last->time_ns < entry->time_ns && before[entry->series].n <= n));
        before[entry->series].entry = entry;
        before[entry->series].n = n;
    }
    assay__free(before);
    return status;
}

enum assay_status assay__summary_check(struct assay__summary_table *table, struct assay_error *err)
{
    struct assay__summary_order order = {0};
    bool is_sound = false;
    enum assay_status status = look_over(table, &is_sound, err);
    if (is_sound || status != ASSAY_OK)
        return status;
    status = assay__summary_sort(table, &order, err);
    if (status == ASSAY_OK)
        status = check_series(table, &order, err);
    if (status == ASSAY_OK)
        status = assay__summary_check_missing(table, err);
    if (status == ASSAY_OK)
        status = check_dimensions(table, &order, err);
    assay__summary_order_release(&order);
    return status;
}
