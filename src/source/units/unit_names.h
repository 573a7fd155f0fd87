/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_UNIT_NAMES_H
#define ASSAY_SOURCE_UNITS_UNIT_NAMES_H

#include "base/index.h"
#include "source/units/bind.h"

/**
 * struct assay__unit_names numbers the names of groups (list 0) and the values of each dimension
 * (list 1 + dimension) in order of appearance. What is kept of a unit are numbers; a name gets into
 * the dataset only when a unit that counts has it.
 */
struct assay__unit_names {
    const struct assay_plan *plan;
    struct assay__index *lists;         /* [list_count] */
    struct assay__unit_name_memo *memo; /* [list_count]: names seen lately cost no search */
    uint32_t list_count;
};

/** assay__unit_names_init() makes empty lists; release them also when this fails. */
enum assay_status assay__unit_names_init(struct assay__unit_names *names,
                                         const struct assay_plan *plan, struct assay_error *err);
void assay__unit_names_release(struct assay__unit_names *names);

/** assay__unit_names_add() finds or adds a name. */
enum assay_status assay__unit_names_add(struct assay__unit_names *names, uint32_t list,
                                        const struct assay__field *name, uint32_t *number,
                                        struct assay_error *err);

/** assay__unit_names_text() is a name, NUL-terminated. */
const char *assay__unit_names_text(const struct assay__unit_names *names, uint32_t list,
                                   uint32_t number, size_t *length);

#endif
