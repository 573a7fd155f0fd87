/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A network that fails on command: forwards connections on loopback from one port to another. After
 * SIGUSR1 it keeps them open and forwards nothing; at SIGUSR2 it resets them all.
 *
 *     proxy FROM TO
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS_MAX = 32, BYTES = 65536 };

static volatile sig_atomic_t is_silent, resets;

static void take(int signal_number)
{
    if (signal_number == SIGUSR1)
        is_silent = 1;
    else
        resets = 1;
}

static struct sockaddr_in address(const char *port)
{
    struct sockaddr_in made = {.sin_family = AF_INET,
                               .sin_port = htons((unsigned short)atoi(port)),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return made;
}

static int listen_at(const char *port)
{
    struct sockaddr_in at = address(port);
    int one = 1, end = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(end, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(end, (struct sockaddr *)&at, sizeof at) != 0 || listen(end, 16) != 0) {
        perror("proxy");
        exit(1);
    }
    return end;
}

static int connect_to(const char *port)
{
    struct sockaddr_in to = address(port);
    int end = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(end, (struct sockaddr *)&to, sizeof to) != 0) {
        close(end);
        return -1;
    }
    return end;
}

/* What is there goes on to the other end; false when either is gone. */
static int forward(int from, int to)
{
    static char bytes[BYTES];
    ssize_t length = read(from, bytes, sizeof bytes), sent = 0;
    while (sent < length) {
        ssize_t written = write(to, bytes + sent, (size_t)(length - sent));
        if (written <= 0)
            return 0;
        sent += written;
    }
    return length > 0;
}

static void end(struct pollfd *pair, int by_reset)
{
    struct linger at_once = {1, 0};
    for (int i = 0; i < 2; i++) {
        if (by_reset)
            setsockopt(pair[i].fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(pair[i].fd);
        pair[i].fd = -1;
    }
}

static void welcome(int door, const char *to, struct pollfd *ends)
{
    int client = accept(door, NULL, NULL), server = client < 0 ? -1 : connect_to(to);
    for (int i = 0; i < PAIRS_MAX; i++) {
        if (ends[2 * i].fd >= 0 || server < 0)
            continue;
        ends[2 * i].fd = client;
        ends[2 * i + 1].fd = server;
        return;
    }
    close(client);
}

static void pass(struct pollfd *ends)
{
    for (int i = 0; i < PAIRS_MAX; i++)
        for (int side = 0; side < 2; side++)
            if (ends[2 * i].fd >= 0 && ends[2 * i + side].revents != 0 &&
                !forward(ends[2 * i + side].fd, ends[2 * i + !side].fd))
                end(&ends[2 * i], 0);
}

int main(int argc, char **argv)
{
    struct pollfd ends[2 * PAIRS_MAX + 1];
    if (argc != 3)
        return 2;
    signal(SIGUSR1, take);
    signal(SIGUSR2, take);
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i <= 2 * PAIRS_MAX; i++)
        ends[i] = (struct pollfd){.fd = -1, .events = POLLIN};
    ends[2 * PAIRS_MAX].fd = listen_at(argv[1]);
    for (;;) {
        int ready = poll(ends, 2 * PAIRS_MAX + 1, 100);
        for (int i = 0; i < PAIRS_MAX && resets; i++)
            if (ends[2 * i].fd >= 0)
                end(&ends[2 * i], 1);
        resets = 0;
        if (is_silent)
            usleep(50000);
        else if (ready > 0 && ends[2 * PAIRS_MAX].revents != 0)
            welcome(ends[2 * PAIRS_MAX].fd, argv[2], ends);
        else if (ready > 0)
            pass(ends);
    }
}
