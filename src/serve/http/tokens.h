/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_TOKENS_H
#define ASSAY_SERVE_HTTP_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/** enum serve_right: what a token is good for; a set is their sum. */
enum serve_right { SERVE_RIGHT_READ = 1, SERVE_RIGHT_WRITE = 2, SERVE_RIGHT_DELETE = 4 };

/**
 * struct serve_token_file is the file that says who may call, and what it said when it was last
 * read. Threads share it.
 */
struct serve_token_file;

/**
 * struct serve_tokens is who may call, as the file had it at one time: names, rights and bearer
 * tokens, of which only the SHA-256 is kept. It does not change, but for how much callers have
 * used of their rate, and it is there until the last that holds it lets it go.
 */
struct serve_tokens;

/**
 * serve_token_file_open() reads a file with a line "NAME TOKEN" or "NAME TOKEN RIGHTS" for each
 * caller. RIGHTS are some of read, write and delete, joined by commas; all of them when none are
 * given. Empty lines and lines that begin with '#' do not count. path is borrowed.
 * posts_per_second limits each caller's changes, 0 does not.
 * Errors: ASSAY_ERROR_NO_INPUT, ASSAY_ERROR_DATA with the line, ASSAY_ERROR_MEMORY.
 */
enum assay_status serve_token_file_open(const char *path, double posts_per_second,
                                        struct serve_token_file **out, struct assay_error *err);
/** serve_token_file_close(): nobody holds tokens any more. NULL is fine. */
void serve_token_file_close(struct serve_token_file *file);

/**
 * serve_token_file_read() reads the file again: tokens to be used, or to be let go. Errors as
 * serve_token_file_open() has them.
 */
enum assay_status serve_token_file_read(const struct serve_token_file *file,
                                        struct serve_tokens **out, struct assay_error *err);

/**
 * serve_token_file_use() takes tokens over: later calls are by these. A caller that stays keeps
 * what is left of its rate.
 */
void serve_token_file_use(struct serve_token_file *file, struct serve_tokens *now);

/** serve_token_file_is_exposed() tells that others could read the file of the tokens in use. */
bool serve_token_file_is_exposed(const struct serve_token_file *file);

/** serve_tokens_hold() is the tokens of now; each is to be let go once. */
struct serve_tokens *serve_tokens_hold(struct serve_token_file *file);
void serve_tokens_let_go(struct serve_tokens *tokens);

/**
 * serve_tokens_find() is the number of the caller whose token this is, or -1. The time it takes
 * tells nothing about the tokens: digests are compared, all of them, each in constant time.
 */
int serve_tokens_find(const struct serve_tokens *tokens, const char *token, size_t length);

/** serve_tokens_name() is the caller's name; serve_tokens_count() is how many callers there are. */
const char *serve_tokens_name(const struct serve_tokens *tokens, int caller);
int serve_tokens_count(const struct serve_tokens *tokens);

/** serve_tokens_may() is true when the caller has the right. */
bool serve_tokens_may(const struct serve_tokens *tokens, int caller, enum serve_right right);

/** serve_tokens_spend() is false when the caller has made too many changes of late. */
bool serve_tokens_spend(struct serve_tokens *tokens, int caller);

#endif
