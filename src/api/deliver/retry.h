/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_DELIVER_RETRY_H
#define ASSAY_API_DELIVER_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/** struct assay__retry: when to try again. Times are seconds; now is the monotonic clock. */
struct assay__retry {
    uint32_t max_attempts;
    double deadline;    /* instant after which nothing is started */
    double backoff;     /* upper end of the first wait */
    double backoff_max; /* upper end of any wait that the server does not ask for */
    uint64_t random;    /* state of the jitter */
};

/** enum assay__retry_verdict: what to do after a failed attempt. */
enum assay__retry_verdict {
    ASSAY__RETRY_WAIT,     /* wait, then try again */
    ASSAY__RETRY_ATTEMPTS, /* all attempts are used up */
    ASSAY__RETRY_DEADLINE  /* the next attempt would start after the deadline */
};

/** assay__retry_status() says whether the same request may succeed later after this status. */
bool assay__retry_status(long http_status);

/**
 * assay__retry_next() decides after attempt number attempt (from 1) failed at now. retry_after is
 * what the server asked for, 0 when it did not. *wait is how long to sleep, or for
 * ASSAY__RETRY_DEADLINE how long the sleep would have been.
 */
enum assay__retry_verdict assay__retry_next(struct assay__retry *retry, uint32_t attempt,
                                            double retry_after, double now, double *wait);

/** assay__random_seed() is a seed that differs between processes and threads. */
uint64_t assay__random_seed(void);

#endif
