/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of annotations grows by one. */
#include <string.h>

#include "analysis/analyze.h"
#include "base/error.h"

enum assay_status assay__annotate(struct assay__builder *builder, enum assay_annotation_level level,
                                  int32_t metric, const char *const context[3], const char *text,
                                  struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    if (text == NULL)
        return assay__fail_memory(err);
    if (out->annotation_count == builder->annotation_capacity) {
        size_t capacity = builder->annotation_capacity * 2 + 16;
        struct assay_annotation *grown =
            assay__arena_array(builder->arena, capacity, sizeof *grown);
        if (grown == NULL)
            return assay__fail_memory(err);
        if (out->annotation_count > 0)
            memcpy(grown, out->annotations, out->annotation_count * sizeof *grown);
        out->annotations = grown;
        builder->annotation_capacity = capacity;
    }
    struct assay_annotation *note = &out->annotations[out->annotation_count];
    note->level = level;
    note->metric = metric;
    note->text = text;
    note->kind = note->sentence = note->remedy = NULL;
    note->comparisons = note->slices = 0;
    note->about = ASSAY_ABOUT_ANYTHING;
    note->context_count = 0;
    note->context = assay__arena_array(builder->arena, 3, sizeof *note->context);
    if (note->context == NULL)
        return assay__fail_memory(err);
    for (int i = 0; i < 3; i++)
        if (context[i] != NULL && context[i][0] != '\0')
            note->context[note->context_count++] = context[i];
    out->annotation_count++;
    return ASSAY_OK;
}
