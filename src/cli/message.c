/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages on standard error, as sentences or as one JSON object a line. */
#include "cli/message.h"

#include <inttypes.h>
#include <stdio.h>

#include "api/deliver/log_line.h"
#include "base/error.h"

static bool is_json_form;
static const char *command_now = "";
static void (*before)(void);

void message_set_before(void (*call)(void))
{
    before = call;
}

void message_set_json(bool is_json)
{
    is_json_form = is_json;
}

void message_set_command(const char *name)
{
    command_now = name;
}

bool message_is_json(void)
{
    return is_json_form;
}

static void member(struct assay__json *json, const char *name, const char *value)
{
    if (value != NULL && value[0] != '\0')
        assay__json_member_string(json, name, value);
}

static void print_json(const struct message *message)
{
    struct assay__text line = {0};
    struct assay__json json = {.out = &line};
    assay__log_begin(&json, message->level, message->event);
    bool has_command = message->command != NULL && message->command[0] != '\0';
    member(&json, "command", has_command ? message->command : command_now);
    if (message->is_failure) {
        assay__json_member_string(&json, "status", assay_status_id(message->status));
        assay__json_member_count(&json, "exitCode",
                                 (uint64_t)assay_status_exit_code(message->status));
    }
    member(&json, "file", message->file);
    if (message->line > 0)
        assay__json_member_count(&json, "line", message->line);
    if (message->line > 0 && message->column > 0)
        assay__json_member_count(&json, "column", message->column);
    assay__json_member_string(&json, "message", message->text);
    assay__log_end(&json);
}

static void print_text(const struct message *message)
{
    bool has_command = message->command != NULL && message->command[0] != '\0';
    bool has_file = message->file != NULL && message->file[0] != '\0';
    fprintf(stderr, "assay%s%s: ", has_command ? " " : "", has_command ? message->command : "");
    if (has_file)
        fprintf(stderr, "%s:", message->file);
    if (message->line > 0)
        fprintf(stderr, "%" PRIu64 ":", message->line);
    if (message->line > 0 && message->column > 0)
        fprintf(stderr, "%" PRIu64 ":", message->column);
    fprintf(stderr, "%s%s\n", has_file || message->line > 0 ? " " : "", message->text);
}

void message_print(const struct message *message)
{
    fflush(stdout);
    if (before != NULL)
        before();
    if (is_json_form)
        print_json(message);
    else
        print_text(message);
}

void message_text(char text[MESSAGE_BYTES], const char *format, va_list arguments)
{
    vsnprintf(text, MESSAGE_BYTES, format, arguments);
    assay__message_clean(text);
}

void message_note(const char *event, const char *format, ...)
{
    char text[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    message_text(text, format, arguments);
    va_end(arguments);
    message_print(&(struct message){.level = "info", .event = event, .text = text});
}

int message_fail(enum assay_status status, const char *file, uint64_t line, const char *format, ...)
{
    char text[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    message_text(text, format, arguments);
    va_end(arguments);
    message_print(&(struct message){.level = "error",
                                    .event = "error",
                                    .file = file,
                                    .line = line,
                                    .is_failure = true,
                                    .status = status,
                                    .text = text});
    return assay_status_exit_code(status);
}

int message_fail_memory(void)
{
    return message_fail(ASSAY_ERROR_MEMORY, NULL, 0, "Out of memory.");
}
