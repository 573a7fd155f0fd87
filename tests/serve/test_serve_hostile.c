/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A short siege; tests/slow/slow_serve_hostile.c is the long one. */
#include "serve_siege.h"

static struct endpoint endpoint;

START_TEST(server_serves_on_under_hostile_requests)
{
    /* Tests run on machines that do other work at the time: the long test has the hard limit. */
    const struct siege siege = {.requests = 600,
                                .dripping = 100,
                                .idle = 50,
                                .seconds = 1.0,
                                .longest_gap = 5.0,
                                .request_time = "20"};
    endpoint_init(&endpoint);
    siege_run(&endpoint, &siege);
    endpoint_release(&endpoint);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, server_serves_on_under_hostile_requests);
}

int main(void)
{
    return test_main("serve_hostile", add);
}
