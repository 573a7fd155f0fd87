/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_PLAN_PLAN_ROWS_H
#define ASSAY_PLAN_PLAN_ROWS_H

#include <math.h>

#include "plan/plan_keys.h"

/**
 * How the rows of the key table are written. STRUCT is the struct that an object fills; a row is
 * {KIND(key, member), what differs from the defaults, FLAG(...), SAYS(sentence)}.
 */
#define ASSAY__ROW(kind_, key_, offset_, mark_)                                                    \
    .key = key_, .kind = ASSAY__KIND_##kind_, .offset = offset_, .mark = mark_
#define ASSAY__PLACE(member) offsetof(STRUCT, member)

#define TEXT(key_, member) ASSAY__ROW(TEXT, key_, ASSAY__PLACE(member), ASSAY__NO_MARK)
#define ANY_TEXT(key_, member) ASSAY__ROW(ANY_TEXT, key_, ASSAY__PLACE(member), ASSAY__NO_MARK)
#define TEXTS(key_, member, count_, most_)                                                         \
    ASSAY__ROW(TEXTS, key_, ASSAY__PLACE(member), ASSAY__PLACE(count_)), .most = most_
#define SPELLINGS(key_, member, count_)                                                            \
    ASSAY__ROW(SPELLINGS, key_, ASSAY__PLACE(member), ASSAY__PLACE(count_)),                       \
        .least = 1, .most = ASSAY_SPELLINGS_MAX, .few = "The list is empty; name at least one."
#define NUMBER(key_, member, range_, fallback_)                                                    \
    ASSAY__ROW(NUMBER, key_, ASSAY__PLACE(member), ASSAY__NO_MARK),                                \
        .range = &assay__range_##range_, .fallback = fallback_
#define WHOLE(kind_, key_, member, range_, fallback_)                                              \
    ASSAY__ROW(kind_, key_, ASSAY__PLACE(member), ASSAY__NO_MARK), .range = range_,                \
                                                                   .fallback = fallback_
#define DECIMAL(key_, member) ASSAY__ROW(DECIMAL, key_, ASSAY__PLACE(member), ASSAY__NO_MARK)
#define BOOLEAN(key_, member) ASSAY__ROW(BOOLEAN, key_, ASSAY__PLACE(member), ASSAY__NO_MARK)
#define CHOICE(key_, member, choices_, fallback_)                                                  \
    ASSAY__ROW(CHOICE, key_, ASSAY__PLACE(member), ASSAY__NO_MARK),                                \
        .choices = &assay__choices_##choices_, .fallback = fallback_
#define MAYBE_CHOICE(key_, member, mark_, choices_)                                                \
    ASSAY__ROW(CHOICE, key_, ASSAY__PLACE(member), ASSAY__PLACE(mark_)),                           \
        .choices = &assay__choices_##choices_
#define TIME(key_, member, mark_) ASSAY__ROW(TIME, key_, ASSAY__PLACE(member), ASSAY__PLACE(mark_))
#define DURATION(key_, member) ASSAY__ROW(DURATION, key_, ASSAY__PLACE(member), ASSAY__NO_MARK)
#define EFFECT(key_, member, range_, is_relative_, rival_)                                         \
    ASSAY__ROW(EFFECT, key_, ASSAY__PLACE(member), ASSAY__NO_MARK),                                \
        .range = &assay__range_##range_, .fallback = is_relative_, .rival = rival_
#define LEVEL(key_, member, mark_)                                                                 \
    ASSAY__ROW(LEVEL, key_, ASSAY__PLACE(member), mark_), .child = ASSAY__OBJECT_DETERIORATION,    \
                                                          .fallback = ASSAY__UNSAID
#define OBJECT(key_, offset_, mark_, child_)                                                       \
    ASSAY__ROW(OBJECT, key_, offset_, mark_), .child = ASSAY__OBJECT_##child_
#define LIST(key_, member, count_, child_, element_, most_)                                        \
    ASSAY__ROW(LIST, key_, ASSAY__PLACE(member), ASSAY__PLACE(count_)),                            \
        .child = ASSAY__OBJECT_##child_, .size_bytes = sizeof(element_), .most = most_

#define FLAG(flag_, argument_) .flag = flag_, .argument = argument_
#define SAYS(sentence_) .sentence = sentence_
#define ALWAYS .is_always = true
#define REQUIRED .is_required = true
#define DATA .is_data = true

/** ASSAY__UNSAID: a level that the plan does not name; finish() puts the inherited one there. */
#define ASSAY__UNSAID (-1.0)

#define ASSAY__ROWS(rows) .keys = rows, .count = sizeof rows / sizeof *rows

#endif
