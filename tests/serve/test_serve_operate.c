/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What operators rely on: hosts, rights, reloads, probes, counters, log lines, damaged rows. */
#include <arpa/inet.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <time.h>

#include "serve/http/host.h"
#include "serve/store/store.h"
#include "serve_client.h"

#define BODY "{\"parent\":\"" PARENT "\",\"analysisResult\":{\"exposureFilter\":\"%s\"}}"

static struct endpoint endpoint;

static void start(void)
{
    endpoint_init(&endpoint);
}

static void stop(void)
{
    endpoint_release(&endpoint);
}

static void write_tokens(const char *lines)
{
    FILE *file = fopen(endpoint.tokens, "w");
    ck_assert_ptr_nonnull(file);
    fputs(lines, file);
    fclose(file);
}

static struct reply ask_as(const char *token, const char *method, const char *path,
                           const char *body)
{
    char bearer[128];
    snprintf(bearer, sizeof bearer, "Authorization: Bearer %s", token);
    const char *const headers[] = {bearer, body != NULL ? JSON_TYPE : NULL, NULL};
    return ask(&endpoint, method, path, headers, body);
}

static struct reply ask_host(const char *host, const char *path)
{
    char header[400];
    snprintf(header, sizeof header, "Host: %s", host);
    const char *const headers[] = {header, NULL};
    return ask(&endpoint, "GET", path, headers, NULL);
}

START_TEST(hosts_are_this_machine_the_address_and_those_named)
{
    static const struct {
        const char *address, *header;
        bool is_known;
    } CASES[] = {{"127.0.0.1", "localhost", true},
                 {"127.0.0.1", "LocalHost:8080", true},
                 {"127.0.0.1", "localhost.", true},
                 {"127.0.0.1", "a.localhost:1", true},
                 {"127.0.0.1", "127.0.0.1:8080", true},
                 {"127.0.0.1", "127.9.9.9", true},
                 {"127.0.0.1", "[::1]:8080", true},
                 {"127.0.0.1", "[::ffff:127.0.0.1]", true},
                 {"127.0.0.1", NULL, true},
                 {"127.0.0.1", "Results.Example.org:443", true},
                 {"127.0.0.1", "results.example.org.", true},
                 {"127.0.0.1", "dotted.example.org", true},
                 {"127.0.0.1", "[2001:db8::8]:80", true},
                 {"127.0.0.1", "rebind.attacker.example:8080", false},
                 {"127.0.0.1", "localhost.attacker.example", false},
                 {"127.0.0.1", "notlocalhost", false},
                 {"127.0.0.1", "127.0.0.1.attacker.example", false},
                 {"127.0.0.1", "127.0.0.1@attacker.example", false},
                 {"127.0.0.1", "10.0.0.1", false},
                 {"127.0.0.1", "", false},
                 {"127.0.0.1", ":8080", false},
                 {"127.0.0.1", "localhost:80x", false},
                 {"127.0.0.1", "[::1", false},
                 {"127.0.0.1", "[::1]x", false},
                 {"127.0.0.1", "[]", false},
                 {"10.0.0.1", "10.0.0.1:80", true},
                 {"10.0.0.1", "10.0.0.2", false},
                 {"fe80::1", "[FE80::1]:80", true},
                 {"0.0.0.0", "10.0.0.2", true},
                 {"::", "[2001:db8::7]", true},
                 {"0.0.0.0", "attacker.example", false}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct serve_hosts hosts = {
            .is_checked = true,
            .address = CASES[i].address,
            .names = {"results.example.org", "dotted.example.org.", "2001:DB8:0::8"},
            .count = 3};
        ck_assert_msg(serve_host_is_known(&hosts, CASES[i].header) == CASES[i].is_known, "%s at %s",
                      CASES[i].header, CASES[i].address);
        hosts.is_checked = false;
        ck_assert(serve_host_is_known(&hosts, CASES[i].header));
    }
}
END_TEST

START_TEST(open_pages_are_not_for_pages_of_somebody_else)
{
    endpoint.options.open_pages = true;
    endpoint_start(&endpoint);
    expect(ask_host("rebind.attacker.example", "/"), 421, "The host of the request is not a name");
    expect(ask_host("rebind.attacker.example", "/results/a/b/abc"), 421, "");
    expect(ask_host("localhost", "/"), 200, "");
    serve_stop(endpoint.server);
    endpoint.options.open_pages = false;
    endpoint.options.hosts[0] = "results.example.org";
    endpoint.options.host_count = 1;
    endpoint_start(&endpoint);
    expect(ask_host("other.example.org", "/healthz"), 421, "");
    expect(ask_host("results.example.org", "/healthz"), 200, "");
}
END_TEST

START_TEST(rights_of_a_token_hold)
{
    char body[256];
    snprintf(body, sizeof body, BODY, "x");
    write_tokens("reader readers-token-0123456789 read\n"
                 "writer writers-token-0123456789 write\n"
                 "sweeper sweepers-token-0123456789 delete,read\n"
                 "all alls-token-0123456789\n");
    endpoint_start(&endpoint);
    static const char PATH[] = COLLECTION "?analysisResultId=abc";
    expect(ask_as("readers-token-0123456789", "POST", PATH, body), 403,
           "reader does not allow storing");
    expect(ask_as("writers-token-0123456789", "POST", PATH, body), 200, "writer");
    expect(ask_as("writers-token-0123456789", "GET", COLLECTION, NULL), 403,
           "does not allow reading");
    expect(ask_as("writers-token-0123456789", "DELETE", COLLECTION "/abc", NULL), 403,
           "does not allow deleting");
    expect(ask_as("readers-token-0123456789", "GET", COLLECTION "/abc", NULL), 200, "writer");
    expect(ask_as("readers-token-0123456789", "DELETE", COLLECTION "/abc", NULL), 403, "");
    expect(ask_as("sweepers-token-0123456789", "DELETE", COLLECTION "/abc", NULL), 200, "");
    expect(ask_as("alls-token-0123456789", "POST", PATH, body), 200, "");
    expect(ask_as("alls-token-0123456789", "DELETE", COLLECTION "/abc", NULL), 200, "");
}
END_TEST

START_TEST(wrong_rights_are_refused_at_the_start)
{
    static const char *const LISTS[] = {"reed",        "read,",      ",read",
                                        "read,,write", "read write", "READ"};
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        char lines[128];
        struct assay_error err = {0};
        snprintf(lines, sizeof lines, "# who\nname names-token-0123456789 %s\n", LISTS[i]);
        write_tokens(lines);
        ck_assert_int_eq(serve_start(&endpoint.options, &endpoint.server, &err), ASSAY_ERROR_DATA);
        ck_assert_uint_eq(err.line, 2);
    }
}
END_TEST

START_TEST(a_reload_takes_the_new_tokens_or_keeps_the_old)
{
    endpoint_start(&endpoint);
    expect(ask_as("new-token-0123456789", "GET", COLLECTION, NULL), 401, "");
    write_tokens("new new-token-0123456789\n");
    serve_reload(endpoint.server);
    expect(ask_as("new-token-0123456789", "GET", COLLECTION, NULL), 200, "");
    expect(ask_alice(&endpoint, "GET", COLLECTION, NULL), 401, "");
    write_tokens("no line of a file of tokens\n");
    serve_reload(endpoint.server);
    expect(ask_as("new-token-0123456789", "GET", COLLECTION, NULL), 200, "");
    ck_assert_int_eq(unlink(endpoint.tokens), 0);
    serve_reload(endpoint.server);
    expect(ask_as("new-token-0123456789", "GET", COLLECTION, NULL), 200, "");
    const char *const none[] = {NULL};
    struct reply counts = ask(&endpoint, "GET", "/metrics", none, NULL);
    ck_assert_ptr_nonnull(strstr(counts.body.data, "\nassay_serve_reloads_total 1\n"));
    ck_assert_ptr_nonnull(strstr(counts.body.data, "\nassay_serve_reloads_failed_total 2\n"));
    reply_release(&counts);
}
END_TEST

/* The rate of a caller does not begin anew. */
START_TEST(a_reload_gives_no_new_rate)
{
    char body[256];
    snprintf(body, sizeof body, BODY, "x");
    endpoint.options.posts_per_second = 1e-9; /* however long the machine has been up */
    endpoint_start(&endpoint);
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=r-1", body), 200, "");
    serve_reload(endpoint.server);
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=r-2", body), 429, "");
}
END_TEST

START_TEST(probes_and_counters_need_no_token)
{
    const char *const none[] = {NULL};
    endpoint_start(&endpoint);
    expect(ask(&endpoint, "GET", "/readyz", none, NULL), 200, "{\"status\":\"ok\"}");
    expect(ask(&endpoint, "GET", COLLECTION, none, NULL), 401, "");
    struct reply reply = ask(&endpoint, "GET", "/metrics", none, NULL);
    ck_assert_int_eq(reply.status, 200);
    ck_assert_ptr_nonnull(strstr(reply.headers.data, "Content-Type: text/plain; version=0.0.4"));
    ck_assert_ptr_nonnull(strstr(reply.headers.data, "Cross-Origin-Resource-Policy: same-origin"));
    static const char *const HOLDS[] = {
        "\nassay_serve_requests_total{method=\"GET\",code=\"200\"} 1\n",
        "\nassay_serve_requests_total{method=\"GET\",code=\"401\"} 1\n",
        "\nassay_serve_request_seconds_bucket{le=\"+Inf\"} 2\n",
        "\nassay_serve_request_seconds_count 2\n",
        "\nassay_serve_requests_under_way 1\n",
        "\nassay_serve_callers 2\n",
        "\nassay_serve_changes_waiting 0\n"};
    for (size_t i = 0; i < sizeof HOLDS / sizeof *HOLDS; i++)
        ck_assert_msg(strstr(reply.body.data, HOLDS[i]) != NULL, "%s", HOLDS[i]);
    reply_release(&reply);
}
END_TEST

/* What the server writes to standard error while it answers. */
static void read_log(bool is_json, char *said, size_t size)
{
    int old = dup(STDERR_FILENO), ends[2];
    char body[256];
    snprintf(body, sizeof body, BODY, "x");
    ck_assert_int_eq(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    endpoint.options.is_json_log = is_json;
    endpoint_start(&endpoint);
    struct reply first = ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=abc", body);
    struct reply second = ask_alice(&endpoint, "GET", COLLECTION "/abc", NULL);
    struct reply third = ask_as("strangers-token-0123456789", "DELETE", COLLECTION "/abc", NULL);
    struct reply fourth = ask_alice(&endpoint, "GET", "/x%1B%5B31my", NULL);
    struct reply fifth = ask_alice(&endpoint, "DELETE", COLLECTION "/abc", NULL);
    serve_stop(endpoint.server);
    endpoint.server = NULL;
    dup2(old, STDERR_FILENO);
    close(old);
    close(ends[1]);
    ssize_t got = read(ends[0], said, size - 1);
    ck_assert_int_gt(got, 0);
    said[got] = '\0';
    close(ends[0]);
    expect(first, 200, "");
    expect(second, 200, "");
    expect(third, 401, "");
    expect(fourth, 404, "");
    expect(fifth, 200, "");
}

START_TEST(changes_and_refusals_have_a_line)
{
    char said[4096];
    read_log(false, said, sizeof said);
    static const char *const HOLDS[] = {
        "Z change: 200 POST " COLLECTION "?analysisResultId=abc by alice at 127.0.0.1, ",
        "Z refusal: 401 DELETE " COLLECTION "/abc by nobody known at 127.0.0.1, ",
        "Z refusal: 404 GET /x%1B%5B31my by nobody known",
        "Z change: 200 DELETE " COLLECTION "/abc by alice at 127.0.0.1, "};
    const char *at = said;
    for (size_t i = 0; i < sizeof HOLDS / sizeof *HOLDS; i++) {
        at = strstr(at, HOLDS[i]);
        ck_assert_msg(at != NULL, "'%s' is not in, or not in its place: %s", HOLDS[i], said);
    }
    ck_assert_ptr_null(strstr(said, "GET " COLLECTION));
    ck_assert_ptr_null(strstr(said, "token-0123456789"));
}
END_TEST

START_TEST(lines_may_be_json)
{
    char said[4096];
    read_log(true, said, sizeof said);
    ck_assert_ptr_nonnull(strstr(said,
                                 "\"level\":\"info\",\"event\":\"change\",\"method\":\"POST\","
                                 "\"target\":\"" COLLECTION "?analysisResultId=abc\","
                                 "\"httpStatus\":200,\"caller\":\"alice\","
                                 "\"address\":\"127.0.0.1\",\"seconds\":"));
    ck_assert_ptr_nonnull(strstr(said, "\"level\":\"warning\",\"event\":\"refusal\","
                                       "\"method\":\"DELETE\""));
    unsigned lines = 0;
    for (const char *at = said; *at != '\0'; at = strchr(at, '\n') + 1, lines++)
        ck_assert_int_eq(*at, '{');
    ck_assert_uint_eq(lines, 4);
}
END_TEST

static void run_sql(const char *sql)
{
    sqlite3 *database;
    ck_assert_int_eq(sqlite3_open(endpoint.database, &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

START_TEST(damaged_results_are_told_and_never_given)
{
    char body[256];
    endpoint_start(&endpoint);
    for (int i = 0; i < 3; i++) {
        char path[128];
        snprintf(body, sizeof body, BODY, i == 1 ? "77.25" : "other");
        snprintf(path, sizeof path, COLLECTION "?analysisResultId=r-%d", i);
        expect(ask_alice(&endpoint, "POST", path, body), 200, "");
    }
    serve_stop(endpoint.server);
    run_sql(
        "UPDATE result SET document = CAST(replace(CAST(document AS TEXT), '77.25', '77.26') AS "
        "BLOB)");
    endpoint_start(&endpoint);
    expect(ask_alice(&endpoint, "GET", COLLECTION "/r-1", NULL), 500, "is damaged");
    expect(ask_alice(&endpoint, "GET", COLLECTION "/r-0", NULL), 200, "other");
    struct reply list = ask_alice(&endpoint, "GET", COLLECTION, NULL);
    ck_assert_int_eq(list.status, 200);
    ck_assert_ptr_nonnull(
        strstr(list.body.data, "\"unreachable\":[\"" PARENT "/analysisResults/r-1\"]"));
    ck_assert_ptr_null(strstr(list.body.data, "77.26"));
    ck_assert_ptr_nonnull(strstr(list.body.data, "/r-0\""));
    ck_assert_ptr_nonnull(strstr(list.body.data, "/r-2\""));
    reply_release(&list);
    expect(ask_alice(&endpoint, "DELETE", COLLECTION "/r-1", NULL), 200, "");
    list = ask_alice(&endpoint, "GET", COLLECTION, NULL);
    ck_assert_msg(strstr(list.body.data, "unreachable") == NULL, "%s", list.body.data);
    reply_release(&list);
}
END_TEST

START_TEST(the_database_is_its_owners)
{
    static const char *const SUFFIXES[] = {"", "-wal", "-shm"};
    mode_t old = umask(0);
    endpoint_start(&endpoint);
    umask(old);
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        struct stat about;
        snprintf(path, sizeof path, "%s%s", endpoint.database, SUFFIXES[i]);
        ck_assert_int_eq(stat(path, &about), 0);
        ck_assert_uint_eq(about.st_mode & 0777, 0600);
    }
}
END_TEST

static long ask_ready(void)
{
    const char *const none[] = {NULL};
    struct reply reply = ask(&endpoint, "GET", "/readyz", none, NULL);
    long status = reply.status;
    reply_release(&reply);
    return status;
}

/* Nobody posts to a server that is not ready, so that it has to find out by itself. */
START_TEST(a_server_that_could_not_store_is_ready_again_without_a_post)
{
    char body[256];
    sqlite3 *database;
    snprintf(body, sizeof body, BODY, "x");
    endpoint_start(&endpoint);
    ck_assert_int_eq(sqlite3_open(endpoint.database, &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(database, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=abc", body), 503, "");
    ck_assert_int_eq(ask_ready(), 503);
    ck_assert_int_eq(sqlite3_close(database), SQLITE_OK);
    for (int i = 0; i < 200 && ask_ready() != 200; i++)
        nanosleep(&(struct timespec){0, 100000000}, NULL);
    ck_assert_int_eq(ask_ready(), 200);
}
END_TEST

/* Each child waits until all are there, and ends with the status of the opening. */
static void open_at_once(unsigned round)
{
    enum { OPENERS = 6 };
    pid_t children[OPENERS];
    int gate[2];
    ck_assert_int_eq(pipe(gate), 0);
    for (size_t i = 0; i < OPENERS; i++) {
        children[i] = fork();
        ck_assert_int_ge(children[i], 0);
        if (children[i] == 0) {
            char byte;
            struct serve_store *store;
            close(gate[1]);
            if (read(gate[0], &byte, 1) != 0)
                _exit(255);
            _exit((int)serve_store_open(endpoint.database, false, &store, NULL));
        }
    }
    close(gate[0]);
    close(gate[1]);
    for (size_t i = 0; i < OPENERS; i++) {
        int how;
        ck_assert_int_eq(waitpid(children[i], &how, 0), children[i]);
        ck_assert_msg(WIFEXITED(how) && WEXITSTATUS(how) == ASSAY_OK, "round %u: %#x", round,
                      (unsigned)how);
    }
}

START_TEST(a_new_database_may_be_opened_by_many_at_once)
{
    static const char *const SUFFIXES[] = {"", "-wal", "-shm"};
    for (unsigned round = 0; round < 25; round++) {
        for (size_t i = 0; i < 3; i++) {
            char path[128];
            snprintf(path, sizeof path, "%s%s", endpoint.database, SUFFIXES[i]);
            unlink(path);
        }
        open_at_once(round);
    }
}
END_TEST

START_TEST(the_database_behind_a_link_is_its_owners)
{
    char path[128];
    struct stat about;
    snprintf(path, sizeof path, "%s/behind.db", endpoint.folder);
    ck_assert_int_eq(symlink(path, endpoint.database), 0);
    mode_t old = umask(0);
    endpoint_start(&endpoint);
    umask(old);
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_uint_eq(about.st_mode & 0777, 0600);
    serve_stop(endpoint.server);
    endpoint.server = NULL;
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, hosts_are_this_machine_the_address_and_those_named);
    tcase_add_test(cases, open_pages_are_not_for_pages_of_somebody_else);
    tcase_add_test(cases, rights_of_a_token_hold);
    tcase_add_test(cases, wrong_rights_are_refused_at_the_start);
    tcase_add_test(cases, a_reload_takes_the_new_tokens_or_keeps_the_old);
    tcase_add_test(cases, a_reload_gives_no_new_rate);
    tcase_add_test(cases, probes_and_counters_need_no_token);
    tcase_add_test(cases, changes_and_refusals_have_a_line);
    tcase_add_test(cases, lines_may_be_json);
    tcase_add_test(cases, damaged_results_are_told_and_never_given);
    tcase_add_test(cases, the_database_is_its_owners);
    tcase_add_test(cases, the_database_behind_a_link_is_its_owners);
    tcase_add_test(cases, a_server_that_could_not_store_is_ready_again_without_a_post);
    tcase_add_test(cases, a_new_database_may_be_opened_by_many_at_once);
}

int main(void)
{
    return test_main_apart("serve_operate", add);
}
