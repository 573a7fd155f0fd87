/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_PHRASES_H
#define ASSAY_ANALYSIS_PHRASES_H

#include "analysis/results.h"

/* Pieces of sentences, so that messages, reasons and notes speak alike. */

enum { ASSAY__PHRASE_BYTES = 96 };

/**
 * assay__change_text() says what changed: "+7.7 %" of the baseline, or "+0.0123" where there is no
 * relative figure. The sign is that of the difference, also when the baseline is negative. Writes
 * and returns out, as the next ones do.
 */
const char *assay__change_text(const struct assay__kept_comparison *comparison,
                               char out[ASSAY__PHRASE_BYTES]);

/** assay__p_text() is "p 0.0123", "log10 p -412.5" where p underflows, "no p" for NaN. */
const char *assay__p_text(const struct assay__kept_difference *test, char out[ASSAY__PHRASE_BYTES]);

/** assay__srm_p_text() is the p that decided a test of sizes: "p 0.0047 by an exact test". */
const char *assay__srm_p_text(const struct assay_srm *test, char out[ASSAY__PHRASE_BYTES]);

/**
 * assay__own_p_text() is the p of a result's own test. Of a group sequence p is that of one look:
 * where it is below alpha and not significant, it says what the look asks for, as in "p 0.018,
 * where this look needs 0.0014,".
 */
const char *assay__own_p_text(const struct assay_metric_result *result,
                              const struct assay__kept_difference *test,
                              char out[ASSAY__PHRASE_BYTES]);

/** assay__percent_text() is "80 %" for 0.8. */
const char *assay__percent_text(double share, char out[ASSAY__PHRASE_BYTES]);

/** assay__number_text() is a number with a few digits. */
const char *assay__number_text(double number, char out[ASSAY__PHRASE_BYTES]);

/** assay__units_text() is a number of units that weights may split: "12.5", "45,499". */
const char *assay__units_text(double units, char out[ASSAY__PHRASE_BYTES]);

/** assay__level_text() is "97.5 %": the level of the intervals of a test of that alpha. */
const char *assay__level_text(double alpha, enum assay_side side, char out[ASSAY__PHRASE_BYTES]);

/** assay__bound_text() is "2 %" or "0.05": a planned effect or margin. */
const char *assay__bound_text(const struct assay_bound *bound, char out[ASSAY__PHRASE_BYTES]);

/** assay__hypothesis_text() says what a p is for: "better", "not worse than the margin". */
const char *assay__hypothesis_text(enum assay_hypothesis hypothesis,
                                   enum assay_direction direction);

/** assay__futile_text() is what is unlikely below a futility bound; it follows "the". */
const char *assay__futile_text(const struct assay_metric_result *result);

/** assay__unsure_text() says what a significance with such flags rests on: static text. */
const char *assay__unsure_text(uint32_t flags);

/** assay__size_absence_text() says why no number of units is enough; it follows a colon. */
const char *assay__size_absence_text(enum assay_size_absence absence);

#endif
