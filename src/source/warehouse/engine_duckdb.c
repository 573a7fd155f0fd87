/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DuckDB by its C interface, when the user has its library, which Debian does not: so the few
 * functions and structs that are used stand here, as duckdb.h of release 1 has them. A file is
 * opened to be read; without one, tables are files of Parquet, named as such.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/library.h"
#include "base/memory.h"
#include "source/warehouse/engine.h"

typedef struct duckdb_handle *duckdb_database, *duckdb_session, *duckdb_config;

struct duckdb_result {
    uint64_t column_count, row_count, rows_changed;
    void *columns;
    char *error_message;
    void *internal_data;
};

enum { DUCKDB_SUCCESS = 0 };

static struct {
    int (*create_config)(duckdb_config *out);
    int (*set_config)(duckdb_config config, const char *name, const char *value);
    void (*destroy_config)(duckdb_config *config);
    int (*open_ext)(const char *path, duckdb_database *out, duckdb_config config, char **error);
    void (*close)(duckdb_database *database);
    int (*connect)(duckdb_database database, duckdb_session *out);
    void (*disconnect)(duckdb_session *session);
    void (*interrupt)(duckdb_session session);
    int (*query)(duckdb_session session, const char *text, struct duckdb_result *out);
    void (*destroy_result)(struct duckdb_result *result);
    uint64_t (*column_count)(struct duckdb_result *result);
    uint64_t (*row_count)(struct duckdb_result *result);
    const char *(*column_name)(struct duckdb_result *result, uint64_t column);
    const char *(*result_error)(struct duckdb_result *result);
    char *(*value_varchar)(struct duckdb_result *result, uint64_t column, uint64_t row);
    void (*free)(void *memory);
} duckdb;

static enum assay_status load(struct assay_error *err)
{
    static const char *const NAMES[] = {"duckdb_create_config",  "duckdb_set_config",
                                        "duckdb_destroy_config", "duckdb_open_ext",
                                        "duckdb_close",          "duckdb_connect",
                                        "duckdb_disconnect",     "duckdb_interrupt",
                                        "duckdb_query",          "duckdb_destroy_result",
                                        "duckdb_column_count",   "duckdb_row_count",
                                        "duckdb_column_name",    "duckdb_result_error",
                                        "duckdb_value_varchar",  "duckdb_free"};
    static atomic_bool is_loaded;
    static const struct assay__library LIBRARY = {.file = "libduckdb.so",
                                                  .package = "libduckdb of duckdb.org",
                                                  .names = NAMES,
                                                  .count = sizeof NAMES / sizeof *NAMES,
                                                  .functions = &duckdb,
                                                  .is_loaded = &is_loaded};
    return assay__library_load(&LIBRARY, err);
}

struct duckdb_connection {
    struct assay__connection base;
    duckdb_database database;
    duckdb_session session;
};

static struct duckdb_connection *of(struct assay__connection *connection)
{
    return (struct duckdb_connection *)(void *)connection;
}

static enum assay_status status_of(const char *message)
{
    static const struct {
        const char *part;
        enum assay_status status;
    } ROWS[] = {{"Cannot open database", ASSAY_ERROR_NO_INPUT},
                {"No files found", ASSAY_ERROR_NO_INPUT},
                {"does not exist", ASSAY_ERROR_NO_INPUT},
                {"Cannot open file", ASSAY_ERROR_NO_INPUT},
                {"Could not set lock", ASSAY_ERROR_TRY_AGAIN},
                {"INTERRUPT", ASSAY_ERROR_TRY_AGAIN},
                {"Interrupted", ASSAY_ERROR_TRY_AGAIN},
                {"not a valid DuckDB database", ASSAY_ERROR_DATA},
                {"Referenced column", ASSAY_ERROR_DATA},
                {"Out of Range Error", ASSAY_ERROR_DATA},
                {"Conversion Error", ASSAY_ERROR_DATA},
                {"Out of Memory Error", ASSAY_ERROR_MEMORY},
                {"Permission Error", ASSAY_ERROR_AUTH}};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (strstr(message, ROWS[i].part) != NULL)
            return ROWS[i].status;
    return ASSAY_ERROR_REMOTE;
}

static enum assay_status fail(struct duckdb_connection *self, const char *message,
                              struct assay_error *err)
{
    if (message == NULL)
        message = "it did not say why";
    if (atomic_load(&self->base.is_cancelled))
        return assay__connection_stopped(&self->base, err);
    return assay__connection_fail(&self->base, status_of(message), err, "DuckDB: %.600s", message);
}

static void close_connection(struct assay__connection *connection)
{
    struct duckdb_connection *self = of(connection);
    if (self->session != NULL)
        duckdb.disconnect(&self->session);
    if (self->database != NULL)
        duckdb.close(&self->database);
    assay__free(self);
}

/* Nothing is fetched from the network by itself, and no file is written. */
static enum assay_status configure(const struct assay__database *source, duckdb_config *config,
                                   struct assay_error *err)
{
    bool has_file = source->where[0] != '\0';
    if (duckdb.create_config(config) != DUCKDB_SUCCESS)
        return assay__fail_memory(err);
    bool is_set =
        duckdb.set_config(*config, "autoinstall_known_extensions", "false") == DUCKDB_SUCCESS &&
        (!has_file || duckdb.set_config(*config, "access_mode", "READ_ONLY") == DUCKDB_SUCCESS);
    return is_set ? ASSAY_OK
                  : assay__fail(err, ASSAY_ERROR_UNAVAILABLE,
                                "This libduckdb.so lacks a setting that is needed; take a newer "
                                "one.");
}

static enum assay_status open_database(struct duckdb_connection *self, struct assay_error *err)
{
    duckdb_config config = NULL;
    char *message = NULL;
    const char *where = self->base.source->where;
    enum assay_status status = configure(self->base.source, &config, err);
    if (status == ASSAY_OK && duckdb.open_ext(where[0] == '\0' ? NULL : where, &self->database,
                                              config, &message) != DUCKDB_SUCCESS)
        status = fail(self, message, err);
    if (message != NULL)
        duckdb.free(message);
    if (config != NULL)
        duckdb.destroy_config(&config);
    if (status == ASSAY_OK && duckdb.connect(self->database, &self->session) != DUCKDB_SUCCESS)
        status = fail(self, NULL, err);
    return status;
}

static enum assay_status open_connection(const struct assay__database *source,
                                         struct assay__connection **out, struct assay_error *err)
{
    *out = NULL;
    enum assay_status status = load(err);
    if (status != ASSAY_OK)
        return status;
    struct duckdb_connection *self = assay__calloc(1, sizeof *self);
    if (self == NULL)
        return assay__fail_memory(err);
    self->base.engine = &assay__engine_duckdb;
    self->base.source = source;
    self->base.dialect = &assay__sql_duckdb;
    memcpy(self->base.product, "DuckDB", sizeof "DuckDB");
    status = open_database(self, err);
    if (status == ASSAY_OK)
        *out = &self->base;
    else
        close_connection(&self->base);
    return status;
}

static enum assay_status take_rows(struct duckdb_connection *self, struct duckdb_result *result,
                                   struct assay__answer *answer, struct assay_error *err)
{
    uint64_t rows = duckdb.row_count(result), columns = duckdb.column_count(result);
    enum assay_status status = ASSAY_OK;
    for (uint64_t c = 0; c < columns; c++) {
        const char *name = duckdb.column_name(result, c);
        assay__answer_name(answer, name == NULL ? "" : name, name == NULL ? 0 : strlen(name));
    }
    for (uint64_t r = 0; status == ASSAY_OK && r < rows; r++) {
        for (uint64_t c = 0; c < columns; c++) {
            char *text = duckdb.value_varchar(result, c, r); /* NULL for NULL */
            assay__answer_cell(answer, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
            if (text != NULL)
                duckdb.free(text);
        }
        status = assay__answer_check(answer, self->base.source->name, err);
    }
    return status;
}

static enum assay_status ask(struct assay__connection *connection, const char *statement,
                             struct assay__answer *answer, struct assay_error *err)
{
    struct duckdb_connection *self = of(connection);
    struct duckdb_result result = {0};
    enum assay_status status = duckdb.query(self->session, statement, &result) == DUCKDB_SUCCESS
                                   ? take_rows(self, &result, answer, err)
                                   : fail(self, duckdb.result_error(&result), err);
    duckdb.destroy_result(&result);
    if (status == ASSAY_OK && atomic_load(&connection->is_cancelled))
        status = assay__connection_stopped(connection, err);
    return status;
}

static void cancel(struct assay__connection *connection)
{
    duckdb.interrupt(of(connection)->session);
}

const struct assay__engine assay__engine_duckdb = {.prefix = "duckdb:",
                                                   .form = "duckdb:FILE",
                                                   .explain = "explain ",
                                                   .open = open_connection,
                                                   .ask = ask,
                                                   .cancel = cancel,
                                                   .close = close_connection};
