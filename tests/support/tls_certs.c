/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls_certs.h"
#include "tmp_folder.h"

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY = 86400 };

/* How each certificate is made. Times are seconds from now. */
static const struct recipe {
    const char *name; /* common name */
    const char *host; /* subject alternative name; NULL for none */
    long from, until;
    enum tls_who issuer;
    bool is_authority, has_address; /* has_address: also for 127.0.0.1 */
} RECIPES[TLS_WHO_COUNT] = {
    [TLS_CA] = {"Test CA", NULL, -DAY, DAY, TLS_CA, true, false},
    [TLS_OTHER_CA] = {"Other CA", NULL, -DAY, DAY, TLS_OTHER_CA, true, false},
    [TLS_GOOD] = {"server", TLS_HOST, -DAY, DAY, TLS_CA, false, true},
    [TLS_WRONG_NAME] = {"server", "another.example.test", -DAY, DAY, TLS_CA, false, false},
    [TLS_EVIL_NAME] = {"evil\x1b[2J\r\nassay: all is well", NULL, -DAY, DAY, TLS_CA, false, false},
    [TLS_EXPIRED] = {"server", TLS_HOST, -9 * DAY, -DAY, TLS_CA, false, true},
    [TLS_NOT_YET] = {"server", TLS_HOST, DAY, 9 * DAY, TLS_CA, false, true},
    [TLS_SELF_SIGNED] = {"server", TLS_HOST, -DAY, DAY, TLS_SELF_SIGNED, false, true},
    [TLS_UNKNOWN_CA] = {"server", TLS_HOST, -DAY, DAY, TLS_OTHER_CA, false, true},
    [TLS_NAMESAKE] = {"server", TLS_HOST, -DAY, DAY, TLS_OTHER_CA, false, true},
    [TLS_CLIENT] = {"client", NULL, -DAY, DAY, TLS_CA, false, false},
    [TLS_STRANGER] = {"stranger", NULL, -DAY, DAY, TLS_OTHER_CA, false, false},
};

#define must(call) ck_assert_int_ge((call), 0)

/* Signs again: with the issuer's name of a CA of the system that has a key of the same kind, and a
 * key that is not its. */
static void sign_as_namesake(const struct tls_pair *pair)
{
    gnutls_datum_t text;
    gnutls_x509_crt_t *list = NULL;
    unsigned count = 0;
    if (gnutls_load_file("/etc/ssl/certs/ca-certificates.crt", &text) != 0)
        return;
    if (gnutls_x509_crt_list_import2(&list, &count, &text, GNUTLS_X509_FMT_PEM, 0) >= 0) {
        bool is_signed = false;
        for (unsigned i = 0; i < count; i++) {
            is_signed = is_signed || gnutls_x509_crt_sign2(pair->certificate, list[i], pair->key,
                                                           GNUTLS_DIG_SHA256, 0) == 0;
            gnutls_x509_crt_deinit(list[i]);
        }
        gnutls_free(list);
    }
    gnutls_free(text.data);
}

static void make_pair(struct tls_certs *certs, enum tls_who who)
{
    static const unsigned char address[4] = {127, 0, 0, 1};
    const struct recipe *recipe = &RECIPES[who];
    struct tls_pair *pair = &certs->pairs[who];
    unsigned char serial = (unsigned char)(who + 1);
    time_t now = time(NULL);
    must(gnutls_x509_privkey_init(&pair->key));
    must(gnutls_x509_privkey_generate(pair->key, GNUTLS_PK_ECDSA,
                                      GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
    gnutls_x509_crt_t crt;
    must(gnutls_x509_crt_init(&crt));
    must(gnutls_x509_crt_set_version(crt, 3));
    must(gnutls_x509_crt_set_serial(crt, &serial, 1));
    must(gnutls_x509_crt_set_activation_time(crt, now + recipe->from));
    must(gnutls_x509_crt_set_expiration_time(crt, now + recipe->until));
    must(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, recipe->name,
                                       (unsigned)strlen(recipe->name)));
    must(gnutls_x509_crt_set_key(crt, pair->key));
    must(gnutls_x509_crt_set_basic_constraints(crt, recipe->is_authority, -1));
    if (recipe->host != NULL)
        must(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, recipe->host,
                                                  (unsigned)strlen(recipe->host), GNUTLS_FSAN_SET));
    if (recipe->has_address)
        must(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address,
                                                  sizeof address, GNUTLS_FSAN_APPEND));
    pair->certificate = crt;
    const struct tls_pair *issuer = &certs->pairs[recipe->issuer];
    must(gnutls_x509_crt_sign2(crt, issuer->certificate, issuer->key, GNUTLS_DIG_SHA256, 0));
    if (who == TLS_NAMESAKE)
        sign_as_namesake(pair);
}

static void write_file(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

static void write_pair(const struct tls_certs *certs, enum tls_who who)
{
    gnutls_datum_t text;
    must(gnutls_x509_crt_export2(certs->pairs[who].certificate, GNUTLS_X509_FMT_PEM, &text));
    write_file(certs->path[who], text.data, text.size);
    gnutls_free(text.data);
    must(gnutls_x509_privkey_export2(certs->pairs[who].key, GNUTLS_X509_FMT_PEM, &text));
    write_file(certs->key_path[who], text.data, text.size);
    gnutls_free(text.data);
}

static void name_files(struct tls_certs *certs)
{
    snprintf(certs->folder, sizeof certs->folder, "%s/certs-XXXXXX", test_tmp());
    ck_assert_ptr_nonnull(mkdtemp(certs->folder));
    for (int who = 0; who < TLS_WHO_COUNT; who++) {
        snprintf(certs->path[who], TLS_PATH_BYTES, "%s/%d.pem", certs->folder, who);
        snprintf(certs->key_path[who], TLS_PATH_BYTES, "%s/%d-key.pem", certs->folder, who);
    }
    snprintf(certs->locked_key, TLS_PATH_BYTES, "%s/locked-key.pem", certs->folder);
    snprintf(certs->garbage, TLS_PATH_BYTES, "%s/garbage.pem", certs->folder);
    snprintf(certs->empty, TLS_PATH_BYTES, "%s/empty.pem", certs->folder);
    snprintf(certs->absent, TLS_PATH_BYTES, "%s/absent.pem", certs->folder);
}

void tls_certs_make(struct tls_certs *certs)
{
    static const char GARBAGE[] = "-----BEGIN CERTIFICATE-----\nthis is not one\n"
                                  "-----END CERTIFICATE-----\n";
    memset(certs, 0, sizeof *certs);
    name_files(certs);
    for (int who = 0; who < TLS_WHO_COUNT; who++) {
        make_pair(certs, (enum tls_who)who);
        write_pair(certs, (enum tls_who)who);
    }
    gnutls_datum_t locked;
    must(gnutls_x509_privkey_export2_pkcs8(certs->pairs[TLS_CLIENT].key, GNUTLS_X509_FMT_PEM,
                                           "open sesame", GNUTLS_PKCS_PBES2_AES_128, &locked));
    write_file(certs->locked_key, locked.data, locked.size);
    gnutls_free(locked.data);
    write_file(certs->garbage, GARBAGE, sizeof GARBAGE - 1);
    write_file(certs->empty, "", 0);
}

void tls_certs_release(struct tls_certs *certs)
{
    for (int who = 0; who < TLS_WHO_COUNT; who++) {
        gnutls_x509_crt_deinit(certs->pairs[who].certificate);
        gnutls_x509_privkey_deinit(certs->pairs[who].key);
    }
    ck_assert(test_tmp_remove(certs->folder));
}
