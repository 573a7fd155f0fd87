/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers by name. */
#include "base/counter.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static enum assay_status grow(struct assay__counter *counter, struct assay_error *err)
{
    uint32_t capacity = counter->capacity * 2 + 16;
    uint64_t *counts = assay__realloc(counter->counts, capacity * sizeof *counts);
    if (counts == NULL)
        return assay__fail_memory(err);
    counter->counts = counts;
    counter->capacity = capacity;
    return ASSAY_OK;
}

enum assay_status assay__counter_at(struct assay__counter *counter, const void *name, size_t length,
                                    uint32_t limit, uint64_t **count, struct assay_error *err)
{
    uint32_t number, before = counter->names.count;
    enum assay_status status = before == counter->capacity ? grow(counter, err) : ASSAY_OK;
    if (status == ASSAY_OK)
        status = assay__index_add(&counter->names, name, length, limit, &number, err);
    if (status != ASSAY_OK)
        return status;
    if (counter->names.count > before)
        counter->counts[number] = 0;
    *count = &counter->counts[number];
    return ASSAY_OK;
}

uint64_t assay__counter_get(const struct assay__counter *counter, const void *name, size_t length)
{
    uint32_t number;
    return assay__index_find(&counter->names, name, length, &number) ? counter->counts[number] : 0;
}

void assay__counter_release(struct assay__counter *counter)
{
    assay__index_release(&counter->names);
    assay__free(counter->counts);
    memset(counter, 0, sizeof *counter);
}
