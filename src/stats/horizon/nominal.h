/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_NOMINAL_H
#define ASSAY_STATS_HORIZON_NOMINAL_H

/**
 * assay__nominal_critical() is the critical value of Student's t with df degrees of freedom at the
 * nominal level of a normal boundary z: the significance-level approach of Jennison and Turnbull
 * (2000), 3.3. df NaN: z itself.
 */
double assay__nominal_critical(double z, double df);

/** assay__nominal_by_law() is that for the law of df. */
struct assay__t_law;
double assay__nominal_by_law(double z, struct assay__t_law *law);

#endif
