/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_DELIVER_CLIENT_H
#define ASSAY_API_DELIVER_CLIENT_H

#include "api/deliver/auth.h"
#include "api/deliver/envelope.h"
#include "api/deliver/transport.h"
#include "api/deliver/retry.h"
#include "assay/deliver.h"
#include "assay/sink.h"
#include "base/halt.h"

struct assay_client {
    struct assay_client_options options; /* strings in the arena, defaults filled in */
    struct assay__arena arena;
    struct assay__endpoint base;
    struct assay__auth auth;
    struct assay__http *http;
    struct assay__retry retry; /* deadline set for each delivery */
    double pause_end;          /* until then the server has asked not to be called */
    struct assay__halt halt;   /* begun by each post and flush */
};

/**
 * assay__client_check() says what of its own keeps the client from sending: no token where one is
 * needed, a file that cannot be read. It is asked when something is to be sent, after the outbox
 * has it, and not when the client is made.
 */
enum assay_status assay__client_check(const struct assay_client *client, struct assay_error *err);

/** assay__client_emit() reports an event; wait_seconds and err may be 0 and NULL. */
void assay__client_emit(const struct assay_client *client, struct assay_event event);

/** assay__client_emit_failure() reports a failure and where it happened; delivery may be
 * NULL. */
void assay__client_emit_failure(const struct assay_client *client, const char *resource,
                                const struct assay_error *why,
                                const struct assay_delivery *delivery);

/** assay__client_url() appends the URL that creates a resource (POST), or that names it (GET). */
void assay__client_url(const struct assay_client *client, const struct assay__body *body,
                       bool creates, struct assay__text *url);

/**
 * assay__client_describe() is assay_client_describe() to a sink: the body's bytes are given as they
 * stand, and not copied.
 */
enum assay_status assay__client_describe(struct assay_client *client, const char *body,
                                         size_t length, const struct assay_sink *sink,
                                         struct assay_error *err);

/**
 * assay__deliver() sends a request body until the server has it, will not have it, or time is up.
 * text is what body was read from.
 */
enum assay_status assay__deliver(struct assay_client *client, const struct assay__body *body,
                                 const char *text, size_t length, struct assay_delivery *out,
                                 struct assay_error *err);

#endif
