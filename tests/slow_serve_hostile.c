/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 10,000 malformed or hostile requests beside 300 connections that drip and 100 that do nothing: no
 * second without an answer to others, no crash, memory bounded, files closed, nothing lost. Then
 * more slow connections than there are places.
 */
#include "serve_siege.h"

static struct endpoint endpoint;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_SANITIZED = 1 }; /* several times the memory and the time */
#else
enum { IS_SANITIZED = 0 };
#endif

START_TEST(ten_thousand_hostile_requests)
{
    const struct siege siege = {.requests = 10400,
                                .dripping = 300,
                                .idle = 100,
                                .seconds = 15.0,
                                .longest_gap = IS_SANITIZED ? 5.0 : 1.0,
                                .bounds_memory = !IS_SANITIZED};
    endpoint_init(&endpoint);
    siege_run(&endpoint, &siege);
    endpoint_release(&endpoint);
}
END_TEST

/* 700 slow connections for 512 places: a client waits for one that is cut, after a second and for
 * its turn, not for the time of a request. */
START_TEST(more_slow_connections_than_places)
{
    const struct siege siege = {.requests = 400,
                                .dripping = 500,
                                .idle = 200,
                                .seconds = 15.0,
                                .longest_gap = IS_SANITIZED ? 15.0 : 5.0,
                                .bounds_memory = !IS_SANITIZED};
    endpoint_init(&endpoint);
    siege_run(&endpoint, &siege);
    endpoint_release(&endpoint);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 1200);
    tcase_add_test(cases, ten_thousand_hostile_requests);
    tcase_add_test(cases, more_slow_connections_than_places);
}

int main(void)
{
    return test_main("serve_hostile_long", add);
}
