/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What posting says: as objects, one a line, with the documented members and no others; and never a
 * secret, in whatever form a server repeats it.
 */
#include <cjson/cJSON.h>
#include <sys/stat.h>

#include "post_cli.h"
#include "post_support.h"
#include "strict_json.h"

#define EMPTY(status, fields)                                                                      \
    "HTTP/1.1 " status "\r\n" fields "Content-Length: 0\r\nConnection: close\r\n\r\n"
#define JSON(status, text)                                                                         \
    "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" text
#define STORE                                                                                      \
    {                                                                                              \
        HOSTILE_STORE, NULL, 0                                                                     \
    }
#define STORED(name)                                                                               \
    "{\"name\":\"" name                                                                            \
    "\",\"results\":[{\"id\":\"m\",\"x\":0.30000000000000004,\"n\":12345678901234567}]}"
#define OLD(members)                                                                               \
    JSON("200 OK",                                                                                 \
         "{\"name\":\"" POST_NAME "\",\"createTime\":\"2020-01-01T00:00:00Z\"," members "}")
#define OTHER_BODY                                                                                 \
    "{\"parent\":\"" POST_PARENT "\",\"analysisResultId\":\"res-2\",\"analysisResult\":{\"n\":2}}"
#define ANSWER(text)                                                                               \
    {                                                                                              \
        HOSTILE_ANSWER, text, 0                                                                    \
    }

/* What follows "post" in a run, in the folder of the test. */
static const char *body_path, *broken_path, *box_word;

static void open_folder(void)
{
    post_cli_open();
    body_path = post_cli_file("a.json", POST_BODY);
    broken_path = post_cli_file("broken.json", "{\n\"a\":\n");
    box_word = post_cli_word("--outbox=", post_cli_file("box", NULL));
}

/* One line of the log must be strict JSON with these members; its event's name is added to names,
 * which are separated by blanks. */
static void check_line(const char *line, size_t length, char *names, size_t size)
{
    static const char *const MEMBERS[] = {
        "time",        "level",  "event",    "resource", "message", "httpStatus", "attempt",
        "waitSeconds", "status", "exitCode", "file",     "line",    "column",     "command"};
    struct strict_json judge = {.at = (const unsigned char *)line,
                                .end = (const unsigned char *)line + length};
    ck_assert_msg(strict_value(&judge, 0) && judge.at == judge.end, "%s: %.*s", judge.error,
                  (int)length, line);
    cJSON *root = cJSON_ParseWithLength(line, length);
    const cJSON *event = cJSON_GetObjectItemCaseSensitive(root, "event");
    const char *when = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "time"));
    const char *level = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "level"));
    ck_assert(cJSON_IsString(event) && when != NULL && level != NULL);
    ck_assert_ptr_nonnull(strstr("debug info warning error", level));
    ck_assert_int_eq(when[strlen(when) - 1], 'Z');
    ck_assert(cJSON_IsString(cJSON_GetObjectItemCaseSensitive(root, "message")));
    for (const cJSON *member = root->child; member != NULL; member = member->next) {
        bool is_known = false;
        for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
            is_known = is_known || strcmp(MEMBERS[i], member->string) == 0;
        ck_assert_msg(is_known, "undocumented member %s", member->string);
    }
    bool is_error = strcmp(event->valuestring, "error") == 0;
    bool is_retry = strcmp(event->valuestring, "retry") == 0;
    bool is_sum = strcmp(event->valuestring, "flushed") == 0;
    ck_assert(cJSON_HasObjectItem(root, "resource") == !(is_error || is_sum));
    ck_assert(cJSON_HasObjectItem(root, "exitCode") == is_error);
    ck_assert(cJSON_HasObjectItem(root, "status") == is_error);
    ck_assert(cJSON_HasObjectItem(root, "waitSeconds") == is_retry);
    size_t used = strlen(names);
    snprintf(names + used, size - used, "%s%s", used > 0 ? " " : "", event->valuestring);
    cJSON_Delete(root);
}

static void assert_events(const char *log, const char *wanted)
{
    char names[512] = "";
    for (const char *end; (end = strchr(log, '\n')) != NULL; log = end + 1)
        check_line(log, (size_t)(end - log), names, sizeof names);
    ck_assert_str_eq(log, ""); /* nothing after the last line */
    ck_assert_str_eq(names, wanted);
}

/* Scripts of the server and the events that follow from them. */
static const struct log_case {
    struct hostile_step steps[3];
    size_t step_count;
    const char *environment;
    const char *events, *holds;
    int exit_code;
} LOGS[] = {
    {{STORE}, 1, NULL, "stored attempt delivered", "\"httpStatus\":200,\"attempt\":1", 0},
    {{ANSWER(EMPTY("503 No", "")), STORE},
     2,
     NULL,
     "stored attempt retry attempt delivered",
     "\"httpStatus\":503,\"attempt\":1,\"waitSeconds\":",
     0},
    {{{HOSTILE_STORE_SILENT, NULL, 0}, STORE},
     2,
     NULL,
     "stored attempt retry attempt already-there",
     "\"event\":\"already-there\",\"resource\":\"res-1\",\"message\":\"" POST_NAME "\"",
     0},
    {{ANSWER(JSON("400 Bad", "{\"message\":\"a \\\"b\\\" \\u001b[1m\"}"))},
     1,
     NULL,
     "stored attempt failed kept error",
     "\"event\":\"error\",\"command\":\"post\",\"status\":\"remote\",\"exitCode\":76,\"message\":"
     "\"The result was "
     "refused "
     "as wrong (HTTP 400): a \\\"b\\\" ?[1m.\"",
     76},
    {{ANSWER(JSON("200 OK", "{\"accessToken\":\"abcdefgh\"}")), STORE},
     2,
     "ASSAY_CLIENT_ID=i",
     "stored attempt token delivered",
     "\"event\":\"token\"",
     0},
    {{ANSWER(EMPTY("401 No", ""))},
     1,
     "ASSAY_CLIENT_ID=i",
     "stored attempt failed kept error",
     "\"status\":\"auth\",\"exitCode\":77",
     77},
};

START_TEST(events_are_objects)
{
    const struct log_case *one = &LOGS[_i];
    hostile_script(post_cli_server, one->steps, one->step_count);
    struct post_cli run = {
        .args = {"post", body_path, "--log-format=json", box_word},
        .environment = {post_cli_url, "ASSAY_CLIENT_SECRET=s", one->environment}};
    post_cli_run(&run);
    ck_assert_msg(run.code == one->exit_code, "%d: exit %d: %s", _i, run.code, run.err);
    assert_events(run.err, one->events);
    ck_assert_msg(strstr(run.err, one->holds) != NULL, "\"%s\" is not in: %s", one->holds, run.err);
    ck_assert_str_eq(run.out, one->exit_code == 0 ? POST_NAME "\n" : "");
    post_cli_release(&run);
}
END_TEST

START_TEST(error_in_a_file_says_where)
{
    struct post_cli run = {.args = {"post", broken_path, "--log-format=json"},
                           .environment = {post_cli_url}};
    post_cli_run(&run);
    ck_assert_int_eq(run.code, 65);
    assert_events(run.err, "error");
    ck_assert_ptr_nonnull(strstr(run.err, "/broken.json\",\"line\":3,"));
    post_cli_release(&run);
}
END_TEST

/* Entries of the outbox that are damaged are events too, and nothing else is printed. */
START_TEST(flush_is_objects)
{
    ck_assert_int_eq(mkdir(post_cli_file("box", NULL), 0700), 0);
    post_cli_file("box/own.json", OTHER_BODY);
    post_cli_file("box/res-1-0123456789abcdef.json", POST_BODY);
    struct post_cli run = {.args = {"post", "--log-format=json", box_word},
                           .environment = {post_cli_url}};
    post_cli_run(&run);
    ck_assert_int_eq(run.code, 65);
    assert_events(run.err, "attempt delivered failed flushed error");
    ck_assert_ptr_nonnull(strstr(run.err, "is damaged"));
    ck_assert_str_eq(run.out, POST_PARENT "/analysisResults/res-2\n");
    post_cli_release(&run);
}
END_TEST

/* A token of characters that URLs, JSON and HTML write in other ways, and these ways. */
#define TOKEN "S3cr+t/t\"k\\e<n>&=%-tail"
static const char *const ECHOES[] = {
    TOKEN,
    "S3cr%2Bt%2Ft%22k%5Ce%3Cn%3E%26%3D%25-tail",
    "S3cr%2bt%2ft%22k%5ce%3cn%3e%26%3d%25-tail",
    "S3cr+t/t\\\"k\\\\e<n>&=%-tail",
    "S3cr+t\\/t\\\"k\\\\e<n>&=%-tail",
    "S3cr\\u002bt\\u002Ft\\u0022k\\u005ce\\u003cn\\u003e\\u0026\\u003d\\u0025-tail",
    "S3cr+t/t&quot;k\\e&lt;n&gt;&amp;=%-tail",
    "S3cr&#43;t&#47;t&#34;k&#x5c;e&#60;n&#62;&#38;&#61;&#x25;-tail",
    "S3cr+t/t\"k", /* cut short */
};

/* Where a server may put them; %s is the echo. */
static const char *const PLACES[] = {
    "HTTP/1.1 400 Bad\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nYou sent %s here",
    "HTTP/1.1 403 Bad\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"a\":\"%s\"}",
    "HTTP/1.1 302 Go\r\nLocation: https://x.example/?t=%s\r\nContent-Length: 0\r\n"
    "Connection: close\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<p>%s",
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"b\":\"%s\"}",
    "HTTP/1.1 503 No\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n%s",
    "HTTP/1.1 401 No\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n%s",
};

static void assert_silent(const struct post_cli *run, const char *echo, const char *place)
{
    const char *const texts[] = {run->out, run->err};
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < sizeof ECHOES / sizeof *ECHOES; k++)
            ck_assert_msg(strstr(texts[i], ECHOES[k]) == NULL, "%s in %s is shown: %s", echo, place,
                          texts[i]);
        ck_assert_msg(strstr(texts[i], "tail") == NULL, "a part of %s in %s is shown: %s", echo,
                      place, texts[i]);
    }
}

START_TEST(token_is_never_shown)
{
    const char *place = PLACES[_i];
    size_t blanked = 0;
    /* One for each echo: a thread of the server may still look at the one before. */
    static char answers[sizeof ECHOES / sizeof *ECHOES][1024];
    static struct hostile_step steps[sizeof ECHOES / sizeof *ECHOES];
    for (size_t k = 0; k < sizeof ECHOES / sizeof *ECHOES; k++) {
        const char *mark = strstr(place, "%s");
        snprintf(answers[k], sizeof answers[k], "%.*s%s%s", (int)(mark - place), place, ECHOES[k],
                 mark + 2);
        steps[k] = (struct hostile_step)ANSWER(answers[k]);
        hostile_script(post_cli_server, &steps[k], 1);
        struct post_cli run = {.args = {"post", body_path, "--max-attempts=1",
                                        k % 2 == 0 ? "--log-format=text" : "--log-format=json"},
                               .environment = {post_cli_url, "ASSAY_TOKEN=" TOKEN}};
        post_cli_run(&run);
        ck_assert_int_ne(run.code, 0);
        assert_silent(&run, ECHOES[k], place);
        blanked += strstr(run.err, "[secret]") != NULL;
        post_cli_release(&run);
    }
    /* That nothing is shown must not come from nothing being quoted. */
    ck_assert_uint_ge(blanked, sizeof ECHOES / sizeof *ECHOES - 2);
}
END_TEST

/* The name that a server gives is printed; a token in it is not. */
START_TEST(token_in_a_name_is_not_printed)
{
    static const struct hostile_step steps[] = {
        ANSWER(EMPTY("409 No", "")),
        ANSWER(JSON("200 OK", STORED("n/S3cr+t\\/t\\\"k\\\\e<n>&=%-tail")))};
    hostile_script(post_cli_server, steps, 2);
    struct post_cli run = {.args = {"post", body_path},
                           .environment = {post_cli_url, "ASSAY_TOKEN=" TOKEN}};
    post_cli_run(&run);
    ck_assert_int_eq(run.code, 0);
    ck_assert_str_eq(run.out, "n/[secret]\n");
    assert_silent(&run, TOKEN, "a name");
    post_cli_release(&run);
}
END_TEST

/* Any service answers names: another one proves nothing, so that the result is looked for. */
static const struct other_case {
    const char *answer; /* to the GET */
    int code;
    const char *out, *says;
} OTHERS[] = {
    {JSON("200 OK", STORED(POST_NAME)), 0, POST_NAME "\n", "looking whether the result is there"},
    {EMPTY("404 No", ""), 75, "",
     "The server acknowledged another name, and nothing is stored under the id \"res-1\" (HTTP "
     "404). Check the base URL. Gave up after 1 attempt."},
    {JSON("200 OK", "{\"name\":\"" POST_NAME "\",\"results\":[]}"), 76, "",
     "The server has a different result under the id \"res-1\": "},
    {JSON("200 OK", "{\"ok\":true}"), 75, "", "The stored result is not acknowledged"},
};

START_TEST(other_name_is_looked_up)
{
    static const char *const NAMES[] = {"x", POST_PARENT "/analysisResults/res-11",
                                        POST_PARENT "/analysisResults/res-1/",
                                        "workflows/w/instances/other/analysisResults/res-1"};
    const struct other_case *other = &OTHERS[_i];
    for (size_t k = 0; k < sizeof NAMES / sizeof *NAMES; k++) {
        char first[512];
        snprintf(first, sizeof first, JSON("200 OK", "{\"name\":\"%s\"}"), NAMES[k]);
        const struct hostile_step steps[] = {ANSWER(first), ANSWER(other->answer)};
        hostile_script(post_cli_server, steps, 2);
        struct post_cli run = {.args = {"post", body_path, "--max-attempts=1"},
                               .environment = {post_cli_url}};
        post_cli_run(&run);
        assert_code(run, other->code);
        ck_assert_str_eq(run.out, other->out);
        assert_says(run.err, other->says);
        post_cli_release(&run);
        hostile_script(post_cli_server, steps, 2);
        struct post_cli json = {
            .args = {"post", body_path, "--max-attempts=1", "--log-format=json"},
            .environment = {post_cli_url}};
        post_cli_run(&json);
        assert_code(json, other->code);
        assert_events(json.err, other->code == 0 ? "attempt other-name delivered"
                                                 : "attempt other-name failed error");
        post_cli_release(&json);
    }
}
END_TEST

/* A server may give back what it has of the name, in the place of HTTP 409. */
static const struct {
    const char *first, *second; /* answers to the POST and to a GET */
    int code;
    const char *out, *says, *events;
} CONTENTS[] = {
    {OLD("\"results\":[{\"id\":\"other\"}]"), OLD("\"results\":[{\"id\":\"other\"}]"), 76, "",
     "The server has a different result under the id \"res-1\": analysisResult.results[0].id",
     "attempt other-content failed error"},
    {OLD("\"results\":[{\"id\":\"other\"}]"), JSON("200 OK", STORED(POST_NAME)), 0, POST_NAME "\n",
     "answered with an older result, in which analysisResult.results[0].id is not the same",
     "attempt other-content already-there"},
    {OLD("\"results\":[{\"id\":\"other\"}]"), EMPTY("404 No", ""), 75, "",
     "The server answered with an older result, and nothing is stored under the id \"res-1\" "
     "(HTTP 404). Gave up after 1 attempt.",
     "attempt other-content failed error"},
    {OLD("\"results\":[]"), NULL, 0, POST_NAME "\n", "", "attempt delivered"},
    {JSON("200 OK", "{\"name\":\"" POST_NAME "\",\"results\":[{\"id\":\"M\"}]}"), NULL, 0,
     POST_NAME "\n", "another value than was sent: analysisResult.results[0].id. It counts as",
     "attempt other-content delivered"},
    {JSON("200 OK", "{\"name\":\"" POST_NAME "\",\"createTime\":\"2190-01-01T00:00:00Z\","
                    "\"results\":[{\"id\":\"M\"}]}"),
     NULL, 0, POST_NAME "\n", "It counts as delivered.", "attempt other-content delivered"},
};

START_TEST(other_content_is_told_and_an_older_one_looked_up)
{
    for (int is_json = 0; is_json < 2; is_json++) {
        const struct hostile_step steps[] = {ANSWER(CONTENTS[_i].first),
                                             ANSWER(CONTENTS[_i].second)};
        hostile_script(post_cli_server, steps, CONTENTS[_i].second != NULL ? 2 : 1);
        struct post_cli run = {.args = {"post", body_path, "--max-attempts=1",
                                        is_json ? "--log-format=json" : "--log-format=text"},
                               .environment = {post_cli_url}};
        post_cli_run(&run);
        assert_code(run, CONTENTS[_i].code);
        ck_assert_str_eq(run.out, CONTENTS[_i].out);
        if (is_json)
            assert_events(run.err, CONTENTS[_i].events);
        else
            assert_says(run.err, CONTENTS[_i].says);
        post_cli_release(&run);
    }
}
END_TEST

START_TEST(want_of_a_token_is_not_called_a_wrong_one)
{
    static const struct hostile_step steps[] = {
        ANSWER(JSON("401 No", "{\"code\":16,\"message\":\"words\"}"))};
    hostile_script(post_cli_server, steps, 1);
    struct post_cli run = {.args = {"post", body_path}, .environment = {post_cli_url}};
    post_cli_run(&run);
    ck_assert_int_eq(run.code, 77);
    assert_says(run.err,
                "assay: res-1: The server wants a token, and none was given (HTTP 401).\n");
    post_cli_release(&run);
}
END_TEST

/* A client secret that the token endpoint repeats, in the error of the first and only attempt. */
START_TEST(client_secret_is_never_shown)
{
    static const struct hostile_step steps[] = {
        ANSWER(JSON("400 Bad", "{\"error\":\"invalid_client\",\"error_description\":"
                               "\"no S3cr%2Bt%2Ft%22k%5Ce%3Cn%3E%26%3D%25-tail\"}"))};
    hostile_script(post_cli_server, steps, 1);
    struct post_cli run = {
        .args = {"post", body_path},
        .environment = {post_cli_url, "ASSAY_CLIENT_ID=i", "ASSAY_CLIENT_SECRET=" TOKEN}};
    post_cli_run(&run);
    ck_assert_int_eq(run.code, 77);
    ck_assert_ptr_nonnull(strstr(run.err, "no [secret]"));
    assert_silent(&run, TOKEN, "a grant");
    post_cli_release(&run);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, open_folder, post_cli_close);
    tcase_add_loop_test(cases, events_are_objects, 0, (int)(sizeof LOGS / sizeof *LOGS));
    tcase_add_test(cases, error_in_a_file_says_where);
    tcase_add_test(cases, flush_is_objects);
    tcase_add_loop_test(cases, token_is_never_shown, 0, (int)(sizeof PLACES / sizeof *PLACES));
    tcase_add_test(cases, token_in_a_name_is_not_printed);
    tcase_add_loop_test(cases, other_name_is_looked_up, 0, (int)(sizeof OTHERS / sizeof *OTHERS));
    tcase_add_loop_test(cases, other_content_is_told_and_an_older_one_looked_up, 0,
                        (int)(sizeof CONTENTS / sizeof *CONTENTS));
    tcase_add_test(cases, want_of_a_token_is_not_called_a_wrong_one);
    tcase_add_test(cases, client_secret_is_never_shown);
}

int main(void)
{
    return test_main("post_log", add);
}
