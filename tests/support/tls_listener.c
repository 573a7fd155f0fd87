/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls_listener.h"

#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct tls_listener {
    int socket, wake[2]; /* a byte in the pipe ends everything */
    uint16_t port;
    pthread_t acceptor;
    pthread_mutex_t lock;
    pthread_cond_t idle;
    unsigned connections;
    tls_serve *serve;
    void *context;
};

struct connection {
    struct tls_listener *listener;
    int socket;
};

static void *serve_connection(void *argument)
{
    struct connection *connection = argument;
    struct tls_listener *listener = connection->listener;
    listener->serve(connection->socket, listener->wake[0], listener->context);
    close(connection->socket);
    free(connection);
    pthread_mutex_lock(&listener->lock);
    listener->connections--;
    pthread_cond_signal(&listener->idle);
    pthread_mutex_unlock(&listener->lock);
    return NULL;
}

static void *accept_connections(void *argument)
{
    struct tls_listener *listener = argument;
    while (tls_wait_readable(listener->socket, listener->wake[0], -1)) {
        int socket = accept(listener->socket, NULL, NULL);
        if (socket < 0)
            continue;
        struct connection *connection = calloc(1, sizeof *connection);
        *connection = (struct connection){listener, socket};
        pthread_mutex_lock(&listener->lock);
        listener->connections++;
        pthread_mutex_unlock(&listener->lock);
        pthread_t thread;
        ck_assert_int_eq(pthread_create(&thread, NULL, serve_connection, connection), 0);
        pthread_detach(thread);
    }
    return NULL;
}

struct tls_listener *tls_listener_start(tls_serve *serve, void *context)
{
    struct tls_listener *listener = calloc(1, sizeof *listener);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    listener->serve = serve;
    listener->context = context;
    pthread_mutex_init(&listener->lock, NULL);
    pthread_cond_init(&listener->idle, NULL);
    listener->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(listener->socket, 0);
    ck_assert_int_eq(bind(listener->socket, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(listener->socket, 64), 0);
    ck_assert_int_eq(getsockname(listener->socket, (struct sockaddr *)&address, &size), 0);
    listener->port = ntohs(address.sin_port);
    ck_assert_int_eq(pipe(listener->wake), 0);
    ck_assert_int_eq(pthread_create(&listener->acceptor, NULL, accept_connections, listener), 0);
    return listener;
}

uint16_t tls_listener_port(const struct tls_listener *listener)
{
    return listener->port;
}

void tls_listener_stop(struct tls_listener *listener)
{
    ck_assert_int_eq(write(listener->wake[1], "x", 1), 1);
    pthread_join(listener->acceptor, NULL);
    pthread_mutex_lock(&listener->lock);
    while (listener->connections > 0)
        pthread_cond_wait(&listener->idle, &listener->lock);
    pthread_mutex_unlock(&listener->lock);
    close(listener->socket);
    close(listener->wake[0]);
    close(listener->wake[1]);
    pthread_mutex_destroy(&listener->lock);
    pthread_cond_destroy(&listener->idle);
    free(listener);
}

bool tls_wait_readable(int socket, int stop, int ms)
{
    struct pollfd fds[2] = {{.fd = socket, .events = POLLIN}, {.fd = stop, .events = POLLIN}};
    return poll(fds, 2, ms) > 0 && fds[1].revents == 0;
}

int tls_connect(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

bool tls_send_all(int socket, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t sent = send(socket, at, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        at += sent;
        length -= (size_t)sent;
    }
    return true;
}

void tls_reset_on_close(int socket)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}
