/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_WAREHOUSE_ANSWER_ROWS_H
#define ASSAY_SOURCE_WAREHOUSE_ANSWER_ROWS_H

#include "source/rows.h"
#include "source/warehouse/engine.h"

/** assay__answer_rows() reads an answer as rows; both strings and answer are borrowed. */
enum assay_status assay__answer_rows(const struct assay__answer *answer, const char *source,
                                     struct assay__rows **out, struct assay_error *err);

#endif
