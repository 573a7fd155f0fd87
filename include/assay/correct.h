/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CORRECT_H
#define ASSAY_CORRECT_H

#include <stddef.h>
#include <stdint.h>

#include "assay/export.h"
#include "assay/status.h"

/** struct assay_rates: the counts the decision rule divides its error rates by. */
struct assay_rates {
    double alpha, power;        /* of the whole decision, in (0, 1); 0: 0.05 and 0.8 */
    double deterioration_alpha; /* NaN or 0 when deterioration is not tested */
    uint32_t success_count;     /* S */
    uint32_t margin_count;      /* G: guardrails with a margin */
    uint32_t comparison_count;  /* C */
    uint32_t monitored_count;   /* metrics under the deterioration test */
    uint32_t segment_count;     /* planned segments; 0 when none */
    uint64_t reserved[4];
};

/**
 * Adjusted error rates. Source: Schultzberg, Ankargren, Franberg (2024), arXiv:2402.11609.
 *   success:       alpha / (C S)        guardrail with a margin: alpha / C
 *   deterioration: alpha_det / (C M)    power: 1 - (1 - power) / (G + min(S, 1))
 * M is monitored_count. in_segment != 0 divides alpha by the number of segments too. Rates are
 * taken as the shortest decimals that read back as their doubles. NaN where nothing shares the rate
 * or it lies outside (0, 1).
 * Accuracy: the double nearest to the exact quotient. No memory; threads: pure and reentrant.
 */
ASSAY_API double assay_rates_success(const struct assay_rates *plan, int in_segment);
ASSAY_API double assay_rates_guardrail(const struct assay_rates *plan, int in_segment);
ASSAY_API double assay_rates_deterioration(const struct assay_rates *plan, int in_segment);
ASSAY_API double assay_rates_power(const struct assay_rates *plan);
/** assay_rates_beta() is 1 - power_adj, computed without cancellation. */
ASSAY_API double assay_rates_beta(const struct assay_rates *plan);

/** enum assay_adjustment: p-value adjustments for families of tests. */
enum assay_adjustment {
    ASSAY_ADJUST_HOLM,     /* Holm (1979), family-wise */
    ASSAY_ADJUST_HOCHBERG, /* Hochberg (1988), family-wise under independence */
    ASSAY_ADJUST_BH,       /* Benjamini and Hochberg (1995), false discovery rate */
    ASSAY_ADJUST_BY        /* Benjamini and Yekutieli (2001), any dependence */
};

/**
 * assay_adjustment_name() is "holm", "hochberg", "benjaminiHochberg" or "benjaminiYekutieli";
 * "unknown" for a number that no method has. Static text.
 */
ASSAY_API const char *assay_adjustment_name(enum assay_adjustment method);

/**
 * assay_p_adjust() adjusts a family of count p-values, each given as p and as log10 p, and writes
 * the adjusted ones, at most 1, both ways and in the order given. Same as R's p.adjust. A p below
 * the normal doubles (2.2e-308), 0 among them, is taken from its logarithm; above, it is the p
 * itself that is ranked and multiplied, since its logarithm holds fewer digits. An entry with a NaN
 * is left out of the family and gets NaN both ways. -infinity (p is 0 indeed) stays.
 *
 * @p, @log10_p  count each; that both say the same is the caller's to see to
 * @adjusted_p, @adjusted_log10_p  count each; may be the arrays given
 * Returns ASSAY_ERROR_DOMAIN for an unknown method, a p outside [0, 1] or a logarithm above 0;
 * ASSAY_ERROR_MEMORY: it sorts in 24 bytes a value, freed before the return. Nothing is written
 * when it fails. Threads: pure and reentrant.
 * Accuracy, tests/golden/correct.csv (R and mpmath): adjusted p 2e-15 relative where p is normal,
 * else what the logarithm gives; adjusted log10 p 1e-15 (1 + |log10 p|) absolute.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_p_adjust(enum assay_adjustment method, const double *p, const double *log10_p, size_t count,
               double *adjusted_p, double *adjusted_log10_p, struct assay_error *err);

/** assay_log10_p_adjust() is assay_p_adjust() of p-values of which only the logarithms are known.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_log10_p_adjust(enum assay_adjustment method, const double *log10_p, size_t count,
                     double *adjusted_log10_p, struct assay_error *err);

#endif
