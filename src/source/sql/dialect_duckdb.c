/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DuckDB: whole numbers of 128 bits; overflow is an error. */
#include "source/sql/dialect.h"

const struct assay__sql_dialect assay__sql_duckdb = {
    .name = "duckdb",
    .engine = "DuckDB 1.0",
    .quote = '"',
    .columns_max = 10000,
    .escape = ASSAY__SQL_DOUBLED,
    .text = "cast($1 as varchar)",
    .number = "cast($1 as varchar)",
    .matches = "regexp_matches($1, $2)",
    .whole = "cast(replace(cast(try_cast($1 as decimal(38, $2)) as varchar), '.', '') as hugeint)",
    .as_double = "try_cast($1 as double)",
    .digits = 38,
    .value_digits = 19,
    .product = "$1 * $2",
    .sum = "sum($1)",
    .literal = "$1",
    .zero = "cast(0 as hugeint)",
    .count = "$1",
    .as_text = "cast($1 as varchar)",
    .join = "$1 || $2",
    .micros = "epoch_us($1)",
    .whole_text = "try_cast($1 as bigint)",
    .quotient = "($1) // $2",
    .least = "least($1, $2)",
    .greatest = "greatest($1, $2)",
    .hash = "md5($1)",
    .once = "",
    .cell = "",
    .table_end = "",
};
