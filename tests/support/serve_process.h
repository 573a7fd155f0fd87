/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `assay serve` as a process of its own, to be stopped, limited and measured from outside. */
#ifndef ASSAY_TESTS_SERVE_PROCESS_H
#define ASSAY_TESTS_SERVE_PROCESS_H

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "serve_client.h"

struct process {
    pid_t pid;
    uint16_t port;
};

/* Starts $ASSAY serve on a free port with the endpoint's files and more options, ended by NULL. */
static inline struct process process_start(const struct endpoint *endpoint, const char *const *more)
{
    const char *program = getenv("ASSAY");
    const char *arguments[32] = {program != NULL ? program : "build/release/assay",
                                 "serve",
                                 "--db",
                                 endpoint->database,
                                 "--tokens",
                                 endpoint->tokens,
                                 "--port",
                                 "0"};
    size_t count = 8;
    for (; *more != NULL && count < 31; more++)
        arguments[count++] = *more;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    struct process process = {.pid = fork()};
    ck_assert_int_ge(process.pid, 0);
    if (process.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves no server behind */
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        union {
            const char **from;
            char *const *to;
        } list = {arguments};
        execv(list.to[0], list.to);
        _exit(127);
    }
    close(ends[1]);
    char line[256] = "";
    FILE *said = fdopen(ends[0], "r");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, said));
    const char *colon = strrchr(line, ':');
    ck_assert_msg(colon != NULL, "%s", line);
    process.port = (uint16_t)atoi(colon + 1);
    fclose(said);
    return process;
}

/* Waits for a process that was told to end; it must end in order. */
static inline void process_wait(struct process process)
{
    int status;
    ck_assert_int_eq(waitpid(process.pid, &status, 0), process.pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the server ended with %#x",
                  (unsigned)status);
}

static inline void process_stop(struct process process)
{
    ck_assert_int_eq(kill(process.pid, SIGTERM), 0);
    process_wait(process);
}

/* A figure of /proc/PID/status in KiB, such as "VmHWM:". */
static inline long process_memory_kib(struct process process, const char *name)
{
    char path[64], line[256];
    long kib = -1;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)process.pid);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            kib = atol(line + strlen(name));
    fclose(file);
    return kib;
}

static inline unsigned process_file_count(struct process process)
{
    char path[64];
    unsigned count = 0;
    snprintf(path, sizeof path, "/proc/%ld/fd", (long)process.pid);
    DIR *folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static inline void sleep_ms(long milliseconds)
{
    struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

static inline double now_seconds(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

#endif
