/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of summaries on standard output or in a file that appears complete or not at all. */
#include "cli/summary_out.h"

#include "cli/cli.h"
#include "cli/output.h"

int summary_print(const struct assay__summary_table *table, const char *output)
{
    struct assay__text text = {0};
    struct assay_error err;
    enum assay_status status = assay__summary_write(table, &text, &err);
    int code = status == ASSAY_OK ? output_write(output, text.data, text.length) : cli_fail(&err);
    assay__text_release(&text);
    return code;
}
