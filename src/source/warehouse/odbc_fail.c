/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What databases say through ODBC when something is wrong, as the statuses there are. */
#include "source/warehouse/odbc_fail.h"

#include <string.h>

#include "base/error.h"
#include "source/warehouse/utf16.h"

/* The first row that fits: a SQLSTATE by its beginning, the database's own number (0: any), a part
 * of the message. Drivers give states that say little, so that numbers and messages come first. */
static const struct row {
    const char *state;
    long native;
    const char *part;
    enum assay_status status;
} ROWS[] = {
    {"", 0, "password authentication failed", ASSAY_ERROR_AUTH},
    {"", 0, "no password supplied", ASSAY_ERROR_AUTH},
    {"", 0, "no pg_hba.conf entry", ASSAY_ERROR_AUTH},
    {"08", 0, "role \"", ASSAY_ERROR_AUTH},
    {"08", 0, "database \"", ASSAY_ERROR_NO_INPUT},
    {"01000", 0, "Can't open lib", ASSAY_ERROR_UNAVAILABLE},
    {"", 1044, "", ASSAY_ERROR_AUTH}, /* MariaDB */
    {"", 1045, "", ASSAY_ERROR_AUTH},
    {"", 1142, "", ASSAY_ERROR_AUTH},
    {"", 1143, "", ASSAY_ERROR_AUTH},
    {"", 1698, "", ASSAY_ERROR_AUTH},
    {"", 1049, "", ASSAY_ERROR_NO_INPUT},
    {"", 1146, "", ASSAY_ERROR_NO_INPUT},
    {"", 1054, "", ASSAY_ERROR_DATA},
    {"", 1317, "", ASSAY_ERROR_TRY_AGAIN},
    {"", 1927, "", ASSAY_ERROR_TRY_AGAIN},
    {"", 1969, "", ASSAY_ERROR_TRY_AGAIN},
    {"", 2002, "", ASSAY_ERROR_TRY_AGAIN},
    {"", 2003, "", ASSAY_ERROR_TRY_AGAIN},
    {"", 2006, "", ASSAY_ERROR_TRY_AGAIN},
    {"", 2013, "", ASSAY_ERROR_TRY_AGAIN},
    {"", 2026, "", ASSAY_ERROR_AUTH},
    {"42501", 0, "", ASSAY_ERROR_AUTH},
    {"28", 0, "", ASSAY_ERROR_AUTH},
    {"42P01", 0, "", ASSAY_ERROR_NO_INPUT},
    {"42S02", 0, "", ASSAY_ERROR_NO_INPUT},
    {"3D000", 0, "", ASSAY_ERROR_NO_INPUT},
    {"3F000", 0, "", ASSAY_ERROR_NO_INPUT},
    {"IM002", 0, "", ASSAY_ERROR_NO_INPUT},
    {"42703", 0, "", ASSAY_ERROR_DATA},
    {"42S22", 0, "", ASSAY_ERROR_DATA},
    {"22", 0, "", ASSAY_ERROR_DATA},
    {"08", 0, "", ASSAY_ERROR_TRY_AGAIN},
    {"40", 0, "", ASSAY_ERROR_TRY_AGAIN},
    {"53", 0, "", ASSAY_ERROR_TRY_AGAIN},
    {"57", 0, "", ASSAY_ERROR_TRY_AGAIN},
    {"58", 0, "", ASSAY_ERROR_TRY_AGAIN},
    {"HYT", 0, "", ASSAY_ERROR_TRY_AGAIN},
    {"HY008", 0, "", ASSAY_ERROR_TRY_AGAIN},
    {"S1T00", 0, "", ASSAY_ERROR_TRY_AGAIN},
    {"", 0, "server closed the connection", ASSAY_ERROR_TRY_AGAIN},
    {"", 0, "terminating connection", ASSAY_ERROR_TRY_AGAIN},
    {"", 0, "statement timeout", ASSAY_ERROR_TRY_AGAIN},
    {"", 0, "user request", ASSAY_ERROR_TRY_AGAIN},
    {"HY001", 0, "", ASSAY_ERROR_MEMORY},
    {"HY013", 0, "", ASSAY_ERROR_MEMORY},
    {"IM", 0, "", ASSAY_ERROR_UNAVAILABLE},
};

enum assay_status assay__odbc_status(const char *state, long native, const char *message)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (strncmp(state, ROWS[i].state, strlen(ROWS[i].state)) == 0 &&
            (ROWS[i].native == 0 || ROWS[i].native == native) &&
            strstr(message, ROWS[i].part) != NULL)
            return ROWS[i].status;
    return ASSAY_ERROR_REMOTE;
}

/* No driver is known to repeat a password; one that did would not be believed. */
static const char *without_password(const struct assay__connection *connection, const char *message)
{
    const char *password = connection->source->login.password;
    bool has_it = password != NULL && password[0] != '\0' && strstr(message, password) != NULL;
    return has_it ? "(its message holds the password)" : message;
}

enum assay_status assay__odbc_fail(const struct assay__connection *connection, SQLSMALLINT kind,
                                   SQLHANDLE handle, struct assay_error *err)
{
    SQLWCHAR state16[6] = {0}, message16[600] = {0};
    SQLINTEGER native = 0;
    SQLSMALLINT length = 0;
    struct assay__text state = {0}, message = {0};
    SQLRETURN code = assay__odbc.SQLGetDiagRecW(kind, handle, 1, state16, &native, message16,
                                                (SQLSMALLINT)(sizeof message16 / 2 - 1), &length);
    if (SQL_SUCCEEDED(code)) {
        size_t count = length < 0 ? 0 : (size_t)length;
        count = count < sizeof message16 / 2 - 1 ? count : sizeof message16 / 2 - 1;
        assay__utf16_append(&state, state16, 5);
        assay__utf16_append(&message, message16, count);
    }
    assay__text_putc(&state, '\0');
    assay__text_putc(&message, '\0');
    enum assay_status status;
    if (state.failed || message.failed)
        status = assay__fail_memory(err);
    else if (atomic_load(&connection->is_cancelled))
        status = assay__connection_stopped(connection, err);
    else
        status = assay__connection_fail(
            connection, assay__odbc_status(state.data, native, message.data), err,
            "%.5s, %ld: %.500s", state.data[0] == '\0' ? "HY000" : state.data, (long)native,
            without_password(connection, message.data));
    assay__text_release(&state);
    assay__text_release(&message);
    return status;
}
