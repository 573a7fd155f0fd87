/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Filters as SQL conditions that are true or false and never NULL: a cell that is missing, or no
 * number where one is compared, fails its test, and "not" turns that around as it does elsewhere.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "plan/filter/filter_parse.h"
#include "source/sql/writer.h"

typedef const struct assay__filter_node node_t;
typedef const struct assay__filter_literal literal_t;

/* Where a filter's columns are. */
struct place {
    struct assay__sql *sql;
    const struct assay__where *where;
    const char *alias; /* with its point, or "" */
};

static uint32_t read_of(const struct place *place, uint32_t column, literal_t *literal)
{
    return assay__sql_read(place->sql, place->where->source, place->where->cells[column],
                           literal->kind == ASSAY__LITERAL_NUMBER ? ASSAY__SQL_READ_FILTER
                                                                  : ASSAY__SQL_READ_FILTER_CHOICE);
}

static void add_reads(const struct place *place, node_t *node)
{
    if (node == NULL)
        return;
    add_reads(place, node->left);
    add_reads(place, node->right);
    for (literal_t *literal = node->literals; literal != NULL; literal = literal->next)
        if (literal->kind != ASSAY__LITERAL_TEXT)
            (void)read_of(place, node->column, literal);
}

void assay__sql_reads_of_filters(struct assay__sql *sql)
{
    for (uint32_t w = 0; w < sql->binding.where_count; w++) {
        struct place place = {sql, &sql->binding.wheres[w], ""};
        add_reads(&place, place.where->filter->root);
    }
}

static const char *sign_of(unsigned op)
{
    static const char *const SIGNS[] = {[ASSAY__OP_LESS] = "<",
                                        [ASSAY__OP_EQUAL] = "=",
                                        [ASSAY__OP_GREATER] = ">",
                                        [ASSAY__OP_LESS | ASSAY__OP_EQUAL] = "<=",
                                        [ASSAY__OP_LESS | ASSAY__OP_GREATER] = "<>",
                                        [ASSAY__OP_GREATER | ASSAY__OP_EQUAL] = ">="};
    return SIGNS[op];
}

/* The digits of |number|, without a sign. */
static const char *digits_of(struct assay__sql *sql, const struct assay_decimal *number)
{
    if (number->digits != NULL)
        return assay__sql_format(sql, "%.*s", (int)number->digit_count, number->digits);
    uint64_t size = number->mantissa < 0 ? -(uint64_t)number->mantissa : (uint64_t)number->mantissa;
    return assay__sql_format(sql, "%" PRIu64, size);
}

/*
 * A column of whole numbers compared with a number that may lie between two of them: cut towards 0,
 * and the operator mended. Beyond all numbers that fit, the sign says it all.
 */
static const char *compare_whole(struct assay__sql *sql, const char *column, unsigned op,
                                 const struct assay_decimal *number, int scale)
{
    const char *digits = digits_of(sql, number), *minus = number->mantissa < 0 ? "-" : "";
    long length = (long)strlen(digits), power = (long)number->exponent + scale;
    bool is_cut = false;
    if (number->mantissa == 0)
        power = 0;
    if (length + power > (long)sql->value_digits + 1) {
        bool holds = op & (number->mantissa < 0 ? ASSAY__OP_GREATER : ASSAY__OP_LESS);
        return assay__sql_format(sql, "%s is not null%s", column, holds ? "" : " and 1 = 0");
    }
    long kept = power >= 0 ? length : length + power > 0 ? length + power : 0;
    for (long i = kept; i < length; i++)
        is_cut = is_cut || digits[i] != '0';
    if (is_cut) {
        bool above = op & ASSAY__OP_GREATER, below = op & ASSAY__OP_LESS;
        if (above == below)
            return assay__sql_format(sql, "%s is not null%s", column, above ? "" : " and 1 = 0");
        bool is_negative = number->mantissa < 0;
        op = above ? (is_negative ? ASSAY__OP_GREATER | ASSAY__OP_EQUAL : ASSAY__OP_GREATER)
                   : (is_negative ? ASSAY__OP_LESS : ASSAY__OP_LESS | ASSAY__OP_EQUAL);
    }
    const char *zeros = power > 0 ? assay__sql_power(sql, (unsigned)power) + 1 : "";
    const char *whole = assay__sql_format(sql, "%s%.*s%s%s", kept == 0 ? "" : minus, (int)kept,
                                          digits, kept == 0 ? "0" : "", zeros);
    return assay__sql_format(sql, "%s is not null and %s %s %s", column, column, sign_of(op),
                             assay__sql_whole(sql, whole));
}

static const char *test_literal(const struct place *place, node_t *node, literal_t *literal,
                                unsigned op)
{
    struct assay__sql *sql = place->sql;
    if (literal->kind == ASSAY__LITERAL_TEXT)
        return assay__sql_format(sql, "coalesce(%sc%u, '') %s %s", place->alias,
                                 place->where->cells[node->column] + 1, sign_of(op),
                                 assay__sql_literal(sql, literal->text));
    uint32_t read = read_of(place, node->column, literal);
    const char *column = assay__sql_format(sql, "%sv%u", place->alias, read + 1);
    if (sql->dialect->digits != 0)
        return assay__sql_format(sql, "(%s)",
                                 compare_whole(sql, column, op, &literal->number,
                                               (int)assay__sql_scale(sql, sql->reads[read].kind)));
    return assay__sql_format(sql, "(%s is not null and %s %s %s%sE%d)", column, column, sign_of(op),
                             literal->number.mantissa < 0 ? "-" : "",
                             digits_of(sql, &literal->number), (int)literal->number.exponent);
}

static const char *test_list(const struct place *place, node_t *node)
{
    struct assay__text list = {0};
    for (literal_t *literal = node->literals; literal != NULL; literal = literal->next)
        assay__text_format(&list, "%s%s", list.length == 0 ? "" : " or ",
                           test_literal(place, node, literal, ASSAY__OP_EQUAL));
    return assay__sql_format(place->sql, "(%s)", assay__sql_keep(place->sql, &list));
}

/* The depth of the recursion is bounded by the length of a filter. */
static const char *test(const struct place *place, node_t *node)
{
    struct assay__sql *sql = place->sql;
    switch (node->kind) {
    case ASSAY__FILTER_AND:
        return assay__sql_format(sql, "(%s and %s)", test(place, node->left),
                                 test(place, node->right));
    case ASSAY__FILTER_OR:
        return assay__sql_format(sql, "(%s or %s)", test(place, node->left),
                                 test(place, node->right));
    case ASSAY__FILTER_NOT:
        return assay__sql_format(sql, "not (%s)", test(place, node->left));
    case ASSAY__FILTER_COMPARE:
        return test_literal(place, node, node->literals, node->op);
    case ASSAY__FILTER_IN:
        return test_list(place, node);
    case ASSAY__FILTER_MISSING:
        return assay__sql_is_missing(
            sql,
            assay__sql_format(sql, "%sc%u", place->alias, place->where->cells[node->column] + 1),
            false);
    }
    return "1 = 0";
}

const char *assay__sql_where(struct assay__sql *sql, uint32_t where, const char *alias)
{
    struct place place = {sql, &sql->binding.wheres[where], alias};
    return test(&place, place.where->filter->root);
}
