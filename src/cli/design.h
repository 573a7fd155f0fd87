/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_DESIGN_H
#define ASSAY_CLI_DESIGN_H

#include "assay/horizon.h"
#include "cli/args.h"

enum { DESIGN_LOOKS_MAX = 1000, DESIGN_WEEK = 7, DESIGN_SCHEDULE_MAX = 20 };

/** struct design_traffic: units that come a day. */
struct design_traffic {
    bool is_given;
    double by_weekday[DESIGN_WEEK]; /* from the first day of the experiment on */
};

/** struct design: what assay design was asked for. */
struct design {
    struct assay_horizon_design horizon;
    double power;
    double values[DESIGN_LOOKS_MAX]; /* informations; units of an always-valid horizon */
    size_t count;
    double expected_size; /* units at information 1; NaN: not given */
    double single_size;   /* units that one look needs; NaN: not given */
    double look_cost;     /* of one look, in samples of one look; NaN: not given */
    double cost;          /* of the best schedule; NaN: none was sought */
    struct design_traffic traffic;
    enum args_format format;
};

/** struct design_look: one look of it. Figures that were not asked for are NaN. */
struct design_look {
    double units, days;
    struct assay_boundary boundary;
    double nominal_p;
    double exit_null, exit_alternative;     /* first exits, both sides under the null */
    double futile_null, futile_alternative; /* first exits below the futility bound */
    double power;      /* exits above so far, at the drift; always valid: of this look alone */
    double half_width; /* always valid: for unit variance */
};

/** struct design_figures: everything about a design. */
struct design_figures {
    struct design_look looks[DESIGN_LOOKS_MAX];
    struct assay_horizon_cost plan; /* group sequential; of an always-valid one its inflation */
    double units;                   /* at information 1, or with the power; NaN: unknown */
};

/** design_traffic_read() reads days and units from a CSV; prints what is wrong. */
int design_traffic_read(const char *path, struct design_traffic *traffic);

/** design_days() is the whole days until that many units have come; infinity: never. */
double design_days(const struct design_traffic *traffic, double units);

/**
 * design_schedule() places at most design->count looks at the least cost, for design->look_cost; a
 * message in err when it cannot.
 */
enum assay_status design_schedule(struct design *design, struct assay_error *err);

/** design_compute() fills in the figures; a message in err when it cannot. */
enum assay_status design_compute(const struct design *design, struct design_figures *figures,
                                 struct assay_error *err);

/** design_print() prints them in the design's format; returns the exit code. */
int design_print(const struct design *design, const struct design_figures *figures);

#endif
