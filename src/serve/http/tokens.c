/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of tokens: who a caller is, what it may do, and how many changes a second. */
#include "serve/http/tokens.h"

#include <errno.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"

enum { CALLERS_MAX = 1000, LINE_BYTES = 4096, NAME_MAX_BYTES = 100, TOKEN_MIN_BYTES = 16 };

#define ALPHANUMERIC "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

struct caller {
    char name[NAME_MAX_BYTES + 1];
    uint8_t digest[SHA256_DIGEST_SIZE];
    unsigned rights; /* sum of enum serve_right */
    double credit;   /* changes that may come at once */
    double filled;   /* when credit was counted, seconds */
};

struct serve_tokens {
    struct caller *callers;
    int count;
    bool is_exposed; /* others could read the file */
    double posts_per_second;
    atomic_uint holders;
    pthread_mutex_t lock; /* of credit and filled */
};

struct serve_token_file {
    const char *path;
    double posts_per_second;
    struct serve_tokens *tokens; /* held once by the file */
    pthread_mutex_t lock;        /* of tokens */
};

static const struct {
    const char *name;
    enum serve_right right;
} RIGHTS[] = {
    {"read", SERVE_RIGHT_READ}, {"write", SERVE_RIGHT_WRITE}, {"delete", SERVE_RIGHT_DELETE}};
enum { RIGHT_COUNT = sizeof RIGHTS / sizeof *RIGHTS };

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

/* How many changes may come at once: one second's worth, and at least one. */
static double room_of(const struct serve_tokens *tokens)
{
    return tokens->posts_per_second > 1.0 ? tokens->posts_per_second : 1.0;
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

/* The rights that a list names, all of them for ""; 0 when it is not a list of rights. */
static unsigned read_rights(const char *list)
{
    unsigned rights = 0;
    if (*list == '\0')
        return SERVE_RIGHT_READ | SERVE_RIGHT_WRITE | SERVE_RIGHT_DELETE;
    for (;; list++) {
        size_t length = strcspn(list, ","), i = 0;
        while (i < RIGHT_COUNT &&
               (strlen(RIGHTS[i].name) != length || memcmp(list, RIGHTS[i].name, length) != 0))
            i++;
        if (i == RIGHT_COUNT)
            return 0;
        rights |= RIGHTS[i].right;
        list += length;
        if (*list == '\0')
            return rights;
    }
}

/* Takes the next word off a line; "" at its end. */
static char *next_word(char **line)
{
    static const char BLANKS[] = " \t\r\n";
    char *word = *line + strspn(*line, BLANKS);
    char *end = word + strcspn(word, BLANKS);
    *line = end + (*end != '\0');
    *end = '\0';
    return word;
}

static enum assay_status add_caller(struct serve_tokens *tokens, char *line, const char *path,
                                    uint64_t number, struct assay_error *err)
{
    char *name = next_word(&line);
    if (*name == '\0' || *name == '#')
        return ASSAY_OK;
    char *token = next_word(&line), *list = next_word(&line);
    unsigned rights = read_rights(list);
    if (*next_word(&line) != '\0' || !is_name(name) || !is_token(token))
        return assay__fail_at(err, ASSAY_ERROR_DATA, path, number, 0,
                              "A line is \"NAME TOKEN\", or \"NAME TOKEN RIGHTS\"; a token has at "
                              "least %d letters, digits and -._~+/= characters.",
                              TOKEN_MIN_BYTES);
    if (rights == 0)
        return assay__fail_at(err, ASSAY_ERROR_DATA, path, number, 0,
                              "The rights of %s are not valid; they are one or more of read, write "
                              "and delete, joined by commas.",
                              name);
    if (tokens->count == CALLERS_MAX)
        return assay__fail_at(err, ASSAY_ERROR_LIMIT, path, number, 0,
                              "There are more than %d tokens.", CALLERS_MAX);
    struct caller *caller = &tokens->callers[tokens->count++];
    memcpy(caller->name, name, strlen(name) + 1);
    caller->rights = rights;
    caller->credit = room_of(tokens);
    caller->filled = assay__clock_now();
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
                                "The file has no token; write a line \"NAME TOKEN\".");
    return status;
}

static void free_tokens(struct serve_tokens *tokens)
{
    pthread_mutex_destroy(&tokens->lock);
    free(tokens->callers);
    free(tokens);
}

static struct serve_tokens *make_tokens(double posts_per_second)
{
    struct serve_tokens *tokens = calloc(1, sizeof *tokens);
    if (tokens == NULL)
        return NULL;
    tokens->callers = calloc(CALLERS_MAX, sizeof *tokens->callers);
    if (tokens->callers == NULL) {
        free(tokens);
        return NULL;
    }
    tokens->posts_per_second = posts_per_second;
    atomic_init(&tokens->holders, 1);
    pthread_mutex_init(&tokens->lock, NULL);
    return tokens;
}

static enum assay_status open_file(const char *path, FILE **out, bool *is_exposed,
                                   struct assay_error *err)
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
        *is_exposed = true;
    *out = file;
    return ASSAY_OK;
}

enum assay_status serve_token_file_read(const struct serve_token_file *file,
                                        struct serve_tokens **out, struct assay_error *err)
{
    FILE *stream = NULL;
    bool is_exposed = false;
    enum assay_status status = open_file(file->path, &stream, &is_exposed, err);
    if (status != ASSAY_OK)
        return status;
    struct serve_tokens *tokens = make_tokens(file->posts_per_second);
    status = tokens == NULL ? assay__fail_memory(err) : read_lines(tokens, stream, file->path, err);
    fclose(stream);
    if (tokens != NULL)
        tokens->is_exposed = is_exposed;
    if (status == ASSAY_OK)
        *out = tokens;
    else if (tokens != NULL)
        free_tokens(tokens);
    return status;
}

enum assay_status serve_token_file_open(const char *path, double posts_per_second,
                                        struct serve_token_file **out, struct assay_error *err)
{
    struct serve_token_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return assay__fail_memory(err);
    file->path = path;
    file->posts_per_second = posts_per_second;
    enum assay_status status = serve_token_file_read(file, &file->tokens, err);
    if (status != ASSAY_OK) {
        free(file);
        return status;
    }
    pthread_mutex_init(&file->lock, NULL);
    *out = file;
    return ASSAY_OK;
}

void serve_token_file_close(struct serve_token_file *file)
{
    if (file == NULL)
        return;
    serve_tokens_let_go(file->tokens);
    pthread_mutex_destroy(&file->lock);
    free(file);
}

/* Callers that stay do not get a new second's worth of changes by a reload. */
static void keep_credit(struct serve_tokens *now, struct serve_tokens *before)
{
    pthread_mutex_lock(&before->lock);
    for (int i = 0; i < now->count; i++)
        for (int k = 0; k < before->count; k++)
            if (strcmp(now->callers[i].name, before->callers[k].name) == 0) {
                now->callers[i].credit = before->callers[k].credit;
                now->callers[i].filled = before->callers[k].filled;
            }
    pthread_mutex_unlock(&before->lock);
}

void serve_token_file_use(struct serve_token_file *file, struct serve_tokens *now)
{
    pthread_mutex_lock(&file->lock);
    struct serve_tokens *before = file->tokens;
    keep_credit(now, before);
    file->tokens = now;
    pthread_mutex_unlock(&file->lock);
    serve_tokens_let_go(before);
}

bool serve_token_file_is_exposed(const struct serve_token_file *file)
{
    return file->tokens->is_exposed;
}

struct serve_tokens *serve_tokens_hold(struct serve_token_file *file)
{
    pthread_mutex_lock(&file->lock);
    struct serve_tokens *tokens = file->tokens;
    atomic_fetch_add(&tokens->holders, 1);
    pthread_mutex_unlock(&file->lock);
    return tokens;
}

void serve_tokens_let_go(struct serve_tokens *tokens)
{
    if (tokens != NULL && atomic_fetch_sub(&tokens->holders, 1) == 1)
        free_tokens(tokens);
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

int serve_tokens_count(const struct serve_tokens *tokens)
{
    return tokens->count;
}

bool serve_tokens_may(const struct serve_tokens *tokens, int caller, enum serve_right right)
{
    return (tokens->callers[caller].rights & (unsigned)right) != 0;
}

/* A bucket that is full at first and fills steadily. */
bool serve_tokens_spend(struct serve_tokens *tokens, int caller)
{
    double rate = tokens->posts_per_second;
    if (!(rate > 0.0))
        return true;
    double seconds = assay__clock_now(), room = room_of(tokens);
    struct caller *who = &tokens->callers[caller];
    pthread_mutex_lock(&tokens->lock);
    double credit = who->credit + (seconds - who->filled) * rate;
    who->credit = credit < room ? credit : room;
    who->filled = seconds;
    bool has_credit = who->credit >= 1.0;
    if (has_credit)
        who->credit -= 1.0;
    pthread_mutex_unlock(&tokens->lock);
    return has_credit;
}
