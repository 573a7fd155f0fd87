/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A resolver that hangs, as one does whose servers do not answer: the limits on time hold all the
 * same. And one that knows no name. Its getaddrinfo() stands before the C library's.
 */
#include <netdb.h>
#include <time.h>
#include <unistd.h>

#include "post_support.h"

enum { HANG_SECONDS = 4 };

static _Atomic int calls;
static bool knows_at_once; /* that there is no such name */

__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
                                                       const struct addrinfo *hints,
                                                       struct addrinfo **list)
{
    (void)name;
    (void)service;
    (void)hints;
    (void)list;
    calls++;
    if (knows_at_once)
        return EAI_NONAME;
    sleep(HANG_SECONDS);
    return EAI_AGAIN;
}

/* Posts to a name and gives the seconds that took. */
static double post_to_name(struct post *post)
{
    struct timespec start, end;
    post_init(post, "https://stats.example.com");
    post->options.connect_timeout_seconds = 0.2;
    post->options.max_attempts = 3;
    clock_gettime(CLOCK_MONOTONIC, &start);
    post_once(post);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
}

START_TEST(resolver_that_hangs_is_not_waited_for)
{
    struct post *post = calloc(1, sizeof *post);
    double seconds = post_to_name(post);
    ck_assert_int_eq(assay_status_exit_code(post->status), 75);
    ck_assert_uint_eq(post->delivery.attempts, 3);
    ck_assert_ptr_nonnull(strstr(post->err.message, "cannot be reached (Resolving timed out"));
    ck_assert_int_ge(calls, 1);
    ck_assert_double_lt(seconds, HANG_SECONDS);
    post_assert_kept(post);
    /* The calls that were left behind end in peace. */
    sleep(HANG_SECONDS + 1);
    post_release(post);
    free(post);
}
END_TEST

/* It is the server that is not reached, whichever name is missing; and it is tried again. */
START_TEST(names_that_nobody_knows)
{
    static const struct {
        const char *proxy, *said;
    } CASES[] = {{"", "the server cannot be reached (Could not resolve host: stats.example.com)"},
                 {"http://proxy.example.com:1",
                  "the server cannot be reached (Could not resolve proxy: proxy.example.com)"}};
    knows_at_once = true;
    setenv("https_proxy", CASES[_i].proxy, 1);
    struct post *post = calloc(1, sizeof *post);
    (void)post_to_name(post);
    ck_assert_int_eq(assay_status_exit_code(post->status), 75);
    ck_assert_uint_eq(post->delivery.attempts, 3);
    ck_assert_int_ge(calls, 3);
    ck_assert_msg(strstr(post->err.message, CASES[_i].said) != NULL, "%s", post->err.message);
    post_assert_kept(post);
    post_release(post);
    free(post);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 60.0);
    tcase_add_loop_test(cases, names_that_nobody_knows, 0, 2);
    tcase_add_test(cases, resolver_that_hangs_is_not_waited_for);
}

int main(void)
{
    return test_main_apart("post_resolver", add);
}
