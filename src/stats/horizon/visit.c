/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quadrature of h against what is as narrow as a normal density: chunk by chunk of a grid. */
#include "stats/horizon/visit.h"

#include <math.h>

#include "stats/horizon/nodes.h"

enum { POINTS = ASSAY__GAUSS_POINTS };

static const double CHUNK_WIDTH = 6.0; /* in deviations of what h is integrated against */

struct assay__piece assay__piece_of(const struct assay__grid *grid, uint32_t panel)
{
    struct assay__piece piece = {.from = grid->bounds[panel], .to = grid->bounds[panel + 1]};
    piece.coefficients = grid->coefficient + (size_t)panel * POINTS;
    piece.terms = grid->terms[panel];
    return piece;
}

/* h of a panel at places u; those outside it get the value at its end. */
void assay__piece_values(const struct assay__piece *piece, const double *u, int count, double *h)
{
    double x[POINTS], middle = 0.5 * (piece->from + piece->to);
    double scale = 2.0 / (piece->to - piece->from);
    for (int i = 0; i < count; i++) {
        double place = scale * (u[i] - middle);
        x[i] = place < -1.0 ? -1.0 : place > 1.0 ? 1.0 : place;
    }
    assay__legendre_values(piece->coefficients, piece->terms, x, count, h);
}

/* Splits [low, high] so that a normal density of this deviation is resolved; h is that of a piece,
 * or 1. */
void assay__visit_parts(double low, double high, double deviation, const struct assay__piece *piece,
                        assay__visitor *visit, void *context)
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
            assay__piece_values(piece, u, POINTS, mass);
        for (int i = 0; i < POINTS; i++)
            mass[i] *= half * assay__gauss_weight(i);
        visit(context, u, mass);
    }
}

/* The panel in which a place lies; the first or last one beyond them. */
uint32_t assay__panel_at(const struct assay__grid *grid, double place)
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
                         assay__visitor *visit, void *context)
{
    if (grid->panel_count == 0 || high <= grid->bounds[0])
        return;
    for (uint32_t p = assay__panel_at(grid, low); p < grid->panel_count; p++) {
        double from = grid->bounds[p], to = grid->bounds[p + 1];
        if (from >= high)
            return;
        if (to - from <= CHUNK_WIDTH * deviation) {
            visit(context, grid->node + (size_t)p * POINTS, grid->mass + (size_t)p * POINTS);
        } else {
            struct assay__piece piece = assay__piece_of(grid, p);
            assay__visit_parts(fmax(low, from), fmin(high, to), deviation, &piece, visit, context);
        }
    }
}

/* Of a grid of even nodes: a block that begins so many nodes above the edge. */
static void place_block(const struct assay__grid *grid, double above, double u[POINTS])
{
    static const double COUNT[POINTS] = {0.0,  1.0,  2.0,  3.0,  4.0,  5.0,  6.0,
                                         7.0,  8.0,  9.0,  10.0, 11.0, 12.0, 13.0,
                                         14.0, 15.0, 16.0, 17.0, 18.0, 19.0};
    double edge = grid->edge, unit = grid->time * grid->step;
    for (int i = 0; i < POINTS; i++)
        u[i] = edge + (above + COUNT[i]) * unit;
}

/* Whole blocks, from that in which low lies. */
static void visit_blocks(const struct assay__grid *grid, double low, double high,
                         assay__visitor *visit, void *context)
{
    double lowest = -(double)grid->edge_node, unit = grid->time * grid->step, u[POINTS];
    double first = fmax(0.0, floor((low - grid->edge) / unit - lowest));
    if (!(first < grid->even_count))
        return;
    for (uint32_t i = (uint32_t)first / POINTS * POINTS; i < grid->even_count; i += POINTS) {
        place_block(grid, lowest + (double)i, u);
        if (u[0] > high)
            return;
        visit(context, u, grid->mass + i);
    }
}

/* The lattice of an even grid below its nodes: h is 1 there. */
static void visit_below(const struct assay__grid *grid, double low, assay__visitor *visit,
                        void *context)
{
    double unit = grid->time * grid->step, u[POINTS], mass[POINTS];
    for (long below = (long)grid->edge_node + 1; grid->edge - (double)below * unit >= low;
         below += POINTS) {
        long first = below + POINTS - 1;
        for (int i = 0; i < POINTS; i++)
            mass[i] = 1.0;
        place_block(grid, -(double)first, u);
        assay__nodes()->weigh(mass, POINTS, first, unit);
        visit(context, u, mass);
    }
}

void assay__visit_grid(const struct assay__grid *grid, double low, double high, double deviation,
                       assay__visitor *visit, void *context)
{
    if (grid->even_count > 0) {
        visit_blocks(grid, low, high, visit, context);
        visit_below(grid, low, visit, context);
    } else {
        visit_panels(grid, low, fmin(high, grid->edge), deviation, visit, context);
    }
}
