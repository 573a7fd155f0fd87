/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ClickHouse by HTTP. The server keeps the answer until all of it is there, so that what is wrong
 * in the midst is the status of the answer; settings let it read only, for so long at most.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/curl_library.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "source/warehouse/engine.h"

enum {
    CONNECT_SECONDS = 10,
    KILL_SECONDS = 4,
    OLDEST_MAJOR = 22,
    OLDEST_MINOR = 8,
    URL_MAX = 4000
};

struct clickhouse_connection {
    struct assay__connection base;
    CURL *curl;
    struct curl_slist *headers;
    char server[ASSAY__SOURCE_BYTES_MAX + 1]; /* http://host:port */
    const char *database;                     /* in source->where; NULL: the user's own */
    char query_id[48];
    uint64_t asked; /* how often */
};

/* An answer on its way. */
struct body {
    struct assay__connection *connection;
    struct assay__text bytes;
    bool is_too_large, is_for_all; /* is_for_all: it is not given up when all else is */
};

static struct clickhouse_connection *of(struct assay__connection *connection)
{
    return (struct clickhouse_connection *)(void *)connection;
}

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    struct body *body = context;
    assay__text_append(&body->bytes, bytes, size * count);
    body->is_too_large = body->bytes.length > ASSAY__ANSWER_BYTES_MAX;
    return body->bytes.failed || body->is_too_large ? 0 : size * count;
}

static int is_given_up(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct body *body = context;
    (void)a, (void)b, (void)c, (void)d;
    return !body->is_for_all && atomic_load(&body->connection->is_cancelled);
}

/* The number in "Code: 60. DB::Exception: ..."; 0 for none. */
static long code_of(const char *text)
{
    const char *at = strstr(text, "Code: ");
    return at == NULL ? 0 : strtol(at + 6, NULL, 10);
}

static enum assay_status status_of(long code)
{
    static const struct {
        long code;
        enum assay_status status;
    } ROWS[] = {
        {32, ASSAY_ERROR_TRY_AGAIN}, /* a shard of the server's is gone */
        {60, ASSAY_ERROR_NO_INPUT},   {81, ASSAY_ERROR_NO_INPUT},   {16, ASSAY_ERROR_DATA},
        {47, ASSAY_ERROR_DATA},       {69, ASSAY_ERROR_DATA},       {407, ASSAY_ERROR_DATA},
        {164, ASSAY_ERROR_AUTH},      {192, ASSAY_ERROR_AUTH},      {193, ASSAY_ERROR_AUTH},
        {194, ASSAY_ERROR_AUTH},      {497, ASSAY_ERROR_AUTH},      {516, ASSAY_ERROR_AUTH},
        {159, ASSAY_ERROR_TRY_AGAIN}, {202, ASSAY_ERROR_TRY_AGAIN}, {209, ASSAY_ERROR_TRY_AGAIN},
        {210, ASSAY_ERROR_TRY_AGAIN}, {241, ASSAY_ERROR_TRY_AGAIN}, {243, ASSAY_ERROR_TRY_AGAIN},
        {279, ASSAY_ERROR_TRY_AGAIN}, {394, ASSAY_ERROR_TRY_AGAIN}};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (ROWS[i].code == code)
            return ROWS[i].status;
    return ASSAY_ERROR_REMOTE;
}

static enum assay_status fail_curl(struct clickhouse_connection *self, CURLcode code,
                                   const struct body *body, struct assay_error *err)
{
    if (body->bytes.failed || code == CURLE_OUT_OF_MEMORY)
        return assay__fail_memory(err);
    if (body->is_too_large)
        return assay__connection_fail(&self->base, ASSAY_ERROR_LIMIT, err,
                                      "The sums are larger than %d MiB.",
                                      ASSAY__ANSWER_BYTES_MAX >> 20);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return assay__connection_stopped(&self->base, err);
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return assay__connection_fail(&self->base, ASSAY_ERROR_USAGE, err,
                                      "This is not a server: write clickhouse:http://host:8123/"
                                      "database.");
    if (code == CURLE_SSL_CACERT_BADFILE)
        return assay__connection_fail(&self->base, ASSAY_ERROR_NO_INPUT, err,
                                      "The file of certificates cannot be read.");
    return assay__connection_fail(&self->base,
                                  code == CURLE_PEER_FAILED_VERIFICATION ? ASSAY_ERROR_AUTH
                                                                         : ASSAY_ERROR_TRY_AGAIN,
                                  err, "%s.", curl_easy_strerror(code));
}

/* The parameters of a request, behind the server's address. */
static enum assay_status make_url(const struct clickhouse_connection *self, bool is_statement,
                                  char out[URL_MAX], struct assay_error *err)
{
    uint32_t seconds = self->base.source->seconds;
    char *database =
        self->database == NULL ? NULL : curl_easy_escape(self->curl, self->database, 0);
    char limit[64] = "";
    if (self->database != NULL && database == NULL)
        return assay__fail_memory(err);
    if (seconds > 0)
        snprintf(limit, sizeof limit, "&max_execution_time=%u", seconds);
    int length = snprintf(out, URL_MAX, "%s/?%s%s%s", self->server,
                          database == NULL ? "" : "database=", database == NULL ? "" : database,
                          database == NULL ? "" : "&");
    if (is_statement && length > 0 && length < URL_MAX)
        length += snprintf(out + length, (size_t)(URL_MAX - length),
                           "readonly=2&wait_end_of_query=1&default_format=TabSeparatedWithNames&"
                           "cancel_http_readonly_queries_on_client_close=1&query_id=%s%s",
                           self->query_id, limit);
    curl_free(database);
    return length > 0 && length < URL_MAX
               ? ASSAY_OK
               : assay__fail(err, ASSAY_ERROR_LIMIT, "The name of a source is too long.");
}

/* Posts text; *status is that of HTTP. */
static enum assay_status post(struct clickhouse_connection *self, const char *url, const char *text,
                              long seconds, struct body *body, long *status,
                              struct assay_error *err)
{
    CURL *curl = self->curl;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, self->headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(text));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_given_up);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, body);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (self->base.source->login.ca_file != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL); /* or the system's are trusted as well */
        curl_easy_setopt(curl, CURLOPT_CAINFO, self->base.source->login.ca_file);
    }
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        return fail_curl(self, code, body, err);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
    assay__text_putc(&body->bytes, '\0'); /* a text in any case */
    return body->bytes.failed ? assay__fail_memory(err) : ASSAY_OK;
}

/* What was given up goes on in the server unless it is told: by a request that is not read only. */
static void kill_query(struct clickhouse_connection *self)
{
    char url[URL_MAX], text[100];
    long status;
    struct body body = {.connection = &self->base, .is_for_all = true};
    snprintf(text, sizeof text, "kill query where query_id = '%s' async", self->query_id);
    if (make_url(self, false, url, NULL) == ASSAY_OK &&
        post(self, url, text, KILL_SECONDS, &body, &status, NULL) != ASSAY_OK)
        body.is_too_large = false; /* nothing more can be done */
    assay__text_release(&body.bytes);
}

/* A cell of TabSeparated, to its end; *at is then behind its tab or line end. */
static void take_cell(const char **at, const char *end, struct assay__text *out)
{
    static const char NAMES[] = "btnfr0", VALUES[] = "\b\t\n\f\r";
    out->length = 0;
    const char *from = *at;
    for (; from < end && *from != '\t' && *from != '\n'; from++) {
        if (*from != '\\' || from + 1 == end) {
            assay__text_putc(out, *from);
            continue;
        }
        from++;
        const char *name = *from == '\0' ? NULL : strchr(NAMES, *from);
        if (*from != 'N') /* \N is NULL */
            assay__text_putc(out, name == NULL ? *from : VALUES[name - NAMES]);
    }
    *at = from < end ? from + 1 : from;
}

static enum assay_status read_answer(struct clickhouse_connection *self, const struct body *body,
                                     struct assay__answer *answer, struct assay_error *err)
{
    const char *at = body->bytes.data, *end = at + body->bytes.length - 1;
    struct assay__text cell = {0};
    bool is_name = true, is_last;
    enum assay_status status = ASSAY_OK;
    if (at == end || end[-1] != '\n')
        return assay__connection_fail(&self->base, ASSAY_ERROR_TRY_AGAIN, err,
                                      "The answer was cut off.");
    while (at < end && !cell.failed) {
        take_cell(&at, end, &cell);
        is_last = at[-1] == '\n';
        const char *text = cell.length == 0 ? "" : cell.data;
        if (is_name)
            assay__answer_name(answer, text, cell.length);
        else
            assay__answer_cell(answer, text, cell.length);
        is_name = is_name && !is_last;
    }
    if (cell.failed)
        status = assay__fail_memory(err);
    assay__text_release(&cell);
    if (status == ASSAY_OK && answer->columns > 0 && answer->cells % answer->columns != 0)
        status = assay__connection_fail(&self->base, ASSAY_ERROR_REMOTE, err,
                                        "The answer is not a table: \"%.200s\".", body->bytes.data);
    return status;
}

static enum assay_status ask(struct assay__connection *connection, const char *statement,
                             struct assay__answer *answer, struct assay_error *err)
{
    struct clickhouse_connection *self = of(connection);
    struct body body = {.connection = connection};
    char url[URL_MAX];
    long http = 0;
    self->asked++;
    snprintf(self->query_id, sizeof self->query_id, "assay-%016llx%016llx",
             (unsigned long long)assay__hash(&self, sizeof self),
             (unsigned long long)assay__hash(&self->asked, sizeof self->asked));
    enum assay_status status = make_url(self, true, url, err);
    if (status == ASSAY_OK)
        status = post(self, url, statement, 0, &body, &http, err);
    if (atomic_load(&connection->is_cancelled)) {
        kill_query(self);
        status = assay__connection_stopped(connection, err);
    }
    if (status == ASSAY_OK && (http == 401 || http == 403) && code_of(body.bytes.data) == 0)
        status = assay__connection_fail(connection, ASSAY_ERROR_AUTH, err,
                                        "The server refused the login (HTTP %ld).", http);
    else if (status == ASSAY_OK && http != 200)
        status = assay__connection_fail(
            connection, status_of(code_of(body.bytes.data)), err, "HTTP %ld, %.500s", http,
            body.bytes.data[0] == '\0' ? "without a word" : body.bytes.data);
    if (status == ASSAY_OK)
        status = read_answer(self, &body, answer, err);
    assay__text_release(&body.bytes);
    return status;
}

static void close_connection(struct assay__connection *connection)
{
    struct clickhouse_connection *self = of(connection);
    for (struct curl_slist *header = self->headers; header != NULL; header = header->next)
        explicit_bzero(header->data, strlen(header->data));
    curl_slist_free_all(self->headers);
    curl_easy_cleanup(self->curl);
    assay__free(self);
}

static enum assay_status add_header(struct clickhouse_connection *self, const char *name,
                                    const char *value, struct assay_error *err)
{
    struct assay__text text = {0};
    if (value == NULL)
        return ASSAY_OK;
    if (value[strcspn(value, "\r\n")] != '\0')
        return assay__fail(err, ASSAY_ERROR_USAGE, "A login must not contain line breaks.");
    assay__text_format(&text, value[0] == '\0' ? "%s;%s" : "%s: %s", name, value);
    struct curl_slist *list = text.failed ? NULL : curl_slist_append(self->headers, text.data);
    if (text.data != NULL)
        explicit_bzero(text.data, text.length);
    assay__text_release(&text);
    if (list == NULL)
        return assay__fail_memory(err);
    self->headers = list;
    return ASSAY_OK;
}

/* http://host:port and what stands behind the next slash. */
static enum assay_status split(struct clickhouse_connection *self, struct assay_error *err)
{
    const char *where = self->base.source->where;
    const char *scheme = strstr(where, "://");
    size_t host = scheme == NULL ? 0 : (size_t)(scheme - where) + 3;
    size_t length = host + strcspn(where + host, "/");
    if (where[strcspn(where, "@")] != '\0')
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "A login does not belong in the name of a source, which others on "
                           "this machine can read: put it into a file of credentials or the "
                           "environment.");
    if (scheme == NULL || where[host] == '\0' || where[strcspn(where, "?#")] != '\0')
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "This is not a server: write clickhouse:http://host:8123/database.");
    memcpy(self->server, where, length);
    self->server[length] = '\0';
    self->database = where[length] == '\0' || where[length + 1] == '\0' ? NULL : where + length + 1;
    return ASSAY_OK;
}

/* Named subqueries, windows and numbers of 256 bits came one after the other. */
static enum assay_status check_version(struct clickhouse_connection *self, struct assay_error *err)
{
    struct body body = {.connection = &self->base};
    char url[URL_MAX], *end;
    long http = 0;
    enum assay_status status = make_url(self, false, url, err);
    if (status == ASSAY_OK)
        status = post(self, url, "select version()", CONNECT_SECONDS, &body, &http, err);
    if (status == ASSAY_OK && http != 200) {
        long code = code_of(body.bytes.data);
        bool is_login = http == 401 || http == 403 || code == 516;
        status = assay__connection_fail(
            &self->base, is_login ? ASSAY_ERROR_AUTH : status_of(code), err, "HTTP %ld, %.300s",
            http, body.bytes.data[0] == '\0' ? "without a word" : body.bytes.data);
    }
    if (status == ASSAY_OK) {
        long major = strtol(body.bytes.data, &end, 10);
        long minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
        if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR))
            status = assay__connection_fail(
                &self->base, ASSAY_ERROR_UNAVAILABLE, err,
                "This is ClickHouse %.*s; the statement needs %d.%d, or a later one.",
                (int)strcspn(body.bytes.data, "\n"), body.bytes.data, OLDEST_MAJOR, OLDEST_MINOR);
    }
    assay__text_release(&body.bytes);
    return status;
}

static enum assay_status open_all(struct clickhouse_connection *self, struct assay_error *err)
{
    const struct assay__login *login = &self->base.source->login;
    enum assay_status status = split(self, err);
    if (status == ASSAY_OK)
        status = add_header(self, "X-ClickHouse-User", login->user, err);
    if (status == ASSAY_OK)
        status = add_header(self, "X-ClickHouse-Key", login->password, err);
    if (status != ASSAY_OK)
        return status;
    /* Without a value it is left out: no waiting for a word to go on. */
    struct curl_slist *list = curl_slist_append(self->headers, "Expect:");
    if (list == NULL)
        return assay__fail_memory(err);
    self->headers = list;
    self->curl = curl_easy_init();
    return self->curl == NULL ? assay__fail_memory(err) : check_version(self, err);
}

static void set_up(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT); /* what fails is said by curl_easy_init() */
}

static enum assay_status open_connection(const struct assay__database *source,
                                         struct assay__connection **out, struct assay_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    *out = NULL;
    enum assay_status status = assay__curl_load(err);
    if (status != ASSAY_OK)
        return status;
    pthread_once(&once, set_up);
    struct clickhouse_connection *self = assay__calloc(1, sizeof *self);
    if (self == NULL)
        return assay__fail_memory(err);
    self->base.engine = &assay__engine_clickhouse;
    self->base.source = source;
    self->base.dialect = &assay__sql_clickhouse;
    memcpy(self->base.product, "ClickHouse", sizeof "ClickHouse");
    status = open_all(self, err);
    if (status == ASSAY_OK)
        *out = &self->base;
    else
        close_connection(&self->base);
    return status;
}

/* The transfer looks at is_cancelled by itself. */
static void cancel(struct assay__connection *connection)
{
    (void)connection;
}

const struct assay__engine assay__engine_clickhouse = {.prefix = "clickhouse:",
                                                       .form =
                                                           "clickhouse:http://HOST:PORT/DATABASE",
                                                       .explain = "explain ",
                                                       .open = open_connection,
                                                       .ask = ask,
                                                       .cancel = cancel,
                                                       .close = close_connection};
