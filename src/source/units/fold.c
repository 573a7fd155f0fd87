/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How several rows of a unit become one number: sum, count, mean, extremes, first and last. */
#include "source/units/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "source/units/fold_sum.h"

enum assay_status assay__folder_init(struct assay__folder *folder,
                                     const struct assay__binding *binding, struct assay_error *err)
{
    memset(folder, 0, sizeof *folder);
    folder->binding = binding;
    folder->begin = assay__calloc((size_t)binding->channel_count + 1, sizeof *folder->begin);
    folder->digits = assay__calloc((size_t)binding->fold_count + 1, sizeof *folder->digits);
    return folder->begin == NULL || folder->digits == NULL ? assay__fail_memory(err) : ASSAY_OK;
}

void assay__folder_release(struct assay__folder *folder)
{
    assay__free(folder->events);
    assay__free(folder->begin);
    assay__free(folder->chosen);
    assay__free(folder->digits);
    memset(folder, 0, sizeof *folder);
}

static bool need_room(struct assay__folder *folder, size_t count)
{
    if (count <= folder->capacity)
        return true;
    size_t capacity = count + count / 2 + 16; /* a unit may have millions */
    assay__free(folder->events);
    assay__free(folder->chosen);
    folder->capacity = 0;
    folder->events = assay__malloc(capacity * sizeof *folder->events);
    folder->chosen = assay__malloc(capacity * sizeof *folder->chosen);
    if (folder->events == NULL || folder->chosen == NULL)
        return false;
    folder->capacity = capacity;
    return true;
}

/* By channel, in no order of time: a record begins with its channel. */
enum assay_status assay__folder_load(struct assay__folder *folder, const uint64_t *partials,
                                     struct assay__records records, struct assay_error *err)
{
    if (!need_room(folder, records.count + 1)) /* and what came so far, as one more */
        return assay__fail_memory(err);
    size_t *next = folder->begin + 1, sum = 0;
    uint64_t channel;
    folder->partials = partials;
    folder->count = records.count;
    memset(folder->begin, 0, (folder->binding->channel_count + (size_t)1) * sizeof *next);
    for (size_t i = 0; i < records.count; i++) {
        (void)assay__get_count(records.at[i], &channel);
        next[channel]++;
    }
    for (uint32_t c = 0; c < folder->binding->channel_count; c++) {
        size_t count = next[c];
        next[c] = sum;
        sum += count;
    }
    for (size_t i = 0; i < records.count; i++) {
        (void)assay__get_count(records.at[i], &channel);
        (void)assay__record_get(folder->binding, records.at[i], &folder->events[next[channel]++]);
    }
    return ASSAY_OK;
}

static int compare_texts(const void *a, const void *b)
{
    const struct assay__reading *x = *(const struct assay__reading *const *)a;
    const struct assay__reading *y = *(const struct assay__reading *const *)b;
    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    return memcmp(x->text, y->text, x->length);
}

static void count_distinct(const struct assay__reading **events, size_t count,
                           struct assay__number *out)
{
    qsort(events, count, sizeof *events, compare_texts);
    int64_t distinct = count > 0;
    for (size_t i = 1; i < count; i++)
        distinct += compare_texts(&events[i - 1], &events[i]) != 0;
    out->value.mantissa = distinct;
}

/* The smallest (side -1) or largest (side 1) of some values. */
static void take_extreme(const struct assay__reading *const *events, size_t count, int side,
                         struct assay__number *out)
{
    uint64_t word = events[0]->word;
    for (size_t i = 1; i < count; i++)
        if (assay__word_compare(events[i]->word, word) * side > 0)
            word = events[i]->word;
    (void)assay__word_decimal(word, &out->value);
}

/* Of the events at the first time (side -1) the smallest value decides, at the last the largest. */
static void take_end(const struct assay__reading **events, size_t count, int side,
                     struct assay__number *out)
{
    size_t ties = 1;
    for (size_t i = 1; i < count; i++) {
        int64_t time_ns = events[i]->time_ns, end_ns = events[0]->time_ns;
        if (side < 0 ? time_ns > end_ns : time_ns < end_ns)
            continue;
        ties = time_ns == end_ns ? ties : 0;
        events[ties++] = events[i];
    }
    take_extreme(events, ties, side, out);
}

static enum assay_status aggregate(struct assay__folder *folder, enum assay_aggregation aggregation,
                                   size_t count, char digits[ASSAY__DIGITS_MAX],
                                   struct assay__number *out, struct assay_error *err)
{
    const struct assay__reading **events = folder->chosen;
    switch (aggregation) {
    case ASSAY_AGGREGATE_SUM:
        return assay__fold_sum(events, count, digits, &out->value, err);
    case ASSAY_AGGREGATE_COUNT:
        out->value.mantissa = (int64_t)count;
        break;
    case ASSAY_AGGREGATE_COUNT_DISTINCT:
        count_distinct(events, count, out);
        break;
    case ASSAY_AGGREGATE_MEAN:
        return assay__fold_mean(events, count, digits, &out->value, err);
    case ASSAY_AGGREGATE_MIN:
        take_extreme(events, count, -1, out);
        break;
    case ASSAY_AGGREGATE_MAX:
        take_extreme(events, count, 1, out);
        break;
    case ASSAY_AGGREGATE_FIRST:
        take_end(events, count, -1, out);
        break;
    case ASSAY_AGGREGATE_LAST:
        take_end(events, count, 1, out);
        break;
    }
    return ASSAY_OK;
}

static bool is_zero_without_rows(enum assay_aggregation aggregation)
{
    return aggregation == ASSAY_AGGREGATE_SUM || aggregation == ASSAY_AGGREGATE_COUNT ||
           aggregation == ASSAY_AGGREGATE_COUNT_DISTINCT;
}

/*
 * What a fold made of rows as they came stands beside the records as one more event; a count, which
 * is returned, adds to theirs.
 */
static int64_t take_partial(const struct assay__folder *folder, const struct assay__fold *fold,
                            struct assay__reading *so_far, size_t *count)
{
    uint64_t word =
        fold->partial == ASSAY__UNBOUND ? assay__fold_empty(fold) : folder->partials[fold->partial];
    if (fold->partial == ASSAY__UNBOUND || word == assay__fold_empty(fold))
        return 0;
    if (fold->aggregation == ASSAY_AGGREGATE_COUNT)
        return assay__word_mantissa(word);
    so_far->word = word;
    folder->chosen[(*count)++] = so_far;
    return 0;
}

enum assay_status assay__folder_number(struct assay__folder *folder, uint32_t number,
                                       int64_t first_ns, int64_t until_ns,
                                       struct assay__number *out, struct assay_error *err)
{
    const struct assay__fold *fold = &folder->binding->folds[number];
    size_t begin = folder->begin[fold->channel], end = folder->begin[fold->channel + 1];
    size_t count = 0;
    for (size_t i = begin; i < end; i++) {
        const struct assay__reading *event = &folder->events[i];
        bool is_in_look = until_ns == INT64_MAX || event->time_ns < until_ns;
        if (is_in_look && assay__fold_has(fold, first_ns, event->time_ns))
            folder->chosen[count++] = event;
    }
    struct assay__reading so_far = {.time_ns = INT64_MIN};
    *out = (struct assay__number){.is_missing = false};
    int64_t counted = take_partial(folder, fold, &so_far, &count);
    if (count == 0 && !is_zero_without_rows(fold->aggregation)) {
        out->is_missing = true;
        return ASSAY_OK;
    }
    enum assay_status status =
        aggregate(folder, fold->aggregation, count, folder->digits[number], out, err);
    out->value.mantissa += counted;
    if (fold->is_share)
        out->value = (struct assay_decimal){.mantissa = out->value.mantissa > 0};
    return status;
}
