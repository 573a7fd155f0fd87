/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels in each form that clients send. */
#include "serve_client.h"

static struct endpoint endpoint;

static void start(void)
{
    endpoint_init(&endpoint);
    endpoint_start(&endpoint);
}

static void stop(void)
{
    endpoint_release(&endpoint);
}

static unsigned count_of(const char *text, const char *what)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

static unsigned list_count(const char *path)
{
    struct reply reply = ask_alice(&endpoint, "GET", path, NULL);
    ck_assert_msg(reply.status == 200, "%s: %s", path, reply.body.data);
    unsigned count = count_of(reply.body.data, "\"createTime\"");
    reply_release(&reply);
    return count;
}

START_TEST(labels_come_in_three_forms)
{
    static const char *const FORMS[] = {
        "[{\"key\":\"team\",\"value\":\"pay\"},{\"key\":\"week\",\"value\":7}]",
        "[{\"team\":\"pay\"},{\"week\":7}]", "[{\"team\":\"pay\",\"week\":7}]",
        "{\"team\":\"pay\",\"week\":7}", "[{},{\"key\":1},null]"};
    char body[1024];
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        snprintf(body, sizeof body,
                 "{\"parent\":\"" PARENT
                 "\",\"analysisResultId\":\"r%zu\",\"analysisResult\":{\"labels\":%s}}",
                 i, FORMS[i]);
        struct reply reply = ask_alice(&endpoint, "POST", COLLECTION, body);
        bool is_well = i < 4;
        ck_assert_msg(reply.status == (is_well ? 200 : 400), "%s: %s", FORMS[i], reply.body.data);
        if (is_well)
            ck_assert_ptr_nonnull(strstr(reply.body.data, FORMS[i]));
        reply_release(&reply);
    }
    ck_assert_uint_eq(list_count(COLLECTION "?filter=labels.team=pay"), 4);
    ck_assert_uint_eq(list_count(COLLECTION "?filter=labels.week=7"), 4);
    ck_assert_uint_eq(list_count(COLLECTION "?filter=labels:key"), 0);
    struct reply page = ask_alice(&endpoint, "GET", "/", NULL);
    ck_assert_uint_eq(count_of(page.body.data, "<bdi>team</bdi>:</span> <bdi>pay</bdi>"), 4);
    reply_release(&page);
}
END_TEST

START_TEST(an_object_has_at_most_64_labels)
{
    char body[4096];
    for (int labels = 64; labels <= 65; labels++) {
        int length = snprintf(body, sizeof body,
                              "{\"parent\":\"" PARENT "\",\"analysisResult\":{\"labels\":{");
        for (int i = 0; i < labels; i++)
            length += snprintf(body + length, sizeof body - (size_t)length, "%s\"k%d\":\"\"",
                               i > 0 ? "," : "", i);
        snprintf(body + length, sizeof body - (size_t)length, "}}}");
        expect(ask_alice(&endpoint, "POST", COLLECTION, body), labels == 64 ? 200 : 400,
               labels == 64 ? "" : "more than 64 labels");
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, labels_come_in_three_forms);
    tcase_add_test(cases, an_object_has_at_most_64_labels);
}

int main(void)
{
    return test_main("pairs", add);
}
