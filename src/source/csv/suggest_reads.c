/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a dialect reads the cells of a column, all of them or most. */
#include "source/csv/suggest.h"

typedef struct assay__field field_t;
typedef struct assay__column_sample sample_t;

static bool reads(const struct assay_dialect *dialect, enum assay__column_kind kind,
                  const field_t *cell, uint32_t *words)
{
    struct assay_decimal value;
    char digits[ASSAY__DIGITS_MAX];
    int64_t ns;
    field_t text = dialect->trim && !cell->is_quoted ? assay__field_trim(*cell) : *cell;
    enum assay__cell_outcome outcome;
    if (kind == ASSAY__COLUMN_TIME)
        return assay__dialect_time(dialect, &text, &ns);
    outcome = kind == ASSAY__COLUMN_CHOICE ? assay__dialect_choice(dialect, &text, words, &value)
                                           : assay__dialect_number(dialect, &text, &value, digits);
    return outcome == ASSAY__CELL_OK || outcome == ASSAY__CELL_MISSING;
}

bool assay__suggest_reads(const struct assay_dialect *dialect, const sample_t *sample)
{
    uint32_t words = 0;
    for (size_t i = 0; i < sample->count; i++)
        if (!reads(dialect, sample->kind, &sample->cells[i], &words))
            return false;
    return true;
}

bool assay__suggest_skip(const struct assay_dialect *dialect, const sample_t *sample)
{
    size_t good = 0;
    uint32_t words = 0;
    for (size_t i = 0; i < sample->count; i++)
        good += reads(dialect, sample->kind, &sample->cells[i], &words);
    return good * 2 >= sample->count;
}
