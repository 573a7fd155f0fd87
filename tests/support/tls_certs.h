/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Certificates made when the tests run, good ones and such as no client may trust. */
#ifndef ASSAY_TESTS_TLS_CERTS_H
#define ASSAY_TESTS_TLS_CERTS_H

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define TLS_HOST "stats.example.test"

/** enum tls_who: whose. All are signed by TLS_CA and for TLS_HOST and 127.0.0.1 unless said
 * otherwise. */
enum tls_who {
    TLS_CA,       /* the authority that tests trust */
    TLS_OTHER_CA, /* one that they do not */
    TLS_GOOD,
    TLS_WRONG_NAME, /* for another.example.test */
    TLS_EVIL_NAME,  /* for nobody; its name holds control characters */
    TLS_EXPIRED,    /* since yesterday */
    TLS_NOT_YET,    /* from tomorrow */
    TLS_SELF_SIGNED,
    TLS_UNKNOWN_CA, /* signed by TLS_OTHER_CA */
    /* signed by no one, in the name of a CA that this system trusts (or by TLS_OTHER_CA, where the
     * system trusts none) */
    TLS_NAMESAKE,
    TLS_CLIENT,   /* a client's */
    TLS_STRANGER, /* a client's, signed by TLS_OTHER_CA */
    TLS_WHO_COUNT
};

/** struct tls_pair: a certificate and its key. */
struct tls_pair {
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
};

enum { TLS_PATH_BYTES = 96 };

/** struct tls_certs: all pairs, and the files they are in, PEM. */
struct tls_certs {
    struct tls_pair pairs[TLS_WHO_COUNT];
    char folder[64];
    char path[TLS_WHO_COUNT][TLS_PATH_BYTES], key_path[TLS_WHO_COUNT][TLS_PATH_BYTES];
    char locked_key[TLS_PATH_BYTES]; /* TLS_CLIENT's key, encrypted with a password */
    char garbage[TLS_PATH_BYTES];    /* looks like a certificate and is not one */
    char empty[TLS_PATH_BYTES];
    char absent[TLS_PATH_BYTES]; /* is not there */
};

void tls_certs_make(struct tls_certs *certs);
void tls_certs_release(struct tls_certs *certs);

#endif
