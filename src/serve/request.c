/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A request's way through libmicrohttpd: its head, its body piece by piece, then the handler. A
 * change of the store suspends the connection until the writer has made it durable.
 */
#include "serve/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "serve/page.h"

struct request {
    struct serve_http *http;
    struct MHD_Connection *connection;
    struct serve_call call;
    size_t body_room;  /* bytes counted in http->bodies */
    bool has_begun;    /* the head has been looked at */
    bool is_suspended; /* the writer has the job, or has done it */
    bool wants_page;   /* a browser asks for something outside of the API */
};

void *serve_request_begin(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct serve_http *http = cls;
    struct request *request = calloc(1, sizeof *request);
    if (request == NULL)
        return NULL;
    atomic_fetch_add(&http->under_way, 1);
    request->http = http;
    request->connection = connection;
    request->call.context = &http->context;
    request->call.caller = -1;
    if (!serve_target_parse(&request->call.arena, uri, &request->call.target))
        serve_answer_refuse(&request->call.answer, SERVE_INVALID, NULL,
                            "The target of the request is not valid.");
    return request;
}

static const char *header(struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

static bool is_refused(const struct request *request)
{
    return request->call.answer.http_status != 0;
}

static bool is_json(const char *type)
{
    static const char JSON[] = "application/json";
    if (type == NULL || strncasecmp(type, JSON, strlen(JSON)) != 0)
        return false;
    const char *rest = type + strlen(JSON);
    rest += strspn(rest, " \t");
    if (*rest == '\0')
        return true;
    if (*rest++ != ';')
        return false;
    rest += strspn(rest, " \t");
    return strncasecmp(rest, "charset=", 8) != 0 || strcasecmp(rest + 8, "utf-8") == 0 ||
           strcasecmp(rest + 8, "\"utf-8\"") == 0;
}

/* Counts bytes more towards the body; false when that is refused. */
static bool make_room(struct request *request, size_t bytes)
{
    struct serve_http *http = request->http;
    if (bytes > http->body_max || request->body_room + bytes > http->body_max) {
        serve_answer_refuse(&request->call.answer, SERVE_TOO_LARGE, NULL,
                            "The body is longer than %zu bytes.", http->body_max);
        return false;
    }
    request->body_room += bytes;
    if (atomic_fetch_add(&http->bodies, bytes) + bytes <= http->bodies_max)
        return true;
    serve_answer_refuse(&request->call.answer, SERVE_TOO_MANY, NULL,
                        "Too many bodies are on their way in; try again.");
    request->call.answer.retry_after_seconds = 1;
    return false;
}

/* What the headers say of a body that is to come. */
static void check_body(struct request *request)
{
    struct serve_answer *answer = &request->call.answer;
    const char *length = header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    const char *encoding = header(request, MHD_HTTP_HEADER_CONTENT_ENCODING);
    if (length == NULL && header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING) == NULL)
        serve_answer_refuse(answer, SERVE_NO_LENGTH, NULL, "Content-Length is missing.");
    else if (!is_json(header(request, MHD_HTTP_HEADER_CONTENT_TYPE)))
        serve_answer_refuse(answer, SERVE_MEDIA_TYPE, NULL,
                            "The body must be of type application/json, in UTF-8.");
    else if (encoding != NULL && strcasecmp(encoding, "identity") != 0)
        serve_answer_refuse(answer, SERVE_MEDIA_TYPE, NULL,
                            "The body must come without Content-Encoding.");
    else if (length != NULL)
        (void)make_room(request, strtoull(length, NULL, 10));
}

/* Browsers name text/html among what they accept; clients of the API do not, or get JSON there. */
static bool wants_page(struct request *request)
{
    const struct serve_target *target = &request->call.target;
    const char *accept = header(request, MHD_HTTP_HEADER_ACCEPT);
    bool is_api = target->segment_count > 0 && (strcmp(target->segments[0], "v2") == 0 ||
                                                strcmp(target->segments[0], "healthz") == 0);
    return !is_api && accept != NULL && strstr(accept, "text/html") != NULL;
}

static void look_at_head(struct request *request, const char *method)
{
    struct serve_call *call = &request->call;
    request->has_begun = true;
    if (!is_refused(request))
        serve_call_route(call, method);
    if (!is_refused(request))
        serve_call_authorize(call, header(request, MHD_HTTP_HEADER_AUTHORIZATION));
    if (!is_refused(request) && serve_call_takes_body(call))
        check_body(request);
    request->wants_page = wants_page(request);
    call->if_match = header(request, MHD_HTTP_HEADER_IF_MATCH);
    call->if_none_match = header(request, MHD_HTTP_HEADER_IF_NONE_MATCH);
}

/* A body nobody wants, or one too long, is read past, so that the client gets to read why. */
static void take_bytes(struct request *request, const char *bytes, size_t length)
{
    struct assay__text *body = &request->call.body;
    if (is_refused(request) || !serve_call_takes_body(&request->call))
        return;
    size_t room = request->body_room - body->length;
    if (length > room && !make_room(request, length - room)) {
        assay__text_release(body);
        return;
    }
    assay__text_append(body, bytes, length);
    if (body->failed)
        serve_answer_refuse(&request->call.answer, SERVE_UNAVAILABLE, NULL, "Memory ran out.");
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
    if (serve_writer_put(request->http->context.writer, &call->job))
        return MHD_YES;
    call->has_job = false;
    serve_answer_refuse(&call->answer, SERVE_TOO_MANY, NULL,
                        "Too many changes wait to be stored; try again.");
    call->answer.retry_after_seconds = 1;
    MHD_resume_connection(request->connection);
    return MHD_YES;
}

enum MHD_Result serve_request_handle(void *cls, struct MHD_Connection *connection, const char *url,
                                     const char *method, const char *version,
                                     const char *upload_data, size_t *upload_data_size,
                                     void **context)
{
    struct serve_http *http = cls;
    struct request *request = *context;
    (void)url;
    (void)version;
    if (request == NULL)
        return MHD_NO;
    if (!request->has_begun) {
        look_at_head(request, method);
        /* A client that waits for 100 Continue, or announces far too much, is told at once. */
        bool at_once = request->call.answer.http_status == 413;
        return at_once ? serve_send(http, connection, &request->call.answer) : MHD_YES;
    }
    if (*upload_data_size > 0) {
        take_bytes(request, upload_data, *upload_data_size);
        *upload_data_size = 0;
        return MHD_YES;
    }
    struct serve_call *call = &request->call;
    if (!request->is_suspended && !is_refused(request)) {
        serve_call_run(call);
        if (call->has_job)
            return start_job(request);
    } else if (request->is_suspended && call->has_job) {
        call->finish(call);
    }
    if (call->answer.http_status >= 400 && request->wants_page)
        serve_page_refuse(&call->answer);
    return serve_send(http, connection, &call->answer);
}

void serve_request_end(void *cls, struct MHD_Connection *connection, void **context,
                       enum MHD_RequestTerminationCode how)
{
    struct serve_http *http = cls;
    struct request *request = *context;
    (void)how;
    *context = NULL;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (info != NULL && info->socket_context != NULL)
        serve_watch_renew(http->watch, info->socket_context);
    if (request == NULL)
        return;
    atomic_fetch_sub(&http->bodies, request->body_room);
    serve_call_release(&request->call);
    free(request);
    atomic_fetch_sub(&http->under_way, 1);
}

void serve_connection_change(void *cls, struct MHD_Connection *connection, void **context,
                             enum MHD_ConnectionNotificationCode what)
{
    struct serve_http *http = cls;
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
