/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Databases with an ODBC driver, by unixODBC. Cells are asked for as text, so that numbers keep all
 * their digits, and as UTF-16, which passes the driver manager as it is. All that is asked is one
 * transaction, which reads.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/error.h"
#include "base/memory.h"
#include "source/warehouse/engine.h"
#include "source/warehouse/odbc_fail.h"
#include "source/warehouse/utf16.h"

enum { LOGIN_SECONDS = 30, PIECE = 4096 };

struct odbc_connection {
    struct assay__connection base;
    SQLHENV environment;
    SQLHDBC database;
    SQLHSTMT statement;
    bool is_connected;
};

/* What databases call themselves, and what is said to them first. */
static const struct product {
    const char *name;
    const struct assay__sql_dialect *dialect;
    const char *begin, *clock; /* clock: instants are shown as UTC, texts as they are */
    const char *time_limit;    /* NULL: the driver's own */
    unsigned per_second;
} PRODUCTS[] = {
    {"PostgreSQL", &assay__sql_postgresql,
     "set session characteristics as transaction isolation level repeatable read, read only",
     "set session time zone 'UTC'", "set statement_timeout = ", 1000},
    {"MariaDB", &assay__sql_mariadb,
     "set session transaction isolation level repeatable read, "
     "read only",
     "set session time_zone = '+00:00', session sql_mode = ''",
     "set session max_statement_time = ", 1},
    {"Redshift", &assay__sql_redshift, NULL, NULL, "set statement_timeout = ", 1000},
    {"Amazon Redshift", &assay__sql_redshift, NULL, NULL, "set statement_timeout = ", 1000},
    {"Snowflake", &assay__sql_snowflake, NULL, NULL, NULL, 0},
    {"Spark SQL", &assay__sql_spark, NULL, NULL, NULL, 0},
    {"Trino", &assay__sql_trino, NULL, NULL, NULL, 0},
    {"ClickHouse", &assay__sql_clickhouse, NULL, NULL, NULL, 0},
    {"DuckDB", &assay__sql_duckdb, NULL, NULL, NULL, 0},
};

static struct odbc_connection *of(struct assay__connection *connection)
{
    return (struct odbc_connection *)(void *)connection;
}

static void close_connection(struct assay__connection *connection)
{
    struct odbc_connection *self = of(connection);
    if (self->statement != NULL)
        assay__odbc.SQLFreeHandle(SQL_HANDLE_STMT, self->statement);
    if (self->is_connected) {
        assay__odbc.SQLEndTran(SQL_HANDLE_DBC, self->database, SQL_ROLLBACK);
        assay__odbc.SQLDisconnect(self->database);
    }
    if (self->database != NULL)
        assay__odbc.SQLFreeHandle(SQL_HANDLE_DBC, self->database);
    if (self->environment != NULL)
        assay__odbc.SQLFreeHandle(SQL_HANDLE_ENV, self->environment);
    assay__free(self);
}

static enum assay_status fail(struct odbc_connection *self, struct assay_error *err)
{
    return self->statement != NULL
               ? assay__odbc_fail(&self->base, SQL_HANDLE_STMT, self->statement, err)
               : assay__odbc_fail(&self->base, SQL_HANDLE_DBC, self->database, err);
}

/* A key of a connection string that holds a password. */
static bool holds_password(const char *where)
{
    static const char *const KEYS[] = {"pwd", "password"};
    for (const char *at = where; at != NULL; at = strchr(at, ';')) {
        at += strspn(at, "; ");
        for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
            if (strncasecmp(at, KEYS[i], strlen(KEYS[i])) == 0 &&
                at[strlen(KEYS[i]) + strspn(at + strlen(KEYS[i]), " ")] == '=')
                return true;
    }
    return false;
}

static void put_key(struct assay__text *text, const char *key, const char *value)
{
    if (value == NULL)
        return;
    bool is_plain = value[strcspn(value, ";{}[](),?*=!@ ")] == '\0';
    assay__text_format(text, is_plain ? ";%s=%s" : ";%s={%s}", key, value);
}

static enum assay_status connection_string(const struct odbc_connection *self,
                                           struct assay__text *text, struct assay_error *err)
{
    const struct assay__database *source = self->base.source;
    const struct assay__login *login = &source->login;
    bool is_odd = (login->user != NULL && strchr(login->user, '}') != NULL) ||
                  (login->password != NULL && strchr(login->password, '}') != NULL);
    if (source->where[0] == '\0')
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "Which data source? Write odbc:DSN, or odbc:Driver=...;Server=...");
    if (is_odd)
        return assay__connection_fail(&self->base, ASSAY_ERROR_USAGE, err,
                                      "A login with a closing brace goes into the file of data "
                                      "sources, odbc.ini.");
    bool is_string = strchr(source->where, '=') != NULL;
    assay__text_format(text, is_string ? "%s" : "DSN=%s", source->where);
    put_key(text, "UID", login->user);
    put_key(text, "PWD", login->password);
    return text->failed ? assay__fail_memory(err) : ASSAY_OK;
}

static SQLPOINTER number(uint32_t value)
{
    return (SQLPOINTER)(uintptr_t)value; /* ODBC's way to hand over a number */
}

/* Whether the driver manager failed by itself, without a driver, let alone a database. */
static bool has_no_driver(SQLHDBC database)
{
    SQLWCHAR state[6] = {0}, message[600] = {0};
    SQLINTEGER native = 0;
    SQLSMALLINT length = 0;
    struct assay__text text = {0};
    SQLRETURN code = assay__odbc.SQLGetDiagRecW(SQL_HANDLE_DBC, database, 1, state, &native,
                                                message, 599, &length);
    assay__utf16_append(&text, message, SQL_SUCCEEDED(code) && length > 0 ? (size_t)length : 0);
    bool is_own = text.data != NULL && strstr(text.data, "[Driver Manager]") != NULL;
    assay__text_release(&text);
    return is_own;
}

/* unixODBC finds no driver, now and then, when several threads look for one at the same time: what
 * failed so is tried again, a little later. */
static bool connect_by(struct odbc_connection *self, SQLWCHAR *string)
{
    enum { TRIES = 5, WAIT_NS = 10000000 };
    bool is_connected = false;
    for (int i = 0; i < TRIES && !is_connected && (i == 0 || has_no_driver(self->database)); i++) {
        const struct timespec wait = {.tv_nsec = i * WAIT_NS};
        if (i > 0)
            nanosleep(&wait, NULL);
        is_connected = SQL_SUCCEEDED(assay__odbc.SQLDriverConnectW(
            self->database, NULL, string, SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT));
    }
    return is_connected;
}

static enum assay_status connect_database(struct odbc_connection *self, struct assay_error *err)
{
    uint32_t seconds = self->base.source->seconds;
    struct assay__text text = {0};
    size_t length = 0;
    assay__odbc.SQLSetConnectAttrW(
        self->database, SQL_ATTR_LOGIN_TIMEOUT,
        number(seconds > 0 && seconds < LOGIN_SECONDS ? seconds : LOGIN_SECONDS), SQL_IS_UINTEGER);
    assay__odbc.SQLSetConnectAttrW(self->database, SQL_ATTR_ACCESS_MODE, number(SQL_MODE_READ_ONLY),
                                   SQL_IS_UINTEGER);
    enum assay_status status = connection_string(self, &text, err);
    uint16_t *units =
        status == ASSAY_OK ? assay__utf16_of(text.data == NULL ? "" : text.data, &length) : NULL;
    if (status == ASSAY_OK && units == NULL)
        status = assay__fail_memory(err);
    if (status == ASSAY_OK) {
        self->is_connected = connect_by(self, units);
        status = self->is_connected ? ASSAY_OK : fail(self, err);
        explicit_bzero(units, length * sizeof *units);
    }
    if (text.data != NULL)
        explicit_bzero(text.data, text.length);
    assay__text_release(&text);
    assay__free(units);
    return status;
}

static enum assay_status run(struct odbc_connection *self, const char *statement,
                             struct assay_error *err)
{
    size_t length;
    uint16_t *units = assay__utf16_of(statement, &length);
    if (units == NULL)
        return assay__fail_memory(err);
    SQLRETURN code = assay__odbc.SQLExecDirectW(self->statement, units, (SQLINTEGER)length);
    assay__free(units);
    return SQL_SUCCEEDED(code) || code == SQL_NO_DATA ? ASSAY_OK : fail(self, err);
}

static void end_statement(struct odbc_connection *self)
{
    assay__odbc.SQLFreeStmt(self->statement, SQL_CLOSE);
}

/* One cell, however long; *is_null says that there is none. */
static enum assay_status take_text(struct odbc_connection *self, SQLUSMALLINT column,
                                   struct assay__text *out, struct assay_error *err)
{
    uint16_t piece[PIECE];
    SQLLEN left = 0;
    SQLRETURN code = SQL_SUCCESS_WITH_INFO;
    while (code == SQL_SUCCESS_WITH_INFO) {
        code = assay__odbc.SQLGetData(self->statement, column, SQL_C_WCHAR, piece, sizeof piece,
                                      &left);
        if (code == SQL_NO_DATA || (SQL_SUCCEEDED(code) && left == SQL_NULL_DATA))
            break;
        if (!SQL_SUCCEEDED(code))
            return fail(self, err);
        size_t most = PIECE - 1, count = left < 0 ? most : (size_t)left / 2;
        assay__utf16_append(out, piece, count < most ? count : most);
        if (left >= 0 && count <= most)
            break;
    }
    return out->failed ? assay__fail_memory(err) : ASSAY_OK;
}

static enum assay_status take_names(struct odbc_connection *self, struct assay__answer *answer,
                                    struct assay_error *err)
{
    SQLSMALLINT count = 0;
    if (!SQL_SUCCEEDED(assay__odbc.SQLNumResultCols(self->statement, &count)))
        return fail(self, err);
    for (SQLSMALLINT c = 1; c <= count; c++) {
        SQLWCHAR name[256];
        SQLSMALLINT length = 0, type, digits, nullable;
        SQLULEN size;
        struct assay__text text = {0};
        if (!SQL_SUCCEEDED(assay__odbc.SQLDescribeColW(self->statement, (SQLUSMALLINT)c, name, 255,
                                                       &length, &type, &size, &digits, &nullable)))
            return fail(self, err);
        assay__utf16_append(&text, name, length < 0 || length > 255 ? 255 : (size_t)length);
        assay__answer_name(answer, text.data == NULL ? "" : text.data, text.length);
        assay__text_release(&text);
    }
    return ASSAY_OK;
}

static enum assay_status take_rows(struct odbc_connection *self, struct assay__answer *answer,
                                   struct assay_error *err)
{
    struct assay__text cell = {0};
    enum assay_status status = ASSAY_OK;
    SQLRETURN code = SQL_SUCCESS;
    while (status == ASSAY_OK && SQL_SUCCEEDED(code = assay__odbc.SQLFetch(self->statement))) {
        for (uint32_t c = 1; status == ASSAY_OK && c <= answer->columns; c++) {
            cell.length = 0;
            status = take_text(self, (SQLUSMALLINT)c, &cell, err);
            assay__answer_cell(answer, cell.length == 0 ? "" : cell.data, cell.length);
        }
        if (status == ASSAY_OK)
            status = assay__answer_check(answer, self->base.source->name, err);
    }
    if (status == ASSAY_OK && code != SQL_NO_DATA)
        status = fail(self, err);
    assay__text_release(&cell);
    return status;
}

static enum assay_status ask(struct assay__connection *connection, const char *statement,
                             struct assay__answer *answer, struct assay_error *err)
{
    struct odbc_connection *self = of(connection);
    enum assay_status status = run(self, statement, err);
    if (status == ASSAY_OK)
        status = take_names(self, answer, err);
    if (status == ASSAY_OK)
        status = take_rows(self, answer, err);
    end_statement(self);
    if (status == ASSAY_OK && atomic_load(&connection->is_cancelled))
        status = assay__connection_stopped(connection, err);
    return status;
}

/* Drivers for one character set turn what it lacks into something else, without a word. */
static enum assay_status check_letters(struct odbc_connection *self, struct assay_error *err)
{
    static const char LETTERS[] = "caf\xC3\xA9";
    struct assay__answer answer = {0};
    enum assay_status status = ask(&self->base, "select 'caf\xC3\xA9' as letters", &answer, err);
    if (status == ASSAY_OK && (answer.cells != 1 || strcmp(answer.bytes.data, LETTERS) != 0))
        status = assay__connection_fail(&self->base, ASSAY_ERROR_UNAVAILABLE, err,
                                        "The ODBC driver changes letters that are not ASCII: use "
                                        "the Unicode driver of this database.");
    assay__answer_release(&answer);
    return status;
}

static enum assay_status say(struct odbc_connection *self, const char *statement,
                             struct assay_error *err)
{
    enum assay_status status = run(self, statement, err);
    end_statement(self);
    return status;
}

/* Which database it is, and that it is only read, for so long at most. */
static enum assay_status begin(struct odbc_connection *self, struct assay_error *err)
{
    SQLWCHAR name[100] = {0};
    SQLSMALLINT length = 0;
    struct assay__text text = {0};
    uint32_t seconds = self->base.source->seconds;
    if (!SQL_SUCCEEDED(
            assay__odbc.SQLGetInfoW(self->database, SQL_DBMS_NAME, name, sizeof name - 2, &length)))
        return fail(self, err);
    assay__utf16_append(&text, name, length < 0 || length > 198 ? 99 : (size_t)length / 2);
    snprintf(self->base.product, sizeof self->base.product, "%s",
             text.data == NULL ? "" : text.data);
    assay__text_release(&text);
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < sizeof PRODUCTS / sizeof *PRODUCTS; i++) {
        const struct product *product = &PRODUCTS[i];
        char limit[100];
        if (strcasecmp(product->name, self->base.product) != 0)
            continue;
        self->base.dialect = product->dialect;
        if (product->begin != NULL)
            status = say(self, product->begin, err);
        if (status == ASSAY_OK && product->clock != NULL)
            status = say(self, product->clock, err);
        if (status != ASSAY_OK || seconds == 0 || product->time_limit == NULL)
            continue;
        snprintf(limit, sizeof limit, "%s%llu", product->time_limit,
                 (unsigned long long)seconds * product->per_second);
        status = say(self, limit, err);
    }
    if (seconds > 0)
        assay__odbc.SQLSetStmtAttrW(self->statement, SQL_ATTR_QUERY_TIMEOUT, number(seconds),
                                    SQL_IS_UINTEGER);
    assay__odbc.SQLEndTran(SQL_HANDLE_DBC, self->database, SQL_COMMIT);
    return status;
}

static enum assay_status open_handles(struct odbc_connection *self, struct assay_error *err)
{
    if (!SQL_SUCCEEDED(
            assay__odbc.SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &self->environment)))
        return assay__fail_memory(err);
    assay__odbc.SQLSetEnvAttr(self->environment, SQL_ATTR_ODBC_VERSION, number(SQL_OV_ODBC3), 0);
    if (!SQL_SUCCEEDED(
            assay__odbc.SQLAllocHandle(SQL_HANDLE_DBC, self->environment, &self->database)))
        return assay__fail_memory(err);
    return ASSAY_OK;
}

static enum assay_status open_all(struct odbc_connection *self, struct assay_error *err)
{
    enum assay_status status = open_handles(self, err);
    if (status == ASSAY_OK)
        status = connect_database(self, err);
    if (status != ASSAY_OK)
        return status;
    assay__odbc.SQLSetConnectAttrW(self->database, SQL_ATTR_AUTOCOMMIT, number(SQL_AUTOCOMMIT_OFF),
                                   SQL_IS_UINTEGER);
    if (!SQL_SUCCEEDED(
            assay__odbc.SQLAllocHandle(SQL_HANDLE_STMT, self->database, &self->statement)))
        return fail(self, err);
    /* Braces are not escapes in ODBC: a name may hold them. */
    assay__odbc.SQLSetStmtAttrW(self->statement, SQL_ATTR_NOSCAN, number(SQL_NOSCAN_ON),
                                SQL_IS_UINTEGER);
    status = begin(self, err);
    return status == ASSAY_OK ? check_letters(self, err) : status;
}

static enum assay_status open_connection(const struct assay__database *source,
                                         struct assay__connection **out, struct assay_error *err)
{
    *out = NULL;
    if (holds_password(source->where))
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "A password does not belong in the name of a source, which others on "
                           "this machine can read: put it into odbc.ini, a file of credentials or "
                           "the environment.");
    enum assay_status status = assay__odbc_load(err);
    if (status != ASSAY_OK)
        return status;
    struct odbc_connection *self = assay__calloc(1, sizeof *self);
    if (self == NULL)
        return assay__fail_memory(err);
    self->base.engine = &assay__engine_odbc;
    self->base.source = source;
    status = open_all(self, err);
    if (status == ASSAY_OK)
        *out = &self->base;
    else
        close_connection(&self->base);
    return status;
}

static void cancel(struct assay__connection *connection)
{
    assay__odbc.SQLCancel(of(connection)->statement);
}

const struct assay__engine assay__engine_odbc = {.prefix = "odbc:",
                                                 .form = "odbc:DSN",
                                                 .explain = "explain ",
                                                 .open = open_connection,
                                                 .ask = ask,
                                                 .cancel = cancel,
                                                 .close = close_connection};
