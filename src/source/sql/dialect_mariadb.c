/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MariaDB: decimal has 65 digits and is cut beyond them with no more than a warning, so that 15
 * stay free for sums. Collations would take A for a and pass over blanks at the end. Of a text an
 * instant is read up to what is not understood, such as its offset: only whole ones are read.
 * Bytes that are no UTF-8 would all become question marks: a binary that has some is written in
 * hexadecimal digits. */
#include "source/sql/dialect.h"

const struct assay__sql_dialect assay__sql_mariadb = {
    .name = "mariadb",
    .engine = "MariaDB 10.5",
    .is_run = true,
    .quote = '`',
    .columns_max = 4000,
    .escape = ASSAY__SQL_HEX,
    .text = "case when charset($1) = 'binary' and cast(cast($1 as char character set utf8mb4) as "
            "binary) <> cast($1 as binary) then cast(concat('0x', hex($1)) as char character set "
            "utf8mb4) else cast($1 as char character set utf8mb4) end collate utf8mb4_nopad_bin",
    .number = "cast($1 as char character set utf8mb4) collate utf8mb4_nopad_bin",
    .matches = "$1 regexp $2",
    .is_whole = "(cast($1 as double) = $2 or cast($1 as float) = $2)", /* float shows 6 digits */
    .very_end = "(?![[:space:]])",
    .whole = "cast(cast($1 as decimal(65, $2)) * $3 as decimal(20, 0))",
    .as_double = "cast($1 as double)",
    .digits = 65,
    .value_digits = 19,
    .wraps = true,
    .product = "$1 * $2",
    .sum = "sum($1)",
    .literal = "$1",
    .zero = "cast(0 as decimal(20, 0))",
    .count = "$1",
    .as_text = "cast($1 as char character set utf8mb4)",
    .join = "concat($1, $2)",
    .micros = "case when cast($1 as char) regexp '^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}"
              "(:[0-9]{2}([.][0-9]{1,6})?)?Z?)?$(?![[:space:]])' then timestampdiff(microsecond, "
              "'1970-01-01 00:00:00', $1) end",
    .whole_text = "cast($1 as signed)",
    .quotient = "($1) div $2",
    .least = "least($1, $2)",
    .greatest = "greatest($1, $2)",
    .hash = "md5($1)",
    .once = "",
    .view = "create or replace view $1 as",
    .cell = "concat('\"', replace($1, '\"', '\"\"'), '\"')",
    .table_end = "",
    .hides_tables = true, /* and then calls itself until the server's stack is full */
    .own_schema = "select database() as name",
};
