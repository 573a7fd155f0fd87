/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_STORE_STORE_PRIVATE_H
#define ASSAY_SERVE_STORE_STORE_PRIVATE_H

#include "base/sqlite_library.h"

#include "serve/store/store.h"

enum serve_sql {
    SERVE_SQL_BEGIN,
    SERVE_SQL_COMMIT,
    SERVE_SQL_ROLLBACK,
    SERVE_SQL_INSERT,
    SERVE_SQL_LABEL,
    SERVE_SQL_FIND,
    SERVE_SQL_DELETE,
    SERVE_SQL_GET,
    SERVE_SQL_WELL,
    SERVE_SQL_TOUCH,
    SERVE_SQL_NAME,
    SERVE_SQL_COUNT
};

struct serve_store {
    sqlite3 *database;
    sqlite3_stmt *statements[SERVE_SQL_COUNT];
    bool has_moved;   /* the path names another file than the one that is open, or none */
    bool is_in_doubt; /* the last commit failed, and its frames may be whole in the log */
};

/** serve_store_is_whole(): a document is the one that its ETag was made of. */
bool serve_store_is_whole(const void *document, size_t length, const char *etag);

/** serve_store_run() runs SQL that gives no rows. */
bool serve_store_run(struct serve_store *store, const char *sql);

#endif
