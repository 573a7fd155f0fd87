/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BENCH_ACCURACY_INPUT_H
#define ASSAY_BENCH_ACCURACY_INPUT_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** How the programs of the accuracy bench read golden files and data, and fail. */
enum { LINE_BYTES = 1 << 16, FIELDS_MAX = 128 };

static inline _Noreturn void fail(const char *what, const char *name)
{
    fprintf(stderr, "%s: %s %s\n", program_invocation_short_name, what, name);
    exit(1);
}

static inline FILE *open_input(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail("cannot open", path);
    return file;
}

/** split() cuts a line at its commas; returns the number of fields. */
static inline int split(char *line, char *fields[FIELDS_MAX])
{
    int count = 0;
    line[strcspn(line, "\n")] = '\0';
    while (line != NULL && count < FIELDS_MAX)
        fields[count++] = strsep(&line, ",");
    return count;
}

#endif
