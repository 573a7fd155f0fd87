/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a browser is shown: names as text, refusals as pages, the token as password. */
#include "serve_client.h"

static struct endpoint endpoint;

static void start(void)
{
    endpoint_init(&endpoint);
    endpoint.options.strict = true;
    endpoint_start(&endpoint);
}

static void stop(void)
{
    endpoint_release(&endpoint);
}

#define LAST                                                                                       \
    "{\"resultTime\":\"<i>\",\"differenceEstimateRel\":{\"estimate\":{\"value\":0.0213},"          \
    "\"lower\":{\"value\":-0.01},\"upper\":{\"value\":0.0526},\"isSignificant\":"                  \
    "{\"value\":false}},\"baselineSampleSize\":{\"value\":12345678901},"                           \
    "\"comparedSampleSize\":{\"value\":1e300}}"
#define COMPARISON(slice)                                                                          \
    "{\"status\":{\"message\":\"a & b < c\"},\"groups\":{"                                         \
    "\"baseline\":\"<b>\",\"compared\":\"'\\\"><svg onload=alert(1)>\"},\"result\":["              \
    "{\"differenceEstimateRel\":{\"estimate\":{\"value\":0.1}}},{\"resultTime\":\"<i>\"}],"        \
    "\"lastResult\":" LAST ",\"isSignificant\":{\"value\":false}" slice "}"
#define SLICE ",\"dimensions\":[{\"key\":\"<u>\",\"value\":\"</u>\"}],\"segmentId\":\"<s>\""

static const char HOSTILE[] =
    "{\"parent\":\"" PARENT "\",\"analysisResultId\":\"hostile\",\"analysisResult\":{"
    "\"exposureFilter\":\"<img src=x onerror=alert(1)>\",\"results\":[{\"id\":"
    "\"<script>alert(1)</script>\",\"result\":[" COMPARISON("") "," COMPARISON(
        SLICE) "],\"srmResult\":[{"
               "\"isSignificant\":true,\"result\":[{\"group\":\"<td>\",\"observed\":1000,"
               "\"expected\":1.5,"
               "\"isSignificant\":true}]}]}],\"annotations\":[{\"context\":[{\"value\":\"<p>\"}],"
               "\"warning\":"
               "\"<em>\"},{\"error\":{\"details\":\"<hr>\"}}],\"treatments\":[{\"id\":\"<a>\","
               "\"recommendation\":{\"status\":\"RECOMMENDATION_STATUS_SHIP\"}}],\"labels\":[{"
               "\"key\":\"<q>\","
               "\"value\":\"<tt>\"}]}}";

/* U+202F keeps a figure and its unit, and its thousands, together; U+2212 is the minus sign. */
#define NARROW "\xE2\x80\xAF"
#define MINUS "\xE2\x88\x92"

static void assert_harmless(const char *page)
{
    static const char *const TAGS[] = {"<script", "<img", "<b>",  "<svg onload", "<i>",  "<u>",
                                       "<s>",     "<em>", "<hr>", "<q>",         "<tt>", "<a>"};
    for (size_t i = 0; i < sizeof TAGS / sizeof *TAGS; i++)
        ck_assert_msg(strstr(page, TAGS[i]) == NULL, "the page has %s", TAGS[i]);
}

START_TEST(pages_show_names_as_text_and_draw_intervals)
{
    expect(ask_alice(&endpoint, "POST", COLLECTION, HOSTILE), 200, "<script>");
    struct reply page = ask_alice(&endpoint, "GET", "/results/checkout/july/hostile", NULL);
    ck_assert_int_eq(page.status, 200);
    /* clang-format off */
    static const char *const HOLDS[] = {
        "&lt;script&gt;alert(1)&lt;/script&gt;", "&#39;&quot;&gt;&lt;svg onload=alert(1)&gt;",
        "a &amp; b &lt; c", ">12" NARROW "345" NARROW "678" NARROW "901 units",
        ">+2.13" NARROW "%</p>",
        MINUS "1.00" NARROW "% to +5.26" NARROW "%", "<bdi>&lt;td&gt;</bdi>",
        "<td>1" NARROW "000</td><td>1.5</td>", "Sample ratio mismatch", "<bdi>Ship</bdi>",
        "Warning:</strong> &lt;em&gt;", "Error:</strong> &lt;hr&gt;", "2 looks over time",
        "<summary>By slice (1)</summary>", "<bdi>&lt;u&gt;</bdi></span> <bdi>&lt;/u&gt;</bdi>",
        "<circle class=\"point\"", "<line class=\"interval\"", "<title>Difference +2.13",
        "prefers-color-scheme:dark", "width=device-width"};
    /* clang-format on */
    for (size_t i = 0; i < sizeof HOLDS / sizeof *HOLDS; i++)
        ck_assert_msg(strstr(page.body.data, HOLDS[i]) != NULL, "the page has no %s", HOLDS[i]);
    assert_harmless(page.body.data);
    ck_assert_ptr_null(strstr(page.body.data, "style=\""));
    ck_assert_ptr_nonnull(strstr(page.headers.data, "Content-Type: text/html; charset=utf-8\r"));
    ck_assert_ptr_nonnull(
        strstr(page.headers.data, "Content-Security-Policy: default-src 'none';"));
    ck_assert_ptr_nonnull(strstr(page.headers.data, "style-src 'sha256-"));
    ck_assert_ptr_null(strstr(page.headers.data, "unsafe"));
    reply_release(&page);
    struct reply list = ask_alice(&endpoint, "GET", "/", NULL);
    ck_assert_int_eq(list.status, 200);
    ck_assert_ptr_nonnull(strstr(list.body.data, "href=\"/results/checkout/july/hostile\""));
    assert_harmless(list.body.data);
    reply_release(&list);
}
END_TEST

START_TEST(a_refusal_is_a_page_for_a_browser_and_json_for_the_api)
{
    const char *const browser[] = {ALICE, "Accept: text/html,*/*;q=0.8", NULL};
    static const struct {
        const char *path;
        int status;
        const char *holds;
    } PAGES[] = {{"/results/checkout/july/nothing", 404, "<h1>There is nothing here</h1>"},
                 {"/nothing", 404, "<h1>There is nothing here</h1>"},
                 {"/?filter=x", 400, "<h1>This address is not valid</h1>"},
                 {"/?filter=%FF", 400, "<h1>This address is not valid</h1>"},
                 {COLLECTION "/nothing", 404, "{\"code\":5,"},
                 {"/v2", 404, "{\"code\":5,"}};
    for (size_t i = 0; i < sizeof PAGES / sizeof *PAGES; i++)
        expect(ask(&endpoint, "GET", PAGES[i].path, browser, NULL), PAGES[i].status,
               PAGES[i].holds);
    expect(ask_alice(&endpoint, "GET", "/nothing", NULL), 404, "{\"code\":5,");
    const char *const stranger[] = {"Accept: text/html", NULL};
    struct reply reply = ask(&endpoint, "GET", "/", stranger, NULL);
    ck_assert_ptr_nonnull(strstr(reply.headers.data, "WWW-Authenticate: Basic"));
    expect(reply, 401, "<h1>A token is needed</h1>");
}
END_TEST

START_TEST(pages_ask_for_a_token_as_password)
{
    const char *const nobody[] = {NULL};
    struct reply reply = ask(&endpoint, "GET", "/", nobody, NULL);
    ck_assert_ptr_nonnull(strstr(reply.headers.data, "WWW-Authenticate: Basic"));
    expect(reply, 401, "{\"code\":16,");
    /* printf %s 'x:bobs-token-01234567890' | base64 */
    const char *const bob[] = {"Authorization: Basic eDpib2JzLXRva2VuLTAxMjM0NTY3ODkw", NULL};
    expect(ask(&endpoint, "GET", "/", bob, NULL), 200, "No results yet");
    const char *const wrong[] = {"Authorization: Basic eDpib2JzLXRva2VuLTAxMjM0NTY3ODk=", NULL};
    expect(ask(&endpoint, "GET", "/", wrong, NULL), 401, "not known");
    const char *const broken[] = {"Authorization: Basic ====", NULL};
    expect(ask(&endpoint, "GET", "/", broken, NULL), 401, "not known");
}
END_TEST

START_TEST(a_page_leads_to_its_json_with_the_same_rights)
{
    static const char AT[] = "/results/checkout/july/linked/json";
    const char *const nobody[] = {NULL};
    const char *const bob[] = {"Authorization: Basic eDpib2JzLXRva2VuLTAxMjM0NTY3ODkw", NULL};
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=linked",
                     "{\"parent\":\"" PARENT "\",\"analysisResult\":{}}"),
           200, "linked");
    expect(ask(&endpoint, "GET", "/results/checkout/july/linked", bob, NULL), 200,
           "<a href=\"/results/checkout/july/linked/json\">");
    expect(ask(&endpoint, "GET", AT, bob, NULL), 200, "\"name\":\"" PARENT);
    expect(ask(&endpoint, "GET", AT, nobody, NULL), 401, "{\"code\":16,");
    /* What changes something wants a token that no browser sends on its own. */
    expect(ask(&endpoint, "GET", COLLECTION "/linked", bob, NULL), 401, "{\"code\":16,");
    expect(ask(&endpoint, "DELETE", AT, bob, NULL), 405, "{\"code\":12,");
    expect(ask(&endpoint, "GET", "/results/checkout/july/none/json", bob, NULL), 404,
           "{\"code\":5,");
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, pages_show_names_as_text_and_draw_intervals);
    tcase_add_test(cases, a_refusal_is_a_page_for_a_browser_and_json_for_the_api);
    tcase_add_test(cases, pages_ask_for_a_token_as_password);
    tcase_add_test(cases, a_page_leads_to_its_json_with_the_same_rights);
}

int main(void)
{
    return test_main("serve_browser", add);
}
