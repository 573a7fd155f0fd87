/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the end of an exchange means for the delivery. */
#include "api/exchange.h"

#include <string.h>

#include "api/refusal.h"
#include "api/retry.h"

/* Statuses with an outcome or a word of their own; the rest is ASSAY_ERROR_REMOTE or a retry. */
static const struct status_meaning {
    long status;
    enum assay_status code;
    const char *advice;
} MEANINGS[] = {
    {400, ASSAY_ERROR_REMOTE, "was refused as wrong"},
    {401, ASSAY_ERROR_AUTH, "was refused: the token is not accepted"},
    {403, ASSAY_ERROR_AUTH, "was refused: the token does not allow it"},
    {404, ASSAY_ERROR_REMOTE, "was refused: there is no such place; check the parent and base URL"},
    {407, ASSAY_ERROR_AUTH, "was stopped: the proxy asks for a user name and password"},
    {408, ASSAY_ERROR_TRY_AGAIN, "was not taken: the server gave up waiting for the request"},
    {413, ASSAY_ERROR_REMOTE, "was refused as too large"},
    {425, ASSAY_ERROR_TRY_AGAIN, "was not taken: too early"},
    {429, ASSAY_ERROR_TRY_AGAIN, "was not taken: too many requests"},
};

static void judge_status(const struct assay__http_response *response, const char *what,
                         const struct assay__secrets *secrets, struct assay__outcome *outcome)
{
    long status = response->status;
    bool may_succeed = assay__retry_status(status);
    enum assay_status code = may_succeed ? ASSAY_ERROR_TRY_AGAIN : ASSAY_ERROR_REMOTE;
    const char *advice = may_succeed ? "was not taken: the server failed" : "was refused";
    for (size_t i = 0; i < sizeof MEANINGS / sizeof *MEANINGS; i++) {
        if (MEANINGS[i].status == status) {
            code = MEANINGS[i].code;
            advice = MEANINGS[i].advice;
        }
    }
    struct assay__text words = {0};
    const size_t secret_count = sizeof secrets->values / sizeof *secrets->values;
    if (status >= 300 && status <= 399) {
        advice = "was redirected, which is never followed";
        assay__text_puts(&words, "it points to ");
        const char *location = response->location.length > 0 ? response->location.data : "nowhere";
        assay__refusal_quote(&words, location, strlen(location), secrets->values, secret_count);
    } else if (response->body.length > 0) {
        assay__refusal_explain(&words, response->body.data, response->body.length, secrets->values,
                               secret_count);
    }
    bool has_words = words.length > 0 && !words.failed;
    assay__fail(&outcome->error, code, "%s %s (HTTP %ld)%s%s", what, advice, status,
                has_words ? ": " : ".", has_words ? words.data : "");
    outcome->verdict = may_succeed ? ASSAY__VERDICT_RETRY : ASSAY__VERDICT_FAIL;
    assay__text_release(&words);
}

/* No response: what stood in the way. */
static const struct obstacle {
    enum assay__verdict verdict;
    enum assay_status code;
    const char *sentence;
} OBSTACLES[] = {
    [ASSAY__HTTP_UNREACHED] = {ASSAY__VERDICT_RETRY, ASSAY_ERROR_UNAVAILABLE,
                               "the server cannot be reached"},
    [ASSAY__HTTP_BROKEN] = {ASSAY__VERDICT_RETRY, ASSAY_ERROR_TRY_AGAIN,
                            "the server did not answer properly"},
    [ASSAY__HTTP_UNTRUSTED] = {ASSAY__VERDICT_FAIL, ASSAY_ERROR_REMOTE,
                               "the server's certificate cannot be trusted"},
    [ASSAY__HTTP_LOCAL] = {ASSAY__VERDICT_FAIL, ASSAY_ERROR_USAGE, "the request cannot be made"},
};

void assay__exchange_judge(const struct assay__http_response *response, const char *what,
                           const struct assay__secrets *secrets, struct assay__outcome *outcome)
{
    outcome->verdict = ASSAY__VERDICT_DONE;
    outcome->http_status = response->status;
    outcome->retry_after = response->retry_after;
    if (response->outcome == ASSAY__HTTP_RESPONSE || response->outcome == ASSAY__HTTP_BROKEN)
        outcome->was_reached = true;
    if (response->outcome != ASSAY__HTTP_RESPONSE) {
        const struct obstacle *obstacle = &OBSTACLES[response->outcome];
        outcome->verdict = obstacle->verdict;
        assay__fail(&outcome->error, obstacle->code, "%s was not delivered: %s (%s).", what,
                    obstacle->sentence, response->reason);
    } else if (response->status < 200 || response->status > 299) {
        judge_status(response, what, secrets, outcome);
    }
}

void assay__exchange_unacknowledged(const struct assay__http_response *response, const char *what,
                                    const char *why, const struct assay__secrets *secrets,
                                    struct assay__outcome *outcome)
{
    struct assay__text words = {0};
    if (response->body.length > 0)
        assay__refusal_quote(&words, response->body.data, response->body.length, secrets->values,
                             sizeof secrets->values / sizeof *secrets->values);
    bool has_words = words.length > 0 && !words.failed;
    outcome->verdict = ASSAY__VERDICT_RETRY;
    assay__fail(&outcome->error, ASSAY_ERROR_TRY_AGAIN,
                "%s is not acknowledged: the server answered HTTP %ld, but %s%s%s", what,
                response->status, why, has_words ? ": " : ".", has_words ? words.data : "");
    assay__text_release(&words);
}
