/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client as its caller sees it: options, posting, the outbox. */
#include "api/client.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/outbox.h"
#include "assay/version.h"

enum { FAILURES_IN_A_ROW_MAX = 3 };

/* Numbers of the options: where, default, and what to call them. */
static const struct number_option {
    size_t offset;
    double value;
    const char *name;
} NUMBERS[] = {
    {offsetof(struct assay_client_options, connect_timeout_seconds), 10.0, "connect timeout"},
    {offsetof(struct assay_client_options, request_timeout_seconds), 60.0, "request timeout"},
    {offsetof(struct assay_client_options, stall_timeout_seconds), 20.0, "stall timeout"},
    {offsetof(struct assay_client_options, deadline_seconds), 300.0, "deadline"},
    {offsetof(struct assay_client_options, backoff_seconds), 0.5, "first wait"},
    {offsetof(struct assay_client_options, backoff_max_seconds), 30.0, "longest wait"},
};
static const double SECONDS_MAX = 1e6;

static const size_t STRINGS[] = {
    offsetof(struct assay_client_options, base_url),
    offsetof(struct assay_client_options, region),
    offsetof(struct assay_client_options, token),
    offsetof(struct assay_client_options, token_file),
    offsetof(struct assay_client_options, client_id),
    offsetof(struct assay_client_options, client_secret),
    offsetof(struct assay_client_options, token_url),
    offsetof(struct assay_client_options, ca_file),
    offsetof(struct assay_client_options, client_cert),
    offsetof(struct assay_client_options, client_key),
    offsetof(struct assay_client_options, outbox),
};

/* Copies the options: strings into the arena, empty ones as absent, defaults for zeros. */
static enum assay_status copy_options(struct assay_client *client,
                                      const struct assay_client_options *options,
                                      struct assay_error *err)
{
    client->options = *options;
    for (size_t i = 0; i < sizeof STRINGS / sizeof *STRINGS; i++) {
        const char **string = (const char **)(void *)((char *)&client->options + STRINGS[i]);
        if (*string == NULL)
            continue;
        char *copy = assay__arena_copy(&client->arena, *string, strlen(*string));
        if (copy == NULL)
            return assay__fail_memory(err);
        *string = copy[0] != '\0' ? copy : NULL;
    }
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        double *number = (double *)(void *)((char *)&client->options + NUMBERS[i].offset);
        if (!(*number >= 0.0 && *number <= SECONDS_MAX))
            return assay__fail(err, ASSAY_ERROR_USAGE,
                               "The %s must be between 0 (the default) and 1000000 seconds.",
                               NUMBERS[i].name);
        if (*number == 0.0)
            *number = NUMBERS[i].value;
    }
    if (client->options.max_attempts == 0)
        client->options.max_attempts = 10;
    if (client->options.max_response_bytes == 0)
        client->options.max_response_bytes = 16 << 20;
    return ASSAY_OK;
}

static enum assay_status check_readable(const char *path, const char *what,
                                        enum assay_status code, struct assay_error *err)
{
    if (path == NULL || access(path, R_OK) == 0)
        return ASSAY_OK;
    return assay__fail_at(err, code, path, 0, 0, "The %s cannot be read: %s.", what,
                          strerror(errno));
}

/* Where to: the base URL, and where tokens come from. */
static enum assay_status set_endpoints(struct assay_client *client, struct assay_error *err)
{
    struct assay_client_options *options = &client->options;
    const char *base_url = options->base_url, *token_url = options->token_url;
    enum assay_status status = ASSAY_OK;
    if (base_url != NULL && options->region != NULL)
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "Both a base URL and a region are given; leave one of them out.");
    if (base_url == NULL && options->region == NULL)
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "Where to post is not given: a region (eu, us) or a base URL.");
    if (options->region != NULL) {
        const char *region_token_url = NULL;
        status = assay__region_urls(options->region, &base_url, &region_token_url, err);
        if (token_url == NULL)
            token_url = region_token_url;
    }
    if (status == ASSAY_OK)
        status = assay__endpoint_parse(base_url, "The base URL", &client->base, err);
    if (status != ASSAY_OK || options->client_id == NULL)
        return status;
    if (token_url == NULL)
        token_url = assay__arena_format(&client->arena, "%s/v1/oauth/token", client->base.url);
    if (token_url == NULL)
        return assay__fail_memory(err);
    return assay__endpoint_parse(token_url, "The token URL", &client->auth.endpoint, err);
}

static enum assay_status set_auth(struct assay_client *client, struct assay_error *err)
{
    const struct assay_client_options *options = &client->options;
    bool has_client = options->client_id != NULL || options->client_secret != NULL;
    int sources = (options->token != NULL) + (options->token_file != NULL) + has_client;
    if (sources > 1)
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "More than one of a token, a token file and client credentials is "
                           "given; leave all but one out.");
    if (has_client && (options->client_id == NULL || options->client_secret == NULL))
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "Client credentials need both a client id and a client secret.");
    if (sources == 0 && !client->base.is_loopback)
        return assay__fail(err, ASSAY_ERROR_AUTH,
                           "There is no token: give a token file or client credentials.");
    client->auth.fixed = options->token;
    client->auth.file = options->token_file;
    client->auth.client_id = options->client_id;
    client->auth.client_secret = options->client_secret;
    return check_readable(options->token_file, "token file", ASSAY_ERROR_AUTH, err);
}

enum assay_status assay_client_new(const struct assay_client_options *options,
                                   struct assay_client **out, struct assay_error *err)
{
    *out = NULL;
    struct assay_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return assay__fail_memory(err);
    enum assay_status status = copy_options(client, options, err);
    const struct assay_client_options *own = &client->options;
    if (status == ASSAY_OK)
        status = set_endpoints(client, err);
    if (status == ASSAY_OK)
        status = set_auth(client, err);
    if (status == ASSAY_OK)
        status = check_readable(own->ca_file, "CA file", ASSAY_ERROR_NO_INPUT, err);
    if (status == ASSAY_OK)
        status = check_readable(own->client_cert, "client certificate", ASSAY_ERROR_NO_INPUT, err);
    if (status == ASSAY_OK)
        status = check_readable(own->client_key, "client key", ASSAY_ERROR_NO_INPUT, err);
    if (status == ASSAY_OK) {
        client->retry = (struct assay__retry){.max_attempts = own->max_attempts,
                                              .backoff = own->backoff_seconds,
                                              .backoff_max = own->backoff_max_seconds,
                                              .random = assay__random_seed()};
        client->http = assay__http_new(
            &(struct assay__http_limits){.connect_seconds = own->connect_timeout_seconds,
                                         .request_seconds = own->request_timeout_seconds,
                                         .stall_seconds = own->stall_timeout_seconds,
                                         .response_bytes_max = own->max_response_bytes,
                                         .ca_file = own->ca_file,
                                         .client_cert = own->client_cert,
                                         .client_key = own->client_key});
        if (client->http == NULL)
            status = assay__fail_memory(err);
    }
    if (status == ASSAY_OK)
        *out = client;
    else
        assay_client_free(client);
    return status;
}

void assay_client_free(struct assay_client *client)
{
    if (client == NULL)
        return;
    assay__auth_release(&client->auth);
    assay__http_free(client->http);
    if (client->options.token != NULL)
        explicit_bzero((char *)(uintptr_t)client->options.token, strlen(client->options.token));
    if (client->options.client_secret != NULL)
        explicit_bzero((char *)(uintptr_t)client->options.client_secret,
                       strlen(client->options.client_secret));
    assay__arena_release(&client->arena);
    free(client);
}

void assay__client_emit(const struct assay_client *client, struct assay_event event)
{
    if (client->options.on_event != NULL)
        client->options.on_event(&event, client->options.event_context);
}

void assay__client_url(const struct assay_client *client, const struct assay__body *body,
                       bool creates, struct assay__text *url)
{
    assay__text_puts(url, client->base.url);
    assay__text_puts(url, "/v2/");
    assay__url_put_path(url, body->parent);
    assay__text_puts(url, "/analysisResults");
    assay__text_puts(url, creates ? "?analysisResultId=" : "/");
    assay__text_puts(url, body->id); /* checked: needs no encoding */
}

/* Delivers a held entry and removes it. */
static enum assay_status deliver_entry(struct assay_client *client, const struct assay__body *body,
                                       const char *text, size_t length,
                                       const struct assay__outbox_entry *entry,
                                       struct assay_delivery *out, struct assay_error *err)
{
    enum assay_status status = assay__deliver(client, body, text, length, out, err);
    if (status == ASSAY_OK)
        return assay__outbox_remove(entry, err);
    out->stored = true;
    assay__client_emit(client, (struct assay_event){.level = ASSAY_LOG_WARNING,
                                                    .name = "kept",
                                                    .resource = body->id,
                                                    .message = entry->path});
    return status;
}

enum assay_status assay_client_post(struct assay_client *client, const char *body, size_t length,
                                    struct assay_delivery *out, struct assay_error *err)
{
    memset(out, 0, sizeof *out);
    struct assay__arena arena = {0};
    struct assay__body parsed;
    struct assay__outbox_entry entry = {.fd = -1};
    enum assay_status status = assay__body_read(&arena, body, length, NULL, &parsed, err);
    if (status == ASSAY_OK && client->options.outbox == NULL) {
        status = assay__deliver(client, &parsed, body, length, out, err);
    } else if (status == ASSAY_OK) {
        status =
            assay__outbox_put(client->options.outbox, parsed.id, body, length, &entry, err);
        if (status == ASSAY_OK) {
            assay__client_emit(client, (struct assay_event){.level = ASSAY_LOG_DEBUG,
                                                            .name = "stored",
                                                            .resource = parsed.id,
                                                            .message = entry.path});
            status = deliver_entry(client, &parsed, body, length, &entry, out, err);
        }
    }
    assay__outbox_release(&entry);
    assay__arena_release(&arena);
    return status;
}

/* One entry of a flush. *was_tried is false when it is gone or in other hands. */
static enum assay_status flush_entry(struct assay_client *client, const char *name,
                                     bool *was_tried, struct assay_delivery *delivery,
                                     struct assay_error *err)
{
    struct assay__arena arena = {0};
    struct assay__body parsed;
    struct assay__outbox_entry entry;
    enum assay_status status =
        assay__outbox_claim(client->options.outbox, name, &entry, was_tried, err);
    if (status != ASSAY_OK)
        *was_tried = true; /* it is there and in the way: counts as left */
    if (status == ASSAY_OK && *was_tried)
        status = assay__body_read(&arena, entry.body, entry.length, entry.path, &parsed, err);
    if (status == ASSAY_OK && *was_tried)
        status = deliver_entry(client, &parsed, entry.body, entry.length, &entry, delivery, err);
    assay__outbox_release(&entry);
    assay__arena_release(&arena);
    return status;
}

enum assay_status assay_client_flush(struct assay_client *client, size_t *delivered, size_t *left,
                                     struct assay_error *err)
{
    *delivered = *left = 0;
    if (client->options.outbox == NULL)
        return assay__fail(err, ASSAY_ERROR_USAGE, "There is no outbox to deliver from.");
    struct assay__arena arena = {0};
    const char *const *names = NULL;
    size_t count = 0;
    unsigned failures_in_a_row = 0;
    enum assay_status first =
        assay__outbox_list(client->options.outbox, &arena, &names, &count, err);
    for (size_t i = 0; i < count; i++) {
        bool was_tried = false;
        struct assay_delivery delivery = {0};
        struct assay_error why = {0};
        enum assay_status status = flush_entry(client, names[i], &was_tried, &delivery, &why);
        if (status == ASSAY_OK) {
            *delivered += was_tried;
            failures_in_a_row = was_tried ? 0 : failures_in_a_row;
            continue;
        }
        ++*left;
        if (first == ASSAY_OK) {
            first = status;
            if (err != NULL)
                *err = why;
        }
        bool no_server = status == ASSAY_ERROR_TRY_AGAIN || status == ASSAY_ERROR_UNAVAILABLE;
        failures_in_a_row = no_server ? failures_in_a_row + 1 : 0;
        /* HTTP 403 may be about this one's parent only. */
        bool no_token = status == ASSAY_ERROR_AUTH && delivery.http_status != 403;
        if (no_token || failures_in_a_row == FAILURES_IN_A_ROW_MAX) {
            *left += count - i - 1;
            break;
        }
    }
    assay__arena_release(&arena);
    return first;
}

enum assay_status assay_client_describe(struct assay_client *client, const char *body,
                                        size_t length, char **text, struct assay_error *err)
{
    *text = NULL;
    struct assay__arena arena = {0};
    struct assay__body parsed;
    struct assay__text out = {0};
    enum assay_status status = assay__body_read(&arena, body, length, NULL, &parsed, err);
    if (status == ASSAY_OK) {
        assay__text_puts(&out, "POST ");
        assay__client_url(client, &parsed, true, &out);
        const struct assay__auth *auth = &client->auth;
        bool has_token = auth->fixed != NULL || auth->file != NULL || auth->client_id != NULL;
        assay__text_puts(&out, has_token ? "\nAuthorization: Bearer [token]" : "");
        assay__text_puts(&out, "\nAccept: application/json\nContent-Type: application/json\n");
        assay__text_puts(&out, "User-Agent: assay/");
        assay__text_puts(&out, assay_version());
        assay__text_puts(&out, "\n\n");
        assay__text_append(&out, body, length);
        if (length == 0 || body[length - 1] != '\n')
            assay__text_putc(&out, '\n');
        status = assay__text_take(&out, text, NULL, err);
    }
    assay__arena_release(&arena);
    return status;
}
