/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of the request that creates an AnalysisResult. */
#include "api/resource/result_write.h"
#include "base/error.h"
#include "base/halt.h"
#include "json/json_write.h"

static enum assay_status write(const struct assay_analysis *analysis, struct assay__text *out,
                               struct assay_error *err)
{
    if (analysis->plan->parent == NULL)
        return assay__fail(err, ASSAY_ERROR_PLAN,
                           "The plan has no \"parent\": to post, say where, as "
                           "workflows/{workflow}/instances/{instance}.");
    struct assay__json json = {.out = out};
    assay__json_begin(&json, '{');
    assay__json_member_string(&json, "parent", analysis->plan->parent);
    assay__json_key(&json, "analysisResult");
    assay__json_raw(&json, "");
    assay__result_value(analysis, false, out);
    assay__json_member_string(&json, "analysisResultId", analysis->analysis_result_id);
    assay__json_end(&json, '}');
    assay__text_putc(out, '\n');
    return ASSAY_OK;
}

enum assay_status assay_request_write(const struct assay_analysis *analysis, char **text,
                                      size_t *length, struct assay_error *err)
{
    struct assay__halt halt;
    struct assay__outlet outlet = {.halt = &halt};
    struct assay__text out = {.outlet = &outlet};
    assay__halt_begin(&halt, NULL);
    enum assay_status status = write(analysis, &out, err);
    if (status == ASSAY_OK)
        status = assay__text_take(&out, text, length, err);
    assay__halt_end(&halt);
    return status;
}

enum assay_status assay_request_stream(const struct assay_analysis *analysis,
                                       const struct assay_sink *sink, struct assay_error *err)
{
    struct assay__halt halt;
    struct assay__outlet outlet = {.sink = sink, .halt = &halt};
    struct assay__text out = {.outlet = &outlet};
    assay__halt_begin(&halt, NULL);
    enum assay_status status = write(analysis, &out, err);
    if (status == ASSAY_OK)
        status = assay__text_finish(&out, err);
    assay__halt_end(&halt);
    return status;
}
