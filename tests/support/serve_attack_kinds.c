/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kinds of hostile requests, with variants by the generator. A request that is whole asks for
 * the connection to be closed, and must have its answer. One that may not be is followed by a half
 * close, which libmicrohttpd takes for a client that is gone: it may be answered or not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "serve_attack.h"
#include "serve_attack_text.h"

#define PLACE "/v2/workflows/w/instances/i/analysisResults"
#define TOKEN "Authorization: Bearer alices-token-0123456789\r\n"
#define JSON "Content-Type: application/json\r\n"
#define HEAD "POST " PLACE " HTTP/1.1\r\nHost: a\r\n" TOKEN JSON
#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

static const char DOCUMENT[] =
    "{\"parent\":\"workflows/w/instances/i\",\"analysisResult\":{\"exposureFilter\":\"a\\u00e4\","
    "\"annotations\":[{\"context\":[{\"value\":\"m\"}],\"warning\":\"few rows\"}],\"results\":[{"
    "\"id\":\"m\",\"statsSettings\":{\"adjustedAlpha\":0.05,\"adjustedBeta\":{\"value\":2e-1}},"
    "\"result\":[{\"status\":{\"message\":\"\xC3\xA4\",\"decisionPowered\":{\"value\":true}},"
    "\"groups\":{\"baseline\":\"a\",\"compared\":\"b\"},\"result\":[{\"resultTime\":\"2026-11-24\","
    "\"differenceEstimateRel\":{\"estimate\":{\"value\":-1.25e-3},\"lower\":{\"value\":-1},"
    "\"upper\":{\"value\":1}},\"baselineSampleSize\":{\"value\":12345}}],\"groupStats\":[{\"id\":"
    "\"a\",\"sampleSize\":10}],\"dimensions\":[{\"key\":\"k\",\"value\":\"v\"}]}],\"srmResult\":[{"
    "\"isSignificant\":false,\"result\":[{\"group\":\"a\",\"observed\":10,\"expected\":10.5}]}]}],"
    "\"treatments\":[{\"id\":\"b\",\"recommendation\":{\"status\":\"X\"}}],"
    "\"labels\":[{\"key\":\"team\",\"value\":\"growth\"}]}}";

static void put(struct assay__text *text, const char *string)
{
    assay__text_puts(text, string);
}

static void post_body(struct attack *attack, struct assay__text *body)
{
    struct assay__text request = {0};
    put(&request, HEAD "Connection: close\r\n");
    bool is_chunked = attack_below(attack, 4) == 0 && body->length > 0;
    if (is_chunked) {
        size_t half = 1 + attack_below(attack, (uint32_t)body->length);
        assay__text_format(&request, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", half);
        assay__text_append(&request, body->data, half);
        put(&request, "\r\n");
        if (half < body->length)
            assay__text_format(&request, "%zX;x=y\r\n", body->length - half);
        assay__text_append(&request, body->data + half, body->length - half);
        put(&request, half < body->length ? "\r\n0\r\n\r\n" : "0\r\n\r\n");
    } else {
        assay__text_format(&request, "Content-Length: %zu\r\n\r\n", body->length);
        assay__text_append(&request, body->data, body->length);
    }
    assay__text_release(body);
    attack_expect(attack, attack_send(attack, &request, ATTACK_READ), 1);
}

static void mutated_body(struct attack *attack)
{
    struct assay__text body = {0};
    put(&body, DOCUMENT);
    attack_mutate(attack, &body);
    post_body(attack, &body);
}

static void hostile_text(struct attack *attack)
{
    static const char *const TEXTS[] = {"",
                                        " ",
                                        "{",
                                        "[]",
                                        "null",
                                        "{}x",
                                        "{\"a\":1,\"a\":2}",
                                        "{\"parent\":\"\xFF\xFE\"}",
                                        "{\"parent\":\"\xC0\xAF\"}",
                                        "{\"parent\":\"\xED\xA0\x80\"}",
                                        "{\"a\":\"\\ud800\"}",
                                        "{\"a\":\"\\udc00\\ud800\"}",
                                        "{\"a\":\"\\u0000\"}",
                                        "{\"a\":1e400}",
                                        "{\"a\":-1e99999}",
                                        "{\"a\":01}",
                                        "{\"a\":.5}",
                                        "{\"a\":+1}",
                                        "{\"a\":NaN}",
                                        "{\"a\":1e}",
                                        "{\"a\":0x10}",
                                        "{'a':1}",
                                        "{\"a\":1,}",
                                        "{\"a\" 1}",
                                        "\xEF\xBB\xBF{}",
                                        "\xFF\xFE{\0}\0",
                                        "// x\n{}",
                                        "{\"parent\":{\"$ne\":1},\"analysisResult\":[]}",
                                        "{\"parent\":\"'; DROP TABLE result;--\"}"};
    struct assay__text body = {0};
    uint32_t choice = attack_below(attack, COUNT_OF(TEXTS) + 8);
    if (choice < COUNT_OF(TEXTS))
        put(&body, TEXTS[choice]);
    else if (choice < COUNT_OF(TEXTS) + 2)
        attack_repeat(&body, choice % 2 == 0 ? "[" : "{\"a\":", 100000);
    else if (choice == COUNT_OF(TEXTS) + 2)
        attack_repeat(&body, "9", 100000);
    else if (choice == COUNT_OF(TEXTS) + 3)
        attack_noise(attack, &body, attack_below(attack, 3000));
    else if (choice == COUNT_OF(TEXTS) + 4) {
        put(&body, "{\"");
        attack_repeat(&body, "k", 200000);
    } else if (choice == COUNT_OF(TEXTS) + 5) {
        for (unsigned i = 0; i < 5000; i++)
            assay__text_format(&body, "%c\"k%u\":1", i == 0 ? '{' : ',', i);
    } else if (choice == COUNT_OF(TEXTS) + 6) {
        put(&body, "{\"analysisResult\":{\"results\":[1");
        attack_repeat(&body, ",1", attack_below(attack, 4) == 0 ? 500000 : 5000);
        put(&body, "]}}");
    } else {
        put(&body, DOCUMENT);
        assay__text_append(&body, "\0 {}", 4);
    }
    post_body(attack, &body);
}

static void mutated_request(struct attack *attack)
{
    struct assay__text request = {0};
    assay__text_format(&request, HEAD "Content-Length: %zu\r\n\r\n%s", strlen(DOCUMENT), DOCUMENT);
    if (attack_below(attack, 2) == 0)
        request.length = strlen(HEAD) + 10; /* changes fall into the head */
    attack_mutate(attack, &request);
    attack_send(attack, &request, ATTACK_HALF_CLOSE);
}

static void hostile_path(struct attack *attack)
{
    static const char *const PATHS[] = {"/../../../etc/passwd",
                                        "/%2e%2e/%2e%2e/etc/passwd",
                                        PLACE "/..%2f..%2fetc",
                                        "//",
                                        "/.",
                                        PLACE "/a%00b",
                                        PLACE "/%",
                                        PLACE "/%zz",
                                        PLACE "/%ff%fe",
                                        PLACE "/%c0%ae%c0%ae",
                                        "\\..\\x",
                                        "/v2/workflows/%2E%2E/instances/i/analysisResults",
                                        PLACE "//",
                                        PLACE "/ab/../cd",
                                        "/v2/workflows/w%2Finstances%2Fi/analysisResults",
                                        "http://evil/healthz",
                                        "*",
                                        "x",
                                        "?",
                                        "/results/w/i/%3Cscript%3E",
                                        PLACE "?analysisResultId=..%2f",
                                        PLACE "?a=1&a=2",
                                        "/healthz#x",
                                        PLACE "?filter=%22",
                                        PLACE "?pageSize=99999999999999999999",
                                        PLACE "?pageToken=%00",
                                        "/healthz?%",
                                        "/\xC3\xA4",
                                        "/\xFF"};
    static const char *const METHODS[] = {"GET", "GET", "HEAD", "DELETE", "PUT", "OPTIONS"};
    struct assay__text request = {0};
    assay__text_format(&request, "%s ", METHODS[attack_below(attack, COUNT_OF(METHODS))]);
    uint32_t choice = attack_below(attack, COUNT_OF(PATHS) + 4);
    if (choice < COUNT_OF(PATHS)) {
        put(&request, PATHS[choice]);
    } else if (choice == COUNT_OF(PATHS)) {
        put(&request, PLACE "/");
        attack_repeat(&request, "a", 20000);
    } else if (choice == COUNT_OF(PATHS) + 1) {
        attack_repeat(&request, "/a", 5000);
    } else if (choice == COUNT_OF(PATHS) + 2) {
        put(&request, PLACE "?");
        for (unsigned i = 0; i < 200; i++)
            assay__text_format(&request, "p%u=%u&", i, i);
    } else {
        put(&request, PLACE "?filter=");
        for (unsigned i = attack_below(attack, 60); i > 0; i--)
            assay__text_format(&request, "%%%02x", 1 + attack_below(attack, 255));
    }
    put(&request, " HTTP/1.1\r\nHost: a\r\n" TOKEN "\r\n");
    attack_send(attack, &request, ATTACK_HALF_CLOSE);
}

static void hostile_query(struct attack *attack)
{
    static const char *const WORDS[] = {
        "labels",      ".",     ":",   "team",   "=",
        "growth",      "+AND+", "%22", "parent", "workflows/w/instances/i",
        "+",           "%5C",   "-",   "*",      "labels.team=growth",
        "%27+OR+1=1--"};
    struct assay__text request = {0};
    put(&request, "GET /v2/workflows/");
    put(&request, attack_below(attack, 2) == 0 ? "-/instances/-" : "w/instances/i");
    put(&request, "/analysisResults?pageSize=3&filter=");
    for (unsigned i = attack_below(attack, 12); i > 0; i--)
        put(&request, WORDS[attack_below(attack, COUNT_OF(WORDS))]);
    if (attack_below(attack, 3) == 0)
        assay__text_format(&request, "&pageToken=%08x%08x0123456789abcdef",
                           attack_below(attack, 1 << 30), attack_below(attack, 1 << 30));
    put(&request, " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" TOKEN "\r\n");
    attack_expect(attack, attack_send(attack, &request, ATTACK_READ), 1);
}

static void huge_head(struct attack *attack)
{
    struct assay__text request = {0};
    put(&request, "GET ");
    uint32_t choice = attack_below(attack, 4);
    if (choice == 0)
        attack_repeat(&request, "/aaaaaaa", 1 + attack_below(attack, 40000));
    put(&request, "/healthz HTTP/1.1\r\nHost: a\r\n");
    if (choice == 1)
        attack_repeat(&request, "X: y\r\n", 1 + attack_below(attack, 20000));
    if (choice == 2) {
        put(&request, "X: ");
        attack_repeat(&request, "yyyyyyyy", 1 + attack_below(attack, 40000));
        put(&request, "\r\n");
    }
    if (choice == 3) {
        put(&request, "X");
        attack_repeat(&request, "\r\n folded", 1 + attack_below(attack, 10000));
        put(&request, "\r\n");
    }
    put(&request, "\r\n");
    attack_send(attack, &request, ATTACK_HALF_CLOSE);
}

static void odd_method_or_version(struct attack *attack)
{
    static const char *const METHODS[] = {"get",   "POSTX",   "",     "PROPFIND", "CONNECT",
                                          "TRACE", "G\tT",    "\x01", "GET/",     "PRI",
                                          "PATCH", "OPTIONS", "QUERY"};
    static const char *const VERSIONS[] = {
        "HTTP/1.1",  "HTTP/0.9", "HTTP/1.0", "HTTP/2.0",  "HTTP/3",     "HTTP/1.1.1", "http/1.1",
        "HTTPS/1.1", "HTTP/11",  "",         "HTTP/-1.1", "HTTP/1.1 x", "SIP/2.0"};
    struct assay__text request = {0};
    assay__text_format(&request, "%s /healthz %s\r\nHost: a\r\n\r\n",
                       METHODS[attack_below(attack, COUNT_OF(METHODS))],
                       VERSIONS[attack_below(attack, COUNT_OF(VERSIONS))]);
    attack_send(attack, &request, ATTACK_HALF_CLOSE);
}

static void wrong_chunks(struct attack *attack)
{
    static const char *const CHUNKS[] = {"zz\r\n{}",
                                         "-1\r\n{}",
                                         "fffffffffffffffff\r\n{}",
                                         "2\r\n{}3\r\n",
                                         "2{}\r\n0\r\n\r\n",
                                         "2\r\n{}\r\n",
                                         "2\r\n{}\r\n0\r\n",
                                         "0\r\n\r\n",
                                         "\r\n\r\n",
                                         "1\r\n{\r\n1\r\n}\r\n0\r\nX\r\n\r\n",
                                         "2;a=\"\r\n{}\r\n0\r\nX: y\r\n\r\n",
                                         "7fffffff\r\n{}",
                                         "+2\r\n{}\r\n0\r\n\r\n",
                                         "2\n{}\n0\n\n"};
    struct assay__text request = {0};
    put(&request, HEAD "Transfer-Encoding: chunked\r\n\r\n");
    put(&request, CHUNKS[attack_below(attack, COUNT_OF(CHUNKS))]);
    attack_send(attack, &request, ATTACK_HALF_CLOSE);
}

/* Read without closing this side: the server itself must end the connection, after one answer. */
static void two_lengths(struct attack *attack)
{
    static const char *const HEADS[] = {
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 2\r\nContent-Length: 9\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: x\r\n",
        "Transfer-Encoding : chunked\r\nContent-Length: 2\r\n",
        "Content-Length: 0\r\n 2\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Host: b\r\nContent-Length: 2\r\n",
        "Content-Length: -2\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Content-Length: 2 2\r\n",
        "Content-Length: 2,2\r\n",
        "Content-Length: 0x2\r\n"};
    struct assay__text request = {0};
    assay__text_format(&request, HEAD "%s\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
                       HEADS[attack_below(attack, COUNT_OF(HEADS))]);
    attack_expect(attack, attack_send(attack, &request, ATTACK_READ), 1);
}

static void length_lies(struct attack *attack)
{
    struct assay__text request = {0};
    size_t length = strlen(DOCUMENT), said = attack_below(attack, 2) == 0
                                                 ? attack_below(attack, (uint32_t)length)
                                                 : length + 1 + attack_below(attack, 9999);
    assay__text_format(&request, HEAD "Content-Length: %zu\r\n\r\n%s", said, DOCUMENT);
    attack_send(attack, &request, ATTACK_HALF_CLOSE);
}

static void pipelined(struct attack *attack)
{
    struct assay__text request = {0};
    unsigned count = 1 + attack_below(attack, 20);
    for (unsigned i = 0; i < count; i++)
        assay__text_format(&request,
                           attack_below(attack, 2) == 0
                               ? "GET /healthz HTTP/1.1\r\nHost: a\r\n%s\r\n"
                               : HEAD "%sContent-Length: 2\r\n\r\n{}",
                           i + 1 == count ? "Connection: close\r\n" : "");
    attack_expect(attack, attack_send(attack, &request, ATTACK_READ), count);
}

static void expect_100(struct attack *attack)
{
    struct assay__text request = {0};
    bool is_known = attack_below(attack, 2) == 0;
    assay__text_format(&request,
                       "POST " PLACE " HTTP/1.1\r\nHost: a\r\n%s" JSON
                       "Expect: 100-continue\r\nContent-Length: %u\r\n\r\n",
                       is_known ? TOKEN : "", attack_below(attack, 100000000));
    attack_send(attack, &request, ATTACK_HALF_CLOSE);
}

static void unknown_caller(struct attack *attack)
{
    struct assay__text request = {0};
    assay__text_format(&request,
                       "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: ",
                       attack_below(attack, 2) == 0 ? "GET" : "DELETE",
                       attack_below(attack, 2) == 0 ? PLACE "/ab" : "/results/w/i/ab");
    static const char *const SCHEMES[] = {"Bearer ",
                                          "Basic ",
                                          "Digest ",
                                          "",
                                          "Bearer",
                                          "Basic =",
                                          "Bearer alices-token-012345678",
                                          "Basic YWxpY2U6"};
    put(&request, SCHEMES[attack_below(attack, COUNT_OF(SCHEMES))]);
    for (unsigned i = attack_below(attack, 4) == 0 ? 3000 : attack_below(attack, 40); i > 0; i--)
        assay__text_putc(&request, (char)(33 + attack_below(attack, 94)));
    put(&request, "\r\n\r\n");
    attack_expect(attack, attack_send(attack, &request, ATTACK_READ), 1);
}

static void condition(struct attack *attack)
{
    struct assay__text request = {0};
    assay__text_format(
        &request,
        "%s " PLACE "/probe-%u HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" TOKEN "If-%s: ",
        attack_below(attack, 2) == 0 ? "GET" : "DELETE", 1000000 + attack_below(attack, 1000),
        attack_below(attack, 2) == 0 ? "Match" : "None-Match");
    for (unsigned i = attack_below(attack, 300); i > 0; i--)
        assay__text_putc(&request, "\"W/*, abc0"[attack_below(attack, 10)]);
    put(&request, "\r\n\r\n");
    attack_expect(attack, attack_send(attack, &request, ATTACK_READ), 1);
}

static void broken_off(struct attack *attack)
{
    struct assay__text request = {0};
    assay__text_format(&request, HEAD "Content-Length: %zu\r\n\r\n%s", strlen(DOCUMENT), DOCUMENT);
    request.length = attack_below(attack, (uint32_t)request.length + 1);
    attack_send(attack, &request, attack_below(attack, 2) == 0 ? ATTACK_RESET : ATTACK_CLOSE);
}

static void nobody_reads(struct attack *attack)
{
    struct assay__text request = {0};
    attack_repeat(&request, "GET " PLACE "?pageSize=1000 HTTP/1.1\r\nHost: a\r\n" TOKEN "\r\n",
                  1 + attack_below(attack, 20));
    attack_send(attack, &request, attack_below(attack, 2) == 0 ? ATTACK_RESET : ATTACK_CLOSE);
}

static void plain_noise(struct attack *attack)
{
    struct assay__text request = {0};
    if (attack_below(attack, 4) == 0)
        assay__text_append(&request, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
    attack_noise(attack, &request, 1 + attack_below(attack, 5000));
    attack_send(attack, &request, ATTACK_HALF_CLOSE);
}

const struct attack_kind ATTACK_KINDS[] = {
    {"mutated body", mutated_body},
    {"mutated body", mutated_body},
    {"hostile text", hostile_text},
    {"mutated request", mutated_request},
    {"mutated request", mutated_request},
    {"hostile path", hostile_path},
    {"hostile query", hostile_query},
    {"huge head", huge_head},
    {"odd method or version", odd_method_or_version},
    {"wrong chunks", wrong_chunks},
    {"two lengths", two_lengths},
    {"length that lies", length_lies},
    {"pipelined", pipelined},
    {"expect 100", expect_100},
    {"unknown caller", unknown_caller},
    {"condition", condition},
    {"broken off", broken_off},
    {"nobody reads", nobody_reads},
    {"noise", plain_noise},
};
const unsigned ATTACK_KIND_COUNT = COUNT_OF(ATTACK_KINDS);
