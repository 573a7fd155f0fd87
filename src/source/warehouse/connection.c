/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the connections of all engines have in common: how they fail, and their answers. */
#include "source/warehouse/engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

enum assay_status assay__connection_fail(const struct assay__connection *connection,
                                         enum assay_status status, struct assay_error *err,
                                         const char *format, ...)
{
    char message[sizeof((struct assay_error *)0)->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    assay__message_clean(message);
    return assay__fail_at(err, status, connection->source->name, 0, 0, "%s", message);
}

enum assay_status assay__connection_stopped(const struct assay__connection *connection,
                                            struct assay_error *err)
{
    return assay__connection_fail(connection, ASSAY_ERROR_TRY_AGAIN, err,
                                  "The statement was cancelled.");
}

void assay__answer_name(struct assay__answer *answer, const char *name, size_t length)
{
    assay__text_append(&answer->names, name, length);
    assay__text_putc(&answer->names, '\0');
    answer->columns++;
}

/* A NUL inside a cell would end it early: it becomes a character that no name or number has. */
void assay__answer_cell(struct assay__answer *answer, const char *text, size_t length)
{
    char *place = assay__text_extend(&answer->bytes, length + 1);
    if (place == NULL)
        return;
    for (size_t i = 0; i < length; i++)
        place[i] = (char)(text[i] == '\0' ? 0x1A : text[i]);
    place[length] = '\0';
    answer->cells++;
}

void assay__answer_release(struct assay__answer *answer)
{
    assay__text_release(&answer->bytes);
    assay__text_release(&answer->names);
    memset(answer, 0, sizeof *answer);
}

enum assay_status assay__answer_check(const struct assay__answer *answer, const char *source,
                                      struct assay_error *err)
{
    if (answer->bytes.failed || answer->names.failed)
        return assay__fail_memory(err);
    if (answer->bytes.length > ASSAY__ANSWER_BYTES_MAX)
        return assay__fail_at(err, ASSAY_ERROR_LIMIT, source, 0, 0,
                              "The sums are larger than %d MiB: leave out dimensions with many "
                              "values, or choose a coarser granularity.",
                              ASSAY__ANSWER_BYTES_MAX >> 20);
    if (answer->columns == 0 || answer->columns > ASSAY__ANSWER_COLUMNS_MAX)
        return assay__fail_at(err, ASSAY_ERROR_LIMIT, source, 0, 0,
                              "The answer has %u columns; it may have 1 to %d.", answer->columns,
                              ASSAY__ANSWER_COLUMNS_MAX);
    return ASSAY_OK;
}
