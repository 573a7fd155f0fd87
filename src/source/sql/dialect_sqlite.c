/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite: values are whole numbers of 64 bits; sums and products are decimal texts of any length,
 * by the functions of its decimal extension, which its shell has, as it has regexp. assay brings
 * both when it runs the statement itself. */
#include "source/sql/dialect.h"

const struct assay__sql_dialect assay__sql_sqlite = {
    .name = "sqlite",
    .engine = "SQLite 3.34, with the extensions decimal and regexp",
    .is_run = true,
    .quote = '`', /* a name in double quotes without such a column would be a text */
    .columns_max = 1900,
    .escape = ASSAY__SQL_DOUBLED,
    .text = "cast($1 as text) collate binary",
    .number = "case typeof($1) when 'real' then case when cast(cast($1 as text) as real) = $1 then "
              "cast($1 as text) else printf('%!.17g', $1) end else cast($1 as text) end",
    .matches = "$1 regexp $2",
    .very_end = "",
    .whole = "cast(decimal_mul($1, '$3') as integer)",
    .as_double = "cast($1 as real)",
    .digits = 10000,
    .value_digits = 18,
    .product = "decimal_mul($1, $2)",
    .sum = "decimal_sum($1)",
    .literal = "$1",
    .zero = "0",
    .count = "$1",
    .as_text = "cast($1 as text)",
    .join = "$1 || $2",
    .micros = "(cast(strftime('%s', substr($1, 1, 19) || ltrim(substr($1, 20), '.0123456789')) as "
              "integer) * 1000000 + case when substr($1, 20, 1) = '.' then cast(substr(substr($1, "
              "21, length($1) - 20 - length(ltrim(substr($1, 20), '.0123456789'))) || '000000', "
              "1, 6) as integer) else 0 end)",
    .whole_text = "cast($1 as integer)",
    .quotient = "($1) / $2",
    .least = "min($1, $2)",
    .greatest = "max($1, $2)",
    .hash = "md5($1)",
    .once = "",
    .view = "create view $1 as",
    .cell = "",
    .table_end = "",
    .hides_tables = true,
    .schema = "main",
};
