/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A filter as canonical text: filters that were typed with other blanks, quotes, signs or
 * parentheses, but are the same tree, have the same text, and the text parses to that tree again.
 */
#include "plan/filter/filter.h"

#include <inttypes.h>

#include "plan/filter/filter_parse.h"

/* A chain of "and" or "or" may be as long as a filter is: its left end is not walked by calls. */
static void write_node(const struct assay__filter *filter, const struct assay__filter_node *node,
                       struct assay__text *text);

static void write_quoted(const char *bytes, size_t length, struct assay__text *text)
{
    assay__text_putc(text, '"');
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '"')
            assay__text_putc(text, '"');
        assay__text_putc(text, bytes[i]);
    }
    assay__text_putc(text, '"');
}

static void write_number(const struct assay_decimal *number, struct assay__text *text)
{
    if (number->digits == NULL)
        assay__text_format(text, "%" PRId64, number->mantissa);
    else
        assay__text_format(text, "%s%.*s", number->mantissa < 0 ? "-" : "",
                           (int)number->digit_count, number->digits);
    if (number->exponent != 0)
        assay__text_format(text, "e%" PRId32, number->exponent);
}

static void write_literal(const struct assay__filter_literal *literal, struct assay__text *text)
{
    if (literal->kind == ASSAY__LITERAL_NUMBER)
        write_number(&literal->number, text);
    else if (literal->kind == ASSAY__LITERAL_TEXT)
        write_quoted(literal->text, literal->length, text);
    else
        assay__text_puts(text, literal->number.mantissa != 0 ? "true" : "false");
}

static void write_column(const struct assay__filter *filter, const struct assay__filter_node *node,
                         struct assay__text *text)
{
    const char *name = filter->columns[node->column];
    size_t length = 0;
    while (name[length] != '\0')
        length++;
    write_quoted(name, length, text);
}

static void write_test(const struct assay__filter *filter, const struct assay__filter_node *node,
                       struct assay__text *text)
{
    static const char *const SIGNS[] = {
        [ASSAY__OP_LESS] = "<",
        [ASSAY__OP_EQUAL] = "=",
        [ASSAY__OP_LESS | ASSAY__OP_EQUAL] = "<=",
        [ASSAY__OP_GREATER] = ">",
        [ASSAY__OP_LESS | ASSAY__OP_GREATER] = "!=",
        [ASSAY__OP_GREATER | ASSAY__OP_EQUAL] = ">=",
    };
    write_column(filter, node, text);
    if (node->kind == ASSAY__FILTER_MISSING) {
        assay__text_puts(text, " is missing");
        return;
    }
    bool is_list = node->kind == ASSAY__FILTER_IN;
    assay__text_format(text, " %s %s", is_list ? "in" : SIGNS[node->op], is_list ? "(" : "");
    for (const struct assay__filter_literal *at = node->literals; at != NULL; at = at->next) {
        assay__text_puts(text, at == node->literals ? "" : ", ");
        write_literal(at, text);
    }
    if (is_list)
        assay__text_putc(text, ')');
}

/* The operands of a chain lean to the left: the first one stands deepest. */
static void write_chain(const struct assay__filter *filter, const struct assay__filter_node *node,
                        struct assay__text *text)
{
    const char *word = node->kind == ASSAY__FILTER_AND ? " and " : " or ";
    const struct assay__filter_node *written = NULL;
    assay__text_putc(text, '(');
    while (written != node) {
        const struct assay__filter_node *at = node;
        while (at->left != written && at->left->kind == node->kind)
            at = at->left;
        if (written == NULL)
            write_node(filter, at->left, text);
        assay__text_puts(text, word);
        write_node(filter, at->right, text);
        written = at;
    }
    assay__text_putc(text, ')');
}

static void write_node(const struct assay__filter *filter, const struct assay__filter_node *node,
                       struct assay__text *text)
{
    if (node->kind == ASSAY__FILTER_NOT) {
        assay__text_puts(text, "not (");
        write_node(filter, node->left, text);
        assay__text_putc(text, ')');
    } else if (node->kind == ASSAY__FILTER_AND || node->kind == ASSAY__FILTER_OR) {
        write_chain(filter, node, text);
    } else {
        write_test(filter, node, text);
    }
}

void assay__filter_write(const struct assay__filter *filter, struct assay__text *text)
{
    write_node(filter, filter->root, text);
}
