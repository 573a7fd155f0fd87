/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_LIST_FILTER_H
#define ASSAY_SERVE_LIST_FILTER_H

#include "serve/store/store.h"

/**
 * serve_filter_parse() reads a list's filter into a query, whose workflow and instance are set:
 *
 *     labels.team = "growth" AND labels:region AND parent = "workflows/a/instances/b"
 *
 * labels.KEY = VALUE asks for a label with that value, labels:KEY for one with any. Keys and values
 * are words of letters, digits and _ - / ~ (values also .), or stand in double quotes with \" and
 * \\. *contradicts: no result can match. Problems name the field "filter".
 */
bool serve_filter_parse(const char *filter, struct serve_query *query, bool *contradicts,
                        struct serve_problems *problems);

#endif
