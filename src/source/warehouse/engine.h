/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_WAREHOUSE_ENGINE_H
#define ASSAY_SOURCE_WAREHOUSE_ENGINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "source/sql/dialect.h"

enum {
    ASSAY__SOURCE_BYTES_MAX = 2000,     /* of a source's name */
    ASSAY__ANSWER_COLUMNS_MAX = 4096,   /* of an answer */
    ASSAY__ANSWER_BYTES_MAX = 512 << 20 /* of all its cells */
};

/** struct assay__login: who asks. Strings are borrowed; none of them is ever shown. */
struct assay__login {
    const char *user, *password; /* NULL: what the engine or its files say */
    const char *ca_file;         /* PEM, for https: trusted instead of the system's; NULL: those */
};

/** struct assay__database: a database, as it is named. Strings are borrowed. */
struct assay__database {
    const char *name;  /* the whole of it, such as sqlite:shop.db, for messages */
    const char *where; /* behind the engine's prefix */
    const char *schema;
    struct assay__login login;
    uint32_t seconds; /* most that a statement may take; 0: any time */
};

/**
 * struct assay__answer: the rows that a statement gave, as text, row by row. An engine appends to
 * it with assay__answer_name() and assay__answer_cell(); NULL is the empty text. Zero-initialise
 * it.
 */
struct assay__answer {
    struct assay__text bytes; /* the cells one behind the other, each ended by a NUL */
    struct assay__text names; /* likewise */
    uint32_t columns;
    uint64_t cells;
};

void assay__answer_name(struct assay__answer *answer, const char *name, size_t length);
void assay__answer_cell(struct assay__answer *answer, const char *text, size_t length);
void assay__answer_release(struct assay__answer *answer);
/** assay__answer_check(): memory, and limits, after a row. */
enum assay_status assay__answer_check(const struct assay__answer *answer, const char *source,
                                      struct assay_error *err);

/** struct assay__connection begins the struct that an engine keeps of a database. */
struct assay__connection {
    const struct assay__engine *engine;
    const struct assay__database *source;
    const struct assay__sql_dialect *dialect; /* NULL: it says SQL that has none here */
    char product[128];                        /* what the database calls itself */
    atomic_bool is_cancelled;                 /* set before cancel() is called */
};

/**
 * struct assay__engine is what a kind of database does: a file engine_NAME.c, and a line of
 * ASSAY__ENGINE_LIST. A connection is one thread's, but for cancel(). Everything is read only: the
 * engine is told so as strictly as it can be told. Messages begin with the source's name and never
 * show a password.
 *
 * Errors: ASSAY_ERROR_UNAVAILABLE (a library or driver is not there), ASSAY_ERROR_NO_INPUT (no such
 * file, database or table), ASSAY_ERROR_DATA (no such column; a value that the engine cannot
 * compute with), ASSAY_ERROR_AUTH (who asks may not), ASSAY_ERROR_TRY_AGAIN (not reached, gone in
 * the midst, too slow, cancelled), ASSAY_ERROR_REMOTE (anything else that it refuses),
 * ASSAY_ERROR_MEMORY.
 */
struct assay__engine {
    const char *prefix;  /* of a source's name, such as "sqlite:" */
    const char *form;    /* how such a source is written, for people */
    const char *explain; /* what stands before a statement to ask for its plan */
    enum assay_status (*open)(const struct assay__database *source, struct assay__connection **out,
                              struct assay_error *err);
    /* Runs one statement to its end. */
    enum assay_status (*ask)(struct assay__connection *connection, const char *statement,
                             struct assay__answer *answer, struct assay_error *err);
    /* Ends what ask() does as soon as can be; from another thread, any number of times. */
    void (*cancel)(struct assay__connection *connection);
    void (*close)(struct assay__connection *connection);
};

/** ASSAY__ENGINE_LIST: the engines, as X(NAME). */
#define ASSAY__ENGINE_LIST(X) X(sqlite) X(duckdb) X(clickhouse) X(odbc)

#define ASSAY__ENGINE_EXTERN(name) extern const struct assay__engine assay__engine_##name;
ASSAY__ENGINE_LIST(ASSAY__ENGINE_EXTERN)
#undef ASSAY__ENGINE_EXTERN

/** assay__engine_of() is the engine of a source's name; NULL when none has its prefix. */
const struct assay__engine *assay__engine_of(const char *name);

/** assay__engine_forms() writes how sources are written: "sqlite:FILE, ...". */
void assay__engine_forms(char *out, size_t size);

/** assay__connection_fail() begins the message with the source. */
enum assay_status assay__connection_fail(const struct assay__connection *connection,
                                         enum assay_status status, struct assay_error *err,
                                         const char *format, ...) ASSAY__PRINTF(4, 5);

/** assay__connection_stopped() is the outcome of a statement that cancel() ended. */
enum assay_status assay__connection_stopped(const struct assay__connection *connection,
                                            struct assay_error *err);

#endif
