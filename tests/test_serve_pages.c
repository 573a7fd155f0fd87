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

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, page_of_a_result_without_end_is_cut_and_says_so);
    tcase_add_test(cases, treatments_beyond_a_number_are_counted);
}

int main(void)
{
    return test_main("serve_pages", add);
}
