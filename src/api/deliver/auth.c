/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bearer tokens: given, from a file, or by OAuth client credentials. */
#include "api/deliver/auth.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "api/deliver/answer.h"
#include "json/json_write.h"
#include "base/clock.h"
#include "number/number.h"

enum { TOKEN_BYTES_MAX = 16384 };

/* Lifetimes in seconds. A token is renewed before it expires, by a margin that leaves time for one
 * request but never eats more than a tenth of a short life. */
static const double LIFETIME_DEFAULT = 300.0, LIFETIME_MAX = 86400.0, MARGIN_MAX = 60.0;

/* RFC 6750: a token is visible ASCII. This also keeps line breaks out of the header. */
static bool is_token(const char *token, size_t length)
{
    if (length == 0 || length > TOKEN_BYTES_MAX)
        return false;
    for (size_t i = 0; i < length; i++)
        if (token[i] <= 0x20 || token[i] >= 0x7F)
            return false;
    return true;
}

/* Overwrites and frees. */
static void forget_string(char **string)
{
    if (*string != NULL)
        explicit_bzero(*string, strlen(*string));
    assay__free(*string);
    *string = NULL;
}

/* The token is used no more, but still must not be shown: where it was only replaced, it may be
 * accepted elsewhere. */
static void retire_token(struct assay__auth *auth)
{
    if (auth->token == NULL)
        return;
    forget_string(&auth->previous);
    auth->previous = auth->token;
    auth->token = NULL;
}

/* file is what holds it, or NULL. */
static void fail(struct assay__outcome *outcome, const char *file, const char *what,
                 const char *why)
{
    outcome->verdict = ASSAY__VERDICT_FAIL;
    assay__fail_at(&outcome->error, ASSAY_ERROR_AUTH, file, 0, 0, "%s %s.", what, why);
}

static enum assay_status keep(struct assay__auth *auth, const char *token, size_t length,
                              const char *file, const char *what, struct assay__outcome *outcome,
                              struct assay_error *err)
{
    if (!is_token(token, length)) {
        fail(outcome, file, what,
             length == 0 ? "is empty"
                         : "is not a token: one line of visible ASCII characters, without blanks");
        return ASSAY_OK;
    }
    auth->token = assay__malloc(length + 1);
    if (auth->token == NULL)
        return assay__fail_memory(err);
    memcpy(auth->token, token, length);
    auth->token[length] = '\0';
    return ASSAY_OK;
}

/* Reads all of a file that holds a secret, less its line end, past stdio and its buffers; false
 * when that fails, and says why. One byte more than a secret may have is enough to see that it is
 * too long. */
static bool read_secret(const char *path, const char *what, char bytes[TOKEN_BYTES_MAX + 2],
                        size_t *length, struct assay__outcome *outcome)
{
    const size_t size = TOKEN_BYTES_MAX + 2;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : 1;
    *length = 0;
    while (got > 0 && *length < size) {
        got = read(fd, bytes + *length, size - *length);
        if (got > 0)
            *length += (size_t)got;
        else if (got < 0 && errno == EINTR)
            got = 1;
    }
    if (got < 0) {
        outcome->verdict = ASSAY__VERDICT_FAIL;
        assay__fail_at(&outcome->error, ASSAY_ERROR_AUTH, path, 0, 0, "The %s cannot be read: %s.",
                       what, strerror(errno));
    }
    if (fd >= 0)
        close(fd);
    while (*length > 0 && (bytes[*length - 1] == '\n' || bytes[*length - 1] == '\r'))
        --*length;
    return got >= 0;
}

static enum assay_status read_token(struct assay__auth *auth, struct assay__outcome *outcome,
                                    struct assay_error *err)
{
    char bytes[TOKEN_BYTES_MAX + 2];
    size_t length;
    enum assay_status status = ASSAY_OK;
    if (read_secret(auth->file, "token file", bytes, &length, outcome))
        status =
            keep(auth, bytes, length, auth->file, "The content of the token file", outcome, err);
    explicit_bzero(bytes, sizeof bytes);
    return status;
}

/* Reads the client secret anew, so that one that was replaced is used from now on. */
static enum assay_status read_client_secret(struct assay__auth *auth,
                                            struct assay__outcome *outcome, struct assay_error *err)
{
    char bytes[TOKEN_BYTES_MAX + 2];
    size_t length;
    enum assay_status status = ASSAY_OK;
    forget_string(&auth->secret);
    bool is_read =
        read_secret(auth->client_secret_file, "file of the client secret", bytes, &length, outcome);
    bool is_secret = length > 0 && length <= TOKEN_BYTES_MAX && memchr(bytes, '\0', length) == NULL;
    if (is_read && !is_secret) {
        fail(outcome, auth->client_secret_file, "The file of the client secret",
             length == 0 ? "is empty" : "does not hold a secret: it is too long, or not text");
    } else if (is_read) {
        auth->secret = assay__strndup(bytes, length);
        if (auth->secret == NULL)
            status = assay__fail_memory(err);
    }
    explicit_bzero(bytes, sizeof bytes);
    return status;
}

/* expiresIn is a number of seconds, a string of one, or a protobuf duration such as "3600s". */
static double lifetime_of(const cJSON *expires)
{
    double seconds = LIFETIME_DEFAULT;
    if (cJSON_IsNumber(expires)) {
        seconds = expires->valuedouble;
    } else if (cJSON_IsString(expires)) {
        const char *text = expires->valuestring;
        size_t length = strlen(text);
        if (length > 0 && text[length - 1] == 's')
            length--;
        if (assay__double_parse(text, length, &seconds) != ASSAY__PARSE_OK)
            seconds = LIFETIME_DEFAULT;
    }
    return fmin(fmax(seconds, 0.0), LIFETIME_MAX);
}

static enum assay_status take_grant(struct assay__auth *auth,
                                    const struct assay__http_response *response,
                                    struct assay__outcome *outcome, struct assay_error *err)
{
    cJSON *root = NULL;
    enum assay_status status = ASSAY_OK;
    if (response->is_json)
        (void)assay__answer_parse(response->body.data, response->body.length, &root);
    cJSON *token = cJSON_GetObjectItemCaseSensitive(root, "accessToken");
    if (!cJSON_IsString(token)) {
        /* The body is not quoted: a token may be in it under another name. */
        outcome->verdict = ASSAY__VERDICT_RETRY;
        assay__fail(&outcome->error, ASSAY_ERROR_TRY_AGAIN,
                    "The token endpoint answered HTTP %ld without a JSON object that holds an "
                    "\"accessToken\".",
                    response->status);
    } else {
        double lifetime = lifetime_of(cJSON_GetObjectItemCaseSensitive(root, "expiresIn"));
        size_t length = strlen(token->valuestring);
        auth->renew_at = assay__clock_now() + lifetime - fmin(MARGIN_MAX, 0.1 * lifetime);
        status = keep(auth, token->valuestring, length, NULL,
                      "The access token of the token endpoint", outcome, err);
        explicit_bzero(token->valuestring, length);
    }
    cJSON_Delete(root);
    return status;
}

static enum assay_status exchange(struct assay__auth *auth, struct assay__http *http,
                                  double seconds_left, struct assay__outcome *outcome,
                                  struct assay_error *err)
{
    if (auth->client_secret_file != NULL) {
        enum assay_status loaded = read_client_secret(auth, outcome, err);
        if (loaded != ASSAY_OK || outcome->verdict != ASSAY__VERDICT_DONE)
            return loaded;
    }
    struct assay__text body = {0};
    struct assay__json json = {.out = &body};
    assay__json_begin(&json, '{');
    assay__json_member_string(&json, "grantType", "client_credentials");
    assay__json_member_string(&json, "clientId", auth->client_id);
    assay__json_member_string(&json, "clientSecret",
                              auth->secret != NULL ? auth->secret : auth->client_secret);
    assay__json_end(&json, '}');
    struct assay__http_response response = {0};
    const struct assay__http_request request = {.endpoint = &auth->endpoint,
                                                .url = auth->endpoint.url,
                                                .body = body.data,
                                                .body_length = body.length,
                                                .seconds_left = seconds_left};
    enum assay_status status =
        body.failed ? assay__fail_memory(err) : assay__http_send(http, &request, &response, err);
    if (status == ASSAY_OK) {
        const struct assay__secrets secrets = assay__auth_secrets(auth);
        assay__exchange_judge(&response, ASSAY__PURPOSE_TOKEN, &secrets, outcome);
        if (outcome->verdict == ASSAY__VERDICT_DONE)
            status = take_grant(auth, &response, outcome, err);
        else if (outcome->verdict == ASSAY__VERDICT_FAIL && response.status >= 400)
            outcome->error.code = ASSAY_ERROR_AUTH; /* whatever the status, there is no token */
    }
    if (response.body.data != NULL)
        explicit_bzero(response.body.data, response.body.length);
    if (body.data != NULL)
        explicit_bzero(body.data, body.length);
    assay__http_response_release(&response);
    assay__text_release(&body);
    return status;
}

enum assay_status assay__auth_token(struct assay__auth *auth, struct assay__http *http,
                                    double seconds_left, struct assay__outcome *outcome,
                                    bool *fetched, struct assay_error *err)
{
    outcome->verdict = ASSAY__VERDICT_DONE;
    *fetched = false;
    if (auth->token != NULL && (auth->client_id == NULL || assay__clock_now() < auth->renew_at))
        return ASSAY_OK;
    retire_token(auth);
    enum assay_status status = ASSAY_OK;
    if (auth->fixed != NULL)
        status = keep(auth, auth->fixed, strlen(auth->fixed), NULL, "The token", outcome, err);
    else if (auth->file != NULL)
        status = read_token(auth, outcome, err);
    else if (auth->client_id != NULL)
        status = exchange(auth, http, seconds_left, outcome, err);
    *fetched = auth->token != NULL;
    return status;
}

bool assay__auth_forget(struct assay__auth *auth)
{
    if (auth->file == NULL && auth->client_id == NULL)
        return false;
    retire_token(auth);
    return true;
}

struct assay__secrets assay__auth_secrets(const struct assay__auth *auth)
{
    const char *secret = auth->secret != NULL ? auth->secret : auth->client_secret;
    return (struct assay__secrets){{auth->token, auth->previous, secret, auth->fixed}};
}

void assay__auth_release(struct assay__auth *auth)
{
    forget_string(&auth->token);
    forget_string(&auth->previous);
    forget_string(&auth->secret);
}
