/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What may be said after a group sequence stopped: p, estimate and interval by the stage-wise
 * ordering. Exits up to a look and survival of it make up 1, so that one integral gives them under
 * any drift; without drift they are what has been spent.
 */
#include <math.h>

#include "assay/dist.h"
#include "base/error.h"
#include "base/memory.h"
#include "stats/horizon/horizon.h"
#include "stats/horizon/panels.h"
#include "stats/root.h"

enum { POINTS_MAX = 48, NEAREST = 5 };

/* A drift, and the normal quantile of the tail under it, which is nearly a line. */
struct point {
    double drift, score;
};

struct outcome {
    const struct assay__walk *walk;
    uint32_t look;
    double time, edge; /* of the look, and the observed score */
    double level;
    struct point points[POINTS_MAX]; /* that were computed */
    int point_count;
};

/* The probability of an exit above edge at look k, with none before. */
static double exit_above(const struct assay__walk *walk, uint32_t k, double edge, double drift)
{
    double p = exp(assay__walk_log_exit(walk, k, walk->grids[k].time, edge, drift));
    return isnan(p) ? 0.0 : p; /* of even nodes, whose sum may be a rounding error below 0 */
}

/* What is 1 less another probability loses the digits of small ones. */
static bool may_subtract(const struct outcome *o)
{
    const double least_level = 1e-4;
    return !o->walk->two_sided && o->level > least_level && o->level < 1.0 - least_level;
}

/* Of exits above before the look. */
static double exits_before(const struct outcome *o, double drift)
{
    double sum = 0.0;
    if (may_subtract(o)) {
        double survival = assay__walk_survival(o->walk, o->look, drift);
        if (!isnan(survival))
            return 1.0 - survival;
    }
    for (uint32_t k = 0; k < o->look; k++)
        sum += exit_above(o->walk, k, o->walk->grids[k].edge, drift);
    return sum;
}

/* P(an outcome at least as large) when outcomes are ordered by look: it rises with the drift. */
static double tail(const struct outcome *o, double drift)
{
    if (o->look > 0 && may_subtract(o)) {
        double stay = assay__walk_stay(o->walk, o->look, o->time, o->edge, drift);
        if (!isnan(stay))
            return 1.0 - stay;
    }
    double here = exit_above(o->walk, o->look, o->edge, drift);
    return o->look == 0 ? here : here + exits_before(o, drift);
}

static double excess(void *context, double drift)
{
    const struct outcome *o = context;
    return tail(o, drift) - o->level;
}

static void add_point(struct outcome *o, double drift)
{
    double score = -assay_normal_quantile_upper(tail(o, drift));
    if (isfinite(score) && o->point_count < POINTS_MAX)
        o->points[o->point_count++] = (struct point){drift, score};
}

/* The nearer points lie too close to one to say more with it. */
static bool is_crowded(const struct point *near, int count, struct point point, double want)
{
    for (int i = 0; i < count; i++)
        if (fabs(point.score - near[i].score) < 0.1 * fabs(point.score - want))
            return true;
    return false;
}

/* The point not taken whose score is nearest to one; there is one. */
static int next_nearest(const struct outcome *o, double want, const bool *taken)
{
    int best = 0;
    double least = HUGE_VAL;
    for (int i = 0; i < o->point_count; i++) {
        double away = fabs(o->points[i].score - want);
        if (!taken[i] && away < least) {
            best = i;
            least = away;
        }
    }
    return best;
}

/* The points whose scores are nearest to one, the nearest first; their number. */
static int nearest_points(const struct outcome *o, double want, struct point near[NEAREST])
{
    bool taken[POINTS_MAX] = {false};
    int count = 0;
    for (int round = 0; round < o->point_count && count < NEAREST; round++) {
        int best = next_nearest(o, want, taken);
        taken[best] = true;
        if (!is_crowded(near, count, o->points[best], want))
            near[count++] = o->points[best];
    }
    return count;
}

/* The drift at a score by the polynomial through points, and what the last of them changed. */
static double drift_through(const struct point *near, int count, double want, double *change)
{
    double table[NEAREST], drift = near[0].drift, factor = 1.0;
    for (int i = 0; i < count; i++)
        table[i] = near[i].drift;
    for (int order = 1; order < count; order++) {
        for (int i = count - 1; i >= order; i--)
            table[i] = (table[i] - table[i - 1]) / (near[i].score - near[i - order].score);
        factor *= want - near[order - 1].score;
        *change = factor * table[order];
        drift += *change;
    }
    return drift;
}

/*
 * The drift at which the tail is the level, by the points that are known: one more is computed
 * where the polynomial through them gets to, until the last of its terms is nothing. Else by
 * brackets.
 */
static double drift_at(struct outcome *o, double level, double start, double step)
{
    const double nothing = 1e-13, close = 0.02; /* of the step; of the score */
    o->level = level;
    double want = -assay_normal_quantile_upper(level), slope = 0.5 / step;
    if (o->point_count == 0)
        add_point(o, start);
    for (int i = 0; i < 12 && o->point_count > 0; i++) {
        struct point near[NEAREST];
        int count = nearest_points(o, want, near);
        double away = want - near[0].score, change = away / slope, next = near[0].drift + change;
        if (count > 1 && fabs(away) < 1.0)
            next = drift_through(near, count, want, &change);
        if (!isfinite(next) || fabs(next - near[0].drift) > 20.0 * step)
            break;
        if (fabs(change) < nothing * step && fabs(away) < close)
            return next;
        add_point(o, next);
    }
    return assay__root_rising(excess, o, start, step);
}

/*
 * The tail without drift. An exit at this look far beyond those before it is told by panels alone,
 * if it counts beside what has been spent.
 */
static enum assay_status tail_without_drift(const struct assay_horizon *horizon,
                                            const struct outcome *o, double *p,
                                            struct assay_error *err)
{
    const double nothing = 1e-16;
    enum assay_status status = ASSAY_OK;
    *p = exit_above(o->walk, o->look, o->edge, 0.0);
    if (o->look == 0)
        return ASSAY_OK;
    const struct assay__grid *last = &o->walk->grids[o->look - 1];
    double spent = exp(assay__spending_log_step(&horizon->spending, 0.0, last->time));
    if (last->even_count > 0 && assay__is_rare(last, o->time, o->edge) &&
        assay_normal_upper(o->edge / sqrt(o->time)) > nothing * spent) {
        struct assay__grid panels;
        status = assay__panels_fill(o->walk, o->look - 1, &panels, err);
        if (status != ASSAY_OK)
            return status;
        *p = exp(assay__grid_log_exit(&panels, o->time, o->edge, 0.0));
        assay__free(panels.bounds);
    }
    *p += spent;
    return status;
}

static enum assay_status check(const struct assay_horizon *horizon, size_t look, double statistic,
                               double level, struct assay_error *err)
{
    if (horizon->design.kind != ASSAY_HORIZON_GROUP_SEQUENTIAL)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "Only group-sequential looks have a drift.");
    if (look >= horizon->walk.count)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "No look has number %zu.", look);
    if (!isfinite(statistic) || !(level > 0.0 && level < 0.5))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The statistic must be finite and the level below 0.5.");
    return ASSAY_OK;
}

enum assay_status assay_horizon_estimate(const struct assay_horizon *horizon, size_t look,
                                         double statistic, double level,
                                         struct assay_horizon_estimate *out,
                                         struct assay_error *err)
{
    enum assay_status status = check(horizon, look, statistic, level, err);
    if (status != ASSAY_OK)
        return status;
    const struct assay__walk *walk = &horizon->walk;
    /* An outcome below mirrors one above; without a lower boundary it is as it stands. */
    bool mirrored = walk->two_sided && statistic < 0.0;
    double time = walk->grids[look].time, root = sqrt(time);
    double size = mirrored ? -statistic : statistic, start = size / root, step = 0.5 / root, p;
    struct outcome o = {.walk = walk, .look = (uint32_t)look, .time = time, .edge = size * root};
    status = tail_without_drift(horizon, &o, &p, err);
    if (status != ASSAY_OK)
        return status;
    double median = drift_at(&o, 0.5, start, step);
    double lower = drift_at(&o, level, start - step, step);
    double upper = drift_at(&o, 1.0 - level, start + step, step);
    *out = (struct assay_horizon_estimate){
        .p = walk->two_sided ? fmin(1.0, 2.0 * fmin(p, 1.0 - p)) : p,
        .median = mirrored ? -median : median,
        .lower = mirrored ? -upper : lower,
        .upper = mirrored ? -lower : upper,
    };
    return ASSAY_OK;
}
