/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results in SQLite. A document is stored as the bytes that are answered, so reading one is one
 * lookup and no number is ever printed again. Results keep the order they came in by `sequence`,
 * which is never used twice: it is what page tokens count by.
 */
#include "serve/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include "base/sqlite_library.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "serve/store/store_private.h"

enum { APPLICATION_ID = 0x61737361 /* "assa" */, BUSY_MS = 5000 };

/* The version of the tables, kept as user_version: one more whenever what SCHEMA makes changes in a
 * way that an older program would misread. Databases from before it was kept have 0 and tables of
 * version 1. */
#define VERSION_TEXT "1"
enum { SCHEMA_VERSION = 1 };

static const char SCHEMA[] =
    "CREATE TABLE IF NOT EXISTS result ("
    " sequence INTEGER PRIMARY KEY AUTOINCREMENT,"
    " workflow TEXT NOT NULL, instance TEXT NOT NULL, id TEXT NOT NULL,"
    " etag TEXT NOT NULL, creator TEXT NOT NULL, create_ns INTEGER NOT NULL,"
    " document BLOB NOT NULL,"
    " UNIQUE (workflow, instance, id));"
    "CREATE INDEX IF NOT EXISTS result_by_instance ON result (workflow, instance, sequence);"
    "CREATE INDEX IF NOT EXISTS result_by_workflow ON result (workflow, sequence);"
    "CREATE INDEX IF NOT EXISTS result_of_any_workflow ON result (instance, sequence);"
    "CREATE TABLE IF NOT EXISTS label ("
    " key TEXT NOT NULL, value TEXT NOT NULL,"
    " sequence INTEGER NOT NULL REFERENCES result (sequence) ON DELETE CASCADE,"
    " PRIMARY KEY (key, value, sequence)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS label_by_sequence ON label (sequence, key);";

static const char *const STATEMENTS[] = {
    [SERVE_SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SERVE_SQL_COMMIT] = "COMMIT",
    [SERVE_SQL_ROLLBACK] = "ROLLBACK",
    [SERVE_SQL_INSERT] =
        "INSERT INTO result (workflow, instance, id, etag, creator, create_ns, document)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        " ON CONFLICT (workflow, instance, id) DO NOTHING",
    [SERVE_SQL_LABEL] = "INSERT OR IGNORE INTO label (key, value, sequence) VALUES (?1, ?2, ?3)",
    [SERVE_SQL_FIND] =
        "SELECT sequence, etag FROM result WHERE workflow = ?1 AND instance = ?2 AND id = ?3",
    [SERVE_SQL_DELETE] = "DELETE FROM result WHERE sequence = ?1",
    [SERVE_SQL_GET] =
        "SELECT document, etag FROM result WHERE workflow = ?1 AND instance = ?2 AND id = ?3",
    [SERVE_SQL_TOUCH] = "PRAGMA user_version = " VERSION_TEXT,
    [SERVE_SQL_NAME] = "SELECT 'workflows/' || workflow || '/instances/' || instance ||"
                       " '/analysisResults/' || id FROM result WHERE sequence = ?1",
    [SERVE_SQL_WELL] = "SELECT count(*) FROM (SELECT 1 FROM result LIMIT 1)",
};

bool serve_store_run(struct serve_store *store, const char *sql)
{
    return sqlite3_exec(store->database, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* The first number that a statement gives; fallback when there is none. */
static int64_t ask(struct serve_store *store, const char *sql, int64_t fallback)
{
    sqlite3_stmt *statement = NULL;
    int64_t answer = fallback;
    if (sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return answer;
}

/* A file of something else is left as it is; a new one has neither tables nor an owner. Both are
 * asked of one state: another server may be making them. */
static enum assay_status check_owner(struct serve_store *store, const char *path,
                                     struct assay_error *err)
{
    (void)serve_store_run(store, "BEGIN");
    int64_t owner = ask(store, "PRAGMA application_id", -1);
    int64_t tables = ask(store, "SELECT count(*) FROM sqlite_master", -1);
    bool is_read = tables >= 0 || sqlite3_errcode(store->database) == SQLITE_NOTADB;
    if (tables >= 0)
        (void)serve_store_run(store, "COMMIT");
    if (owner == APPLICATION_ID || (owner == 0 && tables == 0))
        return ASSAY_OK;
    if (is_read)
        return assay__fail_at(err, ASSAY_ERROR_DATA, path, 0, 0,
                              "This is not a database of assay serve; give another file.");
    return assay__fail_at(err, ASSAY_ERROR_IO, path, 0, 0, "Cannot read the database: %s.",
                          serve_store_why(store));
}

/* A newer program's tables may mean something else, or hold what this one would lose. */
static enum assay_status check_version(struct serve_store *store, const char *path,
                                       struct assay_error *err)
{
    int64_t version = ask(store, "PRAGMA user_version", INT64_MIN);
    if (version >= 0 && version <= SCHEMA_VERSION)
        return ASSAY_OK;
    if (version == INT64_MIN)
        return assay__fail_at(err, ASSAY_ERROR_IO, path, 0, 0, "Cannot read the database: %s.",
                              serve_store_why(store));
    return assay__fail_at(err, ASSAY_ERROR_DATA, path, 0, 0,
                          "The tables of this database are of version %" PRId64
                          "; this assay serve knows version %d. Use a newer one, or another file.",
                          version, SCHEMA_VERSION);
}

static enum assay_status make_schema(struct serve_store *store, const char *path,
                                     struct assay_error *err)
{
    char owner[64];
    sqlite3_snprintf(sizeof owner, owner, "PRAGMA application_id = %d", APPLICATION_ID);
    if (!serve_store_run(store, "BEGIN IMMEDIATE") || !serve_store_run(store, owner) ||
        !serve_store_run(store, SCHEMA) ||
        !serve_store_run(store, "PRAGMA user_version = " VERSION_TEXT) ||
        !serve_store_run(store, "COMMIT"))
        return assay__fail_at(err, ASSAY_ERROR_IO, path, 0, 0, "Cannot make the tables: %s.",
                              serve_store_why(store));
    return ASSAY_OK;
}

static enum assay_status prepare_all(struct serve_store *store, const char *path,
                                     struct assay_error *err)
{
    for (size_t i = 0; i < SERVE_SQL_COUNT; i++)
        if (sqlite3_prepare_v3(store->database, STATEMENTS[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &store->statements[i], NULL) != SQLITE_OK)
            return assay__fail_at(err, ASSAY_ERROR_IO, path, 0, 0,
                                  "Cannot prepare to use the database: %s.",
                                  serve_store_why(store));
    return ASSAY_OK;
}

/* SQLite does not wait for the lock that this takes while another server does the same. */
static bool use_wal(struct serve_store *store)
{
    const struct timespec pause = {0, 20000000};
    for (int left_ms = BUSY_MS;; left_ms -= 20) {
        if (serve_store_run(store, "PRAGMA journal_mode = WAL"))
            return true;
        if (sqlite3_errcode(store->database) != SQLITE_BUSY || left_ms <= 0)
            return false;
        nanosleep(&pause, NULL);
    }
}

/* A new database is its owner's alone; SQLite gives its other files the mode of this one. */
static enum assay_status make_private(const char *path, struct assay_error *err)
{
    const int flags = O_RDWR | O_CREAT | O_CLOEXEC;
    struct stat found;
    int fd = open(path, flags | O_EXCL, S_IRUSR | S_IWUSR);
    bool is_there = fd < 0 && errno == EEXIST;
    if (is_there && stat(path, &found) != 0) { /* a link to a file that is to be made */
        fd = open(path, flags, S_IRUSR | S_IWUSR);
        is_there = false;
    }
    if (fd >= 0)
        close(fd);
    if (fd >= 0 || is_there)
        return ASSAY_OK;
    return assay__fail_at(err, ASSAY_ERROR_IO, path, 0, 0, "Cannot open the database: %s.",
                          strerror(errno));
}

static enum assay_status open_database(struct serve_store *store, const char *path, bool is_reader,
                                       struct assay_error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                (is_reader ? 0 : SQLITE_OPEN_CREATE);
    struct stat found;
    if (stat(path, &found) == 0 && S_ISDIR(found.st_mode))
        return assay__fail_at(err, ASSAY_ERROR_NO_INPUT, path, 0, 0,
                              "This is a directory, not a file.");
    enum assay_status status = is_reader ? ASSAY_OK : make_private(path, err);
    if (status != ASSAY_OK)
        return status;
    if (sqlite3_open_v2(path, &store->database, flags, NULL) != SQLITE_OK)
        return assay__fail_at(err, ASSAY_ERROR_IO, path, 0, 0, "Cannot open the database: %s.",
                              store->database == NULL ? "no memory" : serve_store_why(store));
    sqlite3_busy_timeout(store->database, BUSY_MS);
    status = check_owner(store, path, err);
    if (status == ASSAY_OK)
        status = check_version(store, path, err);
    if (status != ASSAY_OK)
        return status;
    /* Results are long: pages of twice the usual size save a third of the work of a list. An older
     * database keeps its own. */
    if (!serve_store_run(store, "PRAGMA page_size = 8192") || !use_wal(store) ||
        !serve_store_run(store, "PRAGMA synchronous = FULL") ||
        !serve_store_run(store, "PRAGMA foreign_keys = ON") ||
        ask(store, "PRAGMA synchronous", 0) != 2)
        return assay__fail_at(err, ASSAY_ERROR_IO, path, 0, 0,
                              "Cannot use the database durably: %s.", serve_store_why(store));
    if (!is_reader)
        status = make_schema(store, path, err);
    else if (!serve_store_run(store, "PRAGMA query_only = ON"))
        status = assay__fail_at(err, ASSAY_ERROR_IO, path, 0, 0, "Cannot read the database: %s.",
                                serve_store_why(store));
    return status == ASSAY_OK ? prepare_all(store, path, err) : status;
}

enum assay_status serve_store_open(const char *path, bool is_reader, struct serve_store **out,
                                   struct assay_error *err)
{
    enum assay_status status = assay__sqlite_load(err);
    if (status != ASSAY_OK)
        return status;
    struct serve_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return assay__fail_memory(err);
    status = open_database(store, path, is_reader, err);
    if (status != ASSAY_OK) {
        serve_store_close(store);
        return status;
    }
    *out = store;
    return ASSAY_OK;
}

void serve_store_close(struct serve_store *store)
{
    if (store == NULL)
        return;
    for (size_t i = 0; i < SERVE_SQL_COUNT; i++)
        sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->database);
    free(store);
}

const char *serve_store_why(struct serve_store *store)
{
    return store->has_moved ? "the database was moved or removed; put it back, or start again"
                            : sqlite3_errmsg(store->database);
}
