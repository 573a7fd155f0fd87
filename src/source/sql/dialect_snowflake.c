/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snowflake: NUMBER has 38 digits; overflow is an error. */
#include "source/sql/dialect.h"

const struct assay__sql_dialect assay__sql_snowflake = {
    .name = "snowflake",
    .engine = "Snowflake",
    .quote = '"',
    .columns_max = 4000,
    .escape = ASSAY__SQL_BACKSLASH,
    .text = "cast($1 as varchar)",
    .number = "cast($1 as varchar)",
    .matches = "regexp_like($1, $2)",
    .whole = "cast(try_to_number($1, 20, $2) * $3 as number(38, 0))",
    .as_double = "cast($1 as double)",
    .digits = 38,
    .value_digits = 19,
    .product = "$1 * $2",
    .sum = "sum($1)",
    .literal = "$1",
    .zero = "cast(0 as number(38, 0))",
    .count = "$1",
    .as_text = "cast($1 as varchar)",
    .join = "$1 || $2",
    .micros = "date_part(epoch_microsecond, $1)",
    .whole_text = "try_to_number($1, 18, 0)",
    .quotient = "floor(($1) / $2)",
    .least = "least($1, $2)",
    .greatest = "greatest($1, $2)",
    .hash = "md5($1)",
    .once = "",
    .cell = "",
    .table_end = "",
};
