/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_ODBC_LIBRARY_H
#define ASSAY_BASE_ODBC_LIBRARY_H

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include "assay/status.h"

/** ASSAY__ODBC_FUNCTIONS: what is used of unixODBC, called as assay__odbc.SQLFetch(...). */
#define ASSAY__ODBC_FUNCTIONS(X)                                                                   \
    X(SQLAllocHandle)                                                                              \
    X(SQLCancel)                                                                                   \
    X(SQLDescribeColW)                                                                             \
    X(SQLDisconnect)                                                                               \
    X(SQLDriverConnectW)                                                                           \
    X(SQLEndTran)                                                                                  \
    X(SQLExecDirectW)                                                                              \
    X(SQLFetch)                                                                                    \
    X(SQLFreeHandle)                                                                               \
    X(SQLFreeStmt)                                                                                 \
    X(SQLGetData)                                                                                  \
    X(SQLGetDiagRecW)                                                                              \
    X(SQLGetInfoW)                                                                                 \
    X(SQLNumResultCols)                                                                            \
    X(SQLSetConnectAttrW)                                                                          \
    X(SQLSetEnvAttr)                                                                               \
    X(SQLSetStmtAttrW)

struct assay__odbc_functions {
#define X(name) __typeof__(&name) name;
    ASSAY__ODBC_FUNCTIONS(X)
#undef X
};

/** Filled by assay__odbc_load(), read only afterwards. */
extern struct assay__odbc_functions assay__odbc;

/** assay__odbc_load() loads unixODBC when it is first needed. */
ASSAY_MUST_CHECK enum assay_status assay__odbc_load(struct assay_error *err);

#endif
