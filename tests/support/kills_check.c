/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where results are: on the server, in its database, in the outbox. */
#include "kills.h"

#include <dirent.h>
#include <errno.h>
#include <sqlite3.h>

#include "base/digest.h"

enum { OLDER_GETS = 20 };

static struct reply ask_server(struct kills_run *run, const char *path)
{
    static const char *const HEADERS[] = {"Authorization: Bearer killers-token-0123456789", NULL};
    return ask_with(run->curl, run->port, "GET", path, HEADERS, NULL, 0);
}

bool kills_is_stored(struct kills_run *run, unsigned index)
{
    char name[KILLS_NAME_BYTES], path[KILLS_NAME_BYTES + 8];
    unsigned found = 0;
    kills_name(index, name);
    snprintf(path, sizeof path, "/v2/%s", name);
    struct reply reply = ask_server(run, path);
    run->figures.gets++;
    bool is_stored = reply.status == 200;
    ck_assert_msg(is_stored || reply.status == 404, "%s: %ld %s", name, reply.status,
                  reply.body.data);
    if (is_stored) {
        ck_assert_uint_eq(kills_document(run, reply.body.data, reply.body.length, &found),
                          reply.body.length);
        ck_assert_uint_eq(found, index);
    }
    reply_release(&reply);
    return is_stored;
}

bool kills_is_in_outbox(const struct kills_run *run, unsigned index)
{
    char path[160];
    snprintf(path, sizeof path, "%s/k-%06u-%s.json", run->outbox, index,
             run->results[index].digest);
    return access(path, F_OK) == 0;
}

/* An entry may go away at any time, but it is never less than whole. */
static bool check_entry(const struct kills_run *run, const char *name)
{
    char path[400], digest[65];
    unsigned index;
    ck_assert_msg(strlen(name) == strlen("k-000000-0123456789abcdef.json") &&
                      kills_index(run, name, 8, &index),
                  "a strange entry: %s", name);
    snprintf(path, sizeof path, "%s/%s", run->outbox, name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL || errno == ENOENT, "%s: %s", path, strerror(errno));
    if (file == NULL)
        return false;
    struct assay__text wanted = {0};
    kills_body(run, index, &wanted);
    char *bytes = malloc(wanted.length + 1);
    ck_assert_ptr_nonnull(bytes);
    size_t length = fread(bytes, 1, wanted.length + 1, file);
    fclose(file);
    ck_assert_msg(length == wanted.length && memcmp(bytes, wanted.data, length) == 0,
                  "%s is not what was sent (%zu bytes, %zu)", path, length, wanted.length);
    assay__sha256_hex(bytes, length, digest);
    ck_assert(strncmp(name + 9, digest, 16) == 0);
    free(bytes);
    assay__text_release(&wanted);
    return true;
}

unsigned kills_check_outbox(struct kills_run *run)
{
    unsigned entries = 0, temporaries = 0;
    DIR *stream = opendir(run->outbox);
    if (stream == NULL && errno == ENOENT)
        return 0; /* no client has lived to make it */
    ck_assert_ptr_nonnull(stream);
    for (const struct dirent *item; (item = readdir(stream)) != NULL;) {
        if (strncmp(item->d_name, ".writing-", 9) == 0)
            temporaries++;
        else if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0)
            entries += check_entry(run, item->d_name);
    }
    closedir(stream);
    run->figures.entries_checked += entries;
    run->figures.temporaries = temporaries;
    return entries;
}

void kills_check_fresh(struct kills_run *run)
{
    for (unsigned i = 0; i < run->fresh_count; i++)
        ck_assert_msg(kills_is_stored(run, run->fresh[i]), "result %u was acknowledged and is lost",
                      run->fresh[i]);
    run->fresh_count = 0;
    for (unsigned i = 0; i < OLDER_GETS; i++) {
        unsigned index = kills_below(&run->random, run->plan.posts);
        if (run->results[index].acknowledged)
            ck_assert_msg(kills_is_stored(run, index), "result %u was acknowledged and is lost",
                          index);
    }
}

/* Reads the documents of one page; the path of the next one, or false at the end. */
static bool read_page(const struct kills_run *run, const struct reply *reply, const char *base,
                      unsigned char *seen, char path[512])
{
    static const char START[] = "{\"analysisResults\":[", NEXT[] = "],\"nextPageToken\":\"";
    const char *text = reply->body.data, *end = text + reply->body.length;
    ck_assert_msg(reply->status == 200 && strncmp(text, START, strlen(START)) == 0, "%ld %.300s",
                  reply->status, text);
    text += strlen(START);
    while (*text != ']') {
        unsigned index;
        text += kills_document(run, text, (size_t)(end - text), &index);
        ck_assert_msg(seen[index]++ == 0, "result %u is there twice", index);
        ck_assert(*text == ']' || (*text == ',' && text[1] == '{'));
        text += *text == ',';
    }
    if (strncmp(text, NEXT, strlen(NEXT)) != 0) {
        ck_assert_str_eq(text, "]}\n");
        return false;
    }
    snprintf(path, 512, "%s&pageToken=%.*s", base, (int)strcspn(text + strlen(NEXT), "\""),
             text + strlen(NEXT));
    return true;
}

/* Counts in seen[] how often each result is in a list. */
static void read_list(struct kills_run *run, const char *base, unsigned char *seen)
{
    char path[512];
    bool more = true;
    snprintf(path, sizeof path, "%s", base);
    while (more) {
        struct reply reply = ask_server(run, path);
        more = read_page(run, &reply, base, seen, path);
        reply_release(&reply);
    }
}

unsigned kills_check_list(struct kills_run *run)
{
    unsigned count = 0;
    unsigned char *seen = calloc(run->plan.posts, 1);
    ck_assert_ptr_nonnull(seen);
    read_list(run, "/v2/workflows/kills/instances/-/analysisResults?pageSize=300", seen);
    for (unsigned i = 0; i < run->plan.posts; i++) {
        ck_assert_msg(seen[i] == 1 || !run->results[i].acknowledged,
                      "result %u was acknowledged and is not in the list", i);
        count += seen[i];
    }
    free(seen);
    return count;
}

void kills_check_parts(struct kills_run *run)
{
    for (int part = 0; part < KILLS_PARTS; part++) {
        char path[256];
        unsigned char *seen = calloc(run->plan.posts, 1);
        ck_assert_ptr_nonnull(seen);
        snprintf(path, sizeof path,
                 "/v2/workflows/-/instances/-/analysisResults?filter=labels.part=%d", part);
        read_list(run, path, seen);
        for (unsigned i = 0; i < run->plan.posts; i++)
            ck_assert_msg(seen[i] == (kills_part(i) == part), "result %u in the list of %d", i,
                          part);
        free(seen);
    }
}

/* The first column of the first row. */
static const char *ask_database(sqlite3 *database, const char *sql, sqlite3_stmt **statement)
{
    ck_assert_msg(sqlite3_prepare_v2(database, sql, -1, statement, NULL) == SQLITE_OK, "%s",
                  sqlite3_errmsg(database));
    ck_assert_msg(sqlite3_step(*statement) == SQLITE_ROW, "%s", sqlite3_errmsg(database));
    return (const char *)sqlite3_column_text(*statement, 0);
}

void kills_check_database(struct kills_run *run, const char *path)
{
    sqlite3 *database;
    sqlite3_stmt *statement;
    ck_assert_int_eq(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    ck_assert_str_eq(ask_database(database, "PRAGMA integrity_check", &statement), "ok");
    sqlite3_finalize(statement);
    ck_assert_int_eq(sqlite3_prepare_v2(database, "SELECT id FROM result", -1, &statement, NULL),
                     SQLITE_OK);
    unsigned char *seen = calloc(run->plan.posts, 1);
    ck_assert_ptr_nonnull(seen);
    int step;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *id = (const char *)sqlite3_column_text(statement, 0);
        unsigned index;
        ck_assert_msg(kills_index(run, id, strlen(id), &index), "never sent: %s", id);
        ck_assert_msg(seen[index]++ == 0, "result %u is there twice", index);
    }
    ck_assert_int_eq(step, SQLITE_DONE);
    sqlite3_finalize(statement);
    ck_assert_int_eq(sqlite3_close(database), SQLITE_OK);
    for (unsigned i = 0; i < run->plan.posts; i++)
        ck_assert_msg(seen[i] == 1 || !run->results[i].acknowledged,
                      "result %u was acknowledged and is not in %s", i, path);
    free(seen);
}

static void copy_file(const char *from, const char *to)
{
    char block[1 << 16];
    size_t length;
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    ck_assert(in != NULL && out != NULL);
    while ((length = fread(block, 1, sizeof block, in)) > 0)
        ck_assert_uint_eq(fwrite(block, 1, length, out), length);
    fclose(in);
    ck_assert_int_eq(fclose(out), 0);
}

void kills_check_copy(struct kills_run *run)
{
    char copy[128], from[128], to[136];
    snprintf(copy, sizeof copy, "%s/copy.db", run->folder);
    snprintf(from, sizeof from, "%s-wal", run->database);
    snprintf(to, sizeof to, "%s-wal", copy);
    copy_file(run->database, copy);
    if (access(from, F_OK) == 0)
        copy_file(from, to);
    kills_check_database(run, copy);
    unlink(to);
    unlink(copy);
    run->figures.copies_checked++;
}

void kills_check_log(const char *path)
{
    char line[1024];
    FILE *log = fopen(path, "r");
    ck_assert_ptr_nonnull(log);
    while (fgets(line, sizeof line, log) != NULL)
        ck_assert_msg(strstr(line, " change: ") != NULL || strstr(line, " refusal: ") != NULL,
                      "the server complained: %s", line);
    fclose(log);
}
