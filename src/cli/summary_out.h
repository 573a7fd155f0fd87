/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_SUMMARY_OUT_H
#define ASSAY_CLI_SUMMARY_OUT_H

#include "source/summary/summary_table.h"

/** summary_print() writes a table as CSV to a file, or to standard output; the exit code. */
int summary_print(const struct assay__summary_table *table, const char *output);

#endif
