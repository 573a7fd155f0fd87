/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does a row pass a filter: the walk over its expression, a cell at a time. */
#include "source/filter/filter_match.h"

#include <string.h>

#include "plan/filter/filter_parse.h"
#include "source/csv/csv_dialect.h"

/* A row, and how its file writes numbers, choices and missing values. */
typedef struct {
    const struct assay_dialect *dialect;
    const struct assay__field *cells;
} row_t;

static int compare_text(const struct assay__field *cell,
                        const struct assay__filter_literal *literal)
{
    size_t common = cell->length < literal->length ? cell->length : literal->length;
    int order = memcmp(cell->text, literal->text, common);
    if (order != 0)
        return order;
    return cell->length < literal->length ? -1 : cell->length > literal->length;
}

/* Compares a cell with a literal; false when the cell is not of its kind. */
static bool compare(const struct assay_dialect *dialect, const struct assay__field *cell,
                    const struct assay__filter_literal *literal, int *order)
{
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal number;
    enum assay__cell_outcome outcome;
    switch (literal->kind) {
    case ASSAY__LITERAL_TEXT:
        *order = compare_text(cell, literal);
        return true;
    case ASSAY__LITERAL_NUMBER:
        outcome = assay__dialect_number(dialect, cell, &number, digits);
        break;
    default:
        outcome = assay__dialect_choice(dialect, cell, NULL, &number);
    }
    if (outcome != ASSAY__CELL_OK)
        return false;
    *order = assay__decimal_compare(&number, &literal->number);
    return true;
}

static bool passes(const row_t *row, uint32_t column, const struct assay__filter_literal *literal,
                   unsigned op)
{
    int order;
    if (!compare(row->dialect, &row->cells[column], literal, &order))
        return false;
    unsigned sign = order < 0 ? ASSAY__OP_LESS : order > 0 ? ASSAY__OP_GREATER : ASSAY__OP_EQUAL;
    return (op & sign) != 0;
}

static bool in_list(const row_t *row, uint32_t column, const struct assay__filter_literal *literal)
{
    for (; literal != NULL; literal = literal->next)
        if (passes(row, column, literal, ASSAY__OP_EQUAL))
            return true;
    return false;
}

/* The depth of the recursion is bounded by the length of a filter. */
static bool matches(const struct assay__filter_node *node, const row_t *row)
{
    switch (node->kind) {
    case ASSAY__FILTER_AND:
        return matches(node->left, row) && matches(node->right, row);
    case ASSAY__FILTER_OR:
        return matches(node->left, row) || matches(node->right, row);
    case ASSAY__FILTER_NOT:
        return !matches(node->left, row);
    case ASSAY__FILTER_COMPARE:
        return passes(row, node->column, node->literals, node->op);
    case ASSAY__FILTER_IN:
        return in_list(row, node->column, node->literals);
    case ASSAY__FILTER_MISSING:
        return assay__dialect_is_missing(row->dialect, &row->cells[node->column]);
    }
    return false;
}

bool assay__filter_match(const struct assay__filter *filter, const struct assay_dialect *dialect,
                         const struct assay__field *cells)
{
    return matches(filter->root, &(row_t){dialect, cells});
}
