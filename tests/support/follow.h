/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Experiments whose advice is followed. Each replicate draws the units of an experiment, puts them
 * into a dataset, analyzes it by a plan, and does what the recommendation says; what is counted is
 * what a user would have shipped or stopped. Unlike tests/support/calibrate.h, nothing of the way
 * from sums to advice is left out: roles, adjustments, exact tests, minimum, decision rule.
 */
#ifndef ASSAY_TESTS_FOLLOW_H
#define ASSAY_TESTS_FOLLOW_H

#include "simulate.h"

/** enum follow_values: how a unit's values are distributed, alike in all groups but for lift. */
enum follow_values {
    FOLLOW_NORMAL,    /* mean 10, deviation 1 */
    FOLLOW_LOGNORMAL, /* exp of a standard normal */
    FOLLOW_RARE       /* 1 with probability .1, else 0 */
};

enum { FOLLOW_GROUPS_MAX = 4, FOLLOW_METRICS_MAX = 16 };

struct follow_case {
    const char *name;
    enum follow_values values;
    int metrics;      /* all of the values' type, named m0, m1, ... */
    int guardrails;   /* of these, the last ones */
    bool has_margin;  /* the guardrails have one, of 20 % of the baseline */
    int treatments;   /* besides the control */
    int units;        /* a treatment's, on average: each unit has its group by lot */
    double control;   /* the control's weight beside 1 of each treatment; 0 is 1 */
    double lift;      /* of the first metric in the first treatment, relative */
    const char *more; /* further members of the plan, such as ",\"adjustment\":\"bonferroni\"" */
};

struct follow_rates {
    double ship;     /* share of experiments in which any treatment is shipped */
    double abort;    /* any treatment aborted */
    double withheld; /* advice withheld for the first treatment */
};

/** follow() makes the replicates, a multiple of 50, at most 13,200; see sim_run_blocks(). */
struct follow_rates follow(const struct follow_case *c, int replicates, uint64_t seed);

/** follow_plan() writes the plan of a case. */
void follow_plan(const struct follow_case *c, char *text, size_t size);

#endif
