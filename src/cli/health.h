/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_HEALTH_H
#define ASSAY_CLI_HEALTH_H

#include <stdbool.h>

#include "analysis/results.h"

/** struct health_wanted: what --fail-on names. */
struct health_wanted {
    bool srm, deterioration, untested;
};

/** health_take() reads a list such as "srm,deterioration"; 0, or 2 after saying what is wrong. */
int health_take(const char *command, const char *list, struct health_wanted *wanted);

/**
 * health_code() is the exit status for what was found: 10 a sample ratio mismatch, 11 harm, 12 a
 * test that could not be made; 0 when nothing that was wanted is there.
 */
int health_code(const struct health_wanted *wanted, const struct assay_analysis *analysis);

#endif
