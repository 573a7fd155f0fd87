/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assay post and assay analyze --post from the outside: what is sent, what is printed where, and
 * exit codes. Flags and environment are in test_post_cli_flags.c, what is left in the outbox is in
 * test_post_cli_outbox.c, what is logged in test_post_log.c.
 */
#include "post_answers.h"
#include "post_cli.h"
#include "post_support.h"

#define OTHER_BODY                                                                                 \
    "{\"parent\":\"" POST_PARENT "\",\"analysisResultId\":\"res-2\",\"analysisResult\":{\"n\":2}}"
#define QUICK "--max-attempts=1"

START_TEST(files_and_standard_input_are_posted)
{
    struct post_cli run = {.args = {"post", "--parent=" POST_PARENT,
                                    post_cli_file("a.json", POST_BODY), "-",
                                    post_cli_file("c.json", "{\"results\":[]}")},
                           .environment = {post_cli_url},
                           .input = OTHER_BODY};
    post_cli_run(&run);
    assert_code(run, 0);
    assert_says(run.out, POST_NAME "\n" POST_PARENT "/analysisResults/res-2\n" POST_PARENT
                                   "/analysisResults/ar-");
    ck_assert_str_eq(run.err, "");
    ck_assert_uint_eq(hostile_stored(post_cli_server), 3);
    post_cli_release(&run);
}
END_TEST

/* The first failure's exit code; every file has its turn, and each failure names what it is of. */
START_TEST(one_bad_file_does_not_stop_the_others)
{
    static const struct hostile_step steps[] = {
        {HOSTILE_ANSWER, JSON("400 Bad", "{\"message\":\"Not this one.\"}"), 0}, STORE};
    hostile_script(post_cli_server, steps, 2);
    struct post_cli run = {
        .args = {"post", post_cli_file("none.json", NULL), post_cli_file("a.json", "{\"a\":"),
                 post_cli_file("b.json", POST_BODY), post_cli_file("c.json", OTHER_BODY)},
        .environment = {post_cli_url}};
    post_cli_run(&run);
    assert_code(run, 66);
    ck_assert_str_eq(run.out, POST_PARENT "/analysisResults/res-2\n");
    assert_says(run.err, "/none.json: Cannot be opened: No such file");
    assert_says(run.err, "/a.json:1:");
    assert_says(run.err, "assay: res-1: The result was refused as wrong (HTTP 400): Not this one.");
    post_cli_release(&run);
}
END_TEST

/* Names that would end a header line or leave their place, from a flag and from a body. */
START_TEST(names_cannot_break_out_of_the_request)
{
    static const char *const args[] = {"--parent=workflows/a\r\nX-Evil: 1/instances/b",
                                       "--parent=workflows/a/instances/b/../../c",
                                       "--parent=workflows/a/instances/..",
                                       "--id=ab\r\nX-Evil: 1",
                                       "--id=../../x",
                                       "--id=ab?x=1"};
    static const char *const bodies[] = {
        "{\"parent\":\"workflows/a\\r\\nX-Evil: 1/instances/b\",\"analysisResult\":{}}",
        "{\"parent\":\"workflows/a\\u0000/instances/b\",\"analysisResult\":{}}",
        "{\"parent\":\"" POST_PARENT "\",\"analysisResultId\":\"ab\\r\\nX: 1\","
        "\"analysisResult\":{}}"};
    for (size_t i = 0; i < sizeof args / sizeof *args; i++) {
        struct post_cli run = {
            .args = {"post", "-", args[i], i < 3 ? "--id=ab" : "--parent=" POST_PARENT},
            .environment = {post_cli_url},
            .input = "{}"};
        post_cli_run(&run);
        assert_code(run, 2);
        post_cli_release(&run);
    }
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct post_cli run = {
            .args = {"post", "-"}, .environment = {post_cli_url}, .input = bodies[i]};
        post_cli_run(&run);
        assert_code(run, 65);
        post_cli_release(&run);
    }
    ck_assert_uint_eq(hostile_requests(post_cli_server), 0);
}
END_TEST

START_TEST(nowhere_to_post_names_the_command)
{
    static const char CSV[] = "g,m\na,1\na,2\na,3\nb,2\nb,3\nb,5\n";
    struct post_cli post = {.args = {"post", "-"}, .input = POST_BODY};
    post_cli_run(&post);
    assert_code(post, 2);
    assert_says(post.err, "assay post: where to post is not given: use --region=eu");
    post_cli_release(&post);
    struct post_cli analyze = {.args = {"analyze", "-", "--group=g", "--baseline=a", "--metric=m",
                                        "--parent=" POST_PARENT, "--post"},
                               .input = CSV};
    post_cli_run(&analyze);
    assert_code(analyze, 2);
    ck_assert_str_eq(analyze.out, ""); /* before the data are read */
    assert_says(analyze.err, "assay analyze: where to post is not given: use --region=eu");
    assert_says(analyze.err, "Try 'assay help analyze'.");
    post_cli_release(&analyze);
}
END_TEST

/* The result that is printed is the one that is delivered, and delivering it again changes nothing.
 */
START_TEST(analyze_posts_what_it_prints)
{
    static const char CSV[] = "g,m\na,1\na,2\na,3\nb,2\nb,3\nb,5\n";
    for (int i = 0; i < 2; i++) {
        struct post_cli run = {.args = {"analyze", "-", "--group=g", "--baseline=a", "--metric=m",
                                        "--parent=" POST_PARENT, "--post", "--format=result"},
                               .environment = {post_cli_url, "ASSAY_TOKEN=" POST_TOKEN},
                               .input = CSV};
        post_cli_run(&run);
        assert_code(run, 0);
        assert_says(run.err, i == 0 ? "assay: delivered " POST_PARENT "/analysisResults/ar-"
                                    : "was stored already, and is the same");
        ck_assert_uint_eq(hostile_stored(post_cli_server), 1);
        char *end = strrchr(run.out, '\n');
        ck_assert_ptr_nonnull(end);
        *end = '\0';
        ck_assert_ptr_nonnull(strstr(hostile_request(post_cli_server, 0)->body, run.out));
        post_cli_release(&run);
    }
}
END_TEST

/* Where the result cannot be written, it is delivered; where neither can be done, it is kept. */
START_TEST(analyze_delivers_what_it_cannot_write)
{
    static const char CSV[] = "g,m\na,1\na,2\na,3\nb,2\nb,3\nb,5\n";
    struct post_cli run = {.args = {"analyze", "-", "--group=g", "--baseline=a", "--metric=m",
                                    "--parent=" POST_PARENT, "--post", "--max-attempts=1"},
                           .environment = {post_cli_url},
                           .input = CSV,
                           .output = "/dev/full"};
    post_cli_run(&run);
    assert_code(run, 74);
    assert_says(run.err, "assay: cannot write to standard output: No space left on device\n");
    assert_says(run.err, "assay: delivered " POST_PARENT "/analysisResults/ar-");
    ck_assert_uint_eq(hostile_stored(post_cli_server), 1);
    post_cli_release(&run);
    run.output = NULL;
    run.args[5] = "--parent=workflows/w/instances/other";
    run.args[8] = post_cli_word("--output=", post_cli_file("none/result", NULL));
    post_cli_run(&run);
    assert_code(run, 74);
    assert_says(run.err, "none/result': No such file or directory.");
    ck_assert_uint_eq(hostile_stored(post_cli_server), 2);
    post_cli_release(&run);
    hostile_script(post_cli_server,
                   (const struct hostile_step[]){{HOSTILE_ANSWER, EMPTY("503 No", ""), 0}}, 1);
    run.args[9] = post_cli_word("--outbox=", post_cli_file("box", NULL));
    post_cli_run(&run);
    assert_code(run, 75);
    assert_says(run.err, "none/result': No such file or directory.");
    ck_assert_uint_eq(post_cli_count(post_cli_file("box", NULL)), 1);
    post_cli_release(&run);
}
END_TEST

START_TEST(dry_run_shows_and_sends_nothing)
{
    struct post_cli run = {.args = {"post", "--dry-run", post_cli_file("a.json", POST_BODY)},
                           .environment = {post_cli_url, "ASSAY_TOKEN=" POST_TOKEN}};
    char wanted[1024];
    post_cli_run(&run);
    assert_code(run, 0);
    snprintf(wanted, sizeof wanted,
             "POST %s/v2/" POST_PARENT "/analysisResults?analysisResultId=res-1\n"
             "Authorization: Bearer [token]\nAccept: application/json\n"
             "Content-Type: application/json\nUser-Agent: assay/" ASSAY_VERSION "\n\n" POST_BODY
             "\n",
             hostile_url(post_cli_server));
    ck_assert_str_eq(run.out, wanted);
    ck_assert_str_eq(run.err, "");
    ck_assert_uint_eq(hostile_requests(post_cli_server), 0);
    post_cli_release(&run);
    run.output = "/dev/full";
    post_cli_run(&run);
    assert_code(run, 74);
    assert_says(run.err, "standard output: No space left");
    post_cli_release(&run);
    run.output = NULL;
    run.args[3] = post_cli_word("--ca-file=", post_cli_file("none", NULL));
    post_cli_run(&run);
    assert_code(run, 66);
    assert_says(run.err, "/none: The CA file cannot be read: No such file");
    post_cli_release(&run);
}
END_TEST

/* The names are a result: where they cannot be printed, the command does not end well. */
START_TEST(names_that_cannot_be_printed)
{
    struct post_cli run = {
        .args = {"post", post_cli_file("a.json", POST_BODY), post_cli_file("b.json", OTHER_BODY)},
        .environment = {post_cli_url},
        .output = "/dev/full"};
    post_cli_run(&run);
    assert_code(run, 74);
    ck_assert_uint_eq(hostile_stored(post_cli_server), 2);
    post_cli_release(&run);
}
END_TEST

START_TEST(attempts_that_failed_are_told)
{
    static const struct hostile_step steps[] = {{HOSTILE_ANSWER, EMPTY("503 No", ""), 0}, STORE};
    hostile_script(post_cli_server, steps, 2);
    struct post_cli run = {.args = {"post", post_cli_file("a.json", POST_BODY)},
                           .environment = {post_cli_url}};
    post_cli_run(&run);
    assert_code(run, 0);
    ck_assert_str_eq(run.out, POST_NAME "\n");
    assert_says(run.err, "assay: res-1: attempt 1: The result was not taken: the server failed "
                         "(HTTP 503). Next attempt in 0.");
    post_cli_release(&run);
}
END_TEST

START_TEST(folder_is_no_result)
{
    struct post_cli run = {.args = {"post", "/tmp"}, .environment = {post_cli_url}};
    post_cli_run(&run);
    assert_code(run, 66);
    assert_says(run.err, "assay: /tmp: This is a directory, not a file.");
    post_cli_release(&run);
}
END_TEST

START_TEST(unknown_host_is_for_later)
{
    struct post_cli run = {.args = {"post", post_cli_file("a.json", POST_BODY), QUICK,
                                    "--base-url=https://no-such-host.invalid",
                                    "--connect-timeout=2"},
                           .environment = {"ASSAY_TOKEN=" POST_TOKEN}};
    post_cli_run(&run);
    assert_code(run, 75);
    assert_says(run.err, "the server cannot be reached (");
    post_cli_release(&run);
}
END_TEST

START_TEST(deadline_holds_over_a_hung_server)
{
    static const struct hostile_step steps[] = {{HOSTILE_HANG, "", 20000}};
    hostile_script(post_cli_server, steps, 1);
    struct post_cli run = {.args = {"post", post_cli_file("a.json", POST_BODY), "--deadline=0.3"},
                           .environment = {post_cli_url}};
    post_cli_run(&run);
    assert_code(run, 75);
    assert_says(run.err, "the deadline of 0.3 s");
    ck_assert_uint_le(hostile_requests(post_cli_server), 3);
    post_cli_release(&run);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, post_cli_open, post_cli_close);
    tcase_add_test(cases, files_and_standard_input_are_posted);
    tcase_add_test(cases, one_bad_file_does_not_stop_the_others);
    tcase_add_test(cases, names_cannot_break_out_of_the_request);
    tcase_add_test(cases, nowhere_to_post_names_the_command);
    tcase_add_test(cases, analyze_posts_what_it_prints);
    tcase_add_test(cases, analyze_delivers_what_it_cannot_write);
    tcase_add_test(cases, dry_run_shows_and_sends_nothing);
    tcase_add_test(cases, names_that_cannot_be_printed);
    tcase_add_test(cases, attempts_that_failed_are_told);
    tcase_add_test(cases, folder_is_no_result);
    tcase_add_test(cases, unknown_host_is_for_later);
    tcase_add_test(cases, deadline_holds_over_a_hung_server);
}

int main(void)
{
    return test_main("post_cli", add);
}
