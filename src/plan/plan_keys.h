/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_PLAN_PLAN_KEYS_H
#define ASSAY_PLAN_PLAN_KEYS_H

#include "json/json_tree.h"
#include "plan/names.h"

/**
 * The keys of a plan, one row each. The reader, the canonical writer, the JSON schema, the flags of
 * the command line and their help are loops over these rows: a new key is a member of a struct in
 * assay/plan.h, a row, and its use. A rule about several keys together is the object's finish().
 */

struct assay__plan_reader;

/** enum assay__plan_object: the kinds of objects in a plan. */
enum assay__plan_object {
    ASSAY__OBJECT_PLAN,
    ASSAY__OBJECT_COLUMNS,
    ASSAY__OBJECT_FORMAT,
    ASSAY__OBJECT_EVENTS,
    ASSAY__OBJECT_EVENT_COLUMNS,
    ASSAY__OBJECT_GROUP,
    ASSAY__OBJECT_COMPARISONS,
    ASSAY__OBJECT_PAIR,
    ASSAY__OBJECT_HORIZON,
    ASSAY__OBJECT_SPENDING,
    ASSAY__OBJECT_FUTILITY,
    ASSAY__OBJECT_DETERIORATION,
    ASSAY__OBJECT_MINIMUM,
    ASSAY__OBJECT_SRM,
    ASSAY__OBJECT_MULTIPLICITY,
    ASSAY__OBJECT_SEGMENT,
    ASSAY__OBJECT_LABEL,
    ASSAY__OBJECT_RECOMMENDATIONS,
    ASSAY__OBJECT_METRIC,
    ASSAY__OBJECT_DENOMINATOR,
    ASSAY__OBJECT_CAP,
    ASSAY__OBJECT_COUNT
};

/** enum assay__key_kind: what a key's value is in a plan, and what it fills at its offset. */
enum assay__key_kind {
    ASSAY__KIND_IGNORED,   /* a text that nobody reads */
    ASSAY__KIND_TEXT,      /* a text that is not empty: const char * */
    ASSAY__KIND_ANY_TEXT,  /* a text, which may be empty: const char * */
    ASSAY__KIND_TEXTS,     /* a list of distinct texts: const char **, their number at mark */
    ASSAY__KIND_SPELLINGS, /* one text or a list, each may be empty: as TEXTS */
    ASSAY__KIND_NUMBER,    /* a number in a range: double; "5%" where the range is a share */
    ASSAY__KIND_WHOLE,     /* a whole number in a range: uint32_t */
    ASSAY__KIND_COUNT,     /* a whole number in a range: uint64_t */
    ASSAY__KIND_DECIMAL,   /* a number that stays text: const char *, exact */
    ASSAY__KIND_CHARACTER, /* one byte: char */
    ASSAY__KIND_BOOLEAN,   /* bool */
    ASSAY__KIND_TRUE,      /* true alone: the enumerator fallback */
    ASSAY__KIND_CHOICE,    /* one of some words: an enumerator; whether it is there at mark */
    ASSAY__KIND_TIME,      /* an instant: int64_t; whether it is there at mark */
    ASSAY__KIND_DURATION,  /* a length of time: struct assay_duration */
    ASSAY__KIND_EFFECT,    /* a number but 0: struct assay_bound; fallback: it is relative */
    ASSAY__KIND_LEVEL,  /* false, or an object of one rate: double, NaN for false; mark as CHOICE */
    ASSAY__KIND_EVENTS, /* the name of event files: const struct assay_events_plan * */
    ASSAY__KIND_OBJECT, /* an object at the offset; whether it is there at mark */
    ASSAY__KIND_TEXT_OR_OBJECT, /* a text, const char *, or an object of the same struct */
    ASSAY__KIND_LIST,           /* a list of objects: an array, their number at mark */
    ASSAY__KIND_RULE            /* the decision rule: const struct assay_rule * */
};

/** struct assay__range: the numbers that a key takes. */
struct assay__range {
    double least, most;
    bool with_least, with_most; /* the end belongs to the range */
    bool is_share;              /* "5%" may be written for 0.05 */
    const char *words;          /* "between 0 and 1": what a number outside is not */
};

/** ASSAY__NO_MARK: the value has nothing beside it. */
#define ASSAY__NO_MARK SIZE_MAX

/** struct assay__plan_key: one key. offset and mark are places in the struct of its object. */
struct assay__plan_key {
    const char *key;
    enum assay__key_kind kind;
    bool is_required;
    bool is_always; /* written in canonical JSON though it has its default */
    bool is_data;   /* of a metric: it says what its sums are of, not what is asked of them */
    size_t offset, mark;
    bool varies;      /* finish() may give another default than fallback */
    double fallback;  /* of numbers; NaN: none. Enumerator of a choice. */
    const char *text; /* default of texts; NULL: none */
    const struct assay__range *range;
    const struct assay__choices *choices;
    enum assay__plan_object child;
    size_t size_bytes;    /* of an element of a list of objects */
    uint32_t least, most; /* entries of a list */
    const char *few;      /* what a list with fewer is told */
    const char *distinct; /* key of the elements that no two may share */
    int of;               /* 1 + the only type of the object that has the key; 0: each has */
    const char *rival;    /* key of the same object that excludes this one */
    /** check() fails when a text is wrong. */
    void (*check)(struct assay__plan_reader *reader, const struct assay__node *value);
    const char *pattern;  /* of a text, for the schema; NULL: none */
    const char *flag;     /* of the command line, in metrics an attribute; NULL: none */
    const char *argument; /* of the flag, for its help; NULL: it takes none */
    const char *sentence; /* of the help and the schema */
};

/** struct assay__plan_keys: an object's keys in canonical order. name is that of its schema. */
struct assay__plan_keys {
    const char *name, *sentence;
    const struct assay__plan_key *keys;
    uint32_t count;
    const struct assay__plan_key *type; /* the choice that .of is about, or NULL */
    const char *instead; /* a key that stands for the required ones in a file; NULL: none */
    char between;        /* the object as one text is KEY1<between>KEY2; 0: there is no such form */
    /** finish() applies the rules that keys obey together; object is what was filled. */
    void (*finish)(struct assay__plan_reader *reader, const struct assay__node *value,
                   void *object);
    const char *rules; /* of its schema, which the rows do not say: JSON objects; NULL: none */
};

/** assay__plan_keys_of() are the keys of a kind of object. */
const struct assay__plan_keys *assay__plan_keys_of(enum assay__plan_object object);

/** assay__plan_key_of() is the row of a key; NULL when the object has none of that name. */
const struct assay__plan_key *assay__plan_key_of(const struct assay__plan_keys *keys,
                                                 const char *key, size_t length);

/** Parts of the table, by file. */
extern const struct assay__plan_keys assay__keys_plan, assay__keys_columns, assay__keys_group,
    assay__keys_comparisons, assay__keys_pair, assay__keys_deterioration, assay__keys_minimum,
    assay__keys_srm, assay__keys_multiplicity, assay__keys_segment, assay__keys_label,
    assay__keys_recommendations;
extern const struct assay__plan_keys assay__keys_format, assay__keys_events,
    assay__keys_event_columns;
extern const struct assay__plan_keys assay__keys_horizon, assay__keys_spending,
    assay__keys_futility;
extern const struct assay__plan_keys assay__keys_metric, assay__keys_denominator, assay__keys_cap;

/** Ranges of numbers that several keys take. */
extern const struct assay__range assay__range_rate, assay__range_share, assay__range_positive,
    assay__range_not_negative, assay__range_any, assay__range_effect, assay__range_margin,
    assay__range_units;

#endif
