/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_STORE_SQLITE_LIBRARY_H
#define ASSAY_SERVE_STORE_SQLITE_LIBRARY_H

#include <sqlite3.h>

#include "assay/status.h"

/**
 * SQLite is loaded by serve_sqlite_load() when it is first needed. The names below are
 * then its functions; with ASSAY_LINKED the program is linked with it instead.
 */
ASSAY_MUST_CHECK enum assay_status serve_sqlite_load(struct assay_error *err);

#ifndef ASSAY_LINKED
#define SERVE_SQLITE_FUNCTIONS(X)                                                                  \
    X(sqlite3_bind_blob64)                                                                         \
    X(sqlite3_bind_int64)                                                                          \
    X(sqlite3_bind_text)                                                                           \
    X(sqlite3_busy_timeout)                                                                        \
    X(sqlite3_changes)                                                                             \
    X(sqlite3_clear_bindings)                                                                      \
    X(sqlite3_close)                                                                               \
    X(sqlite3_column_blob)                                                                         \
    X(sqlite3_column_bytes)                                                                        \
    X(sqlite3_column_int64)                                                                        \
    X(sqlite3_column_text)                                                                         \
    X(sqlite3_column_type)                                                                         \
    X(sqlite3_extended_errcode)                                                                    \
    X(sqlite3_errcode)                                                                             \
    X(sqlite3_errmsg)                                                                              \
    X(sqlite3_exec)                                                                                \
    X(sqlite3_finalize)                                                                            \
    X(sqlite3_get_autocommit)                                                                      \
    X(sqlite3_last_insert_rowid)                                                                   \
    X(sqlite3_open_v2)                                                                             \
    X(sqlite3_prepare_v2)                                                                          \
    X(sqlite3_prepare_v3)                                                                          \
    X(sqlite3_reset)                                                                               \
    X(sqlite3_snprintf)                                                                            \
    X(sqlite3_step)

struct serve_sqlite_functions {
#define X(name) __typeof__(&name) name;
    SERVE_SQLITE_FUNCTIONS(X)
#undef X
};

/** Filled by serve_sqlite_load(), read only afterwards. */
extern struct serve_sqlite_functions serve_sqlite;

#define sqlite3_bind_blob64 serve_sqlite.sqlite3_bind_blob64
#define sqlite3_bind_int64 serve_sqlite.sqlite3_bind_int64
#define sqlite3_bind_text serve_sqlite.sqlite3_bind_text
#define sqlite3_busy_timeout serve_sqlite.sqlite3_busy_timeout
#define sqlite3_changes serve_sqlite.sqlite3_changes
#define sqlite3_clear_bindings serve_sqlite.sqlite3_clear_bindings
#define sqlite3_close serve_sqlite.sqlite3_close
#define sqlite3_column_blob serve_sqlite.sqlite3_column_blob
#define sqlite3_column_bytes serve_sqlite.sqlite3_column_bytes
#define sqlite3_column_int64 serve_sqlite.sqlite3_column_int64
#define sqlite3_column_text serve_sqlite.sqlite3_column_text
#define sqlite3_column_type serve_sqlite.sqlite3_column_type
#define sqlite3_errcode serve_sqlite.sqlite3_errcode
#define sqlite3_extended_errcode serve_sqlite.sqlite3_extended_errcode
#define sqlite3_errmsg serve_sqlite.sqlite3_errmsg
#define sqlite3_exec serve_sqlite.sqlite3_exec
#define sqlite3_finalize serve_sqlite.sqlite3_finalize
#define sqlite3_get_autocommit serve_sqlite.sqlite3_get_autocommit
#define sqlite3_last_insert_rowid serve_sqlite.sqlite3_last_insert_rowid
#define sqlite3_open_v2 serve_sqlite.sqlite3_open_v2
#define sqlite3_prepare_v2 serve_sqlite.sqlite3_prepare_v2
#define sqlite3_prepare_v3 serve_sqlite.sqlite3_prepare_v3
#define sqlite3_reset serve_sqlite.sqlite3_reset
#define sqlite3_snprintf serve_sqlite.sqlite3_snprintf
#define sqlite3_step serve_sqlite.sqlite3_step
#endif

#endif
