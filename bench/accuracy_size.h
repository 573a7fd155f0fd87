/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BENCH_ACCURACY_SIZE_H
#define ASSAY_BENCH_ACCURACY_SIZE_H

#include <stdlib.h>
#include <string.h>

/** Columns of tests/golden/size.csv. */
enum size_column {
    SIZE_KIND,
    SIZE_TYPE,
    SIZE_TEST,
    SIZE_SIDE,
    SIZE_METHOD,
    SIZE_ALPHA,
    SIZE_POWER,
    SIZE_WEIGHT_C,
    SIZE_WEIGHT_T,
    SIZE_MEAN,
    SIZE_VARIANCE_C,
    SIZE_VARIANCE_T,
    SIZE_EFFECT,
    SIZE_NULL,
    SIZE_FACTOR,
    SIZE_N_C,
    SIZE_N_T,
    SIZE_VALUE,
    SIZE_COLUMNS
};

/**
 * size_area() tells which row of the accuracy table a golden case belongs to, NULL for none: the
 * one-sided cases whose conventions some peer shares. Means need equal variances, t tests equal
 * groups, shares no variance reduction and a null of 0.
 */
static inline const char *size_area(char *const fields[])
{
    int share = strcmp(fields[SIZE_TYPE], "proportion") == 0;
    if (strcmp(fields[SIZE_SIDE], "both") == 0 || strcmp(fields[SIZE_KIND], "effect") == 0)
        return NULL;
    if (share) {
        if (strtod(fields[SIZE_NULL], NULL) != 0.0 || strtod(fields[SIZE_FACTOR], NULL) != 1.0 ||
            strcmp(fields[SIZE_TEST], "z") != 0)
            return NULL;
        return strcmp(fields[SIZE_METHOD], "unpooled") == 0 ? NULL : fields[SIZE_METHOD];
    }
    if (strcmp(fields[SIZE_VARIANCE_C], fields[SIZE_VARIANCE_T]) != 0)
        return NULL;
    if (strcmp(fields[SIZE_TEST], "t") == 0 && strcmp(fields[SIZE_N_C], fields[SIZE_N_T]) != 0)
        return NULL;
    return fields[SIZE_TEST];
}

#endif
