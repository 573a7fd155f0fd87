/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When a failed delivery is tried again. The waits are "full jitter" (M. Brooker, Exponential
 * Backoff and Jitter, 2015): uniform on [0, min(max, first 2^(k-1))], which spreads clients that
 * failed together better than a wait with a random part. A Retry-After is a lower end: the same
 * jitter is added on top, so that clients turned away together do not come back together.
 */
#include "api/deliver/retry.h"

#include <math.h>
#include <sys/random.h>
#include <time.h>

bool assay__retry_status(long http_status)
{
    return http_status == 408 || http_status == 425 || http_status == 429 ||
           (http_status >= 500 && http_status <= 599);
}

/* SplitMix64 (Steele, Lea, Flood 2014); 53 bits make a double in [0, 1). */
static double uniform(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    return (double)(z >> 11) * 0x1p-53;
}

enum assay__retry_verdict assay__retry_next(struct assay__retry *retry, uint32_t attempt,
                                            double retry_after, double now, double *wait)
{
    *wait = 0.0;
    if (attempt >= retry->max_attempts)
        return ASSAY__RETRY_ATTEMPTS;
    int doublings = attempt > 60 ? 60 : (int)attempt - 1;
    double upper = fmin(retry->backoff_max, ldexp(retry->backoff, doublings));
    *wait = fmax(retry_after, 0.0) + uniform(&retry->random) * upper;
    return now + *wait >= retry->deadline ? ASSAY__RETRY_DEADLINE : ASSAY__RETRY_WAIT;
}

uint64_t assay__random_seed(void)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        seed = (uint64_t)now.tv_nsec ^ ((uint64_t)now.tv_sec << 30) ^ (uint64_t)(uintptr_t)&seed;
    }
    return seed;
}
