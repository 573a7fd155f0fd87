/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the program, as main() in a child, and keeps what it said. */
#ifndef ASSAY_TESTS_POST_CLI_H
#define ASSAY_TESTS_POST_CLI_H

#include <stddef.h>
#include <sys/types.h>

#include "hostile.h"

enum { POST_CLI_WORDS_MAX = 40 };

/** struct post_cli: a run. Zero-initialise it; strings are borrowed. */
struct post_cli {
    const char *args[POST_CLI_WORDS_MAX];        /* "post", ...; ends with NULL */
    const char *environment[POST_CLI_WORDS_MAX]; /* "NAME=value", all there is of it */
    const char *input;                           /* standard input; NULL for none */
    const char *output;                          /* where standard output goes; NULL: it is kept */
    size_t file_bytes_max;                       /* RLIMIT_FSIZE; 0 for none */
    unsigned closed;                             /* bit n: standard stream n is closed */
    pid_t process;
    int streams[2];
    int code;        /* exit status; 128 and the signal when it was killed */
    char *out, *err; /* NUL-terminated */
};

/** post_cli_start() starts the program, and post_cli_finish() waits for it and fills in the rest.
 */
void post_cli_start(struct post_cli *run);
void post_cli_finish(struct post_cli *run);

/** post_cli_run() does both. */
void post_cli_run(struct post_cli *run);

/** post_cli_release() frees what was kept. */
void post_cli_release(struct post_cli *run);

#define assert_code(run, wanted)                                                                   \
    ck_assert_msg((run).code == (wanted), "exit %d, expected %d:\n%.900s%.900s", (run).code,       \
                  (wanted), (run).out, (run).err)
#define assert_says(text, part)                                                                    \
    ck_assert_msg(strstr((text), (part)) != NULL, "\"%s\" is not in: %.1500s", (part), (text))

/**
 * A folder and a server for each test: post_cli_open() and post_cli_close() are a fixture. The
 * server stores what it is sent until it is told otherwise.
 */
extern struct hostile *post_cli_server;
extern char post_cli_url[96]; /* "ASSAY_BASE_URL=http://127.0.0.1:PORT" */

void post_cli_open(void);
void post_cli_close(void);

/** post_cli_file() is a path in the folder, written to when text is given. It lasts for the next 31
 * calls, and so does post_cli_word(), "flag" and a path in one word. */
const char *post_cli_file(const char *name, const char *text);
const char *post_cli_word(const char *flag, const char *path);

/** post_cli_count() counts the files of a directory whose names begin with no dot. */
size_t post_cli_count(const char *path);

#endif
