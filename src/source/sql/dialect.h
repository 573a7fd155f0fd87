/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SQL_DIALECT_H
#define ASSAY_SOURCE_SQL_DIALECT_H

#include <stdbool.h>

/** enum assay__sql_escape: how a quote is written inside a text in single quotes. */
enum assay__sql_escape {
    ASSAY__SQL_DOUBLED,   /* twice; a backslash stands for itself */
    ASSAY__SQL_BACKSLASH, /* after a backslash, as is a backslash */
    ASSAY__SQL_E_PREFIX,  /* twice; a text with a backslash is an E'' text, there twice too */
    ASSAY__SQL_HEX        /* twice; a text with a backslash is written in hex digits */
};

/**
 * struct assay__sql_dialect is one engine's SQL, as facts: each is a piece of text in which $1, $2
 * and $3 stand for what is put in. Every engine has a file of its own, dialect_NAME.c.
 *
 * Numbers. An engine whose decimals have any length computes with them as they are: digits is 0.
 * The others compute with whole numbers, a value times 10^scale, of at most digits digits; what
 * has more is counted, and refused by whoever reads the outcome, never rounded. Where a sum beyond
 * that would be wrong without an error, wraps keeps 15 digits free for it.
 */
struct assay__sql_dialect {
    const char *name;
    const char *engine;      /* its name for people, and since which release */
    bool is_run;             /* the statements are executed by the tests; else they are text only */
    char quote;              /* of identifiers; doubled inside */
    bool escapes_names;      /* a backslash inside quoted identifiers is one of two */
    unsigned name_bytes_max; /* longer identifiers are cut in silence; 0: they are not */
    unsigned columns_max;    /* of a query */
    enum assay__sql_escape escape;
    const char *text;    /* $1, a column, as text that compares and groups by its bytes */
    const char *number;  /* $1, a column, as the text of a number, shortest for doubles */
    const char *matches; /* whether $1, a text, matches $2, the literal of a regular expression */
    const char
        *is_whole; /* whether $1, the text of a number, is all of $2, the column; NULL: it is */
    const char *very_end;  /* behind a pattern's $, where that would take a line end after it */
    const char *whole;     /* $1, a text or NULL, times $3 (10^$2) as a whole number; or $1 as a
                              decimal, where digits is 0 */
    const char *as_double; /* $1, a number or text, as a double */
    unsigned digits;       /* of sums; 0: any */
    unsigned value_digits; /* of one number, at most */
    bool wraps;
    const char *product;    /* $1 times $2 */
    const char *sum;        /* of $1 over rows */
    const char *literal;    /* $1, digits, as a whole number of any length */
    const char *zero;       /* 0 of the type of numbers */
    const char *count;      /* $1, a sum of whole numbers, as a signed number of 64 bits */
    const char *as_text;    /* $1, a number, as text */
    const char *join;       /* the texts $1 and $2 one after the other */
    const char *micros;     /* $1, a column of instants, as microseconds since 1970 UTC */
    const char *whole_text; /* $1, the text of a whole number, as a number of 64 bits */
    const char *quotient;   /* $1 / $2 of whole numbers, both at least 0, cut to a whole one */
    const char *least, *greatest; /* of $1 and $2, neither NULL */
    const char *hash;             /* of $1, a text: MD5 in lower-case hexadecimal digits */
    const char *once; /* after "as" of a subquery that is to be computed once; "" for nothing */
    const char *view; /* before a statement that is to be view $1 */
    const char
        *cell; /* $1, a text, as a cell of CSV, where the engine's client does not quote; "" */
    const char *table_end; /* after a statement, before the semicolon; "" for nothing */
    bool hides_tables;     /* a subquery hides the table of its name from those before it, too */
    const char *schema;    /* of such tables; NULL: ask the connection with own_schema */
    const char *own_schema;
};

/** assay__sql_dialect() finds a dialect by name; NULL when there is none. */
const struct assay__sql_dialect *assay__sql_dialect(const char *name);

/** assay__sql_dialects: all of them, ended by NULL. */
extern const struct assay__sql_dialect *const assay__sql_dialects[];

extern const struct assay__sql_dialect assay__sql_postgresql, assay__sql_clickhouse,
    assay__sql_mariadb, assay__sql_sqlite, assay__sql_duckdb, assay__sql_bigquery,
    assay__sql_snowflake, assay__sql_redshift, assay__sql_spark, assay__sql_trino;

#endif
