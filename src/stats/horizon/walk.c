/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The looks of a walk. The grid of a look is made when the next one is known, by even nodes where
 * they suit the step between both.
 */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "stats/horizon/even.h"
#include "stats/horizon/panels.h"
#include "stats/horizon/survival.h"

static enum assay_status add_look(struct assay__walk *walk, double time, double low_edge,
                                  double edge, struct assay_error *err)
{
    if (walk->count == walk->capacity) {
        uint32_t capacity = walk->capacity == 0 ? 16 : walk->capacity * 2;
        struct assay__grid *grids = assay__realloc(walk->grids, capacity * sizeof *grids);
        if (grids == NULL)
            return assay__fail_memory(err);
        walk->grids = grids;
        walk->capacity = capacity;
    }
    struct assay__grid *grid = &walk->grids[walk->count];
    *grid = (struct assay__grid){.time = time,
                                 .edge = edge,
                                 .low_edge = low_edge,
                                 .least = edge,
                                 .lowest = edge / time,
                                 .deviation = HUGE_VAL};
    if (walk->count > 0) {
        grid->least = fmin(edge, grid[-1].least);
        grid->lowest = fmin(grid->lowest, grid[-1].lowest);
        grid->deviation = sqrt((time - grid[-1].time) / (grid[-1].time * time));
    }
    return ASSAY_OK;
}

/* Puts panels in the place of what the last look has. */
static enum assay_status fill_panels(struct assay__walk *walk, struct assay_error *err)
{
    struct assay__grid grid, *last = &walk->grids[walk->count - 1];
    enum assay_status status = assay__panels_fill(walk, walk->count - 1, &grid, err);
    if (status != ASSAY_OK)
        return status;
    assay__free(last->bounds);
    *last = grid;
    return ASSAY_OK;
}

enum assay_status assay__walk_add(struct assay__walk *walk, double time, double edge,
                                  struct assay_error *err)
{
    double low_edge = walk->two_sided ? -edge : -HUGE_VAL;
    enum assay_status status = add_look(walk, time, low_edge, edge, err);
    if (status == ASSAY_OK)
        walk->count++;
    return status;
}

enum assay_status assay__walk_add_between(struct assay__walk *walk, double time, double low_edge,
                                          double edge, bool is_last, struct assay_error *err)
{
    enum assay_status status = add_look(walk, time, low_edge, edge, err);
    if (status != ASSAY_OK)
        return status;
    walk->count++;
    if (!is_last)
        status = fill_panels(walk, err);
    if (status != ASSAY_OK)
        walk->count--;
    return status;
}

enum assay_status assay__walk_prepare(struct assay__walk *walk, double time,
                                      struct assay_error *err)
{
    if (walk->count == 0 || walk->grids[walk->count - 1].bounds != NULL)
        return ASSAY_OK;
    struct assay__grid *last = &walk->grids[walk->count - 1];
    if (!assay__even_suits(walk, walk->count - 1, time))
        return fill_panels(walk, err);
    return assay__even_fill(walk, walk->count - 1, time, last, err);
}

enum assay_status assay__walk_refine(struct assay__walk *walk, struct assay_error *err)
{
    return walk->grids[walk->count - 1].even_count == 0 ? ASSAY_OK : fill_panels(walk, err);
}

void assay__walk_release(struct assay__walk *walk)
{
    for (uint32_t k = 0; k < walk->count; k++)
        assay__free(walk->grids[k].bounds);
    assay__free(walk->grids);
    *walk = (struct assay__walk){.two_sided = walk->two_sided};
}
