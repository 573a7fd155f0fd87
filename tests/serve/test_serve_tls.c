/* SPDX-License-Identifier: GPL-3.0-or-later */
/* https with a certificate made here: the whole exchange, old versions, wrong files, slow shakes.
 */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <time.h>

#include "serve_process.h"
#include "serve_raw.h"

#define BODY "{\"parent\":\"" PARENT "\",\"analysisResult\":{}}"

static struct endpoint endpoint;
static char cert_path[128], key_path[128], other_key_path[128];

static void write_file(const char *path, const gnutls_datum_t *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text->data, 1, text->size, file), text->size);
    fclose(file);
}

static void make_key(const char *path, gnutls_x509_privkey_t *key)
{
    gnutls_datum_t text = {NULL, 0};
    ck_assert_int_eq(gnutls_x509_privkey_init(key), 0);
    ck_assert_int_eq(gnutls_x509_privkey_generate(*key, GNUTLS_PK_ECDSA,
                                                  GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
                                                  0),
                     0);
    ck_assert_int_eq(gnutls_x509_privkey_export2(*key, GNUTLS_X509_FMT_PEM, &text), 0);
    write_file(path, &text);
    gnutls_free(text.data);
}

/* A certificate of 127.0.0.1 that signs itself, for an hour. */
static void make_certificate(void)
{
    gnutls_x509_privkey_t key, other;
    gnutls_x509_crt_t cert;
    gnutls_datum_t text = {NULL, 0};
    static const unsigned char ADDRESS[] = {127, 0, 0, 1};
    make_key(key_path, &key);
    make_key(other_key_path, &other);
    ck_assert_int_eq(gnutls_x509_crt_init(&cert), 0);
    ck_assert_int_eq(gnutls_x509_crt_set_version(cert, 3), 0);
    ck_assert_int_eq(gnutls_x509_crt_set_serial(cert, "\x01", 1), 0);
    ck_assert_int_eq(gnutls_x509_crt_set_dn(cert, "CN=assay test", NULL), 0);
    ck_assert_int_eq(gnutls_x509_crt_set_activation_time(cert, time(NULL) - 60), 0);
    ck_assert_int_eq(gnutls_x509_crt_set_expiration_time(cert, time(NULL) + 3600), 0);
    ck_assert_int_eq(gnutls_x509_crt_set_subject_alt_name(cert, GNUTLS_SAN_IPADDRESS, ADDRESS,
                                                          sizeof ADDRESS, GNUTLS_FSAN_SET),
                     0);
    ck_assert_int_eq(gnutls_x509_crt_set_basic_constraints(cert, 1, 0), 0);
    ck_assert_int_eq(gnutls_x509_crt_set_key(cert, key), 0);
    ck_assert_int_eq(gnutls_x509_crt_sign2(cert, cert, key, GNUTLS_DIG_SHA256, 0), 0);
    ck_assert_int_eq(gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_PEM, &text), 0);
    write_file(cert_path, &text);
    gnutls_free(text.data);
    gnutls_x509_crt_deinit(cert);
    gnutls_x509_privkey_deinit(key);
    gnutls_x509_privkey_deinit(other);
}

static void start(void)
{
    endpoint_init(&endpoint);
    snprintf(cert_path, sizeof cert_path, "%s/cert.pem", endpoint.folder);
    snprintf(key_path, sizeof key_path, "%s/key.pem", endpoint.folder);
    snprintf(other_key_path, sizeof other_key_path, "%s/other.pem", endpoint.folder);
    make_certificate();
    endpoint.options.tls_cert = cert_path;
    endpoint.options.tls_key = key_path;
}

static void stop(void)
{
    unlink(cert_path);
    unlink(key_path);
    unlink(other_key_path);
    endpoint_release(&endpoint);
}

/* A request over TLS that trusts this certificate, or none; the HTTP status, or 0. */
static long ask_tls(const char *method, const char *path, const char *body, bool trusts,
                    long version)
{
    char url[512];
    long status = 0;
    struct assay__text text = {0};
    struct curl_slist *headers = curl_slist_append(curl_slist_append(NULL, ALICE), JSON_TYPE);
    snprintf(url, sizeof url, "https://127.0.0.1:%u%s", (unsigned)serve_port(endpoint.server),
             path);
    CURL *curl = endpoint.curl;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, version);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, reply_append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &text);
    if (trusts)
        curl_easy_setopt(curl, CURLOPT_CAINFO, cert_path);
    if (version == CURL_SSLVERSION_MAX_TLSv1_1) /* OpenSSL itself offers it no more by default */
        curl_easy_setopt(curl, CURLOPT_SSL_CIPHER_LIST, "ALL:@SECLEVEL=0");
    if (body != NULL)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    assay__text_release(&text);
    return status;
}

START_TEST(https_serves_the_whole_exchange)
{
    static const long VERSIONS[] = {CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2,
                                    CURL_SSLVERSION_TLSv1_3};
    endpoint_start(&endpoint);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(
            ask_tls("POST", COLLECTION "?analysisResultId=over-tls", BODY, true, VERSIONS[i]), 200);
        ck_assert_int_eq(
            ask_tls("POST", COLLECTION "?analysisResultId=over-tls", BODY, true, VERSIONS[i]), 409);
        ck_assert_int_eq(ask_tls("GET", COLLECTION "/over-tls", NULL, true, VERSIONS[i]), 200);
        ck_assert_int_eq(ask_tls("DELETE", COLLECTION "/over-tls", NULL, true, VERSIONS[i]), 200);
    }
    ck_assert_int_eq(ask_tls("GET", "/healthz", NULL, false, CURL_SSLVERSION_TLSv1_2), 0);
    ck_assert_int_eq(ask_tls("GET", "/healthz", NULL, true,
                             CURL_SSLVERSION_TLSv1_0 | CURL_SSLVERSION_MAX_TLSv1_1),
                     0);
}
END_TEST

START_TEST(plain_and_unfinished_connections_do_not_keep_others_out)
{
    static const char PLAIN[] = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char HELLO[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    enum { SILENT = 60 };
    int silent[SILENT];
    char answer[256];
    bool closed;
    endpoint.options.request_seconds = 2;
    endpoint_start(&endpoint);
    for (size_t i = 0; i < SILENT; i++) {
        silent[i] = raw_connect(serve_port(endpoint.server), 10);
        if (i % 2 == 0)
            ck_assert(raw_send(silent[i], HELLO, sizeof HELLO - 1));
    }
    int plain = raw_connect(serve_port(endpoint.server), 10);
    ck_assert(raw_send(plain, PLAIN, sizeof PLAIN - 1));
    raw_read_to_end(plain, answer, sizeof answer, &closed);
    ck_assert(closed && strncmp(answer, "HTTP", 4) != 0);
    close(plain);
    double began = now_seconds();
    ck_assert_int_eq(ask_tls("GET", "/healthz", NULL, true, CURL_SSLVERSION_TLSv1_2), 200);
    ck_assert(now_seconds() - began < 1.5);
    for (size_t i = 0; i < SILENT; i++) {
        raw_read_to_end(silent[i], answer, sizeof answer, &closed);
        ck_assert_msg(closed, "a handshake that does not end is not cut");
        close(silent[i]);
    }
    ck_assert(now_seconds() - began < 8.0);
}
END_TEST

START_TEST(wrong_files_are_refused_at_the_start)
{
    struct assay_error err = {0};
    endpoint.options.tls_key = other_key_path;
    ck_assert_int_eq(serve_start(&endpoint.options, &endpoint.server, &err),
                     ASSAY_ERROR_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(err.message, "belong together"));
    endpoint.options.tls_key = endpoint.tokens; /* no PEM, and its text is nobody's to see */
    ck_assert_int_ne(serve_start(&endpoint.options, &endpoint.server, &err), ASSAY_OK);
    ck_assert_ptr_null(strstr(err.message, "alices-token"));
    endpoint.options.tls_key = "/nonexistent/key.pem";
    ck_assert_int_eq(serve_start(&endpoint.options, &endpoint.server, &err), ASSAY_ERROR_NO_INPUT);
    ck_assert_str_eq(err.file, "/nonexistent/key.pem");
}
END_TEST

/* Connections of before go on with the certificate they have; new ones get the new one. */
START_TEST(a_reload_takes_the_new_certificate)
{
    endpoint_start(&endpoint);
    ck_assert_int_eq(ask_tls("GET", "/healthz", NULL, true, CURL_SSLVERSION_TLSv1_3), 200);
    make_certificate();
    ck_assert_int_eq(ask_tls("GET", "/healthz", NULL, true, CURL_SSLVERSION_TLSv1_3), 0);
    for (int i = 0; i < 3; i++) {
        serve_reload(endpoint.server);
        ck_assert_int_eq(ask_tls("POST", i == 0 ? COLLECTION "?analysisResultId=one" : "/", BODY,
                                 true, CURL_SSLVERSION_TLSv1_3),
                         i == 0 ? 200 : 405);
        make_certificate();
    }
    endpoint.options.tls_key = key_path;
    FILE *file = fopen(key_path, "w");
    fputs("no key\n", file);
    fclose(file);
    serve_reload(endpoint.server); /* refused: the certificate of the last reload holds */
    ck_assert_int_eq(ask_tls("GET", "/healthz", NULL, false, CURL_SSLVERSION_TLSv1_3), 0);
    serve_reload(endpoint.server);
}
END_TEST

/* Tokens are not new while the certificate is that of before. */
START_TEST(a_reload_that_fails_changes_nothing)
{
    endpoint_start(&endpoint);
    FILE *file = fopen(key_path, "w");
    fputs("no key\n", file);
    fclose(file);
    file = fopen(endpoint.tokens, "w");
    fputs("carol carols-token-0123456789\n", file);
    fclose(file);
    serve_reload(endpoint.server);
    ck_assert_int_eq(ask_tls("GET", COLLECTION, NULL, true, CURL_SSLVERSION_TLSv1_3), 200);
    make_certificate();
    serve_reload(endpoint.server);
    ck_assert_int_eq(ask_tls("GET", COLLECTION, NULL, true, CURL_SSLVERSION_TLSv1_3), 401);
}
END_TEST

static CURL *connect_tls(void)
{
    char url[64];
    CURL *curl = curl_easy_init();
    snprintf(url, sizeof url, "https://127.0.0.1:%u/", (unsigned)serve_port(endpoint.server));
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_CAINFO, cert_path);
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    ck_assert_int_eq(curl_easy_perform(curl), CURLE_OK);
    return curl;
}

/* A post whose body does not come. */
static CURL *begin_post(void)
{
    static const char HEAD[] =
        "POST " COLLECTION "?analysisResultId=slow HTTP/1.1\r\nHost: a\r\n" ALICE "\r\n" JSON_TYPE
        "\r\nContent-Length: 100\r\n\r\n{";
    size_t sent = 0;
    CURL *curl = connect_tls();
    ck_assert_int_eq(curl_easy_send(curl, HEAD, sizeof HEAD - 1, &sent), CURLE_OK);
    ck_assert_uint_eq(sent, sizeof HEAD - 1);
    sleep_ms(300);
    return curl;
}

/* However many certificates there were, each with a request that does not end. */
START_TEST(the_grace_time_is_that_of_the_whole_stop)
{
    enum { FRONTS = 4 };
    CURL *slow[FRONTS];
    endpoint.options.grace_seconds = 1;
    endpoint_start(&endpoint);
    for (size_t i = 0; i < FRONTS; i++) {
        slow[i] = begin_post();
        if (i + 1 < FRONTS)
            serve_reload(endpoint.server);
    }
    double began = now_seconds();
    serve_stop(endpoint.server);
    endpoint.server = NULL;
    double took = now_seconds() - began; /* a second more is for answers to the last changes */
    ck_assert_msg(took < 4.0, "it took %.1f s", took);
    for (size_t i = 0; i < FRONTS; i++)
        curl_easy_cleanup(slow[i]);
}
END_TEST

static unsigned count_threads(void)
{
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/task");
    ck_assert_ptr_nonnull(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* What certificates of before have taken is given back soon. */
static void assert_given_back(unsigned threads, unsigned files)
{
    const struct process self = {.pid = getpid()};
    for (int i = 0; i < 300 && (count_threads() > threads || process_file_count(self) > files); i++)
        sleep_ms(50);
    ck_assert_uint_le(count_threads(), threads);
    ck_assert_uint_le(process_file_count(self), files);
}

START_TEST(certificates_of_before_keep_no_threads_and_no_files)
{
    const struct process self = {.pid = getpid()};
    endpoint.options.grace_seconds = 600;
    endpoint_start(&endpoint);
    ck_assert_int_eq(ask_tls("GET", "/healthz", NULL, true, CURL_SSLVERSION_TLSv1_3), 200);
    sleep_ms(300);
    unsigned threads = count_threads(), files = process_file_count(self);
    for (int i = 0; i < 5; i++)
        serve_reload(endpoint.server);
    assert_given_back(threads, files);
    ck_assert_int_eq(ask_tls("GET", "/healthz", NULL, true, CURL_SSLVERSION_TLSv1_3), 200);
}
END_TEST

/* Until something comes, or the end. */
static CURLcode receive(CURL *curl, char *answer, size_t size, size_t *got)
{
    CURLcode code;
    while ((code = curl_easy_recv(curl, answer, size, got)) == CURLE_AGAIN)
        sleep_ms(20);
    return code;
}

/* An idle connection ends with the grace time, a request that is under way does not. */
START_TEST(requests_outlive_the_grace_time_of_their_certificate)
{
    enum { REST = 99 };
    char rest[REST + 1], answer[13] = "";
    size_t sent = 0, got = 0;
    memset(rest, ' ', REST);
    memcpy(rest, BODY + 1, sizeof BODY - 2);
    endpoint.options.grace_seconds = 1;
    endpoint_start(&endpoint);
    unsigned threads = count_threads();
    CURL *idle = connect_tls();
    sleep_ms(300);
    serve_reload(endpoint.server);
    CURL *slow = begin_post();
    serve_reload(endpoint.server);
    double began = now_seconds();
    (void)receive(idle, answer, 1, &got);
    double took = now_seconds() - began;
    ck_assert_msg(took > 0.3 && took < 15.0 && got == 0, "it took %.1f s", took);
    sleep_ms(1500);
    ck_assert_int_eq(curl_easy_send(slow, rest, REST, &sent), CURLE_OK);
    ck_assert_uint_eq(sent, REST);
    ck_assert_int_eq(receive(slow, answer, 12, &got), CURLE_OK);
    ck_assert_str_eq(answer, "HTTP/1.1 200");
    curl_easy_cleanup(slow);
    curl_easy_cleanup(idle);
    assert_given_back(threads, 1000);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, https_serves_the_whole_exchange);
    tcase_add_test(cases, plain_and_unfinished_connections_do_not_keep_others_out);
    tcase_add_test(cases, a_reload_takes_the_new_certificate);
    tcase_add_test(cases, a_reload_that_fails_changes_nothing);
    tcase_add_test(cases, the_grace_time_is_that_of_the_whole_stop);
    tcase_add_test(cases, certificates_of_before_keep_no_threads_and_no_files);
    tcase_add_test(cases, requests_outlive_the_grace_time_of_their_certificate);
    tcase_add_test(cases, wrong_files_are_refused_at_the_start);
}

int main(void)
{
    return test_main("serve_tls", add);
}
