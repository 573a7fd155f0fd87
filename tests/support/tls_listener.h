/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A loopback port with a thread for each connection, on which test servers are built. */
#ifndef ASSAY_TESTS_TLS_LISTENER_H
#define ASSAY_TESTS_TLS_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tls_listener;

/** tls_serve: talks on a connection, which is closed afterwards. stop is readable when all ends. */
typedef void tls_serve(int socket, int stop, void *context);

struct tls_listener *tls_listener_start(tls_serve *serve, void *context);
uint16_t tls_listener_port(const struct tls_listener *listener);

/** tls_listener_stop() ends all connections, waits for their threads and frees the listener. */
void tls_listener_stop(struct tls_listener *listener);

/** tls_wait_readable() waits until socket is readable; false after ms or when all ends. */
bool tls_wait_readable(int socket, int stop, int ms);

/** tls_connect() connects to a port of 127.0.0.1; the socket. */
int tls_connect(uint16_t port);

/** tls_send_all() sends all bytes; false when the peer is gone. */
bool tls_send_all(int socket, const void *bytes, size_t length);

/** tls_reset_on_close() makes close() send RST instead of FIN. */
void tls_reset_on_close(int socket);

#endif
