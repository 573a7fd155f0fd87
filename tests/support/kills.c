/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The controller: one loop that starts clients, reads what they say, kills and looks.
 *
 * Kills and posts keep pace, so that kills are spread over all the posts. When posts run out before
 * kills do, results that were delivered already are posted again, as by a user who is not sure.
 */
#include "kills.h"
#include "tmp_folder.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>

enum { LINE_MAX_BYTES = 1 << 16, COPY_EACH = 50, LIST_EACH = 100, SLACK_POSTS = 200 };

static double progress(unsigned done, unsigned all)
{
    return all == 0 ? 1.0 : fmin(1.0, (double)done / (double)all);
}

static bool is_durable(const struct kills_result *result)
{
    return result->acknowledged || result->stored;
}

static void enqueue(struct kills_run *run, unsigned index)
{
    if (run->results[index].is_queued)
        return;
    run->results[index].is_queued = true;
    run->queue[(run->queue_first + run->queue_count++) % run->plan.posts] = index;
}

static unsigned dequeue(struct kills_run *run)
{
    unsigned index = run->queue[run->queue_first];
    run->queue_first = (run->queue_first + 1) % run->plan.posts;
    run->queue_count--;
    run->results[index].is_queued = false;
    return index;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void prepare(struct kills_run *run, const struct kills_plan *plan)
{
    char path[96];
    uint64_t clock = (uint64_t)(1e9 * kills_now());
    *run = (struct kills_run){.plan = *plan, .random = plan->seed, .began = kills_now()};
    run->program = getenv("ASSAY");
    ck_assert_msg(run->program != NULL, "ASSAY must be the path of the program");
    snprintf(run->folder, sizeof run->folder, "%s/kills-XXXXXX", test_tmp());
    ck_assert_ptr_nonnull(mkdtemp(run->folder));
    snprintf(run->database, sizeof run->database, "%s/results.db", run->folder);
    snprintf(run->tokens, sizeof run->tokens, "%s/tokens", run->folder);
    snprintf(run->token, sizeof run->token, "%s/token", run->folder);
    snprintf(run->outbox, sizeof run->outbox, "%s/outbox", run->folder);
    snprintf(run->log, sizeof run->log, "%s/server.log", run->folder);
    snprintf(path, sizeof path, "%s/in", run->folder);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    mode_t old_mask = umask(077);
    write_file(run->tokens, "killer killers-token-0123456789\n");
    write_file(run->token, "killers-token-0123456789\n");
    umask(old_mask);
    snprintf(path, sizeof path, "%s/acknowledged", run->folder);
    run->journal = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_ge(run->journal, 0);
    run->port = kills_choose_port(&clock);
    snprintf(run->url, sizeof run->url, "http://127.0.0.1:%u", (unsigned)run->port);
    run->results = calloc(plan->posts, sizeof *run->results);
    run->queue = calloc(plan->posts, sizeof *run->queue);
    run->fresh = calloc(plan->posts, sizeof *run->fresh);
    ck_assert(run->results != NULL && run->queue != NULL && run->fresh != NULL);
    for (unsigned i = 0; i < plan->posts; i++)
        enqueue(run, i);
    for (unsigned i = 0; i < KILLS_KINDS; i++)
        run->lifetimes[i] = 0.1;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    run->curl = curl_easy_init();
    ck_assert_ptr_nonnull(run->curl);
}

static void release(struct kills_run *run)
{
    close(run->journal);
    curl_easy_cleanup(run->curl);
    free(run->results);
    free(run->queue);
    free(run->fresh);
    ck_assert(test_tmp_remove(run->folder));
}

static void acknowledge(struct kills_run *run, const char *name)
{
    unsigned index;
    ck_assert_msg(kills_index(run, name, strlen(name), &index) && strlen(name) > 8,
                  "a client says: %s", name);
    if (run->results[index].acknowledged)
        return;
    run->results[index].acknowledged = true;
    run->fresh[run->fresh_count++] = index;
    run->figures.acknowledged++;
    ck_assert_int_gt(dprintf(run->journal, "%s\n", name), 0);
}

static void take_event(struct kills_run *run, struct kills_client *client, const char *line)
{
    static const struct {
        const char *name;
        enum kills_moment moment;
    } MOMENTS[] = {{"stored", KILLS_STORED},
                   {"attempt", KILLS_ATTEMPT},
                   {"delivered", KILLS_DELIVERED},
                   {"already-there", KILLS_DELIVERED}};
    char name[32], id[32];
    unsigned index;
    const char *event = strstr(line, "\"event\":\"");
    ck_assert_msg(strncmp(line, "{\"time\":\"", 9) == 0 && event != NULL, "a client says: %s",
                  line);
    ck_assert_int_eq(sscanf(event, "\"event\":\"%31[^\"]\"", name), 1);
    const char *resource = strstr(event, "\"resource\":\"");
    if (resource == NULL)
        return; /* the closing error, which says again what the event "failed" said */
    ck_assert_int_eq(sscanf(resource, "\"resource\":\"%31[^\"]\"", id), 1);
    ck_assert_msg(kills_index(run, id, strlen(id), &index), "a client says: %s", line);
    run->results[index].stored |= strcmp(name, "stored") == 0;
    bool was_there = strcmp(name, "already-there") == 0;
    run->figures.already_there += was_there;
    run->figures.answers_lost += was_there && strstr(resource, "\"attempt\":1}") == NULL;
    for (size_t i = 0; i < sizeof MOMENTS / sizeof *MOMENTS; i++)
        if (client->moment == MOMENTS[i].moment && strcmp(name, MOMENTS[i].name) == 0 &&
            client->moment_count > 0 && --client->moment_count == 0)
            client->kill_at = kills_now() + client->delay;
}

/* Takes the whole lines that have come; false at the end. */
static bool read_lines(struct kills_run *run, struct kills_client *client, int which)
{
    char block[LINE_MAX_BYTES];
    struct assay__text *lines = &client->lines[which];
    ssize_t got = read(client->fds[which], block, sizeof block);
    if (got < 0)
        return true; /* nothing now */
    assay__text_append(lines, block, (size_t)got);
    char *line = lines->data, *end;
    while (lines->length > 0 && (end = strchr(line, '\n')) != NULL) {
        *end = '\0';
        if (which == 0)
            acknowledge(run, line);
        else
            take_event(run, client, line);
        lines->length -= (size_t)(end + 1 - line);
        line = end + 1;
    }
    if (lines->length > 0)
        memmove(lines->data, line, lines->length + 1);
    return got > 0;
}

/* How and when a client is to die, if at all: at a random time of a life as long as others', or
 * soon after it said something. */
static void draw_fate(struct kills_run *run, struct kills_client *client)
{
    const struct kills_plan *plan = &run->plan;
    double share = progress(run->figures.client_kills, plan->client_kills);
    double posted = progress(run->figures.posted, plan->posts);
    client->kill_at = HUGE_VAL;
    client->moment = KILLS_NEVER;
    if (share >= 1.0 || kills_uniform(&run->random, 0.0, 1.0) > (share <= posted ? 0.85 : 0.15))
        return;
    client->moment = kills_below(&run->random, 2) == 0
                         ? KILLS_TIMED
                         : KILLS_STORED + kills_below(&run->random, 3);
    if (client->moment == KILLS_TIMED) {
        client->kill_at =
            kills_now() + kills_uniform(&run->random, 0.0, 1.2 * run->lifetimes[client->kind]);
        return;
    }
    client->moment_count = 1 + kills_below(&run->random, client->count > 0 ? client->count : 4);
    client->delay =
        kills_below(&run->random, 3) == 0 ? 0.0 : kills_uniform(&run->random, 0.0, 0.004);
}

static void start_client(struct kills_run *run, enum kills_kind kind)
{
    struct kills_client *client = run->clients;
    while (client->pid != 0)
        client++;
    *client = (struct kills_client){.kind = kind};
    unsigned count = kind == KILLS_FLUSH ? 0 : 1 + kills_below(&run->random, KILLS_BATCH_MAX);
    for (; client->count < count && run->queue_count > 0; client->count++)
        client->batch[client->count] = dequeue(run);
    kills_client_start(run, client, kind);
    draw_fate(run, client);
    if (kind == KILLS_FLUSH) {
        run->figures.launched_flushes++;
    } else {
        run->figures.launched_posts++;
        run->figures.posted += client->count;
    }
}

static unsigned count_clients(const struct kills_run *run, bool flushers)
{
    unsigned count = 0;
    for (unsigned i = 0; i < KILLS_CLIENTS_MAX; i++)
        count += run->clients[i].pid != 0 && (run->clients[i].kind == KILLS_FLUSH) == flushers;
    return count;
}

/* What became of one result of a client that is gone. */
static void settle(struct kills_run *run, unsigned index, bool was_killed)
{
    struct kills_result *result = &run->results[index];
    bool in_outbox = kills_is_in_outbox(run, index); /* looked at first: it may be delivered now */
    bool on_server = kills_is_stored(run, index);
    ck_assert_msg(on_server || !result->acknowledged, "result %u was acknowledged and is lost",
                  index);
    ck_assert_msg(on_server || in_outbox || !result->stored, "result %u was stored and is lost",
                  index);
    ck_assert_msg(was_killed || is_durable(result), "result %u was not even stored", index);
    if (result->acknowledged) {
        run->figures.acknowledged_in_outbox += in_outbox;
    } else if (was_killed) {
        run->figures.found_nowhere += !in_outbox && !on_server;
        run->figures.found_in_outbox += in_outbox && !on_server;
        run->figures.found_in_both += in_outbox && on_server;
        run->figures.found_stored += !in_outbox && on_server;
    }
    /* Who was killed is started again, sometimes though the outbox has the result. */
    if (!is_durable(result) || (was_killed && kills_below(&run->random, 4) == 0))
        enqueue(run, index);
}

static void finish_client(struct kills_run *run, struct kills_client *client)
{
    for (int i = 0; i < 2; i++)
        assay__text_release(&client->lines[i]);
    double lived = kills_now() - client->began;
    bool was_killed = kills_client_wait(run, client);
    run->figures.client_kills += was_killed;
    if (!was_killed)
        run->lifetimes[client->kind] += 0.1 * (lived - run->lifetimes[client->kind]);
    for (unsigned i = 0; i < client->count; i++)
        settle(run, client->batch[i], was_killed);
    if (!was_killed)
        return;
    kills_check_outbox(run);
    if (count_clients(run, true) < run->plan.flushers)
        start_client(run, KILLS_FLUSH);
}

/* Waits for lines and ends of clients, until the next kill is due. */
static void listen_to_clients(struct kills_run *run)
{
    struct pollfd fds[2 * KILLS_CLIENTS_MAX];
    double until = fmin(run->server_kill_at, kills_now() + 0.05);
    for (unsigned i = 0; i < KILLS_CLIENTS_MAX; i++) {
        const struct kills_client *client = &run->clients[i];
        for (unsigned j = 0; j < 2; j++)
            fds[2 * i + j] =
                (struct pollfd){.fd = client->pid != 0 ? client->fds[j] : -1, .events = POLLIN};
        if (client->pid != 0 && !client->is_killed)
            until = fmin(until, client->kill_at);
    }
    double wait = fmax(0.0, until - kills_now());
    const struct timespec timeout = {(time_t)wait, (long)(1e9 * (wait - floor(wait)))};
    ck_assert_int_ge(ppoll(fds, 2 * KILLS_CLIENTS_MAX, &timeout, NULL), 0);
    for (unsigned i = 0; i < KILLS_CLIENTS_MAX; i++) {
        struct kills_client *client = &run->clients[i];
        if (client->pid != 0 && !client->is_killed && client->kill_at <= kills_now()) {
            ck_assert_int_eq(kill(client->pid, SIGKILL), 0);
            client->is_killed = true;
        }
        for (int j = 0; client->pid != 0 && j < 2; j++)
            if (fds[2 * i + (unsigned)j].revents != 0 && !read_lines(run, client, j)) {
                close(client->fds[j]);
                client->fds[j] = -1;
            }
        if (client->pid != 0 && client->fds[0] < 0 && client->fds[1] < 0)
            finish_client(run, client);
    }
}

/* Looks around between two servers. */
static void look_at_files(struct kills_run *run)
{
    for (unsigned i = 0; i < KILLS_CLIENTS_MAX; i++)
        for (int j = 0; j < 2; j++)
            if (run->clients[i].pid != 0 && run->clients[i].fds[j] >= 0)
                (void)read_lines(run, &run->clients[i], j);
    if (run->figures.server_kills % COPY_EACH == 0)
        kills_check_copy(run);
}

static bool has_killed_enough(const struct kills_run *run)
{
    return run->figures.client_kills >= run->plan.client_kills &&
           run->figures.server_kills >= run->plan.server_kills;
}

static void keep_pace(struct kills_run *run)
{
    const struct kills_plan *plan = &run->plan;
    struct kills_figures *figures = &run->figures;
    double killed = progress(figures->server_kills, plan->server_kills);
    double posted = progress(figures->posted, plan->posts);
    double slack = fmin(0.1, SLACK_POSTS / (double)plan->posts);
    if (kills_now() >= run->server_kill_at && figures->server_kills < plan->server_kills &&
        killed <= posted + slack) {
        kills_server_kill(run, look_at_files);
        kills_check_fresh(run);
        if (figures->server_kills % LIST_EACH == 0)
            kills_check_list(run);
    } else if (kills_now() >= run->server_kill_at) {
        run->server_kill_at = kills_now() + kills_uniform(&run->random, 0.0, 0.1);
    }
    while (count_clients(run, false) < plan->posters && posted <= killed + slack) {
        while (run->queue_count < KILLS_BATCH_MAX && !has_killed_enough(run))
            enqueue(run, kills_below(&run->random, plan->posts));
        if (run->queue_count == 0)
            return;
        start_client(run, kills_below(&run->random, 5) == 0 ? KILLS_LIBRARY : KILLS_COMMAND);
        posted = progress(figures->posted, plan->posts);
    }
}

static void listen_until_idle(struct kills_run *run)
{
    while (count_clients(run, false) + count_clients(run, true) > 0) {
        listen_to_clients(run);
        ck_assert_msg(kills_now() - run->began < run->plan.seconds_max, "it takes too long");
    }
}

/* Delivers what is left, with nobody being killed; what was said before must be true already. */
static void flush_all(struct kills_run *run)
{
    kills_check_fresh(run);
    kills_check_list(run);
    for (unsigned i = 0; i < run->plan.posts; i++)
        if (!run->results[i].acknowledged)
            ck_assert_msg(kills_is_in_outbox(run, i) || kills_is_stored(run, i),
                          "result %u is lost", i);
    for (int round = 0; kills_check_outbox(run) > 0; round++) {
        ck_assert_int_lt(round, 20);
        start_client(run, KILLS_FLUSH);
        listen_until_idle(run);
    }
}

/* What killed writers left is not an entry; it goes when it is old. */
static void sweep(struct kills_run *run)
{
    char command[256];
    snprintf(command, sizeof command, "find '%s' -type f -exec touch -d '2 hours ago' {} +",
             run->outbox);
    ck_assert_int_eq(system(command), 0);
    start_client(run, KILLS_FLUSH);
    listen_until_idle(run);
    ck_assert_int_eq(rmdir(run->outbox), 0);
}

static void check_all(struct kills_run *run)
{
    ck_assert_uint_eq(kills_check_list(run), run->plan.posts);
    for (unsigned i = 0; i < run->plan.posts; i++)
        ck_assert_msg(kills_is_stored(run, i), "result %u is lost", i);
    kills_check_parts(run);
    kills_server_stop(run);
    kills_check_database(run, run->database);
    kills_check_log(run->log);
}

static void print_summary(const struct kills_run *run, unsigned left)
{
    const struct kills_figures *f = &run->figures;
    printf("seed %llu: %u kills (clients %u, server %u, of these %u while starting), %u posts of "
           "%u results, %u acknowledged, %u restarts, %.0f s\n",
           (unsigned long long)run->plan.seed, f->client_kills + f->server_kills, f->client_kills,
           f->server_kills, f->starting_kills, f->posted, run->plan.posts, f->acknowledged,
           f->server_kills, kills_now() - run->began);
    printf("  killed clients' results: %u nowhere yet, %u in the outbox, %u in the outbox and "
           "stored, %u stored; %u acknowledged and still in the outbox\n",
           f->found_nowhere, f->found_in_outbox, f->found_in_both, f->found_stored,
           f->acknowledged_in_outbox);
    printf("  %u clients that posted, %u that flushed, %u gave up; %u times there already, %u of "
           "these as the answer was lost\n",
           f->launched_posts, f->launched_flushes, f->gave_up, f->already_there, f->answers_lost);
    printf("  at the end %u entries and %u temporary files in the outbox; looked at %u entries, %u "
           "gets, %u databases\n",
           left, f->temporaries, f->entries_checked, f->gets, f->copies_checked);
}

struct kills_figures kills_run(const struct kills_plan *plan)
{
    struct kills_run *run = calloc(1, sizeof *run);
    ck_assert_ptr_nonnull(run);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* as all that it starts dies with it */
    prepare(run, plan);
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("seed %llu in %s\n", (unsigned long long)plan->seed, run->folder);
    kills_server_begin(run);
    while (!has_killed_enough(run) || run->queue_count > 0 || count_clients(run, false) > 0) {
        keep_pace(run);
        listen_to_clients(run);
        ck_assert_msg(kills_now() - run->began < plan->seconds_max, "it takes too long");
    }
    listen_until_idle(run);
    unsigned left = kills_check_outbox(run), temporaries = run->figures.temporaries;
    flush_all(run);
    sweep(run);
    check_all(run);
    run->figures.temporaries = temporaries;
    print_summary(run, left);
    ck_assert_uint_ge(run->figures.client_kills, plan->client_kills);
    ck_assert_uint_ge(run->figures.server_kills, plan->server_kills);
    const struct kills_figures figures = run->figures;
    release(run);
    free(run);
    return figures;
}
