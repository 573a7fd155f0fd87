/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATUS_H
#define ASSAY_STATUS_H

#include <stdint.h>

#include "assay/export.h"

/**
 * ASSAY_STATUS_LIST: every outcome a fallible function can have, as
 * X(enumerator, stable text id, exit code of the command line, sentence).
 */
#define ASSAY_STATUS_LIST(X)                                                                       \
    X(OK, "ok", 0, "Done.")                                                                        \
    X(ERROR_USAGE, "usage", 2, "The command line or the call is wrong.")                           \
    X(ERROR_DATA, "data", 65, "The input data are wrong.")                                         \
    X(ERROR_NO_INPUT, "no-input", 66, "An input file cannot be opened.")                           \
    X(ERROR_UNAVAILABLE, "unavailable", 69, "A service or a feature is not available.")            \
    X(ERROR_INTERNAL, "internal", 70, "A fault in assay itself.")                                  \
    X(ERROR_MEMORY, "memory", 71, "Memory ran out.")                                               \
    X(ERROR_IO, "io", 74, "Reading or writing failed.")                                            \
    X(ERROR_TRY_AGAIN, "try-again", 75, "Not delivered now; the same call may succeed later.")     \
    X(ERROR_REMOTE, "remote", 76, "The remote side refused.")                                      \
    X(ERROR_AUTH, "auth", 77, "Authentication or authorization failed.")                           \
    X(ERROR_PLAN, "plan", 78, "The plan is wrong.")                                                \
    X(ERROR_DOMAIN, "domain", 2, "An argument is outside the function's domain.")                  \
    X(ERROR_LIMIT, "limit", 65, "An input is larger than a documented limit.")                     \
    X(ERROR_CANCELLED, "cancelled", 75, "The caller or its deadline ended the call.")

enum assay_status {
#define ASSAY_STATUS_ENUM(name, id, exit_code, sentence) ASSAY_##name,
    ASSAY_STATUS_LIST(ASSAY_STATUS_ENUM) ASSAY_STATUS_LARGEST =
        0x7fffffff /* no value: later ones fit */
#undef ASSAY_STATUS_ENUM
};

/**
 * ASSAY_REASON_LIST: what an error is about, where a program can say more than the sentence does:
 * which of its own options would help. X(enumerator, stable text id).
 */
#define ASSAY_REASON_LIST(X)                                                                       \
    X(NONE, "")                                                                                    \
    X(UNITS_REPEAT, "units-repeat") /* rows of a unit differ, and no aggregation is planned */     \
    X(FORMAT, "format")     /* the text is written another way; remedy has keys of "format" */     \
    X(BAD_ROWS, "bad-rows") /* a damaged row: ASSAY_BAD_ROWS_SKIP would leave it out */            \
    X(GROUP_COLUMN, "group-column") /* the group column is another one, or not named */            \
    X(EVENTS_WITHOUT_FILE, "events-without-file") /* the plan names events, the call no file */    \
    X(TIME_COLUMN, "time-column")     /* the plan needs the time of rows and names no column */    \
    X(BASELINE, "baseline")           /* the plan names no baseline */                             \
    X(EVENT_COLUMNS, "event-columns") /* events have no column of the exposures' unit or time */

enum assay_reason {
#define ASSAY_REASON_ENUM(name, id) ASSAY_REASON_##name,
    ASSAY_REASON_LIST(ASSAY_REASON_ENUM) ASSAY_REASON_LARGEST =
        0x7fffffff /* no value: later ones fit */
#undef ASSAY_REASON_ENUM
};

/**
 * struct assay_error says what went wrong and where. The caller owns it; it holds no pointers and
 * may be copied. Every fallible function takes one as its last argument and accepts NULL. It is
 * written only on failure.
 */
struct assay_error {
    enum assay_status code;
    char message[768]; /* one or two sentences: what is wrong and what to do; UTF-8 */
    char file[512];    /* the input it happened in, or "" */
    uint64_t line;     /* from 1; 0 when it has no line */
    uint64_t column;   /* from 1: the field for CSV, the character for JSON; 0 when unknown */
    enum assay_reason reason; /* ASSAY_REASON_NONE when the sentence says it all */
    char remedy[192];         /* ASSAY_REASON_FORMAT: key=value of the plan's "format", one a line;
                                 a line "or" stands between two ways that would both do; "" when
                                 times are written in a form that is not known */
    uint64_t reserved[8];
};

/**
 * assay_status_id() is the stable text id of a status, such as "no-input". Static text. For these
 * three a number that is not a status counts as ASSAY_ERROR_INTERNAL.
 */
ASSAY_API const char *assay_status_id(enum assay_status status);

/** assay_status_sentence() is one sentence about a status. Static text. */
ASSAY_API const char *assay_status_sentence(enum assay_status status);

/** assay_status_exit_code() is the exit code the command line uses for a status. */
ASSAY_API int assay_status_exit_code(enum assay_status status);

/** assay_reason_id() is the stable text id of a reason, such as "units-repeat"; "" for none. */
ASSAY_API const char *assay_reason_id(enum assay_reason reason);

#endif
