/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Delivery against a hostile server. For each misbehaviour: the outcome, the exit code, what the
 * message says, how often it was tried, and that nothing is lost: what was not delivered lies in
 * the outbox, byte for byte, and is delivered once the server behaves.
 */
#include "post_answers.h"
#include "post_support.h"

#define JSON_HEAD(status, length)                                                                  \
    "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nContent-Length: " length "\r\n"      \
    "Connection: close\r\n\r\n"
#define BODY(status, type, text)                                                                   \
    "HTTP/1.1 " status "\r\nContent-Type: " type "\r\nConnection: close\r\n\r\n" text
#define NAMED "{\"name\":\"" POST_NAME "\"}"
#define NAMED_LENGTH "59"

/* What one script of the server must lead to. */
struct scenario {
    const char *name;
    struct hostile_step steps[4];
    size_t step_count;
    int exit_code;
    unsigned attempts;
    const char *says; /* part of the message; NULL on success */
    bool already_there;
};

/* clang-format off */
static const struct scenario SCENARIOS[] = {
    {"reset before the request is read",
     {{HOSTILE_RESET_BEFORE, "", 0}},
     1, 75, 3, "did not answer", false},
    {"reset before, then well", {{HOSTILE_RESET_BEFORE, "", 0}, STORE}, 2, 0, 2, NULL, false},
    {"reset after the request", {{HOSTILE_RESET, "", 0}}, 1, 75, 3, "did not answer", false},
    {"reset inside the header",
     {{HOSTILE_RESET, "HTTP/1.1 200 OK\r\nContent-Ty", 0}},
     1, 75, 3, "did not answer", false},
    {"reset inside the body",
     {{HOSTILE_RESET, JSON_HEAD("200 OK", "500") "{\"name\":", 0}},
     1, 75, 3, "did not answer", false},
    {"stored, then reset instead of an answer",
     {{HOSTILE_STORE_SILENT, NULL, 0}, STORE},
     2, 0, 2, NULL, true},
    {"slow header",
     {{HOSTILE_DRIP, EMPTY("200 OK", ""), 50}},
     1, 75, 3, "not answer properly", false},
    {"slow body",
     {{HOSTILE_DRIP, BODY("200 OK", "application/json", NAMED), 30}},
     1, 75, 3, "not answer properly", false},
    {"hung after the header",
     {{HOSTILE_HANG, JSON_HEAD("200 OK", "500"), 2000}},
     1, 75, 3, "nothing moved for 0.25 s", false},
    {"hung server", {{HOSTILE_HANG, "", 2000}}, 1, 75, 3, "nothing moved for 0.25 s", false},
    {"deaf server", {{HOSTILE_DEAF, "", 2000}}, 1, 75, 3, "nothing moved for 0.25 s", false},
    {"hung once", {{HOSTILE_HANG, "", 2000}, STORE}, 2, 0, 2, NULL, false},
    {"truncated body",
     {{HOSTILE_CLOSE, JSON_HEAD("200 OK", "500") NAMED, 0}},
     1, 75, 3, "did not answer", false},
    {"truncated chunked body",
     {{HOSTILE_CLOSE, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n50\r\n" NAMED, 0}},
     1, 75, 3, "did not answer", false},
    {"closed without a word", {{HOSTILE_CLOSE, "", 0}}, 1, 75, 3, "did not answer", false},
    {"reset after the response",
     {{HOSTILE_RESET, JSON_HEAD("200 OK", NAMED_LENGTH) NAMED, 0}},
     1, 0, 1, NULL, false},
    {"slow but steady",
     {{HOSTILE_DRIP, JSON_HEAD("200 OK", NAMED_LENGTH) NAMED, 1}},
     1, 0, 1, NULL, false},
    {"oversized body",
     {{HOSTILE_FLOOD, BODY("200 OK", "application/json", ""), 0}},
     1, 75, 3, "larger than 100000 bytes", false},
    {"oversized header",
     {{HOSTILE_FLOOD, "HTTP/1.1 200 OK\r\n", 0}},
     1, 75, 3, "header is larger than 262144 bytes", false},
    {"oversized body of an error",
     {{HOSTILE_FLOOD, BODY("500 Oops", "text/plain", ""), 0}},
     1, 75, 3, "HTTP 500): x: aaa", false},
    {"oversized body of a refusal",
     {{HOSTILE_FLOOD, BODY("403 No", "text/plain", ""), 0}},
     1, 77, 1, "HTTP 403): x: aaa", false},
    {"no HTTP", {ANSWER("SSH-2.0-OpenSSH_9.2\r\n")}, 1, 75, 3, "did not answer", false},
    {"wrong content type",
     {ANSWER(BODY("200 OK", "text/html", "<h1>Sign in to WiFi</h1>"))},
     1, 75, 3, "content type is not JSON: <h1>Sign in", false},
    {"wrong content type after it was stored",
     {{HOSTILE_STORE_SILENT, NULL, 0}, ANSWER(BODY("200 OK", "text/html", "<p>hi")), STORE},
     3, 0, 3, NULL, true},
    {"invalid JSON",
     {ANSWER(BODY("200 OK", "application/json", "{\"name\": \"x\""))},
     1, 75, 3, "is not JSON", false},
    {"two documents",
     {ANSWER(BODY("200 OK", "application/json", NAMED "{}"))},
     1, 75, 3, "is not JSON", false},
    {"200 without a name",
     {ANSWER(BODY("200 OK", "application/json", "{\"results\":[]}"))},
     1, 75, 3, "no \"name\"", false},
    {"200 with a name that is a number",
     {ANSWER(BODY("200 OK", "application/json", "{\"name\":5}"))},
     1, 75, 3, "no \"name\"", false},
    {"200 with nothing", {ANSWER(EMPTY("200 OK", ""))}, 1, 75, 3, "body is empty", false},
    {"201 with a name",
     {ANSWER(BODY("201 Created", "application/json; charset=utf-8", NAMED))},
     1, 0, 1, NULL, false},
    {"301",
     {ANSWER(EMPTY("301 Moved", "Location: https://elsewhere.example/v2\r\n"))},
     1, 76, 1, "check the base URL (HTTP 301): it points to https://elsewhere.example/v2", false},
    {"302", {ANSWER(EMPTY("302 Found", "Location: /login\r\n"))}, 1, 76, 1, "/login", false},
    {"304", {ANSWER(EMPTY("304 Not Modified", ""))}, 1, 76, 1, "was refused (HTTP 304).", false},
    {"307",
     {ANSWER(EMPTY("307 Temporary", "Location: https://elsewhere.example/\r\n"))},
     1, 76, 1, "HTTP 307", false},
    {"302 with a password",
     {ANSWER(EMPTY("302 Found", "Location: https://us@r:p@ss@elsewhere.example/a?b=c@d\r\n"))},
     1, 76, 1, "it points to https://elsewhere.example/a?b=c@d", false},
    {"308 without location", {ANSWER(EMPTY("308 Permanent", ""))}, 1, 76, 1, "nowhere", false},
    {"400 with violations",
     {ANSWER(BODY("400 Bad", "application/json",
                  "{\"code\":3,\"message\":\"Wrong.\","
                  "\"status\":\"INVALID_ARGUMENT\",\"details\":[{\"fieldViolations\":[{"
                  "\"field\":\"analysisResult.results[0].id\","
                  "\"description\":\"is missing\"}]}]}"))},
     1, 76, 1, "(HTTP 400): Wrong. (analysisResult.results[0].id: is missing)", false},
    {"401 always",
     {ANSWER(EMPTY("401 Unauthorized", ""))},
     1, 77, 1, "token is not accepted", false},
    {"403",
     {ANSWER(BODY("403 Forbidden", "application/json",
                  "{\"error\":{\"message\":\"Not yours.\"}}"))},
     1, 77, 1, "Not yours.", false},
    {"404",
     {ANSWER(BODY("404 Not Found", "text/plain", "no such\x1b[31m\tplace\r\n\x01"))},
     1, 76, 1, "no such?[31m place ?", false},
    {"an error that repeats the token",
     {ANSWER(BODY("400 Bad", "text/plain", "You sent Bearer " POST_TOKEN "!"))},
     1, 76, 1, "You sent Bearer [secret]!", false},
    {"408", {ANSWER(EMPTY("408 Timeout", ""))}, 1, 75, 3, "HTTP 408", false},
    {"409 always, with nothing to get",
     {{HOSTILE_STORE_SILENT, NULL, 0}, {HOSTILE_STORE_ABSENT, NULL, 0}},
     2, 75, 3, "is taken (HTTP 409), and then that nothing", false},
    {"409 once with nothing to get, then well",
     {ANSWER(EMPTY("409 Conflict", "")), ANSWER(EMPTY("404 Gone", "")), STORE},
     3, 0, 2, NULL, false},
    {"409 and a different one",
     {ANSWER(EMPTY("409 Conflict", "")), 
      ANSWER(BODY("200 OK", "application/json",
                  "{\"name\":\"" POST_NAME
                  "\",\"results\":[{\"id\":\"m\",\"x\":0.3,\"n\":12345678901234567}]}"))},
     2, 76, 1, "results[0].x is not the same", false},
    {"413", {ANSWER(EMPTY("413 Too Large", ""))}, 1, 76, 1, "too large", false},
    {"425", {ANSWER(EMPTY("425 Too Early", "")), STORE}, 2, 0, 2, NULL, false},
    {"429 then well", {ANSWER(EMPTY("429 Slow Down", "")), STORE}, 2, 0, 2, NULL, false},
    {"429 asking for too much",
     {ANSWER(EMPTY("429 Slow Down", "Retry-After: 3600\r\n"))},
     1, 75, 1, "would pass the deadline of 5 s", false},
    {"429 until a far date",
     {ANSWER(EMPTY("429 Slow Down", "Retry-After: Fri, 31 Dec 2100 23:59:59 GMT\r\n"))},
     1, 75, 1, "would pass the deadline", false},
    {"429 until a past date",
     {ANSWER(EMPTY("429 Slow Down", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n")), STORE},
     2, 0, 2, NULL, false},
    {"429 with a malformed Retry-After",
     {ANSWER(EMPTY("429 Slow Down", "Retry-After: soon\r\n")), STORE},
     2, 0, 2, NULL, false},
    {"429 with a negative Retry-After",
     {ANSWER(EMPTY("429 Slow Down", "Retry-After: -5\r\n")), STORE},
     2, 0, 2, NULL, false},
    {"429 with a Retry-After beyond all integers",
     {ANSWER(EMPTY("429 Slow Down", "Retry-After: 99999999999999999999999\r\n")), STORE},
     2, 0, 2, NULL, false},
    {"100 and 103 before the answer",
     {ANSWER("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n"
             BODY("200 OK", "application/json", NAMED))},
     1, 0, 1, NULL, false},
    {"100 and nothing more",
     {{HOSTILE_HANG, "HTTP/1.1 100 Continue\r\n\r\n", 2000}},
     1, 75, 3, "nothing moved", false},
    {"409, and nobody may look",
     {ANSWER(EMPTY("409 Conflict", "")), ANSWER(EMPTY("403 No", ""))},
     2, 77, 1, "The comparison with the stored result was refused", false},
    {"409, and the stored one is not JSON",
     {ANSWER(EMPTY("409 Conflict", "")), ANSWER(BODY("200 OK", "text/html", "<p>")), STORE},
     3, 0, 2, NULL, false},
    {"500",
     {ANSWER(BODY("500 Oops", "application/json", "{\"message\":\"stack\"}"))},
     1, 75, 3, "HTTP 500): stack", false},
    {"501", {ANSWER(EMPTY("501 No", ""))}, 1, 75, 3, "HTTP 501", false},
    {"502", {ANSWER(EMPTY("502 No", ""))}, 1, 75, 3, "HTTP 502", false},
    {"503 then well",
     {ANSWER(EMPTY("503 No", "")), ANSWER(EMPTY("503 No", "")), STORE},
     3, 0, 3, NULL, false},
    {"504", {ANSWER(EMPTY("504 No", ""))}, 1, 75, 3, "HTTP 504", false},
    {"503 with a body that breaks off",
     {{HOSTILE_RESET, JSON_HEAD("503 No", "500") "{\"mess", 0}},
     1, 75, 3, "HTTP 503", false},
    {"stored, 503, then well",
     {{HOSTILE_STORE_SILENT, NULL, 0}, ANSWER(EMPTY("503 No", "")), STORE},
     3, 0, 3, NULL, true},
};
/* clang-format on */

static const struct hostile_step WELL[] = {STORE};

/* What is in the outbox is delivered once the server behaves, and the outbox is empty then. */
static void assert_recovers(struct post *post, struct hostile *server)
{
    size_t delivered = 0, left = 0;
    hostile_script(server, WELL, 1);
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    assert_ok(assay_client_flush(post->client, &delivered, &left, &post->err), &post->err);
    assay_client_free(post->client);
    ck_assert_uint_eq(delivered, 1);
    ck_assert_uint_eq(left, 0);
    ck_assert_uint_eq(post_outbox_count(post), 0);
    ck_assert_str_eq(hostile_resource(server, POST_NAME),
                     "{\"results\":[{\"id\":\"m\",\"x\":0.30000000000000004,"
                     "\"n\":12345678901234567}]}");
    ck_assert_uint_eq(hostile_stored(server), 1);
}

/* Short limits where the server is slow; longer ones where a second attempt must not meet them. */
static void set_limits(struct assay_client_options *options, const struct scenario *scenario)
{
    if (scenario->steps[0].pause_ms <= 1)
        return;
    bool ends_well = scenario->says == NULL;
    options->request_timeout_seconds = ends_well ? 1.8 : 0.6;
    options->stall_timeout_seconds = ends_well ? 1.5 : 0.25;
}

START_TEST(hostile_server_documented_outcome)
{
    const struct scenario *scenario = &SCENARIOS[_i];
    struct hostile *server = hostile_start(scenario->steps, scenario->step_count);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, hostile_url(server));
    post->options.max_response_bytes = 100000;
    set_limits(&post->options, scenario);
    post_once(post);
    ck_assert_msg(assay_status_exit_code(post->status) == scenario->exit_code,
                  "%s: exit code %d, expected %d: %s", scenario->name,
                  assay_status_exit_code(post->status), scenario->exit_code, post->err.message);
    ck_assert_msg(post->delivery.attempts == scenario->attempts, "%s: %u attempts, expected %u: %s",
                  scenario->name, post->delivery.attempts, scenario->attempts, post->log);
    post_assert_secret(post);
    if (scenario->says == NULL) {
        ck_assert_str_eq(post->delivery.name, POST_NAME);
        ck_assert_msg(post->delivery.already_there == scenario->already_there, "%s",
                      scenario->name);
        ck_assert(!post->delivery.stored);
        ck_assert_uint_eq(post_outbox_count(post), 0);
    } else {
        ck_assert_msg(strstr(post->err.message, scenario->says) != NULL, "%s: \"%s\" is not in: %s",
                      scenario->name, scenario->says, post->err.message);
        ck_assert(post->delivery.stored);
        ck_assert_str_eq(post->delivery.name, "");
        post_assert_kept(post);
        assert_recovers(post, server);
    }
    for (size_t i = 0; i < hostile_requests(server); i++) {
        const struct hostile_request *request = hostile_request(server, i);
        ck_assert_ptr_nonnull(
            strstr(request->head, "\r\nAuthorization: Bearer " POST_TOKEN "\r\n"));
        ck_assert_ptr_null(strstr(request->head, "Expect:"));
        if (strncmp(request->head, "POST ", 5) == 0)
            ck_assert_str_eq(request->body, POST_BODY);
    }
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

/* What services that store no results may answer to anything. */
static const char *const FOREIGN[] = {
    BODY("200 OK", "application/json", "{}"),
    BODY("200 OK", "application/json", "[]"),
    BODY("200 OK", "application/json", "[{\"name\":\"" POST_NAME "\"}]"),
    BODY("200 OK", "application/json", "\"" POST_NAME "\""),
    BODY("200 OK", "text/html", "<title>" POST_NAME "</title>"),
    BODY("200 OK", "application/json", "<title>" POST_NAME "</title>"),
    BODY("200 OK", "application/json", "{\"name\":\"" POST_NAME "\",\"results\":["),
    BODY("200 OK", "application/json", "{\"name\":\"\"}"),
    BODY("200 OK", "application/json", "{\"name\":\"" POST_NAME "x\"}"),
    BODY("200 OK", "application/json", "{\"name\":\"queue\",\"results\":[]}"),
    BODY("200 OK", "application/json", "{\"name\":\"queue\",\"results\":[{}]}"),
    BODY("200 OK", "application/json", "{\"name\":\"queue\",\"results\":[{\"id\":\"m\"}]}"),
};

static const char *const SENT[] = {
    "{}",
    "{\"results\":[]}",
    "{\"results\":[{}]}",
    "{\"exposureFilter\":\"\",\"labels\":{},\"results\":[]}",
    "{\"name\":\"" POST_NAME "\",\"results\":[]}",
    "{\"results\":[{\"id\":\"m\",\"x\":1}]}",
};

/* Posts once; the answer to the POST, and the one to a GET that follows. */
static void expect_answers(const char *sent, const char *first, const char *second, bool is_well)
{
    const struct hostile_step steps[] = {ANSWER(first), ANSWER(second)};
    struct hostile *server = hostile_start(steps, 2);
    struct post *post = calloc(1, sizeof *post);
    char body[512];
    int length = snprintf(body, sizeof body,
                          "{\"parent\":\"" POST_PARENT
                          "\",\"analysisResultId\":\"res-1\",\"analysisResult\":%s}",
                          sent);
    post_init(post, hostile_url(server));
    post->options.max_attempts = 1;
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    enum assay_status status =
        assay_client_post(post->client, body, (size_t)length, &post->delivery, &post->err);
    ck_assert_msg((status == ASSAY_OK) == is_well, "%s after %s and %s: %s", sent, first, second,
                  post->err.message);
    ck_assert_uint_eq(post_outbox_count(post), is_well ? 0 : 1);
    assay_client_free(post->client);
    post_release(post);
    free(post);
    hostile_stop(server);
}

START_TEST(answers_of_other_services_acknowledge_nothing)
{
    static const char TAKEN[] = EMPTY("409 Conflict", "");
    static const char OTHER[] = BODY("200 OK", "application/json", "{\"name\":\"queue\"}");
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN; i++) {
        expect_answers(SENT[_i], FOREIGN[i], FOREIGN[i], false);
        expect_answers(SENT[_i], OTHER, FOREIGN[i], false);
        expect_answers(SENT[_i], TAKEN, FOREIGN[i], false);
    }
    /* Under its own name it is there, unless what is there has more results. */
    char stored[512];
    snprintf(stored, sizeof stored,
             BODY("200 OK", "application/json", "{\"name\":\"" POST_NAME "\",%s"),
             SENT[_i][1] == '}' ? "\"results\":[]}" : SENT[_i] + 1);
    if (strstr(SENT[_i], "name") == NULL) {
        expect_answers(SENT[_i], OTHER, stored, true);
        expect_answers(SENT[_i], TAKEN, stored, true);
    }
    expect_answers(SENT[_i], TAKEN,
                   BODY("200 OK", "application/json",
                        "{\"name\":\"" POST_NAME "\",\"results\":[{\"id\":\"m\"},{}]}"),
                   false);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, answers_of_other_services_acknowledge_nothing, 0,
                        (int)(sizeof SENT / sizeof *SENT));
    tcase_add_loop_test(cases, hostile_server_documented_outcome, 0,
                        (int)(sizeof SCENARIOS / sizeof *SCENARIOS));
}

int main(void)
{
    return test_main("post", add);
}
