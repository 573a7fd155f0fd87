/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of SQL dialects. */
#include "source/sql/dialect.h"

#include <stddef.h>
#include <string.h>

const struct assay__sql_dialect *const assay__sql_dialects[] = {&assay__sql_postgresql,
                                                                &assay__sql_clickhouse,
                                                                &assay__sql_mariadb,
                                                                &assay__sql_sqlite,
                                                                &assay__sql_duckdb,
                                                                &assay__sql_bigquery,
                                                                &assay__sql_snowflake,
                                                                &assay__sql_redshift,
                                                                &assay__sql_spark,
                                                                &assay__sql_trino,
                                                                NULL};

const struct assay__sql_dialect *assay__sql_dialect(const char *name)
{
    for (size_t i = 0; assay__sql_dialects[i] != NULL; i++)
        if (strcmp(assay__sql_dialects[i]->name, name) == 0)
            return assay__sql_dialects[i];
    return NULL;
}
