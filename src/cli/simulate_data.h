/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_SIMULATE_DATA_H
#define ASSAY_CLI_SIMULATE_DATA_H

#include "cli/flags_data.h"
#include "cli/simulate.h"

/** simulate_pool_read() reads the units of files. */
enum assay_status simulate_pool_read(struct simulation *simulation, const struct plan_flags *flags,
                                     const struct assay_read_options *options, char *const *paths,
                                     size_t path_count, struct assay_error *err);

#endif
