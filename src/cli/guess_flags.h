/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_GUESS_FLAGS_H
#define ASSAY_CLI_GUESS_FLAGS_H

#include "base/text.h"
#include "cli/plan_flags.h"

/** struct guess_flags: what a command line left open. Zero-initialise it. */
struct guess_flags {
    struct assay__arena arena;
    struct assay__text flags; /* what was guessed, as options; empty when nothing was */
    char checks[800];         /* ". Check " and columns whose guess may be wrong; or "" */
    char refusal[1200];       /* why it is not safe to guess, with the options to add; or "" */
};

/**
 * guess_flags_fill() adds the flags that a command line without a plan lacks: group, unit,
 * baseline, metrics and the file's spelling, as plan init finds them in the first file. Nothing is
 * added when a plan, or group, baseline and a metric are given. Call guess_flags_release() always,
 * after flags.
 */
enum assay_status guess_flags_fill(struct guess_flags *guess, struct plan_flags *flags,
                                   const char *path, char separator, struct assay_error *err);
void guess_flags_release(struct guess_flags *guess);

#endif
