/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of reports, and an analysis written as one of them. */
#include "report/reports.h"

#include "base/error.h"
#include "base/halt.h"

#define ROW(name, spelling, contents)                                                              \
    [ASSAY_FORMAT_##name] = {#spelling, contents, assay__write_##spelling},
const struct assay__report assay__reports[ASSAY__REPORT_COUNT] = {ASSAY_FORMAT_LIST(ROW)};

static enum assay_status write(const struct assay_analysis *analysis, enum assay_format format,
                               const struct assay_write_options *options, struct assay__text *out,
                               struct assay_error *err)
{
    static const struct assay_write_options DEFAULTS = {0};
    if ((size_t)format >= ASSAY__REPORT_COUNT)
        return assay__fail(err, ASSAY_ERROR_USAGE, "No output format has number %d.", (int)format);
    assay__reports[format].write(analysis, options != NULL ? options : &DEFAULTS, out);
    return ASSAY_OK;
}

enum assay_status assay_analysis_write(const struct assay_analysis *analysis,
                                       enum assay_format format,
                                       const struct assay_write_options *options, char **text,
                                       size_t *length, struct assay_error *err)
{
    struct assay__halt halt;
    struct assay__outlet outlet = {.halt = &halt};
    struct assay__text out = {.outlet = &outlet};
    assay__halt_begin(&halt, NULL);
    enum assay_status status = write(analysis, format, options, &out, err);
    if (status == ASSAY_OK)
        status = assay__text_take(&out, text, length, err);
    assay__halt_end(&halt);
    return status;
}

enum assay_status assay_analysis_stream(const struct assay_analysis *analysis,
                                        enum assay_format format,
                                        const struct assay_write_options *options,
                                        const struct assay_sink *sink, struct assay_error *err)
{
    struct assay__halt halt;
    struct assay__outlet outlet = {.sink = sink, .halt = &halt};
    struct assay__text out = {.outlet = &outlet};
    assay__halt_begin(&halt, NULL);
    enum assay_status status = write(analysis, format, options, &out, err);
    if (status == ASSAY_OK)
        status = assay__text_finish(&out, err);
    assay__halt_end(&halt);
    return status;
}
