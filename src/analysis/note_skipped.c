/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows that were skipped, by group: where one group lost a larger part than another, what is left
 * is not a fair sample of either.
 */
#include <string.h>

#include "analysis/analyze.h"
#include "analysis/dataset_read.h"
#include "analysis/outcome.h"
#include "assay/srm.h"
#include "base/error.h"
#include "number/number.h"

/* Rows skipped and, in proportion, what they would be if all groups lost the same part. */
struct losses {
    uint64_t *rows;
    double *shares;
    uint32_t most; /* the group that lost the largest part */
    uint64_t all;
};

static void find_losses(const struct assay__builder *builder, struct losses *losses)
{
    const struct assay__counter *skipped = assay__dataset_skipped(builder->dataset);
    double largest = -1.0;
    for (uint32_t g = 0; g < builder->out->group_count; g++) {
        const char *id = builder->out->groups[g].id;
        losses->rows[g] = assay__counter_get(skipped, id, strlen(id));
        losses->shares[g] = (double)losses->rows[g] + (double)builder->out->units[g];
        losses->all += losses->rows[g];
        double part = losses->shares[g] > 0.0 ? (double)losses->rows[g] / losses->shares[g] : 0.0;
        if (part > largest) {
            largest = part;
            losses->most = g;
        }
    }
}

static enum assay_status say(struct assay__builder *builder, const struct losses *losses, double p,
                             struct assay_error *err)
{
    static const char *const NOWHERE[3] = {NULL, NULL, NULL};
    const char *text = assay__arena_format(
        builder->arena,
        "Rows that cannot be read were left out of some groups more than of others (p %.1e): of "
        "group '%.300s' %s of %s. The rest is not a fair sample: find out why, or say "
        "how those cells are to be read.",
        p, builder->out->groups[losses->most].id, assay__count(losses->rows[losses->most]).text,
        assay__count((uint64_t)losses->shares[losses->most]).text);
    return assay__annotate(builder, ASSAY_NOTE_WARNING, -1, NOWHERE, text, err);
}

enum assay_status assay__note_skipped(struct assay__builder *builder, struct assay_error *err)
{
    const struct assay_srm_design design = {.method = ASSAY_SRM_CHI2, .alpha = 0.01};
    uint32_t count = builder->out->group_count;
    struct losses losses = {.rows = assay__arena_array(builder->arena, count, sizeof *losses.rows),
                            .shares =
                                assay__arena_array(builder->arena, count, sizeof *losses.shares)};
    struct assay_srm_group *groups = assay__arena_array(builder->arena, count, sizeof *groups);
    struct assay_srm srm;
    if (losses.rows == NULL || losses.shares == NULL || groups == NULL)
        return assay__fail_memory(err);
    find_losses(builder, &losses);
    if (losses.all == 0 || count < 2)
        return ASSAY_OK;
    enum assay_status status =
        assay_srm_test(losses.rows, losses.shares, count, &design, groups, &srm, err);
    if (status == ASSAY_OK && srm.significant)
        status = say(builder, &losses, assay__srm_p(&srm), err);
    return status;
}
