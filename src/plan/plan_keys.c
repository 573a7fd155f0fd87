/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a plan: which rows belong to which kind of object. */
#include "plan/plan_keys.h"

#include <string.h>

const struct assay__plan_keys *assay__plan_keys_of(enum assay__plan_object object)
{
    static const struct assay__plan_keys *const OBJECTS[ASSAY__OBJECT_COUNT] = {
        [ASSAY__OBJECT_PLAN] = &assay__keys_plan,
        [ASSAY__OBJECT_COLUMNS] = &assay__keys_columns,
        [ASSAY__OBJECT_FORMAT] = &assay__keys_format,
        [ASSAY__OBJECT_EVENTS] = &assay__keys_events,
        [ASSAY__OBJECT_EVENT_COLUMNS] = &assay__keys_event_columns,
        [ASSAY__OBJECT_GROUP] = &assay__keys_group,
        [ASSAY__OBJECT_COMPARISONS] = &assay__keys_comparisons,
        [ASSAY__OBJECT_PAIR] = &assay__keys_pair,
        [ASSAY__OBJECT_HORIZON] = &assay__keys_horizon,
        [ASSAY__OBJECT_SPENDING] = &assay__keys_spending,
        [ASSAY__OBJECT_FUTILITY] = &assay__keys_futility,
        [ASSAY__OBJECT_DETERIORATION] = &assay__keys_deterioration,
        [ASSAY__OBJECT_MINIMUM] = &assay__keys_minimum,
        [ASSAY__OBJECT_SRM] = &assay__keys_srm,
        [ASSAY__OBJECT_MULTIPLICITY] = &assay__keys_multiplicity,
        [ASSAY__OBJECT_SEGMENT] = &assay__keys_segment,
        [ASSAY__OBJECT_LABEL] = &assay__keys_label,
        [ASSAY__OBJECT_RECOMMENDATIONS] = &assay__keys_recommendations,
        [ASSAY__OBJECT_METRIC] = &assay__keys_metric,
        [ASSAY__OBJECT_DENOMINATOR] = &assay__keys_denominator,
        [ASSAY__OBJECT_CAP] = &assay__keys_cap};
    return OBJECTS[object];
}

const struct assay__plan_key *assay__plan_key_of(const struct assay__plan_keys *keys,
                                                 const char *key, size_t length)
{
    for (uint32_t i = 0; i < keys->count; i++)
        if (strlen(keys->keys[i].key) == length && memcmp(keys->keys[i].key, key, length) == 0)
            return &keys->keys[i];
    return NULL;
}
