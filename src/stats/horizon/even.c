/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * h on even nodes. Over y = B(t)/t the bridge is a plain step: with time running backwards, as
 * s = 1/t, y is a Brownian motion, so that
 *
 *     h_k(x) = integral to the edge of h_{k-1}(y) normal(x - y; s_{k-1} - s_k) dy.
 *
 * h_{k-1} does not stop at its edge: as a convolution it is analytic and has no frequencies above
 * some 7.6/deviation. So the integral up to the edge of what its samples tell is exact but for
 * 1e-13: samples count by 1/2 + Si(pi v)/pi, v steps below the edge, which is a sample itself
 * (Haber 1993, Math. Comp. 60:279). Nodes above the edge count, too, with small weights of either
 * sign. Away from the edge weights fade to 1 and 0, and there every second node does, or fewer.
 * Steps that are the same or double from look to look make the normal density a table, and
 * a node a product of two vectors.
 */
#include "stats/horizon/even.h"

#include <math.h>
#include <string.h>

#include "assay/dist.h"
#include "base/error.h"
#include "base/memory.h"
#include "stats/horizon/convolve.h"
#include "stats/horizon/node_weights.h"
#include "stats/horizon/nodes.h"

enum { POINTS = ASSAY__GAUSS_POINTS, NODES_MAX = 6000, NODES_FREE_MAX = 600 };
enum { TABLE_MAX = 1024, TABLES_MAX = 4096 };
enum { PARTS_MAX = 8 }; /* of a step */
enum { SINGLES = 4 };   /* nodes of a stretch that no table tells */
enum { NEAR = ASSAY__NODES_NEAR, PLAIN = NEAR + TABLE_MAX + ASSAY__CONVOLVED };

static const double PI = 3.14159265358979323846;
static const double SQRT_TAU = 2.50662827463100050242;
static const double REACH = 7.6;       /* deviations after which a normal density is nothing */
static const double TABLE_REACH = 8.2; /* in a sum that all looks to come are computed from */
static const double LOWEST = 8.3;      /* no score lies as many deviations below 0 */

/* How a look lies between its neighbours, over y. */
struct place {
    double time, edge;
    double before, after;   /* deviations of the steps on either side */
    double step;            /* the largest that holds all frequencies */
    double flat, flat_next; /* below them h of this look and of the next one is 1 */
};

static struct place place_of(const struct assay__walk *walk, uint32_t look, double next_time)
{
    const struct assay__grid *grid = &walk->grids[look];
    struct place p = {.time = grid->time, .edge = grid->edge / grid->time};
    p.before = grid->deviation;
    p.after = sqrt((next_time - p.time) / (p.time * next_time));
    p.flat = assay__flat_below(walk, look, p.time) / p.time;
    p.flat_next = assay__flat_below(walk, look + 1, next_time) / next_time;
    p.step = PI / REACH / sqrt(1.0 / (p.before * p.before) + 1.0 / (p.after * p.after));
    return p;
}

/* Nodes below the edge: those that the next look needs. Its h is 1 from some place down. */
static double count_below(const struct place *p, double step)
{
    const double exits = 10.0; /* deviations below the edge from which paths exit */
    double lowest = fmax(LOWEST / sqrt(p->time), 7.5 / sqrt(p->time) + REACH * p->after);
    double needed = fmin(p->flat_next - TABLE_REACH * p->after, p->edge - exits * p->after);
    return ceil((p->edge - fmax(-lowest, needed)) / step);
}

/* Nodes above the edge. */

static double count_above(const struct assay__walk *walk, uint32_t look, const struct place *p,
                          double step)
{
    const struct assay__grid *before = &walk->grids[look - 1];
    double drop = fmax(0.0, before->edge / before->time - p->edge);
    return fmin(NEAR, ceil((drop + REACH * p->before) / step)); /* farther up shares are 0 */
}

/* The density of the step between two looks has so many nodes of the earlier one. */
static double count_table(const struct assay__grid *before, const struct place *p)
{
    return 2.0 * ceil(TABLE_REACH * p->before / before->step) + 2.0;
}

/* A step over that before. */
struct ratio {
    long every, parts; /* so many of the parts that the one before is split in; 0: none suits */
};

static double ratio_value(struct ratio ratio)
{
    return (double)ratio.every / (double)ratio.parts;
}

/* Tables for each part of a step have room. */
static bool has_room(double count, struct ratio ratio)
{
    double padded = 4.0 * ceil(0.25 * count); /* as vectors fill it */
    return count <= TABLE_MAX && padded * (double)ratio.parts <= TABLES_MAX;
}

/* The longest that is at most the place's. */
static struct ratio ratio_of(const struct assay__grid *before, const struct place *p)
{
    static const struct ratio RATIOS[] = {{2, 1}, {1, 1}, {2, 3}, {1, 2}, {1, 4}, {1, PARTS_MAX}};
    const size_t count = sizeof RATIOS / sizeof *RATIOS;
    for (size_t i = 0; before->even_count > 0 && i < count; i++)
        if (p->step >= ratio_value(RATIOS[i]) * before->step)
            return has_room(count_table(before, p), RATIOS[i]) ? RATIOS[i] : (struct ratio){0, 0};
    return (struct ratio){0, 0};
}

struct layout {
    double step;
    struct ratio ratio;
    double below, above; /* nodes */
};

static struct layout layout_of(const struct assay__walk *walk, uint32_t look, const struct place *p)
{
    const struct assay__grid *before = &walk->grids[look - 1];
    struct layout layout = {.step = p->step, .ratio = ratio_of(before, p)};
    if (layout.ratio.parts > 0)
        layout.step = ratio_value(layout.ratio) * before->step;
    layout.above = count_above(walk, look, p, layout.step);
    layout.below = count_below(p, layout.step);
    double rest = fmod(layout.below + 1.0 + layout.above, POINTS);
    layout.below += rest == 0.0 ? 0.0 : POINTS - rest;
    return layout;
}

/* As after the first look: h is 1 up to the edge. */
static bool is_flat_grid(const struct assay__grid *grid)
{
    return grid->even_count == 0 && grid->panel_count == 0;
}

bool assay__even_suits(const struct assay__walk *walk, uint32_t look, double next_time)
{
    const double least = -3.0; /* of z: the nodes go down from the edge */
    if (walk->two_sided || look == 0)
        return false;
    struct place p = place_of(walk, look, next_time);
    if (!(walk->grids[look].edge > least * sqrt(p.time)) || !(p.step > 0.0))
        return false;
    struct layout layout = layout_of(walk, look, &p);
    double nodes = layout.below + 1.0 + layout.above;
    bool is_table = layout.ratio.parts > 0 || is_flat_grid(&walk->grids[look - 1]);
    return nodes <= (is_table ? NODES_MAX : NODES_FREE_MAX);
}

/* The normal density of the step between two looks at multiples of the earlier one's step: entry
 * half + n is that n nodes above the place. */
struct table {
    long half, count;
    double *values;
};

static void fill_table(struct table *table, double offset, double step, double deviation,
                       double factor)
{
    double first = -(double)table->half * step - offset;
    assay__nodes()->table(table->values, table->count, first, step, -0.5 / (deviation * deviation),
                          factor / (deviation * SQRT_TAU));
}

/* What h of a look is computed from. */
struct source {
    const struct assay__grid *before;
    struct place place;
    struct layout layout;
    long edge_node;                 /* of the look before */
    long first;                     /* the node below the edge, counted from that one */
    double lower;                   /* the lowest edge so far, below that of the look before */
    struct table tables[PARTS_MAX]; /* for each part of a step */
    double values[TABLES_MAX];      /* of all tables */
    double plain[PLAIN];            /* nodes of the look before up to its edge, as shares of 1 */
};

/*
 * How far apart nodes may be, in steps, in a sum that ends so far below the edge of the look
 * before. There it is one of samples of a smooth function, exact when that has no frequencies from
 * 2 pi over their distance on. The density of the step has some and h has: h varies over the step
 * before it, or over an eighth of the way to the nearest edge.
 */
static long stride_at(const struct source *source, long below)
{
    const double reach = 8.0, flattening = 8.0;
    double away = (double)below * source->before->step - source->lower;
    double scale = fmax(source->before->deviation, away / flattening), own = source->place.before;
    double smooth = own / sqrt(1.0 + own * own / (scale * scale));
    return (long)fmax(1.0, 2.0 * PI / reach * smooth / source->before->step);
}

/* Nodes from one on as sums take them; h is 1 below the nodes, and nothing is above them. */
static void copy_masses(const struct assay__grid *before, long start, long count, double *masses)
{
    double unit = before->time * before->step;
    long end = (long)before->even_count, below = start < 0 ? -start : 0;
    long above = start + count > end ? end - start : count;
    for (long i = 0; i < below && i < count; i++)
        masses[i] = unit * assay__node_weight((long)before->edge_node + below - i);
    if (below < above)
        memcpy(masses + below, before->mass + start + below,
               (size_t)(above - below) * sizeof *masses);
    for (long i = above < 0 ? 0 : above; i < count; i++)
        masses[i] = 0.0;
}

/* Nodes up to the edge of the look before, without the shares that they count with. */
static void fill_plain(struct source *source)
{
    long count = NEAR + source->tables[0].count + ASSAY__CONVOLVED;
    double *last = source->plain + (PLAIN - NEAR);
    const double *shares = assay__node_shares + (ASSAY__NODES_PAD + 1);
    copy_masses(source->before, source->edge_node + 1 - count, count,
                source->plain + (PLAIN - count));
    for (long i = 0; i < NEAR; i++)
        last[i] /= shares[i];
}

/* Sums at places that begin at a node of the look before. */
static void convolve_at(const struct source *source, long start, const struct table *table,
                        double sums[ASSAY__CONVOLVED])
{
    const struct assay__grid *before = source->before;
    long all = table->count + ASSAY__CONVOLVED, end = (long)before->even_count;
    long below = source->edge_node + 1 - (start + all), count = table->count;
    long stride = below >= 0 ? stride_at(source, below) : 1;
    double masses[TABLE_MAX + ASSAY__CONVOLVED];
    const double *from = masses;
    if (stride > 1 && below < NEAR)
        from = source->plain + (PLAIN - below - all);
    else if (start >= 0 && start + all <= end)
        from = before->mass + start;
    else
        copy_masses(before, start, all, masses);
    if (start + count > end)
        count = start < end ? end - start : 0;
    assay__convolve(from, table->values, count, stride, sums);
    if (stride > 1)
        for (int i = 0; i < ASSAY__CONVOLVED; i++)
            sums[i] *= (double)stride;
}

/* The same where steps are as long as before: without a copy. */
static void fill_same(const struct source *source, long node, double h[ASSAY__CONVOLVED])
{
    const struct table *table = &source->tables[0];
    long lowest = node - ASSAY__CONVOLVED + 1;
    convolve_at(source, source->edge_node + source->first + lowest - table->half, table, h);
}

/* h of a stretch of nodes that ends at one; how many they are. */
static long fill_stretch(const struct source *source, long node,
                         double h[ASSAY__CONVOLVED * PARTS_MAX])
{
    long parts = source->layout.ratio.parts, every = source->layout.ratio.every;
    long each = (ASSAY__CONVOLVED + every - 1) / every; /* of a part */
    long count = each * parts, lowest = node - count + 1;
    for (long i = 0; i < parts; i++) {
        long place = (lowest + i) * every, part = ((place % parts) + parts) % parts;
        const struct table *table = &source->tables[part];
        long start = source->edge_node + source->first + (place - part) / parts - table->half;
        double sums[ASSAY__CONVOLVED];
        convolve_at(source, start, table, sums);
        for (long k = 0; k < each; k++)
            h[i + k * parts] = sums[k * every];
    }
    return count;
}

/* After a flat grid h is a normal tail. */
static double value_at(const struct source *source, long node)
{
    const struct assay__grid *before = source->before;
    const struct place *p = &source->place;
    double y = p->edge + (double)node * source->layout.step;
    if (is_flat_grid(before))
        return assay_normal_upper((y - before->edge / before->time) / p->before);
    return assay__survival(before, p->time, y * p->time);
}

static void open_source(struct source *source)
{
    const struct assay__grid *before = source->before;
    if (source->layout.ratio.parts == 0)
        return;
    double step = before->step, drop = source->place.edge - before->edge / before->time;
    double whole = floor(drop / step), offset = drop - whole * step;
    source->first = (long)whole;
    source->edge_node = (long)before->edge_node;
    source->lower = before->edge / before->time - before->lowest;
    double deviation = source->place.before, factor = 1.0 / before->time;
    long count = (long)count_table(before, &source->place), room = (count + 3) / 4 * 4;
    for (long part = 0, parts = source->layout.ratio.parts; part < parts; part++) {
        struct table *table = &source->tables[part];
        *table = (struct table){count / 2 - 1, count, source->values + part * room};
        fill_table(table, offset + (double)part * step / (double)parts, step, deviation, factor);
    }
    fill_plain(source);
}

/* What paths that end at a place and below have done no longer matters, for drifts from -3/sqrt(t)
 * up: h is 1. */
static bool is_flat(double time, double place, double h)
{
    const double nothing = 1e-17, near_one = 1.0 - 1e-6;
    if (!(h > near_one && place < 0.0))
        return false;
    double z = place / sqrt(time), mass = 0.5 * exp(-0.5 * fmin(0.0, z + 3.0) * (z + 3.0));
    return fabs(1.0 - h) * mass < nothing || z < -7.5;
}

/* The nodes at which h is known to be 1: the lowest ones. */
static long count_flat(const struct place *p, double step, const struct assay__grid *grid)
{
    double below = ceil((p->edge - p->flat) / step), count = (double)grid->edge_node + 1.0 - below;
    return (long)fmin(fmax(0.0, count), (double)grid->even_count);
}

/* Notes that h is known down to a node; it is flat there. */
static bool note_sure(const struct source *source, struct assay__grid *grid, long node, double h)
{
    double away = (double)(node - (long)grid->edge_node) * source->layout.step;
    grid->sure = grid->edge + away * source->place.time;
    grid->sure_miss = fabs(1.0 - h);
    return is_flat(source->place.time, grid->sure, h);
}

/* h from the top down, stretch by stretch, until it is flat. */
static void fill_h(const struct source *source, struct assay__grid *grid, double *h)
{
    double stretch[ASSAY__CONVOLVED * PARTS_MAX];
    bool is_same = source->layout.ratio.parts == 1 && source->layout.ratio.every == 1;
    long left = (long)grid->even_count, edge_node = (long)grid->edge_node;
    long known = count_flat(&source->place, source->layout.step, grid);
    for (bool flat = false; left > known && !flat;) {
        long top = left - 1 - edge_node, count = SINGLES;
        if (is_same && left >= ASSAY__CONVOLVED) {
            left -= ASSAY__CONVOLVED;
            fill_same(source, top, h + left);
            flat = note_sure(source, grid, left, h[left]);
            continue;
        }
        if (source->layout.ratio.parts > 0)
            count = fill_stretch(source, top, stretch);
        else
            for (long i = 0; i < count; i++)
                stretch[i] = value_at(source, top - count + 1 + i);
        long taken = count < left ? count : left;
        left -= taken;
        memcpy(h + left, stretch + (count - taken), (size_t)taken * sizeof *h);
        flat = note_sure(source, grid, left, h[left]);
    }
    if (left <= known && known > 0) {
        left = known;
        grid->sure = source->place.flat * source->place.time;
        grid->sure_miss = 1e-17;
    }
    for (long i = 0; i < left; i++)
        h[i] = 1.0;
}

enum assay_status assay__even_fill(const struct assay__walk *walk, uint32_t look, double next_time,
                                   struct assay__grid *grid, struct assay_error *err)
{
    struct source source; /* 42 KB, most of which is written when it is needed */
    source.before = &walk->grids[look - 1];
    source.place = place_of(walk, look, next_time);
    source.layout = layout_of(walk, look, &source.place);
    open_source(&source);
    double nodes = source.layout.below + 1.0 + source.layout.above;
    double *block = assay__malloc((size_t)nodes * sizeof *block);
    if (block == NULL)
        return assay__fail_memory(err);
    grid->even_count = (uint32_t)nodes;
    grid->edge_node = (uint32_t)source.layout.below;
    grid->panel_count = 0;
    grid->bounds = grid->mass = block;
    grid->step = source.layout.step;
    fill_h(&source, grid, grid->mass);
    assay__nodes()->weigh(grid->mass, (long)grid->even_count, (long)grid->edge_node,
                          source.place.time * grid->step);
    grid->flat_low = grid->flat_high = grid->edge;
    return ASSAY_OK;
}
