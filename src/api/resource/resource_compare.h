/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_API_RESOURCE_RESOURCE_COMPARE_H
#define ASSAY_API_RESOURCE_RESOURCE_COMPARE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "json/json_tree.h"

/**
 * assay__canonical_covers() says whether a stored AnalysisResult is the one that was sent: every
 * field sent is there with the same value. The order of members is of no importance, numbers are
 * compared as doubles, lists element by element; the fields that belong to the server (name,
 * createTime, updateTime, creator, updater) and fields that only the server has are not looked at.
 *
 * Servers that speak protocol buffers' JSON leave out fields with their default (0, false, "", an
 * empty list) and write 64-bit integers as strings: both count as the same. A result that was sent
 * without a list of results is not one that has some.
 *
 * On false, where receives the path of the first difference, such as results[0].id.
 */
bool assay__canonical_covers(const struct assay__node *sent, const cJSON *stored, char *where,
                             size_t size);

/**
 * assay__canonical_contradicts() says whether what a server answered has another value for a field
 * that was sent. An answer may be partial: fields that it leaves out, or has with their default,
 * say nothing. where is that of assay__canonical_covers(), written where it contradicts.
 */
bool assay__canonical_contradicts(const struct assay__node *sent, const cJSON *answered,
                                  char *where, size_t size);

/**
 * assay__canonical_tells() says whether an answer has a field that is not the server's, with
 * another value than its default: one that tells nothing contradicts nothing.
 */
bool assay__canonical_tells(const cJSON *answered);

/**
 * assay__canonical_has_value() says whether what was sent has a value other than a default,
 * wherever it is. What has none is covered by nearly any document: that alone shows nothing.
 */
bool assay__canonical_has_value(const struct assay__node *sent);

#endif
