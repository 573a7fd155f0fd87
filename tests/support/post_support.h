/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of delivery share: a body, impatient options, an outbox, the events. */
#ifndef ASSAY_TESTS_POST_SUPPORT_H
#define ASSAY_TESTS_POST_SUPPORT_H

#include "hostile.h"
#include "test.h"

#define POST_TOKEN "tok-0123456789-SECRET"
#define POST_PARENT "workflows/ab/instances/one"
#define POST_NAME POST_PARENT "/analysisResults/res-1"
#define POST_BODY                                                                                  \
    "{\"parent\":\"" POST_PARENT "\",\"analysisResultId\":\"res-1\",\"analysisResult\":"           \
    "{\"results\":[{\"id\":\"m\",\"x\":0.30000000000000004,\"n\":12345678901234567}]}}"

enum { POST_LOG_BYTES = 1 << 16 };

/** struct post: a client's surroundings. */
struct post {
    struct assay_client_options options; /* impatient, with the token and a fresh outbox */
    struct assay_client *client;
    struct assay_error err;
    struct assay_delivery delivery;
    enum assay_status status;
    char outbox[64];
    char log[POST_LOG_BYTES]; /* every event: "name|resource|http|attempt|message\n" */
};

/** post_init() fills in options for a server; post_release() removes the outbox. */
void post_init(struct post *post, const char *url);
void post_release(struct post *post);

/** post_once() makes a client, posts POST_BODY, frees the client. The outcome is in *post. */
void post_once(struct post *post);

/** post_outbox_count() counts all files of the outbox. */
size_t post_outbox_count(const struct post *post);

/** post_assert_kept() fails unless the outbox holds exactly POST_BODY. */
void post_assert_kept(const struct post *post);

/** post_assert_secret() fails when the token is in the error or in an event. */
void post_assert_secret(const struct post *post);

#endif
