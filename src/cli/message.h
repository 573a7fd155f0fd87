/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_MESSAGE_H
#define ASSAY_CLI_MESSAGE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "assay.h"

/**
 * What a command says on standard error: sentences for people, or one JSON object a line. There is
 * one form for the whole process. It is set before anything is printed.
 */

/** message_set_json() chooses the form; message_is_json() tells it. Text at the start. */
void message_set_json(bool is_json);
bool message_is_json(void);

/** message_set_command() names the command for objects whose message does not; static text. */
void message_set_command(const char *name);

/** message_set_before() has a function called before each message; NULL: none. */
void message_set_before(void (*call)(void));

/** struct message: one message. Zeroed members are left out. */
struct message {
    const char *level; /* "info", "warning" or "error" */
    const char *event; /* what happened, in one word */
    const char *command;
    const char *file;
    uint64_t line, column;
    bool is_failure; /* the command ends with this status */
    enum assay_status status;
    const char *text; /* the sentence; "" for none */
};

/**
 * message_print() prints "assay COMMAND: FILE:LINE:COLUMN: text", or the object. What was printed
 * on standard output comes first.
 */
void message_print(const struct message *message);

/** MESSAGE_BYTES: a sentence that is longer is cut. */
enum { MESSAGE_BYTES = 2048 };

/** message_text() makes a sentence as vprintf() would, fit for a terminal and a log. */
void message_text(char text[MESSAGE_BYTES], const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/** message_note() prints a line that reports no failure, as printf() would; event: in one word. */
void message_note(const char *event, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** message_fail() prints why the command ends with a status; its exit code. */
int message_fail(enum assay_status status, const char *file, uint64_t line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** message_fail_memory() is message_fail() of an allocation. */
int message_fail_memory(void);

#endif
