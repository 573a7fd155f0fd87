/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_PLAN_FILTER_FILTER_PARSE_H
#define ASSAY_PLAN_FILTER_FILTER_PARSE_H

#include "assay/moments.h"
#include "base/arena.h"
#include "plan/filter/filter.h"

/* A parsed filter: nodes of an expression, children before their parents, the root last. */

enum assay__filter_kind {
    ASSAY__FILTER_AND, /* left and right */
    ASSAY__FILTER_OR,
    ASSAY__FILTER_NOT,     /* left */
    ASSAY__FILTER_COMPARE, /* column op literal */
    ASSAY__FILTER_IN,      /* column in list of literals */
    ASSAY__FILTER_MISSING  /* column is missing */
};

/* Which signs of (cell compared with literal) pass. */
enum assay__filter_op { ASSAY__OP_LESS = 1, ASSAY__OP_EQUAL = 2, ASSAY__OP_GREATER = 4 };

enum assay__literal_kind { ASSAY__LITERAL_NUMBER, ASSAY__LITERAL_TEXT, ASSAY__LITERAL_CHOICE };

struct assay__filter_literal {
    enum assay__literal_kind kind;
    struct assay_decimal number; /* NUMBER, and 0 or 1 for CHOICE */
    const char *text;            /* TEXT */
    size_t length;
    struct assay__filter_literal *next; /* in a list */
};

struct assay__filter_node {
    enum assay__filter_kind kind;
    struct assay__filter_node *left, *right;
    uint32_t column;
    unsigned op; /* enum assay__filter_op, or-ed */
    struct assay__filter_literal *literals;
};

struct assay__filter {
    struct assay__arena arena;
    struct assay__filter_node *root;
    const char **columns;
    uint32_t column_count, column_capacity;
};

#endif
