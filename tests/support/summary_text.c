/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of sufficient statistics of tests: read from texts, their cells found. */
#include "summary_text.h"

#include <unistd.h>

const char *summary_put_file(int number, const char *text)
{
    static char paths[SUMMARY_FILES_MAX][64];
    snprintf(paths[number], sizeof paths[number], "%s/summary-%ld-%d.csv", test_tmp(),
             (long)getpid(), number);
    test_write_file(paths[number], text, strlen(text));
    return paths[number];
}

enum assay_status summary_read_texts(const struct assay_plan *plan, const char *const *texts,
                                     size_t count, struct assay_dataset **dataset,
                                     struct assay_error *err)
{
    const char *paths[SUMMARY_FILES_MAX];
    for (size_t i = 0; i < count; i++)
        paths[i] = summary_put_file((int)i, texts[i]);
    const struct assay_read_options options = {.has_digests = true};
    assert_ok(assay_dataset_new(plan, dataset, err), err);
    enum assay_status status = assay_dataset_read(*dataset, paths, count, &options, err);
    for (size_t i = 0; i < count; i++)
        unlink(paths[i]);
    return status;
}

struct assay_dataset *summary_dataset_of(const struct assay_plan *plan, const char *text)
{
    struct assay_dataset *dataset;
    struct assay_error err;
    assert_ok(summary_read_texts(plan, &text, 1, &dataset, &err), &err);
    return dataset;
}

static uint32_t group_named(const struct assay_dataset *dataset, const char *id)
{
    uint32_t g = 0;
    while (g < assay__dataset_group_count(dataset) &&
           strcmp(assay__dataset_group_id(dataset, g), id) != 0)
        g++;
    ck_assert_uint_lt(g, assay__dataset_group_count(dataset));
    return g;
}

const struct assay__cell *summary_cell_of(const struct assay_dataset *dataset,
                                          enum assay_slice_kind kind, const char *value,
                                          const char *group)
{
    for (uint32_t s = 0; s < assay__dataset_slice_count(dataset); s++) {
        struct assay__slice_name name = assay__dataset_slice_name(dataset, s);
        if (name.kind == kind && strcmp(name.value, value) == 0)
            return assay__dataset_find(dataset, s, 0, group_named(dataset, group));
    }
    return NULL;
}

const struct assay__cell *summary_total_of(const struct assay_dataset *dataset, const char *group)
{
    return summary_cell_of(dataset, ASSAY_SLICE_TOTAL, "", group);
}

void summary_assert_same_text(const char *got, const char *want)
{
    size_t i = 0;
    while (got[i] != '\0' && got[i] == want[i])
        i++;
    size_t from = i < 40 ? 0 : i - 40;
    ck_assert_msg(got[i] == want[i], "byte %zu:\n%.160s\nnot\n%.160s", i, got + from, want + from);
}

char *summary_document(struct assay_dataset *dataset, enum assay_format format)
{
    struct assay_analysis *analysis;
    struct assay_error err;
    char *text;
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    assert_ok(assay_analysis_write(analysis, format, NULL, &text, NULL, &err), &err);
    assay_analysis_free(analysis);
    return text;
}
