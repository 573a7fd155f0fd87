/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Smaller promises of the endpoint: conditions, page sizes, labels, long scans, headers, defaults.
 */
#include <sqlite3.h>

#include "serve/store/store.h"
#include "serve_client.h"

#define BODY(result) "{\"parent\":\"" PARENT "\",\"analysisResult\":" result "}"

static struct endpoint endpoint;

static void start(void)
{
    endpoint_init(&endpoint);
}

static void stop(void)
{
    endpoint_release(&endpoint);
}

static struct reply ask_if(const char *method, const char *path, const char *condition)
{
    const char *const headers[] = {ALICE, condition, NULL};
    return ask(&endpoint, method, path, headers, NULL);
}

/* The ETag of a stored result, quotes included. */
static void read_etag(const char *path, char out[64])
{
    struct reply reply = ask_alice(&endpoint, "HEAD", path, NULL);
    const char *etag = strstr(reply.headers.data, "ETag: ");
    ck_assert_ptr_nonnull(etag);
    snprintf(out, 64, "%.*s", (int)strcspn(etag + 6, "\r"), etag + 6);
    reply_release(&reply);
}

START_TEST(conditions_are_lists_and_weak_tags_match_reads_only)
{
    static const struct {
        const char *method, *format;
        long status;
    } CASES[] = {{"GET", "If-None-Match: %s", 304},
                 {"GET", "If-None-Match: \"x\", %s", 304},
                 {"GET", "If-None-Match: W/%s", 304},
                 {"GET", "If-None-Match: *", 304},
                 {"GET", "If-None-Match: \"x\"", 200},
                 {"HEAD", "If-None-Match: %s", 304},
                 {"GET", "If-Match: \"x\"", 412},
                 {"GET", "If-Match: W/%s", 412},
                 {"GET", "If-Match: \"x\", %s", 200},
                 {"GET", "If-Match: *", 200},
                 {"DELETE", "If-Match: \"x\"", 412},
                 {"DELETE", "If-Match: W/%s", 412},
                 {"DELETE", "If-None-Match: *", 412},
                 {"DELETE", "If-None-Match: %s", 412},
                 {"DELETE", "If-None-Match: W/%s", 412},
                 {"GET", "If-None-Match: \"a*b\"", 200},
                 {"GET", "If-None-Match: * ", 304},
                 {"GET", "If-None-Match: \"x\"\r\nIf-None-Match: %s", 304},
                 {"DELETE", "If-None-Match: \"x\"\r\nif-none-match: %s", 412},
                 {"DELETE", "If-None-Match: \"x\"\r\nIf-None-Match: * ", 412},
                 {"DELETE", "If-Match: \"x\"\r\nIf-Match: \"y\"", 412},
                 {"DELETE", "If-Match: \"x\"\r\nIf-Match: %s", 200}};
    endpoint_start(&endpoint);
    const char *path = COLLECTION "/tagged";
    char etag[64], condition[160];
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=tagged", BODY("{}")), 200,
           "");
    read_etag(path, etag);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *mark = strstr(CASES[i].format, "%s");
        snprintf(condition, sizeof condition, "%.*s%s",
                 mark == NULL ? 100 : (int)(mark - CASES[i].format), CASES[i].format,
                 mark == NULL ? "" : etag);
        struct reply reply = ask_if(CASES[i].method, path, condition);
        ck_assert_msg(reply.status == CASES[i].status, "%s with %s: %ld", CASES[i].method,
                      condition, reply.status);
        reply_release(&reply);
    }
    expect(ask_if("DELETE", path, "If-Match: *"), 404, "");
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=tagged", BODY("{}")), 200,
           "");
    expect(ask_if("DELETE", path, "If-Match: *"), 200, "{}");
    expect(ask_if("DELETE", path, "If-None-Match: *"), 404, "");
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=tagged", BODY("{}")), 200,
           "");
    expect(ask_if("DELETE", path, "If-None-Match: \"x\""), 200, "{}");
}
END_TEST

static unsigned count_of(const char *text, const char *what)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

START_TEST(page_sizes_have_a_default_and_a_largest)
{
    static const struct {
        const char *query;
        unsigned count;
    } CASES[] = {{"", 50},
                 {"?pageSize=0", 50},
                 {"?pageSize=", 50},
                 {"?pageSize=1", 1},
                 {"?pageSize=60", 60},
                 {"?pageSize=5000", 60},
                 {"?pageSize=999999999", 60}};
    endpoint_start(&endpoint);
    for (int i = 0; i < 60; i++)
        expect(ask_alice(&endpoint, "POST", COLLECTION, BODY("{}")), 200, "");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char path[256];
        snprintf(path, sizeof path, COLLECTION "%s", CASES[i].query);
        struct reply reply = ask_alice(&endpoint, "GET", path, NULL);
        ck_assert_int_eq(reply.status, 200);
        ck_assert_uint_eq(count_of(reply.body.data, "\"name\""), CASES[i].count);
        ck_assert_uint_eq(count_of(reply.body.data, "nextPageToken"), CASES[i].count < 60);
        reply_release(&reply);
    }
}
END_TEST

/* Puts results into the database before the server starts. */
static void fill(unsigned count, const struct serve_label *labels, size_t label_count)
{
    struct serve_store *store;
    struct assay_error err = {0};
    char etag[SERVE_ETAG_BYTES];
    serve_etag_make("{\"name\":\"x\"}", 12, etag);
    assert_ok(serve_store_open(endpoint.database, false, &store, &err), &err);
    ck_assert(serve_store_begin(store));
    for (unsigned i = 0; i < count; i++) {
        struct serve_record record = {.place = {.workflow = "checkout", .instance = "july"},
                                      .document = "{\"name\":\"x\"}",
                                      .document_length = 12,
                                      .etag = etag,
                                      .creator = "alice",
                                      .labels = labels,
                                      .label_count = label_count};
        snprintf(record.place.id, sizeof record.place.id, "stored-%u", i);
        ck_assert_int_eq(serve_store_insert(store, &record), SERVE_DONE);
    }
    ck_assert(serve_store_commit(store));
    serve_store_close(store);
}

/* Follows the pages of a list to its end; returns the results and sets the number of pages. */
static unsigned follow(const char *base, unsigned *pages)
{
    char path[512];
    unsigned count = 0;
    snprintf(path, sizeof path, "%s", base);
    for (*pages = 1;; ++*pages) {
        struct reply reply = ask_alice(&endpoint, "GET", path, NULL);
        ck_assert_msg(reply.status == 200, "%s: %s", path, reply.body.data);
        count += count_of(reply.body.data, "\"name\"");
        const char *token = strstr(reply.body.data, "\"nextPageToken\":\"");
        if (token != NULL)
            snprintf(path, sizeof path, "%s&pageToken=%.32s", base, token + 17);
        reply_release(&reply);
        if (token == NULL)
            return count;
    }
}

/* A page ends after 2,000 candidates, with or without results, and the list goes on behind it. */
START_TEST(lists_that_find_little_end_their_pages_and_go_on)
{
    const struct serve_label labels[] = {{"team", "growth"}, {"stage", "done"}};
    enum { COUNT = 4500 };
    static const struct {
        const char *path;
        unsigned count, pages;
    } CASES[] = {
        {COLLECTION "?pageSize=1000&filter=labels:absent", 0, 3},
        {COLLECTION "?pageSize=1000&filter=labels.team=absent", 0, 1},
        {COLLECTION "?pageSize=1000&filter=labels.team=growth+AND+labels.stage=open", 0, 1},
        {COLLECTION "?pageSize=1000&filter=labels.team=growth+AND+labels:absent", 0, 3},
        {"/v2/workflows/-/instances/june/analysisResults?pageSize=1000", 0, 1},
        {"/v2/workflows/other/instances/-/analysisResults?filter=labels.team=growth", 0, 3},
        {"/v2/workflows/-/instances/july/analysisResults?pageSize=1000&filter=labels:stage", COUNT,
         5},
        {COLLECTION "?pageSize=1000&filter=labels.stage=done+AND+labels.team=growth", COUNT, 5}};
    fill(COUNT, labels, 2);
    endpoint_start(&endpoint);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        unsigned pages, count = follow(CASES[i].path, &pages);
        ck_assert_msg(count == CASES[i].count && pages == CASES[i].pages,
                      "%s: %u results on %u pages", CASES[i].path, count, pages);
    }
}
END_TEST

START_TEST(members_that_are_null_are_absent_at_any_depth)
{
    endpoint.options.strict = true;
    endpoint_start(&endpoint);
    struct reply reply = ask_alice(
        &endpoint, "POST", COLLECTION,
        "{\"parent\":\"" PARENT "\",\"analysisResultId\":null,\"analysisResult\":{\"labels\":null,"
        "\"results\":[{\"id\":null,\"statsSettings\":{\"adjustedBeta\":{\"value\":null}},"
        "\"result\":[{\"groups\":null,\"comparisonId\":\"a-vs-b\"}]}],\"treatments\":[{\"id\":"
        "\"t\","
        "\"recommendation\":{\"status\":null}}]}}");
    ck_assert_msg(reply.status == 200, "%s", reply.body.data);
    ck_assert_ptr_null(strstr(reply.body.data, "null"));
    ck_assert_ptr_nonnull(strstr(reply.body.data, "\"adjustedBeta\":{}"));
    ck_assert_ptr_nonnull(strstr(reply.body.data, "[{\"comparisonId\":\"a-vs-b\"}]"));
    reply_release(&reply);
    expect(ask_alice(&endpoint, "POST", COLLECTION, BODY("{\"results\":[null]}")), 400,
           "analysisResult.results[0]");
}
END_TEST

START_TEST(labels_have_a_largest_number)
{
    static char body[8192];
    endpoint_start(&endpoint);
    for (int count = 64; count <= 65; count++) {
        int at = snprintf(body, sizeof body,
                          "{\"parent\":\"" PARENT "\",\"analysisResult\":{\"labels\":[{\"key\":1}");
        for (int i = 1; i < count; i++)
            at += snprintf(body + at, sizeof body - (size_t)at,
                           ",{\"key\":\"k%d\",\"value\":\"v\"}", i);
        snprintf(body + at, sizeof body - (size_t)at, "]}}");
        expect(ask_alice(&endpoint, "POST", COLLECTION, body), count == 64 ? 200 : 400,
               count == 64 ? "\"k63\"" : "\"field\":\"analysisResult.labels\"");
    }
}
END_TEST

START_TEST(errors_are_statuses_and_answers_are_not_to_be_sniffed_or_kept)
{
    static const struct {
        const char *method, *path, *body;
        long status;
    } CASES[] = {{"GET", "/healthz", NULL, 200},
                 {"GET", COLLECTION, NULL, 200},
                 {"GET", COLLECTION "/absent", NULL, 404},
                 {"POST", COLLECTION, "{", 400},
                 {"PUT", COLLECTION, "{}", 405}};
    static const char *const HEADERS[] = {
        "Content-Type: application/json\r", "X-Content-Type-Options: nosniff\r",
        "Cache-Control: private, no-cache\r", "Referrer-Policy: no-referrer\r",
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r"};
    endpoint_start(&endpoint);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct reply reply = ask_alice(&endpoint, CASES[i].method, CASES[i].path, CASES[i].body);
        ck_assert_int_eq(reply.status, CASES[i].status);
        for (size_t k = 0; k < sizeof HEADERS / sizeof *HEADERS; k++)
            ck_assert_msg(strstr(reply.headers.data, HEADERS[k]) != NULL, "%s has no %s",
                          CASES[i].path, HEADERS[k]);
        if (reply.status >= 400) {
            ck_assert_int_eq(strncmp(reply.body.data, "{\"code\":", 8), 0);
            ck_assert_ptr_nonnull(strstr(reply.body.data, ",\"message\":\""));
            ck_assert_ptr_nonnull(strstr(reply.body.data, ",\"details\":["));
        }
        reply_release(&reply);
    }
}
END_TEST

START_TEST(database_is_in_wal_mode_and_default_address_is_loopback)
{
    sqlite3 *database;
    sqlite3_stmt *statement;
    ck_assert_str_eq(endpoint.options.address, "127.0.0.1");
    endpoint_start(&endpoint);
    ck_assert_int_eq(sqlite3_open(endpoint.database, &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(database, "PRAGMA journal_mode", -1, &statement, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    ck_assert_str_eq((const char *)sqlite3_column_text(statement, 0), "wal");
    sqlite3_finalize(statement);
    sqlite3_close(database);
}
END_TEST

/* The manual's 8 MiB, to the byte. */
START_TEST(bodies_have_eight_mebibytes_unless_told_otherwise)
{
    enum { MOST = 8388608 };
    static char body[MOST + 2];
    static const char END[] = BODY("{}");
    endpoint_start(&endpoint);
    memset(body, ' ', MOST + 1);
    memcpy(body, END, sizeof END - 1);
    expect(ask_alice(&endpoint, "POST", COLLECTION, body), 413, "longer than 8388608 bytes");
    body[MOST] = '\0';
    expect(ask_alice(&endpoint, "POST", COLLECTION, body), 200, PARENT);
}
END_TEST

/* Blanks around a token are not of it; anything else is. */
START_TEST(tokens_are_read_without_the_blanks_around_them)
{
#define TOKEN "alices-token-0123456789"
    static const struct {
        const char *header;
        long status;
    } CASES[] = {{"Authorization: Bearer " TOKEN, 200},
                 {"Authorization: bearer    " TOKEN, 200},
                 {"Authorization: Bearer " TOKEN " \t  ", 200},
                 {"Authorization: Bearer " TOKEN "\t", 200},
                 {"Authorization: Bearer " TOKEN ",", 401},
                 {"Authorization: Bearer " TOKEN " x", 401},
                 {"Authorization: Bearer alices-token-012345678", 401},
                 {"Authorization: Bearer  ", 401},
                 {"Authorization: Bearer" TOKEN, 401},
                 {"Authorization: " TOKEN, 401}};
    endpoint_start(&endpoint);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *const headers[] = {CASES[i].header, NULL};
        struct reply reply = ask(&endpoint, "GET", COLLECTION, headers, NULL);
        ck_assert_msg(reply.status == CASES[i].status, "'%s': %ld", CASES[i].header, reply.status);
        reply_release(&reply);
    }
}
END_TEST

/* Runs a statement on the database; the number it gives, or -1. */
static int run_sql(const char *sql)
{
    sqlite3 *database;
    sqlite3_stmt *statement;
    ck_assert_int_eq(sqlite3_open(endpoint.database, &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
    int number = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) : -1;
    ck_assert_int_eq(sqlite3_finalize(statement), SQLITE_OK);
    sqlite3_close(database);
    return number;
}

/* Tables of before versions were kept have version 0 and are taken over, with what is in them. */
START_TEST(database_keeps_the_version_of_its_tables)
{
    fill(1, NULL, 0);
    ck_assert_int_eq(run_sql("PRAGMA user_version"), 1);
    run_sql("PRAGMA user_version = 0");
    endpoint_start(&endpoint);
    expect(ask_alice(&endpoint, "GET", COLLECTION "/stored-0", NULL), 200, "{\"name\":\"x\"}");
    ck_assert_int_eq(run_sql("PRAGMA user_version"), 1);
}
END_TEST

START_TEST(database_of_a_newer_version_is_left_as_it_is)
{
    static const int VERSIONS[] = {2, 2000000000, -1};
    fill(1, NULL, 0);
    for (size_t i = 0; i < sizeof VERSIONS / sizeof *VERSIONS; i++) {
        struct assay_error err = {0};
        struct serve_store *store;
        char sql[64], said[64];
        size_t before, after;
        snprintf(sql, sizeof sql, "PRAGMA user_version = %d", VERSIONS[i]);
        snprintf(said, sizeof said, "are of version %d; this assay serve knows version 1.",
                 VERSIONS[i]);
        run_sql(sql);
        char *old = test_read_file(endpoint.database, &before);
        ck_assert_int_eq(serve_start(&endpoint.options, &endpoint.server, &err), ASSAY_ERROR_DATA);
        ck_assert_str_eq(err.file, endpoint.database);
        ck_assert_msg(strstr(err.message, said) != NULL, "%s", err.message);
        ck_assert_int_eq(serve_store_open(endpoint.database, true, &store, &err), ASSAY_ERROR_DATA);
        char *new = test_read_file(endpoint.database, &after);
        ck_assert_uint_eq(before, after);
        ck_assert_mem_eq(old, new, before);
        free(old);
        free(new);
    }
}
END_TEST

/* A database with tables of another program is not even switched to WAL. */
START_TEST(database_of_another_program_is_left_as_it_is)
{
    sqlite3 *database;
    struct assay_error err = {0};
    size_t before, after;
    ck_assert_int_eq(sqlite3_open(endpoint.database, &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(database, "CREATE TABLE result (x)", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(database);
    char *old = test_read_file(endpoint.database, &before);
    ck_assert_int_eq(serve_start(&endpoint.options, &endpoint.server, &err), ASSAY_ERROR_DATA);
    ck_assert_str_eq(err.file, endpoint.database);
    char *new = test_read_file(endpoint.database, &after);
    ck_assert_uint_eq(before, after);
    ck_assert_mem_eq(old, new, before);
    free(old);
    free(new);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, conditions_are_lists_and_weak_tags_match_reads_only);
    tcase_add_test(cases, page_sizes_have_a_default_and_a_largest);
    tcase_add_test(cases, lists_that_find_little_end_their_pages_and_go_on);
    tcase_add_test(cases, members_that_are_null_are_absent_at_any_depth);
    tcase_add_test(cases, labels_have_a_largest_number);
    tcase_add_test(cases, errors_are_statuses_and_answers_are_not_to_be_sniffed_or_kept);
    tcase_add_test(cases, bodies_have_eight_mebibytes_unless_told_otherwise);
    tcase_add_test(cases, tokens_are_read_without_the_blanks_around_them);
    tcase_add_test(cases, database_keeps_the_version_of_its_tables);
    tcase_add_test(cases, database_of_a_newer_version_is_left_as_it_is);
    tcase_add_test(cases, database_of_another_program_is_left_as_it_is);
    tcase_add_test(cases, database_is_in_wal_mode_and_default_address_is_loopback);
}

int main(void)
{
    return test_main("serve_contract", add);
}
