/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "post_support.h"
#include "tmp_folder.h"

#include <dirent.h>
#include <unistd.h>

static void keep_event(const struct assay_event *event, void *context)
{
    struct post *post = context;
    size_t used = strlen(post->log);
    snprintf(post->log + used, sizeof post->log - used, "%s|%s|%ld|%u|%s\n", event->name,
             event->resource, event->http_status, event->attempt, event->message);
}

void post_init(struct post *post, const char *url)
{
    memset(post, 0, sizeof *post);
    snprintf(post->outbox, sizeof post->outbox, "%s/outbox-XXXXXX", test_tmp());
    ck_assert_ptr_nonnull(mkdtemp(post->outbox));
    /* Limits that a busy machine does not meet; tests of a slow server set their own. */
    post->options = (struct assay_client_options){.base_url = url,
                                                  .token = POST_TOKEN,
                                                  .connect_timeout_seconds = 20.0,
                                                  .request_timeout_seconds = 20.0,
                                                  .stall_timeout_seconds = 20.0,
                                                  .deadline_seconds = 5.0,
                                                  .max_attempts = 3,
                                                  .backoff_seconds = 0.005,
                                                  .backoff_max_seconds = 0.02,
                                                  .outbox = post->outbox,
                                                  .on_event = keep_event,
                                                  .event_context = post};
    assert_ok(assay_process_init(&post->err), &post->err);
}

/* Calls act for every file of the outbox; returns their number. */
static size_t each_file(const struct post *post, void (*act)(const char *path))
{
    size_t count = 0;
    DIR *directory = opendir(post->outbox);
    ck_assert_ptr_nonnull(directory);
    for (const struct dirent *item; (item = readdir(directory)) != NULL;) {
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
            continue;
        char path[400];
        snprintf(path, sizeof path, "%s/%s", post->outbox, item->d_name);
        count++;
        if (act != NULL)
            act(path);
    }
    closedir(directory);
    return count;
}

static void remove_file(const char *path)
{
    unlink(path);
}

static void assert_is_body(const char *path)
{
    size_t length;
    char *text = test_read_file(path, &length);
    ck_assert_uint_eq(length, strlen(POST_BODY));
    ck_assert_str_eq(text, POST_BODY);
    free(text);
}

void post_release(struct post *post)
{
    each_file(post, remove_file);
    rmdir(post->outbox);
    assay_process_cleanup();
}

void post_once(struct post *post)
{
    memset(&post->err, 0, sizeof post->err);
    post->log[0] = '\0';
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    post->status =
        assay_client_post(post->client, POST_BODY, strlen(POST_BODY), &post->delivery, &post->err);
    assay_client_free(post->client);
    post->client = NULL;
}

size_t post_outbox_count(const struct post *post)
{
    return each_file(post, NULL);
}

void post_assert_kept(const struct post *post)
{
    ck_assert_uint_eq(each_file(post, assert_is_body), 1);
}

void post_assert_secret(const struct post *post)
{
    ck_assert_ptr_null(strstr(post->err.message, POST_TOKEN));
    ck_assert_ptr_null(strstr(post->log, POST_TOKEN));
    ck_assert_ptr_null(strstr(post->delivery.name, POST_TOKEN));
}
