/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_SQLITE_LIBRARY_H
#define ASSAY_BASE_SQLITE_LIBRARY_H

#include <sqlite3.h>

#include "assay/status.h"

/**
 * SQLite is loaded by assay__sqlite_load() when it is first needed. The names below are
 * then its functions; with ASSAY_LINKED the program is linked with it instead.
 */
ASSAY_MUST_CHECK enum assay_status assay__sqlite_load(struct assay_error *err);

#ifndef ASSAY_LINKED
#define ASSAY__SQLITE_FUNCTIONS(X)                                                                 \
    X(sqlite3_aggregate_context)                                                                   \
    X(sqlite3_bind_blob64)                                                                         \
    X(sqlite3_bind_int64)                                                                          \
    X(sqlite3_bind_text)                                                                           \
    X(sqlite3_busy_timeout)                                                                        \
    X(sqlite3_changes)                                                                             \
    X(sqlite3_clear_bindings)                                                                      \
    X(sqlite3_close)                                                                               \
    X(sqlite3_column_blob)                                                                         \
    X(sqlite3_column_bytes)                                                                        \
    X(sqlite3_column_count)                                                                        \
    X(sqlite3_column_int64)                                                                        \
    X(sqlite3_column_name)                                                                         \
    X(sqlite3_column_text)                                                                         \
    X(sqlite3_column_type)                                                                         \
    X(sqlite3_create_function_v2)                                                                  \
    X(sqlite3_create_window_function)                                                              \
    X(sqlite3_db_config)                                                                           \
    X(sqlite3_errcode)                                                                             \
    X(sqlite3_errmsg)                                                                              \
    X(sqlite3_errstr)                                                                              \
    X(sqlite3_exec)                                                                                \
    X(sqlite3_extended_errcode)                                                                    \
    X(sqlite3_file_control)                                                                        \
    X(sqlite3_finalize)                                                                            \
    X(sqlite3_get_autocommit)                                                                      \
    X(sqlite3_get_auxdata)                                                                         \
    X(sqlite3_interrupt)                                                                           \
    X(sqlite3_last_insert_rowid)                                                                   \
    X(sqlite3_open_v2)                                                                             \
    X(sqlite3_prepare_v2)                                                                          \
    X(sqlite3_prepare_v3)                                                                          \
    X(sqlite3_reset)                                                                               \
    X(sqlite3_result_error)                                                                        \
    X(sqlite3_result_error_nomem)                                                                  \
    X(sqlite3_result_int)                                                                          \
    X(sqlite3_result_null)                                                                         \
    X(sqlite3_result_text)                                                                         \
    X(sqlite3_set_auxdata)                                                                         \
    X(sqlite3_snprintf)                                                                            \
    X(sqlite3_step)                                                                                \
    X(sqlite3_user_data)                                                                           \
    X(sqlite3_value_blob)                                                                          \
    X(sqlite3_value_bytes)                                                                         \
    X(sqlite3_value_int64)                                                                         \
    X(sqlite3_value_text)                                                                          \
    X(sqlite3_value_type)

struct assay__sqlite_functions {
#define X(name) __typeof__(&name) name;
    ASSAY__SQLITE_FUNCTIONS(X)
#undef X
};

/** Filled by assay__sqlite_load(), read only afterwards. */
extern struct assay__sqlite_functions assay__sqlite;

#define sqlite3_aggregate_context assay__sqlite.sqlite3_aggregate_context
#define sqlite3_bind_blob64 assay__sqlite.sqlite3_bind_blob64
#define sqlite3_bind_int64 assay__sqlite.sqlite3_bind_int64
#define sqlite3_bind_text assay__sqlite.sqlite3_bind_text
#define sqlite3_busy_timeout assay__sqlite.sqlite3_busy_timeout
#define sqlite3_changes assay__sqlite.sqlite3_changes
#define sqlite3_clear_bindings assay__sqlite.sqlite3_clear_bindings
#define sqlite3_close assay__sqlite.sqlite3_close
#define sqlite3_column_blob assay__sqlite.sqlite3_column_blob
#define sqlite3_column_bytes assay__sqlite.sqlite3_column_bytes
#define sqlite3_column_count assay__sqlite.sqlite3_column_count
#define sqlite3_column_int64 assay__sqlite.sqlite3_column_int64
#define sqlite3_column_name assay__sqlite.sqlite3_column_name
#define sqlite3_column_text assay__sqlite.sqlite3_column_text
#define sqlite3_column_type assay__sqlite.sqlite3_column_type
#define sqlite3_create_function_v2 assay__sqlite.sqlite3_create_function_v2
#define sqlite3_create_window_function assay__sqlite.sqlite3_create_window_function
#define sqlite3_db_config assay__sqlite.sqlite3_db_config
#define sqlite3_errcode assay__sqlite.sqlite3_errcode
#define sqlite3_errmsg assay__sqlite.sqlite3_errmsg
#define sqlite3_errstr assay__sqlite.sqlite3_errstr
#define sqlite3_exec assay__sqlite.sqlite3_exec
#define sqlite3_extended_errcode assay__sqlite.sqlite3_extended_errcode
#define sqlite3_file_control assay__sqlite.sqlite3_file_control
#define sqlite3_finalize assay__sqlite.sqlite3_finalize
#define sqlite3_get_autocommit assay__sqlite.sqlite3_get_autocommit
#define sqlite3_get_auxdata assay__sqlite.sqlite3_get_auxdata
#define sqlite3_interrupt assay__sqlite.sqlite3_interrupt
#define sqlite3_last_insert_rowid assay__sqlite.sqlite3_last_insert_rowid
#define sqlite3_open_v2 assay__sqlite.sqlite3_open_v2
#define sqlite3_prepare_v2 assay__sqlite.sqlite3_prepare_v2
#define sqlite3_prepare_v3 assay__sqlite.sqlite3_prepare_v3
#define sqlite3_reset assay__sqlite.sqlite3_reset
#define sqlite3_result_error assay__sqlite.sqlite3_result_error
#define sqlite3_result_error_nomem assay__sqlite.sqlite3_result_error_nomem
#define sqlite3_result_int assay__sqlite.sqlite3_result_int
#define sqlite3_result_null assay__sqlite.sqlite3_result_null
#define sqlite3_result_text assay__sqlite.sqlite3_result_text
#define sqlite3_set_auxdata assay__sqlite.sqlite3_set_auxdata
#define sqlite3_snprintf assay__sqlite.sqlite3_snprintf
#define sqlite3_step assay__sqlite.sqlite3_step
#define sqlite3_user_data assay__sqlite.sqlite3_user_data
#define sqlite3_value_blob assay__sqlite.sqlite3_value_blob
#define sqlite3_value_bytes assay__sqlite.sqlite3_value_bytes
#define sqlite3_value_int64 assay__sqlite.sqlite3_value_int64
#define sqlite3_value_text assay__sqlite.sqlite3_value_text
#define sqlite3_value_type assay__sqlite.sqlite3_value_type
#endif

#endif
