/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "silent_odbc.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/odbc_library.h"

/* A connection, and its only statement. */
struct fake {
    char step[32];
    bool is_deaf, is_cancelled;
    unsigned asked, fetched, tried;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;
static bool is_back;
static unsigned waiting, opened;

/* Waits where the network is silent, and fails. */
static SQLRETURN pass(struct fake *fake, const char *step)
{
    if (strcmp(fake->step, step) != 0)
        return SQL_SUCCESS;
    pthread_mutex_lock(&lock);
    waiting++;
    while (!is_back && (!fake->is_cancelled || fake->is_deaf))
        pthread_cond_wait(&change, &lock);
    pthread_mutex_unlock(&lock);
    return SQL_ERROR;
}

static SQLRETURN cancel(SQLHSTMT handle)
{
    struct fake *fake = handle;
    pthread_mutex_lock(&lock);
    fake->is_cancelled = true;
    pthread_cond_broadcast(&change);
    while (fake->is_deaf && !is_back)
        pthread_cond_wait(&change, &lock);
    pthread_mutex_unlock(&lock);
    return SQL_SUCCESS;
}

static SQLRETURN alloc_handle(SQLSMALLINT kind, SQLHANDLE of, SQLHANDLE *out)
{
    static int environment;
    *out = kind == SQL_HANDLE_ENV ? &environment : of;
    if (kind != SQL_HANDLE_DBC)
        return SQL_SUCCESS;
    *out = calloc(1, sizeof(struct fake));
    pthread_mutex_lock(&lock);
    opened++;
    pthread_mutex_unlock(&lock);
    return *out == NULL ? SQL_ERROR : SQL_SUCCESS;
}

static SQLRETURN free_handle(SQLSMALLINT kind, SQLHANDLE handle)
{
    if (kind != SQL_HANDLE_DBC)
        return SQL_SUCCESS;
    free(handle);
    pthread_mutex_lock(&lock);
    opened--;
    pthread_mutex_unlock(&lock);
    return SQL_SUCCESS;
}

static SQLRETURN driver_connect(SQLHDBC database, SQLHWND window, SQLWCHAR *in, SQLSMALLINT length,
                                SQLWCHAR *out, SQLSMALLINT size, SQLSMALLINT *needed,
                                SQLUSMALLINT how)
{
    static const size_t PREFIX = sizeof "DSN=" - 1;
    struct fake *fake = database;
    (void)window, (void)length, (void)out, (void)size, (void)needed, (void)how;
    for (size_t i = 0; in[PREFIX + i] != 0 && i + 1 < sizeof fake->step; i++)
        fake->step[i] = (char)in[PREFIX + i];
    char *end = strstr(fake->step, "-deaf");
    fake->is_deaf = end != NULL;
    if (end != NULL)
        *end = '\0';
    fake->tried++;
    return strcmp(fake->step, "wrong") == 0 || strcmp(fake->step, "lost") == 0
               ? SQL_ERROR
               : pass(fake, "login");
}

static SQLRETURN exec_direct(SQLHSTMT handle, SQLWCHAR *text, SQLINTEGER length)
{
    struct fake *fake = handle;
    (void)text, (void)length;
    fake->asked++;
    fake->fetched = 0;
    return pass(fake, fake->asked == 1 ? "first" : "statement");
}

/* The first statement has one row; the second one has rows as long as somebody waits for one. */
static SQLRETURN fetch(SQLHSTMT handle)
{
    struct fake *fake = handle;
    bool is_end = fake->asked > 1 ? strcmp(fake->step, "end") == 0 : fake->fetched > 0;
    fake->fetched++;
    if (fake->asked > 1 && fake->fetched > 2)
        return pass(fake, "rows");
    return is_end ? SQL_NO_DATA : SQL_SUCCESS;
}

static SQLRETURN get_data(SQLHSTMT handle, SQLUSMALLINT column, SQLSMALLINT type, SQLPOINTER out,
                          SQLLEN size, SQLLEN *left)
{
    static const SQLWCHAR LETTERS[] = {'c', 'a', 'f', 0xE9, 0};
    struct fake *fake = handle;
    (void)column, (void)type, (void)size;
    memcpy(out, LETTERS, sizeof LETTERS);
    *left = sizeof LETTERS - sizeof *LETTERS;
    return fake->asked > 1 ? pass(fake, "cell") : SQL_SUCCESS;
}

static SQLRETURN count_columns(SQLHSTMT handle, SQLSMALLINT *count)
{
    (void)handle;
    *count = 1;
    return SQL_SUCCESS;
}

static SQLRETURN describe(SQLHSTMT handle, SQLUSMALLINT column, SQLWCHAR *name, SQLSMALLINT size,
                          SQLSMALLINT *length, SQLSMALLINT *type, SQLULEN *width,
                          SQLSMALLINT *digits, SQLSMALLINT *nullable)
{
    (void)handle, (void)column, (void)size, (void)type, (void)width, (void)digits, (void)nullable;
    name[0] = 'a';
    *length = 1;
    return SQL_SUCCESS;
}

static SQLRETURN get_info(SQLHDBC database, SQLUSMALLINT what, SQLPOINTER out, SQLSMALLINT size,
                          SQLSMALLINT *length)
{
    static const char NAME[] = "Snowflake"; /* no plan of execution is asked for */
    SQLWCHAR *to = out;
    (void)database, (void)what, (void)size;
    for (size_t i = 0; i < sizeof NAME; i++)
        to[i] = (SQLWCHAR)NAME[i];
    *length = 2 * (sizeof NAME - 1);
    return SQL_SUCCESS;
}

static SQLRETURN get_error(SQLSMALLINT kind, SQLHANDLE handle, SQLSMALLINT number, SQLWCHAR *state,
                           SQLINTEGER *native, SQLWCHAR *message, SQLSMALLINT size,
                           SQLSMALLINT *length)
{
    enum { TRIES_LOST = 3 };
    static const char GONE[] = "08S01", REFUSED[] = "28000", NO_DRIVER[] = "01000";
    static const char MESSAGE[] = "[unixODBC][Driver Manager]Can't open lib";
    const struct fake *fake = handle;
    bool is_lost = strcmp(fake->step, "lost") == 0;
    bool has_driver = !is_lost || fake->tried > TRIES_LOST;
    const char *text = is_lost || strcmp(fake->step, "wrong") == 0 ? REFUSED : GONE;
    const char *said = has_driver ? "x" : MESSAGE;
    (void)kind, (void)number, (void)size;
    for (size_t i = 0; i < sizeof GONE; i++)
        state[i] = (SQLWCHAR)(has_driver ? text : NO_DRIVER)[i];
    *native = 0;
    *length = (SQLSMALLINT)strlen(said);
    for (SQLSMALLINT i = 0; i <= *length; i++)
        message[i] = (SQLWCHAR)said[i];
    return SQL_SUCCESS;
}

static SQLRETURN end_transaction(SQLSMALLINT kind, SQLHANDLE handle, SQLSMALLINT how)
{
    (void)kind;
    return how == SQL_ROLLBACK ? pass(handle, "end") : SQL_SUCCESS;
}

static SQLRETURN close_cursor(SQLHSTMT handle, SQLUSMALLINT option)
{
    (void)handle, (void)option;
    return SQL_SUCCESS;
}

static SQLRETURN disconnect(SQLHDBC database)
{
    (void)database;
    return SQL_SUCCESS;
}

static SQLRETURN set(SQLHANDLE handle, SQLINTEGER name, SQLPOINTER value, SQLINTEGER length)
{
    (void)handle, (void)name, (void)value, (void)length;
    return SQL_SUCCESS;
}

void silent_odbc_use(void)
{
    assay__odbc = (struct assay__odbc_functions){.SQLAllocHandle = alloc_handle,
                                                 .SQLCancel = cancel,
                                                 .SQLDescribeColW = describe,
                                                 .SQLDisconnect = disconnect,
                                                 .SQLDriverConnectW = driver_connect,
                                                 .SQLEndTran = end_transaction,
                                                 .SQLExecDirectW = exec_direct,
                                                 .SQLFetch = fetch,
                                                 .SQLFreeHandle = free_handle,
                                                 .SQLFreeStmt = close_cursor,
                                                 .SQLGetData = get_data,
                                                 .SQLGetDiagRecW = get_error,
                                                 .SQLGetInfoW = get_info,
                                                 .SQLNumResultCols = count_columns,
                                                 .SQLSetConnectAttrW = set,
                                                 .SQLSetEnvAttr = set,
                                                 .SQLSetStmtAttrW = set};
    is_back = false;
    waiting = 0;
}

static unsigned locked(const unsigned *count)
{
    pthread_mutex_lock(&lock);
    unsigned value = *count;
    pthread_mutex_unlock(&lock);
    return value;
}

unsigned silent_odbc_waiting(void)
{
    return locked(&waiting);
}

unsigned silent_odbc_open(void)
{
    return locked(&opened);
}

void silent_odbc_return(void)
{
    pthread_mutex_lock(&lock);
    is_back = true;
    pthread_cond_broadcast(&change);
    pthread_mutex_unlock(&lock);
}
