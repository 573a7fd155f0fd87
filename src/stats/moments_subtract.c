/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes vectors out of moments again: exact, as everything about them. */
#include "base/error.h"
#include "stats/moments_block.h"

/* Subtracts a sum of another block. */
static void subtract_sum(const void *context, uint32_t index, struct assay__exact *sum)
{
    struct assay__exact other;
    assay__exact_init(&other);
    assay__block_get(context, index, &other);
    assay__exact_sub(sum, &other);
    assay__exact_clear(&other);
}

enum assay_status assay__moments_subtract(struct assay_moments *from,
                                          const struct assay_moments *what, struct assay_error *err)
{
    for (uint32_t i = 0; i < assay__moments_blocks(what); i++) {
        const struct assay__block *block = assay__moments_block_at(what, i);
        struct assay__block *target;
        if (block->count == 0)
            continue;
        enum assay_status status = assay__moments_block(from, block->mask, &target, err);
        if (status != ASSAY_OK)
            return status;
        if (target->count < block->count)
            return assay__fail(err, ASSAY_ERROR_INTERNAL, "More vectors leave than there are.");
        if (!assay__block_add_big(target, subtract_sum, block))
            return assay__fail_memory(err);
        target->count -= block->count;
    }
    return ASSAY_OK;
}
