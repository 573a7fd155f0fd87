/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_DRAFT_H
#define ASSAY_DRAFT_H

#include <stdbool.h>

#include "assay/export.h"
#include "assay/plan.h"
#include "assay/status.h"

/**
 * struct assay_draft is a plan in the making, by calls in place of JSON: each sets one value at its
 * place in the document that data/plan.schema.json describes, named as RFC 6901 has it.
 *
 *     assay_draft_set_text(draft, "/columns/group", "variant", &err);
 *     assay_draft_set_text(draft, "/comparisons/baseline", "control", &err);
 *     assay_draft_set_text(draft, "/metrics/0/id", "revenue", &err);
 *     assay_draft_set_text(draft, "/metrics/0/role", "success", &err);
 *     assay_draft_set_text(draft, "/metrics/0/type", "mean", &err);
 *     assay_draft_set_number(draft, "/alpha", 0.01, &err);
 *     assay_draft_plan(draft, &plan, &err);
 *
 * Objects and lists on the way are made as they are named; a list grows by naming the number behind
 * its last. A value that is there is replaced. A call that fails leaves the draft as it was. Keys
 * and values are judged when the plan is made, by the same rules and with the same words as a
 * plan's text. One draft, one thread.
 */
struct assay_draft;

/** assay_draft_new() makes an empty draft; assay_draft_free() frees it, NULL is fine. */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_draft_new(struct assay_draft **out,
                                                             struct assay_error *err);
ASSAY_API void assay_draft_free(struct assay_draft *draft);

/**
 * Set a text, a number (its shortest decimal), a truth value; text is copied. ASSAY_ERROR_USAGE for
 * a place that cannot be: no leading slash, an element beyond the next one of a list, a part of a
 * value that is neither object nor list, and for a text that is NULL; ASSAY_ERROR_DOMAIN for a
 * number that is not finite; ASSAY_ERROR_LIMIT for a place of more than 32 parts;
 * ASSAY_ERROR_MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_draft_set_text(struct assay_draft *draft,
                                                                  const char *place,
                                                                  const char *text,
                                                                  struct assay_error *err);
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_draft_set_number(struct assay_draft *draft,
                                                                    const char *place,
                                                                    double number,
                                                                    struct assay_error *err);
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_draft_set_truth(struct assay_draft *draft,
                                                                   const char *place, bool truth,
                                                                   struct assay_error *err);

/** assay_draft_write() writes the draft as JSON, indented; free(*text). ASSAY_ERROR_MEMORY. */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_draft_write(const struct assay_draft *draft, char **text, struct assay_error *err);

/**
 * assay_draft_plan() makes a plan, which does not need the draft any more. Fails as
 * assay_plan_parse() does; lines and columns are those of assay_draft_write().
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_draft_plan(const struct assay_draft *draft, struct assay_plan **out, struct assay_error *err);

#endif
