/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spark and Databricks: decimal has 38 digits. Overflow is an error in ANSI mode, else NULL, which
 * nothing reads as a sum. */
#include "source/sql/dialect.h"

const struct assay__sql_dialect assay__sql_spark = {
    .name = "spark",
    .engine = "Databricks, Spark 3.3",
    .quote = '`',
    .columns_max = 10000,
    .escape = ASSAY__SQL_BACKSLASH,
    .text = "cast($1 as string)",
    .number = "cast($1 as string)",
    .matches = "$1 rlike $2",
    .very_end = "\\z",
    .whole = "cast(cast($1 as decimal(20, $2)) * $3 as decimal(38, 0))",
    .as_double = "cast($1 as double)",
    .digits = 38,
    .value_digits = 19,
    .product = "$1 * $2",
    .sum = "sum($1)",
    .literal = "$1",
    .zero = "cast(0 as decimal(38, 0))",
    .count = "$1",
    .as_text = "cast($1 as string)",
    .join = "concat($1, $2)",
    .micros = "unix_micros(cast($1 as timestamp))",
    .whole_text = "cast($1 as bigint)",
    .quotient = "($1) div $2",
    .least = "least($1, $2)",
    .greatest = "greatest($1, $2)",
    .hash = "md5($1)",
    .once = "",
    .view = "create or replace view $1 as",
    .cell = "",
    .table_end = "",
};
