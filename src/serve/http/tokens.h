/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_HTTP_TOKENS_H
#define ASSAY_SERVE_HTTP_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/**
 * struct serve_tokens is who may call: pairs of a name and a bearer token, of which only the
 * SHA-256 is kept.
 */
struct serve_tokens;

/**
 * serve_tokens_read() reads a file with a line "NAME TOKEN" for each caller; empty lines and lines
 * that begin with '#' do not count. posts_per_second limits each caller's changes, 0 does not.
 * Errors: ASSAY_ERROR_NO_INPUT, ASSAY_ERROR_DATA with the line, ASSAY_ERROR_MEMORY.
 */
enum assay_status serve_tokens_read(const char *path, double posts_per_second,
                                    struct serve_tokens **out, struct assay_error *err);
void serve_tokens_free(struct serve_tokens *tokens);

/**
 * serve_tokens_find() is the number of the caller whose token this is, or -1. The time it takes
 * tells nothing about the tokens: digests are compared, all of them, each in constant time.
 */
int serve_tokens_find(const struct serve_tokens *tokens, const char *token, size_t length);

/** serve_tokens_name() is the caller's name. */
const char *serve_tokens_name(const struct serve_tokens *tokens, int caller);

/** serve_tokens_spend() is false when the caller has made too many changes of late. */
bool serve_tokens_spend(struct serve_tokens *tokens, int caller);

#endif
