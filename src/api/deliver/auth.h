/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_DELIVER_AUTH_H
#define ASSAY_API_DELIVER_AUTH_H

#include "api/deliver/http_verdict.h"

/** struct assay__auth: where the bearer token comes from, and the one at hand. Strings borrowed. */
struct assay__auth {
    const char *fixed;                     /* given once and for all */
    const char *file;                      /* read at every refresh */
    const char *client_id, *client_secret; /* exchanged at endpoint */
    const char *client_secret_file;        /* instead of client_secret, read at every exchange */
    struct assay__endpoint endpoint;
    char *token;     /* NULL when one must be fetched */
    char *previous;  /* the one before, which a server may still repeat; NULL for none */
    char *secret;    /* what was read from client_secret_file last */
    double renew_at; /* monotonic clock; only for exchanged tokens */
};

/**
 * assay__auth_token() sees to it that auth->token is usable; no token at all is fine when there is
 * no source of one. *fetched says whether it is new. A failure is an outcome, except no memory.
 */
enum assay_status assay__auth_token(struct assay__auth *auth, struct assay__http *http,
                                    double seconds_left, struct assay__outcome *outcome,
                                    bool *fetched, struct assay_error *err);

/** assay__auth_forget() drops the token; false when no other one can be had. */
bool assay__auth_forget(struct assay__auth *auth);

/** assay__auth_secrets() lists what no message may show. */
struct assay__secrets assay__auth_secrets(const struct assay__auth *auth);

/** assay__auth_release() overwrites and frees the tokens and the secret that was read. */
void assay__auth_release(struct assay__auth *auth);

#endif
