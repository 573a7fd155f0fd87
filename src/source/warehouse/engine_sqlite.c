/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SQLite by its own API: numbers arrive as they are stored. The file is opened to be read, all that
 * is asked sees one state of it, and views of a stranger's file call none but harmless functions.
 */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "source/warehouse/engine.h"
#include "source/warehouse/sqlite_functions.h"

struct sqlite_connection {
    struct assay__connection base;
    sqlite3 *database;
};

static struct sqlite_connection *of(struct assay__connection *connection)
{
    return (struct sqlite_connection *)(void *)connection;
}

/* What a result code means; an error of SQL by what its message begins with. */
static enum assay_status status_of(int code, const char *message)
{
    static const struct {
        int code;
        const char *begins;
        enum assay_status status;
    } ROWS[] = {{SQLITE_CANTOPEN, "", ASSAY_ERROR_NO_INPUT},
                {SQLITE_NOTADB, "", ASSAY_ERROR_DATA},
                {SQLITE_CORRUPT, "", ASSAY_ERROR_DATA},
                {SQLITE_TOOBIG, "", ASSAY_ERROR_LIMIT},
                {SQLITE_NOMEM, "", ASSAY_ERROR_MEMORY},
                {SQLITE_IOERR, "", ASSAY_ERROR_IO},
                {SQLITE_FULL, "", ASSAY_ERROR_IO},
                {SQLITE_BUSY, "", ASSAY_ERROR_TRY_AGAIN},
                {SQLITE_LOCKED, "", ASSAY_ERROR_TRY_AGAIN},
                {SQLITE_INTERRUPT, "", ASSAY_ERROR_TRY_AGAIN},
                {SQLITE_PERM, "", ASSAY_ERROR_AUTH},
                {SQLITE_AUTH, "", ASSAY_ERROR_AUTH},
                {SQLITE_READONLY, "", ASSAY_ERROR_AUTH},
                {SQLITE_ERROR, "no such table", ASSAY_ERROR_NO_INPUT},
                {SQLITE_ERROR, "unknown database", ASSAY_ERROR_NO_INPUT},
                {SQLITE_ERROR, "no such column", ASSAY_ERROR_DATA},
                {SQLITE_ERROR, "integer overflow", ASSAY_ERROR_DATA},
                {SQLITE_ERROR, "a number has", ASSAY_ERROR_DATA}};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (ROWS[i].code == (code & 0xFF) &&
            strncmp(message, ROWS[i].begins, strlen(ROWS[i].begins)) == 0)
            return ROWS[i].status;
    return ASSAY_ERROR_REMOTE;
}

static enum assay_status fail(struct sqlite_connection *self, struct assay_error *err)
{
    int code = self->database == NULL ? SQLITE_NOMEM : sqlite3_errcode(self->database);
    const char *message = self->database == NULL ? "" : sqlite3_errmsg(self->database);
    if (atomic_load(&self->base.is_cancelled) && code == SQLITE_INTERRUPT)
        return assay__connection_stopped(&self->base, err);
    if (code == SQLITE_NOMEM)
        return assay__fail_memory(err);
    return assay__connection_fail(&self->base, status_of(code, message), err, "SQLite: %s.",
                                  message);
}

static void close_connection(struct assay__connection *connection)
{
    sqlite3_close(of(connection)->database);
    assay__free(connection);
}

static bool prepare_database(struct sqlite_connection *self)
{
    enum { BUSY_MS = 5000 };
    static const char BEGIN[] = "pragma query_only = 1; pragma temp_store = 1; begin";
    sqlite3_db_config(self->database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(self->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return sqlite3_busy_timeout(self->database, BUSY_MS) == SQLITE_OK &&
           assay__sqlite_functions_add(self->database) &&
           sqlite3_exec(self->database, BEGIN, NULL, NULL, NULL) == SQLITE_OK;
}

static enum assay_status open_connection(const struct assay__database *source,
                                         struct assay__connection **out, struct assay_error *err)
{
    const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    *out = NULL;
    enum assay_status status = assay__sqlite_load(err);
    if (status != ASSAY_OK)
        return status;
    struct sqlite_connection *self = assay__calloc(1, sizeof *self);
    if (self == NULL)
        return assay__fail_memory(err);
    self->base.engine = &assay__engine_sqlite;
    self->base.source = source;
    self->base.dialect = &assay__sql_sqlite;
    memcpy(self->base.product, "SQLite", sizeof "SQLite");
    if (source->where[0] == '\0')
        status = assay__connection_fail(&self->base, ASSAY_ERROR_USAGE, err,
                                        "Which file? Write sqlite:FILE.");
    else if (sqlite3_open_v2(source->where, &self->database, flags, NULL) != SQLITE_OK ||
             !prepare_database(self))
        status = fail(self, err);
    if (status == ASSAY_OK)
        *out = &self->base;
    else
        close_connection(&self->base);
    return status;
}

static void take_row(sqlite3_stmt *statement, struct assay__answer *answer)
{
    for (int c = 0; c < (int)answer->columns; c++) {
        const char *text = (const char *)sqlite3_column_text(statement, c);
        assay__answer_cell(answer, text == NULL ? "" : text,
                           text == NULL ? 0 : (size_t)sqlite3_column_bytes(statement, c));
    }
}

static enum assay_status ask(struct assay__connection *connection, const char *text,
                             struct assay__answer *answer, struct assay_error *err)
{
    struct sqlite_connection *self = of(connection);
    sqlite3_stmt *statement = NULL;
    enum assay_status status = ASSAY_OK;
    if (sqlite3_prepare_v2(self->database, text, -1, &statement, NULL) != SQLITE_OK)
        return fail(self, err);
    for (int c = 0; c < sqlite3_column_count(statement); c++) {
        const char *name = sqlite3_column_name(statement, c);
        assay__answer_name(answer, name == NULL ? "" : name, name == NULL ? 0 : strlen(name));
    }
    int step = SQLITE_ROW;
    while (status == ASSAY_OK && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        take_row(statement, answer);
        status = assay__answer_check(answer, connection->source->name, err);
    }
    if (status == ASSAY_OK && (step != SQLITE_DONE || atomic_load(&connection->is_cancelled)))
        status = step == SQLITE_DONE ? assay__connection_stopped(connection, err) : fail(self, err);
    sqlite3_finalize(statement);
    return status;
}

static void cancel(struct assay__connection *connection)
{
    sqlite3_interrupt(of(connection)->database);
}

const struct assay__engine assay__engine_sqlite = {.prefix = "sqlite:",
                                                   .form = "sqlite:FILE",
                                                   .explain = "explain query plan ",
                                                   .open = open_connection,
                                                   .ask = ask,
                                                   .cancel = cancel,
                                                   .close = close_connection};
