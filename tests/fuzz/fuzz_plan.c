/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer: any bytes as a plan. A plan that parses must parse again from its canonical form. */
#include <stdlib.h>
#include <string.h>

#include "analysis/results.h"
#include "assay.h"
#include "fuzz_memory.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void parse_twice(const char *text, size_t length)
{
    struct assay_plan *plan, *again;
    struct assay_error err;
    if (assay_plan_parse(text, length, "fuzz", &plan, &err) != ASSAY_OK)
        return;
    if (assay_plan_parse(plan->canonical, strlen(plan->canonical), "canonical", &again, &err) !=
        ASSAY_OK)
        abort();
    if (strcmp(plan->canonical, again->canonical) != 0)
        abort();
    assay_plan_free(again);
    assay_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    fuzz_memory_begin();
    parse_twice((const char *)data, size);
    fuzz_memory_end();
    return 0;
}
