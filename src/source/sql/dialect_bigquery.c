/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BigQuery: BIGNUMERIC has 38 digits before the point, and a 39th that is not full; overflow is an
 * error. */
#include "source/sql/dialect.h"

const struct assay__sql_dialect assay__sql_bigquery = {
    .name = "bigquery",
    .engine = "BigQuery (GoogleSQL)",
    .quote = '`',
    .escapes_names = true,
    .columns_max = 9000,
    .escape = ASSAY__SQL_BACKSLASH,
    .text = "cast($1 as string)",
    .number = "cast($1 as string)",
    .matches = "regexp_contains($1, $2)",
    .very_end = "",
    .whole = "safe_cast($1 as bignumeric) * $3",
    .as_double = "safe_cast($1 as float64)",
    .digits = 38,
    .value_digits = 19,
    .product = "$1 * $2",
    .sum = "sum($1)",
    .literal = "bignumeric '$1'",
    .zero = "cast(0 as bignumeric)",
    .count = "$1",
    .as_text = "cast($1 as string)",
    .join = "concat($1, $2)",
    .micros = "unix_micros(timestamp($1))",
    .whole_text = "safe_cast($1 as int64)",
    .quotient = "div($1, $2)",
    .least = "least($1, $2)",
    .greatest = "greatest($1, $2)",
    .hash = "to_hex(md5($1))",
    .once = "",
    .view = "create or replace view $1 as",
    .cell = "",
    .table_end = "",
};
