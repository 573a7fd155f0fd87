/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One delivery: attempts, each a POST and, when the server says that the resource exists, a GET to
 * see whether it is ours. The same is done when a server acknowledges another name than the one
 * asked for, which any service with names might: that alone proves nothing. And when it answers
 * with an older result of that name, as one that gives back what it has instead of HTTP 409.
 *
 * An attempt whose answer is lost may have created the resource. The next one then meets HTTP 409,
 * and the comparison turns that into success: this is what makes trying again safe.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "api/resource/resource_compare.h"
#include "api/deliver/answer.h"
#include "api/deliver/client.h"
#include "api/deliver/content.h"
#include "api/deliver/refusal.h"
#include "base/clock.h"
#include "number/number.h"

/* Why what is stored is compared with what was sent. */
enum cause {
    CAUSE_TAKEN,      /* HTTP 409 */
    CAUSE_OTHER_NAME, /* another name was acknowledged */
    CAUSE_OLDER       /* an older result was answered, which is another one */
};

/* What the attempts of one delivery share. */
struct delivery {
    struct assay_client *client;
    const struct assay__body *body;
    const char *text;
    size_t length;
    int64_t begin_ns; /* since 1970 */
    struct assay__text post_url, get_url;
    struct assay_delivery *out;
};

static double seconds_left(const struct assay_client *client)
{
    return client->retry.deadline - assay__clock_now();
}

/* Sends one request with a token. HTTP 401 fetches another token, once. */
static enum assay_status send_authorized(struct delivery *delivery, bool is_post,
                                         struct assay__http_response *response,
                                         struct assay__outcome *outcome, struct assay_error *err)
{
    struct assay_client *client = delivery->client;
    enum assay__purpose purpose = is_post ? ASSAY__PURPOSE_RESULT : ASSAY__PURPOSE_COMPARISON;
    for (int round = 0;; round++) {
        bool fetched = false;
        enum assay_status status = assay__auth_token(&client->auth, client->http,
                                                     seconds_left(client), outcome, &fetched, err);
        if (status != ASSAY_OK || outcome->verdict != ASSAY__VERDICT_DONE)
            return status;
        if (fetched && client->auth.client_id != NULL)
            assay__client_emit(client, (struct assay_event){.level = ASSAY_LOG_DEBUG,
                                                            .name = "token",
                                                            .resource = delivery->body->id,
                                                            .message = "A new token was fetched."});
        const struct assay__http_request request = {.endpoint = &client->base,
                                                    .url = is_post ? delivery->post_url.data
                                                                   : delivery->get_url.data,
                                                    .token = client->auth.token,
                                                    .body = is_post ? delivery->text : NULL,
                                                    .body_length = delivery->length,
                                                    .seconds_left = seconds_left(client)};
        assay__http_response_release(response);
        status = assay__http_send(client->http, &request, response, err);
        if (status != ASSAY_OK)
            return status;
        delivery->out->http_status = response->status;
        const struct assay__secrets secrets = assay__auth_secrets(&client->auth);
        assay__exchange_judge(response, purpose, &secrets, outcome);
        if (response->status == 401 && client->auth.token == NULL)
            assay__fail(&outcome->error, ASSAY_ERROR_AUTH,
                        "The server wants a token, and none was given (HTTP 401).");
        if (response->status != 401 || round > 0 || !assay__auth_forget(&client->auth))
            return ASSAY_OK;
    }
}

/* The resource of a 2xx response and its name, or why there is none. */
static const char *read_resource(const struct assay__http_response *response, cJSON **resource,
                                 const char **name)
{
    *resource = NULL;
    if (!response->is_json)
        return "its content type is not JSON";
    const char *why = assay__answer_parse(response->body.data, response->body.length, resource);
    if (why != NULL)
        return why;
    *name = assay__answer_text(*resource, "name");
    return *name != NULL ? NULL : "its body has no \"name\"";
}

static void keep_name(struct delivery *delivery, const char *name)
{
    const struct assay__secrets secrets = assay__auth_secrets(&delivery->client->auth);
    struct assay__text clean = {0};
    assay__refusal_clean(&clean, name, strlen(name), sizeof delivery->out->name - 1, secrets.values,
                         sizeof secrets.values / sizeof *secrets.values);
    if (!clean.failed && clean.data != NULL)
        snprintf(delivery->out->name, sizeof delivery->out->name, "%s", clean.data);
    assay__text_release(&clean);
}

/* {parent}/analysisResults/{id}, as the contract has it. */
static bool is_own_name(const struct delivery *delivery, const char *name)
{
    static const char MIDDLE[] = "/analysisResults/";
    size_t parent = strlen(delivery->body->parent), middle = sizeof MIDDLE - 1;
    return strncmp(name, delivery->body->parent, parent) == 0 &&
           strncmp(name + parent, MIDDLE, middle) == 0 &&
           strcmp(name + parent + middle, delivery->body->id) == 0;
}

/* Compares what was sent with what is stored. Where there is no value to compare, the name must be
 * the one asked for: a document of any other service would do. */
static enum assay_status compare_resources(struct delivery *delivery,
                                           const struct assay__http_response *response,
                                           const cJSON *stored, const char *name, enum cause cause,
                                           struct assay__outcome *outcome, struct assay_error *err)
{
    struct assay__arena arena = {0};
    const struct assay__node *sent = NULL;
    char where[160] = "";
    enum assay_status status =
        assay__body_resource(&arena, delivery->text, delivery->length, &sent, err);
    if (status != ASSAY_OK) {
        assay__arena_release(&arena);
        return status;
    }
    if (!assay__canonical_covers(sent, stored, where, sizeof where)) {
        outcome->verdict = ASSAY__VERDICT_FAIL;
        assay__fail(&outcome->error, ASSAY_ERROR_REMOTE,
                    "The server has a different result under the id \"%s\"%s: %s is not "
                    "the same. Choose another id, or delete the stored one.",
                    delivery->body->id, cause == CAUSE_TAKEN ? " (HTTP 409)" : "",
                    where[0] != '\0' ? where : "the document");
    } else if (!assay__canonical_has_value(sent) && !is_own_name(delivery, name)) {
        const struct assay__secrets secrets = assay__auth_secrets(&delivery->client->auth);
        assay__exchange_unacknowledged(response, "The stored result",
                                       "its name is another one, and what was sent has no value "
                                       "to compare",
                                       &secrets, outcome);
    } else {
        delivery->out->already_there = cause != CAUSE_OTHER_NAME;
        keep_name(delivery, name);
    }
    assay__arena_release(&arena);
    return ASSAY_OK;
}

/* Is the stored resource the one that is being sent? */
static enum assay_status compare(struct delivery *delivery, enum cause cause,
                                 struct assay__http_response *response,
                                 struct assay__outcome *outcome, struct assay_error *err)
{
    enum assay_status status = send_authorized(delivery, false, response, outcome, err);
    if (status != ASSAY_OK)
        return status;
    if (response->status == 404) { /* it was there a moment ago: a deletion, or a slow replica */
        outcome->verdict = ASSAY__VERDICT_RETRY;
        if (cause == CAUSE_TAKEN)
            assay__fail(&outcome->error, ASSAY_ERROR_TRY_AGAIN,
                        "The server says that the id \"%s\" is taken (HTTP 409), and then that "
                        "nothing is stored under it (HTTP 404).",
                        delivery->body->id);
        else
            assay__fail(&outcome->error, ASSAY_ERROR_TRY_AGAIN,
                        "The server %s, and nothing is stored under the id \"%s\" (HTTP 404).%s",
                        cause == CAUSE_OLDER ? "answered with an older result"
                                             : "acknowledged another name",
                        delivery->body->id, cause == CAUSE_OLDER ? "" : " Check the base URL.");
    }
    if (outcome->verdict != ASSAY__VERDICT_DONE)
        return ASSAY_OK;
    cJSON *stored;
    const char *name = NULL;
    const char *why = read_resource(response, &stored, &name);
    if (why != NULL) {
        const struct assay__secrets secrets = assay__auth_secrets(&delivery->client->auth);
        assay__exchange_unacknowledged(response, "The stored result", why, &secrets, outcome);
    } else {
        status = compare_resources(delivery, response, stored, name, cause, outcome, err);
    }
    cJSON_Delete(stored);
    return status;
}

static void warn(const struct delivery *delivery, const char *name, const char *message)
{
    assay__client_emit(delivery->client,
                       (struct assay_event){.level = ASSAY_LOG_WARNING,
                                            .name = name,
                                            .resource = delivery->body->id,
                                            .message = message,
                                            .http_status = delivery->out->http_status,
                                            .attempt = delivery->out->attempts});
}

/* A resource that was acknowledged under its name, but with other values than were sent, is told.
 * *again: it is an older one. */
static enum assay_status look_inside(const struct delivery *delivery, const cJSON *resource,
                                     bool *again, struct assay_error *err)
{
    enum assay__content content;
    char where[160] = "", message[320];
    enum assay_status status =
        assay__content_judge(delivery->text, delivery->length, resource, delivery->begin_ns,
                             &content, where, sizeof where, err);
    if (status != ASSAY_OK || content == ASSAY__CONTENT_SENT)
        return status;
    *again = content == ASSAY__CONTENT_OLDER;
    const char *what = where[0] != '\0' ? where : "the document";
    snprintf(message, sizeof message,
             *again ? "The server answered with an older result, in which %s is not the same; "
                      "looking at what is stored."
                    : "The server answered with another value than was sent: %s. It counts as "
                      "delivered.",
             what);
    warn(delivery, "other-content", message);
    return ASSAY_OK;
}

/* Is a 2xx an acknowledgement? *again: what is stored is to be looked at, and *cause why. */
static enum assay_status read_acknowledgement(struct delivery *delivery,
                                              const struct assay__http_response *response,
                                              bool *again, enum cause *cause,
                                              struct assay__outcome *outcome,
                                              struct assay_error *err)
{
    cJSON *resource;
    const char *name = NULL;
    enum assay_status status = ASSAY_OK;
    const char *why = read_resource(response, &resource, &name);
    const struct assay__secrets secrets = assay__auth_secrets(&delivery->client->auth);
    if (why != NULL) {
        assay__exchange_unacknowledged(response, "The result", why, &secrets, outcome);
    } else if (!is_own_name(delivery, name)) {
        *again = true;
        *cause = CAUSE_OTHER_NAME;
        warn(delivery, "other-name",
             "The server acknowledged another name than the one asked for; looking whether the "
             "result is there.");
    } else {
        *cause = CAUSE_OLDER;
        status = look_inside(delivery, resource, again, err);
        if (status == ASSAY_OK && !*again)
            keep_name(delivery, name);
    }
    cJSON_Delete(resource);
    return status;
}

static enum assay_status attempt_once(struct delivery *delivery, struct assay__outcome *outcome,
                                      struct assay_error *err)
{
    struct assay__http_response response = {0};
    enum cause cause = CAUSE_TAKEN;
    enum assay_status status = send_authorized(delivery, true, &response, outcome, err);
    bool again = status == ASSAY_OK && response.status == 409;
    if (status == ASSAY_OK && !again && outcome->verdict == ASSAY__VERDICT_DONE) {
        status = read_acknowledgement(delivery, &response, &again, &cause, outcome, err);
        /* It may be the answer to an earlier request, and the next one then would be, too. */
        if (status == ASSAY_OK && again && !assay__http_reconnect(delivery->client->http))
            status = assay__fail_memory(err);
    }
    if (status == ASSAY_OK && again)
        status = compare(delivery, cause, &response, outcome, err);
    assay__http_response_release(&response);
    return status;
}

/* No more attempts: says why after what the last one said. */
static enum assay_status give_up(const struct delivery *delivery, enum assay__retry_verdict verdict,
                                 double wait, const struct assay_error *last,
                                 struct assay_error *err)
{
    const struct assay_client_options *options = &delivery->client->options;
    const enum assay_status code = ASSAY_ERROR_TRY_AGAIN;
    uint32_t attempts = delivery->out->attempts;
    const char *plural = attempts == 1 ? "" : "s";
    /* The last message leaves room for the reason. */
    if (verdict == ASSAY__RETRY_ATTEMPTS)
        return assay__fail(err, code, "%.600s Gave up after %u attempt%s.", last->message, attempts,
                           plural);
    char waited[ASSAY__NUMBER_BYTES], deadline[ASSAY__NUMBER_BYTES];
    assay__number_round(wait, 1, waited);
    assay__number_round(options->deadline_seconds, 3, deadline);
    if (seconds_left(delivery->client) <= 0.0)
        return assay__fail(err, code,
                           "%.600s Gave up after %u attempt%s: the deadline of %s s is over.",
                           last->message, attempts, plural, deadline);
    return assay__fail(err, code,
                       "%.600s Gave up after %u attempt%s: waiting %s s more would pass the "
                       "deadline of %s s.",
                       last->message, attempts, plural, waited, deadline);
}

/* Waits before the next attempt, unless the caller ends the call. */
static enum assay_status wait_for(const struct assay_client *client, double seconds,
                                  struct assay_error *err)
{
    static const double SLICE_SECONDS = 0.05;
    double end = assay__clock_now() + seconds;
    enum assay_status status = ASSAY_OK;
    bool is_watched = client->halt.hooks != NULL;
    for (double left = seconds; status == ASSAY_OK && left > 0.0; left = end - assay__clock_now()) {
        assay__clock_sleep(is_watched && left > SLICE_SECONDS ? SLICE_SECONDS : left);
        status = assay__halt_check(&client->halt, err);
    }
    return status;
}

static void tell_retry(const struct delivery *delivery, const struct assay__outcome *outcome,
                       uint32_t attempt, double wait)
{
    assay__client_emit(delivery->client, (struct assay_event){.level = ASSAY_LOG_WARNING,
                                                              .name = "retry",
                                                              .resource = delivery->body->id,
                                                              .message = outcome->error.message,
                                                              .http_status = outcome->http_status,
                                                              .attempt = attempt,
                                                              .wait_seconds = wait});
}

/* What a server asked for at an earlier result, whose delivery ended before the time, is waited
 * before this one is sent: one Retry-After is for all that this client sends. */
static enum assay_status wait_for_pause(struct delivery *delivery, struct assay_error *err)
{
    struct assay_client *client = delivery->client;
    struct assay__outcome outcome = {.verdict = ASSAY__VERDICT_RETRY};
    double now = assay__clock_now(), wait;
    if (now >= client->pause_end)
        return ASSAY_OK;
    assay__fail(&outcome.error, ASSAY_ERROR_TRY_AGAIN,
                "The result was not sent yet: the server has asked for a pause.");
    struct assay__retry retry = client->retry;
    retry.max_attempts = UINT32_MAX;
    enum assay__retry_verdict verdict =
        assay__retry_next(&retry, 1, client->pause_end - now, now, &wait);
    client->retry.random = retry.random;
    if (verdict != ASSAY__RETRY_WAIT)
        return give_up(delivery, verdict, wait, &outcome.error, err);
    tell_retry(delivery, &outcome, 0, wait);
    return wait_for(client, wait, err);
}

static enum assay_status run_attempts(struct delivery *delivery, struct assay_error *err)
{
    struct assay_client *client = delivery->client;
    const char *id = delivery->body->id;
    for (uint32_t attempt = 1;; attempt++) {
        struct assay__outcome outcome = {.verdict = ASSAY__VERDICT_DONE};
        delivery->out->attempts = attempt;
        delivery->out->http_status = 0;
        assay__client_emit(client, (struct assay_event){.level = ASSAY_LOG_DEBUG,
                                                        .name = "attempt",
                                                        .resource = id,
                                                        .message = delivery->post_url.data,
                                                        .attempt = attempt});
        enum assay_status status =
            assay__halt_progress(&client->halt, "deliver", attempt - 1, 0, err);
        if (status == ASSAY_OK)
            status = attempt_once(delivery, &outcome, err);
        if (status != ASSAY_OK || outcome.verdict == ASSAY__VERDICT_DONE)
            return status;
        if (outcome.verdict == ASSAY__VERDICT_FAIL) {
            if (err != NULL)
                *err = outcome.error;
            return outcome.error.code;
        }
        double wait, now = assay__clock_now();
        client->pause_end = fmax(client->pause_end, now + outcome.retry_after);
        enum assay__retry_verdict verdict =
            assay__retry_next(&client->retry, attempt, outcome.retry_after, now, &wait);
        if (verdict != ASSAY__RETRY_WAIT)
            return give_up(delivery, verdict, wait, &outcome.error, err);
        tell_retry(delivery, &outcome, attempt, wait);
        status = wait_for(client, wait, err);
        if (status != ASSAY_OK)
            return status;
    }
}

static void report(const struct delivery *delivery, enum assay_status status,
                   const struct assay_error *why)
{
    const struct assay_delivery *out = delivery->out;
    if (status != ASSAY_OK) {
        assay__client_emit_failure(delivery->client, delivery->body->id, why, out);
        return;
    }
    struct assay_event event = {.level = ASSAY_LOG_INFO,
                                .name = "delivered",
                                .resource = delivery->body->id,
                                .message = out->name,
                                .http_status = out->http_status,
                                .attempt = out->attempts};
    if (out->already_there)
        event.name = "already-there";
    assay__client_emit(delivery->client, event);
}

enum assay_status assay__deliver(struct assay_client *client, const struct assay__body *body,
                                 const char *text, size_t length, struct assay_delivery *out,
                                 struct assay_error *err)
{
    struct assay_error why = {0};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct delivery delivery = {.client = client,
                                .body = body,
                                .text = text,
                                .length = length,
                                .begin_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec,
                                .out = out};
    assay__client_url(client, body, true, &delivery.post_url);
    assay__client_url(client, body, false, &delivery.get_url);
    client->retry.deadline = assay__clock_now() + client->options.deadline_seconds;
    enum assay_status status = delivery.post_url.failed || delivery.get_url.failed
                                   ? assay__fail_memory(&why)
                                   : assay__client_check(client, &why);
    if (status == ASSAY_OK)
        status = wait_for_pause(&delivery, &why);
    if (status == ASSAY_OK)
        status = run_attempts(&delivery, &why);
    report(&delivery, status, &why);
    if (status != ASSAY_OK && err != NULL)
        *err = why;
    assay__text_release(&delivery.post_url);
    assay__text_release(&delivery.get_url);
    return status;
}
