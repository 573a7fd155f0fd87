/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A proxy that takes CONNECT and leads every name to one port, or refuses. It keeps what it saw. */
#ifndef ASSAY_TESTS_TLS_PROXY_H
#define ASSAY_TESTS_TLS_PROXY_H

#include "tls_listener.h"

struct tls_proxy;

/** tls_proxy_start() starts one that leads to port, or answers refusal (a whole response). */
struct tls_proxy *tls_proxy_start(uint16_t port, const char *refusal);
void tls_proxy_stop(struct tls_proxy *proxy);

/** tls_proxy_url() is "http://127.0.0.1:PORT". */
const char *tls_proxy_url(const struct tls_proxy *proxy);

/** tls_proxy_head() is what the last client said before the tunnel stood. */
const char *tls_proxy_head(const struct tls_proxy *proxy);
unsigned tls_proxy_connections(const struct tls_proxy *proxy);

#endif
