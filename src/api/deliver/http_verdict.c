/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the end of an exchange means for the delivery. */
#include "api/deliver/http_verdict.h"

#include <string.h>

#include "api/deliver/refusal.h"
#include "api/deliver/retry.h"

static const char *const PURPOSES[] = {
    [ASSAY__PURPOSE_RESULT] = "The result",
    [ASSAY__PURPOSE_COMPARISON] = "The comparison with the stored result",
    [ASSAY__PURPOSE_TOKEN] = "The request for a token",
};

/* Statuses with an outcome or words of their own; the rest is ASSAY_ERROR_REMOTE or a retry. */
static const struct status_meaning {
    long status;
    enum assay_status code;
    const char *words, *words_of_token; /* the second for requests for a token; NULL: the same */
} MEANINGS[] = {
    {400, ASSAY_ERROR_REMOTE, "was refused as wrong", NULL},
    {401, ASSAY_ERROR_AUTH,
     "was refused: the token is not accepted; check that it has not expired and is for this server",
     "was refused: the client id or its secret is not accepted; check both"},
    {403, ASSAY_ERROR_AUTH,
     "was refused: the token does not allow it; check the parent, or ask for access",
     "was refused: this client may not have a token; ask for access"},
    {404, ASSAY_ERROR_REMOTE,
     "was refused: the place does not exist; check the parent and base URL",
     "was refused: the place does not exist; check the token URL"},
    {407, ASSAY_ERROR_AUTH, "was stopped: the proxy asks for a user name and password", NULL},
    {408, ASSAY_ERROR_TRY_AGAIN, "was not taken: the server gave up waiting for the request", NULL},
    {413, ASSAY_ERROR_REMOTE, "was refused as too large; the server's limit must be raised", NULL},
    {425, ASSAY_ERROR_TRY_AGAIN, "was not taken: too early", NULL},
    {429, ASSAY_ERROR_TRY_AGAIN, "was not taken: too many requests", NULL},
};

/* Ends the server's words like a sentence, since more may follow. */
static void end_sentence(struct assay__text *words)
{
    if (words->length > 0 && strchr(".!?", words->data[words->length - 1]) == NULL)
        assay__text_putc(words, '.');
}

/* Where a redirect points to, less the user name and password that may be in it. */
static void quote_location(struct assay__text *words, const char *location,
                           const struct assay__secrets *secrets)
{
    struct assay__text plain = {0};
    const char *scheme_end = strstr(location, "://");
    const char *host = scheme_end != NULL ? scheme_end + 3 : location;
    assay__text_append(&plain, location, (size_t)(host - location));
    for (const char *end = host + strcspn(host, "/?#"), *at = host; at < end; at++)
        host = *at == '@' ? at + 1 : host;
    assay__text_puts(&plain, host);
    if (!plain.failed)
        assay__refusal_quote(words, plain.data, plain.length, secrets->values,
                             sizeof secrets->values / sizeof *secrets->values);
    assay__text_release(&plain);
}

static void judge_status(const struct assay__http_response *response, enum assay__purpose purpose,
                         const struct assay__secrets *secrets, struct assay__outcome *outcome)
{
    long status = response->status;
    bool may_succeed = assay__retry_status(status);
    enum assay_status code = may_succeed ? ASSAY_ERROR_TRY_AGAIN : ASSAY_ERROR_REMOTE;
    const char *advice = may_succeed ? "was not taken: the server failed" : "was refused";
    for (size_t i = 0; i < sizeof MEANINGS / sizeof *MEANINGS; i++) {
        if (MEANINGS[i].status == status) {
            bool is_own = purpose == ASSAY__PURPOSE_TOKEN && MEANINGS[i].words_of_token != NULL;
            code = MEANINGS[i].code;
            advice = is_own ? MEANINGS[i].words_of_token : MEANINGS[i].words;
        }
    }
    struct assay__text words = {0};
    if (status >= 300 && status <= 399 && status != 304) {
        advice = purpose == ASSAY__PURPOSE_TOKEN
                     ? "was redirected, which is never followed; check the token URL"
                     : "was redirected, which is never followed; check the base URL";
        assay__text_puts(&words, "it points to ");
        quote_location(&words, response->location.length > 0 ? response->location.data : "nowhere",
                       secrets);
    } else if (response->body.length > 0) {
        assay__refusal_explain(&words, response->body.data, response->body.length, secrets->values,
                               sizeof secrets->values / sizeof *secrets->values);
        end_sentence(&words);
    }
    bool has_words = words.length > 0 && !words.failed;
    assay__fail(&outcome->error, code, "%s %s (HTTP %ld)%s%s", PURPOSES[purpose], advice, status,
                has_words ? ": " : ".", has_words ? words.data : "");
    outcome->verdict = may_succeed ? ASSAY__VERDICT_RETRY : ASSAY__VERDICT_FAIL;
    assay__text_release(&words);
}

/* No response: what stood in the way, and what to do. */
static const struct obstacle {
    enum assay__verdict verdict;
    enum assay_status code;
    const char *sentence, *advice;
} OBSTACLES[ASSAY__HTTP_OUTCOME_COUNT] = {
    [ASSAY__HTTP_UNREACHED] = {ASSAY__VERDICT_RETRY, ASSAY_ERROR_TRY_AGAIN,
                               "the server cannot be reached", ""},
    [ASSAY__HTTP_NO_TLS] = {ASSAY__VERDICT_RETRY, ASSAY_ERROR_TRY_AGAIN,
                            "no TLS connection to the server can be made",
                            " Check that it speaks https at that port, and whether it wants a "
                            "client certificate."},
    [ASSAY__HTTP_BROKEN] = {ASSAY__VERDICT_RETRY, ASSAY_ERROR_TRY_AGAIN,
                            "the server did not answer properly", ""},
    [ASSAY__HTTP_UNTRUSTED] = {ASSAY__VERDICT_FAIL, ASSAY_ERROR_REMOTE,
                               "the server's certificate cannot be trusted", NULL},
    [ASSAY__HTTP_UNKNOWN] = {ASSAY__VERDICT_FAIL, ASSAY_ERROR_AUTH,
                             "the server does not accept this client",
                             " Give a client certificate that it knows, and its key."},
    [ASSAY__HTTP_CA_FILE] = {ASSAY__VERDICT_FAIL, ASSAY_ERROR_NO_INPUT,
                             "the CA file cannot be used",
                             " It must hold one or more certificates, PEM."},
    [ASSAY__HTTP_KEY_FILE] = {ASSAY__VERDICT_FAIL, ASSAY_ERROR_NO_INPUT,
                              "the client certificate or its key cannot be used",
                              " Both must be PEM, belong together and have no password."},
    [ASSAY__HTTP_LOCAL] = {ASSAY__VERDICT_FAIL, ASSAY_ERROR_USAGE, "the request cannot be made",
                           ""},
};

/* What to do about a certificate, by the words of libcurl and of its TLS library. */
static const char *certificate_advice(const char *reason)
{
    static const struct {
        const char *words, *advice;
    } ADVICE[] = {
        {"not yet valid", " Check this machine's clock; if it is right, the server's operator must "
                          "replace the certificate."},
        {"expir", " The server's operator must renew it; if they did, check this machine's clock."},
        {"target host name", " It is not for the host of the URL: check the base URL."},
        {"self-signed",
         " If you trust this server, give the certificate of its CA as the CA file."},
        {"self signed",
         " If you trust this server, give the certificate of its CA as the CA file."},
        {"issuer", " If you trust this server, give the certificate of its CA as the CA file."},
    };
    for (size_t i = 0; i < sizeof ADVICE / sizeof *ADVICE; i++)
        if (strstr(reason, ADVICE[i].words) != NULL)
            return ADVICE[i].advice;
    return " Check the base URL and the CA file.";
}

static void judge_proxy(long status, const char *what, struct assay__outcome *outcome)
{
    if (status == 407) {
        outcome->verdict = ASSAY__VERDICT_FAIL;
        assay__fail(&outcome->error, ASSAY_ERROR_AUTH,
                    "%s was stopped: the proxy asks for a user name and password (HTTP 407). Put "
                    "them into the proxy's URL.",
                    what);
    } else if (assay__retry_status(status)) {
        outcome->verdict = ASSAY__VERDICT_RETRY;
        assay__fail(&outcome->error, ASSAY_ERROR_TRY_AGAIN,
                    "%s was stopped: the proxy %s (HTTP %ld).", what,
                    status < 500 ? "asks to try again later" : "cannot reach the server", status);
    } else {
        outcome->verdict = ASSAY__VERDICT_FAIL;
        assay__fail(&outcome->error, ASSAY_ERROR_REMOTE,
                    "%s was stopped: the proxy does not let it through (HTTP %ld). Check the proxy "
                    "and the base URL.",
                    what, status);
    }
}

/* The reason may quote the server, such as the name in its certificate. */
static void judge_obstacle(const struct assay__http_response *response, const char *what,
                           const struct assay__secrets *secrets, struct assay__outcome *outcome)
{
    const struct obstacle *obstacle = &OBSTACLES[response->outcome];
    struct assay__text reason = {0};
    assay__refusal_quote(&reason, response->reason, strlen(response->reason), secrets->values,
                         sizeof secrets->values / sizeof *secrets->values);
    const char *words = reason.data != NULL && !reason.failed ? reason.data : "";
    const char *advice = obstacle->advice != NULL ? obstacle->advice : certificate_advice(words);
    outcome->verdict = obstacle->verdict;
    assay__fail(&outcome->error, obstacle->code, "%s was not delivered: %s (%s).%s", what,
                obstacle->sentence, words, advice);
    assay__text_release(&reason);
}

void assay__exchange_judge(const struct assay__http_response *response, enum assay__purpose purpose,
                           const struct assay__secrets *secrets, struct assay__outcome *outcome)
{
    outcome->verdict = ASSAY__VERDICT_DONE;
    outcome->http_status = response->status;
    outcome->retry_after = response->retry_after;
    if (response->outcome == ASSAY__HTTP_PROXY)
        judge_proxy(response->proxy_status, PURPOSES[purpose], outcome);
    else if (response->outcome != ASSAY__HTTP_RESPONSE)
        judge_obstacle(response, PURPOSES[purpose], secrets, outcome);
    else if (response->status < 200 || response->status > 299)
        judge_status(response, purpose, secrets, outcome);
}

void assay__exchange_unacknowledged(const struct assay__http_response *response, const char *what,
                                    const char *why, const struct assay__secrets *secrets,
                                    struct assay__outcome *outcome)
{
    struct assay__text words = {0};
    if (response->body.length > 0)
        assay__refusal_quote(&words, response->body.data, response->body.length, secrets->values,
                             sizeof secrets->values / sizeof *secrets->values);
    end_sentence(&words);
    bool has_words = words.length > 0 && !words.failed;
    outcome->verdict = ASSAY__VERDICT_RETRY;
    assay__fail(&outcome->error, ASSAY_ERROR_TRY_AGAIN,
                "%s is not acknowledged: the server answered HTTP %ld, but %s%s%s", what,
                response->status, why, has_words ? ": " : ".", has_words ? words.data : "");
    assay__text_release(&words);
}
