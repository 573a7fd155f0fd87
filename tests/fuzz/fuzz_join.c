/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer: any bytes as a table of exposures and one of events, in two parts at a NUL, joined row
 * by row with the units in memory, and by a kernel of this processor, some with little memory: the
 * same sealed sums, counts and notes, or the same words at the same place. The first byte chooses
 * the plan, what becomes of bad rows and, with the length, the kernel and the memory.
 */
#include "read_fuzz.h"
#include "table_mutate.h"

#define COLUMNS "{\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"t\"},"
#define EVENTS "\"comparisons\":{\"baseline\":\"a\"},\"events\":[{\"name\":\"o\"}],"
#define OF_EVENTS "\"events\":\"o\",\"value\":\"v\","

static const char *const PLANS[] = {
    COLUMNS EVENTS "\"metrics\":[{\"id\":\"s\"," OF_EVENTS "\"aggregation\":\"sum\"},"
                   "{\"id\":\"p\",\"type\":\"proportion\",\"events\":\"o\"}]}",
    COLUMNS EVENTS
    "\"asOf\":\"2026-03-09T12:00:00Z\",\"metrics\":[{\"id\":\"s\"," OF_EVENTS
    "\"aggregation\":\"sum\",\"window\":\"2d\",\"preExposureWindow\":\"3d\"},{\"id\":\"n\","
    "\"events\":\"o\",\"aggregation\":\"count\",\"window\":\"1d\",\"offset\":\"12h\"}]}",
    COLUMNS EVENTS
    "\"granularity\":\"day\",\"dimensions\":[\"d\"],\"metrics\":[{\"id\":\"s\"," OF_EVENTS
    "\"aggregation\":\"sum\"},{\"id\":\"m\"," OF_EVENTS
    "\"aggregation\":\"max\"},{\"id\":\"l\"," OF_EVENTS
    "\"aggregation\":\"last\",\"missing\":\"zero\"}]}",
    COLUMNS EVENTS
    "\"granularity\":\"day\",\"asOf\":\"2026-03-08\",\"where\":\"d != 'w'\",\"metrics\":[{\"id\":"
    "\"f\"," OF_EVENTS "\"aggregation\":\"first\",\"window\":\"1d\"},{\"id\":\"k\"," OF_EVENTS
    "\"aggregation\":\"countDistinct\",\"where\":\"v > 1\",\"window\":\"36h\"}]}",
    COLUMNS EVENTS
    "\"segments\":[{\"id\":\"x\",\"filter\":\"y > 1\"}],\"metrics\":[{\"id\":\"r\",\"type\":"
    "\"ratio\"," OF_EVENTS "\"aggregation\":\"sum\",\"denominator\":{\"events\":\"o\","
    "\"aggregation\":\"count\"}},{\"id\":\"y\"},{\"id\":\"c\"," OF_EVENTS
    "\"aggregation\":\"mean\",\"cap\":{\"upperQuantile\":0.9},\"covariates\":[\"y\"]}]}",
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"a\"},"
    "\"events\":[{\"name\":\"o\",\"columns\":{\"unit\":\"w\"}}],\"metrics\":[{\"id\":"
    "\"s\"," OF_EVENTS "\"aggregation\":\"min\"},{\"id\":\"q\"," OF_EVENTS
    "\"aggregation\":\"sum\",\"cap\":"
    "{\"lower\":-2,\"upper\":20.25}}]}"};

enum { PLAN_COUNT = sizeof PLANS / sizeof *PLANS, LITTLE_MEMORY = 4096 };

TABLE_MUTATOR(TABLE_VALUES "u|g|t|v|w|y|d|o|")

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size == 0)
        return 0;
    const char *text = (const char *)data + 1;
    const char *cut = memchr(text, '\0', size - 1);
    size_t length = cut == NULL ? size - 1 : (size_t)(cut - text);
    const struct read_fuzz input = {.plan = read_fuzz_plan(PLANS, data[0] % PLAN_COUNT),
                                    .texts = {text, cut == NULL ? "" : cut + 1},
                                    .names = {NULL, "o"},
                                    .lengths = {length, cut == NULL ? 0 : size - 2 - length},
                                    .count = cut == NULL ? 1 : 2};
    struct assay_read_options options = {.kernel = "careful", .threads = 1, .has_digests = true};
    options.separator = ',';
    options.bad_rows = data[0] & 0x40 ? ASSAY_BAD_ROWS_SKIP : ASSAY_BAD_ROWS_FAIL;
    struct read_fuzz_outcome want = read_fuzz_way(&input, &options);
    options.kernel = read_fuzz_kernel(data[0] + size);
    options.memory_bytes = (data[0] ^ size) % 8 == 0 ? LITTLE_MEMORY : 0;
    read_fuzz_try(&input, &options, &want);
    assay_free(want.sums);
    return 0;
}
