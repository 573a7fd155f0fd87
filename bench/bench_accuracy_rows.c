/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes the data of tests/golden/accuracy_data.csv as FOLDER/CASE.csv, so that all peers of the
 * accuracy bench read the same decimals:
 *
 *     bench_accuracy_rows FOLDER
 *
 * The generator is that of tests/golden/compare_data.py, which the oracle used.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy_input.h"

enum { PATH_BYTES = 4096 };

static const struct kind {
    const char *name;
    int64_t offset, common, own, noise;
    int exponent;
} KINDS[] = {
    {"money", 500000, 100000, 30000, 50000, -2},
    {"offset", INT64_C(100000000000000000), 100000, 30000, 50000, -5},
    {"near", INT64_C(100000000000000000), 1000000000, 0, 10000, -9},
    {"ill", 0, INT64_C(1000000000000), 1000000, 1000, -6},
    {"tiny", 500000, 100000, 30000, 50000, -206},
    {"huge", 500000, 100000, 30000, 50000, 145},
};

static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static int64_t around(int64_t spread, uint64_t *state)
{
    return (int64_t)(next(state) % (uint64_t)(2 * spread + 1)) - spread;
}

static void write_unit(FILE *file, const struct kind *kind, int group, int covariates,
                       uint64_t *state)
{
    int64_t x[16], u = kind->offset + around(kind->common, state);
    for (int i = 0; i < covariates; i++)
        x[i] = u + around(kind->own, state);
    int64_t y = u + around(kind->noise, state) + group * (kind->noise / 3);
    for (int i = 0; i <= covariates; i++)
        next(state); /* denominators and missing marks, not used here */
    fprintf(file, "%d,%" PRId64 "e%d", group, y, kind->exponent);
    for (int i = 0; i < covariates; i++)
        fprintf(file, ",%" PRId64 "e%d", x[i], kind->exponent);
    fprintf(file, "\n");
}

static void write_case(const char *folder, char *fields[FIELDS_MAX])
{
    char path[PATH_BYTES];
    const struct kind *kind = NULL;
    int covariates = atoi(fields[2]);
    uint64_t state = strtoull(fields[6], NULL, 10);
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (strcmp(KINDS[i].name, fields[1]) == 0)
            kind = &KINDS[i];
    if (kind == NULL || covariates > 16)
        fail("unknown kind", fields[1]);
    snprintf(path, sizeof path, "%s/%s.csv", folder, fields[0]);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        fail("cannot open", path);
    fprintf(file, "group,y");
    for (int i = 1; i <= covariates; i++)
        fprintf(file, ",x%d", i);
    fprintf(file, "\n");
    for (int group = 0; group < 2; group++)
        for (int n = atoi(fields[4 + group]); n > 0; n--)
            write_unit(file, kind, group, covariates, &state);
    if (fclose(file) != 0)
        fail("cannot write", path);
}

int main(int argc, char **argv)
{
    static const char path[] = "tests/golden/accuracy_data.csv";
    static char line[LINE_BYTES];
    char *fields[FIELDS_MAX];
    if (argc != 2)
        fail("usage: bench_accuracy_rows", "FOLDER");
    FILE *file = open_input(path);
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] < '0' || line[0] > '9')
            continue;
        if (split(line, fields) < 7)
            fail("short row in", path);
        write_case(argv[1], fields);
    }
    fclose(file);
    return 0;
}
