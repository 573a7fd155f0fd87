/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BENCH_DUCKDB_H
#define ASSAY_BENCH_DUCKDB_H

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/**
 * duckdb_print() prints the answer to a SELECT as CSV, by DuckDB's C library, loaded here from
 * $DUCKDB_LIBRARY: no client in between. Not 0 when there is no library, or it refuses.
 */
static int duckdb_print(const char *select, const char *threads)
{
    union { /* ISO C has no cast from object to function pointers */
        void *object;
        int (*open)(const char *, void **);
        int (*connect)(void *, void **);
        int (*query)(void *, const char *, void *);
    } call;
    char sql[8192], result[512];
    const char *path = getenv("DUCKDB_LIBRARY");
    void *library = path == NULL ? NULL : dlopen(path, RTLD_NOW), *database, *connection;
    if (library == NULL)
        return 1;
    call.object = dlsym(library, "duckdb_open");
    if (call.object == NULL || call.open(NULL, &database) != 0)
        return 1;
    call.object = dlsym(library, "duckdb_connect");
    if (call.object == NULL || call.connect(database, &connection) != 0)
        return 1;
    call.object = dlsym(library, "duckdb_query");
    snprintf(sql, sizeof sql, "SET threads=%s", threads);
    if (call.object == NULL || call.query(connection, sql, result) != 0)
        return 1;
    snprintf(sql, sizeof sql, "COPY (%s) TO '/dev/stdout' (FORMAT csv)", select);
    return call.query(connection, sql, result);
}

#endif
