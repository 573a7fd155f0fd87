/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client: its options, what it needs to send, its events. Posting is in post.c. */
#include "api/deliver/client.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/curl_library.h"
#include "base/memory.h"

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
    offsetof(struct assay_client_options, client_secret_file),
    offsetof(struct assay_client_options, token_url),
    offsetof(struct assay_client_options, ca_file),
    offsetof(struct assay_client_options, client_cert),
    offsetof(struct assay_client_options, client_key),
    offsetof(struct assay_client_options, outbox),
};

static const char **string_at(struct assay_client_options *options, size_t offset)
{
    return (const char **)(void *)((char *)options + offset);
}

/* Copies the options: strings into the arena, empty ones as absent, defaults for zeros. No string
 * of the caller's stays behind, not even on failure: the secrets of a client are overwritten when
 * it is freed. */
static enum assay_status copy_options(struct assay_client *client,
                                      const struct assay_client_options *options,
                                      struct assay_error *err)
{
    struct assay_client_options given = *options;
    client->options = given;
    for (size_t i = 0; i < sizeof STRINGS / sizeof *STRINGS; i++)
        *string_at(&client->options, STRINGS[i]) = NULL;
    for (size_t i = 0; i < sizeof STRINGS / sizeof *STRINGS; i++) {
        const char *string = *string_at(&given, STRINGS[i]);
        if (string == NULL || string[0] == '\0')
            continue;
        char *copy = assay__arena_copy(&client->arena, string, strlen(string));
        if (copy == NULL)
            return assay__fail_memory(err);
        *string_at(&client->options, STRINGS[i]) = copy;
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
        client->options.max_response_bytes =
            ASSAY__BODY_BYTES_MAX; /* a server may echo the result */
    return ASSAY_OK;
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
    int secrets = (options->client_secret != NULL) + (options->client_secret_file != NULL);
    bool has_client = options->client_id != NULL || secrets > 0;
    int sources = (options->token != NULL) + (options->token_file != NULL) + has_client;
    if (sources > 1)
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "More than one of a token, a token file and client credentials is "
                           "given; leave all but one out.");
    if (secrets > 1)
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "Both a client secret and a file of it are given; leave one of them "
                           "out.");
    if (has_client && (options->client_id == NULL || secrets == 0))
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "Client credentials need both a client id and a client secret.");
    client->auth.fixed = options->token;
    client->auth.file = options->token_file;
    client->auth.client_id = options->client_id;
    client->auth.client_secret = options->client_secret;
    client->auth.client_secret_file = options->client_secret_file;
    return ASSAY_OK;
}

static enum assay_status make(const struct assay_client_options *options, struct assay_client **out,
                              struct assay_error *err)
{
    struct assay_client *client = assay__calloc(1, sizeof *client);
    if (client == NULL)
        return assay__fail_memory(err);
    enum assay_status status = copy_options(client, options, err);
    const struct assay_client_options *own = &client->options;
    if (status == ASSAY_OK)
        status = assay__curl_load(err);
    if (status == ASSAY_OK)
        status = set_endpoints(client, err);
    if (status == ASSAY_OK)
        status = set_auth(client, err);
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
                                         .halt = &client->halt,
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

enum assay_status assay_client_new(const struct assay_client_options *options,
                                   struct assay_client **out, struct assay_error *err)
{
    struct assay__halt halt;
    assay__halt_begin(&halt, options->hooks);
    enum assay_status status = make(options, out, err);
    assay__halt_end(&halt);
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
    assay__free(client);
}

static enum assay_status check_readable(const char *path, const char *what, enum assay_status code,
                                        struct assay_error *err)
{
    if (path == NULL)
        return ASSAY_OK;
    struct stat found;
    bool is_readable = access(path, R_OK) == 0 && stat(path, &found) == 0;
    if (is_readable && !S_ISDIR(found.st_mode))
        return ASSAY_OK;
    if (is_readable)
        errno = EISDIR;
    return assay__fail_at(err, code, path, 0, 0, "The %s cannot be read: %s.", what,
                          strerror(errno));
}

enum assay_status assay__client_check(const struct assay_client *client, struct assay_error *err)
{
    const struct assay_client_options *options = &client->options;
    if (options->token == NULL && options->token_file == NULL && options->client_id == NULL &&
        !client->base.is_loopback)
        return assay__fail(err, ASSAY_ERROR_AUTH,
                           "No token is set: give a token file or client credentials.");
    enum assay_status status =
        check_readable(options->token_file, "token file", ASSAY_ERROR_AUTH, err);
    if (status == ASSAY_OK)
        status = check_readable(options->client_secret_file, "file of the client secret",
                                ASSAY_ERROR_AUTH, err);
    if (status == ASSAY_OK)
        status = check_readable(options->ca_file, "CA file", ASSAY_ERROR_NO_INPUT, err);
    if (status == ASSAY_OK)
        status =
            check_readable(options->client_cert, "client certificate", ASSAY_ERROR_NO_INPUT, err);
    if (status == ASSAY_OK)
        status = check_readable(options->client_key, "client key", ASSAY_ERROR_NO_INPUT, err);
    return status;
}

void assay__client_emit(const struct assay_client *client, struct assay_event event)
{
    if (client->options.on_event != NULL)
        client->options.on_event(&event, client->options.event_context);
}

void assay__client_emit_failure(const struct assay_client *client, const char *resource,
                                const struct assay_error *why,
                                const struct assay_delivery *delivery)
{
    char message[sizeof why->file + sizeof why->message + 2];
    bool has_file = why->file[0] != '\0';
    snprintf(message, sizeof message, "%s%s%s", why->file, has_file ? ": " : "", why->message);
    assay__client_emit(
        client, (struct assay_event){.level = ASSAY_LOG_ERROR,
                                     .name = "failed",
                                     .resource = resource,
                                     .message = message,
                                     .http_status = delivery != NULL ? delivery->http_status : 0,
                                     .attempt = delivery != NULL ? delivery->attempts : 0});
}

void assay__client_url(const struct assay_client *client, const struct assay__body *body,
                       bool creates, struct assay__text *url)
{
    assay__text_puts(url, client->base.url);
    assay__text_puts(url, "/v2/");
    assay__text_puts(url, body->parent); /* checked, and so is the id: no encoding is needed */
    assay__text_puts(url, "/analysisResults");
    assay__text_puts(url, creates ? "?analysisResultId=" : "/");
    assay__text_puts(url, body->id);
}
