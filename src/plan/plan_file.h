/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_PLAN_PLAN_FILE_H
#define ASSAY_PLAN_PLAN_FILE_H

#include "base/error.h"
#include "json/json_tree.h"

/** assay__plan_read_tree() reads a plan's text as a tree, comments allowed. */
enum assay_status assay__plan_read_tree(struct assay__arena *arena, const char *text, size_t length,
                                        const char *name, struct assay__node **out,
                                        struct assay_error *err);

/**
 * assay__plan_read_file() is assay__plan_read_tree() of a file; "-" is standard input. Metrics that
 * it includes stand in the place of their includes.
 */
enum assay_status assay__plan_read_file(struct assay__arena *arena, const char *path,
                                        struct assay__node **out, struct assay_error *err);

/**
 * assay__plan_read_metrics() appends the definitions that a file holds to a list of metrics. what
 * is FILE, all of them, or FILE#ID, one.
 */
enum assay_status assay__plan_read_metrics(struct assay__arena *arena, const char *what,
                                           struct assay__node *metrics, struct assay_error *err);

/** assay__plan_file_name() is a plan's name for messages: the path, or that of standard input. */
const char *assay__plan_file_name(const char *path);

#endif
