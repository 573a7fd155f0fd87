/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sequences of looks: the table of horizons, and what they share. */
#include "stats/horizon/horizon.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "stats/defaults.h"
#include "stats/horizon/spending.h"

#define ROW(name, file, spelling) [ASSAY_HORIZON_##name] = &assay__horizon_##file,
static const struct assay__horizon_row *const HORIZONS[] = {ASSAY_HORIZON_LIST(ROW)};

enum { HORIZON_COUNT = sizeof HORIZONS / sizeof *HORIZONS };

/* A parameter of 0 stands for the family's own, unless 0 is one: of gamma it is, of rho it is not.
 */
static double spending_parameter(enum assay_spending_family family, double parameter)
{
    return assay__spending_valid(family, 0.0)
               ? parameter
               : assay__or_default(parameter, assay__spending_fallback(family));
}

static struct assay_horizon_design with_defaults(const struct assay_horizon_design *given)
{
    struct assay_horizon_design filled = *given;
    filled.alpha = assay__or_default(given->alpha, ASSAY__DEFAULT_ALPHA);
    filled.beta = assay__or_default(given->beta, 1.0 - ASSAY__DEFAULT_POWER);
    filled.spending_parameter = spending_parameter(given->spending, given->spending_parameter);
    filled.futility_parameter = spending_parameter(given->futility, given->futility_parameter);
    return filled;
}

enum assay_status assay_horizon_open(const struct assay_horizon_design *given,
                                     struct assay_horizon **out, struct assay_error *err)
{
    if ((unsigned)given->kind >= HORIZON_COUNT)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "No horizon has number %u.",
                           (unsigned)given->kind);
    struct assay_horizon_design filled = with_defaults(given), *design = &filled;
    if (!(design->alpha > 0.0 && design->alpha < 1.0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "alpha must lie between 0 and 1.");
    if (!design->two_sided && design->alpha >= 0.5)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "A one-sided alpha must be below 0.5.");
    struct assay_horizon *horizon = assay__calloc(1, sizeof *horizon);
    if (horizon == NULL)
        return assay__fail_memory(err);
    horizon->design = *design;
    horizon->row = HORIZONS[design->kind];
    horizon->last = (struct assay_boundary){
        .critical = NAN, .futility = NAN, .information = NAN, .flags = ASSAY_BOUNDARY_EMPTY};
    horizon->last_critical = NAN;
    enum assay_status status = horizon->row->open(horizon, err);
    if (status != ASSAY_OK) {
        assay_horizon_free(horizon);
        return status;
    }
    *out = horizon;
    return ASSAY_OK;
}

enum assay_status assay_horizon_at(struct assay_horizon *horizon, double units,
                                   double standard_error, struct assay_boundary *out,
                                   struct assay_error *err)
{
    if (!(units >= 0.0 && isfinite(units)))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "The units of a look must be a number >= 0.");
    if (horizon->look_count >= ASSAY_HORIZON_LOOKS_MAX)
        return assay__fail(err, ASSAY_ERROR_LIMIT, "More than %d looks.", ASSAY_HORIZON_LOOKS_MAX);
    if (units == 0.0) {
        *out = horizon->last;
        out->flags |= ASSAY_BOUNDARY_NO_LOOK;
        return ASSAY_OK;
    }
    enum assay_status status = horizon->row->at(horizon, units, standard_error, out, err);
    if (status != ASSAY_OK)
        return status;
    horizon->last = *out;
    horizon->last.flags &= ~(uint32_t)ASSAY_BOUNDARY_NO_LOOK;
    horizon->look_count++;
    return ASSAY_OK;
}

void assay_horizon_free(struct assay_horizon *horizon)
{
    if (horizon == NULL)
        return;
    assay__walk_release(&horizon->walk);
    assay__walk_release(&horizon->futility.above);
    assay__walk_release(&horizon->futility.mirror);
    assay__free(horizon);
}
