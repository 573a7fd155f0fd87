/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Just enough HTTP/2 (RFC 9113) to take a request and answer it with 200 and a JSON body. */
#ifndef ASSAY_TESTS_TLS_HTTP2_H
#define ASSAY_TESTS_TLS_HTTP2_H

#include <gnutls/gnutls.h>
#include <stddef.h>

enum { TLS_HTTP2_BODY_BYTES = 16384 };

/** struct tls_http2_request: the data of a request; headers are not decoded. */
struct tls_http2_request {
    unsigned stream;
    size_t length;
    char body[TLS_HTTP2_BODY_BYTES];
};

/** tls_http2_greet() reads the client's preface and sends settings; 0, or -1 when it is not HTTP/2.
 */
int tls_http2_greet(gnutls_session_t session);

/** tls_http2_read() reads a whole request; 0, or -1 at the end of the connection. */
int tls_http2_read(gnutls_session_t session, struct tls_http2_request *request);

/** tls_http2_answer() sends 200 and a body. */
void tls_http2_answer(gnutls_session_t session, unsigned stream, const char *body);

#endif
