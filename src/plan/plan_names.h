/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_PLAN_PLAN_NAMES_H
#define ASSAY_PLAN_PLAN_NAMES_H

#include "plan/names.h"

/** assay__recommendation_names: what UNSPECIFIED, SHIP, CONTINUE, END, ABORT are called unless a
 * plan says. */
extern const char *const assay__recommendation_names[5];

/** enum assay__plan_object: the kinds of objects in a plan. */
enum assay__plan_object {
    ASSAY__OBJECT_PLAN,
    ASSAY__OBJECT_COLUMNS,
    ASSAY__OBJECT_GROUP,
    ASSAY__OBJECT_COMPARISONS,
    ASSAY__OBJECT_PAIR,
    ASSAY__OBJECT_HORIZON,
    ASSAY__OBJECT_SPENDING,
    ASSAY__OBJECT_DETERIORATION,
    ASSAY__OBJECT_SRM,
    ASSAY__OBJECT_MULTIPLICITY,
    ASSAY__OBJECT_SEGMENT,
    ASSAY__OBJECT_LABEL,
    ASSAY__OBJECT_RECOMMENDATIONS,
    ASSAY__OBJECT_METRIC,
    ASSAY__OBJECT_CAP,
    ASSAY__OBJECT_COUNT
};

/** struct assay__plan_keys: the keys an object may have; name is that of its schema. */
struct assay__plan_keys {
    const char *name;
    const char *const *keys;
    uint32_t count;
};

/** assay__plan_keys[object]: the keys of every kind of object, in canonical order. */
extern const struct assay__plan_keys assay__plan_keys[ASSAY__OBJECT_COUNT];

/** struct assay__plan_choice: the key of an object that takes one of some choices. */
struct assay__plan_choice {
    enum assay__plan_object object;
    const char *key;
    const struct assay__choices *choices;
};

/** assay__plan_choices: every key that takes a choice; the last row's choices are NULL. */
extern const struct assay__plan_choice assay__plan_choices[];

#endif
