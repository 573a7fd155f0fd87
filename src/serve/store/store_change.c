/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes and single reads of the store. Bound texts are not copied: they outlive the step. */
#include <string.h>

#include "serve/store/store_private.h"

static sqlite3_stmt *statement_of(struct serve_store *store, enum serve_sql sql)
{
    sqlite3_stmt *statement = store->statements[sql];
    sqlite3_reset(statement);
    return statement;
}

static bool finish(sqlite3_stmt *statement)
{
    bool is_done = sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return is_done;
}

static bool bind_place(sqlite3_stmt *statement, const struct serve_place *place)
{
    return sqlite3_bind_text(statement, 1, place->workflow, -1, SQLITE_STATIC) == SQLITE_OK &&
           sqlite3_bind_text(statement, 2, place->instance, -1, SQLITE_STATIC) == SQLITE_OK &&
           sqlite3_bind_text(statement, 3, place->id, -1, SQLITE_STATIC) == SQLITE_OK;
}

bool serve_store_begin(struct serve_store *store)
{
    int has_moved = 0;
    int code = sqlite3_file_control(store->database, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
    store->has_moved = code == SQLITE_OK && has_moved != 0;
    store->is_in_doubt = false;
    return !store->has_moved && finish(statement_of(store, SERVE_SQL_BEGIN));
}

bool serve_store_commit(struct serve_store *store)
{
    bool is_well = finish(statement_of(store, SERVE_SQL_COMMIT));
    /* The end of a commit whose writing failed is not in the file; of any other it may be. */
    int code = is_well ? SQLITE_OK : sqlite3_extended_errcode(store->database);
    store->is_in_doubt = !is_well && code != SQLITE_FULL && code != SQLITE_IOERR_WRITE;
    return is_well;
}

static void roll_back(struct serve_store *store)
{
    if (!sqlite3_get_autocommit(store->database))
        (void)finish(statement_of(store, SERVE_SQL_ROLLBACK));
}

/* SQLite writes its next frames from where those of the failed commit begin, and each frame's
 * checksum continues that of the one before: one commit makes all of them void. */
bool serve_store_undo(struct serve_store *store)
{
    bool is_in_doubt = store->is_in_doubt;
    roll_back(store);
    return !is_in_doubt || serve_store_touch(store);
}

bool serve_store_touch(struct serve_store *store)
{
    bool is_well = serve_store_begin(store) && finish(statement_of(store, SERVE_SQL_TOUCH)) &&
                   finish(statement_of(store, SERVE_SQL_COMMIT));
    if (!is_well)
        roll_back(store);
    return is_well;
}

/* With a small cache SQLite writes most pages before the end of a transaction. */
bool serve_store_try(struct serve_store *store, size_t bytes)
{
    enum { CACHE_PAGES = 16, PAGE_BYTES = 8192 };
    char small[64], insert[192];
    sqlite3_snprintf(sizeof small, small, "PRAGMA cache_size = %d", CACHE_PAGES);
    sqlite3_snprintf(
        sizeof insert, insert,
        "INSERT INTO result (workflow, instance, id, etag, creator, create_ns, document)"
        " VALUES ('', '', '', '', '', 0, zeroblob(%llu))",
        (unsigned long long)bytes + CACHE_PAGES * PAGE_BYTES);
    bool is_well =
        serve_store_begin(store) && serve_store_run(store, small) && serve_store_run(store, insert);
    roll_back(store);
    (void)serve_store_run(store, "PRAGMA cache_size = -2000"); /* SQLite's own */
    return is_well && serve_store_touch(store);
}

static bool insert_labels(struct serve_store *store, const struct serve_record *record,
                          int64_t sequence)
{
    for (size_t i = 0; i < record->label_count; i++) {
        sqlite3_stmt *statement = statement_of(store, SERVE_SQL_LABEL);
        const struct serve_label *label = &record->labels[i];
        if (sqlite3_bind_text(statement, 1, label->key, -1, SQLITE_STATIC) != SQLITE_OK ||
            sqlite3_bind_text(statement, 2, label->value, -1, SQLITE_STATIC) != SQLITE_OK ||
            sqlite3_bind_int64(statement, 3, sequence) != SQLITE_OK || !finish(statement))
            return false;
    }
    return true;
}

enum serve_outcome serve_store_insert(struct serve_store *store, const struct serve_record *record)
{
    sqlite3_stmt *statement = statement_of(store, SERVE_SQL_INSERT);
    if (!bind_place(statement, &record->place) ||
        sqlite3_bind_text(statement, 4, record->etag, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_text(statement, 5, record->creator, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 6, record->create_ns) != SQLITE_OK ||
        sqlite3_bind_blob64(statement, 7, record->document, record->document_length,
                            SQLITE_STATIC) != SQLITE_OK ||
        !finish(statement))
        return SERVE_FAILED;
    if (sqlite3_changes(store->database) == 0)
        return SERVE_PRESENT;
    int64_t sequence = sqlite3_last_insert_rowid(store->database);
    return insert_labels(store, record, sequence) ? SERVE_DONE : SERVE_FAILED;
}

/* If-Match is asked first, as RFC 9110 (13.2.2) has it; for a change either failing is a 412. */
static bool meets(const char *etag, const struct serve_condition *condition)
{
    if (condition->if_match != NULL && !serve_etag_is_in(etag, condition->if_match, false))
        return false;
    return condition->if_none_match == NULL ||
           !serve_etag_is_in(etag, condition->if_none_match, true);
}

enum serve_outcome serve_store_delete(struct serve_store *store, const struct serve_place *place,
                                      const struct serve_condition *condition)
{
    sqlite3_stmt *statement = statement_of(store, SERVE_SQL_FIND);
    if (!bind_place(statement, place))
        return SERVE_FAILED;
    int step = sqlite3_step(statement);
    int64_t sequence = 0;
    bool is_met = true;
    if (step == SQLITE_ROW) {
        const char *stored = (const char *)sqlite3_column_text(statement, 1);
        sequence = sqlite3_column_int64(statement, 0);
        is_met = stored != NULL && meets(stored, condition);
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (step != SQLITE_ROW)
        return step == SQLITE_DONE ? SERVE_ABSENT : SERVE_FAILED;
    if (!is_met)
        return SERVE_DIFFERENT;
    statement = statement_of(store, SERVE_SQL_DELETE);
    if (sqlite3_bind_int64(statement, 1, sequence) != SQLITE_OK || !finish(statement))
        return SERVE_FAILED;
    return SERVE_DONE;
}

bool serve_store_is_whole(const void *document, size_t length, const char *etag)
{
    char again[SERVE_ETAG_BYTES];
    serve_etag_make(document, length, again);
    return strcmp(again, etag) == 0;
}

enum serve_outcome serve_store_get(struct serve_store *store, const struct serve_place *place,
                                   struct assay__text *document, char etag[SERVE_ETAG_BYTES])
{
    sqlite3_stmt *statement = statement_of(store, SERVE_SQL_GET);
    if (!bind_place(statement, place))
        return SERVE_FAILED;
    int step = sqlite3_step(statement);
    bool is_whole = true;
    if (step == SQLITE_ROW) {
        const void *bytes = sqlite3_column_blob(statement, 0);
        const char *stored = (const char *)sqlite3_column_text(statement, 1);
        if (bytes == NULL || stored == NULL)
            step = SQLITE_NOMEM;
        else {
            size_t length = (size_t)sqlite3_column_bytes(statement, 0);
            is_whole = serve_store_is_whole(bytes, length, stored);
            assay__text_append(document, bytes, length);
            sqlite3_snprintf(SERVE_ETAG_BYTES, etag, "%s", stored);
        }
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (step == SQLITE_DONE)
        return SERVE_ABSENT;
    if (step != SQLITE_ROW || document->failed)
        return SERVE_FAILED;
    return is_whole ? SERVE_DONE : SERVE_DAMAGED_ROW;
}

bool serve_store_is_well(struct serve_store *store)
{
    sqlite3_stmt *statement = statement_of(store, SERVE_SQL_WELL);
    bool is_well = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_reset(statement);
    return is_well;
}
