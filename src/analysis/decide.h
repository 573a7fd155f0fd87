/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_DECIDE_H
#define ASSAY_ANALYSIS_DECIDE_H

#include "analysis/analyze.h"

/** struct assay__case: a treatment, its control, and what is found about them. */
struct assay__case {
    struct assay__builder *builder;
    uint32_t group, control; /* control may be ASSAY__NO_GROUP */
    uint32_t pair;           /* their comparison, or ASSAY__NONE */
    struct assay_advice_reason *reasons;
    uint32_t reason_count, reason_capacity;
    bool is_hopeful; /* of the rule: what is not lost for good counts as passed */
    bool no_memory;  /* a reason could not be kept */
};

/** assay__case_result() is a metric's result in the total, of the case's comparison. */
const struct assay_metric_result *assay__case_result(const struct assay__case *it, uint32_t metric);

/** assay__rule_state() says whether the decision rule holds. Untested guards count as untested. */
enum assay_outcome assay__rule_state(const struct assay__case *it);

/** assay__is_lost(): below a futility bound that the plan obeys, and nothing was found. */
bool assay__is_lost(const struct assay__case *it, uint32_t metric);

/** assay__rule_is_lost(): the rule cannot hold any more, whatever else is found. */
bool assay__rule_is_lost(const struct assay__case *it);

/** assay__holds_back(): shipping rests on this metric's test, and there is none. */
bool assay__holds_back(const struct assay__case *it, uint32_t metric);

/** assay__is_uneven(): values of a metric of the rule are missing more in one group than in the
 * other, so that its test says nothing of the exposure. */
bool assay__is_uneven(const struct assay__case *it, uint32_t metric);

/** assay__is_win(): a success metric of the rule improved in its intended direction. */
bool assay__is_win(const struct assay__case *it, uint32_t metric);

/** assay__reason() adds a reason; metric may be -1; text NULL means that memory ran out. */
void assay__reason(struct assay__case *it, const char *id, int32_t metric, const char *text);

/* Each of the following adds its reasons and returns how many. */

/** assay__reasons_to_abort(): sizes that mismatch planned weights, unplanned groups, harm. */
uint32_t assay__reasons_to_abort(struct assay__case *it);

/** assay__reasons_to_withhold(): too few units, values or events, or no comparison. */
uint32_t assay__reasons_to_withhold(struct assay__case *it);

/** assay__reasons_not_to_rely(): adjustments by a covariate that moved, harm on too few units. */
uint32_t assay__reasons_not_to_rely(struct assay__case *it);

/** assay__reasons_untested(): each test that the advice rests on and that could not be made. */
uint32_t assay__reasons_untested(struct assay__case *it);

/** assay__reasons_to_ship(): what improved, and that every guardrail passed. */
uint32_t assay__reasons_to_ship(struct assay__case *it);

/** assay__reasons_not_to_ship(): what did not improve, pass or get tested. */
uint32_t assay__reasons_not_to_ship(struct assay__case *it);

/** assay__is_powered(): every metric that the end of the experiment waits for has its units. */
bool assay__is_powered(const struct assay__case *it);

/** assay__is_alpha_left(): one of them has a group sequence without planned looks, not yet over. */
bool assay__is_alpha_left(const struct assay__case *it);

/** assay__has_planned_effect(): some success metric of the rule has a planned effect. */
bool assay__has_planned_effect(const struct assay__case *it);

/** assay__reasons_inconclusive(): metrics without an answer, of a horizon that is over. */
uint32_t assay__reasons_inconclusive(struct assay__case *it);

/** assay__reasons_futile(): metrics beyond their futility bounds, which the plan obeys. */
uint32_t assay__reasons_futile(struct assay__case *it);

/** assay__reasons_to_go_on(): metrics that need more units, of a horizon that goes on. */
uint32_t assay__reasons_to_go_on(struct assay__case *it);

#endif
