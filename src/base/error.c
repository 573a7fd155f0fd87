/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statuses, their names and exit codes, and sentences in an error's fixed buffer. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "assay/version.h"

#include "base/utf8.h"

struct status_row {
    const char *id;
    int exit_code;
    const char *sentence;
};

static const struct status_row STATUS_ROWS[ASSAY__STATUS_COUNT] = {
#define STATUS_ROW(name, id, exit_code, sentence) {id, exit_code, sentence},
    ASSAY_STATUS_LIST(STATUS_ROW)
#undef STATUS_ROW
};

static const struct status_row *row_of(enum assay_status status)
{
    unsigned index = (unsigned)status;
    return &STATUS_ROWS[index < ASSAY__STATUS_COUNT ? index : ASSAY_ERROR_INTERNAL];
}

const char *assay_status_id(enum assay_status status)
{
    return row_of(status)->id;
}

const char *assay_status_sentence(enum assay_status status)
{
    return row_of(status)->sentence;
}

int assay_status_exit_code(enum assay_status status)
{
    return row_of(status)->exit_code;
}

const char *assay_reason_id(enum assay_reason reason)
{
    static const char *const IDS[ASSAY__REASON_COUNT] = {
#define REASON_ID(name, id) id,
        ASSAY_REASON_LIST(REASON_ID)
#undef REASON_ID
    };
    unsigned index = (unsigned)reason;
    return index < ASSAY__REASON_COUNT ? IDS[index] : "";
}

const char *assay_version(void)
{
    return ASSAY_VERSION;
}

void assay__message_trim(char *text)
{
    size_t length = strlen(text);
    size_t start = length;
    while (start > 0 && length - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (length - (start - 1) < want)
        text[start - 1] = '\0';
}

/* Control characters of ASCII and C1, those that turn the direction of writing, and no characters.
 */
static bool is_unfit(uint32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || code_point == 0x61C ||
           code_point == 0x200E || code_point == 0x200F ||
           (code_point >= 0x202A && code_point <= 0x202E) ||
           (code_point >= 0x2066 && code_point <= 0x2069) || code_point == ASSAY__UTF8_INVALID;
}

void assay__message_clean(char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        uint32_t code_point;
        size_t length = assay__utf8_next(text, left, &code_point);
        if (is_unfit(code_point))
            memset(text, '?', length);
        text += length;
        left -= length;
    }
}

ASSAY__PRINTF(6, 0)
static void fill(struct assay_error *err, enum assay_status code, const char *file, uint64_t line,
                 uint64_t column, const char *format, va_list arguments)
{
    struct assay_error filled;
    memset(&filled, 0, sizeof filled);
    filled.code = code;
    filled.line = line;
    filled.column = column;
    if (file != NULL)
        snprintf(filled.file, sizeof filled.file, "%s", file);
    vsnprintf(filled.message, sizeof filled.message, format, arguments);
    assay__message_trim(filled.file);
    assay__message_trim(filled.message);
    assay__message_clean(filled.file);
    assay__message_clean(filled.message);
    *err = filled; /* last, since an argument may point into the old *err */
}

enum assay_status assay__fail(struct assay_error *err, enum assay_status code, const char *format,
                              ...)
{
    if (err != NULL) {
        va_list arguments;
        va_start(arguments, format);
        fill(err, code, NULL, 0, 0, format, arguments);
        va_end(arguments);
    }
    return code;
}

enum assay_status assay__fail_at(struct assay_error *err, enum assay_status code, const char *file,
                                 uint64_t line, uint64_t column, const char *format, ...)
{
    if (err != NULL) {
        va_list arguments;
        va_start(arguments, format);
        fill(err, code, file, line, column, format, arguments);
        va_end(arguments);
    }
    return code;
}

enum assay_status assay__open_status(int number)
{
    return number == ENOMEM ? ASSAY_ERROR_MEMORY : ASSAY_ERROR_NO_INPUT;
}

enum assay_status assay__fail_memory(struct assay_error *err)
{
    return assay__fail(err, ASSAY_ERROR_MEMORY, "Memory ran out.");
}

enum assay_status assay__fail_reason(struct assay_error *err, enum assay_status status,
                                     enum assay_reason reason)
{
    if (err != NULL)
        err->reason = reason;
    return status;
}

enum assay_status assay__fail_format(struct assay_error *err, enum assay_status status,
                                     const char *remedy)
{
    if (err != NULL) {
        err->reason = ASSAY_REASON_FORMAT;
        snprintf(err->remedy, sizeof err->remedy, "%s", remedy);
    }
    return status;
}
