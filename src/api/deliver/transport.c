/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One HTTP exchange over libcurl, with limits on time and size, and its outcome. */
#include "api/deliver/transport.h"

#include "base/curl_library.h"
#include "base/memory.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "assay/version.h"
#include "number/number.h"

enum {
    HEADER_BYTES_MAX = 256 * 1024,
    ERROR_BODY_BYTES_MAX = 64 * 1024, /* of a response whose status is an error */
    POLL_MS = 50                      /* how late a stall may be noticed */
};

struct assay__http {
    CURL *easy;
    CURLM *multi; /* holds the open connections */
    struct assay__http_limits limits;
};

/* What the callbacks of one exchange work on. */
struct transfer {
    CURL *easy;
    struct assay__http_response *response;
    uint64_t body_bytes_max;
    uint64_t received_bytes, header_bytes;
    bool has_headers;     /* the headers of the last response are complete */
    const char *oversize; /* what is larger than allowed; NULL while nothing is */
    uint64_t oversize_limit;
    bool is_stalled, is_halted;
};

struct assay__http *assay__http_new(const struct assay__http_limits *limits)
{
    struct assay__http *http = assay__calloc(1, sizeof *http);
    if (http == NULL)
        return NULL;
    http->limits = *limits;
    http->easy = curl_easy_init();
    http->multi = curl_multi_init();
    if (http->easy == NULL || http->multi == NULL) {
        assay__http_free(http);
        return NULL;
    }
    return http;
}

void assay__http_free(struct assay__http *http)
{
    if (http == NULL)
        return;
    curl_easy_cleanup(http->easy);
    curl_multi_cleanup(http->multi);
    assay__free(http);
}

bool assay__http_reconnect(struct assay__http *http)
{
    CURLM *multi = curl_multi_init();
    if (multi == NULL)
        return false;
    curl_multi_cleanup(http->multi);
    http->multi = multi;
    return true;
}

void assay__http_response_release(struct assay__http_response *response)
{
    assay__text_release(&response->content_type);
    assay__text_release(&response->location);
    assay__text_release(&response->body);
    memset(response, 0, sizeof *response);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    if (size * count >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
        transfer->has_headers = false; /* another response: the last one was an interim one */
    else if (size * count > 0 && (bytes[0] == '\r' || bytes[0] == '\n'))
        transfer->has_headers = true;
    transfer->received_bytes += size * count;
    transfer->header_bytes += size * count;
    if (transfer->header_bytes <= HEADER_BYTES_MAX)
        return size * count;
    transfer->oversize = "header";
    transfer->oversize_limit = HEADER_BYTES_MAX;
    return 0;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t length = size * count;
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    uint64_t limit = transfer->body_bytes_max;
    if ((status < 200 || status > 299) && limit > ERROR_BODY_BYTES_MAX)
        limit = ERROR_BODY_BYTES_MAX;
    transfer->received_bytes += length;
    struct assay__text *body = &transfer->response->body;
    if (length > limit - body->length) {
        assay__text_append(body, bytes, (size_t)(limit - body->length));
        transfer->oversize = "body";
        transfer->oversize_limit = limit;
        return 0;
    }
    assay__text_append(body, bytes, length);
    return body->failed ? 0 : length;
}

static long milliseconds(double seconds)
{
    return (long)fmin(fmax(ceil(seconds * 1e3), 1.0), 2e9);
}

/* Options that are copied need memory. Without them a certificate could go unchecked against the CA
 * file, or a token go to a proxy: every one counts. NULL is not an option. */
static bool set_text(CURL *easy, CURLoption option, const char *text)
{
    return text == NULL || curl_easy_setopt(easy, option, text) == CURLE_OK;
}

/* Options that do not depend on the request; false without memory. */
static bool set_limits(struct assay__http *http, struct transfer *transfer, double seconds_left)
{
    CURL *easy = http->easy;
    const struct assay__http_limits *limits = &http->limits;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* A resolver that hangs is left to end by itself, or no limit on time would hold. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limits->connect_seconds));
    double request_seconds = fmin(limits->request_seconds, seconds_left);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds(request_seconds));
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    if (limits->ca_file != NULL)
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL); /* or the system's are trusted as well */
    return set_text(easy, CURLOPT_USERAGENT, "assay/" ASSAY_VERSION) &&
           set_text(easy, CURLOPT_CAINFO, limits->ca_file) &&
           set_text(easy, CURLOPT_SSLCERT, limits->client_cert) &&
           set_text(easy, CURLOPT_SSLKEY, limits->client_key) &&
           set_text(easy, CURLOPT_KEYPASSWD, ""); /* or OpenSSL asks on the terminal and waits */
}

/* One of the headers is the token. */
static void free_headers(struct curl_slist *headers)
{
    for (struct curl_slist *one = headers; one != NULL; one = one->next)
        explicit_bzero(one->data, strlen(one->data));
    curl_slist_free_all(headers);
}

/* The headers of a request, or NULL without memory. The token goes to the server only: libcurl
 * would otherwise show these headers to a proxy too. */
static struct curl_slist *make_headers(const struct assay__http_request *request)
{
    const char *const fixed[] = {"Accept: application/json", "Expect:",
                                 request->body != NULL ? "Content-Type: application/json" : NULL};
    struct curl_slist *headers = NULL;
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof fixed / sizeof *fixed; i++) {
        if (fixed[i] == NULL)
            continue;
        struct curl_slist *longer = curl_slist_append(headers, fixed[i]);
        ok = longer != NULL;
        headers = ok ? longer : headers;
    }
    if (ok && request->token != NULL) {
        struct assay__text line = {0};
        assay__text_puts(&line, "Authorization: Bearer ");
        assay__text_puts(&line, request->token);
        struct curl_slist *longer = line.failed ? NULL : curl_slist_append(headers, line.data);
        ok = longer != NULL;
        headers = ok ? longer : headers;
        if (line.data != NULL)
            explicit_bzero(line.data, line.length);
        assay__text_release(&line);
    }
    if (ok)
        return headers;
    free_headers(headers);
    return NULL;
}

/* What a URL asks its server for: its path and query. */
static const char *target_of(const char *url)
{
    const char *authority = strstr(url, "://");
    const char *path = authority != NULL ? strchr(authority + 3, '/') : NULL;
    return path != NULL ? path : "/";
}

/* False without memory. The target is said apart from the URL: libcurl takes it for one without a
 * query when it has no memory for that, and a result without its id would become another one. */
static bool set_request(CURL *easy, const struct assay__http_request *request,
                        struct curl_slist *headers, struct curl_slist *resolve)
{
    bool is_https = strncmp(request->url, "https:", 6) == 0;
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    if (resolve != NULL)
        curl_easy_setopt(easy, CURLOPT_RESOLVE, resolve);
    if (request->body != NULL) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
    }
    return set_text(easy, CURLOPT_URL, request->url) &&
           set_text(easy, CURLOPT_REQUEST_TARGET, target_of(request->url)) &&
           set_text(easy, CURLOPT_PROTOCOLS_STR, is_https ? "https" : "http") &&
           set_text(easy, CURLOPT_NOPROXY, request->endpoint->is_loopback ? "*" : NULL);
}

/* Has nothing moved for too long? libcurl's own low-speed limit counts whole seconds and averages,
 * so the bytes in both directions are watched here. Before the connection stands, its own time
 * limit is at work. */
static bool is_stalled(const struct transfer *transfer, double limit, uint64_t *seen_bytes,
                       double *seen_at)
{
    curl_off_t ready_us = 0, uploaded = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
    curl_easy_getinfo(transfer->easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
    uint64_t bytes = transfer->received_bytes + (uint64_t)uploaded;
    double now = assay__clock_now();
    if (ready_us <= 0 || bytes != *seen_bytes) {
        *seen_bytes = bytes;
        *seen_at = now;
    }
    return now - *seen_at > limit;
}

static CURLcode run(struct assay__http *http, struct transfer *transfer)
{
    CURLcode code = CURLE_OK;
    int running = 1;
    uint64_t seen_bytes = 0;
    double seen_at = assay__clock_now();
    CURLMcode multi_code = curl_multi_add_handle(http->multi, http->easy);
    while (multi_code == CURLM_OK) {
        multi_code = curl_multi_perform(http->multi, &running);
        if (multi_code != CURLM_OK || running == 0)
            break;
        transfer->is_halted = assay__halt_check(http->limits.halt, NULL) != ASSAY_OK;
        if (transfer->is_halted)
            break;
        if (is_stalled(transfer, http->limits.stall_seconds, &seen_bytes, &seen_at)) {
            transfer->is_stalled = true;
            break;
        }
        multi_code = curl_multi_poll(http->multi, NULL, 0, POLL_MS, NULL);
    }
    if (multi_code != CURLM_OK)
        code = multi_code == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_RECV_ERROR;
    int waiting = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(http->multi, &waiting)) != NULL;)
        if (message->msg == CURLMSG_DONE)
            code = message->data.result;
    curl_multi_remove_handle(http->multi, http->easy);
    return code;
}

/* Codes that do not mean "the connection broke", with what they mean. */
static const struct meaning {
    CURLcode code;
    enum assay__http_outcome outcome;
} MEANINGS[] = {
    {CURLE_COULDNT_RESOLVE_HOST, ASSAY__HTTP_UNREACHED},
    {CURLE_COULDNT_RESOLVE_PROXY, ASSAY__HTTP_UNREACHED},
    {CURLE_COULDNT_CONNECT, ASSAY__HTTP_UNREACHED},
    {CURLE_PEER_FAILED_VERIFICATION, ASSAY__HTTP_UNTRUSTED},
    {CURLE_SSL_ISSUER_ERROR, ASSAY__HTTP_UNTRUSTED},
    {CURLE_SSL_INVALIDCERTSTATUS, ASSAY__HTTP_UNTRUSTED},
    {CURLE_SSL_CACERT_BADFILE, ASSAY__HTTP_CA_FILE},
    {CURLE_SSL_CERTPROBLEM, ASSAY__HTTP_KEY_FILE},
    {CURLE_SSL_CIPHER, ASSAY__HTTP_LOCAL},
    {CURLE_URL_MALFORMAT, ASSAY__HTTP_LOCAL},
    {CURLE_NOT_BUILT_IN, ASSAY__HTTP_LOCAL},
};

/* Did the server turn down the client's certificate? In TLS 1.3 that comes as an alert after the
 * client's part of the handshake, which libcurl has no code for: only OpenSSL's words tell. Where
 * they are others, this is taken for a connection that broke. */
static bool is_alert_about_client(const char *words)
{
    static const char *const ABOUT[] = {"certificate", "unknown ca", "access denied"};
    const char *alert = strstr(words, " alert ");
    for (size_t i = 0; alert != NULL && i < sizeof ABOUT / sizeof *ABOUT; i++)
        if (strstr(alert, ABOUT[i]) != NULL)
            return true;
    return false;
}

static enum assay__http_outcome outcome_of(CURL *easy, CURLcode code, const char *words,
                                           long *proxy_status)
{
    for (size_t i = 0; i < sizeof MEANINGS / sizeof *MEANINGS; i++)
        if (MEANINGS[i].code == code)
            return MEANINGS[i].outcome;
    const char *scheme = NULL;
    curl_off_t connected_us = 0, ready_us = 0;
    long proxy = 0;
    curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connected_us);
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
    curl_easy_getinfo(easy, CURLINFO_SCHEME, &scheme);
    if (ready_us <= 0 && proxy >= 300) {
        *proxy_status = proxy;
        return ASSAY__HTTP_PROXY;
    }
    if (code == CURLE_OPERATION_TIMEDOUT && connected_us <= 0 && ready_us <= 0)
        return ASSAY__HTTP_UNREACHED;
    if (is_alert_about_client(words))
        return ASSAY__HTTP_UNKNOWN;
    bool is_https = scheme != NULL && strcasecmp(scheme, "https") == 0;
    return is_https && ready_us <= 0 ? ASSAY__HTTP_NO_TLS : ASSAY__HTTP_BROKEN;
}

static bool is_json_type(const char *type)
{
    size_t length = strcspn(type, "; \t");
    return (length == 16 && strncasecmp(type, "application/json", 16) == 0) ||
           (length > 5 && strncasecmp(type + length - 5, "+json", 5) == 0);
}

static void take_facts(CURL *easy, struct assay__http_response *response)
{
    const char *type = NULL, *location = NULL;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &location);
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
    response->is_json = type == NULL || is_json_type(type);
    assay__text_puts(&response->content_type, type != NULL ? type : "");
    assay__text_puts(&response->location, location != NULL ? location : "");
    response->retry_after = retry_after > 0 ? (double)retry_after : 0.0;
}

/* Says how an exchange ended. A status of 300 and more counts also when its body did not arrive
 * whole: the body is only there to explain it. libcurl is content with a header that broke off. */
static void conclude(const struct assay__http *http, const struct transfer *transfer, CURLcode code,
                     const char *curl_words, struct assay__http_response *response)
{
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    if (transfer->is_stalled)
        code = CURLE_OPERATION_TIMEDOUT;
    if (transfer->has_headers && (code == CURLE_OK || status >= 300)) {
        response->outcome = ASSAY__HTTP_RESPONSE;
        response->status = status;
        return;
    }
    response->outcome = outcome_of(transfer->easy, code, curl_words, &response->proxy_status);
    char seconds[ASSAY__NUMBER_BYTES];
    assay__number_round(http->limits.stall_seconds, 3, seconds);
    if (code == CURLE_OK)
        snprintf(response->reason, sizeof response->reason, "its header broke off");
    else if (transfer->oversize != NULL)
        snprintf(response->reason, sizeof response->reason,
                 "the response's %s is larger than %llu bytes", transfer->oversize,
                 (unsigned long long)transfer->oversize_limit);
    else if (transfer->is_stalled)
        snprintf(response->reason, sizeof response->reason, "nothing moved for %s s", seconds);
    else if (strncmp(curl_words, "Unsupported proxy", strlen("Unsupported proxy")) == 0)
        /* libcurl goes on with the URL, in which there may be a password. */
        snprintf(response->reason, sizeof response->reason,
                 "the proxy's URL in the environment cannot be used");
    else
        snprintf(response->reason, sizeof response->reason, "%s",
                 curl_words[0] != '\0' ? curl_words : curl_easy_strerror(code));
}

enum assay_status assay__http_send(struct assay__http *http,
                                   const struct assay__http_request *request,
                                   struct assay__http_response *response, struct assay_error *err)
{
    char words[CURL_ERROR_SIZE] = "";
    struct transfer transfer = {.easy = http->easy,
                                .response = response,
                                .body_bytes_max = http->limits.response_bytes_max};
    struct curl_slist *headers = make_headers(request);
    struct curl_slist *resolve = NULL;
    if (request->endpoint->resolve[0] != '\0')
        resolve = curl_slist_append(NULL, request->endpoint->resolve);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    bool has_lists = headers != NULL && (resolve != NULL || request->endpoint->resolve[0] == '\0');
    curl_easy_reset(http->easy);
    if (has_lists && set_limits(http, &transfer, request->seconds_left) &&
        set_request(http->easy, request, headers, resolve)) {
        curl_easy_setopt(http->easy, CURLOPT_ERRORBUFFER, words);
        code = run(http, &transfer);
        conclude(http, &transfer, code, words, response);
        take_facts(http->easy, response);
    }
    curl_easy_reset(http->easy); /* it points into this frame */
    free_headers(headers);
    curl_slist_free_all(resolve);
    if (transfer.is_halted)
        return assay__halt_check(http->limits.halt, err);
    if (code == CURLE_OUT_OF_MEMORY || response->body.failed || response->content_type.failed ||
        response->location.failed)
        return assay__fail_memory(err);
    return ASSAY_OK;
}
