/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay post: where token and server come from, which of them wins, and wrong usage. */
#include "post_answers.h"
#include "post_cli.h"
#include "post_support.h"

#define QUICK "--max-attempts=1"

/* Sources of token and server: what is given, and the token that must arrive. */
static const struct source_case {
    const char *args[4], *environment[6];
    const char *token; /* "" for none, NULL when nothing may be sent */
    int exit_code;
    const char *says;
} SOURCES[] = {
    {{NULL}, {"ASSAY_TOKEN=from-env"}, "from-env", 0, NULL},
    {{NULL}, {"ASSAY_TOKEN_FILE=@one"}, "from-one", 0, NULL},
    {{"--token-file=@two"}, {"ASSAY_TOKEN=from-env"}, "from-two", 0, NULL},
    {{"--token-file=@two"}, {"ASSAY_TOKEN_FILE=@one"}, "from-two", 0, NULL},
    {{"--token-file=@two"}, {"ASSAY_CLIENT_ID=i", "ASSAY_CLIENT_SECRET=s"}, "from-two", 0, NULL},
    {{NULL}, {"CREDENTIALS_DIRECTORY=@"}, "from-systemd", 0, NULL},
    {{NULL}, {"CREDENTIALS_DIRECTORY=@none"}, "", 0, NULL},
    {{NULL}, {"CREDENTIALS_DIRECTORY=@", "ASSAY_TOKEN=from-env"}, "from-env", 0, NULL},
    {{"--token-file=@two"}, {"CREDENTIALS_DIRECTORY=@"}, "from-two", 0, NULL},
    {{NULL}, {"ASSAY_TOKEN="}, "", 0, NULL},
    {{NULL}, {NULL}, "", 0, NULL},
    {{NULL}, {"ASSAY_CLIENT_ID=i", "ASSAY_CLIENT_SECRET=s"}, "granted", 0, NULL},
    {{NULL}, {"ASSAY_CLIENT_ID=i", "ASSAY_CLIENT_SECRET_FILE=@secret"}, "granted", 0, NULL},
    {{"--client-id=i", "--client-secret-file=@secret"}, {"ASSAY_TOKEN=t"}, "granted", 0, NULL},
    {{"--client-id=i"}, {"ASSAY_CLIENT_SECRET=s"}, "granted", 0, NULL},
    {{"--client-id=i", "--client-secret-file=@secret"},
     {"ASSAY_CLIENT_SECRET=s"},
     "granted",
     0,
     NULL},
    {{"--client-secret-file=@secret"}, {"ASSAY_CLIENT_ID=i"}, "granted", 0, NULL},
    {{"--client-secret-file=@secret"},
     {"ASSAY_CLIENT_ID=i", "ASSAY_TOKEN=t", "ASSAY_TOKEN_FILE=@one"},
     "granted",
     0,
     NULL},
    {{"--client-secret-file=@secret"}, {"ASSAY_TOKEN=t"}, NULL, 2, "both a client id and"},
    {{"--token-file=@two", "--client-secret-file=@secret"}, {NULL}, NULL, 2, "More than one"},
    {{NULL}, {"ASSAY_TOKEN=a", "ASSAY_TOKEN_FILE=@one"}, NULL, 2, "More than one"},
    {{NULL},
     {"ASSAY_TOKEN=a", "ASSAY_CLIENT_ID=i", "ASSAY_CLIENT_SECRET=s"},
     NULL,
     2,
     "More than one"},
    {{NULL}, {"ASSAY_CLIENT_ID=i"}, NULL, 2, "both a client id and a client secret"},
    {{"--client-secret-file=@secret"}, {NULL}, NULL, 2, "both a client id and a client secret"},
    {{NULL},
     {"ASSAY_CLIENT_ID=i", "ASSAY_CLIENT_SECRET=s", "ASSAY_CLIENT_SECRET_FILE=@secret"},
     NULL,
     2,
     "Both ASSAY_CLIENT_SECRET and ASSAY_CLIENT_SECRET_FILE"},
    {{"--token-file=@none"}, {NULL}, NULL, 77, "token file cannot be read: No such file"},
    {{"--token-file=@"}, {NULL}, NULL, 77, "token file cannot be read: Is a directory"},
    {{"--token-file=@empty"}, {NULL}, NULL, 77, "token file is empty"},
    {{"--client-id=i", "--client-secret-file=@none"},
     {NULL},
     NULL,
     77,
     "file of the client secret cannot be read: No such file"},
    {{"--client-id=i", "--client-secret-file=@empty"},
     {NULL},
     NULL,
     77,
     "file of the client secret is empty"},
    {{"--client-id=i", "--client-secret-file=@nul"}, {NULL}, NULL, 77, "does not hold a secret"},
    {{"--region=eu"}, {NULL}, NULL, 77, "No token is set"},
    {{"--region=mars"}, {"ASSAY_TOKEN=a"}, NULL, 2, "Unknown region \"mars\""},
    {{NULL}, {"ASSAY_REGION=eu", "ASSAY_TOKEN=a"}, NULL, 2, "Both a base URL and a region"},
    {{"--base-url=http://stats.example.com"}, {"ASSAY_TOKEN=a"}, NULL, 2, "plain http"},
    {{"--base-url=https://u:p@stats.example.com"}, {"ASSAY_TOKEN=a"}, NULL, 2, "user name"},
};

/* Puts the folder in the place of '@'. */
static const char *with_folder(const char *text)
{
    const char *at = text != NULL ? strchr(text, '@') : NULL;
    if (at == NULL || strstr(text, "//") != NULL)
        return text;
    char head[64];
    snprintf(head, sizeof head, "%.*s", (int)(at - text), text);
    return post_cli_word(head, post_cli_file(at + 1, NULL));
}

START_TEST(token_and_server_come_from)
{
    static const struct hostile_step steps[] = {
        {HOSTILE_ANSWER, JSON("200 OK", "{\"accessToken\":\"granted\",\"expiresIn\":60}"), 0},
        STORE};
    const struct source_case *one = &SOURCES[_i];
    struct post_cli run = {.args = {"post", post_cli_file("a.json", POST_BODY), QUICK}};
    size_t args = 3, variables = 0;
    post_cli_file("one", "from-one\n");
    post_cli_file("two", "from-two\r\n");
    post_cli_file("assay-token", "from-systemd");
    post_cli_file("secret", "s\n");
    post_cli_file("empty", "\n");
    FILE *nul = fopen(post_cli_file("nul", NULL), "w");
    ck_assert_uint_eq(fwrite("a\0b", 1, 3, nul), 3);
    fclose(nul);
    for (size_t i = 0; one->args[i] != NULL; i++)
        run.args[args++] = with_folder(one->args[i]);
    for (size_t i = 0; one->environment[i] != NULL; i++)
        run.environment[variables++] = with_folder(one->environment[i]);
    run.environment[variables] = post_cli_url;
    bool is_granted = one->token != NULL && strcmp(one->token, "granted") == 0;
    if (is_granted)
        hostile_script(post_cli_server, steps, 2);
    post_cli_run(&run);
    ck_assert_msg(run.code == one->exit_code, "case %d: exit %d: %s", _i, run.code, run.err);
    if (one->says != NULL)
        assert_says(run.err, one->says);
    if (one->token == NULL) {
        ck_assert_uint_eq(hostile_requests(post_cli_server), 0);
    } else {
        char field[64];
        const char *head = hostile_request(post_cli_server, is_granted)->head;
        snprintf(field, sizeof field, "\r\nAuthorization: Bearer %s\r\n", one->token);
        ck_assert_msg((strstr(head, field) != NULL) == (one->token[0] != '\0'), "case %d: %s", _i,
                      head);
        if (is_granted)
            assert_says(hostile_request(post_cli_server, 0)->body, "\"clientSecret\":\"s\"");
    }
    post_cli_release(&run);
}
END_TEST

/* A flag wins over the variables of both kinds. */
START_TEST(flag_of_server_wins_over_environment)
{
    struct post_cli run = {
        .args = {"post", post_cli_file("a.json", POST_BODY),
                 post_cli_word("--base-url=", hostile_url(post_cli_server))},
        .environment = {"ASSAY_BASE_URL=https://none.invalid", "ASSAY_REGION=eu"}};
    post_cli_run(&run);
    assert_code(run, 0);
    post_cli_release(&run);
}
END_TEST

/* Wrong values and combinations; nothing is sent. */
static const struct usage_case {
    const char *args[4], *says;
} USAGE[] = {
    {{"post", "--deadline=0"}, "--deadline is a number of seconds above 0"},
    {{"post", "--deadline=-1"}, "--deadline is a number of seconds above 0"},
    {{"post", "--deadline=soon"}, "--deadline is a number of seconds above 0"},
    {{"post", "--deadline=nan"}, "--deadline is a number of seconds above 0"},
    {{"post", "--deadline="}, "--deadline is a number of seconds above 0"},
    {{"post", "--deadline=1e7", "-"}, "deadline must be between 0"},
    {{"post", "--timeout=0x"}, "--timeout is a number of seconds above 0"},
    {{"post", "--connect-timeout=1 s"}, "--connect-timeout is a number of seconds above 0"},
    {{"post", "--stall-timeout=-0"}, "--stall-timeout is a number of seconds above 0"},
    {{"post", "--max-attempts=0"}, "--max-attempts is a whole number from 1 to 1000000"},
    {{"post", "--max-attempts=1.5"}, "--max-attempts is a whole number from 1 to 1000000"},
    {{"post", "--max-attempts=1000001"}, "--max-attempts is a whole number from 1 to 1000000"},
    {{"post", "--max-attempts=many"}, "--max-attempts is a whole number from 1 to 1000000"},
    {{"post", "--log-format=xml"}, "--log-format: 'xml' is not one of text or json"},
    {{"post", "--log-format=jsno"}, "did you mean 'json'?"},
    {{"post", "--id=ab", "a", "b"}, "--id is for one file"},
    {{"post", "--id=ab"}, "--id is for one file"},
    {{"post"}, "name the files to post, or an outbox"},
    {{"post", "--dry-run", "--outbox=/tmp"}, "--dry-run needs files"},
    {{"post", "--parnet=x", "-"}, "unknown option --parnet; did you mean --parent?"},
    {{"post", "--parent"}, "--parent needs a value"},
    {{"post", "--dry-run=yes"}, "--dry-run takes no value"},
    {{"post", "-v", "-"}, "unknown option -v; options begin with two dashes"},
    {{"post", "--client=x"}, "--client is ambiguous: it may be one of --client-id"},
    {{"post", "--token=XYZZY-1", "-"}, "use --token-file, ASSAY_TOKEN_FILE or ASSAY_TOKEN"},
    {{"post", "--token", "XYZZY-1"}, "use --token-file, ASSAY_TOKEN_FILE or ASSAY_TOKEN"},
    {{"post", "--tok=XYZZY-1", "-"}, "--tok is ambiguous"},
    {{"post", "--tokn=XYZZY-1", "-"}, "unknown option --tokn"},
    {{"post", "--client-secret=XYZZY-1", "-"}, "use --client-secret-file"},
    {{"post", "--client-secre=XYZZY-1", "-"}, "--client-secre"},
    {{"analyze", "--outbox=/tmp", "x.csv"}, "--outbox is for delivery, which needs --post"},
    {{"analyze", "--token=XYZZY-1", "x.csv"}, "use --token-file, ASSAY_TOKEN_FILE or ASSAY_TOKEN"},
    {{"analyze", "--max-attempts=0", "x.csv"}, "--max-attempts is a whole number"},
};

START_TEST(wrong_usage_says_what_and_where_help_is)
{
    const struct usage_case *one = &USAGE[_i];
    struct post_cli run = {.environment = {post_cli_url}, .input = POST_BODY};
    char help[64], begin[64];
    memcpy(run.args, one->args, sizeof one->args);
    post_cli_run(&run);
    assert_code(run, 2);
    ck_assert_str_eq(run.out, "");
    assert_says(run.err, one->says);
    ck_assert_ptr_null(strstr(run.err, "XYZZY"));
    snprintf(help, sizeof help, "\nTry 'assay help %s'.\n", one->args[0]);
    snprintf(begin, sizeof begin, "assay %s: ", one->args[0]);
    if (strstr(run.err, "must be between") == NULL) { /* that one is the library's */
        assert_says(run.err, help);
        ck_assert_int_eq(strncmp(run.err, begin, strlen(begin)), 0);
    }
    ck_assert_uint_eq(hostile_requests(post_cli_server), 0);
    post_cli_release(&run);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, post_cli_open, post_cli_close);
    tcase_add_loop_test(cases, token_and_server_come_from, 0,
                        (int)(sizeof SOURCES / sizeof *SOURCES));
    tcase_add_test(cases, flag_of_server_wins_over_environment);
    tcase_add_loop_test(cases, wrong_usage_says_what_and_where_help_is, 0,
                        (int)(sizeof USAGE / sizeof *USAGE));
}

int main(void)
{
    return test_main("post_cli_flags", add);
}
