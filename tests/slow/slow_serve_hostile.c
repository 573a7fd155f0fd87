/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 10,000 malformed or hostile requests beside 300 connections that drip and 100 that do nothing: no
 * second without an answer to others, no crash, memory bounded, files closed, nothing lost. Then
 * more slow connections than there are places, and a database that another process holds.
 */
#include <sqlite3.h>

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
                                .bounds_memory = !IS_SANITIZED,
                                .request_time = IS_SANITIZED ? "20" : "5"};
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
                                .bounds_memory = !IS_SANITIZED,
                                .request_time = IS_SANITIZED ? "20" : "5"};
    endpoint_init(&endpoint);
    siege_run(&endpoint, &siege);
    endpoint_release(&endpoint);
}
END_TEST

/* The writer waits for five seconds; then its batch is 503, and others were 429 meanwhile. Reading
 * goes on all the while, and storing when the database is free again. */
START_TEST(database_held_by_another_is_503_until_it_is_free)
{
    static struct load_client client;
    sqlite3 *other;
    endpoint_init(&endpoint);
    endpoint_start(&endpoint);
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=before", SMALL_BODY), 200,
           "");
    ck_assert_int_eq(sqlite3_open(endpoint.database, &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    client.port = serve_port(endpoint.server);
    client.is_keeper = true;
    client.patience_us = 10000;
    strcpy(client.prefix, "held");
    load_start(&client);
    for (int i = 0; i < 65; i++) {
        expect(ask_alice(&endpoint, "GET", COLLECTION "/before", NULL), 200, "before");
        sleep_ms(100);
    }
    ck_assert_int_eq(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    sleep_ms(500);
    load_join(&client, true);
    ck_assert_uint_ge(load_count(&client, 503), 1);
    ck_assert_uint_ge(load_count(&client, 200), 1);
    ck_assert_uint_eq(client.silent, 0);
    load_assert_stored(endpoint.curl, client.port, &client);
    endpoint_release(&endpoint);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 1200);
    tcase_add_test(cases, ten_thousand_hostile_requests);
    tcase_add_test(cases, more_slow_connections_than_places);
    tcase_add_test(cases, database_held_by_another_is_503_until_it_is_free);
}

int main(void)
{
    return test_main("serve_hostile_long", add);
}
