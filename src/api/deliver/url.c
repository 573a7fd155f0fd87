/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a token may travel: URLs, regions and resource names. */
#include "api/deliver/url.h"

#include <arpa/inet.h>
#include "base/curl_library.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/resource_name.h"

static const struct region {
    const char *name, *base_url, *token_url;
} REGIONS[] = {
    {"eu", "https://stats.eu.confidence.dev", "https://iam.eu.confidence.dev/v1/oauth/token"},
    {"us", "https://stats.us.confidence.dev", "https://iam.us.confidence.dev/v1/oauth/token"},
};

enum assay_status assay__region_urls(const char *region, const char **base_url,
                                     const char **token_url, struct assay_error *err)
{
    for (size_t i = 0; i < sizeof REGIONS / sizeof *REGIONS; i++) {
        if (strcasecmp(region, REGIONS[i].name) == 0) {
            *base_url = REGIONS[i].base_url;
            *token_url = REGIONS[i].token_url;
            return ASSAY_OK;
        }
    }
    return assay__fail(err, ASSAY_ERROR_USAGE,
                       "Unknown region \"%.40s\"; it is eu or us. Give a base URL for any "
                       "other place.",
                       region);
}

/* Is the host, as libcurl normalised it, an address of this machine's loopback? */
static bool is_loopback_address(const char *host)
{
    struct in_addr ipv4;
    if (inet_pton(AF_INET, host, &ipv4) == 1)
        return (ntohl(ipv4.s_addr) >> 24) == 127;
    size_t length = strlen(host);
    char inner[INET6_ADDRSTRLEN];
    if (length < 3 || host[0] != '[' || host[length - 1] != ']' || length - 2 >= sizeof inner)
        return false;
    memcpy(inner, host + 1, length - 2);
    inner[length - 2] = '\0';
    struct in6_addr ipv6;
    return inet_pton(AF_INET6, inner, &ipv6) == 1 && IN6_IS_ADDR_LOOPBACK(&ipv6);
}

static bool has_part(CURLU *parsed, CURLUPart part)
{
    char *text = NULL;
    bool has = curl_url_get(parsed, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return has;
}

/* The parts of a parsed URL; freed together. */
struct parts {
    char *scheme, *host, *port, *whole;
};

static enum assay_status check_parts(CURLU *parsed, const struct parts *parts, const char *what,
                                     struct assay__endpoint *out, struct assay_error *err)
{
    bool is_https = strcmp(parts->scheme, "https") == 0;
    if (!is_https && strcmp(parts->scheme, "http") != 0)
        return assay__fail(err, ASSAY_ERROR_USAGE, "%s must be an https URL, not %.20s.", what,
                           parts->scheme);
    if (has_part(parsed, CURLUPART_USER) || has_part(parsed, CURLUPART_PASSWORD))
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "%s must not hold a user name or password; use a token.", what);
    if (has_part(parsed, CURLUPART_QUERY) || has_part(parsed, CURLUPART_FRAGMENT))
        return assay__fail(err, ASSAY_ERROR_USAGE, "%s must not have a query or fragment.", what);
    bool is_localhost = strcasecmp(parts->host, "localhost") == 0;
    out->is_loopback = is_localhost || is_loopback_address(parts->host);
    if (!is_https && !out->is_loopback)
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "%s is plain http to %.200s, which would show the token to everyone on "
                           "the way; use https. Plain http is for this machine only (127.0.0.1, "
                           "[::1], localhost).",
                           what, parts->host);
    if (is_localhost)
        snprintf(out->resolve, sizeof out->resolve, "%s:%s:127.0.0.1,[::1]", parts->host,
                 parts->port);
    size_t length = strlen(parts->whole);
    while (length > 0 && parts->whole[length - 1] == '/')
        length--;
    if (length >= sizeof out->url)
        return assay__fail(err, ASSAY_ERROR_LIMIT, "%s is longer than %d bytes.", what,
                           ASSAY__URL_BYTES_MAX - 1);
    memcpy(out->url, parts->whole, length);
    out->url[length] = '\0';
    return ASSAY_OK;
}

enum assay_status assay__endpoint_parse(const char *url, const char *what,
                                        struct assay__endpoint *out, struct assay_error *err)
{
    memset(out, 0, sizeof *out);
    enum assay_status status = assay__curl_load(err);
    if (status != ASSAY_OK)
        return status;
    CURLU *parsed = curl_url();
    if (parsed == NULL)
        return assay__fail_memory(err);
    struct parts parts = {NULL, NULL, NULL, NULL};
    CURLUcode code = curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
    if (code == CURLUE_OK)
        code = curl_url_get(parsed, CURLUPART_SCHEME, &parts.scheme, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(parsed, CURLUPART_HOST, &parts.host, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(parsed, CURLUPART_URL, &parts.whole, 0);
    if (code == CURLUE_OK && curl_url_get(parsed, CURLUPART_PORT, &parts.port, CURLU_DEFAULT_PORT))
        parts.port = NULL; /* a scheme without a default port; refused below for its scheme */
    if (code == CURLUE_OUT_OF_MEMORY)
        status = assay__fail_memory(err);
    else if (code != CURLUE_OK)
        status = assay__fail(err, ASSAY_ERROR_USAGE,
                             "%s is malformed (%s). Write one such as https://stats.example.com.",
                             what, curl_url_strerror(code));
    else
        status = check_parts(parsed, &parts, what, out, err);
    curl_free(parts.scheme);
    curl_free(parts.host);
    curl_free(parts.port);
    curl_free(parts.whole);
    curl_url_cleanup(parsed);
    return status;
}

enum assay_status assay__parent_check(const char *parent, struct assay_error *err)
{
    char workflow[ASSAY__NAME_PART_MAX + 1], instance[ASSAY__NAME_PART_MAX + 1];
    if (assay__parent_split(parent, workflow, instance))
        return ASSAY_OK;
    return assay__fail(err, ASSAY_ERROR_USAGE,
                       "The parent \"%.200s\" is not of the form "
                       "workflows/{workflow}/instances/{instance}, each name " ASSAY__NAME_PART_RULE
                       ".",
                       parent);
}

enum assay_status assay__id_check(const char *id, struct assay_error *err)
{
    if (assay__result_id_ok(id))
        return ASSAY_OK;
    return assay__fail(err, ASSAY_ERROR_USAGE,
                       "The id \"%.100s\" is not " ASSAY__RESULT_ID_RULE ".", id);
}
