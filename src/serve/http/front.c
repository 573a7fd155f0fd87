/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One daemon of libmicrohttpd with its certificate, from start to stop. */
#include "serve/http/front.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* A PEM file as a text; NULL after an error. */
static char *read_pem(const char *path, struct assay_error *err)
{
    enum { PEM_MAX = 1 << 20 };
    FILE *file = fopen(path, "re");
    char *bytes = file == NULL ? NULL : calloc(1, PEM_MAX + 1);
    size_t length = bytes == NULL ? 0 : fread(bytes, 1, PEM_MAX, file);
    bool is_read = bytes != NULL && !ferror(file);
    if (!is_read || length == 0 || length == PEM_MAX) {
        (void)assay__fail_at(err, ASSAY_ERROR_NO_INPUT, path, 0, 0,
                             "This cannot be read as a PEM file: %s.",
                             !is_read ? strerror(errno) : "it is empty or too long");
        free(bytes);
        bytes = NULL;
    }
    if (file != NULL)
        fclose(file);
    return bytes;
}

static enum assay_status start_daemon(struct serve_front *front,
                                      const struct serve_options *options, int listening,
                                      struct assay_error *err)
{
    static char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, front->cert},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, front->key},
                                   {MHD_OPTION_HTTPS_PRIORITIES, 0, priorities},
                                   {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem *more = front->cert != NULL ? tls : &tls[3];
    /* With epoll, libmicrohttpd 0.9.75 misses the end of a connection that came together with a
     * part of a body, and keeps the connection for ever. */
    unsigned flags = (unsigned)MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ITC | (front->cert != NULL ? (unsigned)MHD_USE_TLS : 0);
    front->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, serve_request_handle, front, MHD_OPTION_LISTEN_SOCKET, listening,
        MHD_OPTION_THREAD_POOL_SIZE, options->threads, MHD_OPTION_CONNECTION_LIMIT,
        options->connections, MHD_OPTION_CONNECTION_TIMEOUT, options->request_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->header_max, MHD_OPTION_URI_LOG_CALLBACK,
        serve_request_begin, front, MHD_OPTION_NOTIFY_COMPLETED, serve_request_end, front,
        MHD_OPTION_NOTIFY_CONNECTION, serve_connection_change, front, MHD_OPTION_ARRAY, more,
        MHD_OPTION_END);
    if (front->daemon != NULL)
        return ASSAY_OK;
    return assay__fail(err, ASSAY_ERROR_UNAVAILABLE, "The HTTP server does not start%s.",
                       front->cert != NULL ? "; check that certificate and key belong together"
                                           : "");
}

static void free_front(struct serve_front *front)
{
    if (front->key != NULL)
        explicit_bzero(front->key, strlen(front->key));
    free(front->cert);
    free(front->key);
    free(front);
}

enum assay_status serve_front_start(struct serve_http *http, const struct serve_options *options,
                                    int listening, struct serve_front **out,
                                    struct assay_error *err)
{
    struct serve_front *front = calloc(1, sizeof *front);
    if (front == NULL)
        return assay__fail_memory(err);
    enum assay_status status = ASSAY_OK;
    front->http = http;
    front->listening = listening;
    if (options->tls_cert != NULL) {
        front->cert = read_pem(options->tls_cert, err);
        front->key = front->cert == NULL ? NULL : read_pem(options->tls_key, err);
        status = front->key == NULL ? ASSAY_ERROR_NO_INPUT : ASSAY_OK;
    }
    if (status == ASSAY_OK)
        status = start_daemon(front, options, listening, err);
    if (status != ASSAY_OK) {
        free_front(front);
        return status;
    }
    *out = front;
    return ASSAY_OK;
}

int serve_front_retire(struct serve_front *front)
{
    atomic_store(&front->is_retired, true);
    return MHD_quiesce_daemon(front->daemon);
}

/* What a client has sent before may not have been looked at yet: requests are over when none has
 * been under way for a while. */
bool serve_front_wait(struct serve_front *front, double until)
{
    enum { TICK_NS = 10000000, QUIET_TICKS = 5 };
    const struct timespec tick = {0, TICK_NS};
    unsigned quiet = 0;
    do {
        quiet = atomic_load(&front->under_way) == 0 ? quiet + 1 : 0;
        nanosleep(&tick, NULL);
    } while (quiet < QUIET_TICKS && (quiet > 0 || assay__clock_now() < until));
    return quiet == QUIET_TICKS;
}

void serve_front_end(struct serve_front *front)
{
    MHD_stop_daemon(front->daemon);
    free_front(front);
}
