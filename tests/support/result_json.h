/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of results share: the sample of an analysis, written and judged. */
#ifndef ASSAY_TESTS_RESULT_JSON_H
#define ASSAY_TESTS_RESULT_JSON_H

#include "test.h"

#include <cjson/cJSON.h>

#include "sample_analysis.h"

/** result_write_json() writes an analysis; the text is what every JSON must be. free() it. */
char *result_write_json(const struct assay_analysis *analysis, enum assay_format format,
                        bool pretty, bool allow_null);

/** result_document() fills in the sample and has its result. Delete it. */
cJSON *result_document(struct sample *sample);

#endif
