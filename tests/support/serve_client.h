/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An endpoint on a free loopback port within the test, and a client that speaks to it. */
#ifndef ASSAY_TESTS_SERVE_CLIENT_H
#define ASSAY_TESTS_SERVE_CLIENT_H

#include <curl/curl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "serve/http/server.h"
#include "test.h"

#define ALICE "Authorization: Bearer alices-token-0123456789"
#define JSON_TYPE "Content-Type: application/json"
#define PARENT "workflows/checkout/instances/july"
#define COLLECTION "/v2/" PARENT "/analysisResults"

struct endpoint {
    struct serve_options options;
    char folder[64], database[96], tokens[96];
    struct serve_server *server;
    CURL *curl;
};

struct reply {
    long status;
    struct assay__text headers, body;
};

/* Fills options, makes a folder with a token file; change options before endpoint_start(). */
static inline void endpoint_init(struct endpoint *endpoint)
{
    *endpoint = (struct endpoint){.options = serve_options_default()};
    snprintf(endpoint->folder, sizeof endpoint->folder, "%s/serve-XXXXXX", test_tmp());
    ck_assert_ptr_nonnull(mkdtemp(endpoint->folder));
    snprintf(endpoint->database, sizeof endpoint->database, "%s/results.db", endpoint->folder);
    snprintf(endpoint->tokens, sizeof endpoint->tokens, "%s/tokens", endpoint->folder);
    int old_mask = (int)umask(077);
    FILE *file = fopen(endpoint->tokens, "w");
    umask((mode_t)old_mask);
    ck_assert_ptr_nonnull(file);
    fputs("# who may call\nalice alices-token-0123456789\n\nbob bobs-token-01234567890\n", file);
    fclose(file);
    endpoint->options.port = 0;
    endpoint->options.database = endpoint->database;
    endpoint->options.token_file = endpoint->tokens;
    endpoint->curl = curl_easy_init();
    ck_assert_ptr_nonnull(endpoint->curl);
}

static inline void endpoint_start(struct endpoint *endpoint)
{
    struct assay_error err = {0};
    assert_ok(serve_start(&endpoint->options, &endpoint->server, &err), &err);
}

static inline void endpoint_release(struct endpoint *endpoint)
{
    static const char *const SUFFIXES[] = {"", "-wal", "-shm"};
    curl_easy_cleanup(endpoint->curl);
    serve_stop(endpoint->server);
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s%s", endpoint->database, SUFFIXES[i]);
        unlink(path);
    }
    unlink(endpoint->tokens);
    ck_assert_int_eq(rmdir(endpoint->folder), 0);
}

static inline size_t reply_append(char *bytes, size_t size, size_t count, void *text)
{
    assay__text_append(text, bytes, size * count);
    return size * count;
}

/* Sends one request. headers ends with NULL; body NULL for none. */
static inline struct reply ask_with(CURL *curl, uint16_t port, const char *method, const char *path,
                                    const char *const *headers, const char *body, size_t length)
{
    struct reply reply = {0};
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    char url[2048];
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", (unsigned)port, path);
    for (size_t i = 0; headers[i] != NULL; i++)
        list = curl_slist_append(list, headers[i]);
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, reply_append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, reply_append);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply.headers);
    if (body != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    }
    if (strcmp(method, "HEAD") == 0)
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    else
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    CURLcode code = curl_easy_perform(curl);
    ck_assert_msg(code == CURLE_OK, "%s %s: %s", method, path, curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
    assay__text_append(&reply.body, "", 0);
    assay__text_append(&reply.headers, "", 0);
    curl_slist_free_all(list);
    return reply;
}

static inline struct reply ask(struct endpoint *endpoint, const char *method, const char *path,
                               const char *const *headers, const char *body)
{
    return ask_with(endpoint->curl, serve_port(endpoint->server), method, path, headers, body,
                    body == NULL ? 0 : strlen(body));
}

/* As Alice, with a JSON body when there is one. */
static inline struct reply ask_alice(struct endpoint *endpoint, const char *method,
                                     const char *path, const char *body)
{
    const char *const headers[] = {ALICE, body != NULL ? JSON_TYPE : NULL, NULL};
    return ask(endpoint, method, path, headers, body);
}

static inline void reply_release(struct reply *reply)
{
    assay__text_release(&reply->headers);
    assay__text_release(&reply->body);
}

/* Fails unless the status is right and the body holds a text; frees the reply. */
static inline void expect(struct reply reply, long status, const char *holds)
{
    const char *body = reply.body.data != NULL ? reply.body.data : "";
    ck_assert_msg(reply.status == status, "status %ld, expected %ld: %.1000s", reply.status, status,
                  body);
    ck_assert_msg(strstr(body, holds) != NULL, "'%s' is not in: %.1000s", holds, body);
    reply_release(&reply);
}

#endif
