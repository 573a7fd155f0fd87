/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists with pages and filters, and what is refused of queries and bodies. */
#include "serve_page.h"

static struct endpoint endpoint;

static void start(void)
{
    endpoint_init(&endpoint);
    endpoint.options.strict = true;
    endpoint.options.body_max = 20000;
    endpoint_start(&endpoint);
}

static void stop(void)
{
    endpoint_release(&endpoint);
}

/* Stores a result with labels team and number; instance is the last part of its parent. */
static void store(const char *instance, const char *id, const char *team, int number)
{
    char path[256], body[1024];
    snprintf(path, sizeof path, "/v2/workflows/checkout/instances/%s/analysisResults", instance);
    snprintf(body, sizeof body,
             "{\"parent\":\"workflows/checkout/instances/%s\",\"analysisResultId\":\"%s\","
             "\"analysisResult\":{\"labels\":[{\"key\":\"team\",\"value\":\"%s\"},"
             "{\"key\":\"number %d\",\"value\":\"yes\"}]}}",
             instance, id, team, number);
    expect(ask_alice(&endpoint, "POST", path, body), 200, id);
}

static unsigned list_count(const char *path)
{
    struct reply reply = ask_alice(&endpoint, "GET", path, NULL);
    ck_assert_msg(reply.status == 200, "%s: %s", path, reply.body.data);
    unsigned count = page_count_of(reply.body.data, "\"createTime\"");
    reply_release(&reply);
    return count;
}

START_TEST(pages_of_a_list_hold_every_result_once_newest_first)
{
    char path[512] = COLLECTION "?pageSize=3", seen[11] = "";
    size_t seen_count = 0, pages = 0;
    for (int i = 0; i < 10; i++) {
        char id[24];
        snprintf(id, sizeof id, "result-%d", i);
        store("july", id, "growth", i);
    }
    for (bool more = true; more; pages++) {
        struct reply reply = ask_alice(&endpoint, "GET", path, NULL);
        ck_assert_int_eq(reply.status, 200);
        for (const char *at = reply.body.data;
             (at = strstr(at, "/analysisResults/result-")) != NULL; at++)
            seen[seen_count++] = at[strlen("/analysisResults/result-")];
        const char *token = strstr(reply.body.data, "\"nextPageToken\":\"");
        more = token != NULL;
        if (more)
            snprintf(path, sizeof path, COLLECTION "?pageSize=3&pageToken=%.32s",
                     token + strlen("\"nextPageToken\":\""));
        reply_release(&reply);
        if (pages == 0) /* results stored meanwhile do not move the pages that follow */
            store("july", "later", "growth", 99);
    }
    ck_assert_uint_eq(pages, 4);
    ck_assert_str_eq(seen, "9876543210");
}
END_TEST

START_TEST(filters_select_by_labels_and_parent)
{
    store("july", "r1", "growth", 1);
    store("july", "r2", "pay \\\"x\\\"", 2);
    store("june", "r3", "growth", 3);
    ck_assert_uint_eq(list_count(COLLECTION), 2);
    ck_assert_uint_eq(list_count(COLLECTION "?filter=labels.team=growth"), 1);
    ck_assert_uint_eq(list_count(COLLECTION "?filter=labels.team%3D%22pay%20%5C%22x%5C%22%22"), 1);
    ck_assert_uint_eq(list_count(COLLECTION "?filter=labels:team"), 2);
    ck_assert_uint_eq(list_count(COLLECTION "?filter=labels:%22number%202%22"), 1);
    ck_assert_uint_eq(
        list_count(COLLECTION "?filter=labels.team=growth+AND+labels.%22number%201%22=yes"), 1);
    ck_assert_uint_eq(
        list_count(COLLECTION "?filter=labels.team=growth+AND+labels:%22number%202%22"), 0);
    const char *all = "/v2/workflows/-/instances/-/analysisResults?filter=";
    char path[512];
    snprintf(path, sizeof path, "%slabels.team=growth", all);
    ck_assert_uint_eq(list_count(path), 2);
    snprintf(path, sizeof path, "%sparent=workflows/checkout/instances/june", all);
    ck_assert_uint_eq(list_count(path), 1);
    ck_assert_uint_eq(list_count("/v2/workflows/checkout/instances/-/analysisResults"), 3);
    ck_assert_uint_eq(list_count("/v2/workflows/other/instances/-/analysisResults"), 0);
    ck_assert_uint_eq(list_count(COLLECTION "?filter=parent=workflows/checkout/instances/june"), 0);
}
END_TEST

/* Copies the target of the link with a text; "" when there is none. */
static void link_of(const char *page, const char *words, char out[256])
{
    char end[64];
    snprintf(end, sizeof end, "\">%s</a>", words);
    const char *to = strstr(page, end), *from = to;
    out[0] = '\0';
    if (to == NULL)
        return;
    while (from > page && from[-1] != '"')
        from--;
    for (size_t i = 0; from < to; from++) { /* &amp; is & */
        out[i++] = *from;
        out[i] = '\0';
        if (strncmp(from, "&amp;", 5) == 0)
            from += 4;
    }
}

/* The list for people: 20 results a page, and links to the pages before and behind that keep the
 * filter. */
START_TEST(pages_of_the_list_lead_to_each_other)
{
    char older[256], newest[256];
    const char *filter = "/?filter=labels.team%3Dgrowth";
    for (int i = 0; i < 41; i++) {
        char id[24];
        snprintf(id, sizeof id, "result-%02d", i);
        store("july", id, i % 2 == 0 ? "growth" : "pay", i);
    }
    static const struct {
        const char *first, *last;
        unsigned count;
    } PAGES[] = {{"result-40", "result-21", 20},
                 {"result-20", "result-01", 20},
                 {"result-00", "result-00", 1}};
    snprintf(older, sizeof older, "/");
    for (size_t i = 0; i < 3; i++) {
        struct reply page = ask_alice(&endpoint, "GET", older, NULL);
        ck_assert_int_eq(page.status, 200);
        ck_assert_uint_eq(page_count_of(page.body.data, "<li class=\"card\">"), PAGES[i].count);
        ck_assert_ptr_nonnull(strstr(page.body.data, PAGES[i].first));
        ck_assert_ptr_nonnull(strstr(page.body.data, PAGES[i].last));
        link_of(page.body.data, "Older results", older);
        link_of(page.body.data, "Newest results", newest);
        ck_assert_msg((older[0] != '\0') == (i < 2), "%zu: %s", i, older);
        ck_assert_str_eq(newest, i == 0 ? "" : "/?pageToken=");
        ck_assert_ptr_null(strstr(page.body.data, "Only those with"));
        reply_release(&page);
    }
    struct reply page = ask_alice(&endpoint, "GET", filter, NULL);
    ck_assert_uint_eq(page_count_of(page.body.data, "<li class=\"card\">"), 20);
    ck_assert_ptr_nonnull(strstr(page.body.data, "Only those with <code>labels.team=growth</code>. "
                                                 "<a href=\"/\">Show all</a>"));
    link_of(page.body.data, "Older results", older);
    reply_release(&page);
    page = ask_alice(&endpoint, "GET", older, NULL);
    ck_assert_msg(page.status == 200, "%s", older);
    ck_assert_uint_eq(page_count_of(page.body.data, "<li class=\"card\">"), 1);
    link_of(page.body.data, "Newest results", newest);
    reply_release(&page);
    ck_assert_int_eq(strncmp(newest, "/?pageToken=&filter=", 20), 0);
    page = ask_alice(&endpoint, "GET", newest, NULL);
    ck_assert_ptr_nonnull(strstr(page.body.data, "<code>labels.team=growth</code>"));
    ck_assert_uint_eq(page_count_of(page.body.data, "<li class=\"card\">"), 20);
    reply_release(&page);
}
END_TEST

START_TEST(empty_lists_say_why)
{
    expect(ask_alice(&endpoint, "GET", "/", NULL), 200, "No results yet");
    expect(ask_alice(&endpoint, "GET", "/?filter=", NULL), 200, "No results yet");
    expect(ask_alice(&endpoint, "GET", "/?filter=labels:x", NULL), 200, "<h2>Nothing matches</h2>");
    store("july", "r1", "growth", 1);
    struct reply page = ask_alice(&endpoint, "GET", "/", NULL);
    ck_assert_ptr_null(strstr(page.body.data, "Older results"));
    ck_assert_ptr_null(strstr(page.body.data, "Newest results"));
    ck_assert_ptr_null(strstr(page.body.data, "aria-label=\"Pages\""));
    ck_assert_ptr_null(strstr(page.body.data, "class=\"card empty\""));
    reply_release(&page);
    expect(ask_alice(&endpoint, "GET", "/?filter=labels:x", NULL), 200, "<h2>Nothing matches</h2>");
}
END_TEST

START_TEST(filters_have_at_most_eight_labels)
{
    char path[512] = COLLECTION "?filter=labels.team=growth";
    store("july", "r1", "growth", 1);
    for (int labels = 1; labels <= 9; labels++) {
        if (labels < 9)
            ck_assert_uint_eq(list_count(path), 1);
        else
            expect(ask_alice(&endpoint, "GET", path, NULL), 400, "no more than 8 labels");
        strcat(path, "+AND+labels:team");
    }
}
END_TEST

/* Other spellings of protocol buffers' JSON are not the contract's. */
START_TEST(numbers_as_strings_and_names_in_snake_case_are_refused)
{
    static const struct {
        const char *result, *field;
    } CASES[] = {{"{\"results\":[{\"statsSettings\":{\"adjustedAlpha\":\"0.05\"}}]}",
                  "analysisResult.results[0].statsSettings.adjustedAlpha"},
                 {"{\"results\":[{\"statsSettings\":{\"adjustedAlpha\":\"NaN\"}}]}",
                  "analysisResult.results[0].statsSettings.adjustedAlpha"},
                 {"{\"results\":[{\"statsSettings\":{\"adjustedAlpha\":\"Infinity\"}}]}",
                  "analysisResult.results[0].statsSettings.adjustedAlpha"},
                 {"{\"exposure_filter\":\"x\"}", "analysisResult.exposure_filter"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char body[256], field[96];
        snprintf(body, sizeof body, "{\"parent\":\"" PARENT "\",\"analysisResult\":%s}",
                 CASES[i].result);
        snprintf(field, sizeof field, "\"field\":\"%s\"", CASES[i].field);
        expect(ask_alice(&endpoint, "POST", COLLECTION, body), 400, field);
    }
}
END_TEST

START_TEST(wrong_queries_are_refused_with_the_parameter)
{
    static const struct {
        const char *query, *field;
    } WRONG[] = {{"pageSize=-1", "pageSize"},
                 {"pageSize=x", "pageSize"},
                 {"pageToken=abc", "pageToken"},
                 {"pageToken=00000000000000010000000000000000", "pageToken"},
                 {"filter=labels", "filter"},
                 {"filter=labels.team", "filter"},
                 {"filter=labels.team=a+OR+labels.team=b", "filter"},
                 {"filter=labels.team=%22a", "filter"},
                 {"filter=labels.team=aANDlabels:b", "filter"},
                 {"filter=parent=july", "filter"},
                 {"filter=name=x", "filter"}};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        char path[256], field[64];
        snprintf(path, sizeof path, COLLECTION "?%s", WRONG[i].query);
        snprintf(field, sizeof field, "\"field\":\"%s\"", WRONG[i].field);
        expect(ask_alice(&endpoint, "GET", path, NULL), 400, field);
    }
    store("july", "r1", "growth", 1);
    store("july", "r2", "growth", 2);
    struct reply first = ask_alice(&endpoint, "GET", COLLECTION "?pageSize=1", NULL);
    const char *token = strstr(first.body.data, "nextPageToken\":\"");
    ck_assert_ptr_nonnull(token);
    char path[256];
    snprintf(path, sizeof path, COLLECTION "?filter=labels:team&pageToken=%.32s",
             token + strlen("nextPageToken\":\""));
    reply_release(&first);
    expect(ask_alice(&endpoint, "GET", path, NULL), 400, "\"field\":\"pageToken\"");
}
END_TEST

START_TEST(strict_refuses_fields_the_contract_has_not)
{
    expect(ask_alice(&endpoint, "POST", COLLECTION,
                     "{\"parent\":\"" PARENT "\",\"extra\":1,\"analysisResult\":{\"results\":[{"
                     "\"groupId\":2}]}}"),
           400, "\"field\":\"analysisResult.results[0].groupId\"");
    expect(ask_alice(&endpoint, "POST", COLLECTION,
                     "{\"parent\":\"" PARENT "\",\"analysisResult\":{\"labels\":[{\"any\":[1]}]}}"),
           200, "{\"any\":[1]}");
}
END_TEST

START_TEST(body_longer_than_the_limit_is_refused)
{
    static char body[30000];
    memset(body, ' ', sizeof body - 1);
    expect(ask_alice(&endpoint, "POST", COLLECTION, body), 413, "longer than 20000 bytes");
    const char *const chunked[] = {ALICE, JSON_TYPE, "Transfer-Encoding: chunked", NULL};
    expect(ask(&endpoint, "POST", COLLECTION, chunked, body), 413, "longer than 20000 bytes");
    expect(ask(&endpoint, "POST", COLLECTION, chunked,
               "{\"parent\":\"" PARENT "\",\"analysisResult\":{}}"),
           200, PARENT);
}
END_TEST

START_TEST(strict_refuses_parameters_the_contract_has_not)
{
    static const struct {
        const char *method, *path, *field;
    } WRONG[] = {{"POST", COLLECTION "?analysisResultID=typo", "analysisResultID"},
                 {"POST", COLLECTION "?analysisResultId=right&filter=x", "filter"},
                 {"GET", COLLECTION "?pagesize=1", "pagesize"},
                 {"GET", COLLECTION "?analysisResultId=right", "analysisResultId"},
                 {"GET", COLLECTION "/right?view=full", "view"},
                 {"DELETE", COLLECTION "/right?force", "force"}};
    static const char BODY[] = "{\"parent\":\"" PARENT "\",\"analysisResult\":{}}";
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=right", BODY), 200, "right");
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        char field[64];
        snprintf(field, sizeof field, "{\"field\":\"%s\"", WRONG[i].field);
        const char *body = strcmp(WRONG[i].method, "POST") == 0 ? BODY : NULL;
        expect(ask_alice(&endpoint, WRONG[i].method, WRONG[i].path, body), 400, field);
    }
    ck_assert_uint_eq(list_count(COLLECTION "?pageSize=9&pageToken=&filter="), 1);
    expect(ask_alice(&endpoint, "GET", "/healthz?probe=1", NULL), 200, "ok");
    expect(ask_alice(&endpoint, "GET", "/?from=mail", NULL), 200, "right");
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, pages_of_a_list_hold_every_result_once_newest_first);
    tcase_add_test(cases, filters_select_by_labels_and_parent);
    tcase_add_test(cases, pages_of_the_list_lead_to_each_other);
    tcase_add_test(cases, empty_lists_say_why);
    tcase_add_test(cases, filters_have_at_most_eight_labels);
    tcase_add_test(cases, numbers_as_strings_and_names_in_snake_case_are_refused);
    tcase_add_test(cases, wrong_queries_are_refused_with_the_parameter);
    tcase_add_test(cases, strict_refuses_fields_the_contract_has_not);
    tcase_add_test(cases, body_longer_than_the_limit_is_refused);
    tcase_add_test(cases, strict_refuses_parameters_the_contract_has_not);
}

int main(void)
{
    return test_main("serve_list", add);
}
