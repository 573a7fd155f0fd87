/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of SQL text: names, literals and comments that hold whatever the plan wrote. */
#include "source/sql/writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"

void assay__sql_fail(struct assay__sql *sql, enum assay_status status, const char *format, ...)
{
    char text[600];
    va_list arguments;
    if (sql->status != ASSAY_OK)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sql->status = assay__fail(sql->err, status, "%s", text);
}

static const char *no_memory(struct assay__sql *sql)
{
    if (sql->status == ASSAY_OK)
        sql->status = assay__fail_memory(sql->err);
    return "";
}

const char *assay__sql_format(struct assay__sql *sql, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : assay__arena_alloc(&sql->arena, (size_t)length + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text == NULL ? no_memory(sql) : text;
}

const char *assay__sql_keep(struct assay__sql *sql, struct assay__text *text)
{
    const char *kept =
        text->failed
            ? NULL
            : assay__arena_copy(&sql->arena, text->data == NULL ? "" : text->data, text->length);
    assay__text_release(text);
    return kept == NULL ? no_memory(sql) : kept;
}

const char *assay__sql_fill(struct assay__sql *sql, const char *pattern, const char *first,
                            const char *second, const char *third)
{
    const char *const arguments[] = {first, second, third};
    struct assay__text text = {0};
    for (const char *at = pattern; *at != '\0'; at++) {
        if (at[0] == '$' && at[1] >= '1' && at[1] <= '3')
            assay__text_puts(&text, arguments[*++at - '1']);
        else
            assay__text_putc(&text, *at);
    }
    return assay__sql_keep(sql, &text);
}

const char *assay__sql_name(struct assay__sql *sql, const char *name)
{
    const struct assay__sql_dialect *dialect = sql->dialect;
    struct assay__text text = {0};
    if (dialect->name_bytes_max > 0 && strlen(name) > dialect->name_bytes_max)
        assay__sql_fail(sql, ASSAY_ERROR_PLAN,
                        "%s cuts names after %u bytes, so that '%.100s' would be another column or "
                        "table. Give it a shorter name by a view.",
                        dialect->engine, dialect->name_bytes_max, name);
    assay__text_putc(&text, dialect->quote);
    for (const char *at = name; *at != '\0'; at++) {
        bool is_special = *at == dialect->quote || *at == '\\';
        if (dialect->escapes_names && is_special)
            assay__text_putc(&text, '\\');
        else if (*at == dialect->quote)
            assay__text_putc(&text, *at);
        assay__text_putc(&text, *at);
    }
    assay__text_putc(&text, dialect->quote);
    return assay__sql_keep(sql, &text);
}

/* A text in hexadecimal digits: no setting of the server can make it anything else. */
static const char *hex_literal(struct assay__sql *sql, const char *value)
{
    struct assay__text text = {0};
    assay__text_puts(&text, "_utf8mb4 x'");
    for (const char *at = value; *at != '\0'; at++)
        assay__text_format(&text, "%02x", (unsigned char)*at);
    assay__text_putc(&text, '\'');
    return assay__sql_keep(sql, &text);
}

const char *assay__sql_literal(struct assay__sql *sql, const char *value)
{
    enum assay__sql_escape escape = sql->dialect->escape;
    bool has_backslash = strchr(value, '\\') != NULL;
    struct assay__text text = {0};
    if (escape == ASSAY__SQL_HEX && has_backslash)
        return hex_literal(sql, value);
    assay__text_puts(&text, escape == ASSAY__SQL_E_PREFIX && has_backslash ? "E'" : "'");
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '\\' && (escape == ASSAY__SQL_E_PREFIX || escape == ASSAY__SQL_BACKSLASH))
            assay__text_putc(&text, '\\');
        if (*at == '\'')
            assay__text_putc(&text, escape == ASSAY__SQL_BACKSLASH ? '\\' : '\'');
        assay__text_putc(&text, *at);
    }
    assay__text_putc(&text, '\'');
    return assay__sql_keep(sql, &text);
}

void assay__sql_put(struct assay__sql *sql, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *place = length < 0 ? NULL : assay__text_extend(sql->out, (size_t)length + 1);
    if (place != NULL) {
        vsnprintf(place, (size_t)length + 1, format, again);
        sql->out->length--; /* the NUL */
    }
    va_end(again);
}

/*
 * A comment ends with its line, and nothing else ends it: control characters and the line ends of
 * Unicode become blanks, and so does what clients look for in comments, too.
 */
void assay__sql_comment(struct assay__sql *sql, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        bool is_odd = *at < 0x20 || *at == 0x7F || strchr("\\:?$%{}*/;`'\"", *at) != NULL ||
                      (at[0] == 0xC2 && at[1] < 0xA0) || (at[0] == 0xE2 && at[1] == 0x80);
        if (*at == '/' && at[1] != '*' && (at == (const unsigned char *)text || at[-1] != '*'))
            is_odd = false; /* of a path */
        if (is_odd && *at >= 0x80) {
            at += *at == 0xC2 ? 1 : (at[1] != 0) + (at[2] != 0);
        }
        assay__text_putc(sql->out, is_odd ? ' ' : (char)*at);
    }
}

/* Whether a table has the name of a subquery: a word, or a word and the number of a source. */
static bool is_subquery(const char *table)
{
    static const char *const NAMES[] = {
        "units", "measured", "vectors",  "cells",   "digits",  "items",   "slices", "parts",
        "sums",  "looks",    "states",   "spells",  "running", "span",    "grid",   "ends",
        "caps",  "cut",      "apart",    "listed",  "seen",    "shards",  "texts_", "numbers_",
        "rows_", "timed_",   "grouped_", "parted_", "joined_", "folded_", "open_",  "until_"};
    static const char ORDERED[] = "ordered_";
    const char *name = table;
    if (strncasecmp(name, ORDERED, sizeof ORDERED - 1) == 0)
        name += sizeof ORDERED - 1;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        size_t length = strlen(NAMES[i]);
        bool is_numbered = NAMES[i][length - 1] == '_';
        if (strncasecmp(name, NAMES[i], length) == 0 &&
            name[length + (is_numbered ? strspn(name + length, "0123456789") : 0)] == '\0')
            return true;
    }
    return false;
}

const char *assay__sql_table(struct assay__sql *sql, const char *table)
{
    const char *name = assay__sql_name(sql, table), *schema = sql->options->schema;
    if (schema == NULL && sql->dialect->hides_tables && is_subquery(table)) {
        schema = sql->dialect->schema;
        if (schema == NULL)
            assay__sql_fail(sql, ASSAY_ERROR_USAGE,
                            "%s takes the table '%.100s' for the statement's own subquery of that "
                            "name: name the schema it is in, too.",
                            sql->dialect->engine, table);
    }
    if (schema == NULL)
        return name;
    return assay__sql_format(sql, "%s.%s", assay__sql_name(sql, schema), name);
}

bool assay__sql_needs_schema(const struct assay__sql_options *options)
{
    bool is_hidden = options->table != NULL && is_subquery(options->table);
    for (size_t i = 0; i < options->event_count; i++)
        is_hidden = is_hidden || is_subquery(options->events[i].table);
    return options->schema == NULL && options->dialect->own_schema != NULL && is_hidden;
}
