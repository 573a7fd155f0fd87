/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_DELIVER_H
#define ASSAY_DELIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/export.h"
#include "assay/hooks.h"
#include "assay/status.h"

/** struct assay_event: one thing that happened while delivering. Valid during the callback only. */
struct assay_event {
    enum assay_log_level level;
    const char *name;     /* stable id: "attempt", "retry", "delivered", "stored", ... */
    const char *resource; /* analysisResultId or "" */
    const char *message;  /* a sentence; never holds a token */
    long http_status;     /* 0 when there was no response */
    uint32_t attempt;     /* from 1; 0 when not about an attempt */
    double wait_seconds;  /* until the next attempt; 0 when none */
    uint64_t reserved[4];
};

/**
 * struct assay_client_options: where and how to deliver. Strings are copied. Zero or NULL means the
 * default. A token comes from exactly one of token, token_file, or the client credentials; only a
 * server on this machine's loopback may be spoken to without one.
 *
 * https always checks the server's certificate: against ca_file when that is given, else against
 * the system's CAs. Plain http is for loopback addresses only. Redirects are errors. Proxies are
 * those of libcurl's environment variables, never for loopback; they see neither token nor body.
 *
 * Every failure of assay_client_post() is one "failed" event, and every entry that
 * assay_client_flush() leaves is one, but for those it did not come to.
 *
 * Event names: "attempt" (debug), "token" (debug: a new one was fetched), "stored" (debug: durable
 * in the outbox), "retry" (warning, with wait_seconds), "other-name" (warning: the server gave
 * another name than {parent}/analysisResults/{id}), "other-content" (warning: the server answered
 * with other values than were sent), "delivered" and "already-there" (info), "failed" (error),
 * "kept" (warning: stays in the outbox; the message is its path).
 */
struct assay_client_options {
    const char *base_url;   /* e.g. "https://stats.eu.confidence.dev"; or give region */
    const char *region;     /* "eu" or "us" */
    const char *token;      /* from the environment */
    const char *token_file; /* read at each refresh; trailing newline removed */
    const char *client_id, *client_secret; /* OAuth client credentials */
    const char *client_secret_file;        /* instead of client_secret; read for each new token */
    const char *token_url;                 /* default: {auth base of the region}/v1/oauth/token */
    const char *ca_file, *client_cert, *client_key; /* PEM; a key without a password */
    double connect_timeout_seconds;                 /* default 10 */
    double request_timeout_seconds;                 /* one attempt, default 60 */
    double stall_timeout_seconds;                   /* no byte for so long, default 20 */
    double deadline_seconds;                        /* all attempts, default 300 */
    uint32_t max_attempts;                          /* default 10 */
    double backoff_seconds;      /* upper end of the first wait, then doubled; default 0.5 */
    double backoff_max_seconds;  /* upper end of any wait; default 30 */
    uint64_t max_response_bytes; /* default 64 MiB */
    const char *outbox;          /* directory, or NULL for none */
    void (*on_event)(const struct assay_event *event, void *context);
    void *event_context;
    const struct assay_hooks *hooks; /* of every post and flush; NULL: none */
    uint64_t reserved[15];
};

/** struct assay_client: an HTTP client. One per thread. */
struct assay_client;

/**
 * assay_client_new() makes a client. The program has called assay_process_init() before. Files
 * are not looked at yet: when one is missing, a result is to be in the outbox all the same.
 * Errors: ASSAY_ERROR_USAGE for a bad URL (plain http to anything but loopback is refused) and for
 * options that contradict each other, ASSAY_ERROR_MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_client_new(const struct assay_client_options *options, struct assay_client **out,
                 struct assay_error *err);
ASSAY_API void assay_client_free(struct assay_client *client);

/** struct assay_delivery: how a delivery went. */
struct assay_delivery {
    long http_status;   /* of the last response; 0 when there was none */
    uint32_t attempts;  /* 0: nothing was sent, as in a pause that the server asked for */
    bool already_there; /* it was stored before, and equals what was sent */
    bool stored;        /* kept in the outbox, to be delivered later */
    char name[1024];    /* resource name the server gave; "" when not delivered */
    uint64_t reserved[8];
};

/**
 * assay_request_wrap() makes a request body of a document that is either one already (it has an
 * analysisResult) or a bare AnalysisResult (it has a list of results); anything else is
 * ASSAY_ERROR_DATA. The document's bytes are taken over as they are. parent and id (NULL when not
 * given) fill in what it does not say; where it says something else, that is ASSAY_ERROR_USAGE. An
 * id that nobody gives is "ar-" and 40 hex digits of SHA-256 over parent and document. name is the
 * file's, for messages. free(*body). Also ASSAY_ERROR_LIMIT (64 MiB), _MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_request_wrap(const char *text, size_t length, const char *name, const char *parent,
                   const char *id, char **body, size_t *body_length, struct assay_error *err);

/**
 * assay_client_post() delivers a request body (assay_request_write(), assay_request_wrap()). With
 * an outbox the body is durable on disk before the first attempt and removed after success, so that
 * a crash at any point leaves a delivered result or one that assay_client_flush() delivers.
 * Delivering twice does no harm: the id is fixed, and a server that has the same resource already
 * (HTTP 409, then equal in every field sent) counts as success. *out is written whatever is
 * returned.
 *
 * Memory: a copy of the body while it is read, and some 100 bytes for each comparison in it.
 *
 * Tried again: connect errors, time limits, broken connections, HTTP 408, 425, 429 and 5xx, and a
 * 2xx whose body is not JSON with a "name". HTTP 401 gets a new token once. A Retry-After holds for
 * all that this client sends: a result that comes before its end waits, with a "retry" event of
 * attempt 0, or fails unsent where the end is past its deadline.
 * Returns ASSAY_OK; ASSAY_ERROR_TRY_AGAIN (attempts or deadline used up, also when the server was
 * never reached), ASSAY_ERROR_REMOTE (refused, or a certificate that cannot be trusted),
 * ASSAY_ERROR_AUTH (no token, not accepted, or another client certificate wanted),
 * ASSAY_ERROR_NO_INPUT (CA file, client certificate or key), ASSAY_ERROR_IO (outbox; then nothing
 * was sent, unless out->name says that it was delivered), ASSAY_ERROR_DATA (not a request body),
 * ASSAY_ERROR_LIMIT (longer than 64 MiB), ASSAY_ERROR_CANCELLED (hooks; an outbox keeps the
 * result), ASSAY_ERROR_MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_client_post(struct assay_client *client,
                                                               const char *body, size_t length,
                                                               struct assay_delivery *out,
                                                               struct assay_error *err);

/**
 * assay_client_flush() delivers everything in the outbox, oldest first, but behind the others what
 * the server was asked to take and failed at before; several processes may do so at once, and leave
 * alone what another one is delivering. *delivered and *left count resources, whatever is returned.
 * Returns the first failure's status, after trying the others too, unless they would fail alike:
 * it stops when the token is not accepted, when a certificate or the proxy stands in the way, and
 * when three in a row found no working server. Entries whose bytes are not those that were stored
 * are ASSAY_ERROR_DATA and stay.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_client_flush(struct assay_client *client,
                                                                size_t *delivered, size_t *left,
                                                                struct assay_error *err);

/**
 * assay_client_describe() writes the request that would be sent, the token blanked. free(*text).
 * Fails as assay_client_post() does for what can be seen without sending.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_client_describe(struct assay_client *client,
                                                                   const char *body, size_t length,
                                                                   char **text,
                                                                   struct assay_error *err);

/**
 * assay_process_init() does process-wide set-up (libcurl). The program calls it once, before other
 * threads; the library never does. assay_process_cleanup() undoes it.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_process_init(struct assay_error *err);
ASSAY_API void assay_process_cleanup(void);

#endif
