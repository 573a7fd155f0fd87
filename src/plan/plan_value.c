/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values of a plan's keys other than objects: how each kind is read into its struct. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/time.h"
#include "number/number.h"
#include "plan/plan_read.h"

/* Enumerators are stored as ints, which is what every compiler takes for these enumerations. */
_Static_assert(sizeof(enum assay_role) == sizeof(int), "enumerations must be as wide as int");

static void read_text(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                      const struct assay__node *value, void *at)
{
    *(const char **)at = assay__plan_text(reader, value, row->kind == ASSAY__KIND_ANY_TEXT);
    if (row->check != NULL && reader->status == ASSAY_OK)
        row->check(reader, value);
}

static void read_ignored(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                         const struct assay__node *value, void *at)
{
    (void)at;
    (void)assay__plan_text(reader, value, false);
    if (row->check != NULL && reader->status == ASSAY_OK)
        row->check(reader, value);
}

/* The length of a list is within its limits. */
bool assay__plan_is_list(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                         const struct assay__node *value)
{
    if (!assay__plan_is(reader, value, ASSAY__NODE_ARRAY))
        return false;
    if (value->count > row->most)
        assay__plan_fail(reader, value, "There are %u entries; %u is the limit.",
                         (unsigned)value->count, (unsigned)row->most);
    else if (value->count < row->least)
        assay__plan_fail(reader, value, "%s", row->few);
    return reader->status == ASSAY_OK;
}

void *assay__plan_mark(const struct assay__plan_key *row, void *at)
{
    return row->mark == ASSAY__NO_MARK ? NULL : (char *)at - row->offset + row->mark;
}

static void read_texts(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                       const struct assay__node *value, void *at)
{
    bool is_spelling = row->kind == ASSAY__KIND_SPELLINGS;
    bool is_one = is_spelling && value->type == ASSAY__NODE_STRING;
    if (!is_one && !assay__plan_is_list(reader, row, value))
        return;
    uint32_t count = is_one ? 1 : value->count;
    const char **texts = assay__plan_array(reader, count, sizeof *texts);
    if (texts == NULL)
        return;
    const struct assay__node *element = is_one ? value : value->first;
    for (uint32_t i = 0; i < count; i++, element = element->next)
        texts[i] = assay__plan_text(reader, element, is_spelling);
    if (!is_one && reader->status == ASSAY_OK)
        assay__plan_distinct(reader, value, NULL);
    *(const char ***)at = texts;
    memcpy(assay__plan_mark(row, at), &count, sizeof count);
}

static bool is_inside(const struct assay__range *range, double value)
{
    return (range->with_least ? value >= range->least : value > range->least) &&
           (range->with_most ? value <= range->most : value < range->most);
}

/* A number, or a percentage where the range is a share; NaN after a failure. */
static double number_of(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                        const struct assay__node *value)
{
    double number = NAN;
    bool is_percent = row->range->is_share && value->type == ASSAY__NODE_STRING &&
                      assay__percent_parse(value->text, value->length, &number);
    if (!is_percent && !assay__plan_is(reader, value, ASSAY__NODE_NUMBER))
        return NAN;
    if (!is_percent)
        number = assay__node_number(value);
    if (!is_inside(row->range, number))
        assay__plan_fail(reader, value, "%.40s is not %s.", value->text, row->range->words);
    return number;
}

static void read_number(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                        const struct assay__node *value, void *at)
{
    *(double *)at = number_of(reader, row, value);
}

static void read_whole(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                       const struct assay__node *value, void *at)
{
    double number = number_of(reader, row, value);
    if (reader->status != ASSAY_OK)
        return;
    if (number != floor(number))
        assay__plan_fail(reader, value, "%.40s is not %s.", value->text, row->range->words);
    else if (row->kind == ASSAY__KIND_COUNT)
        *(uint64_t *)at = (uint64_t)number;
    else
        *(uint32_t *)at = (uint32_t)number;
}

static void read_decimal(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                         const struct assay__node *value, void *at)
{
    (void)row;
    if (assay__plan_is(reader, value, ASSAY__NODE_NUMBER))
        *(const char **)at = value->text;
}

/* The decimal mark: the one key of this kind. */
static void read_character(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                           const struct assay__node *value, void *at)
{
    (void)row;
    const char *text = assay__plan_text(reader, value, false);
    if (reader->status != ASSAY_OK)
        return;
    if (strcmp(text, ".") != 0 && strcmp(text, ",") != 0)
        assay__plan_fail(reader, value, "This must be \".\" or \",\".");
    *(char *)at = text[0];
}

static void read_boolean(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                         const struct assay__node *value, void *at)
{
    (void)row;
    if (assay__plan_is(reader, value, ASSAY__NODE_BOOLEAN))
        *(bool *)at = value->boolean;
}

static void read_true(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                      const struct assay__node *value, void *at)
{
    int enumerator = (int)row->fallback;
    if (value->type != ASSAY__NODE_BOOLEAN || !value->boolean)
        assay__plan_fail(reader, value, "This can only be true; leave it out otherwise.");
    memcpy(at, &enumerator, sizeof enumerator);
}

void assay__plan_set_mark(const struct assay__plan_key *row, void *at)
{
    bool *mark = assay__plan_mark(row, at);
    if (mark != NULL)
        *mark = true;
}

static void read_choice(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                        const struct assay__node *value, void *at)
{
    if (!assay__plan_is(reader, value, ASSAY__NODE_STRING))
        return;
    assay__plan_set_mark(row, at);
    for (uint32_t i = 0; i < row->choices->count; i++) {
        if (strcmp(row->choices->names[i], value->text) != 0)
            continue;
        int enumerator = (int)i;
        memcpy(at, &enumerator, sizeof enumerator);
        return;
    }
    assay__plan_fail_choice(reader, value, row->choices->names, row->choices->count);
}

static void read_time(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                      const struct assay__node *value, void *at)
{
    const char *text = assay__plan_text(reader, value, false);
    if (reader->status != ASSAY_OK)
        return;
    assay__plan_set_mark(row, at);
    if (!assay__time_parse(text, value->length, at))
        assay__plan_fail(reader, value, "This is not a time; write one like 2026-11-23T00:00:00Z.");
}

static void read_duration(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                          const struct assay__node *value, void *at)
{
    (void)row;
    struct assay_duration *duration = at;
    const char *text = assay__plan_text(reader, value, false);
    if (reader->status != ASSAY_OK)
        return;
    duration->is_set = assay__duration_parse(text, value->length, &duration->ns);
    if (!duration->is_set)
        assay__plan_fail(reader, value,
                         "This is not a length of time; write one like \"7d\", \"36h\" or "
                         "\"90m\", at most 3650d.");
}

/* The text of an effect is for people and for the result: a percentage becomes the number it is. */
static void read_effect(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                        const struct assay__node *value, void *at)
{
    char shortest[ASSAY__NUMBER_BYTES];
    struct assay_bound *bound = at;
    bool is_relative = row->fallback > 0.0;
    double number = number_of(reader, row, value);
    if (number == 0.0)
        assay__plan_fail(reader, value, "This must not be 0.");
    if (reader->status != ASSAY_OK)
        return;
    *bound = (struct assay_bound){true, is_relative, number, value->text};
    if (value->type == ASSAY__NODE_NUMBER)
        return;
    bound->text = assay__arena_copy(reader->arena, shortest, assay__number_write(number, shortest));
    if (bound->text == NULL)
        assay__plan_fail_memory(reader);
}

static void read_events(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                        const struct assay__node *value, void *at)
{
    (void)row;
    const struct assay_plan *plan = reader->plan;
    const char *name = assay__plan_text(reader, value, false);
    for (uint32_t i = 0; i < plan->event_count && reader->status == ASSAY_OK; i++) {
        if (strcmp(plan->events[i].name, name) != 0)
            continue;
        *(const struct assay_events_plan **)at = &plan->events[i];
        return;
    }
    assay__plan_fail_name(reader, value, name, "is not the name of an entry of \"events\".");
}

/* finish() of the plan reads the decision rule, when the metrics are known. */
static void read_later(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                       const struct assay__node *value, void *at)
{
    (void)reader;
    (void)row;
    (void)value;
    (void)at;
}

void assay__plan_value(struct assay__plan_reader *reader, const struct assay__plan_key *row,
                       const struct assay__node *value, void *object)
{
    static void (*const READERS[])(struct assay__plan_reader *, const struct assay__plan_key *,
                                   const struct assay__node *, void *) = {
        [ASSAY__KIND_IGNORED] = read_ignored,   [ASSAY__KIND_TEXT] = read_text,
        [ASSAY__KIND_ANY_TEXT] = read_text,     [ASSAY__KIND_TEXTS] = read_texts,
        [ASSAY__KIND_SPELLINGS] = read_texts,   [ASSAY__KIND_NUMBER] = read_number,
        [ASSAY__KIND_WHOLE] = read_whole,       [ASSAY__KIND_COUNT] = read_whole,
        [ASSAY__KIND_DECIMAL] = read_decimal,   [ASSAY__KIND_CHARACTER] = read_character,
        [ASSAY__KIND_BOOLEAN] = read_boolean,   [ASSAY__KIND_TRUE] = read_true,
        [ASSAY__KIND_CHOICE] = read_choice,     [ASSAY__KIND_TIME] = read_time,
        [ASSAY__KIND_DURATION] = read_duration, [ASSAY__KIND_EFFECT] = read_effect,
        [ASSAY__KIND_EVENTS] = read_events,     [ASSAY__KIND_TEXT_OR_OBJECT] = read_text,
        [ASSAY__KIND_RULE] = read_later};
    READERS[row->kind](reader, row, value, (char *)object + row->offset);
}
