/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Functions that statements use and the library of SQLite lacks: those of the decimal and regexp
 * extensions of its shell, for the arguments that the statements give them, and MD5.
 */
#include "source/warehouse/sqlite_functions.h"

#include <regex.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "source/warehouse/whole.h"

static const char TOO_LONG[] = "a value is not a number, or has too many digits";

/* SQLITE_TRANSIENT, without a cast of a number to a function. */
static void answer_text(sqlite3_context *context, const char *text, size_t length)
{
    char *copy = assay__malloc(length + 1);
    if (copy == NULL) {
        sqlite3_result_error_nomem(context);
        return;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    sqlite3_result_text(context, copy, (int)length, assay__free);
}

static bool read_value(sqlite3_value *value, struct assay__whole *out)
{
    if (sqlite3_value_type(value) == SQLITE_INTEGER) {
        *out = assay__whole_of(sqlite3_value_int64(value));
        return true;
    }
    const char *text = (const char *)sqlite3_value_text(value);
    return text != NULL && assay__whole_read(text, (size_t)sqlite3_value_bytes(value), out);
}

static void answer_whole(sqlite3_context *context, const struct assay__whole *number)
{
    char text[ASSAY__WHOLE_TEXT];
    answer_text(context, text, assay__whole_write(number, text));
}

static void decimal_mul(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct assay__whole a, b, product;
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL ||
        sqlite3_value_type(values[1]) == SQLITE_NULL)
        sqlite3_result_null(context);
    else if (read_value(values[0], &a) && read_value(values[1], &b) &&
             assay__whole_multiply(&a, &b, &product))
        answer_whole(context, &product);
    else
        sqlite3_result_error(context, TOO_LONG, -1);
}

static void add(sqlite3_context *context, sqlite3_value *value, int sign)
{
    struct assay__whole_sum *sum = sqlite3_aggregate_context(context, sizeof *sum);
    struct assay__whole number;
    if (sum == NULL)
        sqlite3_result_error_nomem(context);
    else if (sqlite3_value_type(value) != SQLITE_NULL &&
             !(read_value(value, &number) && assay__whole_add(sum, &number, sign)))
        sqlite3_result_error(context, TOO_LONG, -1);
}

static void sum_step(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    add(context, values[0], 1);
}

static void sum_inverse(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    add(context, values[0], -1);
}

static void sum_value(sqlite3_context *context)
{
    const struct assay__whole_sum *sum = sqlite3_aggregate_context(context, 0);
    struct assay__whole total;
    if (sum == NULL)
        sqlite3_result_null(context);
    else if (assay__whole_total(sum, &total))
        answer_whole(context, &total);
    else
        sqlite3_result_error(context, TOO_LONG, -1);
}

static void release_pattern(void *pattern)
{
    regfree(pattern);
    assay__free(pattern);
}

/* The pattern of an argument that is the same for all rows is compiled once. */
static regex_t *pattern_of(sqlite3_context *context, sqlite3_value *value)
{
    regex_t *pattern = sqlite3_get_auxdata(context, 0);
    const char *text = (const char *)sqlite3_value_text(value);
    if (pattern != NULL || text == NULL)
        return pattern;
    pattern = assay__malloc(sizeof *pattern);
    if (pattern == NULL || regcomp(pattern, text, REG_EXTENDED | REG_NOSUB) != 0) {
        assay__free(pattern);
        return NULL;
    }
    sqlite3_set_auxdata(context, 0, pattern, release_pattern);
    return sqlite3_get_auxdata(context, 0);
}

/* regexp(pattern, text), which is what "text regexp pattern" calls. */
static void regexp(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL ||
        sqlite3_value_type(values[1]) == SQLITE_NULL) {
        sqlite3_result_null(context);
        return;
    }
    const regex_t *pattern = pattern_of(context, values[0]);
    const char *text = (const char *)sqlite3_value_text(values[1]);
    if (pattern == NULL || text == NULL) {
        sqlite3_result_error(context, "a pattern cannot be compiled", -1);
        return;
    }
    bool is_whole = strlen(text) == (size_t)sqlite3_value_bytes(values[1]);
    sqlite3_result_int(context, is_whole && regexec(pattern, text, 0, NULL, 0) == 0);
}

static void md5(sqlite3_context *context, int count, sqlite3_value **values)
{
    char hex[33];
    (void)count;
    const void *bytes = sqlite3_value_blob(values[0]);
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) {
        sqlite3_result_null(context);
        return;
    }
    assay__md5_hex(bytes == NULL ? "" : bytes, (size_t)sqlite3_value_bytes(values[0]), hex);
    answer_text(context, hex, 32);
}

bool assay__sqlite_functions_add(sqlite3 *database)
{
    static const struct {
        const char *name;
        int arguments;
        void (*call)(sqlite3_context *, int, sqlite3_value **);
    } FUNCTIONS[] = {{"decimal_mul", 2, decimal_mul}, {"regexp", 2, regexp}, {"md5", 1, md5}};
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    bool is_done = true;
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof *FUNCTIONS; i++)
        is_done = is_done && sqlite3_create_function_v2(
                                 database, FUNCTIONS[i].name, FUNCTIONS[i].arguments, flags, NULL,
                                 FUNCTIONS[i].call, NULL, NULL, NULL) == SQLITE_OK;
    return is_done &&
           sqlite3_create_window_function(database, "decimal_sum", 1, flags, NULL, sum_step,
                                          sum_value, sum_value, sum_inverse, NULL) == SQLITE_OK;
}
