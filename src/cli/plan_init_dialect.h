/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_INIT_DIALECT_H
#define ASSAY_CLI_PLAN_INIT_DIALECT_H

#include "analysis/plan_model.h"
#include "base/arena.h"
#include "base/text.h"
#include "cli/plan_flags.h"

enum { FOUND_TEXTS_MAX = 24, FOUND_KEYS_MAX = 64 };

/** struct found_dialect is a dialect that grows while a file is looked at. Zero-initialise it. */
struct found_dialect {
    struct assay_dialect dialect;
    struct assay__arena arena;
    const char *missing[FOUND_TEXTS_MAX], *currency[FOUND_TEXTS_MAX];
    const char *true_texts[FOUND_TEXTS_MAX], *false_texts[FOUND_TEXTS_MAX];
    const char *keys[FOUND_KEYS_MAX][2]; /* what was found: key of "format" and value */
    uint32_t key_count;
};

/**
 * found_apply() adds a remedy: key=value of "format", one a line. False, and nothing is added, when
 * it leaves a choice ("or"), names another decimal mark, thousands mark or form of times than was
 * found before, or there is no room.
 */
bool found_apply(struct found_dialect *found, const char *remedy);

/** found_write() writes what was found as the member "format" of a plan; nothing when there is
 * nothing to say. */
void found_write(const struct found_dialect *found, struct assay__text *out);

/** found_flags() adds what was found to the flags of a command line. */
void found_flags(const struct found_dialect *found, struct plan_flags *flags);

void found_release(struct found_dialect *found);

#endif
