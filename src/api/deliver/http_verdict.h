/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_DELIVER_HTTP_VERDICT_H
#define ASSAY_API_DELIVER_HTTP_VERDICT_H

#include "api/deliver/transport.h"

/** enum assay__verdict: what an attempt came to. */
enum assay__verdict {
    ASSAY__VERDICT_DONE,
    ASSAY__VERDICT_RETRY, /* the same may succeed later */
    ASSAY__VERDICT_FAIL   /* it will not */
};

/** struct assay__outcome: the verdict on an attempt, with reasons. */
struct assay__outcome {
    enum assay__verdict verdict;
    struct assay_error error; /* why it is not done; its code is that of a failure */
    long http_status;
    double retry_after;
};

/** struct assay__secrets: what no message may show. NULL ones are skipped. */
struct assay__secrets {
    const char *values[4];
};

/** enum assay__purpose: what a request is for, which words the verdict on it. */
enum assay__purpose {
    ASSAY__PURPOSE_RESULT,
    ASSAY__PURPOSE_COMPARISON, /* with the stored result */
    ASSAY__PURPOSE_TOKEN
};

/**
 * assay__exchange_judge() judges a response. Any 2xx is done: whether its body is good is for the
 * caller to see.
 */
void assay__exchange_judge(const struct assay__http_response *response, enum assay__purpose purpose,
                           const struct assay__secrets *secrets, struct assay__outcome *outcome);

/** assay__exchange_unacknowledged() turns a 2xx whose body is not as it must be into a retry. */
void assay__exchange_unacknowledged(const struct assay__http_response *response, const char *what,
                                    const char *why, const struct assay__secrets *secrets,
                                    struct assay__outcome *outcome);

#endif
