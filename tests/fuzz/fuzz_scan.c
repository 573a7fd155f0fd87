/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer: any bytes as CSV in memory, read row by row and by a kernel of this processor, some
 * by two threads: the same sealed sums, counts and notes, or the same words at the same place. The
 * first byte chooses the plan, what separates and what becomes of bad rows, and with the length the
 * kernel: all have their turn, and an input takes two readings, not one for each.
 */
#include "read_fuzz.h"
#include "table_mutate.h"

static const char *const PLANS[] = {
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"a\"},\"dimensions\":[\"d\"],"
    "\"metrics\":[{\"id\":\"y\",\"covariates\":[\"x\"]},{\"id\":\"p\",\"type\":\"proportion\"}]}",
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"a\"},"
    "\"dimensions\":[\"d\"],\"metrics\":[{\"id\":\"y\",\"covariates\":[\"x\"]},"
    "{\"id\":\"p\",\"type\":\"proportion\"}]}",
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"a\"},"
    "\"where\":\"d != 'w' and not (x < 3)\",\"segments\":[{\"id\":\"s\",\"filter\":\"y > 1\"},"
    "{\"id\":\"q\",\"filter\":\"y is missing\"}],\"metrics\":[{\"id\":\"y\",\"cap\":"
    "{\"upper\":20.25,\"lower\":-3}},{\"id\":\"r\",\"type\":\"ratio\",\"value\":\"y\","
    "\"denominator\":\"x\",\"missing\":\"zero\"}]}",
    "{\"columns\":{\"group\":\"g\",\"time\":\"t\"},\"comparisons\":{\"baseline\":\"a\"},"
    "\"granularity\":\"day\",\"asOf\":\"2026-03-20\",\"metrics\":[{\"id\":\"y\"},"
    "{\"id\":\"z\",\"value\":\"x\"}]}",
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"t\"},\"comparisons\":"
    "{\"baseline\":\"a\"},\"metrics\":[{\"id\":\"y\",\"aggregation\":\"sum\"},{\"id\":\"m\","
    "\"value\":\"y\",\"aggregation\":\"max\"},{\"id\":\"n\",\"aggregation\":\"count\","
    "\"where\":\"x > 2\"}]}",
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"a\"},\"format\":{\"decimal\":"
    "\",\",\"thousands\":\".\",\"trim\":true},\"metrics\":[{\"id\":\"y\"},{\"id\":\"x\"}]}"};

enum { PLAN_COUNT = sizeof PLANS / sizeof *PLANS };

TABLE_MUTATOR(TABLE_VALUES "u|g|t|y|x|d|p|")

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct read_fuzz input = {.plan = read_fuzz_plan(PLANS, data[0] % PLAN_COUNT),
                                    .texts = {(const char *)data + 1},
                                    .lengths = {size - 1},
                                    .count = 1};
    struct assay_read_options options = {.kernel = "careful", .threads = 1, .has_digests = true};
    options.separator = data[0] & 0x80 ? ';' : ',';
    options.bad_rows = data[0] & 0x40 ? ASSAY_BAD_ROWS_SKIP : ASSAY_BAD_ROWS_FAIL;
    struct read_fuzz_outcome want = read_fuzz_way(&input, &options);
    options.kernel = read_fuzz_kernel(data[0] + size);
    read_fuzz_try(&input, &options, &want);
    /* A thread takes longer than a reading: every sixteenth input has two. */
    options.kernel = "plain";
    options.threads = 2;
    if ((data[0] ^ size) % 16 == 0)
        read_fuzz_try(&input, &options, &want);
    assay_free(want.sums);
    return 0;
}
