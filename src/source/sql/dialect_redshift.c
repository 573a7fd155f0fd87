/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Amazon Redshift: 38 digits, overflow is an error. */
#include "source/sql/dialect.h"

const struct assay__sql_dialect assay__sql_redshift = {
    .name = "redshift",
    .engine = "Amazon Redshift",
    .quote = '"',
    .name_bytes_max = 127,
    .columns_max = 1600,
    .escape = ASSAY__SQL_BACKSLASH,
    .text = "cast($1 as varchar(65535))",
    .number = "cast($1 as varchar(65535))",
    .matches = "$1 ~ $2",
    .whole = "cast(cast($1 as decimal(20, $2)) * $3 as decimal(38, 0))",
    .as_double = "cast($1 as double precision)",
    .digits = 38,
    .value_digits = 19,
    .product = "$1 * $2",
    .sum = "sum($1)",
    .literal = "$1",
    .zero = "cast(0 as decimal(38, 0))",
    .count = "$1",
    .as_text = "cast($1 as varchar(64))",
    .join = "$1 || $2",
    .micros = "cast(extract(epoch from $1) as bigint) * 1000000 + extract(microsecond from $1)",
    .whole_text = "cast($1 as bigint)",
    .quotient = "($1) / $2",
    .least = "least($1, $2)",
    .greatest = "greatest($1, $2)",
    .once = "",
    .cell = "",
    .table_end = "",
};
