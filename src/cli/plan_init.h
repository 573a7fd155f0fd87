/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_INIT_H
#define ASSAY_CLI_PLAN_INIT_H

#include "base/text.h"
#include "cli/plan_init_guess.h"

/** plan_init_write() writes a commented starting plan; it parses as it is. */
void plan_init_write(const struct table_source *source, const struct table_profile *profile,
                     const struct table_guess *guess, struct assay__text *out);

#endif
