/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_INIT_WORDS_H
#define ASSAY_CLI_PLAN_INIT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/** enum word_kind: what a word in a column's name, or in a group's, says. */
enum word_kind {
    WORD_GROUP,     /* surely the group: variant, arm */
    WORD_MAYBE,     /* may be the group: version, test */
    WORD_ARM,       /* a group's name: control, treatment */
    WORD_UNIT,      /* a unit: user, visitor */
    WORD_ID,        /* an id of whatever */
    WORD_ID_ONLY,   /* an id that may be a unit's */
    WORD_EVENT,     /* an id or count of events: order, click */
    WORD_BEFORE,    /* of before the exposure */
    WORD_PERIOD,    /* goes with a word of before: "pre experiment" */
    WORD_LESS,      /* less of it is better */
    WORD_MORE,      /* more of it is better */
    WORD_PLACE,     /* where something is */
    WORD_CODE,      /* at the end: numbers that name something */
    WORD_LAST_ID,   /* at the end: an id */
    WORD_DATE_PART, /* at the end: a year, a month */
    WORD_PER,
    WORD_RATE,         /* a rate, an average: not made by adding up */
    WORD_KEY,          /* at the end: the id of what stands before it */
    WORD_EXPOSED,      /* when units were exposed, or assigned */
    WORD_OWN_TIME,     /* when a unit signed up, or was born */
    WORD_UPDATED_TIME, /* when a row was written, or something was last */
    WORD_KIND_COUNT
};

enum { WORDS_BYTES = 256 };

/** words_split() writes a name's words in small letters, each after a blank: preSpend_eur becomes
 * " pre spend eur". */
void words_split(const char *name, char out[WORDS_BYTES]);

/** words_have() tells whether some word of a name is of a kind. */
bool words_have(const char *name, enum word_kind kind);

/** enum words_direction: what a metric's name says of it. */
enum words_direction {
    WORDS_SILENT,
    WORDS_MORE,     /* more of it is better */
    WORDS_LESS,     /* less of it is better */
    WORDS_NOT_MORE, /* a word of more with a negation, as in not_converted */
    WORDS_NOT_LESS, /* error_free */
    WORDS_OF_BOTH   /* cancelled_orders: less, it is thought */
};
enum words_direction words_direction(const char *name);

/** words_end() tells whether the last word of a name is of a kind. */
bool words_end(const char *name, enum word_kind kind);

/** words_count() is how many words a name has. */
unsigned words_count(const char *name);

/** words_are() tells whether a name is that one word. */
bool words_are(const char *name, const char *word);

/** words_say_time() tells whether a name is that of an instant or a day, not of a duration. */
bool words_say_time(const char *name);

/** words_without_before() is a name without the words that say "before"; false when none does. */
bool words_without_before(const char *name, char out[WORDS_BYTES]);

/** words_control_rank() is how surely a group's name is the control's: 1 the surest, 0 not at all.
 */
unsigned words_control_rank(const char *name);

#endif
