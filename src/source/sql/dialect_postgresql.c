/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PostgreSQL: numeric has any length. Doubles become numeric through their shortest text: a cast of
 * their own would keep 15 digits. */
#include "source/sql/dialect.h"

const struct assay__sql_dialect assay__sql_postgresql = {
    .name = "postgresql",
    .engine = "PostgreSQL 12",
    .is_run = true,
    .quote = '"',
    .name_bytes_max = 63,
    .columns_max = 1600,
    .escape = ASSAY__SQL_E_PREFIX,
    .text = "cast($1 as text) collate \"C\"",
    .number = "cast($1 as text) collate \"C\"",
    .matches = "$1 ~ $2",
    .very_end = "",
    .whole = "cast($1 as numeric)",
    .as_double = "cast($1 as double precision)",
    .product = "$1 * $2",
    .sum = "sum($1)",
    .literal = "$1",
    .zero = "cast(0 as numeric)",
    .count = "$1",
    .as_text = "cast($1 as text)",
    .join = "$1 || $2",
    .micros = "cast(extract(epoch from case when isfinite($1) then $1 end) * 1000000 as bigint)",
    .whole_text = "cast($1 as bigint)",
    .quotient = "($1) / $2",
    .least = "least($1, $2)",
    .greatest = "greatest($1, $2)",
    .hash = "md5($1)",
    .once = "materialized ",
    .view = "create or replace view $1 as",
    .cell = "",
    .table_end = "",
};
