/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was answered 200 is there after the server is killed. A child process serves; this one posts
 * on several connections, kills it at a random moment, starts another and counts.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

#include "serve_client.h"

enum { POSTERS = 8, ROUNDS = 5, POSTS_MAX = 4000 };

static struct endpoint endpoint;
static atomic_bool acknowledged[ROUNDS][POSTERS][POSTS_MAX];

/* The child tells its port through a pipe and serves until it is killed. */
static pid_t serve_in_child(uint16_t *port)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct serve_server *server;
        uint16_t own = 0;
        if (serve_start(&endpoint.options, &server, NULL) == ASSAY_OK)
            own = serve_port(server);
        if (write(ends[1], &own, sizeof own) != sizeof own)
            _exit(1);
        for (;;)
            pause();
    }
    ck_assert_int_eq(read(ends[0], port, sizeof *port), sizeof *port);
    ck_assert_uint_ne(*port, 0);
    close(ends[0]);
    close(ends[1]);
    return child;
}

struct poster {
    pthread_t thread;
    uint16_t port;
    unsigned round, number;
};

/* Posts until the server is gone, and notes what was acknowledged. */
static void *post(void *argument)
{
    const struct poster *poster = argument;
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(curl_slist_append(NULL, ALICE), JSON_TYPE);
    for (unsigned i = 0; i < POSTS_MAX; i++) {
        char url[256];
        long status = 0;
        struct assay__text body = {0};
        snprintf(url, sizeof url, "http://127.0.0.1:%u" COLLECTION "?analysisResultId=r%u-%u-%u",
                 (unsigned)poster->port, poster->round, poster->number, i);
        curl_easy_reset(curl);
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, reply_append);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
                         "{\"parent\":\"" PARENT "\",\"analysisResult\":{}}");
        CURLcode code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        assay__text_release(&body);
        if (code == CURLE_OK && status == 200)
            atomic_store(&acknowledged[poster->round][poster->number][i], true);
        if (code != CURLE_OK)
            break;
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return NULL;
}

/* Waits, however fast the machine is, until so many of a round were acknowledged, or as long as any
 * test may take. */
static void wait_for(unsigned round, unsigned posts)
{
    for (unsigned count = 0; count < posts;) {
        nanosleep(&(struct timespec){0, 1000000}, NULL);
        count = 0;
        for (unsigned number = 0; number < POSTERS; number++)
            for (unsigned i = 0; i < POSTS_MAX && atomic_load(&acknowledged[round][number][i]); i++)
                count++;
    }
}

static void post_and_kill(unsigned round, unsigned posts)
{
    struct poster posters[POSTERS];
    uint16_t port;
    pid_t child = serve_in_child(&port);
    for (unsigned i = 0; i < POSTERS; i++) {
        posters[i] = (struct poster){.port = port, .round = round, .number = i};
        ck_assert_int_eq(pthread_create(&posters[i].thread, NULL, post, &posters[i]), 0);
    }
    wait_for(round, posts);
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    for (unsigned i = 0; i < POSTERS; i++)
        pthread_join(posters[i].thread, NULL);
}

/* Of each poster everything acknowledged is there, and at most one beyond that. */
static unsigned count_stored(unsigned round)
{
    unsigned total = 0;
    for (unsigned number = 0; number < POSTERS; number++) {
        unsigned i = 0;
        for (; i < POSTS_MAX && atomic_load(&acknowledged[round][number][i]); i++) {
            char path[128];
            snprintf(path, sizeof path, COLLECTION "/r%u-%u-%u", round, number, i);
            expect(ask_alice(&endpoint, "GET", path, NULL), 200, path + strlen(COLLECTION));
            total++;
        }
        char path[128];
        snprintf(path, sizeof path, COLLECTION "/r%u-%u-%u", round, number, i + 1);
        expect(ask_alice(&endpoint, "GET", path, NULL), 404, "");
    }
    return total;
}

START_TEST(acknowledged_results_survive_kill_9)
{
    unsigned total = 0;
    endpoint_init(&endpoint);
    for (unsigned round = 0; round < ROUNDS; round++)
        post_and_kill(round, 40 + 37 * round);
    endpoint_start(&endpoint);
    for (unsigned round = 0; round < ROUNDS; round++)
        total += count_stored(round);
    ck_assert_uint_gt(total, ROUNDS * POSTERS);
    printf("%u results acknowledged before %d kills, all there\n", total, ROUNDS);
    endpoint_release(&endpoint);
}
END_TEST

START_TEST(stop_answers_what_is_under_way_and_keeps_it)
{
    struct poster posters[POSTERS];
    endpoint_init(&endpoint);
    endpoint_start(&endpoint);
    for (unsigned i = 0; i < POSTERS; i++) {
        posters[i] = (struct poster){.port = serve_port(endpoint.server), .number = i};
        ck_assert_int_eq(pthread_create(&posters[i].thread, NULL, post, &posters[i]), 0);
    }
    wait_for(0, 100);
    serve_stop(endpoint.server);
    for (unsigned i = 0; i < POSTERS; i++)
        pthread_join(posters[i].thread, NULL);
    endpoint_start(&endpoint);
    ck_assert_uint_gt(count_stored(0), POSTERS);
    endpoint_release(&endpoint);
}
END_TEST

/* What went to a file without a name would be gone with the server. */
START_TEST(nothing_is_stored_in_a_database_that_was_taken_away)
{
    static const char BODY[] = "{\"parent\":\"" PARENT "\",\"analysisResult\":{}}";
    char aside[128];
    endpoint_init(&endpoint);
    endpoint_start(&endpoint);
    snprintf(aside, sizeof aside, "%s.aside", endpoint.database);
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=one", BODY), 200, "");
    ck_assert_int_eq(rename(endpoint.database, aside), 0);
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=two", BODY), 503, "");
    expect(ask_alice(&endpoint, "DELETE", COLLECTION "/one", NULL), 503, "");
    expect(ask_alice(&endpoint, "GET", "/readyz", NULL), 503, "");
    expect(ask_alice(&endpoint, "GET", COLLECTION "/one", NULL), 200, "");
    ck_assert_int_eq(rename(aside, endpoint.database), 0);
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=two", BODY), 200, "");
    expect(ask_alice(&endpoint, "GET", "/readyz", NULL), 200, "");
    endpoint_release(&endpoint);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, acknowledged_results_survive_kill_9);
    tcase_add_test(cases, stop_answers_what_is_under_way_and_keeps_it);
    tcase_add_test(cases, nothing_is_stored_in_a_database_that_was_taken_away);
}

int main(void)
{
    return test_main_apart("serve_durable", add);
}
