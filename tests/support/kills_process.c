/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting and ending the processes. Every one of them dies with the controller. */
#include "kills.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "base/digest.h"

enum { SERVER_START_MS = 60000, FIRST_STARTS = 5, ARGUMENTS_MAX = 16 + KILLS_BATCH_MAX };

double kills_now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

void kills_sleep(double seconds)
{
    struct timespec pause = {(time_t)seconds, (long)(1e9 * (seconds - floor(seconds)))};
    nanosleep(&pause, NULL);
}

/* A child that is killed when its parent ends, whatever the way; 0 in the child. */
static pid_t fork_bound(int out, int err)
{
    pid_t parent = getpid(), child = fork();
    ck_assert_int_ge(child, 0);
    if (child != 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
        _exit(99);
    return 0;
}

static pid_t spawn(char *const arguments[], int out, int err)
{
    pid_t child = fork_bound(out, err);
    if (child == 0) {
        /* A process of a sanitizer's build that is killed while it looks for leaks complains. */
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
        execv(arguments[0], arguments);
        _exit(98);
    }
    return child;
}

/* Arguments of a command are only read, but execv() wants them writable. */
static char *argument(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void open_pipe(int ends[2])
{
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
}

static void spawn_server(struct kills_run *run)
{
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)run->port);
    char *arguments[] = {argument(run->program),
                         argument("serve"),
                         argument("--db"),
                         run->database,
                         argument("--tokens"),
                         run->tokens,
                         argument("--port"),
                         port,
                         NULL};
    int ends[2], log = open(run->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    open_pipe(ends);
    ck_assert_int_ge(log, 0);
    run->server = spawn(arguments, ends[1], log);
    run->server_out = ends[0];
    close(ends[1]);
    close(log);
}

/* Waits for the line that says where the server listens. */
static void await_server(struct kills_run *run)
{
    char line[128], wanted[128];
    size_t length = 0;
    snprintf(wanted, sizeof wanted, "assay serve: %s/\n", run->url);
    while (length < strlen(wanted)) {
        struct pollfd readable = {.fd = run->server_out, .events = POLLIN};
        ck_assert_msg(poll(&readable, 1, SERVER_START_MS) == 1, "the server does not start");
        ssize_t got = read(run->server_out, line + length, sizeof line - 1 - length);
        ck_assert_msg(got > 0, "the server ended at its start; see %s", run->log);
        length += (size_t)got;
    }
    line[length] = '\0';
    ck_assert_str_eq(line, wanted);
}

void kills_server_start(struct kills_run *run)
{
    spawn_server(run);
    await_server(run);
    run->server_kill_at = kills_now() + kills_uniform(&run->random, 0.0, 0.2);
}

/* True when the signal met a living process. */
static bool kill_and_wait(pid_t pid)
{
    int status;
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static void end_server(struct kills_run *run)
{
    ck_assert_msg(kill_and_wait(run->server), "the server had ended by itself; see %s", run->log);
    close(run->server_out);
    run->server = 0;
    run->figures.server_kills++;
}

static void kill_starting(struct kills_run *run)
{
    spawn_server(run);
    kills_sleep(kills_uniform(&run->random, 0.0, 0.03));
    end_server(run);
    run->figures.starting_kills++;
}

void kills_server_kill(struct kills_run *run, void (*look)(struct kills_run *run))
{
    end_server(run);
    if (look != NULL)
        look(run);
    /* Each eighth time, the next one does not live to listen: recovery is cut short, too. */
    while (kills_below(&run->random, 8) == 0)
        kill_starting(run);
    kills_server_start(run);
}

void kills_server_begin(struct kills_run *run)
{
    static const char *const SUFFIXES[] = {"", "-wal", "-shm", "-journal"};
    for (int round = 0; round < FIRST_STARTS; round++) {
        for (size_t i = 0; i < sizeof SUFFIXES / sizeof *SUFFIXES; i++) {
            char path[128];
            snprintf(path, sizeof path, "%s%s", run->database, SUFFIXES[i]);
            unlink(path);
        }
        kill_starting(run);
        kills_server_start(run);
        if (round < FIRST_STARTS - 1)
            end_server(run);
    }
}

void kills_server_stop(struct kills_run *run)
{
    int status;
    ck_assert_int_eq(kill(run->server, SIGTERM), 0);
    ck_assert_int_eq(waitpid(run->server, &status, 0), run->server);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the server ended with %x",
                  status);
    close(run->server_out);
    run->server = 0;
}

/* A client has files of its own, as another one may post the same result. */
static void input_path(const struct kills_run *run, const struct kills_client *client, unsigned i,
                       char out[128])
{
    snprintf(out, 128, "%s/in/%td-%u", run->folder, client - run->clients, i);
}

static void write_input(struct kills_run *run, const struct kills_client *client, unsigned i)
{
    unsigned index = client->batch[i];
    struct assay__text body = {0};
    char path[128], digest[65];
    kills_body(run, index, &body);
    assay__sha256_hex(body.data, body.length, digest);
    memcpy(run->results[index].digest, digest, 16);
    input_path(run, client, i, path);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(body.data, 1, body.length, file), body.length);
    ck_assert_int_eq(fclose(file), 0);
    assay__text_release(&body);
}

/* Tells what happens as the command does: names on standard output, events on standard error. It
 * takes its time, which makes the steps between events easier to hit. */
static void tell(const struct assay_event *event, void *context)
{
    uint64_t *random = context;
    bool is_there =
        strcmp(event->name, "delivered") == 0 || strcmp(event->name, "already-there") == 0;
    dprintf(STDERR_FILENO, "{\"time\":\"\",\"event\":\"%s\",\"resource\":\"%s\",\"attempt\":%u}\n",
            event->name, event->resource, event->attempt);
    if (is_there)
        dprintf(STDOUT_FILENO, "%s\n", event->message);
    kills_sleep(kills_uniform(random, 0.0, 0.003));
}

/* The library as a program of its own: posts one result after another. */
static int post_all(const struct kills_run *run, const struct kills_client *client)
{
    uint64_t random = run->random;
    struct assay_client_options options = {.base_url = run->url,
                                           .token_file = run->token,
                                           .outbox = run->outbox,
                                           .deadline_seconds = 100.0,
                                           .max_attempts = 100000,
                                           .backoff_seconds = 0.005,
                                           .backoff_max_seconds = 0.05,
                                           .on_event = tell,
                                           .event_context = &random};
    struct assay_client *poster;
    struct assay_error err;
    enum assay_status status = assay_process_init(&err);
    if (status == ASSAY_OK)
        status = assay_client_new(&options, &poster, &err);
    for (unsigned i = 0; i < client->count && status == ASSAY_OK; i++) {
        struct assay__text body = {0};
        struct assay_delivery delivery;
        kills_body(run, client->batch[i], &body);
        status = assay_client_post(poster, body.data, body.length, &delivery, &err);
        assay__text_release(&body);
    }
    return assay_status_exit_code(status);
}

static pid_t spawn_command(struct kills_run *run, const struct kills_client *client, int out,
                           int err)
{
    char paths[KILLS_BATCH_MAX][128];
    char *arguments[ARGUMENTS_MAX] = {
        argument(run->program), argument("post"), argument("--base-url"),   run->url,
        argument("--outbox"),   run->outbox,      argument("--token-file"), run->token,
        argument("--deadline"), argument("100"),  argument("--log-format"), argument("json")};
    for (unsigned i = 0; i < client->count; i++) {
        input_path(run, client, i, paths[i]);
        arguments[12 + i] = paths[i];
    }
    return spawn(arguments, out, err);
}

void kills_client_start(struct kills_run *run, struct kills_client *client, enum kills_kind kind)
{
    int out[2], err[2];
    client->kind = kind;
    for (unsigned i = 0; i < client->count; i++)
        write_input(run, client, i);
    open_pipe(out);
    open_pipe(err);
    client->began = kills_now();
    if (kind == KILLS_LIBRARY) {
        client->pid = fork_bound(out[1], err[1]);
        if (client->pid == 0)
            _exit(post_all(run, client));
    } else {
        client->pid = spawn_command(run, client, out[1], err[1]);
    }
    close(out[1]);
    close(err[1]);
    client->fds[0] = out[0];
    client->fds[1] = err[0];
    ck_assert_int_eq(fcntl(out[0], F_SETFL, O_NONBLOCK), 0);
    ck_assert_int_eq(fcntl(err[0], F_SETFL, O_NONBLOCK), 0);
}

bool kills_client_wait(struct kills_run *run, struct kills_client *client)
{
    int status;
    char path[128];
    ck_assert_int_eq(waitpid(client->pid, &status, 0), client->pid);
    client->pid = 0;
    for (unsigned i = 0; i < client->count; i++) {
        input_path(run, client, i, path);
        ck_assert_int_eq(unlink(path), 0);
    }
    if (client->is_killed && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        return true;
    ck_assert_msg(WIFEXITED(status), "a client died of signal %d", WTERMSIG(status));
    int code = WEXITSTATUS(status);
    /* 75: the server was not there for long. Nothing else may happen. */
    ck_assert_msg(code == 0 || code == 75, "a client ended with %d", code);
    run->figures.gave_up += code != 0;
    return false;
}

uint16_t kills_choose_port(uint64_t *state)
{
    for (int tries = 0; tries < 100; tries++) {
        uint16_t port = (uint16_t)(20000 + kills_below(state, 10000));
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_in address = {
            .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
        bool is_free = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
        close(fd);
        if (is_free)
            return port;
    }
    ck_abort_msg("there is no free port");
}
