/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done with a state of any accumulator. */
#include "stats/metric/accumulator.h"

bool assay__same_shape(struct assay_moments_shape a, struct assay_moments_shape b)
{
    return a.has_denominator == b.has_denominator && a.covariate_count == b.covariate_count;
}

enum assay_status assay__state_copy(const struct assay__accumulator *keeps, const void *state,
                                    void **out, struct assay_error *err)
{
    enum assay_status status = keeps->make(keeps->shape(state), out, err);
    return status == ASSAY_OK ? keeps->merge(*out, state, err) : status;
}
