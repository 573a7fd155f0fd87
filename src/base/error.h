/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_ERROR_H
#define ASSAY_BASE_ERROR_H

#include "assay/status.h"
#include "base/list.h"

#if defined(__GNUC__) || defined(__clang__)
#define ASSAY__PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))
#else
#define ASSAY__PRINTF(format_index, first)
#endif

/** How many statuses and reasons there are in this version. */
enum {
    ASSAY__STATUS_COUNT = ASSAY__COUNT(ASSAY_STATUS_LIST),
    ASSAY__REASON_COUNT = ASSAY__COUNT(ASSAY_REASON_LIST)
};

/** assay__fail() fills err (NULL is fine) with a code and a formatted sentence; returns the code.
 */
enum assay_status assay__fail(struct assay_error *err, enum assay_status code, const char *format,
                              ...) ASSAY__PRINTF(3, 4);

/** assay__fail_at() also says where: file (NULL for none), line and column (0 for none). */
enum assay_status assay__fail_at(struct assay_error *err, enum assay_status code, const char *file,
                                 uint64_t line, uint64_t column, const char *format, ...)
    ASSAY__PRINTF(6, 7);

/** assay__fail_reason() gives the error that status stands for a reason; returns status. */
enum assay_status assay__fail_reason(struct assay_error *err, enum assay_status status,
                                     enum assay_reason reason);

/** assay__fail_format() gives it ASSAY_REASON_FORMAT and a remedy; returns status. */
enum assay_status assay__fail_format(struct assay_error *err, enum assay_status status,
                                     const char *remedy);

/**
 * assay__message_clean() makes a text fit for a terminal and a log, in place: control characters
 * (C1 too), those that turn the direction of writing, and bytes that are not UTF-8 become '?'.
 */
void assay__message_clean(char *text);

/** assay__message_trim() takes off a UTF-8 sequence that room cut short at the end of a text. */
void assay__message_trim(char *text);

/** assay__open_status() is the outcome of an open() or fopen() that failed with an errno. */
enum assay_status assay__open_status(int number);

/** assay__fail_memory() is the outcome of every failed allocation. */
enum assay_status assay__fail_memory(struct assay_error *err);

#endif
