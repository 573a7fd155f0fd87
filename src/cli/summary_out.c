/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/summary_out.h"

#include "cli/cli.h"

int summary_print(const struct assay__summary_table *table, const char *output)
{
    struct assay__text text = {0};
    struct assay_error err;
    int code = 0;
    enum assay_status status = assay__summary_write(table, &text, &err);
    if (status == ASSAY_OK && output != NULL)
        status = cli_replace_file(output, text.data, text.length, &err);
    else if (status == ASSAY_OK)
        code = cli_write_stdout(text.data, text.length);
    if (status != ASSAY_OK)
        code = cli_fail(&err);
    assay__text_release(&text);
    return code;
}
