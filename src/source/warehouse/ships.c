/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans of execution that fetch rows from another server: the sums should come from there. */
#include "source/warehouse/ships.h"

#include <string.h>

/*
 * A line with the mark fetches from elsewhere. It fetches sums where the excuse stands in it or in
 * one of the lines that belong to it: those before the next line with the mark of a step.
 */
static const struct row {
    const struct assay__sql_dialect *dialect;
    const char *mark, *excuse, *step;
} ROWS[] = {
    {&assay__sql_postgresql, "Foreign Scan", "Aggregate on", "(cost="},
    {&assay__sql_clickhouse, "ReadFromRemote", NULL, NULL},
    {&assay__sql_duckdb, "POSTGRES_SCAN", NULL, NULL},
    {&assay__sql_duckdb, "MYSQL_SCAN", NULL, NULL},
};

enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS };

bool assay__plan_can_ship(const struct assay__sql_dialect *dialect, bool are_sums_afar)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (ROWS[i].dialect == dialect && (!are_sums_afar || ROWS[i].excuse != NULL))
            return true;
    return false;
}

static const char *find(const struct row *row, const struct assay__answer *plan)
{
    const char *at = plan->bytes.data, *suspect = NULL;
    for (uint64_t i = 0; i < plan->cells; i++, at += strlen(at) + 1) {
        bool is_step = row->step == NULL || strstr(at, row->step) != NULL;
        if (is_step && suspect != NULL)
            return suspect;
        if (is_step && strstr(at, row->mark) != NULL)
            suspect = at;
        if (suspect != NULL && row->excuse != NULL && strstr(at, row->excuse) != NULL)
            suspect = NULL;
    }
    return suspect;
}

const char *assay__plan_ships(const struct assay__sql_dialect *dialect,
                              const struct assay__answer *plan)
{
    const char *line = NULL;
    for (size_t i = 0; i < ROW_COUNT && line == NULL; i++)
        if (ROWS[i].dialect == dialect)
            line = find(&ROWS[i], plan);
    return line;
}
