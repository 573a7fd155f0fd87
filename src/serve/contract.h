/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_CONTRACT_H
#define ASSAY_SERVE_CONTRACT_H

#include "json/json_tree.h"
#include "serve/http/response.h"

/**
 * serve_contract_check() compares an analysisResult with the contract's fields and types and adds
 * a problem for each that is wrong; field names start with "analysisResult". strict: unknown
 * fields are problems, otherwise they stay as they are. Members that are null are as good as
 * absent, and fields that belong to the server are not the client's to give: both are taken out.
 */
void serve_contract_check(struct assay__node *result, bool strict, struct serve_problems *problems);

/**
 * serve_contract_may_forget() is true for an object in a list of an analysisResult that a check has
 * nothing to say about and nothing to take out of: assay__json_read() may forget what is in it.
 * object is in the tree of a request body; *strict is a bool. Labels are kept.
 */
bool serve_contract_may_forget(const struct assay__node *object, const void *strict);

#endif
