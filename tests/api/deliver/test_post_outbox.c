/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Delivery by way of the outbox: what a flush does with many entries, alone and with others, and
 * what comes of a disk that fails. */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/deliver/outbox.h"
#include "post_support.h"

static int fsync_error, unlink_error; /* 0: the call works */

static int fail_with(int error)
{
    errno = error;
    return -1;
}

/* These stand before the C library's. */
int fsync(int fd)
{
    return fsync_error != 0 ? fail_with(fsync_error) : (int)syscall(SYS_fsync, fd);
}

int unlink(const char *path)
{
    return unlink_error != 0 ? fail_with(unlink_error) : (int)syscall(SYS_unlink, path);
}

/* Puts count bodies with ids res-00.. into the outbox of post. */
static void fill(const struct post *post, int count)
{
    for (int i = 0; i < count; i++) {
        char id[16], body[256];
        struct assay__outbox_entry entry;
        struct assay_error err;
        snprintf(id, sizeof id, "res-%02d", i);
        snprintf(body, sizeof body,
                 "{\"parent\":\"%s\",\"analysisResultId\":\"%s\",\"analysisResult\":{\"n\":%d}}",
                 POST_PARENT, id, i);
        assert_ok(assay__outbox_put(post->options.outbox, id, body, strlen(body), &entry, &err),
                  &err);
        assay__outbox_release(&entry);
    }
}

static enum assay_status flush(struct post *post, size_t *delivered, size_t *left)
{
    memset(&post->err, 0, sizeof post->err);
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    enum assay_status status = assay_client_flush(post->client, delivered, left, &post->err);
    assay_client_free(post->client);
    return status;
}

static const struct hostile_step WELL[] = {{HOSTILE_STORE, NULL, 0}};

/* A bad entry does not keep the others from being delivered, and stays. */
START_TEST(flush_passes_by_what_cannot_be_delivered)
{
    struct hostile *server = hostile_start(WELL, 1);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, hostile_url(server));
    fill(post, 20);
    char path[128];
    snprintf(path, sizeof path, "%s/broken.json", post->outbox);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("{}", file);
    fclose(file);
    size_t delivered, left;
    ck_assert_int_eq(flush(post, &delivered, &left), ASSAY_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(post->err.file, "/broken.json"));
    ck_assert_uint_eq(delivered, 20);
    ck_assert_uint_eq(left, 1);
    ck_assert_uint_eq(hostile_stored(server), 20);
    ck_assert_str_eq(hostile_resource(server, POST_PARENT "/analysisResults/res-07"), "{\"n\":7}");
    ck_assert_uint_eq(post_outbox_count(post), 1);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

#define FAILURE(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

/* It stops where the rest would fail alike, and goes on where it would not. */
START_TEST(flush_stops_in_time)
{
    static const struct {
        struct hostile_step step;
        size_t requests;
        int exit_code;
    } cases[] = {
        {{HOSTILE_ANSWER, FAILURE("401 No"), 0}, 1, 77},
        {{HOSTILE_ANSWER, FAILURE("503 No"), 0}, 9, 75}, /* three attempts for each of three */
        {{HOSTILE_ANSWER, FAILURE("400 No"), 0}, 8, 76},
        {{HOSTILE_ANSWER, FAILURE("403 No"), 0}, 8, 77},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hostile *server = hostile_start(&cases[i].step, 1);
        struct post *post = calloc(1, sizeof *post);
        post_init(post, hostile_url(server));
        fill(post, 8);
        size_t delivered, left;
        ck_assert_int_eq(assay_status_exit_code(flush(post, &delivered, &left)),
                         cases[i].exit_code);
        ck_assert_uint_eq(delivered, 0);
        ck_assert_uint_eq(left, 8);
        ck_assert_uint_eq(hostile_requests(server), cases[i].requests);
        ck_assert_uint_eq(post_outbox_count(post), 8);
        post_release(post);
        free(post);
        hostile_stop(server);
    }
}
END_TEST

/* Results that the server fails at end a flush, but do not keep those behind them for ever. */
START_TEST(flush_begins_with_what_did_not_fail)
{
    static const struct hostile_step failing[] = {{HOSTILE_ANSWER, FAILURE("500 No"), 0}};
    struct hostile *server = hostile_start(failing, 1);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, hostile_url(server));
    post->options.max_attempts = 1;
    fill(post, 5);
    usleep(50000); /* file systems tell times in ticks of some milliseconds */
    size_t delivered, left;
    ck_assert_int_eq(flush(post, &delivered, &left), ASSAY_ERROR_TRY_AGAIN);
    ck_assert_uint_eq(left, 5);
    ck_assert_uint_eq(hostile_requests(server), 3);
    hostile_script(server, WELL, 1);
    assert_ok(flush(post, &delivered, &left), &post->err);
    ck_assert_uint_eq(delivered, 5);
    static const char *const order[] = {"res-03", "res-04", "res-00", "res-01", "res-02"};
    for (size_t i = 0; i < 5; i++)
        ck_assert_msg(strstr(hostile_request(server, 3 + i)->body, order[i]) != NULL, "%zu: %s", i,
                      hostile_request(server, 3 + i)->body);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

/* What keeps the client from sending is said once, and everything is left. */
START_TEST(flush_without_token_file_tries_nothing)
{
    struct hostile *server = hostile_start(WELL, 1);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, hostile_url(server));
    post->options.token = NULL;
    post->options.token_file = "/tmp/none/token";
    fill(post, 3);
    size_t delivered, left;
    ck_assert_int_eq(flush(post, &delivered, &left), ASSAY_ERROR_AUTH);
    ck_assert_str_eq(post->err.file, "/tmp/none/token");
    ck_assert_uint_eq(delivered, 0);
    ck_assert_uint_eq(left, 3);
    ck_assert_uint_eq(hostile_requests(server), 0);
    ck_assert_ptr_eq(strstr(post->log, "failed|"), post->log);
    ck_assert_ptr_null(strstr(post->log + 1, "failed|"));
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

/* An outbox may be a link to a directory elsewhere; what is in it are files, not links. */
START_TEST(outbox_behind_a_link)
{
    struct hostile *server = hostile_start(WELL, 1);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, hostile_url(server));
    char link[128];
    snprintf(link, sizeof link, "%s-link", post->outbox);
    ck_assert_int_eq(symlink(post->outbox, link), 0);
    post->options.outbox = link;
    fill(post, 2);
    size_t delivered, left;
    assert_ok(flush(post, &delivered, &left), &post->err);
    ck_assert_uint_eq(delivered, 2);
    ck_assert_uint_eq(post_outbox_count(post), 0);
    ck_assert_int_eq(unlink(link), 0);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

/* Four processes empty one outbox together: each entry arrives once, none is asked for in vain. */
START_TEST(flush_is_shared)
{
    enum { ENTRIES = 60, PROCESSES = 4 };
    struct hostile *server = hostile_start(WELL, 1);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, hostile_url(server));
    /* Nothing is sent twice because the machine is busy. */
    post->options.request_timeout_seconds = post->options.stall_timeout_seconds = 10.0;
    fill(post, ENTRIES);
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            size_t delivered, left;
            _exit(flush(post, &delivered, &left) == ASSAY_OK && left == 0 ? 0 : 1);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    ck_assert_uint_eq(hostile_stored(server), ENTRIES);
    ck_assert_uint_eq(hostile_requests(server), ENTRIES);
    ck_assert_uint_eq(hostile_conflicts(server), 0);
    ck_assert_uint_eq(post_outbox_count(post), 0);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

START_TEST(post_without_place_is_not_attempted)
{
    struct hostile *server = hostile_start(WELL, 1);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, hostile_url(server));
    post->options.outbox = "/tmp/none/none";
    post_once(post);
    ck_assert_int_eq(post->status, ASSAY_ERROR_IO);
    ck_assert_uint_eq(hostile_requests(server), 0);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

/* What is not surely on the disk is not sent. */
START_TEST(post_that_cannot_be_synced_is_not_attempted)
{
    struct hostile *server = hostile_start(WELL, 1);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, hostile_url(server));
    fsync_error = EIO;
    post_once(post);
    fsync_error = 0;
    ck_assert_int_eq(post->status, ASSAY_ERROR_IO);
    ck_assert_ptr_nonnull(strstr(post->err.message, "synced: Input/output error"));
    ck_assert_uint_eq(hostile_requests(server), 0);
    ck_assert_uint_eq(post_outbox_count(post), 0);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

/* Delivered, but still in the outbox: that is an error, and harmless the next time. */
START_TEST(entry_that_cannot_be_removed)
{
    struct hostile *server = hostile_start(WELL, 1);
    struct post *post = calloc(1, sizeof *post);
    size_t delivered, left;
    post_init(post, hostile_url(server));
    unlink_error = EROFS;
    post_once(post);
    ck_assert_int_eq(post->status, ASSAY_ERROR_IO);
    ck_assert_ptr_nonnull(strstr(post->err.message, "removed, though it was delivered: Read-only"));
    ck_assert_str_eq(post->delivery.name, POST_NAME);
    ck_assert_ptr_nonnull(strstr(post->log, "delivered|res-1|200|1|" POST_NAME "\nfailed|res-1|"));
    ck_assert_int_eq(flush(post, &delivered, &left), ASSAY_ERROR_IO);
    ck_assert_uint_eq(left, 1);
    unlink_error = 0;
    assert_ok(flush(post, &delivered, &left), &post->err);
    ck_assert_uint_eq(delivered, 1);
    ck_assert_uint_eq(post_outbox_count(post), 0);
    ck_assert_uint_eq(hostile_stored(server), 1);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

START_TEST(entry_beyond_all_limits)
{
    struct hostile *server = hostile_start(WELL, 1);
    struct post *post = calloc(1, sizeof *post);
    size_t delivered, left;
    char path[128];
    post_init(post, hostile_url(server));
    snprintf(path, sizeof path, "%s/own.json", post->outbox);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    ck_assert_int_eq(truncate(path, (64 << 20) + 1), 0); /* takes no room on the disk */
    ck_assert_int_eq(flush(post, &delivered, &left), ASSAY_ERROR_LIMIT);
    ck_assert_str_eq(post->err.file, path);
    ck_assert_uint_eq(left, 1);
    post->options.outbox = NULL;
    ck_assert_int_eq(flush(post, &delivered, &left), ASSAY_ERROR_USAGE);
    ck_assert_uint_eq(hostile_requests(server), 0);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, flush_passes_by_what_cannot_be_delivered);
    tcase_add_test(cases, flush_stops_in_time);
    tcase_add_test(cases, flush_begins_with_what_did_not_fail);
    tcase_add_test(cases, flush_without_token_file_tries_nothing);
    tcase_add_test(cases, outbox_behind_a_link);
    tcase_add_test(cases, flush_is_shared);
    tcase_add_test(cases, post_without_place_is_not_attempted);
    tcase_add_test(cases, post_that_cannot_be_synced_is_not_attempted);
    tcase_add_test(cases, entry_that_cannot_be_removed);
    tcase_add_test(cases, entry_beyond_all_limits);
}

int main(void)
{
    return test_main("post_outbox", add);
}
