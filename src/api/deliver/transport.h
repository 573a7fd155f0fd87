/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_DELIVER_TRANSPORT_H
#define ASSAY_API_DELIVER_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/deliver/url.h"
#include "base/error.h"
#include "base/halt.h"
#include "base/text.h"

/** struct assay__http_limits: what every exchange keeps to. Strings are borrowed. */
struct assay__http_limits {
    double connect_seconds, request_seconds, stall_seconds;
    uint64_t response_bytes_max;
    const struct assay__halt *halt;                 /* NULL: nobody ends an exchange */
    const char *ca_file, *client_cert, *client_key; /* NULL for none */
};

/** struct assay__http sends requests, one at a time, and keeps connections open between them. */
struct assay__http;

/** struct assay__http_request: one request. Everything is borrowed. */
struct assay__http_request {
    const struct assay__endpoint *endpoint;
    const char *url;   /* below the endpoint */
    const char *token; /* bearer token; NULL for none */
    const char *body;  /* JSON for a POST; NULL for a GET */
    size_t body_length;
    double seconds_left; /* until the deadline of the whole delivery */
};

/** enum assay__http_outcome: how an exchange ended. */
enum assay__http_outcome {
    ASSAY__HTTP_RESPONSE,  /* a response: status and body; the body of an error may be cut short */
    ASSAY__HTTP_UNREACHED, /* no connection was made: nothing was sent */
    ASSAY__HTTP_NO_TLS,    /* a connection, but no TLS on it: nothing was sent */
    ASSAY__HTTP_PROXY,     /* the proxy makes no way, and says so with proxy_status */
    ASSAY__HTTP_BROKEN,    /* no whole response: the server may or may not have acted */
    ASSAY__HTTP_UNTRUSTED, /* the server's certificate does not hold: nothing was sent */
    ASSAY__HTTP_UNKNOWN,   /* the server does not accept this client's certificate, or wants one */
    ASSAY__HTTP_CA_FILE,   /* the CA file holds no certificates */
    ASSAY__HTTP_KEY_FILE,  /* the client certificate or its key cannot be used */
    ASSAY__HTTP_LOCAL,     /* something else on this side is wrong */
    ASSAY__HTTP_OUTCOME_COUNT
};

/** struct assay__http_response: zero-initialise it; release it after every exchange. */
struct assay__http_response {
    enum assay__http_outcome outcome;
    char reason[256];  /* why there is no response; may quote the server: not fit to show */
    long status;       /* 0 without a response */
    long proxy_status; /* 0 unless the outcome is ASSAY__HTTP_PROXY */
    bool is_json;      /* the content type is JSON, or there is none */
    struct assay__text content_type, location, body;
    double retry_after; /* seconds; 0 when not asked for */
};

/** assay__http_new() makes a sender; limits are copied. NULL without memory. */
struct assay__http *assay__http_new(const struct assay__http_limits *limits);
void assay__http_free(struct assay__http *http);

/**
 * assay__http_send() does one exchange. TLS is always verified, redirects are never followed, no
 * proxy is asked for a loopback address. Fails only without memory; everything else is an outcome.
 */
enum assay_status assay__http_send(struct assay__http *http,
                                   const struct assay__http_request *request,
                                   struct assay__http_response *response, struct assay_error *err);

/** assay__http_reconnect() gives up the connections that are open; false without memory. */
bool assay__http_reconnect(struct assay__http *http);

void assay__http_response_release(struct assay__http_response *response);

#endif
