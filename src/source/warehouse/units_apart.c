/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether shards hold different units. Each gives the units of the smallest MD5, up to a number of
 * them. What is below the last one of a list that was cut is known to be whole: there, a unit that
 * two lists have is in two shards, and a unit that one list lacks is not in that shard. So where
 * all lists are whole nothing is missed, and of larger shards a random part of the units is seen.
 */
#include "source/warehouse/units_apart.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { COLUMNS = 3 }; /* MD5, unit, whether it is exposed */

struct entry {
    const char *hash, *unit;
    size_t shard;
    bool is_exposed;
};

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = strcmp(x->hash, y->hash);
    return order != 0 ? order : strcmp(x->unit, y->unit);
}

static enum assay_status fail_shape(const struct assay__shard *shard, struct assay_error *err)
{
    return assay__fail_at(err, ASSAY_ERROR_REMOTE, shard->source.name, 0, 0,
                          "The list of units cannot be read.");
}

/* The list of a shard; the place behind its last entry. */
static size_t list(const struct assay__shard *shard, size_t number, struct entry *out)
{
    const char *at = shard->units.bytes.data;
    size_t count = (size_t)(shard->units.cells / COLUMNS);
    for (size_t i = 0; i < count; i++) {
        out[i].hash = at;
        out[i].unit = at += strlen(at) + 1;
        at += strlen(at) + 1;
        out[i].is_exposed = at[0] == '1';
        out[i].shard = number;
        at += strlen(at) + 1;
    }
    return count;
}

static enum assay_status search(struct assay__fleet *fleet, const struct entry *entries,
                                size_t count, struct assay_error *err)
{
    for (size_t i = 1; i < count; i++) {
        const struct entry *a = &entries[i - 1], *b = &entries[i];
        if (a->shard == b->shard || compare(a, b) != 0 || !(a->is_exposed || b->is_exposed))
            continue;
        return assay__fail_at(
            err, ASSAY_ERROR_DATA,
            assay__fleet_shard(fleet, a->is_exposed ? b->shard : a->shard)->source.name, 0, 0,
            "Unit '%.100s' has rows here, and is exposed in %.200s: sources "
            "are added up, so that all rows of a unit must be in one of them.",
            b->unit, assay__fleet_shard(fleet, a->is_exposed ? a->shard : b->shard)->source.name);
    }
    return ASSAY_OK;
}

enum assay_status assay__units_apart(struct assay__fleet *fleet, bool *all_seen,
                                     struct assay_error *err)
{
    size_t most = 1, count = 0;
    *all_seen = true;
    for (size_t i = 0; i < assay__fleet_count(fleet); i++)
        most += (size_t)(assay__fleet_shard(fleet, i)->units.cells / COLUMNS);
    struct entry *entries = assay__calloc(most, sizeof *entries);
    if (entries == NULL)
        return assay__fail_memory(err);
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < assay__fleet_count(fleet); i++) {
        const struct assay__shard *shard = assay__fleet_shard(fleet, i);
        if (shard->unit_check == 0)
            continue;
        if (shard->units.columns != COLUMNS || shard->units.cells % COLUMNS != 0)
            status = fail_shape(shard, err);
        else
            count += list(shard, i, entries + count);
        *all_seen = *all_seen && shard->units.cells / COLUMNS <= shard->unit_check;
    }
    qsort(entries, count, sizeof *entries, compare);
    if (status == ASSAY_OK)
        status = search(fleet, entries, count, err);
    assay__free(entries);
    return status;
}
