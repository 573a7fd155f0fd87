/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls_proxy.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tls_front.h"

struct tls_proxy {
    struct tls_listener *listener;
    uint16_t port;
    const char *refusal;
    char url[64], head[8192];
    atomic_uint connections;
};

static void serve(int socket, int stop, void *context)
{
    static const char READY[] = "HTTP/1.1 200 Connection established\r\n\r\n";
    struct tls_proxy *proxy = context;
    size_t length = 0;
    atomic_fetch_add(&proxy->connections, 1);
    proxy->head[0] = '\0';
    while (strstr(proxy->head, "\r\n\r\n") == NULL && length < sizeof proxy->head - 1 &&
           tls_wait_readable(socket, stop, 5000)) {
        ssize_t got = recv(socket, proxy->head + length, sizeof proxy->head - 1 - length, 0);
        if (got <= 0)
            return;
        length += (size_t)got;
        proxy->head[length] = '\0';
    }
    if (proxy->refusal != NULL) {
        tls_send_all(socket, proxy->refusal, strlen(proxy->refusal));
        return;
    }
    int behind = tls_connect(proxy->port);
    if (tls_send_all(socket, READY, sizeof READY - 1))
        tls_relay(socket, behind, stop);
    close(behind);
}

struct tls_proxy *tls_proxy_start(uint16_t port, const char *refusal)
{
    struct tls_proxy *proxy = calloc(1, sizeof *proxy);
    proxy->port = port;
    proxy->refusal = refusal;
    proxy->listener = tls_listener_start(serve, proxy);
    snprintf(proxy->url, sizeof proxy->url, "http://127.0.0.1:%u",
             (unsigned)tls_listener_port(proxy->listener));
    return proxy;
}

void tls_proxy_stop(struct tls_proxy *proxy)
{
    tls_listener_stop(proxy->listener);
    free(proxy);
}

const char *tls_proxy_url(const struct tls_proxy *proxy)
{
    return proxy->url;
}

const char *tls_proxy_head(const struct tls_proxy *proxy)
{
    return proxy->head;
}

unsigned tls_proxy_connections(const struct tls_proxy *proxy)
{
    return atomic_load(&proxy->connections);
}
