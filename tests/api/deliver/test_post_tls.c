/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Delivery over TLS to servers that must not be trusted, that break off, or that want to see a
 * certificate; over HTTP/2; and through proxies. For each: the outcome, the exit code, what the
 * message says, that nothing was sent where it must not go, and that nothing is lost.
 */
#include <curl/curl.h>
#include <signal.h>

#include "post_support.h"
#include "tls_front.h"
#include "tls_proxy.h"

#define EMPTY(status, fields)                                                                      \
    "HTTP/1.1 " status "\r\n" fields "Content-Length: 0\r\nConnection: close\r\n\r\n"

/* Files that a client may be given. */
enum file {
    NONE,
    CA,
    OTHER_CA,
    CLIENT,
    CLIENT_KEY,
    STRANGER,
    STRANGER_KEY,
    LOCKED_KEY,
    GARBAGE,
    EMPTY_FILE,
    ABSENT
};

static const struct hostile_step WELL[] = {{HOSTILE_STORE, NULL, 0}};
static struct tls_certs certs;

static void make_certs(void)
{
    /* Here once, not in the process of each case. */
    ck_assert_int_eq(curl_global_init(CURL_GLOBAL_DEFAULT), CURLE_OK);
    tls_certs_make(&certs);
}

static void release_certs(void)
{
    tls_certs_release(&certs);
}

static const char *path_of(enum file file)
{
    const char *const paths[] = {[NONE] = NULL,
                                 [CA] = certs.path[TLS_CA],
                                 [OTHER_CA] = certs.path[TLS_OTHER_CA],
                                 [CLIENT] = certs.path[TLS_CLIENT],
                                 [CLIENT_KEY] = certs.key_path[TLS_CLIENT],
                                 [STRANGER] = certs.path[TLS_STRANGER],
                                 [STRANGER_KEY] = certs.key_path[TLS_STRANGER],
                                 [LOCKED_KEY] = certs.locked_key,
                                 [GARBAGE] = certs.garbage,
                                 [EMPTY_FILE] = certs.empty,
                                 [ABSENT] = certs.absent};
    return paths[file];
}

/* What a server does, what the client is given, and what must come of it. */
static const struct scenario {
    const char *name;
    enum tls_who server;
    enum tls_manner manner;
    bool asks_client;
    enum file ca, cert, key;
    int exit_code;
    unsigned attempts;
    const char *says, *advises; /* parts of the message; NULL when it is delivered */
} SCENARIOS[] = {
    {"good", TLS_GOOD, TLS_HONEST, false, CA, NONE, NONE, 0, 1, NULL, NULL},
    {"wrong name", TLS_WRONG_NAME, TLS_HONEST, false, CA, NONE, NONE, 76, 1, "127.0.0.1",
     "not for the host of the URL"},
    {"a name with control characters", TLS_EVIL_NAME, TLS_HONEST, false, CA, NONE, NONE, 76, 1,
     "evil?[2J", "not for the host of the URL"},
    {"expired", TLS_EXPIRED, TLS_HONEST, false, CA, NONE, NONE, 76, 1, "expired", "renew"},
    {"not yet valid", TLS_NOT_YET, TLS_HONEST, false, CA, NONE, NONE, 76, 1, "not yet valid",
     "clock"},
    {"self-signed", TLS_SELF_SIGNED, TLS_HONEST, false, CA, NONE, NONE, 76, 1, "self-signed",
     "CA file"},
    {"unknown CA", TLS_UNKNOWN_CA, TLS_HONEST, false, CA, NONE, NONE, 76, 1, "issuer", "CA file"},
    {"the system's CAs", TLS_GOOD, TLS_HONEST, false, NONE, NONE, NONE, 76, 1, "issuer", "CA file"},
    {"another CA file", TLS_GOOD, TLS_HONEST, false, OTHER_CA, NONE, NONE, 76, 1, "issuer",
     "CA file"},
    /* The CA file replaces the system's CAs: none of them is even looked for. */
    {"a namesake of the system's CA", TLS_NAMESAKE, TLS_HONEST, false, CA, NONE, NONE, 76, 1,
     "unable to get local issuer", "CA file"},
    {"CA file that is garbage", TLS_GOOD, TLS_HONEST, false, GARBAGE, NONE, NONE, 66, 1,
     "garbage.pem", "CA file"},
    {"CA file that is empty", TLS_GOOD, TLS_HONEST, false, EMPTY_FILE, NONE, NONE, 66, 1,
     "empty.pem", "CA file"},
    {"CA file that is not there", TLS_GOOD, TLS_HONEST, false, ABSENT, NONE, NONE, 66, 0,
     "No such file", "CA file"},
    {"client certificate", TLS_GOOD, TLS_HONEST, true, CA, CLIENT, CLIENT_KEY, 0, 1, NULL, NULL},
    {"client certificate that is missing", TLS_GOOD, TLS_HONEST, true, CA, NONE, NONE, 77, 1,
     "alert", "client certificate"},
    {"client certificate of a stranger", TLS_GOOD, TLS_HONEST, true, CA, STRANGER, STRANGER_KEY, 77,
     1, "alert", "client certificate"},
    {"client certificate with another's key", TLS_GOOD, TLS_HONEST, true, CA, CLIENT, STRANGER_KEY,
     66, 1, "key", "client certificate"},
    {"client key with a password", TLS_GOOD, TLS_HONEST, true, CA, CLIENT, LOCKED_KEY, 66, 1,
     "locked-key.pem", "client certificate"},
    {"client certificate that is garbage", TLS_GOOD, TLS_HONEST, true, CA, GARBAGE, CLIENT_KEY, 66,
     1, "client certificate", "PEM"},
    {"client certificate that is not there", TLS_GOOD, TLS_HONEST, true, CA, ABSENT, CLIENT_KEY, 66,
     0, "No such file", "client certificate"},
    {"client key that is not there", TLS_GOOD, TLS_HONEST, true, CA, CLIENT, ABSENT, 66, 0,
     "No such file", "client key"},
    {"client certificate, TLS 1.2", TLS_GOOD, TLS_ELDER, true, CA, CLIENT, CLIENT_KEY, 0, 1, NULL,
     NULL},
    /* Before TLS 1.3 no alert says that a certificate is wanted. */
    {"client certificate that is missing, TLS 1.2", TLS_GOOD, TLS_ELDER, true, CA, NONE, NONE, 75,
     3, "alert", "client certificate"},
    {"client certificate of a stranger, TLS 1.2", TLS_GOOD, TLS_ELDER, true, CA, STRANGER,
     STRANGER_KEY, 77, 1, "alert", "client certificate"},
    {"handshake that is reset", TLS_GOOD, TLS_RESET, false, CA, NONE, NONE, 75, 3, "no TLS", NULL},
    {"handshake that breaks off", TLS_GOOD, TLS_TRUNCATED, false, CA, NONE, NONE, 75, 3, "no TLS",
     "port"},
    {"handshake that hangs", TLS_GOOD, TLS_HANGING, false, CA, NONE, NONE, 75, 3,
     "cannot be reached", NULL},
    {"plain HTTP", TLS_GOOD, TLS_PLAIN, false, CA, NONE, NONE, 75, 3, "no TLS",
     "https at that port"},
    {"TLS 1.1", TLS_GOOD, TLS_OLD, false, CA, NONE, NONE, 75, 3, "no TLS", NULL},
};

static struct tls_front_options front_options(const struct scenario *scenario,
                                              const struct hostile *behind)
{
    return (struct tls_front_options){.certs = &certs,
                                      .server = scenario->server,
                                      .manner = scenario->manner,
                                      .asks_client = scenario->asks_client,
                                      .plain_url = hostile_url(behind)};
}

static void give_files(struct post *post, enum file ca, enum file cert, enum file key)
{
    post->options.ca_file = path_of(ca);
    post->options.client_cert = path_of(cert);
    post->options.client_key = path_of(key);
}

/* What is in the outbox is delivered to a server that can be trusted, and is gone from there. */
static void assert_recovers(struct post *post, struct hostile *behind)
{
    const struct tls_front_options good = {
        .certs = &certs, .server = TLS_GOOD, .plain_url = hostile_url(behind)};
    struct tls_front *front = tls_front_start(&good);
    size_t delivered = 0, left = 0;
    post->options.base_url = tls_front_url(front);
    give_files(post, CA, NONE, NONE);
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    assert_ok(assay_client_flush(post->client, &delivered, &left, &post->err), &post->err);
    assay_client_free(post->client);
    ck_assert_uint_eq(delivered, 1);
    ck_assert_uint_eq(left, 0);
    ck_assert_uint_eq(post_outbox_count(post), 0);
    ck_assert_uint_eq(hostile_stored(behind), 1);
    tls_front_stop(front);
}

static void assert_printable(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        ck_assert_msg((unsigned char)*at >= 0x20 && *at != 0x7F, "control character in: %s", text);
}

START_TEST(tls_documented_outcome)
{
    const struct scenario *one = &SCENARIOS[_i];
    struct hostile *behind = hostile_start(WELL, 1);
    const struct tls_front_options options = front_options(one, behind);
    struct tls_front *front = tls_front_start(&options);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, tls_front_url(front));
    give_files(post, one->ca, one->cert, one->key);
    post->options.connect_timeout_seconds = one->manner == TLS_HANGING ? 0.2 : 3.0;
    post->options.request_timeout_seconds = 5.0;
    post->options.stall_timeout_seconds = 5.0;
    post_once(post);
    ck_assert_msg(assay_status_exit_code(post->status) == one->exit_code,
                  "%s: exit code %d, expected %d: %s", one->name,
                  assay_status_exit_code(post->status), one->exit_code, post->err.message);
    ck_assert_msg(post->delivery.attempts == one->attempts, "%s: %u attempts: %s", one->name,
                  post->delivery.attempts, post->log);
    post_assert_secret(post);
    if (one->says == NULL) {
        ck_assert_str_eq(post->delivery.name, POST_NAME);
        ck_assert_uint_eq(post_outbox_count(post), 0);
        ck_assert_uint_eq(hostile_stored(behind), 1);
    } else {
        char said[1400]; /* the file of the error is shown before its message */
        snprintf(said, sizeof said, "%s: %s", post->err.file, post->err.message);
        ck_assert_msg(strstr(said, one->says) != NULL, "%s: \"%s\" is not in: %s", one->name,
                      one->says, said);
        ck_assert_msg(one->advises == NULL || strstr(said, one->advises) != NULL,
                      "%s: \"%s\" is not in: %s", one->name, one->advises, said);
        assert_printable(said);
        /* Neither the token nor the result left this side. */
        ck_assert_uint_eq(hostile_requests(behind), 0);
        ck_assert(post->delivery.stored);
        post_assert_kept(post);
        assert_recovers(post, behind);
    }
    post_release(post);
    free(post);
    tls_front_stop(front);
    hostile_stop(behind);
}
END_TEST

/* With a certificate that is not trusted, one entry of an outbox tells enough. */
START_TEST(flush_stops_at_an_untrusted_server)
{
    const struct tls_front_options options = {
        .certs = &certs, .server = TLS_SELF_SIGNED, .plain_url = "http://127.0.0.1:1"};
    struct tls_front *front = tls_front_start(&options);
    struct post *post = calloc(1, sizeof *post);
    size_t delivered, left;
    post_init(post, tls_front_url(front));
    give_files(post, CA, NONE, NONE);
    for (int i = 0; i < 3; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%d.json", post->outbox, i);
        FILE *file = fopen(path, "w");
        fputs(POST_BODY, file);
        fclose(file);
    }
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    ck_assert_int_eq(assay_client_flush(post->client, &delivered, &left, &post->err),
                     ASSAY_ERROR_REMOTE);
    assay_client_free(post->client);
    ck_assert_uint_eq(delivered, 0);
    ck_assert_uint_eq(left, 3);
    ck_assert_uint_eq(tls_front_connections(front), 1);
    post_release(post);
    free(post);
    tls_front_stop(front);
}
END_TEST

#define UNTIL_CLOSE "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"

/* An answer that ends with the connection, without TLS saying so, may have been cut short by anyone
 * on the way. It counts only when it is whole all the same, which JSON shows. */
START_TEST(tls_end_that_is_not_said)
{
    static const struct hostile_step steps[] = {
        {HOSTILE_ANSWER, UNTIL_CLOSE "{\"name\":\"" POST_NAME "\"", 0},
        {HOSTILE_ANSWER, UNTIL_CLOSE "{\"name\":\"" POST_NAME "\"}", 0}};
    struct hostile *behind = hostile_start(steps, 2);
    struct post *post = calloc(1, sizeof *post);
    const struct tls_front_options options = {
        .certs = &certs, .server = TLS_GOOD, .manner = TLS_RUDE, .plain_url = hostile_url(behind)};
    struct tls_front *front = tls_front_start(&options);
    post_init(post, tls_front_url(front));
    give_files(post, CA, NONE, NONE);
    post->options.request_timeout_seconds = 5.0;
    post_once(post);
    assert_ok(post->status, &post->err);
    ck_assert_uint_eq(post->delivery.attempts, 2);
    ck_assert_ptr_nonnull(strstr(post->log, "retry|"));
    ck_assert_uint_eq(post_outbox_count(post), 0);
    post_release(post);
    free(post);
    tls_front_stop(front);
    hostile_stop(behind);
}
END_TEST

static volatile sig_atomic_t pipe_signals;

static void count_signal(int number)
{
    (void)number;
    pipe_signals++;
}

/* A connection kept open is gone when the client says goodbye on it: OpenSSL then writes to a
 * broken pipe, which must not kill the program that the library is in. */
START_TEST(tls_goodbye_raises_no_signal)
{
    struct hostile *behind = hostile_start(WELL, 1);
    const struct tls_front_options options = {
        .certs = &certs, .server = TLS_GOOD, .plain_url = hostile_url(behind)};
    struct tls_front *front = tls_front_start(&options);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, tls_front_url(front));
    give_files(post, CA, NONE, NONE);
    signal(SIGPIPE, count_signal);
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    assert_ok(
        assay_client_post(post->client, POST_BODY, strlen(POST_BODY), &post->delivery, &post->err),
        &post->err);
    tls_front_reset(front);
    assert_ok(
        assay_client_post(post->client, POST_BODY, strlen(POST_BODY), &post->delivery, &post->err),
        &post->err);
    ck_assert_uint_eq(tls_front_connections(front), 2);
    tls_front_reset(front);
    assay_client_free(post->client);
    ck_assert_int_eq(pipe_signals, 0);
    post_release(post);
    free(post);
    tls_front_stop(front);
    hostile_stop(behind);
}
END_TEST

START_TEST(http2_is_spoken_where_it_is_offered)
{
    const struct tls_front_options options = {
        .certs = &certs, .server = TLS_GOOD, .manner = TLS_HTTP2, .http2_name = POST_NAME};
    struct tls_front *front = tls_front_start(&options);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, tls_front_url(front));
    give_files(post, CA, NONE, NONE);
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    for (unsigned i = 1; i <= 3; i++) {
        assert_ok(assay_client_post(post->client, POST_BODY, strlen(POST_BODY), &post->delivery,
                                    &post->err),
                  &post->err);
        ck_assert_str_eq(post->delivery.name, POST_NAME);
        ck_assert_int_eq(post->delivery.http_status, 200);
        ck_assert_uint_eq(tls_front_http2(front), i);
        ck_assert_str_eq(tls_front_http2_body(front), POST_BODY);
    }
    ck_assert_uint_eq(tls_front_connections(front), 1);
    assay_client_free(post->client);
    post_release(post);
    free(post);
    tls_front_stop(front);
}
END_TEST

/* Through a proxy the server is reached by its name, which the proxy alone resolves. It sees the
 * name, and neither token nor result. */
START_TEST(proxy_sees_only_the_name)
{
    struct hostile *behind = hostile_start(WELL, 1);
    const struct tls_front_options options = {
        .certs = &certs, .server = TLS_GOOD, .plain_url = hostile_url(behind)};
    struct tls_front *front = tls_front_start(&options);
    struct tls_proxy *proxy = tls_proxy_start(tls_front_port(front), NULL);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, "https://" TLS_HOST);
    give_files(post, CA, NONE, NONE);
    setenv("https_proxy", tls_proxy_url(proxy), 1);
    post_once(post);
    assert_ok(post->status, &post->err);
    ck_assert_uint_eq(tls_proxy_connections(proxy), 1);
    ck_assert_int_eq(strncmp(tls_proxy_head(proxy), "CONNECT " TLS_HOST ":443 HTTP/1.1\r\n", 40),
                     0);
    ck_assert_ptr_null(strstr(tls_proxy_head(proxy), "Authorization"));
    ck_assert_ptr_null(strstr(tls_proxy_head(proxy), POST_TOKEN));
    ck_assert_ptr_nonnull(
        strstr(hostile_request(behind, 0)->head, "\r\nAuthorization: Bearer " POST_TOKEN "\r\n"));
    post_release(post);
    free(post);
    tls_proxy_stop(proxy);
    tls_front_stop(front);
    hostile_stop(behind);
}
END_TEST

static const struct refusal {
    const char *answer;
    int exit_code;
    unsigned attempts;
    const char *says;
} REFUSALS[] = {
    {EMPTY("407 Who", "Proxy-Authenticate: Basic realm=\"x\"\r\n"), 77, 1,
     "the proxy asks for a user name and password (HTTP 407)"},
    {EMPTY("403 No", ""), 76, 1, "the proxy does not let it through (HTTP 403)"},
    {EMPTY("302 Elsewhere", "Location: http://login.example/\r\n"), 76, 1, "HTTP 302"},
    {EMPTY("429 Slow", ""), 75, 3, "the proxy asks to try again later (HTTP 429)"},
    {EMPTY("502 Bad gateway", ""), 75, 3, "the proxy cannot reach the server (HTTP 502)"},
    {EMPTY("503 Busy", ""), 75, 3, "HTTP 503"},
    {EMPTY("504 Late", ""), 75, 3, "HTTP 504"},
    {"nonsense\r\n\r\n", 75, 3, "no TLS connection"},
};

START_TEST(proxy_refuses)
{
    const struct refusal *one = &REFUSALS[_i];
    struct tls_proxy *proxy = tls_proxy_start(0, one->answer);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, "https://" TLS_HOST);
    give_files(post, CA, NONE, NONE);
    setenv("https_proxy", tls_proxy_url(proxy), 1);
    post_once(post);
    ck_assert_msg(assay_status_exit_code(post->status) == one->exit_code, "%s: %d: %s", one->answer,
                  assay_status_exit_code(post->status), post->err.message);
    ck_assert_msg(strstr(post->err.message, one->says) != NULL, "\"%s\" is not in: %s", one->says,
                  post->err.message);
    ck_assert_uint_eq(post->delivery.attempts, one->attempts);
    ck_assert_uint_eq(tls_proxy_connections(proxy), one->attempts);
    ck_assert_ptr_null(strstr(tls_proxy_head(proxy), POST_TOKEN));
    post_assert_secret(post);
    post_assert_kept(post);
    post_release(post);
    free(post);
    tls_proxy_stop(proxy);
}
END_TEST

/* libcurl's words about the URL of a proxy hold all of it. */
START_TEST(proxy_password_is_not_shown)
{
    static const char *const urls[] = {"http://user:PROXY-WORD@[none", "http://user:PROXY-WORD@h:p",
                                       "none://user:PROXY-WORD@127.0.0.1:1"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct post *post = calloc(1, sizeof *post);
        post_init(post, "https://" TLS_HOST);
        post->options.max_attempts = 2;
        setenv("https_proxy", urls[i], 1);
        post_once(post);
        ck_assert_int_eq(assay_status_exit_code(post->status), 75);
        ck_assert_ptr_nonnull(
            strstr(post->err.message, "the proxy's URL in the environment cannot be used"));
        ck_assert_ptr_null(strstr(post->err.message, "PROXY-WORD"));
        ck_assert_ptr_null(strstr(post->log, "PROXY-WORD"));
        post_assert_kept(post);
        post_release(post);
        free(post);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_unchecked_fixture(cases, make_certs, release_certs);
    tcase_add_loop_test(cases, tls_documented_outcome, 0,
                        (int)(sizeof SCENARIOS / sizeof *SCENARIOS));
    tcase_add_test(cases, flush_stops_at_an_untrusted_server);
    tcase_add_test(cases, tls_end_that_is_not_said);
    tcase_add_test(cases, tls_goodbye_raises_no_signal);
    tcase_add_test(cases, http2_is_spoken_where_it_is_offered);
    tcase_add_test(cases, proxy_sees_only_the_name);
    tcase_add_loop_test(cases, proxy_refuses, 0, (int)(sizeof REFUSALS / sizeof *REFUSALS));
    tcase_add_test(cases, proxy_password_is_not_shown);
}

int main(void)
{
    return test_main_apart("post_tls", add);
}
