/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_SQL_FLAGS_H
#define ASSAY_CLI_SQL_FLAGS_H

#include "cli/args.h"
#include "cli/plan_flags.h"
#include "source/sql/sql.h"

/** Values of flags about SQL: 0, or the exit code after saying what is wrong. */
int sql_take_dialect(struct args_where where, const char *value,
                     const struct assay__sql_dialect **dialect);
int sql_take_scale(struct args_where where, const char *value, unsigned *scale);
int sql_take_count(struct args_where where, const char *value, uint32_t least, uint32_t most,
                   uint32_t *count);
int sql_take_shard(const char *command, const char *shards[ASSAY__SQL_SHARDS_MAX], size_t *count,
                   const char *value);
/** sql_check_shards() says what does not fit beside shards. */
int sql_check_shards(const char *command, const struct assay__sql_options *options);

/**
 * sql_list_events() lists the tables that --events names, as options take them. Free *kept and
 * *out, which options points to.
 */
enum assay_status sql_list_events(const struct plan_flags *flags, const struct assay_plan *plan,
                                  struct assay__sql_options *options, struct plan_event_file **kept,
                                  struct assay__sql_events **out, struct assay_error *err);

#endif
