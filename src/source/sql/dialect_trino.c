/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trino: decimal has 38 digits; overflow is an error. */
#include "source/sql/dialect.h"

const struct assay__sql_dialect assay__sql_trino = {
    .name = "trino",
    .engine = "Trino",
    .quote = '"',
    .columns_max = 5000,
    .escape = ASSAY__SQL_DOUBLED,
    .text = "cast($1 as varchar)",
    .number = "cast($1 as varchar)",
    .matches = "regexp_like($1, $2)",
    .very_end = "\\z",
    .whole = "cast(cast($1 as decimal(20, $2)) * $3 as decimal(38, 0))",
    .as_double = "try_cast($1 as double)",
    .digits = 38,
    .value_digits = 19,
    .product = "$1 * $2",
    .sum = "sum($1)",
    .literal = "decimal '$1'",
    .zero = "cast(0 as decimal(38, 0))",
    .count = "$1",
    .as_text = "cast($1 as varchar)",
    .join = "$1 || $2",
    .micros = "cast(to_unixtime($1) as bigint) * 1000000 + cast(extract(millisecond from $1) as "
              "bigint) * 1000",
    .whole_text = "try_cast($1 as bigint)",
    .quotient = "($1) / $2",
    .least = "least($1, $2)",
    .greatest = "greatest($1, $2)",
    .hash = "lower(to_hex(md5(to_utf8($1))))",
    .once = "",
    .view = "create or replace view $1 as",
    .cell = "",
    .table_end = "",
};
