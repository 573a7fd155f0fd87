/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers on the wire, with the headers that all of them carry. */
#include <stdio.h>
#include <stdlib.h>

#include "serve/pages/page.h"
#include "serve/http/request.h"

static const char CLOSED_POLICY[] = "default-src 'none'; frame-ancestors 'none'";

static const struct {
    const char *name, *value;
} FIXED[] = {
    {MHD_HTTP_HEADER_CACHE_CONTROL, "private, no-cache"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

static bool add(struct MHD_Response *response, const char *name, const char *value)
{
    return value == NULL || value[0] == '\0' ||
           MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool add_headers(struct MHD_Response *response, const struct serve_answer *answer,
                        bool closes)
{
    char seconds[16] = "";
    bool is_well = true;
    for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++)
        is_well = is_well && add(response, FIXED[i].name, FIXED[i].value);
    if (answer->retry_after_seconds > 0)
        snprintf(seconds, sizeof seconds, "%u", answer->retry_after_seconds);
    return is_well && add(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->content_type) &&
           add(response, MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY,
               answer->is_page ? serve_page_policy() : CLOSED_POLICY) &&
           add(response, MHD_HTTP_HEADER_ALLOW, answer->allow) &&
           add(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, answer->challenge) &&
           add(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds) &&
           add(response, MHD_HTTP_HEADER_ETAG, answer->etag) &&
           add(response, MHD_HTTP_HEADER_CONNECTION, closes ? "close" : NULL);
}

enum MHD_Result serve_send(struct MHD_Connection *connection, struct serve_answer *answer,
                           bool closes)
{
    char *bytes = NULL;
    size_t length = 0;
    if (answer->body.failed)
        serve_answer_refuse(answer, SERVE_UNAVAILABLE, NULL, "Memory ran out; try later.");
    if (assay__text_take(&answer->body, &bytes, &length, NULL) != ASSAY_OK)
        return MHD_NO;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        free(bytes);
        return MHD_NO;
    }
    enum MHD_Result result = MHD_NO;
    if (add_headers(response, answer, closes))
        result = MHD_queue_response(connection, answer->http_status, response);
    MHD_destroy_response(response);
    return result;
}
