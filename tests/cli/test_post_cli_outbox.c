/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay post with an outbox, from the outside: what is kept and when, what is said about it, and
 * that what is kept is delivered later, once, by however many processes.
 */
#include <signal.h>
#include <unistd.h>

#include "post_cli.h"
#include "post_support.h"

#define STORE                                                                                      \
    {                                                                                              \
        HOSTILE_STORE, NULL, 0                                                                     \
    }
#define EMPTY(status, fields)                                                                      \
    "HTTP/1.1 " status "\r\n" fields "Content-Length: 0\r\nConnection: close\r\n\r\n"
#define JSON(status, text)                                                                         \
    "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" text
#define OTHER_BODY                                                                                 \
    "{\"parent\":\"" POST_PARENT "\",\"analysisResultId\":\"res-2\",\"analysisResult\":{\"n\":2}}"
#define QUICK "--max-attempts=1"

static const struct hostile_step WELL[] = {STORE};

START_TEST(outbox_flag_wins_over_environment)
{
    hostile_script(post_cli_server,
                   (const struct hostile_step[]){{HOSTILE_ANSWER, EMPTY("503 No", ""), 0}}, 1);
    struct post_cli run = {
        .args = {"post", post_cli_file("a.json", POST_BODY), QUICK},
        .environment = {post_cli_url, post_cli_word("ASSAY_OUTBOX=", post_cli_file("box", NULL))}};
    post_cli_run(&run);
    assert_code(run, 75);
    ck_assert_uint_eq(post_cli_count(post_cli_file("box", NULL)), 1);
    post_cli_release(&run);
    run.args[3] = post_cli_word("--outbox=", post_cli_file("other", NULL));
    post_cli_run(&run);
    assert_code(run, 75);
    ck_assert_uint_eq(post_cli_count(post_cli_file("box", NULL)), 1);
    ck_assert_uint_eq(post_cli_count(post_cli_file("other", NULL)), 1);
    assert_says(run.err, "'assay post --outbox ");
    assert_says(run.err, "sends it again");
    post_cli_release(&run);
}
END_TEST

/* Nothing that keeps the client from sending keeps the result from the outbox. */
START_TEST(result_is_kept_before_anything_is_sent)
{
    static const char *const flags[] = {"--token-file=@none", "--ca-file=@none",
                                        "--client-cert=@none", "--client-key=@none"};
    static const int codes[] = {77, 66, 66, 66};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        struct post_cli run = {.args = {"post", "-",
                                        post_cli_word(flags[i], post_cli_file("none", NULL)),
                                        post_cli_word("--outbox=", post_cli_file("box", NULL))},
                               .environment = {post_cli_url},
                               .input = POST_BODY};
        post_cli_run(&run);
        assert_code(run, codes[i]);
        assert_says(run.err, "/none: The ");
        assert_says(run.err, "cannot be read: No such file");
        ck_assert_uint_eq(post_cli_count(post_cli_file("box", NULL)), 1);
        post_cli_release(&run);
    }
    ck_assert_uint_eq(hostile_requests(post_cli_server), 0);
    struct post_cli run = {.args = {"post", post_cli_word("--outbox=", post_cli_file("box", NULL))},
                           .environment = {post_cli_url}};
    post_cli_run(&run);
    assert_code(run, 0);
    ck_assert_str_eq(run.out, POST_NAME "\n");
    ck_assert_uint_eq(post_cli_count(post_cli_file("box", NULL)), 0);
    post_cli_release(&run);
}
END_TEST

/* A signal ends the command at once, in an attempt and between two; the result is kept. */
START_TEST(signal_leaves_the_result)
{
    static const struct hostile_step steps[] = {
        {HOSTILE_HANG, "", 20000}, {HOSTILE_ANSWER, EMPTY("503 No", "Retry-After: 200\r\n"), 0}};
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    const char *box = post_cli_word("--outbox=", post_cli_file("box", NULL));
    hostile_script(post_cli_server, &steps[_i / 3], 1);
    struct post_cli run = {.args = {"post", post_cli_file("a.json", POST_BODY), box},
                           .environment = {post_cli_url}};
    post_cli_start(&run);
    for (int i = 0; i < 1000 && hostile_requests(post_cli_server) == 0; i++)
        usleep(10000);
    usleep(100000); /* for the answer, if there is one */
    kill(run.process, signals[_i % 3]);
    post_cli_finish(&run);
    assert_code(run, 128 + signals[_i % 3]);
    ck_assert_uint_eq(post_cli_count(post_cli_file("box", NULL)), 1);
    post_cli_release(&run);
    hostile_script(post_cli_server, WELL, 1);
    struct post_cli next = {.args = {"post", box}, .environment = {post_cli_url}};
    post_cli_run(&next);
    assert_code(next, 0);
    ck_assert_str_eq(next.out, POST_NAME "\n");
    post_cli_release(&next);
}
END_TEST

/* What is said where a standard stream is closed must not land in the result that is kept, nor in
 * the connection. */
START_TEST(closed_streams_are_not_the_outbox)
{
    static const struct hostile_step steps[] = {
        {HOSTILE_ANSWER, EMPTY("503 No", ""), 0}, {HOSTILE_ANSWER, EMPTY("503 No", ""), 0}, STORE};
    for (unsigned closed = 1; closed < 8; closed++) {
        const char *box = post_cli_word("--outbox=", post_cli_file("box", NULL));
        struct post_cli run = {
            .args = {"post", post_cli_file("a.json", POST_BODY), box, "--max-attempts=2"},
            .environment = {post_cli_url},
            .closed = closed};
        hostile_script(post_cli_server, steps, 3);
        post_cli_run(&run);
        assert_code(run, 75);
        ck_assert_uint_eq(post_cli_count(post_cli_file("box", NULL)), 1);
        post_cli_release(&run);
        size_t before = hostile_requests(post_cli_server);
        struct post_cli next = {.args = {"post", box}, .environment = {post_cli_url}};
        post_cli_run(&next);
        assert_code(next, 0);
        ck_assert_str_eq(hostile_request(post_cli_server, before)->body, POST_BODY);
        assert_says(next.err, "assay: 1 delivered, 0 left in ");
        post_cli_release(&next);
    }
}
END_TEST

/* A stream that is closed is not a stream: reading it, and printing names to it, fails. */
START_TEST(closed_streams_stay_unusable)
{
    struct post_cli reading = {.args = {"post", "-"}, .environment = {post_cli_url}, .closed = 1};
    post_cli_run(&reading);
    assert_code(reading, 74);
    assert_says(reading.err, "assay: -: Reading failed: Bad file descriptor.");
    post_cli_release(&reading);
    struct post_cli printing = {.args = {"post", post_cli_file("a.json", POST_BODY)},
                                .environment = {post_cli_url},
                                .closed = 2};
    post_cli_run(&printing);
    assert_code(printing, 74);
    assert_says(printing.err, "cannot write to standard output");
    ck_assert_uint_eq(hostile_stored(post_cli_server), 1);
    post_cli_release(&printing);
}
END_TEST

/* Answers that end a delivery, as the command shows them. */
static const struct answer_case {
    const char *answers[2];
    int exit_code;
    const char *says;
} ANSWERS[] = {
    {{EMPTY("302 Found", "Location: https://login.example/\r\n")},
     76,
     "assay: res-1: The result was redirected, which is never followed; check the base URL "
     "(HTTP 302): it points to "
     "https://login.example/\n"},
    {{EMPTY("409 No", ""), JSON("200 OK", "{\"name\":\"n\",\"results\":[{\"id\":\"z\"}]}")},
     76,
     "results[0].id is not the same. Choose another id, or delete the stored one.\n"},
    {{EMPTY("401 No", "")},
     77,
     "the token is not accepted; check that it has not expired and is "
     "for this server (HTTP 401).\n"},
    {{EMPTY("413 No", "")}, 76, "too large; the server's limit must be raised (HTTP 413).\n"},
    {{EMPTY("503 No", "")}, 75, "(HTTP 503). Gave up after 1 attempt.\n"},
    {{EMPTY("429 No", "Retry-After: 1000\r\n")}, 75, "Gave up after 1 attempt.\n"},
};

START_TEST(failure_is_explained_and_kept)
{
    const struct answer_case *one = &ANSWERS[_i];
    struct hostile_step steps[2] = {{HOSTILE_ANSWER, one->answers[0], 0},
                                    {HOSTILE_ANSWER, one->answers[1], 0}};
    hostile_script(post_cli_server, steps, one->answers[1] != NULL ? 2 : 1);
    struct post_cli run = {.args = {"post", post_cli_file("a.json", POST_BODY), QUICK,
                                    post_cli_word("--outbox=", post_cli_file("box", NULL))},
                           .environment = {post_cli_url, "ASSAY_TOKEN=" POST_TOKEN}};
    post_cli_run(&run);
    assert_code(run, one->exit_code);
    ck_assert_str_eq(run.out, "");
    assert_says(run.err, one->says);
    /* The last line says what to do. */
    const char *last = run.err + strlen(run.err) - 1;
    while (last > run.err && last[-1] != '\n')
        last--;
    ck_assert_msg(strncmp(last, "assay: res-1 is kept in ", 24) == 0, "%s", last);
    assert_says(last, "' sends it again, removing the file gives it up\n");
    ck_assert_uint_eq(post_cli_count(post_cli_file("box", NULL)), 1);
    post_cli_release(&run);
}
END_TEST

/* Fills an outbox by way of a server that is out of order. */
static const char *fill_outbox(int count)
{
    static const struct hostile_step broken[] = {{HOSTILE_ANSWER, EMPTY("503 No", ""), 0}};
    const char *box = post_cli_file("box", NULL);
    struct post_cli run = {.args = {"post", QUICK, post_cli_word("--outbox=", box)},
                           .environment = {post_cli_url}};
    ck_assert_int_lt(count + 3, POST_CLI_WORDS_MAX);
    hostile_script(post_cli_server, broken, 1);
    for (int i = 0; i < count; i++) {
        char name[32], body[200];
        snprintf(name, sizeof name, "%02d.json", i);
        snprintf(body, sizeof body,
                 "{\"parent\":\"%s\",\"analysisResultId\":\"res-%02d\",\"analysisResult\":{}}",
                 POST_PARENT, i);
        run.args[3 + i] = post_cli_file(name, body);
    }
    post_cli_run(&run);
    assert_code(run, 75);
    ck_assert_uint_eq(post_cli_count(box), (size_t)count);
    post_cli_release(&run);
    return box;
}

START_TEST(outbox_with_one_refused)
{
    static const struct hostile_step steps[] = {
        STORE, {HOSTILE_ANSWER, JSON("400 Bad", "{\"message\":\"Not this one.\"}"), 0}, STORE};
    const char *box = fill_outbox(5);
    hostile_script(post_cli_server, steps, 3);
    struct post_cli run = {.args = {"post", post_cli_word("--outbox=", box)},
                           .environment = {post_cli_url}};
    post_cli_run(&run);
    assert_code(run, 76);
    ck_assert_uint_eq(post_cli_count(box), 1);
    ck_assert_uint_eq(hostile_stored(post_cli_server), 4);
    assert_says(run.err, ": The result was refused as wrong (HTTP 400): Not this one.\n");
    assert_says(run.err, "assay: 4 delivered, 1 left in /tmp/");
    post_cli_release(&run);
    hostile_script(post_cli_server, WELL, 1);
    post_cli_run(&run);
    assert_code(run, 0);
    assert_says(run.err, "assay: 1 delivered, 0 left in /tmp/");
    ck_assert_uint_eq(post_cli_count(box), 0);
    post_cli_release(&run);
}
END_TEST

START_TEST(outbox_is_shared_by_two_processes)
{
    enum { ENTRIES = 24 };
    const char *box = fill_outbox(ENTRIES);
    size_t before = hostile_requests(post_cli_server);
    hostile_script(post_cli_server, WELL, 1);
    struct post_cli runs[2];
    size_t names = 0;
    for (int i = 0; i < 2; i++) {
        runs[i] = (struct post_cli){.args = {"post", post_cli_word("--outbox=", box)},
                                    .environment = {post_cli_url}};
        post_cli_start(&runs[i]);
    }
    for (int i = 0; i < 2; i++) {
        post_cli_finish(&runs[i]);
        assert_code(runs[i], 0);
        for (const char *at = runs[i].out; (at = strchr(at, '\n')) != NULL; at++)
            names++;
        post_cli_release(&runs[i]);
    }
    ck_assert_uint_eq(names, ENTRIES);
    ck_assert_uint_eq(hostile_stored(post_cli_server), ENTRIES);
    ck_assert_uint_eq(hostile_requests(post_cli_server) - before, ENTRIES);
    ck_assert_uint_eq(post_cli_count(box), 0);
}
END_TEST

/* Where the result cannot be kept, it is not sent either: the exit code says so. */
START_TEST(outbox_that_cannot_be_written)
{
    static char body[65536];
    size_t used = (size_t)snprintf(body, sizeof body, "%s", OTHER_BODY);
    memset(body + used, ' ', sizeof body - used - 1);
    const struct {
        const char *outbox;
        size_t file_bytes_max;
        const char *says;
    } cases[] = {
        {post_cli_file("none/box", NULL), 0,
         "/none/box: The outbox directory cannot be made: No such file"},
        {post_cli_file("file", ""), 0, "/file: The outbox directory cannot be made: File exists"},
        {post_cli_file("box", NULL), 16384, "The outbox entry cannot be written: File too large"},
        {"/proc", 0, "The outbox entry cannot be made"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct post_cli run = {.args = {"post", post_cli_file("a.json", body),
                                        post_cli_word("--outbox=", cases[i].outbox)},
                               .environment = {post_cli_url},
                               .file_bytes_max = cases[i].file_bytes_max};
        post_cli_run(&run);
        assert_code(run, 74);
        assert_says(run.err, cases[i].says);
        ck_assert_str_eq(run.out, "");
        post_cli_release(&run);
    }
    ck_assert_uint_eq(hostile_requests(post_cli_server), 0);
    ck_assert_uint_eq(post_cli_count(post_cli_file("box", NULL)), 0);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, post_cli_open, post_cli_close);
    tcase_add_test(cases, outbox_flag_wins_over_environment);
    tcase_add_test(cases, result_is_kept_before_anything_is_sent);
    tcase_add_loop_test(cases, signal_leaves_the_result, 0, 6);
    tcase_add_test(cases, closed_streams_are_not_the_outbox);
    tcase_add_test(cases, closed_streams_stay_unusable);
    tcase_add_loop_test(cases, failure_is_explained_and_kept, 0,
                        (int)(sizeof ANSWERS / sizeof *ANSWERS));
    tcase_add_test(cases, outbox_with_one_refused);
    tcase_add_test(cases, outbox_is_shared_by_two_processes);
    tcase_add_test(cases, outbox_that_cannot_be_written);
}

int main(void)
{
    return test_main("post_cli_outbox", add);
}
