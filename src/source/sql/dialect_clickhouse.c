/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ClickHouse: Int256, whose sums wrap around without an error, so that 15 of 76 digits stay free
 * for them. Joins give NULL for what is not there only when told to; and a user's profile may have
 * limits that end a query with what it has, count the distinct roughly, or pass over shards. */
#include "source/sql/dialect.h"

const struct assay__sql_dialect assay__sql_clickhouse = {
    .name = "clickhouse",
    .engine = "ClickHouse 22.8",
    .is_run = true,
    .quote = '`',
    .escapes_names = true,
    .columns_max = 10000,
    .escape = ASSAY__SQL_BACKSLASH,
    .text = "toString($1)",
    .number = "toString($1)",
    .matches = "match($1, $2)",
    .very_end = "",
    .whole = "toInt256(toDecimal256OrNull($1, $2) * $3)",
    .as_double = "toFloat64OrNull(toString($1))",
    .digits = 76,
    .value_digits = 38,
    .wraps = true,
    .product = "$1 * $2",
    .sum = "sum($1)",
    .literal = "toInt256('$1')",
    .zero = "toInt256(0)",
    .count = "toInt64($1)",
    .as_text = "toString($1)",
    .join = "concat($1, $2)",
    .micros = "toUnixTimestamp64Micro(toDateTime64($1, 6, 'UTC'))",
    .whole_text = "toInt64OrNull($1)",
    .quotient = "intDiv($1, $2)",
    .least = "least($1, $2)",
    .greatest = "greatest($1, $2)",
    .hash = "lower(hex(MD5($1)))",
    .once = "",
    .view = "create or replace view $1 as",
    .cell = "",
    .table_end = "settings join_use_nulls = 1, prefer_column_name_to_alias = 1, "
                 "count_distinct_implementation = 'uniqExact', skip_unavailable_shards = 0, "
                 "read_overflow_mode = 'throw', group_by_overflow_mode = 'throw', "
                 "timeout_overflow_mode = 'throw', join_overflow_mode = 'throw', "
                 "distinct_overflow_mode = 'throw', set_overflow_mode = 'throw', "
                 "sort_overflow_mode = 'throw', transfer_overflow_mode = 'throw', "
                 "empty_result_for_aggregation_by_empty_set = 0",
    .hides_tables = true,
    .own_schema = "select currentDatabase() as name",
};
