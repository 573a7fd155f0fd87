/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Figures for people: as many decimals as the uncertainty deserves. printf() is not used for
 * doubles, since it writes the decimal point of the process's locale.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/table/terminal.h"
#include "number/number.h"

enum { DECIMALS_MAX = 6 };

void assay__figure_count(uint64_t count, char out[ASSAY__FIGURE_BYTES])
{
    snprintf(out, ASSAY__FIGURE_BYTES, "%s", assay__count(count).text);
}

int assay__figure_decimals(double half_width, double estimate, int digits)
{
    double scale = fabs(half_width);
    if (!isfinite(scale) || scale == 0.0) {
        scale = fabs(estimate);
        digits++;
    }
    if (!isfinite(scale) || scale == 0.0)
        return 0;
    double decimals = digits - 1 - floor(log10(scale));
    if (decimals > DECIMALS_MAX)
        return -1;
    return decimals > 0 ? (int)decimals : 0;
}

static bool is_lost(double bound, double value, double unit)
{
    return bound != value && fabs(bound - value) < unit;
}

int assay__figure_apart(double lower, double upper, double value, int decimals)
{
    enum { MORE = 2 };
    for (int more = 0; more < MORE && decimals >= 0 && decimals < DECIMALS_MAX; more++) {
        double unit = pow(10.0, -decimals) / 2.0;
        if (!is_lost(lower, value, unit) && !is_lost(upper, value, unit))
            break;
        decimals++;
    }
    return decimals;
}

void assay__figure_fixed(double value, int decimals, bool with_sign, char out[ASSAY__FIGURE_BYTES])
{
    static const double POWERS[DECIMALS_MAX + 1] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
    if (!isfinite(value)) {
        memcpy(out, "-", 2);
        return;
    }
    double size = fabs(value);
    bool plain = decimals >= 0 && decimals <= DECIMALS_MAX && size < 1e9;
    char digits[ASSAY__NUMBER_BYTES + 1];
    uint64_t scaled = plain ? (uint64_t)llround(size * POWERS[decimals]) : 1;
    const char *sign = scaled == 0 || size == 0.0 ? "" : value < 0 ? "-" : with_sign ? "+" : "";
    if (plain) {
        uint64_t power = (uint64_t)POWERS[decimals];
        if (decimals == 0)
            snprintf(out, ASSAY__FIGURE_BYTES, "%s%" PRIu64, sign, scaled);
        else
            snprintf(out, ASSAY__FIGURE_BYTES, "%s%" PRIu64 ".%0*" PRIu64, sign, scaled / power,
                     decimals, scaled % power);
        return;
    }
    digits[assay__number_round(size, 3, digits)] = '\0';
    snprintf(out, ASSAY__FIGURE_BYTES, "%s%s", sign, digits);
}

void assay__figure_p(double p, double log10_p, char out[ASSAY__FIGURE_BYTES])
{
    if (isnan(p)) {
        memcpy(out, "-", 2);
    } else if (p >= 0.001) {
        assay__figure_fixed(p, 4, false, out);
    } else if (!isfinite(log10_p)) {
        memcpy(out, "0", 2);
    } else {
        double exponent = floor(log10_p);
        long tenths = lround(pow(10.0, log10_p - exponent) * 10.0);
        if (tenths == 100) {
            tenths = 10;
            exponent += 1.0;
        }
        snprintf(out, ASSAY__FIGURE_BYTES, "%ld.%lde%.0f", tenths / 10, tenths % 10, exponent);
    }
}
