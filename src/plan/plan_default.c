/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The defaults of a plan's keys, as the key table has them. */
#include <math.h>
#include <string.h>

#include "plan/plan_read.h"

static void set_default(const struct assay__plan_key *row, void *at)
{
    int enumerator = 0;
    switch (row->kind) {
    case ASSAY__KIND_TEXT:
    case ASSAY__KIND_ANY_TEXT:
        *(const char **)at = row->text;
        break;
    case ASSAY__KIND_NUMBER:
    case ASSAY__KIND_LEVEL:
        *(double *)at = row->fallback;
        break;
    case ASSAY__KIND_WHOLE:
        *(uint32_t *)at = (uint32_t)row->fallback;
        break;
    case ASSAY__KIND_COUNT:
        *(uint64_t *)at = (uint64_t)row->fallback;
        break;
    case ASSAY__KIND_CHARACTER:
        *(char *)at = (char)row->fallback;
        break;
    case ASSAY__KIND_CHOICE:
        enumerator = (int)row->fallback; /* here only: the fallback of a number may be NaN */
        memcpy(at, &enumerator, sizeof enumerator);
        break;
    case ASSAY__KIND_EFFECT:
        *(struct assay_bound *)at = (struct assay_bound){.value = NAN};
        break;
    case ASSAY__KIND_OBJECT:
        assay__plan_default(row->child, at);
        break;
    default: /* zero, as the memory is */
        break;
    }
}

void assay__plan_default(enum assay__plan_object kind, void *object)
{
    const struct assay__plan_keys *keys = assay__plan_keys_of(kind);
    for (uint32_t i = 0; i < keys->count; i++)
        set_default(&keys->keys[i], (char *)object + keys->keys[i].offset);
}
