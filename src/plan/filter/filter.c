/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parser of filters: recursive descent over the grammar in filter.h. */
#include "plan/filter/filter.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "analysis/plan_model.h"
#include "number/number.h"
#include "plan/filter/filter_parse.h"

enum { DEPTH_MAX = 100, FILTER_BYTES_MAX = 16 * 1024 };

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_TEXT, TOKEN_BRACKETED, TOKEN_NUMBER, TOKEN_SIGN };

struct token {
    enum token_kind kind;
    const char *start; /* in the filter's text */
    size_t length;
    const char *value; /* TEXT, BRACKETED: without quotes */
    size_t value_length;
};

struct parser {
    const char *text, *at;
    struct token token; /* the one to use next */
    struct assay__filter *filter;
    int depth;
    struct assay_error *err;
};

/* Fails at a place in the text; columns are characters. */
static enum assay_status fail_at(struct parser *parser, const char *place, const char *what)
{
    uint64_t column = 1;
    for (const char *c = parser->text; c < place; c++)
        column += ((unsigned char)*c & 0xC0) != 0x80;
    return assay__fail_at(parser->err, ASSAY_ERROR_PLAN, NULL, 0, column,
                          "Filter, character %d: %s", (int)column, what);
}

static bool is_word_byte(char c)
{
    unsigned char b = (unsigned char)c;
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '_' ||
           b == '.' || b >= 0x80;
}

/* Reads text up to the closing quote; a doubled one stands for itself. */
static enum assay_status read_quoted(struct parser *parser, char close)
{
    struct token *token = &parser->token;
    const char *from = parser->at + 1, *end = from;
    while (*end != '\0' && (*end != close || end[1] == close))
        end += *end == close ? 2 : 1;
    if (*end == '\0')
        return fail_at(parser, parser->at, "the quote is never closed.");
    char *value = assay__arena_alloc(&parser->filter->arena, (size_t)(end - from) + 1);
    if (value == NULL)
        return assay__fail_memory(parser->err);
    size_t length = 0;
    for (; from < end; from++) {
        value[length++] = *from;
        from += *from == close; /* the second of a pair */
    }
    token->kind = close == ']' ? TOKEN_BRACKETED : TOKEN_TEXT;
    token->value = value;
    token->value_length = length;
    parser->at = end + 1;
    return ASSAY_OK;
}

/* Reads the next token. */
static enum assay_status advance(struct parser *parser)
{
    while (*parser->at != '\0' && strchr(" \t\r\n", *parser->at) != NULL)
        parser->at++;
    struct token *token = &parser->token;
    const char *start = parser->at;
    *token = (struct token){TOKEN_END, start, 0, NULL, 0};
    if (*start == '\0')
        return ASSAY_OK;
    enum assay_status status = ASSAY_OK;
    bool has_sign = *start == '-' || *start == '+';
    if (*start == '"' || *start == '\'') {
        status = read_quoted(parser, *start);
    } else if (*start == '[') {
        status = read_quoted(parser, ']');
    } else if (has_sign || (unsigned)(*start - '0') < 10 || *start == '.') {
        token->kind = TOKEN_NUMBER;
        for (parser->at++;
             is_word_byte(*parser->at) ||
             ((*parser->at == '-' || *parser->at == '+') && (parser->at[-1] | 32) == 'e');)
            parser->at++;
    } else if (is_word_byte(*start)) {
        token->kind = TOKEN_WORD;
        while (is_word_byte(*parser->at))
            parser->at++;
    } else {
        static const char *const SIGNS[] = {"==", "!=", "<>", "<=", ">=", "=",
                                            "<",  ">",  "(",  ")",  ","};
        for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS && parser->at == start; i++)
            if (strncmp(start, SIGNS[i], strlen(SIGNS[i])) == 0)
                parser->at += strlen(SIGNS[i]);
        if (parser->at == start)
            return fail_at(parser, start, "this character has no meaning here.");
        token->kind = TOKEN_SIGN;
    }
    token->length = (size_t)(parser->at - start);
    return status;
}

static bool is_sign(const struct parser *parser, const char *sign)
{
    const struct token *token = &parser->token;
    return token->kind == TOKEN_SIGN && token->length == strlen(sign) &&
           memcmp(token->start, sign, token->length) == 0;
}

static bool is_word(const struct parser *parser, const char *word)
{
    const struct token *token = &parser->token;
    return token->kind == TOKEN_WORD && token->length == strlen(word) &&
           strncasecmp(token->start, word, token->length) == 0;
}

/* Uses a sign or a word up, or fails. */
static enum assay_status expect(struct parser *parser, bool is_there, const char *what)
{
    return is_there ? advance(parser) : fail_at(parser, parser->token.start, what);
}

static struct assay__filter_node *new_node(struct parser *parser, enum assay__filter_kind kind)
{
    struct assay__filter_node *node = assay__arena_alloc(&parser->filter->arena, sizeof *node);
    if (node != NULL)
        node->kind = kind;
    return node;
}

/* Finds or adds a column. */
static enum assay_status column_index(struct parser *parser, const char *name, size_t length,
                                      uint32_t *index)
{
    struct assay__filter *filter = parser->filter;
    for (*index = 0; *index < filter->column_count; (*index)++)
        if (strlen(filter->columns[*index]) == length &&
            memcmp(filter->columns[*index], name, length) == 0)
            return ASSAY_OK;
    if (filter->column_count == filter->column_capacity) {
        uint32_t capacity = filter->column_capacity * 2 + 8;
        const char **columns = assay__realloc(filter->columns, capacity * sizeof *columns);
        if (columns == NULL)
            return assay__fail_memory(parser->err);
        filter->columns = columns;
        filter->column_capacity = capacity;
    }
    char *copy = assay__arena_copy(&filter->arena, name, length);
    if (copy == NULL)
        return assay__fail_memory(parser->err);
    filter->columns[filter->column_count++] = copy;
    return ASSAY_OK;
}

static enum assay_status parse_column(struct parser *parser, uint32_t *index)
{
    struct token token = parser->token;
    bool is_name = token.kind == TOKEN_WORD;
    if (!is_name && token.kind != TOKEN_TEXT && token.kind != TOKEN_BRACKETED)
        return fail_at(parser, token.start, "a column is wanted, as in channel = \"Web\".");
    const char *name = is_name ? token.start : token.value;
    size_t length = is_name ? token.length : token.value_length;
    if (length == 0 || length > ASSAY_NAME_BYTES_MAX)
        return fail_at(parser, token.start, "a column's name has 1 to 1024 bytes.");
    enum assay_status status = column_index(parser, name, length, index);
    return status == ASSAY_OK ? advance(parser) : status;
}

static enum assay_status number_literal(struct parser *parser,
                                        struct assay__filter_literal *literal)
{
    struct token token = parser->token;
    char digits[ASSAY__DIGITS_MAX];
    literal->kind = ASSAY__LITERAL_NUMBER;
    if (assay__decimal_parse(token.start, token.length, &literal->number, digits) !=
        ASSAY__PARSE_OK)
        return fail_at(parser, token.start, "this is not a number. Write text in quotes.");
    if (literal->number.digits != NULL) {
        literal->number.digits =
            assay__arena_copy(&parser->filter->arena, digits, literal->number.digit_count);
        if (literal->number.digits == NULL)
            return assay__fail_memory(parser->err);
    }
    return ASSAY_OK;
}

static enum assay_status parse_literal(struct parser *parser, struct assay__filter_literal **out)
{
    struct assay__filter_literal *literal =
        assay__arena_alloc(&parser->filter->arena, sizeof *literal);
    if (literal == NULL)
        return assay__fail_memory(parser->err);
    struct token token = parser->token;
    bool is_true = is_word(parser, "true");
    enum assay_status status = ASSAY_OK;
    if (token.kind == TOKEN_TEXT) {
        literal->kind = ASSAY__LITERAL_TEXT;
        literal->text = token.value;
        literal->length = token.value_length;
    } else if (token.kind == TOKEN_NUMBER) {
        status = number_literal(parser, literal);
    } else if (is_true || is_word(parser, "false")) {
        literal->kind = ASSAY__LITERAL_CHOICE;
        literal->number.mantissa = is_true;
    } else {
        return fail_at(parser, token.start,
                       "a number, true, false or text in quotes is wanted, as in \"Web\".");
    }
    *out = literal;
    return status == ASSAY_OK ? advance(parser) : status;
}

/* "(" literal { "," literal } ")" */
static enum assay_status parse_list(struct parser *parser, struct assay__filter_literal **out)
{
    enum assay_status status =
        expect(parser, is_sign(parser, "("), "a list in parentheses is wanted after 'in'.");
    while (status == ASSAY_OK) {
        status = parse_literal(parser, out);
        if (status != ASSAY_OK || !is_sign(parser, ","))
            break;
        out = &(*out)->next;
        status = advance(parser);
    }
    if (status != ASSAY_OK)
        return status;
    return expect(parser, is_sign(parser, ")"), "a comma or a closing parenthesis is wanted.");
}

static enum assay_status parse_comparison(struct parser *parser, struct assay__filter_node *node)
{
    static const struct {
        const char *sign;
        unsigned op;
    } OPS[] = {{"=", ASSAY__OP_EQUAL},
               {"==", ASSAY__OP_EQUAL},
               {"!=", ASSAY__OP_LESS | ASSAY__OP_GREATER},
               {"<>", ASSAY__OP_LESS | ASSAY__OP_GREATER},
               {"<", ASSAY__OP_LESS},
               {"<=", ASSAY__OP_LESS | ASSAY__OP_EQUAL},
               {">", ASSAY__OP_GREATER},
               {">=", ASSAY__OP_GREATER | ASSAY__OP_EQUAL}};
    node->kind = ASSAY__FILTER_COMPARE;
    for (size_t i = 0; i < sizeof OPS / sizeof *OPS; i++)
        if (is_sign(parser, OPS[i].sign))
            node->op = OPS[i].op;
    const char *place = parser->token.start;
    enum assay_status status =
        expect(parser, node->op != 0,
               "a comparison is wanted here: = != < <= > >=, 'in' or 'is missing'.");
    if (status == ASSAY_OK)
        status = parse_literal(parser, &node->literals);
    if (status != ASSAY_OK || node->literals->kind != ASSAY__LITERAL_CHOICE)
        return status;
    bool is_equality =
        node->op == ASSAY__OP_EQUAL || node->op == (ASSAY__OP_LESS | ASSAY__OP_GREATER);
    return is_equality ? ASSAY_OK : fail_at(parser, place, "true and false have no order.");
}

/* Wraps a node into "not" when negated. */
static enum assay_status finish(struct parser *parser, struct assay__filter_node *node,
                                bool negated, struct assay__filter_node **out)
{
    *out = node;
    if (!negated)
        return ASSAY_OK;
    struct assay__filter_node *wrapped = new_node(parser, ASSAY__FILTER_NOT);
    if (wrapped == NULL)
        return assay__fail_memory(parser->err);
    wrapped->left = node;
    *out = wrapped;
    return ASSAY_OK;
}

static enum assay_status parse_test(struct parser *parser, struct assay__filter_node **out)
{
    struct assay__filter_node *node = new_node(parser, ASSAY__FILTER_COMPARE);
    if (node == NULL)
        return assay__fail_memory(parser->err);
    enum assay_status status = parse_column(parser, &node->column);
    if (status != ASSAY_OK)
        return status;
    bool is_missing_test = is_word(parser, "is");
    if (is_missing_test)
        status = advance(parser);
    bool negated = status == ASSAY_OK && is_word(parser, "not");
    if (negated)
        status = advance(parser);
    if (status != ASSAY_OK)
        return status;
    if (is_missing_test) {
        node->kind = ASSAY__FILTER_MISSING;
        status = expect(parser, is_word(parser, "missing"), "'missing' is wanted after 'is'.");
    } else if (negated || is_word(parser, "in")) {
        node->kind = ASSAY__FILTER_IN;
        status = expect(parser, is_word(parser, "in"), "'in' is wanted after 'not'.");
        if (status == ASSAY_OK)
            status = parse_list(parser, &node->literals);
    } else {
        status = parse_comparison(parser, node);
    }
    return status == ASSAY_OK ? finish(parser, node, negated, out) : status;
}

static enum assay_status parse_expression(struct parser *parser, struct assay__filter_node **out);

static enum assay_status parse_factor(struct parser *parser, struct assay__filter_node **out)
{
    bool negated = false;
    enum assay_status status = ASSAY_OK;
    while (status == ASSAY_OK && is_word(parser, "not")) {
        negated = !negated;
        status = advance(parser);
    }
    struct assay__filter_node *node = NULL;
    if (status == ASSAY_OK && is_sign(parser, "(")) {
        if (++parser->depth > DEPTH_MAX)
            return fail_at(parser, parser->token.start, "parentheses are nested too deeply.");
        status = advance(parser);
        if (status == ASSAY_OK)
            status = parse_expression(parser, &node);
        if (status == ASSAY_OK)
            status = expect(parser, is_sign(parser, ")"),
                            "'and', 'or' or a closing parenthesis is wanted here.");
        parser->depth--;
    } else if (status == ASSAY_OK) {
        status = parse_test(parser, &node);
    }
    return status == ASSAY_OK ? finish(parser, node, negated, out) : status;
}

/* A chain of operands joined by a word, from the left. */
static enum assay_status parse_chain(struct parser *parser, enum assay__filter_kind kind,
                                     struct assay__filter_node **out)
{
    const char *word = kind == ASSAY__FILTER_AND ? "and" : "or";
    for (struct assay__filter_node *left = NULL;;) {
        enum assay_status status = kind == ASSAY__FILTER_AND
                                       ? parse_factor(parser, out)
                                       : parse_chain(parser, ASSAY__FILTER_AND, out);
        if (status != ASSAY_OK)
            return status;
        if (left != NULL) {
            left->right = *out;
            *out = left;
        }
        if (!is_word(parser, word))
            return ASSAY_OK;
        left = new_node(parser, kind);
        if (left == NULL)
            return assay__fail_memory(parser->err);
        left->left = *out;
        status = advance(parser);
        if (status != ASSAY_OK)
            return status;
    }
}

static enum assay_status parse_expression(struct parser *parser, struct assay__filter_node **out)
{
    return parse_chain(parser, ASSAY__FILTER_OR, out);
}

enum assay_status assay__filter_parse(const char *text, struct assay__filter **out,
                                      struct assay_error *err)
{
    if (strlen(text) > FILTER_BYTES_MAX)
        return assay__fail(err, ASSAY_ERROR_LIMIT, "A filter has at most %d bytes.",
                           FILTER_BYTES_MAX);
    struct assay__filter *filter = assay__calloc(1, sizeof *filter);
    if (filter == NULL)
        return assay__fail_memory(err);
    struct parser parser = {.text = text, .at = text, .filter = filter, .err = err};
    enum assay_status status = advance(&parser);
    if (status == ASSAY_OK && parser.token.kind == TOKEN_END)
        status = fail_at(&parser, text, "the filter is empty.");
    if (status == ASSAY_OK)
        status = parse_expression(&parser, &filter->root);
    if (status == ASSAY_OK && parser.token.kind != TOKEN_END)
        status = fail_at(&parser, parser.token.start, "'and', 'or' or the end is wanted here.");
    if (status != ASSAY_OK) {
        assay__filter_free(filter);
        return status;
    }
    *out = filter;
    return ASSAY_OK;
}

void assay__filter_free(struct assay__filter *filter)
{
    if (filter == NULL)
        return;
    assay__free(filter->columns);
    assay__arena_release(&filter->arena);
    assay__free(filter);
}

uint32_t assay__filter_column_count(const struct assay__filter *filter)
{
    return filter->column_count;
}

const char *assay__filter_column(const struct assay__filter *filter, uint32_t index)
{
    return filter->columns[index];
}
