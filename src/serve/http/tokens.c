/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of tokens: who a caller is, and how many changes it may make a second. */
#include "serve/http/tokens.h"

#include <errno.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { CALLERS_MAX = 1000, LINE_BYTES = 4096, NAME_MAX_BYTES = 100, TOKEN_MIN_BYTES = 16 };

#define ALPHANUMERIC "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

struct caller {
    char name[NAME_MAX_BYTES + 1];
    uint8_t digest[SHA256_DIGEST_SIZE];
    double credit; /* changes that may come at once */
    double filled; /* when credit was counted, seconds */
};

struct serve_tokens {
    struct caller *callers;
    int count;
    double posts_per_second;
    pthread_mutex_t lock; /* of credit and filled */
};

static void digest_token(const char *token, size_t length, uint8_t digest[SHA256_DIGEST_SIZE])
{
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, length, (const uint8_t *)token);
    sha256_digest(&context, SHA256_DIGEST_SIZE, digest);
}

/* The characters of RFC 6750's b68token. */
static bool is_token(const char *token)
{
    static const char SAFE[] = ALPHANUMERIC "-._~+/=";
    return strspn(token, SAFE) == strlen(token) && strlen(token) >= TOKEN_MIN_BYTES;
}

static bool is_name(const char *name)
{
    static const char SAFE[] = ALPHANUMERIC "-_.@/";
    size_t length = strlen(name);
    return length > 0 && length <= NAME_MAX_BYTES && strspn(name, SAFE) == length;
}

/* One token of two names would be either caller's. */
static bool is_given_twice(const struct serve_tokens *tokens)
{
    const struct caller *last = &tokens->callers[tokens->count - 1];
    for (const struct caller *caller = tokens->callers; caller < last; caller++)
        if (memeql_sec(caller->digest, last->digest, sizeof last->digest))
            return true;
    return false;
}

static enum assay_status add_caller(struct serve_tokens *tokens, char *line, const char *path,
                                    uint64_t number, struct assay_error *err)
{
    static const char BLANKS[] = " \t\r\n";
    char *name = line + strspn(line, BLANKS);
    if (*name == '\0' || *name == '#')
        return ASSAY_OK;
    char *name_end = name + strcspn(name, BLANKS);
    char *token = name_end + strspn(name_end, BLANKS);
    char *token_end = token + strcspn(token, BLANKS);
    bool has_more = token_end[strspn(token_end, BLANKS)] != '\0';
    *name_end = *token_end = '\0';
    if (has_more || !is_name(name) || !is_token(token))
        return assay__fail_at(err, ASSAY_ERROR_DATA, path, number, 0,
                              "A line is \"NAME TOKEN\"; a token has at least %d letters, digits "
                              "and -._~+/= characters.",
                              TOKEN_MIN_BYTES);
    if (tokens->count == CALLERS_MAX)
        return assay__fail_at(err, ASSAY_ERROR_LIMIT, path, number, 0,
                              "There are more than %d tokens.", CALLERS_MAX);
    struct caller *caller = &tokens->callers[tokens->count++];
    memcpy(caller->name, name, strlen(name) + 1);
    digest_token(token, strlen(token), caller->digest);
    if (is_given_twice(tokens))
        return assay__fail_at(err, ASSAY_ERROR_DATA, path, number, 0,
                              "The token of %s stands in another line, too.", caller->name);
    return ASSAY_OK;
}

static enum assay_status read_lines(struct serve_tokens *tokens, FILE *file, const char *path,
                                    struct assay_error *err)
{
    char line[LINE_BYTES];
    enum assay_status status = ASSAY_OK;
    for (uint64_t number = 1; status == ASSAY_OK && fgets(line, sizeof line, file) != NULL;
         number++) {
        if (strlen(line) == sizeof line - 1)
            status = assay__fail_at(err, ASSAY_ERROR_LIMIT, path, number, 0,
                                    "The line is longer than %d bytes.", LINE_BYTES - 2);
        else
            status = add_caller(tokens, line, path, number, err);
    }
    explicit_bzero(line, sizeof line);
    if (status == ASSAY_OK && ferror(file))
        status =
            assay__fail_at(err, ASSAY_ERROR_IO, path, 0, 0, "Cannot read: %s.", strerror(errno));
    if (status == ASSAY_OK && tokens->count == 0)
        status = assay__fail_at(err, ASSAY_ERROR_DATA, path, 0, 0,
                                "There is no token; write a line \"NAME TOKEN\".");
    return status;
}

enum assay_status serve_tokens_read(const char *path, double posts_per_second,
                                    struct serve_tokens **out, struct assay_error *err)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return assay__fail_at(err, ASSAY_ERROR_NO_INPUT, path, 0, 0, "Cannot open: %s.",
                              strerror(errno));
    struct stat about;
    bool is_known = fstat(fileno(file), &about) == 0;
    if (is_known && S_ISDIR(about.st_mode)) {
        fclose(file);
        return assay__fail_at(err, ASSAY_ERROR_NO_INPUT, path, 0, 0,
                              "This is a directory, not a file.");
    }
    /* Of a device or a pipe, who may open it says nothing of who may read what it gives. */
    if (is_known && S_ISREG(about.st_mode) && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        fprintf(stderr, "assay serve: %s: others may read the tokens; chmod 600 it\n", path);
    struct serve_tokens *tokens = calloc(1, sizeof *tokens);
    if (tokens != NULL)
        tokens->callers = calloc(CALLERS_MAX, sizeof *tokens->callers);
    if (tokens == NULL || tokens->callers == NULL) {
        free(tokens);
        fclose(file);
        return assay__fail_memory(err);
    }
    pthread_mutex_init(&tokens->lock, NULL);
    tokens->posts_per_second = posts_per_second;
    enum assay_status status = read_lines(tokens, file, path, err);
    fclose(file);
    if (status != ASSAY_OK) {
        serve_tokens_free(tokens);
        return status;
    }
    *out = tokens;
    return ASSAY_OK;
}

void serve_tokens_free(struct serve_tokens *tokens)
{
    if (tokens == NULL)
        return;
    pthread_mutex_destroy(&tokens->lock);
    free(tokens->callers);
    free(tokens);
}

int serve_tokens_find(const struct serve_tokens *tokens, const char *token, size_t length)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    int found = -1;
    digest_token(token, length, digest);
    for (int i = 0; i < tokens->count; i++) {
        int is_same = memeql_sec(digest, tokens->callers[i].digest, sizeof digest);
        found = is_same ? i : found;
    }
    return found;
}

const char *serve_tokens_name(const struct serve_tokens *tokens, int caller)
{
    return tokens->callers[caller].name;
}

/* A bucket that holds one second's worth (at least one change) and fills steadily. */
bool serve_tokens_spend(struct serve_tokens *tokens, int caller)
{
    double rate = tokens->posts_per_second;
    if (!(rate > 0.0))
        return true;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
    struct caller *who = &tokens->callers[caller];
    pthread_mutex_lock(&tokens->lock);
    double room = rate > 1.0 ? rate : 1.0;
    double credit = who->credit + (seconds - who->filled) * rate;
    who->credit = credit < room ? credit : room;
    who->filled = seconds;
    bool has_credit = who->credit >= 1.0;
    if (has_credit)
        who->credit -= 1.0;
    pthread_mutex_unlock(&tokens->lock);
    return has_credit;
}
