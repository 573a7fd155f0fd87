/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages for people: what they show first, and results that would make a page without end. */
#include "serve_client.h"

static struct endpoint endpoint;

static void start(void)
{
    endpoint_init(&endpoint);
    endpoint.options.open_pages = true;
    endpoint_start(&endpoint);
}

static void stop(void)
{
    endpoint_release(&endpoint);
}

static void repeat(struct assay__text *text, const char *piece, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assay__text_puts(text, i > 0 ? "," : "");
        assay__text_puts(text, piece);
    }
}

/* Stores a result under an id. */
static void store(const char *id, const struct assay__text *result)
{
    struct assay__text body = {0};
    char path[256];
    snprintf(path, sizeof path, COLLECTION "?analysisResultId=%s", id);
    assay__text_format(&body, "{\"parent\":\"" PARENT "\",\"analysisResult\":");
    assay__text_append(&body, result->data, result->length);
    assay__text_puts(&body, "}");
    expect(ask_alice(&endpoint, "POST", path, body.data), 200, id);
    assay__text_release(&body);
}

static struct reply page_of(const char *id)
{
    char path[256];
    snprintf(path, sizeof path, "/results/checkout/july/%s", id);
    struct reply page = ask_alice(&endpoint, "GET", path, NULL);
    ck_assert_msg(page.status == 200, "%s: %ld", id, page.status);
    return page;
}

static unsigned count_of(const char *text, const char *what)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

/* Every list of a result, so long that its page would have 60 MB or more: what a page repeats is
 * much longer than the two bytes of an element. */
START_TEST(page_of_a_result_without_end_is_cut_and_says_so)
{
    static const struct {
        const char *id, *before, *piece, *after;
    } LISTS[] = {
        {"metrics", "{\"results\":[", "{}", "]}"},
        {"comparisons", "{\"results\":[{\"result\":[", "{}", "]}]}"},
        {"slices", "{\"results\":[{\"result\":[", "{\"segmentId\":\"s\"}", "]}]}"},
        {"tests", "{\"results\":[{\"srmResult\":[", "{}", "]}]}"},
        {"groups", "{\"results\":[{\"srmResult\":[{\"result\":[", "{}", "]}]}]}"},
        {"remarks", "{\"annotations\":[", "{\"info\":\"i\"}", "]}"},
        {"reasons", "{\"treatments\":[{\"id\":\"t\"}],\"results\":[{\"result\":[",
         "{\"groups\":{\"compared\":\"t\"},\"status\":{\"message\":\"m\"}}", "]}]}"},
    };
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        struct assay__text result = {0};
        assay__text_puts(&result, LISTS[i].before);
        repeat(&result, LISTS[i].piece, 90000);
        assay__text_puts(&result, LISTS[i].after);
        store(LISTS[i].id, &result);
        assay__text_release(&result);
        struct reply page = page_of(LISTS[i].id);
        ck_assert_msg(page.body.length > (4 << 20) && page.body.length < (5 << 20), "%s: %zu",
                      LISTS[i].id, page.body.length);
        ck_assert_ptr_nonnull(strstr(page.body.data, "This result is too large for one page"));
        ck_assert_ptr_nonnull(strstr(page.body.data, "</main>"));
        reply_release(&page);
    }
}
END_TEST

START_TEST(treatments_beyond_a_number_are_counted)
{
    struct assay__text result = {0};
    assay__text_puts(&result, "{\"treatments\":[");
    repeat(&result, "{\"id\":\"t\",\"recommendation\":{\"status\":\"Wait\"}}", 1234);
    assay__text_puts(&result, "]}");
    store("many", &result);
    assay__text_release(&result);
    struct reply page = page_of("many");
    ck_assert_uint_eq(count_of(page.body.data, "<bdi>Wait</bdi>"), 50);
    ck_assert_ptr_nonnull(strstr(page.body.data, ">and 1184 more<"));
    ck_assert_ptr_null(strstr(page.body.data, "too large for one page"));
    reply_release(&page);
    struct reply list = ask_alice(&endpoint, "GET", "/", NULL);
    ck_assert_uint_eq(count_of(list.body.data, "<span>Wait</span>"), 50);
    ck_assert_ptr_nonnull(strstr(list.body.data, ">and 1184 more<"));
    reply_release(&list);
}
END_TEST

/* Stores a result that is a text. */
static void store_text(const char *id, const char *text)
{
    struct assay__text result = {0};
    assay__text_puts(&result, text);
    store(id, &result);
    assay__text_release(&result);
}

/* Fails unless the texts stand in a page one behind the other. */
static void assert_order(const char *page, const char *const *texts, size_t count)
{
    const char *at = page;
    for (size_t i = 0; i < count; i++) {
        at = strstr(at, texts[i]);
        ck_assert_msg(at != NULL, "'%s' is not behind '%s'", texts[i], i > 0 ? texts[i - 1] : "");
        at += strlen(texts[i]);
    }
}

#define COMPARISON(message, worse, shown)                                                          \
    "{\"groups\":{\"baseline\":\"c\",\"compared\":\"t\"},\"status\":{\"message\":\"" message       \
    "\",\"decisionIsSignificant\":{\"value\":" shown                                               \
    "},\"validationIsSignificant\":{\"value\":" worse "}}}"
#define NOTHING COMPARISON("nothing", "false", "false")

START_TEST(mismatch_is_told_before_anything_else_whichever_metric_has_the_test)
{
    store_text("off", "{\"results\":[{\"id\":\"a\"},{\"id\":\"b\",\"srmResult\":["
                      "{\"isSignificant\":false,\"segmentId\":\"s\"},{\"isSignificant\":true}]}],"
                      "\"treatments\":[{\"id\":\"t\"}]}");
    store_text("well", "{\"results\":[{\"srmResult\":[{\"isSignificant\":false},"
                       "{\"isSignificant\":true,\"segmentId\":\"s\"}]}]}");
    static const char *const ORDER[] = {"</h1>", "<strong class=\"bad\">Sample ratio mismatch.",
                                        "href=\"#groups\"", "Recommendation</h2>",
                                        "<h2 id=\"groups\">"};
    struct reply page = page_of("off");
    assert_order(page.body.data, ORDER, 5);
    reply_release(&page);
    page = page_of("well");
    ck_assert_ptr_null(strstr(page.body.data, "Sample ratio mismatch."));
    reply_release(&page);
}
END_TEST

START_TEST(reasons_tell_of_harm_first_and_fold_what_shows_nothing)
{
    store_text(
        "reasons",
        "{\"treatments\":[{\"id\":\"t\"},{\"id\":\"other\"}],\"results\":[{\"result\":[" NOTHING
        "," COMPARISON("gain", "false", "true") "," NOTHING "," NOTHING "," NOTHING "," NOTHING
                                                "," COMPARISON("harm", "true", "true") "," NOTHING
                                                                                       "]}]}");
    static const char *const ORDER[] = {"<ul class=\"reasons\">",
                                        "<div>harm</div>",
                                        "<div>gain</div>",
                                        "</ul><details>",
                                        "<summary>6 more, not significant</summary>",
                                        "<div>nothing</div>",
                                        "</details></article>",
                                        "<bdi>other</bdi>",
                                        "</bdi></p>\n</article>"};
    struct reply page = page_of("reasons");
    assert_order(page.body.data, ORDER, sizeof ORDER / sizeof *ORDER);
    reply_release(&page);
    store_text("few", "{\"treatments\":[{\"id\":\"t\"}],\"results\":[{\"result\":[" NOTHING
                      "," NOTHING "]}]}");
    page = page_of("few");
    ck_assert_ptr_null(strstr(page.body.data, "not significant</summary>"));
    ck_assert_uint_eq(count_of(page.body.data, "<div>nothing</div>"), 2);
    reply_release(&page);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, mismatch_is_told_before_anything_else_whichever_metric_has_the_test);
    tcase_add_test(cases, reasons_tell_of_harm_first_and_fold_what_shows_nothing);
    tcase_add_test(cases, page_of_a_result_without_end_is_cut_and_says_so);
    tcase_add_test(cases, treatments_beyond_a_number_are_counted);
}

int main(void)
{
    return test_main("serve_pages", add);
}
