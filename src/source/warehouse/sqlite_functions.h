/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_WAREHOUSE_SQLITE_FUNCTIONS_H
#define ASSAY_SOURCE_WAREHOUSE_SQLITE_FUNCTIONS_H

#include <stdbool.h>

#include "base/sqlite_library.h"

/**
 * assay__sqlite_functions_add() gives a database what its shell has and its library lacks:
 * decimal_mul(), decimal_sum(), regexp(), and md5(). False without memory.
 */
bool assay__sqlite_functions_add(sqlite3 *database);

#endif
