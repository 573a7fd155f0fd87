/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The recursion over looks, on the score's scale. Panels are as wide as the smoothness of h allows:
 * an edge at look j leaves a step in h that later looks smooth to a width of S_j, so panels are
 * narrow within a few S_j of where that edge has got to, and wide elsewhere. Integrals against a
 * bridge that is narrower than a panel take h from the panel's polynomial.
 */
#include "stats/horizon/survival.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assay/dist.h"
#include "base/error.h"
#include "stats/dist/normal.h"

enum { POINTS = ASSAY__GAUSS_POINTS, PANELS_MAX = 200000 };

static const double SQRT_TAU = 2.50662827463100050242;
static const double REACH = 8.0;        /* deviations after which a normal density is nothing */
static const double PANEL_WIDTH = 4.0;  /* in units of h's own scale */
static const double CHUNK_WIDTH = 6.0;  /* in deviations of what h is integrated against */
static const double NARROW_WIDTH = 4.0; /* from which on a few points of a normal rule do */
static const double FLATTENING = 8.0;   /* deviations after which a step in h is nothing */

/* Calls for each chunk of the quadrature of h over [low, high]. */
typedef void (*visitor)(void *context, const double u[POINTS], const double mass[POINTS]);

/* h on a panel. */
struct piece {
    double from, to;
    const double *coefficients;
    int terms;
};

static struct piece piece_of(const struct assay__grid *grid, uint32_t panel)
{
    struct piece piece = {.from = grid->bounds[panel], .to = grid->bounds[panel + 1]};
    piece.coefficients = grid->coefficient + (size_t)panel * POINTS;
    piece.terms = grid->terms[panel];
    return piece;
}

/* h of a panel at the places u; those outside it get the value at its end. */
static void piece_values(const struct piece *piece, const double u[POINTS], double h[POINTS])
{
    double x[POINTS], middle = 0.5 * (piece->from + piece->to);
    double scale = 2.0 / (piece->to - piece->from);
    for (int i = 0; i < POINTS; i++)
        x[i] = fmin(fmax(scale * (u[i] - middle), -1.0), 1.0);
    assay__legendre_values(piece->coefficients, piece->terms, x, h);
}

/* Splits [low, high] so that a normal density of this deviation is resolved; h is that of a piece,
 * or 1. */
static void visit_parts(double low, double high, double deviation, const struct piece *piece,
                        visitor visit, void *context)
{
    if (!(high > low))
        return;
    double count = ceil((high - low) / (CHUNK_WIDTH * deviation));
    double half = 0.5 * (high - low) / count;
    for (double part = 0.0; part < count; part++) {
        double u[POINTS], mass[POINTS], middle = low + half * (2.0 * part + 1.0);
        for (int i = 0; i < POINTS; i++) {
            u[i] = middle + half * assay__gauss_node(i);
            mass[i] = 1.0;
        }
        if (piece != NULL)
            piece_values(piece, u, mass);
        for (int i = 0; i < POINTS; i++)
            mass[i] *= half * assay__gauss_weight(i);
        visit(context, u, mass);
    }
}

/* The panel in which a place lies; the first or last one beyond them. */
static uint32_t panel_at(const struct assay__grid *grid, double place)
{
    uint32_t low = 0, high = grid->panel_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (grid->bounds[middle] <= place)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void visit_panels(const struct assay__grid *grid, double low, double high, double deviation,
                         visitor visit, void *context)
{
    if (grid->panel_count == 0 || high <= grid->bounds[0])
        return;
    for (uint32_t p = panel_at(grid, low); p < grid->panel_count; p++) {
        double from = grid->bounds[p], to = grid->bounds[p + 1];
        if (from >= high)
            return;
        if (to - from <= CHUNK_WIDTH * deviation) {
            visit(context, grid->node + (size_t)p * POINTS, grid->mass + (size_t)p * POINTS);
        } else {
            struct piece piece = piece_of(grid, p);
            visit_parts(fmax(low, from), fmin(high, to), deviation, &piece, visit, context);
        }
    }
}

/*
 * exp(x) for -700 < x <= 0 without branches, so that compilers make it a vector loop: x is
 * k ln 2 + r, |r| < 0.35. Relative error below 3e-16. Panels end within 13 deviations: x > -90.
 */
static inline double exp_negative(double x)
{
    const double shift = 0x1.8p52;
    double k = x * 1.44269504088896340736 + shift;
    uint64_t bits;
    memcpy(&bits, &k, sizeof bits);
    double whole = k - shift;
    double r = (x - whole * 0x1.62e42feep-1) - whole * 0x1.a39ef35793c76p-33;
    double e = 1.0 / 6227020800.0;
    e = e * r + 1.0 / 479001600.0;
    e = e * r + 1.0 / 39916800.0;
    e = e * r + 1.0 / 3628800.0;
    e = e * r + 1.0 / 362880.0;
    e = e * r + 1.0 / 40320.0;
    e = e * r + 1.0 / 5040.0;
    e = e * r + 1.0 / 720.0;
    e = e * r + 1.0 / 120.0;
    e = e * r + 1.0 / 24.0;
    e = e * r + 1.0 / 6.0;
    e = e * r + 0.5;
    e = e * r + 1.0;
    e = e * r + 1.0;
    uint64_t scale_bits = (bits + 1023u) << 52;
    double scale;
    memcpy(&scale, &scale_bits, sizeof scale);
    return e * scale;
}

struct bridge {
    double mean, factor; /* exp(factor (u - mean)^2) */
    double sum;
};

static void visit_bridge(void *context, const double u[POINTS], const double mass[POINTS])
{
    struct bridge *bridge = context;
    double mean = bridge->mean, factor = bridge->factor, terms[POINTS], sum = 0.0;
    for (int i = 0; i < POINTS; i++) {
        double away = u[i] - mean;
        terms[i] = mass[i] * exp_negative(factor * away * away);
    }
    for (int i = 0; i < POINTS; i++)
        sum += terms[i];
    bridge->sum += sum;
}

/* P(low < Z < high) to the digits of the smaller tail; low < high. */
static double between(double low, double high)
{
    if (low > 0.0)
        return assay_normal_upper(low) - assay_normal_upper(high);
    return assay_normal_lower(high) - assay_normal_lower(low);
}

/*
 * A bridge far narrower than the panels it meets, away from the edges: h is smooth on its scale,
 * and 20 points of a normal rule do. False when it is not so.
 */
static bool narrow_survival(const struct assay__grid *grid, double mean, double deviation,
                            double *h)
{
    double low = mean - REACH * deviation, high = mean + REACH * deviation;
    bool flat = grid->flat_low < grid->bounds[0];
    if (grid->panel_count == 0 || high > grid->edge || (!flat && low < grid->bounds[0]))
        return false;
    uint32_t first = panel_at(grid, low), end = panel_at(grid, high);
    for (uint32_t p = first; p <= end; p++)
        if (grid->bounds[p + 1] - grid->bounds[p] < NARROW_WIDTH * deviation)
            return false;
    double u[POINTS], values[POINTS], sum = 0.0;
    for (int i = 0; i < POINTS; i++)
        u[i] = mean + deviation * assay__normal_node(i);
    for (int i = 0; i < POINTS && u[i] < grid->bounds[0]; i++)
        sum += assay__normal_weight(i); /* where h is 1 */
    for (uint32_t p = first; p <= end; p++) {
        struct piece piece = piece_of(grid, p);
        piece_values(&piece, u, values);
        for (int i = 0; i < POINTS; i++)
            if (u[i] >= piece.from && u[i] < piece.to)
                sum += assay__normal_weight(i) * values[i];
    }
    *h = sum;
    return true;
}

/* h at look k given B(t) = b, from the grid of the look before. */
static double survival(const struct assay__grid *before, double time, double b)
{
    double step = time - before->time, mean = b * (before->time / time);
    double deviation = sqrt(before->time * (step / time)), narrow;
    if (narrow_survival(before, mean, deviation, &narrow))
        return narrow;
    struct bridge bridge = {mean, -0.5 / (deviation * deviation), 0.0};
    visit_panels(before, mean - REACH * deviation, mean + REACH * deviation, deviation,
                 visit_bridge, &bridge);
    double flat = 0.0, low = before->flat_low, high = before->bounds[0];
    if (high > low && high > mean - 39.0 * deviation)
        flat = between((low - mean) / deviation, (high - mean) / deviation);
    return flat + bridge.sum / (deviation * SQRT_TAU);
}

/* The width over which h varies at a place of the look at time, from the edges before it. */
static double local_scale(const struct assay__walk *walk, double time, double place)
{
    double best = HUGE_VAL;
    for (uint32_t j = walk->count; j-- > 0;) {
        const struct assay__grid *grid = &walk->grids[j];
        double stretch = time / grid->time;
        double smooth = sqrt((time - grid->time) * stretch);
        if (smooth >= best)
            break;
        double away = fabs(place - grid->edge * stretch);
        if (isfinite(grid->low_edge))
            away = fmin(away, fabs(place - grid->low_edge * stretch));
        best = fmin(best, fmax(smooth, away / FLATTENING));
    }
    return best;
}

/*
 * Panels from the edge down to low: their number, and their bounds in falling order unless bounds
 * is NULL. local_scale() changes by at most 1/8 of the distance.
 */
static uint32_t lay_panels(const struct assay__walk *walk, double time, double edge, double low,
                           double *bounds)
{
    uint32_t count = 0;
    double place = edge, share = PANEL_WIDTH / (1.0 + PANEL_WIDTH / FLATTENING);
    while (place > low && count < PANELS_MAX) {
        double width = share * local_scale(walk, time, place);
        double next = place - width;
        if (next < low + 0.3 * width || !(next < place))
            next = low;
        place = next;
        count++;
        if (bounds != NULL)
            bounds[count] = place;
    }
    return count;
}

/*
 * Below it h is taken to be 1: scores there have a mass of 3e-14, and few of their paths have been
 * above an edge before, or will be.
 */
static double flat_bound(double time, double edge)
{
    return fmin(-7.5 * sqrt(time), edge);
}

static enum assay_status make_room(struct assay__grid *grid, struct assay_error *err)
{
    size_t points = (size_t)grid->panel_count * POINTS;
    size_t size = (grid->panel_count + 1 + 3 * points) * sizeof(double) + grid->panel_count;
    double *block = malloc(size);
    if (block == NULL)
        return assay__fail_memory(err);
    grid->bounds = block;
    grid->node = block + grid->panel_count + 1;
    grid->mass = grid->node + points;
    grid->coefficient = grid->mass + points;
    grid->terms = (uint8_t *)(grid->coefficient + points);
    return ASSAY_OK;
}

static void fill_panel(const struct assay__grid *before, struct assay__grid *grid, uint32_t panel)
{
    size_t at = (size_t)panel * POINTS;
    double half = 0.5 * (grid->bounds[panel + 1] - grid->bounds[panel]), h[POINTS];
    double middle = grid->bounds[panel] + half;
    for (int i = 0; i < POINTS; i++) {
        grid->node[at + (size_t)i] = middle + half * assay__gauss_node(i);
        h[i] = survival(before, grid->time, grid->node[at + (size_t)i]);
        grid->mass[at + (size_t)i] = h[i] * half * assay__gauss_weight(i);
    }
    grid->terms[panel] = (uint8_t)assay__legendre_fit(h, grid->coefficient + at);
}

/* With two sides h is even: the lower half of the panels mirrors the upper one. */
static void mirror_panel(struct assay__grid *grid, uint32_t panel)
{
    size_t at = (size_t)panel * POINTS;
    uint32_t twin = grid->panel_count - 1 - panel;
    size_t from = (size_t)twin * POINTS;
    grid->terms[panel] = grid->terms[twin];
    for (size_t i = 0; i < POINTS; i++) {
        grid->node[at + i] = -grid->node[from + POINTS - 1 - i];
        grid->mass[at + i] = grid->mass[from + POINTS - 1 - i];
        grid->coefficient[at + i] = (i % 2 == 0 ? 1.0 : -1.0) * grid->coefficient[from + i];
    }
}

static enum assay_status fill_grid(const struct assay__walk *walk, struct assay__grid *grid,
                                   struct assay_error *err)
{
    bool first = walk->count == 0, both = walk->two_sided, lower = isfinite(grid->low_edge);
    double low = both ? 0.0 : lower ? grid->low_edge : flat_bound(grid->time, grid->edge);
    uint32_t half = first ? 0 : lay_panels(walk, grid->time, grid->edge, low, NULL);
    if (half >= PANELS_MAX)
        return assay__fail(err, ASSAY_ERROR_LIMIT,
                           "A look adds too little information to the look before.");
    grid->panel_count = both ? 2 * half : half;
    enum assay_status status = make_room(grid, err);
    if (status != ASSAY_OK)
        return status;
    grid->bounds[0] = first ? grid->edge : low;
    grid->flat_low = grid->low_edge;
    if (first)
        return ASSAY_OK;
    double *falling = malloc((half + 1) * sizeof *falling);
    if (falling == NULL) {
        free(grid->bounds);
        return assay__fail_memory(err);
    }
    falling[0] = grid->edge;
    lay_panels(walk, grid->time, grid->edge, low, falling);
    for (uint32_t p = 0; p <= half; p++) {
        grid->bounds[grid->panel_count - p] = falling[p];
        if (both)
            grid->bounds[p] = -falling[p];
    }
    free(falling);
    if (lower)
        grid->flat_low = grid->bounds[0]; /* nothing is flat */
    for (uint32_t p = both ? half : 0; p < grid->panel_count; p++)
        fill_panel(&walk->grids[walk->count - 1], grid, p);
    for (uint32_t p = 0; both && p < half; p++)
        mirror_panel(grid, p);
    return ASSAY_OK;
}

enum assay_status assay__walk_add(struct assay__walk *walk, double time, double edge, bool is_last,
                                  struct assay_error *err)
{
    double low_edge = walk->two_sided ? -edge : -HUGE_VAL;
    return assay__walk_add_between(walk, time, low_edge, edge, is_last, err);
}

enum assay_status assay__walk_add_between(struct assay__walk *walk, double time, double low_edge,
                                          double edge, bool is_last, struct assay_error *err)
{
    if (walk->count == walk->capacity) {
        uint32_t capacity = walk->capacity == 0 ? 16 : walk->capacity * 2;
        struct assay__grid *grids = realloc(walk->grids, capacity * sizeof *grids);
        if (grids == NULL)
            return assay__fail_memory(err);
        walk->grids = grids;
        walk->capacity = capacity;
    }
    struct assay__grid *grid = &walk->grids[walk->count];
    *grid = (struct assay__grid){.time = time, .edge = edge, .low_edge = low_edge};
    enum assay_status status = is_last ? ASSAY_OK : fill_grid(walk, grid, err);
    if (status == ASSAY_OK)
        walk->count++;
    return status;
}

void assay__walk_release(struct assay__walk *walk)
{
    for (uint32_t k = 0; k < walk->count; k++)
        free(walk->grids[k].bounds);
    free(walk->grids);
    *walk = (struct assay__walk){.two_sided = walk->two_sided};
}

/*
 * The exit integral: the density of B(t) at u times P(step > edge - u). Over its largest value, the
 * normal density of B(time) at the edge, it is a bridge's density at u times Mills' ratio, so that
 * an exit of 1e-3000 has all its digits. Past the edge, where P is near 1, it is as it stands.
 */
struct crossing {
    double mean, factor;                     /* of the bridge from 0 to the edge */
    double bridge_share;                     /* of the bridge's integrand in the reference */
    double edge, step_deviation;             /* of the step; both without drift */
    double past_mean, past_factor, past_log; /* density of B(t) at u over the reference */
    double exits, density;
};

static void visit_crossing(void *context, const double u[POINTS], const double mass[POINTS])
{
    struct crossing *c = context;
    for (int i = 0; i < POINTS; i++) {
        double x = (c->edge - u[i]) / c->step_deviation, away = u[i] - c->mean;
        double bridge = mass[i] * c->bridge_share * exp(c->factor * away * away);
        if (x >= 0.0) {
            c->exits += bridge * assay__mills_ratio(x);
        } else {
            double past = u[i] - c->past_mean;
            c->exits += mass[i] * SQRT_TAU * assay_normal_upper(x) *
                        exp(c->past_log + c->past_factor * past * past);
        }
        c->density += bridge;
    }
}

/* Without a look before: the normal tail itself. */
static struct assay__exit first_exit(double time, double edge, double theta)
{
    double root = sqrt(time), z = (edge - theta * time) / root;
    struct assay__exit out = {.log_p = assay_normal_log_upper(z)};
    out.hazard = z > 0.0 ? 1.0 / (root * assay__mills_ratio(z))
                         : assay_normal_density(z) / (root * assay_normal_upper(z));
    return out;
}

struct assay__exit assay__walk_exit(const struct assay__walk *walk, uint32_t before, double time,
                                    double edge, double theta)
{
    if (before == 0)
        return first_exit(time, edge, theta);
    const struct assay__grid *grid = &walk->grids[before - 1];
    double t = grid->time, step = time - t, beyond = edge - theta * time;
    double deviation = sqrt(t * (step / time)), mean = edge * (t / time);
    double exponent = -0.5 * beyond * (beyond / time);
    double reference = beyond > 0.0 ? exponent : 0.0;
    struct crossing crossing = {.mean = mean,
                                .factor = -0.5 / (deviation * deviation),
                                .bridge_share = exp(exponent - reference),
                                .edge = edge - theta * step,
                                .step_deviation = sqrt(step),
                                .past_mean = theta * t,
                                .past_factor = -0.5 / t,
                                .past_log = -reference};
    double low = mean - REACH * deviation, flat_low = fmax(grid->flat_low, low);
    double high = fmin(grid->edge, fmax(mean, theta * t) + REACH * sqrt(t));
    visit_panels(grid, low, high, deviation, visit_crossing, &crossing);
    visit_parts(flat_low, fmin(high, grid->bounds[0]), deviation, NULL, visit_crossing, &crossing);
    struct assay__exit out = {.log_p = reference + log(crossing.exits / (2.0 * M_PI * sqrt(t)))};
    out.hazard = crossing.density / (crossing.exits * crossing.step_deviation);
    return out;
}
