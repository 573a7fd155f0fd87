/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Posting while clients and the server are killed at random moments, and looking for what is lost.
 *
 * A controller runs `assay serve` and several `assay post` at once (some clients are forks that use
 * the library), kills them with SIGKILL, starts the server again at once, and delivers from the
 * shared outbox what killed clients left. It believes what clients say: a name on standard output
 * is an acknowledgement, the event "stored" says that a result is in the outbox. What is said must
 * be true at once and stay true.
 */
#ifndef ASSAY_TESTS_KILLS_H
#define ASSAY_TESTS_KILLS_H

#include <sys/types.h>

#include "serve_client.h"

enum { KILLS_BATCH_MAX = 12, KILLS_CLIENTS_MAX = 24 };

/** struct kills_plan: how much of it. */
struct kills_plan {
    uint64_t seed;
    unsigned posts;                      /* distinct results */
    unsigned client_kills, server_kills; /* at least so many that met a living process */
    unsigned posters, flushers;          /* processes at once */
    double seconds_max;                  /* longer is a failure */
};

/** struct kills_figures: what happened. */
struct kills_figures {
    unsigned client_kills, server_kills, starting_kills /* of servers not yet ready */;
    unsigned launched_posts, launched_flushes, posted, acknowledged, gave_up;
    unsigned already_there, answers_lost /* there already, after an attempt without answer */;
    /* Results of killed clients that were neither acknowledged nor finished, by what was found. */
    unsigned found_nowhere, found_in_outbox, found_in_both, found_stored, acknowledged_in_outbox;
    unsigned entries_checked, temporaries /* that killed writers left */, gets, copies_checked;
};

/** struct kills_result: what is known of one result. */
struct kills_result {
    bool acknowledged, stored, is_queued;
    char digest[17];
};

enum kills_kind { KILLS_COMMAND, KILLS_LIBRARY, KILLS_FLUSH, KILLS_KINDS };
enum kills_moment { KILLS_NEVER, KILLS_TIMED, KILLS_STORED, KILLS_ATTEMPT, KILLS_DELIVERED };

/** struct kills_client: one client process. pid 0: the place is free. */
struct kills_client {
    pid_t pid;
    enum kills_kind kind;
    int fds[2]; /* its standard output and error; -1 after the end */
    struct assay__text lines[2];
    unsigned batch[KILLS_BATCH_MAX], count;
    enum kills_moment moment;
    unsigned moment_count; /* so many events of that kind are still to come */
    double delay, kill_at /* HUGE_VAL: not yet known */, began;
    bool is_killed;
};

/** struct kills_run: the whole state of the controller. */
struct kills_run {
    struct kills_plan plan;
    struct kills_figures figures;
    uint64_t random;
    double began;
    const char *program;
    char folder[64], database[96], tokens[96], token[96], outbox[96], log[96], url[64];
    uint16_t port;
    CURL *curl;
    pid_t server;
    int server_out, journal;
    double server_kill_at;
    struct kills_result *results;
    unsigned *queue, queue_first, queue_count; /* results to post, a ring */
    unsigned *fresh, fresh_count;              /* acknowledged since the last look */
    double lifetimes[KILLS_KINDS];             /* running means of clients that were not killed */
    struct kills_client clients[KILLS_CLIENTS_MAX];
};

/** kills_run() does it all, fails the test on anything wrong, and prints a summary. */
struct kills_figures kills_run(const struct kills_plan *plan);

/* kills_content.c: what is posted. All of it follows from seed and index. */
uint64_t kills_random(uint64_t *state);
unsigned kills_below(uint64_t *state, unsigned bound);
double kills_uniform(uint64_t *state, double low, double high);
#define KILLS_NAME_BYTES 96
void kills_name(unsigned index, char out[KILLS_NAME_BYTES]);
/** kills_index() reads a name or an id; false when nothing of that name was ever to be posted. */
bool kills_index(const struct kills_run *run, const char *name, size_t length, unsigned *index);
/** kills_body() writes the request body of a result. */
void kills_body(const struct kills_run *run, unsigned index, struct assay__text *out);
/**
 * kills_document() reads one stored document at the start of the text, fails unless it is exactly
 * what was sent behind the server's own fields, and returns its length.
 */
size_t kills_document(const struct kills_run *run, const char *text, size_t length,
                      unsigned *index);
/** kills_part() is the value of the label "part", or -1 where a result has no labels. */
int kills_part(unsigned index);
enum { KILLS_PARTS = 16 };

/* kills_process.c: processes. */
double kills_now(void);
void kills_sleep(double seconds);
/**
 * kills_choose_port() is a free port outside the range of outgoing connections: while the server is
 * away, a client that connects from the very port it connects to would meet itself.
 */
uint16_t kills_choose_port(uint64_t *state);
void kills_server_start(struct kills_run *run);
/** kills_server_begin() starts the first server, killing others while they make the database. */
void kills_server_begin(struct kills_run *run);
/** kills_server_kill() kills the server and starts another; in between, look() looks around. */
void kills_server_kill(struct kills_run *run, void (*look)(struct kills_run *run));
void kills_server_stop(struct kills_run *run);
void kills_client_start(struct kills_run *run, struct kills_client *client, enum kills_kind kind);
/** kills_client_wait() takes the exit status; true when it died of SIGKILL. */
bool kills_client_wait(struct kills_run *run, struct kills_client *client);

/* kills_check.c: where things are. */
bool kills_is_stored(struct kills_run *run, unsigned index);
bool kills_is_in_outbox(const struct kills_run *run, unsigned index);
/** kills_check_outbox() compares every entry with what was sent, byte for byte; returns how many.
 */
unsigned kills_check_outbox(struct kills_run *run);
/** kills_check_fresh() gets what was acknowledged since the last time, and some older ones. */
void kills_check_fresh(struct kills_run *run);
/** kills_check_list() reads all pages of the list; what was acknowledged must be in it. */
unsigned kills_check_list(struct kills_run *run);
/** kills_check_parts() reads a list for each label value; every result must be in its own. */
void kills_check_parts(struct kills_run *run);
/** kills_check_database() asks SQLite about a database file, and for what was acknowledged. */
void kills_check_database(struct kills_run *run, const char *path);
/** kills_check_copy() does so with a copy of the files that a killed server left. */
void kills_check_copy(struct kills_run *run);
/** kills_check_log() fails when the server told of anything but changes and refusals. */
void kills_check_log(const char *path);

#endif
