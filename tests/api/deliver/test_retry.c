/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When to try again, and which URLs are accepted. */
#include "api/deliver/url.h"
#include "api/deliver/retry.h"
#include "test.h"

START_TEST(retry_statuses)
{
    static const long retried[] = {408, 425, 429, 500, 501, 502, 503, 504, 505, 599};
    static const long final[] = {0, 200, 301, 400, 401, 403, 404, 409, 413, 422, 499, 600};
    for (size_t i = 0; i < sizeof retried / sizeof *retried; i++)
        ck_assert_msg(assay__retry_status(retried[i]), "%ld", retried[i]);
    for (size_t i = 0; i < sizeof final / sizeof *final; i++)
        ck_assert_msg(!assay__retry_status(final[i]), "%ld", final[i]);
}
END_TEST

/* Waits are uniform on [0, min(max, first 2^(k-1))]: the mean of 10,000 lies within 5 standard
 * errors of the middle, no wait is beyond the end, and some come near both ends. */
START_TEST(retry_full_jitter)
{
    static const struct {
        uint32_t attempt;
        double upper;
    } cases[] = {{1, 0.5}, {2, 1.0}, {3, 2.0}, {6, 16.0}, {7, 30.0}, {99, 30.0}, {4000000, 30.0}};
    struct assay__retry retry = {.max_attempts = 5000000,
                                 .deadline = 1e9,
                                 .backoff = 0.5,
                                 .backoff_max = 30.0,
                                 .random = 20261124};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int count = 10000;
        double sum = 0.0, lowest = INFINITY, highest = 0.0, wait;
        for (int k = 0; k < count; k++) {
            ck_assert_int_eq(assay__retry_next(&retry, cases[i].attempt, 0.0, 100.0, &wait),
                             ASSAY__RETRY_WAIT);
            sum += wait;
            lowest = fmin(lowest, wait);
            highest = fmax(highest, wait);
        }
        double error = cases[i].upper / sqrt(12.0 * count);
        ck_assert_double_le(fabs(sum / count - cases[i].upper / 2.0), 5.0 * error);
        ck_assert_double_ge(lowest, 0.0);
        ck_assert_double_le(lowest, 0.01 * cases[i].upper);
        ck_assert_double_lt(highest, cases[i].upper);
        ck_assert_double_ge(highest, 0.99 * cases[i].upper);
    }
}
END_TEST

START_TEST(retry_after_is_lower_end)
{
    struct assay__retry retry = {
        .max_attempts = 10, .deadline = 1e9, .backoff = 0.5, .backoff_max = 30.0, .random = 7};
    double lowest = INFINITY, highest = 0.0, wait;
    for (int k = 0; k < 1000; k++) {
        ck_assert_int_eq(assay__retry_next(&retry, 1, 12.0, 0.0, &wait), ASSAY__RETRY_WAIT);
        lowest = fmin(lowest, wait);
        highest = fmax(highest, wait);
    }
    ck_assert_double_ge(lowest, 12.0);
    ck_assert_double_lt(highest, 12.5);
    ck_assert_double_gt(highest, lowest);
}
END_TEST

START_TEST(retry_ends)
{
    struct assay__retry retry = {
        .max_attempts = 3, .deadline = 100.0, .backoff = 0.5, .backoff_max = 30.0, .random = 7};
    double wait;
    ck_assert_int_eq(assay__retry_next(&retry, 2, 0.0, 50.0, &wait), ASSAY__RETRY_WAIT);
    ck_assert_int_eq(assay__retry_next(&retry, 3, 0.0, 50.0, &wait), ASSAY__RETRY_ATTEMPTS);
    ck_assert_int_eq(assay__retry_next(&retry, 1, 0.0, 100.0, &wait), ASSAY__RETRY_DEADLINE);
    ck_assert_int_eq(assay__retry_next(&retry, 1, 60.0, 50.0, &wait), ASSAY__RETRY_DEADLINE);
    ck_assert_double_ge(wait, 60.0);
}
END_TEST

START_TEST(seeds_differ)
{
    ck_assert_uint_ne(assay__random_seed(), assay__random_seed());
}
END_TEST

START_TEST(endpoint_accepts)
{
    static const struct {
        const char *url, *normal, *resolve;
        bool is_loopback;
    } cases[] = {
        {"https://stats.eu.confidence.dev", "https://stats.eu.confidence.dev", "", false},
        {"https://stats.example.com:8443/base//", "https://stats.example.com:8443/base", "", false},
        {"HTTPS://Stats.Example.com/", "https://Stats.Example.com", "", false},
        {"http://127.0.0.1:8080/", "http://127.0.0.1:8080", "", true},
        {"http://127.8.9.10:8080/x", "http://127.8.9.10:8080/x", "", true},
        {"http://[::1]:8080", "http://[::1]:8080", "", true},
        {"http://[0:0:0:0:0:0:0:1]", "http://[::1]", "", true},
        {"http://localhost:81", "http://localhost:81", "localhost:81:127.0.0.1,[::1]", true},
        {"http://LOCALHOST", "http://LOCALHOST", "LOCALHOST:80:127.0.0.1,[::1]", true},
        {"https://localhost", "https://localhost", "localhost:443:127.0.0.1,[::1]", true},
        {"http://127.1:80", "http://127.0.0.1:80", "", true},
        {"http://2130706433", "http://127.0.0.1", "", true},
    };
    struct assay_error err;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay__endpoint endpoint;
        assert_ok(assay__endpoint_parse(cases[i].url, "The URL", &endpoint, &err), &err);
        ck_assert_str_eq(endpoint.url, cases[i].normal);
        ck_assert_str_eq(endpoint.resolve, cases[i].resolve);
        ck_assert_msg(endpoint.is_loopback == cases[i].is_loopback, "%s", cases[i].url);
    }
}
END_TEST

START_TEST(endpoint_refuses)
{
    static const struct {
        const char *url, *says;
    } cases[] = {
        {"http://stats.example.com", "plain http"},
        {"http://127.0.0.1.example.com", "plain http"},
        {"http://localhost.example.com", "plain http"},
        {"http://128.0.0.1", "plain http"},
        {"http://10.0.0.1", "plain http"},
        {"http://0.0.0.0", "plain http"},
        {"http://[::2]", "plain http"},
        {"http://[::ffff:10.0.0.1]", "plain http"},
        {"ftp://127.0.0.1", "https URL"},
        {"file:///etc/passwd", "The URL"},
        {"https://user:pass@example.com", "user name"},
        {"https://user@example.com", "user name"},
        {"http://127.0.0.1@example.com", "The URL"},
        {"https://example.com/?a=b", "query"},
        {"https://example.com/#x", "query or fragment"},
        {"stats.example.com", "malformed"},
        {"", "malformed"},
        {"https://", "malformed"},
        {"https://exa mple.com", "malformed"},
        {"https://example.com\r\nX: y", "malformed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay__endpoint endpoint;
        struct assay_error err = {0};
        ck_assert_msg(assay__endpoint_parse(cases[i].url, "The URL", &endpoint, &err) ==
                          ASSAY_ERROR_USAGE,
                      "%s is accepted", cases[i].url);
        ck_assert_msg(strstr(err.message, cases[i].says) != NULL, "%s: %s", cases[i].url,
                      err.message);
    }
}
END_TEST

START_TEST(endpoint_refuses_long_url)
{
    char url[3000] = "https://example.com/";
    memset(url + 20, 'a', 2500);
    struct assay__endpoint endpoint;
    struct assay_error err;
    ck_assert_int_eq(assay__endpoint_parse(url, "The URL", &endpoint, &err), ASSAY_ERROR_LIMIT);
}
END_TEST

START_TEST(regions)
{
    const char *base_url, *token_url;
    struct assay_error err;
    assert_ok(assay__region_urls("eu", &base_url, &token_url, &err), &err);
    ck_assert_str_eq(base_url, "https://stats.eu.confidence.dev");
    ck_assert_str_eq(token_url, "https://iam.eu.confidence.dev/v1/oauth/token");
    assert_ok(assay__region_urls("US", &base_url, &token_url, &err), &err);
    ck_assert_str_eq(base_url, "https://stats.us.confidence.dev");
    ck_assert_int_eq(assay__region_urls("mars", &base_url, &token_url, &err), ASSAY_ERROR_USAGE);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, retry_statuses);
    tcase_add_test(cases, retry_full_jitter);
    tcase_add_test(cases, retry_after_is_lower_end);
    tcase_add_test(cases, retry_ends);
    tcase_add_test(cases, seeds_differ);
    tcase_add_test(cases, endpoint_accepts);
    tcase_add_test(cases, endpoint_refuses);
    tcase_add_test(cases, endpoint_refuses_long_url);
    tcase_add_test(cases, regions);
}

int main(void)
{
    return test_main("retry", add);
}
