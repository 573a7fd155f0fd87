/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The canonical JSON of a plan: keys in the order of the key table, the shortest numbers, the
 * defaults of a key written or left out as its row says. Plans that mean the same have the same
 * bytes here, and the text parses to the same plan again.
 */
#include "plan/plan_read.h"

#include <math.h>
#include <string.h>

#include "base/duration.h"
#include "base/time.h"
#include "json/json_write.h"
#include "number/number.h"
#include "plan/filter/filter.h"
#include "plan/plan_data.h"

static void write_object(struct assay__json *json, enum assay__plan_object kind,
                         const void *object);

static const void *mark_of(const struct assay__plan_key *row, const void *at)
{
    return (const char *)at - row->offset + row->mark;
}

static bool is_marked(const struct assay__plan_key *row, const void *at)
{
    return row->mark != ASSAY__NO_MARK && *(const bool *)mark_of(row, at);
}

static uint32_t count_of(const struct assay__plan_key *row, const void *at)
{
    return *(const uint32_t *)mark_of(row, at);
}

static int enumerator_of(const void *at)
{
    int enumerator;
    memcpy(&enumerator, at, sizeof enumerator);
    return enumerator;
}

/* Numbers are kept as doubles and counts, all exact here. */
static double number_of(const struct assay__plan_key *row, const void *at)
{
    if (row->kind == ASSAY__KIND_WHOLE)
        return (double)*(const uint32_t *)at;
    if (row->kind == ASSAY__KIND_COUNT)
        return (double)*(const uint64_t *)at;
    return *(const double *)at;
}

static void write_text(struct assay__json *json, const struct assay__plan_key *row, const void *at)
{
    assay__json_member_string(json, row->key, *(const char *const *)at);
}

static void write_texts(struct assay__json *json, const struct assay__plan_key *row, const void *at)
{
    const char *const *texts = *(const char *const *const *)at;
    assay__json_member_begin(json, row->key, '[');
    for (uint32_t i = 0; i < count_of(row, at); i++)
        assay__json_string(json, texts[i]);
    assay__json_end(json, ']');
}

static void write_number(struct assay__json *json, const struct assay__plan_key *row,
                         const void *at)
{
    assay__json_member_number(json, row->key, number_of(row, at));
}

/* A cap's end is an exact decimal: written shortest when the nearest double is that decimal. */
static void write_decimal(struct assay__json *json, const struct assay__plan_key *row,
                          const void *at)
{
    char shortest[ASSAY__NUMBER_BYTES];
    char digits[ASSAY__DIGITS_MAX], other_digits[ASSAY__DIGITS_MAX];
    struct assay_decimal decimal, other;
    double value;
    const char *text = *(const char *const *)at;
    size_t length = strlen(text);
    bool is_shortest = false;
    if (assay__double_parse(text, length, &value) == ASSAY__PARSE_OK &&
        assay__decimal_parse(text, length, &decimal, digits) == ASSAY__PARSE_OK) {
        size_t written = assay__number_write(value, shortest);
        is_shortest =
            assay__decimal_parse(shortest, written, &other, other_digits) == ASSAY__PARSE_OK &&
            decimal.digits == NULL && decimal.mantissa == other.mantissa &&
            decimal.exponent == other.exponent;
    }
    assay__json_key(json, row->key);
    assay__json_raw(json, is_shortest ? shortest : text);
}

static void write_character(struct assay__json *json, const struct assay__plan_key *row,
                            const void *at)
{
    const char text[] = {*(const char *)at, '\0'};
    assay__json_member_string(json, row->key, text);
}

static void write_boolean(struct assay__json *json, const struct assay__plan_key *row,
                          const void *at)
{
    assay__json_member_boolean(json, row->key, *(const bool *)at);
}

static void write_true(struct assay__json *json, const struct assay__plan_key *row, const void *at)
{
    (void)at;
    assay__json_member_boolean(json, row->key, true);
}

static void write_choice(struct assay__json *json, const struct assay__plan_key *row,
                         const void *at)
{
    assay__json_member_string(json, row->key, row->choices->names[enumerator_of(at)]);
}

static void write_time(struct assay__json *json, const struct assay__plan_key *row, const void *at)
{
    char text[ASSAY__TIME_BYTES];
    assay__time_write(*(const int64_t *)at, text);
    assay__json_member_string(json, row->key, text);
}

static void write_duration(struct assay__json *json, const struct assay__plan_key *row,
                           const void *at)
{
    char text[ASSAY__DURATION_BYTES];
    assay__duration_write(((const struct assay_duration *)at)->ns, text);
    assay__json_member_string(json, row->key, text);
}

static void write_effect(struct assay__json *json, const struct assay__plan_key *row,
                         const void *at)
{
    assay__json_member_number(json, row->key, ((const struct assay_bound *)at)->value);
}

static void write_events(struct assay__json *json, const struct assay__plan_key *row,
                         const void *at)
{
    assay__json_member_string(json, row->key, (*(const struct assay_events_plan *const *)at)->name);
}

static void write_child(struct assay__json *json, const struct assay__plan_key *row, const void *at)
{
    assay__json_key(json, row->key);
    write_object(json, row->child, at);
}

static void write_level(struct assay__json *json, const struct assay__plan_key *row, const void *at)
{
    if (isnan(*(const double *)at))
        assay__json_member_boolean(json, row->key, false);
    else
        write_child(json, row, at);
}

/* The denominator: one column that is made as the value is, or all that it is made of. */
static void write_denominator(struct assay__json *json, const struct assay__plan_key *row,
                              const void *at)
{
    const void *object = (const char *)at - row->offset;
    const struct assay_metric_plan *metric = object;
    if (metric->denominator != NULL &&
        assay__plan_measure_is(&metric->denominator_measure, &metric->measure)) {
        write_text(json, row, at);
        return;
    }
    assay__json_key(json, row->key);
    write_object(json, row->child, object);
}

static void write_list(struct assay__json *json, const struct assay__plan_key *row, const void *at)
{
    const char *elements = *(const char *const *)at;
    assay__json_member_begin(json, row->key, '[');
    for (uint32_t i = 0; i < count_of(row, at); i++)
        write_object(json, row->child, elements + i * row->size_bytes);
    assay__json_end(json, ']');
}

static void write_rule(struct assay__json *json, const struct assay_plan *plan,
                       const struct assay_rule *rule)
{
    if (rule->kind == ASSAY_RULE_METRIC) {
        assay__json_string(json, plan->metrics[rule->metric].id);
        return;
    }
    assay__json_begin(json, '{');
    assay__json_member_begin(json, rule->kind == ASSAY_RULE_AND ? "and" : "or", '[');
    for (uint32_t i = 0; i < rule->branch_count; i++)
        write_rule(json, plan, &rule->branches[i]);
    assay__json_end(json, ']');
    assay__json_end(json, '}');
}

static void write_decision(struct assay__json *json, const struct assay__plan_key *row,
                           const void *at)
{
    const void *plan = (const char *)at - row->offset;
    assay__json_key(json, row->key);
    write_rule(json, plan, *(const struct assay_rule *const *)at);
}

/* Every member of an object has its default. */
static bool is_default_object(enum assay__plan_object kind, const void *object);

static bool is_default(const struct assay__plan_key *row, const void *at)
{
    switch (row->kind) {
    case ASSAY__KIND_IGNORED:
        return true;
    case ASSAY__KIND_TEXT:
    case ASSAY__KIND_ANY_TEXT:
    case ASSAY__KIND_DECIMAL:
    case ASSAY__KIND_EVENTS:
    case ASSAY__KIND_RULE:
        return *(const void *const *)at == NULL;
    case ASSAY__KIND_TEXTS:
    case ASSAY__KIND_SPELLINGS:
    case ASSAY__KIND_LIST:
        return count_of(row, at) == 0;
    case ASSAY__KIND_NUMBER:
    case ASSAY__KIND_WHOLE:
    case ASSAY__KIND_COUNT:
        return isnan(number_of(row, at)) ||
               (!row->is_always && number_of(row, at) == row->fallback);
    case ASSAY__KIND_CHARACTER:
        return (double)*(const char *)at == row->fallback;
    case ASSAY__KIND_BOOLEAN:
        return !row->is_always && !*(const bool *)at;
    case ASSAY__KIND_TRUE:
        return enumerator_of(at) != (int)row->fallback;
    case ASSAY__KIND_CHOICE:
        if (row->mark != ASSAY__NO_MARK)
            return !is_marked(row, at);
        return !row->is_always && enumerator_of(at) == (int)row->fallback;
    case ASSAY__KIND_TIME:
        return !is_marked(row, at);
    case ASSAY__KIND_DURATION:
        return !((const struct assay_duration *)at)->is_set;
    case ASSAY__KIND_EFFECT:
        return !((const struct assay_bound *)at)->is_set ||
               ((const struct assay_bound *)at)->is_relative != (row->fallback > 0.0);
    case ASSAY__KIND_LEVEL:
        return !row->is_always && !is_marked(row, at);
    case ASSAY__KIND_OBJECT:
        if (row->mark != ASSAY__NO_MARK)
            return !is_marked(row, at);
        return !row->is_always && is_default_object(row->child, at);
    case ASSAY__KIND_TEXT_OR_OBJECT:
        break;
    }
    return false;
}

static bool is_written(const struct assay__plan_keys *keys, const struct assay__plan_key *row,
                       const void *object)
{
    if (row->of != 0 && enumerator_of((const char *)object + keys->type->offset) != row->of - 1)
        return false;
    return !is_default(row, (const char *)object + row->offset);
}

static bool is_default_object(enum assay__plan_object kind, const void *object)
{
    const struct assay__plan_keys *keys = assay__plan_keys_of(kind);
    for (uint32_t i = 0; i < keys->count; i++)
        if (is_written(keys, &keys->keys[i], object))
            return false;
    return true;
}

void assay__plan_write_filter(const char *filter, struct assay__text *text)
{
    struct assay__filter *parsed = NULL;
    struct assay_error err;
    enum assay_status status = assay__filter_parse(filter, &parsed, &err);
    if (status == ASSAY_OK)
        assay__filter_write(parsed, text);
    else if (status == ASSAY_ERROR_MEMORY)
        text->failed = true;
    else
        assay__text_puts(text, filter);
    assay__filter_free(parsed);
}

/* A filter as everybody who types it in his own way would write it. */
static void write_filter(struct assay__json *json, const struct assay__plan_key *row,
                         const void *at)
{
    struct assay__text text = {0};
    assay__plan_write_filter(*(const char *const *)at, &text);
    assay__json_member_string(json, row->key, text.data == NULL ? "" : text.data);
    json->out->failed = json->out->failed || text.failed;
    assay__text_release(&text);
}

/* All keys that are written, or those of them that say what sums are of. */
static void write_keys(struct assay__json *json, enum assay__plan_object kind, const void *object,
                       bool of_data)
{
    static void (*const WRITERS[])(struct assay__json *, const struct assay__plan_key *,
                                   const void *) = {[ASSAY__KIND_IGNORED] = NULL,
                                                    [ASSAY__KIND_TEXT] = write_text,
                                                    [ASSAY__KIND_ANY_TEXT] = write_text,
                                                    [ASSAY__KIND_TEXTS] = write_texts,
                                                    [ASSAY__KIND_SPELLINGS] = write_texts,
                                                    [ASSAY__KIND_NUMBER] = write_number,
                                                    [ASSAY__KIND_WHOLE] = write_number,
                                                    [ASSAY__KIND_COUNT] = write_number,
                                                    [ASSAY__KIND_DECIMAL] = write_decimal,
                                                    [ASSAY__KIND_CHARACTER] = write_character,
                                                    [ASSAY__KIND_BOOLEAN] = write_boolean,
                                                    [ASSAY__KIND_TRUE] = write_true,
                                                    [ASSAY__KIND_CHOICE] = write_choice,
                                                    [ASSAY__KIND_TIME] = write_time,
                                                    [ASSAY__KIND_DURATION] = write_duration,
                                                    [ASSAY__KIND_EFFECT] = write_effect,
                                                    [ASSAY__KIND_LEVEL] = write_level,
                                                    [ASSAY__KIND_EVENTS] = write_events,
                                                    [ASSAY__KIND_OBJECT] = write_child,
                                                    [ASSAY__KIND_TEXT_OR_OBJECT] =
                                                        write_denominator,
                                                    [ASSAY__KIND_LIST] = write_list,
                                                    [ASSAY__KIND_RULE] = write_decision};
    const struct assay__plan_keys *keys = assay__plan_keys_of(kind);
    assay__json_begin(json, '{');
    for (uint32_t i = 0; i < keys->count; i++) {
        const struct assay__plan_key *row = &keys->keys[i];
        const void *at = (const char *)object + row->offset;
        if ((of_data && !row->is_data) || !is_written(keys, row, object))
            continue;
        bool is_filter = of_data && row->check == assay__plan_check_filter;
        (is_filter ? write_filter : WRITERS[row->kind])(json, row, at);
    }
    assay__json_end(json, '}');
}

static void write_object(struct assay__json *json, enum assay__plan_object kind, const void *object)
{
    write_keys(json, kind, object, false);
}

void assay__plan_write_metric_data(const struct assay_metric_plan *metric, struct assay__text *text)
{
    struct assay__json json = {.out = text};
    write_keys(&json, ASSAY__OBJECT_METRIC, metric, true);
}

void assay__plan_write_events(const struct assay_events_plan *events, struct assay__text *text)
{
    struct assay__json json = {.out = text};
    write_object(&json, ASSAY__OBJECT_EVENTS, events);
}

enum assay_status assay__plan_write_canonical(const struct assay_plan *plan,
                                              struct assay__arena *arena, const char **text,
                                              struct assay_error *err)
{
    struct assay__text out = {0};
    struct assay__json json = {.out = &out};
    write_object(&json, ASSAY__OBJECT_PLAN, plan);
    *text = out.failed ? NULL : assay__arena_copy(arena, out.data, out.length);
    assay__text_release(&out);
    return *text == NULL ? assay__fail_memory(err) : ASSAY_OK;
}
