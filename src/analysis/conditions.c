/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conditions of a comparison as a table. */
#include "analysis/conditions.h"

static const struct assay__condition CONDITIONS[] = {
#define ROW(name, bit, id, level, sentence, why, remedy)                                           \
    {ASSAY_FLAG_##name, id, ASSAY_NOTE_##level, sentence, why, remedy},
    ASSAY_FLAG_LIST(ROW)
#undef ROW
};

const struct assay__condition *assay__conditions(size_t *count)
{
    *count = sizeof CONDITIONS / sizeof *CONDITIONS;
    return CONDITIONS;
}
