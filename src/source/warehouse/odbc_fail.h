/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_WAREHOUSE_ODBC_FAIL_H
#define ASSAY_SOURCE_WAREHOUSE_ODBC_FAIL_H

#include "base/odbc_library.h"
#include "source/warehouse/engine.h"

/** assay__odbc_fail() is the error that a handle tells of, by its SQLSTATE. */
enum assay_status assay__odbc_fail(const struct assay__connection *connection, SQLSMALLINT kind,
                                   SQLHANDLE handle, struct assay_error *err);

/** assay__odbc_status() is what a SQLSTATE, a number of the database and a message stand for. */
enum assay_status assay__odbc_status(const char *state, long native, const char *message);

#endif
