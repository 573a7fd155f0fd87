/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a program outside the tree sees: installed headers, pkg-config, the shared library. */
#include <assay.h>
#include <stdio.h>

int main(void)
{
    const struct assay_summary baseline = {1000, 0.10, 0.0, 0.0}, compared = {1000, 0.13, 0.0, 0.0};
    const struct assay_method method = {
        .type = ASSAY_METRIC_PROPORTION, .side = ASSAY_SIDE_UPPER, .alpha = 0.05};
    struct assay_comparison out;
    struct assay_error err;
    if (assay_summaries_compare(&baseline, &compared, &method, &out, &err) != ASSAY_OK)
        return 1;
    printf("%s %.4f\n", assay_version(), out.difference.p);
    return 0;
}
