/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hostile clients for `assay serve`: malformed requests of every kind from a seed, with every
 * answer checked, and connections that drip, idle and hold.
 */
#ifndef ASSAY_TESTS_SERVE_ATTACK_H
#define ASSAY_TESTS_SERVE_ATTACK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ATTACK_STATUSES = 600 };

/** struct attack: one thread of hostile requests. Set port, seed and count; the rest is written. */
struct attack {
    uint16_t port;
    uint64_t seed; /* and the generator's state */
    unsigned count;
    pthread_t thread;
    const char *kind; /* of the request at hand */
    unsigned requests, answers, unanswered, doubled;
    unsigned statuses[ATTACK_STATUSES];
    char request[400]; /* the start of the last one */
    char flaw[2500];   /* the first answer that should not be; "" for none */
};

/** attack_run() makes the requests; of a pthread. Stops at the first flaw. */
void *attack_run(void *attack);

/** struct attack_drip: connections that send a byte now and then, or nothing. */
struct attack_drip {
    uint16_t port;
    unsigned dripping, idle; /* at most 1000 together */
    atomic_bool is_over;
    pthread_t thread;
    unsigned opened; /* also again, after the server has cut them */
};

/** attack_drip_run() keeps them open until is_over; of a pthread. */
void *attack_drip_run(void *drip);

/** attack_random() is a number of the generator, 31 bits. */
uint32_t attack_random(uint64_t *state);

/** What a request is sent and ended with, for serve_attack_kinds.c. */
enum attack_end {
    ATTACK_HALF_CLOSE, /* then read to the end */
    ATTACK_READ,       /* read until the server closes */
    ATTACK_CLOSE,      /* without reading */
    ATTACK_RESET       /* so that the server gets a reset */
};

/** attack_talk() sends bytes and checks what comes back; the number of whole answers. */
unsigned attack_talk(struct attack *attack, const char *bytes, size_t length, enum attack_end end);

/** attack_expect() is a flaw unless the last request had this number of answers. */
void attack_expect(struct attack *attack, unsigned answers, unsigned expected);

struct attack_kind {
    const char *name;
    void (*run)(struct attack *attack);
};
extern const struct attack_kind ATTACK_KINDS[];
extern const unsigned ATTACK_KIND_COUNT;

#endif
