/* SPDX-License-Identifier: GPL-3.0-or-later */
/* At which looks a unit counts, and with which value. */
#include "source/units/unit_looks.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum assay_status assay__unit_looks_init(struct assay__unit_looks *unit_looks,
                                         const struct assay__looks *looks,
                                         struct assay__tally *tally, struct assay_error *err)
{
    const struct assay__binding *binding = tally->binding;
    memset(unit_looks, 0, sizeof *unit_looks);
    unit_looks->binding = binding;
    unit_looks->looks = looks;
    unit_looks->tally = tally;
    unit_looks->numbers = assay__calloc((size_t)binding->variable_count + binding->fold_count + 1,
                                        sizeof *unit_looks->numbers);
    unit_looks->last = assay__malloc(sizeof *unit_looks->last);
    if (unit_looks->numbers == NULL || unit_looks->last == NULL)
        return assay__fail_memory(err);
    return assay__folder_init(&unit_looks->folder, binding, err);
}

void assay__unit_looks_release(struct assay__unit_looks *unit_looks)
{
    assay__folder_release(&unit_looks->folder);
    assay__free(unit_looks->numbers);
    assay__free(unit_looks->last);
    memset(unit_looks, 0, sizeof *unit_looks);
}

/* The looks a unit is in: from begin up to and without end. */
struct stay {
    uint32_t begin, end;
};

static struct stay stay_of(const struct assay__looks *looks, const struct assay__exposure *unit)
{
    struct stay stay = {assay__looks_with(looks, unit->first_ns), looks->count};
    if (unit->second_ns != INT64_MAX)
        stay.end = assay__looks_with(looks, unit->second_ns);
    if (stay.end < stay.begin)
        stay.end = stay.begin;
    return stay;
}

/* The looks a metric has a unit in: those at which its window is complete. */
static struct stay stay_in(const struct assay__unit_looks *unit_looks,
                           const struct assay__exposure *unit, struct stay stay, uint32_t metric)
{
    const struct assay__metric_use *use = &unit_looks->binding->metrics[metric];
    if (!use->has_folds || use->complete == 0)
        return stay;
    uint32_t complete = assay__looks_after(unit_looks->looks, unit->first_ns, use->complete);
    stay.begin = complete > stay.begin ? complete : stay.begin;
    stay.begin = stay.begin > stay.end ? stay.end : stay.begin;
    return stay;
}

/* Reads the unit's variables and records. */
static enum assay_status load(struct assay__unit_looks *unit_looks,
                              const struct assay__exposure *unit, struct assay__records records,
                              struct assay_error *err)
{
    const struct assay__binding *binding = unit_looks->binding;
    const uint64_t *words = unit->content + binding->slice_words;
    for (uint32_t v = 0; v < binding->variable_count; v++) {
        struct assay__number *number = &unit_looks->numbers[v];
        number->is_missing = !assay__word_decimal(words[v], &number->value);
    }
    assay__tally_unit(unit_looks->tally, unit->group, unit->content);
    if (binding->fold_count == 0)
        return ASSAY_OK;
    return assay__folder_load(&unit_looks->folder, unit->partials, records, err);
}

/* What a metric has of the unit at a look. */
static enum assay_status vector_at(struct assay__unit_looks *unit_looks,
                                   const struct assay__exposure *unit, uint32_t metric,
                                   uint32_t look, struct assay__vector *out,
                                   struct assay_error *err)
{
    const struct assay__binding *binding = unit_looks->binding;
    const struct assay__metric_use *use = &binding->metrics[metric];
    for (uint32_t i = 0; i < use->count; i++) {
        uint32_t number = use->variables[i];
        if (number < binding->variable_count)
            continue;
        enum assay_status status = assay__folder_number(
            &unit_looks->folder, number - binding->variable_count, unit->first_ns,
            unit_looks->looks->at[look].end, &unit_looks->numbers[number], err);
        if (status != ASSAY_OK)
            return status;
    }
    assay__tally_vector(unit_looks->tally, metric, unit_looks->numbers, out);
    return ASSAY_OK;
}

static bool same_vector(const struct assay__vector *a, const struct assay__vector *b,
                        uint32_t count)
{
    if (a->counts != b->counts || a->missing_covariates != b->missing_covariates)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (assay__decimal_compare(&a->values[i], &b->values[i]) != 0)
            return false;
    return true;
}

/* The first look after this one that has an event of the unit which this one has not. */
static uint32_t next_change(const struct assay__unit_looks *unit_looks, uint32_t look)
{
    const struct assay__folder *folder = &unit_looks->folder;
    uint32_t next = unit_looks->looks->count;
    for (size_t i = 0; i < folder->count; i++) {
        uint32_t with = assay__looks_with(unit_looks->looks, folder->events[i].time_ns);
        if (with > look && with < next)
            next = with;
    }
    return next;
}

/* A value of up to 18 digits stays as it is; the digits of a longer one are borrowed: see below. */
static bool has_digits(const struct assay__vector *vector, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (vector->values[i].digits != NULL)
            return true;
    return false;
}

/* Takes back what counted at a look before: made again where its digits were borrowed. */
static enum assay_status take_back(struct assay__unit_looks *unit_looks,
                                   const struct assay__exposure *unit, uint32_t metric,
                                   uint32_t since, uint32_t look, struct assay_error *err)
{
    struct assay__vector *last = unit_looks->last;
    enum assay_status status = vector_at(unit_looks, unit, metric, since, last, err);
    if (status != ASSAY_OK || !last->counts)
        return status;
    return assay__tally_add(unit_looks->tally, metric, unit_looks->looks->at[look].key, last, true,
                            err);
}

/* Adds a unit to a metric at the looks of its stay. */
static enum assay_status add_metric(struct assay__unit_looks *unit_looks,
                                    const struct assay__exposure *unit, uint32_t metric,
                                    struct stay stay, struct assay_error *err)
{
    const struct assay__looks *looks = unit_looks->looks;
    const struct assay__metric_use *use = &unit_looks->binding->metrics[metric];
    struct assay__vector vector;
    uint32_t since = stay.end; /* the look whose vector counts; stay.end: none does yet */
    for (uint32_t look = stay.begin; look < stay.end;
         look = use->is_open ? next_change(unit_looks, look) : stay.end) {
        enum assay_status status = vector_at(unit_looks, unit, metric, look, &vector, err);
        bool is_same = since < stay.end && !has_digits(&vector, use->count) &&
                       same_vector(&vector, unit_looks->last, use->count);
        if (status == ASSAY_OK && vector.counts && !is_same)
            status = assay__tally_add(unit_looks->tally, metric, looks->at[look].key, &vector,
                                      false, err);
        if (status == ASSAY_OK && since < stay.end && !is_same)
            status = take_back(unit_looks, unit, metric, since, look, err);
        if (status != ASSAY_OK)
            return status;
        since = is_same ? since : look;
        if (!is_same)
            *unit_looks->last = vector;
    }
    if (since < stay.end && stay.end < looks->count)
        return take_back(unit_looks, unit, metric, since, stay.end, err);
    return ASSAY_OK;
}

/* Counts the unit as missing when it is there at the last look, and its value is not. */
static enum assay_status count_missing(struct assay__unit_looks *unit_looks,
                                       const struct assay__exposure *unit, uint32_t metric,
                                       struct stay stay, struct stay inside,
                                       struct assay_error *err)
{
    struct assay__vector vector = {.is_missing = true};
    enum assay_status status = ASSAY_OK;
    if (stay.begin >= stay.end || stay.end < unit_looks->looks->count)
        return ASSAY_OK;
    if (inside.begin < inside.end)
        status = vector_at(unit_looks, unit, metric, inside.end - 1, &vector, err);
    if (status == ASSAY_OK && vector.is_missing)
        assay__dataset_add_missing(unit_looks->tally->dataset, metric, 1);
    return status;
}

enum assay_status assay__unit_looks_add(struct assay__unit_looks *unit_looks,
                                        const struct assay__exposure *unit,
                                        struct assay__records records, struct assay_error *err)
{
    const struct assay__looks *looks = unit_looks->looks;
    struct assay__tally *tally = unit_looks->tally;
    struct stay stay = stay_of(looks, unit);
    enum assay_status status = load(unit_looks, unit, records, err);
    if (status == ASSAY_OK && stay.begin < stay.end)
        status = assay__tally_count(tally, looks->at[stay.begin].key, false, err);
    if (status == ASSAY_OK && stay.begin < stay.end && stay.end < looks->count)
        status = assay__tally_count(tally, looks->at[stay.end].key, true, err);
    for (uint32_t m = 0; status == ASSAY_OK && m < unit_looks->binding->plan->metric_count; m++) {
        struct stay inside = stay_in(unit_looks, unit, stay, m);
        status = add_metric(unit_looks, unit, m, inside, err);
        if (status == ASSAY_OK)
            status = count_missing(unit_looks, unit, m, stay, inside, err);
    }
    return status;
}

enum assay_status assay__unit_looks_value(struct assay__unit_looks *unit_looks,
                                          const struct assay__exposure *unit,
                                          struct assay__records records, uint32_t metric,
                                          struct assay__vector *out, struct assay_error *err)
{
    struct stay stay = stay_in(unit_looks, unit, stay_of(unit_looks->looks, unit), metric);
    enum assay_status status = load(unit_looks, unit, records, err);
    *out = (struct assay__vector){.counts = false};
    if (status == ASSAY_OK && stay.begin < stay.end && stay.end == unit_looks->looks->count)
        status = vector_at(unit_looks, unit, metric, stay.end - 1, out, err);
    return status;
}
