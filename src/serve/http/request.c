/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A request's way through libmicrohttpd: its head, its body piece by piece, then the handler. A
 * change of the store suspends the connection until the writer has made it durable.
 */
#include "serve/http/request.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "serve/http/framing.h"
#include "serve/pages/page.h"

struct request {
    struct serve_front *front;
    struct serve_http *http;
    struct MHD_Connection *connection;
    struct serve_call call;
    size_t body_room;   /* bytes counted in http->bodies */
    size_t answer_room; /* bytes counted in http->answers */
    uint64_t dropped;   /* bytes read past */
    bool has_begun;     /* the head has been looked at */
    bool is_suspended;  /* the writer has the job, or has done it */
    bool wants_page;    /* a browser asks for something outside of the API */
    char method[16];
    const char *uri; /* as it came; "" without memory */
    double begun;    /* an instant of the clock */
};

void *serve_request_begin(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct serve_front *front = cls;
    struct request *request = calloc(1, sizeof *request);
    if (request == NULL)
        return NULL;
    struct serve_http *http = front->http;
    atomic_fetch_add(&http->load.under_way, 1);
    atomic_fetch_add(&front->under_way, 1);
    request->begun = assay__clock_now();
    request->front = front;
    request->http = http;
    request->connection = connection;
    request->call.context = &http->context;
    request->call.caller = -1;
    request->uri = assay__arena_copy(&request->call.arena, uri, strlen(uri));
    if (request->uri == NULL)
        request->uri = "";
    if (!serve_target_parse(&request->call.arena, uri, &request->call.target))
        serve_answer_refuse(&request->call.answer, SERVE_INVALID, NULL,
                            "The target of the request is not valid.");
    return request;
}

static struct serve_watched *watched_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

static const char *header(struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

/* Lines of one header. */
struct lines {
    struct assay__arena *arena;
    const char *name, *joined; /* NULL: there is none */
    bool has_failed;
};

static enum MHD_Result join_line(void *cls, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    struct lines *lines = cls;
    (void)kind;
    if (strcasecmp(name, lines->name) != 0)
        return MHD_YES;
    const char *before = lines->joined != NULL ? lines->joined : "";
    lines->joined = assay__arena_format(lines->arena, "%s%s%s", before, *before != '\0' ? ", " : "",
                                        value != NULL ? value : "");
    lines->has_failed = lines->joined == NULL;
    return lines->has_failed ? MHD_NO : MHD_YES;
}

/* A list may come in several lines (RFC 9110, 5.3): one condition that is overlooked would be taken
 * as met. */
static const char *list_header(struct request *request, const char *name)
{
    struct serve_call *call = &request->call;
    struct lines lines = {.arena = &call->arena, .name = name};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, join_line, &lines);
    if (lines.has_failed)
        serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL, "Memory ran out; try later.");
    return lines.joined;
}

static bool is_refused(const struct request *request)
{
    return request->call.answer.http_status != 0;
}

/* What is not kept is not counted, so that one refusal does not bring about the next. */
static void give_room_back(struct request *request)
{
    atomic_fetch_sub(&request->http->load.bodies, request->body_room);
    request->body_room = 0;
}

/* Counts bytes more towards the body; false when that is refused. */
static bool make_room(struct request *request, uint64_t bytes)
{
    struct serve_http *http = request->http;
    if (bytes > http->body_max || request->body_room + bytes > http->body_max) {
        serve_answer_refuse(&request->call.answer, SERVE_TOO_LARGE, NULL,
                            "The body is longer than %zu bytes.", http->body_max);
        give_room_back(request);
        return false;
    }
    request->body_room += bytes;
    if (atomic_fetch_add(&http->load.bodies, bytes) + bytes <= http->bodies_max)
        return true;
    serve_answer_refuse(&request->call.answer, SERVE_TOO_MANY, NULL,
                        "Too many bodies are on their way in; try again.");
    give_room_back(request);
    return false;
}

/* What the headers say of a body that is to come. */
static void check_body(struct request *request, const struct serve_head *head)
{
    struct serve_answer *answer = &request->call.answer;
    const char *encoding = header(request, MHD_HTTP_HEADER_CONTENT_ENCODING);
    if (!head->has_length && !head->is_chunked)
        serve_answer_refuse(answer, SERVE_NO_LENGTH, NULL, "Content-Length is missing.");
    else if (!serve_head_is_json(header(request, MHD_HTTP_HEADER_CONTENT_TYPE)))
        serve_answer_refuse(answer, SERVE_MEDIA_TYPE, NULL,
                            "The body must be of type application/json, in UTF-8.");
    else if (encoding != NULL && strcasecmp(encoding, "identity") != 0)
        serve_answer_refuse(answer, SERVE_MEDIA_TYPE, NULL,
                            "The body must come without Content-Encoding.");
    else
        (void)make_room(request, head->length);
}

static bool is_probe(const char *name)
{
    return strcmp(name, "healthz") == 0 || strcmp(name, "readyz") == 0 ||
           strcmp(name, "metrics") == 0;
}

/* Browsers name text/html among what they accept; clients of the API do not, or get JSON there. */
static bool wants_page(struct request *request)
{
    const struct serve_target *target = &request->call.target;
    const char *accept = header(request, MHD_HTTP_HEADER_ACCEPT);
    bool is_api = target->segment_count > 0 &&
                  (strcmp(target->segments[0], "v2") == 0 || is_probe(target->segments[0]));
    return !is_api && accept != NULL && strstr(accept, "text/html") != NULL;
}

/* A body nobody wants is read past up to this many bytes, so that the client gets to read why: an
 * answer that comes amid a body is lost when the connection is reset. */
static uint64_t dropped_max(const struct serve_http *http)
{
    return 2 * (uint64_t)http->body_max;
}

/* Whether a refusal goes out before the body, which ends the connection: the client waits for it,
 * announces too much to read past, or says nothing that its message's end can be told by. */
static bool answers_at_once(const struct request *request, const struct serve_head *head)
{
    return is_refused(request) && (head->flaw != NULL || head->waits_for_100 ||
                                   request->call.answer.http_status == MHD_HTTP_LENGTH_REQUIRED ||
                                   head->length > dropped_max(request->http));
}

/* true: the answer is not to wait for the body. */
static bool look_at_head(struct request *request, const char *method, const char *version)
{
    struct serve_call *call = &request->call;
    struct serve_head head = serve_head_read(request->connection, version);
    request->has_begun = true;
    snprintf(request->method, sizeof request->method, "%s", method);
    if (head.flaw != NULL)
        serve_answer_refuse(&call->answer, SERVE_INVALID, NULL, "%s", head.flaw);
    if (!is_refused(request) &&
        !serve_host_is_known(&request->http->context.hosts, header(request, MHD_HTTP_HEADER_HOST)))
        serve_answer_refuse(&call->answer, SERVE_MISDIRECTED, NULL,
                            "The host of the request is not a name of this server.");
    if (!is_refused(request))
        serve_call_route(call, method);
    if (!is_refused(request))
        serve_call_authorize(call, header(request, MHD_HTTP_HEADER_AUTHORIZATION));
    if (!is_refused(request))
        serve_call_check_query(call);
    if (call->caller >= 0)
        serve_watch_trust(request->http->watch, watched_of(request->connection));
    if (!is_refused(request) && serve_call_takes_body(call))
        check_body(request, &head);
    request->wants_page = wants_page(request);
    call->if_match = list_header(request, MHD_HTTP_HEADER_IF_MATCH);
    call->if_none_match = list_header(request, MHD_HTTP_HEADER_IF_NONE_MATCH);
    return answers_at_once(request, &head);
}

/* false when there is too much to read past. */
static bool take_bytes(struct request *request, const char *bytes, size_t length)
{
    struct assay__text *body = &request->call.body;
    if (is_refused(request) || !serve_call_takes_body(&request->call)) {
        request->dropped += length;
        return request->dropped <= dropped_max(request->http);
    }
    size_t room = request->body_room - body->length;
    if (length > room && !make_room(request, length - room)) {
        assay__text_release(body);
        return true;
    }
    if (body->length == 0) /* what is announced is counted already: room for all of it at once */
        assay__text_reserve(body, request->body_room);
    assay__text_append(body, bytes, length);
    if (body->failed)
        serve_answer_refuse(&request->call.answer, SERVE_UNAVAILABLE, NULL, "Memory ran out.");
    return true;
}

/* On the writer's thread. */
static void job_done(struct serve_job *job)
{
    struct request *request = job->context;
    MHD_resume_connection(request->connection);
}

static enum MHD_Result start_job(struct request *request)
{
    struct serve_call *call = &request->call;
    call->job.done = job_done;
    call->job.context = request;
    request->is_suspended = true;
    MHD_suspend_connection(request->connection);
    enum serve_queueing queueing = serve_writer_put(request->http->context.writer, &call->job);
    if (queueing == SERVE_QUEUED)
        return MHD_YES;
    call->has_job = false;
    if (queueing == SERVE_QUEUE_FULL)
        serve_answer_refuse(&call->answer, SERVE_TOO_MANY, NULL,
                            "Too many changes wait to be stored; try again.");
    else
        serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL, "The server is stopping.");
    MHD_resume_connection(request->connection);
    return MHD_YES;
}

/* A browser that asks for a page is refused with one. */
static void refuse_readably(struct request *request)
{
    if (request->call.answer.http_status >= 400 && request->wants_page)
        serve_page_refuse(&request->call.answer);
}

/* The client's address as a number. */
static void write_address(struct request *request, char out[INET6_ADDRSTRLEN])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *from = info != NULL ? info->client_addr : NULL;
    const void *bytes = NULL;
    out[0] = '\0';
    if (from != NULL && from->sa_family == AF_INET)
        bytes = &((const struct sockaddr_in *)(const void *)from)->sin_addr;
    if (from != NULL && from->sa_family == AF_INET6)
        bytes = &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
    if (bytes == NULL || inet_ntop(from->sa_family, bytes, out, INET6_ADDRSTRLEN) == NULL)
        out[0] = '\0';
}

/* Counts the answer; a change and a refusal have a line in the log. */
static void note(struct request *request)
{
    struct serve_call *call = &request->call;
    char address[INET6_ADDRSTRLEN];
    double seconds = assay__clock_now() - request->begun;
    unsigned status = call->answer.http_status;
    serve_metrics_count(&request->http->metrics, request->method, status, seconds);
    bool is_change = call->has_job && status < 300;
    if (!is_change && status < 400)
        return;
    write_address(request, address);
    struct serve_access access = {
        .method = request->method,
        .target = request->uri,
        .address = address,
        .caller = call->caller < 0 ? NULL : serve_tokens_name(call->tokens, call->caller),
        .status = status,
        .seconds = seconds,
        .is_change = is_change};
    serve_log_access(&request->http->log, &access);
}

/* Long answers wait in memory for clients that read slowly, and are counted. One alone may be of
 * any length, and what tells of a change that was made goes out in any case. */
static enum MHD_Result respond(struct request *request)
{
    enum { SHORT_BYTES = 16384 };
    struct serve_http *http = request->http;
    struct serve_answer *answer = &request->call.answer;
    refuse_readably(request);
    size_t room = answer->body.capacity > SHORT_BYTES ? answer->body.capacity : 0;
    size_t others = atomic_fetch_add(&http->load.answers, room);
    request->answer_room = room;
    if (room > 0 && others > 0 && others + room > http->bodies_max && !request->is_suspended) {
        serve_answer_refuse(answer, SERVE_TOO_MANY, NULL,
                            "Too many long answers are on their way out; try again.");
        atomic_fetch_sub(&http->load.answers, room);
        request->answer_room = 0;
        refuse_readably(request);
    }
    note(request);
    return serve_send(request->connection, answer,
                      atomic_load(&http->load.is_stopping) ||
                          atomic_load(&request->front->is_retired));
}

enum MHD_Result serve_request_handle(void *cls, struct MHD_Connection *connection, const char *url,
                                     const char *method, const char *version,
                                     const char *upload_data, size_t *upload_data_size,
                                     void **context)
{
    struct request *request = *context;
    (void)cls;
    (void)connection;
    (void)url;
    if (request == NULL)
        return MHD_NO;
    if (!request->has_begun)
        return look_at_head(request, method, version) ? respond(request) : MHD_YES;
    if (*upload_data_size > 0) {
        bool goes_on = take_bytes(request, upload_data, *upload_data_size);
        *upload_data_size = 0;
        return goes_on ? MHD_YES : MHD_NO;
    }
    struct serve_call *call = &request->call;
    if (!request->is_suspended && !is_refused(request)) {
        serve_call_run(call);
        if (call->has_job && !atomic_load(&request->front->is_closed))
            return start_job(request);
        if (call->has_job)
            serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL,
                                "The connection is closing; try again on a new one.");
    } else if (request->is_suspended && call->has_job) {
        call->finish(call);
    }
    return respond(request);
}

void serve_request_end(void *cls, struct MHD_Connection *connection, void **context,
                       enum MHD_RequestTerminationCode how)
{
    struct serve_front *front = cls;
    struct serve_http *http = front->http;
    struct request *request = *context;
    (void)how;
    *context = NULL;
    struct serve_watched *watched = watched_of(connection);
    if (watched != NULL)
        serve_watch_renew(http->watch, watched);
    if (request == NULL)
        return;
    give_room_back(request);
    atomic_fetch_sub(&http->load.answers, request->answer_room);
    serve_call_release(&request->call);
    free(request);
    atomic_fetch_sub(&front->under_way, 1);
    atomic_fetch_sub(&http->load.under_way, 1);
}

void serve_connection_change(void *cls, struct MHD_Connection *connection, void **context,
                             enum MHD_ConnectionNotificationCode what)
{
    struct serve_front *front = cls;
    struct serve_http *http = front->http;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        atomic_fetch_add(&front->connections, 1);
    else
        atomic_fetch_sub(&front->connections, 1);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (info != NULL)
            *context = serve_watch_add(http->watch, info->connect_fd);
    } else if (*context != NULL) {
        serve_watch_remove(http->watch, *context);
        *context = NULL;
    }
}
