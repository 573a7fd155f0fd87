/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_DELIVERY_H
#define ASSAY_CLI_DELIVERY_H

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "analysis/results.h"
#include "assay.h"

/**
 * Flags of commands that post (assay post, assay analyze --post), besides --parent and --id. There
 * is not one for a token: what is in argv, everyone on the machine can read.
 */
#define DELIVERY_FLAG_LIST(X)                                                                      \
    X(BASE_URL, "base-url", 1, "URL", "server to post to, such as http://127.0.0.1:8080")          \
    X(REGION, "region", 1, "eu|us", "post to the platform in this region")                         \
    X(TOKEN_FILE, "token-file", 1, "FILE", "read the bearer token from FILE")                      \
    X(CLIENT_ID, "client-id", 1, "ID", "OAuth client credentials: the id")                         \
    X(CLIENT_SECRET_FILE, "client-secret-file", 1, "FILE", "and the file with the secret")         \
    X(TOKEN_URL, "token-url", 1, "URL", "where client credentials become a token")                 \
    X(CA_FILE, "ca-file", 1, "FILE", "trust these certificates instead of the system's")           \
    X(CLIENT_CERT, "client-cert", 1, "FILE", "client certificate, PEM")                            \
    X(CLIENT_KEY, "client-key", 1, "FILE", "its key, PEM")                                         \
    X(CONNECT_TIMEOUT, "connect-timeout", 1, "S", "seconds to connect (10)")                       \
    X(TIMEOUT, "timeout", 1, "S", "seconds for one attempt (60)")                                  \
    X(STALL_TIMEOUT, "stall-timeout", 1, "S", "seconds without a byte (20)")                       \
    X(DEADLINE, "deadline", 1, "S", "seconds for all attempts of one result (300)")                \
    X(MAX_ATTEMPTS, "max-attempts", 1, "N", "attempts for one result (10)")                        \
    X(OUTBOX, "outbox", 1, "DIR", "keep results in DIR until they are delivered")                  \
    X(DRY_RUN, "dry-run", 0, "", "print the request, the token blanked, and send nothing")

enum delivery_flag {
    DELIVERY_FLAG_BEFORE = 0x3000,
#define DELIVERY_FLAG_ENUM(id, name, has_argument, argument, sentence) DELIVERY_FLAG_##id,
    DELIVERY_FLAG_LIST(DELIVERY_FLAG_ENUM)
#undef DELIVERY_FLAG_ENUM
        DELIVERY_FLAG_TOKEN, /* these two are there to be refused with a hint */
    DELIVERY_FLAG_CLIENT_SECRET
};

#define DELIVERY_FLAG_OPTION(id, name, has_argument, argument, sentence)                           \
    {name, has_argument, NULL, DELIVERY_FLAG_##id},
/** DELIVERY_FLAG_OPTIONS: rows of a struct option table, each ended by a comma. */
#define DELIVERY_FLAG_OPTIONS                                                                      \
    DELIVERY_FLAG_LIST(DELIVERY_FLAG_OPTION){"token", optional_argument, NULL,                     \
                                             DELIVERY_FLAG_TOKEN},                                 \
        {"client-secret", optional_argument, NULL, DELIVERY_FLAG_CLIENT_SECRET},

/** struct delivery: flags, then the client made of them. Zero-initialise it. */
struct delivery {
    const char *command; /* whose flags they are, for messages */
    struct assay_client_options options;
    bool is_dry_run;
    FILE *names; /* where names of delivered resources go, one a line; NULL: a note on stderr */
    struct assay_client *client;
    char *credential; /* path of the token in systemd's credential directory */
};

/**
 * delivery_flag_take() keeps a delivery flag; false when option is not one of them. When the value
 * is wrong it says so and sets *code to the exit code.
 */
bool delivery_flag_take(struct delivery *delivery, int option, const char *value, int *code);

/** delivery_flag_help() prints the flags for --help. */
void delivery_flag_help(FILE *out);

/**
 * delivery_open() fills in what the flags leave open from the environment, sets up libcurl and
 * makes the client. Returns 0 or the exit code after saying why; delivery_close() either way.
 */
int delivery_open(struct delivery *delivery);

/** delivery_check_output() refuses an output that is one of the files of token, secret, key or
 * certificates, which would be lost; 0 or the exit code. */
int delivery_check_output(const struct delivery *delivery, const char *path);

/** delivery_send() posts a request body, or prints it on a dry run; the exit code. */
int delivery_send(struct delivery *delivery, const char *body, size_t length);

/** delivery_flush() delivers what is in the outbox; returns the exit code. */
int delivery_flush(struct delivery *delivery);

void delivery_close(struct delivery *delivery);

#endif
