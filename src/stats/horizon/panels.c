/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Panels of h: as wide as its smoothness allows. An edge at look j leaves a step in h that later
 * looks smooth to a width of S_j, so panels are narrow within a few S_j of where that edge has got
 * to, and wide elsewhere. Integrals against a bridge that is narrower than a panel take h from the
 * panel's polynomial.
 */
#include "stats/horizon/panels.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"

enum { POINTS = ASSAY__GAUSS_POINTS, PANELS_MAX = 200000 };

static const double PANEL_WIDTH = 4.0; /* in units of h's own scale */
static const double FLATTENING = 8.0;  /* deviations after which a step in h is nothing */

/* The width over which h varies at a place of look number count, from the edges before it. */
static double local_scale(const struct assay__walk *walk, uint32_t count, double place)
{
    double best = HUGE_VAL, time = walk->grids[count].time;
    for (uint32_t j = count; j-- > 0;) {
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
static uint32_t lay_panels(const struct assay__walk *walk, uint32_t look, double low,
                           double *bounds)
{
    uint32_t count = 0;
    double place = walk->grids[look].edge, share = PANEL_WIDTH / (1.0 + PANEL_WIDTH / FLATTENING);
    while (place > low && count < PANELS_MAX) {
        double width = share * local_scale(walk, look, place);
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
 * Below it h is taken to be 1: it is, or scores there have a mass of 3e-14, and few of their paths
 * have been above an edge before, or will be.
 */
static double flat_bound(const struct assay__walk *walk, uint32_t look)
{
    const struct assay__grid *grid = &walk->grids[look];
    double flat = assay__flat_below(walk, look, grid->time);
    return fmin(fmax(-7.5 * sqrt(grid->time), flat), grid->edge);
}

static enum assay_status make_room(struct assay__grid *grid, struct assay_error *err)
{
    size_t points = (size_t)grid->panel_count * POINTS;
    size_t size = (grid->panel_count + 1 + 3 * points) * sizeof(double) + grid->panel_count;
    double *block = assay__malloc(size);
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
        h[i] = assay__survival(before, grid->time, grid->node[at + (size_t)i]);
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

enum assay_status assay__panels_fill(const struct assay__walk *walk, uint32_t look,
                                     struct assay__grid *grid, struct assay_error *err)
{
    *grid = walk->grids[look];
    bool first = look == 0, both = walk->two_sided, lower = isfinite(grid->low_edge);
    double low = both ? 0.0 : lower ? grid->low_edge : flat_bound(walk, look);
    uint32_t half = first ? 0 : lay_panels(walk, look, low, NULL);
    if (half >= PANELS_MAX)
        return assay__fail(err, ASSAY_ERROR_LIMIT,
                           "A look adds too little information to the look before.");
    grid->even_count = 0;
    grid->panel_count = both ? 2 * half : half;
    enum assay_status status = make_room(grid, err);
    if (status != ASSAY_OK)
        return status;
    grid->bounds[0] = first ? grid->edge : low;
    grid->flat_low = grid->low_edge;
    grid->flat_high = first ? grid->edge : both || lower ? grid->flat_low : low;
    if (first)
        return ASSAY_OK;
    double *falling = assay__malloc((half + 1) * sizeof *falling);
    if (falling == NULL) {
        assay__free(grid->bounds);
        grid->bounds = NULL;
        return assay__fail_memory(err);
    }
    falling[0] = grid->edge;
    lay_panels(walk, look, low, falling);
    for (uint32_t p = 0; p <= half; p++) {
        grid->bounds[grid->panel_count - p] = falling[p];
        if (both)
            grid->bounds[p] = -falling[p];
    }
    assay__free(falling);
    const struct assay__grid *before = &walk->grids[look - 1];
    for (uint32_t p = both ? half : 0; p < grid->panel_count; p++)
        fill_panel(before, grid, p);
    for (uint32_t p = 0; both && p < half; p++)
        mirror_panel(grid, p);
    grid->sure = grid->flat_high;
    grid->sure_miss = half == 0 ? 0.0 : fabs(1.0 - assay__survival(before, grid->time, low));
    return ASSAY_OK;
}
