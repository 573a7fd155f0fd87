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
 * sign. Steps that are the same or double from look to look make the normal density a table, and
 * a node a product of two vectors.
 */
#include "stats/horizon/even.h"

#include <math.h>
#include <string.h>

#include "assay/dist.h"
#include "base/error.h"
#include "base/memory.h"
#include "stats/horizon/convolve.h"
#include "stats/horizon/exp_negative.h"

enum { POINTS = ASSAY__GAUSS_POINTS, NODES_MAX = 6000, NODES_FREE_MAX = 600, TABLE_MAX = 512 };
enum { PARTS_MAX = 8 };  /* of a step */
enum { FLAT_ASKED = 4 }; /* so many nodes are as flat as one */

static const double PI = 3.14159265358979323846;
static const double SQRT_TAU = 2.50662827463100050242;
static const double REACH = 7.6;  /* deviations after which a normal density is nothing */
static const double LOWEST = 8.3; /* no score lies as many deviations below 0 */

/* How a look lies between its neighbours, over y. */
struct place {
    double time, edge;
    double before, after; /* deviations of the steps on either side */
    double step;          /* the largest that holds all frequencies */
};

static double deviation_between(double from, double to)
{
    return sqrt((to - from) / (from * to));
}

static struct place place_of(const struct assay__walk *walk, uint32_t look, double next_time)
{
    const struct assay__grid *grid = &walk->grids[look];
    struct place p = {.time = grid->time, .edge = grid->edge / grid->time};
    p.before = deviation_between(walk->grids[look - 1].time, p.time);
    p.after = deviation_between(p.time, next_time);
    p.step = PI / REACH / sqrt(1.0 / (p.before * p.before) + 1.0 / (p.after * p.after));
    return p;
}

/* The step of a grid over y. */
static double step_of(const struct assay__grid *grid)
{
    return (grid->node[1] - grid->node[0]) / grid->time;
}

/* The step to take, as a multiple of that before: 1/8, 1/4, 1/2, 1 or 2; 0: none of them. */
static double lattice_ratio(const struct assay__grid *before, double step)
{
    double ratio = before->even_count == 0 ? 0.0 : step / step_of(before);
    for (double taken = 2.0; taken >= 1.0 / PARTS_MAX; taken *= 0.5)
        if (ratio >= taken)
            return taken;
    return 0.0;
}

/* Nodes below and above the edge. */
static double count_below(const struct place *p, double step)
{
    double lowest = fmax(LOWEST / sqrt(p->time), 7.5 / sqrt(p->time) + REACH * p->after);
    return ceil((p->edge + lowest) / step);
}

static double count_above(const struct assay__walk *walk, uint32_t look, const struct place *p,
                          double step)
{
    const struct assay__grid *before = &walk->grids[look - 1];
    double drop = fmax(0.0, before->edge / before->time - p->edge);
    return ceil((drop + REACH * p->before) / step);
}

struct layout {
    double step, ratio;
    double below, above; /* nodes */
};

static struct layout layout_of(const struct assay__walk *walk, uint32_t look, const struct place *p)
{
    const struct assay__grid *before = &walk->grids[look - 1];
    struct layout layout = {.step = p->step, .ratio = lattice_ratio(before, p->step)};
    if (layout.ratio > 0.0)
        layout.step = layout.ratio * step_of(before);
    layout.above = count_above(walk, look, p, layout.step);
    layout.below = count_below(p, layout.step);
    double rest = fmod(layout.below + 1.0 + layout.above, POINTS);
    layout.below += rest == 0.0 ? 0.0 : POINTS - rest;
    return layout;
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
    bool is_table = layout.ratio > 0.0 || look == 1;
    return nodes <= (is_table ? NODES_MAX : NODES_FREE_MAX);
}

/* ---- the weight of a node ---------------------------------------------------------------------
 */

/* Si(pi k)/pi; mpmath */
static const double SINE_INTEGRAL[] = {
    0.0,
    0.58948987223608363512,
    0.4514116667901403134,
    0.53309323761827198255,
    0.47496966988365507733,
    0.52010716419130851736,
    0.48320521749774713247,
    0.51441599712330525104,
    0.48737422505781997172,
    0.51123015263699745683,
    0.48988817115385867958,
    0.50919574200821661627,
    0.49156835166860087911,
    0.5077846578125660734,
    0.49277020937480313375,
    0.50674869447201157828,
    0.49367241517822095747,
    0.50595590791717683119,
    0.49437455283366252002,
    0.50532971044015886151,
    0.49493649957069547105,
    0.50482260730417187576,
    0.49539641508485715713,
    0.50440358519805043344,
    0.49577976613664316499,
    0.50405153584394464469,
    0.49610419748851584584,
    0.50375159503190916082,
    0.49638232016535206315,
    0.50349299327794041732,
    0.49662338663118006409,
    0.50326773694777182087,
};

enum { TABLED = sizeof SINE_INTEGRAL / sizeof *SINE_INTEGRAL };

/* The share of a node that lies this many steps below the edge; Si(x) = pi/2 - cos(x)/x (1 - 2!/x^2
 * + 4!/x^4 - ...) where sin(x) is 0. */
static double weight_of(long below)
{
    long size = below < 0 ? -below : below;
    double share;
    if (size < TABLED) {
        share = SINE_INTEGRAL[size];
    } else {
        double x = PI * (double)size, v = 1.0 / (x * x);
        double series = 1.0 - v * (2.0 - v * (24.0 - v * (720.0 - v * 40320.0)));
        share = 0.5 + (size % 2 == 0 ? -series : series) / (x * PI);
    }
    return below < 0 ? 0.5 - share : 0.5 + share;
}

/* ---- h of the nodes ---------------------------------------------------------------------------
 */

/* The normal density of the step between two looks at multiples of the earlier one's step: entry
 * half + n is that n nodes above the place. */
struct table {
    long half, count;
    double offset; /* of the place above the node that is counted from */
    double values[TABLE_MAX];
};

static bool fill_table(struct table *table, double offset, double step, double deviation,
                       double factor)
{
    table->offset = offset;
    table->half = (long)ceil(REACH * deviation / step);
    table->count = 2 * table->half + 2;
    if (table->count > TABLE_MAX)
        return false;
    double scale = factor / (deviation * SQRT_TAU), rate = -0.5 / (deviation * deviation);
    for (long i = 0; i < table->count; i++) {
        double away = (double)(i - table->half) * step - offset;
        table->values[i] = scale * exp_negative(rate * away * away);
    }
    return true;
}

/* Two pairs of sums; pairs are vectors where the processor has them. */
typedef double pair __attribute__((vector_size(16)));

static inline pair pair_at(const double *place)
{
    pair value;
    memcpy(&value, place, sizeof value);
    return value;
}

static double dot(const double *a, const double *b, long count)
{
    pair even = {0.0, 0.0}, odd = {0.0, 0.0};
    long i = 0;
    for (; i + 4 <= count; i += 4) {
        even += pair_at(a + i) * pair_at(b + i);
        odd += pair_at(a + i + 2) * pair_at(b + i + 2);
    }
    double rest = 0.0;
    for (; i < count; i++)
        rest += a[i] * b[i];
    return (even[0] + odd[0]) + (even[1] + odd[1]) + rest;
}

/* What h of a look is computed from. */
struct source {
    const struct assay__grid *before;
    struct place place;
    struct layout layout;
    long edge_node;                 /* of the look before */
    long first;                     /* the node below the edge, counted from that one */
    long parts;                     /* that a step of the look before has; 1 where steps grow */
    struct table tables[PARTS_MAX]; /* for each part of a step */
};

static double table_value(const struct source *source, long node)
{
    const struct assay__grid *before = source->before;
    long parts = source->parts, part = ((node % parts) + parts) % parts;
    long moved = parts > 1 ? (node - part) / parts : node * (long)source->layout.ratio;
    const struct table *table = &source->tables[part];
    long start = source->edge_node + source->first + moved - table->half, skip = 0;
    long count = table->count, end = (long)before->even_count;
    if (start < 0) {
        skip = -start;
        start = 0;
    }
    if (start + count - skip > end)
        count = end - start + skip;
    return count <= skip ? 0.0 : dot(before->mass + start, table->values + skip, count - skip);
}

/* h at nodes of a stretch, several at a time. */
struct stretch {
    long lowest, count; /* nodes */
    double h[ASSAY__CONVOLVED * PARTS_MAX];
};

/* Fills the stretch that ends at a node; false where it leaves the nodes of the look before. */
static bool fill_stretch(const struct source *source, long node, struct stretch *stretch)
{
    const struct assay__grid *before = source->before;
    long parts = source->parts, count = ASSAY__CONVOLVED * parts, lowest = node - count + 1;
    if (!(source->layout.ratio > 0.0 && source->layout.ratio <= 1.0))
        return false;
    for (long i = 0; i < parts; i++) {
        long part = (((lowest + i) % parts) + parts) % parts, moved = (lowest + i - part) / parts;
        const struct table *table = &source->tables[part];
        long start = source->edge_node + source->first + moved - table->half;
        if (start < 0 || start + table->count + ASSAY__CONVOLVED > (long)before->even_count)
            return false;
        double sums[ASSAY__CONVOLVED];
        assay__convolve(before->mass + start, table->values, table->count, sums);
        for (long k = 0; k < ASSAY__CONVOLVED; k++)
            stretch->h[i + k * parts] = sums[k];
    }
    stretch->lowest = lowest;
    stretch->count = count;
    return true;
}

/* After one look h is a normal tail. */
static double value_at(const struct source *source, long node, struct stretch *stretch)
{
    const struct assay__grid *before = source->before;
    const struct place *p = &source->place;
    double y = p->edge + (double)node * source->layout.step;
    if (source->layout.ratio > 0.0) {
        long within = node - stretch->lowest;
        if (within >= 0 && within < stretch->count)
            return stretch->h[within];
        return fill_stretch(source, node, stretch) ? stretch->h[stretch->count - 1]
                                                   : table_value(source, node);
    }
    if (before->even_count == 0 && before->panel_count == 0)
        return assay_normal_upper((y - before->edge / before->time) / p->before);
    return assay__survival(before, p->time, y * p->time);
}

static bool open_source(struct source *source)
{
    const struct assay__grid *before = source->before;
    if (source->layout.ratio == 0.0)
        return true;
    double step = step_of(before), drop = source->place.edge - before->edge / before->time;
    double whole = floor(drop / step), offset = drop - whole * step;
    source->first = (long)whole;
    source->edge_node = (long)before->edge_node;
    double deviation = source->place.before, factor = 1.0 / before->time;
    source->parts = source->layout.ratio < 1.0 ? lround(1.0 / source->layout.ratio) : 1;
    for (long part = 0; part < source->parts; part++)
        if (!fill_table(&source->tables[part], offset + (double)part * step / (double)source->parts,
                        step, deviation, factor))
            return false;
    return true;
}

/* From the top down, until what paths that end there have done no longer matters: h is 1. */
static void fill_nodes(const struct source *source, struct assay__grid *grid)
{
    const double nothing = 1e-17, near_one = 1.0 - 1e-6;
    const struct place *p = &source->place;
    double unit = p->time * source->layout.step;
    bool is_flat = false;
    struct stretch stretch;
    stretch.count = 0;
    stretch.lowest = 0;
    for (long i = (long)grid->even_count - 1; i >= 0; i--) {
        long node = i - (long)grid->edge_node;
        double place = grid->edge + (double)node * unit, h = 1.0;
        if (!is_flat)
            h = value_at(source, node, &stretch);
        bool is_asked = !is_flat && i % FLAT_ASKED == 0 && h > near_one && place < 0.0;
        if (is_asked) {
            double mass = 0.5 * exp(-0.5 * place * place / p->time);
            is_flat = fabs(1.0 - h) * mass < nothing || place < -7.5 * sqrt(p->time);
        }
        grid->node[i] = place;
        grid->mass[i] = h * unit * weight_of(-node);
    }
}

enum assay_status assay__even_fill(const struct assay__walk *walk, uint32_t look, double next_time,
                                   struct assay__grid *grid, struct assay_error *err)
{
    struct source source; /* 33 KB, most of which is written when it is needed */
    source.before = &walk->grids[look - 1];
    source.place = place_of(walk, look, next_time);
    source.layout = layout_of(walk, look, &source.place);
    if (!open_source(&source))
        source.layout.ratio = 0.0;
    double nodes = source.layout.below + 1.0 + source.layout.above;
    double *block = assay__malloc(2 * (size_t)nodes * sizeof *block);
    if (block == NULL)
        return assay__fail_memory(err);
    grid->even_count = (uint32_t)nodes;
    grid->edge_node = (uint32_t)source.layout.below;
    grid->panel_count = 0;
    grid->bounds = grid->node = block;
    grid->mass = block + grid->even_count;
    fill_nodes(&source, grid);
    grid->flat_low = grid->flat_high = grid->node[0];
    return ASSAY_OK;
}
