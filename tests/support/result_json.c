/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results of tests as JSON. */
#include "result_json.h"

#include "strict_json.h"

/* Writes an analysis and judges what every JSON document must be. */
char *result_write_json(const struct assay_analysis *analysis, enum assay_format format,
                        bool pretty, bool allow_null)
{
    struct assay_write_options options = {.pretty = pretty};
    struct assay_error err;
    char *text;
    size_t length;
    assert_ok(assay_analysis_write(analysis, format, &options, &text, &length, &err), &err);
    ck_assert_uint_eq(strlen(text), length);
    ck_assert_int_eq(text[length - 1], '\n');
    const char *error = strict_json_error(text, length, allow_null);
    ck_assert_msg(error == NULL, "%s", error);
    return text;
}

cJSON *result_document(struct sample *sample)
{
    char *text = result_write_json(sample_analysis(sample), ASSAY_FORMAT_RESULT, false, false);
    cJSON *document = cJSON_Parse(text);
    free(text);
    ck_assert_ptr_nonnull(document);
    return document;
}
