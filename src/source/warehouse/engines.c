/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of engines. */
#include "source/warehouse/engine.h"

#include <stdio.h>
#include <string.h>

static const struct assay__engine *const ENGINES[] = {
#define ROW(name) &assay__engine_##name,
    ASSAY__ENGINE_LIST(ROW)
#undef ROW
};

enum { ENGINE_COUNT = sizeof ENGINES / sizeof *ENGINES };

const struct assay__engine *assay__engine_of(const char *name)
{
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        if (strncmp(name, ENGINES[i]->prefix, strlen(ENGINES[i]->prefix)) == 0)
            return ENGINES[i];
    return NULL;
}

void assay__engine_forms(char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < ENGINE_COUNT && used < size; i++) {
        int written = snprintf(out + used, size - used, "%s%s",
                               i == 0                  ? ""
                               : i + 1 == ENGINE_COUNT ? " or "
                                                       : ", ",
                               ENGINES[i]->form);
        used += written > 0 ? (size_t)written : 0;
    }
}
