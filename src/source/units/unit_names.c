/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers for the names of groups and the values of dimensions. */
#include "source/units/unit_names.h"

#include <string.h>

#include "analysis/dataset.h"
#include "assay/dataset.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"

enum { MEMO_SIZE = 256 };

struct assay__unit_name_memo {
    uint32_t number_after[MEMO_SIZE]; /* number + 1 of the last name that fell here; 0: none */
};

enum assay_status assay__unit_names_init(struct assay__unit_names *names,
                                         const struct assay_plan *plan, struct assay_error *err)
{
    memset(names, 0, sizeof *names);
    names->plan = plan;
    names->lists = assay__calloc((size_t)plan->dimension_count + 1, sizeof *names->lists);
    names->memo = assay__calloc((size_t)plan->dimension_count + 1, sizeof *names->memo);
    if (names->lists == NULL || names->memo == NULL)
        return assay__fail_memory(err);
    names->list_count = plan->dimension_count + 1;
    return ASSAY_OK;
}

void assay__unit_names_release(struct assay__unit_names *names)
{
    for (uint32_t i = 0; i < names->list_count; i++)
        assay__index_release(&names->lists[i]);
    assay__free(names->lists);
    assay__free(names->memo);
    memset(names, 0, sizeof *names);
}

static enum assay_status fail_limit(const struct assay__unit_names *names, uint32_t list,
                                    struct assay_error *err)
{
    if (list == 0)
        return assay__fail_groups(err);
    return assay__fail(err, ASSAY_ERROR_LIMIT,
                       "More than %d distinct values of dimensions, '%s' among them. Break results "
                       "down by columns with fewer values.",
                       ASSAY_SLICES_MAX, names->plan->dimensions[list - 1]);
}

enum assay_status assay__unit_names_add(struct assay__unit_names *names, uint32_t list,
                                        const struct assay__field *name, uint32_t *number,
                                        struct assay_error *err)
{
    struct assay__index *index = &names->lists[list];
    uint32_t *memo =
        &names->memo[list].number_after[assay__hash(name->text, name->length) % MEMO_SIZE];
    if (*memo != 0) {
        const struct assay__index_key *key = &index->keys[*memo - 1];
        if (key->length == name->length && memcmp(key->bytes, name->text, name->length) == 0) {
            *number = *memo - 1;
            return ASSAY_OK;
        }
    }
    enum assay_status status =
        assay__index_add(index, name->text, name->length,
                         list == 0 ? ASSAY_GROUPS_MAX : ASSAY_SLICES_MAX, number, err);
    if (status == ASSAY_ERROR_LIMIT)
        return fail_limit(names, list, err);
    if (status == ASSAY_OK)
        *memo = *number + 1;
    return status;
}

const char *assay__unit_names_text(const struct assay__unit_names *names, uint32_t list,
                                   uint32_t number, size_t *length)
{
    const struct assay__index_key *key = &names->lists[list].keys[number];
    *length = key->length;
    return key->bytes;
}
