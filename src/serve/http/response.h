/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_RESPONSE_H
#define ASSAY_SERVE_HTTP_RESPONSE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"

/**
 * SERVE_REFUSAL_LIST: every way to refuse a request, as
 * X(enumerator, HTTP status, google.rpc.Code, seconds of Retry-After or 0). HTTP tells a missing
 * length or a wrong media type from other wrong arguments; google.rpc.Code does not.
 */
#define SERVE_REFUSAL_LIST(X)                                                                      \
    X(INVALID, 400, 3, 0)                                                                          \
    X(UNAUTHENTICATED, 401, 16, 0)                                                                 \
    X(FORBIDDEN, 403, 7, 0)                                                                        \
    X(NOT_FOUND, 404, 5, 0)                                                                        \
    X(METHOD, 405, 12, 0)                                                                          \
    X(EXISTS, 409, 6, 0)                                                                           \
    X(NO_LENGTH, 411, 3, 0)                                                                        \
    X(CHANGED, 412, 9, 0)                                                                          \
    X(TOO_LARGE, 413, 3, 0)                                                                        \
    X(MEDIA_TYPE, 415, 3, 0)                                                                       \
    X(MISDIRECTED, 421, 9, 0)                                                                      \
    X(TOO_MANY, 429, 8, 1)                                                                         \
    X(DAMAGED, 500, 15, 0)                                                                         \
    X(UNKNOWN, 500, 2, 0)                                                                          \
    X(UNAVAILABLE, 503, 14, 5)

enum serve_refusal {
#define SERVE_REFUSAL_ENUM(name, http, code, seconds) SERVE_##name,
    SERVE_REFUSAL_LIST(SERVE_REFUSAL_ENUM)
#undef SERVE_REFUSAL_ENUM
};

/** struct serve_problem: what is wrong with one field (a google.rpc field violation). */
struct serve_problem {
    const char *field, *description;
    struct serve_problem *next;
};

/** struct serve_problems: the first problems, in order. Set the arena, zero the rest. */
struct serve_problems {
    struct assay__arena *arena;
    struct serve_problem *first, *last;
    unsigned count; /* also of those not kept */
};

enum { SERVE_PROBLEMS_KEPT = 20, SERVE_ETAG_BYTES = 40 };

/** serve_problem_add() adds a sentence about a field; field is copied. */
void serve_problem_add(struct serve_problems *problems, const char *field, const char *format, ...)
    ASSAY__PRINTF(3, 4);

/** struct serve_answer: what goes back. Zero-initialise it; serve_answer_release() frees it. */
struct serve_answer {
    unsigned http_status;
    const char *content_type; /* static text */
    const char *allow;        /* methods, of a 405; static text */
    const char *challenge;    /* WWW-Authenticate of a 401; static text */
    unsigned retry_after_seconds;
    char etag[SERVE_ETAG_BYTES]; /* with its quotes; "" for none */
    bool is_page;
    struct assay__text body;
};

/** serve_answer_json() makes the answer a 200 whose body, in JSON, follows. */
void serve_answer_json(struct serve_answer *answer);

/**
 * serve_answer_refuse() makes the answer a google.rpc.Status with its message and, where there are
 * problems (NULL for none), their field violations. What the answer held before is dropped.
 */
void serve_answer_refuse(struct serve_answer *answer, enum serve_refusal refusal,
                         const struct serve_problems *problems, const char *format, ...)
    ASSAY__PRINTF(4, 5);

/** serve_etag_make() is the ETag of a document, quotes included: half of its SHA-256. */
void serve_etag_make(const void *document, size_t length, char out[SERVE_ETAG_BYTES]);

/**
 * serve_etag_is_in() looks for an ETag, quotes included, in the list of an If-Match (is_weak_fine
 * false: entries W/"..." do not count) or If-None-Match (true) header. "*" is every ETag.
 */
bool serve_etag_is_in(const char *etag, const char *list, bool is_weak_fine);

void serve_answer_release(struct serve_answer *answer);

#endif
