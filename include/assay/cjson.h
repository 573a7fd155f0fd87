/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The AnalysisResult as a tree of cJSON, for hosts that add to it or embed it. assay.h does not
 * include this header: it needs that of cJSON. */
#ifndef ASSAY_CJSON_H
#define ASSAY_CJSON_H

#include <cjson/cJSON.h>

#include "assay/analysis.h"
#include "assay/export.h"
#include "assay/status.h"

/**
 * assay_analysis_cjson() is the AnalysisResult resource as a tree: the fields that
 * assay_analysis_write() writes as ASSAY_FORMAT_RESULT, in the contract's order. Printed by
 * cJSON_PrintUnformatted() it is the same text, but for the newline at the end.
 *
 *     cJSON *result = assay_analysis_cjson(analysis, &err);
 *     cJSON *request = cJSON_CreateObject();
 *     cJSON_AddStringToObject(request, "parent", parent);
 *     cJSON_AddItemToObject(request, "analysisResult", result);
 *
 * Numbers are items of the type cJSON_Raw, whose valuestring is the shortest text that reads back
 * as the same double: cJSON prints its own numbers with fewer digits. valuedouble holds the number,
 * too, but cJSON_IsNumber() is false. Names of members are constant strings of the library.
 *
 * @analysis  read only; may be freed before the tree
 * @err       NULL is fine
 * Returns a tree for cJSON_Delete(); NULL without memory (ASSAY_ERROR_MEMORY in *err).
 * Memory is asked for through cJSON's hooks. The tree takes several times the memory and time of
 * its text, and neither flag nor deadline ends it: for many slices, write the text instead.
 * Threads: as cJSON: several may read one analysis.
 */
ASSAY_API ASSAY_MUST_CHECK cJSON *assay_analysis_cjson(const struct assay_analysis *analysis,
                                                       struct assay_error *err);

#endif
