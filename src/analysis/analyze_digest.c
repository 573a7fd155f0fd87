/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The digest of the data is taken over exact sums in canonical order, not over the bytes of a file:
 * shuffled rows, other line ends, compression or shards merged later give the same digest, and so
 * a repeated run posts the same resource.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "analysis/looks.h"

/* Names are written with their length, so that no name can look like two. */
static void append_name(struct assay__text *text, const char *name)
{
    size_t length = strlen(name);
    assay__text_count(text, length);
    assay__text_putc(text, ':');
    assay__text_append(text, name, length);
    assay__text_putc(text, ' ');
}

static void append_time(struct assay__text *text, int64_t time_ns)
{
    assay__text_puts(text, time_ns < 0 ? "look -" : "look ");
    assay__text_count(text, time_ns < 0 ? 0 - (uint64_t)time_ns : (uint64_t)time_ns);
    assay__text_putc(text, '\n');
}

static enum assay_status append_cell(const struct assay__builder *builder, uint32_t look,
                                     uint32_t slice, uint32_t group, struct assay__text *text,
                                     struct assay_error *err)
{
    const struct assay_slice *where = &builder->out->slices[slice];
    if (builder->group_of[group] == ASSAY__NONE)
        return ASSAY_OK;
    const struct assay__cell *cell = assay__dataset_find(builder->dataset, builder->slice_of[slice],
                                                         look, builder->group_of[group]);
    if (cell == NULL)
        return ASSAY_OK;
    assay__text_pass_on(text);
    assay__text_count(text, (uint64_t)where->kind);
    assay__text_putc(text, ' ');
    append_name(text, where->key);
    append_name(text, where->value);
    append_name(text, builder->out->groups[group].id);
    assay__text_count(text, cell->units);
    assay__text_putc(text, '\n');
    for (uint32_t m = 0; m < builder->plan->metric_count; m++) {
        const struct assay_metric_plan *metric = &builder->plan->metrics[m];
        if (cell->states[m] == NULL)
            continue;
        append_name(text, metric->id);
        enum assay_status status =
            assay__metric_accumulator(metric)->digest(cell->states[m], text, err);
        if (status != ASSAY_OK)
            return status;
        assay__text_putc(text, '\n');
    }
    return ASSAY_OK;
}

static enum assay_status digest_of(struct assay__text *text, char out[65], struct assay_error *err)
{
    bool failed = text->failed;
    if (!failed)
        assay__sha256_hex(text->data, text->length, out);
    assay__text_release(text);
    return failed ? assay__fail_memory(err) : ASSAY_OK;
}

/* Some group has no cell at the last look, and keeps an earlier one. */
static bool is_carried(const struct assay__builder *builder)
{
    uint32_t last = builder->order[builder->looks[0].last];
    for (uint32_t g = 0; g < builder->out->group_count; g++)
        if (builder->group_of[g] != ASSAY__NONE &&
            assay__dataset_find(builder->dataset, 0, last, builder->group_of[g]) == NULL)
            return true;
    return false;
}

/* All cells of a look; of a single look over dated sums, only the last of them. */
static enum assay_status append_look(const struct assay__builder *builder, uint32_t k,
                                     struct assay__text *text, struct assay_error *err)
{
    const struct assay__look *look = &builder->looks[k];
    uint32_t first = k == 0 ? 0 : builder->looks[k - 1].last + 1;
    if (builder->look_count == 1 && !is_carried(builder))
        first = look->last;
    if (look->time_ns != INT64_MIN)
        append_time(text, look->time_ns);
    enum assay_status status = ASSAY_OK;
    for (uint32_t at = first; at <= look->last; at++)
        for (uint32_t s = 0; status == ASSAY_OK && s < builder->out->slice_count; s++) {
            status = assay__halt_check(builder->halt, err);
            for (uint32_t g = 0; status == ASSAY_OK && g < builder->out->group_count; g++)
                status = append_cell(builder, builder->order[at], s, g, text, err);
        }
    return status;
}

static enum assay_status take_piece(void *digest, const char *bytes, size_t length,
                                    struct assay_error *err)
{
    (void)err;
    assay__sha256_add(digest, bytes, length);
    return ASSAY_OK;
}

/* The text is long: it is digested as it is written. */
static enum assay_status digest_input(struct assay__builder *builder, struct assay_error *err)
{
    struct assay__sha256 digest;
    const struct assay_sink sink = {take_piece, &digest};
    struct assay__outlet outlet = {.sink = &sink};
    struct assay__text text = {.outlet = &outlet};
    assay__sha256_begin(&digest);
    assay__text_puts(&text, "assay input 1\n");
    enum assay_status status = ASSAY_OK;
    for (uint32_t k = 0; status == ASSAY_OK && k < builder->look_count; k++)
        status = append_look(builder, k, &text, err);
    if (status != ASSAY_OK) {
        assay__text_release(&text);
        return status;
    }
    status = assay__text_finish(&text, err);
    assay__sha256_end(&digest, builder->out->input_digest);
    return status;
}

static enum assay_status derive_id(struct assay__builder *builder, struct assay_error *err)
{
    const struct assay_plan *plan = builder->plan;
    char *id = builder->out->analysis_result_id;
    char digest[65], as_of[ASSAY__TIME_BYTES] = "";
    struct assay__text text = {0};
    if (plan->analysis_result_id != NULL) {
        snprintf(id, sizeof builder->out->analysis_result_id, "%s", plan->analysis_result_id);
        return ASSAY_OK;
    }
    if (plan->has_as_of)
        assay__time_write(plan->as_of_ns, as_of);
    append_name(&text, plan->parent == NULL ? "" : plan->parent);
    append_name(&text, plan->canonical);
    append_name(&text, as_of);
    append_name(&text, builder->out->input_digest);
    enum assay_status status = digest_of(&text, digest, err);
    if (status == ASSAY_OK)
        snprintf(id, sizeof builder->out->analysis_result_id, "ar-%.40s", digest);
    return status;
}

enum assay_status assay__analyze_digest(struct assay__builder *builder, struct assay_error *err)
{
    enum assay_status status = digest_input(builder, err);
    return status == ASSAY_OK ? derive_id(builder, err) : status;
}
