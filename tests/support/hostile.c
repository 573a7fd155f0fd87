/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile.h"
#include "hostile_text.h"

#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 64, REQUESTS_MAX = 32768, RESOURCES_MAX = 16384 };

struct resource {
    char *name, *text; /* text: the analysisResult as it was sent */
};

struct hostile {
    int listener, wake[2]; /* a byte in the pipe ends all pauses */
    pthread_t acceptor;
    pthread_mutex_t lock;
    pthread_cond_t idle;
    unsigned connections;
    atomic_bool is_stopping;
    char url[64];
    const struct hostile_step *steps;
    size_t step_count, step_at;
    struct hostile_request *requests;
    struct resource *resources;
    size_t request_count, resource_count, conflict_count;
};

/* One connection and what was read from it beyond the request at hand. */
struct connection {
    struct hostile *server;
    int socket;
    char *bytes;
    size_t length, capacity;
};

/* Sleeps until the time is over or the server stops. */
static void pause_for(struct hostile *server, unsigned ms)
{
    struct pollfd stop = {.fd = server->wake[0], .events = POLLIN};
    poll(&stop, 1, (int)ms);
}

static bool send_all(int socket, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

/* Closes with RST instead of FIN. */
static void reset_connection(int socket)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static bool read_more(struct connection *connection)
{
    if (connection->capacity - connection->length < 65536) {
        connection->capacity = 2 * connection->capacity + 131072;
        connection->bytes = realloc(connection->bytes, connection->capacity);
    }
    struct pollfd fds[2] = {{.fd = connection->socket, .events = POLLIN},
                            {.fd = connection->server->wake[0], .events = POLLIN}};
    if (poll(fds, 2, -1) < 0 || fds[1].revents != 0)
        return false;
    ssize_t got = recv(connection->socket, connection->bytes + connection->length, 65535, 0);
    if (got <= 0)
        return false;
    connection->length += (size_t)got;
    connection->bytes[connection->length] = '\0';
    return true;
}

/* Reads at least a header; its end, or NULL. */
static char *read_head(struct connection *connection)
{
    char *end;
    while (connection->length == 0 || (end = strstr(connection->bytes, "\r\n\r\n")) == NULL)
        if (!read_more(connection))
            return NULL;
    return end + 4;
}

/* Answers a header, then reads on until the client has enough, as an orderly server does that
 * refuses a body: one that closes at once would reset its own answer away. */
static void answer_early(struct connection *connection, const char *text)
{
    if (read_head(connection) == NULL)
        return;
    send_all(connection->socket, text, strlen(text));
    shutdown(connection->socket, SHUT_WR);
    while (read_more(connection)) {
    }
}

/* Reads one request; head and body are the caller's. */
static bool read_request(struct connection *connection, struct hostile_request *request)
{
    char *end = read_head(connection);
    if (end == NULL)
        return false;
    size_t head_length = (size_t)(end - connection->bytes);
    const char *field = strcasestr(connection->bytes, "\r\ncontent-length:");
    size_t body_length = field != NULL && field < end ? strtoul(field + 17, NULL, 10) : 0;
    while (connection->length < head_length + body_length)
        if (!read_more(connection))
            return false;
    request->head = strndup(connection->bytes, head_length);
    request->body = strndup(connection->bytes + head_length, body_length);
    connection->length -= head_length + body_length;
    memmove(connection->bytes, connection->bytes + head_length + body_length,
            connection->length + 1);
    return true;
}

/* Keeps a request for the test to look at; false when there are too many already. */
static bool record(struct hostile *server, const struct hostile_request *request)
{
    pthread_mutex_lock(&server->lock);
    bool is_kept = server->request_count < REQUESTS_MAX;
    if (is_kept)
        server->requests[server->request_count++] = *request;
    pthread_mutex_unlock(&server->lock);
    return is_kept;
}

static const struct hostile_step *next_step(struct hostile *server)
{
    pthread_mutex_lock(&server->lock);
    const struct hostile_step *step = &server->steps[server->step_at];
    if (server->step_at + 1 < server->step_count)
        server->step_at++;
    pthread_mutex_unlock(&server->lock);
    return step;
}

static struct resource *find_resource(struct hostile *server, const char *name)
{
    for (size_t i = 0; i < server->resource_count; i++)
        if (strcmp(server->resources[i].name, name) == 0)
            return &server->resources[i];
    return NULL;
}

static void send_json(int socket, const char *status_line, const char *name, const char *text)
{
    size_t size = strlen(text) + strlen(name) + 512;
    char *out = malloc(size), *body = malloc(size);
    /* The stored resource with the server's own fields before those that were sent. */
    if (text[0] == '{' && text[1] != '}' && name[0] != '\0')
        snprintf(body, size, "{\"name\":\"%s\",\"createTime\":\"2026-01-01T00:00:00Z\",%s", name,
                 text + 1);
    else if (name[0] != '\0')
        snprintf(body, size, "{\"name\":\"%s\"}", name);
    else
        snprintf(body, size, "%s", text);
    int length = snprintf(out, size,
                          "HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
                          "Content-Length: %zu\r\n\r\n%s",
                          status_line, strlen(body), body);
    if (length > 0)
        send_all(socket, out, (size_t)length);
    free(out);
    free(body);
}

/* Creates or gets; true when the connection stays open. */
static bool store(struct hostile *server, int socket, const struct hostile_request *request,
                  enum hostile_action action)
{
    char *name = hostile_name_of(request->head), *text = hostile_result_of(request->body);
    bool is_post = strncmp(request->head, "POST ", 5) == 0;
    pthread_mutex_lock(&server->lock);
    struct resource *found = find_resource(server, name);
    bool is_new = is_post && found == NULL && server->resource_count < RESOURCES_MAX;
    if (is_new)
        server->resources[server->resource_count++] = (struct resource){strdup(name), strdup(text)};
    else if (is_post && found != NULL && strcmp(found->text, text) != 0)
        server->conflict_count++;
    char *stored = found != NULL ? strdup(found->text) : NULL;
    pthread_mutex_unlock(&server->lock);
    if (action == HOSTILE_STORE_SILENT)
        reset_connection(socket);
    else if (is_new)
        send_json(socket, "200 OK", name, text);
    else if (is_post)
        send_json(socket, "409 Conflict", "",
                  "{\"code\":6,\"message\":\"exists\",\"status\":\"ALREADY_EXISTS\"}");
    else if (stored != NULL && action == HOSTILE_STORE)
        send_json(socket, "200 OK", name, stored);
    else
        send_json(socket, "404 Not Found", "", "{\"code\":5,\"message\":\"not here\"}");
    free(stored);
    free(name);
    free(text);
    return action != HOSTILE_STORE_SILENT;
}

/* The lines go on with the header that text began, or with the body that follows it. */
static void flood(int socket, const char *text)
{
    static const char LINE[] = "x: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";
    const size_t size = sizeof LINE - 1;
    char block[1000 * (sizeof LINE - 1)];
    for (size_t i = 0; i < 1000; i++)
        memcpy(block + i * size, LINE, size);
    send_all(socket, text, strlen(text));
    while (send_all(socket, block, sizeof block)) {
    }
}

/* Plays one step after its request was read; true when the connection stays open. */
static bool play(struct connection *connection, const struct hostile_step *step,
                 const struct hostile_request *request)
{
    struct hostile *server = connection->server;
    int socket = connection->socket;
    const char *text = step->text != NULL ? step->text : "";
    switch (step->action) {
    case HOSTILE_STORE:
    case HOSTILE_STORE_SILENT:
    case HOSTILE_STORE_ABSENT:
        return store(server, socket, request, step->action);
    case HOSTILE_DRIP:
        for (const char *at = text; *at != '\0' && !server->is_stopping; at++) {
            if (!send_all(socket, at, 1))
                break;
            pause_for(server, step->pause_ms);
        }
        return false;
    case HOSTILE_FLOOD:
        flood(socket, text);
        return false;
    case HOSTILE_HANG:
        send_all(socket, text, strlen(text));
        pause_for(server, step->pause_ms);
        return false;
    case HOSTILE_RESET:
        send_all(socket, text, strlen(text));
        pause_for(server, 20); /* lets the bytes arrive before the reset overtakes them */
        reset_connection(socket);
        return false;
    case HOSTILE_ANSWER:
    case HOSTILE_CLOSE:
        send_all(socket, text, strlen(text));
        return false;
    case HOSTILE_RESET_BEFORE:
    case HOSTILE_DEAF:
    case HOSTILE_EARLY:
        break;
    }
    return false;
}

static void converse(struct connection *connection)
{
    struct hostile *server = connection->server;
    for (;;) {
        const struct hostile_step *step = &server->steps[server->step_at];
        if (step->action == HOSTILE_RESET_BEFORE) {
            next_step(server);
            /* A reset that overtakes the handshake would look like a refused connection. */
            pause_for(server, 50);
            reset_connection(connection->socket);
            return;
        }
        if (step->action == HOSTILE_DEAF) {
            next_step(server);
            pause_for(server, step->pause_ms);
            return;
        }
        if (step->action == HOSTILE_EARLY) {
            next_step(server);
            answer_early(connection, step->text);
            return;
        }
        struct hostile_request request;
        if (!read_request(connection, &request))
            return;
        step = next_step(server);
        bool is_kept = record(server, &request);
        bool stays_open = play(connection, step, &request);
        if (!is_kept) {
            free(request.head);
            free(request.body);
        }
        if (!stays_open)
            return;
    }
}

static void *serve_connection(void *argument)
{
    struct connection *connection = argument;
    struct hostile *server = connection->server;
    converse(connection);
    /* A clean close must not turn into a reset because of unread bytes. */
    shutdown(connection->socket, SHUT_WR);
    close(connection->socket);
    free(connection->bytes);
    free(connection);
    pthread_mutex_lock(&server->lock);
    server->connections--;
    pthread_cond_signal(&server->idle);
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

static void *accept_connections(void *argument)
{
    struct hostile *server = argument;
    struct pollfd fds[2] = {{.fd = server->listener, .events = POLLIN},
                            {.fd = server->wake[0], .events = POLLIN}};
    while (poll(fds, 2, -1) >= 0 && fds[1].revents == 0) {
        int socket = accept(server->listener, NULL, NULL);
        if (socket < 0)
            continue;
        struct connection *connection = calloc(1, sizeof *connection);
        connection->server = server;
        connection->socket = socket;
        pthread_mutex_lock(&server->lock);
        server->connections++;
        pthread_mutex_unlock(&server->lock);
        pthread_t thread;
        ck_assert_int_eq(pthread_create(&thread, NULL, serve_connection, connection), 0);
        pthread_detach(thread);
    }
    return NULL;
}

struct hostile *hostile_start(const struct hostile_step *steps, size_t count)
{
    struct hostile *server = calloc(1, sizeof *server);
    server->requests = calloc(REQUESTS_MAX, sizeof *server->requests);
    server->resources = calloc(RESOURCES_MAX, sizeof *server->resources);
    server->steps = steps;
    server->step_count = count;
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->idle, NULL);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(server->listener, 0);
    ck_assert_int_eq(bind(server->listener, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(server->listener, CONNECTIONS_MAX), 0);
    ck_assert_int_eq(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    ck_assert_int_eq(pipe(server->wake), 0);
    ck_assert_int_eq(pthread_create(&server->acceptor, NULL, accept_connections, server), 0);
    return server;
}

void hostile_script(struct hostile *server, const struct hostile_step *steps, size_t count)
{
    pthread_mutex_lock(&server->lock);
    server->steps = steps;
    server->step_count = count;
    server->step_at = 0;
    pthread_mutex_unlock(&server->lock);
}

const char *hostile_url(const struct hostile *server)
{
    return server->url;
}

static size_t locked_count(struct hostile *server, const size_t *count)
{
    pthread_mutex_lock(&server->lock);
    size_t value = *count;
    pthread_mutex_unlock(&server->lock);
    return value;
}

size_t hostile_requests(struct hostile *server)
{
    return locked_count(server, &server->request_count);
}

const struct hostile_request *hostile_request(struct hostile *server, size_t index)
{
    ck_assert_uint_lt(index, hostile_requests(server));
    return &server->requests[index];
}

size_t hostile_stored(struct hostile *server)
{
    return locked_count(server, &server->resource_count);
}

size_t hostile_conflicts(struct hostile *server)
{
    return locked_count(server, &server->conflict_count);
}

const char *hostile_resource(struct hostile *server, const char *name)
{
    pthread_mutex_lock(&server->lock);
    const struct resource *found = find_resource(server, name);
    const char *text = found != NULL ? found->text : NULL;
    pthread_mutex_unlock(&server->lock);
    return text;
}

void hostile_stop(struct hostile *server)
{
    server->is_stopping = true;
    ck_assert_int_eq(write(server->wake[1], "x", 1), 1);
    pthread_join(server->acceptor, NULL);
    pthread_mutex_lock(&server->lock);
    while (server->connections > 0)
        pthread_cond_wait(&server->idle, &server->lock);
    pthread_mutex_unlock(&server->lock);
    close(server->listener);
    close(server->wake[0]);
    close(server->wake[1]);
    for (size_t i = 0; i < server->request_count; i++) {
        free(server->requests[i].head);
        free(server->requests[i].body);
    }
    for (size_t i = 0; i < server->resource_count; i++) {
        free(server->resources[i].name);
        free(server->resources[i].text);
    }
    free(server->requests);
    free(server->resources);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->idle);
    free(server);
}
