/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shares that even nodes count with in an integral up to an edge. */
#include "stats/horizon/node_weights.h"

static const double PI = 3.14159265358979323846;

/* Si(pi k)/pi; mpmath */
const double assay__sine_integral[ASSAY__NODES_NEAR + 1] = {
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

/* The share of a node that lies this many steps below the edge; Si(x) = pi/2 - cos(x)/x (1 - 2!/x^2
 * + 4!/x^4 - ...) where sin(x) is 0. */
double assay__node_weight(long below)
{
    long size = below < 0 ? -below : below;
    double share;
    if (size <= ASSAY__NODES_NEAR) {
        share = assay__sine_integral[size];
    } else {
        double x = PI * (double)size, v = 1.0 / (x * x);
        double series = 1.0 - v * (2.0 - v * (24.0 - v * (720.0 - v * 40320.0)));
        share = 0.5 + (size % 2 == 0 ? -series : series) / (x * PI);
    }
    return below < 0 ? 0.5 - share : 0.5 + share;
}
