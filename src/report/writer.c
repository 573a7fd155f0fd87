/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One analysis, written in the format that is asked for. */
#include "report/writer.h"

#include "base/error.h"

enum assay_status assay_analysis_write(const struct assay_analysis *analysis,
                                       enum assay_format format,
                                       const struct assay_write_options *options, char **text,
                                       size_t *length, struct assay_error *err)
{
    static void (*const WRITERS[])(const struct assay_analysis *,
                                   const struct assay_write_options *, struct assay__text *) = {
        [ASSAY_FORMAT_TABLE] = assay__write_table,
        [ASSAY_FORMAT_RESULT] = assay__write_result,
        [ASSAY_FORMAT_DETAIL] = assay__write_detail,
        [ASSAY_FORMAT_CSV] = assay__write_csv};
    static const struct assay_write_options DEFAULTS = {0};
    if ((size_t)format >= sizeof WRITERS / sizeof *WRITERS)
        return assay__fail(err, ASSAY_ERROR_USAGE, "There is no output format %d.", (int)format);
    struct assay__text out = {0};
    WRITERS[format](analysis, options != NULL ? options : &DEFAULTS, &out);
    return assay__text_take(&out, text, length, err);
}
